"""Suggestions on the real engine: the order is that of the reasons, and nobody is suggested who may not be seen."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from mappings.client import client
from mappings.indexes import alias
from matcher import reasons, suggested_candidates, suggested_jobs
from matcher.suggested_candidates import Candidates
from matcher.suggested_jobs import SuggestedJobs
from store import access_log, cvs, employers, entrances, listings, skills, visibility
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from store.listings import Listing
from tests.conftest import Services
from tests.making import publish
from tests.recruiting import person, recruiter

Work = Callable[[], int]

EMPLOYER = "Rekry Oy"
NURSE = "http://data.europa.eu/esco/occupation/8d3e8aaa-791b-4c75-a465-f3f827028f50"
SPECIALIST_NURSE = "http://data.europa.eu/esco/occupation/18e14e61-495b-44cc-a7c6-df4c625934ba"
SKILLS = ("Python", "Java", "SQL", "projektinhallinta", "asiakaspalvelu", "C++", "Triage", "React Native")
OCCUPATIONS = ("isco-2221", NURSE, SPECIALIST_NURSE, "isco-2512", "isco-25", "isco-2513", "isco-5120", "isco-2")
PLACES = ("fi-837", "fi-536", "fi-091", "fi-r06", "fi", "se-0180", "fi-049")
TITLES = ("Sairaanhoitaja", "Kokki", "Ohjelmistokehittäjä", "Avustaja", "Systemutvecklare", "Software developer")


def refresh() -> None:
    for kind in ("listings", "cvs"):
        client().indices.refresh(index=alias(kind))


def jobs(cv: Cv, size: int = 100, **options: Any) -> SuggestedJobs:
    with transaction() as session:
        return suggested_jobs.suggest(session, session.get_one(Cv, cv.id), size, **options)


def candidates(by: Account, listing: Listing, size: int = 100) -> Candidates:
    with transaction() as session:
        return suggested_candidates.suggest(session, entrances.enter(session, by.id), listing, size)


def ids(found: Candidates) -> list[UUID]:
    return [one.cv.id for one in found.candidates]


def total(found: tuple[reasons.Reason, ...]) -> int:
    return sum(one.weight for one in found)


def some(chance: random.Random, among: tuple[str, ...], most: int) -> list[str]:
    return chance.sample(among, chance.randint(0, most))


@pytest.fixture
def population(work: Work) -> tuple[list[Cv], list[Listing], Account]:
    """CVs and listings of all kinds, with more than usual in common."""
    chance = random.Random(11)
    with transaction() as session:
        people = [
            person(
                session,
                None,
                headline=chance.choice(TITLES),
                language=chance.choice(("fi", "sv", "en")),
                occupations=some(chance, OCCUPATIONS, 2),
                skills=some(chance, SKILLS, 6),
                places=some(chance, PLACES, 2),
                languages=[{"language": code, "level": "B2"} for code in some(chance, ("sv", "en", "de"), 2)],
                wishes={
                    "employment": some(chance, ("full_time", "part_time"), 1),
                    "remote": chance.random() < 0.5,
                    "salary_min": chance.choice((2500, 3050.5, 25000)),
                    "salary_currency": "EUR",
                },
                visible=number > 3,
            )
            for number in range(40)
        ]
        for number in range(40):
            publish(
                session,
                f"a-{number}",
                by=EMPLOYER,
                title=chance.choice(TITLES),
                description=f"<p>{', '.join(some(chance, SKILLS, 7))}. {chance.choice(('ruotsin', 'Swedish'))}</p>",
                language=chance.choice(("fi", "sv", "en")),
                places=tuple(some(chance, PLACES, 2)) or ("fi-091",),
                occupation=chance.choice((None, *OCCUPATIONS)),
                employment=(chance.choice(("full_time", "part_time")),),
                remote=chance.random() < 0.3,
                salary=chance.choice((None, 2600, 3100)),
            )
        by = recruiter(session, EMPLOYER)
    work()
    refresh()
    with transaction() as session:
        return people, list(listings.all_open(session)), by


@pytest.mark.promise("A10")
def test_jobs_are_suggested_by_the_sum_of_their_reasons(population: tuple[list[Cv], list[Listing], Account]) -> None:
    people, published, _ = population
    kinds = set()
    for cv in people:
        expected = {one.id: total(found) for one in published if (found := reasons.for_person(cv, one))}
        answer = jobs(cv)
        assert answer.total == len(expected) == len(answer.jobs)
        order = sorted(expected, key=lambda one: (expected[one], one), reverse=True)
        assert [one.listing.id for one in answer.jobs] == order
        assert [total(one.reasons) for one in answer.jobs] == [expected[one] for one in order]
        kinds |= {reason.kind for one in answer.jobs for reason in one.reasons}
    assert kinds == set(reasons.KINDS)


@pytest.mark.promise("R4")
def test_candidates_are_suggested_by_the_sum_of_their_reasons(
    population: tuple[list[Cv], list[Listing], Account],
) -> None:
    people, published, by = population
    kinds = set()
    for listing in published:
        expected = {
            one.id: total(found) for one in people if one.visible and (found := reasons.for_employer(one, listing))
        }
        answer = candidates(by, listing)
        assert answer.total == len(expected)
        order = sorted(expected, key=lambda one: (expected[one], one), reverse=True)
        assert ids(answer) == order
        assert [total(one.reasons) for one in answer.candidates] == [expected[one] for one in order]
        kinds |= {reason.kind for one in answer.candidates for reason in one.reasons}
    assert kinds == set(reasons.KINDS) - {"salary"}


def test_pages_of_jobs_go_on(population: tuple[list[Cv], list[Listing], Account]) -> None:
    cv = max(population[0], key=lambda one: jobs(one).total)
    whole = [one.listing.id for one in jobs(cv).jobs]
    assert len(whole) > 6
    first = jobs(cv, 3)
    assert first.next is not None
    second = jobs(cv, 3, after=first.next)
    assert [one.listing.id for one in (*first.jobs, *second.jobs)] == whole[:6]
    assert [one.listing.id for one in jobs(cv, 3, page=2).jobs] == whole[3:6]
    assert jobs(cv, len(whole)).next is None


def test_of_as_many_skills_as_there_can_be_the_reasons_hold(clean: Services, work: Work) -> None:
    esco = [one.labels[2] for one in skills.all()[:3000:15]]
    own = [f"zork{number} blint{number}" for number in range(200)]
    with transaction() as session:
        people = [
            person(session, None, language="en", skills=some_skills, occupations=[])
            for some_skills in (own, esco, [*own[:40], *esco[:40]], own[:1])
        ]
        by = recruiter(session, EMPLOYER)
        text = f"<p>{'. '.join(esco)}</p><p>{' and '.join(own)}</p>"
        listing = publish(session, by=EMPLOYER, title="Work", language="en", description=text)
    work()
    refresh()
    for cv in people:
        [one] = jobs(cv).jobs
        assert one.reasons == reasons.for_person(cv, listing)
        assert {"skills", "other_skills"} & {reason.kind for reason in one.reasons}
    assert set(ids(candidates(by, listing))) == {cv.id for cv in people}


@pytest.mark.promise("R4", "A3", "A8")
def test_only_whom_the_recruiter_may_see_and_who_allows_it(clean: Services, work: Work) -> None:
    with transaction() as session:
        hidden, blocking, quiet, waiting, shown = (person(session, None) for _ in range(5))
        listing = publish(session, by=EMPLOYER, occupation="isco-2221")
        by = recruiter(session, EMPLOYER)
    assert candidates(by, listing).total == 0  # what is owed to the index is left out
    work()
    assert set(ids(candidates(by, listing))) == {one.id for one in (hidden, blocking, quiet, waiting, shown)}
    for apply in range(2):
        with transaction() as session:
            if not apply:
                cvs.show(session, session.get_one(Cv, hidden.id), False)
                cvs.block(session, session.get_one(Cv, blocking.id), [visibility.name_key("Rekry")])
                cvs.let_be_suggested(session, session.get_one(Cv, quiet.id), False)
                cvs.hide_fields(session, session.get_one(Cv, waiting.id), ["occupations", "headline", "experience"])
        found = candidates(by, listing)
        assert (found.total, ids(found)) == (1, [shown.id])
        work()
    with transaction() as session:
        cvs.let_be_suggested(session, session.get_one(Cv, quiet.id), True)
    work()
    assert ids(candidates(by, listing)) == [shown.id, quiet.id]
    with transaction() as session:
        employers.withdraw(session, employers.named(session, EMPLOYER))
    assert candidates(by, listing).total == 0


@pytest.mark.promise("A9", "R4")
def test_whoever_is_suggested_can_read_for_which_listing(clean: Services, work: Work) -> None:
    with transaction() as session:
        cv = person(session)
        listing = publish(session, by=EMPLOYER, title="Sairaanhoitaja osastolle")
        by = recruiter(session, EMPLOYER)
    work()
    assert ids(candidates(by, listing)) == [cv.id]
    with transaction() as session:
        [look] = access_log.of_person(session, cv, None, 10)
    assert (look.action, look.employer) == (access_log.FOUND, EMPLOYER)
    assert look.asked == {"listing": {"id": str(listing.id), "title": "Sairaanhoitaja osastolle"}, "rules": "1"}
