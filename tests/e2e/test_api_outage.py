"""Services that are down while people call: no write is refused for the search or the queue, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from store import links
from store.database import transaction
from tests.conftest import Services
from tests.e2e.conftest import Api, listing, problems
from tests.e2e.test_api_alerts import ASK
from tests.making import ask


@contextmanager
def down(services: Services, name: str) -> Iterator[None]:
    services.stack.stop(name)
    try:
        yield
    finally:
        services.stack.start(name)


@pytest.mark.invariant(1)
@pytest.mark.promise("S1")
def test_without_the_search_engine(
    services: Services,
    outside: Api,
    api: Api,
    employer: Api,
    work: Callable[[], int],
    mails: Callable[[], list[EmailMessage]],
) -> None:
    with transaction() as session:
        confirm = links.sign(links.CONFIRM, ask(session).id)
    with down(services, "opensearch"):
        for answer in (
            api.get("/listings", text="kokki", facets=1),
            api.get("/listings/suggest", text="kok"),
            api.post("/alerts/preview", {"criteria": {"text": "kokki"}}),
        ):
            problems(answer, 503)
            assert answer.headers["Retry-After"] == "5"
        ready = outside.get("/readyz")
        assert ready.status_code == 503
        assert ready.json == {
            "ready": False,
            "postgres": "ok",
            "opensearch": "does not answer",
            "redis": "ok",
            "erasures": "ok",
        }
        assert api.post("/alerts", ASK).status_code == 202
        assert api.post("/alerts/confirm", {"token": confirm}).json["state"] == "active"
        created = employer.put("/listings/a-1", listing())
        assert created.status_code == 201
        assert api.get(f"/listings/{created.json['id']}").status_code == 200
        assert employer.put("/listings/b-1", listing(title="Kokki")).status_code == 201
        assert employer.delete("/listings/b-1").json["state"] == "closed"
    from mappings.client import client
    from mappings.indexes import alias

    work()
    client().indices.refresh(index=alias("listings"))
    assert [hit["id"] for hit in api.get("/listings").json["hits"]] == [created.json["id"]]
    told = [mail for mail in mails() if "Sairaanhoitaja" in str(mail.get_body(("plain",)))]
    assert len(told) == 1
    assert outside.get("/readyz").status_code == 200


@pytest.mark.invariant(1)
@pytest.mark.promise("S1")
def test_without_the_queue(services: Services, outside: Api, api: Api, employer: Api) -> None:
    with down(services, "redis"):
        assert api.post("/alerts", ASK).status_code == 202
        assert employer.put("/listings/a-1", listing()).status_code == 201
        assert api.get("/listings").status_code == 200
        ready = outside.get("/readyz")
        assert ready.status_code == 503
        assert ready.json["redis"] == "does not answer"
        metrics = outside.get("/metrics").get_data(as_text=True)
        assert "vahti_redis_up 0.0" in metrics
        assert "vahti_queue_depth" not in metrics
    assert outside.get("/readyz").status_code == 200


@pytest.mark.promise("S3")
def test_without_the_database(services: Services, outside: Api, api: Api, employer: Api) -> None:
    with down(services, "postgres"):
        for answer in (
            api.post("/alerts", ASK),
            api.get("/listings"),
            employer.put("/listings/a-1", listing()),
            outside.get("/metrics"),
        ):
            problems(answer, 503)
            assert answer.headers["Retry-After"] == "5"
        assert outside.get("/healthz").status_code == 200
        assert outside.get("/readyz").json["postgres"] == "does not answer"
    assert employer.put("/listings/a-1", listing()).status_code == 201
    assert outside.get("/readyz").status_code == 200
