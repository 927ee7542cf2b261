"""Decision approvals: what one officer decided about a large sum by hand, asked of another before it is done."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, String, literal, select
from sqlalchemy import cast as sa_cast
from sqlalchemy.orm import InstrumentedAttribute

from app.fund.bank.records import BankEvent
from app.kit.errors import Refused
from app.province.profile import Profile
from app.staff import approvals
from app.staff.approvals import BANK_DECISIONS, ApprovalRequest
from app.staff.users import User

#: What is decided, as the kinds of its requests.
ASSIGN, SPLIT, EXCLUDE, LINK, UNDO = BANK_DECISIONS


def is_needed(event: BankEvent, *, by: User | None) -> bool:
    """Whether what this person decides about the event needs another's approval. Commands of the house need none."""
    return by is not None and is_large(event.satang)


def is_large(satang: int) -> bool:
    """Whether a sum is one that a single officer, or a single press, is not enough for."""
    profile = Profile.here()
    return abs(satang) >= profile.giving.needs_approval_satang


def subject_of(event_id: int) -> str:
    """The event as an approval request names it: `bank_event:21`. Events are never deleted."""
    return f"bank_event:{event_id}"


def event_id_of(request: ApprovalRequest) -> int:
    """The event that a request is about."""
    return int(request.subject.partition(":")[2])


def arguments_of(request: ApprovalRequest) -> dict[str, Any]:
    """The arguments that the decision was called with, as they were kept."""
    return cast(dict[str, Any], request.asked["arguments"])


def open_for(event_id: int) -> ApprovalRequest | None:
    """The decision about an event that waits for its approval."""
    return next(iter(approvals.waiting_about(subject_of(event_id), BANK_DECISIONS)), None)


def is_open(event_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """For queries: whether a decision about this event waits for its approval. Such an event no rule touches."""
    subject = literal("bank_event:", String).concat(sa_cast(event_id, String))
    asked = select(ApprovalRequest.id).where(
        ApprovalRequest.kind.in_(BANK_DECISIONS),
        ApprovalRequest.subject == subject,
        ApprovalRequest.decision.is_(None),
    )
    return asked.exists()


def refuse_while_open(event_id: int) -> None:
    """An event about which one decision waits is not decided in another way meanwhile."""
    waiting = open_for(event_id)
    if waiting is not None:
        raise Refused(
            f"{waiting.asked_by.name} ตัดสินรายการนี้ไว้แล้ว กำลังรออีกท่านหนึ่งยืนยัน หากจะตัดสินอย่างอื่น กรุณาไม่ยืนยันเรื่องเดิมก่อน"
        )


def ask(
    kind: str,
    event: BankEvent,
    arguments: Mapping[str, Any],
    *,
    changes: Sequence[tuple[str, str, str]],
    by: User,
) -> ApprovalRequest:
    """Keep a decision until another person answers. The database refuses a second one about the same event."""
    return approvals.ask(
        kind=kind,
        subject=subject_of(event.id),
        payload={"satang": abs(event.satang), "arguments": dict(arguments)},
        changes=changes,
        reason="",
        by=by,
    )


def of_event(event_id: int) -> list[ApprovalRequest]:
    """Every decision about the event that was or is to be approved, oldest first."""
    return approvals.about(subject_of(event_id), BANK_DECISIONS)
