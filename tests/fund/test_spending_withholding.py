"""Tax withheld: the books take the whole sum, the bank the sum without the tax, and the tax is owed until it is remitted."""

import io
import tomllib
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import committee_room as room
import pytest
import time_machine
from accounts import approved
from bank_lines import line as _line
from flask import Flask
from openpyxl import load_workbook
from people import Cast
from pypdf import PdfReader
from sqlalchemy import event, select, text

from app.fund.bank.records import BankEvent
from app.fund.closing import money_out
from app.fund.ledger import books, months
from app.fund.spending import bank_lines, orders, payments, remittances, transfers, voids, withholding
from app.fund.spending.records import (
    OutgoingMatch,
    Payment,
    PaymentApproval,
    PaymentOrder,
    Vendor,
    VendorAccount,
)
from app.fund.spending.records.withholding import TaxCertificate, TaxForm, TaxRemittance, Withholding
from app.fund.spending.withholding import TaxChoice
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province import profile
from app.province.profile import Profile

JURISTIC, PERSON = "0105536112014", "3330100000009"
HIRE = TaxChoice("hire", "12 ถ.วิจิตรนคร ศรีสะเกษ")


def _vendor(tax_id: str = JURISTIC, *, kind: str = "shop") -> int:
    """A confirmed vendor with this tax ID; its id."""
    name, number = f"ร้านรับจ้าง {tax_id} {kind}", f"30199{tax_id[-5:] or 99}"
    with transaction() as session:
        known = session.scalars(select(Vendor.id).filter_by(name=name)).first()
        if known is not None:
            return known
        said = {"kind": kind, "name": name, "tax_id": tax_id, "bank_code": "006", "number": number}
        approval = approved("vendor.propose", f"vendor:006-{number}", **said)
        assert approval.decided_at is not None
        made = Vendor(
            kind=kind,
            name=name,
            tax_id=tax_id,
            approval_request_id=approval.id,
            confirmed_at=approval.decided_at,
        )
        session.add(made)
        session.flush()
        session.add(
            VendorAccount(
                vendor_id=made.id,
                bank_code="006",
                number=number,
                approval_request_id=approval.id,
                from_at=approval.decided_at,
            )
        )
        return made.id


def _prepare(cast: Cast, code: str, satang: int, choice: TaxChoice = HIRE, *, vendor: int = 0) -> int:
    vendor = vendor or _vendor()
    with transaction():
        room.sign()
        return orders.prepare(
            proposal_code=code, satang=satang, vendor_id=vendor, tax=choice, by=cast.kanya.user
        ).id


def _approved(cast: Cast, code: str, satang: int, choice: TaxChoice = HIRE, *, vendor: int = 0) -> int:
    number = _prepare(cast, code, satang, choice, vendor=vendor)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    return number


def _month() -> remittances.TaxMonth:
    (month,) = remittances.by_month()
    return month


@pytest.mark.parametrize(
    ("base", "rate", "tax"),
    [(100_00, 300, 3_00), (33_33, 300, 1_00), (50, 300, 2), (49, 100, 0), (16, 300, 0), (17, 300, 1)],
)
@pytest.mark.pages
def test_half_a_satang_of_tax_counts_as_one(base: int, rate: int, tax: int) -> None:
    assert withholding.tax_of(base, rate) == tax


