"""Inquiry results: whether the bank's own answer about a payment agrees with what a message said of it."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import select

from app.fund.bank.providers import scb
from app.fund.bank.providers.omise import Charge
from app.fund.bank.records import BankEvent, Inquiry, InquiryOutcome
from app.fund.bank.reference_codes import canonical
from app.kit.db import db
from app.kit.money import format_baht


@dataclass
class SweepSummary:
    """Counts of one provider, or of all together."""

    #: Questions put to the provider, and those, or lists, that got no answer that can be used.
    asked: int = 0
    unreachable: int = 0
    #: Payments on the provider's lists, and what they were to us.
    payments: int = 0
    new: int = 0
    known: int = 0
    confirmed: int = 0
    differs: int = 0
    reversed: int = 0
    #: Payments told to us in these days that the provider's lists have not.
    missing: int = 0
    #: Lines of statements under a bill's reference of ours, in days that are over, that the bank's own list has not.
    contradicted: int = 0

    def counts(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def __add__(self, other: "SweepSummary") -> "SweepSummary":
        return SweepSummary(**{name: count + getattr(other, name) for name, count in self.counts().items()})


_SAME_MOMENT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryResult:
    """What a bank's answer means for an event."""

    outcome: InquiryOutcome
    raw: bytes
    words: str = ""
    satang: int | None = None
    fee_satang: int | None = None
    net_satang: int | None = None
    #: Of a payment that was made: what the bank sent back to its payer.
    refunded_satang: int | None = None


def compare(event: BankEvent, found: scb.ScbPayment) -> InquiryResult:
    """Whether SCB's own record of a payment bears out what was told of it."""
    confirmation = found.confirmation
    differing = [
        words
        for words, is_other in (
            (
                f"จำนวนเงินของธนาคารคือ {format_baht(confirmation.satang)} บาท",
                confirmation.satang != event.satang,
            ),
            ("สกุลเงินต่างกัน", confirmation.currency != event.currency),
            (f"รหัสอ้างอิงของธนาคารคือ {confirmation.ref1 or 'ว่าง'}", canonical(confirmation.ref1) != event.ref1),
            (f"รหัสผู้รับเงินของธนาคารคือ {confirmation.proxy or 'ว่าง'}", confirmation.proxy != event.biller_id),
            ("เวลาโอนต่างกัน", abs(confirmation.occurred_at - event.occurred_at) > _SAME_MOMENT),
            ("ธนาคารคืนเงินรายการนี้ให้ผู้โอนแล้ว", found.is_reversed),
        )
        if is_other
    ]
    if differing:
        words = f"ถามธนาคารแล้วไม่ตรงกับที่แจ้งมา: {' · '.join(differing)}"
        return InquiryResult(
            outcome=InquiryOutcome.DIFFERS, raw=found.raw, words=words, satang=confirmation.satang
        )
    return InquiryResult(outcome=InquiryOutcome.CONFIRMED, raw=found.raw, satang=confirmation.satang)


def compare_charge(event: BankEvent, charge: Charge, *, raw: bytes) -> InquiryResult:
    """Whether Omise's own record of a charge bears out what was told of it."""
    differing = [
        words
        for words, is_other in (
            (f"จำนวนเงินของ Omise คือ {format_baht(charge.satang)} บาท", charge.satang != event.satang),
            (f"รหัสอ้างอิงของ Omise คือ {charge.ref1 or 'ว่าง'}", canonical(charge.ref1) != event.ref1),
            (charge.state_words, bool(charge.state_words)),
            ("Omise มีรายการอื่นด้วยรหัสนี้", charge.id != event.external_id),
        )
        if is_other
    ]
    words = " · ".join(differing)
    if differing and not (charge.was_paid and differing == [charge.state_words]):
        words = f"ถาม Omise แล้วไม่ตรงกับที่แจ้งมา: {words}"
    return InquiryResult(
        outcome=InquiryOutcome.DIFFERS if differing else InquiryOutcome.CONFIRMED,
        raw=raw,
        words=words,
        satang=charge.satang,
        fee_satang=charge.fee_satang,
        net_satang=charge.net_satang,
        refunded_satang=charge.refunded_satang if charge.was_paid else None,
    )


def is_news(event_id: int, result: InquiryResult) -> bool:
    """Whether the bank's answer differs from its last one: each nightly sweep asks about four days and writes only news."""
    last = (
        db.session()
        .execute(
            select(Inquiry.outcome, Inquiry.words, Inquiry.fee_satang, Inquiry.net_satang)
            .where(Inquiry.event_id == event_id)
            .order_by(Inquiry.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    if last is None or last.outcome != result.outcome or last.words != result.words[:300]:
        return True
    amounts = (result.fee_satang, result.net_satang)
    # A fee that was unsaid at first is news; that a list leaves it out again is not.
    return amounts != (None, None) and amounts != (last.fee_satang, last.net_satang)
