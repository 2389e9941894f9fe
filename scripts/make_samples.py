"""Composes samples/listings.ndjson from samples/wording, ESCO descriptions and published ads: same input, same file."""

from __future__ import annotations

import argparse
import html
import json
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from published_ads import Listing, listing, municipal, opening, read_lines

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
AND = {"fi": ("ja", "sekä"), "sv": ("och", "samt"), "en": ("and", "as well as")}
TERMS = {
    "pf": ["permanent", "full_time"],
    "pp": ["permanent", "part_time"],
    "tf": ["temporary", "full_time"],
    "tp": ["temporary", "part_time"],
    "sf": ["seasonal", "full_time"],
    "in": ["internship"],
    "ap": ["apprenticeship", "full_time"],
    "fr": ["freelance"],
}
LEARNERS = ("in", "ap")
FAR_AWAY = "2099-12-31"
Wording = dict[str, Any]


@dataclass(frozen=True)
class Advert:
    """What is decided about a listing before its text is written."""

    language: str
    title: str
    wanted: str
    places: list[str]
    terms: str
    occupation: str
    esco: str
    sector: str
    details: dict[str, Any]


def listed(items: list[str], language: str) -> str:
    """The items as one phrase; where one of them holds an "and" of its own, the last is joined with another word."""
    if len(items) == 1:
        return items[0]
    plain, other = AND[language]
    joint = other if any(f" {plain} " in item for item in items) else plain
    return f"{', '.join(items[:-1])} {joint} {items[-1]}"


def domain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z]+', '-', plain).strip('-')}.example"


def amounts(pay: dict[str, Any], language: str) -> dict[str, str]:
    """Both ends of a salary as written in the language, with cents where either has any."""
    places = 0 if all(pay[key] == int(pay[key]) for key in ("min", "max")) else 2
    written = {key: f"{pay[key]:,.{places}f}" for key in ("min", "max")}
    if language == "en":
        return written
    return {key: text.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",") for key, text in written.items()}


def salary(advert: Advert, chance: random.Random) -> dict[str, Any] | None:
    """A span within what the wording allows, in the currency of the country; none for learners and assignments, nor
    in a quarter of the rest."""
    currency = "SEK" if advert.places[0].startswith("se") else "EUR"
    spans = advert.details["salary"]
    span = spans.get(currency) if isinstance(spans, dict) else spans if currency == "EUR" else None
    if span is None or advert.terms in (*LEARNERS, "fr") or chance.random() < 0.25:
        return None
    low, high, period = span
    step = {("EUR", "month"): 50, ("SEK", "month"): 500, ("EUR", "hour"): 0.1, ("SEK", "hour"): 1}[currency, period]
    least = round(low + step * chance.randint(0, int((high - low) / step / 3)), 2)
    most = round(high - step * chance.randint(0, int((high - low) / step / 3)), 2)
    return {"min": least, "max": most, "currency": currency, "period": period}


def where(advert: Advert, wording: Wording) -> dict[str, str]:
    """The place as a sentence needs it, written out in the wording for each place."""
    forms = [wording["places"][code] for code in advert.places]
    if advert.language == "en":
        return {"place": listed([form[0] for form in forms], "en")}
    columns = {"fi": {"gen": 1, "in": 2, "to": 3}, "sv": {"in": 1, "to": 2}}[advert.language]
    made = {key: listed([form[column] for form in forms], advert.language) for key, column in columns.items()}
    # "en kock till skolkök till Lund" would say "till" twice.
    made["at"] = made.get("in" if " till " in advert.wanted else "to", "")
    return made


def compose(advert: Advert, wording: Wording, esco: dict[str, Any], chance: random.Random, number_: int) -> Listing:
    language = advert.language
    employer = chance.choice(wording["employers"][advert.sector])
    remote = chance.random() < advert.details.get("remote", 0)
    pay = salary(advert, chance)
    needs = wording["learner_needs"] if advert.terms in LEARNERS else advert.details["needs"]
    needs = needs if len(needs) < 4 else sorted(chance.sample(needs, 3), key=needs.index)
    tasks = advert.details["tasks"]
    tasks = sorted(chance.sample(tasks, min(len(tasks), chance.choice((3, 4)))), key=tasks.index)
    offers = chance.sample(wording["offers"], chance.choice((2, 3)))
    wanted = advert.wanted
    intro = chance.choice(wording["intros"]).format(
        employer=employer["name"],
        part=wanted,
        Part=wanted[0].upper() + wanted[1:],
        art=wanted,
        Art=wanted[0].upper() + wanted[1:],
        **where(advert, wording),
    )
    trade = chance.choice(wording["trade_lead"]).format(esco=opening(esco["desc"][language], 420))
    terms = [wording["terms"][advert.terms]]
    if remote:
        terms.append(wording["remote"])
    if pay and chance.random() < 0.7:
        unit = wording.get("unit", {}).get(pay["currency"], "")
        terms.append(chance.choice(wording["pay"][pay["period"]]).format(**amounts(pay, language), unit=unit))
    apply = chance.choice(wording["apply"])
    if number_ % 3 == 0:
        description = as_html(
            wording["headings"], [intro, employer["about"]], tasks, needs, offers, trade, terms, apply
        )
    else:
        paragraphs = [
            f"{intro} {employer['about']}",
            " ".join([chance.choice(wording["tasks_lead"]), *tasks]),
            chance.choice(wording["needs_lead"]).format(needs=listed(needs, language)),
            chance.choice(wording["offers_lead"]).format(offers=listed(offers, language)),
            trade,
            " ".join([*terms, apply]),
        ]
        if chance.random() < 0.35:
            paragraphs.remove(trade)
        description = "\n\n".join(paragraphs)
    return listing(
        language,
        advert.title,
        description,
        employer["name"],
        advert.places,
        occupation=advert.occupation,
        employment=TERMS[advert.terms],
        remote=remote,
        salary=pay,
        apply=to_apply(domain(employer["name"]), wording["mailbox"], wording["path"], number_),
    )


