"""Money in satang: reading it from a form, writing it for people in figures and in words.

Integers only. Nothing here rounds.
"""

import re

from app.kit import english
from app.kit.errors import BadInput
from app.kit.language import gettext, spoken
from app.kit.thai import arabic_digits

#: The most a form accepts: 999,999,999,999.99 baht. It fits a 64-bit column with room for sums.
MOST_SATANG = 10**14 - 1

#: No sum of money is written longer than this; anything longer is not looked into.
_LONGEST = 60
_SATANG_IN_BAHT = 100
_MILLION = 1_000_000

_UNIT = re.compile(r"^฿\s*|\s*(?:฿|บาท)$")
_FIGURE = re.compile(r"(?P<baht>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<satang>[0-9]{1,2}))?")
_THREE_DECIMALS = re.compile(r"[0-9,]+\.[0-9]{3,}")
_ONLY_FIGURES = re.compile(r"[0-9.,]+")


def parse_baht(text: str, *, allow_zero: bool = False) -> int:
    """Satang from what a person typed as baht.

    Accepts Thai or Arabic digits, commas that group thousands correctly, up to two decimals, spaces around
    it, and one ฿ or บาท. Raises BadInput for everything else, and for zero unless `allow_zero`.
    """
    if len(text) > _LONGEST:
        raise BadInput(gettext("อ่านจำนวนเงินไม่ได้ โปรดใส่ตัวเลขเป็นบาท เช่น 1,234.50"))
    figure = arabic_digits(text).replace("\u200b", "").strip()
    figure = _UNIT.sub("", figure, count=1)
    if not figure:
        raise BadInput(gettext("ยังไม่ได้ใส่จำนวนเงิน โปรดใส่เป็นบาท เช่น 1,234.50"))
    match = _FIGURE.fullmatch(figure)
    if match is None:
        raise BadInput(_what_is_wrong(figure))
    baht = match["baht"].replace(",", "").lstrip("0") or "0"
    if len(baht) > len(str(MOST_SATANG // _SATANG_IN_BAHT)):
        raise BadInput(gettext("จำนวนเงินมากเกินไป โปรดใส่ไม่เกิน %(most)s บาท", most=format_baht(MOST_SATANG)))
    satang = int(baht) * _SATANG_IN_BAHT + int((match["satang"] or "0").ljust(2, "0"))
    if satang == 0 and not allow_zero:
        raise BadInput(gettext("จำนวนเงินเป็นศูนย์ไม่ได้ โปรดใส่จำนวนที่มากกว่าศูนย์ เช่น 1,234.50"))
    return satang


def _what_is_wrong(figure: str) -> str:
    if figure[0] in "+-−–":
        return gettext("จำนวนเงินต้องไม่มีเครื่องหมายบวกหรือลบ โปรดใส่ตัวเลขอย่างเดียว เช่น 1,234.50")
    if _THREE_DECIMALS.fullmatch(figure):
        return gettext("สตางค์มีได้ไม่เกินสองตำแหน่ง โปรดใส่ใหม่ เช่น 1,234.50")
    if "," in figure and _ONLY_FIGURES.fullmatch(figure):
        return gettext("เครื่องหมายจุลภาคต้องคั่นทุกสามหลัก และใช้จุดคั่นสตางค์ โปรดใส่ใหม่ เช่น 1,234.50")
    return gettext("อ่านจำนวนเงินไม่ได้ โปรดใส่ตัวเลขเป็นบาท เช่น 1,234.50")


def format_baht(satang: int, *, always_decimals: bool = True) -> str:
    """Baht in figures: 123450 satang is "1,234.50". Without `always_decimals`, whole baht lose their ".00"."""
    sign = "-" if satang < 0 else ""
    baht, rest = divmod(abs(satang), _SATANG_IN_BAHT)
    if rest == 0 and not always_decimals:
        return f"{sign}{baht:,}"
    return f"{sign}{baht:,}.{rest:02d}"


def short_baht(satang: int) -> str:
    """Baht for a big figure on a page: "1.23 ล้าน" from a million up, else as `format_baht` without ".00".

    Cut after two decimals, never rounded up: a page must not claim more than there is.
    """
    hundredths = abs(satang) // (_SATANG_IN_BAHT * _MILLION // 100)
    if hundredths < 100:
        return format_baht(satang, always_decimals=False)
    sign = "-" if satang < 0 else ""
    millions, rest = divmod(hundredths, 100)
    decimals = f".{rest:02d}".rstrip("0") if rest else ""
    million = gettext("ล้าน")
    return f"{sign}{millions:,}{decimals} {million}"


_DIGITS = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")


def baht_in_words(satang: int) -> str:
    """The sum in Thai words as a receipt writes it: 10100 satang is หนึ่งร้อยเอ็ดบาทถ้วน.

    A final one is เอ็ด in every number of two digits or more (Royal Society of Thailand, "อ่านอย่างไร และ
    เขียนอย่างไร", 16th printing 2546, p. 67: 101 ร้อยเอ็ด, 1001 พันเอ็ด). Satang are counted on their own.
    """
    baht, rest = divmod(abs(satang), _SATANG_IN_BAHT)
    sign = "ลบ" if satang < 0 else ""
    if rest == 0:
        return f"{sign}{_in_words(baht) or 'ศูนย์'}บาทถ้วน"
    whole = f"{_in_words(baht)}บาท" if baht else ""
    return f"{sign}{whole}{_in_words(rest)}สตางค์"


def said(satang: int) -> str:
    """The sum in words, in the language of the page."""
    return english.baht_in_words(satang) if spoken() == "en" else baht_in_words(satang)


def _in_words(number: int) -> str:
    millions, below = divmod(number, _MILLION)
    words = f"{_in_words(millions)}ล้าน" if millions else ""
    for place in range(len(_PLACES) - 1, -1, -1):
        digit = below // 10**place % 10
        if digit == 0:
            continue
        if place == 0 and digit == 1 and number > 1:
            words += "เอ็ด"
        elif place == 1 and digit == 1:
            words += "สิบ"
        elif place == 1 and digit == 2:
            words += "ยี่สิบ"
        else:
            words += _DIGITS[digit] + _PLACES[place]
    return words
