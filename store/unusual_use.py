"""Unusual use: how much one recruiter may search, open and export, and what an admin is told of whoever wants more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import access_log, clock, database, settings
from store.access_log import Access, SearchRow
from store.accounts import Account
from store.employers import Employer
from store.errors import Forbidden, NotFound, TooMany
from store.faults import log
from store.rows import Moment, Row

# What a recruiter is about to do, as `check` is asked.
SEARCHES, OPENED, EXPORTED = "searches", "opened", "exported"
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


class UnusualUse(Row):
    """What one recruiter wanted more of on one day (UTC) than is usual; `amount` grows with each try."""

    __tablename__ = "unusual_use"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    kind: Mapped[str]
    day: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    allowed: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))


@dataclass(frozen=True)
class _Limit:
    """So much, by the name of its setting, within so long; `done` are the moments at which it was done since then."""

    setting: str
    of: str
    window: timedelta
    done: Callable[[UUID, datetime], Select[datetime]]


def _searches(account_id: UUID, since: datetime) -> Select[datetime]:
    return select(SearchRow.at.label("at")).where(SearchRow.account_id == account_id, SearchRow.at > since)


def _cvs(action: str) -> Callable[[UUID, datetime], Select[datetime]]:
    """Each CV once, at the last time: who looks at the same one again learns nothing new."""

    def seen(account_id: UUID, since: datetime) -> Select[datetime]:
        return (
            select(func.max(Access.at).label("at"))
            .where(Access.account_id == account_id, Access.at > since, Access.action == action)
            .group_by(Access.cv_id)
        )

    return seen


# Limits of an action whose amount counts, and those which what was done before has exhausted.
_LIMITS: dict[str, list[_Limit]] = {
    SEARCHES: [
        _Limit("searches_hourly", "searches", HOUR, _searches),
        _Limit("found_daily", "CVs found", DAY, _cvs(access_log.FOUND)),
    ],
    OPENED: [
        _Limit("opened_hourly", "CVs opened", HOUR, _cvs(access_log.OPENED)),
        _Limit("opened_daily", "CVs opened", DAY, _cvs(access_log.OPENED)),
    ],
    EXPORTED: [_Limit("exported_daily", "CVs exported", DAY, _cvs(access_log.EXPORTED))],
}


def check(session: Session, recruiter: Account, kind: str, amount: int, known: Mapping[str, int] | None = None) -> None:
    """Whether a recruiter may do this (`SEARCHES`, `OPENED`, `EXPORTED`) so many times more; asked before it is done.

    Counts what is committed: calls that are answered at the same moment can each pass the last free place. Raises
    TooMany beyond a limit, after noting it for an admin in a transaction of its own, which stays when the caller's is
    rolled back; so the caller holds no lock on the recruiter's account. `known` is how much was done within the time of
    each limit of this kind, where the caller has just asked (`store.entrances`).
    """
    now = clock.now()
    limits = [(limit, allowed) for limit in _LIMITS[kind] if (allowed := getattr(settings.get(), limit.setting))]
    if not limits:
        return
    if known is None:
        done = [limit.done(recruiter.id, now - limit.window).subquery() for limit, _ in limits]
        counted = (select(func.count()).select_from(one).scalar_subquery() for one in done)
        counts = session.execute(select(*counted)).one()
        known = {limit.setting: count for (limit, _), count in zip(limits, counts, strict=True)}
    for limit, allowed in limits:
        used = known[limit.setting]
        if used + amount <= allowed:
            continue
        before = limit.done(recruiter.id, now - limit.window).subquery()
        # When so many of them are out of the window that there is room again; never for more than is allowed at all.
        room = select(before.c.at).order_by(before.c.at).offset(used + amount - allowed - 1).limit(1)
        frees = session.scalar(room)
        _note(recruiter, limit, used + amount, amount, allowed)
        wait = frees + limit.window - now if frees is not None else limit.window
        hours = int(limit.window / HOUR)
        raise TooMany(
            f"this is unusual use: {allowed} {limit.of} within {hours} hour{'s' if hours > 1 else ''} are allowed",
            max(1, ceil(wait.total_seconds())),
        )


def _note(recruiter: Account, limit: _Limit, wanted: int, amount: int, allowed: int) -> None:
    if recruiter.employer_id is None:
        raise Forbidden("only an employer's recruiter has access to CVs")
    now = clock.now()
    row = insert(UnusualUse).values(
        employer_id=recruiter.employer_id,
        account_id=recruiter.id,
        kind=limit.setting,
        day=now.astimezone(UTC).date(),
        amount=wanted,
        allowed=allowed,
        first_at=now,
        last_at=now,
    )
    grown = row.on_conflict_do_update(
        index_elements=["account_id", "kind", "day"],
        set_={"amount": UnusualUse.amount + amount, "allowed": allowed, "last_at": now},
    ).returning(UnusualUse.id, UnusualUse.amount)
    with database.transaction() as own:
        number, total = own.execute(grown).one()
    log.warning("unusual use %d: %s, %d wanted, %d allowed", number, limit.setting, total, allowed)


def listed(session: Session, *, unseen: bool, before: int | None, size: int) -> Sequence[tuple[UnusualUse, Employer]]:
    """What an admin should look at, the newest first, at most `size`, those below the number `before`; with `unseen`
    only what no admin has looked at."""
    asked = select(UnusualUse, Employer).join(Employer, Employer.id == UnusualUse.employer_id)
    if unseen:
        asked = asked.where(UnusualUse.seen_at.is_(None))
    if before is not None:
        asked = asked.where(UnusualUse.id < before)
    return [(row, employer) for row, employer in session.execute(asked.order_by(UnusualUse.id.desc()).limit(size))]


def see(session: Session, number: int, admin_id: UUID | None) -> tuple[UnusualUse, Employer]:
    """Note that an admin looked at it, once. Raises NotFound."""
    row = session.get(UnusualUse, number, with_for_update=True)
    if row is None:
        raise NotFound("no unusual use has this number")
    if row.seen_at is None:
        row.seen_at, row.seen_by = clock.now(), admin_id
        session.flush()
    return row, session.get_one(Employer, row.employer_id)


def count_open(session: Session) -> int:
    """How much of it no admin has looked at."""
    return session.scalar(select(func.count()).where(UnusualUse.seen_at.is_(None))) or 0
