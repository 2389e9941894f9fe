"""Europass CVs into a CV and out of one, each with a report: version 3 in XML and JSON, and reading what came after."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree

from api.cv_carried import NO_PLACE, Carried, Lost, too_deep
from api.cv_europass_candidate import NAMESPACE as CANDIDATE
from api.cv_europass_candidate import read_candidate
from api.cv_europass_read import read_tree
from api.cv_europass_write import NAMESPACE, tree_of, xml_of
from api.cv_europass_xml import refusal, root_of, tree_of_xml
from api.cv_fields import blank
from store import clock

LARGEST = 5_000_000  # photographs and attachments are in the file
_ABOUT_THE_FILE = frozenset({"LearnerInfo", "Locale", "DocumentInfo", "PrintingPreferences"})


def read_europass(data: bytes) -> Carried:
    """The CV that a Europass document holds. Document type declarations are refused, nothing is fetched, photographs
    and attachments are left behind and told. Raises Invalid for what is no such document."""
    if len(data) > LARGEST:
        raise refusal(f"has {len(data):,} bytes", f"at most {LARGEST:,} bytes")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _read_passport(_from_json(data))
    root = root_of(data)
    if str(root.tag).startswith(f"{{{CANDIDATE}") and etree.QName(root).localname == "Candidate":
        return read_candidate(root)
    return _read_passport(_passport(root))


def _read_passport(passport: dict[str, Any]) -> Carried:
    learner, locale = passport.get("LearnerInfo"), passport.get("Locale")
    if not isinstance(learner, dict) and learner != "":
        raise refusal("holds no LearnerInfo")
    carried = read_tree(_listed(learner or {}), locale if isinstance(locale, str) else None)
    beside = [Lost(name, NO_PLACE) for name in sorted(passport.keys() - _ABOUT_THE_FILE) if not blank(passport[name])]
    return Carried(carried.cv, [*carried.lost, *beside])


def write_europass(cv: dict[str, Any]) -> tuple[bytes, list[Lost]]:
    """The CV (as `load_cv` gives it) as Europass XML, and what of it the format has no place for."""
    tree, lost = tree_of(cv, clock.now())
    return xml_of(tree), lost


def write_europass_json(cv: dict[str, Any]) -> tuple[dict[str, Any], list[Lost]]:
    """The CV (as `load_cv` gives it) as Europass JSON, and what of it the format has no place for."""
    return tree_of(cv, clock.now())


def _from_json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refusal("is not JSON") from error
    passport = document.get("SkillsPassport", document) if isinstance(document, dict) else None
    if not isinstance(passport, dict) or too_deep(passport):
        raise refusal("is not a Europass CV")
    return passport


def _passport(root: etree._Element) -> dict[str, Any]:
    if etree.QName(root).localname != "SkillsPassport" or etree.QName(root).namespace != NAMESPACE:
        raise refusal("is not a Europass CV")
    passport = tree_of_xml(root)
    return {**passport, "Locale": root.get("locale")} if isinstance(passport, dict) else {}


def _listed(learner: dict[str, Any]) -> dict[str, Any]:
    """With lists where an entry that stands alone was written without one."""

    def wrap(holder: object, *names: str) -> None:
        if isinstance(holder, dict):
            for name in names:
                if name in holder and not isinstance(holder[name], list):
                    holder[name] = [holder[name]]

    def inner(holder: object, name: str) -> object:
        return holder.get(name) if isinstance(holder, dict) else None

    skills = inner(learner, "Skills")
    wrap(learner, "WorkExperience", "Education", "Achievement")
    wrap(inner(inner(learner, "Identification"), "ContactInfo"), "Telephone", "Website")
    wrap(inner(skills, "Linguistic"), "MotherTongue", "ForeignLanguage")
    driving = inner(skills, "Driving")
    if isinstance(driving, dict) and isinstance(driving.get("Description"), dict):
        driving["Description"] = driving["Description"].get("Licence")
    wrap(driving, "Description")
    return learner
