"""The calls by which a person keeps the CV, and says who may see it: each holds from its answer on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api.auth import audience, person
from api.calls import Calls
from api.cv_schema import CvSchema, load_cv
from api.cv_view import (
    BlockedSchema,
    CheckedSchema,
    ContactChoiceSchema,
    HiddenSchema,
    OwnCvSchema,
    VisibilitySchema,
    cv_alone,
)
from api.json_body import read
from api.sessions import reading, writing
from store import blocks, cvs, language_detection, sensitive
from store.cvs import Cv

calls = Calls("my_cv", "/api/v1/me/cv", "Your CV: private until you say otherwise.")


@calls.route("", methods=["PUT"])
@audience("person")
@calls.reads(CvSchema)
@calls.gives(200, OwnCvSchema, description="the CV is as given")
@calls.also_gives(201, OwnCvSchema, description="the CV is new, and private")
def save() -> tuple[dict[str, Any], int]:
    """Save your CV

    Whole: what is left out is deleted. `warnings` name what had better not be in a CV; `POST /me/cv/check` names it
    before anything is saved. Identity numbers are shown to nobody and found by nobody, whatever you do.
    """
    body = load_cv(cv_alone(read(request)))
    with writing() as session:
        cv, new = cvs.save(session, person(session).id, body)
        session.refresh(cv)
        return _shown(cv), 201 if new else 200


@calls.route("/check", methods=["POST"])
@audience("person")
@calls.reads(CvSchema)
@calls.gives(200, CheckedSchema, description="what was found")
def check() -> dict[str, Any]:
    """Have a CV looked through before you save it

    For sensitive data, which is not wanted in a CV: what, where and why. Nothing is kept.
    """
    body = load_cv(cv_alone(read(request)))
    with reading() as session:
        language = language_detection.of_cv(body, person(session).language)
    return {"warnings": sensitive.warnings(body, language)}


@calls.route("", methods=["GET"])
@audience("person")
@calls.gives(200, OwnCvSchema, description="the CV")
@calls.errors(404)
def show() -> dict[str, Any]:
    """Read your CV"""
    with reading() as session:
        return _shown(cvs.of(session, person(session).id))


@calls.route("/visibility", methods=["PUT"])
@audience("person")
@calls.takes(VisibilitySchema)
@calls.gives(200, VisibilitySchema, description="it is as you said")
@calls.errors(404)
def choose_visibility(given: dict[str, Any]) -> dict[str, Any]:
    """Let employers find your CV, or nobody

    From the answer on: in no result, count, facet or suggestion. A visible CV is found by employers who search, and is
    suggested for listings that it suits unless you say otherwise.
    """
    with writing() as session:
        cv = cvs.of(session, person(session).id, lock=True)
        cvs.show(session, cv, given["visible"])
    return {"visible": given["visible"]}


@calls.route("/hidden", methods=["PUT"])
@audience("person")
@calls.takes(HiddenSchema)
@calls.gives(200, OwnCvSchema, description="it is as you said")
@calls.errors(404)
def choose_hidden(given: dict[str, Any]) -> dict[str, Any]:
    """Hide fields of your CV from everybody else"""
    return _changed(lambda session, cv: cvs.hide_fields(session, cv, given["fields_"]))


@calls.route("/contact", methods=["PUT"])
@audience("person")
@calls.takes(ContactChoiceSchema)
@calls.gives(200, OwnCvSchema, description="it is as you said")
@calls.errors(404)
def choose_contact(given: dict[str, Any]) -> dict[str, Any]:
    """Say to whom your contact details are shown"""
    return _changed(lambda session, cv: cvs.choose_contact(session, cv, given["shown"]))


@calls.route("/blocked-employers", methods=["PUT"])
@audience("person")
@calls.takes(BlockedSchema)
@calls.gives(200, OwnCvSchema, description="it is as you said")
@calls.errors(404)
def choose_blocked(given: dict[str, Any]) -> dict[str, Any]:
    """Block employers

    The whole list: who is not in it any more can find your CV again. To block one company is to block its whole group.
    """
    return _changed(lambda session, cv: cvs.block(session, cv, blocks.keys(session, given["employers"])))


def _changed(change: Callable[[Session, Cv], None]) -> dict[str, Any]:
    with writing() as session:
        cv = cvs.of(session, person(session).id, lock=True)
        change(session, cv)
        session.refresh(cv)
        return _shown(cv)


def _shown(cv: Cv) -> dict[str, Any]:
    return {
        **cv.body,
        "language": cv.language,
        "id": cv.id,
        "visible": cv.visible,
        "hidden": cv.hidden,
        "blocked_employers": cv.blocked,
        "contact_shown": cv.contact,
        "suggestible": cv.suggestible,
        "version": cv.version,
        "updated_at": cv.updated_at,
        "warnings": sensitive.warnings(cv.body, cv.language),
    }
