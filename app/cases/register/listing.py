"""The households of a round in a person's reach: the list with what each row shows, and how many they are."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, case, exists, func, select

from app.cases.register import search_words
from app.cases.register.households import (
    READERS,
    WHOLE_PROVINCE,
    dimension_within_reach,
    inside,
    within_reach,
)
from app.cases.register.records import FailedDimension, Household, Member, Round, RoundHousehold, Standing
from app.kit.db import db
from app.kit.lists import Choice, Column, List, Search
from app.province import places
from app.province.places import District, Subdistrict
from app.province.profile import Profile
from app.province.sides import Side
from app.staff.roles import Role
from app.staff.users import User

#: As a Thai dictionary orders the names of the heads.
BY_NAME = (Household.name_key, Household.id)
_SEARCH = Search("ชื่อ เลขที่บ้าน โรงเรียน ตำบล หรือรหัส", search_words.matching)


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household of the list. `head` is the first of those who still live there."""

    household: Household
    head: Member | None
    members: int
    failed: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may narrow the list by: only places and dimensions that are in their reach."""

    areas: list[tuple[District, list[Subdistrict]]]
    dimensions: list[Side]


def choices(user: User) -> Choices:
    """The places and dimensions of this person's work. That a place has households of a round is not looked up."""
    mine = user.holding(*READERS)
    everywhere = any(grant.role in WHOLE_PROVINCE or not grant.area_code for grant in mine)
    held = {grant.area_code for grant in mine if grant.area_code}
    areas = []
    for district in places.districts(Profile.here().province_code):
        whole = everywhere or district.code in held
        inner = [
            place for place in places.subdistricts(district.code) if whole or inside(held, "", place.code)
        ]
        if whole or inner:
            areas.append((district, inner))
    sides = Profile.here().sides
    led = {grant.dimension for grant in mine if grant.role == Role.DIMENSION_SECRETARY}
    every = any(grant.role != Role.DIMENSION_SECRETARY for grant in mine) or "" in led
    held_sides = {code for side in led for code in sides.answered_by(side)}
    return Choices(
        areas=areas,
        dimensions=[side for side in sides.listed if every or side.code in held_sides],
    )


def of_round(round_: Round, user: User, *, page_of: Callable[[Household], str]) -> List:
    """The households of the round that this person may see, by district or by name."""
    narrowed = choices(user)
    areas = [
        area
        for district, subdistricts in narrowed.areas
        for area in (
            (district.code, f"อำเภอ{district.name_th}"),
            *((place.code, f"· ตำบล{place.name_th}") for place in subdistricts),
        )
    ]
    return List(
        select(Household, RoundHousehold.id)
        .join(RoundHousehold, RoundHousehold.household_id == Household.id)
        .where(RoundHousehold.round_id == round_.id, within_reach(user)),
        columns=_columns(page_of),
        orders={"place": (Household.district_code, Household.id), "name": BY_NAME},
        down=False,
        search=_SEARCH,
        filters=(
            Choice(
                "dimension",
                f"{Profile.here().sides.word}ที่ตก",
                [(dimension.code, dimension.name_th) for dimension in narrowed.dimensions],
                lambda code: exists().where(
                    FailedDimension.round_household_id == RoundHousehold.id,
                    FailedDimension.dimension == code,
                    dimension_within_reach(user),
                ),
                everything="ทุกมิติ",
            ),
            Choice(
                "standing",
                "ผลในรอบนี้",
                [(standing.value, standing.words) for standing in Standing],
                lambda standing: RoundHousehold.standing == standing,
                everything="ทุกผล",
            ),
            Choice("area", "พื้นที่", areas, _lies_in, everything="ทุกพื้นที่ที่เห็นได้"),
        ),
        read=lambda rows: _entries(rows, user),
        label="ครัวเรือนของรอบนี้",
        file="households",
        export="register.export_round",
        empty="ยังไม่มีครัวเรือนของรอบนี้ในพื้นที่ของท่าน",
        drawing="search",
    )


def of_all_rounds(user: User, *, page_of: Callable[[Household], str]) -> List:
    """The households that this person may see, of whatever round, by name; what they lack is what their newest round says."""
    newest = (
        select(func.max(RoundHousehold.id))
        .where(RoundHousehold.household_id == Household.id)
        .scalar_subquery()
    )
    return List(
        select(Household, newest).where(within_reach(user)),
        columns=_columns(page_of),
        orders={"name": BY_NAME},
        down=False,
        search=_SEARCH,
        read=lambda rows: _entries(rows, user),
        label="ครัวเรือนของทุกรอบ",
        file="households",
        export="register.export_search",
        empty="ยังไม่มีครัวเรือนในพื้นที่ของท่าน",
        drawing="search",
    )


