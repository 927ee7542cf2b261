"""Who asked marks what is given only with a second person named who was there, and who neither asked nor paid."""

from dataclasses import replace

import aid_world as world
import committee_room as room
import pytest
from flask import Flask
from people import Cast, Person, become
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.cases.aid import costs, handovers, seconds
from app.cases.aid.records import Delivery, Handover, ItemCost
from app.cases.care.records import LogbookEntry
from app.fund.spending import orders
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province.profile import Profile
from app.staff.roles import Role


def _alone(cast: Cast, count: int = 2) -> Handover:
    """A handover of Malee's request at which nobody else is named."""
    code = world.paid(cast, world.register(count)).code
    with transaction():
        number = handovers.open_(
            request_code=code, held_on=clock.today(), place="ศาลา", by=cast.malee.user
        ).id
    return db.session().get_one(Handover, number)


def test_who_asked_gives_nothing_alone_and_with_a_second_person_does(portal: Flask, cast: Cast) -> None:
    number = _alone(cast).id
    line = world_lines(number)[0]
    for deed in (
        lambda: handovers.mark(number, line_id=line, outcome="given", quantity=1, by=cast.malee.user),
        lambda: handovers.mark_rest(number, by=cast.malee.user),
    ):
        with pytest.raises(Refused, match="คนเดียวไม่ได้"), transaction():
            deed()
    with transaction():
        seconds.name(number, person_id=cast.decha.user.id, by=cast.malee.user)
        seconds.name(
            number, person_id=cast.decha.user.id, by=cast.malee.user
        )  # The same again changes nothing.
        marked = handovers.mark(number, line_id=line, outcome="given", quantity=1, by=cast.malee.user)
        entry = db.session().get_one(LogbookEntry, marked.logbook_entry_id)
        assert f"ต่อหน้า {cast.decha.user.name}" in entry.words
    assert "ท่านถูกระบุว่าอยู่ด้วย" in cast.decha.sign_in().visit("/home").words
    with pytest.raises(Refused, match="เปลี่ยนไม่ได้"), transaction():
        seconds.name(number, person_id=cast.chai.user.id, by=cast.malee.user)


def test_a_number_that_no_person_can_have_is_nobody_of_the_list(portal: Flask, cast: Cast) -> None:
    number = _alone(cast, 1).id
    with pytest.raises(Refused, match="เลือกจากรายการ"), transaction():
        seconds.name(number, person_id=10**30, by=cast.malee.user)


def world_lines(number: int) -> list[int]:
    """Ids of the lines of a handover."""
    handover = db.session().get_one(Handover, number)
    return [place.line.id for place in handovers.roster(handover)]


def test_not_given_may_be_marked_alone_and_another_officer_needs_nobody(portal: Flask, cast: Cast) -> None:
    number = _alone(cast).id
    first, second = world_lines(number)
    with transaction():
        handovers.mark(number, line_id=first, outcome="not", quantity=0, reason="ไม่มา", by=cast.malee.user)
        handovers.mark(number, line_id=second, outcome="given", quantity=1, by=cast.busaba.user)


@pytest.mark.parametrize("who", ["malee", "kanya", "somchai", "busaba"])
def test_the_second_person_neither_asked_nor_paid_nor_approved(portal: Flask, cast: Cast, who: str) -> None:
    pupils = world.register(20)
    code = world.paid(cast, pupils, quantity=3).code
    with transaction():
        number = handovers.open_(
            request_code=code, held_on=clock.today(), place="ศาลา", by=cast.malee.user
        ).id
    person = getattr(cast, who).user.id
    with pytest.raises(Refused, match="เลือกจากรายการ"), transaction():
        seconds.name(number, person_id=person, by=cast.malee.user)
    with pytest.raises((Refused, IntegrityError), match="ผู้ที่อยู่ด้วยต้องเป็นท่านอื่น"), transaction() as session:
        session.execute(
            text(
                "UPDATE handover SET second_id = :person, second_named_at = opened_at, second_named_by_id = :by"
            ),
            {"person": person, "by": cast.decha.user.id},
        )


def test_the_database_takes_nothing_given_by_who_asked_alone(portal: Flask, cast: Cast) -> None:
    number = _alone(cast).id
    with transaction():
        seconds.name(number, person_id=cast.decha.user.id, by=cast.malee.user)
        line, _ = world_lines(number)
        given = handovers.mark(number, line_id=line, outcome="given", quantity=1, by=cast.malee.user).id
    with pytest.raises((Refused, IntegrityError), match="จึงเปลี่ยนไม่ได้"), transaction() as session:
        session.execute(
            text("UPDATE handover SET second_id = NULL, second_named_at = NULL, second_named_by_id = NULL")
        )
    with pytest.raises((Refused, IntegrityError), match="ผู้ที่อยู่ด้วยต้องเป็นท่านอื่น"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO handover (request_id, held_on, place, opened_at, opened_by_id, second_id, second_named_at,"
                " second_named_by_id) SELECT request_id, held_on, 'x', opened_at, opened_by_id, second_id,"
                " second_named_at, second_named_by_id FROM handover"
            )
        )
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO handover (request_id, held_on, place, opened_at, opened_by_id)"
                " SELECT request_id, held_on, 'x', opened_at, opened_by_id FROM handover"
            )
        )
    columns = "line_id, outcome, quantity, reason, taken_by, marked_at, marked_by_id, shown_name, shown_grade, shown_school"
    with pytest.raises((Refused, IntegrityError), match="คนเดียวไม่ได้"), transaction() as session:
        session.execute(
            text(
                f"INSERT INTO delivery (handover_id, {columns}, shown_household) SELECT (SELECT MAX(id) FROM handover),"
                f" {columns}, shown_household FROM delivery WHERE id = :id"
            ),
            {"id": given},
        )
    assert db.session().query(Delivery).count() == 1


