"""Decisions: what the finance officer makes of a bank event that the rules left waiting."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from app.fund.bank import decision_approvals, statement_bases
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.providers import inquiries, payouts
from app.fund.bank.reconciliation import deposits, refunds
from app.fund.bank.reconciliation.allocations import AllocationPart, post_part, target_of, words_of
from app.fund.bank.reconciliation.match_context import could_be_donation
from app.fund.bank.records import SOURCES, BankEvent, ReconciliationItem
from app.fund.giving.donations import donations
from app.fund.giving.records.donations import REFUNDED, Donation
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.thai import moment_text
from app.staff import audit
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


def reason_given(text: str, if_missing: str) -> str:
    """An officer's reason as it is kept. Raises BadInput with the words of `if_missing` for none, and for a long one."""
    words = " ".join(text.split())
    if len(words) < 3:
        raise BadInput(if_missing)
    if len(words) > 300:
        raise BadInput("เหตุผลยาวเกิน 300 ตัวอักษร กรุณาเขียนให้สั้นลง")
    return words


def lock_item(event_id: int, *, by: User | None, confirmed: bool = False) -> ReconciliationItem:
    """The item, locked, for somebody who may decide and while no other decision about it waits."""
    if by is not None and not confirmed and not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินตัดสินรายการเงินเข้าได้ กรุณาแจ้งเจ้าหน้าที่การเงินของกองทุน")
    lock_reconciliation()
    item = lock(ReconciliationItem, event_id)
    if not confirmed:
        decision_approvals.refuse_while_open(event_id)
    return item


