"""Pictures of every page and both mails: in three languages, light and dark, on a phone and on a desk.

`python scripts/screenshots.py FOLDER [LANGUAGE ...]` starts the whole service with the sample ads, walks through an
alert's life in a real browser without JavaScript, and writes `FOLDER/fi/07-confirm-phone-dark.png` and so on.
Chromium is taken from `$CHROMIUM`, the machine, or Playwright's own, in this order.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import urllib3
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"phone": (320, 640), "desk": (1280, 800)}
SCHEMES = ("light", "dark")
WITHIN = 60.0
PASSWORD = "kolme sinistä ketunhäntää"  # noqa: S105 - of accounts that live as long as the pictures are taken

JOBS = {
    "fi": ("Sairaanhoitaja, päivystys", "sairaanhoitaja", "fi-837", "Tampere, Pirkanmaa", "Tamppere"),
    "sv": ("Sjuksköterska till akuten", "sjuksköterska", "se-1280", "Malmö, Nyland", "Malmöö"),
    "en": ("Nurse for the emergency ward", "nurse", "fi-091", "Helsinki, Stockholm", "Helsinky"),
}


class Walk:
    """One reader's way through the pages of one language, a picture at each step."""

    def __init__(self, page: Page, http: str, token: str, language: str, folder: Path) -> None:
        self._page, self._base, self._token, self._language = page, http, token, language
        self._folder = folder / language
        self._folder.mkdir(parents=True, exist_ok=True)
        self._http = urllib3.PoolManager()
        self._number = 0
        self._email = f"reader-{language}@mail.example"

    def shoot(self, name: str) -> None:
        """The page as it stands, in every size and scheme."""
        self._number += 1
        for size, (width, height) in SIZES.items():
            self._page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                self._page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                file = self._folder / f"{self._number:02}-{name}-{size}-{scheme}.png"
                self._page.screenshot(path=str(file), full_page=True)

    def visit(self, path: str, name: str) -> None:
        """Open an address and take its picture."""
        self._page.goto(path if path.startswith("http") else f"{self._base}{path}")
        self.shoot(name)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the JSON API, as an employer."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        answer = self._http.request(
            method, f"{self._base}{path}", body=json.dumps(body) if body else None, headers=headers
        )
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {answer.data.decode()}")
        return json.loads(answer.data)

    def mails(self) -> list[Any]:
        """What the reader was mailed so far."""
        return [one for one in self.call("GET", "/dev/mail.json") if self._email in str(one["to"])]

    def mail(self, number: int) -> EmailMessage:
        """The reader's mail of this number, once it is there."""
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            mine = self.mails()
            if len(mine) > number:
                raw = self._http.request("GET", f"{self._base}/dev/mail/{mine[number]['id']}.eml").data
                return message_from_bytes(raw, policy=default)
            time.sleep(0.1)
        raise SystemExit(f"mail {number} of {self._email} did not come within {WITHIN:.0f} s")

    def read(self, mail: EmailMessage, name: str) -> list[str]:
        """Take the picture of a mail's HTML part; gives the links in its text part."""
        html, text = mail.get_body(("html",)), mail.get_body(("plain",))
        if html is None or text is None:
            raise SystemExit("a mail without one of its two parts")
        self._page.goto("about:blank")  # a page of ours would have its own policy apply to the mail's styles
        self._page.set_content(html.get_content())
        self.shoot(name)
        return re.findall(r"https?://\S+token=\S+", text.get_content())

    def go(self) -> None:
        """Every page, in the order in which a reader meets them."""
        from matcher.addresses import path

        language = self._language
        title, words, place, typed, mistyped = JOBS[language]
        page = self._page
        self.visit(path("start", language), "start")
        self.visit(path("alert", language), "form")
        page.fill("#places", mistyped)
        page.click("form >> button:not([formaction])")
        self.shoot("form-errors")
        page.fill("#text", words)
        page.fill("#places", typed)
        page.click("button[formaction]")
        self.shoot("form-preview")
        page.fill("#email", self._email)
        page.check("#accept_terms")
        page.click("form >> button:not([formaction])")
        self.shoot("asked")
        [confirm, *_] = self.read(self.mail(0), "mail-confirmation")
        self.visit(confirm, "confirm")
        page.click("main button")
        self.shoot("confirmed")
        job = self.call("PUT", f"/api/v1/listings/shown-{language}", _listing(title, words, place, language))
        edit, pause, unsubscribe = self.read(self.mail(1), "mail-listings")
        self.visit(edit, "edit")
        self.visit(edit.replace(path("edit", language), path("manage", language)), "manage")
        self.visit(pause, "pause")
        page.click("main button")
        self.shoot("paused")
        self.visit(edit.replace(path("edit", language), path("manage", language)), "manage-paused")
        self.visit(pause.replace(path("pause", language), path("resume", language)), "resume")
        page.click("main button")
        self.shoot("resumed")
        self.visit(unsubscribe, "unsubscribe")
        page.click("main button")
        self.shoot("ended")
        self.visit(edit, "refused-ended")
        self.visit(f"{path('confirm', language)}?token=foreign", "refused-foreign")
        self.visit(path("listings", language), "jobs")
        self.visit(path("listings", language, {"text": words}), "jobs-found")
        self.visit(path("listings", language, {"text": "qwertyuiop"}), "jobs-none")
        self.visit(f"{path('listings', language)}/{job['id']}", "job")
        self.call("DELETE", f"/api/v1/listings/shown-{language}")
        self.visit(f"{path('listings', language)}/{job['id']}", "gone")
        self.visit(f"{path('listings', language)}/00000000-0000-0000-0000-000000000000", "missing")
        self.account()
        self.visit(path("terms", language), "terms")
        self.visit(path("privacy", language), "privacy")

    def account(self) -> None:
        """The pages and mails of an account, with what goes wrong on the way."""
        from matcher.addresses import path

        language, page, so_far = self._language, self._page, len(self.mails())
        self.visit(path("register", language, {"as": "recruiter"}), "register-recruiter")
        self.visit(path("register", language), "register")
        page.fill("#email", self._email)
        page.fill("#password", "password123")
        page.click("main form button")
        self.shoot("register-errors")
        for field, value in {"password": PASSWORD, "day": "31", "month": "5", "year": "1990"}.items():
            page.fill(f"#{field}", value)
        page.check("#accept_terms")
        page.click("main form button")
        self.shoot("registered")
        [confirm, *_] = self.read(self.mail(so_far), "mail-confirm-account")
        self.visit(confirm, "confirm-account")
        page.click("main form button")
        self.shoot("account-confirmed")
        self.visit(confirm, "account-refused")
        self.visit(path("forgotten", language), "forgotten")
        page.fill("#email", self._email)
        page.click("main form button")
        self.shoot("forgotten-sent")
        [reset, *_] = self.read(self.mail(so_far + 1), "mail-reset")
        self.visit(reset, "reset")
        page.fill("#password", PASSWORD)
        page.click("main form button")
        self.shoot("reset-done")
        self.read(self.mail(so_far + 2), "mail-password-changed")
        self.visit(path("sign_in", language), "sign-in")
        page.fill("#email", self._email)
        page.fill("#password", "password123")
        page.click("main form button")
        self.shoot("sign-in-errors")
        page.fill("#password", PASSWORD)
        page.click("main form button")
        self.shoot("account")


