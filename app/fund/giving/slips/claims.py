"""Slip claims: what givers hand in to say that they have paid. A slip proves nothing and never posts by itself."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.fund.giving.payment_requests import payment_notices
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.slips import TRUEMONEY, Slip, SlipClaim
from app.kit import clock, photos, slips
from app.kit.db import db, is_sqlite, lock
from app.kit.encrypted import EncryptedStore
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, marked
from app.kit.limits import ConcurrencyLimit
from app.kit.promptpay import PayloadError
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: So many slips one payment request may gather: somebody paid in parts, never in hundreds.
MOST_CLAIMS = 10
_KEY_NUMBER = 1


def by_trans_refs(trans_refs: set[str]) -> dict[str, list[int]]:
    """For each of these references that a standing claim names: the payment requests it is claimed for, oldest claim first.

    Upper and lower case count. More than one payment request, or a payment from before the payment request was opened, is a
    person's to judge. Claims that an officer closed are left out.
    """
    claimed: dict[str, list[int]] = {}
    if trans_refs:
        rows = db.session().execute(
            select(Slip.trans_ref, SlipClaim.payment_request_id)
            .join(SlipClaim, SlipClaim.slip_id == Slip.id)
            .where(Slip.trans_ref.in_(trans_refs), SlipClaim.closed_at.is_(None))
            .order_by(SlipClaim.id)
        )
        for trans_ref, payment_request_id in rows:
            claimed.setdefault(trans_ref, []).append(payment_request_id)
    return claimed


_NO_SLIP = marked(
    "QR ในภาพนี้ไม่ใช่ QR ของสลิป อาจเป็น QR สำหรับจ่ายเงินหรือโฆษณา โปรดส่งภาพสลิปโอนเงินต้นฉบับจากแอปธนาคารที่เห็น QR ครบทั้งดวง"
)
_TOO_MANY_READ = marked(
    "ขณะนี้มีผู้ส่งสลิปพร้อมกันหลายท่าน กรุณารอ 10 วินาทีแล้วกดส่งอีกครั้ง ภาพยังอยู่ในเครื่องของท่าน และเงินที่โอนแล้วไม่หาย"
)

#: A picture of the greatest size takes some 170 MB while it is read, and a worker of the server has eight threads.
READING = ConcurrencyLimit(at_once=1, waiting=3, patience=5)


@dataclass(frozen=True, slots=True)
class SentSlip:
    """What a giver sent, read and made fit to be kept."""

    slip: slips.ScannedSlip | slips.TrueMoneySlip
    picture: photos.PreparedPhoto
    sent_hash: str


def read(sent: bytes) -> SentSlip:
    """The slip in a picture, by our own decoding alone, and the picture without EXIF. Takes long: before a transaction.

    Raises BadInput, in words for the giver, for what is no picture, holds no slip or two, or cannot be read, and
    Busy while this process reads as many as it has room for.
    """
    with READING.slot(refused=_TOO_MANY_READ):
        try:
            slip = slips.find(sent)
        except PayloadError as refused:
            # The checks of the decoder are for operators; a giver hears of the picture and of what to do.
            raise BadInput(_NO_SLIP) from refused
        return SentSlip(slip, photos.read(sent), hashlib.sha256(sent).hexdigest())


def claim(payment_request_id: int, sent: SentSlip) -> SlipClaim:
    """Keep a giver's word that this slip pays this payment request, with its picture. It is not money and posts nothing.

    The same slip for the same payment request is one claim. A slip that was handed in for another payment request, is older than
    this one or is contradicted by the bank is kept all the same, and slip_remarks says so. Raises Refused when the money is
    there already or the payment request has its MOST_CLAIMS slips.
    """
    session = db.session()
    payment_request = lock(PaymentRequest, payment_request_id)
    slip = _slip(sent.slip)
    known = session.scalars(
        select(SlipClaim).filter_by(slip_id=slip.id, payment_request_id=payment_request_id)
    ).one_or_none()
    if known is not None:
        return known
    if payment_request.state == PaymentRequestState.RECEIVED:
        raise Refused(gettext("กองทุนได้รับเงินของรายการนี้แล้ว ไม่ต้องส่งสลิป ขอบคุณยิ่ง"))
    count = select(func.count()).select_from(SlipClaim).filter_by(payment_request_id=payment_request_id)
    if (session.scalar(count) or 0) >= MOST_CLAIMS:
        raise Refused(
            gettext("รายการนี้มีสลิปครบ %(most)s ใบแล้ว หากเงินยังไม่เข้า กรุณาติดต่อกองทุนพร้อมรหัสอ้างอิง", most=MOST_CLAIMS)
        )
    # Whoever deletes pictures of this slip locks it, too. On the disk before the deed commits: a claim's picture is
    # never missing.
    lock(Slip, slip.id)
    store().put(sent.picture.content)
    claim = SlipClaim(
        slip_id=slip.id,
        payment_request_id=payment_request_id,
        claimed_at=clock.now(),
        picture_hash=sent.picture.sha256,
        sent_hash=sent.sent_hash,
        crc_padded=sent.slip.crc_padded,
    )
    session.add(claim)
    session.flush()
    payment_notices.claimed(slip.trans_ref)
    audit.record(
        Deed.SLIP_CLAIM,
        f"payment_request:{payment_request_id}",
        by=None,
        bank=slip.sending_bank,
        trans_ref=slip.trans_ref,
    )
    return claim


def _slip(read: slips.ScannedSlip | slips.TrueMoneySlip) -> Slip:
    """The transfer that the slip names, written down at its first sight; of two at once both find the one row."""
    bank = read.sending_bank if isinstance(read, slips.ScannedSlip) else TRUEMONEY
    paid_on, paid_at = slips.paid(read)
    row = {
        "sending_bank": bank,
        "trans_ref": read.trans_ref,
        "paid_on": paid_on,
        "paid_at": paid_at,
        "first_seen_at": clock.now(),
    }
    session = db.session()
    if is_sqlite():
        session.execute(sqlite.insert(Slip).values(**row).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(Slip).values(**row).on_conflict_do_nothing())
    return session.scalars(select(Slip).filter_by(sending_bank=bank, trans_ref=read.trans_ref)).one()


@cache
def _encryption_key(id_key: bytes) -> bytes:
    return hmac.digest(id_key, b"kueakun slip-picture encryption 1", "sha256")


def broken() -> tuple[int, int]:
    """How many pictures of slips are still kept, and how many of them do not open."""
    kept = select(SlipClaim.picture_hash).where(SlipClaim.picture_deleted_at.is_(None)).distinct()
    return store().broken(db.session().scalars(kept))


def store() -> EncryptedStore:
    """Where the pictures of slips are kept, encrypted; only officers' pages read it."""
    settings = Settings.here()
    return EncryptedStore(
        settings.data.joinpath("slips"),
        key=_encryption_key(settings.id_key),
        key_number=_KEY_NUMBER,
        context="slip.picture",
    )


def close(claim_id: int, *, reason: str, by: User | None) -> None:
    """Have a claim wait no more, with the officer's reason. It stays on record and the payment request stays as it is."""
    if by is None or not by.has(Role.FINANCE):
        raise Refused(gettext("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ปิดสลิปได้"))
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= 300:
        raise BadInput(gettext("กรุณาบอกเหตุผลที่ปิด ไม่เกิน 300 ตัวอักษร"))
    claim = lock(SlipClaim, claim_id)
    if claim.closed_at is not None:
        raise Refused(gettext("สลิปนี้ปิดไปแล้ว ไม่ต้องทำซ้ำ"))
    claim.closed_at, claim.closed_by_id, claim.close_reason = clock.now(), by.id, reason
    audit.record(
        Deed.SLIP_CLOSE, f"payment_request:{claim.payment_request_id}", by=by, claim=claim.id, reason=reason
    )
