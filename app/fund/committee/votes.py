"""Votes: who may vote on an item, and each member's vote on its motion."""

from app.fund.committee.agenda import open_item
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.records import Vote, VoteChoice
from app.fund.committee.seats import SEATS
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def why_not(now: ItemStatus, by: User) -> str:
    """Why this person may not vote on the item, in Thai; empty when they may."""
    if not by.has(*SEATS):
        return "เฉพาะกรรมการกองทุนเท่านั้นที่ลงคะแนนได้"
    if by.id in now.asked:
        return "ท่านเป็นผู้เสนอเรื่องนี้ จึงลงคะแนนไม่ได้ กรุณาให้กรรมการท่านอื่นพิจารณา"
    if by.id in now.payers:
        return "ท่านเตรียมจ่ายหรือบันทึกการจ่ายของเรื่องนี้ จึงลงคะแนนไม่ได้ กรุณาให้กรรมการท่านอื่นพิจารณา"
    if by.id in now.recused:
        why = now.reasons.get(by.id)
        why_words = f" (ประธานบันทึกว่า {why})" if why else ""
        return f"ท่านออกจากการพิจารณาเรื่องนี้แล้ว{why_words} จึงลงคะแนนไม่ได้"
    if by.id not in now.present and now.item.meeting.is_circulated:
        return "ท่านไม่ได้เป็นกรรมการในคณะนี้เมื่อส่งเรื่องเวียน จึงตอบเรื่องนี้ไม่ได้"
    if by.id not in now.present:
        return "ขณะนี้ไม่มีชื่อท่านในห้องประชุม หากอยู่ในห้อง กรุณาแจ้งฝ่ายเลขานุการให้บันทึกการเข้าประชุมก่อน"
    if len(now.here) < now.needed:
        # Else members who come one after the other would make up a quorum that was never there.
        return (
            f"ลงคะแนนไม่ได้ เพราะไม่ครบองค์ประชุมสำหรับเรื่องนี้ ต้องมี {now.needed} คน "
            f"ขณะนี้อยู่ในห้อง {len(now.here)} คน กรุณารอให้ครบองค์ประชุม"
        )
    return ""


def vote(item_id: int, *, choice: VoteChoice | str, by: User) -> Vote:
    """One member's vote on the newest motion, which they may change until it is resolved: the last counts.

    The same choice again changes nothing. Not for the one who asked, nor for one who left the room or is not present,
    nor while fewer are in the room than the item needs.
    """
    if choice not in set(VoteChoice):
        raise BadInput("กรุณาเลือก เห็นชอบ ไม่เห็นชอบ หรืองดออกเสียง")
    _, now = open_item(item_id)
    if words := why_not(now, by):
        raise Refused(words)
    before = next((vote for vote in now.votes if vote.member_id == by.id), None)
    if before is not None and before.choice == choice:
        return before
    cast = Vote(
        item_id=item_id,
        motion_id=now.motion.id,
        member_id=by.id,
        turn=before.turn + 1 if before else 1,
        choice=VoteChoice(choice),
        at=clock.now(),
    )
    db.session().add(cast)
    db.session().flush()
    # The trail says that they voted, not how: the count opens with the resolution.
    audit.record(Deed.AGENDA_ITEM_VOTE, f"agenda_item:{item_id}", by=by, proposal=now.item.proposal.code)
    return cast
