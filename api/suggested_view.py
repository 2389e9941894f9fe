"""What the calls about suggestions take and give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load

from api.cv_view import BriefCvSchema, about
from api.listing_fields import Code, YesNo
from api.listing_query import MOST, USUAL, Size, read_page
from api.listing_view import BriefSchema
from api.schema_problems import STRUCTURE
from mappings.suggested import EMPLOYMENT, PLACE, SALARY, SAME, SKILLS
from matcher.reasons import KINDS
from store.criteria import LANGUAGES
from store.errors import Invalid, Problem


class SuggestibleSchema(Schema):
    """Whether the CV may be suggested to employers who can find it."""

    error_messages = STRUCTURE

    suggestible = YesNo(required=True, metadata=about("true or false"))


def _size() -> Size:
    return Size(load_default=USUAL, metadata=about(f"how many suggestions an answer holds, from 1 to {MOST}"))


def _language() -> Code:
    return Code(
        LANGUAGES.__contains__,
        load_default=None,
        metadata=about(
            f"the language of labels and reasons, one of: {', '.join(LANGUAGES)}; that of your account without it",
            enum=LANGUAGES,
        ),
    )


class BestSchema(Schema):
    """How many of the best are asked for."""

    error_messages = STRUCTURE

    size = _size()
    lang = _language()


class PagedSchema(BestSchema):
    """Which part of the suggestions is asked for."""

    page = fields.String(
        load_default="1", metadata=about("what `next` of an answer says continues it; or the number of a page, from 1")
    )

    @post_load
    def _read(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        number, after = read_page(data["page"])
        if after is not None and after.sort != "relevance":
            raise Invalid([Problem("page", "continues an answer in another order", "what `next` said")])
        return {**data, "page": number, "after": after}


class ReasonSchema(Schema):
    """One reason why something is suggested."""

    kind = fields.String(required=True, metadata=about("what it is", enum=KINDS))
    weight = fields.Integer(
        required=True,
        metadata=about(
            f"what it adds to the score: always the same for a kind ({SAME} for the same occupation, {PLACE} for the "
            f"place, {EMPLOYMENT} or {SALARY} for conditions), {sum(SKILLS)} at most for all skills"
        ),
    )
    codes = fields.List(
        fields.String(),
        required=True,
        metadata=about("what it is about: codes of occupations, skills, places, languages or forms of employment"),
    )
    text = fields.String(required=True, metadata=about("the reason in words"))


class SuggestedJobSchema(BriefSchema):
    """A listing that suits the CV."""

    score = fields.Integer(required=True, metadata=about("the sum of the weights of the reasons, at most 100"))
    reasons = fields.List(fields.Nested(ReasonSchema), required=True, metadata=about("why, the weightiest first"))


class SuggestedJobsSchema(Schema):
    """Listings that suit the CV."""

    total = fields.Integer(required=True, metadata=about("how many there are, exactly"))
    hits = fields.List(
        fields.Nested(SuggestedJobSchema), required=True, metadata=about("this part of them, best first")
    )
    next = fields.String(required=True, allow_none=True, metadata=about("what `page` takes to go on; null at the end"))


class SuggestedCandidateSchema(BriefCvSchema):
    """A CV that suits the listing."""

    score = fields.Integer(required=True, metadata=about("the sum of the weights of the reasons, at most 97"))
    reasons = fields.List(fields.Nested(ReasonSchema), required=True, metadata=about("why, the weightiest first"))


class SuggestedCandidatesSchema(Schema):
    """CVs that suit the listing."""

    total = fields.Integer(required=True, metadata=about("how many suit that you may see, exactly"))
    candidates = fields.List(fields.Nested(SuggestedCandidateSchema), required=True, metadata=about("the best first"))
