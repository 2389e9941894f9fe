"""Generations: one row for each physical index of a kind, from planned to dropped."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock
from store.errors import Conflict, Invalid, NotFound, Problem
from store.rows import Moment, Row

KINDS = ("listings", "alerts", "cvs", "searches")
WRITTEN = ("building", "live")


class Generation(Row):
    """One index: `done` of `total` subjects are in it, `position` is the key up to which the backfill came, `mark` is
    what the index must say of itself at least: see `indexer.sync`. `shape` says by which mapping and which analysis of
    words it is made: see `mappings.indexes.shape`."""

    __tablename__ = "generations"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    index_name: Mapped[str]
    state: Mapped[str]
    shape: Mapped[str] = mapped_column(default="")
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    position: Mapped[str | None]
    differences: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None]
    mark: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[Moment]
    live_at: Mapped[Moment | None]
    retired_at: Mapped[Moment | None]


def check_kind(kind: str) -> str:
    """The kind itself; raises Invalid for one that does not exist."""
    if kind not in KINDS:
        raise Invalid([Problem("kind", "no such kind of index", f"one of: {', '.join(KINDS)}")])
    return kind


def plan(session: Session, kind: str, prefix: str, shape: str) -> Generation:
    """A new generation of a kind, planned, to be made in this shape. Raises Conflict while another one of the kind is
    being built."""
    check_kind(kind)
    running = session.scalars(
        select(Generation).where(Generation.kind == kind, Generation.state.in_(("planned", "building")))
    ).first()
    if running is not None:
        raise Conflict(f"generation {running.id} of {kind} is being built: wait for it")
    generation = Generation(kind=kind, index_name="", state="planned", shape=shape, created_at=clock.now())
    # The name carries the number, which the row has only once it is written.
    generation.index_name = f"{prefix}-{kind}-new-{clock.now():%Y%m%d%H%M%S%f}"
    session.add(generation)
    session.flush()
    generation.index_name = f"{prefix}-{kind}-{generation.id}"
    session.flush()
    return generation


def get(session: Session, generation_id: int, *, lock: bool = False) -> Generation:
    """The generation with this number; with `lock`, nobody else changes it until the transaction ends; raises NotFound
    for one that is not there."""
    generation = session.get(Generation, generation_id, with_for_update=lock, populate_existing=lock)
    if generation is None:
        raise NotFound(f"no generation {generation_id}")
    return generation


def live(session: Session, kind: str) -> Generation | None:
    """The generation that is read, or None before the first."""
    return session.scalars(select(Generation).where(Generation.kind == kind, Generation.state == "live")).one_or_none()


def read_from(session: Session, kind: str) -> tuple[str, int] | None:
    """The index that is read, and the mark that it must have reached, as of now; None before the first."""
    row = session.execute(
        select(Generation.index_name, Generation.mark).where(Generation.kind == kind, Generation.state == "live")
    ).one_or_none()
    return None if row is None else (row.index_name, row.mark)


def newest_version(session: Session) -> int:
    """The last version that the database gave out. An index whose mark is beyond it is of a later database than this
    one, which was restored: versions are given out even where the change is not committed."""
    return int(session.execute(text("SELECT last_value FROM change")).scalar_one())


def written(session: Session, kind: str) -> list[str]:
    """The indexes that every change of this kind must reach: the live one and the one being built.

    A worker must call this in a statement *after* the one that read the rows: a build that begins in between then reads
    rows at least as new as the worker's, and nothing that the worker writes is missing from it.
    """
    return list(
        session.scalars(select(Generation.index_name).where(Generation.kind == kind, Generation.state.in_(WRITTEN)))
    )


def built_otherwise(session: Session, kind: str, shape: str) -> bool:
    """Whether an index of this kind is being built in another shape than this: by another version of the service, whose
    workers write it."""
    others = select(Generation.id).where(
        Generation.kind == kind, Generation.state == "building", Generation.shape != shape
    )
    return session.scalars(others).first() is not None


def in_state(session: Session, kind: str, states: Sequence[str]) -> list[Generation]:
    """The generations of a kind in these states, oldest first."""
    return list(
        session.scalars(
            select(Generation).where(Generation.kind == kind, Generation.state.in_(states)).order_by(Generation.id)
        )
    )


def next_mark(session: Session) -> int:
    """A mark that is higher than every one before it."""
    number: int = session.scalar(select(func.nextval("change"))) or 0
    return number


def marks(session: Session, indexes: Sequence[str]) -> dict[str, int]:
    """The mark that each of these indexes must have reached."""
    rows = session.execute(select(Generation.index_name, Generation.mark).where(Generation.index_name.in_(indexes)))
    return {row.index_name: row.mark for row in rows}


def note_mark(session: Session, indexes: Sequence[str], mark: int) -> None:
    """Note that these indexes hold this mark and all that was written before it: one that holds a lower one was
    restored from an old copy."""
    # Locked in the order in which a swap locks them: the one being built before the one that it replaces.
    found = select(Generation).where(Generation.index_name.in_(indexes)).order_by(Generation.id.desc())
    for row in session.scalars(found.with_for_update()):
        row.mark = max(row.mark, mark)
    session.flush()
