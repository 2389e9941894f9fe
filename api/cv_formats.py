"""CVs out of files of each format that is read, and into each that is written, with what does not come along."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import Any

from api import cv_pdf
from api.cv_carried import Carried, Lost
from api.cv_documents import LARGEST, RIGHT, text_of
from api.cv_europass import read_europass, write_europass
from api.cv_jsonresume import read_jsonresume, write_jsonresume
from api.cv_parts import LONGEST_TEXT
from api.cv_schema import load_cv
from api.cv_view import cv_alone
from api.json_body import parse
from store import sanitise
from store.errors import Invalid, Problem

# What is in JSON Resumes and not in CVs of ours, whose other members have the same names.
_RESUME = frozenset({"$schema", "basics", "work", "volunteer", "awards", "certificates", "publications", "projects"})
_EUROPASS = frozenset({"SkillsPassport", "LearnerInfo"})
_NOT_PRINTED = "is not printed"


@dataclass(frozen=True, slots=True)
class Taken:
    """A CV out of a file, everything of the file that is not in it, and of a PDF or DOCX the text as it was read."""

    cv: dict[str, Any]
    lost: list[Lost]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A CV as a file."""

    data: bytes
    lost: list[Lost]


# What is written: media type, and how the file is called.
WRITTEN = {
    "json": ("application/json", "cv.json"),
    "jsonresume": ("application/json", "cv-jsonresume.json"),
    "europass": ("application/xml", "cv-europass.xml"),
    "pdf": ("application/pdf", "cv.pdf"),
}


def of_file(data: bytes, name: str = "") -> Taken:
    """The CV that a file holds, told by how it begins. Of a PDF or DOCX it is the text as the summary, cut to what that
    holds: what in it is work, what is education is for its owner to say.

    Raises Invalid for everything else, and BadRequest that says where it stops being JSON.
    """
    if len(data) > LARGEST:
        raise Invalid([Problem("file", f"has {len(data):,} bytes", f"at most {LARGEST:,} bytes")])
    start = data[:1024].removeprefix(BOM_UTF8).lstrip()
    if start.startswith((b"{", b"[")):
        carried = of_json(parse(data.removeprefix(BOM_UTF8)))
    elif start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        carried = read_europass(data)
    elif b"%PDF-" in data[:1024] or data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return _of_text(text_of(data, name))
    else:
        right = f"a CV as JSON of ours, JSON Resume, Europass as XML or JSON, {RIGHT}"
        raise Invalid([Problem("file", "is no file of a CV" if data else "is empty", right)])
    return Taken(carried.cv, carried.lost)


def of_json(document: object) -> Carried:
    """The CV that a JSON value of ours, of JSON Resume or of Europass holds. Raises Invalid."""
    if isinstance(document, dict) and document.keys() & _EUROPASS:
        return read_europass(json.dumps(document).encode())
    if isinstance(document, dict) and document.keys() & _RESUME:
        return read_jsonresume(document)
    return Carried(load_cv(cv_alone(document)), [])


def _of_text(text: str) -> Taken:
    summary, lost = sanitise.text(text), []
    if len(summary) > LONGEST_TEXT:
        summary = summary[:LONGEST_TEXT].rsplit(None, 1)[0]
        lost = [Lost("summary", f"was cut to {LONGEST_TEXT:,} characters; `text` holds the whole")]
    return Taken(load_cv({"summary": summary}), lost, text)


def written(cv: dict[str, Any], format_: str, language: str) -> Made:
    """The CV (as `load_cv` gives it) as a file of one of the formats of `WRITTEN`; a PDF has headings in `language`."""
    if format_ == "jsonresume":
        document, lost = write_jsonresume(cv)
        return Made(_json(document), lost)
    if format_ == "europass":
        return Made(*write_europass(cv))
    if format_ == "pdf":
        return Made(cv_pdf.pdf(cv, language), [Lost(name, _NOT_PRINTED) for name in cv_pdf.LEFT_OUT if name in cv])
    return Made(_json(cv), [])


def lost_in(cv: dict[str, Any], format_: str) -> list[Lost]:
    """What of the CV does not come along into a file of this format."""
    if format_ == "pdf":
        return [Lost(name, _NOT_PRINTED) for name in cv_pdf.LEFT_OUT if name in cv]
    return written(cv, format_, "en").lost


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
