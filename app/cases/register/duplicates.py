"""Duplicates: people who may stand in the register twice, for a person to look at. Nothing is merged."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import select

from app.cases.register import households
from app.cases.register.records import Household, Member
from app.kit.db import db
from app.staff.roles import Role
from app.staff.users import User

#: A name that more people of one subdistrict bear than this tells nothing.
_MOST_OF_A_NAME = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members who may be one, each by household and place in it, and why."""

    first: str
    second: str
    why: str


def within_reach(*, by: User) -> list[tuple[Pair, Household, Household]]:
    """The pairs whose both households lie where `by` brings files in, with the households."""
    pairs = scan()
    codes = {side.split("/")[0] for pair in pairs for side in (pair.first, pair.second)}
    areas = None if by.has(Role.FUND_OFFICER) else by.areas(Role.DISTRICT_OFFICER)
    homes = {
        home.code: home
        for home in db.session().scalars(select(Household).where(Household.code.in_(codes)))
        if areas is None or households.inside(areas, home.district_code, home.subdistrict_code)
    }
    found = []
    for pair in pairs:
        first, second = (homes.get(side.split("/")[0]) for side in (pair.first, pair.second))
        if first and second and first is not second:
            found.append((pair, first, second))
    return found


def scan() -> list[Pair]:
    """Pairs of the same full name in one subdistrict, where neither sex, year of birth nor two numbers say otherwise."""
    rows = db.session().execute(
        select(
            *(Member.first_name, Member.last_name, Member.sex, Member.birth_year_be, Member.position),
            *(Member.id_key, Household.code, Household.district_code, Household.subdistrict_code),
        )
        .join(Household, Household.id == Member.household_id)
        .where(Member.last_name != "", Member.left.is_(False))
    )
    named: dict[tuple[str, str, str, str | None], list[Any]] = defaultdict(list)
    for row in rows:
        named[row.first_name, row.last_name, row.district_code, row.subdistrict_code].append(row)
    found = []
    for several in named.values():
        if 2 <= len(several) <= _MOST_OF_A_NAME:
            found += _pairs(several)
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def _pairs(several: Sequence[Any]) -> list[Pair]:
    found = []
    for a, b in combinations(sorted(several, key=lambda row: (row.code, row.position)), 2):
        if a.id_key is not None and b.id_key is not None:
            continue
        if (a.sex and b.sex and a.sex != b.sex) or (
            a.birth_year_be and b.birth_year_be and a.birth_year_be != b.birth_year_be
        ):
            continue
        same_year = a.birth_year_be and a.birth_year_be == b.birth_year_be
        why = "ชื่อ นามสกุล ตำบล และปีเกิดตรงกัน" if same_year else "ชื่อ นามสกุล และตำบลตรงกัน"
        found.append(Pair(f"{a.code}/{a.position}", f"{b.code}/{b.position}", why))
    return found
