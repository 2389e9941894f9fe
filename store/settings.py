"""Settings: read once from the environment, each with the sentence that `docs/settings.md` shows."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Settings:
    """What a deployment chooses. Each field is the environment variable `VAHTI_` plus its name in capitals."""

    database_url: str = _setting("", "PostgreSQL, as a SQLAlchemy URL (`postgresql+psycopg://…`).")
    opensearch_url: str = _setting("", "OpenSearch, with user and password in the URL where security is on.")
    opensearch_ca: str = _setting("", "File with the certificate authority that signed OpenSearch's certificate.")
    redis_url: str = _setting("", "Redis or Valkey (`redis://…`, `rediss://…` or `unix://…`).")
    smtp_url: str = _setting("", "Outgoing mail: `smtp://[user:password@]host:port`, `smtps://` for TLS.")
    smtp_starttls: bool = _setting(False, "Whether the connection to `smtp://` must be upgraded with STARTTLS.")
    smtp_timeout: float = _setting(15.0, "Seconds after which a silent mail server counts as down.")
    mail_domain: str = _setting("vahti.example", "Domain of Message-IDs, List-Ids and bounce addresses.")
    mail_dir: str = _setting("", "Directory of the embedded mail sink; set, it opens `/dev/mail`. Never in production.")
    secret: str = _setting("", "Signs the links in mails: at least 32 random characters, kept secret.")
    previous_secret: str = _setting("", "The secret before the present one: links signed with it go on working.")
    erasure_key: str = _setting(
        "", "Keys the addresses in the erasure ledger, for as long as backups live: never changed."
    )
    erasure_ledger: str = _setting(
        "", "File beside the database's backups that keeps who was erased; on a shared volume."
    )
    base_url: str = _setting("http://127.0.0.1:8080", "Address under which people reach the service.")
    index_prefix: str = _setting("vahti", "Prefix of every index and alias in OpenSearch.")
    queue_prefix: str = _setting("vahti", "Prefix of every queue in Redis.")
    listings_shards: int = _setting(1, "Primary shards of a new listings index.")
    alerts_shards: int = _setting(1, "Primary shards of a new alerts index: one to about 300,000 criteria.")
    cvs_shards: int = _setting(1, "Primary shards of a new index of CVs.")
    replicas: int = _setting(0, "Replicas of each new index.")
    grouping_window: int = _setting(60, "Seconds between two mails of an instant alert: matches within go in one.")
    digest_hour: int = _setting(7, "Hour of the day, local to the alert, at which digests go out.")
    link_lifetime: int = _setting(48, "Hours for which the link that confirms an alert or an account is valid.")
    confirmation_limit: int = _setting(5, "Confirmation mails that one address gets within 24 hours at most.")
    lease: int = _setting(60, "Seconds after which owed work that was handed out and not settled goes out again.")
    queue_depth: int = _setting(64, "Batches of owed work that wait in each queue at most: the rest waits in Postgres.")
    retired_grace: int = _setting(600, "Seconds for which a retired index is kept after a reindex.")
    terms_version: str = _setting("2026-11", "Version of the terms and the privacy policy that people accept.")
    ask_limit: str = _setting("20 per hour", "How often one address on the network may create an alert.")
    call_limit: str = _setting("600 per minute", "How often one address on the network may call what anyone may call.")
    sign_in_limit: str = _setting("20 per 15 minutes", "How often one address on the network may fail to sign in.")
    account_limit: str = _setting(
        "30 per hour", "How often signing in to one account may fail, wherever it is tried from."
    )
    session_idle: int = _setting(14, "Days after which a session ends that nobody used.")
    session_longest: int = _setting(90, "Days after which a session ends even if it was used.")
    oidc_issuer: str = _setting(
        "", "Issuer of an OpenID Connect provider that people may sign in with; empty for none."
    )
    oidc_client_id: str = _setting("", "What that provider calls this service.")
    oidc_client_secret: str = _setting("", "The secret that the provider gave this service.")
    oidc_name: str = _setting("", "The provider's name, as people know it.")
    files_limit: str = _setting(
        "60 per hour", "How often the holder of a token may have a CV read from a file, or typeset."
    )
    contact_answer: int = _setting(14, "Days within which a person can answer a request for contact details.")
    contact_grant: int = _setting(90, "Days for which contact details are shown that a person handed over.")
    contact_pause: int = _setting(30, "Days after which an employer whose request was declined may ask again.")
    searches_hourly: int = _setting(300, "Searches of CVs that one recruiter may make in an hour; 0 for any number.")
    opened_hourly: int = _setting(200, "CVs that one recruiter may open in an hour; 0 for any number.")
    opened_daily: int = _setting(600, "CVs that one recruiter may open in 24 hours; 0 for any number.")
    found_daily: int = _setting(5000, "CVs that the searches of one recruiter may show in 24 hours; 0 for any number.")
    exported_daily: int = _setting(500, "CVs that one recruiter may export in 24 hours; 0 for any number.")
    trusted_proxies: int = _setting(0, "Reverse proxies in front whose X-Forwarded-For is believed.")
    body_limit: int = _setting(1_000_000, "Largest request body in bytes, feeds excepted.")
    feed_limit: int = _setting(200_000_000, "Largest feed in bytes.")


def read(environment: dict[str, str]) -> Settings:
    """Settings out of an environment; raises ValueError that names a variable which does not fit its type."""
    values: dict[str, Any] = {}
    for one in fields(Settings):
        raw = environment.get(f"VAHTI_{one.name.upper()}")
        if raw is None or raw == "":
            continue
        kind: Any = type(one.default)
        try:
            values[one.name] = raw.lower() in {"1", "true", "yes", "on"} if kind is bool else kind(raw)
        except ValueError as error:
            raise ValueError(f"VAHTI_{one.name.upper()} must be a {kind.__name__}") from error
    return Settings(**values)


@cache
def get() -> Settings:
    """The settings of this process, read at the first call."""
    return read(dict(os.environ))
