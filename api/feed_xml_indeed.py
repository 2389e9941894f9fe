"""The XML that job sites exchange, `<source><job>`: what its fields mean as fields of a listing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from api import feed_places
from api.schema_problems import LONGEST_SHOWN
from store.errors import Problem

NAMES = {
    "reference": "referencenumber",
    "employer": "company",
    "places": "city",
    "employment": "jobtype",
    "salary.currency": "salary",
    "salary.period": "salary",
    "salary.min": "salary",
    "salary.max": "salary",
    "published_at": "date",
    "deadline": "expirationdate",
    "apply": "url",
    "apply.url": "url",
    "apply.email": "email",
}
_EMPLOYMENT = {
    "fulltime": "full_time",
    "parttime": "part_time",
    "contract": "temporary",
    "contractor": "freelance",
    "freelance": "freelance",
    "temporary": "temporary",
    "permanent": "permanent",
    "seasonal": "seasonal",
    "internship": "internship",
    "apprenticeship": "apprenticeship",
}
_ANYTHING = ("", "other", "any")
_NUMBER = r"[0-9]{1,3}(?:[ .,\u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]{1,9}(?:[.,][0-9]{1,2})?"
_LONGEST_SALARY = 200  # matching takes the square of it
_AMOUNTS = re.compile(rf"[^0-9]*(?P<first>{_NUMBER})(?:[^0-9]*[-–—][^0-9]*(?P<second>{_NUMBER}))?[^0-9]*")
_CURRENCIES = {
    **dict.fromkeys(("€", "eur", "euro", "euros", "euroa"), "EUR"),
    **dict.fromkeys(("sek", "kr", "kronor"), "SEK"),  # the places are in Finland and Sweden: no other crowns are meant
    "nok": "NOK",
    "dkk": "DKK",
    "$": "USD",
    "usd": "USD",
}
_PERIODS = {
    **dict.fromkeys(("hour", "hourly", "h", "hr", "tunti", "t", "tim", "timme", "timmen"), "hour"),
    **dict.fromkeys(("month", "monthly", "kk", "kuukausi", "mån", "månad", "månaden"), "month"),
    **dict.fromkeys(("year", "yearly", "annum", "vuosi", "v", "år", "året"), "year"),
}
_MAIL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2},\s*)?[0-9]{1,2}\s[A-Z][a-z]{2}\s[0-9]{4}\s[0-9]{2}:[0-9]{2}(?::[0-9]{2})?\s(?:[+-][0-9]{4}|[A-Z]{1,4})"
)
_FROM = {"from", "alkaen", "alk", "från"}
_UP_TO = {"up", "max", "enintään", "högst", "upp"}


def listing(element: etree._Element) -> tuple[dict[str, Any], list[Problem]]:
    """The job as the listing that `load_listing` takes, and what could not be translated. Elements that say nothing
    about the listing itself (category, sponsored, tracking, ...) are passed over."""
    job = {etree.QName(child).localname.lower(): "".join(map(str, child.itertext())).strip() for child in element}
    problems: list[Problem] = []
    data = {
        "reference": job.get("referencenumber"),
        "title": job.get("title"),
        "description": job.get("description"),
        "language": job.get("language", "").split("-")[0].lower(),
        "employer": job.get("company"),
        "remote": _remote(job.get("remotetype", "")),
        "employment": _employment(job.get("jobtype", ""), problems),
        "salary": _salary(job.get("salary", ""), problems),
        "published_at": _moment(job.get("date", "")),
        "deadline": _moment(job.get("expirationdate", "")),
        "apply": {"url": job.get("url") or None, "email": job.get("email") or None},
    }
    data["places"] = _places(job, bool(data["remote"]), problems)
    return {field: value for field, value in data.items() if value not in ("", None)}, problems


def _places(job: Mapping[str, str], remote: bool, problems: list[Problem]) -> list[str]:
    city, state, country = (job.get(name, "") for name in ("city", "state", "country"))
    if remote and not (city or state or country):
        return []
    found = feed_places.code(city, state, country)
    if isinstance(found, str):
        return [found]
    problems.append(Problem("city", found.reason, found.right or ""))
    return []


def _remote(written: str) -> bool:
    # Who works at home on some days still has to live near the place.
    return "remote" in written.lower() and "hybrid" not in written.lower()


def _employment(written: str, problems: list[Problem]) -> list[str]:
    kinds = []
    for word in re.split("[,;/|]", written):
        name = re.sub(r"[\s_-]+", "", word).lower()
        if name in _EMPLOYMENT:
            kinds.append(_EMPLOYMENT[name])
        elif name not in _ANYTHING:
            shown = word.strip()[:LONGEST_SHOWN]
            problems.append(Problem("jobtype", f'is "{shown}", which is not known', ", ".join(_EMPLOYMENT)))
    return list(dict.fromkeys(kinds))


def _moment(written: str) -> str:
    """ISO 8601 as it is, the form of RFC 5322 ("Tue, 24 Nov 2026 08:00:00 GMT") turned into it."""
    try:
        return parsedate_to_datetime(written).isoformat() if _MAIL_DATE.fullmatch(written) else written
    except ValueError:  # no such day; the schema says what is right
        return written


def _salary(written: str, problems: list[Problem]) -> dict[str, Any] | None:
    """The amounts of a free text such as "2 500–3 000 €/kk". Without a figure ("by agreement") there are none; figures
    that cannot be understood are a problem, since a wrong salary is worse than no listing."""
    if not re.search("[0-9]", written):
        return None
    amounts = _AMOUNTS.fullmatch(written) if len(written) <= _LONGEST_SALARY else None
    words = re.findall(r"[^\W\d_]+|[€$]", written.lower())
    currency = next((_CURRENCIES[word] for word in words if word in _CURRENCIES), None)
    period = next((_PERIODS[word] for word in words if word in _PERIODS), None)
    if amounts is None or currency is None or period is None:
        shown = written[:LONGEST_SHOWN]
        problems.append(
            Problem("salary", f'is "{shown}", which is not understood', "2500-3000 EUR/month, or no figures")
        )
        return None
    first, second = _amount(amounts["first"]), _amount(amounts["second"] or amounts["first"])
    return {
        "min": None if not amounts["second"] and _UP_TO & set(words) else first,
        "max": None if not amounts["second"] and _FROM & set(words) else second,
        "currency": currency,
        "period": period,
    }


def _amount(written: str) -> Decimal:
    decimals = re.search("[.,]([0-9]{1,2})$", written)
    whole = written[: decimals.start()] if decimals else written
    return Decimal(re.sub("[^0-9]", "", whole) + (f".{decimals[1]}" if decimals else ""))
