"""Listings as the API shows them: in full, as a line of a list, and as a line of the stream."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields

from matcher import addresses
from store import occupations, places, wording
from store.criteria import EMPLOYMENT, LANGUAGES, SALARY_STEPS
from store.listing_input import SALARY_PERIODS
from store.listings import CLOSED, DRAFT, EXPIRED, PUBLISHED, Listing

STATES = (DRAFT, PUBLISHED, CLOSED, EXPIRED)


def _about(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **more}


class LabelsSchema(Schema):
    """The words for a listing's codes, in the language that was asked for."""

    places = fields.List(fields.String(), required=True, metadata=_about("names of the places, in their order"))
    occupation = fields.String(required=True, allow_none=True, metadata=_about("name of the occupation"))
    employment = fields.List(fields.String(), required=True, metadata=_about("forms of employment, in their order"))


class SalaryViewSchema(Schema):
    """What is paid."""

    min = fields.Float(required=True, allow_none=True, metadata=_about("from"))
    max = fields.Float(required=True, allow_none=True, metadata=_about("to"))
    currency = fields.String(required=True, metadata=_about("the currency", enum=list(SALARY_STEPS)))
    period = fields.String(required=True, metadata=_about("for which time", enum=SALARY_PERIODS))


class ApplyViewSchema(Schema):
    """Where to apply."""

    url = fields.String(required=True, allow_none=True, metadata=_about("a page"))
    email = fields.String(required=True, allow_none=True, metadata=_about("an address of the employer"))


class ExampleSchema(Schema):
    """A listing in a few words."""

    id = fields.UUID(required=True, metadata=_about("the listing"))
    title = fields.String(required=True, metadata=_about("its title"))
    employer = fields.String(required=True, metadata=_about("the employer's name"))
    places = fields.List(fields.String(), required=True, metadata=_about("codes of places"))
    labels = fields.Nested(LabelsSchema, required=True)
    published_at = fields.AwareDateTime(required=True, metadata=_about("when it was first shown"))
    deadline = fields.AwareDateTime(required=True, allow_none=True, metadata=_about("until when one can apply"))
    url = fields.String(required=True, metadata=_about("the page about it", format="uri"))


class BriefSchema(ExampleSchema):
    """A listing in a list."""

    language = fields.String(required=True, metadata=_about("the language of the listing", enum=LANGUAGES))
    occupation = fields.String(required=True, allow_none=True, metadata=_about("code of the occupation"))
    employment = fields.List(
        fields.String(metadata=_about("a form of employment", enum=EMPLOYMENT)),
        required=True,
        metadata=_about("forms of employment"),
    )
    remote = fields.Boolean(required=True, metadata=_about("whether it is remote work"))
    salary = fields.Nested(SalaryViewSchema, required=True, allow_none=True)
    site = fields.String(required=True, metadata=_about("the key of the site"))


class ListingViewSchema(BriefSchema):
    """A listing in full."""

    description = fields.String(required=True, metadata=_about("safe HTML: simple blocks, lists, links"))
    apply = fields.Nested(ApplyViewSchema, required=True)
    state = fields.String(required=True, metadata=_about("always published here", enum=STATES))
    version = fields.Integer(required=True, metadata=_about("grows with each change"))
    updated_at = fields.AwareDateTime(required=True, metadata=_about("when it last changed"))


def example(row: Listing, language: str) -> dict[str, Any]:
    """What `ExampleSchema` describes, labelled in `fi`, `sv` or `en`."""
    return {
        "id": row.id,
        "title": row.title,
        "employer": row.employer,
        "places": row.places,
        "labels": {
            "places": [places.label(code, language) for code in row.places],
            "occupation": occupations.label(row.occupation, language) if row.occupation else None,
            "employment": [wording.employment(code, language) for code in row.employment],
        },
        "published_at": row.published_at,
        "deadline": row.deadline,
        "url": addresses.listing(row.id, language),
    }


def brief(row: Listing, language: str) -> dict[str, Any]:
    """What `BriefSchema` describes."""
    return {**example(row, language), **_facts(row)}


def full(row: Listing, language: str) -> dict[str, Any]:
    """What `ListingViewSchema` describes."""
    return {
        **brief(row, language),
        "description": row.description,
        "apply": {"url": row.apply_url, "email": row.apply_email},
        "state": row.state,
        "version": row.version,
        "updated_at": row.updated_at,
    }


def line(row: Listing) -> dict[str, Any]:
    """A listing as a line of the stream, in values of JSON: in full while it is open, else that it is removed."""
    head = {"id": str(row.id), "version": row.version, "state": row.state}
    if row.state != PUBLISHED:
        return {**head, "removed": True}
    return {
        **head,
        "title": row.title,
        "description": row.description,
        "employer": row.employer,
        "places": row.places,
        **_facts(row),
        "published_at": row.published_at.isoformat(),
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "updated_at": row.updated_at.isoformat(),
        "apply": {"url": row.apply_url, "email": row.apply_email},
        "url": addresses.listing(row.id, row.language),
    }


def _facts(row: Listing) -> dict[str, Any]:
    return {
        "language": row.language,
        "occupation": row.occupation,
        "employment": row.employment,
        "remote": row.remote,
        "salary": _salary(row),
        "site": row.site,
    }


def _salary(row: Listing) -> dict[str, Any] | None:
    if row.salary_currency is None:
        return None
    return {
        "min": _amount(row.salary_min),
        "max": _amount(row.salary_max),
        "currency": row.salary_currency,
        "period": row.salary_period,
    }


def _amount(amount: Decimal | None) -> float | int | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)
