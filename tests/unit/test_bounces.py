"""Returned mail is read as RFC 3464 writes it."""

from __future__ import annotations

from email import message_from_string
from email.policy import default

import pytest

from matcher import bounces

RETURNED = """\
From: MAILER-DAEMON@mx.example
To: bounce+abc@vahti.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kaisa@mail.example
Action: {action}
Status: {status}

--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "final"),
    [
        ("failed", "5.1.1", True),
        ("failed", "5.0.0 (unknown)", True),
        ("failed", "5.2.2", False),
        ("failed", "5.7.1", False),
        ("delayed", "4.4.1", False),
        ("delivered", "2.0.0", False),
    ],
)
def test_only_a_failure_for_good_ends_anything(action: str, status: str, final: bool) -> None:
    message = message_from_string(RETURNED.format(action=action, status=status), policy=default)
    assert bounces._failed_for_good(message) is final


def test_an_answer_of_a_person_is_no_report() -> None:
    assert bounces.take(b"From: a@b.example\nTo: bounce+x@vahti.example\n\nplease stop, status 5.1.1\n") == "temporary"
