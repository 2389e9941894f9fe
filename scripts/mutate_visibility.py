"""Changes `store/visibility.py` in every small way that it knows, and shows which changes no test notices.

    python scripts/mutate_visibility.py [--only NUMBER]

Each change is tried in a process of its own against `tests/unit/test_visibility.py` and, where that notices nothing,
`tests/integration/test_visibility.py`, on services that are started once. Ends with 1 if a change survived.
"""

from __future__ import annotations

import ast
import copy
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "store" / "visibility.py"
TESTS = ("tests/unit/test_visibility.py", "tests/integration/test_visibility.py")
LONGEST = 180  # seconds that the tests may take with one change: it makes them wait for ever, then, and is noticed

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each change, in words, and the whole source with it."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        for said, changed in _changes(node):
            whole = copy.deepcopy(tree)
            place = next(one for position, one in enumerate(ast.walk(whole)) if position == number)
            _replace(whole, place, changed)
            line = getattr(node, "lineno", 0)
            text = ast.unparse(ast.fix_missing_locations(whole))
            if text != ast.unparse(tree):
                yield f"line {line}: {ast.unparse(node).splitlines()[0][:60]} -> {said}", text


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else self.generic_visit(node)

    Replace().visit(tree)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _without_each(node: ast.AST, field: str) -> Iterator[tuple[str, ast.AST]]:
    members = getattr(node, field)
    for number, one in enumerate(members):
        rest = [*members[:number], *members[number + 1 :]]
        yield f"without {ast.unparse(one)[:50]}", _with(node, **{field: rest})


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.FunctionDef():
            # Annotations, the name and the docstring mean nothing to the program.
            for number, one in enumerate(node.body):
                if isinstance(one, ast.Assign | ast.AugAssign | ast.If | ast.Return) and len(node.body) > 1:
                    rest = [*node.body[:number], ast.Pass(), *node.body[number + 1 :]]
                    yield f"without {ast.unparse(one).splitlines()[0][:50]}", _with(node, body=rest)
        case ast.If() | ast.IfExp():
            for value in (True, False):
                yield f"if {value}", _with(node, test=ast.Constant(value))
        case ast.Compare(ops=[operator]) if type(operator) in OPPOSITE:
            yield "the opposite", _with(node, ops=[OPPOSITE[type(operator)]()])
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield "and for or", _with(node, op=other)
            for number, one in enumerate(node.values):
                yield f"only {ast.unparse(one)}", copy.deepcopy(node.values[number])
        case ast.UnaryOp(op=ast.Not()):
            yield "without not", copy.deepcopy(node.operand)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield "only the left", copy.deepcopy(node.left)
            yield "only the right", copy.deepcopy(node.right)
        case ast.Call():
            if isinstance(node.func, ast.Attribute):
                yield "without the call", copy.deepcopy(node.func.value)
            for one in node.args:
                yield f"only {ast.unparse(one)[:50]}", copy.deepcopy(one)
            yield from _without_each(node, "args")
        case ast.List():
            yield from _without_each(node, "elts")
        case ast.Tuple() if all(isinstance(one, ast.Constant) for one in node.elts):  # no types
            yield from _without_each(node, "elts")
        case ast.Dict():
            for number, key in enumerate(node.keys):
                keys = [*node.keys[:number], *node.keys[number + 1 :]]
                values = [*node.values[:number], *node.values[number + 1 :]]
                yield f"without {ast.unparse(key) if key else '**'}", _with(node, keys=keys, values=values)
        case ast.comprehension() if node.ifs:
            yield "without the condition", _with(node, ifs=[])
        case ast.Slice():
            yield "from the start", _with(node, lower=None)
            yield "to the end", _with(node, upper=None)
        case ast.Constant(value=bool() as value):
            yield str(not value), ast.Constant(not value)
        case ast.Constant(value=int() as value):
            for other_number in (value + 1, value - 1):
                yield str(other_number), ast.Constant(other_number)
        case ast.Constant(value=str() as value) if " " not in value.strip() and "\n" not in value:
            yield "another text", ast.Constant(f"{value}x")


def noticed(source: str, path: str) -> bool:
    """Whether the tests fail, in a process of its own, when the module is this."""
    child = os.fork()
    if child == 0:
        import signal

        signal.alarm(LONGEST)
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        import pytest

        from store import visibility

        try:
            exec(compile(source, str(FILE), "exec"), visibility.__dict__)  # noqa: S102 - that is what this is for
        except Exception:  # noqa: BLE001 - whatever it is, the import of the module fails
            os._exit(1)
        os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", path]))
    _, status = os.waitpid(child, 0)
    return status != 0


def main() -> int:
    """Try every change; says at the end how many there were and which survived."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    import store.visibility  # noqa: F401 - once for all the processes
    from stack.embedded import URL_VARIABLES, Stack

    only = int(sys.argv[sys.argv.index("--only") + 1]) if "--only" in sys.argv else None
    found = [one for number, one in enumerate(mutants(FILE.read_text(encoding="utf-8"))) if only in (None, number)]
    survived, began = [], time.monotonic()
    by_unit = 0
    with (
        tempfile.TemporaryDirectory(prefix="vahti-mutants-", dir="/var/tmp") as base,
        Stack(Path(base), "fast", only=tuple(URL_VARIABLES)) as stack,
    ):
        os.environ |= {URL_VARIABLES[name]: url for name, url in stack.urls.items()}
        for path in TESTS:
            if noticed(FILE.read_text(encoding="utf-8"), path):
                print(f"{path} fails as it is")
                return 1
        for number, (said, source) in enumerate(found):
            if noticed(source, TESTS[0]):
                by_unit += 1
            elif not noticed(source, TESTS[1]):
                survived.append(said)
                print(f"survived: {number}: {said}", flush=True)
    print(f"{len(found)} changes, {by_unit} noticed without services, {len(survived)} survived,", end=" ")
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
