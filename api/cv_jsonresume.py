"""JSON Resume (jsonresume.org, schema 1.0.0) into a CV and out of one, with a report of what did not come along."""

from __future__ import annotations

import re
from typing import Any

from api.cv_carried import Carried, Lost, Transfer
from api.cv_fields import blank
from store import languages
from store.errors import Invalid, Problem

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
_SECTIONS = (
    *("basics", "work", "volunteer", "education", "awards", "certificates", "publications", "skills", "languages"),
    *("interests", "references", "projects"),
)
_LEVEL = re.compile(r"\b[ABC][12]\b", re.IGNORECASE)
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T.*", re.DOTALL)
CONSENT = "names a reference person, who has to agree first: add the reference here with that statement"
NO_MEMBER = "the format has no member for it"


def read_jsonresume(document: object) -> Carried:
    """The CV that a JSON Resume holds. Volunteering becomes experience, certificates become education; reference
    persons stay behind, since nothing says that they agreed. Raises Invalid for what is no JSON Resume."""
    if not isinstance(document, dict):
        raise Invalid([Problem("", "is not an object", "a JSON Resume: an object with basics, work, education, …")])
    if not any(section in document for section in _SECTIONS):
        raise Invalid([Problem("", "is not a JSON Resume", f"at least one of: {', '.join(_SECTIONS)}")])
    transfer = Transfer(document)
    transfer.discard("$schema")
    transfer.discard("meta")
    _read_basics(transfer)
    done = _read_work(transfer, 0, "work", "name")
    _read_work(transfer, done, "volunteer", "organization")
    _read_education(transfer)
    for index in transfer.items("skills"):
        transfer.skill(transfer.text("skills", index, "name"), ("skills", index, "name"))
        for number in transfer.items("skills", index, "keywords"):
            path = ("skills", index, "keywords", number)
            transfer.skill(transfer.text(*path), path)
    _read_languages(transfer)
    for index in transfer.items("references"):
        transfer.lose(CONSENT, "references", index)
    return transfer.finish()


def _read_basics(transfer: Transfer) -> None:
    def take(name: str, *target: str) -> None:
        transfer.put(transfer.text("basics", name), *target, origin=("basics", name))

    take("name", "contact", "name")
    take("label", "headline")
    take("email", "contact", "email")
    take("phone", "contact", "phone")
    take("summary", "summary")
    url = transfer.text("basics", "url")
    transfer.put(url, "contact", "url", origin=("basics", "url"))
    if url is None and transfer.items("basics", "profiles"):
        path = ("basics", "profiles", 0, "url")
        transfer.put(transfer.text(*path), "contact", "url", origin=path)
    place = {
        name: transfer.text("basics", "location", name)
        for name in ("address", "postalCode", "city", "region", "countryCode")
    }
    town = " ".join(filter(None, (place["postalCode"], place["city"])))
    lines = [place["address"], town, place["region"], place["countryCode"]]
    transfer.put("\n".join(filter(None, lines)), "contact", "address", origin=("basics", "location"))


def _read_work(transfer: Transfer, first: int, section: str, employer: str) -> int:
    """Read the entries of a section; gives how many entries of experience there are now."""
    entries = transfer.items(section)
    for index in entries:
        at = ("experience", first + index)
        transfer.put(transfer.text(section, index, "position"), *at, "title", origin=(section, index, "position"))
        transfer.put(transfer.text(section, index, employer), *at, "employer", origin=(section, index, employer))
        _read_period(transfer, (section, index), at)
        told = [transfer.text(section, index, "summary")]
        for number in transfer.items(section, index, "highlights"):
            highlight = transfer.text(section, index, "highlights", number)
            told.append(f"• {highlight}" if highlight else None)
        transfer.put("\n".join(filter(None, told)), *at, "description", origin=(section, index, "summary"))
    return first + len(entries)


def _read_period(transfer: Transfer, section: tuple[str, int], at: tuple[str, int]) -> None:
    for name, member in (("startDate", "start"), ("endDate", "end")):
        day = transfer.text(*section, name)
        transfer.put(_TIME.sub(r"\1", day) if day else None, *at, member, origin=(*section, name))


def _read_education(transfer: Transfer) -> None:
    entries = transfer.items("education")
    for index in entries:
        at = ("education", index)
        for name, member in (("studyType", "title"), ("institution", "school"), ("area", "field")):
            transfer.put(transfer.text("education", index, name), *at, member, origin=("education", index, name))
        _read_period(transfer, ("education", index), at)
        courses = [transfer.text("education", index, "courses", number) for number in _courses(transfer, index)]
        origin = ("education", index, "courses")
        transfer.put("\n".join(filter(None, courses)), *at, "description", origin=origin)
    for index in transfer.items("certificates"):
        at = ("education", len(entries) + index)
        for name, member in (("name", "title"), ("issuer", "school"), ("date", "end")):
            transfer.put(transfer.text("certificates", index, name), *at, member, origin=("certificates", index, name))


def _courses(transfer: Transfer, index: int) -> range:
    return transfer.items("education", index, "courses")


def _read_languages(transfer: Transfer) -> None:
    for index in transfer.items("languages"):
        at = ("languages", index)
        name, fluency = transfer.text(*at, "language"), transfer.text(*at, "fluency")
        found = _LEVEL.search(fluency or "")
        transfer.language(name, found[0] if found else fluency, (*at, "language"), (*at, "fluency"))


def write_jsonresume(cv: dict[str, Any]) -> tuple[dict[str, Any], list[Lost]]:
    """The CV (as `load_cv` gives it) as a JSON Resume, and what of it the format has no member for."""
    contact = cv.get("contact", {})
    basics = {
        "name": contact.get("name"),
        "label": cv.get("headline"),
        "email": contact.get("email"),
        "phone": contact.get("phone"),
        "url": contact.get("url"),
        "summary": cv.get("summary"),
        "location": {"address": contact["address"]} if "address" in contact else None,
    }
    document = {
        "$schema": SCHEMA,
        "basics": _given(basics),
        "work": [
            _given(
                {
                    "name": item.get("employer"),
                    "position": item.get("title"),
                    "startDate": item.get("start"),
                    "endDate": item.get("end"),
                    "summary": item.get("description"),
                }
            )
            for item in cv.get("experience", ())
        ],
        "education": [
            _given(
                {
                    "institution": item.get("school"),
                    "area": item.get("field"),
                    "studyType": item.get("title"),
                    "startDate": item.get("start"),
                    "endDate": item.get("end"),
                    "courses": item.get("description", "").splitlines(),
                }
            )
            for item in cv.get("education", ())
        ],
        "skills": [{"name": name} for name in cv.get("skills", ())],
        "languages": [
            _given({"language": _language_name(item["language"], cv), "fluency": item["level"]})
            for item in cv.get("languages", ())
        ],
    }
    unheld = ("language", "places", "occupations", "wishes", "self_stated")
    lost = [Lost(name, NO_MEMBER) for name in unheld if name in cv]
    lost += [
        Lost(f"references[{index}]", "the format has no member for the consent of a reference person")
        for index in range(len(cv.get("references", ())))
    ]
    return _given(document), lost


def _language_name(code: str, cv: dict[str, Any]) -> str:
    named = languages.name_of(code, cv.get("language", "en"))
    return named if languages.code_of(named) == code else code


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if not blank(value)}