def _listing(title: str, words: str, place: str, language: str) -> dict[str, Any]:
    return {
        "title": title,
        "description": f"<p>{words.capitalize()} – {title}.</p><ul><li>2027</li><li>100 %</li></ul>",
        "language": language,
        "employer": "Koivurannan sairaala",
        "places": [place],
        "occupation": "isco-2221",
        "employment": ["full_time", "permanent"],
        "salary": {"min": 3200, "max": 3600, "currency": "EUR", "period": "month"},
        "deadline": "2031-12-05",
        "apply": {"url": "https://koivuranta.example/apply"},
    }


def main(folder: Path, languages: list[str]) -> None:
    """Start everything, walk, and leave the pictures in the folder."""
    sys.path.insert(0, str(ROOT))
    from stack.supervisor import leave_on_signal, up

    leave_on_signal()
    os.environ |= {"VAHTI_ASK_LIMIT": "1000 per hour", "VAHTI_CALL_LIMIT": "100000 per minute"}
    scratch = tempfile.TemporaryDirectory(prefix="vahti-pictures-", dir="/var/tmp", ignore_cleanup_errors=True)
    with scratch as data, up(Path(data), 0, "fast") as running, sync_playwright() as playwright:
        from store import employers, tokens
        from store.database import transaction

        with transaction() as session:
            token = tokens.create(session, "employer", employers.named(session, "Vahti samples"))
        urllib3.PoolManager().request(
            "POST",
            f"{running.http}/api/v1/listings/feed",
            body=(ROOT / "samples" / "listings.ndjson").read_bytes(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
        )
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        # As root Chromium cannot make its sandbox; it opens nothing here but our own pages.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"] if not os.getuid() else [])
        for language in languages:
            page = browser.new_context(java_script_enabled=False, locale=language).new_page()
            Walk(page, running.http, token, language, folder).go()
            print(f"{folder / language}: {len(list((folder / language).glob('*.png')))} pictures", flush=True)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:] or ["fi", "sv", "en"])
