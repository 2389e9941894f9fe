"""`vahti import cvs`: each CV becomes its owner's, private, nobody is mailed, and nobody who was erased comes back."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from api import cv_intake, cv_records
from store import accounts, consents, cvs, erasures, registrations, sites
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from tests import recruiting
from tests.conftest import Services

RESUME = {"basics": {"label": "Kock", "email": "k@mail.example"}, "references": [{"name": "Risto"}]}
SAMPLES = Path(__file__).parents[2] / "samples"


def cv(number: int, **given: Any) -> dict[str, Any]:
    contact = {"name": f"Henkilö {number}", "email": f"h{number}@Mail.example"}
    return {"headline": f"Kokki {number}", "language": "fi", "contact": contact, **given}


def run(file: Path, *options: str) -> Result:
    from stack.commands.import_listings import command

    return CliRunner().invoke(command, ["cvs", str(file), *options])


def written(tmp_path: Path, *records: object) -> Path:
    file = tmp_path / "cvs.ndjson"
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def all_cvs() -> list[tuple[Cv, Account]]:
    with transaction() as session:
        return [(one, account) for one, account in session.execute(select(Cv, Account).join(Account))]


@pytest.mark.promise("A5")
def test_cvs_are_taken_in_privately_and_once(clean: Services, tmp_path: Path) -> None:
    file = written(tmp_path, cv(1), "{broken", cv(2), {"headline": "x"}, cv(1), cv(3, skills=[5]), "", cv(4))
    done = run(file)
    assert done.exit_code == 1
    assert "3 imported, 0 replaced, 0 unchanged, 0 kept, 0 erased, 4 rejected" in done.stdout
    for said in (
        "line 2: is not JSON",
        "line 4, contact.email: is missing",
        "line 5, contact.email",
        "line 6, skills[0]",
    ):
        assert said in done.stderr
    assert "the same as in line 1" in done.stderr
    rows = all_cvs()
    assert {account.email for _, account in rows} == {f"h{number}@mail.example" for number in (1, 2, 4)}
    for row, account in rows:
        assert (row.visible, row.consented) == (False, False)
        assert (account.role, account.confirmed_at, account.password_hash) == ("person", None, None)
    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM owed WHERE job LIKE 'mail%'")) == 0
    again = run(written(tmp_path, cv(1), cv(2), cv(4)))
    assert again.exit_code == 0, again.output
    assert "0 imported, 0 replaced, 3 unchanged" in again.stdout
    assert [(row.id, row.version) for row, _ in all_cvs()] == [(row.id, row.version) for row, _ in rows]


@pytest.mark.promise("A3")
def test_who_agreed_elsewhere_can_be_found_and_the_consent_is_noted(clean: Services) -> None:
    done = run(SAMPLES / "cvs.ndjson", "--visible")
    assert done.exit_code == 0, done.output
    assert "40 imported" in done.stdout
    with transaction() as session:
        for row, account in all_cvs():
            assert row.findable
            (given,) = consents.history(session, account.id)
            assert (given.purpose, given.source) == (consents.TERMS, "import")


@pytest.mark.promise("A2")
def test_a_cv_that_is_there_stays_unless_it_is_to_be_replaced(clean: Services, tmp_path: Path) -> None:
    with transaction() as session:
        mine = recruiting.person(session, "h1@mail.example", visible=False)
        account = accounts.create(session, accounts.PERSON, "h2@mail.example")
        consents.give(session, account.id, consents.TERMS, "test")
        recruiting.recruiter(session, email="h3@mail.example")
    file = written(tmp_path, cv(1), cv(2), cv(3))
    done = run(file, "--visible")
    assert done.exit_code == 1
    assert "1 imported, 0 replaced, 0 unchanged, 1 kept, 0 erased, 1 rejected" in done.stdout
    assert "line 3, contact.email: is the address of a recruiter" in done.stderr
    by_email = {account.email: row for row, account in all_cvs()}
    assert by_email["h1@mail.example"].body == mine.body
    assert not by_email["h2@mail.example"].visible, "who has an account decides there"
    assert "1 replaced, 1 unchanged, 0 kept" in run(file, "--replace", "--visible").stdout
    (row,) = [row for row, account in all_cvs() if account.email == "h1@mail.example"]
    assert (row.body["headline"], row.visible) == ("Kokki 1", False)


@pytest.mark.promise("S3")
def test_who_was_erased_is_not_brought_back(clean: Services, tmp_path: Path) -> None:
    file = written(tmp_path, cv(1), cv(2), cv(3), cv(4))
    with transaction() as session:
        erasures.erase_address(session, "H1@mail.example")  # whom nobody knew
        erasures.erase_account(
            session, session.get_one(Account, recruiting.person(session, "h2@mail.example").account_id)
        )
        erasures.erase_cv(session, recruiting.person(session, "h3@mail.example"))
        back = recruiting.person(session, "h4@mail.example")
        erasures.erase_account(session, session.get_one(Account, back.account_id))
        accounts.create(session, accounts.PERSON, "h4@mail.example")
    for options in ((), ("--replace", "--visible")):
        done = run(file, *options)
        assert done.exit_code == 0, done.output
        assert "0 imported, 0 replaced, 0 unchanged, 0 kept, 4 erased, 0 rejected" in done.stdout
        assert "mail.example" not in done.output
        assert "line 1: whoever it is was erased" in done.stderr
    assert all_cvs() == []


@pytest.mark.promise("A5")
@pytest.mark.parametrize(
    ("content", "count", "lost"),
    [
        (json.dumps([cv(1, wishes={"salary_min": 3300}), cv(2)]), 2, False),
        (json.dumps({"cvs": [cv(1), cv(2)]}, indent=1), 2, False),
        (json.dumps(cv(1), indent=1), 1, False),
        ((SAMPLES / "cv-jsonresume.json").read_text(encoding="utf-8"), 1, False),
        ((SAMPLES / "cv-europass.xml").read_text(encoding="utf-8"), 1, False),
        (json.dumps(cv(1)) + "\n" + json.dumps(RESUME), 2, True),
    ],
)
def test_formats(clean: Services, tmp_path: Path, content: str, count: int, lost: bool) -> None:
    file = tmp_path / "file"
    file.write_text(content, encoding="utf-8")
    done = run(file)
    assert done.exit_code == 0, done.output
    assert f"{count} imported" in done.stdout
    assert ("not carried over" in done.stderr) == lost
    assert f"{count} unchanged" in run(file).stdout


def test_what_is_no_file_of_cvs_is_told() -> None:
    for data in (b"", b"name;mail\n", b"<html/>", b"[1", b'{"cvs": 5}', "[\ufffe]".encode()):
        records = list(cv_records.read(BytesIO(data)))
        assert records, data
        assert records[-1].problems, data


def test_many_are_taken_in_part_by_part(clean: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before a file breaks off is kept."""
    monkeypatch.setattr(cv_intake, "TOGETHER", 2)

    class Breaks(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            part = super().read(size)
            if not part:
                raise OSError("gone")
            return part

    lines = "".join(json.dumps(cv(number, summary="x" * 4000)) + "\n" for number in range(40))
    with pytest.raises(OSError, match="gone"):
        list(cv_intake.take_in(cv_records.read(Breaks(lines.encode()))))
    assert len(all_cvs()) >= 30


def test_an_imported_account_is_its_owners_alone(clean: Services, tmp_path: Path) -> None:
    """Whoever registers the address of somebody whose CV was imported neither gets it nor makes it go away."""
    run(written(tmp_path, cv(1)))
    (before,) = all_cvs()
    with transaction() as session:
        site = sites.find(session, "vahti")
        claim = registrations.Claim("Rekry Oy", "fi:01120389")
        registrations.register(
            session,
            site=site,
            email="h1@mail.example",
            password="kolme sanaa peräkkäin",
            language="fi",
            source="test",
            claim=claim,
        )
        assert registrations.lapse(session, before[1].id) is None
    ((row, account),) = all_cvs()
    assert (row.id, account.role, account.password_hash, row.consented) == (before[0].id, "person", None, False)
    with transaction() as session:
        mine = registrations.register_known(
            session,
            site=sites.find(session, "vahti"),
            email="h1@mail.example",
            language="fi",
            source="test",
            issuer="https://issuer.example",
            subject="7",
        )
        assert mine.confirmed_at is not None
        assert cvs.of(session, mine.id).id == row.id
