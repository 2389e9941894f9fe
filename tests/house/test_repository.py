"""The repository is the product's alone: no machine's paths, no registry's address, nothing that it should not hold."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BINARY = {".ttf", ".gz", ".ico", ".jpg", ".pdf", ".png", ".webp", ".woff2"}

# Where packages come from is the machine's own setting: an address in a file would overrule it, also where it cannot be
# reached. The names are written in two parts, so that this file does not hold them.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "maven" + ".org",
    "maven.apache" + ".org",
    "proxy.golang" + ".org",
    "crates" + ".io",
    "deb.debian" + ".org",
]
MACHINE = re.compile(r"(?<![\w.~<])/(?:work|tmp/" + r"try|ro" + r"ot)(?:/|\b)")
# Lines that name the home of the superuser as every Unix has it.
ALLOWED = {"stack/embedded.py": "is it below /ro" + "ot?"}


def ignored() -> list[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [line.strip("/") for line in lines if line and not line.startswith("#")]


def files() -> list[Path]:
    """Every text file of a checkout that git does not ignore."""
    patterns = [*ignored(), ".git", ".env"]
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if any(fnmatch(part, pattern) for part in parts for pattern in patterns):
            continue
        if path.is_file() and path.suffix not in BINARY:
            found.append(path)
    return found


FILES = files()


def test_there_is_something_to_look_at() -> None:
    names = {str(path.relative_to(ROOT)) for path in FILES}
    assert {"README.md", "Makefile", "pyproject.toml", "store/owed.py", ".ci/run"} <= names
    assert len(names) > 150


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_names_no_registry_and_no_path_of_a_machine(path: Path) -> None:
    allowed = ALLOWED.get(str(path.relative_to(ROOT)))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        address = next((one for one in REGISTRIES if re.search(rf"//[\w.-]*{re.escape(one)}", line)), None)
        assert address is None, f"line {number} names a registry"
        if allowed is None or allowed not in line:
            assert not MACHINE.search(line), f"line {number} names a path of a machine"


def test_lock_files_hold_versions_and_hashes_and_no_address() -> None:
    for name in ("production", "dev"):
        text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^[\w.-]+==\S+", text, re.MULTILINE)
        assert len(pins) > 30
        assert "://" not in text
        assert "--index-url" not in text
        assert len(re.findall(r"^[\w.-]+==.*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(pins)
