"""The calls about listings: employers publish and close them, anyone searches and reads them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import ValidationError

from api import publishing
from api.auth import audience, bearer
from api.calls import Calls
from api.json_answer import as_json
from api.json_body import read
from api.listing_fields import Reference
from api.listing_query import SearchSchema, SuggestSchema
from api.listing_schema import load_listing
from api.listing_view import ListingViewSchema, brief, full
from api.search_view import FoundSchema, LanguageSchema, ListingBodySchema, PublishedSchema, SuggestionsSchema
from api.sessions import reading, writing
from matcher import search as job_search
from matcher.search import Hit, Search
from matcher.suggest import suggest as suggestions
from store import listings
from store.errors import NotFound
from store.listings import Listing

calls = Calls("listings", "/api/v1/listings", "Listings: published by employers, searched and read by anyone.")


@calls.route("/<path:reference>", methods=["PUT"])
@audience("employer")
@calls.reads(ListingBodySchema)
@calls.gives(200, PublishedSchema, description="the listing was there and is now as given")
@calls.also_gives(201, PublishedSchema, description="the listing is new")
def publish(reference: str) -> tuple[dict[str, Any], int]:
    """Publish or correct a listing

    By your own reference, which the address holds: the same listing again changes nothing. A closed one opens again,
    one whose `published_at` is still to come waits as a draft, one past its `deadline` is expired.
    """
    publishing.check_reference(reference)
    given = load_listing(read(request), reference)
    with writing() as session:
        kept = publishing.publish(session, publishing.employer(session, bearer().employer_id), given)
        return _state(kept.listing), 201 if kept.created else 200


@calls.route("/<path:reference>", methods=["DELETE"])
@audience("employer")
@calls.gives(200, PublishedSchema, description="the listing is closed")
@calls.errors(404)
def close(reference: str) -> dict[str, Any]:
    """Close a listing

    By your own reference. From the answer on nobody finds it and nobody is mailed about it. Idempotent; publishing it
    again opens it.
    """
    try:
        known_as = Reference().deserialize(reference)
    except ValidationError as error:  # nothing can have been published by it
        raise NotFound("no listing of yours has this reference") from error
    with writing() as session:
        by = publishing.employer(session, bearer().employer_id)
        return _state(listings.close(session, by, known_as))


@calls.route("", methods=["GET"])
@audience("anyone")
@calls.takes(SearchSchema, location="query")
@calls.gives(200, FoundSchema, description="the listings that were found")
def search(asked: Search) -> Response:
    """Search open listings

    Exactly the listings that an alert with the same criteria would be told of. `total` is exact; the order is total, so
    that `next` continues an answer without gaps and repetitions whatever is published meanwhile.
    """
    with reading() as session:
        found = job_search.find(session, asked)
    answer: dict[str, Any] = {
        "total": found.total,
        "hits": [_hit(hit, asked.language) for hit in found.hits],
        "next": found.next.token() if found.next else None,
    }
    if asked.facets:
        answer["facets"] = found.facets
    if found.did_you_mean is not None:
        answer["did_you_mean"] = found.did_you_mean
    return as_json(answer)


@calls.route("/suggest", methods=["GET"])
@audience("anyone")
@calls.takes(SuggestSchema, location="query")
@calls.gives(200, SuggestionsSchema, description="what to search for, at most 10")
def suggest(given: dict[str, Any]) -> dict[str, Any]:
    """Suggest what to search for

    Occupations, places and skills of whose name a word begins like the text, in any language, and titles of open
    listings that hold it. Slips of the keys are forgiven where nothing begins so.
    """
    with reading() as session:
        return {"suggestions": suggestions(session, given["text"], given["lang"])}


@calls.route("/<reference>", methods=["GET"])
@audience("anyone")
@calls.takes(LanguageSchema, location="query")
@calls.gives(200, ListingViewSchema, description="the listing")
@calls.errors(404)
def show(given: dict[str, Any], reference: str) -> dict[str, Any]:
    """Read a listing

    By the id that publishing and searching answer. Only while it is open.
    """
    try:
        listing_id = UUID(reference)
    except ValueError as error:
        raise NotFound("no open listing has this id") from error
    with reading() as session:
        return full(listings.get_open(session, listing_id), given["lang"])


def _state(row: Listing) -> dict[str, Any]:
    return {"id": row.id, "state": row.state, "version": row.version}


def _hit(hit: Hit, language: str) -> dict[str, Any]:
    return {
        **brief(hit.listing, language),
        "highlights": {"title": hit.title, "description": hit.description},
        "why": hit.why,
    }
