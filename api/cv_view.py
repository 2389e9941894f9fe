"""What the calls about CVs take and give besides the CV itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from api.criteria_schema import NearSchema
from api.cv_schema import CvSchema
from api.listing_fields import MESSAGES, Code
from api.schema_problems import STRUCTURE
from api.search_view import FacetSchema
from store.criteria import LANGUAGES
from store.cv_fields import HIDEABLE
from store.cvs import CONTACT

MOST = 100


def about(description: str, **more: Any) -> dict[str, Any]:
    """Metadata of a field: what openapi.json says of it."""
    return {"description": description, **more}


class WarningSchema(Schema):
    """Something in the CV that had better not be there."""

    field = fields.String(required=True, metadata=about("path of the text, such as experience[1].description"))
    start = fields.Integer(required=True, metadata=about("where in the text it begins, in characters from 0"))
    end = fields.Integer(required=True, metadata=about("where it ends"))
    kind = fields.String(required=True, metadata=about("which kind of sensitive data it is"))
    found = fields.String(required=True, metadata=about("the words; of an identity number only dots"))
    message = fields.String(required=True, metadata=about("why it is not wanted, in the language of the CV"))


class OwnCvSchema(CvSchema):
    """A CV as its owner sees it, with who else sees it."""

    id = fields.UUID(required=True, metadata=about("our id of the CV"))
    visible = fields.Boolean(required=True, metadata=about("whether employers can find it"))
    hidden = fields.List(fields.String(), required=True, metadata=about("fields that nobody else sees"))
    blocked_employers = fields.List(fields.String(), required=True, metadata=about("who can not find it"))
    contact_shown = fields.String(
        required=True,
        metadata=about("to whom contact details are shown: whoever opens the CV, or on request", enum=CONTACT),
    )
    suggestible = fields.Boolean(required=True, metadata=about("whether it is suggested to employers who can find it"))
    version = fields.Integer(required=True, metadata=about("grows with each change"))
    updated_at = fields.AwareDateTime(required=True, metadata=about("when it last changed"))
    warnings = fields.List(fields.Nested(WarningSchema), required=True, metadata=about("what had better not be there"))


# What an answer says beside the CV: handed in again, it is left as it is.
BESIDE = OwnCvSchema._declared_fields.keys() - CvSchema._declared_fields.keys()


def cv_alone(given: object) -> object:
    """What was handed in, without what our own answers say beside the CV."""
    return {name: one for name, one in given.items() if name not in BESIDE} if isinstance(given, Mapping) else given


class CheckedSchema(Schema):
    """What was found in a CV that is not saved yet."""

    warnings = fields.List(fields.Nested(WarningSchema), required=True, metadata=about("what had better not be there"))


class VisibilitySchema(Schema):
    """Whether employers can find the CV."""

    error_messages = STRUCTURE

    visible = fields.Boolean(
        required=True, truthy={True}, falsy={False}, error_messages=MESSAGES, metadata=about("true or false")
    )


class HiddenSchema(Schema):
    """Fields that nobody but the person sees."""

    error_messages = STRUCTURE

    fields_ = fields.List(
        fields.String(error_messages=MESSAGES),
        data_key="fields",
        required=True,
        error_messages=MESSAGES,
        metadata=about(f"all that are hidden, of: {', '.join(sorted(HIDEABLE))}"),
    )


class BlockedSchema(Schema):
    """Employers who can not find the CV."""

    error_messages = STRUCTURE

    employers = fields.List(
        fields.String(error_messages=MESSAGES),
        required=True,
        error_messages=MESSAGES,
        metadata=about("all of them: business ids, mail domains, names, or ids of employers"),
    )


class ContactChoiceSchema(Schema):
    """To whom contact details are shown."""

    error_messages = STRUCTURE

    shown = Code(
        CONTACT.__contains__,
        required=True,
        error_messages=MESSAGES,
        metadata=about("open: to whoever opens the CV; on_request: when you say so", enum=CONTACT),
    )


class CvCriteriaSchema(Schema):
    """What is asked of CVs besides the text: all that is given must hold, of a list one, of skills all."""

    text = fields.String(metadata=about("a text that must hold besides the other"))
    places = fields.List(fields.String(), metadata=about("codes of places"))
    near = fields.Nested(NearSchema)
    occupations = fields.List(fields.String(), metadata=about("isco-2512, or URIs of ESCO occupations"))
    employment = fields.List(fields.String(), metadata=about("forms of employment that the person wishes"))
    remote = fields.Boolean(metadata=about("true: who wishes remote work"))
    languages = fields.List(fields.String(), metadata=about("languages that the person speaks"))
    skills = fields.List(fields.String(), metadata=about("whole skills, as the person wrote them"))
    language = fields.String(metadata=about("the language that the CV is written in", enum=LANGUAGES))
    expand = fields.Boolean(metadata=about("false for the words alone, not what they name under other names"))


class AskedSchema(Schema):
    """A search of CVs."""

    text = fields.String(
        metadata=about('words, "phrases", AND, OR, NOT, parentheses, field:word; see docs/cv-search.md')
    )
    criteria = fields.Nested(CvCriteriaSchema)
    sort = fields.String(metadata=about("relevance or newest", enum=["relevance", "newest"]))
    page = fields.Raw(metadata=about("the number of a page, from 1, or what `next` said", type=["integer", "string"]))
    size = fields.Integer(metadata=about(f"how many hits an answer holds, 1 to {MOST}; 20 without it"))
    facets = fields.Boolean(metadata=about("whether to count what was found by place, skill and so on"))
    lang = fields.String(metadata=about("the language of labels", enum=LANGUAGES))


class BriefCvSchema(Schema):
    """A CV in a list."""

    id = fields.UUID(required=True, metadata=about("our id of the CV"))
    headline = fields.String(required=True, allow_none=True, metadata=about("what the person is, in a line"))
    titles = fields.List(fields.String(), required=True, metadata=about("what the person has been, newest first"))
    skills = fields.List(fields.String(), required=True, metadata=about("what the person can do"))
    places = fields.List(fields.String(), required=True, metadata=about("where, in words"))
    language = fields.String(required=True, metadata=about("the language of the CV"))
    updated_at = fields.AwareDateTime(required=True, metadata=about("when it last changed"))


class CvHighlightsSchema(Schema):
    """What the words found, as HTML: all is escaped but `<mark>`."""

    title = fields.List(fields.String(), metadata=about("in titles"))
    skill = fields.List(fields.String(), metadata=about("in skills"))
    text = fields.List(fields.String(), metadata=about("in all other text"))


class CvHitSchema(BriefCvSchema):
    """A CV that was found."""

    highlights = fields.Nested(CvHighlightsSchema, required=True)
    why = fields.List(fields.String(), required=True, metadata=about("what of the search it meets"))


class CvFacetsSchema(Schema):
    """Counts of the CVs found."""

    place = fields.List(fields.Nested(FacetSchema), metadata=about("by place"))
    occupation = fields.List(fields.Nested(FacetSchema), metadata=about("by occupation"))
    skill = fields.List(fields.Nested(FacetSchema), metadata=about("by skill"))
    spoken = fields.List(fields.Nested(FacetSchema), metadata=about("by language that the person speaks"))
    employment = fields.List(fields.Nested(FacetSchema), metadata=about("by form of employment wished"))
    language = fields.List(fields.Nested(FacetSchema), metadata=about("by language of the CV"))


class CvFoundSchema(Schema):
    """CVs that were found."""

    total = fields.Integer(required=True, metadata=about("how many CVs match that you may see, exactly"))
    hits = fields.List(fields.Nested(CvHitSchema), required=True, metadata=about("this part of them"))
    next = fields.String(required=True, allow_none=True, metadata=about("what `page` takes to go on; null at the end"))
    facets = fields.Nested(CvFacetsSchema, metadata=about("where they were asked for"))


class SimilarSchema(Schema):
    """CVs that have much in common with one."""

    hits = fields.List(fields.Nested(CvHitSchema), required=True, metadata=about("the most alike first"))


class CandidateSchema(BriefCvSchema):
    """A CV that a saved search found."""

    found_at = fields.AwareDateTime(required=True, metadata=about("when it was found"))


class CandidatesSchema(Schema):
    """CVs that a saved search found."""

    candidates = fields.List(
        fields.Nested(CandidateSchema), required=True, metadata=about("the latest first, at most 200")
    )


class SeenCvSchema(CvSchema):
    """A CV as employers see it: without what is hidden, and with contact details where the person shows them."""

    id = fields.UUID(required=True, metadata=about("our id of the CV"))
    contact_shown = fields.String(
        required=True, metadata=about("whether contact details are shown on request", enum=CONTACT)
    )
    updated_at = fields.AwareDateTime(required=True, metadata=about("when it last changed"))


class SaveSearchSchema(AskedSchema):
    """A search to be told of new candidates by."""

    name = fields.String(required=True, validate=validate.Length(1, 100), metadata=about("what you call it"))


class SavedSearchSchema(Schema):
    """A saved search."""

    id = fields.Integer(required=True, metadata=about("its number"))
    name = fields.String(required=True, metadata=about("what you call it"))
    asked = fields.Dict(required=True, metadata=about("what it asks: text and criteria"))
    created_at = fields.AwareDateTime(required=True, metadata=about("since when it tells of new candidates"))


class SavedSearchesSchema(Schema):
    """The searches that you saved."""

    searches = fields.List(fields.Nested(SavedSearchSchema), required=True, metadata=about("oldest first"))
