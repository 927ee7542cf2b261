"""The committee: its meetings from the call to the close, with the votes and resolutions between."""

from datetime import date

from sqlalchemy import delete, func, select

from app.fund.ledger import books
from app.fund.spending import standing
from app.fund.spending.meetings import (
    SEATS,
    AgendaItem,
    Attendance,
    Choice,
    Meeting,
    MeetingState,
    Recusal,
    Resolution,
    Vote,
    members,
)
from app.fund.spending.proposals import Proposal, ProposalState, by_code, state_name
from app.fund.spending.votes import readmit, recuse, resolve, vote
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.thai import long_date, year_be
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

__all__ = [
    "SEATS",
    "AgendaItem",
    "Attendance",
    "Choice",
    "Meeting",
    "MeetingState",
    "Recusal",
    "Resolution",
    "Vote",
    "call",
    "close",
    "members",
    "note_absent",
    "note_present",
    "open_",
    "readmit",
    "recuse",
    "resolution_of",
    "resolve",
    "table",
    "take_off",
    "vote",
]


def _secretariat(by: User, *, deed: str) -> None:
    if not by.has(Role.FUND_OFFICER):
        raise Refused(f"เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่{deed}ได้")


def _lead(by: User, *, deed: str) -> None:
    if not by.has(Role.FUND_OFFICER, Role.CHAIR):
        raise Refused(f"เฉพาะประธานหรือฝ่ายเลขานุการกองทุนเท่านั้นที่{deed}ได้")


#: How far from today a meeting is called for, in days: a mistyped year would burn a number of another year.
FARTHEST_DAYS = 400


def call(*, held_on: date, place: str, by: User) -> Meeting:
    """A meeting is called and gets its number, which runs from 1 in each Buddhist-era calendar year.

    How many members there are, and how many make it valid, are kept from this moment on.
    """
    _secretariat(by, deed="นัดประชุม")
    words = " ".join(place.split())
    if abs((held_on - clock.today()).days) > FARTHEST_DAYS:
        raise BadInput(f"วันประชุมต้องห่างจากวันนี้ไม่เกิน {FARTHEST_DAYS} วัน กรุณาตรวจปี พ.ศ. อีกครั้ง")
    if len(words) > 160:
        raise BadInput("สถานที่ประชุมยาวเกิน 160 ตัวอักษร กรุณาเขียนให้สั้นลง")
    seats = len(members())
    if seats == 0:
        raise Refused("ยังไม่มีกรรมการกองทุนในระบบ กรุณาให้ผู้ดูแลระบบเพิ่มกรรมการก่อนนัดประชุม")
    session = db.session()
    # One number at a time.
    lock_advisory(AdvisoryLock.MEETING_NUMBERS)
    year = year_be(held_on)
    last = session.scalar(select(func.max(Meeting.number)).where(Meeting.year_be == year)) or 0
    profile = Profile.here()
    meeting = Meeting(
        number=last + 1,
        year_be=year,
        held_on=held_on,
        place=words,
        state=MeetingState.CALLED,
        members=seats,
        quorum=profile.quorum.of(seats),
        called_at=clock.now(),
        called_by_id=by.id,
    )
    session.add(meeting)
    session.flush()
    audit.record(
        Deed.MEETING_CALL, f"meeting:{meeting.id}", by=by, number=meeting.code, held_on=held_on.isoformat()
    )
    return meeting


def table(meeting_id: int, *, proposal_code: str, by: User) -> AgendaItem:
    """A waiting proposal goes on the agenda. It stands on one agenda at a time."""
    _secretariat(by, deed="เพิ่มวาระ")
    meeting = _not_closed(meeting_id)
    known = by_code(proposal_code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {proposal_code} กรุณาตรวจรหัสอีกครั้ง")
    proposal = lock(Proposal, known.id)
    if proposal.state != ProposalState.SUBMITTED:
        raise Refused(f"เพิ่มคำขอ {proposal.code} เข้าวาระไม่ได้ เพราะสถานะเป็น “{state_name(proposal.state)}”")
    session = db.session()
    last = (
        session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting_id)) or 0
    )
    item = AgendaItem(meeting_id=meeting.id, proposal_id=proposal.id, position=last + 1)
    proposal.state = ProposalState.TABLED
    session.add(item)
    session.flush()
    audit.record(Deed.MEETING_TABLE, f"meeting:{meeting_id}", by=by, proposal=proposal.code)
    return item


