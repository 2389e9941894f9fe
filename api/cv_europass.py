"""Europass CVs of version 3 (Skills Passport), in XML and in JSON, into a CV and out of one, each with a report."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree

from api.cv_carried import NO_PLACE, Carried, Lost, too_deep
from api.cv_europass_read import read_tree
from api.cv_europass_write import DATE_PARTS, NAMESPACE, tree_of, xml_of
from api.cv_fields import blank
from store import clock
from store.errors import Invalid, Problem

LARGEST = 5_000_000  # photographs and attachments are in the file
MOST_ELEMENTS = 20_000
RIGHT = "a Europass CV of version 3 (SkillsPassport), as XML or JSON"
_ABOUT_THE_FILE = frozenset({"LearnerInfo", "Locale", "DocumentInfo", "PrintingPreferences"})


def read_europass(data: bytes) -> Carried:
    """The CV that a Europass document holds. Document type declarations are refused, nothing is fetched, photographs
    and attachments are left behind and told. Raises Invalid for what is no such document."""
    if len(data) > LARGEST:
        raise _refusal(f"has {len(data):,} bytes", f"at most {LARGEST:,} bytes")
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    passport = _from_json(data) if is_json else _from_xml(data)
    learner, locale = passport.get("LearnerInfo"), passport.get("Locale")
    if not isinstance(learner, dict) and learner != "":
        raise _refusal("holds no LearnerInfo")
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


def _refusal(reason: str, right: str = RIGHT) -> Invalid:
    return Invalid([Problem("", reason, right)])


def _from_json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _refusal("is not JSON") from error
    passport = document.get("SkillsPassport", document) if isinstance(document, dict) else None
    if not isinstance(passport, dict) or too_deep(passport):
        raise _refusal("is not a Europass CV")
    return passport


def _from_xml(data: bytes) -> dict[str, Any]:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal("is not XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refusal("has a document type declaration", "the same file without <!DOCTYPE ...>")
    name = etree.QName(root)
    if name.localname == "Candidate":
        raise _refusal("is a Europass profile of the format after version 3, which is not read")
    if name.localname != "SkillsPassport" or name.namespace != NAMESPACE:
        raise _refusal("is not a Europass CV")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise _refusal(f"has more than {MOST_ELEMENTS:,} elements")
    passport = _value(root)
    return {**passport, "Locale": root.get("locale")} if isinstance(passport, dict) else {}


def _value(element: etree._Element) -> Any:
    """An element as JSON has it. The parser limits the depth to 256."""
    dated = {}
    for part, (attribute, _) in DATE_PARTS.items():
        if number := (element.get(attribute) or "").strip("- "):
            dated[part] = number
    if dated:
        return dated
    if not len(element):
        return element.text or ""
    members: dict[str, Any] = {}
    for child in element:
        name, value = etree.QName(child).localname, _value(child)
        one = name.removesuffix("List")
        if one != name and isinstance(value, dict):
            inner = value.get(one, [])
            members[one] = inner if isinstance(inner, list) else [inner]
        elif name in members:
            known = members[name]
            members[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            members[name] = value
    return members


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
