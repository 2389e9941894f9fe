"""Feeds over HTTP and from the command line: good records are kept, bad ones told by line, nothing is kept twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from api import publishing
from store import clock, database, listings, settings
from store.database import transaction
from store.listings import Listing
from tests.conftest import Services
from tests.e2e.conftest import EMPLOYER, Answer, Api, client_of, listing, problems, token


def send(employer: Api, body: str | bytes, content_type: str = "application/x-ndjson") -> Answer:
    return employer.post("/listings/feed", data=body, content_type=content_type)


def lines(count: int, **given: Any) -> list[str]:
    return [
        json.dumps(listing(reference=f"f-{number:04}", title=f"Kokki {number}", **given)) for number in range(count)
    ]


def stored() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Listing)) or 0


@pytest.mark.promise("L1")
def test_good_lines_are_kept_and_bad_ones_told(employer: Api) -> None:
    good = lines(3)
    past = json.dumps(listing(reference="past", published_at="2030-02-01", deadline="2030-01-01"))
    feed = [good[0], "{broken", json.dumps({"reference": "x"}), good[1], good[0], "", past, good[2], "[]"]
    answer = send(employer, "\n".join(feed))
    assert answer.status_code == 200, answer.json
    assert {key: answer.json[key] for key in ("accepted", "unchanged", "more_rejected")} == {
        "accepted": 3,
        "unchanged": 0,
        "more_rejected": 0,
    }
    rejected = {one["line"]: one["errors"] for one in answer.json["rejected"]}
    assert list(rejected) == [2, 3, 5, 7, 9]
    assert "JSON" in rejected[2][0]["reason"]
    assert {"title", "description", "employer", "apply"} <= {one["field"] for one in rejected[3]}
    assert rejected[5][0]["field"] == "reference"
    assert "line 1" in rejected[5][0]["reason"]
    assert rejected[7][0]["field"] == "deadline"
    assert all(one["reason"] and one["right"] for errors in rejected.values() for one in errors)
    assert stored() == 3


@pytest.mark.promise("L1")
def test_the_same_feed_again_changes_nothing(employer: Api) -> None:
    feed = "\n".join(lines(5))
    assert send(employer, feed).json["accepted"] == 5
    with transaction() as session:
        before = {row.id: row.version for row in session.scalars(select(Listing))}
    again = send(employer, feed).json
    assert (again["accepted"], again["unchanged"], again["rejected"]) == (0, 5, [])
    with transaction() as session:
        assert {row.id: row.version for row in session.scalars(select(Listing))} == before


@pytest.mark.promise("L1")
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps([listing(reference="a"), listing(reference="b")])),
        ("application/json", json.dumps({"listings": [listing(reference="a"), listing(reference="b")]})),
        ("application/json; charset=utf-8", "\n".join(lines(2))),
        ("application/x-www-form-urlencoded", "\n".join(lines(2))),
        ("text/plain", "\n".join(lines(2))),
        (
            "application/ld+json",
            json.dumps(
                [
                    {
                        "@context": "https://schema.org",
                        "@type": "JobPosting",
                        "identifier": str(number),
                        "title": "Kock",
                        "description": "Vi söker en kock till vår restaurang i Stockholm.",
                        "inLanguage": "sv",
                        "hiringOrganization": {"@type": "Organization", "name": "Köket"},
                        "jobLocation": {
                            "@type": "Place",
                            "address": {"addressLocality": "Stockholm", "addressCountry": "SE"},
                        },
                        "url": "https://koket.example/jobb",
                    }
                    for number in range(2)
                ]
            ),
        ),
        (
            "application/xml",
            "<listings>"
            + "".join(
                f"<listing><reference>{name}</reference><title>Kokki</title><description>Ruokaa.</description>"
                "<language>fi</language><employer>Keittiö</employer><place>fi-091</place>"
                "<apply><url>https://keittio.example/</url></apply></listing>"
                for name in ("a", "b")
            )
            + "</listings>",
        ),
    ],
)
def test_formats(employer: Api, content_type: str, body: str) -> None:
    answer = send(employer, body, content_type)
    assert answer.json["accepted"] == 2, answer.json


def test_a_body_that_is_no_feed(employer: Api) -> None:
    answer = send(employer, b"\x89PNG", "image/png")
    problems(answer, 415)
    assert "application/x-ndjson" in answer.json["detail"]
    assert send(employer, "").json == {"accepted": 0, "unchanged": 0, "rejected": [], "more_rejected": 0}
    garbage = send(employer, b"\x89PNG\r\n\x1a\n\0\0", "application/octet-stream").json
    assert garbage["rejected"]


@pytest.fixture
def small_limit(clean: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("VAHTI_FEED_LIMIT", "300000")
    settings.get.cache_clear()
    yield
    monkeypatch.undo()
    settings.get.cache_clear()


@pytest.mark.usefixtures("small_limit")
def test_a_feed_that_is_too_large_keeps_what_came_before(employer: Api) -> None:
    """More than the limit of other bodies is taken; of one that hides its length, what came before the limit stays."""
    many = "\n".join(lines(2000, description="x" * 300))
    assert len(many) > settings.get().body_limit
    answer = send(employer, many)
    problems(answer, 413)
    assert "300,000 bytes" in answer.json["detail"]
    assert stored() == 0
    answer = employer.post(
        "/listings/feed",
        content_type="application/x-ndjson",
        environ_overrides={"wsgi.input": BytesIO(many.encode()), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    problems(answer, 413)
    assert 0 < stored() < 2000
    assert stored() % publishing.TOGETHER == 0


@pytest.mark.promise("L1")
def test_an_unknown_site_and_a_reserved_reference_cost_only_themselves(employer: Api) -> None:
    feed = [*lines(2), json.dumps(listing(reference="s", site="nowhere")), json.dumps(listing(reference="feed"))]
    answer = send(employer, "\n".join(feed)).json
    assert answer["accepted"] == 2
    assert [(one["line"], one["errors"][0]["field"]) for one in answer["rejected"]] == [(3, "site"), (4, "reference")]


@pytest.mark.promise("L1")
def test_what_the_database_refuses_costs_only_itself(employer: Api) -> None:
    with database.engine().begin() as connection:
        connection.execute(text("ALTER TABLE listings ADD CONSTRAINT no_fives CHECK (title <> 'Kokki 5')"))
    try:
        answer = send(employer, "\n".join(lines(10))).json
    finally:
        with database.engine().begin() as connection:
            connection.execute(text("ALTER TABLE listings DROP CONSTRAINT no_fives"))
    assert answer["accepted"] == 9
    assert [one["line"] for one in answer["rejected"]] == [6]
    assert stored() == 9


@pytest.mark.promise("L1")
def test_two_feeds_at_once_make_each_listing_once(app_client: FlaskClient) -> None:
    given = token("employer", EMPLOYER)
    app = app_client.application
    forwards, backwards = lines(450), list(reversed(lines(450)))

    def run(feed: list[str]) -> Any:
        return send(Api(client_of(app), given), "\n".join(feed)).json

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(run, (forwards, backwards, forwards)))
    assert all(answer["rejected"] == [] for answer in answers)
    assert sum(answer["accepted"] for answer in answers) == 450
    assert sum(answer["unchanged"] for answer in answers) == 2 * 450
    assert stored() == 450


def test_many_bad_lines_are_counted_and_not_all_told(employer: Api) -> None:
    answer = send(employer, "\n".join([*lines(1), *(["{}"] * 1500)])).json
    assert answer["accepted"] == 1
    assert len(answer["rejected"]) == 1000
    assert answer["more_rejected"] == 500


@pytest.mark.promise("L1")
def test_import_from_the_command_line(clean: Services, tmp_path: Path) -> None:
    from stack.commands.import_listings import command

    file = tmp_path / "feed.ndjson"
    file.write_text("\n".join([*lines(3), "{broken"]), encoding="utf-8")
    run = CliRunner().invoke(command, ["listings", str(file), "--employer", EMPLOYER])
    assert run.exit_code == 1
    assert "3 accepted, 0 unchanged, 1 rejected" in run.stderr + run.stdout
    assert "line 4" in run.stderr
    file.write_text("\n".join(lines(4)), encoding="utf-8")
    run = CliRunner().invoke(command, ["listings", str(file), "--employer", EMPLOYER])
    assert run.exit_code == 0, run.output
    assert "1 accepted, 3 unchanged, 0 rejected" in run.stderr + run.stdout
    with transaction() as session:
        assert listings.count_open(session) == 4
    assert clock.ahead().total_seconds() == 0
