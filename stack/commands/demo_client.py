"""The service as the demo's people call it, over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import click
import urllib3

WITHIN = 60.0
LOOK = 0.01


class Client:
    """Calls one service; what goes wrong ends the demo with a message."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._http = urllib3.PoolManager(timeout=WITHIN)

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> Any:
        """What the call answers, as JSON has it; None for an answer without a body."""
        data = None if body is None else json.dumps(body).encode()
        answered = self.send(method, path, data, "application/json", token)
        return json.loads(answered) if answered else None

    def send(self, method: str, path: str, data: bytes | None, media_type: str, token: str | None = None) -> bytes:
        """What the call answers, as it comes."""
        headers = {"Content-Type": media_type} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = self._http.request(method, f"{self._base}{path}", body=data, headers=headers)
        if answer.status >= 400:
            raise click.ClickException(f"{method} {path}: {answer.status} {answer.data.decode()}")
        return answer.data


def until(what: str, look: Callable[[], Any], within: float = WITHIN) -> Any:
    """What `look` finds, once it finds something; the demo ends with a message where that takes too long."""
    end = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > end:
            raise click.ClickException(f"{what} did not come within {within:.0f} s")
        time.sleep(LOOK)
    return found
