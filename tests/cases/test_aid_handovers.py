"""Handovers: nothing given without money paid, its logbook entry, and one deed a line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from aid_world import KIT_SATANG, approve, ceremony, draft, fill, jpeg, paid, pay, register, submit
from flask import Flask
from people import Cast, Person
from PIL import Image
from sqlalchemy import func, select, text

from app.cases.aid import access, delivery_progress, evidence, handovers
from app.cases.aid import lines as lines_
from app.cases.aid.records import AidLine, AidRequest, Delivery, Handover, Photo
from app.cases.care.records import LogbookEntry
from app.cases.register.records import Member
from app.kit import clock, photos
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.queue import Job


def _mark(number: int, line: AidLine, outcome: str, quantity: int, *, by: Person, reason: str = "") -> int:
    with transaction():
        return handovers.mark(
            number, line_id=line.id, outcome=outcome, quantity=quantity, reason=reason, by=by.user
        ).id


def _count(model: type[Delivery] | type[LogbookEntry] | type[Photo]) -> int:
    return db.session().scalar(select(func.count()).select_from(model)) or 0


def test_each_thing_given_writes_the_logbook_of_its_household(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(2))
    number = ceremony(cast, request)
    line = lines_.of(request.id)[0]
    _mark(number, line, "given", 1, by=cast.malee)
    delivery = db.session().scalars(select(Delivery)).one()
    entry = delivery.logbook_entry
    assert entry is not None
    assert (entry.household_id, entry.member_id, entry.satang) == (
        line.household_id,
        line.member_id,
        KIT_SATANG,
    )
    assert (entry.kind, entry.funding_source, entry.request_code, entry.dimension, entry.on) == (
        "help",
        "fund",
        request.code,
        "education",
        clock.today(),
    )
    assert db.session().scalars(select(Job).filter_by(kind="publish")).first() is not None


def test_a_ceremony_half_done_goes_on_at_a_later_one_with_what_is_left(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(6), quantity=3)
    first = ceremony(cast, request)
    lines = lines_.of(request.id)
    _mark(first, lines[0], "given", 3, by=cast.malee)
    _mark(first, lines[1], "partly", 2, by=cast.malee, reason="ของไม่ครบ")
    _mark(first, lines[2], "not", 0, by=cast.malee, reason="ไม่มาในวันงาน")
    far = delivery_progress.of([request.id])[request.id]
    assert (far.lines, far.done, far.left, far.asked, far.delivered) == (6, 1, 5, 18, 5)
    assert far.satang == 5 * KIT_SATANG
    assert _count(LogbookEntry) == 2
    with transaction():
        handovers.close(first, by=cast.malee.user)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        _mark(first, lines[3], "given", 3, by=cast.malee)
    second = ceremony(cast, request, place="โรงเรียนบ้านหนองครก")
    roster = handovers.roster(db.session().get_one(Handover, second))
    assert {(place.line.id, place.left) for place in roster} == {
        (line.id, left) for line, left in zip(lines[1:], (1, 3, 3, 3, 3), strict=True)
    }
    with transaction():
        assert handovers.mark_rest(second, by=cast.malee.user) == 5
    assert delivery_progress.of([request.id])[request.id].is_complete
    assert _count(Delivery) == 8
    assert _count(LogbookEntry) == 7
    with pytest.raises(Refused, match="ส่งมอบครบทุกรายการแล้ว"):
        ceremony(cast, request, place="ที่อื่น")


def test_sixty_seven_are_marked_at_once_each_with_a_row_of_its_own(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(67))
    number = ceremony(cast, request)
    with transaction():
        photo = evidence.keep(photos.read(jpeg()), by=cast.malee.user).id
        assert handovers.mark_rest(number, photo_id=photo, by=cast.malee.user) == 67
    rows = db.session().scalars(select(Delivery)).all()
    assert len({row.logbook_entry_id for row in rows}) == 67
    assert {row.photo_id for row in rows} == {photo}
    with pytest.raises(Refused, match="ครบแล้ว"), transaction():
        handovers.mark_rest(number, by=cast.malee.user)


def test_no_handover_is_opened_before_the_fund_has_paid(portal: Flask, cast: Cast) -> None:
    request = draft(cast)
    fill(request, register(1), by=cast.malee)
    with pytest.raises(Refused, match="ยังไม่ได้จ่ายเงิน"):
        ceremony(cast, request)
    submit(request, by=cast.malee)
    approve(cast, request)
    with pytest.raises(Refused, match="ยังไม่ได้จ่ายเงิน"):
        ceremony(cast, request)
    assert delivery_progress.awaiting(cast.malee.user) == []
    pay(cast, request)
    assert [awaited.code for awaited in delivery_progress.awaiting(cast.malee.user)] == [request.code]
    assert ceremony(cast, request)


_RAW = """INSERT INTO delivery (handover_id, line_id, outcome, quantity, reason, taken_by, logbook_entry_id,
    marked_at, marked_by_id, shown_name, shown_household)
    VALUES (:handover, :line, :outcome, :quantity, :reason, '', :entry, :now, :by, :name, :household)"""


def _raw(
    cast: Cast,
    handover_id: int,
    line: AidLine,
    *,
    entry: int | None,
    quantity: int = 1,
    name: str | None = None,
    household: str | None = None,
) -> None:
    with transaction() as session:
        session.execute(
            text(_RAW),
            {
                "handover": handover_id,
                "line": line.id,
                "outcome": "given",
                "quantity": quantity,
                "reason": "",
                "entry": entry,
                "now": clock.now(),
                "by": cast.malee.user_id,
                "name": line.recipient.name if name is None else name,
                "household": household or line.household.code,
            },
        )


def test_the_database_refuses_a_delivery_without_its_logbook_entry(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(3))
    number = ceremony(cast, request)
    lines = lines_.of(request.id)
    with pytest.raises(Refused, match="โดยไม่มีบันทึกในสมุดครัวเรือน"):
        _raw(cast, number, lines[0], entry=None)
    _mark(number, lines[0], "given", 1, by=cast.malee)
    own = db.session().scalars(select(Delivery.logbook_entry_id)).one()
    other = next(line for line in lines if line.household_id != lines[0].household_id)
    with pytest.raises(Refused, match="ครัวเรือนเดียวกัน"):
        _raw(cast, number, other, entry=own)
    assert _count(Delivery) == 1


def test_the_database_refuses_a_delivery_before_payment(portal: Flask, cast: Cast) -> None:
    request = draft(cast)
    fill(request, register(1), by=cast.malee)
    submit(request, by=cast.malee)
    with transaction() as session:
        handover = Handover(
            request_id=request.id,
            held_on=clock.today(),
            place="ลาน",
            opened_at=clock.now(),
            opened_by_id=cast.malee.user.id,
        )
        session.add(handover)
        session.flush()
        number = handover.id
    with pytest.raises(Refused, match="ยังไม่ได้จ่ายเงิน"):
        _mark(number, lines_.of(request.id)[0], "given", 1, by=cast.busaba)
    assert _count(LogbookEntry) == 0


def test_no_more_is_given_than_was_asked(portal: Flask, cast: Cast) -> None:
    # Paid for two pupils, so that money alone would let a third set go to the first.
    request = paid(cast, register(2), quantity=2)
    first, second = ceremony(cast, request), ceremony(cast, request, place="ที่สอง")
    line = lines_.of(request.id)[0]
    with pytest.raises(Refused, match="ไม่เกิน 2"):
        _mark(first, line, "given", 3, by=cast.malee)
    _mark(first, line, "given", 2, by=cast.malee)
    with pytest.raises(Refused, match="ครบไปแล้ว"):
        _mark(second, line, "given", 2, by=cast.malee)
    entry = _spare_entry(line, cast)
    with pytest.raises(Refused, match="เกินจำนวนที่ขอ"):
        _raw(cast, second, line, entry=entry)


def _spare_entry(line: AidLine, cast: Cast, *, satang: int = 0) -> int:
    with transaction() as session:
        entry = LogbookEntry(
            household_id=line.household_id,
            on=clock.today(),
            kind="help",
            words="ทดลอง",
            satang=satang,
            written_at=clock.now(),
            written_by_id=cast.malee.user.id,
        )
        session.add(entry)
        session.flush()
        return entry.id


@pytest.mark.pages
@pytest.mark.parametrize(
    ("outcome", "quantity", "reason"),
    [
        ("given", 2, ""),
        ("partly", 0, "ขาด"),
        ("partly", 2, " "),
        ("not", 0, ""),
        ("not", 1, "ไม่มา"),
        ("maybe", 3, "?"),
        ("partly", 1, "ก" * 201),
    ],
)
def test_outcomes_that_say_too_little_are_bad_input(
    portal: Flask, cast: Cast, outcome: str, quantity: int, reason: str
) -> None:
    request = paid(cast, register(1), quantity=3)
    number = ceremony(cast, request)
    with pytest.raises(BadInput):
        _mark(number, lines_.of(request.id)[0], outcome, quantity, by=cast.malee, reason=reason)
    assert _count(Delivery) == _count(LogbookEntry) == 0


def test_a_set_with_a_piece_missing_is_given_in_part(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    _mark(number, lines_.of(request.id)[0], "partly", 1, by=cast.malee, reason="ขาดเข็มขัด")
    delivery = db.session().scalars(select(Delivery)).one()
    assert delivery.logbook_entry is not None
    assert "ขาดเข็มขัด" in delivery.logbook_entry.words


def test_of_two_officers_who_mark_the_same_line_one_does_and_the_other_is_told(
    portal: Flask, cast: Cast
) -> None:
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    line_id = lines_.of(request.id)[0].id
    malee, busaba = cast.malee, cast.busaba
    name = malee.user.name

    def press(person: Person) -> str:
        with portal.app_context():
            try:
                with transaction():
                    handovers.mark(number, line_id=line_id, outcome="given", quantity=1, by=person.user)
            except Refused as refused:
                return refused.words
            finally:
                db.session.remove()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = [done.result() for done in [pool.submit(press, person) for person in (malee, busaba)]]
    assert sorted(told, key=len)[0] == "done"
    assert sum(answer == "done" for answer in told) == 1
    assert any("ไปแล้วเมื่อ" in answer for answer in told), told
    db.session.rollback()
    assert _count(Delivery) == _count(LogbookEntry) == 1
    with pytest.raises(Refused) as again:
        _mark(number, lines_.of(request.id)[0], "not", 0, by=malee, reason="ไม่มา")
    assert name in again.value.words or busaba.user.name in again.value.words


def test_a_pupil_who_moved_house_still_gets_what_was_asked_for(portal: Flask, cast: Cast) -> None:
    # Files of before could move a member; a line from then is still for the household that was asked for.
    pupils = register(3)
    request = draft(cast)
    fill(request, pupils[:1], by=cast.malee)
    with transaction() as session:
        session.get_one(AidLine, request.lines[0].id).household_id = pupils[2].household_id
    submit(request, by=cast.malee)
    approve(cast, request)
    pay(cast, request)
    number = ceremony(cast, request)
    line = lines_.of(request.id)[0]
    _mark(number, line, "given", 1, by=cast.malee)
    entry = db.session().scalars(select(LogbookEntry)).one()
    assert (entry.household_id, entry.member_id) == (line.household_id, None)


def test_a_deed_that_fails_leaves_neither_delivery_nor_logbook(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(2))
    number = ceremony(cast, request)
    lines = lines_.of(request.id)
    with pytest.raises(Refused), transaction():
        handovers.mark(number, line_id=lines[0].id, outcome="given", quantity=1, by=cast.malee.user)
        handovers.mark(number, line_id=lines[0].id, outcome="given", quantity=1, by=cast.malee.user)
    assert _count(Delivery) == _count(LogbookEntry) == 0


def test_what_was_marked_is_never_changed(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    _mark(number, lines_.of(request.id)[0], "given", 1, by=cast.malee)
    for change in (
        "UPDATE delivery SET reason = 'x'",
        "DELETE FROM delivery",
        "UPDATE aid_line SET sizes = '{\"a\": 1}'",
    ):
        with pytest.raises(Exception, match=r"final|kept|แก้ไข"), transaction() as session:
            session.execute(text(change))


def test_a_handover_shows_for_ever_whom_it_showed_when_it_was_marked(portal: Flask, cast: Cast) -> None:
    pupils = register(3)
    request = paid(cast, pupils)
    number = ceremony(cast, request)
    lines = {line.member_id: line for line in lines_.of(request.id)}
    marked, unmarked = lines[pupils[0].id], lines[pupils[1].id]
    name, grade, other = pupils[0].name, pupils[0].grade, pupils[1].name
    _mark(number, marked, "given", 1, by=cast.malee)
    with transaction() as session:
        # A school year later; a class is no one's name, so nothing forbids it.
        for pupil in pupils[:2]:
            session.get_one(Member, pupil.id).grade = "ม.6"
    malee = cast.malee.sign_in()
    for path in (f"/handovers/{number}", f"/requests/{request.code}"):
        words = malee.visit(path).words
        assert name in words
        assert grade in words
        assert other in words
    places = {place.line.id: place for place in handovers.roster(db.session().get_one(Handover, number))}
    assert (places[marked.id].recipient.name, places[marked.id].recipient.grade) == (name, grade)
    assert places[marked.id].recipient.household_code == marked.household.code
    assert places[unmarked.id].recipient.grade == "ม.6"
    for change in ("shown_name = 'x'", "shown_grade = 'x'", "shown_household = 'x'"):
        with pytest.raises(Refused, match="แก้ไขไม่ได้"), transaction() as session:
            session.execute(text(f"UPDATE delivery SET {change}"))


def test_the_database_refuses_a_mark_that_does_not_keep_who_was_helped(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(3))
    number = ceremony(cast, request)
    line = lines_.of(request.id)[0]
    other = next(
        each.household.code for each in lines_.of(request.id) if each.household_id != line.household_id
    )
    entry = _spare_entry(line, cast, satang=line.satang)
    for wrong in ({"name": ""}, {"household": other}):
        with pytest.raises(Refused, match="เก็บชื่อและครัวเรือน"):
            _raw(cast, number, line, entry=entry, **wrong)
    _raw(cast, number, line, entry=entry)


def test_nothing_is_marked_before_the_day(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    with transaction():
        number = handovers.open_(
            request_code=request.code,
            held_on=clock.today() + timedelta(days=3),
            place="ลาน",
            by=cast.malee.user,
        ).id
    with pytest.raises(Refused, match="ตั้งแต่วันนั้น"):
        _mark(number, lines_.of(request.id)[0], "given", 1, by=cast.malee)


def test_a_ceremony_is_opened_once_and_only_by_officers_who_see_the_request(
    portal: Flask, cast: Cast
) -> None:
    request = paid(cast, register(1))
    ceremony(cast, request)
    with pytest.raises(Refused, match="เปิดอยู่แล้ว"):
        ceremony(cast, request)
    for person, words in ((cast.chai, "ไม่พบคำขอ"), (cast.decha, "บทบาท"), (cast.kanya, "บทบาท")):
        with pytest.raises(Refused, match=words), transaction():
            handovers.open_(request_code=request.code, held_on=clock.today(), place="ที่อื่น", by=person.user)
    number = db.session().scalars(select(Handover.id)).one()
    assert access.handover(number, cast.chai.user) is None
    with pytest.raises(Refused, match="นอกพื้นที่"):
        _mark(number, lines_.of(request.id)[0], "given", 1, by=cast.chai)


def test_a_line_of_another_request_is_not_marked(portal: Flask, cast: Cast) -> None:
    mine, other = paid(cast, register(1)), paid(cast, register(1))
    number = ceremony(cast, mine)
    with pytest.raises(Refused, match="ไม่ได้อยู่ในคำขอ"):
        _mark(number, lines_.of(other.id)[0], "given", 1, by=cast.malee)


def test_a_photo_loses_where_it_was_taken_and_stands_upright(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    with transaction():
        photo = evidence.keep(photos.read(jpeg()), by=cast.malee.user)
        content = evidence.content(photo)
        with Image.open(BytesIO(content)) as kept:
            assert dict(kept.getexif()) == {}
            assert kept.size == (photo.width, photo.height) == (360, 640)
        assert b"SpyPhone" not in content


@pytest.mark.parametrize("raw", [b"<svg onload=alert(1)>", b"MZ\x90", b"\xff\xd8\xff\xe0 half"])
def test_what_is_no_picture_is_not_kept(sqlite_portal: Flask, raw: bytes) -> None:
    cast = Cast(sqlite_portal)
    number = ceremony(cast, paid(cast, register(1)))
    page = cast.malee.sign_in().send(
        f"/handovers/{number}", action="/rest", photo=(BytesIO(raw), "a.jpg"), to_status=422
    )
    assert "ภาพ" in page.main
    assert _count(Photo) == 0


def test_a_photo_of_someone_else_is_not_borrowed(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    number = ceremony(cast, request)
    with transaction():
        foreign = evidence.keep(photos.read(jpeg()), by=cast.chai.user).id
    with pytest.raises(Refused, match="ไม่พบภาพ"), transaction():
        handovers.mark(
            number,
            line_id=lines_.of(request.id)[0].id,
            outcome="given",
            quantity=1,
            photo_id=foreign,
            by=cast.malee.user,
        )


def test_requests_are_told_apart_from_the_unpaid_in_the_books(portal: Flask, cast: Cast) -> None:
    request = paid(cast, register(1))
    assert db.session().get_one(AidRequest, request.id).submitted_at is not None
    assert [awaited.code for awaited in delivery_progress.awaiting(cast.busaba.user)] == [request.code]
    ceremony(cast, request)
    assert delivery_progress.awaiting(cast.busaba.user) == []
