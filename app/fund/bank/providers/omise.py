"""Omise (Opn): webhooks of charges as they come in, and the charge itself as Omise knows it.

A webhook is signed: HMAC-SHA256 by a base64 secret over `timestamp.body`, as in Omise's "Webhooks" (two signatures,
separated by a comma, while the secret is changed). What it says counts only when GET /charges/{id} says the same.

Omise keeps the money and pays it to the fund's account later, charges together and less its fee, as a payout. The
donations stand since the charges; so the payout's line on a statement is no donation and is excluded: see `payouts`.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ScalarResult, select

from app.fund.bank.providers import callbacks
from app.fund.bank.records import BankEvent
from app.fund.bank.reference_codes import canonical
from app.fund.giving.payment_requests.payees import receiving_account
from app.fund.giving.records.payment_requests import PaymentRequest
from app.kit import clock, http, queue, texts
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.http import HttpResponse, Unreachable, json_object
from app.kit.money import format_baht
from app.settings import Omise, Settings

PATH = "/bank/callbacks/omise"
#: A charge is a few KB.
MOST_BYTES = 64 * 1024
#: A message signed longer ago, or so far ahead, is somebody's who kept one.
MOST_SKEW = 300

_CHARGE = re.compile(r"chrg_[0-9A-Za-z_]{1,50}")
#: Messages that a charge, or a part of it, goes back to its payer.
_TAKEN_BACK = ("charge.reverse", "refund.create")
_STAMP = re.compile(r"[0-9]{9,11}")
_SATANG = re.compile(r"[0-9]{1,13}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


class Forged(Refused):
    """The signature is not Omise's, or is too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge, read. `fee` holds Omise's fee and its VAT; both are None where unsaid."""

    id: str
    status: str
    is_paid: bool
    satang: int
    currency: str
    ref1: str
    occurred_at: datetime
    payer: str
    fee_satang: int | None
    net_satang: int | None
    #: What Omise gave back to the payer; the whole of a charge that it reversed.
    refunded_satang: int
    is_reversed: bool

    @property
    def was_paid(self) -> bool:
        """Whether baht were paid, whatever became of them."""
        well = self.status == "successful" and self.is_paid
        return self.currency == "THB" and (well or self.is_reversed)

    @property
    def is_money(self) -> bool:
        """Whether baht were paid and all of them are still there."""
        return self.was_paid and not self.refunded_satang

    @property
    def state_words(self) -> str:
        """What differs from money that came in and stayed, for the officer; empty where nothing does."""
        if not self.was_paid:
            return f"สถานะของ Omise คือ {self.status or 'ว่าง'} เงินจึงยังไม่เข้า"
        if not self.refunded_satang:
            return ""
        left = self.satang - self.refunded_satang
        back = f" {format_baht(self.refunded_satang)} บาท เหลือ {format_baht(left)} บาท" if left else "ทั้งหมด"
        return f"ผู้ให้ชำระ {format_baht(self.satang)} บาท Omise คืนผู้ชำระไปแล้ว{back}"


def configured() -> Omise | None:
    here = Settings.here()
    return here.omise


def verify(raw: bytes, *, stamp: str, signatures: str) -> None:
    """Raise Forged unless one of the signatures was made over this message with a secret of ours, lately.

    Every signature is compared with every secret, in constant time.
    """
    here = configured()
    if here is None or not _STAMP.fullmatch(stamp):
        raise Forged("no such signature")
    given = [signature.strip() for signature in signatures.split(",")]
    if not 1 <= len(given) <= 2 or not all(_SIGNATURE.fullmatch(signature) for signature in given):
        raise Forged("no such signature")
    due = [sign(raw, stamp=stamp, secret=secret) for secret in here.webhook_secrets]
    if not any([hmac.compare_digest(signature, other) for signature in given for other in due]):  # noqa: C419 — all are compared
        raise Forged("no such signature")
    if abs(clock.now().timestamp() - int(stamp)) > MOST_SKEW:
        raise Forged("the signature is too old")


def sign(raw: bytes, *, stamp: str, secret: bytes) -> str:
    """The signature of a message, as Omise makes it."""
    return hmac.new(secret, stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def record(raw: bytes) -> tuple[int | None, bool]:
    """Keep what a webhook tells of a paid charge as an event, once for each charge. Returns the event's id, None for
    a message that tells of no money, and whether it is new.

    Inside a transaction. One that says that money goes back has Omise asked about the charge again. Raises BadInput
    when it is no event of Omise.
    """
    fields = json_object(raw)
    inner = fields.get("data")
    if (
        fields.get("object") != "event"
        or not isinstance(fields.get("key"), str)
        or not isinstance(inner, dict)
    ):
        raise BadInput("the message is not an event of Omise")
    if fields["key"] in _TAKEN_BACK and _ask_again(inner):
        return None, False
    if fields["key"] not in ("charge.complete", "charge.reverse") or inner.get("object") != "charge":
        return None, False
    charge = charge_of(inner)
    if not charge.was_paid:
        return None, False
    number, is_new = keep(charge, raw=raw)
    if is_new:
        queue.ask("inquire", key=str(number), event_id=number)
    return number, is_new


def keep(charge: Charge, *, raw: bytes) -> tuple[int, bool]:
    """A paid charge as an event, whoever told of it; also one that went back, for a person to see. Returns the event's
    id and whether it is new. Inside a transaction."""
    row = {
        "source": "omise",
        "external_id": charge.id,
        "account_id": _account_id(charge.ref1),
        "received_at": clock.now(),
        "raw": raw,
        "raw_hash": hashlib.sha256(raw).hexdigest(),
        "satang": charge.satang,
        "currency": "764",
        "occurred_at": charge.occurred_at,
        "has_time": True,
        "biller_id": "",
        "ref1": canonical(charge.ref1),
        "ref2": "",
        "bank_ref": charge.id,
        "payer": charge.payer,
        "payer_bank": "",
        "description": "Omise",
    }
    number = callbacks.insert_once(row)
    if number is not None:
        return number, True
    return _known(charge.id).one(), False


def _known(charge_id: str) -> ScalarResult[int]:
    return db.session().scalars(select(BankEvent.id).filter_by(source="omise", external_id=charge_id))


def _ask_again(inner: Mapping[str, Any]) -> bool:
    """Have Omise asked once more about a charge that we know, because it says that money went back; False when we
    know none."""
    named = inner.get("id") if inner.get("object") == "charge" else inner.get("charge")
    if not isinstance(named, str) or not _CHARGE.fullmatch(named):
        return False
    number = _known(named).one_or_none()
    if number is not None:
        queue.ask("inquire", key=f"{number}.again", event_id=number, again=True)
    return number is not None


def charge_of(fields: Mapping[str, Any]) -> Charge:
    """A charge by Omise's field names. Raises BadInput when its id, amount or time cannot be read."""
    identity, amount = fields.get("id"), fields.get("amount")
    if not isinstance(identity, str) or not _CHARGE.fullmatch(identity):
        raise BadInput("id missing or unreadable")
    satang = _satang(amount)
    if not satang:
        raise BadInput("amount missing or unreadable")
    metadata = fields.get("metadata")
    source = fields.get("source")
    fee, tax = _satang(fields.get("fee")), _satang(fields.get("fee_vat"))
    back = _satang(fields.get("refunded_amount", fields.get("refunded"))) or 0
    if back > satang:
        raise BadInput("more went back than was paid")
    status = _word(fields.get("status"), 20)
    is_reversed = fields.get("reversed") is True or status == "reversed"
    return Charge(
        id=identity,
        status=status,
        is_paid=fields.get("paid") is True,
        satang=satang,
        currency=_word(fields.get("currency"), 3).upper(),
        ref1=_word(metadata.get("ref1"), 40) if isinstance(metadata, dict) else "",
        occurred_at=_moment(fields.get("paid_at") or fields.get("created_at") or fields.get("created")),
        payer=texts.canonical(_word(source.get("name"), 160)) if isinstance(source, dict) else "",
        fee_satang=None if fee is None else fee + (tax or 0),
        net_satang=_satang(fields.get("net")),
        refunded_satang=satang if is_reversed else back,
        is_reversed=is_reversed,
    )


