"""Differences: thirty days of single handovers, and what a stranger can subtract, add up and divide by prices."""

import csv
import io
import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import time_machine
from flask import Flask
from help_given import pay, resolve
from money import arrives
from people import Cast
from register import register_file
from sqlalchemy import select

from app.cases.aid import handovers, requests
from app.cases.aid.lines import of as lines_of
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.register import intake, rounds
from app.cases.register.records import Household, Member
from app.editions import editions, threads
from app.editions.published import PublishedHelp
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.suppression import is_small
from app.province import catalogue
from app.public import opendata

pytestmark = pytest.mark.pages

#: Three kits of prices much alike, and one thing that costs another price altogether.
KITS, DEAR = ("ED-SCT-SCO", "ED-SCT-SEN", "ED-SCT-SGU"), "LV-WFL"
DISTRICTS = {"3301": 16, "3305": 9, "3310": 7, "3302": 3, "3309": 2}
DAY_ONE = datetime(2026, 3, 2, 3, tzinfo=UTC)
Figures = dict[str, Any]


def ask(cast: Cast, wanted: list[tuple[int, str]], *, dimension: str) -> str:
    """People have been asked for, approved and paid for; the code."""
    with transaction():
        request = requests.draft(
            title="ชุดลูกเสือ",
            story="",
            district_code=None,
            purpose_code="general",
            dimension=dimension,
            urgency="medium",
            by=cast.busaba.user,
        )
        for item in sorted({item for _, item in wanted}):
            requests.add_lines(
                request.id,
                member_ids=[member for member, which in wanted if which == item],
                item_code=item,
                quantity=1,
                unit_satang=catalogue.item(item).satang,
                by=cast.busaba.user,
            )
        total = sum(line.satang for line in lines_of(request.id))
        requests.submit(request.id, confirmed_satang=total, by=cast.busaba.user)
        arrives(satang=total, paid_at=clock.now(), purpose_id=cast.purpose().id, by=cast.kanya.user)
        code = request.code
    resolve(cast, code)
    pay(cast, code, total)
    return code


def publish() -> Figures | None:
    with transaction():
        edition = editions.publish()
        return edition.figures if edition else None


def give(cast: Cast, satang: int) -> None:
    with transaction():
        arrives(satang=satang, paid_at=clock.now(), purpose_id=cast.purpose().id, by=cast.kanya.user)


def take_in(cast: Cast) -> list[int]:
    """The register is the base; its pupils, district by district in turn."""
    first, *rest = DISTRICTS.items()
    with transaction():
        intake.import_file(
            raw=register_file(pupils=first[1], district=first[0], others=dict(rest)),
            name="tpmap.csv",
            round_code="TPMAP-2569",
            source="tpmap",
            override="ไฟล์ทดสอบ",
            by=cast.busaba.user,
        )
        rounds.close(code="TPMAP-2569", by=cast.busaba.user)
        rounds.set_public_base(code="TPMAP-2569", by=cast.busaba.user)
    rows = db.session().execute(
        select(Household.district_code, Member.id)
        .join(Member, Member.household_id == Household.id)
        .where(Member.school != "")
        .order_by(Member.id)
    )
    by_district: dict[str, list[int]] = {}
    for district, member in rows:
        by_district.setdefault(district, []).append(member)
    turns = itertools.zip_longest(*by_district.values())
    return [member for turn in turns for member in turn if member is not None]


