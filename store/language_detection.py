"""The language of a text that does not say it: Finnish, Swedish or English, and only where there is little doubt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from store.criteria import LANGUAGES

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier  # type: ignore[import-untyped]

# What else a text may be in: with three languages alone, all Norwegian is surely Swedish. Neighbours, and what people
# write who move here; Latin for the text that stands for one.
_OTHERS = (
    *("da", "no", "nn", "fo", "is", "et", "se", "lv", "lt", "ru", "uk", "pl", "de", "nl", "fr", "es", "pt", "it"),
    *("ro", "hu", "hr", "sq", "tr", "so", "ar", "vi", "tl", "la"),
)
# See docs/adr/0014: at this probability no ad and no sentence of an ad is taken for one in another language.
SURE = 0.4
MOST = 10_000


@cache
def _identifier() -> LanguageIdentifier:
    # Loaded by the first text of a process that does not say its language: it takes half a second and 80 MB.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*LANGUAGES, *_OTHERS])
    return identifier


def recognise(text: str) -> str | None:
    """`fi`, `sv` or `en` if a text is mainly in it, else None: for another language, and for a text that is too short
    or has no words. The same text always gets the same answer; what counts is its first 10,000 characters."""
    language, probability = _identifier().classify(text[:MOST])
    return str(language) if language in LANGUAGES and probability >= SURE else None


def of_cv(body: dict[str, Any], otherwise: str) -> str:
    """The language of a CV: the one that it names, else the one that it is written in, else `otherwise`."""
    given = body.get("language")
    return given or recognise("\n".join(_prose(body))) or otherwise


def _prose(body: dict[str, Any]) -> Iterator[str]:
    """What a person wrote in words of their own: no names of schools and employers, which tell little."""
    yield from (body[member] for member in ("headline", "summary") if member in body)
    for member, fields in (("experience", ("title", "description")), ("education", ("title", "field", "description"))):
        yield from (item[field] for item in body.get(member, ()) for field in fields if item.get(field))
    yield from body.get("skills", ())
