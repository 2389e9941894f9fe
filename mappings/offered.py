"""What suggestions go by: this much of a CV and of a listing, and nothing else of either."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache, lru_cache
from typing import Any

from mappings.analysis import Token, analyse, concepts
from mappings.analysis.concepts import Mention
from mappings.nearness import Codes, narrowest, tells
from store import languages, occupations, sanitise, skills
from store.criteria import SALARY_STEPS, SALARY_TOP
from store.cvs import Cv
from store.listings import Listing

# Every field of a CV is in one of these two, by its path. What is not in USED never gets past `_alone`, so no field is
# used because somebody forgot to decide.
USED = {
    "headline": "the occupations that it names, where the person chose none",
    "experience.title": "likewise",
    "skills": "the skills of ESCO that they name",
    "occupations": "what the person would like to work as",
    "places": "where",
    "language": "a language that the person writes",
    "languages.language": "which languages the person speaks",
    "wishes.employment": "the form of employment that is wished",
    "wishes.remote": "whether remote work is wished",
    "wishes.salary_min": "whether the pay suits; for the person's own suggestions alone",
    "wishes.salary_currency": "likewise",
}
UNUSED = {
    "summary": "free text tells of health, belief and family; what it says of work stands in the fields above",
    "experience.employer": "a congregation, a party, a union can be an employer: it tells what one believes",
    "experience.start": "years tell the age, and gaps tell of children, illness and prison",
    "experience.end": "likewise",
    "experience.description": "free text, as the summary",
    "education.title": "degrees have changed with the decades: it tells the age",
    "education.school": "a school can tell religion, origin and where somebody grew up",
    "education.field": "it says what was learnt; what one can do is among the skills",
    "education.start": "years tell the age",
    "education.end": "likewise",
    "education.description": "free text, as the summary",
    "languages.level": "`native` tells the origin",
    "contact.name": "a name tells gender and origin",
    "contact.email": "it holds the name",
    "contact.phone": "it says nothing of work",
    "contact.url": "what stands there was not given to us",
    "contact.address": "where somebody lives is not where they would like to work, and tells means and origin",
    "references.name": "somebody else's data",
    "references.relation": "likewise",
    "references.contact": "likewise",
    "references.consent": "likewise",
    "wishes.from": "who is free at once may be out of work: nothing that ought to count",
    "wishes.text": "free text, as the summary",
    "self_stated.gender": "never searched, never used for matching",
    "self_stated.ethnicity": "likewise",
}
# An employer's suggestions never go by the pay that somebody asks for: it is not in the index, and would sort the cheap
# to the top.
FOR_EMPLOYERS = frozenset(USED) - {"wishes.salary_min", "wishes.salary_currency"}

# Of the skills of one CV or listing so many count, the first ones: a query has to end somewhere.
MOST_SKILLS = 100


@dataclass(frozen=True)
class Offer:
    """What a CV offers and wishes. `spoken` are codes of ISO 639-1; `salary` is the least that is wished for a month,
    as a currency and an amount in its steps (`store.criteria.SALARY_STEPS`)."""

    occupations: Codes
    skills: Codes
    places: Codes
    spoken: Codes
    employment: Codes
    remote: bool
    salary: tuple[str, int] | None

    def named(self) -> list[str]:
        """The codes that stand for it in the index of CVs."""
        return sorted(self.occupations | self.skills | self.places | {language_token(one) for one in self.spoken})


@dataclass(frozen=True)
class Opening:
    """What a listing offers and asks, but for its pay, which the index holds in steps. `asked_languages` are those that
    its text names, besides the one it is written in."""

    occupations: Codes
    skills: Codes
    places: Codes
    language: str
    asked_languages: Codes
    employment: Codes
    remote: bool

    def named(self) -> list[str]:
        """The codes that stand for it in the index of listings."""
        asked_for = {language_token(one) for one in self.asked_languages}
        return sorted(self.occupations | self.skills | self.places | asked_for)


def language_token(language: str) -> str:
    """What stands for a language among the codes."""
    return f"language:{language}"


def offer(body: Mapping[str, Any], language: str, used: Collection[str] = frozenset(USED)) -> Offer:
    """What a CV in this language offers, by those of its fields whose paths are in `used`."""
    cv = _alone(body, used)
    chosen = frozenset(code for code in cv.get("occupations", ()) if tells(code))
    titles = [cv.get("headline"), *(one.get("title") for one in cv.get("experience", ()))]
    able = _read("\n".join(cv.get("skills", ())), language)
    wishes = cv.get("wishes", {})
    spoken = {one["language"] for one in cv.get("languages", ()) if one.get("language")}
    return Offer(
        occupations=chosen or _read("\n".join(title for title in titles if title), language).occupations(),
        skills=able.skills(),
        places=frozenset(cv.get("places", ())),
        spoken=frozenset(spoken | {language} | able.languages()),
        employment=frozenset(wishes.get("employment", ())),
        remote=bool(wishes.get("remote")),
        salary=_least(wishes.get("salary_min"), wishes.get("salary_currency")),
    )


def offered_to_employers(cv: Cv) -> Offer:
    """What a CV offers as far as employers may see it: what the index holds."""
    return offer(cv.seen(), cv.language, FOR_EMPLOYERS)


def opening(listing: Listing) -> Opening:
    """What a listing offers and asks."""
    said = _read(f"{listing.title}\n{sanitise.text(listing.description)}", listing.language)
    chosen = frozenset([listing.occupation] if listing.occupation and tells(listing.occupation) else [])
    return Opening(
        occupations=chosen or said.occupations(len(listing.title)),
        skills=said.skills(),
        places=frozenset(listing.places),
        language=listing.language,
        asked_languages=said.languages() - {listing.language},
        employment=frozenset(listing.employment),
        remote=listing.remote,
    )


def _alone(body: Mapping[str, Any], used: Collection[str]) -> dict[str, Any]:
    """The CV with nothing but the fields that are used."""
    left: dict[str, Any] = {}
    for member, value in body.items():
        if member in used:
            left[member] = value
        elif isinstance(value, Mapping):
            left[member] = _fields(member, value, used)
        elif isinstance(value, list):
            left[member] = [_fields(member, one, used) for one in value if isinstance(one, Mapping)]
    return left


def _fields(member: str, value: Mapping[str, Any], used: Collection[str]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if f"{member}.{name}" in used}


@dataclass(frozen=True)
class _Read:
    """A text that was read: its words and what they name."""

    text: str
    language: str
    tokens: list[Token]
    mentions: list[Mention]

    def occupations(self, before: int | None = None) -> Codes:
        """The occupations that it names, in its beginning where that is said."""
        ends = len(self.text) if before is None else before
        named = [code for mention in self.mentions if mention.end <= ends for code in mention.codes]
        return narrowest(code for code in named if occupations.known(code) and tells(code))

    def skills(self) -> Codes:
        """The first skills that it names; languages are none."""
        named = dict.fromkeys(code for mention in self.mentions for code in mention.codes)
        able = [code for code in named if skills.known(code) and not _is_language(code)]
        return frozenset(able[:MOST_SKILLS])

    def languages(self) -> Codes:
        """The languages that it names. In Finnish a language and its country are one word, but for the capital."""
        found = set()
        for token in self.tokens:
            if self.language != "fi" or self.text[token.start].islower():
                found |= {_language_names()[key] for key in token.keys if key in _language_names()}
        return frozenset(found)


def _read(text: str, language: str) -> _Read:
    tokens = analyse(text, language)
    return _Read(text, language, tokens, concepts.mentions(tokens, language))


@cache
def _language_names() -> dict[str, str]:
    return {name: code for name in languages.names() if (code := languages.code_of(name))}


@lru_cache(maxsize=5_000)
def _is_language(skill: str) -> bool:
    return languages.code_of(skills.label(skill, "en")) is not None


def _least(amount: float | None, currency: str | None) -> tuple[str, int] | None:
    """The lowest step of a monthly salary that is no less than this; None beyond the steps that listings have."""
    if amount is None or currency not in SALARY_STEPS:
        return None
    step = SALARY_STEPS[currency]
    steps = int((Decimal(str(amount)) / step).to_integral_value(ROUND_CEILING))
    return (currency, steps * step) if steps <= SALARY_TOP else None
