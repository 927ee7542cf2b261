"""The agenda of a meeting: what is tabled, taken off, and open to be decided."""

from sqlalchemy import delete, func, select

from app.fund.committee import frozen, item_status, tiers
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.meetings import not_closed, secretariat_only
from app.fund.committee.proposals import by_code, newest, state_name
from app.fund.committee.records import (
    AgendaItem,
    Matter,
    Meeting,
    MeetingState,
    Motion,
    MotionPart,
    Proposal,
    ProposalState,
    Recusal,
    Resolution,
    ResolutionKind,
    Vote,
)
from app.fund.committee.records.circulations import Outcome
from app.fund.committee.records.lines import MotionLine
from app.kit import clock
from app.kit.db import db, lock, moment
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def table(
    meeting_id: int, *, proposal_code: str, matter: Matter | str = Matter.DECIDE, reason: str = "", by: User
) -> AgendaItem:
    """A waiting proposal goes on the agenda, with the motion to approve what it asks for.

    Or one that was approved, to amend its resolution as its newest version asks, or to rescind it for a `reason`. It
    stands on one agenda at a time.
    """
    secretariat_only(by, deed="เพิ่มวาระ")
    meeting = not_closed(meeting_id)
    known = by_code(proposal_code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {proposal_code} กรุณาตรวจรหัสอีกครั้ง")
    proposal = lock(Proposal, known.id)
    kind = Matter(matter)
    waits = ProposalState.SUBMITTED if kind == Matter.DECIDE else ProposalState.APPROVED
    if proposal.state != waits:
        raise Refused(f"เพิ่มคำขอ {proposal.code} เข้าวาระไม่ได้ เพราะสถานะเป็น “{state_name(proposal.state)}”")
    return put(
        meeting, proposal, matter=kind, ceiling_satang=tiers.ceiling(meeting.body), reason=reason, by=by
    )


def put(
    meeting: Meeting,
    proposal: Proposal,
    *,
    matter: Matter = Matter.DECIDE,
    ceiling_satang: int | None,
    reason: str = "",
    by: User,
) -> AgendaItem:
    """The proposal, which is locked and stands as the matter needs it, goes on the agenda in its newest version."""
    session = db.session()
    last = (
        session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id)) or 0
    )
    version = newest(proposal)
    if ceiling_satang is not None and version.satang > ceiling_satang:
        tiers.refuse_above(meeting.body, version.satang)
    item = AgendaItem(
        meeting_id=meeting.id,
        proposal_id=proposal.id,
        position=last + 1,
        matter=matter,
        version=version,
        proposal=proposal,
        frozen=frozen.at_tabling(meeting, proposal, version, matter),
        ceiling_satang=ceiling_satang,
    )
    if matter == Matter.DECIDE:
        proposal.state = ProposalState.TABLED
    else:
        _refuse_a_second(proposal)
    session.add(item)
    session.flush()
    _first_motion(item, reason=reason, by=by)
    audit.record(
        Deed.MEETING_TABLE,
        f"meeting:{meeting.id}",
        by=by,
        proposal=proposal.code,
        matter=matter,
        reason=reason,
    )
    return item


def _refuse_a_second(proposal: Proposal) -> None:
    """Of a proposal that was approved one change is on an agenda at a time."""
    elsewhere = (
        select(Meeting)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .outerjoin(Resolution, Resolution.item_id == AgendaItem.id)
        .where(
            AgendaItem.proposal_id == proposal.id,
            Resolution.id.is_(None),
            Meeting.state.in_((MeetingState.CALLED, MeetingState.OPEN)),
        )
    )
    meeting = db.session().scalars(elsewhere.limit(1)).first()
    if meeting is not None:
        raise Refused(f"คำขอ {proposal.code} อยู่ในวาระของ{meeting.called_th} แล้ว")


