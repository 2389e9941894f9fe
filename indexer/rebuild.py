"""Builds a new generation of an index while the old one is read and both are written, proves it, and swaps."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from opensearchpy import NotFoundError, RequestError
from sqlalchemy.orm import Session

from indexer import sync, verify
from indexer.kinds import Kind, kind, subject_of
from mappings import indexes
from mappings.client import client
from store import clock, generations, owed, settings
from store.database import transaction
from store.errors import NotFound
from store.generations import Generation
from store.owed import Debt

PAGE = 500
IN_FLIGHT = 3  # pages that are on their way to OpenSearch at a time
TURN = 10.0  # seconds of backfill after which a worker lets other work through: the position is in the row
ROUNDS = 5


def begin(session: Session, kind_name: str) -> Generation:
    """Plan a new generation and owe its building; raises Invalid for an unknown kind, Conflict while one is built."""
    shape = indexes.shape(generations.check_kind(kind_name))
    generation = generations.plan(session, kind_name, settings.get().index_prefix, shape)
    owed.owe(session, "build_generation", str(generation.id))
    return generation


def ensure() -> None:
    """See to it that each kind has an index that is read: at the first start it is built here and now, empty or not.

    An index that another version of the service made, by another mapping or another analysis of words, is built anew
    by the workers; until then it is not asked where it would answer wrongly (`matcher.fitting`).
    """
    for name in generations.KINDS:
        with transaction() as session:
            _give_up_other_shapes(session, name)
            live = generations.live(session, name)
            # Another process that starts at the same moment may be at it already.
            under_way = generations.in_state(session, name, ("planned", "building"))
            if live is not None:
                if live.shape != indexes.shape(name) and not under_way:
                    begin(session, name)
                continue
            generation = under_way[0] if under_way else begin(session, name)
        while not build(generation.id):
            time.sleep(0.2)


def _give_up_other_shapes(session: Session, name: str) -> None:
    """What another version began to build cannot be gone on with: the documents of this one would not fit."""
    for generation in generations.in_state(session, name, ("planned", "building")):
        if generation.shape != indexes.shape(name):
            generation.state, generation.error = "failed", "it was begun by another version of the service"
            owed.owe(session, "drop_generation", str(generation.id))
    session.flush()


@owed.job("build_generation", batch=1, queue=owed.LATER)
def build_generation(debts: Sequence[Debt]) -> None:
    """Owed work: take the building of a generation further; put off, not settled, until it is read."""
    for debt in debts:
        finished = build(int(debt.subject))
        with transaction() as session:
            if finished:
                owed.settle(session, [debt])
            else:
                owed.postpone(session, [debt], clock.now())


def build(generation_id: int) -> bool:
    """Take a build one turn further; says whether it is over: live, or failed with the reason in the row.

    Each turn goes on from what the row says, so that a build survives the death of any process. Raises
    mappings.client.Incomplete for one that is for another version of the service to make.
    """
    with transaction() as session:
        generation = generations.get(session, generation_id)
    if generation.state in ("planned", "building") and generation.shape != indexes.shape(generation.kind):
        raise sync.built_by_another(generation.kind)
    if generation.state == "planned":
        _create(generation)
        return False
    if generation.state != "building":
        return True
    of_kind = kind(generation.kind)
    if not _backfill(of_kind, generation):
        return False
    return _prove_and_swap(of_kind, generation)


def _create(generation: Generation) -> None:
    try:
        client().indices.create(index=generation.index_name, body=indexes.body(generation.kind))
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    # From this commit on every change reaches the new index as well, and only then the first row is read for it.
    with transaction() as session:
        row = generations.get(session, generation.id)
        if row.state == "planned":
            row.state = "building"
            row.total = kind(row.kind).count(session)


@dataclass(frozen=True)
class _Page:
    """A page of rows on its way to OpenSearch: what is being written, after which position it begins, where it ends."""

    written: Future[int]
    after: str | None
    end: str
    count: int


def _backfill(of_kind: Kind, generation: Generation) -> bool:
    """Write the next pages for one turn; says whether none is left. While some are on their way to OpenSearch the next
    is read and made: most of the time of either is waiting for the other."""
    until = time.monotonic() + TURN
    after, over = generation.position, False
    pages: deque[_Page] = deque()
    with ThreadPoolExecutor(IN_FLIGHT) as sending:
        while not over and time.monotonic() < until:
            with transaction() as session:
                rows = of_kind.page(session, after, PAGE)
                writes = [write for row in rows for write in sync.writes_of(of_kind, str(row.id), row, row.version)]
            if rows:
                sent = sending.submit(sync.write, [generation.index_name], writes)
                pages.append(_Page(sent, after, str(rows[-1].id), len(rows)))
                after = pages[-1].end
            over = not rows
            if len(pages) == IN_FLIGHT:
                # Where another worker is at it too, because a lease ran out, this one goes on where that one is.
                after = _note(generation, pages.popleft()) or after
        while pages:
            _note(generation, pages.popleft())
    return over


def _note(generation: Generation, page: _Page) -> str | None:
    """Wait until a page is written, and note how far the build came: everything up to its position is written, so that
    a page counts only where it begins. Gives the position where another worker noted another one. Raises what writing
    raises."""
    page.written.result()
    with transaction() as session:
        row = generations.get(session, generation.id, lock=True)
        if row.position != page.after:
            return row.position
        row.position = page.end
        row.done += page.count
    return None


def _prove_and_swap(of_kind: Kind, generation: Generation) -> bool:
    found = verify.differences(of_kind, generation.index_name)
    with transaction() as session:
        row = generations.get(session, generation.id, lock=True)
        if row.state != "building":
            return True
        row.differences = len(found)
        if found:
            # What differs is written again from its row. That must not be needed: it is counted, and not for ever.
            for subject in sorted({subject_of(one.document) for one in found}):
                owed.owe(session, of_kind.job, subject)
            rounds = int(row.error or 0) + 1
            row.error = str(rounds)
            if rounds < ROUNDS:
                return False
            row.state, row.error = "failed", f"{len(found)} differences remained after {ROUNDS} rounds"
            owed.owe(session, "drop_generation", str(generation.id))
            return True
    _swap(generation)
    return True


def _swap(generation: Generation) -> None:
    """Read the new index from now on. First OpenSearch, in one call, then the rows: until those are committed both
    indexes are written, so that a crash in between costs nothing. The row is locked: of two workers that have one build
    in hand, since a lease ran out, the later one finds it done, and does not bring back what was replaced meanwhile."""
    alias = indexes.alias(generation.kind)
    of_kind = kind(generation.kind)
    with transaction() as session:
        row = generations.get(session, generation.id, lock=True)
        if row.state != "building":
            return
        if of_kind.marked:
            # It was proved to be whole: no copy of it from before this moment is to pass for it.
            row.mark = generations.next_mark(session)
            sync.write([row.index_name], [sync.mark_document(of_kind, row.mark)])
        client().indices.refresh(index=row.index_name)
        old = generations.live(session, generation.kind)
        actions: list[dict[str, dict[str, str]]] = [{"add": {"index": row.index_name, "alias": alias}}]
        if old is not None and _exists(old.index_name):
            actions.insert(0, {"remove": {"index": old.index_name, "alias": alias}})
        client().indices.update_aliases(body={"actions": actions})
        now = clock.now()
        if old is not None:
            old.state, old.retired_at = "retired", now
            grace = timedelta(seconds=settings.get().retired_grace)
            owed.owe(session, "drop_generation", str(old.id), now + grace)
            session.flush()
        row.state, row.live_at, row.error = "live", now, None


def _exists(index: str) -> bool:
    return bool(client().indices.exists(index=index))


@owed.job("drop_generation", batch=1, queue=owed.LATER)
def drop_generation(debts: Sequence[Debt]) -> None:
    """Owed work: remove the index of a generation that is not read any more."""
    for debt in debts:
        with transaction() as session:
            try:
                generation = generations.get(session, int(debt.subject))
            except NotFound:
                generation = None
        if generation is not None and generation.state in ("retired", "failed"):
            with suppress(NotFoundError):  # an earlier try came this far
                client().indices.delete(index=generation.index_name)
        with transaction() as session:
            if generation is not None and generation.state == "retired":
                generations.get(session, generation.id).state = "dropped"
            owed.settle(session, [debt])
