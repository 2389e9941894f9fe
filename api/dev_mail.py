"""The outgoing mails of a development stack, readable at /dev/mail: there only where the embedded mail sink is."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from flask import Response, render_template_string
from marshmallow import Schema, fields

from api.auth import audience
from api.calls import Calls
from store import settings
from store.errors import NotFound

calls = Calls("dev", "/dev", "Development: 404 everywhere else.")

_ID = re.compile(r"\d+-[0-9a-f-]{36}")
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
_FRAMES = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width"><style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } td, th { padding: .3rem .8rem .3rem 0; text-align: left }
iframe { border: 1px solid #999; height: 40rem; width: 100% } pre { overflow: auto; white-space: pre-wrap }
</style></head><body><h1>{{ title }}</h1>{% block body %}{% endblock %}</body></html>"""
_LIST = _PAGE.replace(
    "{% block body %}{% endblock %}",
    """{% if mails %}<table><tr><th>at</th><th>to</th><th>subject</th></tr>{% for mail in mails %}
<tr><td>{{ mail.at }}</td><td>{{ mail.to }}</td><td><a href="/dev/mail/{{ mail.id }}">{{ mail.subject }}</a></td></tr>
{% endfor %}</table>{% else %}<p>No mail yet.</p>{% endif %}""",
)
_VIEW = _PAGE.replace(
    "{% block body %}{% endblock %}",
    """<p><a href="/dev/mail">All mails</a> · <a href="/dev/mail/{{ id }}.eml">as it was sent</a></p>
<table>{% for name, value in headers %}<tr><th>{{ name }}</th><td>{{ value }}</td></tr>{% endfor %}</table>
{% if html %}<iframe sandbox src="/dev/mail/{{ id }}.html" title="The mail as HTML"></iframe>{% endif %}
<h2>Text</h2><pre>{{ text }}</pre>""",
)


class MailSchema(Schema):
    """A mail that the mail sink took."""

    id = fields.String(required=True, metadata={"description": "its name, in the order of arrival"})
    to = fields.String(required=True, metadata={"description": "the address of the envelope"})
    subject = fields.String(required=True, metadata={"description": "its subject"})
    at = fields.String(required=True, metadata={"description": "when it arrived"})
    headers = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, metadata={"description": "every header, by name"}
    )


@calls.route("/mail.json", methods=["GET"])
@audience("operator")
@calls.gives(200, MailSchema(many=True), description="the mails in the order of their arrival")
@calls.errors(404)
def mails() -> list[dict[str, Any]]:
    """List the outgoing mails"""
    return _summaries()


@calls.route("/mail/<mail_id>.eml", methods=["GET"])
@audience("operator")
@calls.gives(200, description="the mail", content_type="message/rfc822")
@calls.errors(404)
def raw(mail_id: str) -> Response:
    """Read a mail as it was sent"""
    return Response(_file(mail_id).read_bytes(), mimetype="message/rfc822")


@calls.route("/mail", methods=["GET"])
@audience("operator")
@calls.gives(200, description="a page with the mails, the newest first", content_type="text/html")
@calls.errors(404)
def page() -> Response:
    """See the outgoing mails"""
    newest_first = list(reversed(_summaries()))
    return _html(render_template_string(_LIST, title="Outgoing mail", mails=newest_first), _FRAMES)


@calls.route("/mail/<mail_id>", methods=["GET"])
@audience("operator")
@calls.gives(200, description="a page with the mail", content_type="text/html")
@calls.errors(404)
def view(mail_id: str) -> Response:
    """See a mail"""
    mail = _read(_file(mail_id))
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return _html(
        render_template_string(
            _VIEW,
            id=mail_id,
            title=str(mail["Subject"] or "(no subject)"),
            headers=mail.items(),
            text=text.get_content() if text else "",
            html=html is not None,
        ),
        _FRAMES,
    )


@calls.route("/mail/<mail_id>.html", methods=["GET"])
@audience("operator")
@calls.gives(200, description="the HTML of the mail, without scripts", content_type="text/html")
@calls.errors(404)
def html_part(mail_id: str) -> Response:
    """See the HTML of a mail"""
    part = _read(_file(mail_id)).get_body(("html",))
    if part is None:
        raise NotFound("this mail has no HTML")
    return _html(part.get_content(), _SANDBOX)


def _html(markup: str, policy: str) -> Response:
    response = Response(markup, mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy
    return response


def _directory() -> Path:
    if not settings.get().mail_dir:
        raise NotFound("there is no mail sink here")
    return Path(settings.get().mail_dir)


def _file(mail_id: str) -> Path:
    file = _directory() / f"{mail_id}.eml"
    if not _ID.fullmatch(mail_id) or not file.exists():
        raise NotFound("no such mail")
    return file


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=default)


def _summaries() -> list[dict[str, Any]]:
    """In the order of their arrival, which their names begin with."""
    return [_summary(file) for file in sorted(_directory().glob("*.eml"))]


def _summary(file: Path) -> dict[str, Any]:
    mail = _read(file)
    headers: dict[str, str] = {}
    for name, value in mail.items():
        headers.setdefault(name, str(value))
    return {
        "id": file.stem,
        "to": headers.get("X-Envelope-To", ""),
        "subject": headers.get("Subject", ""),
        "at": headers.get("X-Received-At", ""),
        "headers": headers,
    }