def take_off(item_id: int, *, by: User) -> None:
    """An item is taken off the agenda before anyone voted on it; its proposal waits for another meeting."""
    _secretariat(by, deed="นำวาระออก")
    session = db.session()
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise Refused("ไม่พบวาระนี้ อาจถูกนำออกจากการประชุมแล้ว กรุณาเปิดหน้านี้ใหม่")
    _not_closed(item.meeting_id)
    if session.scalars(select(Vote.id).where(Vote.item_id == item_id).limit(1)).first() is not None:
        raise Refused("มีกรรมการลงคะแนนในเรื่องนี้แล้ว จึงนำออกจากวาระไม่ได้")
    proposal = lock(Proposal, item.proposal_id)
    if proposal.state == ProposalState.TABLED:
        proposal.state = ProposalState.SUBMITTED
    session.flush()
    audit.record(Deed.MEETING_TAKE_OFF, f"meeting:{item.meeting_id}", by=by, proposal=proposal.code)
    session.execute(delete(Recusal).where(Recusal.item_id == item_id))
    session.execute(delete(AgendaItem).where(AgendaItem.id == item_id))


def note_present(meeting_id: int, *, member_id: int, by: User) -> Attendance:
    """The member is present. Noting it again changes nothing."""
    _lead(by, deed="บันทึกผู้เข้าประชุม")
    _not_closed(meeting_id)
    session = db.session()
    if member_id not in {member.id for member in members()}:
        raise Refused("ผู้นี้ไม่ใช่กรรมการกองทุน จึงบันทึกเป็นองค์ประชุมไม่ได้")
    noted = session.scalars(
        select(Attendance).filter_by(meeting_id=meeting_id, member_id=member_id)
    ).one_or_none()
    if noted is None:
        noted = Attendance(meeting_id=meeting_id, member_id=member_id, noted_at=clock.now())
        session.add(noted)
        session.flush()
        audit.record(Deed.MEETING_NOTE_PRESENT, f"meeting:{meeting_id}", by=by, member=member_id)
    return noted


def note_absent(meeting_id: int, *, member_id: int, reason: str = "", by: User) -> None:
    """Attendance noted by mistake is taken back. Not for the chair, nor for one who has voted in this meeting.

    Once the meeting is open that empties a seat, so only who chairs says so, with a `reason` that the trail keeps;
    not while a request of their own waits on its agenda.
    """
    _lead(by, deed="บันทึกผู้เข้าประชุม")
    meeting = _not_closed(meeting_id)
    if member_id == meeting.chair_id:
        raise Refused("ผู้นี้เป็นประธานในที่ประชุม จึงลบการเข้าประชุมไม่ได้")
    session = db.session()
    cast = select(Vote.id).join(AgendaItem, AgendaItem.id == Vote.item_id)
    if session.scalars(
        cast.where(AgendaItem.meeting_id == meeting_id, Vote.member_id == member_id).limit(1)
    ).first():
        raise Refused("กรรมการท่านนี้ลงคะแนนแล้ว จึงลบการเข้าประชุมไม่ได้ หากออกจากห้อง ให้บันทึกรายวาระว่าออกจากการพิจารณา")
    why = " ".join(reason.split())
    if meeting.state == MeetingState.OPEN:
        own = (
            select(Proposal.id)
            .join(AgendaItem, AgendaItem.proposal_id == Proposal.id)
            .where(
                AgendaItem.meeting_id == meeting_id,
                Proposal.submitted_by_id == by.id,
                Proposal.state == ProposalState.TABLED,
            )
        )
        if by.id != meeting.chair_id or session.scalars(own.limit(1)).first() is not None:
            raise Refused(
                "เปิดประชุมแล้ว เฉพาะประธานในที่ประชุมที่ไม่ได้เสนอเรื่องในวาระเท่านั้นที่ลบการเข้าประชุมได้ "
                "หากกรรมการออกจากห้อง ให้เจ้าตัวหรือประธานบันทึกรายวาระว่าออกจากการพิจารณา"
            )
        if not 1 <= len(why) <= 300:
            raise BadInput("เปิดประชุมแล้ว กรุณาบอกเหตุผลที่ลบการเข้าประชุม ไม่เกิน 300 ตัวอักษร เช่น ทำเครื่องหมายผิดคน")
    session.execute(
        delete(Attendance).where(Attendance.meeting_id == meeting_id, Attendance.member_id == member_id)
    )
    audit.record(Deed.MEETING_NOTE_ABSENT, f"meeting:{meeting_id}", by=by, member=member_id, reason=why)


