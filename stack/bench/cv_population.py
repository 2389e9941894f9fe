"""The people in a benchmark of the CV search: CVs drawn from occupations and skills in three languages, by seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from store import clock, occupations, places, settings
from store.places import Place

SAMPLES = Path(__file__).parents[2] / "samples" / "cvs.ndjson"
LANGUAGES = ("fi", "sv", "en")
BATCH = 2000


@cache
def samples() -> dict[str, list[dict[str, Any]]]:
    """The sample CVs by their language."""
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    return {language: [row for row in rows if row["language"] == language] for language in LANGUAGES}


@cache
def _municipalities() -> list[Place]:
    return [place for place in places.all() if place.kind == "municipality"]


@cache
def _occupations() -> list[str]:
    return [one.code for one in occupations.all() if one.code.startswith("http")]


def body(number: int, seed: int) -> dict[str, Any]:
    """The CV of person `number`: the words of three sample CVs of one language, occupations and places of its own."""
    draw = random.Random(f"{seed} cv {number}")  # noqa: S311 - a benchmark wants the same draw every time
    language = draw.choices(LANGUAGES, (5, 3, 2))[0]
    first, second, third = (draw.choice(samples()[language]) for _ in range(3))
    occupation = draw.choice(_occupations())
    title = occupations.label(occupation, language)
    skills = {*first.get("skills", []), *draw.sample(second.get("skills", ["Word"]), 1)}
    return {
        "headline": title,
        "summary": f"{first.get('summary', '')} {second.get('summary', '')}".strip(),
        "language": language,
        "experience": [{**one, "title": title} for one in first.get("experience", [])[:1]]
        + [*second.get("experience", []), *third.get("experience", [])[:2]],
        "education": [*third.get("education", [])],
        "skills": sorted(skills),
        "languages": first.get("languages", []),
        "places": [draw.choice(_municipalities()).code for _ in range(draw.choice((1, 1, 2)))],
        "occupations": [occupation],
        "contact": {"name": f"Person {number}", "email": f"person{number}@mail.example"},
    }


_PERSONS = text("""
    WITH given AS (
        SELECT * FROM unnest(CAST(:emails AS text[]), CAST(:languages AS text[]), CAST(:bodies AS text[]))
            AS g(email, language, body)
    ), persons AS (
        INSERT INTO accounts (email, role, language, confirmed_at, active_at, created_at)
        SELECT email, 'person', language, :now, :now, :now FROM given RETURNING id, email
    )
    SELECT p.id, g.language, g.body FROM persons AS p JOIN given AS g USING (email)
""")
_CONSENTS = text("""
    INSERT INTO consents (account_id, purpose, terms_version, source, given_at)
    SELECT unnest(CAST(:ids AS uuid[])), 'terms', :version, 'bench', :now
""")
_CVS = text("""
    INSERT INTO cvs (account_id, body, language, visible)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:bodies AS jsonb[]), CAST(:languages AS text[]),
        CAST(:visible AS boolean[]))
""")


def load(session: Session, start: int, stop: int, seed: int) -> None:
    """Persons with visible CVs, through the triggers as all are."""
    bodies = [body(number, seed) for number in range(start, stop)]
    given = {
        "emails": [one["contact"]["email"] for one in bodies],
        "languages": [one["language"] for one in bodies],
        "bodies": [json.dumps(one) for one in bodies],
        "now": clock.now(),
    }
    rows = session.execute(_PERSONS, given).all()
    ids = [row.id for row in rows]
    session.execute(_CONSENTS, {"ids": ids, "version": settings.get().terms_version, "now": clock.now()})
    session.execute(
        _CVS,
        {
            "ids": ids,
            "bodies": [row.body for row in rows],
            "languages": [row.language for row in rows],
            "visible": [True] * len(ids),
        },
    )


def batches(count: int) -> Iterator[tuple[int, int]]:
    """Ranges of persons that are loaded at a time."""
    for start in range(0, count, BATCH):
        yield start, min(start + BATCH, count)


def searches(count: int, seed: int) -> list[dict[str, Any]]:
    """What recruiters send to POST /cvs/search: words with operators, mostly with a place, sometimes with facets."""
    draw = random.Random(f"{seed} searches")  # noqa: S311
    asked: list[dict[str, Any]] = []
    while len(asked) < count:
        language = draw.choices(LANGUAGES, (5, 3, 2))[0]
        cv = draw.choice(samples()[language])
        words = [word for word in cv.get("summary", "").split() if word.isalpha() and len(word) > 4]
        skills = cv.get("skills", [])
        if len(words) < 2 or not skills:
            continue
        one, other = draw.sample(words, 2)
        text_ = draw.choice((f"{one} AND {other}", f"{one} OR {other}", f'skill:"{draw.choice(skills)}"', one))
        criteria: dict[str, Any] = {}
        if draw.random() < 0.7:
            criteria["places"] = [places.ancestors(draw.choice(_municipalities()).code)[draw.choice((1, 1, 2))]]
        if draw.random() < 0.2:
            criteria["languages"] = [draw.choice(("fi", "sv", "en"))]
        asked.append({"text": text_, "criteria": criteria, "facets": draw.random() < 0.5, "size": 20})
    return asked
