"""Brings `store/translations` in line with the code and the templates: new messages come in empty, unused ones go."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "store" / "translations"
TRANSLATED = ("fi", "sv")
PACKAGES = ("store", "matcher", "api")
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def extracted() -> Catalog:
    """Every message that the code and the templates show, with the files that show it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(project="Vahti", charset="utf-8")
    for package in PACKAGES:
        for path, _line, message, comments, context in extract_from_dir(ROOT / package, methods, options, KEYWORDS):
            catalog.add(message, locations=[(f"{package}/{path}", 0)], auto_comments=comments, context=context)
    return catalog


def main() -> None:
    """Update both catalogues and say what waits for a translation."""
    template = extracted()
    for language in TRANSLATED:
        path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = "Vahti"
        with path.open("wb") as file:
            write_po(file, catalog, width=120, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
        waiting = [message.id for message in catalog if message.id and not any(message.string or ())]
        print(f"{path.relative_to(ROOT)}: {len(catalog)} messages, {len(waiting)} to translate")
        for one in waiting:
            print(f"  {one!r}")


if __name__ == "__main__":
    main()
