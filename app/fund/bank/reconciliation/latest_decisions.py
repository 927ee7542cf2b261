"""Latest decisions: what an officer decided last about bank events, and which of it can still be taken back."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.fund.bank import decision_approvals
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.records import ReconciliationItem
from app.kit.db import db
from app.staff.approvals import BANK_DECISIONS, ApprovalRequest
from app.staff.audit import AuditEvent
from app.staff.deeds import Deed
from app.staff.users import User

_DEEDS = (
    Deed.BANK_ASSIGN,
    Deed.BANK_SPLIT,
    Deed.BANK_EXCLUDE,
    Deed.BANK_LINK,
    Deed.BANK_PARK,
    Deed.BANK_DECISION_ASK,
    Deed.CASH_COUNT_DEPOSIT,
    Deed.REFUND_ASK,
    Deed.BANK_UNDO,
)
_MOST = 6
#: What the counter decided about its own cash is taken back at the counter.
_OF_THE_COUNTER = (MatchReason.DEPOSIT, MatchReason.VOID, MatchReason.BOUNCED, MatchReason.COUNTER)


@dataclass(frozen=True, kw_only=True)
class LatestDecision:
    """One decision, newest first in its list; at most one of an event, as it stands now."""

    item: ReconciliationItem
    at: datetime
    #: What was done, as the trail says it.
    words: str
    #: The reason that was typed; empty where none was.
    reason: str
    #: Waits for another person's approval: the requester can withdraw it.
    request: ApprovalRequest | None

    @property
    def can_undo(self) -> bool:
        """Whether it is decided in a way that `undoing.undo` takes back; its own rules still have the last word."""
        decided = self.item.state in (
            ReconciliationState.POSTED,
            ReconciliationState.DUPLICATE,
            ReconciliationState.EXCLUDED,
        )
        return decided and self.request is None and self.item.match_reason not in _OF_THE_COUNTER

    @property
    def is_parked(self) -> bool:
        """Whether the event can be worked on as it is: it was only parked."""
        return self.item.match_reason == MatchReason.PARKED and self.request is None


def latest_of(officer: User) -> list[LatestDecision]:
    """The last decisions of this officer, read from the trail: they are there after a reload, on any device."""
    session = db.session()
    told = session.execute(
        select(AuditEvent.subject, AuditEvent.at, AuditEvent.deed, AuditEvent.details)
        .where(
            AuditEvent.by_id == officer.id,
            AuditEvent.deed.in_(_DEEDS),
            AuditEvent.subject.startswith("bank_event:"),
        )
        .order_by(AuditEvent.id.desc())
        .limit(4 * _MOST)
    ).all()
    newest: dict[int, tuple[datetime, str, str]] = {}
    for subject, at, deed, details in told:
        newest.setdefault(int(subject.partition(":")[2]), (at, deed, details))
    # Whatever was taken back last is no decision any more.
    standing = [number for number, (_, deed, _) in newest.items() if deed != Deed.BANK_UNDO][:_MOST]
    items = {
        item.event_id: item
        for item in session.scalars(
            select(ReconciliationItem).where(ReconciliationItem.event_id.in_(standing))
        )
    }
    waiting = {
        decision_approvals.event_id_of(request): request
        for request in session.scalars(
            select(ApprovalRequest).where(
                ApprovalRequest.kind.in_(BANK_DECISIONS),
                ApprovalRequest.decision.is_(None),
                ApprovalRequest.asked_by_id == officer.id,
                ApprovalRequest.subject.in_([decision_approvals.subject_of(number) for number in standing]),
            )
        )
    }
    return [
        LatestDecision(
            item=items[number],
            at=newest[number][0],
            words=Deed(newest[number][1]).words,
            reason=str(json.loads(newest[number][2]).get("reason", "")),
            request=waiting.get(number),
        )
        for number in standing
    ]
