"""Thai payment QR and counter barcode: a strict codec that knows no fund and needs no library.

`encode` and `decode` speak QR text; `read` takes whatever a scanner or a person pasted.
Standard: Bank of Thailand "Standardized Thai QR Code for Payment Transactions" (2562) over EMVCo MPM v1.1.
"""

from dataclasses import replace

from app.kit.promptpay import bill, envelope, transfer
from app.kit.promptpay.amounts import MAX_SATANG, format_amount, parse_amount
from app.kit.promptpay.barcode import Barcode, bill_of, decode_barcode, encode_barcode, unpaste
from app.kit.promptpay.bill import Bill
from app.kit.promptpay.tlv import PayloadError, crc16
from app.kit.promptpay.transfer import ProxyType, Transfer, payee

__all__ = [
    "MAX_SATANG",
    "Barcode",
    "Bill",
    "PayloadError",
    "ProxyType",
    "Transfer",
    "bill_of",
    "crc16",
    "decode",
    "decode_barcode",
    "encode",
    "encode_barcode",
    "format_amount",
    "parse_amount",
    "payee",
    "read",
    "unpaste",
]


def encode(payment: Transfer | Bill) -> str:
    """The QR text of a payment. It is read back and compared, so nothing is issued that we would refuse.

    Raises PayloadError for a part that may not be issued.
    """
    text = transfer.write(payment) if isinstance(payment, Transfer) else bill.write(payment)
    seen = decode(text)
    if seen != replace(payment, point_of_initiation=seen.point_of_initiation):
        raise PayloadError("semantic", "มีส่วนที่เขียนลง QR แล้วอ่านกลับไม่ได้เหมือนเดิม")
    return text


def decode(text: str, *, lenient: bool = False) -> Transfer | Bill:
    """The payment in a QR text, in any legal order of tags.

    Raises PayloadError with the first rung it fails: tlv, crc, structure, semantic. `lenient` also takes a
    lower-case checksum.
    """
    opened = envelope.open_payload(text, lenient=lenient)
    return transfer.read(opened) if opened.tag == envelope.TRANSFER else bill.read(opened)


def read(text: str) -> Transfer | Bill | Barcode:
    """The payment in QR text or in a pasted barcode, told apart by the barcode's leading `|`."""
    return decode_barcode(unpaste(text)) if text.startswith("|") else decode(text)
