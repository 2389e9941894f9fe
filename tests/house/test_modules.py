"""Modules are small, open with a sentence that says what lives there, and are named after it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "indexer", "mappings", "matcher", "stack", "store")
MODULES = sorted(path for package in (*PACKAGES, "scripts") for path in (ROOT / package).rglob("*.py"))
LONGEST = 250

# Modules that may be longer, and why one thing of theirs cannot live elsewhere.
LONGER = {
    "store/deliveries.py": "the ledger and the mails that tell of it are entered, dropped and sent under the same "
    "locks, and each statement is argued beside it",
}
# Names that say nothing of what lives there, so that everything comes to.
NAMELESS = {"base", "common", "core", "helper", "helpers", "lib", "manager", "managers", "misc", "service", "services"}
NAMELESS |= {"shared", "tool", "tools", "util", "utils"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    opening = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert opening, "it says nothing"
    sentence = opening.split("\n\n")[0]
    assert sentence.rstrip().endswith((".", ":")), "a sentence ends"
    assert len(sentence) > 20


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_holds_one_thing(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if name(path) in LONGER:
        assert lines > LONGEST, "it is short again: take it off the list"
    else:
        assert lines <= LONGEST, "split it, or argue in LONGER why not"


def test_what_may_be_longer_exists() -> None:
    assert set(LONGER) <= {name(path) for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_named_after_what_lives_there(path: Path) -> None:
    parts = {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    assert not parts & NAMELESS
    assert not any(part.endswith(("_utils", "_helpers", "_manager", "_common")) for part in parts)


def test_every_package_is_looked_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == {*PACKAGES, "scripts"}
