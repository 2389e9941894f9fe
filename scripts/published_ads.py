"""The published advertisements that go into the sample: Finnish municipal ones from a test fixture."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Listing = dict[str, Any]


def read_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def opening(text: str, most: int) -> str:
    """The first sentences of a text, whole, as many as fit into `most` characters, but at least one."""
    # ESCO's English holds grave accents for apostrophes and, once, a backslash before the first word.
    tidy = " ".join(text.replace("`", "'").split()).lstrip("\\ ")
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])", tidy)
    kept = sentences[0][0].upper() + sentences[0][1:]
    for sentence in sentences[1:]:
        if len(kept) + 1 + len(sentence) > most:
            break
        kept += f" {sentence}"
    return kept if kept.endswith((".", "!", "?")) else f"{kept}."


def listing(language: str, title: str, description: str, employer: str, places: list[str], **more: Any) -> Listing:
    made = {"title": title, "description": description, "language": language, "employer": employer, "places": places}
    return made | {key: value for key, value in more.items() if value is not None}


def municipal(source: Path, fitted: dict[str, dict[str, Any]]) -> Iterator[Listing]:
    for number_, row in enumerate(read_lines(source / "jobs/ads_fi_kuntarekry_fixture.jsonl.gz"), start=1):
        how = fitted[row["id"]]
        text = how.get("text", row["description"])
        for pattern, instead in how.get("replace", {}).items():
            text, times = re.subn(pattern, instead, text)
            if times != 1:
                raise SystemExit(f"municipal ad {row['id']} holds {pattern!r} {times} times instead of once")
        text = "\n\n".join(paragraph.strip() for paragraph in text.split("\n\n"))
        employer = how.get("employer", row["employer"])
        kept = {key: how.get(key) for key in ("occupation", "employment", "salary")}
        apply = {"url": f"https://kuntatyot.example/avoimet/{number_}"}
        yield listing("fi", row["title"], text, employer, how["places"], remote=False, apply=apply, **kept)
