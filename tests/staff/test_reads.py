"""Reads: a row for everything that was looked at, ceilings of a day, and what cannot be undone of either."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from people import Cast
from racing import at_once
from sqlalchemy import func, select, text

from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province.reading import ReadingRules
from app.staff import reads
from app.staff.reads import CeilingReached, ReadEvent, ReadingDay, ReadKind


@pytest.fixture
def three_a_day(portal: Flask) -> Iterator[None]:
    profile = portal.extensions["profile"]
    rules = ReadingRules.read({"households": {"mentor": 3}})
    portal.extensions["profile"] = replace(profile, reading=rules)
    yield
    portal.extensions["profile"] = profile


def _day(by_id: int | None) -> Any:
    db.session.rollback()
    return db.session().scalars(select(ReadingDay).filter_by(by_id=by_id)).one()


def test_each_read_is_a_row_and_a_thing_counts_once_a_day(portal: Flask, cast: Cast) -> None:
    for subject in ("household_code:HH-000001", "household_code:HH-000001", "household_code:HH-000002"):
        reads.note(ReadKind.HOUSEHOLD, subject, by=cast.malee.user)
    reads.note(ReadKind.PHOTO, "photo:1", by=cast.malee.user)
    reads.note_refused(ReadKind.HOUSEHOLD, "household_code:HH-000009", by=cast.malee.user)
    rows = db.session().scalars(select(ReadEvent).order_by(ReadEvent.id)).all()
    assert [(row.by_id, row.kind, row.is_first, row.is_refused) for row in rows] == [
        (cast.malee.user_id, "households", True, False),
        (cast.malee.user_id, "households", False, False),
        (cast.malee.user_id, "households", True, False),
        (cast.malee.user_id, "photos", True, False),
        (cast.malee.user_id, "households", False, True),
    ]
    day = _day(cast.malee.user_id)
    assert (day.households, day.photos, day.reads, day.refused, day.slips) == (2, 1, 4, 1, 0)


def test_the_ceiling_of_the_day_refuses_kindly_and_says_whom_to_ask(
    portal: Flask, cast: Cast, three_a_day: None
) -> None:
    for number in range(3):
        reads.note(ReadKind.HOUSEHOLD, f"household_code:HH-{number:06d}", by=cast.malee.user)
    with pytest.raises(CeilingReached, match=r"3 รายการ.*พรุ่งนี้.*ฝ่ายเลขานุการกองทุน"):
        reads.note(ReadKind.HOUSEHOLD, "household_code:HH-000003", by=cast.malee.user)
    # What was opened today stays open, and other roles have other ceilings.
    reads.note(ReadKind.HOUSEHOLD, "household_code:HH-000001", by=cast.malee.user)
    reads.note(ReadKind.HOUSEHOLD, "household_code:HH-000003", by=cast.busaba.user)
    day = _day(cast.malee.user_id)
    assert (day.households, day.refused) == (3, 1)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        reads.note(ReadKind.HOUSEHOLD, "household_code:HH-000003", by=cast.malee.user)


def test_of_many_windows_none_gets_past_the_ceiling(portal: Flask, cast: Cast, three_a_day: None) -> None:
    def opening(number: int) -> None:
        reads.note(ReadKind.HOUSEHOLD, f"household_code:HH-{number:06d}", by=cast.malee.user)

    refused = at_once(portal, [lambda number=number: opening(number) for number in range(8)])  # type: ignore[misc]
    assert len(refused) == 5
    assert _day(cast.malee.user_id).households == 3


def test_two_windows_of_one_household_are_one_household(portal: Flask, cast: Cast) -> None:
    def opening() -> None:
        reads.note(ReadKind.HOUSEHOLD, "household_code:HH-000001", by=cast.malee.user)

    assert at_once(portal, [opening] * 6) == []
    assert (_day(cast.malee.user_id).households, _day(cast.malee.user_id).reads) == (1, 6)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE read_event SET subject = 'household_code:HH-999999'",
        "DELETE FROM read_event",
        "UPDATE reading_day SET households = 0",
        "UPDATE reading_day SET refused = refused - 1",
        "DELETE FROM reading_day",
    ],
)
def test_no_hand_takes_back_what_was_read(portal: Flask, cast: Cast, statement: str) -> None:
    reads.note(ReadKind.HOUSEHOLD, "household_code:HH-000001", by=cast.malee.user)
    with pytest.raises(Refused, match=r"การเปิดดู|จำนวนที่เปิดดู"), transaction() as session:
        session.execute(text(statement))
    assert db.session().scalar(select(func.count()).select_from(ReadEvent)) == 1


def test_night_is_night_in_bangkok(portal: Flask, cast: Cast) -> None:
    for hour, at_night in ((2, 0), (14, 1), (22, 2)):
        # 09.00, 21.00 and 05.00 of the next day.
        with time_machine.travel(datetime(2026, 11, 10, hour, tzinfo=UTC), tick=False):
            reads.note(ReadKind.SLIP, "slip_picture:1", by=cast.kanya.user)
        found = select(func.sum(ReadingDay.at_night)).where(ReadingDay.by_id == cast.kanya.user_id)
        assert db.session().scalar(found) == at_night
    days = db.session().scalars(select(ReadingDay.on).order_by(ReadingDay.on)).all()
    assert days == [date(2026, 11, 10), date(2026, 11, 11)]


def test_what_is_usual_is_what_the_person_did_on_days_of_work_before(portal: Flask, cast: Cast) -> None:
    for days_ago, count in ((40, 9), (7, 4), (2, 2), (0, 8)):
        with time_machine.travel(datetime(2026, 11, 28, 5, tzinfo=UTC) - timedelta(days=days_ago)):
            for number in range(count):
                reads.note(ReadKind.HOUSEHOLD, f"household_code:HH-{number:06d}", by=cast.busaba.user)
    today, mine = date(2026, 11, 28), cast.busaba.user.id
    assert reads.usual({(mine, today), (mine, date(2026, 11, 12))}) == {
        (mine, today): 3,
        (mine, date(2026, 11, 12)): 9,
    }


@pytest.mark.parametrize(
    "words",
    [{"households": {"mentor": -1}}, {"households": {"mentor": True}}, {"houses": {}}, {"night": [20, 25]}],
)
def test_a_profile_that_says_no_ceiling_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        ReadingRules.read(words)


def test_of_several_roles_the_highest_ceiling_counts() -> None:
    rules = ReadingRules.read({"households": {"mentor": 7, "auditor": 9}})
    assert rules.most("households", {"mentor", "auditor"}) == 9
    assert rules.most("whole_ids", {"auditor"}) == 0
    assert rules.most("households", set()) == 0
