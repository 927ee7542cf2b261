"""Ratifications: what was decided before the committee met comes to its next meeting by itself, to be ratified."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.fund.committee import agenda, seats, sole, words
from app.fund.committee.records import (
    APPROVING,
    AgendaItem,
    Matter,
    Meeting,
    MeetingState,
    Proposal,
    Resolution,
    ResolutionKind,
)
from app.fund.committee.records.authority import Way
from app.fund.committee.records.bodies import Body, Level
from app.fund.committee.records.circulations import MeetingKind
from app.kit.db import db, lock
from app.province.profile import Profile
from app.staff.users import User


def due(body: Body) -> list[Resolution]:
    """Approvals that the next meeting of this body is to ratify, and that none ratified, refused to, changed, or is about to.

    What the body decided by circulation; and of the fund's committee what its chair decided alone, urgent and above the tier.
    """
    item, meeting, later, newer = (
        aliased(AgendaItem),
        aliased(Meeting),
        aliased(Resolution),
        aliased(Resolution),
    )
    ahead = (
        select(item.id)
        .join(meeting, meeting.id == item.meeting_id)
        .outerjoin(later, later.item_id == item.id)
        .where(item.proposal_id == Resolution.proposal_id, later.id.is_(None))
        .where(meeting.state.in_((MeetingState.CALLED, MeetingState.OPEN)))
    )
    answered = select(newer.id).where(newer.supersedes_id == Resolution.id)
    is_alone = and_(Body.level == Level.SOLE, Resolution.satang > (Profile.here().ceiling(Level.SOLE) or 0))
    is_sent = and_(Meeting.kind == MeetingKind.CIRCULATED, Resolution.body_id == body.id)
    rows = (
        select(Resolution)
        .join(Body, Body.id == Resolution.body_id)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Resolution.kind == ResolutionKind.APPROVE, ~ahead.exists(), ~answered.exists())
        .where(or_(is_sent, is_alone) if body.code == seats.MAIN else is_sent)
        .order_by(Resolution.id)
    )
    found = list(db.session().scalars(rows))
    ways = sole.ways([made.proposal_id for made in found])
    return [
        made
        for made in found
        if made.body_id == body.id or (made.proposal_id in ways and ways[made.proposal_id].way == Way.URGENT)
    ]


def bring(meeting: Meeting, *, by: User) -> None:
    """What is due stands on the agenda of this meeting of the body, with the motion to ratify it."""
    for made in due(meeting.body):
        agenda.put(
            meeting,
            lock(Proposal, made.proposal_id),
            matter=Matter.RATIFY,
            # Of a sub-committee that by which it decided; the whole committee has none.
            ceiling_satang=None if meeting.body.level == Level.FULL else made.item.ceiling_satang,
            by=by,
        )


def of_item(item: AgendaItem) -> Resolution | None:
    """What an item asks to ratify: the approval that stood when it came on the agenda; None for an item of another matter."""
    if item.matter != Matter.RATIFY:
        return None
    before = select(Resolution).where(
        Resolution.proposal_id == item.proposal_id,
        Resolution.kind.in_(APPROVING),
        Resolution.item_id < item.id,
    )
    return db.session().scalars(before.order_by(Resolution.id.desc()).limit(1)).first()


def words_of(made: Resolution) -> str:
    """What was decided outside a meeting, and how, for the minutes of the one that ratifies it."""
    meeting = made.item.meeting
    counted = (
        f" เห็นชอบ {made.for_votes} ไม่เห็นชอบ {made.against_votes} งดออกเสียง {made.abstentions}"
        if meeting.is_circulated
        else ""
    )
    return f"{meeting.called_th} (มติที่ {made.code}) {words.of_resolution(made)}{counted}"


def answer_to(made: Resolution) -> Resolution | None:
    """The resolution of a later meeting that ratified it, refused to, or changed it; None while there is none."""
    rows = select(Resolution).where(Resolution.supersedes_id == made.id).order_by(Resolution.id)
    return db.session().scalars(rows.limit(1)).first()