def _first_motion(item: AgendaItem, *, reason: str, by: User) -> None:
    why = visible(reason)
    if item.matter == Matter.AMEND:
        if item.version.number == item.proposal.version:
            raise Refused(f"คำขอ {item.proposal.code} ยังไม่มีฉบับแก้ไข กรุณาเสนอฉบับแก้ไขก่อนเพิ่มเข้าวาระ")
        why = item.version.reason
    if item.matter == Matter.RESCIND and not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่เสนอให้ยกเลิกมติ ไม่เกิน 300 ตัวอักษร")
    kind = ResolutionKind.APPROVE if item.matter == Matter.DECIDE else ResolutionKind(item.matter)
    motion = Motion(
        item_id=item.id,
        number=1,
        kind=kind,
        reason="" if kind in (ResolutionKind.APPROVE, ResolutionKind.RATIFY) else why,
        moved_at=clock.now(),
        moved_by_id=by.id,
    )
    if item.matter in (Matter.DECIDE, Matter.AMEND):
        motion.parts = [
            MotionPart(purpose_id=part.purpose_id, satang=part.satang)
            for part in item.version.funding
            if part.purpose_id is not None
        ]
    if item.matter == Matter.AMEND and item.version.names_lines:
        motion.lines = [MotionLine(line_id=line.id, quantity=line.quantity) for line in item.version.lines]
    db.session().add(motion)
    db.session().flush()


def take_off(item_id: int, *, by: User) -> None:
    """An item is taken off the agenda before anyone voted on it; its proposal waits for another meeting."""
    secretariat_only(by, deed="นำวาระออก")
    session = db.session()
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise Refused("ไม่พบวาระนี้ อาจถูกนำออกจากการประชุมแล้ว กรุณาเปิดหน้านี้ใหม่")
    not_closed(item.meeting_id)
    if session.scalars(select(Vote.id).where(Vote.item_id == item_id).limit(1)).first() is not None:
        raise Refused("มีกรรมการลงคะแนนในเรื่องนี้แล้ว จึงนำออกจากวาระไม่ได้")
    proposal = lock(Proposal, item.proposal_id)
    if session.scalars(select(Resolution.id).where(Resolution.item_id == item_id)).first() is not None:
        raise Refused("เรื่องนี้มีมติแล้ว จึงนำออกจากวาระไม่ได้")
    if item.matter == Matter.DECIDE and proposal.state == ProposalState.TABLED:
        proposal.state = ProposalState.SUBMITTED
    session.flush()
    audit.record(Deed.MEETING_TAKE_OFF, f"meeting:{item.meeting_id}", by=by, proposal=proposal.code)
    motions = select(Motion.id).where(Motion.item_id == item_id)
    session.execute(delete(MotionLine).where(MotionLine.motion_id.in_(motions)))
    session.execute(delete(MotionPart).where(MotionPart.motion_id.in_(motions)))
    session.execute(delete(Motion).where(Motion.item_id == item_id))
    session.execute(delete(Recusal).where(Recusal.item_id == item_id))
    session.execute(delete(AgendaItem).where(AgendaItem.id == item_id))


def open_item(item_id: int) -> tuple[Meeting, ItemStatus]:
    """The item with its meeting held, so that votes, recusals and the resolution come one after the other."""
    session = db.session()
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise Refused("ไม่พบวาระนี้ อาจถูกนำออกจากการประชุมแล้ว กรุณาเปิดหน้านี้ใหม่")
    meeting = lock(Meeting, item.meeting_id)
    # Read again: what was seen before the lock may have changed while waiting for it.
    session.expire_all()
    ends = meeting.circulation
    if ends is not None and ends.outcome == Outcome.OPEN and moment() >= ends.closes_at:
        raise Refused(f"{meeting.called_th} หมดเวลาตอบแล้ว จึงตอบหรือแก้ไขไม่ได้ ระบบจะนับคะแนนและบอกผลเอง")
    if meeting.state != MeetingState.OPEN:
        raise Refused("การประชุมนี้ยังไม่เปิดหรือปิดไปแล้ว จึงพิจารณาวาระไม่ได้")
    (now,) = item_status.of_items(meeting, [session.get_one(AgendaItem, item_id)])
    if now.resolution is not None:
        raise Refused("เรื่องนี้มีมติแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูมติ")
    if not now.item.may_be_decided:
        raise Refused(
            f"คำขอ {now.item.proposal.code} มีสถานะ “{state_name(now.item.proposal.state)}” แล้ว จึงพิจารณาวาระนี้ไม่ได้"
        )
    return meeting, now
