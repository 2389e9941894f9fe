"""The forms about accounts: what was typed, what it means, and what is to be mended, said in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from email_validator import EmailNotValidError, validate_email
from werkzeug.datastructures import MultiDict

from api.pages.form import Mistake
from store import ages, business_ids, passwords, wording
from store.errors import Invalid, Problem
from store.registrations import Claim
from store.wording import N_

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_LONGEST = 300

# What the store says of a value, as the form says it; what it does not say here cannot come of our forms.
_SAID = {
    "is too short": N_("Use at least 10 characters."),
    "is too long": N_("Use at most 200 characters."),
    "is the e-mail address": N_("The password must not be your e-mail address."),
    "is among those that are guessed first": N_(
        "This password is easy to guess. Several unusual words make a better one."
    ),
    "is not a date of birth": N_("Enter your date of birth, for example 31 5 1990."),
    "is less than 13 years ago": N_("You can have an account once you are 13 years old."),
    "is not a business id": N_("Enter a Finnish or Swedish business ID, for example 0112038-9 or 556036-0793."),
}


@dataclass(frozen=True)
class Typed:
    """The fields as they stand in a form; never a password, which is typed anew."""

    email: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    employer: str = ""
    business_id: str = ""
    accepted: bool = False


def typed_in(form: MultiDict[str, str]) -> Typed:
    """What somebody sent."""
    one = {
        name: _UNWRITABLE.sub(" ", form.get(name, ""))[:_LONGEST].strip()
        for name in ("email", "day", "month", "year", "employer", "business_id")
    }
    return Typed(**one, accepted="accept_terms" in form)


def password_in(form: MultiDict[str, str], name: str = "password") -> str:
    """A password as it was typed, blanks included."""
    return _UNWRITABLE.sub("\ufffd", form.get(name, ""))[: 5 * passwords.LONGEST]


def new_password(form: MultiDict[str, str], email_: str, language: str, mistakes: list[Mistake]) -> str:
    """The password that is chosen for an address; what is wrong with it goes to the mistakes."""
    chosen = password_in(form)
    try:
        return passwords.check(chosen, email_)
    except Invalid as error:
        mistakes += said(error.problems, language)
        return chosen


def email(typed: Typed, language: str, mistakes: list[Mistake]) -> str:
    """The address, normalised; what is wrong with it goes to the mistakes."""
    _ = wording.translator(language).gettext
    if not typed.email:
        mistakes.append(Mistake("email", _("Enter your e-mail address.")))
        return ""
    try:
        return validate_email(typed.email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        right = _("Enter the whole e-mail address, for example name@example.com.")
        mistakes.append(Mistake("email", right))
        return ""


def grown_up(typed: Typed, zone: str, language: str, mistakes: list[Mistake]) -> None:
    """Whether whoever fills in the form is old enough; what is wrong goes to the mistakes."""
    try:
        ages.check(date(int(typed.year), int(typed.month), int(typed.day)), zone)
    except ValueError:
        mistakes += said([Problem("born_on", "is not a date of birth", "")], language)
    except Invalid as error:
        mistakes += said(error.problems, language)


def claim(typed: Typed, language: str, mistakes: list[Mistake]) -> Claim | None:
    """The employer that a recruiter names; what is wrong goes to the mistakes."""
    _ = wording.translator(language).gettext
    if not typed.employer:
        mistakes.append(Mistake("employer", _("Enter the name of your employer.")))
    try:
        known = business_ids.read(typed.business_id)
    except Invalid as error:
        mistakes += said(error.problems, language)
        return None
    return Claim(" ".join(typed.employer.split()), known) if typed.employer else None


def terms(typed: Typed, language: str, mistakes: list[Mistake]) -> None:
    """Whether the terms are accepted."""
    if not typed.accepted:
        _ = wording.translator(language).gettext
        accept = _("Accept the terms of use and the privacy policy to get an account.")
        mistakes.append(Mistake("accept_terms", accept))


def said(problems: Iterable[Problem], language: str, field: str | None = None) -> list[Mistake]:
    """Problems of the store as sentences, beside the field of the same name or this one."""
    _ = wording.translator(language).gettext
    return [Mistake(field or one.field, _(_SAID[one.reason])) for one in problems]


def by_field(mistakes: Iterable[Mistake]) -> dict[str, str]:
    """The sentences by field, the first of each."""
    first: dict[str, str] = {}
    for mistake in mistakes:
        first.setdefault(mistake.field, mistake.sentence)
    return first
