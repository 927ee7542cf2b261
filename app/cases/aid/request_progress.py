"""Progress of requests: how far each request has come, from the draft to the logbook."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.cases.aid import delivery_progress
from app.cases.aid.delivery_progress import Progress
from app.cases.aid.records import AidRequest, RequestState
from app.fund.committee.records import AgendaItem, Meeting, Proposal, ProposalState
from app.fund.spending.records import STANDS, Payment
from app.kit import money, thai
from app.kit.db import db

STEPS = ("คำขอ", "ประชุม", "จ่ายเงิน", "ส่งมอบ", "บันทึก")


@dataclass(frozen=True, slots=True)
class RequestProgress:
    """Where a request is. `step` counts STEPS that are behind it; `kind` is the colour of the words."""

    step: int
    words: str
    kind: str
    paid_satang: int
    delivery: Progress
    proposal: Proposal | None

    @property
    def is_over(self) -> bool:
        """Rejected or withdrawn: nothing more will happen."""
        return self.kind in ("danger", "neutral") and self.step > 0


def of(requests: Sequence[AidRequest]) -> dict[int, RequestProgress]:
    """The progress_by_request of these requests by id, in three queries."""
    session = db.session()
    codes = [request.code for request in requests]
    proposals = {
        proposal.code: proposal
        for proposal in session.scalars(select(Proposal).where(Proposal.code.in_(codes)))
    }
    sums = session.execute(
        select(Payment.proposal_id, func.sum(Payment.kept_satang))
        .where(Payment.proposal_id.in_([proposal.id for proposal in proposals.values()]), STANDS)
        .group_by(Payment.proposal_id)
    )
    paid = {proposal_id: int(satang) for proposal_id, satang in sums}
    far = delivery_progress.of([request.id for request in requests])
    found = {}
    for request in requests:
        proposal = proposals.get(request.code)
        satang = paid.get(proposal.id, 0) if proposal else 0
        step, words, kind = _where(request, proposal, satang, far[request.id])
        found[request.id] = RequestProgress(step, words, kind, satang, far[request.id], proposal)
    return found


def _where(
    request: AidRequest, proposal: Proposal | None, paid_satang: int, far: Progress
) -> tuple[int, str, str]:
    if request.state == RequestState.WITHDRAWN:
        return 1, "ถอนแล้ว", "neutral"
    if request.state == RequestState.DRAFT or proposal is None:
        return 0, "ร่าง", "neutral"
    if far.is_complete:
        return len(STEPS), "ส่งมอบและบันทึกครบแล้ว", "success"
    if far.delivered:
        return 3, f"ส่งมอบแล้ว {far.done} จาก {far.lines} รายการ", "info"
    if paid_satang:
        return 3, "จ่ายเงินแล้ว รอส่งมอบ", "info"
    state = ProposalState(proposal.state)
    return (
        2 if state in (ProposalState.APPROVED, ProposalState.SETTLED) else 1,
        *state.pill,
    )


def notes(request: AidRequest, progress: RequestProgress) -> list[tuple[str, str]]:
    """The steps with a word on each that is behind: when it was sent, which meeting, how much was paid and given."""
    session = db.session()
    sent = thai.short_date(request.submitted_at) if request.submitted_at else ""
    met = paid = given = logged = ""
    if progress.proposal is not None:
        meeting = session.scalars(
            select(Meeting)
            .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
            .where(AgendaItem.proposal_id == progress.proposal.id)
            .order_by(Meeting.held_on.desc(), Meeting.id.desc())
            .limit(1)
        ).one_or_none()
        if meeting is not None:
            met = f"{meeting.called_th} ({thai.short_date(meeting.sat_on)})"
    if progress.paid_satang:
        paid = f"{money.format_baht(progress.paid_satang)} บาท"
    if progress.delivery.delivered:
        given = f"{progress.delivery.done} จาก {progress.delivery.lines} รายการ"
        logged = f"มูลค่า {money.format_baht(progress.delivery.satang)} บาท"
    return list(zip(STEPS, (sent, met, paid, given, logged), strict=True))
