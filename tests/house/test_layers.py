"""What packages may know of each other and of the world, as far as the linter of imports cannot say it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "indexer", "mappings", "matcher", "stack", "store")
# Which modules do what no other module does, and why they may.
READS_ENVIRONMENT = {"store/settings.py": "settings are read once, here"}
OPENS_OPENSEARCH = {"mappings/client.py": "the one connection, which retries nothing and takes no partial answer"}
QUEUES = {
    "store/queues.py": "the queues themselves",
    "stack/commands/work.py": "the worker itself",
}
# Programs that are run, not imported: they do something on purpose.
PROGRAMS = {"stack.__main__", "stack.shim", "store.migrations.env"}


def modules(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def uses(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, and those that it looks up in imported modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)


def using(wanted: str, *packages: str) -> set[str]:
    """The modules that use a dotted name or what is below it."""
    return {
        name(path)
        for path in modules(*packages)
        if any(used == wanted or used.startswith(f"{wanted}.") for used in uses(path))
    }


def test_imports_go_downwards() -> None:
    """The contracts of pyproject.toml, by the linter itself."""
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_settings_are_read_in_one_place() -> None:
    below_the_stack = ("api", "indexer", "mappings", "matcher", "store")
    assert using("os.environ", *below_the_stack) == set(READS_ENVIRONMENT)
    assert using("os.getenv", *PACKAGES) == set()


def test_opensearch_is_reached_in_one_place() -> None:
    assert using("opensearchpy.OpenSearch", *PACKAGES) - {"stack/bench/peers.py"} == set(OPENS_OPENSEARCH)


def test_the_queue_is_reached_in_two_places() -> None:
    assert using("rq", *PACKAGES) == set(QUEUES)


def test_mappings_do_no_io_but_for_the_client() -> None:
    for io in ("store.database", "sqlalchemy.select", "sqlalchemy.text", "smtplib", "socket", "redis"):
        assert using(io, "mappings") == set()
    asking = {path for path in using("mappings.client", "mappings") if path != "mappings/client.py"}
    assert asking == set(), "what is asked is made without asking"


def test_rows_are_changed_by_the_store_alone() -> None:
    """Whoever is above the store calls its transitions: no statement that changes a row is written elsewhere."""
    above = ("api", "indexer", "mappings", "matcher")
    for path in modules(*above):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.split()
                assert not (words[:1] in (["INSERT"], ["UPDATE"], ["DELETE"]) and len(words) > 2), name(path)
    for verb in ("insert", "update", "delete"):
        assert using(f"sqlalchemy.{verb}", *above) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_does_nothing(package: str) -> None:
    """No connection is opened, no file of the product is read and no setting is asked for before something is done."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in modules(package)
    ]
    script = f"""
import importlib, socket
from store import settings

def refuse(*_): raise RuntimeError("an import opens a connection")

socket.socket.connect = refuse
for name in {[one for one in names if one not in PROGRAMS and ".versions." not in one]!r}:
    importlib.import_module(name)
    assert settings.get.cache_info().misses == 0, f"importing {{name}} reads the settings"
"""
    imported = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert imported.returncode == 0, imported.stderr
