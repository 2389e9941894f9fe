"""`vahti demo`: the main job, before your eyes: an ad is posted, and the mail is there."""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import click
import urllib3
from rich.console import Console
from rich.panel import Panel

SAMPLES = Path(__file__).parents[2] / "samples" / "listings.ndjson"
WITHIN = 60.0
LOOK = 0.01

EMAIL = "kaisa@mail.example"
ALERT = {
    "email": EMAIL,
    "language": "fi",
    "frequency": "instant",
    "criteria": {"text": "sairaanhoitaja", "places": ["fi-837"]},
    "accept_terms": True,
}
LISTING = {
    "title": "Sairaanhoitaja, päivystys",
    "description": "<p>Haemme sairaanhoitajaa päivystykseen vakituiseen työsuhteeseen. Saat hyvän perehdytyksen, "
    "mukavat työkaverit ja työvuorot, joihin voit itse vaikuttaa.</p>",
    "language": "fi",
    "employer": "Koivurannan sairaala",
    "places": ["fi-837"],
    "occupation": "isco-2221",
    "employment": ["full_time", "permanent"],
    "salary": {"min": 3200, "max": 3600, "currency": "EUR", "period": "month"},
    "apply": {"url": "https://koivuranta.example/hae"},
}


@click.command("demo")
def command() -> None:
    """Start everything, import the sample ads, create and confirm an alert, post an ad, and show the mail it brings."""
    from stack.supervisor import leave_on_signal, up

    leave_on_signal()
    console = Console()
    console.print("Starting OpenSearch, PostgreSQL, Redis, a mail server, the web server, the relay and two workers …")
    start = time.monotonic()
    scratch = tempfile.TemporaryDirectory(prefix="vahti-demo-", dir="/var/tmp", ignore_cleanup_errors=True)
    with scratch as directory, up(Path(directory), 0, "durable") as running:
        console.print(f"Ready at {running.http} after {time.monotonic() - start:.1f} s.\n")
        Demo(console, running.http).show()


class Demo:
    """One walk through the service over HTTP, as its users take it."""

    def __init__(self, console: Console, http: str) -> None:
        self._console = console
        self._base = http
        self._http = urllib3.PoolManager(timeout=WITHIN)
        self._employer = _employer_token()

    def show(self) -> None:
        """Import, ask, confirm, post, and read the mail."""
        self._import_samples()
        self._alert()
        took, mail = self._post()
        head = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "List-Unsubscribe-Post"))
        self._console.print(Panel(f"{head}\n\n{_text(mail).strip()}", title="The mail", width=100))
        self._console.print(f"[bold]From the PUT of the listing to the mail server's 250: {took * 1000:.0f} ms.[/]")

    def _call(self, method: str, path: str, body: object = None, token: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        answer = self._http.request(method, f"{self._base}{path}", body=data, headers=headers)
        if answer.status >= 400:
            raise click.ClickException(f"{method} {path}: {answer.status} {answer.data.decode()}")
        return json.loads(answer.data)

    def _import_samples(self) -> None:
        with self._console.status("Importing the sample ads"):
            answer = self._http.request(
                "POST",
                f"{self._base}/api/v1/listings/feed",
                body=SAMPLES.read_bytes(),
                headers={"Authorization": f"Bearer {self._employer}", "Content-Type": "application/x-ndjson"},
            )
            report = json.loads(answer.data)
            if answer.status != 200 or report["rejected"]:
                raise click.ClickException(f"the feed was answered with {answer.status}: {report}")
            self._until("the samples", lambda: self._found() >= report["accepted"])
        self._console.print(f"Imported {report['accepted']} sample ads in Finnish, Swedish and English.")

    def _found(self) -> int:
        return int(self._call("GET", "/api/v1/listings?size=1")["total"])

    def _alert(self) -> None:
        preview = self._call("POST", "/api/v1/alerts/preview", {"criteria": ALERT["criteria"]})
        self._console.print(f"“sairaanhoitaja, Tampere” matches {preview['open']} open ads now.")
        asked = self._call("POST", "/api/v1/alerts", ALERT)
        self._console.print(f"Alert {asked['state']}; a mail asks its owner.")
        question = self._until("the question", lambda: self._mail_to_her(0))
        [token] = set(re.findall(r"token=([\w.-]+)", _text(question)))
        confirmed = self._call("POST", "/api/v1/alerts/confirm", {"token": token})
        self._console.print(f"Confirmed by the link in the mail: {confirmed['state']}.\n")

    def _post(self) -> tuple[float, EmailMessage]:
        start = time.time()
        self._call("PUT", "/api/v1/listings/demo-1", LISTING, self._employer)
        mail = self._until("the mail", lambda: self._mail_to_her(1))
        return datetime.fromisoformat(str(mail["X-Received-At"])).timestamp() - start, mail

    def _mail_to_her(self, number: int) -> EmailMessage | None:
        taken = [one for one in self._call("GET", "/dev/mail.json") if EMAIL in str(one["to"])]
        if len(taken) <= number:
            return None
        raw = self._http.request("GET", f"{self._base}/dev/mail/{taken[number]['id']}.eml").data
        return message_from_bytes(raw, policy=default)

    def _until(self, what: str, look: Callable[[], Any]) -> Any:
        end = time.monotonic() + WITHIN
        while not (found := look()):
            if time.monotonic() > end:
                raise click.ClickException(f"{what} did not come within {WITHIN:.0f} s")
            time.sleep(LOOK)
        return found


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return "" if part is None else str(part.get_content())


def _employer_token() -> str:
    from store import employers, tokens
    from store.database import transaction

    with transaction() as session:
        return tokens.create(session, "employer", employers.named(session, "Vahti samples"))
