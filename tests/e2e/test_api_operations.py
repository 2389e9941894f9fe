"""Admins' and operators' calls: rebuild and proof, health, readiness, metrics, outgoing mail in development."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from mappings.client import client
from mappings.indexes import alias
from store import database, ledger, settings
from store.database import transaction
from tests.conftest import Services
from tests.e2e.conftest import Api, problems
from tests.making import alert, ask

Publish = Callable[..., str]


@pytest.mark.promise("S2")
@pytest.mark.parametrize("kind", ["listings", "alerts"])
def test_a_rebuild_and_its_proof(admin: Api, published: Publish, work: Callable[[], int], kind: str) -> None:
    published("a-1")
    with transaction() as session:
        alert(session)
    work()
    planned = admin.post("/admin/generations", {"kind": kind})
    assert planned.status_code == 202, planned.json
    assert planned.json["state"] == "planned"
    assert planned.json["kind"] == kind
    problems(admin.post("/admin/generations", {"kind": kind}), 409)
    work()
    shown = admin.get(f"/admin/generations/{planned.json['id']}").json
    assert shown["state"] == "live"
    assert shown["done"] == shown["total"] == 1
    assert shown["differences"] == 0
    assert shown["live_at"] > shown["created_at"]
    assert client().indices.exists_alias(name=alias(kind), index=shown["index"])
    assert admin.post("/admin/verify", {"kind": kind}).json == {"agree": True, "differences": []}


@pytest.mark.promise("S2")
def test_a_difference_is_told(admin: Api, published: Publish) -> None:
    one = published("a-1")
    client().delete(index=alias("listings"), id=one, params={"refresh": "true"})
    answer = admin.post("/admin/verify", {"kind": "listings"}).json
    assert answer["agree"] is False
    (difference,) = answer["differences"]
    assert one in difference
    assert "missing from the index" in difference


def test_kinds_and_generations_that_are_none(admin: Api) -> None:
    for path in ("generations", "verify"):
        reason, right = problems(admin.post(f"/admin/{path}", {"kind": "cakes"}))["kind"]
        assert "not known" in reason
        assert right == "one of: listings, alerts, cvs, searches"
        assert problems(admin.post(f"/admin/{path}", {}))["kind"][0] == "is missing"
    problems(admin.get("/admin/generations/999999"), 404)
    problems(admin.get("/admin/generations/x"), 404)


def test_health_asks_nobody(outside: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "engine", lambda: 1 / 0)
    assert outside.get("/healthz").json == {"alive": True}


@pytest.mark.promise("S1")
def test_ready(outside: Api) -> None:
    answer = outside.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "postgres": "ok", "opensearch": "ok", "redis": "ok", "erasures": "ok"}


@pytest.mark.promise("D5")
def test_not_ready_where_the_ledger_knows_of_more_erasures_than_the_database(outside: Api, clean: Services) -> None:
    entry = ledger.Entry("cv", "ab" * 32, "2026-11-24T12:00:00+00:00")
    ledger.append([entry])
    answer = outside.get("/readyz")
    assert answer.status_code == 503
    assert "restored" in answer.json["erasures"]
    with clean.ledger.open("a") as file:
        file.write("nonsense\n")
    assert outside.get("/readyz").json["erasures"] == "the erasure ledger cannot be read"


@pytest.mark.promise("D5")
def test_without_a_ledger_it_is_ready_and_says_what_that_means(outside: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "file", lambda: None)
    answer = outside.get("/readyz")
    assert answer.status_code == 200
    assert "VAHTI_ERASURE_LEDGER" in answer.json["erasures"]


def test_not_ready_with_another_schema(outside: Api) -> None:
    with database.engine().begin() as connection:
        before = connection.execute(text("UPDATE alembic_version SET version_num = 'other' RETURNING 1")).rowcount
        assert before == 1
    try:
        answer = outside.get("/readyz")
    finally:
        from alembic.script import ScriptDirectory

        from store.migrate import MIGRATIONS

        head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
        with database.engine().begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert answer.status_code == 503
    assert "migrate" in answer.json["postgres"]
    assert outside.get("/readyz").status_code == 200


@pytest.fixture
def other_indexes(clean: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("VAHTI_INDEX_PREFIX", "elsewhere")
    settings.get.cache_clear()
    yield
    monkeypatch.undo()
    settings.get.cache_clear()


@pytest.mark.invariant(1)
@pytest.mark.usefixtures("other_indexes")
def test_an_emptied_search_engine_is_told(outside: Api, api: Api) -> None:
    answer = outside.get("/readyz")
    assert answer.status_code == 503
    assert (
        answer.json["opensearch"] == "no index: elsewhere-listings, elsewhere-alerts, elsewhere-cvs, elsewhere-searches"
    )
    found = api.get("/listings")
    problems(found, 503)
    assert found.headers["Retry-After"] == "5"


@pytest.mark.promise("S4", "S6")
def test_metrics_hold_numbers_and_nobody(outside: Api, published: Publish) -> None:
    published("a-1")
    with transaction() as session:
        alert(session, "kaisa@mail.example")
        ask(session, "matti@mail.example", frequency="daily")
    answer = outside.get("/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    body = answer.get_data(as_text=True)
    assert "mail.example" not in body
    assert "sairaanhoitaja" not in body
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    assert found[("vahti_listings_open",)] == 1
    assert found[("vahti_alerts", "active", "instant")] == 1
    assert found[("vahti_alerts", "daily", "unconfirmed")] == 1
    assert found[("vahti_owed_due", "match_alert")] == 1
    assert found[("vahti_owed_oldest_seconds", "match_alert")] >= 0
    assert found[("vahti_owed_failing", "match_alert")] == 0
    assert found[("vahti_deliveries", "sent")] == 0
    assert found[("vahti_redis_up",)] == 1
    assert ("vahti_queue_depth", "next") in found
    assert ("vahti_generation", "listings", "live") in found
    assert outside.get("/metrics").get_data(as_text=True).count("vahti_listings_open 1.0") == 1


def test_the_outgoing_mail_can_be_read(outside: Api, api: Api, work: Callable[[], int]) -> None:
    assert outside.get("/dev/mail.json").json == []
    assert "No mail yet" in outside.get("/dev/mail").get_data(as_text=True)
    for name in ("kaisa", "matti"):
        ask_for = {"language": "fi", "frequency": "instant", "criteria": {"text": "kokki"}, "accept_terms": True}
        assert api.post("/alerts", {**ask_for, "email": f"{name}@mail.example"}).status_code == 202
        work()
    first, second = outside.get("/dev/mail.json").json
    assert (first["to"], second["to"]) == ("kaisa@mail.example", "matti@mail.example")
    assert set(first) == {"id", "to", "subject", "at", "headers"}
    assert first["at"] < second["at"]
    assert first["headers"]["Subject"] == first["subject"] != ""
    raw = outside.get(f"/dev/mail/{first['id']}.eml")
    assert raw.mimetype == "message/rfc822"
    assert message_from_bytes(raw.get_data())["X-Envelope-To"] == "kaisa@mail.example"
    page = outside.get("/dev/mail").get_data(as_text=True)
    assert page.index(second["id"]) < page.index(first["id"])
    view = outside.get(f"/dev/mail/{first['id']}")
    assert view.mimetype == "text/html"
    assert re.search(r"https?://\S+token=", view.get_data(as_text=True))
    html = outside.get(f"/dev/mail/{first['id']}.html")
    assert html.mimetype == "text/html"
    assert "sandbox" in html.headers["Content-Security-Policy"]
    for other in ("1", "../../etc/passwd", "00000001-00000000-0000-0000-0000-000000000000"):
        for suffix in ("", ".eml", ".html"):
            assert outside.get(f"/dev/mail/{other}{suffix}").status_code == 404


def test_there_is_no_outgoing_mail_to_read_in_production(outside: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAHTI_MAIL_DIR")
    settings.get.cache_clear()
    try:
        for path in ("/dev/mail", "/dev/mail.json", "/dev/mail/1", "/dev/mail/1.eml", "/dev/mail/1.html"):
            problems(outside.get(path), 404)
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()
