"""Tag-length-value objects, their checksum, and the checks that a payload must pass, in their order.

Standard: EMVCo Merchant-Presented QR v1.1; Bank of Thailand "Standardized Thai QR Code for Payment Transactions".
"""

import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from app.kit.errors import BadInput

CheckStage = Literal["tlv", "crc", "structure", "semantic"]

MAX_PAYLOAD = 512
MAX_VALUE = 99

# [0-9] and never \d: Python's \d also matches Thai digits.
_HEADER = re.compile(r"[0-9]{4}")
_CRC_UPPER = re.compile(r"[0-9A-F]{4}")
_CRC_LOWER = re.compile(r"[0-9a-f]{4}")


class PayloadError(BadInput):
    """A payload was refused. `code` is the check that it failed, `reason` the Thai sentence without the code.

    The checks, in the order they are made: `tlv` the objects cannot be told apart, `crc` the checksum is
    missing, misplaced or wrong, `structure` a required part is missing or there are two of it, `semantic` a
    part holds what it may not.
    """

    def __init__(self, code: CheckStage, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


def parse(text: str) -> dict[str, str]:
    """The objects of one level in their order, tag to value. Raises `tlv`; an empty value is let through here."""
    if not text:
        raise PayloadError("tlv", "ไม่มีข้อความให้อ่าน")
    objects: dict[str, str] = {}
    at = 0
    while at < len(text):
        header = text[at : at + 4]
        if not _HEADER.fullmatch(header):
            raise PayloadError("tlv", f"ตำแหน่งที่ {at + 1} ต้องเป็นเลขแท็ก 2 หลักและความยาว 2 หลัก")
        tag, length = header[:2], int(header[2:])
        value = text[at + 4 : at + 4 + length]
        if len(value) < length:
            raise PayloadError("tlv", f"แท็ก {tag} บอกความยาว {length} แต่ข้อความหมดก่อน")
        if tag in objects:
            raise PayloadError("tlv", f"แท็ก {tag} ซ้ำ")
        objects[tag] = value
        at += 4 + length
    return objects


def parse_root(text: str) -> dict[str, str]:
    """`parse` for a whole payload: at most 512 characters, all printable. Raises `tlv`."""
    if len(text) > MAX_PAYLOAD:
        raise PayloadError("tlv", f"ข้อความยาว {len(text)} ตัวอักษร เกิน {MAX_PAYLOAD}")
    if not text.isprintable():
        raise PayloadError("tlv", "มีอักขระควบคุมหรืออักขระที่อ่านไม่ได้ปนอยู่")
    return parse(text)


def render(objects: Iterable[tuple[str, str | None]]) -> str:
    """The objects written one after another; those whose value is None are left out. Raises `tlv` past 99."""
    written = []
    for tag, value in objects:
        if value is None:
            continue
        if len(value) > MAX_VALUE:
            raise PayloadError("tlv", f"แท็ก {tag} ยาว {len(value)} ตัวอักษร เกิน {MAX_VALUE}")
        written.append(f"{tag}{len(value):02d}{value}")
    return "".join(written)


def refuse_empty(objects: Mapping[str, str], *, inside: str = "") -> None:
    """Raises `semantic` when an object has no value: the standard's shortest is one character."""
    for tag, value in objects.items():
        if not value:
            raise PayloadError("semantic", f"แท็ก {inside}{tag} ว่างเปล่า")


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE of the text (start FFFF, polynomial 1021) as four upper-case hexadecimal digits."""
    # A stray surrogate, from bytes that were no text, is refused by `parse_root`; here it must only not burst.
    return f"{binascii.crc_hqx(text.encode(errors='surrogatepass'), 0xFFFF):04X}"


def with_checksum(body: str, *, tag: str = "63", lower: bool = False) -> str:
    """The body with its checksum object at the end. The checksum covers its own tag and length too."""
    body = f"{body}{tag}04"
    crc = crc16(body)
    return body + (crc.lower() if lower else crc)


def check_checksum(
    text: str, objects: dict[str, str], *, tag: str = "63", upper: bool = True, lower: bool = False
) -> None:
    """Raises `crc` unless `tag` is the last object and holds the checksum, in one of the letter cases allowed."""
    if tag not in objects:
        raise PayloadError("crc", f"ไม่มีรหัสตรวจสอบ (แท็ก {tag})")
    if next(reversed(objects)) != tag:
        raise PayloadError("crc", f"รหัสตรวจสอบ (แท็ก {tag}) ต้องอยู่ท้ายสุด")
    crc = objects[tag]
    if not ((upper and _CRC_UPPER.fullmatch(crc)) or (lower and _CRC_LOWER.fullmatch(crc))):
        letters = "ตัวพิมพ์ใหญ่" if upper else "ตัวพิมพ์เล็ก"
        raise PayloadError("crc", f"รหัสตรวจสอบต้องเป็นเลขฐานสิบหก 4 หลัก {letters}")
    if crc.upper() != crc16(text[:-4]):
        raise PayloadError("crc", "รหัสตรวจสอบไม่ตรงกับข้อความ อาจอ่านผิดหรือถูกแก้ไข")
