"""What a bank does, for tests: it sends confirmations and writes statements."""

import io
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from people import Cast, give_role
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.fund.bank.providers import callbacks
from app.fund.bank.records import BankEvent, ReconciliationItem, StatementUpload
from app.fund.bank.statements import continuations, statements
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import PaymentRequest
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.money import format_baht
from app.kit.sheets import to_csv
from app.staff.roles import Grant, Role
from app.staff.users import User

KEY = "callback-key-only-for-tests-456789"
BILLER = "099400000000300"
#: A moment within the life of every payment request that a test opens.
NOW = clock.now().replace(microsecond=0) + timedelta(minutes=5)


def opened(cast: Cast, satang: int = 150_000, **more: Any) -> PaymentRequest:
    with transaction():
        return payment_requests.open(satang=satang, purpose_id=cast.purpose().id, by=None, **more)


def confirmation(
    ref1: str = "", satang: int = 150_000, *, number: str = "T1", at: datetime = NOW, **more: Any
) -> dict[str, Any]:
    message = {
        "transactionId": number,
        "amount": format_baht(satang).replace(",", ""),
        "transactionDateandTime": at.astimezone(BANGKOK).isoformat(),
        "currencyCode": "764",
        "transactionType": "Domestic Transfers",
        "sendingBankCode": "004",
        "receivingBankCode": "014",
        "payerName": "นาย ใจดี ม***",
        "payeeProxyType": "BILLERID",
        "payeeProxyId": BILLER,
        "billPaymentRef1": ref1,
        "billPaymentRef2": "PUBLIC",
        "channelCode": "PMH",
    } | more
    return {name: value for name, value in message.items() if value is not None}


def send(app: Flask, message: dict[str, Any] | bytes, *, key: str = KEY) -> TestResponse:
    raw = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
    answer = app.test_client().post(callbacks.PATH + key, data=raw, content_type="application/json")
    db.session.rollback()
    return answer


#: One line of a statement: when, satang in (negative: out), reference 1, description.
Movement = tuple[datetime, int, str, str]


def generic(movements: Iterable[Movement], *, opening: int = 1_000_000, balance: bool = True) -> bytes:
    """A statement with Thai headings, one signed amount column and references."""
    header = ["วันที่", "เวลา", "จำนวนเงิน", "ยอดคงเหลือ", "อ้างอิง 1", "รายละเอียด"]
    rows = []
    for at, satang, ref1, words in movements:
        opening += satang
        local = at.astimezone(BANGKOK)
        row = [
            local.strftime("%d/%m/%Y"),
            local.strftime("%H:%M:%S"),
            format_baht(satang),
            format_baht(opening),
            ref1,
            words,
        ]
        rows.append(row)
    if not balance:
        header, rows = header[:3] + header[4:], [row[:3] + row[4:] for row in rows]
    return to_csv(header, rows)


def kbank(
    movements: Iterable[Movement],
    *,
    opening: int = 38_931_999,
    encoding: str = "cp874",
    account: str = "401-0-00000-1",
) -> bytes:
    """A statement in the layout of K-Cyber: a preamble, quoted amounts, a trailing comma."""
    out = io.StringIO()
    out.write(f"Transaction History Detail As Of 09/12/2020\r\nAccount Number,{account}\r\n")
    out.write(
        "Account Name,กองทุนขจัดความยากจน\r\nType,Savings Account\r\nStatement Period,01/10/2020 - 31/10/2020\r\n"
    )
    out.write(
        "Date,Transaction Type,Withdrawal (THB),Deposit (THB),Outstanding Balance (THB),Service Channel,Note\r\n"
    )
    for at, satang, ref1, words in movements:
        opening += satang
        came, went = ("", format_baht(-satang)) if satang < 0 else (format_baht(satang), "")
        when = at.astimezone(BANGKOK).strftime("%d/%m/%Y %H:%M:%S")
        kind = "Transfer Withdrawal NB" if satang < 0 else "Cheque/Money Transfer NB"
        out.write(f'{when},"{kind}","{went}","{came}","{format_baht(opening)}","{words}","{ref1}",\r\n')
    return out.getvalue().encode(encoding)


def second_person() -> User:
    """Who confirms what somebody else brought in: the chair, or one that is made."""
    held = select(User).join(Grant, Grant.user_id == User.id).where(Grant.role == Role.CHAIR)
    found = db.session().scalars(held.order_by(User.id).limit(1)).first()
    if found is not None:
        return found
    with transaction() as session:
        chair = User(
            sign_in_name="chair-of-tests",
            name="นายทวี ใจงาม",
            position="",
            password_hash="x",
            opened_at=clock.now(),
        )
        session.add(chair)
        session.flush()
        give_role(chair.id, Role.CHAIR)
    return chair


def confirm_files(*, by: User | None = None) -> None:
    """Another person confirms every file that waits for one, and its lines are reconciled."""
    for row in continuations.waiting():
        person = by or second_person()
        with transaction():
            released = continuations.confirm(row["id"], by=person)
        statements.reconcile_confirmed(released)


def import_file(*, name: str, raw: bytes, by: User | None = None, **more: Any) -> dict[str, int]:
    """A statement comes in and another person confirms it: its counts as they are then."""
    counts = statements.import_file(name=name, raw=raw, by=by, **more)
    confirm_files()
    if not counts["new"]:
        return counts
    newest = db.session().scalar(select(func.max(StatementUpload.id)))
    assert newest is not None
    return statements.reconcile(newest)


def states() -> dict[str, int]:
    counted = select(ReconciliationItem.state, func.count()).group_by(ReconciliationItem.state)
    return dict(db.session().execute(counted).all())


def given() -> list[int]:
    """Satang of every donation."""
    return sorted(db.session().scalars(select(Donation.satang)))


def count(model: type[Any]) -> int:
    return db.session().scalar(select(func.count()).select_from(model)) or 0


def only_item() -> ReconciliationItem:
    return db.session().scalars(select(ReconciliationItem)).one()


def item_of(external_id: str) -> ReconciliationItem:
    return (
        db.session()
        .scalars(
            select(ReconciliationItem)
            .join(ReconciliationItem.event)
            .where(BankEvent.external_id == external_id)
        )
        .one()
    )
