"""Holding: whatever comes in, and in whatever pieces, no figure ever moves by few people or households."""

import itertools
from collections import Counter
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.editions import aid_totals, release_delay
from app.editions.aid_totals import HelpUnit, Measure, TableRows
from app.editions.published import PublishedHelp
from app.kit.db import db, transaction
from app.kit.suppression import is_small

ROWS = TableRows(districts={"a": "ก", "b": "ข", "c": "ค", "d": "ง"}, dimensions={"x": "x", "y": "y"})


#: Two prices much alike, and one that is not.
PRICES = {"i": 1_000_00, "j": 1_050_00, "k": 9_000_00}


class World:
    """Help that comes in piece by piece; every household has three members, and some get more than one thing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seed: int, *, late: float = 0.0) -> None:
        self.chance = Random(seed)
        #: How much of the help stands in the rows of what was approved only some editions later.
        self.late, self.delay = late, Random(seed)
        self.approved_at: dict[int, int] = {}
        self.units: list[HelpUnit] = []
        self.editions = 0
        monkeypatch.setattr(aid_totals, "unpublished", self.unpublished)
        monkeypatch.setattr(aid_totals, "told_as_approved", self.told_as_approved)

    def told_as_approved(self, flag: str, deliveries: list[int]) -> set[int]:
        return {number for number in deliveries if self.approved_at.get(number, 0) <= self.editions}

    def unpublished(self, measure: Measure, rows: TableRows, *, until: object = None) -> list[HelpUnit]:
        if measure is not Measure.DELIVERED:
            return []
        known = set(db.session().scalars(select(PublishedHelp.unit_id)))
        return [unit for unit in self.units if unit.id not in known]

    def help(self, district: str, *, home: int | None = None, whole: bool = False, item: str = "i") -> None:
        number = len(self.units) + 1
        if self.delay.random() < self.late:
            self.approved_at[number] = self.editions + self.delay.randrange(9)
        # A household lives in one district.
        place = "abcd".index(district) * 1000 + (self.chance.randrange(60) if home is None else home)
        members = range(3) if whole else [self.chance.randrange(3)]
        self.units.append(
            HelpUnit(
                id=number,
                request_id=number % 7 + 1,
                request_code="",
                district=district,
                dimension=self.chance.choice("xxxy"),
                item=item,
                satang=PRICES[item],
                people={(place, place * 10 + member + 1) for member in members},
            )
        )

    def publish(self) -> dict[str, dict[str, tuple[int, int]]]:
        """What editions count from now on: table → row → (people, households)."""
        self.editions += 1
        with transaction():
            release_delay.count_in(ROWS, edition=self.editions, until=None, since=None)  # type: ignore[arg-type]
        told = release_delay._Published(Measure.DELIVERED)
        found: dict[str, dict[str, tuple[int, int]]] = {"total": {"": told.total.counts}}
        for key in ("district", "dimension", "item"):
            found[key] = {code: help_.counts for code, help_ in told.cut(key).items()}
        for request in range(1, 8):
            counts = helped_by_request(request)
            found.setdefault("request", {})[str(request)] = counts
        return found


def helped_by_request(request: int) -> tuple[int, int]:
    rows = db.session().scalars(select(PublishedHelp).filter_by(request_id=request, by_request=True)).all()
    return len({row.member_id for row in rows}), len({row.household_id for row in rows})


@pytest.mark.parametrize("seed", range(6))
def test_no_two_editions_differ_by_few_in_any_figure(
    sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    world = World(monkeypatch, seed, late=seed % 3 * 0.1)
    told: list[dict[str, dict[str, tuple[int, int]]]] = []
    for _ in range(50):
        for _ in range(world.chance.choice((1, 1, 1, 2, 6, 30))):
            world.help(
                world.chance.choice("aaabbcd"),
                whole=world.chance.random() < 0.2,
                item=world.chance.choice("iiijjk"),
            )
        told.append(world.publish())
        _adds_up(told)
    for earlier, later in itertools.combinations(told, 2):
        for table, rows in later.items():
            for code, counts in rows.items():
                for now, before in zip(counts, earlier[table].get(code, (0, 0)), strict=True):
                    assert not is_small(now, before, abs(now - before)), (table, code)
    assert told[-1]["total"][""][0] > 50 and len(told[-1]["district"]) >= 3


def _adds_up(told: list[dict[str, dict[str, tuple[int, int]]]]) -> None:
    """The total less its districts is nobody or LEAST, and so is its change from one edition to the next."""
    for column in (0, 1):
        left = [
            edition["total"][""][column] - sum(counts[column] for counts in edition["district"].values())
            for edition in told[-2:]
        ]
        assert all(not is_small(count) for count in (*left, abs(left[-1] - left[0]))), left


def test_more_for_the_same_five_is_told_and_for_the_same_four_is_not(
    sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(monkeypatch, 1)
    for home in range(8):
        world.help("a", home=home, whole=True)
    first = world.publish()
    assert first["total"][""] == (24, 8)
    for home in range(4):
        world.help("a", home=home, whole=True)
    world.publish()
    assert _pieces() == 8
    world.help("a", home=4, whole=True)
    assert world.publish()["total"] == first["total"]
    assert _pieces() == 13


def _pieces() -> int:
    return len(set(db.session().scalars(select(PublishedHelp.unit_id))))


def test_a_household_of_many_is_one_household(sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, 1)
    for home in range(4):
        world.help("a", home=home, whole=True)
    assert world.publish()["total"][""] == (0, 0), "twelve people, but four households"
    world.help("b", home=1, whole=True)
    told = world.publish()
    assert (told["total"][""], told["district"]) == ((15, 5), {})


def test_worth_is_silent_where_a_price_tells_and_so_is_the_row_beside_it(
    sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(monkeypatch, 1)
    for district, item in itertools.product("abc", "ij"):
        for home in range(3):
            world.help(district, home=home + "ij".index(item) * 10, item=item)
    world.help("a", home=40, item="k")
    world.publish()
    told = release_delay._Published(Measure.DELIVERED)
    rows = told.rows("district")
    assert [rows[code]["satang"] is None for code in "abc"] == [True, True, False]
    assert rows["c"]["satang"] == 6_000_00, "three at 1,000 and three at 1,050 baht"
    assert told.total.satang == 18_000_00, "nor does the total count what one person got at another price"


def _ways(people: int, least: int, most: int) -> set[tuple[int, ...]]:
    """All ways to give so many people one thing each so that it comes to a sum within these bounds."""
    found = set()
    for some in range(people + 1):
        for more in range(people - some + 1):
            way = (some, more, people - some - more)
            if least <= sum(map(int.__mul__, way, PRICES.values())) < most:
                found.add(way)
    return found


@pytest.mark.parametrize("seed", (0, 1, 2, 4, 5, 6))
def test_neither_a_row_nor_its_change_is_told_by_prices(
    sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """A stranger knows all prices and the numbers of people; worth is told in whole thousands of baht."""
    world, homes, looked_at = World(monkeypatch, seed), itertools.count(), 0
    before: dict[str, tuple[dict[str, int | None], Counter[str]]] = {}
    for _ in range(40):
        for _ in range(world.chance.choice((1, 1, 2, 6, 12))):
            item = world.chance.choice("iiiiijjjjjjk")
            world.help(world.chance.choice("aaabbcd"), home=next(homes), item=item)
        world.publish()
        counted = db.session().scalars(select(PublishedHelp).where(PublishedHelp.by_district)).all()
        for district, row in release_delay._Published(Measure.DELIVERED).rows("district").items():
            people, satang = row["people"], row["satang"]
            truth = Counter(unit.item for unit in counted if unit.district == district)
            if people is None or satang is None:
                before.pop(district, None)
                continue
            told = [(truth, _ways(people, satang, satang + 1_000_00))]
            if district in before and before[district][0]["people"] != people:
                old, of_old = before[district]
                gained = satang - (old["satang"] or 0)
                ways = _ways(people - (old["people"] or 0), gained - 999_99, gained + 1_000_00)
                told.append((truth - of_old, ways))
            for counts, ways in told:
                for place, item in enumerate(PRICES):
                    if is_small(counts[item]):
                        looked_at += 1
                        assert len({way[place] for way in ways}) > 1, (district, item, counts)
            before[district] = row, truth
    assert looked_at


CELL = {"people": 10, "households": 8, "satang": 9_000_00}


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [
        ({**CELL, "people": 14}, CELL, CELL),
        ({**CELL, "households": 4}, CELL, CELL),
        ({**CELL, "people": 15}, CELL, {**CELL, "people": 15}),
        ({**CELL, "satang": 12_000_00}, CELL, CELL),
        ({**CELL, "satang": 8_000_00}, CELL, {**CELL, "satang": 8_000_00}),
        (dict.fromkeys(CELL, 0), dict.fromkeys(CELL), dict.fromkeys(CELL)),
        (CELL, dict.fromkeys(CELL), CELL),
    ],
)
def test_a_cell_moves_from_what_was_told_last_and_worth_only_with_people(
    now: dict[str, Any], before: dict[str, Any], shown: dict[str, Any]
) -> None:
    assert release_delay._cell(now, before, CELL, is_first=False) == shown


def test_only_the_first_edition_says_that_a_row_keeps_somebody_back() -> None:
    nobody, two = dict.fromkeys(CELL, 0), {"people": 2, "households": 2, "satang": 2_000_00}
    assert release_delay._cell(nobody, None, two, is_first=True) == dict.fromkeys(CELL)
    assert release_delay._cell(nobody, None, two, is_first=False) == nobody
    assert release_delay._cell(nobody, nobody, two, is_first=False) == nobody


def test_what_was_counted_stays_counted(portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, 1)
    for home in range(6):
        world.help("a", home=home)
    world.publish()
    for statement in (
        "UPDATE published_help SET household_id = 7",
        "UPDATE published_help SET by_district = (1 = 0)",
        "DELETE FROM published_help",
    ):
        with (
            pytest.raises(Exception, match=r"final_published_help|kept_published_help|ย้อนหลังไม่ได้"),
            transaction() as session,
        ):
            session.execute(text(statement))
