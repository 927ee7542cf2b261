"""What every Thai payment QR has around its payee: initiation, amount, currency, country, names, checksum."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.kit.promptpay import tlv
from app.kit.promptpay.amounts import format_amount, parse_amount
from app.kit.promptpay.tlv import PayloadError

TRANSFER: Final = "29"
BILL: Final = "30"
INNOVATION: Final = "31"

_INITIATIONS = frozenset({"11", "12", "21", "22", "31", "32"})
_LONGEST = {"59": 25, "60": 15, "61": 10}


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The parts shared by a transfer and a bill.

    `satang` None: the payer types the amount. `point_of_initiation` None when written: 12 with an amount, 11
    without. `additional` holds tag 62 by its two-digit tags (a bill keeps 07 apart, as its third reference).
    """

    satang: int | None = None
    point_of_initiation: str | None = None
    merchant_name: str | None = None
    merchant_city: str | None = None
    postal_code: str | None = None
    additional: Mapping[str, str] = field(default_factory=dict, hash=False)


def write(
    envelope: Envelope, *, tag: str, template: str, additional: Mapping[str, str], message: str | None = None
) -> str:
    """The whole payload in canonical order 00 01 29/30 53 54 58 59 60 61 62 81 63."""
    amount = None if envelope.satang is None else format_amount(envelope.satang)
    text = tlv.with_checksum(
        tlv.render(
            [
                ("00", "01"),
                ("01", envelope.point_of_initiation or ("11" if amount is None else "12")),
                (tag, template),
                ("53", "764"),
                ("54", amount),
                ("58", "TH"),
                ("59", envelope.merchant_name),
                ("60", envelope.merchant_city),
                ("61", envelope.postal_code),
                ("62", tlv.render(sorted(additional.items())) if additional else None),
                ("81", message),
            ]
        )
    )
    if len(text) > tlv.MAX_PAYLOAD:
        raise PayloadError("tlv", f"ข้อความยาว {len(text)} ตัวอักษร เกิน {tlv.MAX_PAYLOAD}")
    return text


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A payload that passed the checks before its payee is looked at: `tag` 29 or 30 and its parsed template."""

    tag: str
    template: dict[str, str]
    root: dict[str, str]
    additional: dict[str, str]


def open_payload(text: str, *, lenient: bool = False) -> Opened:
    """The payload taken apart and checked as far as all payment QRs are alike, check by check.

    Tags are read in any order; 02–51 and 65–99 that are not ours are skipped. `lenient` also takes a
    lower-case checksum.
    """
    root = tlv.parse_root(text)
    parsed = {tag: tlv.parse(root[tag]) for tag in (TRANSFER, BILL, INNOVATION, "62") if root.get(tag)}
    tlv.check_checksum(text, root, lower=lenient)

    for tag, name in (("00", "รุ่นของรูปแบบ"), ("53", "สกุลเงิน"), ("58", "ประเทศ")):
        if tag not in root:
            raise PayloadError("structure", f"ไม่มี{name} (แท็ก {tag})")
    payees = [tag for tag in (TRANSFER, BILL, INNOVATION) if tag in root]
    if len(payees) != 1:
        raise PayloadError("structure", f"ต้องมีผู้รับเงินหนึ่งเดียวในแท็ก 29, 30 หรือ 31 แต่พบ {len(payees)}")

    tlv.refuse_empty(root)
    for tag, objects in parsed.items():
        tlv.refuse_empty(objects, inside=f"{tag}-")
    _check_root(root)
    if payees[0] == INNOVATION:
        raise PayloadError("semantic", "QR แบบนวัตกรรมการชำระเงิน (แท็ก 31) อ่านที่นี่ไม่ได้")
    additional = parsed.get("62", {})
    for tag, value in additional.items():
        if len(value) > 25:
            raise PayloadError("semantic", f"แท็ก 62-{tag} ยาวเกิน 25 ตัวอักษร")
    return Opened(tag=payees[0], template=parsed[payees[0]], root=root, additional=additional)


def _check_root(root: Mapping[str, str]) -> None:
    if next(iter(root)) != "00":
        raise PayloadError("semantic", "รุ่นของรูปแบบ (แท็ก 00) ต้องอยู่แรกสุด")
    if root["00"] != "01":
        raise PayloadError("semantic", "ไม่รู้จักรุ่นของรูปแบบ (แท็ก 00 ต้องเป็น 01)")
    if root.get("01", "11") not in _INITIATIONS:
        raise PayloadError("semantic", "ไม่รู้จักวิธีเริ่มรายการ (แท็ก 01 ต้องเป็น 11 หรือ 12)")
    if root["53"] != "764":
        raise PayloadError("semantic", "สกุลเงินต้องเป็นบาท (แท็ก 53 ต้องเป็น 764)")
    if root["58"] != "TH":
        raise PayloadError("semantic", "ประเทศต้องเป็นไทย (แท็ก 58 ต้องเป็น TH)")
    for tag, longest in _LONGEST.items():
        if len(root.get(tag, "")) > longest:
            raise PayloadError("semantic", f"แท็ก {tag} ยาวเกิน {longest} ตัวอักษร")
    if "54" in root:
        parse_amount(root["54"])


def satang_of(root: Mapping[str, str]) -> int | None:
    """Tag 54 in satang, None when the payer is to type the amount."""
    return parse_amount(root["54"]) if "54" in root else None
