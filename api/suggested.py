"""The calls that suggest: open listings to a person by the own CV, and candidates for a listing to its employer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api import restored
from api.auth import audience, entering, person
from api.calls import Calls
from api.cv_brief import brief as brief_cv
from api.listing_view import brief
from api.sessions import noting, reading, writing
from api.suggested_view import (
    BestSchema,
    PagedSchema,
    SuggestedCandidatesSchema,
    SuggestedJobsSchema,
    SuggestibleSchema,
)
from matcher import reasons, suggested_candidates, suggested_jobs
from matcher.reasons import Reason
from store import cvs, listings, unusual_use
from store.errors import NotFound

calls = Calls("suggested", "/api/v1", "Suggestions: jobs for a CV, candidates for a listing, each with its reasons.")


@calls.route("/me/cv/suggested-jobs", methods=["GET"])
@audience("person")
@calls.takes(PagedSchema, location="query")
@calls.gives(200, SuggestedJobsSchema, description="open listings that suit your CV, with the reasons")
@calls.errors(404)
def suggest_jobs(given: dict[str, Any]) -> dict[str, Any]:
    """See which open jobs suit your CV, and why

    Those that have an occupation or a skill in common with it; where, in which language and on which terms decides
    among them. What you hide from others counts, nothing of this is kept, and nobody is told. Your CV may be private.
    """
    with reading() as session:
        account = person(session)
        cv = cvs.of(session, account.id)
        found = suggested_jobs.suggest(session, cv, given["size"], given["page"], given["after"])
    language = given["lang"] or account.language
    return {
        "total": found.total,
        "hits": [{**brief(one.listing, language), **_why(one.reasons, language)} for one in found.jobs],
        "next": found.next.token() if found.next else None,
    }


@calls.route("/me/cv/suggestible", methods=["PUT"])
@audience("person")
@calls.takes(SuggestibleSchema)
@calls.gives(200, SuggestibleSchema, description="it is as you said")
@calls.errors(404)
def choose_suggestible(given: dict[str, Any]) -> dict[str, Any]:
    """Let your CV be suggested to employers, or only be found by them

    Matters while the CV is visible: a private one is suggested to nobody.
    """
    with writing() as session:
        cvs.let_be_suggested(session, cvs.of(session, person(session).id, lock=True), given["suggestible"])
    return given


@calls.route("/listings/<uuid:listing_id>/candidates", methods=["GET"])
@audience("recruiter")
@calls.takes(BestSchema, location="query")
@calls.gives(200, SuggestedCandidatesSchema, description="those who suit the listing, with the reasons")
@calls.errors(404, 429)
def suggest_candidates(given: dict[str, Any], listing_id: UUID) -> dict[str, Any]:
    """See who suits an open listing of your employer, and why

    Among those whose CV you may see at this moment and who let themselves be suggested. Whoever is shown can see that
    you found them, and for which listing; it counts as a search.
    """
    with restored.noticed(), noting() as session:
        entrance = entering(session)
        listing = listings.open_by_ids(session, [listing_id]).get(listing_id)
        if listing is None or listing.employer_id != entrance.account.employer_id:
            raise NotFound("no open listing of your employer has this id")
        unusual_use.check(session, entrance.account, unusual_use.SEARCHES, 1, entrance.done)
        found = suggested_candidates.suggest(session, entrance, listing, given["size"])
    language = given["lang"] or entrance.account.language
    return {
        "total": found.total,
        "candidates": [{**brief_cv(one.cv, language), **_why(one.reasons, language)} for one in found.candidates],
    }


def _why(found: tuple[Reason, ...], language: str) -> dict[str, Any]:
    told = [
        {"kind": one.kind, "weight": one.weight, "codes": one.codes, "text": reasons.said(one, language)}
        for one in found
    ]
    return {"score": sum(one.weight for one in found), "reasons": told}
