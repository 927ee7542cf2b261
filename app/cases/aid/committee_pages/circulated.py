"""A circulated item as a page shows it: until when, who has answered, and what this person may do about it."""

from dataclasses import dataclass
from datetime import datetime

from app.fund.committee import circulations, seats
from app.fund.committee.circulations import Count
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.meetings import may_lead
from app.fund.committee.records import Meeting
from app.fund.committee.records.circulations import Outcome
from app.kit.db import moment
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class Circulated:
    """What the page of a circulated item has beside that of any other."""

    closes_at: datetime
    #: The deadline has passed, by the database's clock.
    is_over: bool
    count: Count
    #: Who has answered, by name; how, only once it is closed.
    answered: list[str]
    outcome: Outcome
    reason: str
    #: The member who asked for a meeting; empty where nobody did.
    asked_by: str
    may_discuss: bool
    may_close: bool

    @property
    def is_open(self) -> bool:
        """Members can answer."""
        return self.outcome == Outcome.OPEN and not self.is_over


def of(meeting: Meeting, now: ItemStatus, *, me: User, names: dict[int, str]) -> Circulated | None:
    """The circulated item as `me` sees it; None for one of a meeting."""
    ends = meeting.circulation
    if ends is None:
        return None
    counted, is_over = circulations.count(now.item.id), moment() >= ends.closes_at
    is_live = ends.outcome == Outcome.OPEN
    is_complete = counted.answered >= counted.entitled and me.id == meeting.chair_id
    return Circulated(
        closes_at=ends.closes_at,
        is_over=is_over,
        count=counted,
        answered=sorted(names[member] for member in now.voted),
        outcome=Outcome(ends.outcome),
        reason=ends.reason,
        asked_by=names.get(ends.asked_by_id or 0, ""),
        may_discuss=is_live
        and not is_over
        and me.has(*seats.SEATS)
        and me.id in {entry.person_id for entry in seats.roll(meeting.id)},
        may_close=is_live and may_lead(meeting, me) and (is_over or is_complete),
    )
