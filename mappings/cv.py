"""What the index holds of a CV: a pure function of the row, and nothing that employers may not see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mappings import offered
from mappings.analysis import concepts, stacked
from mappings.indexes import candidate_fields
from store import occupations, places, terms, visibility
from store.cvs import Cv

LONGEST_SKILL = 100  # characters of a skill that is counted; longer ones are searched as text


def document(cv: Cv | None) -> dict[str, Any]:
    """The document of a CV; an empty tombstone for one that is gone, or that its owner keeps private. What suggestions
    go by (`named`) is there only where the person lets themselves be suggested."""
    if cv is None or not cv.findable or cv.shown_at is None:
        return {"visible": False}
    titled = {code for title in _titles(cv.seen()) for code in concepts.named(title, cv.language)}
    named = {"named": offered.offered_to_employers(cv).named()} if cv.suggestible else {}
    return {
        "id": str(cv.id),
        "shown_at": cv.shown_at.isoformat(),
        "title_concept": sorted(concepts.above(titled)),
        **visibility.facts(cv),
        **named,
        **asked(cv),
    }


def asked(cv: Cv) -> dict[str, Any]:
    """The part of the document that searches can ask: what is percolated.

    Words are as `mappings.analysis` writes them; `text` holds all of them. Codes come with everything above them.
    """
    seen = cv.seen()
    experience, education = seen.get("experience", []), seen.get("education", [])
    skills = seen.get("skills", [])
    titles = _titles(seen)
    employers = [one.get("employer") for one in experience]
    schooling = [one.get(field) for one in education for field in ("title", "school", "field", "description")]
    wishes = seen.get("wishes", {})
    # Separate values, so that a phrase does not reach from one into the next.
    texts = {
        "title": titles,
        "skill_text": skills,
        "employer": employers,
        "education": schooling,
        "text": [
            *titles,
            seen.get("summary"),
            *employers,
            *(one.get("description") for one in experience),
            *schooling,
            *skills,
            wishes.get("text"),
        ],
    }
    in_words = {code for one in texts["text"] if one for code in concepts.named(one, cv.language)}
    filled: dict[str, Any] = {
        name: [stacked(one, cv.language) for one in values if one] for name, values in texts.items()
    }
    filled |= {
        "concept": sorted(concepts.above({*in_words, *seen.get("places", []), *seen.get("occupations", [])})),
        "language": cv.language,
        "place": sorted({above for code in seen.get("places", []) for above in places.ancestors(code)}),
        "occupation": sorted(_above(seen.get("occupations", []))),
        "spoken": sorted({one["language"] for one in seen.get("languages", []) if one.get("language")}),
        "wished": sorted(wishes.get("employment", [])),
        "remote": "true" if wishes.get("remote") else None,
        "skill": sorted({plain for one in skills if len(plain := terms.plain(one)) <= LONGEST_SKILL}),
    }
    return {name: value for name, value in filled.items() if value and name in candidate_fields()}


def _titles(seen: dict[str, Any]) -> list[str]:
    return [
        title for title in (seen.get("headline"), *(one.get("title") for one in seen.get("experience", []))) if title
    ]


def _above(codes: Iterable[str]) -> set[str]:
    return {above for code in codes for above in occupations.ancestors(code)}
