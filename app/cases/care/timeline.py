"""The household's timeline: all that happened to it in one order, newest first, as far as its reader may know.

The room of aid tells what it knows of a household through `TOLD`; each room tells at most so many happenings before a place in the
order, so the timeline costs the same however long it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import joinedload

from app.cases.care.records import LogbookEntry
from app.cases.register.records import Household, Round, RoundHousehold
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.injected import Injected
from app.staff.users import User

#: So many at a time.
PER_PAGE = 8


class Place(NamedTuple):
    """A place in the order: of one day what comes last in the work stands first, then what was written last."""

    on: date
    rank: int
    id: int


#: Of one day, from the last step of the work to the first.
RANKS = {"logbook": 9, "handover": 8, "payment": 7, "resolution": 6, "request": 5, "round": 2, "entered": 1}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `page` is the endpoint of its page with what its address asks for; empty where it has none."""

    place: Place
    title: str
    words: str = ""
    note: str = ""
    satang: int = 0
    page: str = ""
    key: dict[str, Any] | None = None
    #: A line of the logbook.
    entry: LogbookEntry | None = None


#: What a room above knows of a household: whose, for whom, before which place (None: from the newest), at most how many.
Teller = Callable[[Household, User, Place | None, int], Sequence[Happening]]
TOLD: Injected[Teller] = Injected("what the room of aid tells of a household")


def of(
    home: Household, user: User, *, seen: frozenset[str] | None, before: Place | None = None
) -> tuple[list[Happening], Place | None]:
    """The happenings before a place in the order, and the place after which it goes on; None at the end.

    `seen` are the failed dimensions that the reader may know of; None is all.
    """
    most = PER_PAGE + 1
    found = [*_logbook(home, seen, before, most), *_register(home, before, most)]
    found += TOLD.get()(home, user, before, most)
    found.sort(key=lambda happening: happening.place, reverse=True)
    if len(found) < most:
        return found, None
    return found[:PER_PAGE], found[PER_PAGE - 1].place


def earlier(
    on: ColumnElement[date], number: ColumnElement[int], rank: int, before: Place | None
) -> ColumnElement[bool]:
    """Which rows of a kind with this rank stand before a place in the order."""
    if before is None:
        return true()
    same_day = number < before.id if rank == before.rank else true() if rank < before.rank else false()
    return or_(on < before.on, and_(on == before.on, same_day))


def _logbook(
    home: Household, seen: frozenset[str] | None, before: Place | None, most: int
) -> list[Happening]:
    rank = RANKS["logbook"]
    statement = (
        select(LogbookEntry)
        .where(
            LogbookEntry.household_id == home.id,
            earlier(LogbookEntry.on, LogbookEntry.id, rank, before),  # type: ignore[arg-type]
        )
        .options(joinedload(LogbookEntry.written_by), joinedload(LogbookEntry.member))
        .order_by(LogbookEntry.on.desc(), LogbookEntry.id.desc())
        .limit(most)
    )
    if seen is not None:
        statement = statement.where(or_(LogbookEntry.dimension.is_(None), LogbookEntry.dimension.in_(seen)))
    return [
        Happening(
            Place(entry.on, rank, entry.id),
            entry.kind_name,
            entry.words,
            satang=entry.satang,
            entry=entry,
            page="aid.one_request" if entry.request_code else "",
            key={"code": entry.request_code} if entry.request_code else None,
        )
        for entry in db.session().scalars(statement)
    ]


def _register(home: Household, before: Place | None, most: int) -> list[Happening]:
    """When the household came into the register, and what each round's list that names it is."""
    rank = RANKS["round"]
    rounds = db.session().scalars(
        select(Round)
        .join(RoundHousehold, RoundHousehold.round_id == Round.id)
        .where(RoundHousehold.household_id == home.id, earlier(Round.as_of, Round.id, rank, before))  # type: ignore[arg-type]
        .order_by(Round.as_of.desc(), Round.id.desc())
        .limit(most)
    )
    found = [
        Happening(
            Place(round_.as_of, rank, round_.id),
            "มีในรายชื่อ",
            round_.name,
            page="register.one_round",
            key={"code": round_.code},
        )
        for round_ in rounds
    ]
    entered = Place(home.entered_at.astimezone(BANGKOK).date(), RANKS["entered"], home.id)
    if before is None or entered < before:
        found.append(Happening(entered, "เข้าทะเบียนครัวเรือน", note=home.code))
    return found
