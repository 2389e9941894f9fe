"""The index follows the database: versions, tombstones, generations, verify, expunge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from opensearchpy import NotFoundError
from sqlalchemy import text
from sqlalchemy.orm import Session

from indexer import expunge, rebuild, sync, verify
from indexer.kinds import KINDS, subject_of
from mappings import listing
from mappings.client import client
from mappings.indexes import alias
from store import claims, employers, generations, listings, owed, stored_criteria
from store.database import engine, transaction
from store.errors import Conflict, Invalid
from store.generations import Generation
from store.owed import Debt
from tests.conftest import Services
from tests.making import alert, publish

Work = Callable[[], int]


def indexed(kind: str = "listings") -> dict[str, bool]:
    """What the live index holds, by id: whether it is shown."""
    client().indices.refresh(index=alias(kind))
    field = KINDS[kind].live_field
    hits = client().search(
        index=alias(kind), body={"size": 1000, "docvalue_fields": [field], "query": {"match_all": {}}, "_source": False}
    )["hits"]["hits"]
    return {subject_of(hit["_id"]): hit["fields"][field][0] for hit in hits}


def live_index(kind: str) -> str:
    with transaction() as session:
        generation = generations.live(session, kind)
        assert generation is not None
        return generation.index_name


def begun(kind: str) -> Generation:
    with transaction() as session:
        return rebuild.begin(session, kind)


def rebuild_all(kind: str) -> str:
    """A whole reindex; the name of the new index."""
    generation = begun(kind)
    while not rebuild.build(generation.id):
        pass
    return live_index(kind)


@pytest.mark.invariant(1, 3)
def test_a_late_write_loses(work: Work) -> None:
    with transaction() as session:
        row = publish(session)
    work()
    with transaction() as session:
        employer = employers.named(session, "Pohjolan hoiva")
        listings.close(session, employer, "a-1")
    work()
    assert indexed() == {str(row.id): False}
    # A worker that read the row while it was open wakes up now.
    late = sync.Write(str(row.id), row.version, listing.document(row))
    assert sync.write([live_index("listings")], [late]) == 1
    assert indexed() == {str(row.id): False}


@pytest.mark.invariant(4)
def test_what_is_gone_stays_gone_when_the_engine_forgets_versions(work: Work) -> None:
    """With deletions instead of tombstones the late write would be accepted once `gc_deletes` has passed."""
    index = live_index("listings")
    client().indices.put_settings(index=index, body={"index.gc_deletes": "0ms"})
    with transaction() as session:
        row = publish(session)
    work()
    with transaction() as session:
        session.execute(text("DELETE FROM listings WHERE id = :id"), {"id": row.id})
    work()
    client().indices.refresh(index=index)
    client().indices.flush(index=index, params={"force": "true"})
    assert sync.write([index], [sync.Write(str(row.id), row.version, listing.document(row))]) == 1
    assert indexed() == {str(row.id): False}


def test_any_change_is_owed_whoever_makes_it(work: Work) -> None:
    """Bulk SQL counts as a change like any other, and one that was rolled back as none."""
    with transaction() as session:
        row = publish(session)
        publish(session, "a-2")
    work()
    with transaction() as session:
        session.execute(text("UPDATE listings SET state = 'closed' WHERE id = :id"), {"id": row.id})
    with Session(engine()) as abandoned:
        abandoned.execute(text("UPDATE listings SET state = 'closed'"))
        abandoned.rollback()
    work()
    assert indexed()[str(row.id)] is False
    assert sorted(indexed().values()) == [False, True]


def test_a_worker_settles_only_what_it_saw(clean: Services) -> None:
    with transaction() as session:
        row = publish(session)
        [seen] = owed.read(session, "sync_listing", [str(row.id)])
    with transaction() as session:
        publish(session, title="Osastonhoitaja")
    with transaction() as session:
        owed.settle(session, [seen])
    with transaction() as session:
        [left] = owed.read(session, "sync_listing", [str(row.id)])
    assert left.version > seen.version


@pytest.mark.invariant(1)
@pytest.mark.promise("S1", "S2")
@pytest.mark.parametrize("kind", ["listings", "alerts"])
def test_an_index_that_is_lost_is_rebuilt_from_the_database(kind: str, work: Work) -> None:
    with transaction() as session:
        for number in range(7):
            publish(session, f"a-{number}")
            alert(session, f"{number}@mail.example", text=f"word{number}")
        listings.close(session, employers.named(session, "Pohjolan hoiva"), "a-3")
    work()
    before = {subject for subject, shown in indexed(kind).items() if shown}
    client().indices.delete(index=live_index(kind))
    with pytest.raises(NotFoundError):
        client().search(index=alias(kind), body={})
    rebuild_all(kind)
    after = indexed(kind)
    assert {subject for subject, shown in after.items() if shown} == before
    assert len(before) == {"listings": 6, "alerts": 7}[kind]
    assert verify.differences(KINDS[kind], live_index(kind)) == []


@pytest.mark.invariant(3)
@pytest.mark.promise("S2")
def test_changes_during_a_build_reach_the_new_index(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the pages of the backfill rows are opened, closed and corrected; at the end both sides agree."""
    monkeypatch.setattr(rebuild, "PAGE", 2)
    with transaction() as session:
        rows = [publish(session, f"a-{number}") for number in range(9)]
    work()
    generation = begun("listings")
    assert not rebuild.build(generation.id)
    page = KINDS["listings"].page
    steps = iter(range(100))

    def change_meanwhile(session: object, after: str | None, size: int) -> list[object]:
        found = page(session, after, size)  # type: ignore[arg-type]
        step = next(steps)
        with transaction() as other:
            employer = employers.named(other, "Pohjolan hoiva")
            if step < len(rows):
                listings.close(other, employer, f"a-{step}")
                publish(other, f"a-{(step + 4) % 9}", title=f"Corrected {step}")
                publish(other, f"new-{step}")
        if step % 2:
            debts = _claimed()
            sync.sync_listing(debts)
        return list(found)

    monkeypatch.setattr(
        type(KINDS["listings"]), "page", lambda _, session, after, size: change_meanwhile(session, after, size)
    )
    while not rebuild.build(generation.id):
        pass
    monkeypatch.undo()
    work()
    assert live_index("listings") == generation.index_name
    assert verify.differences(KINDS["listings"], generation.index_name) == []
    with transaction() as session:
        assert generations.get(session, generation.id).differences == 0
        expected = {str(row.id) for row in listings.all_open(session)}
    assert {subject for subject, shown in indexed().items() if shown} == expected


