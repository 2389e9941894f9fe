"""The command line: what it lists, what it imports and when, how it shows that something cannot be had."""

import importlib
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from stack import StackError
from stack.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_says_what_it_does(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert isinstance(importlib.import_module(f"stack.commands.{COMMANDS[name][0]}").command, click.Command)


def test_help_lists_all_commands_and_imports_none() -> None:
    script = (
        "import sys; from stack.cli import main; main(['--help'], standalone_mode=False); "
        "print([m for m in sys.modules if m.startswith(('stack.commands', 'store', 'api', 'sqlalchemy', 'flask'))])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.endswith("[]\n")
    for name, (_, about) in COMMANDS.items():
        assert name in shown
        assert about.split()[0] in shown


def test_an_unknown_command_is_refused() -> None:
    refused = CliRunner().invoke(main, ["nothing"])
    assert refused.exit_code == 2
    assert "No such command 'nothing'" in refused.output


def test_what_cannot_be_had_is_a_message_and_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: object, _context: click.Context) -> None:
        raise StackError("there is no Java")

    monkeypatch.setattr(click.Group, "invoke", fail)
    failed = CliRunner().invoke(main, ["up"])
    assert (failed.exit_code, failed.output) == (1, "Error: there is no Java\n")
