"""The calls by which recruiters search and open CVs: each is noted for the person whose CV it shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from api import restored
from api.auth import audience, entering, recruiter
from api.calls import Calls
from api.cv_brief import brief
from api.cv_query import read_saved, read_search
from api.cv_view import (
    AskedSchema,
    CandidatesSchema,
    CvFoundSchema,
    SavedSearchesSchema,
    SavedSearchSchema,
    SaveSearchSchema,
    SeenCvSchema,
    SimilarSchema,
)
from api.json_answer import as_json
from api.json_body import read
from api.search_view import LanguageSchema
from api.sessions import noting, reading, writing
from matcher import cv_search
from matcher.cv_search import CvHit
from store import access_log, contact_requests, cvs, finds, saved_searches, unusual_use, visibility
from store.accounts import Account
from store.cvs import Cv
from store.saved_searches import SavedSearch

calls = Calls("cvs", "/api/v1/cvs", "CVs: searched and opened by recruiters of approved employers.")

SIMILAR = 10
MOST_CANDIDATES = 200


@calls.route("/search", methods=["POST"])
@audience("recruiter")
@calls.reads(AskedSchema)
@calls.gives(200, CvFoundSchema, description="the CVs that were found")
@calls.errors(429)
def search() -> Response:
    """Search CVs

    Those that you may see at this moment: what is hidden, or hidden from you, is in no count either. Whoever is found
    can see that you found them, and by which search.
    """
    asked = read_search(read(request))
    with restored.noticed(), writing() as session:
        entrance = entering(session)
        unusual_use.check(session, entrance.account, unusual_use.SEARCHES, 1, entrance.done)
        found = cv_search.find(session, entrance.account, asked, entrance)
    answer: dict[str, Any] = {
        "total": found.total,
        "hits": [_hit(hit, asked.language) for hit in found.hits],
        "next": found.next.token() if found.next else None,
    }
    return as_json({**answer, "facets": found.facets} if asked.facets else answer)


@calls.route("/<uuid:cv_id>", methods=["GET"])
@audience("recruiter")
@calls.gives(200, SeenCvSchema, description="the CV")
@calls.errors(404, 429)
def show(cv_id: UUID) -> dict[str, Any]:
    """Open a CV

    404 for one that is not there as for one that you may not see. Whoever's it is can see that you opened it.
    """
    with noting() as session:
        account = recruiter(session)
        unusual_use.check(session, account, unusual_use.OPENED, 1)
        cv = _seen(session, account, cv_id)
        access_log.note(session, account, access_log.OPENED, [cv.id])
        contact = contact_requests.contact_for(session, cv, account)
        if contact is not None:
            access_log.note(session, account, access_log.CONTACT, [cv.id])
        return {
            **cv.seen(),
            **({"contact": contact} if contact is not None else {}),
            "id": cv.id,
            "contact_shown": cv.contact,
            "updated_at": cv.updated_at,
        }


@calls.route("/<uuid:cv_id>/similar", methods=["GET"])
@audience("recruiter")
@calls.takes(LanguageSchema, location="query")
@calls.gives(200, SimilarSchema, description="the most alike, with what they have in common")
@calls.errors(404, 429)
def similar(given: dict[str, Any], cv_id: UUID) -> dict[str, Any]:
    """Find similar candidates"""
    with noting() as session:
        account = recruiter(session)
        unusual_use.check(session, account, unusual_use.SEARCHES, 1)
        hits = cv_search.similar(session, account, _seen(session, account, cv_id), SIMILAR, given["lang"])
        return {"hits": [_hit(hit, given["lang"]) for hit in hits]}


@calls.route("/searches", methods=["POST"])
@audience("recruiter")
@calls.reads(SaveSearchSchema)
@calls.gives(201, SavedSearchSchema, description="the search is saved")
@calls.errors(409)
def save_search() -> dict[str, Any]:
    """Save a search

    From now on you are mailed of each candidate who newly can be found by it, once.
    """
    name, criteria = read_saved(read(request))
    with writing() as session:
        return _saved(saved_searches.save(session, recruiter(session), name, criteria))


@calls.route("/searches", methods=["GET"])
@audience("recruiter")
@calls.gives(200, SavedSearchesSchema, description="the searches that you saved")
def list_searches() -> dict[str, Any]:
    """List your saved searches"""
    with reading() as session:
        return {"searches": [_saved(row) for row in saved_searches.of(session, recruiter(session).id)]}


@calls.route("/searches/<int:number>/candidates", methods=["GET"])
@audience("recruiter")
@calls.takes(LanguageSchema, location="query")
@calls.gives(200, CandidatesSchema, description="those whom you may see now, the latest first")
@calls.errors(404, 429)
def list_candidates(given: dict[str, Any], number: int) -> dict[str, Any]:
    """List the candidates that a saved search found

    Since it was saved. Who hides is not among them any more.
    """
    with noting() as session:
        account = recruiter(session)
        unusual_use.check(session, account, unusual_use.SEARCHES, 1)
        found = finds.of(session, saved_searches.get(session, number, account.id))[:MOST_CANDIDATES]
        access_log.note(session, account, access_log.FOUND, [cv.id for cv, _ in found])
        return {"candidates": [{**brief(cv, given["lang"]), "found_at": at} for cv, at in found]}


@calls.route("/searches/<int:number>", methods=["DELETE"])
@audience("recruiter")
@calls.gives(204, description="it tells of nobody any more")
@calls.errors(404)
def delete_search(number: int) -> None:
    """Delete a saved search"""
    with writing() as session:
        session.delete(saved_searches.get(session, number, recruiter(session).id, lock=True))


def _seen(session: Any, account: Account, cv_id: UUID) -> Cv:
    return cvs.get_seen(session, cv_id, visibility.sql(visibility.viewer(session, account)))


def _saved(row: SavedSearch) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "asked": row.asked, "created_at": row.created_at}


def _hit(hit: CvHit, language: str) -> dict[str, Any]:
    return {**brief(hit.cv, language, hit.seen), "highlights": hit.highlights, "why": hit.why}
