"""Names of places are found in every inflection, and names that are common words only where they are meant."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mappings.analysis import analyse, concept_files, concepts, place_names
from store import places

JUDGED = Path(__file__).resolve().parents[2] / "evaluation" / "places.tsv"


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Tampere", "Tampereen Tamperetta Tampereella Tampereelta Tampereelle Tampereena Tampereeksi"),
        ("Helsinki", "Helsingin Helsinkiä Helsingissä Helsingistä Helsinkiin Helsinkinä Helsingiksi"),
        ("Lahti", "Lahden Lahtea Lahdessa Lahdesta Lahteen"),
        ("Turku", "Turun Turkua Turussa Turusta Turkuun"),
        ("Uusikaupunki", "Uudenkaupungin Uuttakaupunkia Uudessakaupungissa Uudestakaupungista Uuteenkaupunkiin"),
        ("Uusikaarlepyy", "Uudenkaarlepyyn Uudessakaarlepyyssä Uudestakaarlepyystä Uuteenkaarlepyyhyn"),
        ("Isokyrö", "Isonkyrön Isokyrön Isossakyrössä Isokyrössä Isoonkyröön Isokyröön"),
        ("Siilinjärvi", "Siilinjärven Siilinjärveä Siilinjärvellä Siilinjärveltä Siilinjärvelle"),
        ("Hämeenlinna", "Hämeenlinnan Hämeenlinnaa Hämeenlinnassa Hämeenlinnaan"),
        ("Seinäjoki", "Seinäjoen Seinäjokea Seinäjoella Seinäjoelle Seinäjokeen"),
        ("Äänekoski", "Äänekosken Äänekoskea Äänekoskella Äänekoskelle"),
        ("Rovaniemi", "Rovaniemen Rovaniemeä Rovanientä Rovaniemellä Rovaniemelle"),
        ("Riihimäki", "Riihimäen Riihimäkeä Riihimäellä Riihimäelle Riihimäkeen"),
        ("Ruovesi", "Ruoveden Ruovettä Ruovedellä Ruovedelle Ruoveteen"),
        ("Kirkkonummi", "Kirkkonummen Kirkkonummea Kirkkonummella Kirkkonummelle"),
        ("Outokumpu", "Outokummun Outokumpua Outokummussa Outokumpuun"),
        ("Lappeenranta", "Lappeenrannan Lappeenrantaa Lappeenrannassa Lappeenrantaan"),
        ("Naantali", "Naantalin Naantalia Naantalissa Naantaliin"),
        ("Mikkeli", "Mikkelin Mikkeliä Mikkelissä Mikkeliin"),
        ("Vantaa", "Vantaan Vantaata Vantaalla Vantaalta Vantaalle"),
        ("Espoo", "Espoon Espoota Espoossa Espoosta Espooseen"),
        ("Järvenpää", "Järvenpään Järvenpäätä Järvenpäässä Järvenpäähän"),
        ("Kuopio", "Kuopion Kuopiota Kuopiossa Kuopioon"),
        ("Kokkola", "Kokkolan Kokkolaa Kokkolassa Kokkolaan"),
        ("Hanko", "Hangon Hankoa Hangossa Hankoon"),
        ("Vihti", "Vihdin Vihtiä Vihdissä Vihtiin"),
        ("Loppi", "Lopen Loppea Lopella Lopelta Lopelle"),
        ("Kangasala", "Kangasalan Kangasalaa Kangasalla Kangasalta Kangasalle Kangasalassa"),
        ("Ikaalinen", "Ikaalisten Ikaalisia Ikaalisissa Ikaalisista Ikaalisiin"),
        ("Kaustinen", "Kaustisen Kaustista Kaustisella Kaustiselle"),
        ("Alavus", "Alavuden Alavutta Alavudella Alavudelle"),
        ("Nurmes", "Nurmeksen Nurmesta Nurmeksessa Nurmekseen"),
        ("Varkaus", "Varkauden Varkautta Varkaudessa Varkauteen"),
        ("Pihtipudas", "Pihtiputaan Pihtipudasta Pihtiputaalla Pihtiputaalle"),
        ("Punkalaidun", "Punkalaitumen Punkalaidunta Punkalaitumella Punkalaitumelle"),
        ("Virrat", "Virtain Virtojen Virtoja Virroilla Virroille Virroilta"),
        ("Rautalampi", "Rautalammin Rautalampia Rautalammilla Rautalammen Rautalammella"),
        ("Ii", "Iin Iitä Iissä Iihin"),
        ("Koski Tl", "Kosken Tl, Koskella Tl"),
        ("Keski-Suomi", "Keski-Suomen Keski-Suomessa Keski-Suomeen"),
        ("Malmö", "Malmön Malmössä Malmöstä Malmöhön Malmös Malmökontoret"),
        ("Umeå", "Umeån Umeåssa Umeåhon Umeås Umeåregionen"),
        ("Göteborg", "Göteborgin Göteborgissa Göteborgiin Göteborgs Göteborgsområdet"),
        ("Borås", "Boråsin Boråsissa Borås"),
        ("Tammerfors", "Tammerfors Tammerforsiin"),
    ],
)
def test_a_name_has_the_forms_that_it_is_written_in(name: str, forms: str) -> None:
    written = [form.strip().lower() for form in (forms.split(",") if "," in forms else forms.split())]
    assert set(written) <= place_names.forms(name)
    assert name.lower() in place_names.forms(name)


def test_every_name_of_every_place_is_found_in_every_language() -> None:
    for place in places.all():
        for language, name in place.names().items():
            text = f"Vuxna, {name}"
            found = {
                code for mention in concepts.mentions(analyse(text, language), language, text) for code in mention.codes
            }
            town = next(iter(places.find(name))).code
            assert {place.code, town} & found, (place, name)


def test_a_place_is_found_by_its_own_name_before_that_of_another() -> None:
    assert place_names.codes()["uppsalan"] == ("se-0380",)
    assert place_names.codes()["övertorneå"] == ("fi-976", "se-2518")
    assert place_names.codes()["pedersöre"] == ("fi-599",)


def test_the_table_holds_the_forms_as_they_are_made_today() -> None:
    """`scripts/make_concepts.py` has to be run after a change of the places or of their forms."""
    for form, codes in list(place_names.codes().items())[::17]:
        entry = concept_files.entry(" ".join(token.word for token in analyse(form, "fi")))
        assert entry is not None, form
        assert concept_files.codes(entry.place) == codes, form
        assert entry.doubtful == (form in place_names.doubtful()), form


def judged() -> list[tuple[str, str, str]]:
    with JUDGED.open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return [(row["text"], row["language"], row["code"]) for row in csv.DictReader(lines, delimiter="\t")]


def found(text: str, language: str) -> set[str]:
    return {
        code
        for mention in concepts.mentions(analyse(text, language), language, text)
        for code in mention.codes
        if places.known(code)
    }


@pytest.mark.promise("L2")
def test_judged_sentences_name_their_places_and_no_others() -> None:
    rows = judged()
    assert len(rows) >= 200
    wrong = [(text, code) for text, language, code in rows if code != "-" and code not in found(text, language)]
    assert len(wrong) <= 0.02 * len(rows), wrong
    over = [(text, found(text, language)) for text, language, code in rows if code == "-" and found(text, language)]
    assert over == []
