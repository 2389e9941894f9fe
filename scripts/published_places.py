"""The places of the published sources, put together: names and codes of the statistics offices, points of GeoNames."""

from __future__ import annotations

import csv
import gzip
import json
import statistics
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PLACE_COLUMNS = (
    "code",
    "kind",
    "parent",
    "name_fi",
    "name_sv",
    "name_en",
    "other_names",
    "latitude",
    "longitude",
)
# Finnish names of Swedish counties: those with an established Finnish form in it, the Swedish stem inflected otherwise.
COUNTY_NAME_FI = {
    "01": "Tukholman lääni",
    "03": "Uppsalan lääni",
    "04": "Södermanlandin lääni",
    "05": "Itä-Götanmaan lääni",
    "06": "Jönköpingin lääni",
    "07": "Kronobergin lääni",
    "08": "Kalmarin lääni",
    "09": "Gotlannin lääni",
    "10": "Blekingen lääni",
    "12": "Skoonen lääni",
    "13": "Hallandin lääni",
    "14": "Länsi-Götanmaan lääni",
    "17": "Värmlannin lääni",
    "18": "Örebron lääni",
    "19": "Västmanlandin lääni",
    "20": "Taalainmaan lääni",
    "21": "Gävleborgin lääni",
    "22": "Västernorrlandin lääni",
    "23": "Jämtlannin lääni",
    "24": "Västerbottenin lääni",
    "25": "Norrbottenin lääni",
}
# What people write for the county without the word itself, apart from the short name that the source holds.
COUNTY_ALSO = {
    "05": ("Itä-Götanmaa",),
    "12": ("Skoone", "Scania"),
    "14": ("Länsi-Götanmaa", "Västra Götalandsregionen"),
    "17": ("Värmlanti",),
    "20": ("Taalainmaa", "Dalecarlia"),
    "23": ("Jämtlanti",),
}
# Only where the Finnish name is in general use; anything else keeps its Swedish name in Finnish text.
MUNICIPALITY_NAME_FI = {
    "0180": "Tukholma",
    "0980": "Gotlanti",
    "2480": "Uumaja",
    "2523": "Jällivaara",
    "2580": "Luulaja",
    "2581": "Piitime",
    "2583": "Haaparanta",
    "2584": "Kiiruna",
}
MUNICIPALITY_NAME_EN = {"1480": "Gothenburg"}
# Municipalities that have no settlement of their own name in GeoNames: the seat, or the settlement nearest to one.
SEAT = {
    "fi-082": "Parola",
    "fi-322": "Kimito",
    "fi-508": "Mänttä",
    "fi-791": "Pulkkila",
    "se-0128": "Rönninge",
    "se-0139": "Kungsängen",
    "se-1427": "Kungshamn",
    "se-1438": "Ed",
    "se-2023": "Malung",
}
Point = tuple[float, float]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def place(code: str, kind: str, parent: str, names: tuple[str, str, str], also: tuple[str, ...] = ()) -> dict[str, str]:
    # The Swedish name of Hartola ends in two spaces at its source.
    fi, sv, en = (" ".join(name.split()) for name in names)
    extra = sorted(set(also) - {fi, sv, en})
    return {
        "code": code,
        "kind": kind,
        "parent": parent,
        "name_fi": fi,
        "name_sv": sv,
        "name_en": en,
        "other_names": "|".join(extra),
        "latitude": "",
        "longitude": "",
    }


