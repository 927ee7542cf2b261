"""Vendors and signatories: two people name them, a changed account waits, and the rule says how many sign."""

import threading
from datetime import date, timedelta

import committee_room as room
import pytest
import time_machine
from accounts import approved
from flask import Flask
from people import Cast, become, give_role
from sqlalchemy import select, text

from app.fund.spending import orders, signatories, vendors
from app.fund.spending.records import PaymentApproval, PaymentOrder, Signatory, Vendor, VendorAccount
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.province.profile import Signing
from app.staff import approvals, notices
from app.staff.roles import Role


def _propose(cast: Cast, **changed: str) -> int:
    said = {"kind": "shop", "name": "ร้านใหม่", "tax_id": "", "bank_code": "006", "number": "3-010-12345-7"}
    with transaction():
        return vendors.ask_propose(**{**said, **changed}, reason="ตรวจสมุดบัญชีแล้ว", by=cast.kanya.user).id


def _confirmed(cast: Cast, **changed: str) -> Vendor:
    number = _propose(cast, **changed)
    with transaction():
        approvals.approve(number, by=cast.somchai.user)
    return db.session().scalars(select(Vendor).order_by(Vendor.id.desc())).first()  # type: ignore[return-value]


def test_a_vendor_is_proposed_by_one_and_confirmed_by_another(portal: Flask, cast: Cast) -> None:
    for wrong in (
        {"name": " "},
        {"bank_code": "999"},
        {"number": "301"},
        {"number": "301x123456"},
        {"tax_id": "12"},
    ):
        with pytest.raises(BadInput):
            _propose(cast, **wrong)
    number = _propose(cast, name='ร้าน "ใหม่" \\ สาขา')
    assert vendors.payable() == []
    with pytest.raises(Refused, match="ตัดสินเองไม่ได้"), transaction():
        approvals.approve(number, by=cast.kanya.user)
    with transaction():
        approvals.approve(number, by=cast.somchai.user)
    (vendor,) = vendors.payable()
    assert [(account.bank_code, account.number) for account in vendor.accounts] == [("006", "3010123457")]
    with pytest.raises(Refused, match=r"เป็นของ ร้าน .* สาขา อยู่แล้ว"):
        _propose(cast, name="ร้านอื่น")


def test_a_changed_account_waits_a_day_and_is_told(portal: Flask, cast: Cast) -> None:
    vendor_id = _confirmed(cast).id
    with transaction():
        asked = vendors.ask_change(
            vendor_id, bank_code="004", number="9990000001", reason="ร้านเปลี่ยนธนาคาร", by=cast.kanya.user
        ).id
    with transaction():
        approvals.approve(asked, by=cast.busaba.user)
    vendor = db.session().get_one(Vendor, vendor_id)
    assert (vendors.account_of(vendor), vendors.coming(vendor)) == (vendor.accounts[0], vendor.accounts[1])
    for person in (cast.somchai, cast.decha):
        assert "9990000001" in notices.unseen(person.user)[-1].words
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert vendors.account_of(vendor) is vendor.accounts[1]


@pytest.mark.parametrize(
    "past",
    [
        "no approval",
        "at once",
        "other account",
        "rewritten",
        "other name",
        "never asked",
        "asked for another",
    ],
)
def test_without_the_rules_the_database_still_guards_whom_is_paid(
    portal: Flask, cast: Cast, past: str
) -> None:
    vendor_id = _confirmed(cast).id
    with pytest.raises(Refused, match=r"คนละคน|24 ชั่วโมง|แก้ไขไม่ได้"), transaction() as session:
        if past == "never asked":
            other = approved("signatory.name", "signatory:1", group="chair")
            session.add(
                Vendor(kind="shop", name="ฉัน", approval_request_id=other.id, confirmed_at=clock.now())
            )
            session.flush()
        if past == "asked for another":
            asked = approved("vendor.propose", "vendor:006-1", kind="shop", name='ร้าน "ฉัน\\', tax_id="")
            said = {"kind": "shop", "approval_request_id": asked.id, "confirmed_at": clock.now()}
            session.add(Vendor(name='ร้าน "ฉัน', **said))
            session.flush()
        if past == "rewritten":
            session.execute(text("UPDATE vendor_account SET number = '1'"))
        if past == "other name":
            session.execute(text("UPDATE vendor SET name = 'ฉัน'"))
        approval = approved("vendor.account", f"vendor:{vendor_id}", bank_code="004", number="9990000001")
        assert approval.decided_at is not None
        session.add(
            VendorAccount(
                vendor_id=vendor_id,
                bank_code="004",
                number="9990000002" if past == "other account" else "9990000001",
                approval_request_id=vendor_id if past == "no approval" else approval.id,
                from_at=approval.decided_at + (timedelta() if past == "at once" else vendors.WAIT),
            )
        )


