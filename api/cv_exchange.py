"""The calls by which a person brings a CV along from elsewhere, and takes it elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import UnsupportedMediaType

from api import cv_formats
from api.auth import audience, person
from api.calls import Calls
from api.cv_documents import LARGEST
from api.cv_formats import WRITTEN
from api.cv_schema import CvSchema
from api.cv_view import WarningSchema, about
from api.limits import files
from api.listing_fields import MESSAGES, Code
from api.schema_problems import STRUCTURE
from api.sessions import reading
from store import cvs, language_detection, sensitive
from store.criteria import LANGUAGES
from store.errors import Invalid, Problem, TooMany

calls = Calls("cv_exchange", "/api/v1/me/cv", "Your CV, from elsewhere and to elsewhere.")

FORM = "multipart/form-data"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = ("application/json", "application/xml", "text/xml", "application/pdf", DOCX, FORM)
# What programs call a file when they do not know what it is.
UNSAID = ("application/octet-stream", "application/x-www-form-urlencoded", "text/plain", "")
FRAME = 10_000  # bytes that a form adds to its file

# Each reads or makes a file at a time, with a process or much of a core of its own.
AT_ONCE = 2
PATIENCE = 10.0  # seconds
_FREE = threading.BoundedSemaphore(AT_ONCE)


class LostSchema(Schema):
    """Something that did not come along."""

    field = fields.String(required=True, metadata=about("where it is in the file, or in the CV, that was carried over"))
    reason = fields.String(required=True, metadata=about("why it did not come along"))


class ImportedSchema(Schema):
    """A CV out of a file, for its owner to look through: nothing is kept of it."""

    cv = fields.Nested(
        CvSchema, required=True, metadata=about("what PUT /me/cv takes, once you have looked through it")
    )
    lost = fields.List(fields.Nested(LostSchema), required=True, metadata=about("what did not come along, and why"))
    warnings = fields.List(fields.Nested(WarningSchema), required=True, metadata=about("what had better not be there"))
    text = fields.String(metadata=about("of a PDF or DOCX: its text, line by line"))


def _format() -> Code:
    return Code(
        WRITTEN.__contains__,
        load_default="json",
        error_messages=MESSAGES,
        metadata=about(
            "json (as PUT /me/cv takes it, the default), jsonresume, europass (XML) or pdf", enum=[*WRITTEN]
        ),
    )


class ReportSchema(Schema):
    """Into which format."""

    error_messages = STRUCTURE

    format = _format()


class FileSchema(ReportSchema):
    """Which file."""

    lang = Code(
        LANGUAGES.__contains__,
        load_default=None,
        error_messages=MESSAGES,
        metadata=about("the language of a PDF's headings; that of the CV without it", enum=LANGUAGES),
    )


class NotCarriedSchema(Schema):
    """What of your CV a format has no place for."""

    lost = fields.List(fields.Nested(LostSchema), required=True, metadata=about("what does not come along, and why"))


@calls.route("/import", methods=["POST"])
@files
@audience("person")
@calls.reads_feed(MEDIA_TYPES)
@calls.gives(200, ImportedSchema, description="the CV that the file holds; it is not saved")
@calls.errors(400, 422, 429)
def take_in() -> dict[str, Any]:
    """Read a CV from a file

    JSON as this service writes it, JSON Resume, Europass (XML or JSON), PDF or DOCX: the body itself, or the field
    `file` of a form, at most 5 MB. Nothing is saved: look through what came of it, and hand `cv` to `PUT /me/cv`. Of a
    PDF or DOCX there is `text`, and `cv` holds it as the summary: nothing is guessed. What did not come along is named.
    """
    data, name = _file()
    with _at_once():
        taken = cv_formats.of_file(data, name)
    with reading() as session:
        language = language_detection.of_cv(taken.cv, person(session).language)
    answer: dict[str, Any] = {
        "cv": taken.cv,
        "lost": [asdict(one) for one in taken.lost],
        "warnings": sensitive.warnings(taken.cv, language),
    }
    return answer if taken.text is None else {**answer, "text": taken.text}


@calls.route("/export", methods=["GET"])
@files
@audience("person")
@calls.takes(FileSchema, location="query")
@calls.gives(200, CvSchema, description="the file; its type is that of the format")
@calls.errors(404, 429)
def take_out(given: dict[str, Any]) -> Response:
    """Take your CV along as a file

    Whole, with what you hide from employers; a PDF, which is for handing on, without reference persons and without what
    you stated about gender or ethnicity. `GET /me/cv/export/report` says what a format has no place for.
    """
    media_type, name = WRITTEN[given["format"]]
    cv = _own()
    with _at_once():
        made = cv_formats.written(cv, given["format"], given["lang"] or cv["language"])
    response = Response(made.data, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@calls.route("/export/report", methods=["GET"])
@audience("person")
@calls.takes(ReportSchema, location="query")
@calls.gives(200, NotCarriedSchema, description="what does not come along")
@calls.errors(404)
def report(given: dict[str, Any]) -> dict[str, Any]:
    """See what of your CV a file of a format does not hold"""
    return {"lost": [asdict(one) for one in cv_formats.lost_in(_own(), given["format"])]}


def _own() -> dict[str, Any]:
    with reading() as session:
        cv = cvs.of(session, person(session).id)
        return {"language": cv.language, **cv.body}


def _file() -> tuple[bytes, str]:
    """What was handed in, and what it is called there."""
    kind = request.mimetype
    if kind == FORM:
        request.max_content_length = LARGEST + FRAME
        given = request.files.get("file")
        if given is None:
            raise Invalid([Problem("file", "is missing", "the file, as the field `file` of the form")])
        return given.read(), given.filename or ""
    if kind not in (*MEDIA_TYPES, *UNSAID):
        raise UnsupportedMediaType(f"{kind[:60]} is no file of a CV: {', '.join(MEDIA_TYPES)}")
    request.max_content_length = LARGEST
    return request.get_data(parse_form_data=False), ""


@contextmanager
def _at_once() -> Iterator[None]:
    """Wait until fewer than `AT_ONCE` files are read or made. Raises TooMany where that takes too long."""
    if not _FREE.acquire(timeout=PATIENCE):
        raise TooMany("many files are being read at the moment; try it again", int(PATIENCE))
    try:
        yield
    finally:
        _FREE.release()
