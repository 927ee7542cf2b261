"""Lines of an order: they and its invoices add up to what is paid, and papers say what of them was short."""

import io
from datetime import date

import committee_room as room
import pytest
from flask import Flask
from people import Cast
from pypdf import PdfReader
from sqlalchemy import text

from app.fund.ledger import books
from app.fund.spending import order_lines, orders, papers
from app.fund.spending.order_lines import Invoice, Line
from app.fund.spending.papers import PreparedPaper
from app.fund.spending.records.order_lines import LineShortage, OrderInvoice, OrderLine
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

BILLS = (Invoice("7/2569", date(2026, 11, 1), 300_00), Invoice("8/2569", date(2026, 11, 2), 100_00))
LINES = (
    Line("ชุดลูกเสือ", 3, 200_00, "7/2569"),
    Line("เข็มขัด", 5, 100_00, "7/2569"),
    Line("ค่าส่ง", 1, 100_00, "8/2569"),
)


def _order(cast: Cast, satang: int = 400_00) -> int:
    room.give(cast, 1_000_00)
    return room.prepare(cast, room.approve(cast, satang), satang)


def _split(cast: Cast, number: int) -> None:
    with transaction():
        order_lines.split(number, lines=LINES, invoices=BILLS, by=cast.kanya.user)


def _inspection(number: int, content: bytes, cast: Cast, **said: object) -> None:
    paper = PreparedPaper(content, True, content.hex().ljust(64, "0"))
    with transaction():
        papers.keep(number, kind="inspection", paper=paper, inspectors="นายตรวจ", by=cast.busaba.user, **said)


def test_an_order_is_split_until_somebody_approves_and_adds_up(portal: Flask, cast: Cast) -> None:
    number = _order(cast)
    for lines, invoices, words in (
        ((Line("ชุดลูกเสือ", 3, 300_00),), (), r"รายการรวม 300\.00 บาท ไม่เท่ายอดจ่าย 400\.00"),
        ((), BILLS[:1], r"ใบแจ้งหนี้รวม 300\.00"),
        ((*LINES[:2], Line("ค่าส่ง", 1, 100_00, "7/2569")), BILLS, "รายการในใบแจ้งหนี้ 7/2569"),
        ((Line(" ", 1, 400_00),), (), "คืออะไร"),
        ((Line("ชุด", 0, 400_00),), (), "คืออะไร"),
        ((Line("ชุด", 1, 400_00, "9/2569"),), (), "จากใบที่ใส่ไว้"),
        ((), (BILLS[0], Invoice("7/2569", date(2026, 11, 1), 100_00)), "ไม่ซ้ำกัน"),
    ):
        with pytest.raises(BadInput, match=words), transaction():
            order_lines.split(number, lines=lines, invoices=invoices, by=cast.kanya.user)
    with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"), transaction():
        order_lines.split(number, lines=LINES, invoices=BILLS, by=cast.somchai.user)
    for _ in range(2):  # What is said again takes the place of what was said before.
        _split(cast, number)
    assert [line.words for line in order_lines.of(number)] == ["ชุดลูกเสือ × 3", "เข็มขัด × 5", "ค่าส่ง × 1"]
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    with pytest.raises(Refused, match="มีผู้อนุมัติ"), transaction():
        order_lines.split(number, lines=(), by=cast.kanya.user)
    room.transfer(cast, number)
    assert books.findings() == []


def test_the_newest_inspection_says_what_of_which_line_to_ask_back(portal: Flask, cast: Cast) -> None:
    number = _order(cast)
    _split(cast, number)
    uniform, belt, _ = (line.id for line in order_lines.of(number))
    for missing in ({uniform: 4}, {uniform: -1}, {belt + 99: 1}):
        with pytest.raises(BadInput, match="ไม่เกินที่สั่ง"):
            _inspection(number, b"%PDF-1.4 a %%EOF", cast, missing=missing)
    _inspection(number, b"%PDF-1.4 b %%EOF", cast, missing={uniform: 1, belt: 2})
    told = order_lines.shortages(number)
    # A third of 200 baht, to the satang below, and two fifths of 100.
    assert [(each.line.what, each.satang) for each in told] == [("ชุดลูกเสือ", 66_66), ("เข็มขัด", 40_00)]
    assert order_lines.short_words(told[:1]) == "ชุดลูกเสือ ขาด 1 เรียกคืน 66.66 บาท"
    _inspection(number, b"%PDF-1.4 c %%EOF", cast)
    assert order_lines.shortages(number) == []


