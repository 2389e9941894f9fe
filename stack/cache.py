"""Where programs that are fetched once are kept, and how an unprivileged account reaches programs that it may not."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import StackError
from stack.privileges import Account, is_root


def cache_dir() -> Path:
    """`VAHTI_CACHE`, else /var/cache/vahti for root (the unprivileged account must reach it), else the user's cache."""
    if explicit := os.environ.get("VAHTI_CACHE"):
        path = Path(explicit)
    elif is_root():
        path = Path("/var/cache/vahti")
    else:
        path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vahti"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(
            f"the cache {path} cannot be made ({error.strerror}): set VAHTI_CACHE to another directory"
        ) from error
    if is_root():
        path.chmod(0o755)
    return path.resolve()


@contextmanager
def locked(name: str) -> Iterator[None]:
    """One at a time among all processes that share the cache; others wait."""
    with open(cache_dir() / f"{name}.lock", "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def readable_by_all(tree: Path) -> None:
    """What root unpacks under a strict umask must still be readable by the account that runs it."""
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o555 if path.is_dir() or mode & 0o100 else mode | 0o444)


def package_dir(name: str) -> Path | None:
    """Where an installed Python package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def reachable(account: Account, program: Path, *probe: str) -> Path:
    """The program, or a copy in the cache where the account cannot run it (below a home of mode 0700, say).

    `probe` are arguments with which the program ends at once and well. The whole package (or Java home) is copied,
    with the libraries that wheels keep in a sibling directory `<package>.libs`.
    """
    if account.mode == "none" or account.run([program, *probe]).returncode == 0:
        return program
    site = next((p for p in program.parents if p.name in ("site-packages", "dist-packages")), None)
    tree = site / program.relative_to(site).parts[0] if site else program.parent.parent
    tag = hashlib.sha256(f"{tree}{program.stat().st_mtime_ns}".encode()).hexdigest()[:8]
    copy = cache_dir() / f"{tree.name}-{tag}"
    with locked(copy.name):
        if not copy.exists():
            partial = Path(tempfile.mkdtemp(dir=cache_dir(), prefix="copy-"))
            for source in (tree, tree.with_name(f"{tree.name}.libs")):
                if source.exists():
                    shutil.copytree(source, partial / source.name, symlinks=True)
            partial.chmod(0o755)
            partial.rename(copy)
    found = copy / tree.name / program.relative_to(tree)
    if (result := account.run([found, *probe])).returncode:
        raise StackError(f"{found} does not run as uid {account.uid}: {result.stdout.strip()}")
    return found
