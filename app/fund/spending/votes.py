"""Votes: leaving the room for an item, voting on it, and the resolution that commits the money."""

from sqlalchemy import delete

from app.fund.ledger import entries
from app.fund.spending import standing
from app.fund.spending.meetings import (
    SEATS,
    AgendaItem,
    Choice,
    Meeting,
    MeetingState,
    Recusal,
    Resolution,
    Vote,
    members,
)
from app.fund.spending.proposals import Proposal, ProposalState
from app.fund.spending.standing import Standing
from app.kit import clock, queue
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.thai import sort_key
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def _open_item(item_id: int) -> tuple[Meeting, Standing]:
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
    (now,) = standing.of_items(meeting, [session.get_one(AgendaItem, item_id)])
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


def why_not(now: Standing, by: User) -> str:
    """Why this person may not vote on the item, in Thai; empty when they may."""
    if not by.has(*SEATS):
        return "เฉพาะกรรมการกองทุนเท่านั้นที่ลงคะแนนได้"
    if by.id == now.requester_id:
        return "ท่านเป็นผู้เสนอเรื่องนี้ จึงลงคะแนนไม่ได้ กรุณาให้กรรมการท่านอื่นพิจารณา"
    if by.id in now.recused:
        why = now.reasons.get(by.id)
        said = f" (ประธานบันทึกว่า {why})" if why else ""
        return f"ท่านออกจากการพิจารณาเรื่องนี้แล้ว{said} จึงลงคะแนนไม่ได้"
    if by.id not in now.present:
        return "ยังไม่มีชื่อท่านในผู้เข้าประชุม กรุณาแจ้งฝ่ายเลขานุการให้บันทึกการเข้าประชุมก่อน"
    if by.id in now.voted:
        return "ท่านลงคะแนนในเรื่องนี้ไปแล้ว คะแนนที่ลงแล้วแก้ไขไม่ได้"
    return ""


def vote(item_id: int, *, choice: Choice | str, by: User) -> Vote:
    """One member's one vote. Final. Not for the one who asked, nor for one who left the room or is not present."""
    if choice not in set(Choice):
        raise BadInput("กรุณาเลือก เห็นชอบ ไม่เห็นชอบ หรืองดออกเสียง")
    _, now = _open_item(item_id)
    if words := why_not(now, by):
        raise Refused(words)
    cast = Vote(item_id=item_id, member_id=by.id, choice=Choice(choice), at=clock.now())
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
    in_favour, against = now.count(Choice.APPROVE), now.count(Choice.REJECT)
    chairs = now.choice_of(meeting.chair_id)
    casting = in_favour == against and chairs in (Choice.APPROVE, Choice.REJECT)
    approved = in_favour > against or (casting and chairs == Choice.APPROVE)
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
        abstentions=now.count(Choice.ABSTAIN),
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
