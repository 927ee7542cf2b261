"""The small QR on a Thai transfer slip: which bank to ask, and by which reference.

A slip is unsigned: anyone can compute its checksum. It is a key to look a transfer up by, never proof of one.
Sources: SCB "Extracting data from mini QR"; TrueMoney slips as promptparse reads them.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from app.kit import qr
from app.kit.clock import BANGKOK
from app.kit.errors import BadInput
from app.kit.language import gettext
from app.kit.promptpay import tlv
from app.kit.promptpay.tlv import PayloadError

_BANK = re.compile(r"[0-9]{3}")
_TRANS_REF = re.compile(r"[!-~]+")
_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
# How the references of four banks tell their day: KBANK counts years from 2010 and days of the year. Observed, not
# promised by the banks; BBL and KBANK tell the time as well.
_KBANK = re.compile(r"(0[0-9]{2})([0-9]{3})([0-9]{6})[A-Z]{3}[0-9]{5}")
_DATED = {
    "002": re.compile(r"([0-9]{8})([0-9]{6})[0-9]{11}"),
    "006": re.compile(r"([0-9]{8})()[0-9]{8}"),
    "014": re.compile(r"([0-9]{8})()[0-9A-Za-z]{17}"),
}
_KBANK_CODE, _KBANK_YEAR = "004", 2010
_SHORT_CRC = re.compile(r"(.*9104)([0-9A-Fa-f]{1,3})")
_RUNGS = ("tlv", "crc", "structure", "semantic")


@dataclass(frozen=True, kw_only=True)
class ScannedSlip:
    """A bank's slip. (`sending_bank`, `trans_ref`) names one transfer; `trans_ref` is case-sensitive.

    `crc_padded`: the bank's app had dropped leading zeros of the checksum, and they were put back.
    """

    kind: ClassVar[str] = "slip"
    api_id: ClassVar[str] = "000001"
    country: ClassVar[str] = "TH"

    sending_bank: str
    trans_ref: str
    crc_padded: bool = False


@dataclass(frozen=True, kw_only=True)
class TrueMoneySlip:
    """A TrueMoney wallet's slip, which names no bank and no country. `event_type` is such as P2P."""

    kind: ClassVar[str] = "slip_truemoney"

    event_type: str
    transaction_id: str
    paid_on: date
    crc_padded: bool = False

    @property
    def trans_ref(self) -> str:
        """The transaction's own number, under the name that bank slips give it."""
        return self.transaction_id


def encode(slip: ScannedSlip | TrueMoneySlip) -> str:
    """The text of a slip's QR, with its checksum whole. Raises PayloadError for a part no slip may hold."""
    if isinstance(slip, ScannedSlip):
        template = tlv.render([("00", slip.api_id), ("01", slip.sending_bank), ("02", slip.trans_ref)])
        text = tlv.with_checksum(tlv.render([("00", template), ("51", slip.country)]), tag="91")
    else:
        parts = [
            ("00", "01"),
            ("01", "01"),
            ("02", slip.event_type),
            ("03", slip.transaction_id),
            ("04", slip.paid_on.strftime("%d%m%Y")),
        ]
        text = tlv.with_checksum(tlv.render([("00", tlv.render(parts))]), tag="91", lower=True)
    decode(text)
    return text


def decode(text: str, *, lenient: bool = False) -> ScannedSlip | TrueMoneySlip:
    """The slip in a QR text. Raises PayloadError with the first check it fails: tlv, crc, semantic.

    `lenient` also takes a checksum whose leading zeros were dropped, and says so in `crc_padded`.
    """
    root, whole, padded = _root(text, lenient=lenient)
    if "91" not in root and "63" in root:
        tlv.check_checksum(whole, root)
        raise PayloadError("semantic", gettext("QR นี้เป็น QR สำหรับจ่ายเงิน ไม่ใช่ QR บนสลิป"))
    parts = tlv.parse(root["00"]) if root.get("00") else {}
    truemoney = parts.get("00") == "01"
    tlv.check_checksum(whole, root, tag="91", upper=not truemoney, lower=truemoney)
    tlv.refuse_empty(root)
    tlv.refuse_empty(parts, inside="00-")
    if next(iter(root)) != "00":
        raise PayloadError("semantic", gettext("สลิปต้องขึ้นต้นด้วยแท็ก 00"))
    return _truemoney(root, parts, padded) if truemoney else _slip(root, parts, padded)


def _root(text: str, *, lenient: bool) -> tuple[dict[str, str], str, bool]:
    try:
        return tlv.parse_root(text), text, False
    except PayloadError:
        short = _SHORT_CRC.fullmatch(text) if lenient else None
        if short is None:
            raise
        whole = short[1] + short[2].rjust(4, "0")
        return tlv.parse_root(whole), whole, True


