"""Importing this registers the owed work that the indexer does."""

from __future__ import annotations

from indexer import rebuild, sync

__all__ = ["rebuild", "sync"]
