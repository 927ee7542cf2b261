"""The logbook: lines that stay, written by those whose work it is."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from people import Cast
from register_world import bring_in, two_districts
from sqlalchemy import select, text

from app.cases.care import logbook
from app.cases.care.records import LogbookEntry
from app.cases.register.records import Household
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.audit import AuditEvent
from app.staff.users import User


def _home(code: str) -> Household:
    return db.session().scalars(select(Household).filter_by(code=code)).one()


def _write(code: str, by: User, **more: Any) -> int:
    home = _home(code).id
    said = {"on": clock.today(), "kind": "visit", "words": "เยี่ยมบ้าน พบยาย", **more}
    with transaction():
        return logbook.write(household_id=home, by=by, **said).id


def test_a_line_is_written_with_its_audit_note(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    number = _write("HH-000001", cast.malee.user, dimension="education")
    entry = db.session().get_one(LogbookEntry, number)
    assert (entry.household.code, entry.words, entry.written_by_id) == (
        "HH-000001",
        "เยี่ยมบ้าน พบยาย",
        cast.malee.user_id,
    )
    note = db.session().scalars(select(AuditEvent).filter_by(deed="logbook.write")).one()
    assert note.by_id == cast.malee.user_id


def test_a_line_can_neither_be_changed_nor_taken_away(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    _write("HH-000001", cast.malee.user)
    for statement in ("UPDATE logbook_entry SET words = 'x'", "DELETE FROM logbook_entry"):
        with pytest.raises(Refused, match="Logbook"), transaction() as session:
            session.execute(text(statement))
    assert db.session().scalars(select(LogbookEntry.words)).all() == ["เยี่ยมบ้าน พบยาย"]


def test_only_those_of_the_area_write(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    for person in (cast.chai, cast.kanya, cast.decha, cast.ton):
        with pytest.raises(Refused, match="ในพื้นที่"):
            _write("HH-000001", person.user)
    _write("HH-000003", cast.chai.user)
    _write("HH-000003", cast.busaba.user)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": clock.today() + timedelta(days=2)},
        {"words": "  \n "},
        {"words": "ก" * 4001},
        {"kind": "gossip"},
        {"satang": -1, "kind": "help"},
        {"satang": 100},
        {"dimension": "luck"},
        {"funding_source": "casino", "kind": "help"},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(sqlite_portal: Flask, wrong: dict[str, Any]) -> None:
    cast = Cast(sqlite_portal)
    bring_in(two_districts())
    with pytest.raises(BadInput):
        _write("HH-000001", cast.malee.user, **wrong)
    assert db.session().scalars(select(LogbookEntry)).all() == []


def test_a_member_of_another_household_is_refused(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    other = _home("HH-000002").members[0].id
    for member in (other, 999_999):
        with pytest.raises(Refused, match="สมาชิก"):
            _write("HH-000001", cast.malee.user, member_id=member)


def test_help_from_the_fund_is_only_written_by_a_handover(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    with pytest.raises(Refused, match="พิธีมอบ"):
        _write("HH-000001", cast.malee.user, kind="help", funding_source="fund", satang=100)
    _write("HH-000001", cast.malee.user, kind="help", funding_source="lao", satang=100_00)


@pytest.mark.pages
def test_a_mentor_writes_a_visit_on_the_page_and_reads_it_in_the_household(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    malee = cast.malee.sign_in()
    page = malee.send(
        "/households/HH-000001/logbook/new",
        kind="help",
        on="1 มิ.ย. 2565",
        words="อบต. มอบถุงยังชีพ <b>หนึ่งถุง</b>",
        satang="700",
        funding_source="lao",
        dimension="living",
    )
    for words in ("อบต. มอบถุงยังชีพ", "700.00", "1 มิ.ย. 65", "มาลี", "องค์กรปกครองส่วนท้องถิ่น"):
        assert words in page.words
    assert "<b>หนึ่ง" not in page.text


@pytest.mark.pages
def test_from_home_to_a_written_visit_are_three_pages(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    malee, home = cast.malee.sign_in(), _home("HH-000001")
    assert 'action="/households"' in malee.visit("/home").text
    page = malee.visit(f"/households?q={home.members[0].first_name}")
    assert page.response.request.path == "/households/HH-000001", "a single one opens at once"
    assert "ยังไม่เคยเยี่ยม" in page.words
    page = malee.press(page, having="words", words="พบยาย นัดช่างแล้ว")
    assert "พบยาย" in page.words and "เยี่ยมภายใน" in page.words
    assert (
        "ไม่พบรายการตามที่ค้น" in cast.chai.sign_in().visit(f"/households?q={home.members[0].first_name}").words
    )


@pytest.mark.pages
def test_the_page_keeps_what_was_typed_when_it_refuses(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    malee = cast.malee.sign_in()
    page = malee.send(
        "/households/HH-000001/logbook/new",
        kind="visit",
        on="1 มิ.ย. 2565",
        words="พบยาย",
        satang="5",
        to_status=422,
    )
    assert "มูลค่า" in page.words
    assert "พบยาย" in page.text
    page = malee.send("/households/HH-000001/logbook/new", on="31 ก.พ. 2565", words="พบยาย", to_status=422)
    assert "กุมภาพันธ์" in page.words
    cast.decha.sign_in().visit("/households/HH-000001/logbook/new", status=403)


@pytest.mark.parametrize(
    ("kind", "household"), [("help", "household_id"), ("correction", "household_id + 1")]
)
def test_the_database_lets_a_value_be_amended_only_by_a_correction_of_the_same_household(
    portal: Flask, cast: Cast, kind: str, household: str
) -> None:
    bring_in(two_districts())
    number = _write("HH-000001", cast.malee.user)
    amending = text(
        f"""INSERT INTO logbook_entry (household_id, on_date, kind, words, satang, funding_source, tpmap_ref, written_at,
        written_by_id, amends_id) SELECT {household}, on_date, '{kind}', words, satang, funding_source, tpmap_ref,
        written_at, written_by_id, id FROM logbook_entry WHERE id = :number"""
    )
    with pytest.raises(Refused, match="ครัวเรือนเดียวกัน"), transaction() as session:
        session.execute(amending, {"number": number})
