"""Enters in `docs/promises.md` and `docs/design.md` which tests hold each promise and invariant, as their marks say."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOBODY = "not yet"
# The mark that a test carries, the page with its table, and what the first cell of a row looks like.
PAGES = {"promise": ("docs/promises.md", r"[A-Z]\d+"), "invariant": ("docs/design.md", r"\d+")}

Held = dict[str, list[tuple[str, str]]]


def held(mark: str) -> Held:
    """For each number that a test carries with this mark: the files and names of those tests, in their order."""
    found: Held = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, numbers in _marked(tree.body, mark, _of_module(tree, mark)):
            for number in numbers:
                found[number].append((str(path.relative_to(ROOT)), name))
    return found


def _marked(body: Iterable[ast.stmt], mark: str, above: list[str]) -> Iterator[tuple[str, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marked(node.body, mark, above + _numbers(node.decorator_list, mark))
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, sorted(set(above + _numbers(node.decorator_list, mark)))


def _of_module(tree: ast.Module, mark: str) -> list[str]:
    marks = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
    ]
    return _numbers([one for value in marks for one in (value.elts if isinstance(value, ast.List) else [value])], mark)


def _numbers(decorators: Iterable[ast.expr], mark: str) -> list[str]:
    return [
        str(ast.literal_eval(argument))
        for one in decorators
        if isinstance(one, ast.Call) and ast.unparse(one.func) == f"pytest.mark.{mark}"
        for argument in one.args
    ]


def filled(text: str, number: str, tests: Held) -> str:
    """The page with the last cell of every row that `number` describes written anew."""

    def cell(row: re.Match[str]) -> str:
        links = [f"[{_words(name)}](../{path})" for path, name in tests.get(row[2], [])]
        return f"{row[1]}{'<br>'.join(links) or NOBODY} |"

    return re.sub(rf"^(\| ({number}) \|.*\| ).*? \|$", cell, text, flags=re.MULTILINE)


def _words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def numbers(mark: str) -> list[str]:
    """The numbers that the page of this mark has a row for, in its order."""
    page, number = PAGES[mark]
    return re.findall(rf"^\| ({number}) \|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)


def pages() -> dict[str, str]:
    """What each page should hold, by its path."""
    return {
        page: filled((ROOT / page).read_text(encoding="utf-8"), number, held(mark))
        for mark, (page, number) in PAGES.items()
    }


def main() -> None:
    """Write the pages, and say what no test holds yet."""
    for page, text in pages().items():
        (ROOT / page).write_text(text, encoding="utf-8")
    for mark in PAGES:
        print(f"no test for {mark}:", ", ".join(one for one in numbers(mark) if one not in held(mark)) or "none")


if __name__ == "__main__":
    main()
