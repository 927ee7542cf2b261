"""Dates and sums as English writes them: the common era, and baht in words."""

from datetime import date, datetime

from app.kit.clock import BANGKOK

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

SHORT_MONTHS = tuple(month[:3] for month in _MONTHS)


def _day(on: date) -> date:
    return on.astimezone(BANGKOK).date() if isinstance(on, datetime) else on


def short_date(on: date) -> str:
    """`27 Nov 2026`; a moment is first brought to Bangkok."""
    day = _day(on)
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year}"


def long_date(on: date) -> str:
    """`27 November 2026`; a moment is first brought to Bangkok."""
    day = _day(on)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_year(on: date) -> str:
    """`November 2026`."""
    day = _day(on)
    return f"{_MONTHS[day.month - 1]} {day.year}"


def time_text(at: datetime) -> str:
    """`13:30` in Bangkok."""
    return f"{at.astimezone(BANGKOK):%H:%M}"


_ONES = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))


def baht_in_words(satang: int) -> str:
    """The sum in words: 10150 satang is "one hundred and one baht and fifty satang"."""
    baht, rest = divmod(abs(satang), 100)
    words = f"{_in_words(baht) or 'zero'} baht" if baht or not rest else ""
    more = f"{_in_words(rest)} satang" if rest else ""
    return ("minus " if satang < 0 else "") + " and ".join(part for part in (words, more) if part)


def _in_words(number: int) -> str:
    for size, name in _GROUPS:
        if number >= size:
            many, rest = divmod(number, size)
            link = " and " if 0 < rest < 100 else " "
            return f"{_in_words(many)} {name}{link}{_in_words(rest)}".strip()
    if number < len(_ONES):
        return _ONES[number]
    tens, units = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[units]}" if units else _TENS[tens]
