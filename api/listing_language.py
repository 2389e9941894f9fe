"""The language of a listing that does not say it: Finnish, Swedish or English, and only where there is no doubt."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory  # type: ignore[import-untyped]
from langdetect.lang_detect_exception import LangDetectException  # type: ignore[import-untyped]

from store.criteria import LANGUAGES

# The neighbours are there to be told apart: with three languages alone, all Norwegian is surely Swedish.
_NEIGHBOURS = ("da", "no", "et", "de")
_SURE = 0.9


@cache
def _factory() -> DetectorFactory:
    factory = DetectorFactory()
    factory.seed = 0  # the detector draws samples: without a seed, the same text could be accepted one time in two
    profiles = Path(PROFILES_DIRECTORY)
    factory.load_json_profile(
        [(profiles / language).read_text(encoding="utf-8") for language in (*LANGUAGES, *_NEIGHBOURS)]
    )
    return factory


def recognise(text: str) -> str | None:
    """`fi`, `sv` or `en` if the text is in it with a probability of 0.9 or more, else None. The same text always gets
    the same answer; what counts is its first 10,000 characters."""
    detector = _factory().create()
    detector.append(text[:10_000])
    try:
        guesses = detector.get_probabilities()
    except LangDetectException:  # a text without letters
        return None
    if guesses and guesses[0].prob >= _SURE and guesses[0].lang in LANGUAGES:
        return str(guesses[0].lang)
    return None
