"""Phrases of Thai that no line breaks: Thai has no spaces between words, and browsers break in the middle of a name."""

import re
from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

#: What browsers break though it is read as one word: compounds, and names that the dictionaries of browsers do not know.
_WORDS = (
    *("เนตรนารี", "ลูกเสือ", "ยุวกาชาด", "กองทุนขจัดความยากจน", "และลดความเหลื่อมล้ำ", "ความเหลื่อมล้ำ", "ความยากจน"),
    *("ครัวเรือน", "ความช่วยเหลือ", "ใบเสร็จรับเงิน", "คณะกรรมการ", "พร้อมเพย์", "วัตถุประสงค์", "ความประสงค์", "เครือข่าย"),
    *("รายการเดินบัญชี", "ผู้ใหญ่ที่ปรึกษา", "ทีมพี่เลี้ยง", "เหรัญญิก", "ศูนย์ดำรงธรรม", "ส่งมอบ", "ใบสำคัญจ่าย", "ข้อมูลส่วนบุคคล"),
)
#: A figure and what it counts, a time of the day, a day of a month, the number of a request or a pledge.
_FIGURES = (
    r"\d[\d,.]*[ \u00a0](?:คน|ชุด|บาท|ครัวเรือน|อำเภอ|รายการ|วัน|งวด|น\.)",
    r"\d{1,2} (?:มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม)(?: \d{4})?",
    r"[A-Z]{2,4}-\d+(?:-\d+)*",
)
_TAG = re.compile(r"(<[^>]*>)")


def keeper(names: Iterable[str]) -> Callable[[str], Markup]:
    """A filter for titles that keeps each phrase on one line: the usual ones, and names of this portal's own.

    A phrase wider than its line is broken all the same.
    """
    words = sorted({*_WORDS, *(name for name in names if name)}, key=len, reverse=True)
    phrase = re.compile("|".join([*map(re.escape, words), *_FIGURES]))

    def whole(text: str) -> Markup:
        escaped = escape(text)
        if phrase.fullmatch(escaped):
            return escaped
        pieces = _TAG.split(str(escaped))
        return Markup("".join(piece if piece[:1] == "<" else phrase.sub(_kept, piece) for piece in pieces))  # noqa: S704 — escaped above

    return whole


def _kept(match: re.Match[str]) -> str:
    return f'<span class="nb">{match[0]}</span>'
