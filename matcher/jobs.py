"""Importing this registers the owed work that the matcher does."""

from __future__ import annotations

from matcher import account_mail, contact_mail, cv_match, mail, match, search_mail

__all__ = ["account_mail", "contact_mail", "cv_match", "mail", "match", "search_mail"]
