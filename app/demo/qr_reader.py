"""What a QR asks for, read as a payer's banking app reads it."""

from dataclasses import dataclass

from sqlalchemy import select

from app.fund.giving.records.payment_requests import FundAccount
from app.kit import promptpay, qr
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.promptpay import Barcode, Bill, PayloadError, Transfer


@dataclass(frozen=True, slots=True)
class Asked:
    """What a QR asks for, as a bank's app shows it. `satang` None: the payer types the amount."""

    payload: str
    tag: int
    payee: str
    account: str
    #: Biller ID of a bill, PromptPay ID of a transfer.
    proxy: str
    ref1: str
    ref2: str
    satang: int | None


def look(picture: bytes) -> Asked:
    """What the payment QR in a picture asks for. Raises BadInput when there is none, or more than one."""
    found = []
    for text in qr.read(picture):
        try:
            found.append((text, promptpay.read(text)))
        except PayloadError:
            continue
    if not found:
        raise BadInput("ไม่พบ QR สำหรับชำระเงินในภาพนี้ กรุณาใช้ภาพ QR ที่บันทึกจากหน้าร่วมสมทบ")
    if len(found) > 1:
        raise BadInput("ภาพนี้มี QR ชำระเงินมากกว่าหนึ่ง กรุณาใช้ภาพที่มีเพียงหนึ่งเดียว")
    return _asked(*found[0])


def read_payload(payload: str) -> Asked:
    """What a payment QR's text asks for. Raises BadInput for any other text."""
    try:
        return _asked(payload, promptpay.read(payload))
    except PayloadError as error:
        raise BadInput(f"QR นี้ไม่ใช่ QR ชำระเงินที่ถูกต้อง: {error}") from error


def _asked(payload: str, payment: Transfer | Bill | Barcode) -> Asked:
    if isinstance(payment, Transfer):
        account = _payee(FundAccount.promptpay_id == payment.proxy)
        return Asked(payload, 29, account.name, account.number, payment.proxy, "", "", payment.satang)
    account = _payee(FundAccount.biller_id == payment.biller)
    return Asked(
        payload,
        30,
        account.name,
        account.number,
        payment.biller,
        payment.ref1,
        payment.ref2 or "",
        payment.satang,
    )


def _payee(known_by: object) -> FundAccount:
    account = db.session().scalars(select(FundAccount).where(known_by)).one_or_none()  # type: ignore[arg-type]
    if account is None:
        raise Refused("ธนาคารสาธิตไม่รู้จักผู้รับเงินของ QR นี้ จึงโอนไม่ได้ (รู้จักเฉพาะกองทุนในระบบสาธิตนี้)")
    return account
