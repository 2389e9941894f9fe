"""Importing this registers the owed work that the matcher does."""

from __future__ import annotations

from matcher import cv_match, mail, match

__all__ = ["cv_match", "mail", "match"]
