"""Why a listing was found: criteria in words, and those of them that the listing meets."""

from __future__ import annotations

from collections.abc import Mapping

from mappings.analysis import concepts
from mappings.asked import pieces
from mappings.listing import PER_MONTH
from matcher import marks
from store import occupations, places, sanitise, terms, wording
from store.criteria import Criteria
from store.listings import Listing


def in_words(criteria: Criteria, language: str) -> list[str]:
    """Every member of the criteria as a person would say it, in a fixed order: all must hold, of alternatives one."""
    _ = wording.translator(language).gettext
    said = [terms.quoted(term) for term in criteria.wanted]
    if not criteria.expand:
        said.append(_("only these very words"))
    said += [
        wording.either(labels, language)
        for labels in (
            [occupations.label(code, language) for code in criteria.occupations],
            [places.label(code, language) for code in criteria.places],
            [wording.employment(code, language) for code in criteria.employment],
        )
        if labels
    ]
    if criteria.near:
        said.append(wording.within(criteria.near.km, places.label(criteria.near.place, language), language))
    if criteria.remote:
        said.append(wording.remote(True, language))
    if criteria.salary_min and criteria.salary_currency:
        said.append(wording.least_salary(criteria.salary_min, criteria.salary_currency, language))
    if criteria.languages:
        said.append(wording.either([wording.in_language(code, language) for code in criteria.languages], language))
    if criteria.employers:
        said.append(_("employer: %(names)s") % {"names": wording.either(criteria.employers, language)})
    if criteria.unwanted:
        words = ", ".join(terms.quoted(term) for term in criteria.unwanted)
        said.append(_("without: %(words)s") % {"words": words})
    return said


def why(criteria: Criteria, listing: Listing, language: str, stands: Mapping[str, str] | None = None) -> list[str]:
    """The members of the criteria that this listing meets, as a person would say them, in a fixed order.

    The words and phrases asked for are all said: a listing was found by them. Where it has not the words but what they
    name under another name, that is said too: "kokki → chef"; `stands` is `marks.stands` of its title and text, where
    the caller has marked them. Of chosen places, occupations and the like only those
    that hold for the listing are: "Pirkanmaa" where the ad is in Tampere.
    """
    _ = wording.translator(language).gettext
    said = _words(criteria, listing, language, stands)
    above = set(occupations.ancestors(listing.occupation)) if listing.occupation else set()
    said += [occupations.label(code, language) for code in criteria.occupations if code in above]
    around = {outer for code in listing.places for outer in places.ancestors(code)}
    said += [places.label(code, language) for code in criteria.places if code in around]
    if criteria.near:
        within = criteria.near.municipalities()
        said += [places.label(code, language) for code in within if code in around and code not in criteria.places]
    said += [wording.employment(code, language) for code in criteria.employment if code in listing.employment]
    if criteria.remote and listing.remote:
        said.append(wording.remote(True, language))
    if (
        criteria.salary_min
        and criteria.salary_currency
        and _pays(listing, criteria.salary_min, criteria.salary_currency)
    ):
        said.append(wording.least_salary(criteria.salary_min, criteria.salary_currency, language))
    if listing.language in criteria.languages:
        said.append(wording.in_language(listing.language, language))
    if terms.plain(listing.employer) in criteria.employers:
        said.append(listing.employer)
    return said


def _words(criteria: Criteria, listing: Listing, language: str, stands: Mapping[str, str] | None) -> list[str]:
    asked = pieces(criteria.wanted, criteria.expand)
    if not any(piece.code for piece in asked):
        return [terms.quoted(piece.text) for piece in asked]
    if stands is None:
        what = marks.sought(asked)
        texts = (listing.title, sanitise.public_text(listing.description))
        stands = marks.stands((text, marks.find(text, listing.language, what)) for text in texts)
    said = []
    for piece in asked:
        if piece.code is None:
            said.append(terms.quoted(piece.text))
        elif piece.text in stands:
            said.append(stands[piece.text])
        elif all(term.text in stands for term in piece.terms):
            said.append(piece.text)
        else:
            # By a code that the listing gives beside its words.
            label = concepts.label(piece.code, language)
            said.append(piece.text if terms.plain(label) == piece.text else f"{piece.text} → {label}")
    return said


def _pays(listing: Listing, least: int, currency: str) -> bool:
    highest = listing.salary_max if listing.salary_max is not None else listing.salary_min
    if highest is None or listing.salary_period is None or listing.salary_currency != currency:
        return False
    return highest * PER_MONTH[listing.salary_period] >= least
