"""Cells of a statement: amounts, days and times as banks write them, read strictly."""

import re
from datetime import date, time
from functools import lru_cache

from app.fund.bank.statements.layouts import Years
from app.kit import money, thai
from app.kit.errors import BadInput

#: What a bank writes where there is nothing.
NOTHING = frozenset({"", "-", "–", "—"})

_CLOCK = re.compile(
    r"(?P<day>.*?)(?:^|[ T]+)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
    r"\s*(?:น\.?)?(?:\+07:?00)?"
)
_TWO_DIGITS = re.compile(r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})")
_SIGNED = re.compile(r"(?P<sign>[+\-−–]?)\s*(?P<figure>.+)")
#: The common ways of the world's programs, read at once; all others go the careful way.
_PLAIN_AMOUNT = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3}){0,3}|[0-9]{1,12})\.([0-9]{2})")


def signed_satang(written: str) -> int:
    """Satang of an amount as banks write it: commas, a sign before it or brackets for minus. Nothing is rounded."""
    if plain := _PLAIN_AMOUNT.fullmatch(written):
        satang = int(plain[2].replace(",", "") + plain[3])
        return -satang if plain[1] else satang
    # Spreadsheets that guard against formulas put an apostrophe before a minus.
    text = written.strip().removeprefix("'")
    minus = text.startswith("(") and text.endswith(")")
    match = _SIGNED.fullmatch(text[1:-1].strip() if minus else text)
    if match is None or (minus and match["sign"]):
        raise BadInput(f"อ่านจำนวนเงิน “{written}” ไม่ได้")
    satang = money.parse_baht(match["figure"], allow_zero=True)
    return -satang if minus or match["sign"] not in ("", "+") else satang


def figure(written: str) -> int:
    """Satang, 0 where the bank wrote nothing."""
    return 0 if written in NOTHING else signed_satang(written)


def moment(written: str, years: Years) -> tuple[date, time | None]:
    """The day, and the time where the cell has one."""
    text = thai.arabic_digits(" ".join(written.split()))
    match = _CLOCK.fullmatch(text)
    if match is None or not match["day"]:
        return _day(text, years), None
    return _day(match["day"], years), _clock(match)


@lru_cache(maxsize=1_000)
def _day(text: str, years: Years) -> date:
    two = _TWO_DIGITS.fullmatch(text)
    if two and years is not Years.FOUR:
        text = f"{two[1]}{'25' if years is Years.TWO_BE else '20'}{two[2]}"
    return thai.parse_date(text)


def time_of_day(written: str) -> time:
    match = _CLOCK.fullmatch(thai.arabic_digits(written))
    if match is None:
        raise BadInput(f"อ่านเวลา “{written}” ไม่ได้")
    return _clock(match)


def _clock(match: re.Match[str]) -> time:
    try:
        return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise BadInput(f"ไม่มีเวลา {match['hour']}:{match['minute']}") from error