def test_a_province_may_forbid_it_altogether(
    sqlite_portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _alone(cast).id
    with transaction():
        seconds.name(number, person_id=cast.decha.user.id, by=cast.malee.user)
    tighter = replace(Profile.here(), asked_may_hand_over="never")
    monkeypatch.setitem(sqlite_portal.extensions, "profile", tighter)
    with pytest.raises(Refused, match="ให้ผู้อื่นเป็นผู้บันทึก"), transaction():
        handovers.mark_rest(number, by=cast.malee.user)
    with transaction():
        assert handovers.mark_rest(number, by=cast.busaba.user) == 2


@pytest.mark.pages
def test_the_second_person_is_named_on_the_page_of_the_handover(sqlite_portal: Flask, cast: Cast) -> None:
    handover = _alone(cast)
    path, malee = f"/handovers/{handover.id}", cast.malee.sign_in()
    assert "ระบุผู้ที่อยู่ด้วยอีกหนึ่งคน" in malee.visit(path).words
    assert "บันทึกผลการส่งมอบคนเดียวไม่ได้" in malee.send(path, action="/rest").words
    page = malee.send(path, action="/second", person=str(cast.decha.user.id))
    assert f"อยู่ด้วย: {cast.decha.user.name}" in page.words
    assert "ได้รับครบ 2 รายการ" in malee.send(path, action="/rest").words
    assert "/second" not in malee.visit(path).text
    assert cast.decha.user.name in malee.visit(f"/requests/{handover.request.code}").words


def test_the_second_person_prepares_approves_and_pays_nothing_later(portal: Flask, cast: Cast) -> None:
    request = world.draft(cast)
    world.fill(request, world.register(2), by=cast.malee)
    world.submit(request, by=cast.malee)
    world.approve(cast, request)
    code, part = request.code, request.lines[0].satang
    assert code is not None

    def prepare(by: Person) -> int:
        with transaction():
            room.sign(cast.busaba)
            return orders.prepare(
                proposal_code=code, satang=part // 2, vendor_id=room.vendor(), by=by.user
            ).id

    world.pay(cast, request, satang=part)
    with transaction():
        number = handovers.open_(
            request_code=code,
            held_on=clock.today(),
            place="ศาลา",
            second_id=cast.chai.user.id,
            by=cast.malee.user,
        ).id
        first = world_lines(number)[0]
        handovers.mark(number, line_id=first, outcome="given", quantity=1, by=cast.malee.user)
        # Another post since then: what Chai saw stays seen.
        become(cast.chai.user.id, Role.FINANCE)
    with pytest.raises(Refused, match="อยู่ด้วยในพิธีมอบของคำขอนี้ จึงเตรียมการจ่ายเองไม่ได้"):
        prepare(cast.chai)
    order = prepare(cast.kanya)
    with pytest.raises(Refused, match="อยู่ด้วยในพิธีมอบของคำขอนี้ จึงอนุมัติให้จ่ายไม่ได้"), transaction():
        orders.approve(order, by=cast.chai.user)
    with transaction():
        orders.approve(order, by=cast.somchai.user)
    with pytest.raises(Refused, match="อยู่ด้วยในพิธีมอบของคำขอนี้ จึงบันทึกการโอนไม่ได้"):
        room.transfer(cast, order, by=cast.chai)
    room.transfer(cast, order)


def test_the_second_person_does_not_say_later_what_the_things_cost(portal: Flask, cast: Cast) -> None:
    handover = _alone(cast)
    number, code = handover.id, handover.request.code
    (item,) = costs.items(handover.request_id)
    cheaper = {item.key: (item.bought, item.unit_satang - 1_00)}
    with transaction():
        seconds.name(number, person_id=cast.chai.user.id, by=cast.malee.user)
        become(cast.chai.user.id, Role.FINANCE)
    with pytest.raises(Refused, match="อยู่ด้วยในพิธีมอบของคำขอนี้ จึงบันทึกราคาจริงเองไม่ได้"), transaction():
        costs.enter(code, costs=cheaper, reason="ใบส่งของ 12", by=cast.chai.user)
    entered = ItemCost(
        request_id=handover.request_id,
        item_code=item.item.code,
        asked_satang=item.asked_satang,
        quantity=item.bought,
        unit_satang=item.unit_satang - 1_00,
        reason="ทดลอง",
        entered_at=clock.now(),
        entered_by_id=cast.chai.user.id,
    )
    with pytest.raises((Refused, IntegrityError), match="อยู่ด้วยในพิธีมอบของคำขอนี้"), transaction() as session:
        session.add(entered)
    with transaction():
        assert costs.enter(code, costs=cheaper, reason="ใบส่งของ 12", by=cast.kanya.user) == 1
