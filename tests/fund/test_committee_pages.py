"""The committee room in the browser: from the call to the minutes, and what each person may see and press."""

import io
from datetime import datetime, time, timedelta

import committee_room as room
import pytest
import time_machine
from flask import Flask
from people import Cast, Person
from pypdf import PdfReader
from sqlalchemy import event, func, select, text

from app.cases.aid.committee_pages import minutes_paper
from app.fund.committee import agenda, attendance, meetings, proposals
from app.fund.committee.records import AgendaItem, Matter, Meeting, Vote
from app.kit import clock, pdf
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.thai import short_date
from app.staff import notices

pytestmark = pytest.mark.pages


def _item_of(code: str) -> int:
    known = proposals.by_code(code)
    assert known is not None
    return db.session().scalars(select(AgendaItem.id).filter_by(proposal_id=known.id)).one()


def _vote(person: Person, item: int, choice: str) -> str:
    return person.send(f"/agenda/{item}", action=f"/agenda/{item}/vote", choice=choice).words


def test_a_whole_meeting_runs_in_the_browser(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.propose(cast, 400_00)
    busaba, somchai, pranee = cast.busaba.sign_in(), cast.somchai.sign_in(), cast.pranee.sign_in()
    assert "มีคำขอรอเข้าวาระ 1 เรื่อง รวม 400.00 บาท" in busaba.visit("/meetings").words
    ahead = clock.today() + timedelta(days=60)
    page = busaba.send("/meetings/new", held_on=short_date(ahead), place="ห้องประชุมศาลากลาง")
    assert f"ประชุมครั้งที่ 1/{ahead.year + 543}" in page.words
    number = db.session().scalars(select(func.max(Meeting.id))).one()
    meeting = f"/meetings/{number}"
    busaba.send(meeting, action="/table", proposal=code)
    busaba.send(meeting, action="/attendance", present=[cast.somchai.user.id, cast.pranee.user.id])
    page = busaba.send(meeting, action="/open", chair=cast.somchai.user.id, to_status=422)
    assert "เปิดก่อนวัน" in page.words
    page = busaba.send(meeting, action="/open", chair=cast.somchai.user.id, early_reason="น้ำท่วม")
    assert "เปิดก่อนวันนัดเพราะน้ำท่วม" in page.words
    item = _item_of(code)
    page = pranee.visit(f"/agenda/{item}")
    assert "ถ้าเห็นชอบ −400.00 เหลือ 600.00" in page.words
    assert "สรุปมติ" not in page.words
    assert "ท่านลงคะแนน “ไม่เห็นชอบ” แล้ว" in _vote(pranee, item, "reject")
    words = somchai.visit(f"/agenda/{item}").words
    assert "ลงคะแนนแล้ว 1 จาก 2 คน รอ นายสมชาย ใจงาม" in words
    assert "ไม่เห็นชอบ 1" not in words
    _vote(somchai, item, "approve")
    page = somchai.send(f"/agenda/{item}", action=f"/agenda/{item}/resolve")
    assert "อนุมัติ 400.00 บาท" in page.words
    assert "เห็นชอบ 1 ไม่เห็นชอบ 1 งดออกเสียง 0 (เสียงเท่ากัน ประธานออกเสียงชี้ขาด)" in page.words
    busaba.send(meeting, action="/close")
    known = proposals.by_code(code)
    assert known is not None
    assert known.state == "approved"
    answer = cast.decha.sign_in().client.get(f"{meeting}/minutes.pdf?digits=arabic")
    assert answer.mimetype == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for wanted in (f"1/{ahead.year + 543}", code, "มติ อนุมัติ", "นางปราณี บุญมา", "ประธานในที่ประชุม"):
        assert wanted in text


def test_the_requester_sees_why_they_cannot_vote(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00, by=cast.pranee))
    page = cast.pranee.sign_in().visit(f"/agenda/{item}")
    assert "ท่านเป็นผู้เสนอเรื่องนี้ จึงลงคะแนนไม่ได้" in page.words
    assert f"/agenda/{item}/vote" not in page.text
    token = page.forms()[-1]["fields"].get("csrf_token") or page.forms()[0]["fields"]["csrf_token"]
    forced = cast.pranee.client.post(f"/agenda/{item}/vote", data={"choice": "approve", "csrf_token": token})
    assert forced.status_code == 409
    assert "ท่านเป็นผู้เสนอเรื่องนี้" in forced.get_data(as_text=True)
    db.session.rollback()
    assert db.session().scalars(select(Vote)).all() == []


