"""Reconciliation items: what became of a bank event, held for an officer who may decide it and says why."""

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import refunds
from app.fund.bank.records import ReconciliationItem
from app.kit.db import lock
from app.kit.errors import BadInput, Refused
from app.staff.roles import Role
from app.staff.users import User


def reason(text: str, asking: str) -> str:
    """An officer's reason as it is kept. Raises BadInput with the words of `asking` for none, and for a long one."""
    words = " ".join(text.split())
    if len(words) < 3:
        raise BadInput(asking)
    if len(words) > 300:
        raise BadInput("เหตุผลยาวเกิน 300 ตัวอักษร กรุณาเขียนให้สั้นลง")
    return words


def lock_item(event_id: int, *, by: User | None, confirmed: bool = False) -> ReconciliationItem:
    """The item, locked, for somebody who may decide and while no other decision about it waits."""
    if by is not None and not confirmed and not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินตัดสินรายการเงินเข้าได้ กรุณาแจ้งเจ้าหน้าที่การเงินของกองทุน")
    lock_reconciliation()
    item = lock(ReconciliationItem, event_id)
    if not confirmed:
        decision_approvals.refuse_while_open(event_id)
    return item


def lock_undecided(event_id: int, *, by: User | None, confirmed: bool = False) -> ReconciliationItem:
    """The item of an event that a person may still decide, locked. The second of two officers is told here."""
    item = lock_item(event_id, by=by, confirmed=confirmed)
    told: dict[str, str] = {
        ReconciliationState.POSTED: "รายการนี้มีผู้ลงเป็นเงินสมทบไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
        ReconciliationState.DUPLICATE: "รายการนี้เป็นเงินก้อนเดียวกับอีกรายการหนึ่งแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    }
    if item.state in told:
        raise Refused(told[item.state])
    if item.state == ReconciliationState.EXCLUDED and item.match_reason == MatchReason.DEPOSIT:
        raise Refused("รายการนี้เป็นเงินสดที่กองทุนนำฝากเอง จึงตัดสินเป็นอย่างอื่นไม่ได้")
    if any(one.donation_id is None for one in refunds.open_for(event_id)):
        raise Refused("รายการนี้มีเรื่องขอคืนเงินอยู่ กรุณาไม่อนุมัติการคืนก่อน จึงจะตัดสินเป็นอย่างอื่นได้")
    if any(one.donation_id is None and one.state == "paid" for one in refunds.of_event(event_id)):
        raise Refused("เงินก้อนนี้โอนคืนผู้โอนไปแล้ว จึงตัดสินเป็นอย่างอื่นไม่ได้")
    return item
