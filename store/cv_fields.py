"""What a CV consists of, and what of it employers see: hidden fields, references and identity numbers are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from store.identity_numbers import mask_json

Body = Mapping[str, Any]

MEMBERS: dict[str, tuple[str, ...]] = {
    "headline": (),
    "summary": (),
    "experience": ("title", "employer", "start", "end", "description"),
    "education": ("title", "school", "field", "start", "end", "description"),
    "skills": (),
    "languages": ("language", "level"),
    "places": (),
    "occupations": (),
    "contact": ("name", "email", "phone", "url", "address"),
    "wishes": ("employment", "remote", "salary_min", "salary_currency", "from", "text"),
}
# What a person can hide, by the path that hides it: a member, or one field of it wherever it stands.
HIDEABLE = frozenset(MEMBERS) | {f"{member}.{field}" for member, fields in MEMBERS.items() for field in fields}


def for_employers(body: Body, hidden: Collection[str]) -> dict[str, Any]:
    """The CV as employers may see it, without contact details: see `contact_of`.

    What is not in `MEMBERS` never gets through, so neither do reference persons (they agreed to being named to the
    person's own readers, not to being found), nor what the person stated about gender or ethnicity. Identity numbers
    are masked wherever they stand.
    """
    seen = {}
    for member in MEMBERS:
        if member in body and member not in hidden and member != "contact":
            seen[member] = _without(body[member], member, hidden)
    return {"language": body["language"], **mask_json(seen)} if "language" in body else dict(mask_json(seen))


def contact_of(body: Body, hidden: Collection[str]) -> dict[str, Any]:
    """The contact details that an employer sees who may see them."""
    if "contact" in hidden:
        return {}
    return dict(mask_json(_without(body.get("contact", {}), "contact", hidden)))


def _without(value: Any, member: str, hidden: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_without(one, member, hidden) for one in value]
    if isinstance(value, Mapping):
        return {field: one for field, one in value.items() if f"{member}.{field}" not in hidden}
    return value
