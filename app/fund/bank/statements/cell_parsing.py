"""Cell parsing: cells of a statement; amounts, days and times as banks write them, read strictly."""

import re
from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache

from app.fund.bank.statements.layouts import Years
from app.kit import money, thai
from app.kit.errors import BadInput

#: What a bank writes where there is nothing.
NOTHING = frozenset({"", "-", "–", "—"})

_CLOCK = re.compile(
    r"(?P<day>.*?)(?:^|[ T]+)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?:น\.?)?(?:\+07:?00)?"
)
_CLOCK_FIGURES = re.compile(r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?")
_ENGLISH = re.compile(
    r"(?:(?P<day>[0-9]{1,2})[ /.-]*(?P<month>[A-Za-z]{3,9})\.?|(?P<name>[A-Za-z]{3,9})\.? (?P<after>[0-9]{1,2}))"
    r",?[ /.-]*(?P<year>[0-9]{4}|[0-9]{2})"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sept",
)
_EIGHT_FIGURES = re.compile(r"[0-9]{8}")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})")
_TWO_DIGITS = re.compile(r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})")
#: A sign before the figure or behind it, the currency's name on either side, and the mark of a bank's own books.
_SIGNED = re.compile(
    r"(?P<before>[+\-−–]?)\s*(?:(?:THB|฿)\s*(?P<inner>[+\-−–]?))?\s*(?P<figure>[0-9๐-๙][^A-Za-z+\-−–]*?)\s*"
    r"(?P<behind>[+\-−–]?)\s*(?:THB|baht)?\s*(?P<mark>CR|DR|C|D)?\.?",
    re.IGNORECASE,
)
#: A space may group thousands where a comma may.
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]{1,2})?")
#: The common ways of the world's programs, read at once; all others go the careful way.
_PLAIN_AMOUNT = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3}){0,3}|[0-9]{1,12})\.([0-9]{2})")


class Side(StrEnum):
    IN = "in"
    OUT = "out"


_IN = frozenset(
    {
        "c",
        "cr",
        "credit",
        "in",
        "deposit",
        "d/p",
        "เข้า",
        "ฝาก",
        "เครดิต",
        "+",
        "เงินเข้า",
        "ฝากเงิน",
        "รับ",
        "รับเงิน",
        "รับโอน",
        "โอนเข้า",
    }
)
_OUT = frozenset(
    {
        "d",
        "dr",
        "debit",
        "out",
        "withdrawal",
        "w/d",
        "ออก",
        "ถอน",
        "เดบิต",
        "-",
        "เงินออก",
        "ถอนเงิน",
        "จ่าย",
        "จ่ายเงิน",
        "โอนออก",
    }
)


def side_of(written: str) -> Side | None:
    """Money in or money out, as a bank marks it; None for a mark that is not known."""
    mark = written.strip().casefold().rstrip(".")
    return Side.IN if mark in _IN else Side.OUT if mark in _OUT else None


def amount(written: str) -> tuple[int, Side | None]:
    """Satang of an amount with the sign that is written, and the mark of money in or out where the cell has one.

    Commas or spaces may group, the sign stand before or behind, brackets mean minus. Nothing is rounded.
    """
    if plain := _PLAIN_AMOUNT.fullmatch(written):
        satang = int(plain[2].replace(",", "") + plain[3])
        return (-satang if plain[1] else satang), None
    # Spreadsheets that guard against formulas put an apostrophe before a minus.
    text = " ".join(written.split()).removeprefix("'")
    minus = text.startswith("(") and text.endswith(")")
    match = _SIGNED.fullmatch(text[1:-1].strip() if minus else text)
    signs = [sign for name in ("before", "inner", "behind") if (sign := match[name])] if match else []
    if match is None or len(signs) + minus > 1:
        raise BadInput(f"อ่านจำนวนเงิน “{written}” ไม่ได้")
    figure = thai.arabic_digits(match["figure"])
    satang = money.parse_baht(
        figure.replace(" ", "") if _SPACED.fullmatch(figure) else figure, allow_zero=True
    )
    mark = side_of(match["mark"]) if match["mark"] else None
    return (-satang if minus or (signs and signs[0] != "+") else satang), mark


