"""Figures: what is kept back in one table is not told by the table beside it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import committee_room as room
import pytest
import time_machine
from flask import Flask
from help_given import UNIT, approved_request, hand_over, move, paid_request, pay, take_in
from money import arrives
from people import Cast
from register import register_file
from sqlalchemy import select

from app.cases.register import intake, rounds
from app.editions import aid_totals, editions, figures, jobs, recipient_counts
from app.editions.aid_totals import Measure, TableRows, Tables
from app.editions.editions import Edition
from app.fund.committee import sole
from app.fund.committee.records import Matter
from app.fund.giving.networks import networks
from app.fund.giving.pledges import pledges
from app.fund.ledger import books
from app.fund.spending import voids
from app.fund.spending.records import Payment
from app.kit import clock
from app.kit.db import db, transaction

pytestmark = pytest.mark.pages


def said(portal: Flask) -> dict[str, Any]:
    db.session.rollback()
    return figures.compute(portal.extensions["profile"])


def told(*, days: int = 1) -> dict[str, Any]:
    """The edition of so many days later: money of today is told tomorrow."""
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False), transaction():
        edition = editions.publish() or editions.latest()
        assert edition is not None
        return edition.figures


def dimensions(contents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in contents["dimensions"]}


def test_what_was_paid_for_few_people_waits_with_the_rest_of_their_row(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=12)
    paid_request(cast, 8, dimension="income")
    assert dimensions(told())["income"]["paid"] == 8_000_00, "in whole thousands of baht"
    paid_request(cast, 3, dimension="education")
    rows = dimensions(told(days=2))
    assert (rows["education"]["paid"], rows["education"]["approved"]["people"]) == (0, 0)
    assert (rows["income"]["paid"], rows["health"]["paid"]) == (8_000_00, 0)
    assert dimensions(said(portal))["education"]["paid"] == 3 * UNIT


def test_money_by_purpose_and_help_by_dimension_do_not_stand_in_one_row_of_the_page(
    portal: Flask, cast: Cast
) -> None:
    take_in(cast, pupils=12)
    with transaction():
        arrives(
            satang=86_854_00, paid_at=clock.now(), purpose_id=cast.purpose("education").id, by=cast.kanya.user
        )
    paid_request(cast, 8, dimension="income", purpose="education", money=False)
    row = dimensions(told())["education"]
    assert (row["received"], row["paid"]) == (86_854_00, 0), "the key stays, with a note of what it is"
    assert "86,854" not in cast.stranger.visit("/aid/work").main
    assert "86,854" in cast.stranger.visit("/aid").main
    sheet = cast.stranger.client.get("/aid.csv").get_data(as_text=True)
    assert "dimensions,education,การศึกษา,received,86854.00,บาท,ตามวัตถุประสงค์ของผู้ให้" in sheet


def test_help_outside_the_dimensions_of_the_province_has_a_row_of_its_own(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=14)
    hand_over(cast, paid_request(cast, 6, dimension="other"), 6)
    hand_over(cast, paid_request(cast, 8, dimension="income"), 8)
    profile = portal.extensions["profile"]
    portal.extensions["profile"] = replace(
        profile,
        dimension_codes=tuple(code for code in profile.dimension_codes if code != "other"),
        work_areas=tuple(area for area in profile.work_areas if area.code != "other"),
    )
    exact = said(portal)
    assert figures.agree(exact)
    for contents in (exact, told()):
        row = dimensions(contents)["other"]
        assert row["name_th"] == "อื่น ๆ" and row["delivered"]["people"] == 6
        summed = sum(dimension["delivered"]["satang"] for dimension in contents["dimensions"])
        assert summed == contents["delivered"]["satang"]
    assert "อื่น ๆ" in cast.stranger.visit("/aid/work").words


@pytest.mark.parametrize(
    ("table", "measure", "key"),
    [
        ("dimensions", "delivered", "satang"),
        ("dimensions", "approved", "households"),
        ("districts", "delivered", "people"),
        ("districts", "approved", "satang"),
        ("items", "delivered", "satang"),
        ("purposes", "paid", None),
        ("network_types", "received", None),
        ("months", "received", None),
        ("months", "paid", None),
        ("threads", "count", None),
    ],
)
def test_every_table_must_add_up_to_its_total(
    portal: Flask, cast: Cast, table: str, measure: str, key: str | None
) -> None:
    take_in(cast, pupils=9)
    hand_over(cast, paid_request(cast, 7, dimension="income"), 6)
    exact = said(portal)
    assert figures.disagreements(exact) == []
    row = next(row for row in exact[table] if (row[measure][key] if key else row[measure]))
    if key:
        row[measure][key] -= 1
    else:
        row[measure] -= 1
    assert figures.disagreements(exact)


def test_an_edition_that_does_not_add_up_is_not_published_and_the_first_page_says_so(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(cast, pupils=9)
    paid_request(cast, 7, dimension="income")
    tables = aid_totals.tables

    def lose_one(measure: Measure, rows: TableRows) -> Tables:
        found = tables(measure, rows)
        return replace(found, dimensions={})

    with monkeypatch.context() as patch:
        patch.setattr(aid_totals, "tables", lose_one)
        with pytest.raises(editions.DoesNotAddUp):
            jobs.publish()
        assert editions.latest() is None
        found = books.last_check()
        assert found is not None and "dimensions" in found.findings
        for person in (cast.kanya, cast.busaba):
            assert "บัญชีไม่ตรง" in person.sign_in().visit("/home").words
    jobs.publish()
    assert editions.latest() is not None


def _round(contents: dict[str, Any]) -> dict[str, Any]:
    (round_,) = contents["rounds"]
    return round_  # type: ignore[no-any-return]


def test_a_round_of_few_in_every_district_does_not_tell_its_sum(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=1, others={"3305": 4})
    contents = told()
    assert {row["target_households"] for row in contents["districts"]} == {0, None}
    assert _round(contents)["households"] is None
    assert _round(contents)["helped_households"] is None
    assert "ไม่แสดง" in cast.stranger.visit("/aid/districts").words


def test_a_round_tells_its_sum_where_that_tells_of_nobody(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=3, others={"3305": 9})
    contents = told()
    assert {row["target_households"] for row in contents["districts"]} == {0, None}
    assert _round(contents)["households"] == 12
    assert contents["target_round"] == "TPMAP-2569"


def test_a_household_that_moves_within_the_base_waits_for_four_more(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=20, others={"3305": 9})
    first = told()
    move(1)
    assert told(days=2)["districts"] == first["districts"]
    move(5)
    moved = {row["code"]: row["target_households"] for row in told(days=3)["districts"]}
    assert (moved["3301"], moved["3305"]) == (14, 15)


def test_a_base_that_comes_back_is_told_as_it_was(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=20, others={"3305": 9})
    first = told()
    with transaction():
        intake.import_file(
            raw=register_file(pupils=40, district="3302", houses="9"),
            name="other.csv",
            round_code="TPMAP-2570",
            source="tpmap",
            override="ไฟล์ทดสอบ",
            by=cast.busaba.user,
        )
        rounds.close(code="TPMAP-2570", by=cast.busaba.user)
        rounds.set_public_base(code="TPMAP-2570", by=cast.busaba.user)
    assert told(days=2)["target_round"] == "TPMAP-2570"
    move(1)
    with transaction():
        rounds.set_public_base(code="TPMAP-2569", by=cast.busaba.user)
    again = told(days=3)
    assert [row["target_households"] for row in again["districts"]] == [
        row["target_households"] for row in first["districts"]
    ]


def test_a_voided_payment_is_paid_no_more(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=12)
    paid_request(cast, 8, dimension="income")
    assert dimensions(told())["income"]["paid"] == 8_000_00
    number = db.session().scalars(select(Payment.id)).one()
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        with transaction():
            voids.ask(number, reason="โอนไม่สำเร็จ", by=cast.kanya.user)
        with transaction():
            voids.confirm(number, by=cast.somchai.user)
    contents = told(days=2)
    assert (dimensions(contents)["income"]["paid"], contents["money"]["paid"]) == (0, 0)
    assert figures.agree(said(portal))


def test_the_first_edition_of_this_format_differs_by_few_from_none_of_the_old(
    portal: Flask, cast: Cast
) -> None:
    take_in(cast, pupils=14)
    hand_over(cast, paid_request(cast, 12, dimension="income"), 12)
    old = json.loads(json.dumps(said(portal)))
    for key in ("money_until", "notes", "target_as_of"):
        del old[key]
    for cell in (old["delivered"], *(row["delivered"] for row in old["districts"] if row["code"] == "3301")):
        cell.update(people=11, households=11, satang=11 * UNIT)
    with transaction() as session:
        text = json.dumps(old | {"format": 1, "as_of": "2026-01-01T00:00:00.000000Z"})
        made = clock.now() - timedelta(days=1)
        session.add(
            Edition(
                number=1,
                made_at=made,
                contents=text,
                hash=editions.link(editions.FIRST, number=1, made_at=made, contents=text),
            )
        )
    contents = told(days=1)
    assert contents["format"] == figures.FORMAT
    row = next(row for row in contents["districts"] if row["code"] == "3301")
    assert (contents["delivered"]["people"], row["delivered"]["people"]) == (11, 11)
    assert contents["approved"]["people"] == 12


def test_without_a_base_no_target_is_told(portal: Flask, cast: Cast) -> None:
    with transaction():
        rounds.open_(code="TPMAP-2570", source="tpmap", by=cast.busaba.user)
    contents = told()
    assert contents["target_round"] is None
    assert {row["target_households"] for row in contents["districts"]} == {None}
    assert "ยังไม่ได้กำหนดรอบ" in cast.stranger.visit("/aid/work").words


def test_goods_are_no_money_and_a_person_who_gives_is_one_of_the_public(portal: Flask, cast: Cast) -> None:
    with transaction():
        person = networks.create(
            code="P1", type="person", name="นายใจ ดีงาม", district_code="3305", by=None
        ).id
        for more in (
            {"kind": "goods", "what": "ข้าวสาร", "quantity": 10, "unit": "ถุง", "satang": 900_00},
            {"satang": 500_00},
        ):
            pledges.make(
                network_id=person,
                purpose_id=cast.purpose().id,
                expected_on=clock.today(),
                basis="หนังสือของผู้ให้",
                by=cast.busaba.user,
                **more,
            )
        arrives(satang=200_00, paid_at=clock.now(), purpose_id=cast.purpose().id, network_id=person, by=None)
    figures_ = said(portal)
    assert figures_["money"]["pledged"] == 500_00
    types = {row["code"]: row for row in figures_["network_types"]}
    assert "person" not in types
    assert (types["public"]["pledged"], types["public"]["received"]) == (500_00, 200_00)
    assert {row["received"] for row in figures_["districts"]} == {0}, "nor does a district tell of one giver"
    assert figures_["whole_province_received"] == 200_00


def test_a_resolution_is_told_with_the_money_that_it_holds(portal: Flask, cast: Cast) -> None:
    told(days=0)
    take_in(cast, pupils=12)
    code = approved_request(cast, 8, dimension="income")
    today, tomorrow = told(days=0), told()
    assert (today["money"]["committed"], today["resolutions"]) == (0, [])
    assert tomorrow["money"]["committed"] == 8 * UNIT
    assert [(row["code"], row["state"]) for row in tomorrow["resolutions"]] == [(code, "approved")]
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        pay(cast, code, 8 * UNIT)
        assert told(days=0)["resolutions"] == tomorrow["resolutions"]
    paid = told(days=2)
    assert (paid["money"]["paid"], paid["resolutions"][0]["state"]) == (8 * UNIT, "paid")
    assert "จ่ายแล้วครบ" in cast.stranger.visit("/aid/resolutions").words
    other = approved_request(cast, 8, dimension="income")
    pay(cast, other, 1_500_00)
    room.resolve(room.put(cast, other, Matter.RESCIND), by=cast.somchai)
    (made,) = (row for row in told(days=3)["resolutions"] if row["code"] == other and row["approved"])
    assert made["state"] == "rescinded" and "promised" not in made, "never what one of few did not get"


def test_a_resolution_that_another_changed_is_told_as_changed(sqlite_portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    amended, rescinded, _ = (room.approve(cast, satang) for satang in (100_00, 50_00, 40_00))
    for satang in (120_00, 60_00):
        room.revise(cast, amended, satang)
        room.resolve(room.put(cast, amended, Matter.AMEND), by=cast.somchai)
    room.pay(cast, amended, 60_00)
    room.pay(cast, rescinded, 20_00)
    room.resolve(room.put(cast, rescinded, Matter.RESCIND), by=cast.somchai)
    with transaction():
        sole.decide(room.propose(cast, 10_00), choice="approve", by=cast.somchai.user)
    contents = said(sqlite_portal)
    money, (alone, *rows) = contents["money"], contents["resolutions"]
    # The chair alone and the committee count each for themselves: 1/2569 is not 1/2569.
    assert (alone["body"], {row["body"] for row in rows}) == ("sole", {"full"})
    told(days=2)
    assert "ประธานพิจารณาตามวงเงิน ครั้งที่ 1/" in cast.stranger.visit("/aid/resolutions").words
    assert [(row["kind"], row["state"], row["satang"]) for row in rows] == [
        ("rescind", "rescinded", 50_00),
        ("amend", "paid", 60_00),
        ("amend", "amended", 120_00),
        ("approve", "approved", 40_00),
        ("approve", "rescinded", 50_00),
        ("approve", "amended", 100_00),
    ]
    assert (money["committed"], money["paid"]) == (50_00, 80_00)


def test_a_first_edition_that_told_of_its_own_day_is_the_last_word_on_that_day(
    portal: Flask, cast: Cast
) -> None:
    take_in(cast, pupils=12)
    code = approved_request(cast, 8, dimension="income")
    with transaction():
        first = editions.publish(money_until=clock.today())
    assert first is not None and first.figures["money"]["committed"] == 8 * UNIT
    pay(cast, code, 8 * UNIT)
    hand_over(cast, code, 8)
    with transaction():
        assert editions.publish() is None
    words = cast.stranger.visit("/aid").words
    assert "รวมถึงฉบับแรกของวันที่" in words and "รวมถึงสิ้นวันที่" not in words
    contents = told()
    assert contents["money"]["paid"] == 8 * UNIT
    assert (contents["delivered"]["people"], dimensions(contents)["income"]["paid"]) == (8, 8_000_00)
    assert "รวมถึงสิ้นวันที่" in cast.stranger.visit("/aid").words


def test_nothing_is_told_as_handed_over_before_it_is_told_as_approved(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=20)
    first = paid_request(cast, 10, dimension="income")
    hand_over(cast, first, 5)
    contents = told()
    assert (contents["approved"]["people"], contents["delivered"]["people"]) == (10, 5)
    # Four people more: that they are approved waits for a fifth, so that they had something waits too.
    second = paid_request(cast, 14, dimension="income")
    hand_over(cast, first, 5)
    hand_over(cast, second, 14)
    contents = told(days=2)
    for row in (contents, dimensions(contents)["income"], contents["districts"][0]):
        assert (row["approved"]["people"], row["delivered"]["people"]) == (10, 10)
    paid_request(cast, 15, dimension="income")
    contents = told(days=3)
    assert (contents["approved"]["people"], contents["delivered"]["people"]) == (15, 10)


def test_no_row_says_that_more_was_handed_over_than_paid(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=20)
    first = paid_request(cast, 5, dimension="income")
    second = approved_request(cast, 8, dimension="income")
    assert dimensions(told())["income"]["paid"] == 5_000_00
    # Three more who were paid for wait in the column of payments; all eight have what was approved for them.
    pay(cast, second, 8 * UNIT)
    hand_over(cast, first, 5)
    hand_over(cast, second, 8)
    row = dimensions(told(days=2))["income"]
    assert (row["delivered"]["people"], row["delivered"]["satang"], row["paid"]) == (8, 13_000_00, None)


@pytest.mark.parametrize(("people", "how"), [(8, "exact"), (7, "not"), (4, "not"), (3, "not")])
def test_the_sum_of_a_resolution_tells_neither_few_people_nor_that_few_were_left_out(
    sqlite_portal: Flask, cast: Cast, people: int, how: str
) -> None:
    take_in(cast, pupils=8)
    code = approved_request(cast, 8, dimension="education")
    if people < 8:
        room.revise(cast, code, people * UNIT)
        room.resolve(room.put(cast, code, Matter.AMEND), by=cast.somchai)
    assert recipient_counts.sum_disclosures([code]) == {code: how}
