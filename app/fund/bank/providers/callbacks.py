"""Callbacks: SCB's Payment Confirmation as it comes in, kept before anything is made of it.

The message carries no signature; the unguessable address is what keeps strangers out. Fields and answer as in SCB
Open API "Payment Confirmation"; the bank sends again until it hears a 2xx, so a repeat is normal and means nothing.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.providers import inquiries
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.bank.reference_codes import canonical
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock, queue, texts
from app.kit.clock import BANGKOK
from app.kit.db import db, is_sqlite
from app.kit.errors import BadInput
from app.kit.http import json_object
from app.kit.promptpay import PayloadError, parse_amount
from app.staff import audit
from app.staff.deeds import Deed

#: The address is this and the key of the settings.
PATH = "/bank/callbacks/scb/"
#: A confirmation is well under 4 KB.
MOST_BYTES = 64 * 1024

_EVENTS = cast(Table, BankEvent.__table__)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_ID = re.compile(r"[!-~]{1,60}")
_BILLER = re.compile(r"[0-9]{15}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_YEARS = range(2000, 2200)


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """One Payment Confirmation, read."""

    transaction_id: str
    satang: int
    occurred_at: datetime
    currency: str
    proxy_type: str
    proxy: str
    account: str
    ref1: str
    ref2: str
    payer: str
    payer_bank: str
    description: str


def read(raw: bytes) -> Confirmation:
    """The message. Raises BadInput when it is no JSON object or its id, amount or time cannot be read."""
    return confirmation_of(json_object(raw))


def confirmation_of(fields: Mapping[str, Any]) -> Confirmation:
    """A payment by SCB's field names, as confirmations and answers to inquiries tell it. Raises BadInput as `read`."""
    identity = _plain(fields.get("transactionId"))
    if not _ID.fullmatch(identity):
        raise BadInput("transactionId missing or unreadable")
    try:
        satang = parse_amount(_plain(fields.get("amount")))
    except PayloadError as error:
        raise BadInput("amount missing or unreadable") from error
    bank = _text(fields, "sendingBankCode", 3)
    return Confirmation(
        transaction_id=identity,
        satang=satang,
        occurred_at=_moment(
            _plain(fields.get("transactionDateandTime", fields.get("transactionDateAndTime")))
        ),
        currency=_text(fields, "currencyCode", 3) or "764",
        proxy_type=_text(fields, "payeeProxyType", 20).upper(),
        proxy=_text(fields, "payeeProxyId", 20),
        account=_text(fields, "payeeAccountNumber", 30),
        ref1=_text(fields, "billPaymentRef1", 40),
        ref2=_text(fields, "billPaymentRef2", 40),
        payer=texts.canonical(_text(fields, "payerName", 160) or _text(fields, "payerAccountName", 160)),
        payer_bank=bank if bank.isascii() and bank.isdigit() and len(bank) == 3 else "",
        description=" ".join(
            filter(None, (_text(fields, "channelCode", 40), _text(fields, "billPaymentRef3", 40)))
        ),
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _text(fields: Mapping[str, Any], name: str, longest: int) -> str:
    return tidy(fields.get(name), longest)


def tidy(value: Any, longest: int) -> str:
    """A field as text that any database takes, cut where no bank's field is as long; the raw message keeps it all."""
    return " ".join(_UNPRINTABLE.sub(" ", _plain(value)).split())[:longest]


def _moment(written: str) -> datetime:
    if not _MOMENT.fullmatch(written):
        raise BadInput("transactionDateandTime missing or unreadable")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadInput("transactionDateandTime missing or unreadable") from error
    if moment.year not in _YEARS:
        raise BadInput("transactionDateandTime missing or unreadable")
    return (moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)).astimezone(UTC)


def record(raw: bytes) -> tuple[int, bool]:
    """Keep the message as an event, once however often it is sent. Returns the event's id and whether it is new.

    Inside a transaction. The first message stays; one with the same id that says something else is noted in the
    audit trail. A payee that is not ours is kept all the same. Raises BadInput as `read` does.
    """
    number, is_new = keep(read(raw), raw=raw)
    if is_new and inquiries.is_configured("scb"):
        queue.ask("inquire", key=str(number), event_id=number)
    return number, is_new


def keep(confirmation: Confirmation, *, raw: bytes) -> tuple[int, bool]:
    """As `record`, for a payment already read, as an answer to an inquiry tells it: nobody need be asked again."""
    account = _our_account(confirmation)
    row = {
        "source": "scb",
        "external_id": confirmation.transaction_id,
        "account_id": account.id if account else None,
        "received_at": clock.now(),
        "raw": raw,
        "raw_hash": hashlib.sha256(raw).hexdigest(),
        "satang": confirmation.satang,
        "currency": confirmation.currency,
        "occurred_at": confirmation.occurred_at,
        "has_time": True,
        "biller_id": confirmation.proxy if _BILLER.fullmatch(confirmation.proxy) else "",
        "ref1": canonical(confirmation.ref1),
        "ref2": confirmation.ref2,
        "bank_ref": confirmation.transaction_id,
        "payer": confirmation.payer,
        "payer_bank": confirmation.payer_bank,
        "description": confirmation.description,
    }
    session = db.session()
    number = insert_once(row)
    if number is not None:
        return number, True
    first = session.scalars(
        select(BankEvent).filter_by(source="scb", external_id=confirmation.transaction_id)
    ).one()
    same = ("satang", "currency", "occurred_at", "biller_id", "ref1", "ref2")
    if any(getattr(first, name) != row[name] for name in same):
        audit.record(
            Deed.BANK_CALLBACK_DIFFERS,
            f"bank_event:{first.id}",
            by=None,
            first={name: str(getattr(first, name)) for name in same},
            now={name: str(row[name]) for name in same},
            raw_hash=row["raw_hash"],
        )
    return first.id, False


def insert_once(row: Mapping[str, Any]) -> int | None:
    """A new event with its item, or None when its source has told this id before. Inside a transaction."""
    session = db.session()
    number: int | None = session.execute(_insert(row)).scalar_one_or_none()
    if number is not None:
        session.add(ReconciliationItem(event_id=number, state=ReconciliationState.NEW))
        session.flush()
    return number


def _insert(row: Mapping[str, Any]) -> Any:
    make = sqlite.insert if is_sqlite() else postgresql.insert
    return make(_EVENTS).values(**row).on_conflict_do_nothing().returning(_EVENTS.c.id)


def _our_account(confirmation: Confirmation) -> FundAccount | None:
    """The fund's account that the message names by biller, PromptPay ID or number; a proxy that is not ours is not."""
    if confirmation.proxy:
        ours = or_(
            FundAccount.biller_id == confirmation.proxy, FundAccount.promptpay_id == confirmation.proxy
        )
        found = list(db.session().scalars(select(FundAccount).where(ours)))
        if len(found) == 1:
            return found[0]
        if confirmation.proxy_type != "ACCOUNT" and not found:
            return None
    number = re.sub(r"[^0-9]", "", confirmation.account or confirmation.proxy)
    accounts = db.session().scalars(select(FundAccount)) if number else ()
    return next((account for account in accounts if re.sub(r"[^0-9]", "", account.number) == number), None)
