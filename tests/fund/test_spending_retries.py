"""Transfers that failed: listed together, prepared anew in one press, and sent in a further file."""

from datetime import timedelta

import committee_room as room
import pytest
import time_machine
from flask import Flask
from people import Cast, Page
from sqlalchemy import select, text

from app.fund.ledger import books
from app.fund.spending import order_lines, orders, papers, retries, transfers, vendors
from app.fund.spending.order_lines import Line
from app.fund.spending.papers import PreparedPaper
from app.fund.spending.records import Payment, PaymentOrder
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff import approvals

_HEAD = "reference,status,bank_ref,message\n"


def _send(cast: Cast, *numbers: int) -> transfers.TransferFile:
    """The orders are approved and stand in a file."""
    with transaction():
        for number in numbers:
            orders.approve(number, by=cast.somchai.user)
    with transaction():
        made = transfers.make(by=cast.kanya.user).id
    return db.session().get_one(transfers.TransferFile, made)


def _told(cast: Cast, file: transfers.TransferFile, **results: str) -> None:
    """What the bank made of the file's lines, by their orders: `o7="failed"`."""
    rows = [f"{line.reference},{results[f'o{line.order_id}']},B{line.order_id},closed" for line in file.lines]
    with transaction():
        transfers.take_result(file.id, (_HEAD + "\n".join(rows)).encode(), by=cast.kanya.user)


def _failed(cast: Cast, satang: int = 300_00, *, approved: int = 300_00) -> int:
    """An order that the bank could not transfer."""
    room.give(cast, 2_000_00)
    number = room.prepare(cast, room.approve(cast, approved), satang)
    with transaction():
        order_lines.split(number, lines=[Line("ชุดลูกเสือ", 3, satang)], by=cast.kanya.user)
    _told(cast, _send(cast, number), **{f"o{number}": "failed"})
    return number


def _again(cast: Cast, number: int) -> int:
    with transaction():
        return retries.prepare_again(number, by=cast.kanya.user).id


def test_what_failed_is_prepared_anew_in_one_press_and_paid_by_a_further_file(
    portal: Flask, cast: Cast
) -> None:
    number = _failed(cast)
    with transaction():
        papers.keep(
            number, kind="other", paper=PreparedPaper(b"%PDF-1.4 %%EOF", True, "ab" * 32), by=cast.busaba.user
        )
    (waiting,) = retries.failed()
    assert waiting.may_prepare and "บัญชีเดิม" in waiting.words
    made = _again(cast, number)
    assert _again(cast, number) == made
    order = db.session().get_one(PaymentOrder, made)
    assert (order.satang, order.again_of_id) == (300_00, number)
    assert [line.what for line in order_lines.of(made)] == ["ชุดลูกเสือ"]
    assert len(papers.of(made)) == 1
    assert [(each.words, each.may_prepare) for each in retries.failed()] == [
        ("เตรียมใหม่แล้ว รอผู้มีอำนาจลงนามอนุมัติ", False)
    ]
    # It fails once more: the newest of the chain alone waits.
    _told(cast, _send(cast, made), **{f"o{made}": "failed"})
    assert [each.order.id for each in retries.failed()] == [made]
    with pytest.raises(Refused, match="เตรียมจ่ายใหม่ไปแล้ว"):
        _again(cast, number)
    last = _again(cast, made)
    other = room.prepare(cast, room.approve(cast, 50_00), 50_00)
    with transaction():
        for each in (last, other):
            orders.approve(each, by=cast.somchai.user)
    assert [each.words for each in retries.failed()] == ["อนุมัติแล้ว รอทำไฟล์โอน"]
    with transaction():
        file = transfers.make(again=True, by=cast.kanya.user)
        assert [line.order_id for line in file.lines] == [last]
        number = file.id
    assert [each.words for each in retries.failed()] == [f"อยู่ในไฟล์ที่ {number} รอผลจากธนาคาร"]
    _told(cast, db.session().get_one(transfers.TransferFile, number), **{f"o{last}": "paid"})
    assert retries.failed() == []
    (payment,) = db.session().scalars(select(Payment))
    assert payment.order_id == last
    assert books.findings() == []


