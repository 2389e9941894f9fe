"""The export for partner sites: a snapshot and the changes since make the same whole, whoever writes meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError

from api import stream
from store import changes, clock, listings
from store.database import transaction
from tests.e2e.conftest import Answer, Api, listing, problems
from tests.making import publish as published_row


def read(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/x-ndjson"
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


@pytest.mark.promise("L5")
def test_changes_in_their_order(employer: Api, partner: Api) -> None:
    ids = [employer.put(f"/listings/{name}", listing(title=f"Kokki {name}")).json["id"] for name in "abc"]
    employer.put("/listings/later", listing(published_at=(clock.now() + timedelta(days=1)).isoformat()))
    lines = read(partner.get("/listings/stream"))
    assert [line["id"] for line in lines] == ids
    assert [line["version"] for line in lines] == sorted(line["version"] for line in lines)
    assert lines[0]["title"] == "Kokki a"
    assert lines[0]["state"] == "published"
    assert lines[0]["apply"] == {"url": "https://pohjolanhoiva.example/apply", "email": None}
    assert lines[0]["url"].endswith(f"/fi/tyopaikat/{ids[0]}")
    assert "removed" not in lines[0]
    last = lines[-1]["version"]
    assert read(partner.get("/listings/stream", since=last)) == []
    employer.delete("/listings/a")
    employer.put("/listings/b", listing(title="Leipuri"))
    removed, corrected = read(partner.get("/listings/stream", since=last))
    assert removed == {"id": ids[0], "version": removed["version"], "state": "closed", "removed": True}
    assert corrected["title"] == "Leipuri"
    assert read(partner.get("/listings/stream", since=removed["version"])) == [corrected]


@pytest.mark.promise("L5")
def test_a_snapshot_and_its_sequel(
    employer: Api, partner: Api, work: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changes while the snapshot is read is in the stream from `next_since`."""
    monkeypatch.setattr(stream, "PAGE", 3)
    for number in range(10):
        employer.put(f"/listings/{number}", listing(title=f"Kokki {number}"))
    employer.delete("/listings/9")
    answer = partner.call("GET", "/listings/snapshot", buffered=False)
    parts = cast(Iterator[bytes], iter(answer.response))
    have = [json.loads(next(parts)) for _ in range(4)]
    employer.put("/listings/new", listing(title="Leipuri"))
    employer.delete("/listings/0")
    employer.put("/listings/8", listing(title="Kätilö"))
    have += [json.loads(part) for part in parts]
    end = have.pop()
    assert set(end) == {"next_since"}
    held = {line["id"]: line for line in have}
    for line in read(partner.get("/listings/stream", since=end["next_since"])):
        held.pop(line["id"], None)
        if "removed" not in line:
            held[line["id"]] = line
    with transaction() as session:
        open_now = {str(row.id): row.title for row in listings.all_open(session)}
    assert {key: line["title"] for key, line in held.items()} == open_now


@pytest.mark.promise("L5")
def test_many_changes_come_in_parts(employer: Api, partner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PAGE", 2)
    for number in range(5):
        employer.put(f"/listings/{number}", listing())
    assert len(read(partner.get("/listings/stream"))) == 5
    assert len(read(partner.get("/listings/snapshot"))) == 6


@pytest.mark.promise("L5")
def test_a_transaction_that_is_open_keeps_back_what_comes_after_it(partner: Api) -> None:
    with transaction() as session:
        published_row(session, "first")
        with transaction() as other:
            published_row(other, "second", by="Muu Oy", title="Kokki")
        assert read(partner.get("/listings/stream")) == []
    assert len(read(partner.get("/listings/stream"))) == 2


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "9" * 30, "9223372036854775808"])
def test_a_since_that_is_no_version(partner: Api, since: str) -> None:
    assert problems(partner.get("/listings/stream", since=since))["since"][0] == "is not a version"


def test_the_largest_version(partner: Api) -> None:
    assert read(partner.get("/listings/stream", since=2**63 - 1)) == []


def test_a_database_that_is_down_is_told_before_the_answer_begins(
    partner: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(changes, "horizon", down)
    for path in ("/listings/stream", "/listings/snapshot"):
        answer = partner.get(path)
        problems(answer, 503)
        assert answer.headers["Retry-After"]
