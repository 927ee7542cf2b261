"""A meeting as an entry of a calendar (RFC 5545): its day, its body and number, where it is held, and whether it still is."""

from datetime import timedelta

from app.fund.committee.records import Meeting, MeetingState
from app.kit import clock


def of(meeting: Meeting, *, host: str) -> str:
    """The file that a calendar takes. Its UID stays, so that a moved or cancelled meeting replaces itself."""
    is_cancelled = meeting.state == MeetingState.CANCELLED
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kueakun//TH",
        f"METHOD:{'CANCEL' if is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:meeting-{meeting.id}@{host.partition(':')[0]}",
        f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{meeting.held_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{meeting.held_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'{meeting.body.name_th} ครั้งที่ {meeting.code}')}",
        f"LOCATION:{_escaped(meeting.venue)}",
        f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _escaped(words: str) -> str:
    for letter in "\\;,":
        words = words.replace(letter, f"\\{letter}")
    return words


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 bytes, the later ones indented by a space (3.1)."""
    pieces, piece = [], ""
    for letter in line:
        if len((piece + letter).encode()) > 75:
            pieces.append(piece)
            piece = " "
        piece += letter
    return [*pieces, piece]
