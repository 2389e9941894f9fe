"""The three forms of the rule are one: SQL on rows, the filter of the CV index and the filter of stored searches give
the same pairs of CV and viewer, which are those of the rule as it is said here.

That no change of `store/visibility.py` goes unnoticed by this test and `tests/unit/test_visibility.py` together is
shown by `python scripts/mutate_visibility.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mappings import indexes
from mappings.client import client
from store import accounts, consents, cvs, employers, settings, visibility
from store.accounts import Account
from store.cvs import Cv
from store.database import transaction
from tests.conftest import Services

CVS, SEARCHES = "scratch-cvs", "scratch-searches"
OLD, NEW = "the secret of last year, at least 32 long", "the secret of this year, at least 32 long"

# Names by what distinguishes them, each with ways to write it.
WRITTEN = {
    "nokia": ("Nokia Oyj", "NOKIA", "nokia  Abp"),
    "nokia tyres": ("Nokia Tyres Oyj", "Oy Nokia Tyres Ab"),
    "oy": ("Oy",),
    "telia": ("Telia AB (publ)", "telia"),
}
IDS = ("fi:01120389", "fi:19274001", "se:5560360793")
DOMAINS = ("nokia.example", "hr.nokia.example", "mail.hr.nokia.example", "telia.example", "another-nokia.example")

names = st.sampled_from([(bare, written) for bare, all_ in WRITTEN.items() for written in all_])


@dataclass(frozen=True)
class Company:
    name: tuple[str, str]
    business_id: str | None
    domains: frozenset[str]
    parent: int | None
    approved: bool


@dataclass(frozen=True)
class Blocked:
    """Whom somebody blocks: names as they write them, ids, domains."""

    names: frozenset[tuple[str, str]]
    ids: frozenset[str]
    domains: frozenset[str]


@dataclass(frozen=True)
class Candidate:
    visible: bool
    consented: bool
    blocked: Blocked


@dataclass(frozen=True)
class World:
    companies: list[Company]
    recruiters: list[tuple[int, str | None, bool]]  # of which company, with which address; whether an admin looks yet
    candidates: list[Candidate]
    rotated: str


def few(values: st.SearchStrategy[Any]) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(values, max_size=2)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    given_names = draw(st.lists(names, unique_by=lambda one: one[1], min_size=1, max_size=5))
    ids = draw(st.permutations([*IDS, None, None]))
    companies = [
        Company(
            name=name,
            business_id=ids[number],
            domains=draw(few(st.sampled_from(DOMAINS))),
            parent=draw(st.none() | st.integers(0, number - 1)) if number else None,
            approved=draw(st.sampled_from([True, True, True, False])),
        )
        for number, name in enumerate(given_names)
    ]
    recruiters = [
        (
            number,
            draw(st.none() | st.sampled_from(DOMAINS).map(lambda domain: f"hr@{domain}")),
            draw(st.sampled_from([False, False, False, True])),
        )
        for number in range(len(companies))
    ]
    blocked = st.builds(Blocked, few(names), few(st.sampled_from(IDS)), few(st.sampled_from(DOMAINS)))
    likely = st.sampled_from([True, True, True, False])
    candidates = draw(st.lists(st.builds(Candidate, likely, likely, blocked), min_size=1, max_size=12))
    return World(companies, recruiters, candidates, draw(st.sampled_from(["never", "since", "half"])))


def sees(world: World, recruiter: int, candidate: Candidate) -> bool:
    """The rule, as people say it."""
    number, address, waits = world.recruiters[recruiter]
    if not (world.companies[number].approved and not waits and candidate.visible and candidate.consented):
        return False
    group = [one for place, one in enumerate(world.companies) if root(world, place) == root(world, number)]
    domains = {domain for one in group for domain in one.domains} | ({address.split("@")[1]} if address else set())
    blocked = candidate.blocked
    return not (
        {bare for bare, _ in blocked.names} & {one.name[0] for one in group}
        or blocked.ids & {one.business_id for one in group}
        or any(f".{domain}".endswith(f".{one}") for domain in domains for one in blocked.domains)
    )


def root(world: World, number: int) -> int:
    parent = world.companies[number].parent
    return number if parent is None else root(world, parent)


@pytest.fixture
def scratch(clean: Services) -> Iterator[None]:
    """An empty index of CVs and one of stored searches, that nobody else writes to."""
    for name, kind in ((CVS, "cvs"), (SEARCHES, "searches")):
        client().indices.delete(index=name, params={"ignore_unavailable": "true"})
        client().indices.create(index=name, body=indexes.body(kind))
    yield
    client().indices.delete(index=f"{CVS},{SEARCHES}")
    settings.get.cache_clear()


@pytest.mark.invariant(5)
@pytest.mark.promise("A3", "A8")
def test_the_three_forms_of_the_rule_are_one(scratch: None) -> None:
    pairs = {"all": 0, "seen": 0}

    @hypothesis_settings(max_examples=25, deadline=None)
    @given(worlds())
    def hold(world: World) -> None:
        with pytest.MonkeyPatch.context() as patch:
            wanted = {
                (recruiter, number)
                for recruiter in range(len(world.recruiters))
                for number, candidate in enumerate(world.candidates)
                if sees(world, recruiter, candidate)
            }
            pairs["all"] += len(world.recruiters) * len(world.candidates)
            pairs["seen"] += len(wanted)
            by_sql, by_index, by_percolator = each_form(world, patch)
            assert by_sql == wanted
            assert by_index == wanted
            assert by_percolator == wanted

    hold()
    assert 0 < pairs["seen"] < pairs["all"]


def each_form(world: World, patch: pytest.MonkeyPatch) -> tuple[set[tuple[int, int]], ...]:
    """The pairs of viewer and CV by each form; what is indexed may have been written before the secret changed."""
    know(patch, OLD if world.rotated != "never" else NEW, "")
    with transaction() as session:
        session.execute(text("TRUNCATE accounts, employers, erasures, owed CASCADE"))
        recruiters, rows = written(session, world)
        viewers = [visibility.viewer(session, one) for one in recruiters]
        assert len(set(viewers)) <= len(recruiters)  # values, and as such kept in sets
        by_sql = {
            (number, rows.index(found))
            for number, viewer in enumerate(viewers)
            for found in session.scalars(select(Cv).where(visibility.sql(viewer)))
        }
        documents = [visibility.facts(row) for row in rows]
        searches = [visibility.of_stored_search(one) for one in viewers]
        if world.rotated != "never":
            know(patch, NEW, OLD)
            if world.rotated == "half":
                documents[::2] = [visibility.facts(row) for row in rows[::2]]
                searches[::2] = [visibility.of_stored_search(one) for one in viewers[::2]]
        fill(CVS, [{"id": str(row.id), **document} for row, document in zip(rows, documents, strict=True)])
        asked = {"query": {"match_all": {}}, "stored": True}
        fill(SEARCHES, [{"search": number, **asked, **one} for number, one in enumerate(searches)])
        ids = [str(row.id) for row in rows]
        by_index = {
            (number, ids.index(hit["_source"]["id"]))
            for number, hits in enumerate(ask(CVS, [visibility.in_index(one) for one in viewers]))
            for hit in hits
        }
        percolated = {"percolate": {"field": "query", "document": {}}}
        turned = [{"bool": {"filter": [visibility.in_percolator(row), percolated]}} for row in rows]
        by_percolator = {(int(hit["_id"]), number) for number, hits in enumerate(ask(SEARCHES, turned)) for hit in hits}
    return by_sql, by_index, by_percolator


def know(patch: pytest.MonkeyPatch, secret: str, before: str) -> None:
    patch.setenv("VAHTI_SECRET", secret)
    patch.setenv("VAHTI_PREVIOUS_SECRET", before)
    settings.get.cache_clear()


def written(session: Session, world: World) -> tuple[list[Account], list[Cv]]:
    """The world as rows."""
    companies = [employers.named(session, one.name[1]) for one in world.companies]
    for row, one in zip(companies, world.companies, strict=True):
        parent = None if one.parent is None else companies[one.parent].id
        employers.change(session, row, business_id=one.business_id, domains=sorted(one.domains), parent_id=parent)
        if one.approved:
            employers.approve(session, row)
    recruiters = [
        accounts.create(
            session,
            accounts.RECRUITER,
            f"{number}{address}" if address else None,
            employer=companies[number],
            waits=waits,
        )
        for number, address, waits in world.recruiters
    ]
    rows = []
    for candidate in world.candidates:
        person = accounts.create(session, accounts.PERSON)
        if candidate.consented:
            consents.give(session, person.id, consents.TERMS, "test")
        cv, _ = cvs.save(session, person.id, {"language": "fi"})
        keys = [visibility.name_key(name) for _, name in candidate.blocked.names]
        keys += [f"id:{number}" for number in candidate.blocked.ids]
        keys += [visibility.domain_keys(domain)[0] for domain in candidate.blocked.domains]
        cvs.block(session, cv, keys)
        cvs.show(session, cv, candidate.visible)
        session.refresh(cv)
        rows.append(cv)
    return recruiters, rows


def fill(index: str, documents: list[dict[str, Any]]) -> None:
    """These documents and no others, by their numbers."""
    client().delete_by_query(index=index, body={"query": {"match_all": {}}}, params={"refresh": "true"})
    lines: list[dict[str, Any]] = []
    for number, document in enumerate(documents):
        lines += [{"index": {"_index": index, "_id": str(number)}}, document]
    assert not client().bulk(body=lines, params={"refresh": "true"})["errors"]


def ask(index: str, queries: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The hits of each query."""
    lines: list[dict[str, Any]] = []
    for query in queries:
        lines += [{}, {"query": query, "size": 100}]
    return [one["hits"]["hits"] for one in client().msearch(index=index, body=lines)["responses"]]
