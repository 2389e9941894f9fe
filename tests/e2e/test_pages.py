"""The pages as a reader without JavaScript uses them: each step of an alert in three languages, each wrong turn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from mappings.client import client
from mappings.indexes import alias
from matcher import addresses
from matcher.outage import SearchDown
from store import alerts, clock, employers, links, listings, settings, sites
from store.database import transaction
from store.wording import LANGUAGES
from tests.conftest import Services
from tests.making import alert, ask, publish

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]

FILLED = {"email": "kaisa@mail.example", "text": "sairaanhoitaja", "frequency": "instant", "accept_terms": "1"}
PUBLIC: list[addresses.Page] = ["start", "alert", "terms", "privacy", "asked", "listings"]


def send(client: FlaskClient, page: addresses.Page, language: str = "fi", **form: Any) -> TestResponse:
    """The form of a page, sent."""
    return client.post(addresses.path(page, language), data={**FILLED, **form})


def held(page: addresses.Page, token: str, language: str = "fi") -> str:
    """The address of a page that a link in a mail opens."""
    return addresses.path(page, language, {"token": token})


def state_of(alert_id: object) -> str:
    with transaction() as session:
        return str(session.execute(text("SELECT state FROM alerts WHERE id = :id"), {"id": alert_id}).scalar_one())


def count_alerts() -> int:
    with transaction() as session:
        return int(session.execute(text("SELECT count(*) FROM alerts")).scalar_one())


@pytest.mark.promise("C5")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PUBLIC)
def test_public_pages_speak_their_language(app_client: FlaskClient, page: addresses.Page, language: str) -> None:
    answer = app_client.get(addresses.path(page, language))
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["Content-Language"] == language
    assert "Set-Cookie" not in answer.headers, "C5: nothing needs a cookie"
    assert "<script src" not in answer.text
    assert not re.search(r'(src|href)="(https?:)?//', answer.text.replace(f'"{addresses.absolute("")}', '"'))


@pytest.mark.parametrize(
    ("accepted", "language"), [("sv-FI,sv;q=0.9,fi;q=0.5", "sv"), ("en-GB", "en"), ("fi", "fi"), ("de", "en")]
)
def test_the_way_in_asks_the_browser_for_its_language(app_client: FlaskClient, accepted: str, language: str) -> None:
    answer = app_client.get("/", headers={"Accept-Language": accepted})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{language}/"


@pytest.mark.promise("W1")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_makes_an_unconfirmed_alert_and_says_the_same_to_everyone(
    app_client: FlaskClient, language: str, work: Work, mails: Mails
) -> None:
    with transaction() as session:
        alert(session, "known@mail.example", text="sairaanhoitaja")
    pages = []
    for email in ("known@mail.example", "unknown@mail.example"):
        answer = send(app_client, "alert", language, email=email)
        assert answer.status_code == 303
        pages.append(app_client.get(answer.headers["Location"]).text)
    assert pages[0] == pages[1]
    assert "mail.example" not in pages[0]
    work()
    assert sorted(str(mail["To"]) for mail in mails()) == ["known@mail.example", "unknown@mail.example"]
    with transaction() as session:
        rows = session.execute(
            text("SELECT language, terms_version, terms_source FROM alerts WHERE state = 'unconfirmed'")
        ).all()
    assert {(row[0], row[1], row[2]) for row in rows} == {
        (language, "2026-11", f"page {addresses.path('alert', language)}")
    }


@pytest.mark.promise("W1")
def test_required_fields_are_marked_in_words_and_nothing_is_ticked_beforehand(app_client: FlaskClient) -> None:
    page = app_client.get(addresses.path("alert", "en")).text
    assert re.search(r'<label for="email">[^<]*<span class="required">\(required\)', page)
    box = re.search(r'<input type="checkbox" id="accept_terms"[^>]*>', page)
    assert box is not None
    assert "required" in box[0]
    assert "checked" not in box[0]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"accept_terms": None}, "accept_terms"),
        ({"text": ""}, "text"),
        ({"text": "???"}, "text"),
        ({"places": "Tamppere"}, "places"),
        ({"salary_min": "lots"}, "salary_min"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    app_client: FlaskClient, form: dict[str, Any], field: str
) -> None:
    values = {key: value for key, value in {**FILLED, "exclude": "päällikkö", **form}.items() if value is not None}
    answer = app_client.post(addresses.path("alert", "en"), data=values)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text, "the summary leads to the field"
    assert f'id="{field}-error"' in answer.text
    assert 'role="alert"' in answer.text
    for name, value in values.items():
        if name not in {"frequency", "accept_terms"} and value:
            assert f'value="{value}"' in unescape(answer.text)
    assert count_alerts() == 0


def test_a_place_that_is_not_known_is_guessed_at(app_client: FlaskClient) -> None:
    assert "Tampere" in send(app_client, "alert", places="Tamppere").text


@pytest.mark.promise("W5")
def test_the_preview_shows_what_matches_and_keeps_nothing(app_client: FlaskClient, work: Work) -> None:
    with transaction() as session:
        publish(session, title="Sairaanhoitaja <b>")
    work()
    client().indices.refresh(index=alias("listings"))
    answer = send(app_client, "preview", places="Tampere")
    assert answer.status_code == 200
    assert "Sairaanhoitaja &lt;b&gt;" in answer.text
    assert "kaisa@mail.example" in answer.text, "what was typed is kept in the form"
    assert count_alerts() == 0


@pytest.mark.promise("W2")
@pytest.mark.invariant(9)
@pytest.mark.parametrize("language", LANGUAGES)
def test_looking_at_a_link_does_nothing_and_the_button_confirms(app_client: FlaskClient, language: str) -> None:
    with transaction() as session:
        asked = ask(session, language=language)
    address = held("confirm", links.sign(links.CONFIRM, asked.id), language)
    for _ in range(3):
        assert app_client.get(address).status_code == 200
    assert state_of(asked.id) == "unconfirmed"
    assert app_client.post(address).status_code == 200
    assert state_of(asked.id) == "active"
    assert app_client.post(address).status_code == 200, "twice is no mistake"


@pytest.mark.promise("W4", "W6")
def test_a_link_pauses_resumes_changes_and_ends_an_alert(app_client: FlaskClient) -> None:
    with transaction() as session:
        kept = alert(session)
    token = links.sign(links.MANAGE, kept.id)
    for page, state in (("pause", "paused"), ("resume", "active")):
        assert app_client.get(held(page, token)).status_code == 200  # type: ignore[arg-type]
        assert app_client.post(held(page, token)).status_code == 200  # type: ignore[arg-type]
        assert state_of(kept.id) == state
    assert "sairaanhoitaja" in app_client.get(held("edit", token)).text
    changed = {"text": "kokki", "frequency": "daily", "language": "sv"}
    assert app_client.post(held("edit", token), data={**changed, "text": ""}).status_code == 422
    assert app_client.post(held("edit", token), data=changed).status_code == 200
    with transaction() as session:
        row = alerts.get(session, kept.id)
        assert (row.frequency, row.language) == ("daily", "sv")
        assert alerts.criteria_of(session, row).wanted == ("kokki",)
    address = addresses.unsubscribe_path(token)
    assert app_client.get(address).status_code == 200
    assert state_of(kept.id) == "active"
    assert app_client.post(address).status_code == 200
    assert state_of(kept.id) == "ended"
    assert app_client.post(address).status_code == 200


@pytest.mark.promise("W4", "W6")
def test_one_click_of_a_mail_program_ends_an_alert(app_client: FlaskClient, work: Work, mails: Mails) -> None:
    """RFC 8058: a POST to the address in the header, with that body, without cookies and not sent elsewhere."""
    with transaction() as session:
        kept = alert(session)
    work()
    with transaction() as session:
        publish(session)
    work()
    [mail] = mails()
    header = str(mail["List-Unsubscribe"])
    address = header.strip("<>").removeprefix(addresses.absolute(""))
    answer = app_client.post(address, data={str(mail["List-Unsubscribe-Post"]).split("=")[0]: "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert state_of(kept.id) == "ended"


def test_a_link_that_leads_nowhere_says_why_and_how_to_go_on(app_client: FlaskClient) -> None:
    with transaction() as session:
        late, ended = ask(session, text="kokki"), alert(session)
        alerts.end(session, ended, "unsubscribed")
    for page in ("confirm", "manage", "edit", "pause", "resume"):
        assert app_client.get(held(page, "foreign")).status_code == 403
    # A link of one purpose is none of another.
    assert app_client.get(held("confirm", links.sign(links.MANAGE, late.id))).status_code == 403
    assert app_client.get(held("manage", links.sign(links.MANAGE, ended.id))).status_code == 409
    assert app_client.get(held("confirm", links.sign(links.CONFIRM, uuid4()))).status_code == 403
    clock.set_ahead(timedelta(hours=49))
    answer = app_client.get(held("confirm", links.sign(links.CONFIRM, late.id)))
    assert answer.status_code == 403
    assert "text=kokki" in unescape(answer.text), "the form can be had again, filled in"
    assert "mail.example" not in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_listing_has_a_page_with_structured_data_until_it_closes(app_client: FlaskClient, language: str) -> None:
    with transaction() as session:
        row = publish(session, title="Hoitaja </script><script>", deadline=clock.now() + timedelta(days=9))
    answer = app_client.get(addresses.listing_path(row.id, language))
    assert answer.status_code == 200
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert (data["@type"], data["title"]) == ("JobPosting", "Hoitaja </script><script>")
    assert 'rel="canonical"' in answer.text
    assert all(f'hreflang="{other}"' in answer.text for other in LANGUAGES)
    with transaction() as session:
        listings.close(session, employers.named(session, "Pohjolan hoiva"), "a-1")
    gone = app_client.get(addresses.listing_path(row.id, language))
    assert gone.status_code == 410
    assert "JobPosting" not in gone.text
    assert app_client.get(addresses.listing_path(uuid4(), language)).status_code == 404


def test_pages_carry_a_strict_policy_and_the_brand_of_the_site(app_client: FlaskClient) -> None:
    answer = app_client.get(addresses.path("alert", "fi"))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    with transaction() as session:
        session.execute(
            text("INSERT INTO sites (key, name, sender) VALUES ('saaristo', 'Saaristo', 's@saaristo.example')")
        )
    try:
        branded = app_client.get(addresses.path("alert", "sv", {"site": "saaristo"}))
        assert "Saaristo" in branded.text
        with transaction() as session:
            assert sites.find(session, "saaristo").name == "Saaristo"
    finally:
        with transaction() as session:
            session.execute(text("DELETE FROM sites WHERE key = 'saaristo'"))


def test_the_list_of_jobs_goes_on_where_it_ended_and_switches_language_with_its_search(
    app_client: FlaskClient, work: Work
) -> None:
    with transaction() as session:
        for number in range(23):
            publish(session, f"n-{number}", title=f"Kokki n{number}n", description=f"<p>keittiö {number}</p>")
        publish(session, "other", title="Hitsaaja")
    work()
    client().indices.refresh(index=alias("listings"))
    seen: list[str] = []
    address: str | None = addresses.path("listings", "sv", {"text": "kokki", "places": "Tammerfors"})
    while address:
        page = app_client.get(address)
        assert page.status_code == 200
        assert "23" in page.text
        seen += re.findall(r"Kokki (n\d+n)", page.text)
        further = re.search(r'href="([^"]*)" rel="next"', page.text)
        address = unescape(further[1]) if further else None
    assert sorted(seen) == sorted(f"n{number}n" for number in range(23))
    assert "Hitsaaja" not in page.text
    other = addresses.absolute(addresses.path("listings", "fi", {"places": "fi-837", "text": "kokki"}))
    assert f'href="{other}"' in unescape(page.text)
    assert app_client.get(addresses.path("listings", "sv", {"text": "kokki", "after": "nonsense"})).status_code == 404


@pytest.mark.promise("L2")
def test_a_misspelt_search_offers_what_was_perhaps_meant(app_client: FlaskClient, work: Work) -> None:
    with transaction() as session:
        publish(session, "a-1", title="Sairaanhoitaja")
    work()
    client().indices.refresh(index=alias("listings"))
    asked = {"text": "sairanhoitaja -kokki", "near": "fi-837", "km": "30"}
    page = app_client.get(addresses.path("listings", "fi", asked)).text
    further = re.search(r'Tarkoititko kenties: <a href="([^"]*)">sairaanhoitaja -kokki</a>', page)
    assert further
    assert "near=fi-837" in further[1]
    found = app_client.get(unescape(further[1])).text
    assert "1 työpaikka" in found
    assert "Tarkoititko" not in found


@pytest.mark.promise("W5")
def test_editing_shows_what_would_match_and_keeps_nothing_before_it_is_saved(
    app_client: FlaskClient, work: Work
) -> None:
    with transaction() as session:
        kept = alert(session)
        publish(session, title="Kokki keskustaan", description="<p>kokki</p>")
    work()
    client().indices.refresh(index=alias("listings"))
    address = held("edit", links.sign(links.MANAGE, kept.id))
    changed = {"text": "kokki", "frequency": "weekly", "language": "fi"}
    answer = app_client.post(address, data={**changed, "preview": "1"})
    assert answer.status_code == 200
    assert "Kokki keskustaan" in answer.text
    with transaction() as session:
        assert alerts.criteria_of(session, alerts.get(session, kept.id)).wanted == ("sairaanhoitaja",)


def test_an_edit_into_an_alert_that_is_there_already_changes_nothing(app_client: FlaskClient) -> None:
    with transaction() as session:
        kept = alert(session)
        alert(session, text="kokki")
    changed = {"text": "kokki", "frequency": "weekly", "language": "sv"}
    answer = app_client.post(held("edit", links.sign(links.MANAGE, kept.id)), data=changed)
    assert answer.status_code == 422
    assert 'href="#text"' in answer.text
    with transaction() as session:
        row = alerts.get(session, kept.id)
        assert (row.frequency, row.language) == ("instant", "fi")


def test_pages_behind_a_mailed_link_are_kept_and_indexed_by_nobody(app_client: FlaskClient) -> None:
    with transaction() as session:
        kept = alert(session)
    answer = app_client.get(held("manage", links.sign(links.MANAGE, kept.id)))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "hreflang" not in answer.text
    assert "mail.example" not in answer.text, "who holds the link of another learns no address"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_that_is_down_is_said_in_words_and_the_rest_goes_on(
    app_client: FlaskClient, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise SearchDown("the search does not answer")

    monkeypatch.setattr("api.pages.ask.preview", down)
    answer = send(app_client, "preview", language)
    assert answer.status_code == 503
    assert answer.mimetype == "text/html"
    assert f'<html lang="{language}"' in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert send(app_client, "alert", language).status_code == 303


@pytest.mark.promise("S5")
def test_who_orders_too_many_alerts_is_asked_to_wait_and_may_still_look(
    clean: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.app import create_app

    few = replace(settings.get(), ask_limit="2 per hour")
    monkeypatch.setattr(settings, "get", lambda: few)
    reader = create_app().test_client()
    assert [send(reader, "alert").status_code for _ in range(3)] == [303, 303, 429]
    refused = send(reader, "alert", "sv")
    assert "Försök igen" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    assert send(reader, "preview").status_code == 200
    assert reader.get(addresses.path("alert", "fi")).status_code == 200


def test_a_site_has_pages_in_its_own_languages_only(app_client: FlaskClient) -> None:
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO sites (key, name, sender, languages) "
                "VALUES ('skargard', 'Skärgård', 's@skargard.example', '{sv,en}')"
            )
        )
    try:
        assert send(app_client, "alert", "sv", site="skargard").headers["Location"].endswith("?site=skargard")
        assert send(app_client, "alert", "fi", site="skargard").status_code == 404
        assert app_client.get(addresses.path("alert", "fi", {"site": "nowhere"})).status_code == 404
        assert count_alerts() == 1
    finally:
        with transaction() as session:
            session.execute(text("DELETE FROM alerts WHERE site = 'skargard'"))
            session.execute(text("DELETE FROM sites WHERE key = 'skargard'"))


def test_styles_come_from_ourselves_and_in_the_colour_of_the_site(app_client: FlaskClient) -> None:
    page = app_client.get(addresses.path("start", "fi")).text
    for address in re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', page):
        answer = app_client.get(address)
        assert answer.status_code == 200, address
        assert answer.mimetype in ("text/css", "image/svg+xml")
    brand = app_client.get("/pages/brand/vahti.css")
    assert "--brand: #0b5c73" in brand.text
    assert app_client.get("/pages/brand/vahti.css", headers={"If-None-Match": brand.headers["ETag"]}).status_code == 304
    assert app_client.get("/pages/../app.py").status_code == 404
