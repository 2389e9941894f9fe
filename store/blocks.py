"""Blocking employers: what a person writes becomes keys of `store.visibility`, and is shown again as it was meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from store import business_ids, employers, visibility
from store.errors import Invalid, NotFound, Problem

MOST = 200
LONGEST = 200
RIGHT = "a business id (0112038-9, 556036-0793), a mail domain (@company.example), or the employer's name"
_DOMAIN = re.compile(r"@?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_NUMBER = re.compile(r"(?:[a-z]{2}:)?\d{6,8}-?\d{1,4}")


def keys(session: Session, given: Sequence[str], field: str = "employers") -> list[str]:
    """The keys that keep a CV from these employers, sorted. Each is a business id, a mail domain, a name, or the id of
    an employer, who is then blocked by all three. Raises Invalid with every one that is none of these."""
    if len(given) > MOST:
        raise Invalid([Problem(field, f"{len(given)} employers are too many", f"at most {MOST}")])
    problems: list[Problem] = []
    found: set[str] = set()
    for number, one in enumerate(given):
        try:
            found.update(_keys(session, " ".join(one.split()), f"{field}[{number}]"))
        except Invalid as invalid:
            problems.extend(invalid.problems)
    if problems:
        raise Invalid(problems)
    return sorted(found)


def _keys(session: Session, one: str, field: str) -> list[str]:
    if not 1 <= len(one) <= LONGEST:
        raise Invalid([Problem(field, f"has {len(one)} characters", RIGHT)])
    if one.partition(":")[0] in ("name", "domain", "id"):
        kind, _, one = one.partition(":")
        if kind == "name":
            return [visibility.name_key(one)]
    try:
        return visibility.employer_keys(employers.get(session, UUID(one)))
    except NotFound as error:
        raise Invalid([Problem(field, "no employer has this id", RIGHT)]) from error
    except ValueError:
        pass  # not an id
    if _DOMAIN.fullmatch(one.lower()):
        return visibility.domain_keys(one.removeprefix("@"))[:1]
    if _NUMBER.fullmatch(one.lower().replace(" ", "")):
        try:
            return [f"id:{business_ids.read(one)}"]
        except Invalid as invalid:
            raise Invalid([Problem(field, problem.reason, RIGHT) for problem in invalid.problems]) from invalid
    return [visibility.name_key(one)]
