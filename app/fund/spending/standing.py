"""Standing: at which step each proposal is, who has it, and since when; the same for field, committee and finance."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.fund.committee import sole, splits
from app.fund.committee.records import (
    COMMITTED,
    AgendaItem,
    Meeting,
    MeetingState,
    Proposal,
    ProposalState,
    Resolution,
)
from app.fund.committee.records.authority import ProposalWay
from app.fund.spending.records import STANDS, Payment, PaymentOrder
from app.fund.spending.records.returns import PaymentReturn
from app.kit import clock
from app.kit.db import db
from app.kit.worded import Worded
from app.province.profile import Profile


class Step(Worded):
    """What a request waits for."""

    AGENDA = "agenda", "รอเข้าวาระ"
    ALONE = "alone", "รอประธานพิจารณา"
    VOTE = "vote", "รอที่ประชุมลงมติ"
    PREPARE = "prepare", "รอเตรียมจ่าย"
    SIGN = "sign", "รอผู้มีอำนาจลงนาม"
    TRANSFER = "transfer", "รอโอนเงิน"
    DELIVER = "deliver", "รอส่งมอบ"


#: Who has it.
HOLDERS = {
    Step.AGENDA: "ฝ่ายเลขานุการกองทุน",
    Step.ALONE: "ประธานหรือผู้รับมอบหมาย",
    Step.VOTE: "คณะกรรมการ",
    Step.PREPARE: "เจ้าหน้าที่การเงิน",
    Step.SIGN: "ผู้มีอำนาจลงนาม",
    Step.TRANSFER: "เจ้าหน้าที่การเงิน",
    Step.DELIVER: "ผู้ยื่นคำขอ",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One proposal at its step."""

    proposal: Proposal
    step: Step
    since: datetime

    @property
    def holder(self) -> str:
        return HOLDERS[self.step]

    @property
    def days(self) -> int:
        """Whole days in Thailand since it came to this step."""
        return (clock.today() - self.since.astimezone(clock.BANGKOK).date()).days

    @property
    def limit(self) -> int:
        days: int = getattr(Profile.here().pace, self.step.value)
        return days

    @property
    def is_late(self) -> bool:
        return self.days > self.limit

    @property
    def is_escalated(self) -> bool:
        """Late for so long that the chair and the secretariat see it too."""
        return self.days > self.limit + Profile.here().pace.escalate

    @property
    def words(self) -> str:
        """`รอเตรียมจ่าย: อยู่ที่เจ้าหน้าที่การเงิน 9 วัน (ควรไม่เกิน 7 วัน)`."""
        late = f" เกินกำหนด {self.limit} วัน" if self.is_late else ""
        return f"{self.step.words} อยู่ที่{self.holder} {self.days} วัน{late}"


def seen_by_finance(proposal: Proposal) -> Standing | None:
    """The same where only the fund is known: what was paid in full stands nowhere, for who hands over is not told there."""
    now = of([proposal]).get(proposal.id)
    return now if now is not None and now.step != Step.DELIVER else None


def of(proposals: Sequence[Proposal]) -> dict[int, Standing]:
    """Where each of these is, by its id, in one query for a thousand as for one. What is over stands nowhere."""
    return {now.proposal.id: now for now in among(Proposal.id.in_([proposal.id for proposal in proposals]))}


def among(which: ColumnElement[bool]) -> list[Standing]:
    """Where each proposal that this is true of stands."""
    found = []
    rows = db.session().execute(_facts().where(which).order_by(Proposal.id)).all()
    beside = splits.of([row[0] for row in rows if row[0].state == ProposalState.SUBMITTED])
    for proposal, *facts in rows:
        now = _step(proposal, _Facts(*facts), beside.get(proposal.id))
        if now is not None:
            found.append(Standing(proposal, *now))
    return found


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a proposal's step is told by, in the order of the columns of the query."""

    decided_at: datetime | None
    tabled: str | None
    prepared_at: datetime | None
    approved_at: datetime | None
    paid: int
    paid_at: datetime | None
    returned_at: datetime | None
    promised: int
    way: str | None
    way_at: datetime | None


def _step(proposal: Proposal, facts: _Facts, split: splits.Split | None) -> tuple[Step, datetime] | None:
    if proposal.state == ProposalState.SUBMITTED:
        moments = (proposal.submitted_at, facts.decided_at, facts.way_at)
        most = sole.most_of(facts.way)
        alone = proposal.satang <= most and (facts.way is not None or split is None or split.satang <= most)
        return Step.ALONE if alone else Step.AGENDA, max(at for at in moments if at is not None)
    if proposal.state == ProposalState.TABLED and facts.tabled is not None:
        at = json.loads(facts.tabled).get("at")
        return (Step.VOTE, datetime.fromisoformat(at)) if at else None
    if proposal.state not in (ProposalState.APPROVED, ProposalState.SETTLED):
        return None
    if facts.prepared_at is not None:
        approved = facts.approved_at
        return (Step.TRANSFER, approved) if approved else (Step.SIGN, facts.prepared_at)
    if facts.paid_at is not None and facts.paid >= facts.promised:
        return Step.DELIVER, facts.paid_at
    later = [at for at in (facts.decided_at, facts.paid_at, facts.returned_at) if at is not None]
    return (Step.PREPARE, max(later)) if later else None


def _facts() -> Select[*tuple[Any, ...]]:
    def newest(column: Any, *where: ColumnElement[bool]) -> Any:
        return select(column).where(*where).correlate(Proposal)

    gone = select(Payment.id).where(Payment.order_id == PaymentOrder.id).exists()
    on_its_way = (PaymentOrder.proposal_id == Proposal.id, PaymentOrder.withdrawn_at.is_(None), ~gone)
    stands = (Payment.proposal_id == Proposal.id, STANDS)
    ahead = Meeting.state.in_((MeetingState.CALLED, MeetingState.OPEN))
    tabled = newest(AgendaItem.frozen, AgendaItem.proposal_id == Proposal.id, ahead)
    way = ProposalWay.proposal_id == Proposal.id
    return select(
        Proposal,
        newest(func.max(Resolution.resolved_at), Resolution.proposal_id == Proposal.id).scalar_subquery(),
        tabled.join(Meeting, Meeting.id == AgendaItem.meeting_id).limit(1).scalar_subquery(),
        newest(PaymentOrder.prepared_at, *on_its_way).order_by(PaymentOrder.id).limit(1).scalar_subquery(),
        newest(PaymentOrder.approved_at, *on_its_way).order_by(PaymentOrder.id).limit(1).scalar_subquery(),
        newest(func.coalesce(func.sum(Payment.kept_satang), 0), *stands).scalar_subquery(),
        newest(func.max(Payment.paid_at), *stands).scalar_subquery(),
        newest(func.max(PaymentReturn.confirmed_at), *stands)
        .join(Payment, Payment.id == PaymentReturn.payment_id)
        .scalar_subquery(),
        newest(
            func.coalesce(func.sum(COMMITTED.c.satang), 0), COMMITTED.c.proposal_id == Proposal.id
        ).scalar_subquery(),
        newest(ProposalWay.way, way).order_by(ProposalWay.id.desc()).limit(1).scalar_subquery(),
        newest(ProposalWay.asked_at, way).order_by(ProposalWay.id.desc()).limit(1).scalar_subquery(),
    )
