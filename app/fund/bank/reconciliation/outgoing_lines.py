"""Outgoing lines: with which line of the bank a refund left the account."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import select

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import refunds
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, lock
from app.kit.errors import Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def of(refund: Refund) -> Sequence[BankEvent]:
    """Lines with which this refund may have left: the same sum out of the same account since the money came, unlinked.

    Those since it was asked for come first: the fund pays equal sums to many.
    """
    came = refund.event
    linked = select(Refund.paid_event_id).where(Refund.paid_event_id.is_not(None))
    statement = (
        select(BankEvent)
        .where(
            BankEvent.satang == -refund.satang,
            BankEvent.source != "withdrawn",
            # From that day on: some layouts tell no times.
            BankEvent.occurred_at >= _midnight(came.occurred_at),
            BankEvent.id.not_in(linked),
        )
        .order_by(BankEvent.occurred_at < _midnight(refund.asked_at), BankEvent.occurred_at, BankEvent.id)
        .limit(100)
    )
    if came.account_id is not None:
        statement = statement.where(BankEvent.account_id == came.account_id)
    return db.session().scalars(statement).all()


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(BANGKOK), time(), BANGKOK)


def link(refund_id: int, *, event_id: int, by: User) -> Refund:
    """The money has left with this line of the bank: the refund is paid. One line pays one refund (database)."""
    refunds.must_be(by, Role.FINANCE)
    refund = refunds.lock_refund(refund_id, state="approved")
    out = lock(ReconciliationItem, event_id)
    decision_approvals.refuse_while_open(event_id)
    if out.event_id not in {line.id for line in of(refund)}:
        raise Refused("เงินออกรายการนี้ยอดไม่เท่ากัน คนละบัญชี ออกก่อนเงินเข้า หรือจับคู่ไปแล้ว กรุณาเลือกรายการอื่น")
    refund.state, refund.paid_event_id = "paid", event_id
    refund.linked_at, refund.linked_by_id = clock.now(), by.id
    words = f"โอนคืน {refund.payee} ตามเรื่องคืนเงินที่ {refund.id}"
    closing = [out] if refund.donation_id is not None else [out, lock(ReconciliationItem, refund.event_id)]
    for item in closing:
        item.state, item.match_reason, item.reason = (
            ReconciliationState.EXCLUDED,
            MatchReason.REFUND,
            words[:300],
        )
        item.decided_at, item.decided_by_id = clock.now(), by.id
    db.session().flush()
    audit.record(
        Deed.REFUND_PAID,
        f"bank_event:{refund.event_id}",
        by=by,
        refund=refund.id,
        out=event_id,
        satang=refund.satang,
    )
    return refund


def unlink(event_id: int, *, by: User) -> bool:
    """A line that was taken for a refund was something else: the refund waits for its line again. False when none did."""
    lock_reconciliation()
    known = db.session().scalars(select(Refund.id).filter_by(paid_event_id=event_id)).one_or_none()
    if known is None:
        return False
    refund = refunds.lock_refund(known, state="paid")
    out = lock(ReconciliationItem, event_id)
    refund.state, refund.paid_event_id, refund.linked_at, refund.linked_by_id = "approved", None, None, None
    out.match_reason, out.reason = MatchReason.OUTGOING, "เงินออกจากบัญชี ไม่ใช่เงินสมทบ"
    out.decided_at, out.decided_by_id = clock.now(), by.id
    if refund.donation_id is None:
        came = lock(ReconciliationItem, refund.event_id)
        came.state, came.match_reason, came.reason = (
            ReconciliationState.WAITING,
            MatchReason.REFUND,
            f"ขอคืนผู้โอน: {refund.reason}"[:300],
        )
        came.decided_at = came.decided_by_id = None
    db.session().flush()
    audit.record(Deed.REFUND_UNLINK, f"bank_event:{refund.event_id}", by=by, refund=refund.id, out=event_id)
    return True