def _columns(page_of: Callable[[Household], str]) -> tuple[Column, ...]:
    return (
        Column(
            "หัวหน้าครัวเรือน",
            lambda entry: entry.head.name if entry.head else "ไม่มีชื่อสมาชิก",
            href=lambda entry: page_of(entry.household),
            sort="name",
        ),
        Column("รหัส", lambda entry: entry.household.code),
        Column("สมาชิก", lambda entry: f"{entry.members:,} คน"),
        Column("ที่อยู่", lambda entry: entry.household.place),
        Column(
            f"{Profile.here().sides.word}ที่ตก",
            lambda entry: ", ".join(failed.name_th for failed in entry.failed),
        ),
    )


def _lies_in(area: str) -> ColumnElement[bool]:
    return (Household.district_code if len(area) == 4 else Household.subdistrict_code) == area


def _entries(rows: Sequence[tuple[Household, int]], user: User) -> list[HouseholdRow]:
    session = db.session()
    people: dict[int, list[Member]] = {}
    for member in session.scalars(
        select(Member)
        .where(Member.household_id.in_([household.id for household, _ in rows]), Member.left.is_(False))
        .order_by(Member.household_id, Member.position)
    ):
        people.setdefault(member.household_id, []).append(member)
    failed: dict[int, set[str]] = {}
    marks = session.execute(
        select(FailedDimension.round_household_id, FailedDimension.dimension)
        .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
        .join(Household, Household.id == RoundHousehold.household_id)
        .where(RoundHousehold.id.in_([number for _, number in rows]), dimension_within_reach(user))
    )
    for number, code in marks:
        failed.setdefault(number, set()).add(code)
    return [
        HouseholdRow(
            household=household,
            head=next(iter(people.get(household.id, ())), None),
            members=len(people.get(household.id, ())),
            failed=tuple(side for side in Profile.here().sides.every if side.code in failed.get(number, ())),
        )
        for household, number in rows
    ]


@dataclass(slots=True)
class Figures:
    """Counts of households. A household fails several dimensions, so dimensions add up to more than `total`."""

    total: int = 0
    districts: Counter[str] = field(default_factory=Counter)
    dimensions: Counter[str] = field(default_factory=Counter)
    #: The same by the country's dimensions, in a province with areas of its own; a household once each.
    by_map: Counter[str] = field(default_factory=Counter)
    #: district → dimension → households
    cells: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def of_rounds(user: User) -> dict[int, Figures]:
    """The figures of every round, by its id, limited to what this person may see."""
    session = db.session()
    found: dict[int, Figures] = defaultdict(Figures)
    homes = session.execute(
        select(RoundHousehold.round_id, Household.district_code, func.count())
        .join(Household, Household.id == RoundHousehold.household_id)
        .where(within_reach(user))
        .group_by(RoundHousehold.round_id, Household.district_code)
    )
    for round_id, district, count in homes:
        found[round_id].districts[district] = count
        found[round_id].total += count
    failed = session.execute(
        select(RoundHousehold.round_id, Household.district_code, FailedDimension.dimension, func.count())
        .join(Household, Household.id == RoundHousehold.household_id)
        .join(FailedDimension, FailedDimension.round_household_id == RoundHousehold.id)
        .where(within_reach(user), dimension_within_reach(user))
        .group_by(RoundHousehold.round_id, Household.district_code, FailedDimension.dimension)
    )
    for round_id, district, dimension, count in failed:
        found[round_id].dimensions[dimension] += count
        found[round_id].cells[district][dimension] = count
    if Profile.here().sides.own:
        _count_by_map(found, user)
    return found


def _count_by_map(found: dict[int, Figures], user: User) -> None:
    sides = Profile.here().sides
    of_dimension = {side.code: side.dimension for side in sides.every if side.dimension}
    counted = case(of_dimension, value=FailedDimension.dimension, else_="")
    rows = db.session().execute(
        select(RoundHousehold.round_id, counted, func.count(RoundHousehold.id.distinct()))
        .join(Household, Household.id == RoundHousehold.household_id)
        .join(FailedDimension, FailedDimension.round_household_id == RoundHousehold.id)
        .where(within_reach(user), dimension_within_reach(user))
        .group_by(RoundHousehold.round_id, counted)
    )
    for round_id, dimension, count in rows:
        found[round_id].by_map[dimension] = count
