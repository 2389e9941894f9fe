"""A search of CVs in words, for the person who was found by it."""

from __future__ import annotations

from store import languages, occupations, places, wording
from store.cv_criteria import CvCriteria


def in_words(criteria: CvCriteria, language: str) -> list[str]:
    """Every choice of the criteria as a person would say it, in a fixed order, without the text: all must hold, of
    alternatives one."""
    _ = wording.translator(language).gettext
    said = [
        wording.either(labels, language)
        for labels in (
            [occupations.label(code, language) for code in criteria.occupations],
            [places.label(code, language) for code in criteria.places],
            [wording.employment(code, language) for code in criteria.employment],
        )
        if labels
    ]
    if criteria.languages:
        spoken = wording.either([languages.name_of(code, language) for code in criteria.languages], language)
        said.append(_("language skills: %(languages)s") % {"languages": spoken})
    if criteria.near:
        said.append(wording.within(criteria.near.km, places.label(criteria.near.place, language), language))
    if criteria.remote:
        said.append(wording.remote(True, language))
    said += criteria.skills
    if criteria.language:
        said.append(
            _("language of the CV: %(language)s") % {"language": languages.name_of(criteria.language, language)}
        )
    return said
