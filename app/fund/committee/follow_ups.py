"""Follow-ups: what earlier meetings promised and is not paid yet; a meeting's third part of the agenda by itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from app.fund.committee.records import APPROVING, COMMITTED, Meeting, Proposal, ProposalState, Resolution
from app.fund.spending.records import Payment
from app.fund.spending.records.returns import returned_before
from app.kit import clock
from app.kit.db import db
from app.province.profile import Profile

#: An approval that is to be changed stands on an agenda again.
_OPEN = (ProposalState.APPROVED, ProposalState.TABLED)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a body decided in an earlier meeting and is not done yet. Sums are of the whole proposal, in satang."""

    #: The first approval: its code and when it was made.
    resolution: str
    resolved_at: datetime
    item_id: int
    proposal: Proposal
    promised: int
    paid: int

    @property
    def due_on(self) -> date:
        """By when it should be paid: as long after the resolution as preparing, signing and the transfer may take."""
        pace = Profile.here().pace
        days = timedelta(days=pace.prepare + pace.sign + pace.transfer)
        return self.resolved_at.astimezone(clock.BANGKOK).date() + days


def of(meeting: Meeting) -> list[FollowUp]:
    """What the body had promised before this meeting and was not paid in full when it ended, the oldest first."""
    began, ended = meeting.opened_at or clock.now(), meeting.closed_at or clock.now()
    last_day = ended.astimezone(clock.BANGKOK).date()
    first = (
        select(func.min(Resolution.id).label("id"))
        .where(Resolution.kind.in_(APPROVING), Resolution.resolved_at < began)
        .where(Resolution.body_id == meeting.body_id)
        .group_by(Resolution.proposal_id)
        .subquery()
    )
    promised = (
        select(func.coalesce(func.sum(COMMITTED.c.satang), 0))
        .where(COMMITTED.c.proposal_id == Proposal.id, COMMITTED.c.on_date <= last_day)
        .scalar_subquery()
    )
    # What was voided or came back afterwards counted as paid then.
    paid = (
        select(func.coalesce(func.sum(Payment.satang), 0))
        .where(Payment.proposal_id == Proposal.id, Payment.paid_at <= ended)
        .where(or_(Payment.voided_at.is_(None), Payment.voided_at > ended))
        .scalar_subquery()
    ) - returned_before(Proposal.id, ended)
    statement = (
        select(Resolution, Proposal, promised, paid)
        .join(first, first.c.id == Resolution.id)
        .join(Proposal, Proposal.id == Resolution.proposal_id)
        .where(Proposal.state.in_(_OPEN), promised > paid)
        .order_by(Resolution.id)
    )
    return [
        FollowUp(made.code, made.resolved_at, made.item_id, proposal, int(whole), int(gone))
        for made, proposal, whole, gone in db.session().execute(statement)
    ]
