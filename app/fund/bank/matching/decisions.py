"""Decisions: what the finance officer makes of a bank event that the ladder left waiting, and how it is undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from app.fund.bank import second_hands
from app.fund.bank.events import Allocation, BankEvent, Settlement
from app.fund.bank.matching import outgoing_lines, refunds
from app.fund.bank.matching.evidence import could_be_gift
from app.fund.bank.matching.parts import Part, post_part, target_of
from app.fund.bank.peers import inquiries, payouts
from app.fund.bank.second_hands import SecondHand
from app.fund.bank.turns import one_at_a_time
from app.fund.giving import gifts
from app.fund.giving.gifts import UNDO, Gift, GiftReturn
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.staff import audit
from app.staff.roles import Role
from app.staff.users import User


def _reason(text: str, asking: str) -> str:
    reason = " ".join(text.split())
    if len(reason) < 3:
        raise BadInput(asking)
    if len(reason) > 300:
        raise BadInput("เหตุผลยาวเกิน 300 ตัวอักษร กรุณาเขียนให้สั้นลง")
    return reason


def _hold(event_id: int, *, by: User | None, confirmed: bool = False) -> Settlement:
    """The settlement, held, for somebody who may decide and while no other decision about it waits."""
    if by is not None and not confirmed and not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินตัดสินรายการเงินเข้าได้ กรุณาแจ้งเจ้าหน้าที่การเงินของกองทุน")
    one_at_a_time()
    settlement = lock(Settlement, event_id)
    if not confirmed:
        second_hands.refuse_while_open(event_id)
    return settlement


def _hold_undecided(event_id: int, *, by: User | None, confirmed: bool = False) -> Settlement:
    """The settlement of an event that a person may still decide, held. The second of two officers is told here."""
    settlement = _hold(event_id, by=by, confirmed=confirmed)
    told = {
        "posted": "รายการนี้มีผู้ลงเป็นเงินสมทบไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
        "same": "รายการนี้เป็นเงินก้อนเดียวกับอีกรายการหนึ่งแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    }
    if settlement.state in told:
        raise Refused(told[settlement.state])
    if settlement.state == "aside" and settlement.rule == "deposit":
        raise Refused("รายการนี้เป็นเงินสดที่กองทุนนำฝากเอง จึงตัดสินเป็นอย่างอื่นไม่ได้")
    if any(one.gift_id is None for one in refunds.open_for(event_id)):
        raise Refused("รายการนี้มีเรื่องขอคืนเงินอยู่ กรุณาไม่อนุมัติการคืนก่อน จึงจะตัดสินเป็นอย่างอื่นได้")
    if any(one.gift_id is None and one.state == "paid" for one in refunds.of_event(event_id)):
        raise Refused("เงินก้อนนี้โอนคืนผู้โอนไปแล้ว จึงตัดสินเป็นอย่างอื่นไม่ได้")
    return settlement


def _must_be_gift(event: BankEvent) -> None:
    if event.satang < 0:
        raise Refused("รายการนี้เป็นเงินออก ลงเป็นเงินสมทบไม่ได้")
    if inquiries.sent_back(event.id) >= event.satang:
        raise Refused("เงินก้อนนี้ Omise คืนผู้ชำระไปทั้งหมดแล้ว จึงไม่มีเงินให้ลงเป็นเงินสมทบ กรุณาแยกไว้พร้อมเหตุผล")
    if not could_be_gift(event):
        raise Refused(
            "เงินก้อนนี้ไม่ได้เข้าบัญชีของกองทุนเป็นเงินบาท ลงเป็นเงินสมทบไม่ได้ กรุณาตรวจกับธนาคาร แล้วแยกไว้พร้อมเหตุผล"
        )


def assign(
    event_id: int,
    *,
    donation_id: int | None = None,
    pledge_id: int | None = None,
    purpose_id: int | None = None,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User | None,
) -> Gift | None:
    """The whole event becomes a gift: of a donation, of a pledge, or of a network or a named donor for a purpose.

    From the profile's sum on it is kept for a second hand instead, and None is returned. Raises Refused when it has
    become a gift already, when money went out or never came to our account in baht.
    """
    settlement = _hold_undecided(event_id, by=by)
    event = settlement.event
    _must_be_gift(event)
    part = Part(
        satang=event.satang,
        donation_id=donation_id,
        pledge_id=pledge_id,
        purpose_id=purpose_id,
        network_id=network_id,
        donor_name=donor_name,
        anonymous=anonymous,
    )
    target_of(part)
    if by is not None and second_hands.is_needed(event, by=by):
        second_hands.keep(second_hands.ASSIGN, event, {"part": asdict(part)}, by=by)
        return None
    return _assign(settlement, part, by=by)


def _assign(settlement: Settlement, part: Part, *, by: User | None) -> Gift:
    gift = post_part(settlement, part, by=by)
    _leave_what_went_back(settlement.event_id, gift, by=by)
    settlement.rule = "hand"
    if part.donation_id:
        settlement.reason = "เจ้าหน้าที่จับคู่กับรายการให้"
    elif part.pledge_id:
        settlement.reason = "เจ้าหน้าที่จับคู่กับความประสงค์สมทบ"
    else:
        settlement.reason = "เจ้าหน้าที่ลงเป็นเงินสมทบ"
    audit.note(
        "bank.assign",
        f"bank_event:{settlement.event_id}",
        by=by,
        gift=gift.id,
        donation=part.donation_id,
        pledge=part.pledge_id,
        satang=part.satang,
    )
    return gift


def _leave_what_went_back(event_id: int, gift: Gift, *, by: User | None) -> None:
    """Of a payment that the gateway sent back in part, only what remains stands: the rest leaves with its own entry,
    so that the event and its gift stay equal and the receipt says what remains."""
    back = inquiries.sent_back(event_id)
    if not back:
        return
    if by is None:
        raise Refused("เงินก้อนนี้คืนผู้ชำระไปแล้วบางส่วน กรุณาให้เจ้าหน้าที่การเงินตัดสินที่หน้ารายการ")
    reason = f"Omise คืนผู้ชำระไปแล้ว {format_baht(back)} บาทก่อนลงบัญชี"
    gifts.take_back(gift.id, satang=back, kind=gifts.REFUND, reason=reason, by=by)


def split(event_id: int, parts: Sequence[Part], by: User | None) -> list[Gift]:
    """The event becomes several gifts whose sum is the whole of it, each with a receipt of its own.

    From the profile's sum on it is kept for a second hand instead, and the list is empty. Raises Refused as `assign`
    does, and BadInput when the parts are fewer than two, more than fifty or not the event's sum.
    """
    settlement = _hold_undecided(event_id, by=by)
    event = settlement.event
    _must_be_gift(event)
    if inquiries.sent_back(event_id):
        raise Refused("เงินก้อนนี้คืนผู้ชำระไปแล้วบางส่วน จึงแบ่งไม่ได้ กรุณาลงทั้งก้อน ระบบจะลงเฉพาะส่วนที่เหลือ")
    if not 2 <= len(parts) <= 50:
        raise BadInput("การแบ่งต้องมีตั้งแต่ 2 ถึง 50 ส่วน หากเป็นของรายการเดียวทั้งก้อน กรุณาใช้การจับคู่")
    total = sum(part.satang for part in parts)
    for part in parts:
        target_of(part)
    if total != event.satang:
        raise BadInput(
            f"ทุกส่วนรวมกันได้ {format_baht(total)} บาท แต่เงินเข้า {format_baht(event.satang)} บาท "
            f"ต่างกัน {format_baht(abs(event.satang - total))} บาท กรุณาแก้ให้เท่ากันพอดี"
        )
    if by is not None and second_hands.is_needed(event, by=by):
        second_hands.keep(second_hands.SPLIT, event, {"parts": [asdict(part) for part in parts]}, by=by)
        return []
    return _split(settlement, parts, by=by)


def _split(settlement: Settlement, parts: Sequence[Part], *, by: User | None) -> list[Gift]:
    given = [post_part(settlement, part, by=by) for part in parts]
    settlement.rule, settlement.reason = "split", f"เจ้าหน้าที่แบ่งเป็นเงินสมทบ {len(given)} ส่วน"
    settlement.donation_id = None
    audit.note(
        "bank.split",
        f"bank_event:{settlement.event_id}",
        by=by,
        parts=[
            {"gift": gift.id, "satang": part.satang, "donation": part.donation_id, "pledge": part.pledge_id}
            for gift, part in zip(given, parts, strict=True)
        ],
    )
    return given


def set_aside(event_id: int, *, reason: str, by: User | None) -> bool:
    """The event is no gift, and the reason says what it is. It can still be assigned when that was a mistake.

    From the profile's sum on it is kept for a second hand instead, and False is returned.
    """
    reason = _reason(reason, "กรุณาบอกเหตุผลที่แยกรายการนี้ไว้ เช่น ดอกเบี้ย หรือโอนผิดบัญชี")
    settlement = _hold_undecided(event_id, by=by)
    if by is not None and second_hands.is_needed(settlement.event, by=by):
        second_hands.keep(second_hands.ASIDE, settlement.event, {"reason": reason}, by=by)
        return False
    _set_aside(settlement, reason, by=by)
    return True


def declare_payout(event_id: int, *, by: User | None) -> bool:
    """The line is Omise paying out what its charges brought, as the officer knows from Omise's own report: set aside.

    From the profile's sum on it is kept for a second hand instead, and False is returned. Raises Refused for what is
    no money in on a statement, and for more than Omise holds for the fund (the database refuses that, too).
    """
    settlement = _hold_undecided(event_id, by=by)
    _must_be_payout(settlement.event)
    reason = "เจ้าหน้าที่ตรวจแล้วว่าเป็นเงินที่ Omise โอนมาให้ ลงเป็นเงินสมทบไว้แล้วตั้งแต่ผู้ให้ชำระ"
    if by is not None and second_hands.is_needed(settlement.event, by=by):
        said = {"reason": reason, "payout": True}
        second_hands.keep(second_hands.ASIDE, settlement.event, said, by=by)
        return False
    _set_aside(settlement, reason, by=by, rule=payouts.RULE)
    return True


def _must_be_payout(event: BankEvent) -> None:
    if event.source != "statement" or event.satang < 0:
        raise Refused("เงินที่ Omise โอนมาให้ต้องเป็นเงินเข้าในรายการเดินบัญชี กรุณาเลือกรายการอื่น")
    too_much = payouts.too_much(event)
    if too_much:
        raise Refused(f"แยกไว้เป็นเงินโอนจาก Omise ไม่ได้ {too_much}")


def _set_aside(settlement: Settlement, reason: str, *, by: User | None, rule: str = "hand") -> None:
    settlement.state, settlement.rule, settlement.reason = "aside", rule, reason
    settlement.decided_at, settlement.decided_by_id = clock.now(), by.id if by else None
    audit.note(
        "bank.set_aside",
        f"bank_event:{settlement.event_id}",
        by=by,
        reason=reason,
        satang=settlement.event.satang,
    )


def hold(event_id: int, *, reason: str, by: User | None) -> None:
    """The event waits on, with the officer's note on what it waits for. It stays in the queue."""
    reason = _reason(reason, "กรุณาจดไว้ว่ารออะไร เช่น โทรถามเหรัญญิกแล้ว รอคำตอบ")
    settlement = _hold_undecided(event_id, by=by)
    settlement.state, settlement.rule, settlement.reason = "waiting", "held", reason
    settlement.decided_at = settlement.decided_by_id = None
    audit.note("bank.hold", f"bank_event:{event_id}", by=by, reason=reason)


