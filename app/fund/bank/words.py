"""Words: what the bank's pages call sources, states, and the kinds of money that wait."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, select

from app.fund.bank.match_reasons import MatchReason, QueueGroup, ReconciliationState
from app.fund.bank.reconciliation.suggestions import Candidate
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.records.payment_requests import PaymentRequest
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.thai import short_date, time_text

#: What the pages call the states of an event, and in which colour.
STATES = {state.value: (state.words, state.colour) for state in ReconciliationState}


#: In the order of the day's work.
GROUPS = tuple(QueueGroup)


def group_of() -> ColumnElement[Any]:
    """The key of an item's group, in SQL; the query joins the event and, outside, the payment request it points at."""
    match_reason = ReconciliationItem.match_reason
    return case(
        (ReconciliationItem.state == ReconciliationState.NEW, QueueGroup.NEW),
        (
            and_(match_reason == MatchReason.WRONG_AMOUNT, BankEvent.satang > PaymentRequest.due_satang),
            QueueGroup.OVER,
        ),
        *(
            (match_reason == reason, reason.group)
            for reason in MatchReason
            if reason.group != QueueGroup.UNMATCHED
        ),
        else_=QueueGroup.UNMATCHED,
    )


def group(item: ReconciliationItem, due: int | None) -> QueueGroup:
    """The group of one item; `due` is what its payment request asked for."""
    if item.state == ReconciliationState.NEW:
        return QueueGroup.NEW
    if item.match_reason == MatchReason.WRONG_AMOUNT and due is not None:
        return QueueGroup.OVER if item.event.satang > due else QueueGroup.UNDER
    return MatchReason(item.match_reason).group


def with_groups(items: Sequence[ReconciliationItem]) -> list[tuple[ReconciliationItem, QueueGroup]]:
    """Each of some items with its group, in one query."""
    numbers = {item.payment_request_id for item in items if item.match_reason == MatchReason.WRONG_AMOUNT}
    asked = select(PaymentRequest.id, PaymentRequest.due_satang).where(PaymentRequest.id.in_(numbers))
    dues: dict[int, int] = dict(db.session().execute(asked).all()) if numbers else {}
    return [(item, group(item, dues.get(item.payment_request_id or 0))) for item in items]


_ACCEPT: dict[str, str] = {
    QueueGroup.OVER: "รับทั้งก้อนเข้ารายการนี้ ส่วนเกินเป็นการให้เพิ่ม",
    QueueGroup.UNDER: "รับเป็นงวดหนึ่งของรายการนี้",
    QueueGroup.LATE: "รับเข้ารายการนี้ แม้มาหลังหมดอายุ",
    QueueGroup.PAID_TWICE: "รับเป็นเงินสมทบอีกก้อนของรายการนี้",
}


def accept(group: str, item: ReconciliationItem, candidate: Candidate) -> str:
    """What accepting a suggestion does, on its button."""
    if candidate.pledge is not None:
        return "รับเป็นงวดหนึ่งของความประสงค์นี้"
    if candidate.payment_request is not None and candidate.payment_request.id == item.payment_request_id:
        return _ACCEPT.get(group, "ใช่รายการนี้")
    return "ใช่รายการนี้"


def said_by(event: BankEvent) -> str:
    """The payer's own words in one line, as a list shows them: the name, else what the bank wrote of the payment."""
    return event.payer or event.description or "ธนาคารไม่บอกชื่อผู้โอน"


def line_note(event: BankEvent, *more: str) -> str:
    """What a list says beneath the payer's words: when, the reference, and what a statement says where the name stands above."""
    is_today = event.has_time and event.occurred_at.astimezone(BANGKOK).date() == clock.today()
    when = time_text(event.occurred_at) if is_today else short_date(event.occurred_at)
    said = event.description if event.payer and event.source == "statement" else ""
    return " · ".join(part for part in (when, event.ref1 or "ไม่มีอ้างอิง", said, *more) if part)