def live_thirty_days(cast: Cast) -> list[Figures]:
    """One handover, one small request and two donations a day, three editions a day."""
    told: list[Figures] = []
    with time_machine.travel(DAY_ONE - timedelta(days=1), tick=False):
        pupils = take_in(cast)
        # The dear thing goes to one pupil in ten: never five of them in a district.
        wanted = [
            (member, DEAR if place % 10 == 3 else KITS[place % 7 % 3]) for place, member in enumerate(pupils)
        ]
        code = ask(cast, wanted, dimension="income")
    for day in range(30):
        for hour in (0, 4, 9):
            with time_machine.travel(DAY_ONE + timedelta(days=day, hours=hour), tick=False):
                if hour == 0 and day == 0:
                    with transaction():
                        handover = handovers.open_(
                            request_code=code,
                            held_on=clock.today(),
                            place="ศาลา",
                            second_id=cast.decha.user.id,
                            by=cast.busaba.user,
                        ).id
                        lines = [line.id for line in lines_of(_request(code))]
                elif hour == 4:
                    with transaction():
                        handovers.mark(
                            handover,
                            line_id=lines[day * 7 % 37],
                            outcome="given",
                            quantity=1,
                            reason="",
                            by=cast.busaba.user,
                        )
                    give(cast, 1_000_00 + day)
                    if day % 3 == 1:
                        ask(cast, [(pupils[day], KITS[day % 3])], dimension="education")
                elif hour == 9:
                    give(cast, 77_77 + day)
                said = publish()
                if said:
                    told.append(said)
    return told


def _request(code: str) -> int:
    return db.session().scalars(select(AidRequest.id).filter_by(code=code)).one()


@pytest.fixture(scope="module")
def month() -> dict[str, Any]:
    """What one world of thirty days left behind, kept for all the tests that read it."""
    return {}


@pytest.fixture
def told(sqlite_portal: Flask, month: dict[str, Any]) -> list[Figures]:
    if not month:
        month["told"] = live_thirty_days(Cast(sqlite_portal))
        month["csv"] = [
            opendata.as_csv(editions.numbered(number)).decode("utf-8-sig")  # type: ignore[arg-type]
            for number in range(1, len(month["told"]) + 1)
        ]
        month["truth"] = _truth()
        assert editions.broken() == []
    return month["told"]  # type: ignore[no-any-return]


def _truth() -> Counter[tuple[str, str, str]]:
    """(measure, district, item) → people that the newest edition counts in the row of the district."""
    rows = db.session().scalars(select(PublishedHelp).where(PublishedHelp.by_district))
    return Counter((row.measure, row.district, row.item) for row in rows)


def cells(said: Figures) -> dict[tuple[str, str, str], dict[str, int | None]]:
    found = {(name, "", name): said[name] for name in ("approved", "delivered")}
    for table in ("districts", "dimensions", "items"):
        for row in said[table]:
            for name in ("approved", "delivered"):
                if name in row:
                    found[table, row["code"], name] = row[name]
    return found


def test_no_difference_of_two_editions_is_of_few_people(told: list[Figures]) -> None:
    assert len(told) >= 30
    assert told[-1]["delivered"]["people"] >= 20, "the month is not held for ever"
    assert sum(1 for row in told[-1]["districts"] if row["delivered"]["people"]) >= 2
    for earlier, later in itertools.combinations(map(cells, told), 2):
        for key in earlier.keys() | later.keys():
            nobody = {"people": 0, "households": 0, "satang": 0}
            old, new = earlier.get(key, nobody), later.get(key, nobody)
            moved = False
            for count in ("people", "households"):
                before, after = old[count], new[count]
                assert not is_small(*(value for value in (before, after) if value is not None)), key
                if before is not None and after is not None:
                    assert not is_small(abs(after - before)), key
                    moved |= abs(after - before) >= 5
            if old["satang"] is not None and new["satang"] is not None:
                assert old["satang"] == new["satang"] or moved, key
            assert (new["people"] is None) == (new["households"] is None)
            assert new["people"] is not None or new["satang"] is None


def test_no_total_less_its_rows_is_of_few_people(told: list[Figures]) -> None:
    for name, count in itertools.product(("approved", "delivered"), ("people", "households")):
        left = [
            said[name][count] - sum(row[name][count] or 0 for row in said["districts"])
            for said in told
            if said[name][count] is not None
        ]
        for earlier, later in itertools.pairwise(left):
            assert not is_small(earlier, later, abs(later - earlier))