def link(event_id: int, *, same_as_id: int, by: User | None) -> bool:
    """The event is the same payment that another source told as `same_as_id`.

    From the profile's sum on it is kept for a second hand instead, and False is returned. Raises Refused unless the
    other comes from another source, has the same amount on the same account and is not paired yet.
    """
    settlement = _hold_undecided(event_id, by=by)
    _must_be_same(settlement, lock(Settlement, same_as_id))
    if by is not None and second_hands.is_needed(settlement.event, by=by):
        second_hands.keep(second_hands.LINK, settlement.event, {"same_as_id": same_as_id}, by=by)
        return False
    _link(settlement, same_as_id, by=by)
    return True


def _must_be_same(settlement: Settlement, other: Settlement) -> None:
    event, told = settlement.event, other.event
    pointed_at = select(func.count()).select_from(Settlement)
    paired = other.state == "same" or db.session().scalar(
        pointed_at.where(Settlement.same_as_id.in_((event.id, told.id)))
    )
    elsewhere = None not in (event.account_id, told.account_id) and event.account_id != told.account_id
    if told.source == event.source or told.satang != event.satang or elsewhere or paired:
        raise Refused(
            "สองรายการนี้เป็นเงินก้อนเดียวกันไม่ได้ เพราะช่องทางเดียวกัน คนละบัญชี ยอดต่างกัน หรือมีคู่อยู่แล้ว กรุณาเลือกใหม่"
        )


