"""Everything that people read is there in Finnish and Swedish, with the same gaps to fill in."""

from __future__ import annotations

import importlib.util
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from store import wording

ROOT = Path(__file__).parents[2]
GAP = re.compile(r"%\((\w+)\)[sd]")


def extracted() -> Catalog:
    """The messages that the code and the templates hold now."""
    specification = importlib.util.spec_from_file_location("update", ROOT / "scripts" / "update_translations.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    catalog: Catalog = module.extracted()
    return catalog


def strings(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_message_is_translated_with_its_gaps(language: str) -> None:
    with (wording.TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    messages: list[Message] = [message for message in extracted() if message.id]
    assert len(messages) > 100, "the templates are read"
    for message in messages:
        translated = catalog.get(message.id, message.context)
        assert translated is not None, f"{message.id!r} is not in the catalogue: run scripts/update_translations.py"
        assert not translated.fuzzy, message.id
        for text in strings(translated.string):
            assert text.strip(), f"{message.id!r} is empty"
            gaps = set(GAP.findall(" ".join(strings(message.id))))
            # The singular may say "one" where the plural counts.
            assert set(GAP.findall(text)) <= gaps, message.id
        assert set(GAP.findall(" ".join(strings(translated.string)))) == gaps, message.id


def test_dates_and_amounts_are_written_as_each_language_writes_them() -> None:
    moment = datetime(2026, 12, 5, 21, 59, 59, tzinfo=UTC)
    zone = "Europe/Helsinki"
    assert wording.date(moment, zone, "fi") == "5. joulukuuta 2026"
    assert wording.date(moment, zone, "sv") == "5 december 2026"
    assert wording.date(moment, zone, "en") == "5 December 2026"
    assert re.sub(r"\s", " ", wording.number(12345, "fi")) == "12 345"
    assert wording.number(12345, "en") == "12,345"
