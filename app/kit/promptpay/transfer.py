"""Tag 29: a transfer to a mobile number, an ID, an e-wallet, a bank account, or by a one-time code."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from app.kit.promptpay import envelope, tlv
from app.kit.promptpay.envelope import Envelope, Opened
from app.kit.promptpay.tlv import PayloadError

MERCHANT_PRESENTED = "A000000677010111"
CUSTOMER_PRESENTED = "A000000677010114"


class ProxyType(StrEnum):
    """What names the payee. `ota` is a one-time code that names the payee by itself."""

    MOBILE = "mobile"
    NATID = "natid"
    EWALLET = "ewallet"
    BANK_ACCOUNT = "bank_account"
    OTA = "ota"


_SUBTAGS = {
    ProxyType.MOBILE: "01",
    ProxyType.NATID: "02",
    ProxyType.EWALLET: "03",
    ProxyType.BANK_ACCOUNT: "04",
    ProxyType.OTA: "05",
}
_SHAPES = {
    ProxyType.MOBILE: (re.compile(r"0066[0-9]{9}"), "เบอร์มือถือต้องเป็น 0066 ตามด้วยเลข 9 หลัก"),
    ProxyType.NATID: (re.compile(r"[0-9]{13}"), "เลขประจำตัวต้องมี 13 หลัก"),
    ProxyType.EWALLET: (re.compile(r"[0-9]{15}"), "เลข e-Wallet ต้องมี 15 หลัก"),
    ProxyType.BANK_ACCOUNT: (re.compile(r"[0-9]{4,46}"), "บัญชีต้องเป็นรหัสธนาคาร 3 หลักและเลขบัญชีไม่เกิน 43 หลัก"),
    ProxyType.OTA: (re.compile(r"[0-9]{10}"), "รหัสใช้ครั้งเดียวต้องมี 10 หลัก"),
}
_TRUEMONEY = re.compile(r"14000([0-9]{10})")
_MESSAGE = re.compile(r"(?:[0-9A-F]{4})+")

_PUNCTUATION = str.maketrans("", "", " -()")
# 000000000 is the number peers publish in their examples; no telephone has it.
_MOBILE_TYPED = re.compile(r"(?:0|\+?66)([689][0-9]{8}|0{9})")
_ACCOUNT_TYPED = re.compile(r"([0-9]{3}):([0-9]{1,43})")


@dataclass(frozen=True, kw_only=True)
class Transfer(Envelope):
    """A credit transfer. `proxy` is what stands on the wire: a mobile is `0066` and nine digits.

    `ota` is the one-time code of a customer-presented QR that also names the payee in another way. `message`
    is TrueMoney's note to the payee. No reference travels with a transfer.
    """

    kind: ClassVar[str] = "transfer"

    proxy_type: ProxyType
    proxy: str
    ota: str | None = None
    message: str | None = None

    @property
    def mobile(self) -> str | None:
        """The mobile number as people write it, `08…`, of a mobile or a TrueMoney wallet."""
        if self.proxy_type is ProxyType.MOBILE:
            return "0" + self.proxy[4:]
        truemoney = self.proxy_type is ProxyType.EWALLET and _TRUEMONEY.fullmatch(self.proxy)
        return truemoney[1] if truemoney else None


def payee(text: str) -> tuple[ProxyType, str]:
    """Who `text`, as a person types it, would pay: a mobile number, a 13-digit ID, a 15-digit e-wallet, `BBB:ACCOUNT`.

    Nothing is padded: a digit left out would otherwise pay a stranger. Check digits are the caller's rule.
    Raises `semantic`.
    """
    typed = text.translate(_PUNCTUATION)
    mobile = _MOBILE_TYPED.fullmatch(typed)
    if mobile is not None:
        return ProxyType.MOBILE, "0066" + mobile[1]
    if _SHAPES[ProxyType.NATID][0].fullmatch(typed) and not typed.startswith("0066"):
        return ProxyType.NATID, typed
    if _SHAPES[ProxyType.EWALLET][0].fullmatch(typed):
        return ProxyType.EWALLET, typed
    account = _ACCOUNT_TYPED.fullmatch(typed)
    if account is not None:
        return ProxyType.BANK_ACCOUNT, account[1] + account[2]
    raise PayloadError(
        "semantic",
        "ผู้รับเงินต้องเป็นเบอร์มือถือ 10 หลัก (06, 08, 09) เลขประจำตัว 13 หลัก หรือเลข e-Wallet 15 หลัก ด้วยเลขอารบิก",
    )


def write(transfer: Transfer) -> str:
    """The payload of a transfer, not yet read back."""
    one_time = transfer.ota is not None or transfer.proxy_type is ProxyType.OTA
    template = tlv.render(
        [
            ("00", CUSTOMER_PRESENTED if one_time else MERCHANT_PRESENTED),
            (_SUBTAGS[transfer.proxy_type], transfer.proxy),
            ("05", transfer.ota),
        ]
    )
    message = (
        None
        if transfer.message is None
        else transfer.message.encode("utf-16-be", "surrogatepass").hex().upper()
    )
    return envelope.write(
        transfer, tag=envelope.TRANSFER, template=template, additional=transfer.additional, message=message
    )


def read(opened: Opened) -> Transfer:
    """The transfer in an opened payload. Raises `structure` or `semantic`."""
    template, root = opened.template, opened.root
    one_time = template.get("00") == CUSTOMER_PRESENTED
    named = [kind for kind, tag in _SUBTAGS.items() if tag in template]
    if one_time and len(named) == 2 and ProxyType.OTA in named:
        named.remove(ProxyType.OTA)
    if len(named) != 1:
        raise PayloadError("structure", f"ต้องระบุผู้รับโอนหนึ่งเดียว แต่พบ {len(named)}")

    if not one_time and template.get("00") != MERCHANT_PRESENTED:
        raise PayloadError("semantic", "ไม่รู้จักรหัสบริการ (AID) ของพร้อมเพย์")
    if one_time != ("05" in template):
        raise PayloadError("semantic", "รหัสใช้ครั้งเดียว (แท็ก 29-05) ต้องมาคู่กับ QR ที่ผู้จ่ายแสดงเท่านั้น")
    for kind, tag in _SUBTAGS.items():
        shape, words = _SHAPES[kind]
        if tag in template and not shape.fullmatch(template[tag]):
            raise PayloadError("semantic", words)
    proxy_type = named[0]
    proxy = template[_SUBTAGS[proxy_type]]
    return Transfer(
        proxy_type=proxy_type,
        proxy=proxy,
        ota=template.get("05") if proxy_type is not ProxyType.OTA else None,
        message=_message(root) if proxy_type is ProxyType.EWALLET and _TRUEMONEY.fullmatch(proxy) else None,
        satang=envelope.satang_of(root),
        point_of_initiation=root.get("01"),
        merchant_name=root.get("59"),
        merchant_city=root.get("60"),
        postal_code=root.get("61"),
        additional=opened.additional,
    )


def _message(root: dict[str, str]) -> str | None:
    """TrueMoney's tag 81: UTF-16, big end first, as upper-case hexadecimal."""
    if "81" not in root:
        return None
    if not _MESSAGE.fullmatch(root["81"]):
        raise PayloadError("semantic", "ข้อความถึงผู้รับ (แท็ก 81) ต้องเป็น UTF-16 ในเลขฐานสิบหกตัวพิมพ์ใหญ่")
    try:
        return bytes.fromhex(root["81"]).decode("utf-16-be")
    except UnicodeDecodeError as broken:
        raise PayloadError("semantic", "ข้อความถึงผู้รับ (แท็ก 81) ถอดเป็นตัวอักษรไม่ได้") from broken
