"""What suggestions go by: this much of a CV and of a listing, and nothing else of either."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

from mappings.analysis import asked_phrase, concepts
from mappings.analysis.stretches import around
from mappings.nearness import Codes, narrowest, tells
from store import languages, occupations, sanitise, skills
from store.criteria import SALARY_STEPS, SALARY_TOP
from store.listings import Listing

# Every field of a CV is in one of these two, by its path. What is not in USED never gets past `_alone`, so no field is
# used because somebody forgot to decide.
USED = {
    "headline": "the occupations that it names, where the person chose none",
    "experience.title": "likewise",
    "skills": "the skills of ESCO that they name, else their own words",
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

# Of the skills of one CV or listing so many count: OpenSearch takes a thousand clauses. Skills of more words than these
# are sentences, and are not looked for word by word.
MOST_SKILLS = 80
MOST_WORDS = 2
MOST_PHRASES = 60_000  # below OpenSearch's limit of 65,536 terms; longer texts than people write have more


@dataclass(frozen=True)
class Offer:
    """What a CV offers and wishes. `own_words` are the skills that ESCO does not name, as they were written, each with
    the phrases of keys that it stands for (`mappings.analysis`); `spoken` are codes of ISO 639-1; `salary` is the least
    that is wished for a month, as a currency and an amount in its steps (`store.criteria.SALARY_STEPS`)."""

    occupations: Codes
    skills: Codes
    own_words: Mapping[str, tuple[str, ...]]
    places: Codes
    spoken: Codes
    employment: Codes
    remote: bool
    salary: tuple[str, int] | None

    @property
    def phrases(self) -> Codes:
        """Whatever its own words stand for."""
        return frozenset(phrase for phrases in self.own_words.values() for phrase in phrases)

    def named(self) -> list[str]:
        """What stands for it in the index of CVs."""
        spoken = {language_token(one) for one in self.spoken}
        return sorted(self.occupations | self.skills | self.places | spoken | set(map(phrase_token, self.phrases)))


@dataclass(frozen=True)
class Opening:
    """What a listing offers and asks. `asked_languages` are those that its text names, besides the one it is written
    in; `text` is that of the index, and `salary` the tokens of every monthly salary up to the highest it pays."""

    occupations: Codes
    skills: Codes
    text: tuple[str, ...]
    places: Codes
    language: str
    asked_languages: Codes
    employment: Codes
    remote: bool
    salary: Codes

    @cached_property
    def phrases(self) -> Codes:
        """Each key of its words, and each two of neighbours."""
        found: set[str] = set()
        for text in self.text:
            words = [keys.split("|") for keys in text.split()]
            found.update(key for keys in words for key in keys)
            found.update(f"{one} {other}" for before, after in pairwise(words) for one in before for other in after)
        return frozenset(sorted(found)[:MOST_PHRASES]) if len(found) > MOST_PHRASES else frozenset(found)

    def named(self) -> list[str]:
        """What stands for it in the index of listings, beside what searches ask."""
        return sorted(self.occupations | self.places | set(map(language_token, self.asked_languages)))


def language_token(language: str) -> str:
    """What stands for a language among the codes."""
    return f"language:{language}"


def phrase_token(phrase: str) -> str:
    """What stands for words among the codes."""
    return f"words:{phrase}"


def offer(body: Mapping[str, Any], language: str, used: Collection[str] = frozenset(USED)) -> Offer:
    """What a CV in this language offers, by those of its fields whose paths are in `used`."""
    cv = _alone(body, used)
    chosen = frozenset(code for code in cv.get("occupations", ()) if tells(code))
    titles = [cv.get("headline"), *(one.get("title") for one in cv.get("experience", ()))]
    able = list(dict.fromkeys(cv.get("skills", ())))[:MOST_SKILLS]
    named = {skill: concepts.named(skill, language) & _skills() for skill in able}
    known = {skill: _languages(skill, language) for skill in able}
    wishes = cv.get("wishes", {})
    spoken = {one["language"] for one in cv.get("languages", ()) if one.get("language")}
    return Offer(
        occupations=chosen or _occupations([title for title in titles if title], language),
        skills=_some(code for codes in named.values() for code in codes),
        own_words={
            skill: phrases for skill in able if not (named[skill] or known[skill]) and (phrases := _phrases(skill))
        },
        places=frozenset(cv.get("places", ())),
        spoken=frozenset(spoken | {language}).union(*known.values()),
        employment=frozenset(wishes.get("employment", ())),
        remote=bool(wishes.get("remote")),
        salary=_least(wishes.get("salary_min"), wishes.get("salary_currency")),
    )


def to_employers(seen: Mapping[str, Any], language: str) -> Offer:
    """What a CV offers as far as employers may see it (`cv.seen()`): what the index holds."""
    return offer(seen, language, FOR_EMPLOYERS)


def opening(listing: Listing, asked: Mapping[str, Any]) -> Opening:
    """What a listing offers and asks; `asked` is what the index has of it (`mappings.listing.asked`)."""
    chosen = frozenset([listing.occupation] if listing.occupation and tells(listing.occupation) else [])
    text = tuple(asked.get("text", ()))
    said = f"{listing.title}\n{sanitise.public_text(listing.description)}"
    return Opening(
        occupations=chosen or _occupations([listing.title], listing.language),
        skills=_some(_skills().intersection(asked.get("concept", ()))),
        text=text,
        places=frozenset(listing.places),
        language=listing.language,
        asked_languages=_languages(said, listing.language) - {listing.language},
        employment=frozenset(listing.employment),
        remote=listing.remote,
        salary=frozenset(asked.get("salary", ())),
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


def _occupations(titles: Iterable[str], language: str) -> Codes:
    named = {code for title in titles for code in concepts.named(title, language)}
    return narrowest(code for code in named if occupations.known(code) and tells(code))


def _some(codes: Iterable[str]) -> Codes:
    return frozenset(sorted(set(codes))[:MOST_SKILLS])


def _phrases(skill: str) -> tuple[str, ...]:
    return tuple(" ".join(keys) for keys in asked_phrase(skill) if len(keys) <= MOST_WORDS)


def _languages(text: str, language: str) -> Codes:
    """The languages that a text names. In Finnish a language and its country are one word, but for the capital."""
    found = set()
    names = _language_names()
    for stretch in around(text, language, _language_reach()):
        for token in stretch:
            if language != "fi" or text[token.start].islower():
                found |= {names[key] for key in token.keys if key in names}
    return frozenset(found)


@cache
def _skills() -> Codes:
    """All skills of ESCO but languages, which are asked for by themselves."""
    return frozenset(one.code for one in skills.all() if languages.code_of(skills.label(one.code, "en")) is None)


@cache
def _language_names() -> dict[str, str]:
    return {name: code for name in languages.names() if (code := languages.code_of(name))}


@cache
def _language_reach() -> dict[str, int]:
    return dict.fromkeys(_language_names(), 1)


def _least(amount: float | None, currency: str | None) -> tuple[str, int] | None:
    """The lowest step of a monthly salary that is no less than this; None beyond the steps that listings have."""
    if amount is None or currency not in SALARY_STEPS:
        return None
    step = SALARY_STEPS[currency]
    steps = int((Decimal(str(amount)) / step).to_integral_value(ROUND_CEILING))
    return (currency, steps * step) if steps <= SALARY_TOP else None
