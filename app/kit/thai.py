"""Thai dates, fiscal years, digits and alphabetical order."""

import re
from calendar import monthrange
from datetime import date, datetime

from app.kit import texts
from app.kit.clock import BANGKOK
from app.kit.errors import BadInput

MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
SHORT_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")

_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

#: Buddhist era counts from 543 years before the common era.
_BE = 543
#: A year above this is read as Buddhist era.
_LAST_CE_YEAR = 2400
_LATEST_YEAR = 2200
_EARLIEST_YEAR = _LAST_CE_YEAR + 1 - _BE

#: No date is written longer than this; anything longer is not looked into.
_LONGEST = 100

_EXAMPLE = "เช่น 27 มกราคม 2565 หรือ 27/01/2565"

_NAMED = re.compile(r"([0-9]{1,2})\s*([ก-ฮะ-๎. ]+?)\s*(?:(พ\.?ศ\.?|ค\.?ศ\.?)\s*)?([0-9]{4}|[0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST_SHORT = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{2})")
#: Years within which two digits are the Buddhist era's beyond doubt: the common era's would be 43 years away from them.
_NEAR = 20
_WEEKDAY = re.compile(r"^วัน(?:" + "|".join(WEEKDAYS) + r")?(?:ที่)?\s*")


def _letters(name: str) -> str:
    """A month's name without dots and spaces, so that "ม. ค." and "มค" are both มกราคม."""
    return name.replace(".", "").replace(" ", "")


_MONTH_OF = {
    _letters(name): number for names in (MONTHS, SHORT_MONTHS) for number, name in enumerate(names, start=1)
}


def arabic_digits(text: str) -> str:
    """The same text with ๐–๙ written 0–9."""
    return text.translate(_TO_ARABIC)


def thai_digits(text: str | int) -> str:
    """The same text with 0–9 written ๐–๙."""
    return str(text).translate(_TO_THAI)


def to_ce(year: int) -> int:
    """The common-era year: above 2400 it is Buddhist era and loses 543, else it is already common era.

    January to March before 2484 BE (1941) belonged to the next common-era year in the calendar of the time;
    registers of today have restated those birth dates, so the plain difference is right for them.
    """
    return year - _BE if year > _LAST_CE_YEAR else year


def year_be(on: date) -> int:
    """The Buddhist-era calendar year of a date, or of a moment in Bangkok."""
    return _day(on).year + _BE


