"""The demo's first part: an alert is ordered and confirmed, an ad is posted, and the mail is there."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import click
from rich.console import Console
from rich.panel import Panel

from stack.commands.demo_client import Client, until

SAMPLES = Path(__file__).parents[2] / "samples" / "listings.ndjson"

EMAIL = "kaisa@mail.example"
ALERT = {
    "email": EMAIL,
    "language": "fi",
    "frequency": "instant",
    "criteria": {"text": "sairaanhoitaja", "places": ["fi-837"]},
    "accept_terms": True,
}
LISTING = {
    "title": "Sairaanhoitaja, päivystys",
    "description": "<p>Haemme sairaanhoitajaa päivystykseen vakituiseen työsuhteeseen. Saat hyvän perehdytyksen, "
    "mukavat työkaverit ja työvuorot, joihin voit itse vaikuttaa.</p>",
    "language": "fi",
    "employer": "Koivurannan sairaala",
    "places": ["fi-837"],
    "occupation": "isco-2221",
    "employment": ["full_time", "permanent"],
    "salary": {"min": 3200, "max": 3600, "currency": "EUR", "period": "month"},
    "apply": {"url": "https://koivuranta.example/hae"},
}


class AlertDemo:
    """One walk through job alerts, as an employer and somebody who looks for work take it."""

    def __init__(self, console: Console, client: Client) -> None:
        self._console = console
        self._client = client
        self._employer = _employer_token()

    def show(self) -> None:
        """Import, ask, confirm, post, and read the mail."""
        self._import_samples()
        self._alert()
        took, mail = self._post()
        head = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "List-Unsubscribe-Post"))
        self._console.print(Panel(f"{head}\n\n{_text(mail).strip()}", title="The mail", width=100))
        self._console.print(f"[bold]From the PUT of the listing to the mail server's 250: {took * 1000:.0f} ms.[/]\n")

    def _import_samples(self) -> None:
        with self._console.status("Importing the sample ads"):
            path, media_type = "/api/v1/listings/feed", "application/x-ndjson"
            report = json.loads(self._client.send("POST", path, SAMPLES.read_bytes(), media_type, self._employer))
            if report["rejected"]:
                raise click.ClickException(f"the feed was answered with {report}")
            until("the samples", lambda: self._found() >= report["accepted"])
        self._console.print(f"Imported {report['accepted']} sample ads in Finnish, Swedish and English.")

    def _found(self) -> int:
        return int(self._client.call("GET", "/api/v1/listings?size=1")["total"])

    def _alert(self) -> None:
        preview = self._client.call("POST", "/api/v1/alerts/preview", {"criteria": ALERT["criteria"]})
        self._console.print(f"“sairaanhoitaja, Tampere” matches {preview['open']} open ads now.")
        asked = self._client.call("POST", "/api/v1/alerts", ALERT)
        self._console.print(f"Alert {asked['state']}; a mail asks its owner.")
        question = until("the question", lambda: self._mail_to_her(0))
        [token] = set(re.findall(r"token=([\w.-]+)", _text(question)))
        confirmed = self._client.call("POST", "/api/v1/alerts/confirm", {"token": token})
        self._console.print(f"Confirmed by the link in the mail: {confirmed['state']}.\n")

    def _post(self) -> tuple[float, EmailMessage]:
        start = time.time()
        self._client.call("PUT", "/api/v1/listings/demo-1", LISTING, self._employer)
        mail = until("the mail", lambda: self._mail_to_her(1))
        return datetime.fromisoformat(str(mail["X-Received-At"])).timestamp() - start, mail

    def _mail_to_her(self, number: int) -> EmailMessage | None:
        taken = [one for one in self._client.call("GET", "/dev/mail.json") if EMAIL in str(one["to"])]
        if len(taken) <= number:
            return None
        raw = self._client.send("GET", f"/dev/mail/{taken[number]['id']}.eml", None, "")
        return message_from_bytes(raw, policy=default)


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return "" if part is None else str(part.get_content())


def _employer_token() -> str:
    from store import employers, tokens
    from store.database import transaction

    with transaction() as session:
        return tokens.create(session, "employer", employers.named(session, "Vahti samples"))
