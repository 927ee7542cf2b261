"""Lateness: requests that stand too long at a step, for who has them, and after a second limit for chair and secretariat."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app.cases.aid import delivery_progress
from app.cases.aid.records import AidRequest, RequestState
from app.fund.committee import delegations, seats, sole
from app.fund.committee.records import Proposal, ProposalState
from app.fund.spending import signatories, standing
from app.fund.spending.records import Signatory
from app.fund.spending.standing import Standing, Step
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.thai import short_date
from app.staff import notices
from app.staff.notices import Notice
from app.staff.roles import Role
from app.staff.users import User

_OPEN = (ProposalState.SUBMITTED, ProposalState.TABLED, ProposalState.APPROVED, ProposalState.SETTLED)
#: Of what is closed, so much of the past is looked at.
_LOOKS_BACK = timedelta(days=400)


def of(proposal: Proposal) -> Standing | None:
    """Where this one stands; nowhere when it was handed over in full."""
    return next(iter(_given_out(standing.among(Proposal.id == proposal.id))), None)


def _given_out(several: list[Standing]) -> list[Standing]:
    """These without what was handed over in full."""
    codes = {now.proposal.code for now in several if now.step == Step.DELIVER}
    if not codes:
        return several
    rows = select(AidRequest.code, AidRequest.id).where(
        AidRequest.code.in_(codes), AidRequest.state == RequestState.SUBMITTED
    )
    requests = {row.code: row.id for row in db.session().execute(rows)}
    far = delivery_progress.of(requests.values())
    return [
        now
        for now in several
        if now.step != Step.DELIVER
        or (now.proposal.code in requests and not far[requests[now.proposal.code]].is_complete)
    ]


def late() -> list[Standing]:
    """All that stand too long, the longest first."""
    # What was closed long ago and never handed over is the checks' to find, not every day's first page's.
    recent = or_(Proposal.state != ProposalState.SETTLED, Proposal.submitted_at > clock.now() - _LOOKS_BACK)
    found = [now for now in standing.among(and_(Proposal.state.in_(_OPEN), recent)) if now.is_late]
    return sorted(_given_out(found), key=lambda now: (-now.days, now.proposal.id))


def is_with(now: Standing, user: User) -> bool:
    """Whether this person is who has it, or it stands so long that they see it as chair or secretariat."""
    if now.is_escalated and user.has(Role.CHAIR, Role.FUND_OFFICER):
        return True
    if now.step == Step.ALONE:
        return sole.right_of(user) is not None
    if now.step == Step.SIGN:
        return signatories.of(user) is not None
    if now.step == Step.DELIVER:
        return user.id in (now.proposal.asked_by_id, now.proposal.submitted_by_id)
    roles = {
        Step.AGENDA: (Role.FUND_OFFICER,),
        Step.VOTE: (Role.FUND_OFFICER,),
        Step.PREPARE: (Role.FINANCE,),
        Step.TRANSFER: (Role.FINANCE,),
    }
    return user.has(*roles[now.step])


def _people() -> list[User]:
    """Whoever may have a request."""
    known = {user.id: user for user in notices.holders(Role.CHAIR, Role.FUND_OFFICER, Role.FINANCE)}
    known |= {held.person_id: held.person for held in seats.seated()}
    known |= {order.to_id: order.to_person for order in delegations.every()}
    known |= {row.user_id: row.user for row in db.session().scalars(select(Signatory))}
    return list(known.values())


def tell() -> Mapping[str, Any]:
    """A round: who has what is late hears of it once for each step, and once more when it is escalated."""
    told = 0
    with transaction():
        now_late = late()
        people = _people() if now_late else []
        titles = {now.proposal.id: _title(now) for now in now_late}
        rows = select(Notice.title, Notice.user_id).where(Notice.title.in_(list(titles.values())))
        known = {(title, user_id) for title, user_id in db.session().execute(rows)}
        for now in now_late:
            title = titles[now.proposal.id]
            asked = db.session().get(User, now.proposal.asked_by_id)
            several = {user.id: user for user in [*people, *([asked] if asked else [])]}.values()
            fresh = [user for user in several if (title, user.id) not in known and is_with(now, user)]
            notices.notify(fresh, title=title, words=f"{now.proposal.title}: {now.words}", href="/late")
            told += len(fresh)
    return {"told": told}


def _title(now: Standing) -> str:
    more = "ค้างมาก" if now.is_escalated else "เกินกำหนด"
    return f"{more} {now.proposal.code} {now.step.words} ตั้งแต่ {short_date(now.since)}"