def test_nothing_is_prepared_or_sent_to_a_vendor_that_was_closed(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    number = room.prepare(cast, code, 100_00)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    with pytest.raises(Refused, match="เฉพาะ"), transaction():
        vendors.close(room.vendor(), reason="เลิกกิจการ", by=cast.pranee.user)
    with transaction():
        vendors.close(room.vendor(), reason="เลิกกิจการ", by=cast.kanya.user)
    with pytest.raises(Refused, match="ปิดหรือเปลี่ยนบัญชี"):
        room.transfer(cast, number)
    with pytest.raises(Refused, match="ยังไม่ได้ยืนยันหรือปิด"):
        room.prepare(cast, code, 100_00)
    with pytest.raises(Refused, match="ยังไม่ได้ยืนยัน เปลี่ยนบัญชี หรือปิด"), transaction() as session:
        before = session.get_one(PaymentOrder, number)
        told = {column.key: getattr(before, column.key) for column in PaymentOrder.__table__.columns}
        session.add(PaymentOrder(**{**told, "id": None, "approved_at": None}))


def test_a_large_payment_needs_two_and_the_chairs_group(portal: Flask, cast: Cast) -> None:
    with transaction():
        for person in (cast.ton, cast.decha):
            become(person.user.id, Role.FINANCE)
    room.give(cast, 60_000_00)
    code = room.approve(cast, 60_000_00)
    number = room.prepare(cast, code, 50_000_00)
    order = db.session().get_one(PaymentOrder, number)
    assert (order.signatures, order.signing_group) == (2, "chair")
    for person in (cast.ton, cast.decha):
        with transaction():
            assert orders.approve(number, by=person.user).approved_at is None
    with pytest.raises(Refused, match="ผู้อนุมัติไม่ครบ"), transaction() as session:
        session.get_one(PaymentOrder, number).approved_at = clock.now()
    with pytest.raises(Refused, match="ยังไม่มีผู้อนุมัติ"):
        room.transfer(cast, number)
    with transaction():
        assert orders.approve(number, by=cast.somchai.user).approved_at is not None
    assert room.transfer(cast, number).satang == 50_000_00


def test_a_signatory_is_named_by_an_order_and_by_two_others(portal: Flask, cast: Cast) -> None:
    day = clock.today()

    def ask(by: object, **changed: object) -> int:
        said = {"group": "chair", "appointed_by": "คำสั่งที่ 1/2569", "from_on": day, "to_on": None, **changed}
        with transaction():
            user_id = cast.somchai.user.id
            return signatories.ask_name(user_id, **said, reason="ตามคำสั่ง", by=by.user).id  # type: ignore[arg-type, attr-defined]

    for wrong in ({"appointed_by": " "}, {"group": "x"}, {"to_on": day - timedelta(days=1)}):
        with pytest.raises(BadInput):
            ask(cast.kanya, **wrong)
    with pytest.raises(Refused, match="ตัวบุคคลนั้นเอง"):
        ask(cast.somchai)
    asked = ask(cast.kanya)
    assert signatories.of(cast.somchai.user) is None
    with transaction():
        approvals.approve(asked, by=cast.busaba.user)
    named = signatories.of(cast.somchai.user)
    assert named is not None
    with pytest.raises(Refused, match="อยู่แล้ว"):
        ask(cast.kanya)
    with transaction():
        signatories.end(named.id, by=cast.kanya.user)
    assert signatories.of(cast.somchai.user) is None
    with pytest.raises(Refused, match="คนละคน"), transaction() as session:
        session.add(
            Signatory(
                user_id=cast.kanya.user.id,
                group_code="chair",
                appointed_by="x",
                from_on=date(2020, 1, 1),
                approval_request_id=named.approval_request_id + 1,
            )
        )


def test_two_approvals_at_once_are_two_rows_and_one_approved_order(portal: Flask, cast: Cast) -> None:
    with transaction():
        give_role(cast.ton.user.id, Role.FINANCE)
    room.give(cast, 60_000_00)
    number = room.prepare(cast, room.approve(cast, 60_000_00), 50_000_00)
    people = [cast.ton.user_id, cast.somchai.user_id] * 2

    def sign(user_id: int) -> None:
        with portal.app_context():
            from app.staff.users import User

            try:
                with transaction() as session:
                    orders.approve(number, by=session.get_one(User, user_id))
            except Refused:
                pass

    threads = [threading.Thread(target=sign, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session = db.session()
    session.rollback()
    assert session.get_one(PaymentOrder, number).approved_at is not None
    assert len(session.scalars(select(PaymentApproval)).all()) == 2


def test_the_rule_of_signing_is_an_expression() -> None:
    assert Signing.read("2 of 3, chair always") == Signing(2, 3, "chair")
    assert Signing.read("1 of 2") == Signing(1, 2)
    for wrong in ("3 of 2", "two of 3", "2 of 3, ying always", ""):
        with pytest.raises(Refused, match="กฎการลงนาม"):
            Signing.read(wrong)


@pytest.mark.pages
def test_pages_of_vendors_and_signatories_lead_to_the_approval(portal: Flask, cast: Cast) -> None:
    cast.kanya.sign_in()
    page = cast.kanya.send(
        "/payments/vendors", vendor_name="ร้านใหม่", bank_code="006", number="3010123457", reason="ตรวจแล้ว"
    )
    assert "เพิ่มผู้รับเงิน" in page.words
    assert "ร้านใหม่" in cast.kanya.visit("/payments/vendors").words
    with transaction():
        approvals.approve(approvals.waiting()[0].id, by=cast.somchai.user)
    vendor = db.session().scalars(select(Vendor)).one()
    page = cast.kanya.send(
        f"/payments/vendors/{vendor.id}", bank_code="004", number="9990000001", change_reason="ร้านเปลี่ยน"
    )
    assert "เปลี่ยนบัญชีของผู้รับเงิน" in page.words
    assert "ปิดแล้ว" in cast.kanya.send(f"/payments/vendors/{vendor.id}", reason="เลิกกิจการ").words
    page = cast.kanya.send(
        "/payments/signatories",
        user_id=str(cast.somchai.user_id),
        order="คำสั่งที่ 1/2569",
        from_on="1 ตุลาคม 2569",
        reason="ตามคำสั่ง",
    )
    assert "แต่งตั้งผู้มีอำนาจลงนาม" in page.words
