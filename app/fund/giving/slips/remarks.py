"""Slip remarks: what is to be said of a giver's slip, by what slips, payment requests and the bank tell of it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from app.fund.giving.payment_requests import payment_notices
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.slips import Slip, SlipClaim
from app.kit import lists
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.language import marked
from app.kit.references import normalise

#: A slip's clock and ours need not agree to the minute.
_CLOCKS_DIFFER = timedelta(minutes=5)
#: A payment and a claim farther apart are hardly the same.
_NEAR = timedelta(days=3)
_MOST_NEAR = 20

#: What can be remarkable about a claim: to the giver kindly, to the officer plainly.
_REMARKS: dict[str, tuple[str, str]] = {
    "used": (
        marked("สลิปนี้เป็นของเงินที่กองทุนรับเข้ารายการอื่นแล้ว หากท่านโอนอีกครั้ง กรุณาส่งสลิปของครั้งนั้น"),
        marked("เงินก้อนนี้ลงเป็นของรายการอื่นไปแล้ว"),
    ),
    "amount": (
        marked("ยอดที่ธนาคารแจ้งตามสลิปนี้ไม่ตรงกับยอดของรายการนี้ เจ้าหน้าที่การเงินจะตรวจและลงบัญชีให้ เงินของท่านไม่หาย"),
        marked("ธนาคารแจ้งเงินก้อนนี้ด้วยยอดอื่น"),
    ),
    "amount_by_one": (
        marked(
            "ยอดของสลิปนี้ในไฟล์ที่นำเข้าไม่ตรงกับยอดของรายการนี้ เจ้าหน้าที่การเงินจะตรวจกับธนาคารและลงบัญชีให้ เงินของท่านไม่หาย"
        ),
        marked("ไฟล์ที่คนเดียวนำเข้ามีเงินก้อนนี้ด้วยยอดอื่น ธนาคารยังไม่ได้แจ้ง"),
    ),
    "again": (
        marked("สลิปนี้มีผู้ส่งไว้กับรายการอื่นแล้ว จึงเป็นของรายการอื่น หากหยิบผิดภาพ กรุณาส่งสลิปของรายการนี้"),
        marked("สลิปซ้ำ: ส่งไว้กับรายการอื่นก่อนแล้ว"),
    ),
    "shared": ("", marked("มีผู้ส่งสลิปเดียวกันนี้กับรายการอื่นภายหลัง")),
    "old": (
        marked("วันที่บนสลิปอยู่ก่อนวันที่เปิดรายการนี้ หากหยิบผิดภาพ กรุณาส่งสลิปของครั้งนี้"),
        marked("สลิปเก่ากว่ารายการให้"),
    ),
    "ahead": (
        marked("วันที่บนสลิปยังมาไม่ถึง กรุณาตรวจว่าเป็นภาพสลิปต้นฉบับ"),
        marked("วันที่บนสลิปยังมาไม่ถึง สลิปอาจถูกแก้ไข"),
    ),
}


#: With one of these a slip may not be of the donation that it was handed in for.
_NOT_OF_THIS = frozenset(("used", "amount", "amount_by_one", "again", "old", "ahead"))


@dataclass(frozen=True, slots=True)
class JudgedSlip:
    """A claim with all that is known of it now. `notice` is the bank's own word of the same transfer, when there is one."""

    claim: SlipClaim
    remarks: tuple[str, ...]
    notice: payment_notices.PaymentNotice | None

    @property
    def may_pay(self) -> bool:
        """Whether it may really be of this donation, and its giver need not pay again."""
        return _NOT_OF_THIS.isdisjoint(self.remarks)

    @property
    def waits(self) -> bool:
        """Whether the bank's word on it is awaited and, as far as is known, will be of this donation."""
        return self.may_pay and self.claim.closed_at is None

    @property
    def for_giver(self) -> list[str]:
        """Sentences for the giver: kind, and nothing of other people's donations."""
        return [words for words in (_REMARKS[remark][0] for remark in self.remarks) if words]

    @property
    def for_officer(self) -> list[str]:
        return [_REMARKS[remark][1] for remark in self.remarks]


