"""Fetching OpenSearch, from a repository on this machine: whole and as pinned, or not at all."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stack import StackError, opensearch_home
from stack.opensearch_home import GROUP, NAME, VERSION

FILE = f"{NAME}-{VERSION}.zip"


@dataclass
class Repository:
    """`answers` are what the next requests for the file get: whole, half of it, or 404; the last one stays."""

    archive: bytes
    answers: list[str] = field(default_factory=lambda: ["whole"])
    asked: int = 0


def archive() -> bytes:
    root = f"{NAME}-{VERSION}"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as z:
        for name in ("lib/opensearch.jar", "modules/percolator/a.jar", "modules/ingest-geoip/b.jar", "lib/tools/c.jar"):
            z.writestr(f"{root}/{name}", "x" * 1000)
    return written.getvalue()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    serving = Repository(archive())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != f"/{GROUP.replace('.', '/')}/{NAME}/{VERSION}/{FILE}":
                self.send_error(404)
                return
            serving.asked += 1
            answer = serving.answers.pop(0) if len(serving.answers) > 1 else serving.answers[0]
            if answer == "404":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(serving.archive)))
            self.end_headers()
            half = answer == "half"
            self.wfile.write(serving.archive[: len(serving.archive) // 2] if half else serving.archive)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr("jgo.maven._core.DEFAULT_REMOTE_REPOS", {"here": f"http://127.0.0.1:{server.server_port}"})
    monkeypatch.setattr(opensearch_home, "SHA512", hashlib.sha512(serving.archive).hexdigest())
    monkeypatch.setattr(opensearch_home, "PAUSE", 0.0)
    monkeypatch.setenv("VAHTI_CACHE", str(tmp_path / "cache"))
    yield serving
    server.shutdown()
    server.server_close()


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "cache").iterdir() if path.suffix != ".lock")


def test_it_is_fetched_once_told_and_unpacked_without_what_nobody_asks_for(
    repository: Repository, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = opensearch_home.opensearch_home()
    files = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    assert files == {"lib/opensearch.jar", "modules/percolator/a.jar"}
    assert left(tmp_path) == [home.name]
    said = capfd.readouterr().err
    assert "fetching OpenSearch" in said
    assert "(100 %)" in said
    assert opensearch_home.opensearch_home() == home
    assert repository.asked == 1


def test_another_file_than_the_pinned_one_is_refused_and_not_kept(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opensearch_home, "SHA512", "0" * 128)
    with pytest.raises(StackError, match=r"is not the file that was pinned: its SHA-512 is [0-9a-f]{128}"):
        opensearch_home.opensearch_home()
    assert left(tmp_path) == []
    assert repository.asked == 1


def test_a_broken_download_is_tried_again(
    repository: Repository, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    repository.answers = ["half", "half", "whole"]
    home = opensearch_home.opensearch_home()
    assert (home / "lib/opensearch.jar").exists()
    assert "trying again (2 of 2)" in capfd.readouterr().err


def test_what_cannot_be_fetched_is_told(repository: Repository, tmp_path: Path) -> None:
    repository.answers = ["404"]
    with pytest.raises(StackError, match="cannot be fetched from the Maven repository"):
        opensearch_home.opensearch_home()
    assert repository.asked == 3
    assert left(tmp_path) == []
