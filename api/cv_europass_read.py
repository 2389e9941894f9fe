"""The Skills Passport of Europass 3, as the tree that its XML and its JSON share, into a CV."""

from __future__ import annotations

import re

from api.cv_carried import Carried, Path, Transfer
from api.cv_jsonresume import CONSENT
from store import sanitise
from store.criteria import LANGUAGES

SUMMARIES = {"fi": "Tiivistelmä", "sv": "Sammanfattning", "en": "Summary"}
LICENCES = {"fi": "Ajokortti", "sv": "Körkort", "en": "Driving licence"}
SKILLS = ("Communication", "Organisational", "JobRelated", "Computer", "Other")
SIDES = ("Listening", "Reading", "SpokenInteraction", "SpokenProduction", "Writing")
STATED = "is only kept where you state it yourself, in the CV here"
UNLIKE = "has different levels for its sides: the lowest is kept"
_SEPARATORS = re.compile(r"[;,\n]")
_BULLET = re.compile(r"^[\s•·*–-]+")


def read_tree(tree: dict[str, object], language: str | None) -> Carried:
    """The CV in the members of `LearnerInfo`; `language` is the locale that the document names. Raises Invalid."""
    transfer = Transfer({"LearnerInfo": tree})
    spoken = (language or "")[:2].lower()
    known = spoken if spoken in LANGUAGES else None
    transfer.put(known, "language", origin=("Locale",))
    if language and not known:
        transfer.note(f"is none of: {', '.join(LANGUAGES)}", "Locale")
    _read_person(transfer)
    _read_headline(transfer)
    for index in transfer.items("LearnerInfo", "WorkExperience"):
        _read_experience(transfer, index)
    for index in transfer.items("LearnerInfo", "Education"):
        _read_education(transfer, index)
    _read_languages(transfer)
    _read_skills(transfer, LICENCES[known or "en"])
    _read_achievements(transfer)
    for name in ("ReferenceTo", "Documentation"):
        transfer.discard("LearnerInfo", name)
    return transfer.finish()


def _read_person(transfer: Transfer) -> None:
    person: Path = ("LearnerInfo", "Identification")
    names = [transfer.text(*person, "PersonName", name) for name in ("FirstName", "Surname")]
    transfer.put(" ".join(filter(None, names)), "contact", "name", origin=(*person, "PersonName"))
    contact = (*person, "ContactInfo")
    address = (*contact, "Address", "Contact")
    place = {
        name: transfer.text(*address, name) for name in ("AddressLine", "AddressLine2", "PostalCode", "Municipality")
    }
    code, label = (transfer.text(*address, "Country", name) for name in ("Code", "Label"))
    town = " ".join(filter(None, (place["PostalCode"], place["Municipality"])))
    lines = (place["AddressLine"], place["AddressLine2"], town, label or code)
    transfer.put("\n".join(filter(None, lines)), "contact", "address", origin=address)
    for path, target in (
        (("Email", "Contact"), "email"),
        (("Telephone", 0, "Contact"), "phone"),
        (("Website", 0, "Contact"), "url"),
    ):
        transfer.put(transfer.text(*contact, *path), "contact", target, origin=(*contact, *path))
    for name in ("Telephone", "Website"):
        if transfer.items(*contact, name):
            transfer.discard(*contact, name, 0, "Use")
    transfer.lose(STATED, *person, "Demographics", "Gender")


def _read_headline(transfer: Transfer) -> None:
    headline: Path = ("LearnerInfo", "Headline")
    code = transfer.text(*headline, "Type", "Code")
    transfer.discard(*headline, "Type", "Label")
    target = "summary" if code == "personal_statement" else "headline"
    transfer.put(transfer.text(*headline, "Description", "Label"), target, origin=(*headline, "Description", "Label"))
    transfer.discard(*headline, "Description", "Code")


def _read_experience(transfer: Transfer, index: int) -> None:
    work: Path = ("LearnerInfo", "WorkExperience", index)
    at = ("experience", index)
    for path, member in (
        (("Position", "Label"), "title"),
        (("Employer", "Name"), "employer"),
        (("Activities",), "description"),
    ):
        transfer.put(transfer.text(*work, *path), *at, member, origin=(*work, *path))
    transfer.discard(*work, "Position", "Code")
    _read_period(transfer, work, at)


def _read_education(transfer: Transfer, index: int) -> None:
    studies: Path = ("LearnerInfo", "Education", index)
    at = ("education", index)
    for path, member in (
        (("Title",), "title"),
        (("Organisation", "Name"), "school"),
        (("Field", "Label"), "field"),
        (("Activities",), "description"),
    ):
        transfer.put(transfer.text(*studies, *path), *at, member, origin=(*studies, *path))
    transfer.discard(*studies, "Field", "Code")
    _read_period(transfer, studies, at)


def _read_period(transfer: Transfer, entry: Path, at: tuple[str, int]) -> None:
    current = transfer.says(*entry, "Period", "Current")
    for name, member in (("From", "start"), ("To", "end")):
        parts = [transfer.text(*entry, "Period", name, part) for part in ("Year", "Month", "Day")]
        given = parts[: parts.index(None)] if None in parts else parts
        day = "-".join(part.zfill(2) for part in given if part)
        if not (current and member == "end"):
            transfer.put(day, *at, member, origin=(*entry, "Period", name))


def _read_languages(transfer: Transfer) -> None:
    linguistic: Path = ("LearnerInfo", "Skills", "Linguistic")
    for kind in ("MotherTongue", "ForeignLanguage"):
        for index in transfer.items(*linguistic, kind):
            path = (*linguistic, kind, index)
            code, label = (transfer.text(*path, "Description", name) for name in ("Code", "Label"))
            levels = [transfer.text(*path, "ProficiencyLevel", side) for side in SIDES]
            given = sorted({level.upper() for level in levels if level})
            level = "native" if kind == "MotherTongue" else given[0] if given else None
            name_origin, level_origin = (*path, "Description"), (*path, "ProficiencyLevel")
            transfer.language(code or label, level, name_origin, level_origin)
            if len(given) > 1:
                transfer.note(UNLIKE, *level_origin)


def _read_skills(transfer: Transfer, licence: str) -> None:
    skills: Path = ("LearnerInfo", "Skills")
    for kind in SKILLS:
        path = (*skills, kind, "Description")
        written = transfer.text(*path) or ""
        listed = "<li" in written.lower()
        lines = sanitise.text(written).split("\n")
        names = lines if listed else [part for line in lines for part in _SEPARATORS.split(line)]
        for name in names:
            transfer.skill(name if listed else _BULLET.sub("", name), path)
    for index in transfer.items(*skills, "Driving", "Description"):
        path = (*skills, "Driving", "Description", index)
        code = transfer.text(*path)
        transfer.skill(f"{licence} {code}" if code else None, path)


def _read_achievements(transfer: Transfer) -> None:
    for index in transfer.items("LearnerInfo", "Achievement"):
        path: Path = ("LearnerInfo", "Achievement", index)
        title = transfer.peek(*path, "Title", "Label")
        code = transfer.peek(*path, "Title", "Code")
        if title in SUMMARIES.values():
            transfer.discard(*path, "Title")
            origin = (*path, "Description")
            transfer.put(transfer.text(*origin), "summary", origin=origin)
        elif code == "references" or title in ("References", "Suosittelijat", "Referenser"):
            transfer.lose(CONSENT, *path)
