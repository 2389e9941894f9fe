"""What the index holds of a saved search: its query, by what its viewer can be blocked, and nobody's name."""

from __future__ import annotations

from typing import Any

from mappings.cv_search import asked
from store import visibility
from store.saved_searches import SavedSearch


def document(row: SavedSearch | None) -> dict[str, Any]:
    """The stored query of a saved search whose viewer is known; an empty tombstone for one that is gone."""
    if row is None:
        return {"stored": False}
    if row.viewer is None:
        raise ValueError("who searches must be known first: store.saved_searches.know_viewers")
    return {
        "search": row.id,
        "stored": True,
        **visibility.of_stored_search(row.viewer),
        "query": asked(row.criteria()),
    }