def open_(meeting_id: int, *, chair_id: int, early_reason: str = "", by: User) -> Meeting:
    """The meeting begins: its quorum is present and one of those present takes the chair.

    Before the day it is called for it needs an `early_reason`, which its minutes print with the true day and time.
    """
    _lead(by, deed="เปิดประชุม")
    meeting = lock(Meeting, meeting_id)
    if meeting.state != MeetingState.CALLED:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} เปิดไปแล้ว")
    here = standing.attending(meeting_id)
    if len(here) < meeting.quorum:
        raise Refused(
            f"เปิดประชุมไม่ได้ เพราะไม่ครบองค์ประชุม ต้องมีกรรมการ {meeting.quorum} จาก {meeting.members} คน "
            f"ขณะนี้บันทึกไว้ {len(here)} คน"
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
    db.session().flush()
    audit.record(
        Deed.MEETING_OPEN, f"meeting:{meeting_id}", by=by, chair=chair_id, present=len(here), early_reason=why
    )
    return meeting


def close(meeting_id: int, *, by: User) -> Meeting:
    """The meeting ends. What it did not decide waits for the next one."""
    _lead(by, deed="ปิดประชุม")
    meeting = lock(Meeting, meeting_id)
    if meeting.state != MeetingState.OPEN:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} ยังไม่เปิดหรือปิดไปแล้ว")
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
    meeting.state, meeting.closed_at = MeetingState.CLOSED, clock.now()
    session.flush()
    audit.record(Deed.MEETING_CLOSE, f"meeting:{meeting_id}", by=by, carried_over=back)
    return meeting


def _not_closed(meeting_id: int) -> Meeting:
    meeting = lock(Meeting, meeting_id)
    if meeting.state == MeetingState.CLOSED:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} ปิดแล้ว จึงแก้ไขไม่ได้")
    return meeting


def resolution_of(proposal_id: int) -> Resolution | None:
    """What the committee decided on a proposal; None before it did."""
    return db.session().scalars(select(Resolution).filter_by(proposal_id=proposal_id)).one_or_none()


@books.integrity_check("ทุกมติอนุมัติผูกพันเงินเท่าที่อนุมัติ และไม่มีเงินผูกพันที่ไม่มีมติ")
def resolutions_commit() -> list[str]:
    return books.violations(
        """SELECT p.code AS code FROM proposal AS p
        LEFT JOIN resolution AS r ON r.proposal_id = p.id
        LEFT JOIN (SELECT e.proposal_id AS proposal_id, SUM(e.satang) AS satang,
            SUM(CASE WHEN d.kind = 'committed' AND d.purpose_id = q.purpose_id THEN e.satang ELSE 0 END) AS rightly
            FROM entry AS e JOIN account AS d ON d.id = e.debit_id JOIN proposal AS q ON q.id = e.proposal_id
            WHERE e.movement = 'commit' GROUP BY e.proposal_id) AS c ON c.proposal_id = p.id
        WHERE CASE WHEN p.state IN ('approved', 'settled')
            THEN r.id IS NULL OR NOT r.approved OR r.satang <> p.satang OR c.satang IS NULL
                OR c.satang <> r.satang OR c.rightly <> c.satang
            ELSE c.satang IS NOT NULL OR (r.id IS NOT NULL AND r.approved) END""",
        "คำขอ {code} มติ สถานะ และเงินผูกพันไม่ตรงกัน",
    )


@books.integrity_check("ทุกมติมีองค์ประชุมและคะแนนตรงกับที่ลงไว้")
def resolutions_count_votes() -> list[str]:
    return books.violations(
        """SELECT p.code AS code FROM resolution AS r JOIN proposal AS p ON p.id = r.proposal_id
        LEFT JOIN vote AS v ON v.item_id = r.item_id
        GROUP BY p.code, r.id, r.present, r.quorum, r.for_votes, r.against_votes, r.abstentions
        HAVING r.present < r.quorum
            OR r.for_votes <> SUM(CASE v.choice WHEN 'approve' THEN 1 ELSE 0 END)
            OR r.against_votes <> SUM(CASE v.choice WHEN 'reject' THEN 1 ELSE 0 END)
            OR r.abstentions <> SUM(CASE v.choice WHEN 'abstain' THEN 1 ELSE 0 END)""",
        "มติของคำขอ {code} นับคะแนนไม่ตรงกับที่ลงไว้",
    )
