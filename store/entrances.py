"""A recruiter who is about to search the CVs: who it is, whom they see, how much they did, and which index is read.

Each search asks all of it, so it is one statement: it costs one journey, and what it says is of one moment, so that
nothing that was settled meanwhile is missing from both what is owed to the index and the index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text, column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from store import access_log, clock, unsynced, unusual_use, visibility
from store.accounts import Account
from store.employers import GROUP, Employer
from store.errors import NotFound
from store.unsynced import CvIndex
from store.visibility import Viewer


@dataclass(frozen=True)
class Entrance:
    """What is known of a recruiter at one moment; the employer is a copy that no session writes.

    `done` is how much they did within the time of each limit, as `store.unusual_use.check` takes it. `index` is None
    before the first index, and while more is owed to it than a query takes: then nothing can be counted exactly, and
    nothing is searched until the sync has caught up."""

    account: Account
    employer: Employer | None
    viewer: Viewer
    done: Mapping[str, int]
    index: CvIndex | None


_COLUMNS = tuple(Account.__table__.columns)
_ENTERED = text(f"""
    WITH RECURSIVE {GROUP.replace(":id", "(SELECT employer_id FROM accounts WHERE id = :account)")}
    SELECT {", ".join(f"a.{one.name}" for one in _COLUMNS)},
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'business_id', business_id,
            'domains', domains, 'approval', approval) ORDER BY id), '[]') FROM employers
            WHERE id IN (SELECT id FROM below)) AS companies,
        (SELECT count(*) FROM searches WHERE account_id = :account AND at > :hour_ago) AS searches_hourly,
        (SELECT count(DISTINCT cv_id) FROM access_log
            WHERE account_id = :account AND at > :day_ago AND action = :found) AS found_daily,
        g.index_name, g.mark, (SELECT last_value FROM change) AS newest,
        ARRAY(SELECT subject_id FROM owed WHERE job = 'sync_cv' LIMIT :most) AS changed
    FROM accounts AS a LEFT JOIN generations AS g ON g.kind = 'cvs' AND g.state = 'live' WHERE a.id = :account
""").columns(  # noqa: S608 - made of constants
    *_COLUMNS,
    column("companies", JSONB),
    column("searches_hourly", BigInteger),
    column("found_daily", BigInteger),
    column("index_name", Text),
    column("mark", BigInteger),
    column("newest", BigInteger),
    column("changed", ARRAY(Text)),
)
_ASKED = select(Account, *list(_ENTERED.selected_columns)[len(_COLUMNS) :]).from_statement(_ENTERED)


def enter(session: Session, account_id: UUID) -> Entrance:
    """The recruiter with this account, as of now. Raises NotFound when the account or its employer is gone."""
    now = clock.now()
    row = session.execute(
        _ASKED,
        {
            "account": account_id,
            "hour_ago": now - unusual_use.HOUR,
            "day_ago": now - unusual_use.DAY,
            "found": access_log.FOUND,
            "most": unsynced.MOST_CHANGED + 1,
        },
    ).one_or_none()
    if row is None:
        raise NotFound("the account is gone")
    readable = row.index_name is not None and len(row.changed) <= unsynced.MOST_CHANGED
    group = [_employer(one) for one in row.companies]
    return Entrance(
        account=row.Account,
        employer=next((one for one in group if one.id == row.Account.employer_id), None),
        viewer=visibility.viewer_in(row.Account, group),
        done={"searches_hourly": row.searches_hourly, "found_daily": row.found_daily},
        index=CvIndex(row.index_name, row.mark, row.newest, row.changed) if readable else None,
    )


def _employer(company: dict[str, Any]) -> Employer:
    return Employer(**{**company, "id": UUID(company["id"])})
