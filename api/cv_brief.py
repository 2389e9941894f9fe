"""A CV in a list, as employers see it there."""

from __future__ import annotations

from typing import Any

from store import places
from store.cvs import Cv

TITLES = 3


def brief(cv: Cv, language: str, seen: dict[str, Any] | None = None) -> dict[str, Any]:
    """What `api.cv_view.BriefCvSchema` describes, with places by their names in `fi`, `sv` or `en`. `seen` is
    `cv.seen()`, where the caller has it already."""
    seen = cv.seen() if seen is None else seen
    return {
        "id": cv.id,
        "headline": seen.get("headline"),
        "titles": [one["title"] for one in seen.get("experience", []) if one.get("title")][:TITLES],
        "skills": seen.get("skills", []),
        "places": [places.label(code, language) for code in seen.get("places", [])],
        "language": cv.language,
        "updated_at": cv.updated_at,
    }
