"""Documentation is true: commands and settings are described, links lead somewhere, generated pages are current."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from stack.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "NOTICE.md", *(ROOT / "docs").rglob("*.md")])
PACKAGES = ("api", "indexer", "mappings", "matcher", "stack", "store")
REFERENCE: dict[str, Any] = runpy.run_path(str(ROOT / "scripts/write_reference.py"))

# A link or a picture: its text, then where it leads. Code is taken out before.
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", read(page), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(CODE.sub("", read(page))):
        if re.match(r"https?://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} is not there"
        assert there.is_relative_to(ROOT), f"{target} is outside of the repository"
        if anchor:
            assert anchor in anchors(there), f"{target}: no such heading"


def test_the_readme_names_commands_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    for page in (ROOT / "README.md", ROOT / "docs/commands.md"):
        named = set(re.findall(r"(?:`|^)make ([a-z]+)", read(page), re.MULTILINE))
        assert named, f"{page.name} names commands"
        assert named <= targets
    assert {"demo", "test"} <= set(re.findall(r"^make ([a-z]+)", read(ROOT / "README.md"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_pages_name_exist(page: Path) -> None:
    code = " ".join(CODE.findall(read(page)))
    named = set(re.findall(r"\bvahti ([a-z]+)\b(?![-.@=])", re.sub(r"username=vahti|--dbname=vahti", "", code)))
    assert named <= set(COMMANDS), "a page names a command that does not exist"


@pytest.mark.parametrize(("name", "written"), [("settings.md", "settings_page"), ("commands.md", "commands_page")])
def test_the_reference_is_current(name: str, written: str) -> None:
    assert read(ROOT / "docs" / name) == REFERENCE[written](), "run scripts/write_reference.py"


def test_every_command_is_described() -> None:
    described = set(re.findall(r"^## `vahti ([a-z]+)", read(ROOT / "docs/commands.md"), re.MULTILINE))
    assert described == set(COMMANDS)


def test_every_variable_that_the_code_reads_is_described() -> None:
    page = read(ROOT / "docs/settings.md")
    code = "\n".join(read(path) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    named = set(re.findall(r"VAHTI_[A-Z_]+[A-Z]", code))
    named |= set(re.findall(r"(?:environ(?:\.get\(|\[)|envvar=)\"([A-Z_]+)\"", code))
    assert len(named) > 10
    assert {name for name in named if f"`{name}`" not in page} == set()


def test_every_decision_is_listed_in_order() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\)", read(ROOT / "docs/adr/README.md"), re.MULTILINE)
    there = sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    assert [name for _, name in listed] == there
    assert [number for number, _ in listed] == [f"{number:04}" for number in range(1, len(there) + 1)]


@pytest.mark.parametrize("page", sorted((ROOT / "docs/adr").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_is_argued_on_one_page(page: Path) -> None:
    text = read(page)
    assert text.startswith(f"# {page.name[:4]} ")
    for heading in ("Decision", "Why", "What it costs", "What holds it"):
        assert re.search(rf"^(## {heading}\b|\*{heading}\b)", text, re.MULTILINE), f"it says nothing under {heading}"
    assert len(text.split()) <= 700, "one page"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_pages_name_exist(page: Path) -> None:
    """What stands in backquotes and looks like a path of this repository is one; deploy/.env is everybody's own."""
    roots = "|".join((*PACKAGES, "tests", "scripts", "deploy", "docs", "samples", "requirements"))
    named = re.findall(rf"`((?:{roots})/[\w./*-]+)`", read(page))
    for name in named:
        assert name == "deploy/.env" or list(ROOT.glob(name.rstrip("/"))), f"{name} is not there"
