"""CVs for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from api import cv_levels
from api.cv_schema import load_cv

_LINE = st.text(max_size=20) | st.sampled_from(["C, C++; C#", "3 < 5", "<senior>", "• a", "- b", "R&D", "&amp;"])
_TEXT = st.lists(_LINE, max_size=3).map("\n".join)
_DATE = st.sampled_from(["2019", "2019-08", "2019-08-15"])
_LATER = st.sampled_from(["2019", "2020-01", "2021-12-31"])
_CODES = st.sampled_from(["fi", "sv", "en", "se", "de", "ar", "nb", "no", "zh"])
_LEVELS = st.sampled_from([*cv_levels.LEVELS, None])


def _some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def held_by_both() -> st.SearchStrategy[dict[str, Any]]:
    """CVs with nothing but what JSON Resume and Europass hold as well (JSON Resume has no language of the CV)."""
    contact = _some(
        name=_LINE,
        email=st.just("kaisa@mail.example"),
        phone=st.just("+358 40 123 4567"),
        url=st.just("https://kaisa.example/cv?a=1&b=2"),
        address=_TEXT,
    )
    work = _some(title=_LINE, employer=_LINE, start=_DATE, end=_LATER, description=_TEXT)
    studies = _some(title=_LINE, school=_LINE, field=_LINE, start=_DATE, end=_LATER, description=_TEXT)
    language = st.fixed_dictionaries({"language": _CODES, "level": _LEVELS})
    return _some(
        headline=_LINE,
        summary=_TEXT,
        language=st.sampled_from(["fi", "sv", "en"]),
        experience=st.lists(work, max_size=3),
        education=st.lists(studies, max_size=3),
        skills=st.lists(_LINE, max_size=4),
        languages=st.lists(language, max_size=4, unique_by=lambda item: item["language"]),
        contact=contact,
    ).map(load_cv)
