"""Accounts: nobody comes to one by another's address, links work once, and a session ends wherever it was begun."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from store import (
    account_links,
    accounts,
    clock,
    consents,
    employers,
    identities,
    registrations,
    sessions,
    sites,
    tokens,
)
from store.account_links import AccountLink
from store.accounts import Account
from store.database import transaction
from store.errors import Conflict, Forbidden, Invalid
from store.registrations import Claim
from tests.conftest import Services

Work = Callable[[], int]
Mails = Callable[[], list[EmailMessage]]

KAISA = "kaisa@mail.example"
PASSWORD, OTHER = "kolme sinistä ketunhäntää", "neljä vihreää tikapuuta"


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def token_in(message: EmailMessage) -> str:
    [found] = set(re.findall(r"token=([\w-]+)", plain(message)))
    return str(found)


def register(email: str = KAISA, password: str = PASSWORD, language: str = "fi", claim: Claim | None = None) -> None:
    with transaction() as session:
        registrations.register(
            session,
            site=sites.find(session, None),
            email=email,
            password=password,
            language=language,
            source="test",
            claim=claim,
        )


def confirm(token: str) -> UUID:
    with transaction() as session:
        return registrations.confirm(session, token).id


def reset(token: str, password: str) -> None:
    with transaction() as session:
        registrations.reset(session, token, password)


def forget(email: str = KAISA) -> None:
    with transaction() as session:
        registrations.forget(session, email)


def opens(email: str, password: str) -> bool:
    with transaction() as session:
        return sessions.sign_in(session, email, password) is not None


def account(email: str = KAISA) -> Account:
    with transaction() as session:
        found = accounts.by_email(session, email)
        assert found is not None
        return found


def begin(email: str = KAISA) -> str:
    """A new session of this address."""
    with transaction() as session:
        found = accounts.by_email(session, email)
        assert found is not None
        return sessions.begin(session, found)[0]


def valid(token: str) -> bool:
    with transaction() as session:
        return tokens.bearer(session, token) is not None


@pytest.fixture
def kaisa(work: Work, mails: Mails) -> UUID:
    """Somebody who registered and confirmed."""
    register()
    work()
    return confirm(token_in(mails()[-1]))


@pytest.mark.promise("A1")
def test_registering_confirming_and_signing_in(work: Work, mails: Mails) -> None:
    register("Kaisa@Mail.example")
    assert not opens(KAISA, PASSWORD), "the address is not confirmed"
    work()
    [mail] = mails()
    assert mail["To"] == KAISA
    assert mail["Content-Language"] == "fi"
    confirm(token_in(mail))
    assert opens(" KAISA@mail.example ", PASSWORD)
    assert not opens(KAISA, OTHER)
    with transaction() as session:
        [agreed] = consents.history(session, account().id)
        assert (agreed.purpose, agreed.source, agreed.withdrawn_at) == ("terms", "test", None)


@pytest.mark.promise("A1", "S4", "S5")
def test_neither_password_nor_link_can_be_read_in_the_database(work: Work, mails: Mails) -> None:
    register()
    work()
    token = token_in(mails()[0])
    with transaction() as session:
        for table in session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all():
            rows = str(session.execute(text(f'SELECT t::text FROM "{table}" AS t')).all())  # noqa: S608
            assert PASSWORD not in rows, table
            assert token not in rows, table


@pytest.mark.promise("A1", "S5")
def test_a_link_works_once_and_in_its_time(work: Work, mails: Mails) -> None:
    register()
    work()
    token = token_in(mails()[0])
    for wrong, reason in [("", "one of ours"), (token[:-1], "one of ours"), ("ä\udc00", "one of ours")]:
        with pytest.raises(Forbidden, match=reason):
            confirm(wrong)
    with pytest.raises(Forbidden, match="not for this"):
        reset(token, OTHER)
    confirm(token)
    with pytest.raises(Forbidden, match="used"):
        confirm(token)
    forget()
    work()
    token = token_in(mails()[1])
    clock.set_ahead(timedelta(minutes=61))
    with pytest.raises(Forbidden, match="expired"):
        reset(token, OTHER)
    assert opens(KAISA, PASSWORD)


@pytest.mark.promise("S5")
def test_of_two_who_use_a_link_at_once_one_does(kaisa: UUID, work: Work, mails: Mails) -> None:
    forget()
    work()
    token = token_in(mails()[-1])
    together = threading.Barrier(2)
    done: list[str] = []
    refused: list[Forbidden] = []

    def use(password: str) -> None:
        together.wait()
        try:
            reset(token, password)
            done.append(password)
        except Forbidden as error:
            refused.append(error)

    threads = [threading.Thread(target=use, args=(one,)) for one in (OTHER, "viisi keltaista omenaa")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(refused) == 1
    assert opens(KAISA, done[0])


@pytest.mark.promise("A1", "W2")
def test_an_account_that_nobody_confirms_goes(work: Work, mails: Mails) -> None:
    register()
    work()
    clock.set_ahead(timedelta(hours=24))
    register()
    work()
    clock.set_ahead(timedelta(hours=49))
    work()
    assert account().confirmed_at is None, "the second link still works"
    token = token_in(mails()[1])
    clock.set_ahead(timedelta(hours=73))
    work()
    with transaction() as session:
        assert session.scalars(select(Account)).all() == []
    with pytest.raises(Forbidden):
        confirm(token)


@pytest.mark.promise("A1")
def test_registering_a_known_address_changes_nothing_and_its_owner_is_told(
    kaisa: UUID, work: Work, mails: Mails
) -> None:
    register(password=OTHER, language="sv")
    work()
    mail = mails()[-1]
    assert "token=" not in plain(mail)
    assert mail["Content-Language"] == "fi"
    assert opens(KAISA, PASSWORD)
    assert not opens(KAISA, OTHER)


@pytest.mark.promise("A1", "S5")
@pytest.mark.parametrize("followed", [0, 1])
def test_who_registers_anothers_address_has_no_password_to_it(work: Work, mails: Mails, followed: int) -> None:
    """Whoever of the two was first, and whichever of the two mails the owner follows."""
    register(password=PASSWORD)
    work()
    register(password=OTHER)
    work()
    confirm(token_in(mails()[followed]))
    work()
    assert not opens(KAISA, PASSWORD)
    assert not opens(KAISA, OTHER)
    reset(token_in(mails()[2]), "viisi keltaista omenaa")
    assert opens(KAISA, "viisi keltaista omenaa")


def test_who_registers_twice_with_one_password_keeps_it(work: Work, mails: Mails) -> None:
    register()
    work()
    register()
    work()
    confirm(token_in(mails()[0]))
    assert opens(KAISA, PASSWORD)


@pytest.mark.promise("A1", "S5")
def test_a_reset_ends_every_session_and_tells_the_owner(kaisa: UUID, work: Work, mails: Mails) -> None:
    begun = [begin(), begin()]
    forget()
    forget()
    work()
    first, second = mails()[-2:]
    with pytest.raises(Invalid):
        reset(token_in(second), "short")
    reset(token_in(second), OTHER)
    with pytest.raises(Forbidden):
        reset(token_in(first), PASSWORD)
    assert opens(KAISA, OTHER)
    assert not opens(KAISA, PASSWORD)
    assert not any(map(valid, begun))
    work()
    assert "token=" not in plain(mails()[-1])
    assert len(mails()) == 4


@pytest.mark.promise("A1")
def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(kaisa: UUID) -> None:
    here, there = begin(), begin()
    with transaction() as session:
        row = tokens.bearer(session, here)
        assert row is not None
        assert not registrations.change_password(session, kaisa, OTHER, "viisi keltaista omenaa", keep=row.id)
        assert registrations.change_password(session, kaisa, PASSWORD, OTHER, keep=row.id)
    assert valid(here)
    assert not valid(there)
    assert opens(KAISA, OTHER)


@pytest.mark.promise("A1")
def test_signing_out_everywhere_ends_every_token_of_the_account_alone(kaisa: UUID) -> None:
    begun = [begin(), begin()]
    with transaction() as session:
        begun.append(tokens.create(session, "person", email=KAISA))
        other = tokens.create(session, "person")
    assert all(map(valid, begun))
    with transaction() as session:
        sessions.end_all(session, kaisa)
    assert not any(map(valid, begun))
    assert valid(other)


@pytest.mark.promise("S5")
def test_a_session_ends_when_nobody_uses_it_and_after_ninety_days_anyway(kaisa: UUID) -> None:
    idle, used = begin(), begin()
    for day in range(1, 90, 10):
        clock.set_ahead(timedelta(days=day))
        with transaction() as session:
            row = tokens.bearer(session, used)
            assert row is not None
            assert sessions.due(row) == (day < 90 - 14 + 10), "near the end there is nothing to add"
            sessions.note_use(session, row.id)
            session.flush()
            session.refresh(row)
            assert not sessions.due(row)
        assert valid(idle) == (day < 14)
    clock.set_ahead(timedelta(days=90, minutes=1))
    assert not valid(used)


def test_a_password_of_older_parameters_is_hashed_anew(kaisa: UUID) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with transaction() as session:
        accounts.get(session, kaisa).password_hash = old
    assert not opens(KAISA, OTHER)
    assert account().password_hash == old
    assert opens(KAISA, PASSWORD)
    assert account().password_hash != old
    assert opens(KAISA, PASSWORD)


@pytest.mark.promise("W2", "S5")
def test_an_address_is_mailed_so_often_a_day(kaisa: UUID, work: Work, mails: Mails) -> None:
    for _ in range(4):
        forget()
        register()
        work()
    assert len(mails()) == 5


@pytest.mark.promise("R1")
def test_a_recruiter_waits_for_an_admin_even_at_an_approved_employer(work: Work, mails: Mails) -> None:
    claim = Claim("Pohjolan hoiva", "fi:01120389")
    register("rea@hoiva.example", claim=claim)
    work()
    confirm(token_in(mails()[0]))
    with transaction() as session:
        rea = accounts.by_email(session, "rea@hoiva.example")
        assert rea is not None
        assert rea.employer_id is not None
        assert (rea.role, rea.waits) == ("recruiter", True)
        employer = employers.get(session, rea.employer_id)
        assert (employer.name, employer.business_id, employer.approval) == (claim.name, claim.business_id, "pending")
        employers.approve(session, employer)
        assert accounts.admit(session, employer.id) == 1
    register("eve@mail.example", claim=Claim("Muu nimi", "fi:01120389"))
    work()
    confirm(token_in(mails()[1]))
    with transaction() as session:
        eve = accounts.by_email(session, "eve@mail.example")
        assert eve is not None
        assert eve.waits
        assert [one.id for one in accounts.waiting(session, employer.id)] == [eve.id]
        assert accounts.admit(session, employer.id, []) == 0


@pytest.mark.promise("A1", "S5")
def test_of_two_who_register_one_address_at_once_neither_fails_and_there_is_one_account(
    work: Work, mails: Mails
) -> None:
    together = threading.Barrier(4)
    failed: list[Exception] = []

    def go(password: str) -> None:
        together.wait()
        try:
            register("rea@hoiva.example", password, claim=Claim("Pohjolan hoiva", "fi:01120389"))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is shown
            failed.append(error)

    threads = [threading.Thread(target=go, args=(one,)) for one in (PASSWORD, OTHER, PASSWORD, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with transaction() as session:
        [one] = session.scalars(select(Account)).all()
        assert one.password_hash is None, "asked for with two passwords, it has none"
    work()
    assert len(mails()) == 4


def test_the_command_line_makes_tokens_for_accounts_and_says_why_not(clean: Services) -> None:
    from click.testing import CliRunner

    from stack.cli import main

    def make(*given: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["token", "create", *given])
        return result.exit_code, result.output

    for role in ("person", "recruiter", "employer", "admin"):
        named = ("--employer", "Pohjolan hoiva") if role in ("recruiter", "employer") else ()
        code, made = make("--role", role, *named)
        assert code == 0
        assert valid(made.strip())
    code, _ = make("--role", "person", "--email", KAISA)
    assert code == 0
    code, said = make("--role", "recruiter", "--employer", "Pohjolan hoiva", "--email", KAISA)
    assert (code, "has an account already" in said) == (1, True)
    with transaction() as session:
        employers.withdraw(session, employers.named(session, "Pohjolan hoiva"))
    code, said = make("--role", "recruiter", "--employer", "Pohjolan hoiva")
    assert (code, "approval" in said) == (1, True)


def test_a_name_that_is_taken_does_not_take_its_employers_id(clean: Services) -> None:
    with transaction() as session:
        known = employers.named(session, "Pohjolan hoiva")
        employers.approve(session, known)
        assert employers.claimed(session, "Pohjolan hoiva", "fi:01120389").id == known.id
        assert known.business_id is None, "an admin approved of it without, and says so if it is its own"
        new = employers.claimed(session, "Uusi Oy", "se:5560360793")
        assert (new.business_id, new.approval) == ("se:5560360793", "pending")
        assert employers.claimed(session, "Toinen nimi", "se:5560360793").id == new.id


@pytest.mark.promise("A1", "S5")
def test_an_identity_opens_one_account_and_takes_over_none(kaisa: UUID) -> None:
    def known(email: str, subject: str) -> UUID:
        with transaction() as session:
            site = sites.find(session, None)
            return registrations.register_known(
                session,
                site=site,
                email=email,
                language="fi",
                source="test",
                issuer="https://id.example",
                subject=subject,
            ).id

    with pytest.raises(Conflict):
        known(KAISA, "1")
    new = known("uusi@mail.example", "2")
    with transaction() as session:
        opened = identities.account_of(session, "https://id.example", "2")
        assert opened is not None
        assert opened.id == new
        assert opened.confirmed_at is not None
        assert identities.account_of(session, "https://other.example", "2") is None
        with pytest.raises(Forbidden):
            registrations.link(session, opened, KAISA, "https://id.example", "3")
        with pytest.raises(Conflict):
            registrations.link(session, accounts.get(session, kaisa), KAISA, "https://id.example", "2")
        registrations.link(session, accounts.get(session, kaisa), KAISA, "https://id.example", "3")
        registrations.link(session, accounts.get(session, kaisa), KAISA, "https://id.example", "3")
    register("odottaa@mail.example")
    pre_hijacked = account("odottaa@mail.example").id
    assert known("odottaa@mail.example", "4") != pre_hijacked
    assert not opens("odottaa@mail.example", PASSWORD)


@pytest.mark.promise("C3")
def test_the_gate_for_accounts(kaisa: UUID) -> None:
    with transaction() as session:
        for purpose in (consents.CONFIRMATION, consents.SECURITY, consents.SERVICE):
            assert consents.require_account(session, kaisa, purpose)[1] == KAISA
        with pytest.raises(Forbidden, match="newsletter"):
            consents.require_account(session, kaisa, "newsletter")
        consents.withdraw(session, kaisa, consents.TERMS)
        with pytest.raises(Forbidden, match="terms"):
            consents.require_account(session, kaisa, consents.SERVICE)
        nobody = accounts.create(session, "person")
        with pytest.raises(Forbidden, match="no address"):
            consents.require_account(session, nobody.id, consents.SECURITY)
        with pytest.raises(Forbidden, match="gone"):
            consents.require_account(session, UUID(int=1), consents.SECURITY)


def test_a_mail_that_is_repeated_is_the_same_mail(kaisa: UUID) -> None:
    with transaction() as session:
        link = account_links.make(session, accounts.get(session, kaisa), account_links.RESET)
        assert account_links.token(link) == account_links.token(link)
        kept = session.get(AccountLink, link.digest)
        assert kept is not None
        session.refresh(kept)
        assert account_links.token(kept) is not None, "the moment is kept as it was"
