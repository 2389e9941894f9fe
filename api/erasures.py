"""The calls that erase: a person's own, an admin's, and the receipt that says for each store when it was done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from api.alert_schema import Address
from api.auth import audience, bearer, person
from api.calls import Calls
from api.schema_problems import STRUCTURE
from api.sessions import reading, writing
from store import accounts, cvs, erasures
from store.erasures import Erasure
from store.faults import log

calls = Calls("erasures", "/api/v1", "Erasure: gone at the answer, and a receipt for the rest.")

MOST = 1000


def _when(description: str) -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, allow_none=True, metadata={"description": description})


class ErasureSchema(Schema):
    """An erasure, and when each store was rid of what was erased; null where it is not yet."""

    kind = fields.String(
        required=True, metadata={"description": "account, cv or address", "enum": ["account", "cv", "address"]}
    )
    asked_at = fields.AwareDateTime(required=True, metadata={"description": "when it was asked for"})
    rows = _when("the database: at that moment nothing could be found any more")
    index = _when("the search indexes: overwritten in each")
    queue = _when("the queue")
    mail = _when("mails that were not sent")
    segments = _when("the files of the search indexes")
    ledger = _when("noted, without a name, outside the database, so that no backup brings it back")


class ReceiptSchema(Schema):
    """What was erased, and how to see that it is."""

    receipt = fields.String(
        required=True, metadata={"description": "reads the erasure at /api/v1/erasures/{receipt}; shown this once"}
    )
    erasure = fields.Nested(ErasureSchema, required=True)


class AddressSchema(Schema):
    """Whom to erase."""

    error_messages = STRUCTURE

    email = Address(required=True, metadata={"description": "the address that the person gave", "format": "email"})


class AcceptedSchema(Schema):
    """That it was taken in."""

    accepted = fields.Boolean(
        required=True, metadata={"description": "always true, whether the address is known or not"}
    )


class WhichSchema(Schema):
    """Which erasures."""

    open = fields.Boolean(load_default=False, metadata={"description": "1: only those of which a store is not rid yet"})


class ErasuresSchema(Schema):
    """Erasures, the latest first."""

    erasures = fields.List(fields.Nested(ErasureSchema), required=True, metadata={"description": f"at most {MOST:,}"})


@calls.route("/me", methods=["DELETE"])
@audience("person")
@calls.gives(202, ReceiptSchema, description="the account is gone; what is left of it elsewhere goes without delay")
def erase_me() -> dict[str, Any]:
    """Delete your account

    With your CV and all that hangs on it, the job alerts of your address, and every token: this one is valid no more.
    From the answer on nobody finds you. Copies of your CV that employers received by mail or print are in their hands.
    """
    with writing() as session:
        return _erased(session, erasures.erase_account(session, person(session, lock=True)))


@calls.route("/me/cv", methods=["DELETE"])
@audience("person")
@calls.gives(202, ReceiptSchema, description="the CV is gone; what is left of it elsewhere goes without delay")
@calls.errors(404)
def erase_my_cv() -> dict[str, Any]:
    """Delete your CV

    With the log of who saw it, requests for contact, and its places in lists. From the answer on nobody finds it. What
    you handed to an employer with an application stays that employer's, until you delete the account.
    """
    with writing() as session:
        return _erased(session, erasures.erase_cv(session, cvs.of(session, person(session).id, lock=True)))


@calls.route("/erasures/<receipt>", methods=["GET"])
@audience("holder of the mailed token")
@calls.gives(200, ErasureSchema, description="how far it is")
@calls.errors(404)
def show(receipt: str) -> dict[str, Any]:
    """See how far an erasure is

    With the receipt that deleting answered. The last store is the files of the search indexes, after a minute or two.
    """
    with reading() as session:
        return _shown(erasures.receipt(session, receipt))


@calls.route("/admin/accounts/<uuid:account_id>", methods=["DELETE"])
@audience("admin")
@calls.gives(202, ReceiptSchema, description="the account is gone; what is left of it elsewhere goes without delay")
@calls.errors(404)
def erase_account(account_id: UUID) -> dict[str, Any]:
    """Delete somebody's account

    As if its holder had done so.
    """
    with writing() as session:
        account = accounts.get(session, account_id, lock=True)
        answer = _erased(session, erasures.erase_account(session, account, erasures.ADMIN))
    log.info("an admin erased an account, with the token %s", bearer().token_id)
    return answer


@calls.route("/admin/erasures", methods=["POST"])
@audience("admin")
@calls.takes(AddressSchema)
@calls.gives(202, AcceptedSchema, description="whoever has this address is gone")
def erase_address(given: dict[str, Any]) -> dict[str, Any]:
    """Erase whoever has an address

    Account, CV and job alerts, for somebody who asks without signing in. The answer is the same whether the address is
    known or not, and no feed brings it from then on.
    """
    with writing() as session:
        erasures.erase_address(session, given["email"])
    log.info("an admin erased an address, with the token %s", bearer().token_id)
    return {"accepted": True}


@calls.route("/admin/erasures", methods=["GET"])
@audience("admin")
@calls.takes(WhichSchema, location="query")
@calls.gives(200, ErasuresSchema, description="the erasures")
def show_all(given: dict[str, Any]) -> dict[str, Any]:
    """See erasures, and how far each is"""
    with reading() as session:
        return {"erasures": [_shown(row) for row in erasures.listed(session, open_only=given["open"], most=MOST)]}


def _erased(session: Any, receipt: str) -> dict[str, Any]:
    return {"receipt": receipt, "erasure": _shown(erasures.receipt(session, receipt))}


def _shown(row: Erasure) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "asked_at": row.asked_at,
        "rows": row.rows_at,
        "index": row.index_at,
        "queue": row.queue_at,
        "mail": row.mail_at,
        "segments": row.segments_at,
        "ledger": row.ledger_at,
    }