def _claimed() -> list[Debt]:
    from datetime import timedelta

    with transaction() as session:
        return claims.claim(session, {"sync_listing": 100}, timedelta(seconds=60))


def test_verify_says_what_differs_both_ways(work: Work) -> None:
    with transaction() as session:
        missing, stale, extra = (publish(session, f"a-{number}") for number in range(3))
    work()
    index = live_index("listings")
    client().delete(index=index, id=str(missing.id))
    with transaction() as session:
        # Behind the triggers' back, as a restored copy of an index would look.
        session.execute(text("ALTER TABLE listings DISABLE TRIGGER USER"))
        session.execute(text("UPDATE listings SET version = version + 1000 WHERE id = :id"), {"id": stale.id})
        session.execute(text("UPDATE listings SET state = 'closed' WHERE id = :id"), {"id": extra.id})
        session.execute(text("ALTER TABLE listings ENABLE TRIGGER USER"))
    found = {one.document: one for one in verify.differences(KINDS["listings"], index)}
    assert set(found) == {str(missing.id), str(stale.id), str(extra.id)}
    assert "missing from the index" in found[str(missing.id)].told()
    assert found[str(stale.id)].in_database == found[str(stale.id)].in_index + 1000  # type: ignore[operator]
    assert "not to be shown" in found[str(extra.id)].told()


def test_one_build_of_a_kind_at_a_time(clean: Services) -> None:
    generation = begun("listings")
    with pytest.raises(Conflict):
        begun("listings")
    with pytest.raises(Invalid):
        begun("cakes")
    while not rebuild.build(generation.id):
        pass


def test_a_retired_index_is_dropped_after_its_grace(work: Work) -> None:
    from datetime import timedelta

    from store import clock

    old = live_index("listings")
    rebuild_all("listings")
    work()
    assert client().indices.exists(index=old)
    clock.set_ahead(timedelta(hours=1))
    work()
    assert not client().indices.exists(index=old)


def test_criteria_that_nobody_asks_for_are_a_stored_query_no_longer(work: Work) -> None:
    from datetime import timedelta

    from store import alerts, clock

    with transaction() as session:
        first, second = alert(session, "a@mail.example"), alert(session, "b@mail.example")
        assert first.criteria_id == second.criteria_id
        number = first.criteria_id
    work()
    assert indexed("alerts") == {str(number): True}
    for one in (first, second):
        with transaction() as session:
            alerts.end(session, alerts.get(session, one.id), "unsubscribed")
        clock.set_ahead(clock.ahead() + timedelta(hours=1))
        work()
    assert indexed("alerts") == {str(number): False}
    with transaction() as session:
        alert(session, "c@mail.example")
        assert stored_criteria.live_count(session) == 1
    work()
    assert indexed("alerts") == {str(number): True}


@pytest.mark.invariant(4)
@pytest.mark.promise("D2")
def test_expunged_words_are_in_no_file_of_the_index(work: Work) -> None:
    with transaction() as session:
        publish(session, title="Poimija 7310948265", description="<p>salaisuus 9264817350</p>")
        publish(session, "a-2")
    work()
    client().indices.flush(index=alias("listings"), params={"force": "true"})
    data = Path(client().nodes.stats(metric="fs")["nodes"].popitem()[1]["fs"]["data"][0]["path"])
    # Numbers, which no stemmer shortens, without the beginning that a dictionary shares between neighbours.
    assert _holds(data, b"64817350"), "the search for words in the files finds those that are there"
    with transaction() as session:
        listings.close(session, employers.named(session, "Pohjolan hoiva"), "a-1")
    work()
    expunge.expunge()
    assert expunge.deleted(live_index("listings")) == 0
    assert not _holds(data, b"64817350")
    assert not _holds(data, b"10948265")


def _holds(directory: Path, word: bytes) -> bool:
    """Whether a file of an index (the terms dictionary and the stored source are not compressed when small) has it."""
    return any(word in file.read_bytes() for file in directory.rglob("*") if file.is_file())


def test_ids_are_read_as_their_kind_reads_them() -> None:
    assert KINDS["listings"].read_key("0190a1b2-0000-7000-8000-000000000000") == UUID(
        "0190a1b2-0000-7000-8000-000000000000"
    )
    assert KINDS["alerts"].read_key("12") == 12