def _satang(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and _SATANG.fullmatch(value) else None


def _word(value: Any, longest: int) -> str:
    return callbacks.tidy(value, longest)


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year < 2200:
        raise BadInput("paid_at missing or unreadable")
    return moment.astimezone(UTC)


def _account_id(ref1: str) -> int | None:
    """The account that the giver's QR named, or else the open one: where the payout will come."""
    session = db.session()
    named = (
        session.scalar(select(PaymentRequest.account_id).where(PaymentRequest.ref1 == canonical(ref1)))
        if ref1
        else None
    )
    if named is not None:
        return named
    account = receiving_account()
    return account.id if account else None


def fetch(charge_id: str) -> tuple[Charge | None, bytes]:
    """The charge as Omise knows it, None when it knows none, and the answer's bytes. Raises Unreachable."""
    if not _CHARGE.fullmatch(charge_id):
        raise Unreachable("no id of a charge")
    answer = ask(f"/charges/{charge_id}")
    if answer.status == 404:
        return None, answer.raw
    fields = answer.json()
    if not answer.is_well or fields.get("object") != "charge":
        raise Unreachable(f"HTTP {answer.status}: {_word(fields.get('code'), 60)}")
    try:
        return charge_of(fields), answer.raw
    except BadInput as error:
        raise Unreachable(f"the charge cannot be read: {error.words}") from error


def ask(path: str) -> HttpResponse:
    """One question to Omise's API with the fund's key. Raises Unreachable."""
    here = configured()
    if here is None:
        raise Unreachable("Omise is not configured")
    named = base64.b64encode(here.key.encode() + b":").decode()
    return http.ask(here.url + path, headers={"Authorization": f"Basic {named}"})
