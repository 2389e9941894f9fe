"""Writes `docs/settings.md` and `docs/commands.md` out of what the code itself says of its settings and commands."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT))

from stack.cli import COMMANDS  # noqa: E402 - after the checkout is on the path
from store.settings import Settings  # noqa: E402

SETTINGS = """\
# Settings
Everything that a deployment chooses, read from the environment once, when a process starts; a value that does not fit
its type stops the process with a message that names the variable. Yes is `1`, `true`, `yes` or `on`; anything else is
no. An empty variable is one that is not set. [`deploy/.env.example`](../deploy/.env.example) shows the ones that every
production deployment sets.

| variable | default | what it says |
|---|---|---|
{table}

Sites (their names, senders, colours and languages) are rows of the table `sites`, not settings.

## Of the command line and the embedded services
They are read where they are used, by `vahti api` and by what [`vahti up`](commands.md) starts on a developer's machine.

| variable | default | what it says |
|---|---|---|
| `VAHTI_BIND` | 127.0.0.1:8080 | Where `vahti api` listens, as `--bind`. |
| `WEB_CONCURRENCY` | 2 | Processes of `vahti api`, as `--workers`. |
| `VAHTI_CACHE` | /var/cache/vahti for root, else the user's cache | Where OpenSearch is unpacked. |
| `VAHTI_RUN_AS` | nobody | The account that embedded services run as where root starts them. |
| `VAHTI_PG_BIN` | the package's, else the machine's newest | Directory of PostgreSQL's programs. |
| `VAHTI_REDIS_SERVER` | the machine's, else the package's | The program that is the queue. |
| `OPENSEARCH_JAVA_HOME` | the package's, else `JAVA_HOME`, else the machine's | Java 21 or newer for OpenSearch. |
| `XDG_DATA_HOME`, `XDG_CACHE_HOME` | `~/.local/share`, `~/.cache` | Above the data and the cache of an ordinary user. |
"""

COMMANDS_PAGE = """\
# Commands
In a checkout, `make` has the ones for people: `make demo` shows the main job, `make test` runs the tests, `make run`
keeps the service up, `make check` runs linters and types, `make bench` measures. Each sets up `.venv` first; afterwards
the commands below are `.venv/bin/vahti COMMAND`. In a container they are `vahti COMMAND`.

All but `up`, `demo`, `evaluate` and `bench` use the services that the [settings](settings.md) name. Exit status: 0 for
done, 1 for what could not be done or is not as it should be, 2 for a command line that makes no sense.

{commands}
"""


def cell(text: object) -> str:
    """Text as it can stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def settings_page() -> str:
    """`docs/settings.md`."""
    rows = []
    for one in fields(Settings):
        default = "" if one.default == "" else one.default
        shown = {True: "yes", False: "no"}.get(default, default) if isinstance(default, bool) else default
        rows.append(f"| `VAHTI_{one.name.upper()}` | {cell(shown)} | {cell(one.metadata['about'])} |")
    return SETTINGS.format(table="\n".join(rows))


def commands_page() -> str:
    """`docs/commands.md`."""
    parts = []
    for name, (module, about) in COMMANDS.items():
        command: click.Command = importlib.import_module(f"stack.commands.{module}").command
        parts.append("\n".join(described(f"vahti {name}", command, about)))
    return COMMANDS_PAGE.format(commands="\n\n".join(parts))


def described(path: str, command: click.Command, about: str | None = None) -> Iterator[str]:
    """A command with its options, and those below it."""
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    named = [f"{one.name}".upper() if one.required else f"[{one.name}]".upper() for one in arguments]
    yield f"{'##' if about else '###'} `{' '.join([path, *named])}`"
    if about:
        yield f"*{about}*"
    text = inspect.cleandoc(command.help or "")
    choices = [
        f"{one.name} is one of: {', '.join(one.type.choices)}.".replace(str(one.name), str(one.name).upper(), 1)
        for one in arguments
        if isinstance(one.type, click.Choice)
    ]
    for paragraph in filter(None, [text, *choices]):
        yield from ("", paragraph)
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if options:
        yield from ("", "| option | default | |", "|---|---|---|")
        yield from (option_row(one) for one in options)
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield ""
            yield from described(f"{path} {name}", command.commands[name])


def option_row(option: click.Option) -> str:
    """One option as a row: its names with the value that it takes, its default, its help."""
    value = ""
    if isinstance(option.type, click.Choice):
        value = f" {' or '.join(option.type.choices)}"
    elif not option.is_flag:
        value = {"integer range": " N", "integer": " N"}.get(option.type.name, f" {option.type.name.upper()}")
    help_text, _, default = (option.help or "").partition("[default:")
    if not default and option.show_default and not option.is_flag:
        default = str(option.default)
    variable = f" Also `{option.envvar}`." if isinstance(option.envvar, str) else ""
    names = ", ".join(f"`{name}`" for name in option.opts)
    return f"| {names}{value} | {cell(default).rstrip(']')} | {cell(help_text)}{variable} |"


def main() -> None:
    """Write both pages."""
    for name, text in (("settings.md", settings_page()), ("commands.md", commands_page())):
        (DOCS / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
