"""The pages that people use: job alerts, listings, terms; plain HTML in three languages that needs no script."""

from api.pages import about, account, alert_links, ask, contact, jobs, passwords, provider, registering, signing_in
from api.pages.blueprint import blueprint

__all__ = [
    "about",
    "account",
    "alert_links",
    "ask",
    "blueprint",
    "contact",
    "jobs",
    "passwords",
    "provider",
    "registering",
    "signing_in",
]
