"""The printed CV: all of it as text that can be selected, page after page, and nothing of it taken for markup."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cv_pdf import pdf
from api.cv_schema import load_cv
from matcher import colours
from tests.unit.test_cv_schema import GOOD

HEADINGS = {
    "fi": ("Työkokemus", "Koulutus", "Osaaminen", "Kielitaito", "Toiveet"),
    "sv": ("Arbetslivserfarenhet", "Utbildning", "Kompetenser", "Språk", "Önskemål"),
    "en": ("Work experience", "Education", "Skills", "Languages", "Looking for"),
}


def _pages(cv: dict[str, Any], language: str = "en", **options: Any) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(pdf(load_cv(cv), language, **options)))
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in reader.pages]


def _text(cv: dict[str, Any], language: str = "en", **options: Any) -> str:
    return " ".join(_pages(cv, language, **options))


@pytest.mark.promise("A5")
@pytest.mark.parametrize("language", HEADINGS)
def test_the_whole_cv_is_there_as_text_under_headings_of_the_language(language: str) -> None:
    text = _text(GOOD, language)
    for heading in HEADINGS[language]:
        assert heading in text
    for said in (
        *("Kaisa Esimerkki", "Sairaanhoitaja", "kaisa@mail.example", "+358 40 123 4567", "kaisa.example/cv"),
        *("Saarikatu 1, 00100 Helsinki", "Kymmenen vuotta päivystyksessä.", "Saaren sairaala", "Päivystys."),
        *("Saaren ammattikorkeakoulu · Hoitotyö", "Triage", "Haavanhoito", "Mieluiten yövuoroja.", "€"),
    ):
        assert said in text


@pytest.mark.parametrize(
    ("language", "periods"),
    [
        ("fi", ("8/2019–1/2023", "2023–")),
        ("sv", ("aug. 2019 – jan. 2023", "2023 – nu")),
        ("en", ("Aug 2019 – Jan 2023", "2023 – present")),
    ],
)
def test_periods_are_written_as_the_language_does(language: str, periods: tuple[str, str]) -> None:
    text = _text({"experience": GOOD["experience"]}, language)
    assert all(period in text for period in periods)


@pytest.mark.promise("A2", "A6", "A7")
def test_reference_persons_and_what_is_sensitive_are_left_out_unless_asked_for() -> None:
    text = _text(GOOD)
    assert "Olli Malli" not in text
    assert "nainen" not in text
    whole = _text(GOOD, left_out=())
    assert "Olli Malli" in whole
    assert "nainen" in whole


@pytest.mark.promise("A2")
def test_any_field_can_be_left_out() -> None:
    text = _text(GOOD, left_out=("contact.phone", "experience.employer", "wishes", "summary"))
    for said in ("+358", "Saaren sairaala", "yövuoroja", "Kymmenen"):
        assert said not in text
    assert "kaisa@mail.example" in text


def test_a_long_cv_flows_over_pages_with_name_and_number_on_each() -> None:
    many = [
        {"title": f"Tehtävä {number}", "employer": "Yritys Oy", "description": "Sanoja riittää. " * 30}
        for number in range(20)
    ]
    pages = _pages({"contact": {"name": "Kaisa Esimerkki"}, "experience": many}, "fi")
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
        assert "Kaisa Esimerkki" in page
    text = " ".join(pages)
    assert all(f"Tehtävä {number}" in text for number in range(20))


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    written = (
        '#import "x.typ" #eval("1+1") #read("/etc/hostname") #sys.inputs *bold* _it_ = Heading $x^2$ `code` '
        r"\ \u{41} // comment /* more */ [content] @ref <ref> ] ) } ~ -- ... ''' \""
    )
    cv = {
        "headline": written,
        "summary": written,
        "skills": [written[:60]],
        "contact": {"name": written, "address": written},
    }
    text = re.sub(r"\s|-", "", _text(cv))
    assert text.count(re.sub(r"\s|-", "", written)) >= 3


def test_lines_with_marks_become_points() -> None:
    text = _text({"experience": [{"title": "Kokki", "description": "Vastuut:\n- lounas\n* juhlat\n– 3-vuorotyö"}]})
    assert "Vastuut: • lounas • juhlat • 3-vuorotyö" in text


def test_fonts_are_embedded_and_hold_the_letters() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf(load_cv({"summary": "åäöÅÄÖšžéüß € – ” Жлγ"}), "en")))
    (page,) = reader.pages
    assert "åäöÅÄÖšžéüß € – ” Жлγ" in page.extract_text()
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]  # A4 in points
    resources: Any = page["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert any(name in descriptor for name in ("/FontFile2", "/FontFile3"))


def test_the_same_cv_gives_the_same_bytes() -> None:
    cv = load_cv(GOOD)
    assert pdf(cv, "fi") == pdf(cv, "fi")


def test_words_without_end_stay_on_the_page() -> None:
    endless = {"title": "W" * 200, "employer": "https://" + "x" * 190, "description": "y" * 4_000}
    text = re.sub(r"\s|-", "", _text({"experience": [endless], "contact": {"name": "N" * 200}}))
    for letter, least in (("W", 200), ("x", 190), ("y", 4_000), ("N", 200)):
        assert text.count(letter) >= least


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "#000000", "#1f5f8b"])
def test_any_colour_can_be_read(colour: str) -> None:
    assert pdf(load_cv(GOOD), "fi", colour).startswith(b"%PDF-")
    assert colours.contrast(colours.readable(colour, colours.LIGHT), colours.LIGHT) >= colours.READABLE


def test_nothing_at_all_is_an_empty_page() -> None:
    assert _pages({}, "sv") == ["1 / 1"]


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["headline", "summary"]), st.text(max_size=60)), st.sampled_from(["fi", "sv", "en"])
)
def test_whatever_is_written_can_be_printed(cv: dict[str, Any], language: str) -> None:
    assert pdf(load_cv(cv), language).startswith(b"%PDF-")
