"""A statement with wrong balances: refused, or brought in on the word of two people and never hidden again."""

import io
from datetime import date

import bank_hands
import pytest
import time_machine
from bank_decided import another_officer, at_once, user
from bank_hands import count, generic
from bank_months import JANUARY, at, closing, proved, words_of
from flask import Flask
from people import Cast
from sqlalchemy import delete, select, update
from uploaded import upload

from app.fund.bank.records import BankEvent, StatementUpload, UploadState
from app.fund.bank.statements import profiles, staging, statement_overrides, statements, uploads
from app.fund.bank.statements.balance_check import Unproven
from app.fund.bank.statements.layouts import Years
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import approvals
from app.staff.approvals import ApprovalRequest

_REASON = "ธนาคารยืนยันทางโทรศัพท์ว่าพิมพ์ยอดผิด"
#: January's lines; the bank prints a wrong balance after the second.
_BROKEN = generic([(at(n), 10_000, "", f"รายการ {n}") for n in (2, 5, 31)]).replace(
    b"10,200.00", b"10,250.00"
)
_OVERRIDE = ApprovalRequest.kind == approvals.STATEMENT_OVERRIDE


def refused_upload(raw: bytes = _BROKEN) -> int:
    number = uploads.keep(name="ธันวา.csv", file=io.BytesIO(raw), by=None).id
    with pytest.raises(BadInput):
        staging.read(number)
    db.session.rollback()
    return number


def asked(cast: Cast, number: int) -> int:
    with transaction():
        return statement_overrides.ask(number, reason=_REASON, by=cast.kanya.user).id


def brought_in(cast: Cast) -> int:
    number = refused_upload()
    request = asked(cast, number)
    with transaction():
        statement_overrides.confirm(request, by=cast.somchai.user)
    assert staging.read(number)
    statements.apply(number, by=cast.kanya.user)
    statements.reconcile(number)
    bank_hands.confirm_files()
    db.session.rollback()
    return number


def test_a_broken_file_comes_in_by_two_hands_and_its_balances_prove_nothing(
    portal: Flask, cast: Cast
) -> None:
    number = refused_upload()
    assert uploads.find(number).unproven
    request = asked(cast, number)
    with pytest.raises(Unproven):
        staging.read(number)
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"), transaction():
        statement_overrides.confirm(request, by=cast.kanya.user)
    for other in (cast.busaba, cast.decha, cast.malee):
        with pytest.raises(Refused, match="เจ้าหน้าที่การเงินหรือประธาน"), transaction():
            statement_overrides.confirm(request, by=other.user)
    assert count(BankEvent) == 0
    with transaction():
        statement_overrides.confirm(request, by=another_officer())
    assert statements.advance() == 1
    upload = uploads.find(number)
    assert (upload.state, upload.opening_satang, upload.closing_satang) == (UploadState.READ, None, None)
    statements.apply(number, by=cast.kanya.user)
    assert set(db.session().scalars(select(BankEvent.balance_satang))) == {None}
    days = proved().days
    assert [day.on.day for day in days if day.blind] == [2, 5, 31]


def test_the_corrected_file_adds_no_money_where_its_lines_are_the_same(portal: Flask, cast: Cast) -> None:
    brought_in(cast)
    right = _BROKEN.replace(b"10,250.00", b"10,200.00")
    counts = bank_hands.import_file(name="ถูก.csv", raw=right, by=None)
    assert (counts["known"], counts["new"]) == (2, 1)


def test_what_two_people_accepted_is_not_read_by_columns_that_one_of_them_changed_since(
    portal: Flask, cast: Cast
) -> None:
    number = refused_upload()
    request = asked(cast, number)
    with transaction():
        statement_overrides.confirm(request, by=cast.somchai.user)
    assert staging.read(number)
    with transaction():
        header = ["วันที่", "เวลา", "จำนวนเงิน", "ยอดคงเหลือ", "อ้างอิง 1", "รายละเอียด"]
        columns = {"date": [0], "time": [1], "amount": [2], "balance": [3], "description": [4]}
        profiles.keep(name="อื่น", header=header, columns=columns, years=Years.FOUR, by=cast.kanya.user)
        uploads.find(number).profile_asked = "อื่น"
    with pytest.raises(Unproven, match="จับคู่คอลัมน์ใหม่หลังจากขอให้ยอมรับ"):
        staging.read(number)
    assert uploads.find(number).state == UploadState.REFUSED
    uploads.drop(number, by=cast.kanya.user)


def test_a_refusal_leaves_the_file_refused_and_it_can_be_asked_again(portal: Flask, cast: Cast) -> None:
    number = refused_upload()
    request = asked(cast, number)
    with pytest.raises(Refused, match="ขอให้ยอมรับไฟล์นี้ไว้แล้ว"), transaction():
        statement_overrides.ask(number, reason=_REASON, by=another_officer())
    with transaction():
        statement_overrides.refuse(request, by=cast.kanya.user)
    with pytest.raises(Refused, match="ตอบเรื่องนี้ไปแล้ว"), transaction():
        statement_overrides.confirm(request, by=cast.somchai.user)
    with pytest.raises(Unproven):
        staging.read(number)
    asked(cast, number)
    uploads.drop(number, by=None)
    assert (approvals.waiting(), count(StatementUpload)) == ([], 0)
    assert (
        approvals.about(f"statement_upload:{number}", (approvals.STATEMENT_OVERRIDE,))[-1].status == "expired"
    )


