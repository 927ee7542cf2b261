"""Later days: a network asks to give a part of its pledge later, with a reason; an officer of the fund answers once."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select

from app.fund.giving.networks import networks
from app.fund.giving.pledges import instalments, pledges
from app.fund.giving.records.pledges import DueDateRequest, Pledge, PledgeState
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: The number of what is due of a pledge that comes whole.
WHOLE = 0


def movable(pledge: Pledge) -> list[tuple[int, date]]:
    """What of a pledge is still to come, by its number, with the day that it is due on."""
    came = pledges.received([pledge.id])[pledge.id]
    if pledge.state != PledgeState.STATED or came >= pledge.satang:
        return []
    parts = instalments.of([pledge.id])[pledge.id]
    lacking = [covered.instalment for covered in instalments.covered(parts, came) if covered.rest]
    return [(part.number, part.due_on) for part in lacking] or [(WHOLE, pledge.expected_on)]


def ask(pledge_id: int, *, number: int, to_on: date, reason: str, by: User) -> DueDateRequest:
    """A treasurer asks for a later day. Nothing moves until the fund's officer accepts.

    Raises Refused for anybody who is not of the network, for what came already and while an answer is awaited, BadInput
    for a day that is not later, or not before the day of the part that follows.
    """
    pledge = lock(Pledge, pledge_id)
    if not networks.belongs_to(by, pledge.network):
        raise Refused(gettext("เฉพาะเหรัญญิกของเครือข่ายเท่านั้นที่ขอเลื่อนกำหนดได้"))
    if waiting(pledge.id) is not None:
        raise Refused(gettext("ขอเลื่อนกำหนดไว้แล้ว รอกองทุนตอบ"))
    from_on = dict(movable(pledge)).get(number)
    if from_on is None:
        raise Refused(gettext("งวดนี้ได้รับครบแล้ว หรือความประสงค์นี้สิ้นสุดแล้ว จึงไม่ต้องเลื่อน"))
    reason = visible(reason)
    if not 1 <= len(reason) <= 300:
        raise BadInput(gettext("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร"))
    if to_on <= max(from_on, clock.today()):
        raise BadInput(gettext("วันใหม่ต้องหลังวันที่แจ้งไว้เดิมและหลังวันนี้"))
    if to_on > clock.today() + pledges.FARTHEST:
        raise BadInput(gettext("เลื่อนได้ไม่เกินสิบปี กรุณาตรวจปี พ.ศ. ของวันใหม่"))
    parts = instalments.of([pledge.id])[pledge.id]
    if any(part.number > number and part.due_on <= to_on for part in parts):
        raise BadInput(gettext("วันใหม่ต้องก่อนวันของงวดถัดไป กรุณาขอเลื่อนงวดหลังก่อน"))
    asked = DueDateRequest(
        pledge_id=pledge.id,
        number=number,
        from_on=from_on,
        to_on=to_on,
        reason=reason,
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    db.session().add(asked)
    db.session().flush()
    audit.record(
        Deed.PLEDGE_DUE_ASK,
        f"pledge:{pledge.id}",
        by=by,
        code=pledge.code,
        on=to_on.isoformat(),
        reason=reason,
    )
    return asked


def accept(request_id: int, *, by: User) -> None:
    """The part is due on the day that was asked for, and so is the pledge where it was the last."""
    asked = _undecided(request_id, by=by)
    _decide(asked, accepted=True, answer="", by=by)
    session = db.session()
    parts = instalments.of([asked.pledge_id])[asked.pledge_id]
    for part in parts:
        if part.number == asked.number:
            part.due_on = asked.to_on
    if asked.pledge.expected_on == asked.from_on:
        asked.pledge.expected_on = asked.to_on
    session.flush()
    _note(Deed.PLEDGE_DUE_ACCEPT, asked, reason=asked.reason, by=by)


def decline(request_id: int, *, answer: str, by: User) -> None:
    """The day stays as it was; the network reads why."""
    asked = _undecided(request_id, by=by)
    answer = visible(answer)
    if not 1 <= len(answer) <= 300:
        raise BadInput("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")
    _decide(asked, accepted=False, answer=answer, by=by)
    _note(Deed.PLEDGE_DUE_DECLINE, asked, reason=answer, by=by)


def _undecided(request_id: int, *, by: User) -> DueDateRequest:
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่ตอบคำขอเลื่อนกำหนดได้")
    asked = lock(DueDateRequest, request_id)
    pledge = lock(Pledge, asked.pledge_id)
    if asked.decided_at is not None:
        raise Refused("คำขอนี้ตอบไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    if asked.asked_by_id == by.id:
        raise Refused("ท่านขอเลื่อนเอง จึงตอบเองไม่ได้ กรุณาให้อีกท่านหนึ่งตอบ")
    if pledge.state != PledgeState.STATED:
        raise Refused("ความประสงค์นี้สิ้นสุดแล้ว จึงไม่มีกำหนดให้เลื่อน")
    return asked


def _decide(asked: DueDateRequest, *, accepted: bool, answer: str, by: User) -> None:
    asked.accepted, asked.answer = accepted, answer
    asked.decided_at, asked.decided_by_id = clock.now(), by.id
    # Decided before anything moves: the trigger of the day asks for it.
    db.session().flush()


def _note(deed: Deed, asked: DueDateRequest, *, reason: str, by: User) -> None:
    audit.record(
        deed,
        f"pledge:{asked.pledge_id}",
        by=by,
        code=asked.pledge.code,
        on=asked.to_on.isoformat(),
        reason=reason,
    )


def of(pledge_id: int) -> list[DueDateRequest]:
    """What was asked of a pledge, the newest first."""
    statement = select(DueDateRequest).filter_by(pledge_id=pledge_id).order_by(DueDateRequest.id.desc())
    return list(db.session().scalars(statement))


def waiting(pledge_id: int) -> DueDateRequest | None:
    """What of a pledge waits for an answer."""
    return next((asked for asked in of(pledge_id) if asked.decided_at is None), None)


def unanswered() -> Sequence[DueDateRequest]:
    """What waits for an answer of the fund, the oldest first; what ended meanwhile needs none."""
    statement: Select[DueDateRequest] = (
        select(DueDateRequest)
        .join(Pledge, Pledge.id == DueDateRequest.pledge_id)
        .where(DueDateRequest.decided_at.is_(None), Pledge.state == PledgeState.STATED)
        .order_by(DueDateRequest.id)
        .limit(100)
    )
    return db.session().scalars(statement).all()