def _link(settlement: Settlement, same_as_id: int, *, by: User | None) -> None:
    settlement.state, settlement.rule, settlement.same_as_id = "same", "hand", same_as_id
    settlement.reason = "เจ้าหน้าที่ยืนยันว่าเป็นเงินก้อนเดียวกับที่อีกช่องทางแจ้ง"
    settlement.decided_at, settlement.decided_by_id = clock.now(), by.id if by else None
    audit.note("bank.link", f"bank_event:{settlement.event_id}", by=by, same_as=same_as_id)


def standing_gifts(event_id: int) -> list[Gift]:
    """The gifts that this event became and that were not undone, oldest first."""
    undone = select(GiftReturn.id).where(GiftReturn.gift_id == Gift.id, GiftReturn.kind == UNDO)
    statement = (
        select(Gift)
        .join(Allocation, Allocation.gift_id == Gift.id)
        .where(Allocation.event_id == event_id, ~undone.exists())
        .order_by(Gift.id)
    )
    return list(db.session().scalars(statement))


def undo(event_id: int, *, reason: str, by: User) -> bool:
    """What was decided about the event is taken back and the event waits again; what it was stays in the trail.

    Its gifts are taken back in the books and their receipts voided. From the profile's sum on an undo of gifts is kept
    for a second hand instead, and False is returned. Raises Refused for an event that waits already, for gifts that
    were spent, promised or refunded, and for a deposit of the counter.
    """
    reason = _reason(reason, "กรุณาบอกเหตุผลที่ถอนการตัดสิน")
    settlement = _hold(event_id, by=by)
    if settlement.state in ("new", "waiting"):
        raise Refused("รายการนี้ยังรอการตัดสินอยู่ จึงไม่มีอะไรให้ถอน")
    if settlement.rule == "deposit":
        raise Refused("รายการนี้เป็นเงินสดที่กองทุนนำฝากเอง กรุณาแก้ที่หน้าสรุปยอดเงินสด")
    standing = standing_gifts(event_id)
    _refuse_refunded(event_id)
    if standing and second_hands.is_needed(settlement.event, by=by):
        second_hands.keep(second_hands.UNDO, settlement.event, {"reason": reason}, by=by)
        return False
    _undo(settlement, reason, by=by)
    return True


