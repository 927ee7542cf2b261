"""Meetings of the committee: called, moved, cancelled, opened, closed."""

from datetime import date, timedelta

from sqlalchemy import func, select

from app.fund.committee import item_status, seats
from app.fund.committee.records import (
    AgendaItem,
    AttendanceKind,
    Meeting,
    MeetingState,
    Proposal,
    ProposalState,
    Resolution,
)
from app.fund.committee.records.bodies import RollEntry
from app.fund.committee.records.circulations import MeetingKind
from app.fund.committee.records.meeting_moves import MeetingMove
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.texts import visible
from app.kit.thai import arabic_digits, long_date
from app.staff import audit, notices
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def secretariat_only(by: User, *, deed: str) -> None:
    if not by.has(Role.FUND_OFFICER):
        raise Refused(f"เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่{deed}ได้")


def leaders_only(by: User, *, deed: str) -> None:
    if not by.has(Role.FUND_OFFICER, Role.CHAIR):
        raise Refused(f"เฉพาะประธานหรือฝ่ายเลขานุการกองทุนเท่านั้นที่{deed}ได้")


def may_lead(meeting: Meeting, by: User) -> bool:
    """Whether this person leads the open meeting: who chairs it, or the secretariat."""
    return by.id == meeting.chair_id or by.has(Role.FUND_OFFICER)


def refuse_circulated(meeting: Meeting) -> None:
    if meeting.is_circulated:
        raise Refused(f"{meeting.called_th} ตอบเป็นรายคนและปิดตามกำหนด จึงทำแบบการประชุมไม่ได้")


def not_closed(meeting_id: int) -> Meeting:
    """The meeting, held; Refused once it is closed, and for one that is circulated: nobody comes and nothing is added."""
    meeting = lock(Meeting, meeting_id)
    refuse_circulated(meeting)
    if meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED):
        raise Refused(f"การประชุมครั้งที่ {meeting.code} {MeetingState(meeting.state).words}แล้ว จึงแก้ไขไม่ได้")
    return meeting


def by_code(code: str) -> Meeting:
    """The meeting with this number: `3/2569`, or `3` of a body whose numbers run on. Raises Refused where there is none."""
    number, slash, year = arabic_digits(code.strip()).partition("/")
    found = None
    if number.isdecimal() and len(number) <= 6 and (not slash or (year.isdecimal() and len(year) == 4)):
        # Of bodies that count for themselves, the one that was there first.
        statement = (
            select(Meeting)
            .filter_by(number=int(number), year_be=int(year or 0), kind=MeetingKind.MEETING)
            .order_by(Meeting.body_id)
        )
        found = db.session().scalars(statement).first()
    if found is None:
        raise Refused(f"ไม่พบการประชุมครั้งที่ “{code}” กรุณาเขียนเลขครั้งและปี เช่น 3/2569")
    return found


#: How far from today a meeting is called for, in days: a mistyped year would burn a number of another year.
FARTHEST_DAYS = 400
#: Letters that a part of the agenda that is only text may have.
WORDS_LENGTH = 4000


def call(
    *, held_on: date, place: str, room: str = "", floor: str = "", body_id: int | None = None, by: User
) -> Meeting:
    """A meeting is called under the rules that its body goes by on that day, and gets its number in their run.

    These rules, how many members there are, and how many make it valid, are kept from this moment on.
    """
    secretariat_only(by, deed="นัดประชุม")
    words = " ".join(place.split())
    _refuse_far(held_on)
    if len(words) > 160:
        raise BadInput("สถานที่ประชุมยาวเกิน 160 ตัวอักษร กรุณาเขียนให้สั้นลง")
    body = seats.body(body_id)
    count = len(seats.members(body.id))
    if count == 0:
        raise Refused("ยังไม่มีกรรมการในคณะนี้ กรุณาบันทึกกรรมการตามคำสั่งแต่งตั้งก่อนนัดประชุม")
    session, rules = db.session(), body.rules_on(held_on)
    meeting = Meeting(
        body_id=body.id,
        rules_id=rules.id,
        number=next_number(body.id, rules.year(held_on)),
        year_be=rules.year(held_on),
        held_on=held_on,
        place=words,
        room=" ".join(room.split())[:80],
        floor=" ".join(floor.split())[:20],
        state=MeetingState.CALLED,
        members=count,
        quorum=rules.quorum(count),
        called_at=clock.now(),
        called_by_id=by.id,
    )
    session.add(meeting)
    session.flush()
    audit.record(
        Deed.MEETING_CALL, f"meeting:{meeting.id}", by=by, number=meeting.code, held_on=held_on.isoformat()
    )
    _bring(meeting, by=by)
    _tell(meeting, "นัดประชุม", by=by)
    return meeting


