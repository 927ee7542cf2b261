"""Returns: what came back of a payment is taken in by two, with its line, and goes back where it came from."""

import threading

import committee_room as room
import pytest
from bank_lines import line as _line
from flask import Flask
from people import PASSWORD, Cast, Person, give_role
from sqlalchemy import select, text

from app.fund.bank.reconciliation import decisions
from app.fund.bank.records import Allocation, ReconciliationItem
from app.fund.committee import proposals
from app.fund.ledger import books
from app.fund.ledger.entries import Entry
from app.fund.spending import advances, bank_lines, orders, payments, returns, sums, tracing, voids
from app.fund.spending.records import LIVE_TRACES, Payment, Trace
from app.fund.spending.records.returns import PaymentReturn
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.roles import Role
from app.warroom import boards


def _ask(cast: Cast, payment_id: int, satang: int) -> int:
    """The line came in and finance says what it is; the return's id."""
    event = _line(satang, description="ร้านคืนเงิน")
    with transaction():
        return returns.ask(payment_id, reason="ของส่งไม่ครบ", event_id=event, by=cast.kanya.user).id


def _confirm(return_id: int, by: Person) -> None:
    with transaction():
        returns.confirm(return_id, by=by.user)


def _back(cast: Cast, payment_id: int, satang: int) -> int:
    number = _ask(cast, payment_id, satang)
    _confirm(number, cast.somchai)
    return number


def _traced(payment_id: int) -> list[tuple[int, int]]:
    """What each row of a payment's traces says: donation and satang."""
    rows = db.session().execute(
        select(Trace.donation_id, Trace.satang).where(Trace.payment_id == payment_id).order_by(Trace.id)
    )
    return [(donation_id, satang) for donation_id, satang in rows]


def test_what_came_back_is_promised_again_and_its_newest_gifts_are_free(portal: Flask, cast: Cast) -> None:
    first, second = room.give(cast, 100_00), room.give(cast, 900_00)
    code = room.approve(cast, 400_00)
    number = room.pay(cast, code, 400_00).id
    back = _back(cast, number, 250_00)
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (600_00, 250_00, 150_00)
    entry = db.session().scalars(select(Entry).filter_by(payment_return_id=back)).one()
    assert (entry.movement, entry.satang, entry.step) == ("return", 250_00, 1)
    assert _traced(number) == [(first, 100_00), (second, 300_00), (second, -250_00)]
    item = db.session().get_one(ReconciliationItem, db.session().get_one(PaymentReturn, back).event_id)
    assert (item.state, "เงินคืนบางส่วนของใบสำคัญจ่าย" in item.reason) == ("excluded", True)
    # Up to the resolution it is paid anew, with the gifts that came back.
    known = proposals.by_code(code)
    assert known is not None
    assert sums.remaining([known]) == {known.id: (400_00, 150_00)}
    with pytest.raises(Refused, match=r"ไม่เกิน 250\.00 บาท"):
        room.prepare(cast, code, 250_01)
    again = room.pay(cast, code, 250_00).id
    assert _traced(again) == [(second, 250_00)]
    # The next goes on where the last one ended: what was left of the newest, then the oldest.
    _back(cast, number, 100_00)
    _back(cast, number, 20_00)
    assert _traced(number)[3:] == [(second, -50_00), (first, -50_00), (first, -20_00)]
    (source,) = tracing.sources(number)
    assert (source.satang, source.donations) == (30_00, 1)
    assert sums.paid_for(code) == {code: 280_00}
    assert books.findings() == []


