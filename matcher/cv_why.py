"""Why a CV was found: what of the criteria it meets, and what two CVs have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from store import languages, occupations, places, terms, wording
from store.cv_criteria import CvCriteria
from store.cvs import Cv


def why(criteria: CvCriteria, seen: dict[str, Any], words: Iterable[str], language: str) -> list[str]:
    """The members of the criteria that a CV meets, of which this is what employers see, as a person would say them:
    first the words that it has, as the engine named them, then of the choices those that hold."""
    said = list(words)
    above = {outer for code in seen.get("occupations", []) for outer in occupations.ancestors(code)}
    said += [occupations.label(code, language) for code in criteria.occupations if code in above]
    around = {outer for code in seen.get("places", []) for outer in places.ancestors(code)}
    said += [places.label(code, language) for code in criteria.places if code in around]
    if criteria.near:
        within = criteria.near.municipalities()
        said += [places.label(code, language) for code in within if code in around and code not in criteria.places]
    wished = seen.get("wishes", {})
    said += [wording.employment(code, language) for code in criteria.employment if code in wished.get("employment", [])]
    if criteria.remote and wished.get("remote"):
        said.append(wording.remote(True, language))
    spoken = {one.get("language") for one in seen.get("languages", [])}
    said += [languages.name_of(code, language) for code in criteria.languages if code in spoken]
    said += criteria.skills
    if criteria.language:
        said.append(languages.name_of(criteria.language, language))
    return list(dict.fromkeys(said))


def common(one: Cv, other: Cv, language: str) -> list[str]:
    """What two CVs share: occupations, skills and places, in words."""
    here, there = one.seen(), other.seen()
    said = [occupations.label(code, language) for code in _shared(here, there, "occupations")]
    known = {terms.plain(skill) for skill in there.get("skills", [])}
    said += [skill for skill in here.get("skills", []) if terms.plain(skill) in known]
    said += [places.label(code, language) for code in _shared(here, there, "places")]
    return said


def _shared(here: dict[str, Sequence[str]], there: dict[str, Sequence[str]], member: str) -> list[str]:
    return [code for code in here.get(member, []) if code in there.get(member, [])]
