"""A reader's browser as far as forms go: it keeps cookies, opens pages, and sends what a form would."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matcher import addresses
from matcher.addresses import Page


class Browser:
    """One browser at one language of the pages."""

    def __init__(self, client: FlaskClient, language: str = "en", base: str = "http://localhost") -> None:
        self.client, self.language, self.base = client, language, base

    def open(self, page: Page | str) -> TestResponse:
        """A page by its name, or by its address."""
        path = page if page.startswith("/") else addresses.path(page, self.language)  # type: ignore[arg-type]
        return self.client.get(path, base_url=self.base)

    def send(self, page: Page | str, at: Page | str | None = None, /, **fields: str) -> TestResponse:
        """Open the page that has the form, and send it with these fields, as a browser would."""
        where = at or page
        form = self.open(where).get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert found, "the form is not guarded"
        path = page if page.startswith("/") else addresses.path(page, self.language)  # type: ignore[arg-type]
        return self.client.post(path, data={"csrf_token": unescape(found[1]), **fields}, base_url=self.base)

    def cookies(self) -> dict[str, str]:
        """What the browser keeps, by name."""
        jar = self.client._cookies
        assert jar is not None
        return {cookie.key: cookie.value for cookie in jar.values()}
