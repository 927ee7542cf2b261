"""The ladder: what a bank event is, judged by rules alone. The first rung that fits decides; a tie never posts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, defer

from app.fund.bank.events import BankEvent, Settlement
from app.fund.bank.matching.evidence import BAHT, DOUBTED, Evidence, Telling
from app.fund.bank.peers import payouts
from app.fund.giving.donations.collections import Collection
from app.fund.giving.donations.donations import Donation, DonationState
from app.kit import references, thai
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.money import format_baht

#: Rung C posts by itself. A fund that wants every payment without a reference looked at turns this off.
POST_UNIQUE_AMOUNTS = True
#: Two sources tell one payment within this time of each other.
_SAME_MOMENT = timedelta(minutes=2)
#: Farther apart than a moment, but near enough that a person must say whether it is one payment or two.
_PERHAPS_SAME = timedelta(days=3)
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of an event: a state, the rule that said so, and why in words for the officer."""

    state: str
    rule: str
    reason: str
    donation: Donation | None = None
    collection: Collection | None = None


def pair(event: BankEvent, evidence: Evidence) -> Telling | None:
    """The telling of this payment by another source. One pairs with one; None when the event stands alone.

    By the bank's own id; by reference and amount at the same moment (the same day where a source has no times);
    or, where one of the two carries no reference, by amount and moment when nothing else could be meant.
    """
    if event.satang < 0 or evidence.account_id(event) is None or evidence.is_linked(event):
        return None
    others = evidence.others(event)
    return (
        _nearest(
            event,
            (one for one in others if event.bank_ref and event.bank_ref in (one.bank_ref, one.external_id)),
        )
        or _nearest(
            event, (one for one in others if one.ref1 and one.ref1 == event.ref1 and _close(event, one))
        )
        or _only_one_meant(event, others, evidence)
    )


def leads(event: BankEvent, told: Telling) -> bool:
    """Whether the later telling should lead: the first waits without the reference that this one carries, or is a
    callback not yet borne out by its bank, and this is a line of the bank's own statement that says as much. What an
    officer held, asked back or asked a second hand about leads as long as that person's word stands."""
    if told.state not in ("new", "waiting") or told.rule in ("held", "refund") or told.asked:
        return False
    if event.ref1 and not told.ref1:
        return True
    return event.source == "statement" and is_doubted(told) and (event.ref1 == told.ref1)


def is_doubted(told: Telling) -> bool:
    """Whether a telling waits only until its bank bears it out."""
    return told.state == "new" or (told.state == "waiting" and told.rule in DOUBTED)


def _nearest(event: BankEvent, tellings: Iterable[Telling]) -> Telling | None:
    return min(tellings, key=lambda one: (abs(one.occurred_at - event.occurred_at), one.id), default=None)


def _close(event: BankEvent, other: Telling | BankEvent) -> bool:
    if event.has_time and other.has_time:
        return abs(event.occurred_at - other.occurred_at) <= _SAME_MOMENT
    return _day(event.occurred_at) == _day(other.occurred_at)


def _only_one_meant(event: BankEvent, others: Sequence[Telling], evidence: Evidence) -> Telling | None:
    near = [one for one in others if event.has_time and one.has_time and _close(event, one)]
    near = [one for one in near if not (one.ref1 and event.ref1)]
    if len(near) != 1:
        return None
    told, donation = near[0], evidence.donation(event)
    if told.state == "posted" and donation is not None and told.donation_id not in (None, donation.id):
        return None
    paired = aliased(Settlement)
    rivals = select(func.count()).where(
        BankEvent.id == Settlement.event_id,
        BankEvent.id != event.id,
        BankEvent.source == event.source,
        BankEvent.account_id == event.account_id,
        BankEvent.satang == event.satang,
        BankEvent.occurred_at.between(told.occurred_at - _SAME_MOMENT, told.occurred_at + _SAME_MOMENT),
        Settlement.state != "same",
        ~exists().where(paired.same_as_id == BankEvent.id),
    )
    return None if db.session().scalar(rivals) else told


