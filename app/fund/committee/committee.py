"""The committee: its meetings from the call to the close, with the votes and resolutions between."""

from datetime import date

from sqlalchemy import delete, func, select

from app.fund.committee import item_status
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.proposals import by_code, state_name
from app.fund.committee.records import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingState,
    Proposal,
    ProposalState,
    Recusal,
    Resolution,
    Vote,
    VoteChoice,
)
from app.fund.committee.seats import SEATS, members
from app.fund.ledger import entries
from app.kit import clock, queue
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.thai import long_date, sort_key, year_be
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


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
                "เริ่มประชุมแล้ว เฉพาะประธานในที่ประชุมที่ไม่ได้เสนอเรื่องในวาระเท่านั้นที่ลบการเข้าประชุมได้ "
                "หากกรรมการออกจากห้อง ให้เจ้าตัวหรือประธานบันทึกรายวาระว่าออกจากการพิจารณา"
            )
        if not 1 <= len(why) <= 300:
            raise BadInput("เริ่มประชุมแล้ว กรุณาบอกเหตุผลที่ลบการเข้าประชุม ไม่เกิน 300 ตัวอักษร เช่น ทำเครื่องหมายผิดคน")
    session.execute(
        delete(Attendance).where(Attendance.meeting_id == meeting_id, Attendance.member_id == member_id)
    )
    audit.record(Deed.MEETING_NOTE_ABSENT, f"meeting:{meeting_id}", by=by, member=member_id, reason=why)


