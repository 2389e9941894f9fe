"""What the index holds of a CV: a pure function of the row, and nothing that employers may not see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    seen = cv.seen()
    titles = [text for field, text in texts(seen) if field == "title"]
    titled = {code for title in titles for code in concepts.named(title, cv.language)}
    named = {"named": offered.to_employers(seen, cv.language).named()} if cv.suggestible else {}
    return {
        "id": str(cv.id),
        "shown_at": cv.shown_at.isoformat(),
        "title_concept": sorted(concepts.above(titled)),
        **visibility.facts(cv),
        **named,
        **asked(seen, cv.language),
    }


def asked(seen: dict[str, Any], language: str) -> dict[str, Any]:
    """The part of the document that searches can ask, of what employers may see of a CV (`cv.seen()`): what is
    percolated.

    Words are as `mappings.analysis` writes them; `text` holds all of them. Codes come with everything above them.
    """
    # Separate values, so that a phrase does not reach from one into the next.
    filled: dict[str, Any] = {}
    in_words: set[str] = set()
    for field, text in texts(seen):
        written = stacked(text, language)
        for name in {field, "text"}:
            filled.setdefault(name, []).append(written)
        in_words |= concepts.named(text, language)
    skills, wishes = seen.get("skills", []), seen.get("wishes", {})
    filled |= {
        "concept": sorted(concepts.above({*in_words, *seen.get("places", []), *seen.get("occupations", [])})),
        "language": language,
        "place": sorted({above for code in seen.get("places", []) for above in places.ancestors(code)}),
        "occupation": sorted(_above(seen.get("occupations", []))),
        "spoken": sorted({one["language"] for one in seen.get("languages", []) if one.get("language")}),
        "wished": sorted(wishes.get("employment", [])),
        "remote": "true" if wishes.get("remote") else None,
        "skill": sorted({plain for one in skills if len(plain := terms.plain(one)) <= LONGEST_SKILL}),
    }
    return {name: value for name, value in filled.items() if value and name in candidate_fields()}


def texts(seen: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of a CV (`cv.seen()`), each with the field of the index that holds it beside `text`, which holds all;
    `text` for what is in no other. What is not named here is neither found nor marked."""
    experience, education = seen.get("experience", []), seen.get("education", [])
    said = [
        ("title", seen.get("headline")),
        *(("title", job.get("title")) for job in experience),
        *(("skill_text", skill) for skill in seen.get("skills", [])),
        ("text", seen.get("summary")),
        *(
            (field, job.get(name))
            for job in experience
            for field, name in (("text", "description"), ("employer", "employer"))
        ),
        *(
            ("education", school.get(name))
            for school in education
            for name in ("title", "school", "field", "description")
        ),
        ("text", seen.get("wishes", {}).get("text")),
    ]
    return ((field, text) for field, text in said if text)


def _above(codes: Iterable[str]) -> set[str]:
    return {above for code in codes for above in occupations.ancestors(code)}
