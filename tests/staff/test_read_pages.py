"""The auditor's pages of reads, and the pages whose opening is written down."""

import re

import pytest
from flask import Flask
from people import Cast
from register_world import bring_in, two_districts
from sqlalchemy import select

from app.kit.db import db
from app.staff import reads
from app.staff.reads import ReadEvent, ReadKind

pytestmark = pytest.mark.pages


def test_the_auditor_sees_who_opened_what_and_what_was_not_theirs(sqlite_portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    malee = cast.malee.sign_in()
    malee.visit("/households/HH-000001")
    malee.visit("/households/HH-000003", status=404)
    malee.visit("/households/HH-999999", status=404)
    decha = cast.decha.sign_in()
    page = decha.visit("/reads")
    assert "ขอดูที่ไม่ใช่ของตน 2 ครั้ง" in page.words
    rows = decha.visit(re.search(r'href="(/reads/rows\?who=[^"]*)"', page.text)[1].replace("&amp;", "&"))  # type: ignore[index]
    assert "/households/HH-000001" in rows.text
    assert rows.words.count("ไม่ได้เปิดให้") == 2 + rows.words.count("ไม่ได้เปิดให้ กลางคืน")
    asked = decha.visit("/reads/rows?q=hh-000003")
    assert "HH-000003" in asked.words
    assert "HH-000001" not in asked.words
    assert "HH-000001" not in decha.visit("/reads/rows?result=refused").words
    decha.visit("/reads/rows?who=999999", status=404)
    decha.visit("/reads/rows?who=x", status=404)


@pytest.mark.parametrize("name", ["busaba", "malee", "kanya", "somchai", "ying", "ton"])
def test_reads_are_the_auditors_to_read(sqlite_portal: Flask, name: str) -> None:
    person = getattr(Cast(sqlite_portal), name).sign_in()
    for path in ("/reads", "/reads/rows"):
        person.visit(path, status=403)


def test_a_sheet_of_a_list_is_written_down_by_its_name(sqlite_portal: Flask, cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    kanya.visit("/books/entries.csv")
    row = db.session().scalars(select(ReadEvent).filter_by(kind=ReadKind.EXPORT)).one()
    assert row.by_id == kanya.user_id
    assert row.subject.startswith("export:entries-")


def test_past_the_ceiling_the_page_says_so_and_shows_nothing(sqlite_portal: Flask, cast: Cast) -> None:
    bring_in(two_districts())
    most = reads.ceiling(ReadKind.HOUSEHOLD, cast.malee.user)
    for number in range(most):
        reads.note(ReadKind.HOUSEHOLD, f"household_code:HH-9{number:05d}", by=cast.malee.user)
    page = cast.malee.sign_in().visit("/households/HH-000001", status=409)
    assert f"ครบ {most} รายการ" in page.words
    assert "ฝ่ายเลขานุการกองทุน" in page.words
    assert "สมหมาย" not in page.text
