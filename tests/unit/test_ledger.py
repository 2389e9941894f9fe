"""The erasure ledger's file: nothing of it is lost, half lines included, and nothing strange in it is passed over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import ledger
from store.ledger import Entry, Unreadable

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "erasures.jsonl"
    monkeypatch.setattr(ledger, "file", lambda: path)
    return path


def entry(number: int, at: datetime = NOON) -> Entry:
    return Entry("cv", f"{number:064x}", at.isoformat())


def test_what_is_written_is_read(file: Path) -> None:
    assert ledger.read() == []
    assert ledger.last() is None
    whole = Entry("account", "ab" * 32, NOON.isoformat(), address="cd" * 32, receipt="ef" * 32, by_role="admin")
    assert ledger.append([entry(1), whole])
    assert ledger.append([entry(2)])
    assert ledger.read() == [entry(1), whole, entry(2)]
    assert ledger.last() == entry(2)


def test_the_latest_counts_of_what_is_written_twice(file: Path) -> None:
    later = entry(1, NOON + timedelta(days=1))
    ledger.append([entry(1), later, entry(1)])
    assert ledger.read() == [later]


@pytest.mark.parametrize("half", [b'{"kind": "cv", "subj', b"\0\0\0\0", b'{"kind": "cv"\0\0'])
def test_half_a_line_is_passed_over_and_becomes_part_of_no_other(file: Path, half: bytes) -> None:
    ledger.append([entry(1)])
    with file.open("ab") as opened:
        opened.write(half)
    assert ledger.read() == [entry(1)]
    assert ledger.last() == entry(1)
    ledger.append([entry(2)])
    assert ledger.read() == [entry(1), entry(2)]


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "{}",
        json.dumps({"kind": "cv", "subject": "not hex", "asked_at": NOON.isoformat()}),
        json.dumps({"kind": "cv", "subject": "ab", "asked_at": "yesterday"}),
        json.dumps({"kind": "cv", "subject": "ab", "asked_at": "2026-11-24T12:00:00"}),
        json.dumps({"kind": "cv", "subject": "ab", "asked_at": NOON.isoformat(), "name": "Kaisa"}),
    ],
)
def test_a_line_that_is_no_entry_stops_everything(file: Path, line: str) -> None:
    ledger.append([entry(1)])
    with file.open("a") as opened:
        opened.write(f"{line}\n")
    with pytest.raises(Unreadable, match="line 2"):
        ledger.read()


def test_the_last_is_found_in_a_long_file(file: Path) -> None:
    ledger.append(entry(number) for number in range(1000))
    assert ledger.last() == entry(999)
    assert len(ledger.read()) == 1000


def test_without_a_file_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "file", lambda: None)
    assert not ledger.append([entry(1)])
    assert ledger.read() == []