def seen(claims: Sequence[SlipClaim]) -> list[JudgedSlip]:
    """These claims with what is remarkable about them, judged by what is known now. A handful of queries for all."""
    notices = payment_notices.by_reference({claim.slip.trans_ref for claim in claims})
    others: dict[int, list[int]] = {}
    if claims:
        rows = select(SlipClaim.slip_id, SlipClaim.id).where(
            SlipClaim.slip_id.in_({claim.slip_id for claim in claims}), SlipClaim.closed_at.is_(None)
        )
        for slip_id, claim_id in db.session().execute(rows):
            others.setdefault(slip_id, []).append(claim_id)
    return [
        _judged(claim, others.get(claim.slip_id, []), notices.get(claim.slip.trans_ref, []))
        for claim in claims
    ]


def _judged(
    claim: SlipClaim, same_slip: list[int], notices: list[payment_notices.PaymentNotice]
) -> JudgedSlip:
    slip, payment_request = claim.slip, claim.payment_request
    remarks = []
    first = notices[0] if notices else None
    if any(notice.payment_request_ids - {payment_request.id} for notice in notices):
        remarks.append("used")
    if notices and all(notice.satang != payment_request.due_satang for notice in notices):
        # What one person's file alone says is not the bank's word yet.
        remarks.append("amount_by_one" if all(notice.by_one for notice in notices) else "amount")
    if any(number < claim.id for number in same_slip):
        remarks.append("again")
    if any(number > claim.id for number in same_slip):
        remarks.append("shared")
    since = (
        min(payment_request.opened_at, payment_request.pledge.stated_at)
        if payment_request.pledge
        else payment_request.opened_at
    )
    if slip.paid_at is not None:
        if slip.paid_at < since - _CLOCKS_DIFFER:
            remarks.append("old")
        elif slip.paid_at > claim.claimed_at + _CLOCKS_DIFFER:
            remarks.append("ahead")
    elif slip.paid_on is not None:
        if slip.paid_on < since.astimezone(BANGKOK).date():
            remarks.append("old")
        elif slip.paid_on > claim.claimed_at.astimezone(BANGKOK).date():
            remarks.append("ahead")
    return JudgedSlip(claim, tuple(remarks), first)


def of_payment_requests(payment_request_ids: set[int]) -> dict[int, list[JudgedSlip]]:
    """All claims of these payment requests, the closed too, oldest first."""
    found: dict[int, list[JudgedSlip]] = {}
    if payment_request_ids:
        of_them = claims().where(SlipClaim.payment_request_id.in_(payment_request_ids))
        for judged in seen(db.session().scalars(of_them).all()):
            found.setdefault(judged.claim.payment_request_id, []).append(judged)
    return found


def near(*, references: set[str], satang: int, at: datetime) -> list[JudgedSlip]:
    """Open claims that may speak of a payment: by its reference, or by its amount within days of it. Exact ones first."""
    named = Slip.trans_ref.in_(references - {""})
    alike = and_(
        PaymentRequest.due_satang == satang,
        or_(
            SlipClaim.claimed_at.between(at - _NEAR, at + _NEAR),
            Slip.paid_on.between((at - _NEAR).date(), (at + _NEAR).date()),
        ),
    )
    found = seen(db.session().scalars(open_claims().where(or_(named, alike)).limit(_MOST_NEAR)).all())
    return sorted(found, key=lambda judged: (judged.claim.slip.trans_ref not in references, judged.claim.id))


def open_claims() -> Select[SlipClaim]:
    """Claims that still wait for the bank, oldest first."""
    return claims().where(SlipClaim.closed_at.is_(None), PaymentRequest.state != PaymentRequestState.RECEIVED)


def matching(words: str) -> ColumnElement[bool]:
    """That a claim's slip or payment request has this reference, or its network this name."""
    return or_(
        Slip.trans_ref == words,
        PaymentRequest.ref1 == normalise(words),
        PaymentRequest.network_id.in_(select(Network.id).where(lists.contains(words, Network.name))),
    )


def claims() -> Select[SlipClaim]:
    """Claims, closed ones too, with their slips and payment requests."""
    return (
        select(SlipClaim)
        .join(SlipClaim.payment_request)
        .join(SlipClaim.slip)
        .options(joinedload(SlipClaim.payment_request).joinedload(PaymentRequest.pledge))
        .order_by(SlipClaim.id)
    )
