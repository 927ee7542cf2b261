"""Amounts of tag 54: baht as strict text on the wire, whole satang everywhere else."""

import re

from app.kit.promptpay.tlv import PayloadError

MAX_SATANG = 999_999_999_999

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,9})(?:\.([0-9]{1,2}))?")


def parse_amount(text: str) -> int:
    """Satang of a baht amount such as `100`, `100.5` or `1500.37`.

    Raises `semantic` for anything else: a sign, a comma, a space, an exponent, Thai digits, a leading zero,
    more than two decimals, zero, or more than 9999999999.99 (thirteen characters). Nothing is rounded.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise PayloadError(
            "semantic", "จำนวนเงินต้องเป็นตัวเลขอารบิก ทศนิยมไม่เกิน 2 ตำแหน่ง ไม่เกิน 9999999999.99 เช่น 1500.50"
        )
    satang = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if satang == 0:
        raise PayloadError("semantic", "จำนวนเงินต้องมากกว่าศูนย์")
    return satang


def format_amount(satang: int) -> str:
    """The amount as it is issued: always two decimals. Raises `semantic` outside 1 satang to 9999999999.99 baht."""
    # bool is an int to Python, and True would become one satang.
    if type(satang) is not int or not 1 <= satang <= MAX_SATANG:
        raise PayloadError("semantic", "จำนวนเงินต้องเป็นสตางค์เต็มจำนวน มากกว่าศูนย์ และไม่เกิน 9999999999.99 บาท")
    return f"{satang // 100}.{satang % 100:02d}"
