"""A CV as the Skills Passport of Europass 3: the tree that its XML and its JSON share, and the XML of it."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

from lxml import etree

from api.cv_carried import Lost
from api.cv_europass_read import SIDES, SUMMARIES
from api.cv_fields import blank
from api.cv_jsonresume import NO_MEMBER
from store import languages

NAMESPACE = "http://europass.cedefop.europa.eu/Europass"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_LOCATION = f"{NAMESPACE} http://europass.cedefop.europa.eu/xml/v3.3.0/EuropassSchema.xsd"
_VERSION = "V3.3"
# In XML the parts of a date are attributes, each in the form of XML Schema.
DATES = frozenset({"From", "To"})
DATE_PARTS = {"Year": ("year", "{:04d}"), "Month": ("month", "--{:02d}"), "Day": ("day", "---{:02d}")}


def tree_of(cv: dict[str, Any], made_at: datetime) -> tuple[dict[str, Any], list[Lost]]:
    """The document of a CV as Europass's JSON has it, and what of the CV it has no place for."""
    moment = made_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    language = cv.get("language", "en")
    document = {
        **({"Locale": language} if "language" in cv else {}),
        "DocumentInfo": {
            "DocumentType": "ECV",
            "CreationDate": moment,
            "LastUpdateDate": moment,
            "XSDVersion": _VERSION,
            "Generator": "Vahti",
        },
        "LearnerInfo": _given(
            {
                "Identification": _person(cv.get("contact", {})),
                "Headline": _headline(cv),
                "WorkExperience": [_experience(item) for item in cv.get("experience", ())],
                "Education": [_education(item) for item in cv.get("education", ())],
                "Skills": _skills(cv, language),
                "Achievement": _summary(cv, language),
            }
        ),
    }
    unheld = [name for name in ("places", "occupations", "wishes", "self_stated") if name in cv]
    lost = [Lost(name, NO_MEMBER) for name in unheld]
    lost += [
        Lost(f"references[{index}]", "the format has no member for the consent of a reference person")
        for index in range(len(cv.get("references", ())))
    ]
    return {"SkillsPassport": document}, lost


def xml_of(tree: dict[str, Any]) -> bytes:
    """The document of `tree_of` as XML."""
    passport = tree["SkillsPassport"]
    prefixes: dict[str | None, str] = {None: NAMESPACE, "xsi": _INSTANCE}
    root = etree.Element(f"{{{NAMESPACE}}}SkillsPassport", nsmap=prefixes)  # type: ignore[arg-type]
    root.set(f"{{{_INSTANCE}}}schemaLocation", _LOCATION)
    if "Locale" in passport:
        root.set("locale", passport["Locale"])
    for name in ("DocumentInfo", "LearnerInfo"):
        _append(root, name, passport[name])
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _append(parent: etree._Element, name: str, value: Any) -> None:
    if isinstance(value, list):
        holder = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}List")
        for item in value:
            _append(holder, name, item)
        return
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if name in DATES:
        for part, number in value.items():
            attribute, form = DATE_PARTS[part]
            element.set(attribute, form.format(number))
    elif isinstance(value, dict):
        for inner, one in value.items():
            _append(element, inner, one)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else value


def _given(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if not blank(value)}


def _person(contact: dict[str, Any]) -> dict[str, Any]:
    first, _, last = contact.get("name", "").rpartition(" ")
    reach: dict[str, Any] = {
        "Address": {"Contact": {"AddressLine": contact["address"]}} if "address" in contact else None,
        "Email": {"Contact": contact["email"]} if "email" in contact else None,
        "Telephone": [{"Contact": contact["phone"]}] if "phone" in contact else None,
        "Website": [{"Contact": contact["url"]}] if "url" in contact else None,
    }
    name = {"FirstName": first, "Surname": last} if first else {"FirstName": last}
    return _given({"PersonName": _given(name), "ContactInfo": _given(reach)})


def _headline(cv: dict[str, Any]) -> dict[str, Any] | None:
    # There is one headline, of one type: with both, what is longer stands as an achievement of that name.
    if "headline" in cv:
        return {"Type": {"Code": "position"}, "Description": {"Label": cv["headline"]}}
    if "summary" in cv:
        return {"Type": {"Code": "personal_statement"}, "Description": {"Label": markup(cv["summary"])}}
    return None


def _summary(cv: dict[str, Any], language: str) -> list[dict[str, Any]]:
    if "headline" not in cv or "summary" not in cv:
        return []
    return [{"Title": {"Label": SUMMARIES[language]}, "Description": markup(cv["summary"])}]


def _experience(item: dict[str, Any]) -> dict[str, Any]:
    return _given(
        {
            "Period": _period(item),
            "Position": {"Label": item.get("title")},
            "Activities": markup(item.get("description", "")),
            "Employer": {"Name": item.get("employer")},
        }
    )


def _education(item: dict[str, Any]) -> dict[str, Any]:
    return _given(
        {
            "Period": _period(item),
            "Title": item.get("title"),
            "Activities": markup(item.get("description", "")),
            "Organisation": {"Name": item.get("school")},
            "Field": {"Label": item.get("field")},
        }
    )


def _period(item: dict[str, Any]) -> dict[str, Any]:
    period: dict[str, Any] = {}
    for member, name in (("start", "From"), ("end", "To")):
        if member in item:
            period[name] = dict(zip(("Year", "Month", "Day"), map(int, item[member].split("-")), strict=False))
    if "start" in item and "end" not in item:
        period["Current"] = True
    return period


def _skills(cv: dict[str, Any], language: str) -> dict[str, Any]:
    tongues: dict[str, list[dict[str, Any]]] = {"MotherTongue": [], "ForeignLanguage": []}
    for item in cv.get("languages", ()):
        native = item["level"] == "native"
        named = {"Code": item["language"], "Label": languages.name_of(item["language"], language)}
        levels = None if native or item["level"] is None else dict.fromkeys(SIDES, item["level"])
        tongues["MotherTongue" if native else "ForeignLanguage"].append(
            _given({"Description": named, "ProficiencyLevel": levels})
        )
    items = "".join(f"<li>{escape(name, quote=False)}</li>" for name in cv.get("skills", ()))
    return _given(
        {"Linguistic": _given(tongues), "JobRelated": {"Description": f"<ul>{items}</ul>"} if items else None}
    )


def markup(text: str) -> str:
    """Plain text as the HTML that Europass keeps in its descriptions."""
    return f"<p>{escape(text, quote=False)}</p>".replace("\n", "<br/>") if text else ""
