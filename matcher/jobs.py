"""Importing this registers the owed work that the matcher does."""

from __future__ import annotations

from matcher import mail, match

__all__ = ["mail", "match"]