def test_the_books_take_the_gross_the_bank_the_net_and_the_tax_is_owed_until_a_line_remits_it(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 2_000_00)
    code = room.approve(cast, 1_500_00)
    # 1,070 baht with value added tax, of which 1,000 is the income.
    number = _approved(cast, code, 1_070_00, TaxChoice("hire", "ศรีสะเกษ", base_satang=1_000_00))
    payment = room.transfer(cast, number, ref="KTB777")
    assert (payment.satang, payment.withheld_satang, payment.net_satang) == (1_070_00, 30_00, 1_040_00)
    (balance,) = [each for each in books.balances() if each.paid]
    assert (balance.paid, balance.committed) == (1_070_00, 430_00)
    certificate = withholding.certificate(payment.id)
    assert certificate is not None
    assert (certificate.number, certificate.satang, certificate.form) == (1, 30_00, "pnd53")
    # The line of the gross is no line of this payment.
    wrong, out = _line(-1_070_00, ref="1"), _line(-1_040_00, ref="ktb777")
    with pytest.raises(Refused, match=r"ยอดโอน 1,040\.00"), transaction():
        bank_lines.link(wrong, payment_id=payment.id, by=cast.kanya.user)
    with pytest.raises(Refused, match="จับคู่ไม่ได้"), transaction() as session:
        session.add(
            OutgoingMatch(
                event_id=wrong,
                payment_id=payment.id,
                matched_at=clock.now(),
                matched_by_id=cast.kanya.user.id,
            )
        )
    assert bank_lines.meet_all() == {"met": 1}
    assert _month().owed == 30_00
    sent, more = _line(-30_00, ref="RD1"), _line(-30_01, ref="RD2")
    first_on = clock.today().replace(day=1)
    told = {number: db.session().get_one(BankEvent, number) for number in (sent, more)}
    assert [bool(remittances.offered(told[number], [_month()])) for number in (sent, more)] == [True, False]
    with pytest.raises(Refused, match=r"ค้างนำส่ง 30\.00 บาท"), transaction():
        remittances.remit(more, first_on=first_on, form="pnd53", by=cast.kanya.user)
    with pytest.raises(Refused, match=r"ค้างนำส่ง 0\.00"), transaction():
        remittances.remit(sent, first_on=first_on, form="pnd3", by=cast.kanya.user)
    with transaction():
        remittances.remit(sent, first_on=first_on, form="pnd53", by=cast.kanya.user)
    with pytest.raises(Refused, match="อธิบายไว้แล้ว"), transaction():
        remittances.remit(sent, first_on=first_on, form="pnd53", by=cast.kanya.user)
    assert (_month().owed, _month().state[0]) == (0, "นำส่งครบแล้ว")
    last_on = clock.today()
    assert remittances.held(first_on, last_on) == {
        "before": 0,
        "withheld": 30_00,
        "remitted": 30_00,
        "owed": 0,
    }
    lines = money_out.lines(payments.paying_account(), first_on, last_on)
    words = {line.event_id: line.words for line in lines}
    assert words[out].startswith("ใบสำคัญจ่าย") and "ภ.ง.ด.53" in words[sent] and words[wrong] == ""
    assert books.findings() == []


def test_nothing_is_withheld_of_whom_no_tax_can_be_told(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 500_00)
    nobody, officer, person = _vendor(""), _vendor(JURISTIC, kind="officer"), _vendor(PERSON)
    for choice, vendor, words in (
        (HIRE, nobody, "13 หลัก"),
        (HIRE, officer, "เงินยืมทดรอง"),
        (HIRE, person, "ภ.ง.ด.3 หรือ"),
        (TaxChoice("gift", "ศรีสะเกษ"), 0, "ประเภทเงินได้"),
        (TaxChoice("hire", " "), 0, "ที่อยู่"),
        (TaxChoice("hire", "ศรีสะเกษ", base_satang=100_01), 0, "ไม่เกิน 100.00"),
        (TaxChoice("hire", "ศรีสะเกษ", base_satang=10), 0, "หนึ่งสตางค์"),
    ):
        with pytest.raises(Refused, match=words):
            _prepare(cast, code, 100_00, choice, vendor=vendor)
    number = _prepare(cast, code, 100_00, TaxChoice("transport", "ศรีสะเกษ", form="pnd3"), vendor=person)
    withheld = withholding.of(number)
    assert withheld is not None
    assert (withheld.form, withheld.satang, withholding.rate_words(withheld)) == ("pnd3", 1_00, "1%")
    # A juristic person's tax goes into its own return, whatever was chosen.
    juristic = withholding.of(_prepare(cast, code, 100_00, TaxChoice("rent", "ศรีสะเกษ", form="pnd3")))
    assert juristic is not None
    assert (juristic.form, juristic.satang) == ("pnd53", 5_00)


