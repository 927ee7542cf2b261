"""Pairs: two bank events that an officer says are one payment, told by two sources."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.fund.bank import decision_approvals
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import reconciliation_items
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import Refused
from app.kit.thai import moment_text
from app.staff import audit
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.users import User


def link(event_id: int, *, duplicate_of_id: int, by: User | None) -> bool:
    """The event is the same payment that another source told as `duplicate_of_id`.

    From the profile's sum on it is kept for another's approval instead, and False is returned. Raises Refused unless the
    other comes from another source, has the same amount on the same account and is not paired yet.
    """
    item = reconciliation_items.lock_undecided(event_id, by=by)
    _must_be_same(item, lock(ReconciliationItem, duplicate_of_id))
    if by is not None and decision_approvals.is_needed(item.event, by=by):
        told = db.session().get_one(BankEvent, duplicate_of_id)
        same = f"เงินก้อนเดียวกับที่{SOURCES[told.source]}แจ้ง {moment_text(told.occurred_at)} {told.ref1 or told.payer}".strip()
        changes = [("เป็น", "", same)]
        said = {"duplicate_of_id": duplicate_of_id}
        decision_approvals.ask(decision_approvals.LINK, item.event, said, changes=changes, by=by)
        return False
    _link(item, duplicate_of_id, by=by)
    return True


def _must_be_same(item: ReconciliationItem, other: ReconciliationItem) -> None:
    event, told = item.event, other.event
    pointed_at = select(func.count()).select_from(ReconciliationItem)
    paired = other.state == ReconciliationState.DUPLICATE or db.session().scalar(
        pointed_at.where(ReconciliationItem.duplicate_of_id.in_((event.id, told.id)))
    )
    elsewhere = None not in (event.account_id, told.account_id) and event.account_id != told.account_id
    if told.source == event.source or told.satang != event.satang or elsewhere or paired:
        raise Refused(
            "สองรายการนี้เป็นเงินก้อนเดียวกันไม่ได้ เพราะช่องทางเดียวกัน คนละบัญชี ยอดต่างกัน หรือมีคู่อยู่แล้ว กรุณาเลือกใหม่"
        )


def _link(item: ReconciliationItem, duplicate_of_id: int, *, by: User | None) -> None:
    item.state, item.match_reason, item.duplicate_of_id = (
        ReconciliationState.DUPLICATE,
        MatchReason.OFFICER,
        duplicate_of_id,
    )
    item.reason = "เจ้าหน้าที่ยืนยันว่าเป็นเงินก้อนเดียวกับที่อีกช่องทางแจ้ง"
    item.decided_at, item.decided_by_id = clock.now(), by.id if by else None
    audit.record(Deed.BANK_LINK, f"bank_event:{item.event_id}", by=by, duplicate_of=duplicate_of_id)


def link_confirmed(request: ApprovalRequest, said: Mapping[str, Any]) -> None:
    """What `link` kept is done in the asker's name, now that another has approved it. Raises Refused as it does."""
    item = reconciliation_items.lock_undecided(
        decision_approvals.event_id_of(request), by=request.asked_by, confirmed=True
    )
    _must_be_same(item, lock(ReconciliationItem, said["duplicate_of_id"]))
    _link(item, said["duplicate_of_id"], by=request.asked_by)