def _refuse_refunded(event_id: int) -> None:
    if refunds.open_for(event_id):
        raise Refused("รายการนี้มีเรื่องคืนเงินที่ยังไม่จบ กรุณาจบเรื่องคืนเงินก่อน จึงจะถอนการตัดสินได้")
    if any(
        one.gift_id is None and one.event_id == event_id and one.state == "paid"
        for one in refunds.of_event(event_id)
    ):
        raise Refused("เงินก้อนนี้โอนคืนผู้โอนไปแล้ว จึงถอนการตัดสินไม่ได้")


def _undo(settlement: Settlement, reason: str, *, by: User) -> None:
    event_id = settlement.event_id
    was = {
        "state": settlement.state,
        "rule": settlement.rule,
        "reason": settlement.reason,
        "donation": settlement.donation_id,
        "same_as": settlement.same_as_id,
        "decided_at": settlement.decided_at,
        "decided_by": settlement.decided_by_id,
    }
    standing = standing_gifts(event_id)
    for gift in standing:
        gifts.take_back(gift.id, satang=gift.satang, kind=UNDO, reason=reason, by=by)
    if not outgoing_lines.unlink(event_id, by=by):
        settlement.state, settlement.rule = "waiting", "undone"
        settlement.reason = f"ถอนการตัดสินเดิม: {reason}"[:300]
        settlement.same_as_id = settlement.decided_at = settlement.decided_by_id = None
    db.session().flush()
    audit.note(
        "bank.undo",
        f"bank_event:{event_id}",
        by=by,
        reason=reason,
        was=was,
        gifts=[gift.id for gift in standing],
    )


