"""The erasure ledger: written whoever deletes, and replayed into whatever database comes out of a backup."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from indexer import leftovers, sync
from indexer.replay import replay_ledger
from mappings.client import client
from mappings.indexes import MARK
from matcher.outage import Outdated, SearchDown
from stack.postgres import find_postgres
from stack.privileges import unprivileged
from store import accounts, cvs, database, erasures, generations, ledger, replay
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from tests import making
from tests.conftest import Services
from tests.integration.test_cv_search import DEVELOPER, NURSE, ids, look, person, recruiter

pytestmark = pytest.mark.promise("D5", "S1")

Work = Callable[[], int]
MAIL = "kaisa@mail.example"


def postgres(services: Services, program: str, *arguments: str) -> str:
    """Runs one of PostgreSQL's own programs on the test's database."""
    sockets = services.stack.urls["postgres"].partition("host=")[2]
    command = [str(find_postgres(unprivileged()) / program), "-h", sockets, "-U", "vahti", "-d", "postgres"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def back_up(services: Services, tmp_path: Path) -> Path:
    postgres(services, "pg_dump", "--format=custom", f"--file={tmp_path / 'backup'}")
    return tmp_path / "backup"


def restore(services: Services, backup: Path) -> None:
    database.engine().dispose()
    postgres(services, "pg_restore", "--clean", "--if-exists", "--single-transaction", str(backup))


def rows(statement: str) -> list[Any]:
    with database.engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def account_of(cv_id: UUID) -> UUID:
    with transaction() as session:
        return session.get_one(Cv, cv_id).account_id


def kaisa(body: dict[str, Any] = NURSE) -> UUID:
    """Kaisa with a CV that can be found and a job alert; returns the CV's id."""
    cv_id = person(body)
    with transaction() as session:
        account = session.get_one(Account, session.get_one(Cv, cv_id).account_id)
        account.email, account.address = MAIL, accounts.digest_of(MAIL)
        making.alert(session, "Kaisa@mail.example")
    return cv_id


def erase(cv_id: UUID) -> str:
    with transaction() as session:
        account = session.get_one(Account, session.get_one(Cv, cv_id).account_id)
        return erasures.erase_account(session, account)


@pytest.mark.promise("D2")
def test_whoever_deletes_a_row_writes_the_ledger(clean: Services, work: Work) -> None:
    cv_id = kaisa()
    account_id = account_of(cv_id)
    postgres(clean, "psql", "--command", "DELETE FROM accounts")
    expected = {("account", erasures.digest_of(account_id)), ("cv", erasures.digest_of(cv_id))}
    assert {(kind, bytes(subject)) for kind, subject in rows("SELECT kind, subject FROM erasures")} == expected
    assert not clean.ledger.exists()
    work()
    assert {(one.kind, bytes.fromhex(one.subject)) for one in ledger.read()} == expected
    assert accounts.digest_of(MAIL).hex() in {one.address for one in ledger.read()}
    written = clean.ledger.read_text()
    for personal in (MAIL, str(cv_id), cv_id.hex, str(account_id), account_id.hex):
        assert personal not in written
    # Nor is it known to the database any more who they were.
    assert MAIL not in str(rows("SELECT to_jsonb(e) FROM erasures AS e"))


def test_a_restored_backup_brings_nobody_back(clean: Services, work: Work, tmp_path: Path) -> None:
    gone, stays = kaisa(), person(DEVELOPER)
    by = recruiter()
    work()
    assert set(ids(look(by))) == {gone, stays}
    backup = back_up(clean, tmp_path)
    receipt = erase(gone)
    with transaction() as session:
        cvs.save(session, session.get_one(Cv, stays).account_id, {**DEVELOPER, "headline": "Plumber"})
    work()
    assert ids(look(by)) == [stays]
    assert ids(look(by, "plumber")) == [stays]

    restore(clean, backup)
    assert (str(gone),) in rows("SELECT id::text FROM cvs"), "the backup does bring her back"
    assert rows("SELECT email FROM alerts WHERE state = 'active'") == [("Kaisa@mail.example",)]
    assert rows("SELECT kind FROM erasures") == []
    with transaction() as session:
        assert replay.behind(session)

    found = replay_ledger()
    assert (found.entries, found.rows, found.alerts) == (2, 2, 1)
    assert (str(gone),) not in rows("SELECT id::text FROM cvs")
    assert rows("SELECT email FROM accounts WHERE email IS NOT NULL") == []
    assert rows("SELECT email, state, ended_reason FROM alerts") == [(None, "ended", "erased")]
    with transaction() as session:
        assert not replay.behind(session)
    work()
    assert ids(look(by, "sairaanhoitaja")) == []
    everyone = look(by, facets=True)
    assert everyone.total == 1
    assert ids(everyone) == [stays]
    counted = [facet.count for facets in everyone.facets.values() for facet in facets]
    assert set(counted) == {1}
    assert ids(look(by, "plumber")) == [], "the index holds the database as it is now, not as it was"
    assert ids(look(by, "backend")) == [stays]

    with transaction() as session:
        cvs.save(session, session.get_one(Cv, stays).account_id, {**DEVELOPER, "headline": "Carpenter"})
    work()
    assert ids(look(by, "carpenter")) == [stays], "what changes from now on reaches the index"
    with transaction() as session:
        assert erasures.receipt(session, receipt).kind == "account", "the receipt reads as before"
    assert not replay_ledger(), "once is enough"


