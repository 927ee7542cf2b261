"""The banks' counter-service barcode: `|`, biller, Ref1, Ref2 and satang, with a carriage return between them."""

import re
from dataclasses import dataclass
from typing import ClassVar

from app.kit.promptpay.amounts import format_amount
from app.kit.promptpay.bill import Bill, check_references
from app.kit.promptpay.tlv import PayloadError

_SATANG = re.compile(r"0|[1-9][0-9]{0,11}")
_LINE_ENDS = re.compile(r"\r\n|\r|\n|\\r\\n|\\r|\\n")


@dataclass(frozen=True, kw_only=True)
class Barcode:
    """What the cashier's scanner reads. `satang` None: the amount is keyed at the counter."""

    kind: ClassVar[str] = "barcode"

    biller: str
    ref1: str
    ref2: str | None = None
    satang: int | None = None


def encode_barcode(barcode: Barcode) -> str:
    """The text of the barcode. Raises `semantic`."""
    biller, ref1, ref2 = check_references(barcode.biller, barcode.ref1, barcode.ref2)
    if barcode.satang is not None:
        format_amount(barcode.satang)
    return f"|{biller}\r{ref1}\r{ref2 or ''}\r{barcode.satang or 0}"


def decode_barcode(text: str) -> Barcode:
    """The barcode in `text`, whose fields must be parted by carriage returns alone.

    Raises `tlv` when it is no barcode, `structure` unless there are four fields, `semantic` for their contents.
    """
    if not text.startswith("|"):
        raise PayloadError("tlv", "บาร์โค้ดชำระบิลต้องขึ้นต้นด้วย |")
    fields = text[1:].split("\r")
    if len(fields) != 4:
        raise PayloadError("structure", f"บาร์โค้ดต้องมี 4 ช่อง แต่พบ {len(fields)}")
    biller, ref1, ref2 = check_references(fields[0], fields[1], fields[2] or None)
    if not _SATANG.fullmatch(fields[3]):
        raise PayloadError("semantic", "จำนวนเงินในบาร์โค้ดต้องเป็นสตางค์เต็มจำนวน ไม่มีจุดและไม่มีศูนย์นำหน้า")
    return Barcode(biller=biller, ref1=ref1, ref2=ref2, satang=int(fields[3]) or None)


def unpaste(text: str) -> str:
    r"""A barcode as it was pasted or keyed by a scanner, with CR, LF, CRLF or the letters `\r` and `\n` made CR."""
    return _LINE_ENDS.sub("\r", text)


def bill_of(barcode: Barcode) -> Bill:
    """The same payment as a tag 30 bill; an amount keyed at the counter becomes one the payer types."""
    return Bill(biller=barcode.biller, ref1=barcode.ref1, ref2=barcode.ref2, satang=barcode.satang)
