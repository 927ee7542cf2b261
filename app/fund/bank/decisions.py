"""Decisions: what the finance officer makes of a bank event that the ladder left waiting."""

from sqlalchemy import func, select

from app.fund.bank import matching
from app.fund.bank.events import Settlement
from app.fund.bank.evidence import could_be_gift
from app.fund.giving.donations import Donation
from app.fund.giving.gifts import Gift
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.roles import Role
from app.staff.users import User


def _hold_undecided(event_id: int, *, by: User | None) -> Settlement:
    """The settlement of an event that a person may still decide, held. The second of two officers is told here."""
    if by is not None and not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินตัดสินรายการเงินเข้าได้ กรุณาแจ้งเจ้าหน้าที่การเงินของกองทุน")
    matching.one_at_a_time()
    settlement = lock(Settlement, event_id)
    told = {
        "posted": "รายการนี้มีผู้ลงเป็นเงินสมทบไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
        "same": "รายการนี้เป็นเงินก้อนเดียวกับอีกรายการหนึ่งแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    }
    if settlement.state in told:
        raise Refused(told[settlement.state])
    return settlement


def assign(
    event_id: int,
    *,
    donation_id: int | None = None,
    purpose_id: int | None = None,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User | None,
) -> Gift:
    """The whole event becomes a gift: for a donation, or of a network or a named donor for a purpose.

    Raises Refused when it has become one already, when money went out or never came to our account in baht.
    """
    settlement = _hold_undecided(event_id, by=by)
    event = settlement.event
    if event.satang < 0:
        raise Refused("รายการนี้เป็นเงินออก ลงเป็นเงินสมทบไม่ได้")
    if not could_be_gift(event):
        raise Refused(
            "เงินก้อนนี้ไม่ได้เข้าบัญชีของกองทุนเป็นเงินบาท ลงเป็นเงินสมทบไม่ได้ กรุณาตรวจกับธนาคาร แล้วแยกไว้พร้อมเหตุผล"
        )
    session = db.session()
    donation = session.get(Donation, donation_id) if donation_id is not None else None
    if donation_id is not None and donation is None:
        raise Refused("ไม่พบรายการให้นี้ กรุณาเลือกใหม่")
    purpose = donation.purpose_id if donation else purpose_id
    if purpose is None:
        raise BadInput("กรุณาเลือกวัตถุประสงค์ของเงินก้อนนี้")
    gift = matching.post(
        settlement,
        donation=donation,
        purpose_id=purpose,
        network_id=network_id,
        donor_name=donor_name,
        anonymous=anonymous,
        by=by,
    )
    settlement.rule = "hand"
    settlement.reason = "เจ้าหน้าที่จับคู่กับรายการให้" if donation else "เจ้าหน้าที่ลงเป็นเงินสมทบ"
    audit.note(
        "bank.assign",
        f"bank_event:{event_id}",
        by=by,
        gift=gift.id,
        donation=donation_id,
        satang=event.satang,
    )
    return gift


def set_aside(event_id: int, *, reason: str, by: User | None) -> None:
    """The event is no gift, and the reason says what it is. It can still be assigned when that was a mistake."""
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise BadInput("กรุณาบอกเหตุผลที่แยกรายการนี้ไว้ เช่น ดอกเบี้ย หรือโอนผิดบัญชี")
    if len(reason) > 300:
        raise BadInput("เหตุผลยาวเกิน 300 ตัวอักษร กรุณาเขียนให้สั้นลง")
    settlement = _hold_undecided(event_id, by=by)
    settlement.state, settlement.rule, settlement.reason = "aside", "hand", reason
    settlement.decided_at, settlement.decided_by_id = clock.now(), by.id if by else None
    audit.note(
        "bank.set_aside", f"bank_event:{event_id}", by=by, reason=reason, satang=settlement.event.satang
    )


def link(event_id: int, *, same_as_id: int, by: User | None) -> None:
    """The event is the same payment that another source told as `same_as_id`.

    Raises Refused unless the other comes from another source, has the same amount and is not paired yet.
    """
    settlement = _hold_undecided(event_id, by=by)
    other = lock(Settlement, same_as_id)
    event, told = settlement.event, other.event
    pointed_at = select(func.count()).select_from(Settlement)
    paired = other.state == "same" or db.session().scalar(
        pointed_at.where(Settlement.same_as_id.in_((event_id, same_as_id)))
    )
    if told.source == event.source or told.satang != event.satang or paired:
        raise Refused("สองรายการนี้เป็นเงินก้อนเดียวกันไม่ได้ เพราะช่องทางเดียวกัน ยอดต่างกัน หรือมีคู่อยู่แล้ว กรุณาเลือกใหม่")
    settlement.state, settlement.rule, settlement.same_as_id = "same", "hand", same_as_id
    settlement.reason = "เจ้าหน้าที่ยืนยันว่าเป็นเงินก้อนเดียวกับที่อีกช่องทางแจ้ง"
    settlement.decided_at, settlement.decided_by_id = clock.now(), by.id if by else None
    audit.note("bank.link", f"bank_event:{event_id}", by=by, same_as=same_as_id)
