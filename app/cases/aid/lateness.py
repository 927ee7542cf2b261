"""Lateness: requests that stand too long at a step, for who has them, and after a second limit for chair and secretariat."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select, union_all

from app.cases.aid.records import AidRequest, RequestState
from app.fund.committee import delegations, seats, sole
from app.fund.committee.records import Proposal, ProposalState
from app.fund.spending import signatories, standing
from app.fund.spending.records import Signatory
from app.fund.spending.standing import Standing, Step
from app.kit.db import db, transaction
from app.kit.thai import short_date
from app.staff import notices
from app.staff.notices import Notice
from app.staff.roles import Role
from app.staff.users import User

_OPEN = (ProposalState.SUBMITTED, ProposalState.TABLED, ProposalState.APPROVED)


def of(proposal: Proposal) -> Standing | None:
    """Where this one stands; nowhere when it was handed over in full."""
    return next(iter(_given_out(standing.among(Proposal.id == proposal.id))), None)


def _given_out(several: list[Standing]) -> list[Standing]:
    """These without what was handed over in full."""
    waits = set()
    if codes := [now.proposal.code for now in several if now.step == Step.DELIVER]:
        waits = set(db.session().scalars(_to_give().where(AidRequest.code.in_(codes))))
    return [now for now in several if now.step != Step.DELIVER or now.proposal.code in waits]


def _to_give() -> Select[str]:
    """Codes of requests of which something is left to give: few, however much was given."""
    return select(AidRequest.code).where(
        AidRequest.state == RequestState.SUBMITTED, AidRequest.delivered_at.is_(None)
    )


def late() -> list[Standing]:
    """All that stand too long, the longest first. What is over is not looked at, however much of it there is."""
    given = select(AidRequest.id).where(
        AidRequest.code == Proposal.code, AidRequest.delivered_at.is_not(None)
    )
    open_ = select(Proposal.id).where(Proposal.state.in_(_OPEN), ~given.exists())
    paid = select(Proposal.id).where(Proposal.state == ProposalState.SETTLED, Proposal.code.in_(_to_give()))
    # One after the other: where either may be, a database looks at every proposal.
    found = [now for now in standing.among(Proposal.id.in_(union_all(open_, paid))) if now.is_late]
    return sorted(_given_out(found), key=lambda now: (-now.days, now.proposal.id))


def with_(user: User, several: list[Standing]) -> list[Standing]:
    """Those of these that this person has, or that stand so long that they see them as chair or secretariat; in as many
    queries for ten as for one."""
    steps = {now.step for now in several}
    decides = Step.ALONE in steps and sole.right_of(user) is not None
    signs = Step.SIGN in steps and signatories.of(user) is not None
    leads = user.has(Role.CHAIR, Role.FUND_OFFICER)
    return [
        now
        for now in several
        if (now.is_escalated and leads) or _has(now, user, decides=decides, signs=signs)
    ]


def _has(now: Standing, user: User, *, decides: bool, signs: bool) -> bool:
    if now.step == Step.ALONE:
        return decides
    if now.step == Step.SIGN:
        return signs
    if now.step == Step.DELIVER:
        return user.id in (now.proposal.asked_by_id, now.proposal.submitted_by_id)
    return user.has(Role.FUND_OFFICER if now.step in (Step.AGENDA, Step.VOTE) else Role.FINANCE)


def _people(several: list[Standing]) -> list[User]:
    """Whoever may have one of these."""
    known = {user.id: user for user in notices.holders(Role.CHAIR, Role.FUND_OFFICER, Role.FINANCE)}
    known |= {held.person_id: held.person for held in seats.seated()}
    known |= {order.to_id: order.to_person for order in delegations.every()}
    known |= {row.user_id: row.user for row in db.session().scalars(select(Signatory))}
    asked = {now.proposal.asked_by_id for now in several} | {now.proposal.submitted_by_id for now in several}
    known |= {user.id: user for user in db.session().scalars(select(User).where(User.id.in_(asked)))}
    return list(known.values())


def tell() -> Mapping[str, Any]:
    """A round: who has what is late hears of it once for each step, and once more when it is escalated."""
    told = 0
    with transaction():
        now_late = late()
        titles = {now.proposal.id: _title(now) for now in now_late}
        rows = select(Notice.title, Notice.user_id).where(Notice.title.in_(list(titles.values())))
        known = {(title, user_id) for title, user_id in db.session().execute(rows)}
        for user in _people(now_late) if now_late else []:
            for now in with_(user, now_late):
                title = titles[now.proposal.id]
                if (title, user.id) not in known:
                    notices.notify(
                        [user], title=title, words=f"{now.proposal.title}: {now.words}", href="/late"
                    )
                    told += 1
    return {"told": told}


def _title(now: Standing) -> str:
    more = "ค้างมาก" if now.is_escalated else "เกินกำหนด"
    return f"{more} {now.proposal.code} {now.step.words} ตั้งแต่ {short_date(now.since)}"
