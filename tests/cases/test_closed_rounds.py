"""A round is closed once, by the secretariat, when no file of it waits; from then on what it says is final."""

import pytest
from flask import Flask
from people import Cast
from register_world import HEADER, bring_in, csv, row, two_districts
from sqlalchemy import select, text, true

from app.cases.aid import needs
from app.cases.register import rounds, staging, undoing
from app.cases.register.records import Household, RoundState, Standing
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

_CODE = "TPMAP-2565"


def _close(cast: Cast) -> None:
    with transaction():
        rounds.close(code=_CODE, by=cast.busaba.user)


def test_a_round_is_closed_by_the_secretariat_when_it_has_households_and_no_file_waits(
    portal: Flask, cast: Cast
) -> None:
    with transaction():
        rounds.open_(code=_CODE, source="tpmap", by=None)
    with pytest.raises(Refused, match="ยังไม่มีครัวเรือน"):
        _close(cast)
    bring_in(csv(row()))
    with pytest.raises(Refused, match="เลขานุการ"), transaction():
        rounds.close(code=_CODE, by=cast.chai.user)
    with transaction():
        waiting = staging.send(
            name="a.csv",
            raw=two_districts(),
            round_code=_CODE,
            source="tpmap",
            is_whole=True,
            by=cast.busaba.user,
        ).id
    with pytest.raises(Refused, match="รอตรวจ"):
        _close(cast)
    with transaction():
        staging.drop(waiting, by=cast.busaba.user)
        rounds.amend(code=_CODE, declared_total=17, declared_persons=70, by=cast.busaba.user)
    with pytest.raises(BadInput, match="ติดลบ"), transaction():
        rounds.amend(code=_CODE, declared_total=1, declared_persons=-1, by=cast.busaba.user)
    _close(cast)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        _close(cast)


def test_a_closed_round_takes_no_file_loses_none_and_is_not_amended(portal: Flask, cast: Cast) -> None:
    bring_in(csv(row()), by=cast.busaba.user)
    _close(cast)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        bring_in(two_districts())
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction():
        undoing.undo(1, reason="ส่งผิดไฟล์", by=cast.busaba.user)
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction():
        rounds.amend(code=_CODE, declared_total=1, declared_persons=1, by=cast.busaba.user)
    bring_in(two_districts(), round_code="TPMAP-2566")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_round SET as_of = '2020-01-01' WHERE id = 1",
        "UPDATE register_round SET closed_at = NULL, closed_by_id = NULL WHERE id = 1",
        "UPDATE round_household SET income_satang = 1 WHERE round_id = 1",
        "DELETE FROM round_household WHERE round_id = 1 AND id NOT IN (SELECT round_household_id FROM failed_dimension)",
        "INSERT INTO round_household (round_id, household_id, row_hash) VALUES (1, 3, 'x')",
    ],
)
def test_the_database_keeps_what_a_closed_round_says(portal: Flask, cast: Cast, statement: str) -> None:
    bring_in(csv(row(), row("33010000002", บ้านเลขที่="5", การศึกษา="0")))
    bring_in(csv(row("33010000003", บ้านเลขที่="6")), round_code="TPMAP-2566")
    _close(cast)
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction() as session:
        session.execute(text(statement))


@pytest.mark.pages
def test_the_page_of_a_round_closes_it(portal: Flask, cast: Cast) -> None:
    bring_in(csv(row()))
    busaba = cast.busaba.sign_in()
    path = f"/register/{_CODE}"
    busaba.send(path, action=f"{path}/declared", declared_total="17", declared_persons="70")
    found = rounds.named(_CODE)
    assert found is not None
    assert (found.declared_total, found.declared_persons) == (17, 70)
    page = busaba.send(path, action=f"{path}/close")
    assert "รอบนี้ปิดแล้ว" in page.words
    assert f'"/register/{_CODE}/import"' not in page.text


def test_a_round_waits_for_its_first_file_then_is_open_and_closed_in_the_end(
    portal: Flask, cast: Cast
) -> None:
    with transaction():
        round_ = rounds.open_(
            code=_CODE, source="tpmap", declared_total=2, declared_persons=7, by=cast.busaba.user
        )
        assert (round_.declared_total, round_.declared_persons) == (2, 7)
        assert rounds.state_of(round_) == RoundState.AWAITING
    bring_in(csv(row()))
    round_ = rounds.named(_CODE) or pytest.fail("no round")
    assert rounds.state_of(round_) == RoundState.OPEN
    _close(cast)
    assert rounds.state_of(round_) == RoundState.CLOSED


def test_what_a_household_lacks_is_what_the_newest_closed_round_of_a_source_says(
    portal: Flask, cast: Cast
) -> None:
    bring_in(csv(row(การศึกษา="1", สุขภาพ="0")))
    home = db.session().scalars(select(Household.id)).one()
    _close(cast)
    bring_in(csv(row(การศึกษา="0", สุขภาพ="1")), round_code="TPMAP-2567")
    assert _failed(home) == {"education"}, "the newer round may still change"
    with transaction():
        rounds.close(code="TPMAP-2567", by=cast.busaba.user)
    assert _failed(home) == {"health"}
    bring_in(csv(row(การศึกษา="1", สุขภาพ="0")), round_code="QM-2568", source="thai_qm")
    assert _failed(home) == {"education", "health"}, "another source says something of its own"


def _failed(home: int) -> set[str]:
    found = set(needs.of([home])[home].failed)
    for dimension in ("education", "health"):
        met = db.session().scalars(select(Household.id).where(needs.fails(dimension))).all()
        assert (home in met) == (dimension in found), "the list of candidates says the same"
    return found


@pytest.mark.pages
def test_the_page_of_a_round_counts_what_became_of_its_households(portal: Flask, cast: Cast) -> None:
    head = (*HEADER, "ผลการสำรวจ")
    bring_in(
        csv(
            [*row(), ""],
            [*row("33010000002", บ้านเลขที่="13"), "ไม่พบตัว"],
            [*row("33010000003", บ้านเลขที่="14"), "เพิ่มจากการสำรวจ"],
            [*row("33010000004", บ้านเลขที่="15"), ""],
            header=head,
        )
    )
    round_ = rounds.named(_CODE) or pytest.fail("no round")
    here = {Standing.NAMED: 2, Standing.NOT_FOUND: 1, Standing.ADDED: 1, Standing.UNNAMED: 0}
    assert rounds.standings(round_, true()) == here
    bring_in(
        csv(
            [*row(ชื่อ="สมหมาย", รายได้เฉลี่ย="33000"), ""],
            [*row("33010000003", บ้านเลขที่="14"), "เพิ่ม"],
            header=head,
        )
    )
    with transaction():
        rounds.amend(code=_CODE, declared_total=17, declared_persons=70, by=cast.busaba.user)
    page = cast.busaba.sign_in().visit(f"/register/{_CODE}").words
    for words in ("กำลังรับไฟล์", "จากที่แจ้ง 17", "จากที่แจ้ง 70", "รายชื่อล่าสุดไม่ระบุแล้ว"):
        assert words in page
    listed = cast.busaba.visit(f"/register/{_CODE}?standing=added").main
    assert "HH-000003" in listed and "HH-000001" not in listed
    here = {Standing.NAMED: 1, Standing.NOT_FOUND: 0, Standing.ADDED: 1, Standing.UNNAMED: 2}
    assert rounds.standings(round_, true()) == here
    assert rounds.persons(round_, true()) == 4
