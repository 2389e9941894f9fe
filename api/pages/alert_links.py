"""The pages behind the links in mails: confirm, look after, edit, pause, resume and end an alert, without a login.

A GET shows and asks, the button's POST does: programs that look through mail follow links.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from api.auth import Audience, audience
from api.pages import form
from api.pages.blueprint import blueprint, in_each_language, language_here, show, site_of
from api.pages.form import Mistake, Reading, Typed
from api.sessions import reading, writing
from matcher import addresses
from matcher.preview import Preview, preview
from matcher.why import in_words
from store import alerts, clock, links, wording
from store.alerts import Alert
from store.errors import Conflict, Forbidden, NotFound

HOLDER: Audience = "holder of the mailed token"


class Refusal(Exception):
    """A link that does not lead to an alert (any more): `foreign`, `expired` or `ended`, with what it looked for."""

    def __init__(self, reason: str, status: int, language: str, query: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status, self.language, self.query = reason, status, language, query


@blueprint.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    with reading() as session:
        site = site_of(session)
    return show(
        "refusal.html",
        refusal.language,
        site,
        status=refusal.status,
        public=False,
        reason=refusal.reason,
        query=refusal.query,
    )


def _opened(session: Session, purpose: str, *, lock: bool = False) -> Alert:
    """The alert that the token in the address opens, locked for a change. Raises Refusal, with why."""
    language = language_here()
    try:
        alert = alerts.look_up(session, links.read(purpose, request.args.get("token", "")), lock=lock)
    except Forbidden as error:
        raise Refusal("foreign", 403, language) from error
    except NotFound as error:  # what nobody confirmed in time is removed, with everything that it said
        raise Refusal("expired", 403, language) from error
    if alert.state == alerts.ENDED:
        raise Refusal("ended", 409, alert.language, _query(session, alert))
    if alert.state == alerts.UNCONFIRMED and (purpose != links.CONFIRM or alert.confirm_by <= clock.now()):
        raise Refusal("expired", 403, alert.language, _query(session, alert))
    return alert


def _query(session: Session, alert: Alert) -> dict[str, Any]:
    return {**addresses.asked_for(alerts.criteria_of(session, alert)), "frequency": alert.frequency}


def _page(template: str, session: Session, alert: Alert, **values: Any) -> Response:
    token = links.sign(links.MANAGE, alert.id)
    return show(
        template,
        alert.language,
        site_of(session, alert.site),
        public=False,
        alert=alert,
        words=in_words(alerts.criteria_of(session, alert), alert.language),
        token=token,
        unsubscribe=addresses.unsubscribe_path(token),
        **values,
    )


@in_each_language("confirm", "GET", "POST", audience_=HOLDER)
def confirm(language: str) -> Response:
    """What would be confirmed, and the button that does."""
    if request.method != "POST":
        with reading() as session:
            alert = _opened(session, links.CONFIRM)
            if alert.state != alerts.UNCONFIRMED:
                return _page("done.html", session, alert, done="confirmed")
            return _page("question.html", session, alert, question="confirm")
    with writing() as session:
        alert = alerts.confirm(session, _opened(session, links.CONFIRM, lock=True).id)
        return _page("done.html", session, alert, done="confirmed")


@in_each_language("manage", audience_=HOLDER)
def manage(language: str) -> Response:
    """The alert as it stands, with everything that its owner may do."""
    with reading() as session:
        return _page("manage.html", session, _opened(session, links.MANAGE))


@in_each_language("pause", "GET", "POST", audience_=HOLDER)
def pause(language: str) -> Response:
    """Stops the mail until it is resumed."""
    if request.method != "POST":
        return _ask("pause")
    with writing() as session:
        alert = _opened(session, links.MANAGE, lock=True)
        alerts.pause(session, alert)
        return _page("done.html", session, alert, done="paused")


@in_each_language("resume", "GET", "POST", audience_=HOLDER)
def resume(language: str) -> Response:
    """Starts the mail again."""
    if request.method != "POST":
        return _ask("resume")
    with writing() as session:
        alert = _opened(session, links.MANAGE, lock=True)
        alerts.resume(session, alert)
        return _page("done.html", session, alert, done="resumed")


@blueprint.route("/unsubscribe", methods=["GET", "POST"])
@audience(HOLDER)
def unsubscribe() -> Response:
    """Ends the alert: the page's button, and the one click of mail programs, a POST that needs nothing but the address
    (RFC 8058, section 3.2). Ended already, it says so again."""
    try:
        if request.method != "POST":
            return _ask("unsubscribe")
        with writing() as session:
            alert = _opened(session, links.MANAGE, lock=True)
            query = _query(session, alert)
            alerts.end(session, alert, "unsubscribed")
            return _page("done.html", session, alert, done="ended", query=query)
    except Refusal as refusal:
        if refusal.reason != "ended":
            raise
        return _refused(Refusal("ended", 200, refusal.language, refusal.query))


def _ask(question: str) -> Response:
    with reading() as session:
        return _page("question.html", session, _opened(session, links.MANAGE), question=question)


@in_each_language("edit", "GET", "POST", audience_=HOLDER)
def edit(language: str) -> Response:
    """The form with the alert's criteria; sent, it changes them, or with `preview` shows what they would find."""
    if request.method != "POST":
        with reading() as session:
            alert = _opened(session, links.MANAGE)
            criteria = alerts.criteria_of(session, alert)
            return _form(session, alert, form.filled_with(criteria, alert.frequency, alert.language))
    if "preview" in request.form:
        with reading() as session:
            alert = _opened(session, links.MANAGE)
            typed, read = _sent(alert)
            found = preview(session, read.criteria) if read.criteria is not None and not read.mistakes else None
            return _form(session, alert, typed, read, found)
    try:
        with writing() as session:
            alert = _opened(session, links.MANAGE, lock=True)
            typed, read = _sent(alert)
            if read.mistakes or read.criteria is None:
                return _form(session, alert, typed, read)
            alerts.change(session, alert, criteria=read.criteria, frequency=typed.frequency, language=typed.language)
            return _page("done.html", session, alert, done="changed")
    except Conflict:
        # Rolled back: a frequency that was changed before the conflict showed is not kept.
        with reading() as session:
            alert = _opened(session, links.MANAGE)
            typed, read = _sent(alert)
            _ = wording.translator(alert.language).gettext
            read.mistakes.append(Mistake("text", _("You have another alert that looks for the same.")))
            return _form(session, alert, typed, read)


def _sent(alert: Alert) -> tuple[Typed, Reading]:
    typed = form.typed_in(request.form, alert.language)
    read = form.read_criteria(typed, alert.language)
    read.mistakes += form.check_choices(typed, alert.language)
    return typed, read


def _form(
    session: Session, alert: Alert, typed: Typed, read: Reading | None = None, found: Preview | None = None
) -> Response:
    response = _page(
        "edit.html",
        session,
        alert,
        typed=typed,
        mistakes=read.mistakes if read is not None else [],
        wrong=read.by_field() if read is not None else {},
        found=found,
    )
    response.status_code = 422 if read is not None and read.mistakes else 200
    return response
