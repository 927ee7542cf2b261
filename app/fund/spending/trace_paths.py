"""Trace paths: from any baht to the donation, the resolution and the bank line that it belongs to, by links alone.

The ways meet at the payment:

    donation → trace → payment → commitment → resolution → agenda item → proposal
                               → bank line on which it left, and those that brought a part back

A path is told as nested dictionaries of plain values, for `kueakun trace` and for whoever audits. It names codes,
sums and days; never a household, a member of one, or a giver.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.fund.bank.records import BankEvent
from app.fund.committee.proposals import by_code
from app.fund.committee.records import Meeting, Proposal, Resolution
from app.fund.giving.receipts import receipts
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger.entries import Entry
from app.fund.spending import bank_lines, paid_lines, returns, tracing
from app.fund.spending.records import Payment, PaymentOrder, Trace
from app.fund.spending.records.returns import PaymentReturn
from app.kit.db import db
from app.kit.errors import Refused
from app.staff.users import User

Path = dict[str, Any]


def of_request(code: str) -> Path:
    """Everything that became of a request for money: what was decided, promised, ordered and paid. Raises Refused for an
    unknown code."""
    proposal = by_code(code)
    if proposal is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    orders = db.session().scalars(
        select(PaymentOrder).where(PaymentOrder.proposal_id == proposal.id).order_by(PaymentOrder.id)
    )
    return _proposal(proposal) | {
        "resolutions": [_resolution(each) for each in _resolutions(proposal)],
        "orders": [_order(each) for each in orders],
        "payments": [_payment(each) for each in _payments(proposal)],
    }


def of_payment(code: str) -> Path:
    """A payment with what it was decided by and which donations paid it. `code` as printed: บจ.2569/0007, or 2569/7."""
    year, _, number = code.strip().removeprefix("บจ.").partition("/")
    found = None
    if year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) <= 9:
        statement = select(Payment).filter_by(fiscal_year_be=int(year), number=int(number))
        found = db.session().scalars(statement).one_or_none()
    if found is None:
        raise Refused(f"ไม่พบใบสำคัญจ่าย “{code}” กรุณาใช้เลขที่ตามที่พิมพ์ เช่น บจ.2569/0007")
    resolutions = [_resolution(each) for each in _resolutions(found.proposal)]
    return _payment(found) | {"request": _proposal(found.proposal) | {"resolutions": resolutions}}


def of_receipt(token: str) -> Path:
    """What became of the money of a receipt: every payment that it is a part of. `token` as at the end of its address."""
    receipt = receipts.by_token(token.rstrip("/").rpartition("/")[2])
    if receipt is None:
        raise Refused("ไม่พบใบเสร็จที่มีรหัสนี้ กรุณาตรวจรหัสที่อยู่ท้ายที่อยู่ใต้ QR")
    donation = db.session().get_one(Donation, receipt.donation_id)
    part = tracing.parts_of(Trace.donation_id == donation.id)
    parts = db.session().execute(
        select(Payment, part.c.satang).join(part, part.c.payment_id == Payment.id).order_by(Payment.id)
    )
    return _donation(donation) | {
        "receipt": receipt.code,
        "voided": receipt.voided_at is not None,
        "paid_for": [
            {
                "satang": int(satang),
                "payment": payment.code,
                "voided": payment.voided_at is not None,
                "request": payment.proposal.code,
                "resolutions": [each.code for each in _resolutions(payment.proposal)],
                "bank_line": _bank_line(payment),
            }
            for payment, satang in parts
        ],
    }


def _proposal(proposal: Proposal) -> Path:
    return {
        "request": proposal.code,
        "title": proposal.title,
        "satang": proposal.satang,
        "state": proposal.state,
        "submitted_at": proposal.submitted_at.isoformat(),
    }


def _resolutions(proposal: Proposal) -> Sequence[Resolution]:
    statement = select(Resolution).where(Resolution.proposal_id == proposal.id).order_by(Resolution.id)
    return db.session().scalars(statement).all()


def _resolution(resolution: Resolution) -> Path:
    meeting = db.session().get_one(Meeting, resolution.item.meeting_id)
    return {
        "resolution": resolution.code,
        "kind": resolution.kind,
        "reason": resolution.reason,
        "satang": resolution.satang,
        "meeting": meeting.code,
        "meeting_kind": meeting.kind,
        "body": meeting.body.code,
        "on": meeting.sat_on.isoformat(),
        "votes": [resolution.for_votes, resolution.against_votes, resolution.abstentions],
        "supersedes": resolution.supersedes.code if resolution.supersedes else None,
        "refused_to_ratify": resolution.refuses_to_ratify,
        "commitments": [
            {
                "purpose": commitment.purpose.code,
                "satang": commitment.satang,
                "entries": _entries(commitment_id=commitment.id),
            }
            for commitment in resolution.commitments
        ],
    }


def _order(order: PaymentOrder) -> Path:
    return {
        "order": order.id,
        "satang": order.satang,
        "vendor": order.vendor,
        "prepared_by": order.prepared_by.name,
        "prepared_at": order.prepared_at.isoformat(),
        "approved_by": [approval.user.name for approval in order.approvals],
        "withdrawn": order.withdrawn_reason or None,
        "payment": order.payment.code if order.payment else None,
    }


def _payments(proposal: Proposal) -> Sequence[Payment]:
    statement = select(Payment).where(Payment.proposal_id == proposal.id).order_by(Payment.id)
    return db.session().scalars(statement).all()


def _payment(payment: Payment) -> Path:
    part = tracing.parts_of(Trace.payment_id == payment.id)
    sources = db.session().execute(
        select(Donation, part.c.satang).join(part, part.c.donation_id == Donation.id).order_by(Donation.id)
    )
    return {
        "payment": payment.code,
        "satang": payment.satang,
        "paid_on": payment.paid_on.isoformat(),
        "paid_by": db.session().get_one(User, payment.paid_by_id).name,
        "vendor": payment.vendor,
        "voided": payment.void_reason if payment.voided_at else None,
        "order": _order(payment.order) if payment.order else None,
        "bank_line": _bank_line(payment),
        "entries": _entries(payment_id=payment.id),
        "returns": [_return(back) for back in returns.of(payment.id) if back.confirmed_at is not None],
        "donations": [_donation(donation) | {"satang": int(satang)} for donation, satang in sources],
    }


def _return(back: PaymentReturn) -> Path:
    return {
        "satang": back.satang,
        "reason": back.reason,
        "asked_by": back.asked_by.name,
        "confirmed_by": back.confirmed_by.name if back.confirmed_by else None,
        "bank_line": _line(back.event),
        "entries": _entries(payment_return_id=back.id),
    }


def _donation(donation: Donation) -> Path:
    codes = select(Receipt).where(Receipt.donation_id == donation.id).order_by(Receipt.id)
    return {
        "donation": donation.id,
        "network": donation.network.code if donation.network else None,
        "purpose": donation.purpose.code,
        "satang": donation.satang,
        "paid_at": donation.paid_at.isoformat(),
        "receipts": [receipt.code for receipt in db.session().scalars(codes)],
    }


def _bank_line(payment: Payment) -> Path | None:
    match = bank_lines.of(payment.id)
    line = match.event if match is not None else paid_lines.line_of(payment)
    return _line(line) if line is not None else None


def _line(line: BankEvent) -> Path:
    return {
        "event": line.id,
        "at": line.occurred_at.isoformat(),
        "satang": line.satang,
        "reference": line.bank_ref,
    }


def _entries(**source: int) -> list[Path]:
    return [
        {"entry": entry.id, "movement": entry.movement, "satang": entry.satang, "on": entry.on.isoformat()}
        for entry in db.session().scalars(select(Entry).filter_by(**source).order_by(Entry.id))
    ]
