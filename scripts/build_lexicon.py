"""Makes the data of mappings/analysis/lexicon.py out of the dictionaries of simplemma and the names of occupations."""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from mappings.analysis.lexicon import LANGUAGES, OF_WORK, bases, edits, shorter  # noqa: E402
from mappings.analysis.tokens import cut, spelled  # noqa: E402
from store import occupations  # noqa: E402

DATA = HERE.parent / "mappings" / "analysis" / "data"
SOURCE = "2.0.0"
# A word is made of letters, and of hyphens and apostrophes between them; signs and numbers need no dictionary.
WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
Readings = dict[str, tuple[str, ...]]


def save(trie: marisa_trie.BytesTrie | marisa_trie.Trie, to: Path) -> None:
    """Beside it first: other processes have the old one mapped into their memory."""
    beside = to.with_suffix(".new")
    trie.save(str(beside))
    beside.replace(to)


def readings(dictionary: Iterable[tuple[str, str]]) -> Readings:
    """Each form with its base forms: what is written in lower case before names; a base form is a form of itself.

    Words of two letters are at most their own base forms: they are abbreviations (IT), which would be taken for forms
    of pronouns and verbs, which nobody seeks.
    """
    found: dict[str, dict[str, None]] = {}
    for form, base in sorted(dictionary, key=lambda pair: (pair[0] != pair[0].lower(), pair)):
        form, base = spelled(form), spelled(base)
        if not (WORD.fullmatch(form) and WORD.fullmatch(base)) or len(base) < 2 or form.endswith("'s"):
            continue
        if len(form) > 2 or form == base:
            found.setdefault(form, {})[base] = None
    for base in sorted({base for several in found.values() for base in several}):
        found[base] = {base: None, **found.get(base, {})}
    return {form: tuple(several) for form, several in found.items()}


def kept(every: Readings) -> Readings:
    """Without the forms that `lexicon.bases` finds by their end: hiustöyhdöksi by töyhdöksi."""
    left: Readings = {}
    bases = {form for form, several in every.items() if form in several}
    for form in sorted(every, key=lambda form: (len(form), form)):
        derived = shorter(form, lambda word: left.get(word, ()), bases.__contains__)
        if form in bases or sorted(derived) != sorted(every[form]):
            left[form] = every[form]
    return left


def entries(every: Readings) -> Iterator[tuple[str, bytes]]:
    for form, several in sorted(every.items()):
        written = edits(form, several)
        if written:
            yield form, written


def build(language: str, folder: Path) -> None:
    dictionary = DefaultDictionaryFactory(cache_max_size=1).get_dictionary(language)
    every = readings(dictionary.items())
    trie = marisa_trie.BytesTrie(entries(kept(every)), order=marisa_trie.LABEL_ORDER)
    save(trie, folder / f"{language}.marisa")


def words_of_work() -> Iterator[str]:
    """Each word in the names of occupations and its base forms, behind its language."""
    for occupation in occupations.all():
        for language, label, others in zip(LANGUAGES, occupation.labels, occupation.alternatives, strict=True):
            for name in (label, *others):
                for _, _, word in cut(name):
                    for part in {word, word.replace("-", ""), *word.split("-")}:
                        yield from (f"{language}:{one}" for one in (part, *bases(part, language)) if len(one) > 1)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("languages", nargs="*", default=LANGUAGES)
    arguments.add_argument("--folder", type=Path, default=DATA)
    asked = arguments.parse_args()
    if version("simplemma") != SOURCE:
        sys.exit(f"simplemma {SOURCE} is the source, not {version('simplemma')}")
    for language in asked.languages:
        build(language, asked.folder)
    save(marisa_trie.Trie(sorted(set(words_of_work())), order=marisa_trie.LABEL_ORDER), asked.folder / OF_WORK)
    files = [asked.folder / name for name in (*(f"{language}.marisa" for language in LANGUAGES), OF_WORK)]
    files = [path for path in files if path.exists()]
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (asked.folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


if __name__ == "__main__":
    main()
