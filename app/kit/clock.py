"""Clock: the present moment and day for every room. Moments carry their time zone and are shown in Bangkok's."""

from datetime import UTC, date, datetime, time, timedelta, timezone

#: Indochina Time. Thailand keeps no summer time, so a fixed offset is exact and needs no tzdata.
BANGKOK = timezone(timedelta(hours=7), "ICT")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date on a calendar in Bangkok; between 17:00 and 24:00 UTC it is already tomorrow's."""
    return datetime.now(BANGKOK).date()


def bounds(first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """The moments between which these days lie in Bangkok: from the first one's start to before the second."""
    return (
        datetime.combine(first_on, time(), BANGKOK),
        datetime.combine(last_on + timedelta(days=1), time(), BANGKOK),
    )


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month (common era)."""
    first = date(year, month, 1)
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
