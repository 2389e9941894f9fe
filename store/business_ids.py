"""Business ids: the Finnish Y-tunnus and the Swedish organisationsnummer, checked and written in one way."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.fi import ytunnus
from stdnum.se import orgnr

from store.errors import Invalid, Problem

COUNTRIES = ("fi", "se")
RIGHT = (
    "a Finnish Y-tunnus such as 0112038-9 or a Swedish organisationsnummer such as 556036-0793, its check digit right"
)
_KINDS = {"fi": ytunnus, "se": orgnr}


def read(text: str, country: str | None = None, field: str = "business_id") -> str:
    """A business id with its country, `fi:01120389`, out of what people write: `0112038-9`, `FI01120389`.

    Without a country the number says which: the Finnish one has eight digits, the Swedish ten. Raises Invalid, about
    `field`, for anything else.
    """
    written = "".join(text.split()).lower()
    named, _, rest = written.partition(":")
    if rest and named in COUNTRIES:
        country, written = country or named, rest
    for code, kind in _KINDS.items():
        if country not in (None, code):
            continue
        # The VAT numbers of both countries hold the business id: FI and eight digits, SE, ten digits and 01.
        bare = written.removeprefix(code)
        if code == "se" and len(bare) == 12 and bare.endswith("01") and bare.isdigit():
            bare = bare[:-2]
        try:
            return f"{code}:{kind.validate(bare)}"
        except ValidationError:
            continue
    raise Invalid([Problem(field, "is not a business id", RIGHT)])
