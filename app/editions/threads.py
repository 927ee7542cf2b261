"""Threads: the donations of each month by size, as the cloth of the fund shows them. No amount can be read back.

A class tells its donations in fives and lends the rest to the class below, so that the counts of any two editions differ
by none or by LEAST. Where the money of a thread is follows from sums that are told anyway, the oldest money first.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select

from app.editions.sums import Query
from app.kit.db import db
from app.kit.suppression import LEAST

#: From so many baht on a donation is of the class with this number.
CLASSES = (0, 1_000, 5_000, 20_000)
#: How many picks of the weft a thread of each class fills.
PICKS = (2, 4, 6, 9)
#: Where money is, the farthest first: what came first is used first.
STATES = ("delivered", "paid", "committed", "available")

Row = dict[str, Any]


def count(donations: Query) -> list[Row]:
    """How many donations of each class came in each month, exactly. `donations` has columns day and satang."""
    given = donations.subquery()
    sizes = sorted(enumerate(CLASSES), reverse=True)
    size = case(*((given.c.satang >= baht * 100, number) for number, baht in sizes)).label("size")
    sized = select(given.c.day, size).subquery()
    found: dict[tuple[str, int], int] = {}
    for day, number, many in db.session().execute(
        select(sized.c.day, sized.c.size, func.count()).group_by(sized.c.day, sized.c.size)
    ):
        key = (f"{day:%Y-%m}", int(number))
        found[key] = found.get(key, 0) + int(many)
    return [
        {"month": month, "class": number, "count": many} for (month, number), many in sorted(found.items())
    ]


def rounded(exact: Iterable[Mapping[str, Any]], money: Mapping[str, int], delivered: int | None) -> list[Row]:
    """What an edition says of the donations counted: in fives, with where the money is.

    `money` and `delivered` (satang, None while it is kept back) are what the same edition tells.
    """
    counts: dict[str, list[int]] = {}
    for row in exact:
        counts.setdefault(row["month"], [0] * len(CLASSES))[row["class"]] += row["count"]
    for month in counts.values():
        for number in range(len(CLASSES) - 1, 0, -1):
            month[number - 1] += month[number] % LEAST
            month[number] -= month[number] % LEAST
    return _laid(counts, money, delivered or 0)


def _laid(counts: Mapping[str, Sequence[int]], money: Mapping[str, int], delivered: int) -> list[Row]:
    """The states laid on the threads by width, so that as much of the cloth has an ink as of the money is there."""
    handed = min(delivered, money["paid"])
    sums = (handed, money["paid"] - handed, money["committed"], money["available"])
    whole = sum(PICKS[number] * many for month in counts.values() for number, many in enumerate(month))
    rows: dict[tuple[str, int], Row] = {}
    before = 0
    for month in sorted(counts):
        for number in shuffled([n for n, many in enumerate(counts[month]) for _ in range(many)], month):
            row = rows.setdefault(
                (month, number),
                {"month": month, "class": number, "least_baht": CLASSES[number], "count": 0}
                | dict.fromkeys(STATES, 0),
            )
            row["count"] += 1
            # By the middle of the thread, in whole numbers: twice the picks before it and its own.
            row[_state(sums, 2 * before + PICKS[number], 2 * whole)] += 1
            before += PICKS[number]
    return [rows[key] for key in sorted(rows)]


def _state(sums: Sequence[int], part: int, whole: int) -> str:
    reached = 0
    for state, satang in zip(STATES, sums, strict=True):
        reached += satang
        if part * sum(sums) < reached * whole:
            return state
    return STATES[-1]


def shuffled(threads: Sequence[Any], month: str) -> list[Any]:
    """The threads of a month in an order that tells nothing of day or neighbour, and is the same each time.

    They stand for no donation of their own, so the month alone is the key.
    """

    def place(at: int) -> bytes:
        return hashlib.blake2b(f"{at} {threads[at]}".encode(), key=month.encode(), digest_size=8).digest()

    return [threads[at] for at in sorted(range(len(threads)), key=place)]
