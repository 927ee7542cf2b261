"""Attendance: who is present, and who leaves the room for an item."""

from sqlalchemy import delete, or_, select

from app.fund.committee.agenda import open_item
from app.fund.committee.item_status import in_the_room
from app.fund.committee.meetings import leaders_only, not_closed
from app.fund.committee.records import (
    AgendaItem,
    Attendance,
    AttendanceKind,
    Meeting,
    MeetingState,
    Proposal,
    ProposalState,
    Recusal,
    Vote,
)
from app.fund.committee.seats import of_meeting
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def note_present(meeting_id: int, *, member_id: int, by: User) -> Attendance:
    """The member is present. Noting it again changes nothing."""
    leaders_only(by, deed="บันทึกผู้เข้าประชุม")
    meeting = not_closed(meeting_id)
    session = db.session()
    if member_id not in of_meeting(meeting_id, meeting.body_id):
        raise Refused("ผู้นี้ไม่ใช่กรรมการกองทุน จึงบันทึกเป็นองค์ประชุมไม่ได้")
    noted = _here(meeting_id, member_id)
    if noted is not None and noted.kind == AttendanceKind.PROXY:
        raise Refused(f"บันทึกว่า {noted.name} มาประชุมแทนกรรมการท่านนี้แล้ว กรุณาบันทึกว่าผู้มาแทนออกจากห้องก่อน")
    if noted is None:
        noted = Attendance(meeting_id=meeting_id, member_id=member_id, noted_at=clock.now())
        session.add(noted)
        session.flush()
        audit.record(Deed.MEETING_NOTE_PRESENT, f"meeting:{meeting_id}", by=by, member=member_id)
    return noted


def _here(meeting_id: int, member_id: int) -> Attendance | None:
    statement = select(Attendance).filter_by(meeting_id=meeting_id, member_id=member_id)
    return db.session().scalars(statement.where(Attendance.left_at.is_(None))).one_or_none()


def note_proxy(meeting_id: int, *, for_id: int, name: str, position: str, by: User) -> Attendance:
    """Somebody sits in for a member who is not there: counts for the quorum of the meeting, and does not vote."""
    leaders_only(by, deed="บันทึกผู้มาประชุมแทน")
    meeting = not_closed(meeting_id)
    if for_id not in of_meeting(meeting_id, meeting.body_id):
        raise Refused("มาประชุมแทนได้เฉพาะกรรมการกองทุน กรุณาบันทึกเป็นผู้เข้าร่วมประชุม")
    if _here(meeting_id, for_id) is not None:
        raise Refused("กรรมการท่านนี้หรือผู้มาประชุมแทนอยู่ในห้องแล้ว")
    return _note(meeting_id, AttendanceKind.PROXY, name=name, position=position, member_id=for_id, by=by)


def note_guest(meeting_id: int, *, name: str, position: str, by: User) -> Attendance:
    """Somebody takes part who is no member: an expert or staff. Counts for nothing."""
    leaders_only(by, deed="บันทึกผู้เข้าร่วมประชุม")
    not_closed(meeting_id)
    return _note(meeting_id, AttendanceKind.GUEST, name=name, position=position, member_id=None, by=by)


def _note(
    meeting_id: int, kind: AttendanceKind, *, name: str, position: str, member_id: int | None, by: User
) -> Attendance:
    words, post = visible(name), visible(position)
    if not 0 < len(words) <= 120 or len(post) > 160:
        raise BadInput("กรุณาใส่ชื่อไม่เกิน 120 ตัวอักษร และตำแหน่งไม่เกิน 160 ตัวอักษร")
    for row in in_the_room(meeting_id):
        if (row.kind, row.name, row.member_id) == (kind, words, member_id):
            return row
    row = Attendance(
        meeting_id=meeting_id,
        kind=kind,
        member_id=member_id,
        name=words,
        position=post,
        noted_at=clock.now(),
    )
    db.session().add(row)
    db.session().flush()
    audit.record(Deed.MEETING_NOTE_PRESENT, f"meeting:{meeting_id}", by=by, kind=kind, member=member_id)
    return row


def leave(meeting_id: int, *, attendance_id: int, by: User) -> Attendance:
    """Who was there has left; said by themselves or by who leads, of a member of an open meeting by who chairs alone. Not
    by who chairs of themselves: another takes the chair in a meeting of its own. What they voted on stays; what comes
    after does not wait for them, and no conflict of interest is noted.
    """
    meeting = not_closed(meeting_id)
    row = db.session().get(Attendance, attendance_id)
    if row is None or row.meeting_id != meeting_id:
        raise Refused("ไม่พบผู้นี้ในการประชุมครั้งนี้ กรุณาเปิดหน้านี้ใหม่")
    if row.left_at is not None:
        return row
    if row.member_id != by.id or row.kind != AttendanceKind.MEMBER:
        leaders_only(by, deed="บันทึกว่าออกจากห้องประชุมแทนผู้อื่น")
        if meeting.state == MeetingState.OPEN and row.kind == AttendanceKind.MEMBER:
            _refuse_emptying(meeting, by)
    if meeting.state == MeetingState.OPEN and row.member_id == meeting.chair_id:
        raise Refused("ประธานในที่ประชุมออกจากห้องไม่ได้ กรุณาเลิกประชุมก่อน เรื่องที่ค้างจะรอการประชุมครั้งหน้า")
    row.left_at = clock.now()
    db.session().flush()
    audit.record(Deed.MEETING_LEAVE, f"meeting:{meeting_id}", by=by, member=row.member_id, kind=row.kind)
    return row