def judge(event: BankEvent, evidence: Evidence) -> Verdict:
    """What an event that stands alone is."""
    verdict = _judge(event, evidence)
    counts = verdict.state == "posted" or (verdict.state == "aside" and verdict.rule == payouts.RULE)
    if (counts or verdict.rule == "twice") and _in_another_file(event):
        return _waiting(
            "file",
            "รายการเดินบัญชีอีกไฟล์มีเงินเข้าวันและยอดเดียวกันนี้แล้วในรูปแบบอื่น กรุณาดูว่าเป็นเงินก้อนเดียวกันหรือไม่ หากใช่ให้แยกรายการนี้ไว้",
            verdict.donation,
        )
    return verdict


def _in_another_file(event: BankEvent) -> bool:
    """Whether another statement told this line in other words, as the same account does in a second layout.

    The same sum on the same day to the same running balance, or where a layout has none, with the same reference.
    """
    if event.source != "statement":
        return False
    midnight = datetime.combine(event.occurred_at.astimezone(BANGKOK).date(), time(), BANGKOK)
    same_reference = BankEvent.ref1 == event.ref1
    if event.balance_satang is None:
        alike = same_reference
    else:
        unknown = BankEvent.balance_satang.is_(None) & same_reference
        alike = (BankEvent.balance_satang == event.balance_satang) | unknown
    # Lines with the same contents are told apart by their number among equals already.
    contents = event.external_id.rpartition(":")[0]
    others = select(BankEvent).where(
        BankEvent.source == "statement",
        BankEvent.statement_id != event.statement_id,
        BankEvent.account_id == event.account_id,
        BankEvent.satang == event.satang,
        BankEvent.occurred_at >= midnight,
        BankEvent.occurred_at < midnight + timedelta(days=1),
        ~BankEvent.external_id.startswith(contents, autoescape=True),
        alike,
    )
    return any(_close(event, one) for one in db.session().scalars(others.options(defer(BankEvent.raw))))


def _judge(event: BankEvent, evidence: Evidence) -> Verdict:
    if event.satang < 0:
        return Verdict(state="aside", rule="out", reason="เงินออกจากบัญชี ไม่ใช่เงินสมทบ")
    if evidence.account_id(event) is None:
        return _waiting("other_biller", "ธนาคารแจ้งรหัสผู้รับเงินหรือบัญชีที่ไม่ใช่ของกองทุน กรุณาตรวจกับธนาคาร")
    if event.currency != BAHT:
        return _waiting("currency", f"สกุลเงินรหัส {event.currency} ไม่ใช่เงินบาท กรุณาตรวจกับธนาคาร")
    if payouts.is_named(event):
        return _by_payout(event, evidence)
    donation = evidence.donation(event)
    if donation is not None:
        return _by_reference(event, donation, evidence)
    collection = evidence.collection(event)
    if collection is not None:
        return _by_collection(event, collection, evidence)
    claimed = evidence.claimed(event)
    if claimed:
        return _by_slip(event, claimed, evidence)
    if event.ref1:
        return _unknown_reference(event)
    return _by_amount(event, evidence)


def _waiting(rule: str, reason: str, donation: Donation | None = None) -> Verdict:
    return Verdict(state="waiting", rule=rule, reason=reason[:_LONGEST_REASON], donation=donation)


def _by_payout(event: BankEvent, evidence: Evidence) -> Verdict:
    too_much = payouts.too_much(event)
    if too_much:
        return _waiting(payouts.RULE, f"รายการนี้อ้างชื่อ Omise แต่{too_much}")
    # Anybody may be called so, also a giver: what a giver was asked for, or sent a slip of, is a person's to judge.
    meant = evidence.claimed(event) or _meant(event, evidence)
    if meant:
        return _waiting(
            payouts.RULE,
            "รายการนี้อ้างชื่อ Omise แต่จำนวนเงินหรือสลิปตรงกับรายการให้ที่ยังรอเงิน กรุณาดูว่าเป็นเงินที่ Omise โอนมาหรือเงินของผู้ให้",
            meant[0],
        )
    reason = "Omise โอนเงินที่รับแทนกองทุนมาให้ ลงเป็นเงินสมทบไว้แล้วตั้งแต่ผู้ให้ชำระ"
    return Verdict(state="aside", rule=payouts.RULE, reason=reason)