def _bring(meeting: Meeting, *, by: User) -> None:
    """What was decided before the committee met stands on its agenda by itself."""
    from app.fund.committee import ratifications

    ratifications.bring(meeting, by=by)


def next_number(body_id: int, year: int, kind: MeetingKind = MeetingKind.MEETING) -> int:
    """The body's next number of this kind in that year's run, or of the one that runs on (0); one at a time until the transaction ends."""
    lock_advisory(AdvisoryLock.MEETING_NUMBERS)
    last = select(func.max(Meeting.number)).where(
        Meeting.body_id == body_id, Meeting.kind == kind, Meeting.year_be == year
    )
    return (db.session().scalar(last) or 0) + 1


def _tell(meeting: Meeting, what: str, *, why: str = "", by: User) -> None:
    """The members hear that their meeting is called, moved or cancelled."""
    day = f"วันที่ {long_date(meeting.held_on)}"
    notices.notify(
        [member for member in seats.members(meeting.body_id) if member.id != by.id],
        title=f"{what}ครั้งที่ {meeting.code}",
        words=" ".join(filter(None, (seats.body(meeting.body_id).name_th, day, meeting.venue, why))),
        href=f"/meetings/{meeting.id}",
        until_on=meeting.held_on,
    )


def third_thursday(after: date) -> date:
    """The first third Thursday of a month that comes after this day: the day of the province's meetings."""
    year, month = after.year, after.month
    while True:
        first = date(year, month, 1)
        found = first + timedelta(days=(3 - first.weekday()) % 7 + 14)
        if found > after:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def open_(meeting_id: int, *, chair_id: int, early_reason: str = "", by: User) -> Meeting:
    """The meeting begins: `by` certifies that its quorum is present, and one of those present takes the chair.

    Before the day it is called for it needs an `early_reason`, which its minutes print with the true day and time.
    """
    leaders_only(by, deed="เริ่มประชุม")
    meeting = lock(Meeting, meeting_id)
    if meeting.state != MeetingState.CALLED:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} เปิดไปแล้ว")
    here = item_status.attending(meeting_id)
    proxies = sum(row.kind == AttendanceKind.PROXY for row in item_status.in_the_room(meeting_id))
    certified = len(here) + proxies
    if certified < meeting.quorum:
        raise Refused(
            f"เริ่มประชุมไม่ได้ เพราะไม่ครบองค์ประชุม ต้องมีกรรมการ {meeting.quorum} จาก {meeting.members} คน "
            f"ขณะนี้บันทึกไว้ {certified} คน"
        )
    if chair_id not in here:
        raise Refused("ประธานในที่ประชุมต้องเป็นกรรมการที่เข้าประชุม กรุณาเลือกผู้ทำหน้าที่ประธานใหม่")
    why = " ".join(early_reason.split()) if meeting.held_on > clock.today() else ""
    if meeting.held_on > clock.today() and not 1 <= len(why) <= 300:
        raise BadInput(
            f"การประชุมนี้นัดไว้วันที่ {long_date(meeting.held_on)} หากจำเป็นต้องเปิดก่อนวัน กรุณาบอกเหตุผล "
            "ไม่เกิน 300 ตัวอักษร เหตุผลและเวลาจริงจะพิมพ์ในรายงานการประชุม"
        )
    meeting.state, meeting.chair_id, meeting.opened_at = MeetingState.OPEN, chair_id, clock.now()
    meeting.early_reason = why
    meeting.certified_by_id, meeting.certified_present = by.id, certified
    keep_roll(meeting)
    audit.record(
        Deed.MEETING_OPEN, f"meeting:{meeting_id}", by=by, chair=chair_id, present=len(here), early_reason=why
    )
    _bring(meeting, by=by)
    return meeting


def keep_roll(meeting: Meeting) -> None:
    """Who sits in the body today, as they are called, is kept as the roll of the meeting."""
    for held in seats.seated(meeting.body_id):
        entry = RollEntry(
            meeting_id=meeting.id,
            person_id=held.person_id,
            office=held.office,
            name=held.person.name,
            position=held.person.position,
        )
        db.session().add(entry)
    db.session().flush()


