"""Compiles the labels of occupations, skills and places into mappings/analysis/data: run after a change of them or of
the analysis, which gives their words other keys."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mappings.analysis import asked_phrase, concept_files, labels, place_names
from mappings.analysis.concept_files import ANOTHER_WORD, NOTHING, SEVERAL, Entry
from mappings.analysis.tokens import cut
from store import occupations, places, skills


def compiled() -> tuple[dict[str, Entry], list[str]]:
    """Every entry of the table by its keys, and the codes by number."""
    by_label = labels.resolved(labels.all_labels(), labels.left_out())
    by_form = place_forms()
    used = {code for named in by_label.values() for code in named.values()} | set(by_form.values())
    taxonomy = [*occupations.all(), *skills.all(), *places.all()]
    codes = [
        "",
        "",
        "",
        *(one.code for one in taxonomy if one.code in used),
        *sorted(code for code in used if " " in code),
    ]
    number = {code: at for at, code in enumerate(codes)} | {labels.NONE: SEVERAL, labels.ANOTHER_WORD: ANOTHER_WORD}
    entries: dict[str, Entry] = {}
    doubtful = {spelled(form) for form in place_names.doubtful()}
    for path in sorted(by_label.keys() | by_form.keys()):
        named = by_label.get(path, {})
        fi, sv, en = (number[named[one]] if one in named else NOTHING for one in labels.LANGUAGES)
        place = number[by_form[path]] if path in by_form else NOTHING
        entries[path] = Entry((fi, sv, en), place, doubtful=bool(place) and path in doubtful)
    for path in [*entries]:
        words = path.split(" ")
        for length in range(1, len(words)):
            entries.setdefault(" ".join(words[:length]), Entry((NOTHING, NOTHING, NOTHING), NOTHING, doubtful=False))
    return entries, codes


def place_forms() -> dict[str, str]:
    """The places by the paths of every form of their names; two codes of namesakes with a blank between."""
    found = {spelled(form): " ".join(codes) for form, codes in sorted(place_names.codes().items())}
    for place in places.all():
        for name in sorted(place_names.names(place)):
            for keys in asked_phrase(name):
                # Not where an analysis takes a name for a form of another word.
                if letters("".join(keys)) == letters(name):
                    found.setdefault(" ".join(keys), " ".join(place_names.codes()[place_names.written(name)]))
    return found


def spelled(form: str) -> str:
    """What of a form a text may have, word for word: its spelling."""
    return " ".join(word for _, _, word in cut(form))


def letters(name: str) -> str:
    return "".join(filter(str.isalnum, place_names.written(name)))


def save(trie: marisa_trie.BytesTrie, to: Path) -> None:
    """Beside it first: other processes have the old one mapped into their memory."""
    beside = to.with_suffix(".new")
    trie.save(str(beside))
    beside.replace(to)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    entries, codes = compiled()
    save(marisa_trie.BytesTrie((path, entry.written()) for path, entry in entries.items()), concept_files.TABLE)
    concept_files.CODES.write_text("\n".join(codes), encoding="utf-8")
    for path in (concept_files.TABLE, concept_files.CODES):
        print(f"{path.name}: {path.stat().st_size} bytes")
    print(f"{len(entries)} entries, {len(codes)} codes")


if __name__ == "__main__":
    main()