def test_only_what_does_not_add_up_is_accepted_and_only_with_a_reason(portal: Flask, cast: Cast) -> None:
    unreadable = refused_upload(_BROKEN.replace(b"100.00", b"1x0.00", 1))
    with pytest.raises(Refused, match="ไม่ได้ติดเพราะยอด"), transaction():
        statement_overrides.ask(unreadable, reason=_REASON, by=cast.kanya.user)
    number = refused_upload()
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        statement_overrides.ask(number, reason=" - ", by=cast.kanya.user)
    with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"), transaction():
        statement_overrides.ask(number, reason=_REASON, by=cast.somchai.user)


def test_two_answers_at_once_are_one(portal: Flask, cast: Cast) -> None:
    request, somchai = asked(cast, refused_upload()), cast.somchai.user_id
    outcomes = at_once(
        portal,
        lambda: statement_overrides.confirm(request, by=user(somchai)),
        lambda: statement_overrides.refuse(request, by=user(somchai)),
    )
    assert outcomes == ["done", "refused"]


def test_the_database_keeps_what_was_accepted_as_it_was(portal: Flask, cast: Cast) -> None:
    brought_in(cast)
    for change in ({"reason": "อื่น"}, {"payload": "{}"}, {"decision": "declined"}):
        with pytest.raises(Refused, match=r"ตัดสิน|แก้ไขไม่ได้"), transaction() as session:
            session.execute(update(ApprovalRequest).where(_OVERRIDE).values(**change))
    with pytest.raises(Refused, match="ลบไม่ได้"), transaction() as session:
        session.execute(delete(ApprovalRequest).where(_OVERRIDE))
    with pytest.raises(Refused, match="อยู่คู่กับไฟล์"), transaction() as session:
        session.execute(update(StatementUpload).values(override_request_id=None))


def test_the_database_lets_nobody_confirm_what_they_asked_for(portal: Flask, cast: Cast) -> None:
    asked(cast, refused_upload())
    answered = {
        "decision": "approved",
        "decided_role": "finance",
        "decided_at": ApprovalRequest.asked_at,
        "decided_by_id": ApprovalRequest.asked_by_id,
    }
    with pytest.raises(Refused, match="คนละคน"), transaction() as session:
        session.execute(update(ApprovalRequest).where(_OVERRIDE).values(answered))


def test_a_month_with_such_a_file_is_closed_only_with_its_reason_and_the_certificate_tells(
    portal: Flask, cast: Cast
) -> None:
    with time_machine.travel(at(3, month=2), tick=True):
        brought_in(cast)
        override = statement_overrides.between(date(2026, 1, 1), date(2026, 1, 31))[0]
        more = {"gaps-4010000001": "ไฟล์นี้ไม่ใช้พิสูจน์", "waiting": "รอผู้โอนติดต่อกลับ"}
        page = cast.kanya.sign_in().visit("/bank/months/2569-01")
        assert f"ยอดในไฟล์ {override.upload.file_name} ไม่ต่อเนื่อง" in page.main
        with pytest.raises(BadInput, match="ไม่ต่อเนื่อง"):
            closing(cast, JANUARY, **more)
        month = closing(cast, JANUARY, **more, **{f"accepted-{override.request.id}": "ธนาคารออกไฟล์ใหม่ไม่ได้"})
        kept = month.certified["accepted"][f"accepted-{override.request.id}"]
        assert cast.kanya.user.name in kept["words"]
        assert cast.somchai.user.name in kept["words"]
        assert "ยอมรับโดย" in words_of(month.paper)
        assert "ยอมรับโดย" in cast.kanya.visit("/bank/proof?month=2569-01").main


@pytest.mark.pages
def test_the_pages_ask_confirm_and_bring_in(portal: Flask, cast: Cast) -> None:
    kanya, somchai = cast.kanya.sign_in(), cast.somchai.sign_in()
    page = upload(kanya, _BROKEN)
    path = page.path
    assert "ธนาคารยืนยันว่าพิมพ์ยอดผิด" in page.main
    assert "กรุณาบอกเหตุผล" in kanya.send(path, action="/accept", to_status=422).main
    kanya.visit(path)
    assert "ต้องให้อีกท่านหนึ่งยืนยัน" in kanya.send(path, action="/accept", reason=_REASON).words
    assert "รออีกท่านหนึ่งยืนยัน" in kanya.visit(path).main
    page = somchai.visit("/bank/confirmations")
    assert _REASON in page.main
    assert "ยืนยันแล้ว" in somchai.send("/bank/confirmations", action="/confirm").words
    assert statements.advance() == 1
    page = kanya.visit(path)
    assert "ยอมรับโดย" in page.main
    assert "นำเข้า 3 รายการใหม่" in page.main