def settlements(geonames: Path, countries: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """The settlements of GeoNames by each of their names: first those whose main name it is, large before small."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = [row for row in json.loads(geonames.read_text(encoding="utf-8")).values() if row["countrycode"] in countries]
    for row in sorted(rows, key=lambda row: (-row["population"], row["geonameid"])):
        found[row["name"]].append(row)
    for row in rows:
        for name in row["alternatenames"]:
            if row not in found[name]:
                found[name].append(row)
    return found


def near(here: Point, there: Point) -> bool:
    """Within some 60 km, in the latitudes of these countries: in the same municipality or beside it."""
    return abs(here[0] - there[0]) < 0.5 and abs(here[1] - there[1]) < 1.2


def locate_finnish(code: str, region: str, names: tuple[str, ...], by_name: dict[str, list[dict[str, Any]]]) -> Point:
    rows = [row for name in (SEAT.get(code), *names) if name for row in by_name.get(name, [])]
    # GeoNames numbers the regions as Statistics Finland does, but gives Åland a country code of its own, and holds
    # a few municipalities in the region that they left: those are taken where no other has the name.
    at_home = [row for row in rows if row["countrycode"] == "AX" or row["admin1code"] == region]
    chosen = (at_home or rows)[0]
    return chosen["latitude"], chosen["longitude"]


def locate_swedish(
    code: str, name: str, by_name: dict[str, list[dict[str, Any]]], known: list[dict[str, Any]]
) -> Point:
    """The settlement named as the municipality, else the middle of its known places. Some rows of the place list are
    at (0, 0), some at a namesake in another part of the country: the middle tells which."""
    named = [(row["latitude"], row["longitude"]) for row in by_name.get(SEAT.get(code, name), [])]
    points = [(row["latitud"], row["longitud"]) for row in known if row["latitud"] > 50]
    if not points:
        return named[0]
    middle = statistics.median(p[0] for p in points), statistics.median(p[1] for p in points)
    own = [(row["latitud"], row["longitud"]) for row in known if row["label"] == SEAT.get(code, name)]
    return next((point for point in named + own if near(point, middle)), middle)


def at(made: dict[str, str], point: Point) -> dict[str, str]:
    # Two decimals are one kilometre: as exact as one point for a whole municipality can honestly be.
    return {**made, "latitude": f"{point[0]:.2f}", "longitude": f"{point[1]:.2f}"}


def finnish_places(source: Path, geonames: Path) -> Iterator[dict[str, str]]:
    rows = read_csv(source / "fi_municipalities_2026.csv")
    by_name = settlements(geonames, ("FI", "AX"))
    regions = {
        int(row["maakunta_code"]): tuple(row[f"maakunta_name_{language}"] for language in ("fi", "sv", "en"))
        for row in rows
    }
    yield place("fi", "country", "", ("Suomi", "Finland", "Finland"))
    for number, (fi, sv, en) in sorted(regions.items()):
        yield place(f"fi-r{number:02d}", "region", "fi", (fi, sv, en))
    for row in sorted(rows, key=lambda row: int(row["kunta"])):
        code = f"fi-{int(row['kunta']):03d}"
        fi, sv, en = (row[f"municipality_name_{language}"] for language in ("fi", "sv", "en"))
        region = f"{int(row['maakunta_code']):02d}"
        made = place(code, "municipality", f"fi-r{region}", (fi, sv, en))
        yield at(made, locate_finnish(code, region, (fi, sv), by_name))


def swedish_places(source: Path, geonames: Path) -> Iterator[dict[str, str]]:
    municipalities = read_csv(source / "se_municipality_county.csv")
    municipality_names = {row["municipality_name_short"] for row in municipalities}
    by_name = settlements(geonames, ("SE",))
    known: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for listed in read_lines(source / "se_places_with_kommunkod.jsonl.gz"):
        known[listed["kommunkod"]].append(listed)
    yield place("se", "country", "", ("Ruotsi", "Sverige", "Sweden"))
    for row in read_csv(source / "se_counties.csv"):
        number, short = row["county_code"], row["county_name_short"]
        # A short name that is a municipality's too ("Uppsala") must go on meaning the municipality.
        also = (() if short in municipality_names else (short,)) + COUNTY_ALSO.get(number, ())
        yield place(
            f"se-{number}", "region", "se", (COUNTY_NAME_FI[number], row["county_name"], f"{short} County"), also
        )
    for row in sorted(municipalities, key=lambda row: row["municipality_code"]):
        number, name = row["municipality_code"], row["municipality_name_short"]
        names = (MUNICIPALITY_NAME_FI.get(number, name), name, MUNICIPALITY_NAME_EN.get(number, name))
        made = place(f"se-{number}", "municipality", f"se-{row['county_code']}", names)
        yield at(made, locate_swedish(f"se-{number}", name, by_name, known[number]))
