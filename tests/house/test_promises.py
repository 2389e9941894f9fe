"""What is said of promises and invariants is what the tests carry."""

from __future__ import annotations

import re
import runpy
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WRITER: dict[str, Any] = runpy.run_path(str(ROOT / "scripts/write_promises.py"))


@pytest.mark.parametrize("page", ["docs/promises.md", "docs/design.md"])
def test_the_pages_are_current(page: str) -> None:
    assert (ROOT / page).read_text(encoding="utf-8") == WRITER["pages"]()[page], "run scripts/write_promises.py"


@pytest.mark.parametrize("mark", ["promise", "invariant"])
def test_no_test_holds_what_is_not_written_down(mark: str) -> None:
    assert set(WRITER["held"](mark)) <= set(WRITER["numbers"](mark))


def test_promises_are_numbered_without_a_gap() -> None:
    listed = WRITER["numbers"]("promise")
    last = {letter: len(list(rows)) for letter, rows in groupby(listed, key=lambda number: number[0])}
    assert last == {"W": 6, "L": 5, "A": 10, "R": 8, "C": 6, "D": 9, "S": 6}
    assert listed == [f"{letter}{number}" for letter, count in last.items() for number in range(1, count + 1)]


def test_invariants_are_numbered_without_a_gap() -> None:
    assert WRITER["numbers"]("invariant") == [str(number) for number in range(1, 12)]


def test_each_row_says_which_tests_or_that_there_is_none() -> None:
    for page in ("docs/promises.md", "docs/design.md"):
        rows = re.findall(r"^\| (?:[A-Z]?\d+) \|.*\| (.*) \|$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        assert rows
        for cell in rows:
            assert cell == "not yet" or all(re.fullmatch(r"\[.+\]\(\.\./tests/.+\)", one) for one in cell.split("<br>"))


def test_marks_are_found_wherever_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a test, on a class, on a module; more than one number; and those without any are left out."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_some.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.promise('W1')]\n"
        "@pytest.mark.promise('W3', 'W2')\n"
        "def test_one(): ...\n"
        "@pytest.mark.promise('L1')\n"
        "class TestMore:\n"
        "    @pytest.mark.invariant(8)\n"
        "    def test_two(self): ...\n"
        "def helper(): ...\n"
    )
    monkeypatch.setitem(WRITER["held"].__globals__, "ROOT", tmp_path)
    file = "tests/test_some.py"
    assert WRITER["held"]("promise") == {
        "W1": [(file, "test_one"), (file, "test_two")],
        "W2": [(file, "test_one")],
        "W3": [(file, "test_one")],
        "L1": [(file, "test_two")],
    }
    assert WRITER["held"]("invariant") == {"8": [(file, "test_two")]}
