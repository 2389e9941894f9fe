"""The command line: `vahti COMMAND`. Each command lives in a module of its own, imported when it is used."""

import importlib
from typing import Any

import click

from stack import StackError

# name: the module under stack.commands whose `command` it is, and what `vahti --help` says of it (said here, so that
# the help imports no command)
COMMANDS = {
    "demo": ("demo", "Show the main jobs: an ad is mailed, a hidden CV is gone."),
    "up": ("up", "Run everything: services, web server, relay and workers."),
    "api": ("api", "Run the web server alone, as in production."),
    "migrate": ("migrate", "Bring database and indexes to the present shape."),
    "relay": ("relay", "Hand owed work to the workers, until SIGTERM."),
    "work": ("work", "Do owed work, until SIGTERM."),
    "reindex": ("reindex", "Build a new index of a kind while the old one serves."),
    "verify": ("verify", "Compare index and database, and say how they differ."),
    "expunge": ("expunge", "Purge from the index's files what was taken out of it."),
    "replay": ("replay", "Erase again whom a restored backup brought back."),
    "import": ("import_listings", "Take in a file of listings or CVs."),
    "token": ("token", "Make and end the tokens with which programs call."),
    "bounce": ("bounce", "Take in a mail that came back."),
    "doctor": ("doctor", "Say what is reachable, what is owed and what is late."),
    "evaluate": ("evaluate", "Measure how well searches find, beside the stock analysers."),
    "bench": ("bench", "Measure, with peers beside, in one run."),
}


class LazyGroup(click.Group):
    """Imports a command when it is run or asked for its help, never sooner; shows a StackError as what it is, a
    message for the person at the keyboard."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"stack.commands.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except StackError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vahti")
def main() -> None:
    """Vahti: job alerts that miss nothing and send nothing twice, a CV database, and a privacy policy that holds."""
