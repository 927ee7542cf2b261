"""The committee's room as a page: who is here, what is on the agenda, and what this person may do about it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.cases.aid import committee_briefs, committee_facts, interests
from app.cases.aid.committee_briefs import CommitteeBrief
from app.cases.aid.committee_pages import circulated
from app.cases.aid.committee_pages.forms import (
    AmendedForm,
    AttendanceForm,
    CancelForm,
    ChangeForm,
    DiscussForm,
    LeavingForm,
    MotionForm,
    MoveForm,
    OpenForm,
    OtherForm,
    ReasonForm,
    TableForm,
    WordsForm,
)
from app.fund.committee import (
    follow_ups,
    guidelines,
    item_status,
    motions,
    proposals,
    ratifications,
    resolutions,
    seats,
    sole,
    tiers,
    votes,
    words,
)
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.records import (
    AgendaItem,
    AttendanceKind,
    Matter,
    Meeting,
    MeetingState,
    Motion,
    ProposalFunding,
    ProposalState,
    Recusal,
    Resolution,
    ResolutionKind,
    Vote,
    VoteChoice,
)
from app.fund.committee.records.circulations import Outcome
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db
from app.staff.doors import may_enter, signed_in
from app.staff.roles import Role
from app.staff.users import User, read_grants

READERS = (Role.COMMITTEE, Role.CHAIR, Role.FUND_OFFICER, Role.AUDITOR)
LEADERS = (Role.FUND_OFFICER, Role.CHAIR)

CHOICE_ICONS = {VoteChoice.APPROVE: "tick", VoteChoice.REJECT: "cross", VoteChoice.ABSTAIN: "dash"}


@dataclass(frozen=True)
class Row:
    """One item as the person at the browser sees it."""

    #: Its place on the agenda, from one.
    place: int
    status: ItemStatus
    brief: CommitteeBrief | None
    available: int
    #: Why this person may not vote; empty when they may.
    why_not: str
    mine: VoteChoice | None
    #: Still to be decided here.
    is_live: bool

    @property
    def state(self) -> tuple[str, str]:
        """Where it stands, in words, and the kind of their pill."""
        made = self.status.resolution
        if made:
            return ResolutionKind(made.kind).pill
        if self.is_live:
            return "รอพิจารณา", "warning"
        if self.status.item.meeting.circulation:
            return Outcome(self.status.item.meeting.circulation.outcome).pill
        is_withdrawn = self.status.item.proposal.state == ProposalState.WITHDRAWN
        return "ถอนแล้ว" if is_withdrawn else "ไม่มีมติในครั้งนี้", "neutral"

    @property
    def asked(self) -> str:
        """What the members are asked to vote on."""
        return words.of_motion(self.status.motion)

    @property
    def lines(self) -> list[str]:
        """Which lines the motion takes, and how much of each; none where it is of a sum."""
        return words.of_lines(self.status.motion)

    @property
    def decided(self) -> str:
        """What was decided; empty before."""
        return words.of_resolution(self.status.resolution) if self.status.resolution else ""

    @property
    def satang(self) -> int:
        """What was approved, or, before that and without it, what is asked for."""
        made = self.status.resolution
        return made.satang if made and made.approves else self.status.item.version.satang

    @property
    def takes(self) -> int:
        """What the motion takes of the purpose's available money; below zero what an amendment gives back of it."""
        return motions.takes(self.status).get(self.purpose_id, 0)

    @property
    def purpose_id(self) -> int:
        return self.status.item.proposal.purpose_id

    @property
    def rest(self) -> int:
        """What is left of the purpose's money when the motion is carried."""
        return self.available - self.takes

    @property
    def lacks(self) -> int:
        """What all its purposes together lack for the motion, in satang."""
        return sum(motions.missing(self.status).values())

    @property
    def also(self) -> list[tuple[str, int]]:
        """Other purposes that pay beside the main one, with satang."""
        return [
            (part.purpose.name_th, part.satang)
            for part in self.status.motion.parts
            if part.purpose_id != self.purpose_id
        ]

    @property
    def beside(self) -> list[ProposalFunding]:
        """Who else pays, with money that is not the fund's."""
        return [part for part in self.status.item.version.funding if part.purpose_id is None]

    @property
    def is_complete(self) -> bool:
        """A quorum is here and everybody has voted: the resolution can be made."""
        return not self.status.missing and len(self.status.present) >= self.status.needed


def meeting_of(number: int) -> Meeting:
    """The meeting of that number in the address; no page where there is none."""
    found = db.session().get(Meeting, number)
    if found is None:
        abort(404)
    return found


