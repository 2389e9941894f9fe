"""Invariant 6: for any listings and criteria, percolating a listing finds exactly the alerts whose search finds it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mappings.client import client, search
from mappings.indexes import body
from mappings.listing import asked, document
from mappings.query import documents, query
from matcher import percolate
from store import criteria as criteria_rows
from store.criteria import Criteria
from store.errors import Invalid
from store.listings import Listing
from store.stored_criteria import CriteriaRow
from tests.conftest import Services
from tests.making import listing_input

WORDS = [
    "sairaanhoitaja", "sairaanhoitajia", "kokki", "kokkeja", "öljy", "olja", "sjuksköterska", "sjuksköterskan",
    "utvecklare", "nurse", "nurses", "manager's", "C#", "C++", ".NET", "node.js", "e-mail", "t&k", "über", "ÅÄÖ",
    "24/7", "A\u0308iti", "äiti", "software", "developer", "ohjelmistokehittäjiä", "kock", "chef", "cook", "hoitaja",
    "lähihoitajille", "systemutvecklare", "projektledare", "Tampereella", "Helsingfors", "Lahdessa", "Lahti", "Salo",
]  # fmt: skip
PLACES = ["fi", "fi-r06", "fi-837", "fi-091", "se", "se-01", "se-0180"]
OCCUPATIONS = ["isco-2", "isco-22", "isco-2221", "isco-5120", "isco-2512"]
NAMES = ["Pohjolan hoiva", "Åsa & Co", "POHJOLAN  HOIVA"]

phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
texts = st.lists(phrases, min_size=1, max_size=5).map(" ".join)
terms = st.lists(st.one_of(st.sampled_from(WORDS), phrases.map(lambda p: f'"{p}"')), max_size=3).map(" ".join)

listings = st.builds(
    lambda **given: given,
    title=phrases,
    description=texts.map(lambda text: f"<p>{text}</p>".replace("&", "&amp;")),
    language=st.sampled_from(["fi", "sv", "en"]),
    employer=st.sampled_from(NAMES),
    places=st.lists(st.sampled_from(PLACES), max_size=2, unique=True).map(tuple),
    occupation=st.none() | st.sampled_from(OCCUPATIONS),
    employment=st.lists(st.sampled_from(criteria_rows.EMPLOYMENT), max_size=2, unique=True).map(tuple),
    remote=st.booleans(),
    salary=st.none() | st.sampled_from([900, 2000, 3050, 25_000]),
)

asked_for = st.fixed_dictionaries(
    {},
    optional={
        "text": st.tuples(terms, st.sampled_from(["", " -kokki", ' -"node.js C#"'])).map("".join),
        "exclude": terms,
        "places": st.lists(st.sampled_from(PLACES), max_size=3, unique=True),
        "occupations": st.lists(st.sampled_from(OCCUPATIONS), max_size=2, unique=True),
        "employment": st.lists(st.sampled_from(criteria_rows.EMPLOYMENT), max_size=2, unique=True),
        "remote": st.booleans(),
        "salary_min": st.sampled_from([1000, 2000, 3000, 3100, 20_000]),
        "languages": st.lists(st.sampled_from(["fi", "sv", "en"]), max_size=3, unique=True),
        "expand": st.booleans(),
        "near": st.sampled_from([{"place": "fi-837", "km": 30}, {"place": "se-0180", "km": 300}]),
        "employers": st.lists(st.sampled_from(NAMES), max_size=2),
    },
)


def row(number: int, given: dict[str, Any]) -> Listing:
    """A listing as a row that no database holds: documents are pure functions of it."""
    from datetime import UTC, datetime

    whole = listing_input(str(number), **given)
    members = {key: getattr(whole, key) for key in whole.__dataclass_fields__ if key != "published_at"}
    return Listing(
        id=uuid5(UUID(int=0), str(number)),
        state="published",
        published_at=datetime(2026, 11, 1, tzinfo=UTC),
        **members,
    )


def read(given: dict[str, Any]) -> Criteria | None:
    try:
        return criteria_rows.read(given)
    except Invalid:
        return None


@pytest.fixture(scope="module")
def empty_indexes(services: Services) -> Any:
    """Two indexes of their own, for documents that no row stands behind."""
    names = {kind: f"vahti-{kind}-same" for kind in ("listings", "alerts")}
    for kind, name in names.items():
        client().indices.create(index=name, body=body(kind))
    yield names
    for name in names.values():
        client().indices.delete(index=name)


@pytest.mark.invariant(6)
@pytest.mark.promise("L3")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(listings, min_size=1, max_size=8), st.lists(asked_for, min_size=1, max_size=12))
@example(
    [{"title": "C#", "description": "<p>.NET and C++</p>", "language": "en"}],
    [{"text": "c#"}, {"text": "c++"}, {"text": "C"}],
)
@example([{"title": "a b", "description": "<p>c d</p>"}], [{"text": '"b c"'}, {"text": '"a b"'}])
@example(
    [
        {"title": "Kock", "language": "sv"},
        {"title": "Software developer", "language": "en"},
        {"title": "Töitä Lahdessa"},
    ],
    [{"text": "kokki"}, {"text": "ohjelmistokehittäjä"}, {"text": "software developer lahti"}, {"text": "lahti"}],
)
@example(
    # Found by the words, and by what they name under another name or in another language: each is a row of its own.
    [
        {"title": "Ohjelmistokehittäjiä", "language": "fi"},
        {"title": "Developer of software", "language": "en"},
        {"title": "Mjukvaruutvecklare", "language": "sv"},
    ],
    [{"text": "software developer"}, {"text": "software developer", "expand": False}],
)
def test_percolation_finds_what_search_finds(
    empty_indexes: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    corpus: list[dict[str, Any]],
    wanted: list[dict[str, Any]],
) -> None:
    rows = [row(number, given) for number, given in enumerate(corpus)]
    asked_all = {number: one for number, given in enumerate(wanted) if (one := read(given)) is not None}
    lines: list[dict[str, Any]] = []
    for made in rows:
        lines += [{"index": {"_index": empty_indexes["listings"], "_id": str(made.id)}}, document(made)]
    for number, one in asked_all.items():
        for name, stored in documents(number, CriteriaRow(id=number, body=one.body(), live=True)).items():
            lines += [{"index": {"_index": empty_indexes["alerts"], "_id": name}}, stored]
    for index in empty_indexes.values():
        client().delete_by_query(index=index, body={"query": {"match_all": {}}}, params={"refresh": "true"})
    assert not client().bulk(body=lines, params={"refresh": "true"})["errors"]

    monkeypatch.setattr(percolate, "alias", lambda kind: empty_indexes[kind])
    percolated = percolate.find({one.id: asked(one) for one in rows})
    by_percolation = {(str(listing), number) for listing, numbers in percolated.items() for number in numbers}
    by_search = set()
    for number, one in asked_all.items():
        hits = search(empty_indexes["listings"], {"query": query(one), "size": 100})["hits"]["hits"]
        by_search |= {(hit["_id"], number) for hit in hits}
    assert by_percolation == by_search


@pytest.mark.promise("L2")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(listings, min_size=1, max_size=6))
def test_every_word_and_phrase_of_a_listing_finds_it(
    empty_indexes: dict[str, str], corpus: list[dict[str, Any]]
) -> None:
    """Whichever language it is in, whatever the word names, and whether other names are sought or not."""
    index = empty_indexes["listings"]
    rows = [row(number, given) for number, given in enumerate(corpus)]
    lines = [line for made in rows for line in ({"index": {"_index": index, "_id": str(made.id)}}, document(made))]
    client().delete_by_query(index=index, body={"query": {"match_all": {}}}, params={"refresh": "true"})
    assert not client().bulk(body=lines, params={"refresh": "true"})["errors"]
    for made in rows:
        words = made.title.split()
        sought = [*words, *(f'"{one} {other}"' for one, other in pairwise(words)), made.title]
        for text in dict.fromkeys(sought):
            for expand in (True, False):
                one = criteria_rows.read({"text": text, "expand": expand})
                hits = search(index, {"query": query(one), "size": 100})["hits"]["hits"]
                assert str(made.id) in {hit["_id"] for hit in hits}, (made.language, text, expand)


@pytest.mark.promise("L2", "L3")
def test_what_is_wider_finds_what_is_narrower(empty_indexes: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, in any language, searched and stored: and never the other way round."""
    narrow = row(1, {"title": "Anestesiasairaanhoitaja", "language": "fi", "places": ("fi-837",)})
    wide = row(2, {"title": "Sjuksköterska", "language": "sv", "places": ("fi",)})
    lines = [
        line
        for made in (narrow, wide)
        for line in ({"index": {"_index": empty_indexes["listings"], "_id": str(made.id)}}, document(made))
    ]
    asked_all = [criteria_rows.read({"text": text}) for text in ("nurse", "pirkanmaa", "anestesiasairaanhoitaja")]
    for number, one in enumerate(asked_all):
        for name, stored in documents(number, CriteriaRow(id=number, body=one.body(), live=True)).items():
            lines += [{"index": {"_index": empty_indexes["alerts"], "_id": name}}, stored]
    for index in empty_indexes.values():
        client().delete_by_query(index=index, body={"query": {"match_all": {}}}, params={"refresh": "true"})
    assert not client().bulk(body=lines, params={"refresh": "true"})["errors"]
    by_search = [
        {hit["_id"] for hit in search(empty_indexes["listings"], {"query": query(one), "size": 10})["hits"]["hits"]}
        for one in asked_all
    ]
    assert by_search == [{str(narrow.id), str(wide.id)}, {str(narrow.id)}, {str(narrow.id)}]
    monkeypatch.setattr(percolate, "alias", lambda kind: empty_indexes[kind])
    percolated = percolate.find({one.id: asked(one) for one in (narrow, wide)})
    assert {key: sorted(numbers) for key, numbers in percolated.items()} == {narrow.id: [0, 1, 2], wide.id: [0]}


def test_canonical_criteria_mean_the_same_however_they_are_written() -> None:
    """Order, case, doubles, wider places and rounding make no other criteria."""
    one = criteria_rows.read({"text": "Kokki  TAMPERE", "places": ["fi-837", "fi-r06"], "salary_min": 3050})
    two = criteria_rows.read({"text": "tampere kokki kokki", "places": ["fi-r06"], "salary_min": 3000.0})
    assert one == two
    assert one.hash() == two.hash()
    assert replace(one, wanted=("kokki",)).hash() != one.hash()
    assert criteria_rows.read(one.shown()) == one
