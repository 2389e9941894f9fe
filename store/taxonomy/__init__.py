"""The reference data that came with the product: where its files lie and how its names are compared."""

from __future__ import annotations

import unicodedata
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def as_compared(name: str) -> str:
    """The name without what two people write differently: letter case, Unicode form (NFC) and runs of white space."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
