"""Limits on the rate of calls: by the address they come from and the account whose password they try, counted in Redis,
or in memory while Redis is down."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import ApplicationLimit, Limiter

from api.auth import ROLES, declared
from api.sessions import SAFE_METHODS
from store import links, settings

_LIMITER = "vahti.limiter"
_ASKS, _TRIES, _FILES = "makes_alerts", "tries_to_sign_in", "reads_or_makes_files"
# Seconds for which a call waits for Redis: then it is counted in memory.
PATIENCE = 1


def asks(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose POST mails whom it names: it is counted by `ask_limit`, in one budget for all such views."""
    setattr(view, _ASKS, True)
    return view


def tries(account: Callable[[], str | None]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view whose POST tries a password: those that fail are counted, by who calls and by what `account` answers,
    which says whose password is tried."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        setattr(view, _TRIES, account)
        return view

    return mark


def files(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that reads or makes a file, which is much work: it is counted by `files_limit`, by the token that
    calls, in one budget for all such views."""
    setattr(view, _FILES, True)
    return view


def seconds_to_wait() -> int:
    """After how many seconds the call that was just refused may be made again."""
    breached = current_app.extensions[_LIMITER].current_limit
    return max(1, breached.reset_at - int(time.time())) if breached is not None else 1


def register(app: Flask) -> None:
    """Count the calls to this app. Opens no connection: the first call does."""
    chosen = settings.get()
    uri = chosen.redis_url
    limiter = Limiter(
        _caller,
        application_limits=[
            _limit,
            ApplicationLimit(_sign_in_limit, exempt_when=_tries_nothing, deduct_when=_failed),
            ApplicationLimit(_files_limit, key_function=_token, exempt_when=_handles_no_file),
            ApplicationLimit(
                _account_limit, key_function=_account_tried, exempt_when=_tries_nothing, deduct_when=_failed
            ),
        ],
        storage_uri=f"redis+{uri}" if uri.startswith("unix:") else uri or "memory://",
        storage_options={"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE} if uri else {},
        in_memory_fallback_enabled=True,
        key_prefix=chosen.queue_prefix,
    )
    limiter.request_filter(_unlimited)
    limiter.init_app(app)
    app.extensions[_LIMITER] = limiter


def _caller() -> str:
    """The address that calls, as a digest: nothing that is kept in Redis leads back to it.

    Of IPv6 the first 64 bits count, which is what one household or server has.
    """
    address = request.remote_addr or ""
    try:
        parsed = ip_address(address)
    except ValueError:  # a socket of the machine itself
        parsed = None
    if isinstance(parsed, IPv6Address):
        address = str(IPv6Address(int(parsed) >> 64 << 64))
    return links.keyed_digest(address, "rate").hex()[:32]


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")


def _limit() -> str:
    asks_ = getattr(_view(), _ASKS, False) and request.method not in SAFE_METHODS
    return settings.get().ask_limit if asks_ else settings.get().call_limit


def _sign_in_limit() -> str:
    return settings.get().sign_in_limit


def _account_limit() -> str:
    return settings.get().account_limit


def _files_limit() -> str:
    return settings.get().files_limit


def _handles_no_file() -> bool:
    return not getattr(_view(), _FILES, False)


def _token() -> str:
    """Whose token calls, as a digest; those without one are turned away later, and counted together."""
    given = request.authorization
    return links.keyed_digest((given.token if given is not None else None) or "", "files").hex()[:32]


def _tries_nothing() -> bool:
    return getattr(_view(), _TRIES, None) is None or request.method in SAFE_METHODS


def _account_tried() -> str:
    """Whose password is tried, as a digest; what names nobody is counted together, and fails."""
    account: Callable[[], str | None] = getattr(_view(), _TRIES)
    named = unicodedata.normalize("NFKC", account() or "").strip().lower()
    return links.keyed_digest(named, "tries").hex()[:32]


def _failed(response: Response) -> bool:
    return response.status_code >= 400


def _unlimited() -> bool:
    """Operations, and calls that need a token: who has none is turned away at the cost of one look at an index. But for
    those that try a password, and those that handle files."""
    view = _view()
    audience = declared(view, request.method) if view is not None else None
    return (audience == "operator" or audience in ROLES) and _tries_nothing() and _handles_no_file()
