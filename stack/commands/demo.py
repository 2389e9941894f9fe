"""`vahti demo`: the main jobs, before your eyes: an ad brings a mail, and a CV that is hidden is gone."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from stack.commands.demo_alerts import AlertDemo
from stack.commands.demo_client import Client
from stack.commands.demo_cvs import CvDemo


@click.command("demo")
def command() -> None:
    """Start everything, import samples, and show the main jobs: an alert is confirmed, an ad is posted and mailed; a
    recruiter finds CVs, one of them is hidden and another erased."""
    from stack.supervisor import leave_on_signal, up

    leave_on_signal()
    console = Console()
    console.print("Starting OpenSearch, PostgreSQL, Redis, a mail server, the web server, the relay and two workers …")
    start = time.monotonic()
    scratch = tempfile.TemporaryDirectory(prefix="vahti-demo-", dir="/var/tmp", ignore_cleanup_errors=True)
    with scratch as directory, up(Path(directory), 0, "durable") as running:
        console.print(f"Ready at {running.http} after {time.monotonic() - start:.1f} s.\n")
        client = Client(running.http)
        AlertDemo(console, client).show()
        CvDemo(console, client).show()