def test_without_the_rules_the_database_still_guards_the_lines(portal: Flask, cast: Cast) -> None:
    number = _order(cast)
    _split(cast, number)
    other = room.prepare(cast, room.approve(cast, 100_00), 100_00)
    (line, *_), (invoice, *_) = order_lines.of(number), order_lines.invoices_of(number)
    line_id, invoice_id = line.id, invoice.id
    _inspection(number, b"%PDF-1.4 a %%EOF", cast, missing={line_id: 1})
    (short,) = order_lines.shortages(number)
    with transaction():
        plain = papers.keep(
            other, kind="other", paper=PreparedPaper(b"%PDF-1.4 %%EOF", True, "ab" * 32), by=cast.busaba.user
        ).id
    for change, words in (
        ("UPDATE order_line SET satang = 1", "แก้ไขไม่ได้"),
        ("UPDATE order_invoice SET satang = 1", "แก้ไขไม่ได้"),
        ("UPDATE line_shortage SET quantity = 2", "แก้ไขหรือลบไม่ได้"),
        ("DELETE FROM line_shortage", "แก้ไขหรือลบไม่ได้"),
        (f"INSERT INTO line_shortage VALUES ({short.paper_id}, {line_id + 1}, 99)", "ไม่เกินที่สั่ง"),
        (f"INSERT INTO line_shortage VALUES ({plain}, {line_id + 1}, 1)", "ของรายการในการจ่ายนี้"),
    ):
        with pytest.raises(Refused, match=words), transaction() as session:
            session.execute(text(change))
    # An invoice of another order, and sums that fall short of what is paid.
    with pytest.raises(Refused, match="แยกรายการไม่ได้"), transaction() as session:
        session.add(
            OrderLine(order_id=other, position=1, what="ชุด", quantity=1, satang=1, invoice_id=invoice_id)
        )
    for row in (
        OrderLine(order_id=other, position=1, what="ชุด", quantity=1, satang=99_99),
        OrderInvoice(order_id=other, number="1", issued_on=date(2026, 11, 1), satang=99_99),
    ):
        with pytest.raises(Refused, match="ไม่เท่ายอดจ่าย"), transaction() as session:
            session.add(row)
            session.flush()
            orders.approve(other, by=cast.somchai.user)
    with pytest.raises(Refused, match="ไม่เท่ายอดจ่าย"), transaction() as session:
        bill = OrderInvoice(order_id=other, number="1", issued_on=date(2026, 11, 1), satang=100_00)
        session.add(bill)
        session.flush()
        session.add(
            OrderLine(order_id=other, position=1, what="ชุด", quantity=1, satang=1_00, invoice_id=bill.id)
        )
        session.add(OrderLine(order_id=other, position=2, what="ชุด", quantity=1, satang=99_00))
        session.flush()
        orders.approve(other, by=cast.somchai.user)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    late = OrderLine(order_id=number, position=9, what="ชุด", quantity=1, satang=1)
    bill = OrderInvoice(order_id=number, number="9", issued_on=date(2026, 11, 1), satang=1)
    for row in (late, bill):
        with pytest.raises(Refused, match="แยกรายการไม่ได้"), transaction() as session:
            session.add(row)
    for table in ("order_line WHERE position = 3", "order_invoice"):
        with pytest.raises(Refused, match="แยกรายการไม่ได้"), transaction() as session:
            session.execute(text(f"DELETE FROM {table}"))


@pytest.mark.pages
def test_the_page_offers_what_was_asked_for_and_the_voucher_prints_the_lines(
    portal: Flask, cast: Cast
) -> None:
    number = _order(cast)
    kanya, address = cast.kanya.sign_in(), f"/payments/orders/{number}/lines"
    page = kanya.visit(address)
    assert "ชุดลูกเสือ-เนตรนารี 4 ชุด" in page.text
    said = {"number-0": "7/2569", "issued-0": "1 พ.ย. 69", "sum-0": "400", "invoice-0": "0"}
    wrong = kanya.send(address, action="/lines", **{**said, "satang-0": "300"}, to_status=422)
    assert "ต่างกัน 100.00 บาท" in wrong.words and 'value="7/2569"' in wrong.text
    kanya.send(address, action="/lines", **said)
    (line,) = order_lines.of(number)
    assert (line.satang, line.invoice and line.invoice.number) == (400_00, "7/2569")
    assert 'value="7/2569"' in kanya.visit(address).text
    order = kanya.visit(f"/payments/orders/{number}")
    assert "ใบแจ้งหนี้ 7/2569" in order.words and f"missing-{line.id}" in order.text
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    assert "แยกรายการไม่ได้" in kanya.visit(address).words
    data = {
        "kind": "inspection",
        "inspectors": "นายตรวจ",
        f"missing-{line.id}": "1",
        "paper": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "a.pdf"),
    }
    form = next(each for each in order.forms() if each["action"].endswith("/papers"))
    kept = {name: value for name, value in form["fields"].items() if name not in data and value is not None}
    kanya.client.post(form["action"], data={**kept, **data}, content_type="multipart/form-data")
    payment = room.transfer(cast, number).id
    assert "ของส่งขาด เรียกคืน 400.00 บาท" in kanya.visit(f"/payments/{payment}").words
    printed = PdfReader(io.BytesIO(kanya.client.get(f"/payments/{payment}/voucher.pdf").data)).pages
    told = " ".join(" ".join(each.extract_text() for each in printed).split())
    assert "7/2569" in told and "เรียกคืนจากผู้ขาย" in told
    cast.busaba.sign_in().visit(address, status=403)
    assert db.session().get(LineShortage, (1, line.id)) is not None
