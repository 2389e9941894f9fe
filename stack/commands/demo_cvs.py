"""The demo's second part: a recruiter finds CVs; one is hidden and another erased, and they are gone."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stack.commands.demo_client import Client, until

SAMPLES = Path(__file__).parents[2] / "samples" / "cvs.ndjson"

SEARCH = (
    '(sairaanhoitaja OR sjuksköterska OR nurse) AND (lääkehoito OR sårvård OR "wound care") NOT title:undersköterska'
)
# Who hides the CV, and who deletes the account; both are found by the search.
HIDES, LEAVES = "kaisa.hietaniemi@mail.example", "elin.strandgren@mail.example"
PATIENCE = 20.0  # seconds for which the receipt of an erasure is watched
STORES = {
    "rows": "the database",
    "ledger": "the ledger outside it",
    "index": "the search index",
    "queue": "the queue",
    "mail": "mails not sent",
    "segments": "the index's files",
}


class CvDemo:
    """One walk through the CV database, as a recruiter and two persons take it."""

    def __init__(self, console: Console, client: Client) -> None:
        self._console = console
        self._client = client
        self._recruiter = ""

    def show(self) -> None:
        """Import, search, hide, search, erase, and read the receipt."""
        imported = self._import_samples()
        self._recruiter = _token("recruiter", "rekry@koivuranta.example", "Koivurannan sairaala")
        with self._console.status("Waiting for the search to know them"):
            until("the CVs", lambda: self._search("", "fi")["total"] >= imported)
        self._console.print(f"Imported {imported} sample CVs, of people who want to be found.")
        found = self._search(SEARCH, "en")
        self._console.print(f"A recruiter looks for [bold]{SEARCH}[/]", highlight=False)
        self._console.print(_table(found["hits"]))
        self._hide(found["total"])
        self._erase()

    def _import_samples(self) -> int:
        from api import cv_intake, cv_records

        with SAMPLES.open("rb") as file, self._console.status("Importing the sample CVs"):
            outcomes = list(cv_intake.take_in(cv_records.read(file), visible=True))
        wrong = [one for one in outcomes if one.state != "imported"]
        if wrong:
            raise click.ClickException(f"a sample CV was not imported: {wrong[0]}")
        return len(outcomes)

    def _search(self, text: str, language: str) -> Any:
        asked = {"text": text, "lang": language}
        return self._client.call("POST", "/api/v1/cvs/search", asked, self._recruiter)

    def _hide(self, before: int) -> None:
        person = _token("person", HIDES)
        self._client.call("PUT", "/api/v1/me/cv/visibility", {"visible": False}, person)
        answered = time.monotonic()
        now = self._search(SEARCH, "en")["total"]
        took = time.monotonic() - answered
        if now != before - 1:
            raise click.ClickException(f"{before} were found, one hid, and now it is {now}")
        self._console.print(
            f"[bold]One of them hides the CV; the same search finds {now} of {before}, answered {took * 1000:.0f} ms "
            "after the hiding was.[/]"
        )
        looks = self._client.call("GET", "/api/v1/me/access-log", token=person)["entries"]
        first = next(one for one in looks if one["action"] == "found" and one.get("search", {}).get("text"))
        self._console.print(
            f"That person's access log: found by {first['employer']}, who looked for {first['search']['text']}\n",
            markup=False,
            highlight=False,
        )

    def _erase(self) -> None:
        before = self._search(SEARCH, "en")["total"]
        erased = self._client.call("DELETE", "/api/v1/me", token=_token("person", LEAVES))
        now = self._search(SEARCH, "en")["total"]
        if now != before - 1:
            raise click.ClickException(f"{before} were found, one left, and now it is {now}")
        self._console.print(f"Another deletes the account: {now} of {before} is found. The receipt of the erasure:")
        done: set[str] = set()
        start = time.monotonic()
        while len(done) < len(STORES) and time.monotonic() < start + PATIENCE:
            receipt = self._client.call("GET", f"/api/v1/erasures/{erased['receipt']}")
            for store, name in STORES.items():
                if store not in done and receipt[store]:
                    done.add(store)
                    self._console.print(f"  rid of it after {time.monotonic() - start:4.1f} s: {name}", highlight=False)
            time.sleep(0.2)
        owed = [name for store, name in STORES.items() if store not in done]
        if owed:
            self._console.print(f"  still owed, and seen to without anybody asking: {', '.join(owed)}")


def _table(hits: list[dict[str, Any]]) -> Table:
    table = Table("Who", "Where", "Why", "Where the words are")
    for hit in hits:
        words = Text("\n").join(_marked(fragments[0]) for fragments in hit["highlights"].values() if fragments)
        table.add_row(hit["headline"], ", ".join(hit["places"]), "\n".join(hit["why"]), words)
    return table


def _marked(fragment: str) -> Text:
    """A highlight, which is HTML with nothing but `<mark>` in it."""
    shown = Text()
    for number, part in enumerate(re.split(r"</?mark>", fragment)):
        shown.append(unescape(part), style="bold yellow" if number % 2 else "")
    return shown


def _token(role: str, email: str, employer: str | None = None) -> str:
    from store import employers, tokens
    from store.database import transaction

    with transaction() as session:
        return tokens.create(session, role, employers.named(session, employer) if employer else None, email)
