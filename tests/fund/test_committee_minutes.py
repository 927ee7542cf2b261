"""Minutes: a draft in the official form, endorsed by the next meeting, then the same bytes for ever."""

import io
from datetime import timedelta
from typing import Any

import committee_room as room
import pytest
from flask import Flask
from people import Cast
from pypdf import PdfReader, PdfWriter
from sqlalchemy import text

from app.cases.aid.commands import committee as command
from app.cases.aid.committee_pages import minutes_paper
from app.fund.committee import agenda, attendance, follow_ups, meetings, minutes, proposals, seats
from app.fund.committee.records import Matter, Meeting
from app.fund.committee.records.papers import Minutes
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


def _held(cast: Cast) -> int:
    """A meeting that approved one request and was closed."""
    room.give(cast, 100_00)
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 40_00))
    room.vote(item, "approve", cast.somchai, cast.pranee)
    room.vote(item, "reject", cast.wichai)
    room.resolve(item, by=cast.somchai)
    with transaction():
        meetings.close(number, by=cast.busaba.user)
    return number


def _words(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


@pytest.mark.pages
def test_the_minutes_have_the_parts_of_the_official_form_in_their_order(
    portal: Flask, cast: Cast, tmp_path: Any
) -> None:
    number = _held(cast)
    found = db.session().get_one(Meeting, number)
    out = tmp_path / "minutes.pdf"
    arguments = ["minutes", found.code, "--out", str(out), "--digits", "arabic"]
    done = portal.test_cli_runner().invoke(command, arguments, catch_exceptions=False)
    assert '"endorsed": false' in done.output
    told, at = _words(out.read_bytes()), -1
    assert "ร่าง" in told
    for part in (
        "รายงานการประชุม",
        f"ครั้งที่ {found.code}",
        "เมื่อวันที่",
        "ผู้มาประชุม",
        "เริ่มประชุมเวลา",
        "ระเบียบวาระที่ 1",
        "ระเบียบวาระที่ 2",
        "ระเบียบวาระที่ 3",
        "ระเบียบวาระที่ 4",
        "กรรมการที่ไม่เห็นชอบ: นายวิชัย",
        "ระเบียบวาระที่ 5",
        "เลิกประชุมเวลา",
        "ผู้จดรายงานการประชุม",
        "ผู้ตรวจรายงานการประชุม",
    ):
        assert told.find(part, at + 1) > at, part
        at = told.find(part, at + 1)
    assert "ครั้งที่ ๑/๒๕" in _words(minutes_paper.paper(found))


def test_a_later_meeting_endorses_minutes_once_and_they_stay_as_they_were(portal: Flask, cast: Cast) -> None:
    number = _held(cast)
    with pytest.raises(Refused, match="ครั้งถัดไป"):
        minutes_paper.endorse(number, in_id=number, corrections="", by=cast.busaba.user)
    with pytest.raises(Refused, match="ครั้งถัดไป"), transaction() as session:
        called = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
        session.add(
            Minutes(
                meeting_id=number,
                endorsed_in_id=called,
                pdf=b"%PDF-",
                sha256="",
                endorsed_at=clock.now(),
                endorsed_by_id=cast.busaba.user.id,
            )
        )
        session.flush()
    with transaction():
        other = seats.open_body(code="sub", name_th="คณะอนุกรรมการ", by=cast.busaba.user).id
        seats.seat(
            person_id=cast.pranee.user.id,
            office="chair",
            order_number="2/2569",
            from_on=clock.today(),
            body_id=other,
            by=cast.busaba.user,
        )
        elsewhere = meetings.call(held_on=clock.today(), place="", body_id=other, by=cast.busaba.user).id
        attendance.note_present(elsewhere, member_id=cast.pranee.user.id, by=cast.busaba.user)
        meetings.open_(elsewhere, chair_id=cast.pranee.user.id, by=cast.busaba.user)
    with pytest.raises(Refused, match="ครั้งถัดไป"), transaction():
        minutes_paper.endorse(number, in_id=elsewhere, corrections="", by=cast.busaba.user)
    with pytest.raises(Refused, match="ครั้งถัดไป"), transaction() as session:
        session.add(
            Minutes(
                meeting_id=number,
                endorsed_in_id=elsewhere,
                pdf=b"%PDF-",
                sha256="",
                endorsed_at=clock.now(),
                endorsed_by_id=cast.busaba.user.id,
            )
        )
        session.flush()
    later = room.meet(cast)
    page = cast.busaba.sign_in().visit(f"/meetings/{later}/minutes")
    assert "รับรองรายงานครั้งที่ 1/" in page.words
    done = cast.busaba.press(page, having=f"/minutes/{number}/endorse", corrections="หน้า 2 แก้เป็น สี่สิบบาท")
    assert "รับรองแล้ว" in done.words
    kept = cast.busaba.client.get(f"/meetings/{number}/minutes.pdf").data
    assert "แก้เป็น สี่สิบบาท" in _words(kept)
    assert "ร่าง" not in _words(kept)
    with pytest.raises(Refused, match="รับรองไปแล้ว"):
        minutes_paper.endorse(number, in_id=later, corrections="", by=cast.busaba.user)
    for statement in ("UPDATE minutes SET corrections = 'x'", "DELETE FROM minutes"):
        with pytest.raises(Refused, match="แก้ไขไม่ได้"), transaction() as session:
            session.execute(text(statement))
    assert "ระเบียบวาระที่ ๒" in _words(minutes_paper.paper(db.session().get_one(Meeting, later)))


def test_the_signed_scan_is_kept_once_beside_the_paper(sqlite_portal: Flask, cast: Cast) -> None:
    number = _held(cast)
    with pytest.raises(Refused, match="เมื่อที่ประชุมรับรองรายงานแล้ว"), transaction():
        minutes.keep_scan(number, content=b"%PDF-", by=cast.busaba.user)
    later = room.meet(cast)
    minutes_paper.endorse(number, in_id=later, corrections="", by=cast.somchai.user)
    with pytest.raises(BadInput, match="เปิดไม่ได้"), transaction():
        minutes.keep_scan(number, content=b"GIF89a", by=cast.busaba.user)
    writer, scan = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(scan)
    with transaction():
        minutes.keep_scan(number, content=scan.getvalue(), by=cast.busaba.user)
    with pytest.raises(Refused, match="มีฉบับลงนามอยู่แล้ว"), transaction():
        minutes.keep_scan(number, content=scan.getvalue(), by=cast.busaba.user)
    answer = cast.decha.sign_in().client.get(f"/meetings/{number}/minutes-signed.pdf")
    assert answer.data == scan.getvalue()
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_invitation_is_an_official_letter_with_agenda_and_names(sqlite_portal: Flask, cast: Cast) -> None:
    _held(cast)
    with transaction():
        number = meetings.call(held_on=clock.today(), place="ห้องประชุมศาลากลาง", by=cast.busaba.user).id
    room.table(cast, number, room.propose(cast, 25_00))
    letter = cast.pranee.sign_in().client.get(f"/meetings/{number}/invitation.pdf").data
    told, at = _words(letter), -1
    for part in (
        "ขอเชิญประชุม",
        "กรรมการตามบัญชีรายชื่อ",
        "สิ่งที่ส่งมาด้วย",
        "จึงเรียนมาเพื่อโปรดเข้าร่วมประชุม",
        "ขอแสดงความนับถือ",
        "รับรองรายงานการประชุม ครั้งที่ ๑/",
        "มติที่ ๑/",
        "๒๕.๐๐ บาท",
        "นางปราณี บุญมา",
    ):
        assert told.find(part, at + 1) > at, part
        at = told.find(part, at + 1)
    with transaction():
        meetings.cancel(number, reason="น้ำท่วม", by=cast.busaba.user)
    told = _words(cast.pranee.client.get(f"/meetings/{number}/invitation.pdf").data)
    assert "ยกเลิกการประชุม" in told and "เพราะน้ำท่วม" in told and "ระเบียบวาระ" not in told


def test_what_is_promised_and_not_paid_follows_once_at_its_newest_sum_until_it_is_paid(
    portal: Flask, cast: Cast
) -> None:
    _held(cast)
    (first,) = follow_ups.of(db.session().get_one(Meeting, room.meet(cast)))
    assert first.due_on == first.resolved_at.astimezone(clock.BANGKOK).date() + timedelta(days=7 + 3 + 3)
    assert (first.promised, first.paid) == (40_00, 0)
    code, number = first.proposal.code, room.meet(cast)
    with transaction():
        proposals.revise(code, satang=50_00, reason="ราคาเปลี่ยน", by=cast.malee.user)
        item = agenda.table(
            number, proposal_code=code, matter=Matter.AMEND, reason="ราคาเปลี่ยน", by=cast.busaba.user
        ).id
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    room.pay(cast, code, 20_00)
    later = db.session().get_one(Meeting, room.meet(cast))
    assert [(row.resolution, row.promised, row.paid) for row in follow_ups.of(later)] == [
        (first.resolution, 50_00, 20_00)
    ]
    room.pay(cast, code, 30_00)
    assert follow_ups.of(later) == []