def parse_date(text: str, *, near: date | None = None) -> date:
    """The date a person or a file wrote.

    Reads `27 มกราคม 2565`, `29 มี.ค.65` (two digits beside a Thai month are 25xx), `27/01/2565`,
    `2565-01-27` and `2022-01-27`, with Thai digits and any spaces. A year above 2400 is Buddhist era.
    Raises BadInput for a date that does not exist, and for two-digit years in figures, which are ambiguous.

    A field whose days lie `near` a known one takes two digits in figures as well, `27/11/69`: as 25xx where that is
    at most 20 years off. 26 is asked about, with or without the month's name, because 2026 is as near as 2569.
    """
    if len(text) > _LONGEST:
        raise BadInput(f"อ่านวันที่ไม่ได้ โปรดใส่ {_EXAMPLE}")
    written = " ".join(arabic_digits(text).replace("\u200b", "").split())
    written = _WEEKDAY.sub("", written)
    if not written:
        raise BadInput(f"ยังไม่ได้ใส่วันที่ โปรดใส่ {_EXAMPLE}")
    if match := _NAMED.fullmatch(written):
        month = _MONTH_OF.get(_letters(match[2]))
        if month is None:
            raise BadInput(f"ไม่รู้จักชื่อเดือน “{match[2].strip()}” โปรดใส่วันที่ใหม่ {_EXAMPLE}")
        return _date(_year(match[4], era=match[3], near=near), month, int(match[1]))
    if match := _DAY_FIRST.fullmatch(written):
        return _date(_year(match[4]), int(match[3]), int(match[1]))
    if match := _YEAR_FIRST.fullmatch(written):
        return _date(_year(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST_SHORT.fullmatch(written):
        if near is None:
            raise BadInput(f"ปีสองหลักอ่านได้หลายอย่าง โปรดใส่ปีสี่หลัก {_EXAMPLE}")
        return _date(_year(match[4], near=near), int(match[3]), int(match[1]))
    raise BadInput(f"อ่านวันที่ไม่ได้ โปรดใส่ {_EXAMPLE}")


def _year(digits: str, *, era: str | None = None, near: date | None = None) -> int:
    year = int(digits)
    if len(digits) == 2:
        if era is None and near is not None and abs(to_ce(year + 2500) - near.year) > _NEAR:
            raise BadInput(
                f"ปี {digits} อาจเป็น พ.ศ. 25{digits} หรือ ค.ศ. 20{digits} โปรดใส่ปีสี่หลัก เช่น {long_date(near)}"
            )
        year += 2500
    is_be = year > _LAST_CE_YEAR
    ce = to_ce(year)
    if (era is not None and is_be != era.startswith("พ")) or not _EARLIEST_YEAR <= ce <= _LATEST_YEAR:
        raise BadInput(f"ปี {digits} ไม่น่าจะถูกต้อง โปรดใส่ปี พ.ศ. สี่หลัก {_EXAMPLE}")
    return ce


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise BadInput(f"เดือนมีได้ตั้งแต่ 1 ถึง 12 โปรดใส่วันที่ใหม่ {_EXAMPLE}")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise BadInput(f"เดือน{MONTHS[month - 1]} {year + _BE} มีวันที่ 1 ถึง {last} เท่านั้น โปรดใส่วันที่ใหม่")
    return date(year, month, day)


def _moment(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone before it can be shown in Bangkok's hours")
    return at.astimezone(BANGKOK)


def _day(on: date) -> date:
    return _moment(on).date() if isinstance(on, datetime) else on


def long_date(on: date) -> str:
    """`27 มกราคม 2565`; an aware moment is first brought to Bangkok."""
    day = _day(on)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + _BE}"


def day_in_words(on: date) -> str:
    """`วันพฤหัสบดีที่ 27 มกราคม 2565`."""
    return f"วัน{WEEKDAYS[_day(on).weekday()]}ที่ {long_date(on)}"


def short_date(on: date) -> str:
    """`27 ม.ค. 65`; an aware moment is first brought to Bangkok."""
    day = _day(on)
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {(day.year + _BE) % 100:02d}"


def month_year(on: date) -> str:
    """`มกราคม 2565`."""
    day = _day(on)
    return f"{MONTHS[day.month - 1]} {day.year + _BE}"


def time_text(at: datetime) -> str:
    """`13.30 น.` in Bangkok, with a no-break space before น. Raises ValueError when the moment has no time zone."""
    moment = _moment(at)
    return f"{moment.hour:02d}.{moment.minute:02d}\u00a0น."


def moment_text(at: datetime) -> str:
    """`27 ม.ค. 65 13.30 น.` in Bangkok. Raises ValueError when the moment has no time zone."""
    return f"{short_date(at)} {time_text(at)}"


def fiscal_year_be(on: date) -> int:
    """The Thai government's fiscal year, Buddhist era: 1 October 2569 to 30 September 2570 is 2570."""
    day = _day(on)
    return day.year + _BE + (1 if day.month >= 10 else 0)


def fiscal_year_days(year: int) -> tuple[date, date]:
    """The first and the last day of a fiscal year given in Buddhist era."""
    ce = year - _BE
    return date(ce - 1, 10, 1), date(ce, 9, 30)


_LEADING_VOWEL = re.compile(r"([เแโใไ])([ก-ฮ])")
#: Maitaikhu, the four tone marks, thanthakhat and the like decide only between words otherwise equal.
_MARKS = re.compile(r"[็-๎]")


def sort_key(text: str) -> tuple[str, str]:
    """A key that sorts as a Thai dictionary does: by consonant before its leading vowel, tone marks last."""
    plain = texts.canonical(text).casefold()
    turned = _LEADING_VOWEL.sub(r"\2\1", plain)
    return _MARKS.sub("", turned), turned