def test_what_comes_after_an_erasure_is_not_taken_for_what_was_erased(clean: Services, work: Work) -> None:
    erase(kaisa())
    work()
    with transaction() as session:
        assert erasures.is_erased(session, MAIL)
        assert not erasures.is_erased(session, "matti@mail.example")
    again = kaisa()
    with transaction() as session:
        assert not erasures.is_erased(session, MAIL.upper()), "she came back by herself"
    assert not replay_ledger(thorough=True)
    assert rows("SELECT id::text FROM cvs") == [(str(again),)]
    assert rows("SELECT state FROM alerts ORDER BY state") == [("active",), ("ended",)]


def test_a_row_of_somebody_erased_is_not_taken_in(clean: Services) -> None:
    cv_id = kaisa()
    copied = postgres(clean, "psql", "-Atc", "COPY accounts TO STDOUT")
    erase(cv_id)
    done = subprocess.run(
        [
            *(str(find_postgres(unprivileged()) / "psql"), "-U", "vahti", "-d", "postgres"),
            *("-h", clean.stack.urls["postgres"].partition("host=")[2], "-c", "COPY accounts FROM STDIN"),
        ],
        input=copied,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "was erased, and is left out" in done.stderr
    assert rows("SELECT id FROM accounts") == []


def test_rows_that_came_in_behind_the_triggers_are_found_when_asked(clean: Services, work: Work) -> None:
    cv_id = kaisa()
    account_id = account_of(cv_id)
    erase(cv_id)
    work()
    with database.engine().begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("INSERT INTO accounts (id, role, active_at, created_at) VALUES (:id, 'person', now(), now())"),
            {"id": account_id},
        )
    assert not replay_ledger(), "the ledger is not ahead"
    assert replay_ledger(thorough=True).rows == 1
    assert rows("SELECT id FROM accounts") == []


def test_two_processes_that_start_at_once_replay_once(clean: Services, work: Work, tmp_path: Path) -> None:
    gone = kaisa()
    by = recruiter()
    backup = back_up(clean, tmp_path)
    erase(gone)
    work()
    restore(clean, backup)
    command = [sys.executable, "-m", "stack", "replay"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) for _ in range(2)]
    told = sorted(process.communicate(timeout=120)[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert [line.split(" ", 1)[0] for line in told] == ["0", "2"]
    live = rows("SELECT kind FROM generations WHERE state = 'live' ORDER BY kind")
    assert [kind for (kind,) in live] == sorted(generations.KINDS)
    assert look(by).total == 0


def test_a_replay_that_died_is_finished_by_the_next(
    clean: Services, work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, stays = kaisa(), person(DEVELOPER)
    by = recruiter()
    backup = back_up(clean, tmp_path)
    erase(gone)
    work()
    restore(clean, backup)

    def die(_kinds: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(leftovers, "drop", die)
        with pytest.raises(KeyboardInterrupt):
            replay_ledger()
    with pytest.raises(SearchDown):
        look(by)
    assert not replay_ledger(), "the rows are replayed"
    work()
    assert ids(look(by)) == [stays], "and the indexes are there"


def test_an_index_of_a_later_database_is_not_searched(clean: Services, work: Work) -> None:
    """Where nobody was erased since the backup, the ledger says nothing: the index itself does."""
    cv_id = person(DEVELOPER)
    by = recruiter()
    work()
    with transaction() as session:
        live = generations.live(session, "cvs")
        newest = generations.newest_version(session)
    assert live is not None
    sync.write([live.index_name], [sync.Write(MARK, newest + 1000, {"visible": False})])
    client().indices.refresh(index=live.index_name)
    with pytest.raises(Outdated):
        look(by)
    replay_ledger()
    assert ids(look(by)) == [cv_id]
    with transaction() as session:
        assert generations.newest_version(session) > newest + 1000


def test_a_ledger_that_was_lost_is_written_again(clean: Services, work: Work) -> None:
    erase(kaisa())
    work()
    before = sorted(ledger.read(), key=str)
    clean.ledger.unlink()
    replay_ledger()
    assert sorted(ledger.read(), key=str) == before
