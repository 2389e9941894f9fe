"""The calls about job alerts: ask for one, confirm it, look after it, end it, and see beforehand what it would find."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.alert_schema import (
    AlertSchema,
    AskSchema,
    ChangeSchema,
    ConfirmedSchema,
    PreviewedSchema,
    PreviewSchema,
    StateSchema,
    TokenSchema,
)
from api.auth import audience
from api.calls import Calls
from api.limits import asks
from api.listing_view import example
from api.sessions import reading, writing
from matcher import preview
from store import alerts, deliveries, links, settings, sites
from store.alerts import Alert
from store.errors import Invalid, NotFound, Problem

calls = Calls("alerts", "/api/v1/alerts", "Job alerts: asked for by anyone, confirmed and kept by links in mails.")


@calls.route("", methods=["POST"])
@asks
@audience("anyone")
@calls.takes(AskSchema)
@calls.gives(202, StateSchema, description="the alert waits for its owner's confirmation; the mail is on its way")
def ask(given: dict[str, Any]) -> dict[str, Any]:
    """Ask for an alert

    Nothing is mailed but the question whether the owner of the address wants it; the link in it is valid for a limited
    time. The answer is the same whether the address is known or not. One address on the network may ask so often an
    hour, and one e-mail address is asked so often a day.
    """
    with writing() as session:
        site = sites.find(session, given["site"])
        if given["language"] not in site.languages:
            right = f"one of: {', '.join(site.languages)}"
            raise Invalid([Problem("language", f"is not a language of the site {site.key}", right)])
        alert = alerts.ask(
            session,
            site=site,
            email=given["email"],
            language=given["language"],
            frequency=given["frequency"],
            criteria=given["criteria"],
            terms_version=settings.get().terms_version,
            source="api",
        )
        return _state(alert)


@calls.route("/confirm", methods=["POST"])
@audience("holder of the mailed token")
@calls.takes(TokenSchema)
@calls.gives(200, ConfirmedSchema, description="the alert is active")
@calls.errors(403, 404, 409)
def confirm(given: dict[str, Any]) -> dict[str, Any]:
    """Confirm an alert

    With the token of the confirmation mail. Again for an active alert it changes nothing and answers the same. Where
    the address has the same alert already, that one is answered: it takes over frequency and language.
    """
    alert_id = links.read(links.CONFIRM, given["token"])
    with writing() as session:
        try:
            alert = alerts.confirm(session, alert_id)
        except NotFound as error:
            raise NotFound("the alert was not confirmed in time and is gone: create it again") from error
        return {**_state(alert), "manage": links.sign(links.MANAGE, alert.id)}


@calls.route("/unsubscribe", methods=["POST"])
@audience("holder of the mailed token")
@calls.takes(TokenSchema)
@calls.gives(200, StateSchema, description="the alert has ended; nothing more is mailed and the address is deleted")
@calls.errors(403, 404)
def unsubscribe(given: dict[str, Any]) -> dict[str, Any]:
    """End an alert

    With the token of any mail about listings. What was matched and not yet sent is not sent. Idempotent.
    """
    with writing() as session:
        alert = _held(session, given["token"], lock=True)
        alerts.end(session, alert, "unsubscribed")
        return _state(alert)


@calls.route("/pause", methods=["POST"])
@audience("holder of the mailed token")
@calls.takes(TokenSchema)
@calls.gives(200, StateSchema, description="the alert is paused")
@calls.errors(403, 404, 409)
def pause(given: dict[str, Any]) -> dict[str, Any]:
    """Pause an alert

    Nothing is mailed until it is resumed; what was matched and not yet sent is not sent. Idempotent.
    """
    with writing() as session:
        alert = _held(session, given["token"], lock=True)
        alerts.pause(session, alert)
        return _state(alert)


@calls.route("/resume", methods=["POST"])
@audience("holder of the mailed token")
@calls.takes(TokenSchema)
@calls.gives(200, StateSchema, description="the alert is active")
@calls.errors(403, 404, 409)
def resume(given: dict[str, Any]) -> dict[str, Any]:
    """Resume a paused alert

    It tells of what is published from now on. Idempotent.
    """
    with writing() as session:
        alert = _held(session, given["token"], lock=True)
        alerts.resume(session, alert)
        return _state(alert)


@calls.route("/manage", methods=["GET"])
@audience("holder of the mailed token")
@calls.takes(TokenSchema, location="query")
@calls.gives(200, AlertSchema, description="the alert")
@calls.errors(403, 404)
def show(given: dict[str, Any]) -> dict[str, Any]:
    """See an alert

    With the token of any mail about listings, or the one that confirming answered.
    """
    with reading() as session:
        return _shown(session, _held(session, given["token"]))


@calls.route("/manage", methods=["PATCH"])
@audience("holder of the mailed token")
@calls.takes(TokenSchema, location="query")
@calls.takes(ChangeSchema)
@calls.gives(200, AlertSchema, description="the alert as it is now")
@calls.errors(403, 404, 409)
def change(token: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Change an alert

    Only what is given changes. New criteria count from now on: the alert tells of what is published after the change,
    and what was matched by the former criteria and not yet sent is only sent if it meets the new ones.
    """
    with writing() as session:
        alert = _held(session, token["token"], lock=True)
        if "language" in given and given["language"] not in (languages := sites.find(session, alert.site).languages):
            raise Invalid([Problem("language", "is not a language of the site", f"one of: {', '.join(languages)}")])
        alerts.change(session, alert, **given)
        return _shown(session, alert)


@calls.route("/preview", methods=["POST"])
@audience("anyone")
@calls.takes(PreviewSchema)
@calls.gives(200, PreviewedSchema, description="what the criteria find")
def try_out(given: dict[str, Any]) -> dict[str, Any]:
    """See what an alert would find

    How many open listings match now, the newest of them, and how many were published in a week.
    """
    with reading() as session:
        found = preview.preview(session, given["criteria"])
    return {
        "open": found.open,
        "per_week": found.per_week,
        "examples": [example(row, given["language"]) for row in found.examples],
    }


def _held(session: Session, token: str, *, lock: bool = False) -> Alert:
    """The alert whose link somebody holds. Raises Forbidden for a token that is not for looking after an alert."""
    return alerts.look_up(session, links.read(links.MANAGE, token), lock=lock)


def _state(alert: Alert) -> dict[str, Any]:
    return {"id": alert.id, "state": alert.state}


def _shown(session: Session, alert: Alert) -> dict[str, Any]:
    return {
        **_state(alert),
        **({"ended_reason": alert.ended_reason.split()[0]} if alert.ended_reason else {}),
        "email": _masked(alert.email) if alert.email else None,
        "language": alert.language,
        "frequency": alert.frequency,
        "digest_hour": alert.digest_hour,
        "timezone": alert.timezone,
        "criteria": alerts.criteria_of(session, alert).shown(),
        "site": alert.site,
        "created_at": alert.created_at,
        "next_digest_at": _next_digest(session, alert),
    }


def _next_digest(session: Session, alert: Alert) -> datetime | None:
    if alert.state != alerts.ACTIVE or alert.frequency == "instant":
        return None
    return deliveries.next_mail_at(session, alert)


def _masked(email: str) -> str:
    """An address that its owner recognises and nobody learns: the link may be read by others than the owner."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