def test_a_vote_is_changed_on_the_page_of_the_item(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00))
    pranee = cast.pranee.sign_in()
    assert "ท่านลงคะแนน “เห็นชอบ” แล้ว" in _vote(pranee, item, "approve")
    assert 'value="approve" required checked' in pranee.visit(f"/agenda/{item}").text
    assert "ท่านลงคะแนน “ไม่เห็นชอบ” แล้ว" in _vote(pranee, item, "reject")
    pranee.send(f"/agenda/{item}", action=f"/agenda/{item}/vote", choice="maybe", to_status=422)


def test_what_the_chair_tells_and_what_else_comes_up_is_written_while_the_meeting_lasts(
    portal: Flask, cast: Cast
) -> None:
    number = room.meet(cast)
    busaba, page = cast.busaba.sign_in(), f"/meetings/{number}"
    busaba.send(
        page,
        action=f"{page}/words",
        announcements="ผู้ว่าราชการจังหวัดมอบนโยบาย\n\nขอบคุณเครือข่าย",
        other_business="นัดประชุมครั้งหน้า",
    )
    meeting = db.session().get_one(Meeting, number)
    assert meeting.announcements == "ผู้ว่าราชการจังหวัดมอบนโยบาย\nขอบคุณเครือข่าย"
    assert "นัดประชุมครั้งหน้า" in cast.pranee.sign_in().visit(page).words
    with pytest.raises(Refused, match="เฉพาะประธาน"), transaction():
        meetings.write_words(number, announcements="x", other_business="", by=cast.pranee.user)
    with transaction():
        meetings.close(number, by=cast.busaba.user)
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction():
        meetings.write_words(number, announcements="x", other_business="", by=cast.busaba.user)
    with pytest.raises(Refused, match="แก้ไขวาระไม่ได้"), transaction() as session:
        session.execute(text("UPDATE meeting SET announcements = 'x'"))


def test_a_meeting_is_moved_joined_left_and_cancelled_from_its_page(portal: Flask, cast: Cast) -> None:
    with transaction():
        called = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
    busaba = cast.busaba.sign_in()
    page, day = f"/meetings/{called}", clock.today() - timedelta(days=1)
    assert "ห้องไม่ว่าง" in busaba.send(page, action="/move", to_on=short_date(day), reason="ห้องไม่ว่าง").words
    assert (
        "นางสาวแขก"
        in busaba.send(page, action="/others", member="0", name="นางสาวแขก", position="นักวิชาการ").words
    )
    words = busaba.send(
        page, action="/others", member=str(cast.pranee.user.id), name="นายแทน", position="ปลัด"
    ).words
    assert "นายแทน มาประชุมแทน นางปราณี บุญมา" in words
    assert "นางสาวแขก" not in busaba.send(page, action="/leave/1").words
    assert "ยกเลิกการประชุมครั้งนี้" in busaba.send(page, action="/cancel", reason="น้ำท่วม").words


def test_not_enough_money_is_said_on_the_page_and_keeps_the_votes(portal: Flask, cast: Cast) -> None:
    room.give(cast, 49_99)
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00))
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    somchai = cast.somchai.sign_in()
    assert "เงินไม่พอ อนุมัติไม่ได้" in somchai.visit(f"/agenda/{item}").words
    page = somchai.send(f"/agenda/{item}", action=f"/agenda/{item}/resolve", to_status=409)
    assert "ขาด 0.01 บาท" in page.words
    assert "ลงคะแนนแล้ว 3 จาก 3 คน" in page.words


def test_a_member_leaves_the_room_for_an_item_and_comes_back_by_their_own_word(
    portal: Flask, cast: Cast
) -> None:
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00))
    meeting = f"/agenda/{item}"
    page = cast.wichai.sign_in().send(meeting, action=f"/agenda/{item}/recuse")
    assert "ท่านออกจากการพิจารณาเรื่องนี้แล้ว" in page.words
    page = cast.wichai.send(meeting, action=f"/agenda/{item}/readmit")
    assert "ออกจากการพิจารณา: นายวิชัย" not in page.words
    page = cast.somchai.sign_in().send(
        meeting, action=f"/agenda/{item}/recuse", member=str(cast.wichai.user_id), reason="ร้านของบุตร"
    )
    assert "นายวิชัย ทองสุข: ประธานบันทึกว่า ร้านของบุตร" in page.words
    page = cast.busaba.sign_in().send(meeting, action=f"/agenda/{item}/take-off")
    assert "ยังไม่มีวาระ" in page.words


