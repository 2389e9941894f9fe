"""Class-data archives: they halve the time that OpenSearch takes to start, and take 100 MB a Java and profile."""

import hashlib
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from stack.cache import cache_dir
from stack.java import Java

UNUSED_AFTER = 7 * 86400  # seconds


@dataclass(frozen=True)
class ClassData:
    """One archive of the runtime's own classes, which jlinked runtimes come without, and one above it of OpenSearch's,
    which the first OpenSearch writes when it ends. Both fit only the very same Java, classes and options."""

    options: tuple[str, ...]
    written: Path  # where the running OpenSearch may write
    kept: Path

    def keep(self) -> None:
        """Takes what an ended OpenSearch wrote into the cache, whole or not at all."""
        if self.written.exists():
            partial = self.kept.with_suffix(f".{os.getpid()}")
            shutil.copyfile(self.written, partial)  # not a rename: the cache may lie on another file system
            partial.chmod(0o644)
            partial.rename(self.kept)
            self.written.unlink()
            _forget_unused()


def class_data(java: Java, home: Path, jvm_options: tuple[str, ...], scratch: Path) -> ClassData:
    """The options with which to start Java; the archive of the runtime is made where it is missing (about 2 s)."""
    built = (java.program.parent.parent / "lib/modules").stat().st_mtime_ns  # Java itself compares it, silently
    key = hashlib.sha256(f"{java}{built}{home}{jvm_options}".encode()).hexdigest()[:12]
    runtime, kept = (cache_dir() / f"classes-{key}.{part}.jsa" for part in ("runtime", "opensearch"))
    for archive in (runtime, kept):
        if archive.exists():
            archive.touch()
    if not runtime.exists():
        partial = runtime.with_suffix(f".{os.getpid()}")
        dump = ["-Xshare:dump", f"-XX:SharedArchiveFile={partial}", "-Xlog:disable"]
        subprocess.run([java.program, *jvm_options, *dump], check=True, stdout=subprocess.DEVNULL)
        partial.chmod(0o644)
        partial.rename(runtime)
    written = scratch / "classes.jsa"
    if kept.exists():
        options = [f"-XX:SharedArchiveFile={runtime}:{kept}"]
    else:
        options = [f"-XX:SharedArchiveFile={runtime}", f"-XX:ArchiveClassesAtExit={written}"]
    return ClassData((*options, "-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr"), written, kept)


def _forget_unused() -> None:
    """Archives of an environment that was thrown away fit nothing any more."""
    for archive in cache_dir().glob("classes-*.jsa"):
        if archive.stat().st_mtime < time.time() - UNUSED_AFTER:
            archive.unlink(missing_ok=True)
