"""A CV as a PDF to print or to send: typeset on A4 in Finnish, Swedish or English, page after page."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date

from matcher import colours
from store import languages, occupations, places, wording

COLOUR = "#1f5f8b"
LEFT_OUT = ("references", "self_stated")
_TEMPLATE = Path(__file__).with_name("typesetting") / "cv.typ"
_FONTS = _TEMPLATE.with_name("fonts")
_BULLET = re.compile(r"^\s*[•·*‣–—-]\s+")
_PIECE = 6
_UNBROKEN = re.compile(r"\S{40,}")


def pdf(cv: dict[str, Any], language: str, colour: str = COLOUR, left_out: Collection[str] = LEFT_OUT) -> bytes:
    """The CV (as `load_cv` gives it) as a PDF with headings in `language` (fi, sv, en), without the fields that
    `left_out` names by their paths (`wishes`, `contact.phone`, `experience.employer`).

    Fonts are embedded and text can be selected. `colour` (#rrggbb) is darkened until it can be read. The same CV gives
    the same bytes.
    """
    data = json.dumps(_page(_printed(cv, left_out), language, colour), ensure_ascii=False)
    return _typeset(data)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[_FONTS])


def _typeset(data: str) -> bytes:
    made = typst.compile(_TEMPLATE, root=_TEMPLATE.parent, font_paths=_fonts(), sys_inputs={"cv": data}, format="pdf")
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def _printed(cv: dict[str, Any], left_out: Collection[str]) -> dict[str, Any]:
    def without(part: str, value: Any) -> Any:
        if isinstance(value, list):
            return [without(part, item) for item in value]
        if isinstance(value, dict):
            return {name: inner for name, inner in value.items() if f"{part}.{name}" not in left_out}
        return value

    return {part: without(part, value) for part, value in cv.items() if part not in left_out}


def _page(cv: dict[str, Any], language: str, colour: str) -> dict[str, Any]:
    _ = wording.translator(language).gettext
    contact = cv.get("contact", {})
    name = contact.get("name", "")
    parts = [
        _entries(_("Work experience"), cv.get("experience", ()), "title", ("employer",), language),
        _entries(_("Education"), cv.get("education", ()), "title", ("school", "field"), language),
        {"kind": "words", "heading": _("Skills"), "items": [_breakable(skill) for skill in cv.get("skills", ())]},
        {"kind": "words", "heading": _("Languages"), "items": list(_languages(cv, language))},
        {"kind": "rows", "heading": _("Looking for"), "items": list(_wishes(cv, language))},
        {"kind": "entries", "heading": _("References"), "items": [_reference(one) for one in cv.get("references", ())]},
        {"kind": "rows", "heading": _("About me"), "items": list(_stated(cv, language))},
    ]
    return {
        "colour": colours.readable(colour, colours.LIGHT),
        "language": cv.get("language", language),
        "title": name or cv.get("headline", "") or _("Curriculum vitae"),
        "author": name,
        "footer": ", ".join(filter(None, (name, cv.get("headline")))) if len(name) < 60 else name,
        "name": _breakable(name),
        "headline": _breakable(cv.get("headline", "")),
        "contact": list(_contact(contact)),
        "summary": list(_lines(cv.get("summary", ""))),
        "parts": [part for part in parts if part["items"]],
    }


def _breakable(text: str) -> str:
    """With places to break what would run over the edge of the page; a line can be broken at any blank anyway."""
    return _UNBROKEN.sub(lambda word: "\u200b".join(re.findall(f".{{1,{_PIECE}}}", word[0])), text)


def _lines(text: str) -> Iterable[dict[str, Any]]:
    for line in text.splitlines():
        unmarked = _BULLET.sub("", line)
        yield {"bullet": unmarked != line, "text": _breakable(unmarked)}


def _contact(contact: dict[str, str]) -> Iterable[dict[str, str]]:
    if "address" in contact:
        yield {"text": _breakable(", ".join(contact["address"].splitlines())), "address": ""}
    if "phone" in contact:
        yield {"text": contact["phone"], "address": "tel:" + re.sub(r"[^0-9+]", "", contact["phone"])}
    if "email" in contact:
        yield {"text": _breakable(contact["email"]), "address": f"mailto:{contact['email']}"}
    if "url" in contact:
        shown = re.sub(r"^https?://(?:www\.)?|/$", "", contact["url"])
        yield {"text": _breakable(shown), "address": contact["url"]}


def _entries(
    heading: str, items: Iterable[dict[str, str]], first: str, second: tuple[str, ...], language: str
) -> dict[str, Any]:
    entries = []
    for item in items:
        named = (item.get(first, ""), " · ".join(item[name] for name in second if name in item))
        above, below = sorted(named, key=lambda said: not said)
        entries.append(
            {
                "aside": _period(item, language),
                "first": _breakable(above),
                "second": _breakable(below),
                "told": list(_lines(item.get("description", ""))),
            }
        )
    return {"kind": "entries", "heading": heading, "items": entries}


def _period(item: dict[str, str], language: str) -> str:
    _ = wording.translator(language).gettext
    start, end = (_month(item[name], language) if name in item else "" for name in ("start", "end"))
    if start and end:
        return start if start == end else _("%(start)s – %(end)s") % {"start": start, "end": end}
    return _("%(start)s – present") % {"start": start} if start else end


def _month(written: str, language: str) -> str:
    """A date of a CV as exact as a reader wants it: "8/2019", "aug. 2019", "Aug 2019", "2019"."""
    parts = [int(part) for part in written.split("-")]
    if len(parts) == 1:
        return written
    form = "M/y" if language == "fi" else "MMM y"
    return format_date(date(parts[0], parts[1], 1), form, locale=wording.LOCALES[language])


def _languages(cv: dict[str, Any], language: str) -> Iterable[str]:
    _ = wording.translator(language).gettext
    for item in cv.get("languages", ()):
        name, level = languages.name_of(item["language"], language), item.get("level")
        shown = _("native language") if level == "native" else level
        yield f"{name} ({shown})".replace(" ", "\xa0") if shown else name


def _wishes(cv: dict[str, Any], language: str) -> Iterable[dict[str, Any]]:
    _ = wording.translator(language).gettext
    wishes = cv.get("wishes", {})
    work = [wording.employment(code, language) for code in wishes.get("employment", ())]
    if wishes.get("remote"):
        work.append(wording.remote(True, language))
    salary = wishes.get("salary_min")
    starts = date.fromisoformat(wishes["from"]) if "from" in wishes else None
    for aside, text in (
        ("", wishes.get("text", "")),
        (_("Occupations"), ", ".join(occupations.label(code, language) for code in cv.get("occupations", ()))),
        (_("Places"), ", ".join(places.label(code, language) for code in cv.get("places", ()))),
        (_("Employment"), ", ".join(work)),
        (_("Salary"), wording.least_salary(salary, wishes["salary_currency"], language) if salary else ""),
        (_("Can start"), format_date(starts, "long", locale=wording.LOCALES[language]) if starts else ""),
    ):
        if text:
            yield {"aside": aside, "lines": list(_lines(text))}


def _reference(one: dict[str, Any]) -> dict[str, Any]:
    about = " · ".join(filter(None, (one.get("relation"), one.get("contact"))))
    return {"aside": "", "first": _breakable(one.get("name", "")), "second": _breakable(about), "told": []}


def _stated(cv: dict[str, Any], language: str) -> Iterable[dict[str, Any]]:
    _ = wording.translator(language).gettext
    stated = cv.get("self_stated", {})
    for aside, text in ((_("Gender"), stated.get("gender")), (_("Ethnicity"), stated.get("ethnicity"))):
        if text:
            yield {"aside": aside, "lines": list(_lines(text))}
