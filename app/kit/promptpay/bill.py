"""Tag 30: paying a registered biller, with references that come back to the payee."""

import re
from dataclasses import dataclass
from typing import ClassVar

from app.kit.promptpay import envelope, tlv
from app.kit.promptpay.envelope import Envelope, Opened
from app.kit.promptpay.tlv import PayloadError

DOMESTIC = "A000000677010112"
CROSS_BORDER = "A000000677012006"
REF3_TAG = "07"

_BILLER = re.compile(r"[0-9]{15}")
_REFERENCE = re.compile(r"[A-Z0-9]{1,20}")
_REF3 = re.compile(r"[A-Z0-9]{1,25}")


@dataclass(frozen=True, kw_only=True)
class Bill(Envelope):
    """A bill payment. `biller` is a 13-digit tax ID and the 2-digit suffix its bank issued.

    `ref1` and `ref2` are 1–20 of A–Z and 0–9 (SCB's rule, the narrowest known); `ref3` travels as the terminal
    label, tag 62-07. All of them are handed to the payee.
    """

    kind: ClassVar[str] = "bill"

    biller: str
    ref1: str
    ref2: str | None = None
    ref3: str | None = None
    cross_border: bool = False


def check_references(biller: str | None, ref1: str | None, ref2: str | None) -> tuple[str, str, str | None]:
    """The three as they came, or `semantic`: 15 digits, and 1–20 of A–Z and 0–9. Only `ref2` may be absent."""
    if biller is None or not _BILLER.fullmatch(biller):
        raise PayloadError("semantic", "รหัสผู้ให้บริการรับชำระ (Biller ID) ต้องเป็นเลขอารบิก 15 หลัก")
    if ref1 is None or not _REFERENCE.fullmatch(ref1):
        raise PayloadError("semantic", "Ref1 ต้องมี และเป็น A–Z หรือ 0–9 ไม่เกิน 20 ตัว")
    if ref2 is not None and not _REFERENCE.fullmatch(ref2):
        raise PayloadError("semantic", "Ref2 ต้องเป็น A–Z หรือ 0–9 ไม่เกิน 20 ตัว")
    return biller, ref1, ref2


def write(bill: Bill) -> str:
    """The payload of a bill, not yet read back."""
    template = tlv.render(
        [
            ("00", CROSS_BORDER if bill.cross_border else DOMESTIC),
            ("01", bill.biller),
            ("02", bill.ref1),
            ("03", bill.ref2),
        ]
    )
    additional = dict(bill.additional)
    if bill.ref3 is not None:
        additional[REF3_TAG] = bill.ref3
    return envelope.write(bill, tag=envelope.BILL, template=template, additional=additional)


def read(opened: Opened) -> Bill:
    """The bill in an opened payload. Raises `semantic`."""
    template, root = opened.template, opened.root
    aid = template.get("00")
    if aid not in (DOMESTIC, CROSS_BORDER):
        raise PayloadError("semantic", "ไม่รู้จักรหัสบริการ (AID) ของการชำระบิล")
    biller, ref1, ref2 = check_references(template.get("01"), template.get("02"), template.get("03"))
    additional = dict(opened.additional)
    ref3 = additional.pop(REF3_TAG, None)
    if ref3 is not None and not _REF3.fullmatch(ref3):
        raise PayloadError("semantic", "Ref3 (แท็ก 62-07) ต้องเป็น A–Z หรือ 0–9 ไม่เกิน 25 ตัว")
    return Bill(
        biller=biller,
        ref1=ref1,
        ref2=ref2,
        ref3=ref3,
        cross_border=aid == CROSS_BORDER,
        satang=envelope.satang_of(root),
        point_of_initiation=root.get("01"),
        merchant_name=root.get("59"),
        merchant_city=root.get("60"),
        postal_code=root.get("61"),
        additional=additional,
    )
