"""Fetches OpenSearch by its Maven coordinates, checks it, and unpacks what a node with a percolator needs."""

import hashlib
import os
import shutil
import ssl
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import StackError
from stack.cache import cache_dir, locked, readable_by_all
from stack.watch import say

VERSION = "3.6.0"
GROUP, NAME = "org.opensearch.distribution.integ-test-zip", "opensearch"
SHA512 = (
    "b82066a97902879c47e26608848d068c09e74d2128edee2802e622867abd451d"
    "34a366acc6519d0b40fc97acc89d61c5bb330ab8b2086cf6ffa0f9fe4b9acaa4"
)
TRIES, PAUSE = 3, 2.0

# 204 MB become 91: a GeoIP database, a gRPC stack, Dashboards and command line tools that nothing here asks for.
LEFT_OUT = tuple(
    f"opensearch-{VERSION}/{part}/"
    for part in (
        "lib/tools",
        "modules/aggs-matrix-stats",
        "modules/cache-common",
        "modules/ingest-geoip",
        "modules/ingest-user-agent",
        "modules/opensearch-dashboards",
        "modules/repository-url",
        "modules/search-pipeline-common",
        "modules/store-subdirectory",
        "modules/transport-grpc",
    )
)


def opensearch_home() -> Path:
    """The unpacked OpenSearch in the cache; fetched first where it is missing (161 MB, with progress).

    Raises StackError where it cannot be had, or is not the very file that was pinned.
    """
    home = cache_dir() / f"opensearch-{VERSION}"
    with locked(home.name):
        if not home.exists():
            partial = Path(tempfile.mkdtemp(dir=cache_dir(), prefix="fetch-"))
            try:
                _unpack(_fetch(partial), partial)
                (partial / home.name).rename(home)
            finally:
                shutil.rmtree(partial)
    return home


def _fetch(into: Path) -> Path:
    # Imported here: a stack that is given OpenSearch's address needs neither jgo nor what it brings.
    from jgo.maven import MavenContext, PythonResolver

    say(f"fetching OpenSearch {VERSION} (161 MB, once)")
    # Into a directory of our own: jgo writes in place, and half a file in the shared repository would stay there.
    context = MavenContext(resolver=PythonResolver(progress_callback=_progress), repo_cache=into / "maven", timeout=60)
    artifact = context.project(GROUP, NAME).at_version(VERSION).artifact(packaging="zip")
    for attempt in range(1, TRIES + 1):
        shutil.rmtree(into / "maven", ignore_errors=True)
        try:
            with _trusting_what_the_machine_trusts():
                found = artifact.resolve()
            break
        except (OSError, RuntimeError) as error:  # what requests and jgo raise
            if attempt == TRIES:
                raise StackError(
                    f"OpenSearch {VERSION} cannot be fetched from the Maven repository: {error}"
                ) from error
            say(f"fetching OpenSearch failed ({error}); trying again ({attempt} of {TRIES - 1})")
            time.sleep(PAUSE)
    with open(found, "rb") as f:
        if (sha512 := hashlib.file_digest(f, "sha512").hexdigest()) != SHA512:
            raise StackError(f"OpenSearch {VERSION} is not the file that was pinned: its SHA-512 is {sha512}")
    return found


@contextmanager
def _trusting_what_the_machine_trusts() -> Iterator[None]:
    """The library that fetches trusts a list of authorities of its own. A network whose proxy signs with another one
    has put that into the machine's store, where pip finds it too."""
    name, store = "REQUESTS_CA_BUNDLE", ssl.get_default_verify_paths().capath
    told = name in os.environ or "CURL_CA_BUNDLE" in os.environ
    if told or store is None or not any(Path(store).glob("*.0")):
        yield
        return
    os.environ[name] = store
    try:
        yield
    finally:
        del os.environ[name]


@contextmanager
def _progress(_filename: str, total: int) -> Iterator[Callable[[int], None]]:
    done, said_at = 0, time.monotonic()

    def update(count: int) -> None:
        nonlocal done, said_at
        done += count
        if done == total or time.monotonic() - said_at >= 2:
            said_at = time.monotonic()
            say(f"  {done / 1e6:.0f} of {total / 1e6:.0f} MB ({100 * done // total} %)")

    yield update


def _unpack(archive: Path, into: Path) -> None:
    say("unpacking OpenSearch")
    with zipfile.ZipFile(archive) as z:
        z.extractall(into, [name for name in z.namelist() if not name.startswith(LEFT_OUT)])
    home = into / f"opensearch-{VERSION}"
    (home / "plugins").mkdir(exist_ok=True)
    readable_by_all(home)
