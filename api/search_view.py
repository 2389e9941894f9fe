"""What the calls about listings give besides listings: answers of the search, suggestions, lines of the export."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.listing_fields import Code, Reference
from api.listing_schema import ListingSchema
from api.listing_view import STATES, ApplyViewSchema, BriefSchema, SalaryViewSchema
from api.schema_problems import STRUCTURE
from store.criteria import EMPLOYMENT, LANGUAGES


def _about(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **more}


class ListingBodySchema(ListingSchema):
    """A listing as its employer hands it in. The language may be left out where the text shows it beyond doubt."""

    reference = Reference(metadata=_about("your own reference; it may be left out, since the address holds it"))


class LanguageSchema(Schema):
    """How the answer is labelled."""

    error_messages = STRUCTURE

    lang = Code(
        LANGUAGES.__contains__,
        load_default="en",
        metadata=_about(f"the language of labels, one of: {', '.join(LANGUAGES)}", enum=LANGUAGES),
    )


class PublishedSchema(Schema):
    """A listing and its state."""

    id = fields.UUID(required=True, metadata=_about("our id of the listing"))
    state = fields.String(required=True, metadata=_about(f"one of: {', '.join(STATES)}", enum=STATES))
    version = fields.Integer(required=True, metadata=_about("grows with each change, and with nothing else"))


class HighlightsSchema(Schema):
    """What the words found, as HTML: all is escaped but `<mark>`."""

    title = fields.String(required=True, allow_none=True, metadata=_about("the title; null where no word is in it"))
    description = fields.List(fields.String(), required=True, metadata=_about("fragments of the text"))


class HitSchema(BriefSchema):
    """A listing that was found."""

    highlights = fields.Nested(HighlightsSchema, required=True)
    why = fields.List(fields.String(), required=True, metadata=_about("the criteria that it meets, in words"))


class FacetSchema(Schema):
    """How many listings have a value."""

    value = fields.String(required=True, metadata=_about("as the search takes it"))
    label = fields.String(required=True, metadata=_about("the words for it"))
    count = fields.Integer(
        required=True, metadata=_about("how many listings have it that meet all but its own facet's choice")
    )


def _facet() -> fields.List[Any]:
    return fields.List(fields.Nested(FacetSchema), required=True)


class FacetsSchema(Schema):
    """The most frequent values of each kind, counted as if nothing of the same kind were asked for."""

    place = _facet()
    occupation = _facet()
    employment = _facet()
    remote = _facet()
    salary_min = _facet()
    language = _facet()
    employer = _facet()


class FoundSchema(Schema):
    """Listings that were found."""

    total = fields.Integer(required=True, metadata=_about("how many listings match, exactly"))
    hits = fields.List(fields.Nested(HitSchema), required=True, metadata=_about("this part of them"))
    next = fields.String(required=True, allow_none=True, metadata=_about("what `page` takes to go on; null at the end"))
    facets = fields.Nested(FacetsSchema, metadata=_about("where they were asked for"))
    did_you_mean = fields.String(
        metadata=_about("where few were found: another `text` with which more are, everything else being equal")
    )


class SuggestionSchema(Schema):
    """Something to search for."""

    kind = fields.String(required=True, metadata=_about("what it is", enum=["occupation", "place", "skill", "title"]))
    text = fields.String(required=True, metadata=_about("the words"))
    code = fields.String(
        required=True,
        allow_none=True,
        metadata=_about("of an occupation, a place and a skill its code, which finds it in every language"),
    )


class SuggestionsSchema(Schema):
    """What to search for."""

    suggestions = fields.List(fields.Nested(SuggestionSchema), required=True, metadata=_about("the best first"))


class LineSchema(Schema):
    """A line of the export. One with `removed` has nothing below it: take the listing away."""

    id = fields.UUID(metadata=_about("the listing"))
    version = fields.Integer(metadata=_about("what `since` takes to go on after this line"))
    state = fields.String(metadata=_about("its state", enum=STATES))
    removed = fields.Boolean(metadata=_about("true where the listing is not open any more"))
    next_since = fields.Integer(metadata=_about("alone in the last line of a snapshot: where the stream goes on"))
    title = fields.String(metadata=_about("its title"))
    description = fields.String(metadata=_about("safe HTML"))
    language = fields.String(metadata=_about("the language of the listing", enum=LANGUAGES))
    employer = fields.String(metadata=_about("the employer's name"))
    places = fields.List(fields.String(), metadata=_about("codes of places"))
    occupation = fields.String(allow_none=True, metadata=_about("code of the occupation"))
    employment = fields.List(fields.String(metadata={"enum": EMPLOYMENT}), metadata=_about("forms of employment"))
    remote = fields.Boolean(metadata=_about("whether it is remote work"))
    salary = fields.Nested(SalaryViewSchema, allow_none=True)
    published_at = fields.AwareDateTime(metadata=_about("when it was first shown"))
    deadline = fields.AwareDateTime(allow_none=True, metadata=_about("until when one can apply"))
    updated_at = fields.AwareDateTime(metadata=_about("when it last changed"))
    apply = fields.Nested(ApplyViewSchema)
    url = fields.String(metadata=_about("the page about it, in its own language", format="uri"))
    site = fields.String(metadata=_about("the key of the site"))
