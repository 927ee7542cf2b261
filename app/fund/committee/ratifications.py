"""Ratifications: what was decided before the committee met comes to its next meeting by itself, to be ratified."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.fund.committee import agenda, seats, sole
from app.fund.committee.records import (
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
from app.kit.db import db, lock
from app.province.profile import Profile
from app.staff.users import User


def due() -> list[Resolution]:
    """Approvals of the chair alone, urgent and above the tier, that no meeting ratified or refused to, and none is about to."""
    item, meeting, later = aliased(AgendaItem), aliased(Meeting), aliased(Resolution)
    taken_up = (
        select(item.id)
        .join(meeting, meeting.id == item.meeting_id)
        .outerjoin(later, later.item_id == item.id)
        .where(item.proposal_id == Resolution.proposal_id, item.matter == Matter.RATIFY)
        .where(or_(later.id.is_not(None), meeting.state.in_((MeetingState.CALLED, MeetingState.OPEN))))
    )
    rows = (
        select(Resolution)
        .join(Body, Body.id == Resolution.body_id)
        .where(Body.level == Level.SOLE, Resolution.kind == ResolutionKind.APPROVE, ~taken_up.exists())
        .where(Resolution.satang > (Profile.here().ceiling(Level.SOLE) or 0))
        .order_by(Resolution.id)
    )
    found = list(db.session().scalars(rows))
    ways = sole.ways([made.proposal_id for made in found])
    return [made for made in found if made.proposal_id in ways and ways[made.proposal_id].way == Way.URGENT]


def bring(meeting: Meeting, *, by: User) -> None:
    """What is due stands on the agenda of this meeting of the committee, with the motion to ratify it."""
    if meeting.body.code != seats.MAIN:
        return
    for made in due():
        agenda.put(
            meeting, lock(Proposal, made.proposal_id), matter=Matter.RATIFY, ceiling_satang=None, by=by
        )
