"""The sites of the network: each has a name, a sender, a colour and its languages."""

from __future__ import annotations

from sqlalchemy import FetchedValue, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.errors import Invalid, Problem
from store.rows import Row, Words

DEFAULT = "vahti"
LANGUAGES = ("fi", "sv", "en")
ZONES = {"fi": "Europe/Helsinki", "sv": "Europe/Stockholm"}


class Site(Row):
    """One site: what a mail or a page shows as its brand."""

    __tablename__ = "sites"

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    sender: Mapped[str]
    colour: Mapped[str] = mapped_column(server_default=FetchedValue())
    languages: Mapped[Words] = mapped_column(server_default=FetchedValue())
    timezone: Mapped[str] = mapped_column(server_default=FetchedValue())

    def zone(self, language: str) -> str:
        """The time zone to assume for somebody who reads this language: digests go out by it."""
        return ZONES.get(language, self.timezone)


def find(session: Session, key: str | None) -> Site:
    """The site with this key, or the default one for None. Raises Invalid for a key that no site has."""
    site = session.get(Site, key or DEFAULT)
    if site is None:
        keys = ", ".join(session.scalars(select(Site.key).order_by(Site.key)))
        raise Invalid([Problem("site", "no site has this key", f"one of: {keys}")])
    return site
