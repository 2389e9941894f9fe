"""The pages that people use: job alerts, listings, terms; plain HTML in three languages that needs no script."""

from api.pages import about, alert_links, ask, jobs
from api.pages.blueprint import blueprint

__all__ = ["about", "alert_links", "ask", "blueprint", "jobs"]