def test_what_waits_for_the_vendors_account_is_not_prepared_before(portal: Flask, cast: Cast) -> None:
    number = _failed(cast)
    vendor = room.vendor()
    with transaction():
        asked = vendors.ask_change(
            vendor, bank_code="006", number="3010999999", reason="บัญชีเดิมปิด", by=cast.kanya.user
        ).id
    assert "รออีกท่านหนึ่งยืนยัน" in retries.failed()[0].words
    with pytest.raises(Refused, match="รออีกท่านหนึ่งยืนยัน"):
        _again(cast, number)
    with transaction():
        approvals.approve(asked, by=cast.somchai.user)
    assert retries.failed()[0].words.startswith("รอบัญชีใหม่ของผู้รับเงิน")
    with pytest.raises(Refused, match="รอบัญชีใหม่"):
        _again(cast, number)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert "3010999999" in retries.failed()[0].words
        made = _again(cast, number)
        assert db.session().get_one(PaymentOrder, made).vendor_account == "3010999999"


def test_what_was_prepared_otherwise_or_whose_vendor_is_closed_is_told(portal: Flask, cast: Cast) -> None:
    number = _failed(cast)
    code = db.session().get_one(PaymentOrder, number).proposal.code
    by_hand = room.prepare(cast, code, 300_00)
    assert retries.failed() == []
    with pytest.raises(Refused, match="เฉพาะรายการที่ธนาคาร"):
        _again(cast, by_hand)
    with transaction():
        orders.withdraw(by_hand, reason="ผิด", by=cast.kanya.user)
    with transaction():
        vendors.close(room.vendor(), reason="เลิกกิจการ", by=cast.kanya.user)
    (waiting,) = retries.failed()
    assert not waiting.may_prepare and "เสนอผู้รับเงินใหม่" in waiting.words


def test_without_the_rule_the_database_keeps_one_order_in_the_place_of_one_that_failed(
    portal: Flask, cast: Cast
) -> None:
    number = _failed(cast, approved=900_00)
    _again(cast, number)
    failed = db.session().get_one(PaymentOrder, number)
    plain = room.prepare(cast, failed.proposal.code, 300_00)
    left_out = ("id", "approved_at", "withdrawn_at", "withdrawn_by_id")
    said = {
        column.name: getattr(failed, column.name)
        for column in PaymentOrder.__table__.c
        if column.name not in left_out
    } | {"withdrawn_reason": ""}
    for other in (plain, number):  # One that did not fail, and one that is prepared anew already.
        with pytest.raises(Refused, match="เตรียมจ่ายใหม่ไปแล้ว"), transaction() as session:
            session.add(PaymentOrder(**{**said, "again_of_id": other}))
    with pytest.raises(Refused, match="แก้ไขไม่ได้"), transaction() as session:
        session.execute(text("UPDATE payment_order SET again_of_id = NULL WHERE again_of_id IS NOT NULL"))


@pytest.mark.pages
def test_the_page_of_transfers_lists_them_with_one_button_each(portal: Flask, cast: Cast) -> None:
    number = _failed(cast)
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/payments/transfers")
    assert "โอนไม่สำเร็จ รอโอนใหม่" in page.words and "เตรียมจ่ายใหม่" in page.words
    page = kanya.send("/payments/transfers", action=f"/orders/{number}/again")
    assert "รอผู้มีอำนาจลงนามอนุมัติ" in page.words and "เตรียมจ่ายใหม่แล้ว" in page.words
    (waiting,) = retries.failed()
    assert waiting.again is not None
    made = waiting.again.id
    assert f"/payments/orders/{number}" in kanya.visit(f"/payments/orders/{made}").text
    other = room.prepare(cast, room.approve(cast, 50_00), 50_00)
    with transaction():
        for each in (made, other):
            orders.approve(each, by=cast.somchai.user)
    assert "ทำไฟล์เฉพาะรายการโอนใหม่" in kanya.visit("/payments/transfers").words
    page = kanya.client.post("/payments/transfers", data=_press(kanya.visit("/payments/transfers")))
    file = kanya.visit(page.location)
    assert f"/payments/orders/{made}" in file.text and f"/payments/orders/{other}" not in file.text
    assert "/again" not in cast.decha.sign_in().visit("/payments/transfers").text


def _press(page: Page) -> dict[str, str]:
    """The button of a file of what failed alone."""
    (form,) = [each for each in page.forms() if each["fields"].get("again") == "yes"]
    return {name: value for name, value in form["fields"].items() if value is not None}
