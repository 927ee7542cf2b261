"""Match rules: what a bank event is, judged by rules alone. The first rule that fits decides; where two payments fit, none is posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.providers import payouts
from app.fund.bank.reconciliation import duplicates
from app.fund.bank.reconciliation.duplicates import SAME_MOMENT
from app.fund.bank.reconciliation.match_context import BAHT, MatchContext
from app.fund.bank.records import BankEvent
from app.fund.giving.records.payment_requests import Collection, PaymentRequest, PaymentRequestState
from app.kit import references, thai
from app.kit.money import format_baht

#: An amount that only one open payment request asks for posts by itself. A fund that wants every payment without a
#: reference looked at turns this off.
POST_UNIQUE_AMOUNTS = True
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """What becomes of an event: a state, the rule that said so, and why in words for the officer."""

    state: ReconciliationState
    match_reason: MatchReason
    reason: str
    payment_request: PaymentRequest | None = None
    collection: Collection | None = None


def judge(event: BankEvent, context: MatchContext) -> MatchResult:
    """What an event that stands alone is."""
    result = _judge(event, context)
    counts = result.state == ReconciliationState.POSTED or (
        result.state == ReconciliationState.EXCLUDED and result.match_reason == MatchReason.PAYOUT
    )
    if (counts or result.match_reason == MatchReason.PAID_TWICE) and duplicates.in_another_file(event):
        return _waiting(
            MatchReason.OTHER_FILE,
            "รายการเดินบัญชีอีกไฟล์มีเงินเข้าวันและยอดเดียวกันนี้แล้วในรูปแบบอื่น กรุณาดูว่าเป็นเงินก้อนเดียวกันหรือไม่ หากใช่ให้บันทึกรายการนี้ว่าไม่ใช่เงินสมทบ",
            result.payment_request,
        )
    return result


def _judge(event: BankEvent, context: MatchContext) -> MatchResult:
    if event.satang < 0:
        return MatchResult(
            state=ReconciliationState.EXCLUDED,
            match_reason=MatchReason.OUTGOING,
            reason="เงินออกจากบัญชี ไม่ใช่เงินสมทบ",
        )
    if context.is_brought_forward(event):
        return MatchResult(
            state=ReconciliationState.EXCLUDED,
            match_reason=MatchReason.BROUGHT_FORWARD,
            reason="เงินเข้าก่อนหรือในวันของยอดยกมา จึงอยู่ในยอดยกมาแล้ว ไม่นับอีก",
        )
    if context.account_id(event) is None:
        return _waiting(MatchReason.OTHER_BILLER, "รหัสผู้รับเงินหรือบัญชีของรายการนี้ไม่ใช่ของกองทุน กรุณาตรวจกับธนาคาร")
    if event.currency != BAHT:
        return _waiting(
            MatchReason.FOREIGN_CURRENCY, f"สกุลเงินรหัส {event.currency} ไม่ใช่เงินบาท กรุณาตรวจกับธนาคาร"
        )
    if payouts.is_named(event):
        return _by_payout(event, context)
    payment_request = context.payment_request(event)
    if payment_request is not None:
        return _by_reference(event, payment_request, context)
    collection = context.collection(event)
    if collection is not None:
        return _by_collection(event, collection, context)
    claimed = context.claimed(event)
    if claimed:
        return _by_slip(event, claimed, context)
    if event.ref1:
        return _unknown_reference(event)
    return _by_amount(event, context)


def _waiting(
    match_reason: MatchReason, reason: str, payment_request: PaymentRequest | None = None
) -> MatchResult:
    return MatchResult(
        state=ReconciliationState.WAITING,
        match_reason=match_reason,
        reason=reason[:_LONGEST_REASON],
        payment_request=payment_request,
    )


def _by_payout(event: BankEvent, context: MatchContext) -> MatchResult:
    too_much = payouts.too_much(event)
    if too_much:
        return _waiting(MatchReason.PAYOUT, f"รายการนี้อ้างชื่อ Omise แต่{too_much}")
    # Anybody may be called so, also a giver: what a giver was asked for, or sent a slip of, is a person's to judge.
    meant = context.claimed(event) or _meant(event, context)
    if meant:
        return _waiting(
            MatchReason.PAYOUT,
            "รายการนี้อ้างชื่อ Omise แต่จำนวนเงินหรือสลิปตรงกับรายการให้ที่ยังรอเงิน กรุณาดูว่าเป็นเงินที่ Omise โอนมาหรือเงินของผู้ให้",
            meant[0],
        )
    reason = "Omise โอนเงินที่รับแทนกองทุนมาให้ ลงเป็นเงินสมทบไว้แล้วตั้งแต่ผู้ให้ชำระ"
    return MatchResult(state=ReconciliationState.EXCLUDED, match_reason=MatchReason.PAYOUT, reason=reason)


def _by_reference(event: BankEvent, payment_request: PaymentRequest, context: MatchContext) -> MatchResult:
    doubt = _not_in_time(event, payment_request)
    if doubt is not None:
        return doubt
    if event.satang != payment_request.due_satang:
        word = "น้อยกว่า" if event.satang < payment_request.due_satang else "มากกว่า"
        return _waiting(
            MatchReason.WRONG_AMOUNT,
            f"รหัสอ้างอิงตรง แต่เงินเข้า {format_baht(event.satang)} บาท {word}ที่แจ้งไว้ {format_baht(payment_request.due_satang)} บาท",
            payment_request,
        )
    return _came_or_paid_before(event, payment_request, context) or MatchResult(
        state=ReconciliationState.POSTED,
        match_reason=MatchReason.EXACT_REFERENCE,
        reason="รหัสอ้างอิงและจำนวนเงินตรง",
        payment_request=payment_request,
    )


def _not_in_time(event: BankEvent, payment_request: PaymentRequest) -> MatchResult | None:
    if payment_request.state == PaymentRequestState.CANCELLED:
        return _waiting(MatchReason.LATE, "รายการให้นี้ยกเลิกไปแล้วก่อนที่เงินจะเข้า", payment_request)
    # What the night's work has marked as expired already makes no difference: the QR code's own time does.
    if payment_request.state != PaymentRequestState.RECEIVED and not _until(
        event, payment_request.expires_at
    ):
        return _waiting(
            MatchReason.LATE,
            f"เงินเข้าหลัง QR หมดอายุเมื่อ {thai.moment_text(payment_request.expires_at)}",
            payment_request,
        )
    return None


def _came_or_paid_before(
    event: BankEvent, payment_request: PaymentRequest | None, context: MatchContext
) -> MatchResult | None:
    if duplicates.came_before(event, context):
        return _waiting(
            MatchReason.POSSIBLE_DUPLICATE,
            "ยอดนี้ลงเป็นเงินสมทบแล้วจากอีกช่องทางในเวลาใกล้กัน กรุณาดูว่าเป็นเงินก้อนเดียวกันหรือโอนซ้ำ",
            payment_request,
        )
    if payment_request is not None and payment_request.state == PaymentRequestState.RECEIVED:
        return _waiting(
            MatchReason.PAID_TWICE,
            "รายการให้นี้ได้รับเงินครบแล้ว และเงินจำนวนเดียวกันเข้ามาอีกครั้ง ผู้ให้อาจโอนซ้ำ กรุณาเลือกว่าเป็นเงินสมทบอีกก้อนหรือคืนผู้โอน",
            payment_request,
        )
    return None


def _by_collection(event: BankEvent, collection: Collection, context: MatchContext) -> MatchResult:
    return _came_or_paid_before(event, None, context) or MatchResult(
        state=ReconciliationState.POSTED,
        match_reason=MatchReason.STANDING_QR,
        reason=f"โอนด้วย QR รับสมทบของ{collection.network.name} ซึ่งไม่กำหนดจำนวนเงิน"[:_LONGEST_REASON],
        collection=collection,
    )


def _by_slip(event: BankEvent, claimed: Sequence[PaymentRequest], context: MatchContext) -> MatchResult:
    if len(claimed) > 1:
        return _waiting(
            MatchReason.SEVERAL_SLIPS,
            f"ผู้ให้ {len(claimed)} รายการส่งสลิปของเงินก้อนนี้ กรุณาดูว่าเป็นของรายการใด",
            claimed[0],
        )
    payment_request = claimed[0]
    doubt = _not_in_time(event, payment_request)
    if doubt is not None:
        return doubt
    if event.satang != payment_request.due_satang or payment_request.account_id != context.account_id(event):
        return _waiting(
            MatchReason.SLIP_DIFFERS,
            f"ผู้ให้ส่งสลิปของเงินก้อนนี้ แต่เงินเข้า {format_baht(event.satang)} บาท ไม่ตรงกับรายการให้ {format_baht(payment_request.due_satang)} บาท",
            payment_request,
        )
    if not _since(event, payment_request.opened_at):
        return _waiting(
            MatchReason.SLIP_DIFFERS, "ผู้ให้ส่งสลิปของเงินก้อนนี้ แต่เงินเข้าก่อนที่จะเปิดรายการให้", payment_request
        )
    return _came_or_paid_before(event, payment_request, context) or MatchResult(
        state=ReconciliationState.POSTED,
        match_reason=MatchReason.SLIP,
        reason="ผู้ให้ส่งสลิป และรายการนี้มีเลขที่และจำนวนเดียวกัน",
        payment_request=payment_request,
    )


def _unknown_reference(event: BankEvent) -> MatchResult:
    code = references.normalise(event.ref1)
    if references.is_valid(code):
        return _waiting(MatchReason.UNMATCHED, f"รหัสอ้างอิง {event.ref1} ถูกรูปแบบ แต่ไม่มีรายการให้ที่ใช้รหัสนี้")
    if looks_like_ours(code):
        return _waiting(
            MatchReason.MISSPELT_REFERENCE, f"รหัสอ้างอิง {event.ref1} น่าจะพิมพ์ผิดไปเล็กน้อย กรุณาเลือกรายการให้ที่ถูกต้อง"
        )
    return _waiting(MatchReason.UNMATCHED, f"ไม่รู้จักรหัสอ้างอิง {event.ref1}")


def looks_like_ours(code: str) -> bool:
    """Whether a reference is about as long as ours and begins like them, so that a slip of the finger explains it."""
    return 10 <= len(code) <= 12 and code.isascii() and code.isalnum() and "F" in code[:2]


def _meant(event: BankEvent, context: MatchContext) -> list[PaymentRequest]:
    """Payment requests in play that ask for this very amount."""
    return [
        payment_request
        for payment_request in context.awaiting(event)
        if _within(
            event, payment_request.opened_at, payment_request.reserved_until or payment_request.expires_at
        )
    ]


def _by_amount(event: BankEvent, context: MatchContext) -> MatchResult:
    meant = _meant(event, context)
    if len(meant) > 1:
        return _waiting(MatchReason.AMBIGUOUS, f"ไม่มีรหัสอ้างอิง และมีรายการให้ {len(meant)} รายการที่รอเงินจำนวนนี้พอดี")
    if not meant:
        return _waiting(MatchReason.UNMATCHED, "ไม่มีรหัสอ้างอิง และไม่มีรายการให้ที่รอเงินจำนวนนี้")
    payment_request = meant[0]
    if payment_request.tag != 29:
        return _waiting(
            MatchReason.AMOUNT_ONLY, "ไม่มีรหัสอ้างอิง แต่จำนวนเงินตรงกับรายการให้หนึ่งรายการ กรุณายืนยัน", payment_request
        )
    if not _within(event, payment_request.opened_at, payment_request.expires_at):
        return _waiting(
            MatchReason.LATE,
            f"จำนวนเงินตรง แต่เงินเข้าหลัง QR หมดอายุเมื่อ {thai.moment_text(payment_request.expires_at)}",
            payment_request,
        )
    if not POST_UNIQUE_AMOUNTS:
        return _waiting(MatchReason.AMOUNT_ONLY, "จำนวนเงินตรงกับรายการให้หนึ่งรายการ กรุณายืนยัน", payment_request)
    return _came_or_paid_before(event, payment_request, context) or MatchResult(
        state=ReconciliationState.POSTED,
        match_reason=MatchReason.UNIQUE_AMOUNT,
        reason="จำนวนเงินรวมเศษสตางค์ตรงกับรายการให้เพียงรายการเดียวที่เปิดอยู่",
        payment_request=payment_request,
    )


def _within(event: BankEvent, first: datetime, last: datetime) -> bool:
    return _since(event, first) and _until(event, last)


def _since(event: BankEvent, first: datetime) -> bool:
    if event.has_time:
        return first - SAME_MOMENT <= event.occurred_at
    return duplicates.day(first) <= duplicates.day(event.occurred_at)


def _until(event: BankEvent, last: datetime) -> bool:
    return (
        event.occurred_at <= last
        if event.has_time
        else duplicates.day(event.occurred_at) <= duplicates.day(last)
    )
