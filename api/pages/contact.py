"""The pages about contact details: a person answers who asks for them, a recruiter sees what was handed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, redirect, request

from api.auth import holder, recruiter
from api.pages.blueprint import alternates, in_each_language, show, site_of
from api.sessions import noting, reading, writing
from matcher import addresses
from store import access_log, contact_requests, cvs, visibility, wording
from store.contact_requests import ContactRequest
from store.errors import Conflict, Forbidden, NotFound
from store.sites import Site


@in_each_language("contact_request", audience_="signed in")
def contact_list(language: str) -> Response:
    """Who asked for the contact details of whoever signed in, the newest first."""
    with reading() as session:
        found = contact_requests.of_person(session, holder(session).id)
        site = site_of(session)
    return show(
        "contact_requests.html",
        language,
        site,
        public=False,
        alternate=alternates("contact_request"),
        requests=[
            {
                "employer": employer.name,
                "state": asked.state_now,
                "until": _until(site, asked, language),
                "address": addresses.contact_request(asked.id, language),
            }
            for asked, employer in found
        ],
    )


@in_each_language("contact_request", "GET", "POST", below="/<uuid:request_id>", audience_="signed in")
def contact_request(language: str, request_id: UUID) -> Any:
    """One request, with what would be handed over; sent, the form answers it, or takes back what was granted."""
    if request.method != "POST":
        return _request(language, request_id)
    try:
        with writing() as session:
            asked, _ = contact_requests.get(session, request_id, holder(session).id, lock=True)
            contact_requests.answer(session, asked, request.form.get("answer") == "grant")
    except Conflict:  # it expired while the page was open, and the page says so
        return _request(language, request_id, status=409)
    return redirect(request.path, 303)


def _request(language: str, request_id: UUID, status: int = 200) -> Response:
    with reading() as session:
        account = holder(session)
        asked, employer = contact_requests.get(session, request_id, account.id)
        cv = cvs.of(session, account.id)
        site = site_of(session)
    return show(
        "contact_request.html",
        language,
        site,
        status=status,
        public=False,
        alternate=alternates("contact_request", below=f"/{request_id}"),
        state=asked.state_now,
        employer=employer.name,
        lines=asked.message.splitlines(),
        until=_until(site, asked, language),
        contact=cv.contact_details(),
        visible=cv.findable,
        late=asked.over,
    )


@in_each_language("contact_details", below="/<uuid:cv_id>", audience_="signed in")
def contact_details(language: str, cv_id: UUID) -> Response:
    """The contact details that a person handed to the recruiter's employer; that they were shown is noted."""
    with noting() as session:
        try:
            account = recruiter(session)
        except Forbidden as error:
            raise NotFound("this is for recruiters of approved employers") from error
        cv = cvs.get_seen(session, cv_id, visibility.sql(visibility.viewer(session, account)))
        contact = contact_requests.contact_for(session, cv, account)
        if contact is not None:
            access_log.note(session, account, access_log.CONTACT, [cv.id])
        site = site_of(session)
        return show(
            "contact_details.html",
            language,
            site,
            public=False,
            alternate=alternates("contact_details", below=f"/{cv_id}"),
            contact=contact,
        )


def _until(site: Site, asked: ContactRequest, language: str) -> str:
    return wording.date(asked.expires_at, site.zone(language), language)
