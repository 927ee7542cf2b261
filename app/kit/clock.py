"""What time it is: one clock for every room, always aware, shown in Bangkok's hours."""

from datetime import UTC, date, datetime, timedelta, timezone

#: Indochina Time. Thailand keeps no summer time, so a fixed offset is exact and needs no tzdata.
BANGKOK = timezone(timedelta(hours=7), "ICT")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date on a calendar in Bangkok; between 17:00 and 24:00 UTC it is already tomorrow's."""
    return datetime.now(BANGKOK).date()
