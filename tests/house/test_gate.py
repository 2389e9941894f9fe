"""Nobody is mailed but through the gate: an address comes from it, and mail goes out where it was asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("store", "mappings", "indexer", "matcher", "api", "stack")

# Who may read an alert's address from its row: the row's own module, the gate, the page that shows it to its owner,
# masked, and who ends the alerts of an erased address. `alert`, `twin` and `row` are what the code calls alerts.
READERS = {"store/alerts.py", "store/consents.py", "store/alert_owners.py", "api/alerts.py"}
# Who may read an account's: what makes and opens accounts, the gate, the rule of who is seen by whom, erasure, what is
# gathered for its holder, and the answers to its holder.
ACCOUNT_READERS = {
    *("store/registrations.py", "store/consents.py", "store/visibility.py", "store/erasures.py"),
    *("store/personal_data.py", "api/accounts.py", "api/pages/account.py"),
}
SENDERS = {"matcher/account_mail.py", "matcher/contact_mail.py", "matcher/mail.py", "matcher/search_mail.py"}
GATES = {"require", "require_account"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product with its syntax tree."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def attributes(tree: ast.AST, of: set[str], name: str) -> list[int]:
    """The lines that read the attribute `name` of a variable with one of these names."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id in of
    ]


@pytest.mark.promise("C3")
def test_the_address_of_an_alert_is_read_where_the_gate_is() -> None:
    readers = {name for name, tree in trees() if attributes(tree, {"alert", "twin"}, "email")}
    assert readers == READERS


@pytest.mark.promise("C3", "S4")
def test_the_address_of_an_account_is_read_where_it_may_be() -> None:
    readers = {name for name, tree in trees() if attributes(tree, {"account"}, "email")}
    assert readers == ACCOUNT_READERS


@pytest.mark.promise("C3")
def test_mail_goes_out_where_mails_are_made_and_only_after_the_gate() -> None:
    senders = {name for name, tree in trees() if attributes(tree, {"smtp"}, "send")}
    assert senders == SENDERS
    for name in senders:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
            sends = attributes(function, {"smtp"}, "send")
            asks = [line for gate in GATES for line in attributes(function, {"consents"}, gate)]
            assert not sends or (asks and min(asks) < min(sends)), f"{function.name} sends without asking the gate"


def test_a_module_that_opens_smtp_by_itself_is_seen() -> None:
    """Nothing but the one module knows smtplib, so that there is no way around it."""
    users = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and any(alias.name == "smtplib" for alias in node.names)
    }
    assert users == {"matcher/smtp.py"}
