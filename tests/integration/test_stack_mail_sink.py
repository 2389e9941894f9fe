"""The embedded mail server: whole messages as they came, answers as told, the same port after it was killed."""

import json
import os
import shutil
import signal
import smtplib
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from stack.embedded import Stack


@pytest.fixture(scope="module")
def mail() -> Iterator[Stack]:
    base = Path(tempfile.mkdtemp(prefix="vahti-test-", dir="/var/tmp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VAHTI_SMTP_URL", raising=False)  # other tests set it
        with Stack(base, only={"mail"}) as stack:
            yield stack
    shutil.rmtree(base)


def connect(mail: Stack) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", int(mail.urls["mail"].rpartition(":")[2]), timeout=10)


def taken(mail: Stack) -> list[bytes]:
    return [path.read_bytes() for path in sorted(mail.mail_dir.glob("*.eml"))]


def test_a_message_is_kept_as_it_came_behind_its_envelope(mail: Stack) -> None:
    raw = b"From: a@vahti.example\r\nSubject: =?utf-8?q?T=C3=B6it=C3=A4?=\r\n\r\n.dot\r\nKaksi ty\xc3\xb6paikkaa\r\n"
    with connect(mail) as client:
        client.sendmail("bounces@vahti.example", ["liisa@example.fi", "ake@example.se"], raw, ["BODY=8BITMIME"])
    head, _, message = taken(mail)[-1].partition(b"From: a@")
    assert b"From: a@" + message == raw
    lines = head.decode().splitlines()
    assert lines[:2] == ["X-Envelope-From: bounces@vahti.example", "X-Envelope-To: liisa@example.fi, ake@example.se"]
    received = datetime.fromisoformat(lines[2].removeprefix("X-Received-At: "))
    assert timedelta(0) <= datetime.now(UTC) - received < timedelta(seconds=30)
    assert lines[2].endswith("+00:00")


def test_addresses_may_hold_any_letter(mail: Stack) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "vahti@vahti.example", "åsa.hämäläinen@exämple.fi", "Hej"
    message.set_content("Hej Åsa")
    with connect(mail) as client:
        client.send_message(message)
    kept = message_from_bytes(taken(mail)[-1], policy=default)
    assert kept["X-Envelope-To"] == "åsa.hämäläinen@exämple.fi"


def test_it_refuses_whom_it_is_told_to_refuse(mail: Stack) -> None:
    before = len(taken(mail))
    refusals = mail.mail_dir / "refuse.json"
    refusals.write_text(
        json.dumps({"full@example.fi": "452 4.2.2 mailbox full", "@gone.example": "550 5.1.1 no such user"})
    )
    with connect(mail) as client:
        refused = client.sendmail("", ["full@example.fi", "x@gone.example", "fine@example.fi"], "Subject: x\r\n\r\ny")
        assert refused == {
            "full@example.fi": (452, b"4.2.2 mailbox full"),
            "x@gone.example": (550, b"5.1.1 no such user"),
        }
        refusals.unlink()
        assert client.sendmail("", ["full@example.fi"], "Subject: x\r\n\r\ny") == {}
    assert [m.split(b"\r\n")[1] for m in taken(mail)[before:]] == [
        b"X-Envelope-To: fine@example.fi",
        b"X-Envelope-To: full@example.fi",
    ]


def test_killed_it_comes_back_at_its_port_and_counts_on(mail: Stack) -> None:
    with connect(mail) as client:
        client.sendmail("", ["a@example.fi"], "Subject: before\r\n\r\n")
        url, pid = mail.urls["mail"], mail.pids["mail"]
        os.kill(pid, signal.SIGKILL)  # with a connection open, so that the port lingers
        while mail.pids.get("mail", pid) == pid:
            time.sleep(0.01)
        mail.wait("mail")
        client.close()
    with connect(mail) as client:
        client.sendmail("", ["a@example.fi"], "Subject: after\r\n\r\n")
    assert mail.urls["mail"] == url
    names = [path.name for path in sorted(mail.mail_dir.glob("*.eml"))]
    assert [int(name.partition("-")[0]) for name in names] == list(range(1, len(names) + 1))
    assert b"Subject: after" in taken(mail)[-1]
