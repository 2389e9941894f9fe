"""Why a job or a candidate is suggested: the reasons, out of the two rows, and what each of them weighs and says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from mappings import nearness, offered, suggested
from mappings.analysis import concepts
from mappings.listing import salary_token
from mappings.nearness import Codes
from mappings.offered import Offer, Opening
from store import languages, wording
from store.cvs import Cv
from store.listings import Listing

Kind = Literal[
    "same_occupation",
    "near_occupation",
    "related_occupation",
    "skills",
    "other_skills",
    "place",
    "nearby",
    "remote",
    "language",
    "asked_languages",
    "employment",
    "salary",
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Reason:
    """One reason. `codes` are what it is about: of the listing, but for the salary, which is the person's wish, and for
    skills that have no code, which are as the CV writes them."""

    kind: Kind
    weight: int
    codes: tuple[str, ...]


def for_person(cv: Cv, listing: Listing) -> tuple[Reason, ...]:
    """Why this listing suits the person's own CV, as `between`. What the person hides from others counts: nobody else
    reads it."""
    return between(offered.offer(cv.body, cv.language), suggested.opening_of(listing))


def for_employer(cv: Cv, listing: Listing) -> tuple[Reason, ...]:
    """Why this CV, as employers see it, suits the listing, as `between`."""
    return between(offered.to_employers(cv.seen(), cv.language), suggested.opening_of(listing))


def between(offer: Offer, opening: Opening) -> tuple[Reason, ...]:
    """Why the two suit, the weightiest first; empty where they do not, and neither is suggested for the other. The sum
    of the weights is the score in the index, whichever of the two is looked for."""
    found = [*_occupation(offer, opening), *_skills(offer, opening)]
    if not found:
        return ()
    kinds: list[tuple[Kind, int, Iterable[str]]] = [
        ("language", suggested.LANGUAGE, {opening.language} & offer.spoken),
        ("asked_languages", suggested.ASKED_LANGUAGE, opening.asked_languages & offer.spoken),
        ("employment", suggested.EMPLOYMENT, opening.employment & offer.employment),
    ]
    found += _place(offer, opening)
    found += [Reason("remote", suggested.REMOTE, ())] if offer.remote and opening.remote else []
    found += [Reason(kind, weight, tuple(sorted(codes))) for kind, weight, codes in kinds if codes]
    if offer.salary and salary_token(*offer.salary) in opening.salary:
        currency, amount = offer.salary
        found.append(Reason("salary", suggested.SALARY, (currency, str(amount))))
    return tuple(sorted(found, key=lambda reason: -reason.weight))


def said(reason: Reason, language: str) -> str:
    """The reason as a person would read it, in `fi`, `sv` or `en`."""
    _ = wording.translator(language).gettext
    if reason.kind == "remote":
        return wording.remote(True, language)
    if reason.kind == "salary":
        currency, amount = reason.codes
        return wording.least_salary(int(amount), currency, language)
    names = ", ".join(_names(reason, language))
    said_ = {
        "same_occupation": _("the occupation: %(names)s"),
        "near_occupation": _("a very similar occupation: %(names)s"),
        "related_occupation": _("a related occupation: %(names)s"),
        "skills": _("skills: %(names)s"),
        "other_skills": _("other skills: %(names)s"),
        "place": _("the place: %(names)s"),
        "nearby": _("nearby: %(names)s"),
        "language": _("the language of the listing: %(names)s"),
        "asked_languages": _("languages that the listing mentions: %(names)s"),
        "employment": _("form of employment: %(names)s"),
    }
    return said_[reason.kind] % {"names": names}


def _names(reason: Reason, language: str) -> list[str]:
    if reason.kind in ("language", "asked_languages"):
        return [languages.name_of(code, language) for code in reason.codes]
    if reason.kind == "other_skills":
        return list(reason.codes)
    if reason.kind == "employment":
        return [wording.employment(code, language) for code in reason.codes]
    return [concepts.label(code, language) for code in reason.codes]


def _occupation(offer: Offer, opening: Opening) -> list[Reason]:
    return _nearest(
        [
            ("same_occupation", suggested.SAME, nearness.same),
            ("near_occupation", suggested.NEAR, nearness.near),
            ("related_occupation", suggested.RELATED, nearness.related),
        ],
        offer.occupations,
        opening.occupations,
    )


def _place(offer: Offer, opening: Opening) -> list[Reason]:
    return _nearest(
        [("place", suggested.PLACE, nearness.inside), ("nearby", suggested.NEARBY, nearness.nearby)],
        offer.places,
        opening.places,
    )


def _nearest(steps: list[tuple[Kind, int, Callable[[str], Codes]]], wished: Codes, there: Codes) -> list[Reason]:
    """The first of the steps that any two of these meet; it alone is told, with what of the listing meets it."""
    for kind, weight, near in steps:
        met = {code for one in wished for code in near(one) & there}
        if met:
            return [Reason(kind, weight, tuple(sorted(met)))]
    return []


def _skills(offer: Offer, opening: Opening) -> list[Reason]:
    common = offer.skills & opening.skills
    found = [Reason("skills", sum(suggested.SKILLS[: len(common)]), tuple(sorted(common)))] if common else []
    said_there = [skill for skill, phrases in offer.own_words.items() if not opening.phrases.isdisjoint(phrases)]
    return found + ([Reason("other_skills", suggested.OWN_WORDS, tuple(said_there))] if said_there else [])
