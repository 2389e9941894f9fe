"""Importing this registers the owed work that the matcher does."""

from __future__ import annotations

from matcher import account_mail, cv_match, mail, match

__all__ = ["account_mail", "cv_match", "mail", "match"]
