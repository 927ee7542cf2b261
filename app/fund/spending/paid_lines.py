"""Paid lines: which lines of money that left the bank are payments of ours, for the proof of each month."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select

from app.fund.bank.records import BankEvent
from app.fund.closing.money_out import Outgoing
from app.fund.spending.records import STANDS, OutgoingMatch, Payment
from app.fund.spending.records.withholding import TaxRemittance
from app.kit.db import db
from app.kit.thai import arabic_digits

_WORD = re.compile(r"[0-9A-Z][0-9A-Z/.-]*")
#: So many references are asked for in one query.
_AT_ONCE = 500


def paid(lines: Sequence[Outgoing]) -> dict[int, str]:
    """Lines that carry the reference of a transfer that a voucher names, for the sum that left, and lines that remitted tax.
    A voucher explains one line."""
    matched = (
        select(OutgoingMatch.event_id, Payment)
        .join(Payment, Payment.id == OutgoingMatch.payment_id)
        .where(OutgoingMatch.event_id.in_([line.event_id for line in lines]))
    )
    words = {
        event_id: f"ใบสำคัญจ่าย {payment.code} {payment.vendor}"
        for event_id, payment in db.session().execute(matched)
    }
    words |= _remitted([line.event_id for line in lines])
    lines = [line for line in lines if line.event_id not in words]
    carried = {line.event_id: _references(line.bank_ref, line.description) for line in lines}
    wanted = sorted({reference for several in carried.values() for reference in several})
    known: dict[str, Payment] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        statement = select(Payment).where(
            func.upper(Payment.transfer_ref).in_(wanted[start : start + _AT_ONCE]), STANDS
        )
        known |= {payment.transfer_ref.upper(): payment for payment in db.session().scalars(statement)}
    named: set[int] = set()
    for line in lines:
        for reference in carried[line.event_id]:
            payment = known.get(reference)
            if payment is not None and payment.net_satang == line.satang and payment.id not in named:
                named.add(payment.id)
                words[line.event_id] = f"ใบสำคัญจ่าย {payment.code} {payment.vendor}"
                break
    return words


def _remitted(event_ids: Sequence[int]) -> dict[int, str]:
    """Lines with which tax that was withheld was remitted."""
    matched = (
        select(OutgoingMatch.event_id, OutgoingMatch.reason)
        .join(TaxRemittance, TaxRemittance.match_id == OutgoingMatch.id)
        .where(OutgoingMatch.event_id.in_(event_ids))
    )
    return {row.event_id: row.reason for row in db.session().execute(matched)}


def line_of(payment: Payment) -> BankEvent | None:
    """A line of money that left the bank with this payment's reference and sum."""
    # Said twice, so that the index of money out is used.
    same = select(BankEvent).where(BankEvent.satang == -payment.net_satang, BankEvent.satang < 0)
    same = same.where(BankEvent.source != "withdrawn")
    reference = payment.transfer_ref.upper()
    for line in db.session().scalars(same):
        if reference in (
            *_references(line.bank_ref, line.description),
            *(_plain(text) for text in (line.bank_ref, line.ref1)),
        ):
            return line
    return None


def _plain(reference: str) -> str:
    return arabic_digits("".join(reference.split())).upper()


def _references(bank_ref: str, description: str) -> list[str]:
    """What on a line may be a transfer's reference, written as vouchers write it."""
    words = _WORD.findall(arabic_digits(description).upper())
    return [word for word in (_plain(bank_ref), *words) if len(word) >= 4]
