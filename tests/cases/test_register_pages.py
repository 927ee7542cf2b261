"""Pages of the register: who sees which households, masked IDs, and bringing a file in by hand."""

import io
import json
import re

import openpyxl
import pytest
from flask import Flask
from people import Cast, Person, give_role
from register_world import HEADER, bring_in, csv, number, row, two_districts
from sqlalchemy import select

from app.cases.register import households, id_disclosures
from app.cases.register.import_records import RegisterImport
from app.cases.register.records import Household, Member
from app.kit import national_id
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.audit import AuditEvent
from app.staff.reads import ReadEvent, ReadKind
from app.staff.roles import Role

pytestmark = pytest.mark.pages


def _codes(person: Person) -> set[str]:
    return set(db.session().scalars(households.visible_to(person.user).with_only_columns(Household.code)))


def _grant(person: Person, role: Role, **scope: str) -> None:
    with transaction():
        give_role(person.user_id or 0, role, **scope)


def _home(code: str) -> Household:
    return db.session().scalars(select(Household).filter_by(code=code)).one()


TOWN = {"HH-000001", "HH-000002"}
KHUKHAN = {"HH-000003", "HH-000004"}


def test_each_role_sees_the_households_of_its_work_and_no_others(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    assert _codes(cast.busaba) == _codes(cast.decha) == TOWN | KHUKHAN
    assert _codes(cast.chai) == KHUKHAN
    assert _codes(cast.malee) == TOWN
    for person in (cast.kanya, cast.somchai, cast.pranee, cast.ton, cast.ying):
        assert _codes(person) == set()


def test_a_mentor_of_a_subdistrict_and_a_secretary_of_a_dimension_see_theirs(
    portal: Flask, cast: Cast
) -> None:
    bring_in(two_districts())
    _grant(cast.ton, Role.MENTOR, area_code="330102")
    assert _codes(cast.ton) == set()
    _grant(cast.ton, Role.MENTOR, area_code="330101")
    assert _codes(cast.ton) == TOWN
    _grant(cast.ying, Role.DIMENSION_SECRETARY, dimension="health")
    assert _codes(cast.ying) == {"HH-000002", "HH-000004"}


def test_a_secretary_sees_no_other_dimension_of_the_same_household(portal: Flask, cast: Cast) -> None:
    bring_in(csv(row(สุขภาพ="1")))
    _grant(cast.ying, Role.DIMENSION_SECRETARY, dimension="education")
    ying = cast.ying.sign_in()
    for path in ("/register/TPMAP-2565", "/households/HH-000001"):
        words = ying.visit(path).words
        assert "การศึกษา" in words
        assert "สุขภาพ" not in words
    assert "ตกสุขภาพ" not in ying.visit("/register").words
    assert "สุขภาพ" in cast.malee.sign_in().visit("/households/HH-000001").words


def test_a_district_officer_meets_only_the_own_district_in_lists_counts_and_choices(
    portal: Flask, cast: Cast
) -> None:
    bring_in(two_districts())
    chai, busaba = cast.chai.sign_in(), cast.busaba.sign_in()
    for path in (
        "/register",
        "/register/TPMAP-2565",
        "/register/TPMAP-2565?area=3301",
        "/register/TPMAP-2565?q=สมหมาย",
    ):
        main = chai.visit(path).main
        assert "เมืองศรีสะเกษ" not in main
        assert "ทองใบ" not in main
    assert len(re.findall(r"HH-\d{6}", chai.visit("/register/TPMAP-2565").words)) == 2
    assert len(re.findall(r"HH-\d{6}", busaba.visit("/register/TPMAP-2565").words)) == 4
    assert re.search(r"ครัวเรือนในพื้นที่ของท่าน\s+2\b", chai.visit("/register").words)
    assert "เมืองศรีสะเกษ" in busaba.visit("/register").main


def test_another_districts_household_is_not_found_by_its_address(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    chai = cast.chai.sign_in()
    member = _home("HH-000001").members[0].id
    chai.visit("/households/HH-000003")
    for path in (
        "/households/HH-000001",
        "/households/HH-000001/logbook/new",
        f"/households/HH-000001/members/{member}/reveal",
        f"/households/HH-000003/members/{member}/reveal",
        "/households/HH-999999",
    ):
        chai.visit(path, status=404)


@pytest.mark.parametrize("name", ["kanya", "somchai", "pranee", "ton", "ying"])
def test_the_register_is_closed_to_those_whose_work_it_is_not(sqlite_portal: Flask, name: str) -> None:
    person = getattr(Cast(sqlite_portal), name).sign_in()
    bring_in(two_districts())
    for path in ("/register", "/register/TPMAP-2565", "/register/import", "/households/HH-000001"):
        person.visit(path, status=403)


def test_the_list_finds_by_name_house_code_dimension_and_place(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    busaba = cast.busaba.sign_in()

    def found(query: str) -> set[str]:
        return set(re.findall(r"/households/(HH-\d+)", busaba.visit(f"/register/TPMAP-2565?{query}").text))

    assert found("q=นายสมหมาย ใจดี") == {"HH-000001"}
    assert found("q=ใจดี") == TOWN | KHUKHAN
    assert found("q=33050000001") == {"HH-000003"}
    assert found("q=hh-000004") == {"HH-000004"}
    assert found("q=100%25") == set()
    assert found("dimension=health") == {"HH-000002", "HH-000004"}
    assert found("area=330501") == KHUKHAN
    assert found("dimension=health&area=3301") == {"HH-000002"}
    busaba.visit("/register/NO-SUCH-ROUND", status=404)


def test_a_household_is_found_by_national_id_in_reach_only_and_the_search_is_written_down(
    portal: Flask, cast: Cast
) -> None:
    bring_in(two_districts())
    chai = cast.chai.sign_in()
    page = chai.send("/register", action="/register/find", national_id=national_id.dashed(number(3)))
    assert "HH-000003" in page.words
    elsewhere = chai.send("/register", action="/register/find", national_id=number(1))
    nobody = chai.send("/register", action="/register/find", national_id=number(77))
    assert "ไม่พบเลข" in elsewhere.words
    assert "ไม่พบเลข" in nobody.words
    notes = db.session().scalars(select(AuditEvent).filter_by(deed="member.find_by_id")).all()
    assert [note.subject for note in notes][1:] == ["household:-", "household:-"]
    assert "13 หลัก" in chai.send("/register", action="/register/find", national_id="12345").words
    typed = cast.busaba.sign_in().visit(f"/register/TPMAP-2565?q={number(1)}")
    assert number(1) not in typed.text


def test_no_page_shows_a_full_id_until_it_is_revealed_for_a_reason(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    malee = cast.malee.sign_in()
    member = _home("HH-000001").members[0].id
    reveal = f"/households/HH-000001/members/{member}/reveal"
    for path in (
        "/register",
        "/register/TPMAP-2565",
        "/households/HH-000001",
        "/households/HH-000001/logbook/new",
        reveal,
    ):
        page = malee.visit(path)
        assert number(1) not in page.text
        assert national_id.dashed(number(1)) not in page.text
    assert national_id.mask(number(1)) in malee.visit("/households/HH-000001").words
    assert (
        national_id.dashed(number(1)) not in malee.send(reveal, reason="bank", words="ดู", to_status=422).text
    )
    malee.send(reveal, words="เปิดบัญชีให้ผู้รับ", to_status=422)
    for guess, status in (("guess-by-a-passer-by", 409), ("", 422)):
        page = malee.send(reveal, reason="bank", words="บัญชี ธ.ก.ส.", password_again=guess, to_status=status)
        assert national_id.dashed(number(1)) not in page.text
    shown = malee.send(reveal, reason="bank", words="บัญชี ธ.ก.ส. สาขาเมือง")
    assert national_id.dashed(number(1)) in shown.words
    assert shown.response.headers["Cache-Control"] == "no-store"
    assert national_id.dashed(number(1)) not in malee.visit(reveal).text
    notes = db.session().scalars(select(AuditEvent).filter_by(deed="member.reveal_id")).all()
    assert [(note.by_id, note.subject) for note in notes] == [(malee.user_id, f"member:{member}")]
    why = "เปิดบัญชีหรือโอนเงินให้ผู้รับ: บัญชี ธ.ก.ส. สาขาเมือง"
    assert json.loads(notes[0].details) == {"household": "HH-000001", "reason": why}
    read = db.session().scalars(select(ReadEvent).filter_by(kind=ReadKind.WHOLE_ID)).one()
    assert (read.subject, read.reason, read.by_id) == (f"member:{member}", why, malee.user_id)


def test_a_full_id_is_refused_by_the_rule_too(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    member = _home("HH-000001").members[0].id
    nameless = _home("HH-000002").members[0].id
    reason, words = "bank", "เปิดบัญชีธนาคารให้ผู้รับ"
    for person in (cast.chai, cast.kanya, cast.decha, cast.somchai):
        with pytest.raises(Refused, match="นอกพื้นที่"), transaction():
            id_disclosures.reveal_id(member, reason=reason, words=words, by=person.user)
    with pytest.raises(BadInput), transaction():
        id_disclosures.reveal_id(member, reason=reason, words=f"เลข {number(1)}", by=cast.malee.user)
    with pytest.raises(BadInput), transaction():
        id_disclosures.reveal_id(member, reason="เพราะอยากดู", words=words, by=cast.malee.user)
    with pytest.raises(Refused, match="ไม่มีเลข"), transaction():
        id_disclosures.reveal_id(nameless, reason=reason, words=words, by=cast.malee.user)
    assert db.session().scalars(select(AuditEvent).filter_by(deed="member.reveal_id")).all() == []


def test_a_refused_file_keeps_what_was_typed_and_changes_nothing(portal: Flask, cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    for file, name, status in (
        (b"\x89PNG\r\n\x1a\n", "picture.csv", 422),
        (two_districts(), "../../register.csv", 422),
        (csv(), "register.csv", 422),
    ):
        page = busaba.send(
            "/register/import",
            file=(io.BytesIO(file), name),
            round_code="R-2565",
            source="needy",
            to_status=status,
        )
        assert "ไม่ได้นำเข้า" in page.words
        assert 'value="R-2565"' in page.text
    page = busaba.send("/register/import", round_code="R-2565", to_status=422)
    assert "โปรดเลือกไฟล์" in page.words
    assert db.session().scalars(select(Member)).all() == []


def test_files_of_others_are_not_a_district_officers_to_read(portal: Flask, cast: Cast) -> None:
    bring_in(two_districts(), by=cast.busaba.user)
    number_ = db.session().scalars(select(RegisterImport.id)).one()
    path = f"/register/TPMAP-2565/imports/{number_}"
    assert "tpmap.csv" in cast.busaba.sign_in().visit(path).words
    chai = cast.chai.sign_in()
    chai.visit(path, status=404)
    assert "tpmap.csv" not in chai.visit("/register/TPMAP-2565").words


def test_a_round_can_stand_open_before_its_file_comes(portal: Flask, cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    busaba.send("/register/new", code="TPMAP-2566", source="tpmap", as_of="1 ธ.ค. 2565")
    assert "รอข้อมูล" in busaba.visit("/register").words
    again = busaba.send("/register/new", code="TPMAP-2566", source="tpmap", to_status=409)
    assert "แล้ว" in again.words
    busaba.send("/register/new", code="มี เว้นวรรค", source="tpmap", to_status=422)
    cast.chai.sign_in().visit("/register/new", status=403)


def test_the_template_holds_the_headings_that_intake_reads(portal: Flask, cast: Cast) -> None:
    chai = cast.chai.sign_in()
    text = chai.visit("/register/template.csv").response.get_data().decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(chai.visit("/register/template.xlsx").response.get_data()))
    header = [cell.value for cell in book.active[1]]
    assert text.strip().split(",") == header
    assert set(HEADER) <= set(header)
    filled = dict(zip(HEADER, row(เลขประจำตัวประชาชน=number(1)), strict=True)) | {"มิติรายได้": "1", "อื่นๆ": "0"}
    bring_in(csv([filled.get(name, "") for name in header], header=header))
    assert "รายได้" in cast.busaba.sign_in().visit("/households/HH-000001").words
