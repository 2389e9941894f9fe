"""An index that another version of the service made is built anew, and until then it is not believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from indexer import rebuild, sync
from mappings import indexes
from mappings.client import Incomplete, client, down
from matcher import fitting, match, search
from matcher.outage import SearchDown
from matcher.search import Search
from store import clock, generations, owed
from store.criteria import Criteria
from store.database import transaction
from tests.conftest import Services
from tests.integration.test_matching import ledger
from tests.making import alert, publish

Work = Callable[[], int]


@pytest.fixture(autouse=True)
def forgetful(clean: Services) -> Iterator[None]:
    """A process that has not seen any index yet, and the indexes of this version afterwards."""
    fitting._FIT.clear()
    yield
    with transaction() as session:
        for kind in generations.KINDS:
            session.execute(
                text("UPDATE generations SET shape = :shape WHERE kind = :kind AND state = 'live'"),
                {"shape": indexes.shape(kind), "kind": kind},
            )


def made_by(shape: str, kind: str) -> None:
    with transaction() as session:
        session.execute(
            text("UPDATE generations SET shape = :shape WHERE kind = :kind AND state = 'live'"),
            {"shape": shape, "kind": kind},
        )


def live(kind: str) -> tuple[int, str]:
    with transaction() as session:
        generation = generations.live(session, kind)
        assert generation is not None
        return generation.id, generation.shape


def find() -> int:
    client().indices.refresh(index=indexes.alias("listings"))
    with transaction() as session:
        return search.find(session, Search(Criteria(), "newest")).total


@pytest.mark.invariant(6)
@pytest.mark.promise("S2", "W3")
def test_what_another_analysis_made_is_built_anew_and_nothing_is_missed(work: Work) -> None:
    with transaction() as session:
        alert(session, "a@mail.example", text="kokki")
    work()
    before, shape = live("alerts")
    made_by(f"{shape.partition(' ')[0]} 0.older", "alerts")
    with transaction() as session:
        row = publish(session, "new", title="Haemme kokkeja")
        (debt,) = owed.read(session, "match_listing", [str(row.id)])
    with pytest.raises(Incomplete) as waiting:
        match.match_listing([debt])
    assert down(waiting.value), "it waits as for an outage, and is lost as little"
    assert ledger() == set()
    rebuild.ensure()
    rebuild.ensure()
    with transaction() as session:
        assert len(generations.in_state(session, "alerts", ("planned", "building"))) == 1
    work()
    assert live("alerts")[0] > before
    assert live("alerts")[1] == shape
    clock.set_ahead(clock.ahead() + timedelta(minutes=1))  # until it is tried again, as after an outage
    work()
    assert ledger() == {("a@mail.example", "new")}


@pytest.mark.promise("L2")
def test_an_index_of_other_fields_is_not_asked_and_one_of_other_words_is(work: Work) -> None:
    with transaction() as session:
        publish(session)
    work()
    of_fields = live("listings")[1].partition(" ")[0]
    made_by("", "listings")
    with pytest.raises(SearchDown, match="built anew"):
        find()
    made_by(f"{of_fields} 0.older", "listings")
    assert find() == 1
    made_by("", "listings")
    assert find() == 1, "what was seen to fit fits as long as this process lives"


@pytest.mark.promise("S2")
def test_workers_of_the_version_before_leave_an_index_to_those_who_build_it(work: Work) -> None:
    with transaction() as session:
        building = rebuild.begin(session, "listings")
    rebuild.build(building.id)
    with transaction() as session:
        generations.get(session, building.id).shape = "of the version to come"
        row = publish(session)
        (debt,) = owed.read(session, "sync_listing", [str(row.id)])
    with pytest.raises(Incomplete) as waiting:
        sync.sync_listing([debt])
    assert down(waiting.value)
    with pytest.raises(Incomplete):
        rebuild.build(building.id)
    with transaction() as session:
        assert owed.read(session, "sync_listing", [str(row.id)]) != []
        generations.get(session, building.id).shape = indexes.shape("listings")
    clock.set_ahead(clock.ahead() + timedelta(minutes=1))
    work()
    assert find() == 1


def test_what_another_version_began_is_given_up(work: Work) -> None:
    with transaction() as session:
        begun = rebuild.begin(session, "cvs")
        begun.shape = "another"
    rebuild.ensure()
    with transaction() as session:
        given_up = generations.get(session, begun.id)
        assert (given_up.state, given_up.error) == ("failed", "it was begun by another version of the service")
        assert generations.in_state(session, "cvs", ("planned", "building")) == []
    work()


def test_the_shape_names_mapping_and_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = {kind: indexes.shape(kind) for kind in generations.KINDS}
    assert len(set(shapes.values())) == len(shapes)
    monkeypatch.setattr("mappings.analysis._version", lambda: "another")
    for kind, shape in shapes.items():
        assert indexes.shape(kind) == f"{shape.partition(' ')[0]} another"