def signed_satang(written: str) -> int:
    """Satang of a balance or of an amount that says by itself whether it is below zero: by its sign, or its mark."""
    satang, mark = amount(written)
    return -abs(satang) if mark is Side.OUT else satang


def figure(written: str) -> int:
    """Satang, 0 where the bank wrote nothing."""
    return 0 if written in NOTHING else signed_satang(written)


def moment(written: str, years: Years) -> tuple[date, time | None]:
    """The day, and the time where the cell has one. Midnight at the end of a day (24:00) is that of the next."""
    text = thai.arabic_digits(" ".join(written.split()))
    match = _CLOCK.fullmatch(text)
    if match is None or not match["day"]:
        return _day(text, years), None
    at, later = _clock(match)
    return _day(match["day"], years) + later, at


@lru_cache(maxsize=1_000)
def _day(text: str, years: Years) -> date:
    if english := _ENGLISH.fullmatch(text):
        text = _in_figures(english)
    elif _EIGHT_FIGURES.fullmatch(text):
        return _of_figures(text)
    elif first := _YEAR_FIRST.fullmatch(text):
        text = "-".join(first.groups())
    two = _TWO_DIGITS.fullmatch(text)
    if two and years is not Years.FOUR:
        text = f"{two[1]}{'25' if years is Years.TWO_BE else '20'}{two[2]}"
    return thai.parse_date(text)


def has_two_digit_year(written: str) -> bool:
    """Whether a day is written in a way that only lacks the era of its year."""
    text = thai.arabic_digits(" ".join(written.split()))
    match = _CLOCK.fullmatch(text)
    day = match["day"] if match and match["day"] else text
    english = _ENGLISH.fullmatch(day)
    return _TWO_DIGITS.fullmatch(_in_figures(english) if english else day) is not None


def _in_figures(match: re.Match[str]) -> str:
    name = (match["month"] or match["name"]).casefold()
    if name[:3] not in _MONTHS or (len(name) > 3 and name not in _MONTH_NAMES):
        raise BadInput(f"ไม่รู้จักชื่อเดือน “{name}”")
    return f"{match['day'] or match['after']}/{_MONTHS.index(name[:3]) + 1}/{match['year']}"


def _of_figures(text: str) -> date:
    """Eight figures, where only one way to read them is a day: year first or day first."""
    days = set[date]()
    for written in (f"{text[:4]}-{text[4:6]}-{text[6:]}", f"{text[:2]}/{text[2:4]}/{text[4:]}"):
        try:
            days.add(thai.parse_date(written))
        except BadInput:
            continue
    if len(days) != 1:
        raise BadInput(f"อ่านวันที่ “{text}” ไม่ได้ หรืออ่านได้หลายอย่าง")
    return days.pop()


def time_of_day(written: str) -> tuple[time, timedelta]:
    """The time, and the day that it adds where it is midnight at the end of the day."""
    text = thai.arabic_digits(written)
    match = _CLOCK.fullmatch(text) or _CLOCK_FIGURES.fullmatch(text)
    if match is None or match.groupdict().get("day"):
        raise BadInput(f"อ่านเวลา “{written}” ไม่ได้")
    return _clock(match)


def _clock(match: re.Match[str]) -> tuple[time, timedelta]:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match.groupdict().get("half") or "").casefold()[:1]
    if half and not 1 <= hour <= 12:
        raise BadInput(f"ไม่มีเวลา {match['hour']}:{match['minute']} {match['half']}")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute, second) == (24, 0, 0):
        return time(), timedelta(days=1)
    try:
        return time(hour, minute, second), timedelta()
    except ValueError as error:
        raise BadInput(f"ไม่มีเวลา {match['hour']}:{match['minute']}") from error