def test_the_registers_counts_do_not_move_by_few_either(told: list[Figures]) -> None:
    for key in ("households", "helped_households"):
        seen = sorted({row[key] for said in told for row in said["rounds"] if row[key] is not None})
        assert all(not is_small(later - earlier) for earlier, later in itertools.pairwise(seen))


def test_no_difference_tells_the_size_of_few_donations(told: list[Figures]) -> None:
    """What is above the smallest size moves by fives or by none; where money is follows from sums that all see."""
    counted = []
    for said in told:
        sizes: Counter[tuple[str, int]] = Counter()
        for row in said["threads"]:
            assert row["count"] == sum(row[state] for state in threads.STATES)
            sizes[row["month"], row["class"]] += row["count"]
        assert sum(sizes.values()) == said["money"]["gifts"]
        assert all(many % 5 == 0 for (_, number), many in sizes.items() if number)
        counted.append(sizes)
        again = [{"month": month, "class": number, "count": many} for (month, number), many in sizes.items()]
        assert threads.rounded(again, said["money"], said["delivered"]["satang"]) == said["threads"]
    assert any(number for _, number in counted[-1]), "some size is told"


def test_prices_do_not_tell_who_got_what(told: list[Figures], month: dict[str, Any]) -> None:
    """A whole number of each thing, at its price in the catalogue, must not add up to a row in one way only."""
    said = told[-1]
    prices = {item: catalogue.item(item).satang for item in (*KITS, DEAR)}
    looked_at = 0
    for name in ("approved", "delivered"):
        for row in said["districts"]:
            people, satang = row[name]["people"], row[name]["satang"]
            if not people or satang is None:
                continue
            ways = compositions(people, satang, tuple(sorted(prices.items())))
            for place, item in enumerate(sorted(prices)):
                if is_small(month["truth"][name, row["code"], item]):
                    looked_at += 1
                    counts = {way[place] for way in ways}
                    assert len(counts) > 1, (name, row["code"], item)
    assert looked_at
    shown = {row["code"]: row["delivered"] for row in said["items"] if row["delivered"]["people"]}
    hidden = tuple(sorted((item, price) for item, price in prices.items() if item not in shown))
    people = said["delivered"]["people"] - sum(value["people"] for value in shown.values())
    satang = said["delivered"]["satang"] - sum(value["satang"] for value in shown.values())
    for ways in [compositions(people, satang, hidden)] if hidden and people else []:
        assert len(ways) != 1, "the worth of what few people got stands in the total"


@cache
def compositions(people: int, satang: int, prices: tuple[tuple[str, int], ...]) -> set[tuple[int, ...]]:
    """All ways to give so many people one thing each for a sum told in whole thousands of baht."""
    (_, price), *rest = prices
    if not rest:
        return {(people,)} if 0 <= people * price - satang < 1_000_00 else set()
    return {
        (count, *way)
        for count in range(people + 1)
        for way in compositions(people - count, satang - count * price, tuple(rest))
    }


def test_a_request_for_one_shows_no_sum(told: list[Figures]) -> None:
    small = [row for row in told[-1]["resolutions"] if row["code"] != told[-1]["resolutions"][-1]["code"]]
    assert len(small) == 10
    assert {row["satang"] for row in small} == {None}


def test_the_spreadsheet_says_what_the_json_says(told: list[Figures], month: dict[str, Any]) -> None:
    for said, text in zip(told[::9], month["csv"][::9], strict=True):
        rows = {(row["table"], row["code"], row["measure"]): row for row in csv.DictReader(io.StringIO(text))}
        for (table, code, name), cell in cells(said).items():
            for key, value in cell.items():
                measure = key if table == name else f"{name}.{key}"
                written = rows[table, code, measure]["value"]
                shown = "" if value is None else f"{value / 100:.2f}" if key == "satang" else str(value)
                assert written == shown, (table, code, measure)


