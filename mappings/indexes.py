"""The index of each kind: its body, out of the JSON beside this module, and the names under which it is known."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from mappings import analysis
from store import settings

HERE = Path(__file__).parent
# The id of the document that says how new an index is, by its version. It is a tombstone.
MARK = "mark"

# What may stand in a stored query's index and in a listing's: the fields that criteria ask are the same in both, by
# being one file. A change of it, or of the analysis, takes a new generation of each kind.
PARTS = {
    "listings": ("listings.json", "criteria.json"),
    "alerts": ("alerts.json", "criteria.json"),
    "cvs": ("cvs.json", "candidates.json"),
    "searches": ("searches.json", "candidates.json"),
}


@cache
def _read(name: str) -> dict[str, Any]:
    return json.loads((HERE / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def fields(kind: str) -> dict[str, Any]:
    """The fields of a kind's index with their types: all there are, since the mapping is strict."""
    return {name: field for part in PARTS[kind] for name, field in _read(part).items()}


def criteria_fields() -> frozenset[str]:
    """The fields that criteria can ask: what a listing is percolated with."""
    return frozenset(_read("criteria.json"))


def candidate_fields() -> frozenset[str]:
    """The fields that a search of CVs can ask: what a CV is percolated with."""
    return frozenset(_read("candidates.json"))


def body(kind: str) -> dict[str, Any]:
    """What creates an index of this kind: `dynamic: strict`, so that a field nobody allowed is an error."""
    chosen = settings.get()
    shards = {"listings": chosen.listings_shards, "alerts": chosen.alerts_shards, "cvs": chosen.cvs_shards}
    mapping: dict[str, Any] = {"dynamic": "strict", "properties": fields(kind)}
    if kind in ("alerts", "searches"):
        # The engine keeps a stored query in a field of its own; nobody ever reads the document.
        mapping["_source"] = {"enabled": False}
    return {
        "settings": {
            "number_of_shards": shards.get(kind, 1),
            "number_of_replicas": chosen.replicas,
            "refresh_interval": "1s",
            # Erased content must be removable from the segments however little of them it is.
            "index.merge.policy.expunge_deletes_allowed": 0,
            "analysis": _analysis(),
        },
        "mappings": mapping,
    }


def _analysis() -> dict[str, Any]:
    analysis = dict(_read("analysis.json"))
    # OpenSearch builds every stock analyzer with each index, and a small Java runtime lacks the Thai word list.
    analysis["analyzer"] = {**analysis["analyzer"], "thai": {"type": "standard"}}
    return analysis


def shape(kind: str) -> str:
    """What an index of this kind is made by: a digest of its mapping, and the version of the analysis of words. An
    index of another shape has to be built anew; one of another mapping cannot even be asked."""
    return f"{_mapping_digest(kind)} {analysis.VERSION}"


@cache
def _mapping_digest(kind: str) -> str:
    made = json.dumps({"analysis": _read("analysis.json"), "fields": fields(kind)}, sort_keys=True)
    return hashlib.sha256(made.encode()).hexdigest()[:12]


def alias(kind: str) -> str:
    """The name under which the live index of a kind is read."""
    return f"{settings.get().index_prefix}-{kind}"