def _by_reference(event: BankEvent, donation: Donation, evidence: Evidence) -> Verdict:
    doubt = _not_in_time(event, donation)
    if doubt is not None:
        return doubt
    if event.satang != donation.due_satang:
        word = "น้อยกว่า" if event.satang < donation.due_satang else "มากกว่า"
        return _waiting(
            "B",
            f"รหัสอ้างอิงตรง แต่เงินเข้า {format_baht(event.satang)} บาท {word}ที่แจ้งไว้ {format_baht(donation.due_satang)} บาท",
            donation,
        )
    return _told_or_paid_before(event, donation, evidence) or Verdict(
        state="posted", rule="A", reason="รหัสอ้างอิงและจำนวนเงินตรง", donation=donation
    )


def _not_in_time(event: BankEvent, donation: Donation) -> Verdict | None:
    if donation.state == DonationState.CANCELLED:
        return _waiting("late", "รายการให้นี้ยกเลิกไปแล้วก่อนที่เงินจะเข้า", donation)
    # What the night's work has marked as expired already makes no difference: the QR code's own time does.
    if donation.state != DonationState.RECEIVED and not _until(event, donation.expires_at):
        return _waiting("late", f"เงินเข้าหลัง QR หมดอายุเมื่อ {thai.moment_text(donation.expires_at)}", donation)
    return None


def _told_or_paid_before(event: BankEvent, donation: Donation | None, evidence: Evidence) -> Verdict | None:
    if told_before(event, evidence):
        return _waiting(
            "again",
            "ยอดนี้ลงเป็นเงินสมทบแล้วจากอีกช่องทางในเวลาใกล้กัน กรุณาดูว่าเป็นเงินก้อนเดียวกันหรือโอนซ้ำ",
            donation,
        )
    if donation is not None and donation.state == DonationState.RECEIVED:
        return _waiting(
            "twice",
            "รายการให้นี้ได้รับเงินครบแล้ว และเงินจำนวนเดียวกันเข้ามาอีกครั้ง ผู้ให้อาจโอนซ้ำ กรุณาเลือกว่าเป็นเงินสมทบอีกก้อนหรือคืนผู้โอน",
            donation,
        )
    return None


def told_before(event: BankEvent, evidence: Evidence) -> bool:
    """Whether another source has told a gift that may be this very money, and has no pair yet."""
    for one in evidence.others(event):
        if one.state != "posted":
            continue
        if one.ref1 and event.ref1:
            near = abs(one.occurred_at - event.occurred_at) <= _PERHAPS_SAME
            if one.ref1 == event.ref1 and near:
                return True
        elif _close(event, one):
            return True
    return False


def _by_collection(event: BankEvent, collection: Collection, evidence: Evidence) -> Verdict:
    return _told_or_paid_before(event, None, evidence) or Verdict(
        state="posted",
        rule="S",
        reason=f"โอนด้วย QR รับสมทบของ{collection.network.name} ซึ่งไม่กำหนดจำนวนเงิน"[:_LONGEST_REASON],
        collection=collection,
    )