def lock_undecided(event_id: int, *, by: User | None, confirmed: bool = False) -> ReconciliationItem:
    """The item of an event that is still to be decided, locked. Raises Refused when somebody was faster, with what became of it."""
    item = lock_item(event_id, by=by, confirmed=confirmed)
    decided: dict[str, str] = {
        ReconciliationState.POSTED: "รายการนี้มีผู้ลงเป็นเงินสมทบไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
        ReconciliationState.DUPLICATE: "รายการนี้เป็นเงินก้อนเดียวกับอีกรายการหนึ่งแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    }
    if item.state in decided:
        raise Refused(decided[item.state])
    if item.state == ReconciliationState.EXCLUDED and item.match_reason == MatchReason.DEPOSIT:
        raise Refused("รายการนี้เป็นเงินสดที่กองทุนนำฝากเอง จึงตัดสินเป็นอย่างอื่นไม่ได้")
    if any(refund.donation_id is None for refund in refunds.open_for(event_id)):
        raise Refused("รายการนี้มีเรื่องขอคืนเงินอยู่ กรุณาไม่อนุมัติการคืนก่อน จึงจะตัดสินเป็นอย่างอื่นได้")
    if any(refund.donation_id is None and refund.state == "paid" for refund in refunds.of_event(event_id)):
        raise Refused("เงินก้อนนี้โอนคืนผู้โอนไปแล้ว จึงตัดสินเป็นอย่างอื่นไม่ได้")
    return item


def _must_be_donation(event: BankEvent) -> None:
    if event.satang < 0:
        raise Refused("รายการนี้เป็นเงินออก ลงเป็นเงินสมทบไม่ได้")
    if inquiries.sent_back(event.id) >= event.satang:
        raise Refused("เงินก้อนนี้ Omise คืนผู้ชำระไปทั้งหมดแล้ว จึงไม่มีเงินให้ลงเป็นเงินสมทบ กรุณาบันทึกว่าไม่ใช่เงินสมทบพร้อมเหตุผล")
    if not could_be_donation(event):
        raise Refused(
            "เงินก้อนนี้ไม่ได้เข้าบัญชีของกองทุนเป็นเงินบาท ลงเป็นเงินสมทบไม่ได้ กรุณาตรวจกับธนาคาร แล้วบันทึกว่าไม่ใช่เงินสมทบพร้อมเหตุผล"
        )


def _must_be_whole(event: BankEvent) -> None:
    """A donation of which nothing went back to its payer: only such can be parted."""
    _must_be_donation(event)
    if inquiries.sent_back(event.id):
        raise Refused("เงินก้อนนี้คืนผู้ชำระไปแล้วบางส่วน จึงแบ่งไม่ได้ กรุณาลงทั้งก้อน ระบบจะลงเฉพาะส่วนที่เหลือ")


def needs_another(event: BankEvent, *, by: User) -> bool:
    """From the profile's sum on, and of a line that only one person's file tells or that the bank's list has not, a donation
    needs another person."""
    return (
        decision_approvals.is_needed(event, by=by)
        or bool(statement_bases.of_one_person([event]))
        or bool(inquiries.denied([event]))
    )


def assign(
    event_id: int,
    *,
    payment_request_id: int | None = None,
    pledge_id: int | None = None,
    purpose_id: int | None = None,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User | None,
) -> Donation | None:
    """The whole event becomes a donation: of a payment request, of a pledge, or of a network or a named donor for a purpose.

    From the profile's sum on, and of a line in a file that does not count yet, it is kept for another's approval instead, and
    None is returned. Raises Refused when it has
    become a donation already, when money went out or never came to our account in baht.
    """
    item = lock_undecided(event_id, by=by)
    event = item.event
    _must_be_donation(event)
    part = AllocationPart(
        satang=event.satang,
        payment_request_id=payment_request_id,
        pledge_id=pledge_id,
        purpose_id=purpose_id,
        network_id=network_id,
        donor_name=donor_name,
        anonymous=anonymous,
    )
    target_of(part)
    if by is not None and needs_another(event, by=by):
        changes = [("ลงเป็น", "", words_of(part))]
        decision_approvals.ask(
            decision_approvals.ASSIGN, event, {"part": asdict(part)}, changes=changes, by=by
        )
        return None
    return _assign(item, part, by=by)


def _assign(item: ReconciliationItem, part: AllocationPart, *, by: User | None) -> Donation:
    donation = post_part(item, part, by=by)
    _leave_what_went_back(item.event_id, donation, by=by)
    item.match_reason = MatchReason.OFFICER
    if part.payment_request_id:
        item.reason = "เจ้าหน้าที่จับคู่กับรายการให้"
    elif part.pledge_id:
        item.reason = "เจ้าหน้าที่จับคู่กับความประสงค์สมทบ"
    else:
        item.reason = "เจ้าหน้าที่ลงเป็นเงินสมทบ"
    audit.record(
        Deed.BANK_ASSIGN,
        f"bank_event:{item.event_id}",
        by=by,
        donation=donation.id,
        payment_request=part.payment_request_id,
        pledge=part.pledge_id,
        satang=part.satang,
    )
    return donation


def _leave_what_went_back(event_id: int, donation: Donation, *, by: User | None) -> None:
    """Of a payment that the gateway sent back in part, only what remains stands: the rest leaves with its own entry,
    so that the event and its donation stay equal and the receipt says what remains."""
    back = inquiries.sent_back(event_id)
    if not back:
        return
    if by is None:
        raise Refused("เงินก้อนนี้คืนผู้ชำระไปแล้วบางส่วน กรุณาให้เจ้าหน้าที่การเงินตัดสินที่หน้ารายการ")
    reason = f"Omise คืนผู้ชำระไปแล้ว {format_baht(back)} บาทก่อนลงบัญชี"
    donations.reverse(donation.id, satang=back, kind=REFUNDED, reason=reason, by=by)


def split(event_id: int, parts: Sequence[AllocationPart], by: User | None) -> list[Donation]:
    """The event becomes several donations whose sum is the whole of it, each with a receipt of its own.

    From the profile's sum on it is kept for another's approval instead, and the list is empty. Raises Refused as `assign`
    does, and BadInput when the parts are fewer than two, more than fifty or not the event's sum.
    """
    item = lock_undecided(event_id, by=by)
    event = item.event
    _must_be_whole(event)
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
    if by is not None and needs_another(event, by=by):
        arguments = {"parts": [asdict(part) for part in parts]}
        changes = [(f"ส่วนที่ {place}", "", words_of(part)) for place, part in enumerate(parts, start=1)]
        decision_approvals.ask(decision_approvals.SPLIT, event, arguments, changes=changes, by=by)
        return []
    return _split(item, parts, by=by)


def _split(item: ReconciliationItem, parts: Sequence[AllocationPart], *, by: User | None) -> list[Donation]:
    given = [post_part(item, part, by=by) for part in parts]
    item.match_reason, item.reason = MatchReason.SPLIT, f"เจ้าหน้าที่แบ่งเป็นเงินสมทบ {len(given)} ส่วน"
    item.payment_request_id = None
    audit.record(
        Deed.BANK_SPLIT,
        f"bank_event:{item.event_id}",
        by=by,
        parts=[
            {
                "donation": donation.id,
                "satang": part.satang,
                "payment_request": part.payment_request_id,
                "pledge": part.pledge_id,
            }
            for donation, part in zip(given, parts, strict=True)
        ],
    )
    return given


def exclude(event_id: int, *, reason: str, by: User | None) -> bool:
    """The event is no donation, and the reason says what it is. It can still be assigned when that was a mistake.

    From the profile's sum on it is kept for another's approval instead, and False is returned.
    """
    reason = reason_given(reason, "กรุณาบอกเหตุผลที่รายการนี้ไม่ใช่เงินสมทบ เช่น ดอกเบี้ย หรือโอนผิดบัญชี")
    item = lock_undecided(event_id, by=by)
    if by is not None and decision_approvals.is_needed(item.event, by=by):
        decision_approvals.ask(
            decision_approvals.EXCLUDE, item.event, {"reason": reason}, changes=[("เหตุผล", "", reason)], by=by
        )
        return False
    _exclude(item, reason, by=by)
    return True


def declare_payout(event_id: int, *, by: User | None) -> bool:
    """The line is Omise paying out what its charges brought, as the officer knows from Omise's own report: excluded.

    From the profile's sum on it is kept for another's approval instead, and False is returned. Raises Refused for what is
    no money in on a statement, and for more than Omise holds for the fund (the database refuses that, too).
    """
    item = lock_undecided(event_id, by=by)
    _must_be_payout(item.event)
    reason = "เจ้าหน้าที่ตรวจแล้วว่าเป็นเงินที่ Omise โอนมาให้ ลงเป็นเงินสมทบไว้แล้วตั้งแต่ผู้ให้ชำระ"
    if by is not None and decision_approvals.is_needed(item.event, by=by):
        arguments = {"reason": reason, "payout": True}
        changes = [("เหตุผล", "", reason)]
        decision_approvals.ask(decision_approvals.EXCLUDE, item.event, arguments, changes=changes, by=by)
        return False
    _exclude(item, reason, by=by, match_reason=MatchReason.PAYOUT)
    return True


def _must_be_payout(event: BankEvent) -> None:
    if event.source != "statement" or event.satang < 0:
        raise Refused("เงินที่ Omise โอนมาให้ต้องเป็นเงินเข้าในรายการเดินบัญชี กรุณาเลือกรายการอื่น")
    too_much = payouts.too_much(event)
    if too_much:
        raise Refused(f"บันทึกเป็นเงินโอนจาก Omise ไม่ได้ {too_much}")


def _exclude(
    item: ReconciliationItem, reason: str, *, by: User | None, match_reason: MatchReason = MatchReason.OFFICER
) -> None:
    item.state, item.match_reason, item.reason = ReconciliationState.EXCLUDED, match_reason, reason
    item.decided_at, item.decided_by_id = clock.now(), by.id if by else None
    audit.record(
        Deed.BANK_EXCLUDE,
        f"bank_event:{item.event_id}",
        by=by,
        reason=reason,
        satang=item.event.satang,
    )


def exclude_money_back(event_id: int, *, reason: str, by: User) -> None:
    """Money of the fund's own that came back is no donation, whatever its sum: two people decided about its payment."""
    lock_reconciliation()
    item = lock(ReconciliationItem, event_id)
    decision_approvals.refuse_while_open(event_id)
    if item.state in (ReconciliationState.POSTED, ReconciliationState.DUPLICATE):
        raise Refused("เงินเข้ารายการนี้ลงเป็นเงินสมทบหรือเป็นเงินก้อนเดียวกับรายการอื่นไปแล้ว กรุณาเลือกรายการอื่น")
    if item.state != ReconciliationState.EXCLUDED:
        _exclude(item, reason, by=by)
        db.session().flush()


def park(event_id: int, *, reason: str, by: User | None) -> None:
    """The event waits on, with the officer's note on what it waits for. It stays in the queue."""
    reason = reason_given(reason, "กรุณาจดไว้ว่ารออะไร เช่น โทรถามเหรัญญิกแล้ว รอคำตอบ")
    item = lock_undecided(event_id, by=by)
    item.state, item.match_reason, item.reason = ReconciliationState.WAITING, MatchReason.PARKED, reason
    item.decided_at = item.decided_by_id = None
    audit.record(Deed.BANK_PARK, f"bank_event:{event_id}", by=by, reason=reason)


def assign_confirmed(request: ApprovalRequest, arguments: Mapping[str, Any]) -> None:
    """What `assign` kept is done in the requester's name, now that another has approved it. Raises Refused as it does."""
    item = lock_undecided(decision_approvals.event_id_of(request), by=request.asked_by, confirmed=True)
    _must_be_donation(item.event)
    _assign(item, AllocationPart(**arguments["part"]), by=request.asked_by)


def split_confirmed(request: ApprovalRequest, arguments: Mapping[str, Any]) -> None:
    """What `split` kept is done in the requester's name, now that another has approved it. Raises Refused as it does."""
    item = lock_undecided(decision_approvals.event_id_of(request), by=request.asked_by, confirmed=True)
    _must_be_whole(item.event)
    _split(item, [AllocationPart(**part) for part in arguments["parts"]], by=request.asked_by)


def exclude_confirmed(request: ApprovalRequest, arguments: Mapping[str, Any]) -> None:
    """What `exclude`, `declare_payout` or `deposits.link` kept is done in the requester's name, now that another has
    approved it.

    Raises Refused as they do.
    """
    item = lock_undecided(decision_approvals.event_id_of(request), by=request.asked_by, confirmed=True)
    if "items" in arguments:
        deposits.link_confirmed(item, arguments["items"], by=request.asked_by)
        return
    is_payout = bool(arguments.get("payout"))
    if is_payout:
        _must_be_payout(item.event)
    _exclude(
        item,
        arguments["reason"],
        by=request.asked_by,
        match_reason=MatchReason.PAYOUT if is_payout else MatchReason.OFFICER,
    )


def link(event_id: int, *, duplicate_of_id: int, by: User | None) -> bool:
    """The event is the same payment that another source told as `duplicate_of_id`.

    From the profile's sum on it is kept for another's approval instead, and False is returned. Raises Refused unless the
    other comes from another source, has the same amount on the same account and is not paired yet.
    """
    item = lock_undecided(event_id, by=by)
    _must_be_same(item, lock(ReconciliationItem, duplicate_of_id))
    if by is not None and decision_approvals.is_needed(item.event, by=by):
        other_event = db.session().get_one(BankEvent, duplicate_of_id)
        same = f"เงินก้อนเดียวกับที่{SOURCES[other_event.source]}แจ้ง {moment_text(other_event.occurred_at)} {other_event.ref1 or other_event.payer}".strip()
        changes = [("เป็น", "", same)]
        arguments = {"duplicate_of_id": duplicate_of_id}
        decision_approvals.ask(decision_approvals.LINK, item.event, arguments, changes=changes, by=by)
        return False
    _link(item, duplicate_of_id, by=by)
    return True


def _must_be_same(item: ReconciliationItem, other: ReconciliationItem) -> None:
    event, other_event = item.event, other.event
    pointed_at = select(func.count()).select_from(ReconciliationItem)
    paired = other.state == ReconciliationState.DUPLICATE or db.session().scalar(
        pointed_at.where(ReconciliationItem.duplicate_of_id.in_((event.id, other_event.id)))
    )
    elsewhere = (
        None not in (event.account_id, other_event.account_id) and event.account_id != other_event.account_id
    )
    if other_event.source == event.source or other_event.satang != event.satang or elsewhere or paired:
        raise Refused(
            "สองรายการนี้เป็นเงินก้อนเดียวกันไม่ได้ เพราะช่องทางเดียวกัน คนละบัญชี ยอดต่างกัน หรือมีคู่อยู่แล้ว กรุณาเลือกใหม่"
        )


def _link(item: ReconciliationItem, duplicate_of_id: int, *, by: User | None) -> None:
    item.state, item.match_reason, item.duplicate_of_id = (
        ReconciliationState.DUPLICATE,
        MatchReason.OFFICER,
        duplicate_of_id,
    )
    item.reason = "เจ้าหน้าที่ยืนยันว่าเป็นเงินก้อนเดียวกับที่อีกช่องทางแจ้ง"
    item.decided_at, item.decided_by_id = clock.now(), by.id if by else None
    audit.record(Deed.BANK_LINK, f"bank_event:{item.event_id}", by=by, duplicate_of=duplicate_of_id)


def link_confirmed(request: ApprovalRequest, arguments: Mapping[str, Any]) -> None:
    """What `link` kept is done in the requester's name, now that another has approved it. Raises Refused as it does."""
    item = lock_undecided(decision_approvals.event_id_of(request), by=request.asked_by, confirmed=True)
    _must_be_same(item, lock(ReconciliationItem, arguments["duplicate_of_id"]))
    _link(item, arguments["duplicate_of_id"], by=request.asked_by)