def rows_of(meeting: Meeting, *, me: User | None) -> list[Row]:
    """The agenda, item by item, with the story and the balance beside each; for `me`, or for a paper that all read."""
    statuses = item_status.of_items(meeting, meeting.items)
    briefs = committee_briefs.of(status.item.proposal.code for status in statuses)
    available = {balance.purpose.id: balance.available for balance in books.balances()}
    return [
        Row(
            place=place,
            status=status,
            brief=briefs.get(status.item.proposal.code),
            available=available.get(status.item.proposal.purpose_id, 0),
            why_not=votes.why_not(status, me) if me else "",
            mine=status.choice_of(me.id) if me else None,
            is_live=status.resolution is None
            and meeting.state in (MeetingState.CALLED, MeetingState.OPEN)
            and status.item.may_be_decided,
        )
        for place, status in enumerate(statuses, start=1)
    ]


def facts_day(meeting: Meeting) -> date:
    """The day whose facts the members weigh: that of the meeting, once it is opened."""
    return meeting.sat_on if meeting.opened_at else clock.today()


def names_of(rows: list[Row], members: list[User], here: frozenset[int]) -> dict[int, str]:
    """Everyone who is spoken of on the page, those included who have left the committee since."""
    wanted = set(here)
    for row in rows:
        wanted |= row.status.recused | row.status.voted | {row.status.requester_id}
    known = {member.id: member.name for member in members}
    missing = wanted - known.keys()
    for user in db.session().scalars(select(User).where(User.id.in_(missing))):
        known[user.id] = user.name
    return known


