"""Transfer files: made once, met by the bank's result line by line."""

import csv
import io

import committee_room as room
import pytest
from flask import Flask
from people import Cast, Person
from sqlalchemy import select, text

from app.fund.ledger import books
from app.fund.spending import orders, transfers, vendors
from app.fund.spending.records import Payment, PaymentOrder, TransferFile, TransferFileLine
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


def _approved(cast: Cast, *sums: int) -> list[int]:
    room.give(cast, 1_000_00)
    code = room.approve(cast, sum(sums))
    numbers = [room.prepare(cast, code, satang) for satang in sums]
    for number in numbers:
        with transaction():
            orders.approve(number, by=cast.somchai.user)
    return numbers


def _result(*rows: tuple[str, str, str, str]) -> bytes:
    return "\n".join(["reference,status,bank_ref,message", *map(",".join, rows)]).encode()


def test_a_file_is_made_once_and_its_result_met_line_by_line(portal: Flask, cast: Cast) -> None:
    first, second = _approved(cast, 100_00, 200_50)
    with pytest.raises(Refused, match="เฉพาะ"), transaction():
        transfers.make(by=cast.somchai.user)
    with transaction():
        made = transfers.make(by=cast.kanya.user)
        file_id, content = made.id, made.content
    told = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["amount"] for row in told] == ["100.00", "200.50"]
    with pytest.raises(Refused, match="ไม่มีรายการ"), transaction():
        transfers.make(by=cast.kanya.user)
    with pytest.raises(Refused, match="อยู่ในไฟล์โอน"), transaction():
        orders.withdraw(first, reason="ผิด", by=cast.kanya.user)
    with pytest.raises(Refused, match="นำไฟล์ผลจากธนาคารเข้า"):
        room.transfer(cast, first, ref="HAND1")
    one_ref, other_ref = (row["reference"] for row in told)
    for wrong in (b"", b"x,y\n1,2\n", _result((one_ref, "maybe", "", ""))):
        with pytest.raises(BadInput), transaction():
            transfers.take_result(file_id, wrong, by=cast.kanya.user)
    with pytest.raises(Refused, match="ไม่อยู่ในไฟล์"), transaction():
        transfers.take_result(file_id, _result(("K9", "paid", "B1", "")), by=cast.kanya.user)
    result = _result((one_ref, "paid", "B1", ""), (other_ref, "failed", "", "account closed"))
    for _ in range(2):  # Brought twice, it is done once.
        with transaction():
            assert transfers.take_result(file_id, result, by=cast.kanya.user) == (1, 1)
    (payment,) = db.session().scalars(select(Payment)).all()
    assert (payment.order_id, payment.transfer_ref) == (first, "B1")
    failed = db.session().get_one(PaymentOrder, second)
    assert "account closed" in failed.withdrawn_reason
    with pytest.raises(Refused, match="ต่างจากนี้"), transaction():
        transfers.take_result(file_id, _result((one_ref, "failed", "", "")), by=cast.kanya.user)
    # What failed is prepared again.
    again = room.prepare(cast, failed.proposal.code, 200_50)
    assert again != second
    assert books.findings() == []


def test_without_the_rules_the_database_still_guards_the_file(portal: Flask, cast: Cast) -> None:
    first, _ = _approved(cast, 100_00, 200_00)
    waiting = room.prepare(cast, room.approve(cast, 100_00), 100_00)
    with transaction():
        file_id = transfers.make(by=cast.kanya.user).id
    for order_id in (first, waiting):
        with pytest.raises(Refused, match=r"ไฟล์โอน"), transaction() as session:
            session.add(TransferFileLine(file_id=file_id, order_id=order_id, reference="K"))
    for change in (
        "UPDATE transfer_file SET satang = 1",
        "DELETE FROM transfer_file_line",
        "UPDATE transfer_file_line SET reference = reference || 'x'",
        "UPDATE payment_order SET withdrawn_at = approved_at, withdrawn_by_id = 1, withdrawn_reason = 'x' WHERE approved_at IS NOT NULL",
    ):
        with pytest.raises(Refused, match=r"แก้ไขหรือลบไม่ได้|แก้ไขไม่ได้|อยู่ในไฟล์โอน"), transaction() as session:
            session.execute(text(change))


def test_a_file_takes_nothing_that_may_not_leave_and_the_bank_tells_what_became_of_it(
    portal: Flask, cast: Cast
) -> None:
    (first,) = _approved(cast, 100_00)
    for maker in (cast.malee, cast.pranee):  # Who asked and who voted, past the rule.
        _refused_by_database(first, maker)
    with transaction():
        made = transfers.make(by=cast.kanya.user)
        file_id, reference = made.id, made.lines[0].reference
    with pytest.raises(Refused, match="อยู่ในไฟล์โอนที่ส่งธนาคาร"):
        room.transfer(cast, first)
    with pytest.raises(Refused, match="อยู่ในไฟล์โอนที่ส่งธนาคาร"), transaction() as session:
        order = session.get_one(PaymentOrder, first)
        told = {name: getattr(order, name) for name in _AS_ORDERED}
        day = {"fiscal_year_be": 2569, "number": 1, "paid_on": clock.today(), "paid_at": clock.now()}
        who = {"account_id": 1, "transfer_ref": "K1", "paid_by_id": cast.kanya.user.id}
        session.add(Payment(order_id=order.id, **told, **day, **who))
    (late,) = _approved(cast, 200_00)
    with transaction():
        vendors.close(room.vendor(), reason="เลิกกิจการ", by=cast.kanya.user)
    assert transfers.ready(cast.kanya.user) == []
    _refused_by_database(late, cast.kanya)
    # What went with the file left for the account that was right then.
    with transaction():
        result = _result((reference, "paid", "B1", ""))
        assert transfers.take_result(file_id, result, by=cast.kanya.user) == (1, 0)


_AS_ORDERED = ("proposal_id", "satang", "vendor", "vendor_bank", "vendor_account", "invoice")


def _refused_by_database(order_id: int, maker: Person) -> None:
    with pytest.raises(Refused, match="ไฟล์โอนมีได้เฉพาะ"), transaction() as session:
        made = TransferFile(satang=1, content=b"", sha256="", made_at=clock.now(), made_by_id=maker.user.id)
        session.add(made)
        session.flush()
        session.add(TransferFileLine(file_id=made.id, order_id=order_id, reference="K"))


@pytest.mark.pages
def test_the_file_is_made_fetched_and_answered_from_its_page(portal: Flask, cast: Cast) -> None:
    _approved(cast, 100_00)
    kanya = cast.kanya.sign_in()
    page = kanya.send("/payments/transfers", action="/payments/transfers")
    assert "ทำไฟล์โอนแล้ว" in page.words
    kept = kanya.client.get("/payments/transfers/1.csv")
    (row,) = csv.DictReader(io.StringIO(kept.data.decode("utf-8-sig")))
    cast.somchai.sign_in().visit("/payments/transfers/1.csv", status=403)
    result = (io.BytesIO(_result((row["reference"], "paid", "B1", ""))), "result.csv")
    assert "โอนสำเร็จ 1 รายการ" in kanya.send("/payments/transfers", action="/result", result=result).words
    assert "ไฟล์โอน" in kanya.visit("/payments/1").main
