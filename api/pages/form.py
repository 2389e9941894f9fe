"""The form of an alert: what was typed, kept as it was typed, and what it means or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from email_validator import EmailNotValidError, validate_email
from werkzeug.datastructures import MultiDict

from api.pages import places_field
from store import alerts, criteria, near, occupations, places, terms, wording
from store.criteria import Criteria
from store.errors import Invalid, Problem
from store.near import Near
from store.wording import N_

_NOT_AMOUNT = re.compile(r"[\s €$]|kr|eur|sek|nok|dkk|usd", re.IGNORECASE)
# What no database keeps as text: NUL, and halves of pairs.
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_LONGEST = 2_000  # of any field: what is longer is no answer to a question of ours
_CURRENCY = {"sv": "SEK"}

# What `store.criteria` says of a value, by a part of its reason, as the form says it.
_SAID = {
    "would match nearly every listing": N_("This would match nearly every job: add a word, a place or another wish."),
    "excludes what the text asks for": N_("The same word is asked for and left out: remove it from one of the fields."),
    "holds no word": N_("Write at least one word with letters or digits."),
    "too many words": N_("Write at most 12 words and phrases."),
    "characters are too long": N_("Write at most 300 characters."),
    "values are too many": N_("Choose at most 30."),
    "is not a monthly salary": N_("Write a monthly salary as a number, for example 3000."),
}
_OTHERWISE = N_("This value cannot be chosen here.")


@dataclass(frozen=True)
class Typed:
    """The fields of the form, as they stand in it; places by name, occupations and the like by code."""

    email: str = ""
    text: str = ""
    exclude: str = ""
    places: str = ""
    near: Near | None = None
    occupations: Sequence[str] = ()
    employers: Sequence[str] = ()
    employment: Sequence[str] = ()
    exact: bool = False
    remote: bool = False
    salary_min: str = ""
    salary_currency: str = "EUR"
    languages: Sequence[str] = ()
    frequency: str = "instant"
    language: str = ""
    accepted: bool = False


@dataclass(frozen=True)
class Mistake:
    """One thing to mend: the name of the field and a sentence for the one who filled it in."""

    field: str
    sentence: str


@dataclass
class Reading:
    """What a form means: criteria where they could be read, the normalised address, and what is to be mended."""

    criteria: Criteria | None = None
    email: str | None = None
    mistakes: list[Mistake] = field(default_factory=list)

    def by_field(self) -> dict[str, str]:
        """The sentences by field, several of one field joined."""
        said: dict[str, str] = {}
        for mistake in self.mistakes:
            said[mistake.field] = (
                f"{said[mistake.field]} {mistake.sentence}" if mistake.field in said else mistake.sentence
            )
        return said


def typed_in(form: MultiDict[str, str], language: str) -> Typed:
    """What somebody sent with the form."""
    one = {
        name: _UNWRITABLE.sub(" ", form.get(name, ""))[:_LONGEST]
        for name in ("email", "text", "exclude", "places", "salary_min")
    }
    many = {
        name: tuple(_UNWRITABLE.sub(" ", value) for value in form.getlist(name))
        for name in ("occupations", "employers", "employment", "languages")
    }
    return Typed(
        email=one["email"].strip(),
        text=one["text"],
        exclude=one["exclude"],
        places=one["places"],
        # Shown by their labels and names: one that has none was not in our form.
        near=_near(form),
        occupations=tuple(filter(occupations.known, many["occupations"])),
        employers=tuple(filter(str.strip, many["employers"])),
        employment=many["employment"],
        languages=many["languages"],
        exact="exact" in form,
        remote="remote" in form,
        salary_min=one["salary_min"],
        salary_currency=form.get("salary_currency", _CURRENCY.get(language, "EUR")),
        frequency=form.get("frequency", "instant"),
        language=form.get("language", language),
        accepted="accept_terms" in form,
    )


def prefilled(query: MultiDict[str, str], language: str) -> Typed:
    """The form as a link fills it in: the names of its fields, places by name or code, what is unknown left out.

    An address is never taken out of a link, and nothing is accepted by one.
    """
    given = typed_in(query, language)
    codes = [part for value in query.getlist("places") for part in re.split(r"[,;]", value)]
    named = [places_field.written([code], language) if places.known(code) else code.strip() for code in codes]
    return Typed(
        text=given.text,
        exclude=given.exclude,
        places=", ".join(filter(None, named))[:_LONGEST],
        near=given.near,
        occupations=given.occupations,
        employers=given.employers,
        employment=given.employment,
        exact=given.exact,
        remote=given.remote,
        salary_min=given.salary_min,
        salary_currency=given.salary_currency,
        languages=given.languages,
        frequency=given.frequency if given.frequency in alerts.FREQUENCIES else "instant",
        language=language,
    )


def filled_with(asked: Criteria, frequency: str, language: str) -> Typed:
    """The form as it shows the criteria of an alert."""
    return Typed(
        text=terms.Terms(asked.wanted, ()).text(),
        exclude=terms.Terms(asked.unwanted, ()).text(),
        places=places_field.written(asked.places, language),
        near=asked.near,
        occupations=asked.occupations,
        employers=asked.employers,
        employment=asked.employment,
        exact=not asked.expand,
        remote=asked.remote,
        salary_min=str(asked.salary_min or ""),
        salary_currency=asked.salary_currency or _CURRENCY.get(language, "EUR"),
        languages=asked.languages,
        frequency=frequency,
        language=language,
    )


def read_criteria(typed: Typed, language: str, *, anything: bool = False) -> Reading:
    """The criteria that the form asks for; `anything` as in `store.criteria.read`."""
    reading = Reading()
    codes, unknown = places_field.read(typed.places, language)
    reading.mistakes += [Mistake("places", sentence) for sentence in unknown]
    data: dict[str, Any] = {
        "text": typed.text,
        "exclude": typed.exclude,
        "places": codes,
        "near": asdict(typed.near) if typed.near else None,
        "occupations": list(typed.occupations),
        "employers": list(typed.employers),
        "employment": list(typed.employment),
        "expand": not typed.exact,
        "remote": typed.remote,
        "languages": list(typed.languages),
        "salary_currency": typed.salary_currency,
        "salary_min": _amount(typed.salary_min),
    }
    try:
        # Whoever mistyped the only place is told of that alone, not that there are no criteria.
        reading.criteria = criteria.read(data, anything=anything or bool(unknown))
    except Invalid as error:
        reading.mistakes += [_mistake(problem, language) for problem in error.problems]
    return reading


def read_whole(typed: Typed, language: str) -> Reading:
    """The whole form of a new alert: criteria, address, frequency and whether the terms are accepted."""
    _ = wording.translator(language).gettext
    reading = read_criteria(typed, language)
    reading.mistakes += check_choices(typed, language)
    if not typed.email:
        reading.mistakes.append(Mistake("email", _("Enter your e-mail address.")))
    else:
        try:
            reading.email = validate_email(typed.email, check_deliverability=False).normalized
        except EmailNotValidError:
            right = _("Enter the whole e-mail address, for example name@example.com.")
            reading.mistakes.append(Mistake("email", right))
    if not typed.accepted:
        accept = _("Accept the terms of use and the privacy policy to create the alert.")
        reading.mistakes.append(Mistake("accept_terms", accept))
    return reading


def check_choices(typed: Typed, language: str) -> list[Mistake]:
    """What is wrong with the frequency and the language: nothing, unless somebody sent another form than ours."""
    sentence = wording.translator(language).gettext(_OTHERWISE)
    known: Mapping[str, tuple[str, Sequence[str]]] = {
        "frequency": (typed.frequency, alerts.FREQUENCIES),
        "language": (typed.language, wording.LANGUAGES),
    }
    return [Mistake(name, sentence) for name, (value, allowed) in known.items() if value not in allowed]


def _near(form: MultiDict[str, str]) -> Near | None:
    km = form.get("km", "")
    return near.read({"place": form.get("near"), "km": int(km) if re.fullmatch(r"[0-9]{1,3}", km) else 0}, "near", [])


def _amount(typed: str) -> int | float | str | None:
    """The number that was typed with blanks, commas and a currency, or the text itself where there is none."""
    bare = _NOT_AMOUNT.sub("", typed).replace(",", ".").rstrip(".-–")
    if not bare:
        return None
    try:
        # "3.000" and "3,000" are how some write three thousand; nobody asks for three euros a month.
        return float(bare.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", bare) else bare)
    except ValueError:
        return typed


def _mistake(problem: Problem, language: str) -> Mistake:
    name = re.split(r"[.\[]", problem.field.removeprefix("criteria").lstrip("."))[0] or "text"
    said = next((sentence for part, sentence in _SAID.items() if part in problem.reason), _OTHERWISE)
    return Mistake(name, wording.translator(language).gettext(said))