def show(number: int, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    """The room as the person signed in sees it, with what was refused to them, if anything."""
    meeting = meeting_of(number)
    me = signed_in()
    members = seats.members(meeting.body_id)
    present = item_status.in_the_room(number)
    here = item_status.attending(number)
    rows = rows_of(meeting, me=me)
    other = OtherForm(formdata=None, member=0)
    other.offer([member for member in members if member.id not in here])
    attendance = AttendanceForm(formdata=None, present=sorted(here))
    attendance.offer(members)
    opening = OpenForm(formdata=None)
    read_grants(members)
    opening.offer([member for member in members if member.id in here])
    tabling = TableForm(formdata=None)
    waiting = proposals.in_state(ProposalState.SUBMITTED) if me.has(Role.FUND_OFFICER) else []
    tabling.offer(waiting)
    approved = proposals.in_state(ProposalState.APPROVED) if me.has(Role.FUND_OFFICER) else []
    changing = ChangeForm(formdata=None)
    changing.offer(approved)
    amending = AmendedForm(formdata=None)
    amending.proposal.choices = changing.proposal.choices
    page = render_template(
        "committee/meeting.html",
        rows=rows,
        guidelines=guidelines.of_meeting(number),
        follow_ups=follow_ups.of(meeting),
        reported=[(made, words.of_resolution(made)) for made in sole.reported_in(meeting)],
        here=here,
        counted=sum(row.kind != AttendanceKind.GUEST for row in present),
        names=names_of(rows, members, here),
        attendance=attendance,
        opening=opening,
        tabling=tabling,
        waiting=waiting,
        changing=changing,
        amending=amending,
        leads=me.has(*LEADERS) and meeting.state in (MeetingState.CALLED, MeetingState.OPEN),
        present=present,
        other=other,
        moving=MoveForm(formdata=None, to_on=meeting.held_on),
        cancelling=CancelForm(formdata=None),
        wording=WordsForm(
            formdata=None, announcements=meeting.announcements, other_business=meeting.other_business
        ),
        is_early=meeting.state == MeetingState.CALLED and meeting.held_on > clock.today(),
        refused=refused,
        **_seen(meeting, me),
    )
    return page, status


def show_item(item_id: int, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    """One item as the person signed in sees it: what is asked and what is left, why, and their vote."""
    found = db.session().get(AgendaItem, item_id)
    if found is None:
        abort(404)
    meeting = meeting_of(found.meeting_id)
    me = signed_in()
    members = seats.members(meeting.body_id)
    rows = rows_of(meeting, me=me)
    names = names_of(rows, members, item_status.attending(meeting.id))
    row = next(row for row in rows if row.status.item.id == item_id)
    now, seen = row.status, _seen(meeting, me)
    code = now.item.proposal.code
    concerned = interests.of([code], members=members)[code]
    sent = circulated.of(meeting, now, me=me, names=names)
    votes_here = row.is_live and seen["is_open"] and seen["is_member"] and (sent is None or sent.is_open)
    waits = [
        other for other in rows if other.is_live and not other.why_not and not other.mine and other is not row
    ]
    page = render_template(
        "committee/item.html",
        row=row,
        now=now,
        sent=sent,
        **_outside(now),
        proposal=now.item.proposal,
        brief=row.brief,
        payments=url_for("spending.payments", q=code) if may_enter(me, "spending.payments") else "",
        agenda=len(rows),
        names=names,
        awaited=[names[member] for member in sorted(now.missing)],
        recused=[names[member] for member in sorted(now.recused)],
        facts=committee_facts.of_items([now.item], on=facts_day(meeting)).get(code),
        concerned=[names[member] for member in sorted(concerned)],
        interests=[why.words for why in concerned.get(me.id, ())],
        cast=[(names[vote.member_id], VoteChoice(vote.choice).words) for vote in now.votes]
        + [(names[member], "ออกจากการพิจารณา") for member in sorted(now.recused)],
        mine=row.mine.words if row.mine else "",
        votes_here=votes_here,
        is_carried=row.is_complete and resolutions.outcome(meeting, now)[0],
        moving=_moving(row) if seen["resolves"] and me.id not in now.asked else None,
        may_vote=votes_here and not row.why_not,
        guideline=guidelines.in_force(now.resolution.resolved_at if now.resolution else None),
        authority=tiers.as_frozen(now.item.rules),
        beside=now.item.rules.get("beside", []),
        follows=waits[0].status.item.id if waits and votes_here and (row.why_not or row.mine) else None,
        choices=[(choice.value, choice.words, CHOICE_ICONS[choice]) for choice in VoteChoice],
        leaving=_leaving(row, names),
        why=ReasonForm(formdata=None),
        may_take_off=seen["is_secretariat"]
        and row.is_live
        and sent is None
        and not now.votes
        and not seen["is_over"],
        refused=refused,
        **seen,
    )
    return page, status


def _outside(now: ItemStatus) -> dict[str, Any]:
    """What was decided outside a meeting and this item is to ratify, or what became of this one; and how to ask for a meeting."""
    return {
        "ratifies": _linked(ratifications.of_item(now.item)),
        "ratified": _linked(ratifications.answer_to(now.resolution) if now.resolution else None),
        "discussing": DiscussForm(formdata=None),
    }


def _linked(made: Resolution | None) -> tuple[str, str] | None:
    """A resolution of another meeting in words, and the page of its item; None for none."""
    if made is None:
        return None
    return ratifications.words_of(made), url_for("committee.item", item_id=made.item_id)


def _seen(meeting: Meeting, me: User) -> dict[str, Any]:
    """What both pages of a meeting know of it and of the person who looks."""
    is_open = meeting.state == MeetingState.OPEN
    return {
        "meeting": meeting,
        "is_over": meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED),
        "state": MeetingState(meeting.state).pill,
        "is_open": is_open,
        "is_secretariat": me.has(Role.FUND_OFFICER),
        "is_member": me.id in seats.of_meeting(meeting.id, meeting.body_id),
        "resolves": is_open
        and not meeting.is_circulated
        and (me.has(Role.FUND_OFFICER) or me.id == meeting.chair_id),
        "chairs": is_open and not meeting.is_circulated and me.id == meeting.chair_id,
        "me": me,
        "pulse": pulse(meeting.id),
    }


def _leaving(row: Row, names: dict[int, str]) -> LeavingForm:
    """The form by which the chair says that somebody is not in the room for this item."""
    form = LeavingForm(formdata=None)
    form.offer([(number, names[number]) for number in sorted(row.status.missing)])
    return form


def _moving(row: Row) -> MotionForm | None:
    """The form of another motion, filled with what the money allows; None where the matter knows one motion only."""
    kinds = motions.KINDS[Matter(row.status.item.matter)]
    if not row.is_live or len(kinds) == 1:
        return None
    able = max(0, min(row.available, row.status.item.version.satang))
    form = MotionForm(
        formdata=None,
        kind=ResolutionKind.APPROVE_IN_PART if row.lacks else row.status.motion.kind,
        purpose_1=row.purpose_id,
        satang_1=able if row.lacks else row.takes,
        purpose_2=0,
        waits_for_money=False,
    )
    form.offer(kinds, books.balances())
    return form


def pulse(number: int) -> str:
    """A text that changes whenever something on the meeting's page does; the page asks for it every few seconds."""
    session = db.session()
    items = select(AgendaItem.id).where(AgendaItem.meeting_id == number)
    counts = (
        session.scalar(select(func.count()).select_from(model).where(model.item_id.in_(items)))
        for model in (Vote, Resolution, Recusal, Motion)
    )
    tabled = session.scalar(select(func.count()).select_from(items.subquery()))
    return "-".join(map(str, (meeting_of(number).state, tabled, len(item_status.attending(number)), *counts)))