def _refuse_emptying(meeting: Meeting, by: User) -> None:
    """A seat of an open meeting is emptied by who chairs alone, and by no chair whose own request waits there."""
    own = (
        select(Proposal.id)
        .join(AgendaItem, AgendaItem.proposal_id == Proposal.id)
        .where(
            AgendaItem.meeting_id == meeting.id,
            or_(Proposal.submitted_by_id == by.id, Proposal.asked_by_id == by.id),
            Proposal.state == ProposalState.TABLED,
        )
    )
    if by.id != meeting.chair_id or db.session().scalars(own.limit(1)).first() is not None:
        raise Refused(
            "เริ่มประชุมแล้ว เฉพาะประธานในที่ประชุมที่ไม่ได้เสนอเรื่องในวาระเท่านั้นที่ลบการเข้าประชุมหรือบันทึกว่ากรรมการท่านอื่นออกจากห้องได้ "
            "กรุณาให้เจ้าตัวหรือประธานในที่ประชุมเป็นผู้บันทึก"
        )


def note_absent(meeting_id: int, *, member_id: int, reason: str = "", by: User) -> None:
    """Attendance noted by mistake is taken back. Not for the chair, nor for one who has voted in this meeting.

    Once the meeting is open that empties a seat, so only who chairs says so, with a `reason` that the trail keeps;
    not while a request of their own waits on its agenda.
    """
    leaders_only(by, deed="บันทึกผู้เข้าประชุม")
    meeting = not_closed(meeting_id)
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
        _refuse_emptying(meeting, by)
        if not 1 <= len(why) <= 300:
            raise BadInput("เริ่มประชุมแล้ว กรุณาบอกเหตุผลที่ลบการเข้าประชุม ไม่เกิน 300 ตัวอักษร เช่น ทำเครื่องหมายผิดคน")
    session.execute(
        delete(Attendance).where(Attendance.meeting_id == meeting_id, Attendance.member_id == member_id)
    )
    audit.record(Deed.MEETING_NOTE_ABSENT, f"meeting:{meeting_id}", by=by, member=member_id, reason=why)


def recuse(item_id: int, *, member_id: int, reason: str = "", by: User) -> Recusal:
    """The member leaves the room for this item: no vote, and not counted towards its quorum (Administrative
    Procedure Act B.E. 2539, ss. 13–16). Said before voting by the member, or by who chairs with a `reason`; never by
    the secretariat, nor by a chair whose own request it is: nobody else empties a seat.
    """
    meeting, now = open_item(item_id)
    why = " ".join(reason.split())
    if len(why) > 300:
        raise BadInput("เหตุผลยาวได้ไม่เกิน 300 ตัวอักษร")
    if by.id != member_id:
        if by.id != meeting.chair_id or by.id in now.asked or meeting.is_circulated:
            raise Refused("บันทึกแทนกรรมการท่านอื่นไม่ได้ ให้กรรมการท่านนั้นบันทึกเอง หรือแจ้งประธานในที่ประชุม")
        if not why:
            raise BadInput("กรุณาบอกเหตุผลที่บันทึกแทนกรรมการท่านอื่น เช่น มีส่วนได้เสีย หรือออกจากที่ประชุมแล้ว")
    if member_id not in of_meeting(meeting.id, meeting.body_id):
        raise Refused("ผู้นี้ไม่ใช่กรรมการกองทุน จึงไม่ต้องออกจากการพิจารณา")
    if member_id in now.voted:
        raise Refused("กรรมการท่านนี้ลงคะแนนในเรื่องนี้แล้ว จึงบันทึกว่าออกจากการพิจารณาไม่ได้")
    recusal = Recusal(
        item_id=item_id, member_id=member_id, noted_at=clock.now(), noted_by_id=by.id, reason=why
    )
    db.session().add(recusal)
    db.session().flush()
    audit.record(Deed.AGENDA_ITEM_RECUSE, f"agenda_item:{item_id}", by=by, member=member_id, reason=why)
    return recusal


def readmit(item_id: int, *, member_id: int, by: User) -> None:
    """A recusal noted by mistake is taken back before the resolution, by the member or by who chairs."""
    meeting, now = open_item(item_id)
    if by.id != member_id and (by.id != meeting.chair_id or meeting.is_circulated):
        raise Refused("เฉพาะกรรมการเจ้าตัวหรือประธานในที่ประชุมเท่านั้นที่แก้ไขบันทึกนี้ได้")
    if member_id not in now.recused:
        raise Refused("กรรมการท่านนี้ไม่ได้ออกจากการพิจารณาเรื่องนี้")
    db.session().execute(delete(Recusal).where(Recusal.item_id == item_id, Recusal.member_id == member_id))
    audit.record(Deed.AGENDA_ITEM_READMIT, f"agenda_item:{item_id}", by=by, member=member_id)
