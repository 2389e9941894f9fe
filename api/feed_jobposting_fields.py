"""What the fields of a schema.org JobPosting mean as fields of a listing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from api import feed_places
from api.schema_problems import LONGEST_SHOWN, Fault
from store import occupations
from store.errors import Problem

# Where a JobPosting has what a problem with a field of ours is about.
NAMES = {
    "reference": "identifier",
    "language": "inLanguage",
    "employer": "hiringOrganization.name",
    "places": "jobLocation",
    "occupation": "occupationalCategory",
    "employment": "employmentType",
    "salary": "baseSalary",
    "salary.min": "baseSalary.value.minValue",
    "salary.max": "baseSalary.value.maxValue",
    "salary.currency": "baseSalary.currency",
    "salary.period": "baseSalary.value.unitText",
    "published_at": "datePosted",
    "deadline": "validThrough",
    "apply": "url",
    "apply.email": "applicationContact.email",
}
# The words of Google's guidelines, and a few more that are in use; schema.org itself leaves them open.
_EMPLOYMENT = {
    "FULL_TIME": "full_time",
    "PART_TIME": "part_time",
    "CONTRACTOR": "freelance",
    "FREELANCE": "freelance",
    "TEMPORARY": "temporary",
    "PER_DIEM": "temporary",
    "PERMANENT": "permanent",
    "SEASONAL": "seasonal",
    "INTERN": "internship",
    "INTERNSHIP": "internship",
    "APPRENTICESHIP": "apprenticeship",
}
_SAYS_NOTHING = ("", "OTHER")
_PERIODS = {"HOUR": "hour", "HUR": "hour", "MONTH": "month", "MON": "month", "YEAR": "year", "ANN": "year"}
_ISCO = re.compile(
    r"(?:isco(?:-?08)?[\s:-]*|https?://data\.europa\.eu/esco/isco/c)([0-9]{1,4})|([0-9]{4})", re.IGNORECASE
)
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")


def is_posting(value: object) -> bool:
    """Whether this JSON value is a JobPosting by its `@type`, written short, as an address or as one of several."""
    types = value.get("@type") if isinstance(value, dict) else None
    return any(isinstance(one, str) and re.split("[/:#]", one)[-1] == "JobPosting" for one in _each(types))


def listing(posting: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The posting as the listing that `load_listing` takes, and what could not be translated. What is missing is left
    out, and is for `load_listing` to miss."""
    problems: list[Problem] = []
    url = next(filter(None, (_text(posting.get(key)) for key in ("url", "mainEntityOfPage", "@id"))), "")
    contact = posting.get("applicationContact")
    email = _text(contact.get("email")) if isinstance(contact, dict) else ""
    remote = "TELECOMMUTE" in (_text(one).upper() for one in _each(posting.get("jobLocationType")))
    data = {
        "reference": _text(posting.get("identifier")) or url,
        "title": _text(posting.get("title")) or _text(posting.get("name")),
        "description": _text(posting.get("description")),
        "language": _language(posting.get("inLanguage")),
        "employer": _text(posting.get("hiringOrganization")),
        "places": _places(posting, remote, problems),
        "occupation": _occupation(posting.get("occupationalCategory")),
        "employment": _employment(posting.get("employmentType"), problems),
        "remote": remote,
        "salary": _salary(posting, problems),
        "published_at": _text(posting.get("datePosted")),
        "deadline": _text(posting.get("validThrough")),
        "apply": {"url": url or None, "email": email.removeprefix("mailto:") or None},
    }
    return {field: value for field, value in data.items() if value not in ("", None)}, problems


def _each(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: object) -> str:
    """The text of a JSON-LD value, which may be in a list or in an object that says what kind of text it is."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = next((value[key] for key in ("@value", "value", "name", "@id") if key in value), "")
    return str(value).strip() if isinstance(value, str | Decimal) else ""


def _language(value: object) -> str:
    one = next(iter(_each(value)), "")
    written = _text(one.get("alternateName") or one) if isinstance(one, dict) else _text(one)
    return re.split("[-_]", written)[0].lower()


def _places(posting: Mapping[str, Any], remote: bool, problems: list[Problem]) -> list[str]:
    codes = []
    locations = _each(posting.get("jobLocation"))
    for location in locations:
        address = location.get("address", location) if isinstance(location, dict) else location
        address = address if isinstance(address, dict) else {"addressLocality": address}
        names = (_text(address.get(key)) for key in ("addressLocality", "addressRegion", "addressCountry"))
        codes.append(_place(feed_places.code(*names), "jobLocation", problems))
    # For work from home, search engines take where the applicant may live in place of where the work is.
    for area in _each(posting.get("applicantLocationRequirements")) if remote and not locations else ():
        codes.append(_place(feed_places.code(_text(area), "", ""), "applicantLocationRequirements", problems))
    return [code for code in codes if code]


def _place(found: str | Fault, field: str, problems: list[Problem]) -> str | None:
    if isinstance(found, str):
        return found
    problems.append(Problem(field, found.reason, found.right or ""))
    return None


def _occupation(value: object) -> str | None:
    """The first code of ISCO-08 or ESCO among the categories. Other classifications, and names, say nothing here."""
    for one in _each(value):
        listed_in = _text(one.get("inCodeSet")).lower() if isinstance(one, dict) else ""
        if listed_in and "isco" not in listed_in and "esco" not in listed_in:
            continue
        code = _text(one.get("codeValue")) if isinstance(one, dict) else _text(one)
        isco = _ISCO.fullmatch(code)
        code = f"isco-{isco[1] or isco[2]}" if isco else code
        if occupations.known(code):
            return code
    return None


def _employment(value: object, problems: list[Problem]) -> list[str]:
    words = [word for one in _each(value) for word in _text(one).split(",")]
    kinds = []
    for word in words:
        name = re.sub(r"[\s-]+", "_", word.strip().rsplit("/", 1)[-1]).upper()
        if name in _EMPLOYMENT:
            kinds.append(_EMPLOYMENT[name])
        elif name not in _SAYS_NOTHING:
            shown = word.strip()[:LONGEST_SHOWN]
            problems.append(Problem("employmentType", f'is "{shown}", which is not known', ", ".join(_EMPLOYMENT)))
    return list(dict.fromkeys(kinds))


def _salary(posting: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any] | None:
    base = next(iter(_each(posting.get("baseSalary"))), None)
    base = base if isinstance(base, dict) else {"value": base}
    value = next(iter(_each(base.get("value"))), None)
    value = value if isinstance(value, dict) else {**base, "value": value}
    least = _amount(value.get("minValue", value.get("value")), problems)
    most = _amount(value.get("maxValue", value.get("value")), problems)
    if least is None and most is None:  # templates that leave the figures empty are common
        return None
    unit = (_text(value.get("unitText")) or _text(base.get("unitText"))).upper().removesuffix("LY")
    currency = _text(base.get("currency")) or _text(posting.get("salaryCurrency"))
    return {
        "min": least,
        "max": most,
        **({"currency": currency.upper()} if currency else {}),
        **({"period": _PERIODS.get(unit, unit)} if unit else {}),
    }


def _amount(value: object, problems: list[Problem]) -> Decimal | None:
    written = _text(value)
    if isinstance(value, Decimal) or not written:
        return value if isinstance(value, Decimal) else None
    if _AMOUNT.fullmatch(written):
        return Decimal(written)
    problems.append(
        Problem("baseSalary", f'holds "{written[:LONGEST_SHOWN]}", which is not a number', "2500 or 2500.50")
    )
    return None
