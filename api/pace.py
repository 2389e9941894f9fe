"""Answers that take the same time whatever they are about, where the time would tell whether an address is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Longer than the work takes in any of its cases.
EVENLY = 0.4  # seconds


def evenly(view: Callable[P, R]) -> Callable[P, R]:
    """Answer no sooner than `EVENLY` after the call came. Goes right above the view, below what reads its input."""

    @wraps(view)
    def paced(*args: P.args, **kwargs: P.kwargs) -> R:
        began = time.monotonic()
        try:
            return view(*args, **kwargs)
        finally:
            time.sleep(max(0.0, began + EVENLY - time.monotonic()))

    return paced
