"""Approved decisions: what a first officer decided about a large sum is done when another has approved it."""

from collections.abc import Callable, Mapping
from typing import Any

from app.fund.bank import decision_approvals
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.reconciliation import decisions, undoing
from app.kit.db import db
from app.kit.money import format_baht
from app.staff import approvals
from app.staff.approvals import ApprovalRequest, Deeds
from app.staff.deeds import Deed
from app.staff.users import User

_DEEDS: dict[str, Callable[[ApprovalRequest, Mapping[str, Any]], None]] = {
    decision_approvals.ASSIGN: decisions.assign_confirmed,
    decision_approvals.SPLIT: decisions.split_confirmed,
    decision_approvals.EXCLUDE: decisions.exclude_confirmed,
    decision_approvals.LINK: decisions.link_confirmed,
    decision_approvals.UNDO: undoing.undo_confirmed,
}


def confirm(request_id: int, *, by: User) -> ApprovalRequest:
    """Another person agrees: what the first asked for is done now, in the first officer's name.

    Raises Refused for the requester, for a request already answered, and for whatever no longer allows the deed.
    """
    return approvals.approve(request_id, by=by)[0]


def refuse(request_id: int, *, reason: str, by: User) -> ApprovalRequest:
    """Another person disagrees, or the first takes it back: nothing is done and the event can be decided anew."""
    reason = decisions.reason_given(reason, "กรุณาบอกเหตุผลที่ไม่ยืนยัน")
    return approvals.decline(request_id, reason=reason, by=by)


def _carry_out(request: ApprovalRequest) -> str:
    _DEEDS[request.kind](request, decision_approvals.arguments_of(request))
    db.session().flush()
    return "ยืนยันแล้ว มีผลตามที่ตัดสินไว้"


def _titled(words: str) -> Callable[[ApprovalRequest], str]:
    return lambda request: f"{words} {format_baht(request.asked['satang'])} บาท"


APPROVALS = tuple(
    approvals.ApprovalKind(
        kind,
        title=_titled(deed.words),
        carry_out=_carry_out,
        # Whoever decides about money that came in waits here before any row is locked.
        lock_first=lock_reconciliation,
        deeds=Deeds(
            ask=Deed.BANK_DECISION_ASK,
            approve=Deed.BANK_DECISION_APPROVE,
            decline=Deed.BANK_DECISION_DECLINE,
            withdraw=Deed.BANK_DECISION_DECLINE,
        ),
        not_own="ท่านเป็นผู้ตัดสินเรื่องนี้ จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน",
    )
    for kind, deed in {
        decision_approvals.ASSIGN: Deed.BANK_ASSIGN,
        decision_approvals.SPLIT: Deed.BANK_SPLIT,
        decision_approvals.EXCLUDE: Deed.BANK_EXCLUDE,
        decision_approvals.LINK: Deed.BANK_LINK,
        decision_approvals.UNDO: Deed.BANK_UNDO,
    }.items()
)
