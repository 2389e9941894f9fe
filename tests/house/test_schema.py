"""The mapped rows and the migrated schema are one and the same."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from store import database, owed, schema
from store.listings import Listing
from tests.conftest import Services

# Indexes are the migrations' business: rows neither name nor need them.
KINDS = {"add_table", "remove_table", "add_column", "remove_column", "modify_type", "modify_nullable"}


@pytest.mark.filterwarnings("ignore:Did not recognize type")  # pg_snapshot and xid8 are ours
def test_rows_and_schema_agree(services: Services) -> None:
    with database.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, schema.metadata)
    flat = [one for entry in differences for one in (entry if isinstance(entry, list) else [entry])]
    assert [one for one in flat if one[0] in KINDS and "alembic_version" not in str(one)] == []


def test_every_job_that_triggers_owe_has_a_worker(services: Services) -> None:
    """Whatever a trigger or a function writes into `owed` is a job that some worker has registered."""
    import indexer.jobs  # noqa: F401
    import matcher.jobs  # noqa: F401

    with database.engine().connect() as connection:
        sources = " ".join(connection.scalars(text("SELECT prosrc FROM pg_proc WHERE proname LIKE '%\\_owe'")))
    import re

    named = set(re.findall(r"owe(?:_together)?\('(\w+)'", sources))
    named |= set(re.findall(r"SELECT '(\w+)', \w\.id", sources))
    assert named, "the triggers owe something"
    assert named <= set(owed.jobs())
    # And no job is registered that nothing ever owes.
    owed_in_code = {"build_generation", "drop_generation", "mail_account_known", "mail_password_changed"}
    assert set(owed.jobs()) == named | owed_in_code


@pytest.mark.parametrize("column", sorted(column.name for column in Listing.__table__.columns))
def test_every_change_of_a_listing_is_a_new_version_but_that_it_was_matched(column: str, services: Services) -> None:
    """The stamp compares whole rows, so that a column added later counts too: only `matched_at` may be left out."""
    with database.engine().connect() as connection:
        source = connection.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'listings_stamp'"))
    excepted = f"seen.{column} :=" in str(source)
    assert excepted == (column == "matched_at")
