"""The dictionaries are what they claim to be, and the version of the analysis follows them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mappings import analysis
from mappings.analysis import lexicon, tokens
from store import occupations


@pytest.mark.parametrize(
    ("language", "form", "found"),
    [
        ("fi", "kokkeja", ("kokki",)),
        ("fi", "sairaanhoitajille", ("sairaanhoitaja",)),
        ("fi", "hiustöyhdöksi", ("hiustöyhtö",)),
        ("fi", "turun", ("turku",)),
        ("fi", "it", ()),
        ("sv", "sjuksköterskan", ("sjuksköterska",)),
        ("sv", "sjuksköterskornas", ("sjuksköterska",)),
        ("en", "nurses", ("nurse",)),
        ("en", "nursez", ()),
        ("en", "", ()),
    ],
)
def test_a_form_has_its_base_forms(language: str, form: str, found: tuple[str, ...]) -> None:
    assert lexicon.bases(form, language) == found


@pytest.mark.parametrize(
    ("language", "base"), [("fi", "kokki"), ("sv", "träff"), ("en", "defence"), ("fi", "lähihoitaja")]
)
def test_a_base_form_is_a_form_of_itself(language: str, base: str) -> None:
    assert lexicon.is_base(base, language)
    assert lexicon.bases(base, language)[0] == base


def test_a_form_is_no_base_form() -> None:
    assert not lexicon.is_base("kokkeja", "fi")
    assert not lexicon.is_base("sjuksköterskan", "sv")


@pytest.mark.parametrize("form", ["talo", "talossa", "öinen", "a"])
def test_edits_are_undone(form: str) -> None:
    several = ("talo", form, "aivan muu")
    assert lexicon.edited(form, lexicon.edits(form, several)) == several


def test_what_cannot_be_written_is_left_out() -> None:
    assert lexicon.edits("a" + "b" * 26, ("a",)) == b""


def test_the_files_are_what_their_list_says() -> None:
    listed = dict(line.split()[::-1] for line in (lexicon.DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    files = [lexicon.DATA / f"{name}.marisa" for name in (*lexicon.LANGUAGES, "of_work")]
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files} == listed


def test_the_same_dictionary_makes_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("simplemma")
    script = lexicon.DATA.parents[2] / "scripts" / "build_lexicon.py"
    subprocess.run([sys.executable, script, "en", "--folder", tmp_path], check=True)
    assert (tmp_path / "en.marisa").read_bytes() == (lexicon.DATA / "en.marisa").read_bytes()


def test_the_words_of_work_are_those_of_the_names_of_occupations() -> None:
    named = {
        (word, language)
        for occupation in occupations.all()
        for language, label, others in zip(
            occupations.LANGUAGES, occupation.labels, occupation.alternatives, strict=True
        )
        for name in (label, *others)
        for _, _, word in tokens.cut(name)
        if len(word) > 1
    }
    missing = {(word, language) for word, language in named if not lexicon.of_work(word, language)}
    # Names are added one by one, and what a word most likely means does not hang on the last of them.
    assert len(missing) < 0.005 * len(named), "run scripts/build_lexicon.py"
    assert lexicon.of_work("supervisor", "en")
    assert not lexicon.of_work("supervisor", "sv")


@pytest.mark.parametrize("changed", ["data/sv.marisa", "data/of_work.marisa", "words.py"])
def test_the_version_follows_data_and_rules(changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = analysis.VERSION
    copy = tmp_path / "analysis"
    shutil.copytree(lexicon.DATA.parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(analysis, "DATA", copy / "data")
    assert analysis._version.__wrapped__() == version
    with (copy / changed).open("ab") as file:
        file.write(b" ")
    assert analysis._version.__wrapped__() != version


def test_the_version_is_known_before_any_word_is() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        analysis.__getattr__("nothing")
