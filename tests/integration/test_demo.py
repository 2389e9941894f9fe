"""`vahti demo` as a newcomer runs it: the mail arrives, the hidden CV is gone, and it ends by itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


@pytest.mark.promise("A3")
def test_the_demo_shows_the_mail_and_the_hidden_cv_and_ends() -> None:
    # Services of its own, whatever runs beside.
    env = {name: value for name, value in os.environ.items() if not name.startswith("VAHTI_") or name == "VAHTI_CACHE"}
    command = [sys.executable, "-m", "stack", "demo"]
    shown = subprocess.run(command, cwd=HERE, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    told = " ".join(shown.stdout.split())
    assert re.search(r"From the PUT of the listing to the mail server's 250: \d+ ms", told)
    assert "Imported 40 sample CVs" in told
    assert "the same search finds 2 of 3" in told
    assert "1 of 2 is found. The receipt of the erasure: rid of it after 0.0 s: the database" in told
    assert "rid of it after" in told.partition("the search index")[0]
