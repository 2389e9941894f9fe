"""What may be said of a failure in logs and tables: its kind and place, never its message, which may name a person."""

from __future__ import annotations

import logging
from pathlib import Path

ROOT = Path(__file__).parent.parent

log = logging.getLogger("vahti")


def describe(error: BaseException) -> str:
    """One line: the classes of the error and its cause, a numeric code where it has one, and the line of ours."""
    names = [type(error).__name__]
    if error.__cause__ is not None:
        names.append(type(error.__cause__).__name__)
    codes = (getattr(error, key, None) for key in ("status_code", "smtp_code", "sqlstate"))
    code = next((value for value in codes if value), None)
    place = ""
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
            place = f" at {path.relative_to(ROOT)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{' from '.join(names)}{f' {code}' if code else ''}{place}"