def test_each_role_sees_its_own_buttons(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00))
    meeting = f"/meetings/{number}"
    buttons = {
        name: {
            form["action"].rsplit("/", 1)[-1]
            for page in (meeting, f"/agenda/{item}")
            for form in getattr(cast, name).sign_in().visit(page).forms()
            if "sign-out" not in form["action"]
        }
        for name in ("pranee", "somchai", "busaba", "decha")
    }
    # Who chairs sends out each of those who are there; a member leaves by themselves, and the secretariat empties no seat.
    leaving = {name: {form for form in found if form.isdecimal()} for name, found in buttons.items()}
    assert {name: len(found) for name, found in leaving.items()} == {
        "pranee": 1,
        "somchai": 2,
        "busaba": 0,
        "decha": 0,
    }
    buttons = {name: found - leaving[name] for name, found in buttons.items()}
    assert buttons["pranee"] == {"vote", "recuse"}
    assert buttons["somchai"] == {"vote", "recuse", "attendance", "others", "close", "move", "words"}
    assert buttons["busaba"] == {"attendance", "others", "close", "take-off", "move", "words"}
    assert buttons["decha"] == set()
    for person in (cast.malee, cast.kanya, cast.ton, cast.ying, cast.chai):
        person.sign_in().visit(meeting, status=403)
        person.visit("/meetings", status=403)
        person.visit(f"/agenda/{item}", status=403)
    cast.decha.visit("/meetings/999", status=404)


def test_the_page_of_a_waiting_member_turns_when_someone_votes(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00))
    pranee = cast.pranee.sign_in()
    before = pranee.client.get(f"/meetings/{number}/status").get_json()["state"]
    assert f'data-state="{before}"' in pranee.visit(f"/agenda/{item}").text
    room.vote(item, "reject", cast.somchai)
    assert pranee.client.get(f"/meetings/{number}/status").get_json()["state"] != before


def test_a_wrong_day_stays_on_the_form(portal: Flask, cast: Cast) -> None:
    page = cast.busaba.sign_in().send(
        "/meetings/new", to_status=422, held_on="31 ก.พ. 2570", place="ศาลากลาง"
    )
    assert "31 ก.พ. 2570" in page.text
    assert "ศาลากลาง" in page.text


def test_attendance_can_be_corrected_until_the_vote(portal: Flask, cast: Cast) -> None:
    number = room.meet(cast)
    item = room.table(cast, number, room.propose(cast, 50_00))
    somchai = cast.somchai.sign_in()
    meeting = f"/meetings/{number}"
    here = [cast.somchai.user.id, cast.pranee.user.id]
    page = somchai.send(meeting, action="/attendance", to_status=422, present=here)
    assert "กรุณาบอกเหตุผลที่ลบการเข้าประชุม" in page.words
    page = somchai.send(meeting, action="/attendance", present=here, reason="ทำเครื่องหมายผิดคน")
    assert "มาประชุม 2 คน ครบองค์ประชุม" in page.words
    room.vote(item, "reject", cast.pranee)
    page = somchai.send(
        meeting, action="/attendance", to_status=409, present=[cast.somchai.user.id], reason="ออกไป"
    )
    assert "จึงลบการเข้าประชุมไม่ได้" in page.words


def test_a_meeting_not_yet_open_has_no_minutes(portal: Flask, cast: Cast) -> None:
    with transaction():
        number = meetings.call(held_on=room.clock.today(), place="", by=cast.busaba.user).id
    cast.busaba.sign_in().visit(f"/meetings/{number}/minutes.pdf", status=409)


