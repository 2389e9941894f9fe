"""Replays the erasure ledger before anything is served, so that no restored backup brings anybody back."""

from __future__ import annotations

import time

from opensearchpy import ConnectionError as NoConnection
from opensearchpy import NotFoundError, TransportError
from sqlalchemy.exc import DBAPIError

from indexer import leftovers, rebuild
from mappings.client import UNAVAILABLE, client
from mappings.indexes import MARK
from store import alone, erasures, generations, ledger, readiness, replay
from store.database import transaction
from store.faults import describe, log
from store.replay import Replayed

PAUSE = 1.0
PROMPTLY = 3  # seconds within which a search engine that is well answers


def before_serving() -> None:
    """What each process does before it serves or works: it waits for a database of the right schema, and replays.

    Cheap where nothing is due. Raises store.ledger.Unreadable, OSError, and what the services raise.
    """
    _await_database()
    replay_ledger()


def _await_database() -> None:
    told = ""
    while True:
        try:
            with transaction() as session:
                if readiness.migrated(session):
                    return
            state = "the schema is another than this code expects: migrate"
        except DBAPIError as error:
            state = describe(error)
        if state != told:
            log.warning("waiting for the database: %s", state)
            told = state
        time.sleep(PAUSE)


def replay_ledger(*, thorough: bool = False) -> Replayed:
    """Erase once more whom a restored backup brought back, and build every index anew if there was one; returns what
    was done. `thorough` looks at every row even where the ledger is not ahead of the database.

    One process at a time: the others wait. Half done, it is finished by the next one.
    """
    with alone.waiting(alone.REPLAYING):
        entries = ledger.read()
        with transaction() as session:
            found = replay.erase_again(session, entries, thorough=thorough)
            if found or _index_is_ahead():
                replay.leap(session)
                log.warning("the database was restored: %d erasures are replayed", found.entries)
            unbuilt = [kind for kind in generations.KINDS if generations.live(session, kind) is None]
            missing = replay.unwritten(session, entries)
        if missing and ledger.append(row.entry() for row in missing):
            with transaction() as session:
                erasures.note(session, missing, "ledger_at")
            if lost := sum(row.ledger_at is not None for row in missing):
                log.warning("the erasure ledger lacked %d erasures that it once had: they are written again", lost)
        if unbuilt:
            leftovers.drop(generations.KINDS)
            rebuild.ensure()
    return found


def _index_is_ahead() -> bool:
    """Whether the index of CVs holds a version that this database has not given out yet. Where the engine does not
    answer nothing is searched either, and searches look for themselves."""
    with transaction() as session:
        live = generations.live(session, "cvs")
        if live is None:
            return False
        try:
            asked = {"_source": "false", "request_timeout": PROMPTLY}
            mark = client().get(index=live.index_name, id=MARK, params=asked)
        except TransportError as error:
            if isinstance(error, NotFoundError | NoConnection) or error.status_code in UNAVAILABLE:
                return False
            raise
        return int(mark["_version"]) > generations.newest_version(session)