def _by_slip(event: BankEvent, claimed: Sequence[Donation], evidence: Evidence) -> Verdict:
    if len(claimed) > 1:
        return _waiting(
            "claims", f"ผู้ให้ {len(claimed)} รายการส่งสลิปของเงินก้อนนี้ กรุณาดูว่าเป็นของรายการใด", claimed[0]
        )
    donation = claimed[0]
    doubt = _not_in_time(event, donation)
    if doubt is not None:
        return doubt
    if event.satang != donation.due_satang or donation.account_id != evidence.account_id(event):
        return _waiting(
            "slip",
            f"ผู้ให้ส่งสลิปของเงินก้อนนี้ แต่เงินเข้า {format_baht(event.satang)} บาท ไม่ตรงกับรายการให้ {format_baht(donation.due_satang)} บาท",
            donation,
        )
    if not _since(event, donation.opened_at):
        return _waiting("slip", "ผู้ให้ส่งสลิปของเงินก้อนนี้ แต่เงินเข้าก่อนที่จะเปิดรายการให้", donation)
    return _told_or_paid_before(event, donation, evidence) or Verdict(
        state="posted",
        rule="D",
        reason="ผู้ให้ส่งสลิป และธนาคารแจ้งเงินก้อนนี้ด้วยเลขที่และจำนวนเดียวกัน",
        donation=donation,
    )


def _unknown_reference(event: BankEvent) -> Verdict:
    code = references.normalise(event.ref1)
    if references.is_valid(code):
        return _waiting("unknown", f"รหัสอ้างอิง {event.ref1} ถูกรูปแบบ แต่ไม่มีรายการให้ที่ใช้รหัสนี้")
    if looks_like_ours(code):
        return _waiting("near", f"รหัสอ้างอิง {event.ref1} น่าจะพิมพ์ผิดไปเล็กน้อย กรุณาเลือกรายการให้ที่ถูกต้อง")
    return _waiting("unknown", f"ไม่รู้จักรหัสอ้างอิง {event.ref1}")


def looks_like_ours(code: str) -> bool:
    """Whether a reference is about as long as ours and begins like them, so that a slip of the finger explains it."""
    return 10 <= len(code) <= 12 and code.isascii() and code.isalnum() and "F" in code[:2]


def _meant(event: BankEvent, evidence: Evidence) -> list[Donation]:
    """Donations in play that ask for this very amount."""
    return [
        one
        for one in evidence.awaiting(event)
        if _within(event, one.opened_at, one.held_until or one.expires_at)
    ]


def _by_amount(event: BankEvent, evidence: Evidence) -> Verdict:
    meant = _meant(event, evidence)
    if len(meant) > 1:
        return _waiting("tie", f"ไม่มีรหัสอ้างอิง และมีรายการให้ {len(meant)} รายการที่รอเงินจำนวนนี้พอดี")
    if not meant:
        return _waiting("unknown", "ไม่มีรหัสอ้างอิง และไม่มีรายการให้ที่รอเงินจำนวนนี้")
    donation = meant[0]
    if donation.tag != 29:
        return _waiting("amount", "ไม่มีรหัสอ้างอิง แต่จำนวนเงินตรงกับรายการให้หนึ่งรายการ กรุณายืนยัน", donation)
    if not _within(event, donation.opened_at, donation.expires_at):
        return _waiting(
            "late", f"จำนวนเงินตรง แต่เงินเข้าหลัง QR หมดอายุเมื่อ {thai.moment_text(donation.expires_at)}", donation
        )
    if not POST_UNIQUE_AMOUNTS:
        return _waiting("amount", "จำนวนเงินตรงกับรายการให้หนึ่งรายการ กรุณายืนยัน", donation)
    return _told_or_paid_before(event, donation, evidence) or Verdict(
        state="posted",
        rule="C",
        reason="จำนวนเงินรวมเศษสตางค์ตรงกับรายการให้เพียงรายการเดียวที่เปิดอยู่",
        donation=donation,
    )


def _within(event: BankEvent, first: datetime, last: datetime) -> bool:
    return _since(event, first) and _until(event, last)


def _since(event: BankEvent, first: datetime) -> bool:
    if event.has_time:
        return first - _SAME_MOMENT <= event.occurred_at
    return _day(first) <= _day(event.occurred_at)


def _until(event: BankEvent, last: datetime) -> bool:
    return event.occurred_at <= last if event.has_time else _day(event.occurred_at) <= _day(last)


def _day(moment: datetime) -> str:
    return moment.astimezone(BANGKOK).date().isoformat()
