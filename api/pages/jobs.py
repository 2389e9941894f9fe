"""The pages of listings: one listing for people and search engines, and the list that mails and searches link to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from api.pages import form
from api.pages.blueprint import alternates, in_each_language, show, site_of
from api.pages.job_posting import job_posting
from api.sessions import reading
from mappings.search import Sort
from matcher import addresses, cursor, search
from matcher.cursor import Cursor
from matcher.facts import facts
from matcher.search import Search
from matcher.why import in_words
from store import listings, wording
from store.errors import Invalid, NotFound
from store.listings import DRAFT, Listing

SIZE = 20


@in_each_language("listings")
def jobs(language: str) -> Response:
    """The open listings that the form's fields, given in the address, ask for: all of them where none is given."""
    typed = form.prefilled(request.args, language)
    read = form.read_criteria(typed, language, anything=True)
    with reading() as session:
        site = site_of(session)
        found = None
        if read.criteria is not None:
            sort: Sort = "relevance" if read.criteria.wanted else "newest"
            asked = Search(read.criteria, sort, size=SIZE, after=_after(sort), language=language, text=typed.text)
            found = search.find(session, asked)
        query = addresses.asked_for(read.criteria) if read.criteria is not None else {}
        values: dict[str, Any] = {
            "typed": typed,
            "mistakes": read.mistakes,
            "wrong": read.by_field(),
            "words": in_words(read.criteria, language) if read.criteria is not None else [],
            "found": found,
            "facts": {hit.listing.id: facts(hit.listing, site.zone(language), language) for hit in found.hits}
            if found
            else {},
            "query": query,
        }
        return show(
            "jobs.html",
            language,
            site,
            status=422 if read.mistakes else 200,
            public=not request.args,
            alternate=alternates("listings", query=query),
            **values,
        )


@in_each_language("listings", below="/<uuid:listing_id>")
def job(language: str, listing_id: UUID) -> Response:
    """One listing while it is open; 410 with a way on once it is not."""
    with reading() as session:
        try:
            listing = listings.get_open(session, listing_id)
        except NotFound:
            return _gone(session, listing_id, language)
        site = site_of(session, listing.site)
        return show(
            "job.html",
            language,
            site,
            alternate=alternates("listings", below=f"/{listing_id}"),
            listing=listing,
            facts=facts(listing, site.zone(language), language),
            published=wording.date(listing.published_at, site.zone(language), language),
            posting=job_posting(listing, site),
            alike=_alike(listing),
        )


def _gone(session: Session, listing_id: UUID, language: str) -> Response:
    listing = listings.by_ids(session, [listing_id]).get(listing_id)
    if listing is None or listing.state == DRAFT:
        raise NotFound("no such listing")
    site = site_of(session, listing.site)
    return show("gone.html", language, site, status=410, public=False, title=listing.title, alike=_alike(listing))


def _alike(listing: Listing) -> dict[str, str | list[str]]:
    """What an alert for listings like this one would ask for."""
    asked: dict[str, str | list[str]] = {"places": list(listing.places)}
    if listing.occupation:
        asked["occupations"] = [listing.occupation]
    else:
        asked["text"] = listing.title
    return asked


def _after(sort: Sort) -> Cursor | None:
    token = request.args.get("after")
    if not token:
        return None
    try:
        found = cursor.read(token)
    except Invalid as error:
        raise NotFound("no such page") from error
    if found.sort != sort:
        raise NotFound("no such page")
    return found