def move(meeting_id: int, *, to_on: date, reason: str, by: User) -> Meeting:
    """A meeting that was called is held on another day of its number's run, for a `reason` that is kept beside both days."""
    secretariat_only(by, deed="เลื่อนวันประชุม")
    meeting, why = _called(meeting_id), visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่เลื่อนวันประชุม ไม่เกิน 300 ตัวอักษร")
    if to_on == meeting.held_on:
        return meeting
    if meeting.rules.year(to_on) != meeting.year_be:
        raise Refused("เลื่อนข้ามปีไม่ได้ เพราะเลขครั้งที่นับตามปี กรุณายกเลิกการประชุมนี้แล้วนัดใหม่")
    _refuse_far(to_on)
    moved = MeetingMove(
        meeting_id=meeting_id,
        from_on=meeting.held_on,
        to_on=to_on,
        reason=why,
        moved_at=clock.now(),
        moved_by_id=by.id,
    )
    db.session().add(moved)
    db.session().flush()
    meeting.held_on = to_on
    db.session().flush()
    audit.record(Deed.MEETING_MOVE, f"meeting:{meeting_id}", by=by, to=to_on.isoformat(), reason=why)
    _tell(meeting, "เลื่อนวันประชุม", why=f"เพราะ{why}", by=by)
    return meeting


def cancel(meeting_id: int, *, reason: str, by: User) -> Meeting:
    """A meeting that was called is not held. Its number stays its own; what was tabled waits for another."""
    secretariat_only(by, deed="ยกเลิกการประชุม")
    meeting, why = _called(meeting_id), visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ยกเลิกการประชุม ไม่เกิน 300 ตัวอักษร")
    back = _carry_over(meeting_id)
    meeting.state, meeting.cancelled_at, meeting.cancel_reason = MeetingState.CANCELLED, clock.now(), why
    db.session().flush()
    audit.record(Deed.MEETING_CANCEL, f"meeting:{meeting_id}", by=by, reason=why, carried_over=back)
    _tell(meeting, "ยกเลิกประชุม", why=f"เพราะ{why}", by=by)
    return meeting


def write_words(meeting_id: int, *, announcements: str, other_business: str, by: User) -> Meeting:
    """What the chair tells the meeting (part 1 of the agenda) and what else came up (part 5), a matter a line, while it lasts."""
    meeting = not_closed(meeting_id)
    if not (may_lead(meeting, by) or by.has(Role.CHAIR)):
        raise Refused("เฉพาะประธานหรือฝ่ายเลขานุการกองทุนเท่านั้นที่เขียนวาระนี้ได้")
    texts = [
        "\n".join(filter(None, map(visible, text.splitlines()))) for text in (announcements, other_business)
    ]
    if any(len(text) > WORDS_LENGTH for text in texts):
        raise BadInput(f"ข้อความของวาระยาวได้ไม่เกิน {WORDS_LENGTH:,} ตัวอักษร กรุณาย่อ หรือแนบเป็นเอกสารประกอบ")
    if texts == [meeting.announcements, meeting.other_business]:
        return meeting
    meeting.announcements, meeting.other_business = texts
    db.session().flush()
    audit.record(Deed.MEETING_WORDS, f"meeting:{meeting_id}", by=by, words="\n".join(texts)[:300])
    return meeting


def _called(meeting_id: int) -> Meeting:
    meeting = lock(Meeting, meeting_id)
    if meeting.state != MeetingState.CALLED:
        raise Refused(
            f"การประชุมครั้งที่ {meeting.code} {MeetingState(meeting.state).words}แล้ว จึงเลื่อนหรือยกเลิกไม่ได้"
        )
    return meeting


def _refuse_far(held_on: date) -> None:
    if abs((held_on - clock.today()).days) > FARTHEST_DAYS:
        raise BadInput(f"วันประชุมต้องห่างจากวันนี้ไม่เกิน {FARTHEST_DAYS} วัน กรุณาตรวจปี พ.ศ. อีกครั้ง")


def close(meeting_id: int, *, by: User) -> Meeting:
    """The meeting ends. What it did not decide waits for the next one."""
    leaders_only(by, deed="เลิกประชุม")
    meeting = lock(Meeting, meeting_id)
    refuse_circulated(meeting)
    if meeting.state != MeetingState.OPEN:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} ยังไม่เปิดหรือปิดไปแล้ว")
    back = _carry_over(meeting_id)
    meeting.state, meeting.closed_at = MeetingState.CLOSED, clock.now()
    db.session().flush()
    audit.record(Deed.MEETING_CLOSE, f"meeting:{meeting_id}", by=by, carried_over=back)
    return meeting


def _carry_over(meeting_id: int) -> list[str]:
    """What has no resolution waits for another meeting; the codes."""
    session = db.session()
    carried = (
        select(AgendaItem.proposal_id)
        .outerjoin(Resolution, Resolution.item_id == AgendaItem.id)
        .where(AgendaItem.meeting_id == meeting_id, Resolution.id.is_(None))
        .order_by(AgendaItem.proposal_id)
    )
    back = []
    for proposal_id in session.scalars(carried).all():
        proposal = lock(Proposal, proposal_id)
        if proposal.state == ProposalState.TABLED:
            proposal.state = ProposalState.SUBMITTED
            back.append(proposal.code)
    return back