def test_an_item_carried_over_is_no_longer_open_in_the_closed_meeting(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    first = room.meet(cast)
    code = room.propose(cast, 50_00)
    room.table(cast, first, code)
    with transaction():
        meetings.close(first, by=cast.busaba.user)
    room.table(cast, room.meet(cast), code)
    words = cast.pranee.sign_in().visit(f"/meetings/{first}").words
    assert "ไม่มีมติในครั้งนี้" in words


def test_seats_are_taken_and_ended_on_the_page_of_the_bodies(portal: Flask, cast: Cast) -> None:
    busaba = cast.busaba.sign_in()
    assert "นายวิชัย ทองสุข กรรมการ คำสั่งที่ ศก 1/2565" in busaba.visit("/bodies").words
    today = short_date(clock.today())
    words = busaba.send("/bodies", action="/bodies/seats/3/end", to_on=today).words
    assert f"ถึง {today}" in words
    assert (
        "คณะอนุกรรมการ" in busaba.send("/bodies", code="sub", name_th="คณะอนุกรรมการ", action="/bodies").words
    )
    seat = {"person": str(cast.pranee.user.id), "office": "chair", "order_number": "ศก 2", "from_on": today}
    assert "ศก 2" in busaba.send("/bodies", action="/bodies/seats", body="2", **seat).words
    busaba.send("/bodies", action="/bodies/seats", body="2", **seat, to_status=409)
    assert "/bodies/seats" not in cast.decha.sign_in().visit("/bodies").text


def test_members_hear_of_their_meeting_and_put_it_into_their_calendar(
    sqlite_portal: Flask, cast: Cast
) -> None:
    day = meetings.third_thursday(clock.today() + timedelta(days=7))
    assert (day.weekday(), 15 <= day.day <= 21) == (3, True)
    with transaction():
        number = meetings.call(
            held_on=day, place="ศาลากลางจังหวัด, ศรีสะเกษ", room="ห้องประชุมศรีลำดวน", by=cast.busaba.user
        ).id
    with transaction():
        meetings.cancel(number, reason="น้ำท่วม", by=cast.busaba.user)
    first, second = notices.unseen(cast.pranee.user)
    assert first.title.startswith("นัดประชุมครั้งที่ 1/")
    assert (second.title[:10], "เพราะน้ำท่วม" in second.words) == ("ยกเลิกประช", True)
    for later, waiting in ((day, 2), (day + timedelta(days=1), 0)):
        with time_machine.travel(datetime.combine(later, time(9), BANGKOK)):
            assert len(notices.unseen(cast.pranee.user)) == waiting
    told = cast.pranee.sign_in().client.get(f"/meetings/{number}/meeting.ics").get_data(as_text=True)
    assert max(len(line.encode()) for line in told.split("\r\n")) <= 75
    whole = told.replace("\r\n ", "").split("\r\n")
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in whole
    assert "STATUS:CANCELLED" in whole
    assert any(line.startswith("LOCATION:") and "จังหวัด\\, ศรีสะเกษ" in line for line in whole)


def test_a_proxy_who_makes_up_the_quorum_lets_the_meeting_be_opened_on_its_page(
    sqlite_portal: Flask, cast: Cast
) -> None:
    with transaction():
        number = meetings.call(held_on=clock.today(), place="", by=cast.busaba.user).id
        attendance.note_present(number, member_id=cast.somchai.user.id, by=cast.busaba.user)
        attendance.note_proxy(
            number, for_id=cast.pranee.user.id, name="นายแทน", position="ปลัดจังหวัด", by=cast.busaba.user
        )
    page = cast.busaba.sign_in().visit(f"/meetings/{number}")
    assert "2 คน ครบองค์ประชุม" in page.words
    chair = str(cast.somchai.user.id)
    cast.busaba.send(f"/meetings/{number}", action=f"/meetings/{number}/open", chair=chair)
    db.session.rollback()
    assert room.meeting(number).state == "open"


def test_a_meetings_page_and_minutes_ask_as_much_for_four_changed_resolutions_as_for_one(
    sqlite_portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "render", lambda html, **_: html.encode())
    room.give(cast, 1_000_00)
    cast.pranee.sign_in()

    def rescinded(count: int) -> int:
        first, second = room.meet(cast, cast.somchai, cast.pranee), room.meet(cast, cast.somchai, cast.pranee)
        for _ in range(count):
            code = room.propose(cast, 1_00)
            item = room.table(cast, first, code)
            room.vote(item, "approve", cast.somchai, cast.pranee)
            room.resolve(item, by=cast.somchai)
            with transaction():
                item = agenda.table(
                    second, proposal_code=code, matter=Matter.RESCIND, reason="เลิกกิจการ", by=cast.busaba.user
                ).id
            room.vote(item, "approve", cast.somchai, cast.pranee)
            room.resolve(item, by=cast.somchai)
        return second

    def asked(number: int) -> tuple[int, int]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        db.session.remove()
        event.listen(db.engine, "before_cursor_execute", note)
        cast.pranee.visit(f"/meetings/{number}")
        of_page = len(statements)
        db.session.remove()
        minutes_paper.paper(room.meeting(number))
        event.remove(db.engine, "before_cursor_execute", note)
        return of_page, len(statements) - of_page

    few, many = rescinded(1), rescinded(4)
    asked(few)  # What is read once a process is read.
    assert asked(few) == asked(many)
