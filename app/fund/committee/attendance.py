"""Attendance: who is present, and who leaves the room for an item."""

from sqlalchemy import delete, select

from app.fund.committee.agenda import open_item
from app.fund.committee.meetings import leaders_only, not_closed
from app.fund.committee.records import (
    AgendaItem,
    Attendance,
    MeetingState,
    Proposal,
    ProposalState,
    Recusal,
    Vote,
)
from app.fund.committee.seats import members
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def note_present(meeting_id: int, *, member_id: int, by: User) -> Attendance:
    """The member is present. Noting it again changes nothing."""
    leaders_only(by, deed="บันทึกผู้เข้าประชุม")
    not_closed(meeting_id)
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
                "เริ่มประชุมแล้ว เฉพาะประธานในที่ประชุมที่ไม่ได้เสนอเรื่องในวาระเท่านั้นที่ลบการเข้าประชุมได้ "
                "หากกรรมการออกจากห้อง ให้เจ้าตัวหรือประธานบันทึกรายวาระว่าออกจากการพิจารณา"
            )
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
        if by.id != meeting.chair_id or by.id == now.requester_id:
            raise Refused("บันทึกแทนกรรมการท่านอื่นไม่ได้ ให้กรรมการท่านนั้นบันทึกเอง หรือแจ้งประธานในที่ประชุม")
        if not why:
            raise BadInput("กรุณาบอกเหตุผลที่บันทึกแทนกรรมการท่านอื่น เช่น มีส่วนได้เสีย หรือออกจากที่ประชุมแล้ว")
    if member_id not in {member.id for member in members()}:
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
    if by.id not in (member_id, meeting.chair_id):
        raise Refused("เฉพาะกรรมการเจ้าตัวหรือประธานในที่ประชุมเท่านั้นที่แก้ไขบันทึกนี้ได้")
    if member_id not in now.recused:
        raise Refused("กรรมการท่านนี้ไม่ได้ออกจากการพิจารณาเรื่องนี้")
    db.session().execute(delete(Recusal).where(Recusal.item_id == item_id, Recusal.member_id == member_id))
    audit.record(Deed.AGENDA_ITEM_READMIT, f"agenda_item:{item_id}", by=by, member=member_id)
