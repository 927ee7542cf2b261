"""The committee's room as a page: who is here, what is on the agenda, and what this person may do about it."""

from dataclasses import dataclass

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.cases.aid import committee_briefs
from app.cases.aid.committee_briefs import CommitteeBrief
from app.cases.aid.committee_pages.forms import AttendanceForm, LeavingForm, OpenForm, TableForm
from app.fund.committee import committee, proposals, seats, standing
from app.fund.committee.records import (
    AgendaItem,
    Choice,
    Meeting,
    MeetingState,
    ProposalState,
    Recusal,
    Resolution,
    Vote,
)
from app.fund.committee.seats import SEATS
from app.fund.committee.standing import Standing
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db
from app.staff.doors import signed_in
from app.staff.roles import Role
from app.staff.users import User

READERS = (Role.COMMITTEE, Role.CHAIR, Role.FUND_OFFICER, Role.AUDITOR)
LEADERS = (Role.FUND_OFFICER, Role.CHAIR)

CHOICE_NAMES = {Choice.APPROVE: "เห็นชอบ", Choice.REJECT: "ไม่เห็นชอบ", Choice.ABSTAIN: "งดออกเสียง"}
MEETING_NAMES = {
    MeetingState.CALLED: ("นัดแล้ว", "info"),
    MeetingState.OPEN: ("กำลังประชุม", "success"),
    MeetingState.CLOSED: ("ปิดแล้ว", "neutral"),
}


@dataclass(frozen=True)
class _Row:
    """One item as the person at the browser sees it."""

    standing: Standing
    brief: CommitteeBrief | None
    available: int
    #: Why this person may not vote; empty when they may.
    why_not: str
    mine: Choice | None

    #: Still to be decided here.
    is_live: bool


def meeting_of(number: int) -> Meeting:
    """The meeting of that number in the address; no page where there is none."""
    found = db.session().get(Meeting, number)
    if found is None:
        abort(404)
    return found


def rows_of(meeting: Meeting, members: list[User]) -> list[_Row]:
    """The agenda, item by item, with the story and the balance beside each."""
    me = signed_in()
    stands = standing.of_items(meeting, meeting.items)
    told = committee_briefs.of((standing.item.proposal.code for standing in stands), members=members)
    available = {balance.purpose.id: balance.available for balance in books.balances()}
    return [
        _Row(
            standing=standing,
            brief=told.get(standing.item.proposal.code),
            available=available.get(standing.item.proposal.purpose_id, 0),
            why_not=committee.why_not(standing, me),
            mine=standing.choice_of(me.id),
            is_live=standing.resolution is None
            and meeting.state != MeetingState.CLOSED
            and standing.item.proposal.state == ProposalState.TABLED,
        )
        for standing in stands
    ]


def names_of(rows: list[_Row], members: list[User], here: frozenset[int]) -> dict[int, str]:
    """Everyone who is spoken of on the page, those included who have left the committee since."""
    wanted = set(here)
    for row in rows:
        wanted |= row.standing.recused | row.standing.voted | {row.standing.requester_id}
    known = {member.id: member.name for member in members}
    missing = wanted - known.keys()
    for user in db.session().scalars(select(User).where(User.id.in_(missing))):
        known[user.id] = user.name
    return known


def show(number: int, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    """The room as the person signed in sees it, with what was refused to them, if anything."""
    meeting = meeting_of(number)
    me = signed_in()
    members = seats.members()
    here = standing.attending(number)
    rows = rows_of(meeting, members)
    names = names_of(rows, members, here)
    attendance = AttendanceForm(formdata=None, present=sorted(here))
    attendance.offer(members)
    opening = OpenForm(formdata=None)
    opening.offer([member for member in members if member.id in here])
    tabling = TableForm(formdata=None)
    waiting = proposals.in_state(ProposalState.SUBMITTED) if me.has(Role.FUND_OFFICER) else []
    tabling.offer(waiting)
    words = render_template(
        "committee/meeting.html",
        meeting=meeting,
        state=MEETING_NAMES[MeetingState(meeting.state)],
        rows=rows,
        members=members,
        here=here,
        names=names,
        choices=CHOICE_NAMES,
        attendance=attendance,
        opening=opening,
        tabling=tabling,
        waiting=waiting,
        is_secretariat=me.has(Role.FUND_OFFICER),
        leads=me.has(*LEADERS) and meeting.state != MeetingState.CLOSED,
        resolves=meeting.state == MeetingState.OPEN
        and (me.has(Role.FUND_OFFICER) or me.id == meeting.chair_id),
        is_member=me.has(*SEATS),
        chairs=meeting.state == MeetingState.OPEN and me.id == meeting.chair_id,
        leaving={row.standing.item.id: _leaving(row, names) for row in rows if row.standing.missing},
        is_early=meeting.state == MeetingState.CALLED and meeting.held_on > clock.today(),
        me=me,
        pulse=pulse(number),
        refused=refused,
    )
    return words, status


def _leaving(row: _Row, names: dict[int, str]) -> LeavingForm:
    """The form by which the chair says that somebody is not in the room for this item."""
    form = LeavingForm(formdata=None)
    form.offer([(number, names[number]) for number in sorted(row.standing.missing)])
    return form


def pulse(number: int) -> str:
    """Changes whenever something on the meeting's page does."""
    session = db.session()
    items = select(AgendaItem.id).where(AgendaItem.meeting_id == number)
    counts = (
        session.scalar(select(func.count()).select_from(model).where(model.item_id.in_(items)))
        for model in (Vote, Resolution, Recusal)
    )
    tabled = session.scalar(select(func.count()).select_from(items.subquery()))
    return "-".join(map(str, (meeting_of(number).state, tabled, len(standing.attending(number)), *counts)))
