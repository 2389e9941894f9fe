"""The sample CVs: read without a problem, varied, invented, and nobody's address or telephone."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from api.cv_europass import read_europass, write_europass
from api.cv_jsonresume import read_jsonresume, write_jsonresume
from api.cv_pdf import pdf
from api.cv_schema import load_cv
from store.sensitive import warnings

FILE = Path(__file__).resolve().parents[2] / "samples" / "cvs.ndjson"
CVS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
# Set aside for plays and books by the Swedish Post and Telecom Authority.
NOBODYS_TELEPHONE = re.compile(r"\+46 70 174 06 (?:0[5-9]|[1-9][0-9])")


def test_they_are_forty_in_three_languages_and_many_occupations() -> None:
    assert Counter(cv["language"] for cv in CVS) == {"fi": 16, "sv": 12, "en": 12}
    assert len({code for cv in CVS for code in cv["occupations"]}) >= 30
    assert {code[:2] for cv in CVS for code in cv["places"]} == {"fi", "se"}
    assert sum("references" in cv for cv in CVS) >= 3


@pytest.mark.parametrize("cv", CVS, ids=lambda cv: cv["contact"]["name"])
def test_each_is_in_the_form_in_which_it_is_kept(cv: dict[str, Any]) -> None:
    assert load_cv(cv) == cv
    assert warnings(cv, cv["language"]) == []
    for part in ("headline", "summary", "experience", "education", "skills", "languages", "places", "contact"):
        assert cv[part], part


def test_names_and_addresses_are_distinct_and_reach_nobody() -> None:
    assert len({cv["contact"]["name"] for cv in CVS}) == len(CVS)
    addresses = [cv["contact"]["email"] for cv in CVS]
    assert len(set(addresses)) == len(CVS)
    everything = FILE.read_text(encoding="utf-8")
    assert all(found.endswith("@mail.example") for found in re.findall(r"\S+@[\w.]+", everything))
    assert all(re.match(r"https://[\w.]+\.example\b", found) for found in re.findall(r"https?://\S+", everything))
    telephones = [cv["contact"]["phone"] for cv in CVS if "phone" in cv["contact"]]
    assert len(set(telephones)) == len(telephones) >= 15
    assert all(NOBODYS_TELEPHONE.fullmatch(number) for number in telephones)


@pytest.mark.promise("A5")
@pytest.mark.parametrize("cv", CVS, ids=lambda cv: cv["contact"]["name"])
def test_each_goes_out_and_comes_back(cv: dict[str, Any]) -> None:
    alone = {"places", "occupations", "wishes", "references"}
    shared = {name: value for name, value in cv.items() if name not in alone}
    back = read_europass(write_europass(cv)[0]).cv
    # Europass keeps mother tongues apart from other languages.
    assert sorted(back.pop("languages"), key=str) == sorted(shared["languages"], key=str)
    assert back == {name: value for name, value in shared.items() if name != "languages"}
    assert {**read_jsonresume(write_jsonresume(cv)[0]).cv, "language": cv["language"]} == shared
    assert pdf(cv, cv["language"]).startswith(b"%PDF-")


def test_samples_in_the_formats_of_others_are_read() -> None:
    europass = read_europass((FILE.parent / "cv-europass.xml").read_bytes())
    resume = read_jsonresume(json.loads((FILE.parent / "cv-jsonresume.json").read_text(encoding="utf-8")))
    assert (europass.cv["headline"], europass.lost) == ("Sjuksköterska inom hemsjukvård", [])
    assert (resume.cv["headline"], resume.lost) == ("Machine learning engineer", [])
