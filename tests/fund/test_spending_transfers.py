"""Transfer files: made once, met by the bank's result line by line."""

import csv
import io
from datetime import date

import committee_room as room
import pytest
from flask import Flask
from people import Cast, Person
from sqlalchemy import select, text

from app.fund.ledger import books
from app.fund.spending import orders, transfer_formats, transfers, vendors
from app.fund.spending.records import Payment, PaymentOrder, TransferFile, TransferFileLine
from app.fund.spending.transfer_formats import Sender, Transfer
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.province.profile import TransferRules
from app.staff.audit import AuditEvent


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
    # A line that matches nothing is asked about, and nothing is taken until a person says to leave it.
    result = _result(
        (one_ref, "paid", "B1", ""), (other_ref, "failed", "", "account closed"), ("K9", "paid", "B9", "")
    )
    with pytest.raises(Refused, match="1 รายการที่ไม่ตรง"), transaction():
        transfers.take_result(file_id, result, by=cast.kanya.user)
    assert db.session().scalars(select(Payment)).all() == []
    for _ in range(2):  # Brought twice, it is done once.
        with transaction():
            told = transfers.take_result(file_id, result, by=cast.kanya.user, skip=True)
        assert (told.paid, told.failed, [row.reference for row, _ in told.unmet]) == (1, 1, ["K9"])
    assert len(db.session().scalars(select(AuditEvent).filter_by(deed="payment.file_result")).all()) == 1
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
    assert [order.id for order in transfers.ready(cast.kanya.user)] == [late]
    with transaction():
        vendors.close(room.vendor(), reason="เลิกกิจการ", by=cast.kanya.user)
    assert transfers.ready(cast.kanya.user) == []
    _refused_by_database(late, cast.kanya)
    # What went with the file left for the account that was right then.
    with transaction():
        result = _result((reference, "paid", "B1", ""))
        assert transfers.take_result(file_id, result, by=cast.kanya.user).paid == 1


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
    assert "พร้อมใช้" in page.words
    kept = kanya.client.get("/payments/transfers/1.csv")
    (row,) = csv.DictReader(io.StringIO(kept.data.decode("utf-8-sig")))
    cast.somchai.sign_in().visit("/payments/transfers/1.csv", status=403)
    other = [(row["reference"], "paid", "B1", ""), ("K9", "failed", "", "unknown")]
    asked = kanya.send(
        "/payments/transfers/1",
        action="/result",
        result=(io.BytesIO(_result(*other)), "r.csv"),
        to_status=409,
    )
    assert "K9" in asked.words
    result = (io.BytesIO(_result(other[0])), "result.csv")
    assert "โอนสำเร็จ 1 รายการ" in kanya.send("/payments/transfers/1", action="/result", result=result).words
    assert "ไฟล์โอน" in kanya.visit("/payments/1").main
    assert "ไฟล์ที่ 1" in kanya.visit(f"/payments/transfers?q={row['reference']}").words
    assert "ไฟล์ที่ 1" not in kanya.visit("/payments/transfers?q=K9").words


def test_krungthai_gets_lines_of_its_own_and_tells_the_result_in_its_own_words(
    portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender("006", "3100012345", "กองทุน")
    several = [
        Transfer("034", "020099900001", "ร้านอีสานใต้", 20_050, "K6911280000000001"),
        Transfer("006", "4099900000", "ร้านสามัคคี", 10_000, "K6911280000000002"),
    ]
    with pytest.raises(Refused, match="ยังไม่มีรหัสบริษัท"):
        transfer_formats.write(several, sender=sender, on=date(2026, 11, 28))
    known = TransferRules.read({"format": "ktb-ipay", "company_id": "SSK001"})
    monkeypatch.setattr(transfer_formats, "rules", lambda code: known)
    content = transfer_formats.write(several, sender=sender, on=date(2026, 11, 28))
    head, first, second = content.decode("cp874").rstrip("\r\n").split("\r\n")
    assert {len(head), len(first), len(second)} == {498}
    assert head.startswith("10100000100600000020000000000000030050" + "28112026" + "C")
    assert first[9:12] + first[16:27] == "034" + "20099900001"
    assert (first[57:74], first[352:370].strip()) == ("00000000000020050", "K6911280000000001")
    assert second[92:192].strip() == "ร้านสามัคคี"
    too_long = [Transfer("014", "1" * 12, "ร้าน", 100, "K1")]
    with pytest.raises(Refused, match="ยาวเกินช่อง"):
        transfer_formats.write(too_long, sender=sender, on=date(2026, 11, 28))
    strange = [Transfer("006", "4099900000", "ร้านสามัคคี 㐀", 100, "K1")]
    with pytest.raises(Refused, match="ตัวอักษร “㐀” ที่ไฟล์ธนาคารเขียนไม่ได้"):
        transfer_formats.write(strange, sender=sender, on=date(2026, 11, 28))
    bank = TransferRules.read(
        {"result": {"reference": "Ref No", "status": "สถานะ", "amount": "Amount", "paid": ["สำเร็จ"]}}
    )
    monkeypatch.setattr(transfer_formats, "rules", lambda code: bank)
    raw = 'Ref No,สถานะ,bank_ref,message,Amount\nK1,สำเร็จ,B1,,"1,200.50"\n'.encode("cp874")
    (told,) = transfer_formats.read(raw, bank_code="006")
    assert (told.is_paid, told.satang) == (True, 120_050)
