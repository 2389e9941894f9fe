"""Whether an index was made as this version of the service asks: by the same mapping and the same analysis of words."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mappings import indexes
from mappings.client import Incomplete
from matcher.outage import SearchDown
from store import generations

# Kinds whose index was seen to fit. Only this version of the service makes new ones while it runs.
_FIT: set[str] = set()


def require_alike(session: Session, kind: str) -> None:
    """That words mean the same to the index of stored queries and to us. Raises Incomplete while it is built anew: what
    is percolated waits, since another analysis would miss matches."""
    live = generations.live(session, kind)
    if live is None or live.shape != indexes.shape(kind):
        raise Incomplete(f"the index of {kind} is not yet made by this version of the service", 503)


def require_askable(session: Session, kind: str) -> None:
    """That the index has the fields that we ask. Raises SearchDown while it is built anew.

    One whose words another version analysed is asked: it finds nearly the same, and nothing that should not be found.
    """
    if kind in _FIT:
        return
    live = generations.live(session, kind)
    if live is None or live.shape.partition(" ")[0] != indexes.shape(kind).partition(" ")[0]:
        raise SearchDown(f"the index of {kind} is being built anew for this version of the service")
    _FIT.add(kind)