def test_money_moves_once_a_day_by_the_sums_of_the_day_before(told: list[Figures]) -> None:
    by_day: dict[str, list[Figures]] = {}
    for said in told:
        day = datetime.fromisoformat(said["as_of"]).astimezone(clock.BANGKOK).date()
        by_day.setdefault(day.isoformat(), []).append(said)
        assert said["money_until"] == (day - timedelta(days=1)).isoformat()
        money = said["money"]
        assert money["received"] == money["available"] + money["committed"] + money["paid"]
    keys = ("money", "purposes", "network_types", "months", "threads", "whole_province_received")
    days = list(by_day.values())
    for editions_ in days:
        assert all(
            [edition[key] for key in keys] == [editions_[0][key] for key in keys] for edition in editions_
        )
    for place, (before, after) in enumerate(itertools.pairwise(days)):
        gained = after[0]["money"]["received"] - before[0]["money"]["received"]
        asked = 0 if place % 3 != 1 else catalogue.item(KITS[place % 3]).satang
        assert gained == 1_000_00 + place + 77_77 + place + asked
        assert after[0]["money"]["gifts"] - before[0]["money"]["gifts"] == (3 if asked else 2)


def test_a_day_in_bangkok_ends_at_five_in_the_afternoon_utc(portal: Flask, cast: Cast) -> None:
    def received(at: datetime) -> int:
        with time_machine.travel(at, tick=False):
            said = publish()
            latest = said or editions.latest().figures  # type: ignore[union-attr]
            return int(latest["money"]["received"])

    evening = datetime(2026, 3, 2, 16, 59, tzinfo=UTC)
    with time_machine.travel(evening - timedelta(hours=8), tick=False):
        give(cast, 500_00)
    assert received(evening) == 0
    assert received(evening + timedelta(minutes=2)) == 500_00
    with time_machine.travel(evening + timedelta(minutes=3), tick=False):
        give(cast, 700_00)
    assert received(evening + timedelta(hours=3)) == 500_00
    assert received(evening + timedelta(hours=25)) == 1_200_00


def test_the_page_says_that_small_changes_wait_and_money_is_told_by_day(portal: Flask, cast: Cast) -> None:
    publish()
    words = cast.stranger.visit("/aid/districts").words
    assert "ครบ 5 คน" in words and "รายวัน" in words


def test_the_fifth_of_a_row_is_told_with_the_four_who_waited(portal: Flask, cast: Cast) -> None:
    with time_machine.travel(DAY_ONE, tick=False):
        pupils = take_in(cast)
        code = ask(cast, [(member, KITS[0]) for member in pupils], dimension="income")
        lines = {line.household.district_code: [] for line in lines_of(_request(code))}  # type: ignore[var-annotated]
        for line in lines_of(_request(code)):
            lines[line.household.district_code].append(line.id)
        with transaction():
            handover = handovers.open_(
                request_code=code,
                held_on=date(2026, 3, 2),
                place="ศาลา",
                second_id=cast.decha.user.id,
                by=cast.busaba.user,
            ).id
        publish()
    shown = []
    for count in range(6):
        with time_machine.travel(DAY_ONE + timedelta(days=count + 1), tick=False), transaction():
            handovers.mark(
                handover,
                line_id=lines["3301"][count],
                outcome="given",
                quantity=1,
                reason="",
                by=cast.busaba.user,
            )
        with time_machine.travel(DAY_ONE + timedelta(days=count + 2), tick=False):
            said = publish()
            assert said is not None
            row = next(row for row in said["districts"] if row["code"] == "3301")
            shown.append((said["delivered"]["people"], row["delivered"]["people"], len(said["items"])))
    assert shown == [(0, 0, 0)] * 4 + [(5, 5, 1)] * 2
    assert db.session().query(AidLine).count() == len(pupils)
