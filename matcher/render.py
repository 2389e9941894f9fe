"""Mails as people read them: pure functions from an alert and what it found to a whole message with its headers."""

from __future__ import annotations

import email.policy
import textwrap
from collections.abc import Sequence
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import cache
from typing import Any
from uuid import UUID

import css_inline
from jinja2 import Environment

from matcher import addresses, colours
from matcher.facts import facts
from matcher.why import in_words, why
from store import clock, links, sanitise, settings, wording
from store.alerts import Alert
from store.criteria import Criteria
from store.listings import Listing
from store.sites import Site

# So many are shown with all they say, so many in a line or two; more than anybody reads in a mail is a link away.
SHOWN, NAMED = 20, 200
LINE = 76
SUBJECT = 90
EXCERPT = 2 * LINE


class Verbatim(UnstructuredHeader):
    """A header that goes out as it is, in one line: programs read it, and an encoded or folded address is none."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Keep encoded words as they are encoded: they go out so."""
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Any) -> str:
        """The header's line."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


def _policy() -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    for name in ("list-id", "list-unsubscribe", "list-unsubscribe-post", "message-id"):
        headers.map_to_type(name, Verbatim)  # type: ignore[arg-type]
    return email.policy.SMTP.clone(header_factory=headers)


@cache
def _templates(language: str) -> Environment:
    made = wording.environment("matcher", language)
    made.filters["wrapped"] = _wrapped
    return made


def _wrapped(text: object, indent: str = "", lines: int | None = None) -> str:
    """A paragraph of the text part; with `lines`, cut to so many. Addresses stay whole."""
    return textwrap.fill(
        str(text),
        LINE,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        max_lines=lines,
        placeholder="…",
    )


def _one_line(text: str, longest: int) -> str:
    """The text without line ends and control characters, cut at a word where it is too long."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return textwrap.shorten(line, longest, placeholder="…") if len(line) > longest else line


def _found(titles: Sequence[str], language: str) -> str:
    translated = wording.translator(language)
    first, more = _one_line(titles[0], SUBJECT - 20), len(titles) - 1
    if not more:
        return first
    text = translated.ngettext("%(title)s and %(num)s more job", "%(title)s and %(num)s more jobs", more)
    return text % {"title": first, "num": wording.number(more, language)}


def begin(site: Site, to: str, subject: str, message_id: str) -> EmailMessage:
    """A mail with the headers that all have; the subject in one line, cut where it is too long."""
    message = EmailMessage(policy=_policy())
    message["From"] = Address(display_name=_one_line(site.name, SUBJECT), addr_spec=site.sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = _one_line(subject, SUBJECT)
    message["Date"] = clock.now()
    message["Message-ID"] = f"<{message_id}@{settings.get().mail_domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
    return message


def _list_id(site: Site) -> str:
    """RFC 2919: a phrase for people and an identifier that stays, by which mail programs sort."""
    name = _one_line(f"{site.name} alerts", LINE)
    phrase = '"' + name.replace("\\", "").replace('"', "'") + '"'
    if not name.isascii():
        phrase = Header(name, "utf-8", maxlinelen=None).encode(maxlinelen=0)
    return f"{phrase} <alerts.{site.key}.{settings.get().mail_domain}>"


def fill(message: EmailMessage, site: Site, language: str, template: str, values: dict[str, Any]) -> None:
    """Give a mail its two parts, out of the templates of this name; they know the site and its colours as well."""
    templates = _templates(language)
    values = {
        **values,
        "site": site,
        "language": language,
        "subject": str(message["Subject"]),
        "home": addresses.page("start", language),
        "privacy": addresses.page("privacy", language),
        "colours": {
            "brand": site.colour,
            "on_brand": colours.on(site.colour),
            "link": colours.readable(site.colour, colours.LIGHT),
            "dark_link": colours.readable(site.colour, colours.DARK, colours.EASY),
            "dark": colours.DARK,
        },
    }
    text = templates.get_template(f"{template}.txt").render(values)
    message.set_content(text.strip() + "\n", cte="quoted-printable")
    html = templates.get_template(f"{template}.html").render(values)
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    message.add_alternative(inliner.inline(html), subtype="html", cte="quoted-printable")
    message["Content-Language"] = language  # after the parts: adding them takes every Content- header along


def confirmation(site: Site, alert: Alert, email: str, criteria: Criteria) -> EmailMessage:
    """The mail that asks the owner of an address whether the alert is wanted; repeated, it has the same Message-ID.

    It offers one link, which is valid as long as the alert can be confirmed, and tells of no listing.
    """
    language = alert.language
    words = in_words(criteria, language)
    subject = wording.translator(language).gettext("Confirm your job alert: %(criteria)s") % {
        "criteria": ", ".join(words)
    }
    message = begin(site, email, subject, f"confirm.{alert.id}")
    message["List-Id"] = _list_id(site)
    values = {
        "criteria": words,
        "confirm": addresses.page("confirm", language, {"token": links.sign(links.CONFIRM, alert.id)}),
        "confirm_by": wording.date_and_hour(alert.confirm_by, alert.timezone, language),
    }
    fill(message, site, language, "confirmation", values)
    return message


def listings_mail(
    site: Site,
    alert: Alert,
    email: str,
    criteria: Criteria,
    listings: Sequence[Listing],
    mail_id: UUID,
) -> EmailMessage:
    """The mail that tells of listings, in the order given; repeated with one `mail_id`, it has the same Message-ID.

    The first `SHOWN` are shown with their facts, those up to `NAMED` with title, employer and why, the others counted
    and linked to. Raises ValueError where there are none.
    """
    if not listings:
        raise ValueError("a mail about no listings")
    language, token = alert.language, links.sign(links.MANAGE, alert.id)
    unsubscribe = addresses.unsubscribe(token)
    subject = _found([listing.title for listing in listings], language)
    message = begin(site, email, subject, str(mail_id))
    message["List-Id"] = _list_id(site)
    message["List-Unsubscribe"] = f"<{unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    values = {
        "frequency": alert.frequency,
        "count": len(listings),
        "jobs": [_job(listing, criteria, alert) for listing in listings[:SHOWN]],
        "briefly": [_job(listing, criteria, alert) for listing in listings[SHOWN:NAMED]],
        "more": len(listings) - NAMED,
        "search": addresses.page("listings", language, addresses.asked_for(criteria)),
        "criteria": in_words(criteria, language),
        "how_often": wording.frequency(alert.frequency, language),
        "edit": addresses.page("edit", language, {"token": token}),
        "pause": addresses.page("pause", language, {"token": token}),
        "unsubscribe": unsubscribe,
    }
    fill(message, site, language, "listings", values)
    return message


def _job(listing: Listing, criteria: Criteria, alert: Alert) -> dict[str, Any]:
    """What a mail shows of one listing."""
    return {
        "facts": facts(listing, alert.timezone, alert.language),
        "address": addresses.listing(listing.id, alert.language),
        "why": why(criteria, listing, alert.language),
        "excerpt": _one_line(sanitise.text(listing.description), EXCERPT),
    }