def _slip(root: dict[str, str], parts: dict[str, str], padded: bool) -> ScannedSlip:
    if parts.get("00") != ScannedSlip.api_id:
        raise PayloadError("semantic", gettext("ไม่ใช่ QR บนสลิปของธนาคารไทย (แท็ก 00-00 ต้องเป็น 000001)"))
    if root.get("51") != ScannedSlip.country:
        raise PayloadError("semantic", gettext("สลิปต้องมาจากประเทศไทย (แท็ก 51 ต้องเป็น TH)"))
    sending_bank, trans_ref = parts.get("01", ""), parts.get("02", "")
    if not _BANK.fullmatch(sending_bank):
        raise PayloadError("semantic", gettext("รหัสธนาคารผู้โอนต้องเป็นเลข 3 หลัก"))
    if not _TRANS_REF.fullmatch(trans_ref):
        raise PayloadError("semantic", gettext("สลิปไม่มีเลขอ้างอิง หรือเลขอ้างอิงมีอักขระที่ใช้ไม่ได้"))
    return ScannedSlip(sending_bank=sending_bank, trans_ref=trans_ref, crc_padded=padded)


def _truemoney(root: dict[str, str], parts: dict[str, str], padded: bool) -> TrueMoneySlip:
    if "51" in root or parts.get("01") != "01":
        raise PayloadError("semantic", gettext("ไม่ใช่ QR บนสลิปของทรูมันนี่"))
    event_type, transaction_id = parts.get("02", ""), parts.get("03", "")
    if not _TRANS_REF.fullmatch(event_type) or not _TRANS_REF.fullmatch(transaction_id):
        raise PayloadError("semantic", gettext("สลิปทรูมันนี่ไม่มีชนิดรายการหรือเลขที่รายการ"))
    day = _DAY.fullmatch(parts.get("04", ""))
    if day is None:
        raise PayloadError("semantic", gettext("วันที่บนสลิปทรูมันนี่ต้องเป็นเลข 8 หลัก วันเดือนปี ค.ศ."))
    try:
        paid_on = date(int(day[3]), int(day[2]), int(day[1]))
    except ValueError as impossible:
        raise PayloadError("semantic", gettext("วันที่บนสลิปทรูมันนี่ไม่มีในปฏิทิน")) from impossible
    return TrueMoneySlip(
        event_type=event_type, transaction_id=transaction_id, paid_on=paid_on, crc_padded=padded
    )


def paid(slip: ScannedSlip | TrueMoneySlip) -> tuple[date | None, datetime | None]:
    """When the slip's own reference says it was paid: the day, and the moment where it tells that too.

    A hint, for only some banks' references are known to tell it and none is signed; (None, None) for the rest.
    """
    if isinstance(slip, TrueMoneySlip):
        return slip.paid_on, None
    year_day = _KBANK.fullmatch(slip.trans_ref) if slip.sending_bank == _KBANK_CODE else None
    shape = _DATED.get(slip.sending_bank)
    dated = shape.fullmatch(slip.trans_ref) if shape else None
    try:
        if year_day is not None:
            year, number = _KBANK_YEAR + int(year_day[1]), int(year_day[2])
            day = date(year, 1, 1) + timedelta(days=number - 1)
            return (day, _moment(day, year_day[3])) if day.year == year else (None, None)
        if dated is not None:
            day = date.fromisoformat(dated[1])
            return day, _moment(day, dated[2]) if dated[2] else None
    except ValueError:
        # Digits that only look like a day.
        return None, None
    return None, None


def _moment(day: date, clock: str) -> datetime:
    hours, minutes, seconds = (int(clock[at : at + 2]) for at in (0, 2, 4))
    midnight = datetime(day.year, day.month, day.day, tzinfo=BANGKOK)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError("no time of day")
    return midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def find(picture: bytes) -> ScannedSlip | TrueMoneySlip:
    """The one slip in a picture, whatever other QR codes stand beside it; a shortened checksum is taken.

    Raises BadInput when the picture cannot be read, holds no QR or holds two different slips, and the
    PayloadError of the QR that came furthest when none is a slip.
    """
    texts = qr.read(picture)
    if not texts:
        raise BadInput(gettext("ไม่พบ QR ในภาพ โปรดส่งภาพสลิปต้นฉบับที่เห็น QR ชัดทั้งดวง"))
    found: set[ScannedSlip | TrueMoneySlip] = set()
    refused: list[PayloadError] = []
    for text in texts:
        try:
            found.add(decode(text, lenient=True))
        except PayloadError as why:
            refused.append(why)
    if len(found) > 1:
        raise BadInput(gettext("ภาพนี้มีสลิปมากกว่าหนึ่งใบ โปรดส่งทีละใบ"))
    if not found:
        raise max(refused, key=lambda why: _RUNGS.index(why.code))
    return found.pop()
