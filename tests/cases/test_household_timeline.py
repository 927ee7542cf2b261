"""The household's page: one order of all that happened, and files of lists that say who took them."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from aid_world import ceremony, draft, paid, register
from flask import Flask
from people import Cast, give_role
from sqlalchemy import select

from app.cases.aid import handovers
from app.cases.care import logbook
from app.cases.register.records import Household
from app.kit import clock
from app.kit.db import db, transaction
from app.staff.audit import AuditEvent
from app.staff.reads import ReadEvent, ReadKind
from app.staff.roles import Role

pytestmark = pytest.mark.pages


def _helped(cast: Cast) -> str:
    """A household whose two pupils were asked for, paid for and given what they need; its code."""
    members = register(2, failed=("education",))
    home = members[0].household_id
    request = paid(cast, members)
    number = ceremony(cast, request)
    with transaction():
        handovers.mark_rest(number, by=cast.malee.user)
    return db.session().get_one(Household, home).code


def test_the_timeline_goes_from_the_register_to_the_logbook_with_links_for_whoever_may_see_them(
    sqlite_portal: Flask, cast: Cast
) -> None:
    code = _helped(cast)
    malee = cast.malee.sign_in()
    page = malee.visit(f"/households/{code}")
    steps = (
        *("ได้รับความช่วยเหลือ", "พิธีมอบ", "จ่ายเงินตามคำขอ", "มติที่", "ส่งคำขอความช่วยเหลือ"),
        *("เข้าทะเบียนครัวเรือน", "มีในรายชื่อ"),
    )
    places = [page.main.index(step) for step in steps]
    assert places == sorted(places)
    assert "/handovers/1" in page.text
    assert "/requests/AR-" in page.text
    assert "/payments/" not in page.text
    assert "/meetings/" not in page.text
    decha = cast.decha.sign_in().visit(f"/households/{code}").text
    assert "/payments/1" in decha
    assert "/meetings/1" in decha


def test_a_long_story_goes_on_and_tells_everything_once(sqlite_portal: Flask, cast: Cast) -> None:
    code = _helped(cast)
    home = db.session().scalars(select(Household).filter_by(code=code)).one().id
    for number in range(20):
        with transaction():
            logbook.write(
                household_id=home,
                on=clock.today() - timedelta(days=number // 3),
                kind="visit",
                words=f"เยี่ยมครั้งที่-{number}.",
                by=cast.malee.user,
            )
    malee, address, told = cast.malee.sign_in(), f"/households/{code}", ""
    for _ in range(6):
        page = malee.visit(address)
        told += page.text
        more = re.search(r'rel="next" href="([^"]*)"', page.text)
        if more is None:
            break
        address = more[1]
    assert [number for number in range(20) if told.count(f"เยี่ยมครั้งที่-{number}.") != 1] == []
    for step in ("พิธีมอบ", "จ่ายเงินตามคำขอ", "ส่งคำขอความช่วยเหลือ", "เข้าทะเบียนครัวเรือน", "มีในรายชื่อ"):
        assert told.count(f"<b>{step}</b>") == 1, step
    assert "เรื่องราว" in malee.visit(f"/households/{code}?before=2026-99-99.x").words


def test_a_secretary_reads_no_line_of_another_dimension(sqlite_portal: Flask, cast: Cast) -> None:
    code = _helped(cast)
    home = db.session().scalars(select(Household).filter_by(code=code)).one().id
    with transaction():
        logbook.write(
            household_id=home,
            on=clock.today(),
            kind="note",
            words="ป่วยเรื้อรัง",
            dimension="health",
            by=cast.malee.user,
        )
        give_role(cast.ton.user_id or 0, Role.DIMENSION_SECRETARY, dimension="education")
    assert "ป่วยเรื้อรัง" in cast.malee.sign_in().visit(f"/households/{code}").words
    page = cast.ton.sign_in().visit(f"/households/{code}")
    assert "ป่วยเรื้อรัง" not in page.text
    assert "ได้รับความช่วยเหลือ" in page.words


def test_help_is_asked_for_from_the_households_page(sqlite_portal: Flask, cast: Cast) -> None:
    code = _helped(cast)
    malee = cast.malee.sign_in()
    assert f"/requests/new?household={code}" in malee.visit(f"/households/{code}").text
    assert "/requests/new" not in cast.decha.sign_in().visit(f"/households/{code}").text
    path = f"/requests/new?household={code}"
    form = next(form for form in malee.visit(path).forms() if "story" in form["fields"])
    assert form["fields"]["district_code"] == "3301"
    written = {"title": "ชุดนักเรียน", "story": "บ้านไม่มีเงินซื้อ", "dimension": "education"}
    sent = malee.client.post(path, data={**form["fields"], **written})
    assert sent.location.endswith(f"/pupils?q={code}")


def test_a_file_of_a_list_asks_why_and_bears_who_took_it_and_when(sqlite_portal: Flask, cast: Cast) -> None:
    code = _helped(cast)
    malee = cast.malee.sign_in()
    malee.visit("/register/TPMAP-2565")
    refused = malee.send("/register/TPMAP-2565/export", kind="xlsx", words="ประชุมอำเภอ", to_status=422)
    assert "นำไปใช้ทำอะไร" in refused.words
    assert db.session().scalars(select(ReadEvent).filter_by(kind=ReadKind.EXPORT)).all() == []
    for path, first in (
        ("/register/TPMAP-2565/export", "หัวหน้าครัวเรือน"),
        ("/requests/export", "คำขอ"),
        (f"/households/{code}/logbook/export", "วันที่"),
    ):
        page = malee.visit(path)
        form = next(form for form in page.forms() if "reason" in form["fields"])
        sent = malee.client.post(
            path, data={**form["fields"], "kind": "xlsx", "reason": "meeting", "words": "=ประชุมอำเภอ 12 ธ.ค."}
        )
        assert sent.status_code == 200, path
        assert sent.headers["Cache-Control"] == "no-store"
        sheet = openpyxl.load_workbook(io.BytesIO(sent.data)).active
        assert sheet is not None
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert str(rows[0][0]).startswith("ส่งออกโดย น.ส.มาลี ศรีจันทร์ เมื่อ ")
        assert rows[1][0] == first
        assert len(rows) > 2
        assert "น.ส.มาลี ศรีจันทร์" in str(sheet.oddHeader.left.text)
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    reads = db.session().scalars(select(ReadEvent).filter_by(kind=ReadKind.EXPORT)).all()
    assert [read.by_id for read in reads] == [malee.user_id] * 3
    assert all("ใช้ในการประชุม: =ประชุมอำเภอ" in read.reason for read in reads)
    deeds = db.session().scalars(select(AuditEvent).filter_by(deed="export.make")).all()
    assert len(deeds) == len(reads)


def test_a_file_holds_what_its_taker_may_see_and_no_more(sqlite_portal: Flask, cast: Cast) -> None:
    register(2, district="3301")
    theirs = {home.code for home in db.session().scalars(select(Household))}
    register(2, district="3305")
    chai = cast.chai.sign_in()
    page = chai.visit("/register/TPMAP-2565/export?area=3301")
    form = next(form for form in page.forms() if "reason" in form["fields"])
    for path in (
        "/register/TPMAP-2565/export?area=3301",
        "/register/TPMAP-2565/export",
        "/households/export",
    ):
        fresh = next(form for form in chai.visit(path).forms() if "reason" in form["fields"])
        sent = chai.client.post(
            path, data={**fresh["fields"], "kind": "xlsx", "reason": "field", "words": "ลงพื้นที่เดือนนี้"}
        )
        sheet = openpyxl.load_workbook(io.BytesIO(sent.data)).active
        assert sheet is not None
        told = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        assert not any(code in told for code in theirs)
    assert form["method"] == "post"


def test_a_paper_of_a_list_is_a_pdf(sqlite_portal: Flask, cast: Cast) -> None:
    register(2)
    malee = cast.malee.sign_in()
    path = "/households/export"
    form = next(form for form in malee.visit(path).forms() if "reason" in form["fields"])
    sent = malee.client.post(
        path, data={**form["fields"], "kind": "pdf", "reason": "field", "words": "ลงพื้นที่เดือนนี้"}
    )
    assert sent.data.startswith(b"%PDF")
    assert sent.mimetype == "application/pdf"


def test_the_days_last_file_is_the_last(sqlite_portal: Flask, cast: Cast) -> None:
    register(2)
    draft(cast)
    malee = cast.malee.sign_in()
    path = "/households/export"
    statuses = []
    for _ in range(4):
        form = next(form for form in malee.visit(path).forms() if "reason" in form["fields"])
        fields = {**form["fields"], "kind": "xlsx", "reason": "field", "words": "ลงพื้นที่เดือนนี้"}
        sent = malee.client.post(path, data=fields)
        statuses.append(sent.status_code)
    assert statuses == [200, 200, 200, 409]
    assert "ฝ่ายเลขานุการกองทุน" in sent.get_data(as_text=True)