def test_each_purpose_gets_back_what_was_taken_from_it_last(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    room.give(cast, 100_00, purpose="education")
    with transaction():
        code = proposals.submit(
            code="AR-2569-9001",
            title="ชุดนักเรียน",
            satang=120_00,
            purpose_id=cast.purpose("general").id,
            funding=[
                proposals.Funding(70_00, cast.purpose("general").id),
                proposals.Funding(50_00, cast.purpose("education").id),
            ],
            asked_by_id=cast.malee.user.id,
            by=cast.malee.user,
        ).code
    item = room.table(cast, room.meet(cast), code)
    room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
    room.resolve(item, by=cast.somchai)
    number = room.pay(cast, code, 120_00).id
    _back(cast, number, 30_00)
    paid = {row.purpose.code: row.paid for row in books.balances()}
    assert paid == {"general": 70_00, "education": 20_00}
    _back(cast, number, 40_00)
    paid = {row.purpose.code: row.paid for row in books.balances()}
    assert paid == {"general": 50_00, "education": 0}
    assert books.findings() == []


def test_of_a_settled_proposal_what_came_back_is_available_again(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    number = room.pay(cast, code, 300_00).id
    with transaction():
        payments.settle(code, reason="ผู้ขายลดราคา", by=cast.kanya.user)
    _back(cast, number, 100_00)
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (800_00, 0, 200_00)
    assert books.findings() == []


def test_who_asked_does_not_confirm_and_it_counts_once(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    event, other = _line(100_00), _line(50_00)
    for person in (cast.somchai, cast.busaba, cast.pranee):
        with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"), transaction():
            returns.ask(number, reason="ลดราคา", event_id=event, by=person.user)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        returns.ask(number, reason=" ", event_id=event, by=cast.kanya.user)
    for _ in range(2):  # Pressed twice, it is asked once.
        with transaction():
            asked = returns.ask(number, reason="ลดราคา", event_id=event, by=cast.kanya.user).id
    with pytest.raises(Refused, match=r"100\.00 บาทของใบสำคัญนี้ไว้แล้ว"), transaction():
        returns.ask(number, reason="ลดราคา", event_id=other, by=cast.kanya.user)
    assert [back.id for back in returns.waiting()] == [asked]
    (general, _) = books.balances()
    assert general.paid == 400_00
    with pytest.raises(Refused, match="ท่านเป็นผู้บันทึกเงินคืน"), transaction():
        returns.confirm(asked, by=cast.kanya.user)
    with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงินอีกท่านหรือประธาน"), transaction():
        returns.confirm(asked, by=cast.busaba.user)
    for _ in range(2):
        _confirm(asked, cast.somchai)
    assert len(db.session().scalars(select(Entry).where(Entry.movement == "return")).all()) == 1
    assert (returns.waiting(), bank_lines.told(event)[1]) == ([], number)
    with pytest.raises(Refused, match="ยืนยันไปแล้ว"), transaction():
        returns.decline(asked, by=cast.kanya.user)


def test_one_that_was_declined_leaves_its_line_to_something_else(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    first, second = room.pay(cast, code, 200_00).id, room.pay(cast, code, 200_00).id
    asked = _ask(cast, first, 100_00)
    event = db.session().get_one(PaymentReturn, asked).event_id
    with pytest.raises(Refused, match="เลือกรายการอื่น"), transaction():
        returns.ask(second, reason="ลดราคา", event_id=event, by=cast.kanya.user)
    with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงินหรือประธาน"), transaction():
        returns.decline(asked, by=cast.busaba.user)
    for _ in range(2):
        with transaction():
            returns.decline(asked, by=cast.somchai.user)
    with pytest.raises(Refused, match="ยืนยันหรือไม่ยืนยันไปแล้ว"), transaction():
        returns.confirm(asked, by=cast.somchai.user)
    with transaction():
        again = returns.ask(second, reason="ลดราคา", event_id=event, by=cast.kanya.user).id
    _confirm(again, cast.somchai)
    assert [db.session().get_one(Payment, each).returned_satang for each in (first, second)] == [0, 100_00]


def test_never_more_comes_back_than_was_paid_and_only_with_a_line_of_its_own(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    number = room.pay(cast, code, 400_00).id
    _back(cast, number, 300_00)
    for event in (_line(100_01), _line(-5_00), 9_999):
        with pytest.raises(Refused, match=r"คืนได้ \(100\.00 บาท\)|ไม่พบรายการ"), transaction():
            returns.ask(number, reason="ลดราคา", event_id=event, by=cast.kanya.user)
    # All of it may come back, bit by bit; then it gives nothing for anybody to hand over.
    with transaction():
        last = returns.ask(number, reason="ลดราคา", event_id=_line(100_00), by=cast.kanya.user).id
    _confirm(last, cast.somchai)
    assert (sums.paid_for(code), tracing.sources(number)) == ({code: 0}, [])
    with pytest.raises(Refused, match=r"คืนได้ \(0\.00 บาท\)"), transaction():
        returns.ask(number, reason="ลดราคา", event_id=_line(1), by=cast.kanya.user)
    assert books.findings() == []


def test_a_line_that_became_a_gift_meanwhile_brings_nothing_back(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    asked = _ask(cast, number, 100_00)
    event = db.session().get_one(PaymentReturn, asked).event_id
    with transaction() as session:
        item = session.get_one(ReconciliationItem, event)
        item.state, item.decided_at = "posted", clock.now()
    with pytest.raises(Refused, match="ลงเป็นเงินสมทบไปแล้ว"), transaction():
        returns.confirm(asked, by=cast.somchai.user)
    with transaction() as session:
        item = session.get_one(ReconciliationItem, event)
        item.state, item.decided_at = "waiting", None
    _confirm(asked, cast.somchai)
    given = select(Allocation.donation_id).order_by(Allocation.id).limit(1)
    with pytest.raises(Refused, match="เงินโอนกลับของการจ่าย"), transaction() as session:
        session.add(Allocation(event_id=event, donation_id=session.scalars(given).one(), satang=100_00))


def test_a_void_and_a_return_of_one_payment_wait_for_each_other(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    asked = _ask(cast, number, 100_00)
    with pytest.raises(Refused, match="เงินคืนบางส่วนของใบสำคัญนี้รออีกท่าน"), transaction():
        voids.ask(number, reason="ผิด", by=cast.kanya.user)
    with transaction():
        returns.decline(asked, by=cast.somchai.user)
    with transaction():
        voids.ask(number, reason="ผิด", by=cast.kanya.user)
    with pytest.raises(Refused, match="ขอยกเลิกใบสำคัญ"), transaction():
        returns.ask(number, reason="ลดราคา", event_id=_line(50_00), by=cast.kanya.user)
    with transaction():
        voids.decline(number, by=cast.somchai.user)
    _back(cast, number, 100_00)
    with pytest.raises(Refused, match="คืนมาแล้วบางส่วน"), transaction():
        voids.ask(number, reason="ผิด", by=cast.kanya.user)


def test_the_rest_of_an_advance_is_paid_back_and_the_papers_clear_the_other_part(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    with transaction():
        room.sign()
        officer = room.vendor("น.ส.บุษบา", number="3010129999", kind="officer")
        order = orders.prepare(proposal_code=code, satang=300_00, vendor_id=officer, by=cast.kanya.user).id
    with transaction():
        orders.approve(order, by=cast.somchai.user)
    number = room.transfer(cast, order).id
    with transaction():
        advances.clear(number, satang=150_00, paper="ใบเสร็จ 1", by=cast.kanya.user)
    with pytest.raises(Refused, match=r"คืนได้ \(150\.00 บาท\)"), transaction():
        returns.ask(number, reason="เหลือ", event_id=_line(150_01), by=cast.kanya.user)
    asked = _ask(cast, number, 100_00)
    with pytest.raises(Refused, match=r"ล้างได้ไม่เกิน 50\.00 บาท"), transaction():
        advances.clear(number, satang=50_01, paper="ใบเสร็จ 2", by=cast.kanya.user)
    with pytest.raises(Refused, match="ไม่เกินจำนวนที่ยืม"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO advance_clearing (payment_id, satang, paper, cleared_at, cleared_by_id)"
                f" VALUES ({number}, 5001, 'x', CURRENT_TIMESTAMP, 1)"
            )
        )
    _confirm(asked, cast.somchai)
    advance = advances.of(number)
    assert advance is not None
    assert (advance.left, [each.left for each in advances.open_()]) == (50_00, [50_00])
    with transaction():
        advances.clear(number, satang=50_00, paper="ใบเสร็จ 2", by=cast.kanya.user)
    assert advances.open_() == []
    assert books.findings() == []


_ASKED = (
    "INSERT INTO payment_return (payment_id, satang, event_id, reason, asked_at, asked_by_id) "
    "VALUES ({payment}, {satang}, {event}, 'x', CURRENT_TIMESTAMP, {kanya})"
)
_CONFIRMED = "UPDATE payment_return SET confirmed_at = CURRENT_TIMESTAMP, confirmed_by_id = {somchai} WHERE id = {back}"
_VOIDED = (
    "UPDATE payment SET void_asked_at = CURRENT_TIMESTAMP, void_asked_by_id = {kanya}, void_reason = 'x'"
    " WHERE id = {payment}"
)
#: What someone past the rules might write, and the words in which the database says no. A return of 100 waits.
_PAST = {
    "a second one waits": (
        _ASKED.replace("{event}", "{other}").replace("{satang}", "5000"),
        "รออีกท่านหนึ่งยืนยันอยู่แล้ว",
    ),
    "another sum than its line": (
        _ASKED.replace("{payment}", "{second}").replace("{event}", "{other}"),
        "เท่ากับรายการเงินเข้า",
    ),
    "a line of another return": (_ASKED.replace("{payment}", "{second}"), "ใช้เป็นเงินคืนไปแล้ว"),
    "more than was paid": (
        _ASKED.format_map({"payment": "{second}", "satang": "20001", "event": "{large}", "kanya": "{kanya}"}),
        "ไม่เกินที่จ่าย",
    ),
    "confirmed at once": (
        "INSERT INTO payment_return (payment_id, satang, event_id, reason, asked_at, asked_by_id, confirmed_at,"
        " confirmed_by_id) VALUES ({second}, 5000, {other}, 'x', CURRENT_TIMESTAMP, {kanya}, CURRENT_TIMESTAMP, {somchai})",
        "ไม่เกินที่จ่าย",
    ),
    "confirmed while its line waits": (_CONFIRMED, "ลงเป็นเงินสมทบหรือถูกถอน"),
    "confirmed by who asked": (_CONFIRMED.replace("{somchai}", "{kanya}"), "ยืนยันเองไม่ได้|ลงเป็นเงินสมทบ"),
    "another sum": ("UPDATE payment_return SET satang = 1", "แก้ไขหรือลบไม่ได้"),
    "taken away": ("DELETE FROM payment_return", "แก้ไขหรือลบไม่ได้"),
    "a void is asked": (_VOIDED, "ยกเลิกทั้งใบไม่ได้"),
    "a void takes its line": (
        _VOIDED.replace(" WHERE id = {payment}", ", void_event_id = {event} WHERE id = {second}"),
        "ใช้ยกเลิกใบสำคัญไม่ได้",
    ),
    "a sum moved by hand": (
        "UPDATE payment SET returned_satang = 100 WHERE id = {payment}",
        "ไม่ตรงกับที่สองคนยืนยัน",
    ),
    "booked before it was confirmed": (
        "INSERT INTO entry (debit_id, credit_id, satang, movement, payment_return_id, step, on_date, at)"
        " SELECT d.id, c.id, 100, 'return', {back}, 1, CURRENT_DATE, CURRENT_TIMESTAMP FROM account AS d, account AS c"
        " WHERE d.kind = 'committed' AND c.kind = 'paid' AND d.purpose_id = c.purpose_id"
        " AND d.purpose_id = (SELECT purpose_id FROM proposal LIMIT 1)",
        "ที่ลงบัญชีไม่ตรงกับที่สองคนยืนยัน",
    ),
    "traced before it was confirmed": (
        "INSERT INTO trace (payment_id, donation_id, satang, return_id) SELECT payment_id, donation_id, -1, {back}"
        " FROM trace WHERE payment_id = {payment}",
        "คืนที่มาของเงินเกิน",
    ),
}


@pytest.mark.parametrize("past", _PAST)
def test_without_the_rules_the_database_still_guards_what_comes_back(
    portal: Flask, cast: Cast, past: str
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    first, second = room.pay(cast, code, 200_00).id, room.pay(cast, code, 200_00).id
    back = _ask(cast, first, 100_00)
    places = {
        "payment": first,
        "second": second,
        "satang": 100_00,
        "event": db.session().get_one(PaymentReturn, back).event_id,
        "other": _line(50_00),
        "large": _line(200_01),
        "back": back,
        "kanya": cast.kanya.user.id,
        "somchai": cast.somchai.user.id,
    }
    statement, words = _PAST[past]
    with pytest.raises(Refused, match=words), transaction() as session:
        session.execute(text(statement.format(**places)))
    _confirm(back, cast.somchai)
    for change in (
        "declined_at = CURRENT_TIMESTAMP, declined_by_id = 1",
        "confirmed_by_id = NULL, confirmed_at = NULL",
    ):
        with pytest.raises(Refused, match=r"ยืนยันหรือไม่ยืนยันไปแล้ว|ยืนยัน"), transaction() as session:
            session.execute(text(f"UPDATE payment_return SET {change} WHERE id = {back}"))


def test_nothing_is_traced_back_beyond_what_was_traced(portal: Flask, cast: Cast) -> None:
    first, second = room.give(cast, 100_00), room.give(cast, 900_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    back = _ask(cast, number, 150_00)
    event = db.session().get_one(PaymentReturn, back).event_id
    with transaction():
        decisions.exclude_money_back(event, reason="คืน", by=cast.kanya.user)
    for donation, satang in ((first, -100_01), (second, -150_01), (second, 1)):
        with pytest.raises(Refused, match=r"คืนที่มา|ข้อมูล|ไม่ได้"), transaction() as session:
            asked = session.get_one(PaymentReturn, back)
            asked.confirmed_at, asked.confirmed_by_id = clock.now(), cast.somchai.user.id
            session.flush()
            session.add(Trace(payment_id=number, donation_id=donation, satang=satang, return_id=back))
            session.flush()
    _confirm(back, cast.somchai)
    with pytest.raises(Refused, match="โยงเงินสมทบเกิน"), transaction() as session:
        session.add(Trace(payment_id=number, donation_id=room.give(cast, 100_00), satang=100))
    net = select(LIVE_TRACES.c.satang).where(LIVE_TRACES.c.payment_id == number)
    assert sum(db.session().scalars(net)) == 250_00


@pytest.mark.pages
def test_the_voucher_asks_confirms_and_shows_what_came_back(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    payment = room.pay(cast, room.approve(cast, 400_00), 400_00)
    number, page = payment.id, f"/payments/{payment.id}"
    kanya, somchai = cast.kanya.sign_in(), cast.somchai.sign_in()
    assert "ยังไม่มีรายการเงินเข้าที่อาจเป็นเงินคืน" in kanya.visit(page).words
    event = _line(100_00, description="ร้านคืนค่าของขาด")
    asked = kanya.send(page, action="/returns", event=str(event), reason="ของส่งไม่ครบ")
    assert "เงินคืน 100.00 บาท รอยืนยัน" in asked.words
    assert "ท่านเป็นผู้บันทึกเงินคืน" in asked.words
    with portal.test_request_context():
        assert "รอท่านยืนยันเงินคืนจากการจ่าย" in {card.title for card in boards.work_of(cast.somchai.user)}
        assert "รอท่านยืนยันเงินคืนจากการจ่าย" not in {card.title for card in boards.work_of(cast.kanya.user)}
    assert "เงินคืนรอยืนยัน" in somchai.visit("/payments").words
    somchai.send(page, action="/confirm", password_again="x", to_status=409)
    done = somchai.send(page, action="/confirm", password_again=PASSWORD)
    assert "เงินที่คืนมา 100.00 บาท" in done.words and "ยังนับว่าจ่าย 300.00 บาท" in done.words
    assert f"/bank/events/{event}" in kanya.visit(page).text
    assert page in kanya.visit(f"/bank/events/{event}").text
    assert "เงินคืนของใบสำคัญ" in kanya.visit("/books/entries").words
    # Another is taken back by who asked; its line waits for something else.
    later = _line(20_00, description="เงินเข้า")
    kanya.send(page, action="/returns", event=str(later), reason="ลดราคา")
    declined = kanya.send(page, action="/decline")
    assert "ไม่ยืนยันเงินคืนรายการนี้" in declined.words and "20.00 บาท รอยืนยัน" not in declined.words
    assert db.session().get_one(Payment, number).returned_satang == 100_00
    printed = kanya.client.get(f"{page}/voucher.pdf")
    assert printed.status_code == 200
    kanya.send(page, action="/returns", reason="ลดราคา", event=None, to_status=422)


@pytest.mark.parametrize("against", ["return", "void"])
def test_two_hands_at_one_moment_take_one_payment_back_once(postgres_portal: Flask, against: str) -> None:
    cast = Cast(postgres_portal)
    with transaction():
        give_role(cast.ton.user.id, Role.FINANCE)
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    larger, smaller = _line(300_00), _line(200_00)
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def officer(name: str, event: int) -> None:
        with postgres_portal.app_context():
            user = getattr(cast, name).user
            together.wait()
            try:
                with transaction():
                    if name == "ton" and against == "void":
                        voids.ask(number, reason="ผิด", by=user)
                    else:
                        returns.ask(number, reason="ลดราคา", event_id=event, by=user)
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(refused.words)
            db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=officer, args=each) for each in (("kanya", larger), ("ton", smaller))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome == "done" for outcome in outcomes) == 1, outcomes
    assert books.findings() == []