def open_(meeting_id: int, *, chair_id: int, early_reason: str = "", by: User) -> Meeting:
    """The meeting begins: its quorum is present and one of those present takes the chair.

    Before the day it is called for it needs an `early_reason`, which its minutes print with the true day and time.
    """
    _lead(by, deed="เริ่มประชุม")
    meeting = lock(Meeting, meeting_id)
    if meeting.state != MeetingState.CALLED:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} เปิดไปแล้ว")
    here = item_status.attending(meeting_id)
    if len(here) < meeting.quorum:
        raise Refused(
            f"เริ่มประชุมไม่ได้ เพราะไม่ครบองค์ประชุม ต้องมีกรรมการ {meeting.quorum} จาก {meeting.members} คน "
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
    _lead(by, deed="เลิกประชุม")
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


def _open_item(item_id: int) -> tuple[Meeting, ItemStatus]:
    """The item with its meeting held, so that votes, recusals and the resolution come one after the other."""
    session = db.session()
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise Refused("ไม่พบวาระนี้ อาจถูกนำออกจากการประชุมแล้ว กรุณาเปิดหน้านี้ใหม่")
    meeting = lock(Meeting, item.meeting_id)
    # Read again: what was seen before the lock may have changed while waiting for it.
    session.expire_all()
    if meeting.state != MeetingState.OPEN:
        raise Refused("การประชุมนี้ยังไม่เปิดหรือปิดไปแล้ว จึงพิจารณาวาระไม่ได้")
    (now,) = item_status.of_items(meeting, [session.get_one(AgendaItem, item_id)])
    if now.resolution is not None:
        raise Refused("เรื่องนี้มีมติแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูมติ")
    if now.item.proposal.state != ProposalState.TABLED:
        raise Refused(f"คำขอ {now.item.proposal.code} ถูกถอนจากการพิจารณาแล้ว")
    return meeting, now


def _may_lead(meeting: Meeting, by: User) -> bool:
    return by.id == meeting.chair_id or by.has(Role.FUND_OFFICER)


def recuse(item_id: int, *, member_id: int, reason: str = "", by: User) -> Recusal:
    """The member leaves the room for this item: no vote, and not counted towards its quorum (Administrative
    Procedure Act B.E. 2539, ss. 13–16). Said before voting by the member, or by who chairs with a `reason`; never by
    the secretariat, nor by a chair whose own request it is: nobody else empties a seat.
    """
    meeting, now = _open_item(item_id)
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
    meeting, now = _open_item(item_id)
    if by.id not in (member_id, meeting.chair_id):
        raise Refused("เฉพาะกรรมการเจ้าตัวหรือประธานในที่ประชุมเท่านั้นที่แก้ไขบันทึกนี้ได้")
    if member_id not in now.recused:
        raise Refused("กรรมการท่านนี้ไม่ได้ออกจากการพิจารณาเรื่องนี้")
    db.session().execute(delete(Recusal).where(Recusal.item_id == item_id, Recusal.member_id == member_id))
    audit.record(Deed.AGENDA_ITEM_READMIT, f"agenda_item:{item_id}", by=by, member=member_id)


def why_not(now: ItemStatus, by: User) -> str:
    """Why this person may not vote on the item, in Thai; empty when they may."""
    if not by.has(*SEATS):
        return "เฉพาะกรรมการกองทุนเท่านั้นที่ลงคะแนนได้"
    if by.id == now.requester_id:
        return "ท่านเป็นผู้เสนอเรื่องนี้ จึงลงคะแนนไม่ได้ กรุณาให้กรรมการท่านอื่นพิจารณา"
    if by.id in now.recused:
        why = now.reasons.get(by.id)
        why_words = f" (ประธานบันทึกว่า {why})" if why else ""
        return f"ท่านออกจากการพิจารณาเรื่องนี้แล้ว{why_words} จึงลงคะแนนไม่ได้"
    if by.id not in now.present:
        return "ยังไม่มีชื่อท่านในผู้เข้าประชุม กรุณาแจ้งฝ่ายเลขานุการให้บันทึกการเข้าประชุมก่อน"
    if by.id in now.voted:
        return "ท่านลงคะแนนในเรื่องนี้ไปแล้ว คะแนนที่ลงแล้วแก้ไขไม่ได้"
    return ""


def vote(item_id: int, *, choice: VoteChoice | str, by: User) -> Vote:
    """One member's one vote. Final. Not for the one who asked, nor for one who left the room or is not present."""
    if choice not in set(VoteChoice):
        raise BadInput("กรุณาเลือก เห็นชอบ ไม่เห็นชอบ หรืองดออกเสียง")
    _, now = _open_item(item_id)
    if words := why_not(now, by):
        raise Refused(words)
    cast = Vote(item_id=item_id, member_id=by.id, choice=VoteChoice(choice), at=clock.now())
    db.session().add(cast)
    db.session().flush()
    # The trail says that they voted, not how: the count opens with the resolution.
    audit.record(Deed.AGENDA_ITEM_VOTE, f"agenda_item:{item_id}", by=by, proposal=now.item.proposal.code)
    return cast


def resolve(item_id: int, *, by: User) -> Resolution:
    """The committee's decision by the majority of votes cast; abstentions are not cast. Final.

    On a tie the chair's own choice decides (Administrative Procedure Act B.E. 2539, s. 82); a tie without one is
    not carried. Approval promises the money in the same transaction: one satang more than is available, and the
    database refuses it all. Raises Refused without quorum, and while someone present has not voted, by name.
    """
    meeting, now = _open_item(item_id)
    if not _may_lead(meeting, by):
        raise Refused("เฉพาะประธานในที่ประชุมหรือฝ่ายเลขานุการเท่านั้นที่สรุปมติได้")
    if len(now.present) < now.needed:
        raise Refused(
            f"ลงมติไม่ได้ เพราะไม่ครบองค์ประชุมสำหรับเรื่องนี้ ต้องมี {now.needed} คน ขณะนี้มี {len(now.present)} คน"
        )
    if now.missing:
        names = sorted((member.name for member in _people(now.missing)), key=sort_key)
        raise Refused(
            f"ยังลงคะแนนไม่ครบ รอ {', '.join(names)} หากไม่อยู่ในห้องประชุมแล้ว ให้ประธานบันทึกว่าออกจากการพิจารณาเรื่องนี้"
        )
    in_favour, against = now.count(VoteChoice.APPROVE), now.count(VoteChoice.REJECT)
    chairs = now.choice_of(meeting.chair_id)
    casting = in_favour == against and chairs in (VoteChoice.APPROVE, VoteChoice.REJECT)
    approved = in_favour > against or (casting and chairs == VoteChoice.APPROVE)
    proposal = lock(Proposal, now.item.proposal_id)
    if proposal.state != ProposalState.TABLED:
        raise Refused(f"คำขอ {proposal.code} ถูกถอนจากการพิจารณาแล้ว")
    resolution = Resolution(
        item_id=item_id,
        proposal_id=proposal.id,
        approved=approved,
        satang=proposal.satang,
        present=len(now.present),
        quorum=now.needed,
        for_votes=in_favour,
        against_votes=against,
        abstentions=now.count(VoteChoice.ABSTAIN),
        recusals=len(now.recused),
        casting_vote=casting,
        resolved_at=clock.now(),
        resolved_by_id=by.id,
    )
    session = db.session()
    session.add(resolution)
    proposal.state = ProposalState.APPROVED if approved else ProposalState.REJECTED
    session.flush()
    if approved:
        entries.commit(
            purpose_id=proposal.purpose_id, satang=proposal.satang, proposal_id=proposal.id, by_id=by.id
        )
    audit.record(
        Deed.AGENDA_ITEM_RESOLVE,
        f"agenda_item:{item_id}",
        by=by,
        proposal=proposal.code,
        approved=approved,
        satang=proposal.satang,
        votes=[in_favour, against, resolution.abstentions],
    )
    queue.ask("publish", key="edition")
    return resolution


def _people(numbers: frozenset[int]) -> list[User]:
    return [db.session().get_one(User, number) for number in numbers]