def as_html(
    headings: dict[str, str],
    opening_: list[str],
    tasks: list[str],
    needs: list[str],
    offers: list[str],
    trade: str,
    terms: list[str],
    apply: str,
) -> str:
    def paragraph(text: str) -> str:
        return f"<p>{html.escape(text, quote=False)}</p>"

    def items(heading: str, texts: list[str]) -> str:
        rows = "".join(f"<li>{html.escape(text, quote=False)}</li>" for text in texts)
        return f"<p><strong>{heading}</strong></p><ul>{rows}</ul>"

    return "".join(
        [
            paragraph(" ".join(opening_)),
            items(headings["tasks"], tasks),
            items(headings["needs"], needs),
            items(headings["offers"], offers),
            paragraph(trade),
            paragraph(" ".join(terms)),
            f"<p><strong>{headings['apply']}</strong></p>{paragraph(apply)}",
        ]
    )


def to_apply(host: str, mailbox: str, path: str, number_: int) -> dict[str, str]:
    return {"email": f"{mailbox}@{host}"} if number_ % 5 == 0 else {"url": f"https://{host}/{path}/{number_}"}


def adverts(language: str, wording: Wording, chance: random.Random) -> Iterator[Advert]:
    weights = {code: form[-1] for code, form in wording["places"].items() if form[-1]}
    for details in wording["occupations"]:
        allowed = {code: weight for code, weight in weights.items() if code.startswith(details.get("only", ""))}
        first = list(details.get("at", []))
        for turn in range(details["count"]):
            code = first.pop(0) if first else chance.choices(list(allowed), list(allowed.values()))[0]
            beside = [other for other in wording["neighbours"].get(code, []) if other in wording["places"]]
            places = [code, chance.choice(beside)] if beside and chance.random() < 0.15 else [code]
            title, wanted, *fixed = details["titles"][turn % len(details["titles"])]
            terms = fixed[0] if fixed else chance.choice(details["ties"])
            if terms in LEARNERS:
                title, wanted = details["titles"][0][:2]
            esco = details.get("esco", details["occupation"])
            yield Advert(
                language, title, wanted, places, terms, details["occupation"], esco, details["sector"], details
            )
    for other in wording.get("abroad", []):
        details = next(one for one in wording["occupations"] if one["occupation"] == other["occupation"])
        esco = details.get("esco", details["occupation"])
        yield Advert(
            language,
            other["title"],
            other["part"],
            [other["place"]],
            "pf",
            other["occupation"],
            esco,
            details["sector"],
            details,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="directory that holds the published taxonomy and ads")
    source = parser.parse_args().source
    esco = {r["uri"]: r for r in read_lines(source / "taxonomy/esco_occupations_1.0.8_en_fi_sv_da_no_et.jsonl.gz")}
    published = yaml.safe_load((SAMPLES / "wording/published.yaml").read_text(encoding="utf-8"))
    chance = random.Random("vahti sample listings")  # noqa: S311 (a fixed seed makes the file the same each time)
    listings: list[Listing] = [*municipal(source, published)]
    for language in ("fi", "sv", "en"):
        wording = yaml.safe_load((SAMPLES / f"wording/{language}.yaml").read_text(encoding="utf-8"))
        for number_, advert in enumerate(adverts(language, wording, chance), start=1):
            listings.append(compose(advert, wording, esco[advert.esco], chance, number_))
    chance.shuffle(listings)
    with (SAMPLES / "listings.ndjson").open("w", encoding="utf-8", newline="\n") as file:
        for number_, made in enumerate(listings, start=1):
            if number_ % 40 == 0:
                made["deadline"] = FAR_AWAY
            file.write(json.dumps({"reference": f"sample-{number_:04d}"} | made, ensure_ascii=False) + "\n")
    print(f"{len(listings)} listings")


if __name__ == "__main__":
    main()
