"""Whoever waits for an answer does not wait behind a feed."""

from __future__ import annotations

from sqlalchemy import text

import matcher.jobs  # noqa: F401 - both register their jobs
from store import owed, queues, relay
from store.database import transaction
from tests.conftest import Services
from tests.making import ask, publish


def test_a_confirmation_is_handed_out_beside_any_number_of_listings(clean: Services) -> None:
    """With every queue for listings full, and more listings due than it takes, the question still goes out at once."""
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO owed (job, subject_id, version, due_at) SELECT 'match_listing', uuidv7()::text, i, "
                "now() - interval '1 hour' FROM generate_series(1, 5000) AS i"
            )
        )
    relay.hand_out()
    depth = queues.depth()
    assert depth[owed.NEXT] > 0
    assert relay.hand_out() == 0, "the queue for listings is full"
    with transaction() as session:
        ask(session)
        publish(session)
    assert relay.hand_out() == 2, "the question, and the entry in the listings' index, but no match"
    assert queues.depth() == {**depth, owed.NOW: 1, owed.LATER: 1}