def confirm(request_id: int, *, by: User) -> SecondHand:
    """The second hand agrees: what the first asked for is done now, in the first officer's name.

    Raises Refused for the asker, for a request already answered, and for whatever no longer allows the deed.
    """
    one_at_a_time()
    request = second_hands.hold(request_id, by=by)
    second_hands.answer(request, state="confirmed", by=by)
    _DEEDS[request.deed](request, request.said)
    db.session().flush()
    return request


def refuse(request_id: int, *, reason: str, by: User) -> SecondHand:
    """The second hand disagrees, or the first takes it back: nothing is done and the event can be decided anew."""
    reason = _reason(reason, "กรุณาบอกเหตุผลที่ไม่ยืนยัน")
    one_at_a_time()
    request = second_hands.hold(request_id, by=by)
    second_hands.answer(request, state="refused", words=reason, by=by)
    return request


def _confirmed_assign(request: SecondHand, said: Mapping[str, Any]) -> None:
    settlement = _hold_undecided(request.event_id, by=request.asked_by, confirmed=True)
    _assign(settlement, Part(**said["part"]), by=request.asked_by)


def _confirmed_split(request: SecondHand, said: Mapping[str, Any]) -> None:
    settlement = _hold_undecided(request.event_id, by=request.asked_by, confirmed=True)
    _split(settlement, [Part(**part) for part in said["parts"]], by=request.asked_by)


def _confirmed_aside(request: SecondHand, said: Mapping[str, Any]) -> None:
    settlement = _hold_undecided(request.event_id, by=request.asked_by, confirmed=True)
    is_payout = bool(said.get("payout"))
    if is_payout:
        _must_be_payout(settlement.event)
    _set_aside(settlement, said["reason"], by=request.asked_by, rule=payouts.RULE if is_payout else "hand")


def _confirmed_link(request: SecondHand, said: Mapping[str, Any]) -> None:
    settlement = _hold_undecided(request.event_id, by=request.asked_by, confirmed=True)
    _must_be_same(settlement, lock(Settlement, said["same_as_id"]))
    _link(settlement, said["same_as_id"], by=request.asked_by)


def _confirmed_undo(request: SecondHand, said: Mapping[str, Any]) -> None:
    settlement = _hold(request.event_id, by=request.asked_by, confirmed=True)
    if settlement.state != "posted":
        raise Refused("รายการนี้ไม่ได้ลงเป็นเงินสมทบอยู่แล้ว กรุณาไม่ยืนยันเรื่องนี้")
    _refuse_refunded(request.event_id)
    _undo(settlement, said["reason"], by=request.asked_by)


_DEEDS: dict[str, Callable[[SecondHand, Mapping[str, Any]], None]] = {
    second_hands.ASSIGN: _confirmed_assign,
    second_hands.SPLIT: _confirmed_split,
    second_hands.ASIDE: _confirmed_aside,
    second_hands.LINK: _confirmed_link,
    second_hands.UNDO: _confirmed_undo,
}