def test_a_file_carries_the_net_and_a_result_of_the_gross_is_asked_about(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    _approved(cast, room.approve(cast, 500_00), 500_00)
    with transaction():
        made = transfers.make(by=cast.kanya.user)
        number, reference, satang, content = made.id, made.lines[0].reference, made.satang, made.content
    assert satang == 485_00 and b",485.00," in content
    told = f"reference,status,bank_ref,message,amount\n{reference},paid,B1,,"
    with pytest.raises(Refused, match="1 รายการที่ไม่ตรง"), transaction():
        transfers.take_result(number, f"{told}500.00\n".encode(), by=cast.kanya.user)
    with transaction():
        transfers.take_result(number, f"{told}485.00\n".encode(), by=cast.kanya.user)
    (payment,) = db.session().scalars(select(Payment))
    assert (payment.net_satang, payment.satang) == (485_00, 500_00)


def test_a_void_takes_the_tax_back_and_is_refused_once_it_was_remitted(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    first, second = (
        room.transfer(cast, _approved(cast, code, 100_00), ref=f"KTB{number}") for number in (1, 2)
    )
    first_on = clock.today().replace(day=1)
    sent = _line(-4_00, ref="RD1")
    with transaction():
        remittances.remit(sent, first_on=first_on, form="pnd53", by=cast.kanya.user)
    with pytest.raises(Refused, match="นำส่งภาษีที่หัก"), transaction():
        voids.ask(first.id, reason="ลงผิด", by=cast.kanya.user)
    # Without the rule the database says no.
    with pytest.raises(Refused, match="นำส่งแล้ว"), transaction() as session:
        session.execute(
            text(
                "UPDATE payment SET void_asked_at = paid_at, void_asked_by_id = paid_by_id, void_reason = 'x' WHERE id = :id"
            ),
            {"id": first.id},
        )
        session.execute(
            text("UPDATE payment SET voided_at = paid_at, voided_by_id = :by WHERE id = :id"),
            {"id": first.id, "by": cast.somchai.user.id},
        )
    with transaction():
        bank_lines.unlink(sent, by=cast.kanya.user)
    assert _month().owed == 6_00 and db.session().scalars(select(TaxRemittance)).all() == []
    # The net came back: it alone voids the payment whose line bore the net.
    _line(-97_00, ref="KTB2")
    bank_lines.meet_all()
    gross, back = _line(100_00, ref="BACK1"), _line(97_00, ref="BACK2")
    assert [line.id for line in bank_lines.came_back(second)] == [back]
    with pytest.raises(Refused, match="ยอดไม่เท่ากัน"), transaction():
        voids.ask(second.id, reason="โอนกลับ", event_id=gross, by=cast.kanya.user)
    with transaction():
        voids.ask(second.id, reason="โอนกลับ", event_id=back, by=cast.kanya.user)
    with transaction():
        voids.confirm(second.id, by=cast.somchai.user)
    month = _month()
    assert (month.payments, month.owed) == (1, 3_00)
    assert books.findings() == []


def test_without_the_rules_the_database_still_guards_the_tax(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 500_00)
    payment = room.transfer(cast, _approved(cast, code, 100_00), ref="KTB1")
    waiting = _prepare(cast, code, 100_00)
    for change, words in (
        ("UPDATE withholding SET address = 'x'", "แก้ไขไม่ได้"),
        ("DELETE FROM withholding", "แก้ไขไม่ได้"),
        ("UPDATE tax_certificate SET satang = 1", "แก้ไขหรือลบไม่ได้"),
        ("DELETE FROM tax_certificate", "แก้ไขหรือลบไม่ได้"),
        ("UPDATE payment SET withheld_satang = 1", "แก้ไขไม่ได้"),
        ("UPDATE payment_order SET withheld_satang = 1", "แก้ไขไม่ได้"),
    ):
        with pytest.raises(Refused, match=words), transaction() as session:
            session.execute(text(change))
    plain = room.prepare(cast, code, 50_00)
    kept = db.session().get_one(Withholding, waiting)
    for order_id, other in ((plain, {}), (waiting, {"tax_id": "0105536112015"}), (payment.order_id, {})):
        with pytest.raises(Refused, match="ภาษีที่หักต้องตรง"), transaction() as session:
            session.execute(
                text(
                    "INSERT INTO withholding (order_id, kind, rate_bp, base_satang, satang, tax_id, address, form)"
                    " VALUES (:order_id, 'hire', 300, :base_satang, :satang, :tax_id, 'x', 'pnd53')"
                ),
                {
                    "order_id": order_id,
                    "base_satang": kept.base_satang,
                    "satang": kept.satang,
                    "tax_id": kept.tax_id,
                    **other,
                },
            )
    # An order with a tax that nothing tells of is approved by nobody.
    with pytest.raises(Refused, match="ไม่มีรายละเอียดของภาษี"), transaction() as session:
        untold = _untold(plain)
        signatory = session.scalars(
            text("SELECT id FROM signatory WHERE user_id = :id").bindparams(id=cast.somchai.user.id)
        ).one()
        session.add(
            PaymentApproval(
                order_id=untold,
                signatory_id=signatory,
                user_id=cast.somchai.user.id,
                on_day=clock.today(),
                at=clock.now(),
            )
        )
    certificate = db.session().get_one(TaxCertificate, payment.id)
    again = {column.name: getattr(certificate, column.name) for column in TaxCertificate.__table__.c}
    bare = room.pay(cast, code, 20_00, ref="KTB9")
    with pytest.raises(Refused, match="ต้องตรงกับภาษี"), transaction() as session:
        session.add(TaxCertificate(**{**again, "payment_id": bare.id, "number": 2}))
    later = _approved(cast, code, 100_00)
    monkeypatch.setattr(withholding, "certify", lambda *_: None)
    with pytest.raises(Refused, match="พร้อมกัน"), transaction() as session:
        made = payments.record(later, transfer_ref="KTB8", paid_on=clock.today(), by=cast.kanya.user)
        session.add(TaxCertificate(**{**again, "payment_id": made.id, "number": 9}))
    _guards_remittances(cast)


def _untold(like: int) -> int:
    """An order as that one, with a tax and no word of it; its id."""
    session = db.session()
    columns = [column.name for column in PaymentOrder.__table__.c if column.name != "id"]
    known = session.get_one(PaymentOrder, like)
    made = PaymentOrder(**{column: getattr(known, column) for column in columns} | {"withheld_satang": 1})
    session.add(made)
    session.flush()
    return made.id


def _guards_remittances(cast: Cast) -> None:
    fee, sent = _line(-9_00, ref="F1"), _line(-3_00, ref="RD1")
    first_on = clock.today().replace(day=1)
    with transaction():
        match = bank_lines.explain(fee, reason="ค่าธรรมเนียม", by=cast.kanya.user).id
    for satang, words in ((1_00, "ยอดไม่ตรง"), (9_00, "เกินภาษีที่ค้าง")):
        with pytest.raises(Refused, match=words), transaction() as session:
            session.add(TaxRemittance(match_id=match, first_on=first_on, form="pnd53", satang=satang))
    with transaction():
        remittances.remit(sent, first_on=first_on, form="pnd53", by=cast.kanya.user)
    with pytest.raises(Refused, match="แก้ไขไม่ได้"), transaction() as session:
        session.execute(text("UPDATE tax_remittance SET satang = 1"))


@pytest.mark.pages
def test_the_pages_lead_from_the_choice_of_a_tax_to_its_certificate_and_remittance(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 2_000_00)
    code, vendor = room.approve(cast, 1_500_00), _vendor()
    with transaction():
        room.sign()
    kanya = cast.kanya.sign_in()
    form = f"/payments/new?proposal={code}"
    said = {"satang": "1070", "vendor": str(vendor), "tax_kind": "hire", "tax_base": "1000"}
    assert "กรุณาใส่ที่อยู่ผู้รับเงิน" in kanya.send(form, action="/payments/new", to_status=422, **said).words
    look = kanya.send(form, action="/payments/new", **said, tax_address="12 ถ.วิจิตรนคร")
    assert "โอนให้ผู้รับเงิน 1,040.00" in look.words and "ค่าจ้างทำของหรือค่าบริการ 3%" in look.words
    (confirm,) = [each for each in look.forms() if each["fields"].get("confirmed") == "yes"]
    sent = {name: value for name, value in confirm["fields"].items() if value is not None}
    order = kanya.client.post("/payments/new", data=sent).location
    assert "หักภาษี ณ ที่จ่าย 30.00" in kanya.visit(order).words
    number = int(order.rpartition("/")[2])
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    payment = room.transfer(cast, number, ref="KTB1").id
    page = kanya.visit(f"/payments/{payment}")
    assert "โอนให้ผู้รับเงิน 1,040.00" in page.words
    for address, words in (
        (
            f"/payments/{payment}/tax-certificate.pdf",
            ("50 ทวิ", JURISTIC, "1,000.00", "สามสิบบาทถ้วน", "ภ.ง.ด.53"),
        ),
        (f"/payments/{payment}/voucher.pdf", ("1,040.00", "30.00", "1,070.00")),
    ):
        pages = PdfReader(io.BytesIO(kanya.client.get(address).data)).pages
        told = " ".join(" ".join(each.extract_text() for each in pages).split())
        assert [each for each in words if each not in told] == []
    sent_line = _line(-30_00, ref="RD1")
    lines = kanya.send("/payments/lines", action=f"/lines/{sent_line}/remit")
    assert "บันทึกการนำส่งภาษีแล้ว" in lines.words
    tax = cast.decha.sign_in().visit("/payments/tax")
    assert "ค้างนำส่ง 0.00 บาท" in tax.words and "นำส่งครบแล้ว" in tax.words
    book = load_workbook(io.BytesIO(kanya.client.get("/payments/tax?download=xlsx").data))
    head, row = ([cell.value for cell in line] for line in book.active.iter_rows())
    assert dict(zip(head, row, strict=True))["เลขประจำตัวผู้เสียภาษี"] == JURISTIC
    month = kanya.visit(f"/bank/months/{months.written(clock.today().replace(day=1))}")
    assert "ยังอยู่ในธนาคาร 0.00" in month.words
    cast.pranee.sign_in().visit("/payments/tax", status=403)


@pytest.mark.parametrize(
    ("filing", "month", "due"),
    [
        ("paper", date(2026, 9, 1), date(2026, 10, 7)),
        ("internet", date(2026, 9, 1), date(2026, 10, 15)),
        # The 7th of November 2026 is a Saturday, the 15th a Sunday.
        ("paper", date(2026, 10, 1), date(2026, 11, 9)),
        ("internet", date(2026, 10, 1), date(2026, 11, 16)),
    ],
)
@pytest.mark.pages
def test_tax_is_due_by_the_way_of_filing_and_never_on_a_weekend(
    sqlite_portal: Flask, monkeypatch: pytest.MonkeyPatch, filing: str, month: date, due: date
) -> None:
    here = Profile.here()
    filed = replace(here, spending=replace(here.spending, tax_filing=filing))
    monkeypatch.setitem(sqlite_portal.extensions, "profile", filed)
    owed = remittances.TaxMonth(month, TaxForm.PND53, 1, 30_00, 0)
    assert owed.due_on == due
    for late, ink in ((0, "warning"), (1, "danger")):
        with time_machine.travel(datetime.combine(due, time(12), BANGKOK) + timedelta(days=late)):
            assert owed.state[1] == ink
    assert ("วันที่ 15" in remittances.filing_words()) == (filing == "internet")


@pytest.mark.pages
def test_a_way_of_filing_that_nobody_knows_is_refused() -> None:
    path = Path(profile.__file__).parent / "profiles" / "sisaket.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    words["spending"]["tax_filing"] = "fax"
    with pytest.raises(Refused, match="paper, internet"):
        profile.read("sisaket", words)


def _sums() -> list[tuple[int, int, int]]:
    rows = db.session().execute(
        text("SELECT payments, withheld_satang, remitted_satang FROM withheld_month ORDER BY first_on, form")
    )
    return [(payments, withheld, remitted) for payments, withheld, remitted in rows]


def test_the_sums_of_a_month_follow_its_certificates_and_remittances(portal: Flask, cast: Cast) -> None:
    room.give(cast, 3_000_00)
    code = room.approve(cast, 2_000_00)
    first = room.transfer(cast, _approved(cast, code, 1_000_00)).id
    room.transfer(cast, _approved(cast, code, 500_00))
    assert _sums() == [(2, 45_00, 0)]
    sent = _line(-15_00, ref="RD1")
    with transaction():
        remittances.remit(sent, first_on=clock.today().replace(day=1), form="pnd53", by=cast.kanya.user)
    assert _sums() == [(2, 45_00, 15_00)]
    with transaction():
        bank_lines.unlink(sent, by=cast.kanya.user)
    assert _sums() == [(2, 45_00, 0)]
    with transaction():
        voids.ask(first, reason="ผิดราย", by=cast.kanya.user)
    with transaction():
        voids.confirm(first, by=cast.somchai.user)
    assert _sums() == [(1, 15_00, 0)]
    for change in (
        "UPDATE withheld_month SET remitted_satang = 1",
        "UPDATE withheld_month SET payments = payments + 1",
        "UPDATE withheld_month SET form = 'pnd3'",
        "INSERT INTO withheld_month SELECT first_on, 'pnd3', 1, 1, 0 FROM withheld_month",
        "DELETE FROM withheld_month",
    ):
        with pytest.raises(Refused, match="เปลี่ยนตามหนังสือรับรองและการนำส่งเท่านั้น"), transaction() as session:
            session.execute(text(change))
    assert books.findings() == []


def test_what_is_owed_is_told_without_summing_certificates(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    room.transfer(cast, _approved(cast, room.approve(cast, 500_00), 500_00))
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        told.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert [month.owed for month in remittances.by_month()] == [15_00]
        assert [month.owed for month in remittances.owed()] == [15_00]
        today = clock.today()
        assert remittances.held(today.replace(day=1), today)["owed"] == 15_00
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    read = [statement for statement in told if "FROM tax_certificate" in statement]
    assert told and not read
