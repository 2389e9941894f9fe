"""Where `vahti up` keeps its data when it is not told, and the secret that it keeps there."""

import os
import secrets
from pathlib import Path

from stack.privileges import is_root


def default_data_dir() -> Path:
    """/var/lib/vahti/default for root, because services that run as another account must reach it; else the user's
    own data directory."""
    if is_root():
        return Path("/var/lib/vahti/default")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "vahti"


def secret(data: Path) -> str:
    """The secret of this data directory: made at the first call, readable by its owner alone, the same ever after."""
    path = data / "secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".secret.{os.getpid()}")
        partial.touch(0o600)
        partial.write_text(secrets.token_urlsafe(48))
        partial.rename(path)
    return path.read_text()
