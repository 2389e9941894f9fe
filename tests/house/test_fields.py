"""An index holds the least: each field that is written is allowed here by name, and each that is there is written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from mappings import indexes, listing, query
from store import criteria
from store.listings import CLOSED, DRAFT, EXPIRED, Listing
from store.stored_criteria import CriteriaRow
from tests.making import listing_input

pytestmark = pytest.mark.invariant(10)

# Everything that the search engine may ever hold. What is added here is shown to whoever can search.
LISTINGS = {
    # whether it may be found, and what it is called there
    *("id", "open"),
    # the words of the advertisement, as everybody can read it on its page, in their base forms; and what they name
    *("title", "title_concept", "text", "concept"),
    # what is asked by
    *("language", "place", "occupation", "employment", "remote", "salary", "employer"),
    *("published_at", "deadline"),
    # the occupations, skills, places and languages that it names: what is suggested by
    "named",
}
ASKED = {
    *("text", "concept"),
    *("language", "place", "occupation", "employment", "remote", "salary", "employer"),
}
# Of alerts: a number of criteria and their queries. No address, no name, no id of a person or of an alert, no site.
ALERTS = {"criteria", "part", "stored", "query"}


def row(state: str = "published", **given: Any) -> Listing:
    """A listing that says everything that one can say."""
    whole = listing_input(
        "secret-reference",
        occupation="isco-2221",
        remote=True,
        salary=3200,
        deadline=datetime(2027, 1, 1, tzinfo=UTC),
        apply_email="hr@employer.example",
        apply_url="https://employer.example/apply",
        **given,
    )
    members = {key: getattr(whole, key) for key in whole.__dataclass_fields__ if key != "published_at"}
    published_at = datetime(2026, 11, 1, tzinfo=UTC)
    return Listing(id=UUID(int=7), employer_id=UUID(int=8), state=state, published_at=published_at, **members)


def criteria_row(live: bool = True) -> CriteriaRow:
    asked = criteria.read(
        {
            "text": 'sairaanhoitaja "yö työ" -kokki',
            "places": ["fi-837"],
            "occupations": ["isco-2221"],
            "employment": ["full_time"],
            "remote": True,
            "salary_min": 3000,
            "languages": ["fi"],
            "employers": ["Pohjolan hoiva"],
        }
    )
    return CriteriaRow(id=3, hash=asked.hash(), body=asked.body(), live=live)


def written() -> list[dict[str, Any]]:
    """The document of a whole listing."""
    return [listing.document(row(language=language)) for language in ("fi", "sv", "en")]


def fields_of(asked: Any) -> set[str]:
    """The names of the fields that a query asks."""
    if isinstance(asked, list):
        return {name for one in asked for name in fields_of(one)}
    if not isinstance(asked, dict):
        return set()
    leaves = {"term", "terms", "match", "match_phrase"}
    named = {name for clause in leaves & set(asked) for name in asked[clause]}
    return named | {name for clause, below in asked.items() if clause not in leaves for name in fields_of(below)}


def test_the_mappings_are_what_is_allowed() -> None:
    assert set(indexes.fields("listings")) == LISTINGS
    assert set(indexes.fields("alerts")) == ALERTS | ASKED
    assert set(indexes.criteria_fields()) == ASKED


@pytest.mark.parametrize("kind", ["listings", "alerts"])
def test_a_field_that_is_not_listed_is_refused(kind: str) -> None:
    assert indexes.body(kind)["mappings"]["dynamic"] == "strict"


def test_every_field_of_a_listing_is_written_for_some_listing_and_no_other() -> None:
    assert {name for document in written() for name in document} == LISTINGS


def test_a_document_of_an_alert_is_criteria_and_nothing_else() -> None:
    documents = query.documents(3, criteria_row())
    assert documents
    for document in documents.values():
        assert set(document) == ALERTS


def test_stored_queries_ask_every_field_that_can_be_asked_and_no_other() -> None:
    asked = [document["query"] for document in query.documents(3, criteria_row()).values()]
    asked += query.parts(criteria.read({"text": "word", "exclude": "other"})).values()
    asked += query.parts(criteria.read({"places": ["fi-837"], "languages": ["sv"]})).values()
    assert fields_of(asked) == ASKED


def test_percolation_sends_only_what_can_be_asked() -> None:
    for language in ("fi", "sv", "en"):
        assert set(listing.asked(row(language=language))) <= ASKED


@pytest.mark.promise("S4")
def test_what_is_nobodys_business_is_not_in_a_document() -> None:
    """How to apply is on the page, for people; the employer's reference and ids lead to accounts."""
    text = repr(written())
    for secret in ("hr@employer.example", "employer.example/apply", "secret-reference", str(UUID(int=8))):
        assert secret not in text


@pytest.mark.parametrize("state", [DRAFT, CLOSED, EXPIRED])
def test_a_tombstone_says_nothing(state: str) -> None:
    assert listing.document(row(state)) == listing.document(None) == {"open": False}
    for gone in (criteria_row(live=False), None):
        tombstones = query.documents(3, gone)
        assert tombstones
        assert all(tombstone == {"stored": False} for tombstone in tombstones.values())


def test_a_salary_is_written_as_every_step_up_to_the_best() -> None:
    paid = row()
    paid.salary_max = Decimal(3450)
    tokens = listing.document(paid)["salary"]
    assert tokens[0] == "EUR:100"
    assert tokens[-1] == "EUR:3400"
    assert len(tokens) == 34
