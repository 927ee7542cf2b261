"""How the demonstration bank misbehaves when it is asked to: what it transfers, and when and how often it tells."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from app.demo.ledger import BankLine, Ledger
from app.demo.qr_reader import Asked
from app.kit.errors import Refused

#: How the payer transfers.
DEEDS = {
    "once": "โอนครั้งเดียว",
    "twins": "โอนซ้ำสองครั้ง ยอดเท่ากัน",
    "split": "แบ่งโอนเป็นสองก้อน",
}
#: How the bank tells of it.
MANNERS = {
    "usual": "แจ้งทันที แล้วส่งซ้ำอีกครั้ง",
    "late": "แจ้งช้า 20 วินาที",
    "many": "แจ้งพร้อมกันสิบครั้ง ก้อนหลังก่อน",
    "lost": "ไม่แจ้งเลย ข้อความหายระหว่างทาง",
}
LATE_SECONDS = 20
_MANY = 10

Message = TypeVar("Message")


def transfer(
    ledger: Ledger, asked: Asked, *, satang: int, payer: str, payer_bank: str, deed: str = "once"
) -> list[BankLine]:
    """The payer's deed in the bank's ledger. Any amount is carried: some apps let their user change it.

    Raises Refused for an amount that the bank does not carry, or one satang that is to be split.
    """
    typed = replace(asked, satang=None)
    if deed == "split" and satang < 2:
        raise Refused("หนึ่งสตางค์แบ่งโอนสองก้อนไม่ได้")
    parts = {"twins": (satang, satang), "split": (satang // 2, satang - satang // 2)}.get(deed, (satang,))
    return [ledger.transfer(typed, satang=part, payer=payer, payer_bank=payer_bank) for part in parts]


def sendings(lines: Sequence[Message], manner: str) -> list[tuple[int, list[Message]]]:
    """When the bank tells of what: after so many seconds, these at once."""
    if manner == "lost":
        return []
    if manner == "late":
        return [(LATE_SECONDS, list(lines))]
    if manner == "many":
        return [(0, list(reversed(lines)) * _MANY)]
    return [(0, [line]) for line in lines] + [(0, [line]) for line in lines]
