"""Who sees which CV: the one rule, as SQL, as a filter of the CV index, and turned round as a filter of stored
searches.

An employer's recruiter sees a CV if and only if

1. an admin approves of the employer,
2. the person made the CV visible,
3. the person's consent to the terms stands, and
4. the person blocked none of the names, business ids and mail domains of the employer's whole group, nor the domain of
   the recruiter's own address.

All three forms are made here and nowhere else, of the same four facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_
from sqlalchemy.orm import Session

from store import employers, links, terms
from store.accounts import Account
from store.cvs import Cv
from store.employers import Employer
from store.errors import NotFound

Query = dict[str, Any]

# What Finnish and Swedish companies and associations write behind or before their names.
LEGAL_FORMS = ("oy", "oyj", "ab", "abp", "ky", "ay", "tmi", "t:mi", "osk", "rf", "ry", "hb", "kb", "ltd", "publ")


@dataclass(frozen=True)
class Viewer:
    """Who asks: whether the employer is approved, and the keys by which a person can have blocked it."""

    approved: bool
    keys: frozenset[str]


def viewer(session: Session, account: Account) -> Viewer:
    """The viewer that a recruiter is, as of now. Raises NotFound for an account without an employer."""
    if account.employer_id is None:
        return Viewer(False, frozenset())
    return viewer_in(account, employers.group(session, account.employer_id))


def viewer_in(account: Account, group: Sequence[Employer]) -> Viewer:
    """The viewer that a recruiter is whose employer is of this group (`employers.group`), itself among it. Raises
    NotFound for an account of another employer; none at all sees nothing."""
    if account.employer_id is None:
        return Viewer(False, frozenset())
    own = next((one for one in group if one.id == account.employer_id), None)
    if own is None:
        raise NotFound("the employer is gone")
    domains = [domain for one in group for domain in one.domains]
    domains += [account.email.rpartition("@")[2]] if account.email else []
    keys = {key for one in group for key in employer_keys(one)}
    keys |= {key for domain in domains for key in domain_keys(domain)}
    return Viewer(own.approval == employers.APPROVED and not account.waits, frozenset(keys))


def employer_keys(employer: Employer) -> list[str]:
    """The keys by which one employer can be blocked: its name, business id and mail domains."""
    keys = [name_key(employer.name)]
    if employer.business_id:
        keys.append(f"id:{employer.business_id}")
    return keys + [domain_keys(domain)[0] for domain in employer.domains]


def name_key(name: str) -> str:
    """The key that blocks an employer by its name, however it is capitalised and spaced, and whichever legal form it is
    written with: "Nokia" blocks "Nokia Oyj". A name that is nothing but a legal form stands as it is."""
    words = terms.plain(name).replace(",", " ").replace("(publ)", " ").split()
    bare = [word for word in words if word.strip(".") not in LEGAL_FORMS]
    return f"name:{' '.join(bare or words)}"


def domain_keys(domain: str) -> list[str]:
    """The keys that block a mail domain: its own, and that of each domain above it that somebody can hold."""
    labels = domain.strip().lower().rstrip(".").split(".")
    return [f"domain:{'.'.join(labels[start:])}" for start in range(len(labels) - 1)]


def sql(seen_by: Viewer) -> ColumnElement[bool]:
    """The rule as a condition on rows of `store.cvs.Cv`."""
    if not seen_by.approved:
        return false()
    return and_(Cv.visible, Cv.consented, not_(Cv.blocked.overlap(sorted(seen_by.keys))))


def in_index(seen_by: Viewer) -> Query:
    """The rule as a filter of the CV index, whose documents are made by `facts`."""
    if not seen_by.approved:
        return {"match_none": {}}
    barred = sorted(digest for key in seen_by.keys for digest in _digests(key))
    return {
        "bool": {
            "filter": [{"term": {"visible": True}}, {"term": {"consented": True}}],
            "must_not": [{"terms": {"barred": barred}}],
        }
    }


def facts(cv: Cv) -> dict[str, Any]:
    """What the rule knows of a CV, as fields of its document: blocked employers as digests, so that the index does not
    tell whom somebody avoids."""
    return {"visible": cv.visible, "consented": cv.consented, "barred": sorted(_digest(key) for key in cv.blocked)}


def of_stored_search(seen_by: Viewer) -> dict[str, Any]:
    """What the rule knows of the viewer of a stored search, as fields of its document."""
    return {"approved": seen_by.approved, "keys": sorted(_digest(key) for key in seen_by.keys)}


def in_percolator(cv: Cv) -> Query:
    """The rule turned round: a filter of the index of stored searches that leaves those whose viewers see this CV."""
    if not (cv.visible and cv.consented):
        return {"match_none": {}}
    barred = sorted(digest for key in cv.blocked for digest in _digests(key))
    return {"bool": {"filter": [{"term": {"approved": True}}], "must_not": [{"terms": {"keys": barred}}]}}


def _digest(key: str) -> str:
    return links.keyed_digest(key, "block").hex()[:32]


def _digests(key: str) -> list[str]:
    """Under the secret before as well: what was indexed under it counts until the index is built anew."""
    return [digest.hex()[:32] for digest in links.keyed_digests(key, "block")]
