"""Who sees which CV, what of it, and who is told of it, in a few lines that share nothing with the product's code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

WORDS = ("zork", "blint", "gromp", "vexal")
# Where a CV of the model says one word each, by the path that hides it; besides it is in Helsinki and in English.
PLACES_OF_WORDS = ("headline", "summary", "skills", "experience.employer")
HIDEABLE = (*PLACES_OF_WORDS, "experience", "places")

# What an employer is called, and may be called later; and what of a name counts.
NAMES = {"alpha": ("Alpha Oy", "Omega Oyj"), "little": ("Little Alpha Ab", "Small Omega"), "beta": ("Beta", "Gamma Ky")}
BARE = {
    "Alpha Oy": "alpha",
    "Omega Oyj": "omega",
    "Little Alpha Ab": "little alpha",
    "Small Omega": "small omega",
    "Beta": "beta",
    "Gamma Ky": "gamma",
}
IDS = {"alpha": "0112038-9", "little": "1927400-1", "beta": "556036-0793"}
DOMAINS = {"alpha": "alpha.example", "little": "jobs.little.example", "beta": "beta.example"}
ADDRESSES = {"alpha": "hr@alpha.example", "little": "hr@staff.example", "beta": "beta@mail.agency.example"}
# What a person writes to block somebody, and what is meant by it.
BLOCKS: dict[str, tuple[str, str]] = {
    "ALPHA": ("name", "alpha"),
    "Omega Ab": ("name", "omega"),
    "little  alpha": ("name", "little alpha"),
    "Beta Oy": ("name", "beta"),
    "0112038-9": ("id", "0112038-9"),
    "1927400-1": ("id", "1927400-1"),
    "556036-0793": ("id", "556036-0793"),
    "@alpha.example": ("domain", "alpha.example"),
    "little.example": ("domain", "little.example"),
    "@agency.example": ("domain", "agency.example"),
    "@staff.example": ("domain", "staff.example"),
}


@dataclass
class Person:
    """Somebody with a CV, or without. `shown` is when something of it could last be found that could not before,
    `touched` when it last may have been so; moments are numbers."""

    account: UUID | None = None
    cv: UUID | None = None
    says: dict[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    visible: bool = False
    consented: bool = False
    blocked: frozenset[str] = frozenset()
    suggestible: bool = True
    shown: int = 0
    touched: int = 0

    @property
    def findable(self) -> bool:
        return self.cv is not None and self.visible and self.consented

    def hides(self, path: str) -> bool:
        return path in self.hidden or path.partition(".")[0] in self.hidden

    def words(self) -> set[str]:
        """What it says to employers."""
        return {word for path, word in self.says.items() if not self.hides(path)}

    def skills(self) -> set[str]:
        return {word for path, word in self.says.items() if path == "skills" and not self.hides(path)}


@dataclass
class Company:
    """An employer with one recruiter."""

    key: str
    name: str
    parent: str | None = None
    approved: bool = True


@dataclass
class Saved:
    """A saved search: all CVs, or those with a word; and the moment since which a CV is new to it."""

    company: str
    word: str | None
    since: int

    def wants(self, person: Person) -> bool:
        return self.word is None or self.word in person.words()


def group(companies: Mapping[str, Company], key: str) -> set[str]:
    """The companies that lead to the same root; there are two levels at most."""
    root = companies[key].parent or key
    return {one.key for one in companies.values() if root in (one.key, one.parent)}


def sees(companies: Mapping[str, Company], key: str, person: Person) -> bool:
    """Whether the recruiter of this company may see this person's CV now."""
    if not (companies[key].approved and person.findable):
        return False
    members = [companies[one] for one in group(companies, key)]
    domains = [DOMAINS[one.key] for one in members] + [ADDRESSES[key].split("@")[1]]
    for kind, value in (BLOCKS[one] for one in person.blocked):
        if kind == "name" and value in {BARE[one.name] for one in members}:
            return False
        if kind == "id" and value in {IDS[one.key] for one in members}:
            return False
        if kind == "domain" and any(f".{domain}".endswith(f".{value}") for domain in domains):
            return False
    return True
