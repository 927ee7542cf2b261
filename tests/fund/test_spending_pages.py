"""The pages of payments: what waits, a form that is looked at twice, and the printed voucher."""

import io

import bank_lines as bank
import committee_room as room
import pytest
from flask import Flask
from people import PASSWORD, Cast
from pypdf import PdfReader
from sqlalchemy import event, select

from app.fund.committee import proposals, sole
from app.fund.spending import orders, remittances, returns, voids
from app.fund.spending.records import Payment
from app.fund.spending.withholding import TaxChoice
from app.kit import clock
from app.kit.db import db, transaction

pytestmark = pytest.mark.pages

_BILL = {"vendor": "1"}


def _paid_to() -> None:
    """The one vendor of these tests, and who signs."""
    with transaction():
        room.sign()
        assert room.vendor() == 1


def _payments() -> list[Payment]:
    db.session.rollback()
    return list(db.session().scalars(select(Payment)))


def test_what_waits_is_shown_first_and_only_to_those_concerned(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    page = cast.kanya.sign_in().visit("/payments")
    assert code in page.words
    assert "เหลือจ่าย 400.00 บาท" in page.words
    assert f"/payments/new?proposal={code}" in page.text
    assert "/payments/new" not in cast.decha.sign_in().visit("/payments").text
    for person in (cast.pranee, cast.malee, cast.ton, cast.ying):
        person.sign_in().visit("/payments", status=403)
    cast.busaba.sign_in().visit(f"/payments/new?proposal={code}", status=403)


def test_a_payment_is_looked_at_twice_approved_by_another_and_then_transferred(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    _paid_to()
    kanya = cast.kanya.sign_in()
    look = kanya.send(f"/payments/new?proposal={code}", action="/payments/new", satang="150.50", **_BILL)
    assert "หนึ่งร้อยห้าสิบบาทห้าสิบสตางค์" in look.words
    assert "หลังจ่ายเหลือ 249.50 บาท" in look.words
    assert _payments() == []
    (form,) = [form for form in look.forms() if form["fields"].get("confirmed") == "yes"]
    back = {**form["fields"], "change": "yes"}
    again = kanya.client.post("/payments/new", data=back).get_data(as_text=True)
    assert 'value="150.50"' in again
    assert _payments() == []
    sent = {name: value for name, value in form["fields"].items() if value is not None}
    first = kanya.client.post("/payments/new", data=sent)
    # Pressed twice, it is one payment that waits.
    assert kanya.client.post("/payments/new", data=sent).location == first.location
    order = first.location
    waiting = kanya.visit(order)
    assert "ท่านเป็นผู้เตรียมรายการนี้ จึงอนุมัติเองไม่ได้" in waiting.words
    assert "transfer_ref" not in waiting.text
    somchai = cast.somchai.sign_in()
    assert "รอท่านอนุมัติให้จ่าย" in somchai.visit("/home").words
    assert "รอท่านอนุมัติให้จ่าย" not in kanya.visit("/home").words
    assert order in somchai.visit("/payments").text
    page = somchai.visit(order)
    for words in ("หนึ่งร้อยห้าสิบบาทห้าสิบสตางค์", "ร้านศรีสะเกษศึกษาภัณฑ์", "3010123456", "น.ส.กัญญา พรดี", "ครั้งที่ 1/"):
        assert words in page.words
    somchai.send(order, action="/approve", password_again="guess-by-a-passer-by", to_status=409)
    approved = somchai.send(order, action="/approve", password_again=PASSWORD)
    assert "อนุมัติให้จ่ายแล้ว" in approved.words
    assert "transfer_ref" not in approved.text
    assert _payments() == []
    assert "อนุมัติแล้ว รอโอนและบันทึก" in kanya.visit("/home").words
    wrong = kanya.send(order, action="/transfer", transfer_ref="", to_status=422)
    assert "กรุณาใส่เลขอ้างอิงจากธนาคาร" in wrong.words
    form = next(form for form in kanya.visit(order).forms() if form["action"].endswith("/transfer"))
    data = {**form["fields"], "transfer_ref": "KTB0001"}
    paid = [kanya.client.post(form["action"], data=data).location for _ in range(2)]
    assert paid[0] == paid[1]
    assert "บันทึกการจ่ายแล้ว" in kanya.visit(paid[0]).words
    (payment,) = _payments()
    assert (payment.satang, payment.vendor_account) == (150_50, "3010123456")
    for person in (cast.decha, cast.busaba):
        assert "/approve" not in person.sign_in().visit(order).text
    cast.malee.sign_in().visit(order, status=403)


def test_an_order_is_sent_back_with_a_reason(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.prepare(cast, room.approve(cast, 400_00), 400_00)
    somchai = cast.somchai.sign_in()
    somchai.send(f"/payments/orders/{number}", action="/withdraw", reason="", to_status=422)
    page = somchai.send(f"/payments/orders/{number}", action="/withdraw", reason="บัญชีไม่ตรงกับใบแจ้งหนี้")
    assert "ยกเลิกรายการเตรียมจ่ายแล้ว" in page.words
    assert "บัญชีไม่ตรงกับใบแจ้งหนี้" in cast.kanya.sign_in().visit(f"/payments/orders/{number}").words


def test_a_wrong_payment_is_voided_from_its_page_by_two(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    payment = room.pay(cast, room.approve(cast, 400_00), 400_00)
    number, address = payment.id, f"/payments/{payment.id}"
    kanya, somchai = cast.kanya.sign_in(), cast.somchai.sign_in()
    assert "/void" not in somchai.visit(address).text
    kanya.send(address, action="/void", reason="", to_status=422)
    page = kanya.send(address, action="/void", reason="ลงผิดเรื่อง")
    assert "ท่านเป็นผู้ขอยกเลิก จึงยืนยันเองไม่ได้" in page.words
    assert "รอท่านยืนยันยกเลิกใบสำคัญจ่าย" in somchai.visit("/home").words
    somchai.send(address, action="/void/confirm", password_again="guess-by-a-passer-by", to_status=409)
    page = somchai.send(address, action="/void/confirm", password_again=PASSWORD)
    assert "ใบสำคัญนี้ยกเลิกแล้ว" in page.words
    assert "ลงผิดเรื่อง" in page.words
    # Its donations are free again, and what was prepared does not read as paid.
    assert "เงินก้อนนี้มาจาก" not in page.words
    prepared = kanya.visit(f"/payments/orders/{payment.order_id}").words
    assert "ใบสำคัญยกเลิกแล้ว" in prepared and "โอนแล้ว" not in prepared
    assert "อนุมัติที่หน้า จ่ายเงิน" in somchai.visit("/approvals").words
    assert "ยกเลิกแล้ว" in kanya.visit("/payments").words
    printed = kanya.client.get(f"/payments/{number}/voucher.pdf")
    text = " ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(printed.data)).pages)
    assert "ยกเลิก" in text


def test_what_was_typed_stays_when_it_cannot_be_paid(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    _paid_to()
    kanya = cast.kanya.sign_in()
    address = f"/payments/new?proposal={code}"
    page = kanya.send(address, action="/payments/new", to_status=422, satang="สี่ร้อย", **_BILL)
    assert "สี่ร้อย" in page.text
    assert "ร้านศรีสะเกษศึกษาภัณฑ์" in page.text
    page = kanya.send(address, action="/payments/new", to_status=422, satang="400.01", **_BILL)
    assert "มากกว่าที่เหลือจากมติ" in page.words
    page = kanya.send(address, action="/payments/new", to_status=422, satang="1", vendor="")
    assert "กรุณาเลือกผู้รับเงิน" in page.words


def test_the_requester_sees_why_they_cannot_pay(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00, by=cast.kanya)
    page = cast.kanya.sign_in().visit(f"/payments/new?proposal={code}")
    assert "ท่านเป็นผู้เสนอเรื่องนี้ จึงจ่ายเงินเองไม่ได้" in page.words
    assert 'name="vendor"' not in page.text
    cast.kanya.visit("/payments/new?proposal=AR-2569-9999", status=404)


def test_the_voucher_prints_with_words_resolution_and_signatures(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    payment = room.pay(cast, code, 400_00)
    cast.decha.sign_in().visit(f"/payments/{payment.id}")
    answer = cast.decha.client.get(f"/payments/{payment.id}/voucher.pdf")
    assert answer.mimetype == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for words in (
        payment.code,
        "ร้านศรีสะเกษศึกษาภัณฑ์",
        "400.00",
        "สี่ร้อยบาทถ้วน",
        code,
        "ผู้จ่ายเงิน",
        "ผู้รับเงิน",
        "ผู้เตรียมจ่าย",
        "ผู้อนุมัติให้จ่าย",
        "น.ส.กัญญา พรดี",
        "นายสมชาย ใจงาม",
    ):
        assert words in text
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 1
    cast.decha.visit("/payments/999", status=404)


def test_settling_gives_the_rest_back_from_the_page(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    payment = room.pay(cast, code, 300_00)
    busaba = cast.busaba.sign_in()
    assert f"/proposals/{code}/settle" in busaba.visit(f"/payments/{payment.id}").text
    assert "เหตุผล" in busaba.send(f"/proposals/{code}/settle", reason="", to_status=422).words
    page = busaba.send(f"/proposals/{code}/settle", reason="ผู้ขายลดราคา")
    assert "กลับเป็นเงินพร้อมใช้" in page.words
    known = proposals.by_code(code)
    assert known is not None
    assert known.state == "settled"
    cast.decha.sign_in()
    assert "/settle" not in cast.decha.visit(f"/payments/{payment.id}").text


_OF_MANY = (
    *("/home", "/payments", "/payments/transfers", "/payments/lines", "/payments/tax"),
    *("/circulations", "/circulations/new", "/decisions", "/meetings"),
)


def _withhold(cast: Cast, code: str, satang: int) -> None:
    """A payment of which tax was withheld, and half of it remitted."""
    vendor = room.vendor("บริษัทรับจ้าง จำกัด", number="3010127777", tax_id="0105536112014")
    tax = TaxChoice("rent", "ศรีสะเกษ")
    order = orders.prepare(proposal_code=code, satang=satang, vendor_id=vendor, tax=tax, by=cast.kanya.user)
    orders.approve(order.id, by=cast.somchai.user)
    withheld = room.transfer(cast, order.id).withheld_satang
    remittances.remit(
        bank.line(-withheld // 2), first_on=clock.today().replace(day=1), form="pnd53", by=cast.kanya.user
    )


def test_pages_of_payments_of_decisions_and_of_a_meeting_ask_as_much_for_nine_as_for_three(
    sqlite_portal: Flask, cast: Cast
) -> None:
    room.give(cast, 3_000_00)
    people = [person.sign_in() for person in (cast.kanya, cast.somchai, cast.busaba, cast.decha)]

    def grow(count: int) -> int:
        with transaction():
            room.sign(cast.busaba)
            number = room.meet(cast)
            for _ in range(count):
                code = room.propose(cast, 40_00)
                item = room.table(cast, number, code)
                room.vote(item, "approve", cast.somchai, cast.pranee, cast.wichai)
                room.resolve(item, by=cast.somchai)
                room.pay(cast, code, 10_00)
                orders.approve(room.prepare(cast, code, 10_00), by=cast.somchai.user)
                room.prepare(cast, code, 10_00)
                voids.ask(room.pay(cast, code, 5_00).id, reason="ลงผิด", by=cast.kanya.user)
                room.vote(room.table(cast, number, room.propose(cast, 1_00)), "approve", cast.pranee)
                _withhold(cast, code, 2_00)
                returns.ask(
                    room.pay(cast, code, 3_00).id,
                    reason="ลดราคา",
                    event_id=bank.line(1_00),
                    by=cast.kanya.user,
                )
                bank.line(-10_00)
                room.circulate(cast, room.propose(cast, 2_00))
                sole.decide(room.propose(cast, 3_00), choice="approve", by=cast.somchai.user)
                room.propose(cast, 4_00)
        return number

    def asked(number: int) -> list[tuple[str, int]]:
        told, statements = [], [0]

        def note(*_: object) -> None:
            statements[0] += 1

        event.listen(db.engine, "before_cursor_execute", note)
        for person in people:
            for path in (*_OF_MANY, f"/meetings/{number}"):
                statements[0] = 0
                db.session.remove()
                if person.client.get(path).status_code == 200:
                    told.append((f"{person.sign_in_name} {path.rstrip('0123456789')}", statements[0]))
        event.remove(db.engine, "before_cursor_execute", note)
        return told

    few = grow(3)
    asked(few)  # What is read once a process is read.
    before = asked(few)
    assert len(before) >= 24
    after = asked(grow(9))
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == []
