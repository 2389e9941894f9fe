"""How the processes log: one line each, to standard error, nothing personal and nothing about what went well."""

from __future__ import annotations

import logging


def configure() -> None:
    """Log warnings of everything and what we say ourselves; requests to the services are theirs to log."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("vahti").setLevel(logging.INFO)
    logging.getLogger("opensearch").setLevel(logging.ERROR)  # a failed request is told by whoever made it
