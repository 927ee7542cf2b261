"""The households of a round in a person's reach: the list with what each row shows, and how many they are."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from app.cases.register import persons
from app.cases.register.households import dimension_within_reach, within_reach
from app.cases.register.records import FailedDimension, Household, Member, Round, RoundHousehold
from app.kit import texts
from app.kit.db import db
from app.kit.lists import Choice, Column, List, Search
from app.kit.thai import arabic_digits
from app.province import dimensions, places
from app.province.dimensions import Dimension
from app.province.places import District, Subdistrict
from app.staff.users import User

#: Of a search through every round.
_MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household of the list. `head` is the first of those who still live there."""

    household: Household
    head: Member | None
    members: int
    failed: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may narrow the list by: only places and dimensions that are in their reach."""

    areas: list[tuple[District, list[Subdistrict]]]
    dimensions: list[Dimension]


def choices(round_: Round, user: User) -> Choices:
    """The places and dimensions of the round's households in reach."""
    session = db.session()
    homes = (
        select(Household.district_code, Household.subdistrict_code)
        .join(RoundHousehold, RoundHousehold.household_id == Household.id)
        .where(RoundHousehold.round_id == round_.id, within_reach(user))
        .distinct()
    )
    areas: dict[str, list[Subdistrict]] = {}
    for district, subdistrict in session.execute(homes):
        known = areas.setdefault(district, [])
        if subdistrict and (place := places.subdistrict(subdistrict)):
            known.append(place)
    failed = (
        select(FailedDimension.dimension)
        .join(RoundHousehold, RoundHousehold.id == FailedDimension.round_household_id)
        .join(Household, Household.id == RoundHousehold.household_id)
        .where(RoundHousehold.round_id == round_.id, within_reach(user), dimension_within_reach(user))
        .distinct()
    )
    codes = set(session.scalars(failed))
    return Choices(
        areas=[
            (places.district(code), sorted(areas[code], key=lambda subdistrict: subdistrict.code))
            for code in sorted(areas)
        ],
        dimensions=[dimension for dimension in dimensions.DIMENSIONS if dimension.code in codes],
    )


def of_round(round_: Round, user: User, *, page_of: Callable[[Household], str]) -> List:
    """The households of the round that this person may see, by district. Words are a name or a code; never a national ID."""
    narrowed = choices(round_, user)
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
        columns=(
            Column(
                "หัวหน้าครัวเรือน",
                lambda entry: entry.head.name if entry.head else "ไม่มีชื่อสมาชิก",
                href=lambda entry: page_of(entry.household),
            ),
            Column("รหัส", lambda entry: entry.household.code),
            Column("สมาชิก", lambda entry: f"{entry.members:,} คน"),
            Column("ที่อยู่", lambda entry: entry.household.place),
            Column("มิติที่ตก", lambda entry: ", ".join(failed.name_th for failed in entry.failed)),
        ),
        orders={"place": (Household.district_code, Household.id)},
        down=False,
        search=Search("ชื่อ รหัสบ้าน หรือรหัส HH-", _named),
        filters=(
            Choice(
                "dimension",
                "มิติที่ตก",
                [(dimension.code, dimension.name_th) for dimension in narrowed.dimensions],
                lambda code: exists().where(
                    FailedDimension.round_household_id == RoundHousehold.id,
                    FailedDimension.dimension == code,
                    dimension_within_reach(user),
                ),
                everything="ทุกมิติ",
            ),
            Choice("area", "พื้นที่", areas, _lies_in, everything="ทุกพื้นที่ที่เห็นได้"),
        ),
        read=lambda rows: _entries(rows, user),
        label="ครัวเรือนของรอบนี้",
        empty="ยังไม่มีครัวเรือนของรอบนี้ในพื้นที่ของท่าน",
        drawing="search",
    )


def _lies_in(area: str) -> ColumnElement[bool]:
    return (Household.district_code if len(area) == 4 else Household.subdistrict_code) == area


def find(user: User, words: str) -> list[HouseholdRow]:
    """The first households in reach so named, of whatever round; their newest round tells what they lack."""
    newest = (
        select(func.max(RoundHousehold.id))
        .where(RoundHousehold.household_id == Household.id)
        .scalar_subquery()
    )
    found = (
        select(Household, newest)
        .where(within_reach(user), _named(words))
        .order_by(Household.district_code, Household.subdistrict_code, Household.id)
        .limit(_MOST_FOUND)
    )
    rows = db.session().execute(found).all()
    return _entries([(household, number) for household, number in rows], user)


def _named(words: str) -> ColumnElement[bool]:
    words = " ".join(arabic_digits(texts.canonical(words)).split())
    if not words:
        return true()
    digits = words.replace("-", "")
    if words.upper().startswith("HH-"):
        return Household.code == words.upper()
    if digits.isascii() and digits.isdigit() and len(digits) == 11:
        return Household.house_code == digits
    spelt = {words, persons.without_title(words)[1]}
    return or_(*(condition for spelling in sorted(spelt) for condition in _has_name(spelling)))


def _has_name(words: str) -> list[ColumnElement[bool]]:
    """Of a household with a member so named: the beginning of a first name and of a last name, or of either."""
    here = Member.household_id == Household.id
    first, _, last = words.partition(" ")
    named = and_(here, Member.first_name.startswith(first, autoescape=True))
    if last:
        return [exists().where(named, Member.last_name.startswith(last.strip(), autoescape=True))]
    return [exists().where(named), exists().where(here, Member.last_name.startswith(first, autoescape=True))]


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
            failed=tuple(
                dimension for dimension in dimensions.DIMENSIONS if dimension.code in failed.get(number, ())
            ),
        )
        for household, number in rows
    ]


@dataclass(slots=True)
class Figures:
    """Counts of households. A household fails several dimensions, so dimensions add up to more than `total`."""

    total: int = 0
    districts: Counter[str] = field(default_factory=Counter)
    dimensions: Counter[str] = field(default_factory=Counter)
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
    return found
