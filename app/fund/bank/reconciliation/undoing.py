"""Undoing: what was decided about a bank event is taken back, and the event waits again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.fund.bank import decision_approvals
from app.fund.bank.match_reasons import UNDECIDED, MatchReason, ReconciliationState
from app.fund.bank.reconciliation import bank_reversals, decisions, outgoing_lines, refunds
from app.fund.bank.records import Allocation, ReconciliationItem
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import UNDONE, Donation, DonationReversal
from app.kit.db import db
from app.kit.errors import Refused
from app.staff import audit
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.users import User


def live_donations(event_id: int) -> list[Donation]:
    """The donations that this event became and that were not undone, oldest first."""
    undone = select(DonationReversal.id).where(
        DonationReversal.donation_id == Donation.id, DonationReversal.kind == UNDONE
    )
    statement = (
        select(Donation)
        .join(Allocation, Allocation.donation_id == Donation.id)
        .where(Allocation.event_id == event_id, ~undone.exists())
        .order_by(Donation.id)
    )
    return list(db.session().scalars(statement))


def undo(event_id: int, *, reason: str, by: User) -> bool:
    """What was decided about the event is taken back and the event waits again; what it was stays in the trail.

    Its donations are taken back in the books and their receipts voided. From the profile's sum on an undo of donations is kept
    for another's approval instead, and False is returned. Raises Refused for an event that waits already, for donations that
    were spent, promised or refunded, and for a deposit of the counter.
    """
    reason = decisions.reason_given(reason, "กรุณาบอกเหตุผลที่ถอนการตัดสิน")
    item = decisions.lock_item(event_id, by=by)
    if item.state in UNDECIDED:
        raise Refused("รายการนี้ยังรอการตัดสินอยู่ จึงไม่มีอะไรให้ถอน")
    if item.match_reason == MatchReason.DEPOSIT:
        raise Refused("รายการนี้เป็นเงินสดที่กองทุนนำฝากเอง กรุณาแก้ที่หน้าสรุปยอดเงินสด")
    live = live_donations(event_id)
    _refuse_refunded(event_id)
    if live and decision_approvals.is_needed(item.event, by=by):
        decision_approvals.ask(
            decision_approvals.UNDO, item.event, {"reason": reason}, changes=[("เหตุผล", "", reason)], by=by
        )
        return False
    _undo(item, reason, by=by)
    return True


def _refuse_refunded(event_id: int) -> None:
    if refunds.open_for(event_id):
        raise Refused("รายการนี้มีเรื่องคืนเงินที่ยังไม่จบ กรุณาจบเรื่องคืนเงินก่อน จึงจะถอนการตัดสินได้")
    if any(
        refund.donation_id is None and refund.event_id == event_id and refund.state == "paid"
        for refund in refunds.of_event(event_id)
    ):
        raise Refused("เงินก้อนนี้โอนคืนผู้โอนไปแล้ว จึงถอนการตัดสินไม่ได้")


def _undo(item: ReconciliationItem, reason: str, *, by: User) -> None:
    event_id = item.event_id
    was = {
        "state": item.state,
        "match_reason": item.match_reason,
        "reason": item.reason,
        "payment_request": item.payment_request_id,
        "duplicate_of": item.duplicate_of_id,
        "decided_at": item.decided_at,
        "decided_by": item.decided_by_id,
    }
    live = live_donations(event_id)
    for donation in live:
        donations.reverse(donation.id, satang=donation.satang, kind=UNDONE, reason=reason, by=by)
    if not outgoing_lines.unlink(event_id, by=by):
        item.state, item.match_reason = ReconciliationState.WAITING, MatchReason.UNDONE
        item.reason = f"ถอนการตัดสินเดิม: {reason}"[:300]
        item.duplicate_of_id = item.decided_at = item.decided_by_id = None
    db.session().flush()
    audit.record(
        Deed.BANK_UNDO,
        f"bank_event:{event_id}",
        by=by,
        reason=reason,
        was=was,
        donations=[donation.id for donation in live],
    )


def undo_confirmed(request: ApprovalRequest, arguments: Mapping[str, Any]) -> None:
    """What `undo` kept is done in the requester's name, now that another has approved it. Raises Refused as it does."""
    item = decisions.lock_item(decision_approvals.event_id_of(request), by=request.asked_by, confirmed=True)
    if item.state != ReconciliationState.POSTED:
        raise Refused("รายการนี้ไม่ได้ลงเป็นเงินสมทบอยู่แล้ว กรุณาไม่ยืนยันเรื่องนี้")
    _refuse_refunded(item.event_id)
    _undo(item, arguments["reason"], by=request.asked_by)


_REASON = "ธนาคารเรียกเงินคืน"


def confirm_taken_back(event_id: int, *, by: User) -> bool:
    """The bank took back what this line reverses: its donations are undone, their receipts voided, both lines are excluded.

    What the profile wants another's approval of is kept for it, and False is returned; after it, this is done again.
    Raises Refused for a line that reverses nothing known, that does not wait, or whose sum is another.
    """
    session = db.session()
    taken_id, _ = bank_reversals.of_event(event_id)
    reversal = session.get(ReconciliationItem, event_id)
    if (
        taken_id is None
        or reversal is None
        or reversal.state != ReconciliationState.WAITING
        or reversal.match_reason != MatchReason.REVERSAL
    ):
        raise Refused("รายการนี้ไม่ได้รอยืนยันการเรียกเงินคืน กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    if bank_reversals.is_in_part(event_id):
        raise Refused(
            "ยอดที่ธนาคารเรียกคืนไม่เท่ากับเงินที่เข้า จึงยืนยันทั้งก้อนไม่ได้ ถ้าเรียกคืนบางส่วนจริง ให้ขอคืนเงินเท่ายอดนั้นจากเงินสมทบแล้วจับคู่กับรายการนี้"
        )
    taken = session.get_one(ReconciliationItem, taken_id)
    if taken.state == ReconciliationState.POSTED and not undo(taken_id, reason=_REASON, by=by):
        return False
    if taken.state != ReconciliationState.EXCLUDED and not decisions.exclude(taken_id, reason=_REASON, by=by):
        return False
    return decisions.exclude(event_id, reason=_REASON, by=by)
