"""The real services, started once for the run, and the few stand-ins: the clock and the mail server's end."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import text

from stack.embedded import Stack

# Two cores run the services as well: how long an example takes says nothing of the example.
hypothesis.settings.register_profile("vahti", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("vahti")


@dataclass
class Services:
    """What runs: the stack, the directory that the mail server lays its mails into, and the erasure ledger's file."""

    stack: Stack
    mail_dir: Path
    ledger: Path


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """OpenSearch, PostgreSQL, Redis and a mail server, with the environment set and the schema and indexes made."""
    base = Path(tempfile.mkdtemp(prefix="vahti-tests-", dir="/var/tmp"))
    with Stack(base, "fast", only=("opensearch", "postgres", "redis", "mail")) as stack:
        os.environ |= {
            "VAHTI_DATABASE_URL": stack.urls["postgres"],
            "VAHTI_OPENSEARCH_URL": stack.urls["opensearch"],
            "VAHTI_REDIS_URL": stack.urls["redis"],
            "VAHTI_SMTP_URL": stack.urls["mail"],
            "VAHTI_MAIL_DIR": str(stack.mail_dir),
            "VAHTI_SECRET": secrets.token_hex(32),
            "VAHTI_ERASURE_LEDGER": str(base / "erasures.jsonl"),
            "VAHTI_ASK_LIMIT": "100000 per hour",
            "VAHTI_CALL_LIMIT": "100000 per minute",
        }
        from indexer import rebuild
        from store import migrate, settings

        settings.get.cache_clear()
        migrate.upgrade(stack.urls["postgres"])
        rebuild.ensure()
        yield Services(stack, stack.mail_dir, base / "erasures.jsonl")
    shutil.rmtree(base, ignore_errors=True)


# With CASCADE whatever refers to these goes as well: all that belongs to an account, a CV or an employer. Sites stay.
TABLES = "owed, confirmations, alerts, criteria, listings, tokens, accounts, erasures, employers"


@pytest.fixture
def clean(services: Services) -> Iterator[Services]:
    """The services, empty: no rows, no mails, no documents, no queue, the clock at its place."""
    from indexer import rebuild
    from mappings.client import client
    from mappings.indexes import alias
    from store import clock, database, generations, queues

    clock.set_ahead(timedelta(0))
    with database.engine().begin() as connection:
        connection.execute(text(f"TRUNCATE {TABLES} CASCADE"))
        # A test that failed in the middle of a build, or without an index, fails alone.
        connection.execute(text("UPDATE generations SET state = 'failed' WHERE state IN ('planned', 'building')"))
        for kind in generations.KINDS:
            if not client().indices.exists_alias(name=alias(kind)):
                lost = text("UPDATE generations SET state = 'failed' WHERE kind = :kind AND state = 'live'")
                connection.execute(lost, {"kind": kind})
        # The document that says how new an index is goes with the others.
        connection.execute(text("UPDATE generations SET mark = 0"))
    rebuild.ensure()
    for kind in generations.KINDS:
        client().indices.refresh(index=alias(kind))  # what is not searchable yet would be left
        client().delete_by_query(
            index=alias(kind), body={"query": {"match_all": {}}}, params={"refresh": "true", "conflicts": "proceed"}
        )
    queues.redis().flushdb()
    for file in services.mail_dir.glob("*"):
        file.unlink()
    services.ledger.unlink(missing_ok=True)
    yield services
    clock.set_ahead(timedelta(0))


@pytest.fixture
def work(clean: Services) -> Callable[[], int]:
    """Does what is owed, through the real relay and real rq workers, until nothing is due: tests never sleep.

    Work that was put off for a moment (less than two seconds) is done as well, by moving the clock.
    """
    from rq import SimpleWorker
    from rq.serializers import JSONSerializer

    import indexer.jobs  # noqa: F401
    import matcher.jobs  # noqa: F401 - both register their jobs
    from store import clock, owed, queues, relay
    from store.database import transaction

    def drain() -> int:
        done = 0
        while True:
            looked_at = clock.now()
            handed = relay.hand_out()
            if handed:
                done += handed
                worker = SimpleWorker(
                    [queues.queue(name) for name in owed.QUEUES],
                    connection=queues.redis(),
                    serializer=JSONSerializer,
                )
                worker.work(burst=True, logging_level="ERROR")
                continue
            with transaction() as session:
                due = owed.next_due(session, owed.jobs(), after=looked_at)
            if due is None or due > clock.now() + timedelta(seconds=2):
                return done
            clock.set_ahead(clock.ahead() + max(due - clock.now(), timedelta(0)) + timedelta(milliseconds=1))

    return drain


@pytest.fixture
def mails(clean: Services) -> Callable[[], list[EmailMessage]]:
    """The mails that the mail server took, in order; envelope in X-Envelope-From, X-Envelope-To, X-Received-At."""

    def read() -> list[EmailMessage]:
        return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(clean.mail_dir.glob("*.eml"))]

    return read


@pytest.fixture
def refuse(clean: Services) -> Iterator[Callable[[dict[str, str]], None]]:
    """Makes the mail server answer RCPT for these addresses with these lines."""
    file = clean.mail_dir / "refuse.json"

    def write(answers: dict[str, str]) -> None:
        file.write_text(json.dumps(answers))

    yield write
    file.unlink(missing_ok=True)
