"""Pages of circulated resolutions, as each who may open them sees them."""

from datetime import timedelta

import committee_room as room
import pytest
from flask import Flask
from people import Cast, Person

from app.fund.committee import circulations
from app.kit import clock
from app.kit.db import db
from app.kit.thai import long_date

pytestmark = pytest.mark.pages


def _press(person: Person, item: int, what: str, **fields: str) -> None:
    person.send(f"/agenda/{item}", action=f"/agenda/{item}/{what}", **fields)


def test_the_secretary_sends_one_round_and_members_answer_it_on_one_page(portal: Flask, cast: Cast) -> None:
    room.give(cast, 500_00)
    code = room.propose(cast, 400_00)
    busaba = cast.busaba.sign_in()
    assert "ส่งเรื่องเวียน" in busaba.visit("/circulations").main
    late = busaba.send("/circulations/new", proposal=code, closes_on="1/1/2565", to_status=409)
    assert "เวลาหลังจากนี้" in late.words
    until = clock.today() + timedelta(days=3)
    busaba.send("/circulations/new", proposal=code, closes_on=long_date(until))
    item = circulations.every()[0].items[0].id
    db.session.remove()
    pranee = cast.pranee.sign_in()
    assert "รอท่านตอบ มติเวียนที่ 1/" in pranee.visit("/home").words
    page = pranee.visit(f"/agenda/{item}")
    for words in ("มติเวียนที่ 1/", "ตอบภายใน", "มีมติเมื่อเห็นชอบ 2 จาก 3 คน", "ขอให้นำเข้าที่ประชุม", "พร้อมใช้"):
        assert words in page.words
    assert "ปิดมติเวียน" not in page.main
    paper = pranee.client.get(f"/meetings/{circulations.every()[0].id}/pack.pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    _press(pranee, item, "vote", choice="approve")
    room.circulate(cast, room.propose(cast, 100_00))
    home = pranee.visit("/home").words
    assert "รอท่านตอบ มติเวียนที่ 2/" in home
    assert "รอท่านตอบ มติเวียนที่ 1/" not in home
    page = pranee.visit(f"/agenda/{item}")
    assert "ตอบแล้ว: " in page.words
    # Who has answered, and not how.
    assert "ใครลงคะแนนอย่างไร" not in cast.wichai.sign_in().visit(f"/agenda/{item}").words
    _press(cast.wichai.sign_in(), item, "vote", choice="approve")
    somchai = cast.somchai.sign_in()
    _press(somchai, item, "vote", choice="reject")
    assert "ปิดมติเวียน" in somchai.visit(f"/agenda/{item}").main
    _press(somchai, item, "close")
    closed = pranee.visit(f"/agenda/{item}")
    assert "มติที่ 1/" in closed.words
    assert "ใครลงคะแนนอย่างไร" in closed.words
    assert "มีมติแล้ว" in pranee.visit("/circulations").words
    # A circulation is no meeting that somebody goes to.
    assert f"/meetings/{circulations.every()[-1].id}" not in pranee.visit("/meetings").text
    assert code in pranee.visit(f"/meetings/{circulations.every()[-1].id}").words


def test_what_ended_without_a_resolution_says_why(portal: Flask, cast: Cast) -> None:
    item = room.circulate(cast, room.propose(cast, 100_00))
    wichai = cast.wichai.sign_in()
    assert "กรุณาตอบภายใน" in cast.pranee.sign_in().visit("/home").words
    _press(wichai, item, "discuss", reason="ขอดูใบเสนอราคา")
    # Nobody is asked any more for what is over; that it ended is told.
    home = cast.pranee.sign_in().visit("/home").words
    assert "กรุณาตอบภายใน" not in home
    assert "มติเวียนที่ 1/" in home
    page = cast.pranee.sign_in().visit(f"/agenda/{item}")
    assert "กรรมการขอให้นำเข้าที่ประชุม" in page.words
    assert "ขอดูใบเสนอราคา" in page.words
    other = room.table(cast, room.meet(cast), room.propose(cast, 100_00))
    assert "ขอให้นำเข้าที่ประชุม" not in cast.pranee.sign_in().visit(f"/agenda/{other}").words


def test_after_the_deadline_the_page_offers_no_vote(portal: Flask, cast: Cast) -> None:
    item = room.circulate(cast, room.propose(cast, 100_00))
    room.let_the_time_pass(item)
    page = cast.pranee.sign_in().visit(f"/agenda/{item}")
    assert "หมดเวลาตอบแล้ว ระบบกำลังนับคะแนน" in page.words
    assert f'action="/agenda/{item}/vote"' not in page.text
    assert "ปิดมติเวียน" in cast.busaba.sign_in().visit(f"/agenda/{item}").main
