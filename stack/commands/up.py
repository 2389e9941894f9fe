"""`vahti up`: run everything on this machine."""

import os
from pathlib import Path
from typing import get_args

import click

from stack.commands import welcome as welcoming
from stack.data_dir import default_data_dir
from stack.embedded import Profile
from stack.supervisor import Up, leave_on_signal, up
from stack.watch import say

PROFILES = get_args(Profile)


@click.command("up")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of all data. [default: /var/lib/vahti/default for root, else ~/.local/share/vahti]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Of the web server; 0 takes a free one.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="durable",
    show_default=True,
    help="fast starts faster and writes without fsync.",
)
@click.option("--welcome", is_flag=True, help="Also say, for people, where to go and whom to sign in as.")
def command(data: Path | None, port: int, profile: Profile, welcome: bool) -> None:
    """Run everything on this machine: the services that no VAHTI_*_URL points to, the web server, the relay and two
    workers. Once ready, prints one line of JSON with addresses and process ids, and stays until SIGTERM or Ctrl-C."""
    leave_on_signal()
    with up(data or default_data_dir(), port, profile) as running:
        click.echo(running.ready_line())
        if welcome:
            say(f"ready at {running.http}; outgoing mail at {running.http}/dev/mail; Ctrl-C stops")
            _tell_sign_ins(running)
        running.keep()


def _tell_sign_ins(running: Up) -> None:
    if not welcoming.may_be_known(running.services.pids, os.environ["VAHTI_BASE_URL"]):
        return
    say(f"sign in at {welcoming.sign_in_page()} as")
    for one in welcoming.sign_ins():
        password = f"password “{one.password}”" if one.password else "with the password that you chose"
        say(f"  {one.role}: {one.email}, {password}")
