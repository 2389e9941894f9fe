"""Importing this registers the owed work that the indexer does."""

from __future__ import annotations

from indexer import erasing, rebuild, sync

__all__ = ["erasing", "rebuild", "sync"]
