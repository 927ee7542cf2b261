"""Taking back: an officer confirms that the bank took a payment back, and neither the payment nor its reversal counts."""

from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import bank_reversals, decisions, undoing
from app.fund.bank.records import ReconciliationItem
from app.kit.db import db
from app.kit.errors import Refused
from app.staff.users import User

_REASON = "ธนาคารเรียกเงินคืน"


def confirm(event_id: int, *, by: User) -> bool:
    """The bank took back what this line reverses: its donations are undone, their receipts voided, both lines are excluded.

    What the profile wants another's approval of is kept for it, and False is returned; after it, this is done again.
    Raises Refused for a line that reverses nothing known, that does not wait, or whose sum is another.
    """
    session = db.session()
    taken_id, _ = bank_reversals.of_event(event_id)
    taking = session.get(ReconciliationItem, event_id)
    if (
        taken_id is None
        or taking is None
        or taking.state != ReconciliationState.WAITING
        or taking.match_reason != MatchReason.REVERSAL
    ):
        raise Refused("รายการนี้ไม่ได้รอยืนยันการเรียกเงินคืน กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    if bank_reversals.is_in_part(event_id):
        raise Refused(
            "ยอดที่ธนาคารเรียกคืนไม่เท่ากับเงินที่เข้า จึงยืนยันทั้งก้อนไม่ได้ ถ้าเรียกคืนบางส่วนจริง ให้ขอคืนเงินเท่ายอดนั้นจากเงินสมทบแล้วจับคู่กับรายการนี้"
        )
    taken = session.get_one(ReconciliationItem, taken_id)
    if taken.state == ReconciliationState.POSTED and not undoing.undo(taken_id, reason=_REASON, by=by):
        return False
    if taken.state != ReconciliationState.EXCLUDED and not decisions.exclude(taken_id, reason=_REASON, by=by):
        return False
    return decisions.exclude(event_id, reason=_REASON, by=by)
