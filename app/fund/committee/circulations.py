"""Circulated resolutions (มติเวียน): one proposal that a body decides between two meetings, each member where they are.

The answers and the database's clock end it; nobody types how. What it decides the next meeting ratifies.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.fund.committee import agenda, item_status, resolutions, seats, sole, tiers
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.meetings import keep_roll, may_lead, next_number, secretariat_only
from app.fund.committee.proposals import by_code, state_name
from app.fund.committee.records import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingState,
    Proposal,
    ProposalState,
    ResolutionKind,
    VoteChoice,
)
from app.fund.committee.records.authority import ProposalWay, Way
from app.fund.committee.records.bodies import BodyRules, Level, Office, Seat
from app.fund.committee.records.circulations import CIRCULATED_COUNT, Circulation, MeetingKind, Outcome
from app.kit import clock
from app.kit.db import db, lock, moment, transaction
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import moment_text
from app.province.profile import Profile
from app.staff import audit, notices
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User, read_grants

log = logging.getLogger("kueakun.committee")

#: The farthest deadline, from the day on which it goes out.
FARTHEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Count:
    """Who may answer an item, and what was answered, as the database counts it."""

    entitled: int
    answered: int
    in_favour: int
    against: int
    is_unanimous: bool
    #: How many have to say yes: as the body's rules of order say, of all who may answer.
    needed: int
    #: Whether the answers carry or reject it; of neither a meeting decides.
    carries: bool
    rejects: bool

    @property
    def words(self) -> str:
        """The rule in one sentence, without how anybody answered."""
        if self.is_unanimous:
            return f"มีมติเมื่อเห็นชอบทั้ง {self.entitled} คน · ตอบแล้ว {self.answered} คน"
        return f"มีมติเมื่อเห็นชอบ {self.needed} จาก {self.entitled} คน · ตอบแล้ว {self.answered} คน"


def counts(item_ids: Collection[int]) -> dict[int, Count]:
    """The counts of circulated items, as they are now; in one query for all."""
    if not item_ids:
        return {}
    rows = select(CIRCULATED_COUNT).where(CIRCULATED_COUNT.c.item_id.in_(item_ids))
    return {
        row.item_id: Count(
            entitled=row.entitled,
            answered=row.answered,
            in_favour=row.in_favour,
            against=row.against,
            is_unanimous=bool(row.is_unanimous),
            needed=row.needed,
            carries=bool(row.carries),
            rejects=bool(row.rejects),
        )
        for row in db.session().execute(rows)
    }


def count(item_id: int) -> Count:
    """The count of one circulated item."""
    return counts([item_id])[item_id]


def every(*, most: int = 100) -> list[Meeting]:
    """What circulates now, and what did before it, each with its item: the newest first."""
    rows = select(Meeting).where(Meeting.kind == MeetingKind.CIRCULATED).order_by(Meeting.id.desc())
    whole = rows.options(joinedload(Meeting.circulation), selectinload(Meeting.items))
    return list(db.session().scalars(whole.limit(most)))


def waiting() -> list[Proposal]:
    """Proposals that can be circulated: they wait for a meeting, and nobody asked that one discuss them."""
    rows = select(Proposal).where(Proposal.state == ProposalState.SUBMITTED)
    found = list(db.session().scalars(rows.order_by(Proposal.submitted_at, Proposal.id)))
    known = sole.ways([proposal.id for proposal in found])
    return [
        proposal for proposal in found if proposal.id not in known or known[proposal.id].way != Way.MEETING
    ]


def circulate(code: str, *, closes_at: datetime, body_id: int | None = None, by: User) -> Meeting:
    """The proposal goes to all who sit in the body (the fund's committee where none is named), to be answered before `closes_at`.

    Its facts are frozen as when an item is tabled, and its number runs for itself: มติเวียนที่ n/พ.ศ. Raises Refused where
    the province's rules forbid it, above the body's tier, and for a proposal that a meeting is to discuss.
    """
    secretariat_only(by, deed="ส่งเรื่องเวียนขอมติ")
    body = seats.body(body_id)
    rule = Profile.here().circulates(body.level)
    if body.level == Level.SOLE or rule == "forbidden":
        raise Refused(f"ระเบียบไม่ให้{body.name_th}มีมติโดยการเวียน กรุณาบรรจุในวาระประชุม")
    begins = moment()
    if not begins < closes_at <= begins + FARTHEST:
        raise BadInput(f"กำหนดตอบต้องเป็นเวลาหลังจากนี้ และไม่เกิน {FARTHEST.days} วัน")
    known = by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    rules = body.rules_on(clock.today())
    number = next_number(body.id, rules.year(clock.today()), MeetingKind.CIRCULATED)
    proposal = lock(Proposal, known.id)
    _refuse_unfit(proposal)
    seated = seats.seated(body.id)
    able = {held.person_id for held in seated} - {proposal.submitted_by_id, proposal.asked_by_id}
    if not able:
        raise Refused(f"ไม่มีกรรมการใน{body.name_th}ที่ตอบเรื่องนี้ได้ กรุณาบันทึกกรรมการตามคำสั่งแต่งตั้งก่อน")
    meeting = _sent(
        Meeting(body_id=body.id, rules_id=rules.id, number=number, called_at=begins, called_by_id=by.id),
        rules,
        seated,
        Circulation(closes_at=closes_at, is_unanimous=rule == "unanimity"),
    )
    item = agenda.put(meeting, proposal, ceiling_satang=tiers.ceiling(body), by=by)
    audit.record(
        Deed.CIRCULATION_BEGIN,
        f"meeting:{meeting.id}",
        by=by,
        number=meeting.code,
        proposal=proposal.code,
        until=closes_at.isoformat(timespec="minutes"),
    )
    _tell(
        meeting,
        item,
        [held.person for held in seated if held.person_id in able],
        f"{proposal.title} {format_baht(item.version.satang)} บาท กรุณาตอบภายใน {moment_text(closes_at)}",
        until_on=closes_at.astimezone(clock.BANGKOK).date(),
    )
    return meeting


def _sent(meeting: Meeting, rules: BodyRules, seated: list[Seat], ends: Circulation) -> Meeting:
    """It is open from now on to all who sit in the body, who are kept as its roll."""
    session = db.session()
    meeting.kind, meeting.state = MeetingKind.CIRCULATED, MeetingState.OPEN
    meeting.year_be, meeting.held_on = rules.year(clock.today()), clock.today()
    meeting.quorum = rules.quorum(len(seated))
    meeting.opened_at, meeting.certified_by_id = meeting.called_at, meeting.called_by_id
    meeting.members = meeting.certified_present = len(seated)
    meeting.chair_id = next((held.person_id for held in seated if held.office == Office.CHAIR), None)
    session.add(meeting)
    session.flush()
    keep_roll(meeting)
    # To whom it was sent: of these the votes are counted, as of those who attend a meeting.
    session.add_all(
        Attendance(meeting_id=meeting.id, member_id=held.person_id, noted_at=meeting.called_at)
        for held in seated
    )
    ends.meeting_id = meeting.id
    session.add(ends)
    session.flush()
    return meeting


def _refuse_unfit(proposal: Proposal) -> None:
    if proposal.state != ProposalState.SUBMITTED:
        raise Refused(f"ส่งคำขอ {proposal.code} เวียนไม่ได้ เพราะสถานะเป็น “{state_name(proposal.state)}”")
    way = sole.ways([proposal.id]).get(proposal.id)
    if way is not None and way.way == Way.MEETING:
        raise Refused(f"เรื่องนี้ส่งเข้าที่ประชุมแล้ว เพราะ{way.reason} จึงเวียนไม่ได้ กรุณาบรรจุในวาระประชุม")


def discuss(item_id: int, *, reason: str = "", by: User) -> Circulation:
    """One member asks that a meeting discuss it, which ends the circulation without a decision; the proposal waits for a meeting.

    By any who sat in the body when it went out, while it is open; the `reason` stands beside it.
    """
    meeting, now = agenda.open_item(item_id)
    if meeting.circulation is None:
        raise Refused("เรื่องนี้อยู่ในวาระประชุมแล้ว")
    if by.id not in {entry.person_id for entry in seats.roll(meeting.id)} or not by.has(*seats.SEATS):
        raise Refused("เฉพาะกรรมการที่ได้รับเรื่องเวียนนี้เท่านั้นที่ขอให้นำเข้าที่ประชุมได้")
    why = visible(reason)
    if len(why) > 300:
        raise BadInput("เหตุผลยาวได้ไม่เกิน 300 ตัวอักษร")
    _back(now.item.proposal_id)
    way = ProposalWay(
        proposal_id=now.item.proposal_id,
        way=Way.MEETING,
        reason=why or Outcome.DISCUSS.words,
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    db.session().add(way)
    return _end(meeting, now, Outcome.DISCUSS, why, by=by)


def close(meeting_id: int, *, by: User | None) -> Circulation:
    """What the answers decide stands: a resolution with its money, or none and why. Closing it again changes nothing.

    By the clock after its deadline (`by` nobody); by who chairs the body as soon as all have answered. Carried with less
    money than it takes it decides nothing, and the proposal waits for a meeting, as where neither side has what it needs.
    """
    meeting = lock(Meeting, meeting_id)
    # Read again: it may have been closed or answered while waiting for the lock.
    db.session().expire_all()
    ends = meeting.circulation
    if ends is None:
        raise Refused("การประชุมนี้ไม่ใช่มติเวียน กรุณาเลิกประชุมที่หน้าการประชุม")
    if ends.outcome != Outcome.OPEN:
        return ends
    (now,) = item_status.of_items(meeting, meeting.items)
    counted = count(now.item.id)
    _refuse_early(meeting, now, counted, by)
    if now.item.proposal.state == ProposalState.WITHDRAWN:
        return _end(meeting, now, Outcome.WITHDRAWN, "", by=by)
    short = resolutions.lacking(now) if counted.carries else ""
    if short or not (counted.carries or counted.rejects):
        _back(now.item.proposal_id)
        return _end(
            meeting,
            now,
            Outcome.NO_MONEY if short else Outcome.UNDECIDED,
            f"เงินไม่พอ {short}" if short else _undecided(counted),
            by=by,
        )
    resolutions.record(
        meeting,
        now,
        kind=ResolutionKind(now.motion.kind) if counted.carries else ResolutionKind.REJECT,
        reason="" if counted.carries else f"ไม่เห็นชอบ {counted.against} จาก {counted.entitled} คน",
        present=counted.answered,
        needed=counted.needed if counted.carries else counted.entitled // 2 + 1,
        # The clock acts for whoever sent it round.
        by=by or db.session().get_one(User, meeting.called_by_id),
    )
    return _end(meeting, now, Outcome.CARRIED if counted.carries else Outcome.REJECTED, "", by=by)


def _refuse_early(meeting: Meeting, now: ItemStatus, counted: Count, by: User | None) -> None:
    assert meeting.circulation is not None
    is_over = moment() >= meeting.circulation.closes_at
    is_gone = now.item.proposal.state == ProposalState.WITHDRAWN
    if by is not None and not may_lead(meeting, by):
        raise Refused("เฉพาะประธานหรือฝ่ายเลขานุการเท่านั้นที่ปิดมติเวียนได้")
    if is_over or is_gone:
        return
    if by is None or counted.answered < counted.entitled:
        raise Refused(
            f"ยังตอบไม่ครบ ตอบแล้ว {counted.answered} จาก {counted.entitled} คน "
            f"กรุณารอให้ครบ หรือถึงกำหนด {moment_text(meeting.circulation.closes_at)}"
        )
    if by.id != meeting.chair_id:
        raise Refused("ตอบครบแล้ว ให้ประธานเป็นผู้ปิดก่อนกำหนด หรือรอให้ระบบปิดเมื่อถึงกำหนด")


def _undecided(counted: Count) -> str:
    votes = f"เห็นชอบ {counted.in_favour} ไม่เห็นชอบ {counted.against} จากผู้มีสิทธิตอบ {counted.entitled} คน"
    asked = "ต้องเห็นชอบทุกคน" if counted.is_unanimous else "ไม่มีฝ่ายใดเกินกึ่งหนึ่ง"
    return f"{votes} {asked}"


def _back(proposal_id: int) -> None:
    """The proposal waits for a meeting, unless it was withdrawn."""
    proposal = lock(Proposal, proposal_id)
    if proposal.state == ProposalState.TABLED:
        proposal.state = ProposalState.SUBMITTED
    db.session().flush()


def _end(meeting: Meeting, now: ItemStatus, outcome: Outcome, reason: str, *, by: User | None) -> Circulation:
    ends, item = meeting.circulation, now.item
    assert ends is not None
    ends.outcome, ends.reason = outcome, reason
    ends.asked_by_id = by.id if by is not None and outcome == Outcome.DISCUSS else None
    db.session().flush()
    meeting.state, meeting.closed_at = MeetingState.CLOSED, clock.now()
    db.session().flush()
    audit.record(
        Deed.CIRCULATION_DISCUSS if outcome == Outcome.DISCUSS else Deed.CIRCULATION_CLOSE,
        f"meeting:{meeting.id}",
        by=by,
        number=meeting.code,
        proposal=item.proposal.code,
        outcome=outcome,
        votes=[now.count(choice) for choice in VoteChoice],
        reason=reason,
    )
    told = {entry.person_id for entry in seats.roll(meeting.id)} | {meeting.called_by_id}
    if outcome not in (Outcome.CARRIED, Outcome.REJECTED):
        # Of a resolution whoever asked hears as of any other.
        told |= {item.proposal.submitted_by_id, item.proposal.asked_by_id}
    people = db.session().scalars(select(User).where(User.id.in_(told)).order_by(User.id)).all()
    why = f" เพราะ{reason}" if reason else ""
    _tell(
        meeting,
        item,
        [person for person in people if by is None or person.id != by.id],
        f"{item.proposal.title}: {outcome.words}{why}",
    )
    return ends


def _tell(
    meeting: Meeting, item: AgendaItem, people: list[User], words: str, *, until_on: date | None = None
) -> None:
    read_grants(people)
    for person in people:
        reads = person.has(*seats.SEATS, Role.FUND_OFFICER, Role.AUDITOR)
        notices.notify(
            [person],
            title=f"มติเวียนที่ {meeting.code}",
            words=words,
            href=f"/agenda/{item.id}" if reads else f"/requests/{item.proposal.code}",
            until_on=until_on,
        )


def due() -> list[int]:
    """Circulations whose deadline has passed by the database's clock, or whose proposal was withdrawn; ids of their meetings."""
    rows = (
        select(Circulation.meeting_id)
        .join(AgendaItem, AgendaItem.meeting_id == Circulation.meeting_id)
        .join(Proposal, Proposal.id == AgendaItem.proposal_id)
        .where(Circulation.outcome == Outcome.OPEN)
        .where((Circulation.closes_at <= moment()) | (Proposal.state == ProposalState.WITHDRAWN))
        .order_by(Circulation.meeting_id)
    )
    return list(db.session().scalars(rows))


def close_due() -> int:
    """Close what is due, each in a transaction of its own; how many were closed."""
    closed = 0
    for meeting_id in due():
        try:
            with transaction():
                close(meeting_id, by=None)
            closed += 1
        except Refused as refused:
            # One that cannot be closed yet, such as money that moved meanwhile, holds up no other; it is tried again.
            log.warning("circulation of meeting %s not closed: %s", meeting_id, refused.words)
    return closed
