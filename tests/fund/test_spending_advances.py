"""Advances: what an officer was paid is cleared by papers, in time, and never by more than was paid."""

from datetime import timedelta

import committee_room as room
import pytest
import time_machine
from bank_lines import line
from flask import Flask
from people import Cast, Person, give_role
from sqlalchemy import text

from app.fund.bank.reconciliation import names
from app.fund.ledger import books
from app.fund.spending import advances, orders, returns, transfers, vendors, voids
from app.fund.spending.records import (
    AdvanceClearing,
    Payment,
    PaymentOrder,
    TransferFile,
    TransferFileLine,
)
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.approvals import ApprovalRequest
from app.staff.roles import Role
from app.warroom import boards


def _paid(cast: Cast, satang: int) -> Payment:
    """An officer was paid in advance."""
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    with transaction():
        room.sign()
        officer = room.vendor("น.ส.บุษบา", number="3010129999", kind="officer")
        number = orders.prepare(proposal_code=code, satang=satang, vendor_id=officer, by=cast.kanya.user).id
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    return room.transfer(cast, number)


def test_an_advance_is_cleared_by_papers_and_by_no_more_than_was_paid(portal: Flask, cast: Cast) -> None:
    number = _paid(cast, 300_00).id
    for satang, paper in ((0, "ใบเสร็จ 1"), (1_00, " ")):
        with pytest.raises(BadInput), transaction():
            advances.clear(number, satang=satang, paper=paper, by=cast.kanya.user)
    with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"), transaction():
        advances.clear(number, satang=1_00, paper="ใบเสร็จ 1", by=cast.busaba.user)
    with transaction():
        advances.clear(number, satang=100_00, paper="ใบเสร็จ 1 ค่าพาหนะ", by=cast.kanya.user)
    with pytest.raises(Refused, match=r"เหลือต้องล้าง 200\.00"), transaction():
        advances.clear(number, satang=200_01, paper="ใบเสร็จ 2", by=cast.kanya.user)
    with pytest.raises(Refused, match="ไม่เกินจำนวนที่ยืม"), transaction() as session:
        session.add(
            AdvanceClearing(
                payment_id=number, satang=200_01, paper="x", cleared_at=clock.now(), cleared_by_id=1
            )
        )
    with pytest.raises(Refused, match="ล้างไปแล้ว"), transaction():
        voids.ask(number, reason="ผิด", by=cast.kanya.user)
    for change in ("UPDATE advance_clearing SET satang = 1", "DELETE FROM advance_clearing"):
        with pytest.raises(Refused, match="แก้ไขหรือลบไม่ได้"), transaction() as session:
            session.execute(text(change))
    with pytest.raises(Refused, match="ล้างไปแล้ว"), transaction() as session:
        paid = session.get_one(Payment, number)
        paid.void_reason, paid.void_asked_at, paid.void_asked_by_id = "x", clock.now(), cast.kanya.user.id
        session.flush()
        paid.voided_at, paid.voided_by_id = clock.now(), cast.somchai.user.id
    assert books.findings() == []


def test_what_a_shop_was_paid_is_no_advance(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 100_00).id
    assert advances.of(number) is None
    with pytest.raises(Refused, match="ไม่ใช่เงินยืมทดรอง"), transaction():
        advances.clear(number, satang=1_00, paper="ใบเสร็จ 1", by=cast.kanya.user)


@pytest.mark.parametrize("deed", ["prepare", "approve", "pay", "file", "clear", "return", "void"])
@pytest.mark.parametrize("past_the_rule", [False, True])
def test_the_officer_has_no_part_in_an_advance_of_their_own(
    portal: Flask, cast: Cast, deed: str, past_the_rule: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is named does not say that they are paid, nor that the money came back."""
    with transaction():
        give_role(cast.ton.user.id, Role.FINANCE)
    # Of finance, and so a signatory: every other rule lets them.
    officer = cast.ton
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    with transaction():
        room.sign()
        vendor = room.vendor("น.ส.บุษบา", number="3010129999", kind="officer", user_id=officer.user.id)
        number = orders.prepare(proposal_code=code, satang=300_00, vendor_id=vendor, by=cast.kanya.user).id
    if past_the_rule:
        monkeypatch.setattr(vendors, "is_own", lambda *_: False)
    refused = pytest.raises(Refused, match="เงินยืมนี้จ่ายให้ท่าน")
    if deed == "prepare":
        with refused, transaction() as session:
            if past_the_rule:
                known = session.get_one(PaymentOrder, number)
                columns = {
                    c.key: getattr(known, c.key) for c in PaymentOrder.__table__.columns if c.key != "id"
                }
                session.add(PaymentOrder(**(columns | {"satang": 1_00, "prepared_by_id": officer.user.id})))
                session.flush()
            else:
                orders.prepare(proposal_code=code, satang=1_00, vendor_id=vendor, by=officer.user)
        return
    if deed == "approve":
        assert past_the_rule or orders.waiting_for(officer.user, orders.open_orders()) == []
        with refused, transaction():
            orders.approve(number, by=officer.user)
        return
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    if deed == "file":
        assert transfers.ready(officer.user) == []
        with refused, transaction() as session:
            made = TransferFile(
                satang=300_00, content=b"x", sha256="0", made_at=clock.now(), made_by_id=officer.user.id
            )
            session.add(made)
            session.flush()
            session.add(TransferFileLine(file_id=made.id, order_id=number, reference="K1"))
            session.flush()
        return
    if deed == "pay":
        with refused:
            room.transfer(cast, number, by=officer)
        return
    paid = room.transfer(cast, number).id
    if deed == "clear":
        with refused, transaction():
            advances.clear(paid, satang=1_00, paper="ใบเสร็จ 1", by=officer.user)
        return
    event = line(100_00 if deed == "return" else 300_00)
    with transaction():
        if deed == "return":
            asked = returns.ask(paid, reason="เหลือ", event_id=event, by=cast.kanya.user).id
        else:
            voids.ask(paid, reason="ผิด", event_id=event, by=cast.kanya.user)
    with refused, transaction():
        if deed == "return":
            returns.confirm(asked, by=officer.user)
        else:
            voids.confirm(paid, by=officer.user)


def test_an_advance_that_is_overdue_stands_in_red_until_it_is_cleared(portal: Flask, cast: Cast) -> None:
    payment = _paid(cast, 300_00)

    def urgent() -> set[str]:
        with portal.test_request_context():
            return {card.title for card in boards.work_of(cast.kanya.user) if card.urgent}

    assert [advance.left for advance in advances.open_()] == [300_00]
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert "เงินยืมทดรองเกินกำหนดล้าง" in urgent()
        page = cast.kanya.sign_in().send(
            f"/payments/{payment.id}", action="/clear", paper="ใบเสร็จ 1", cleared="300"
        )
        assert "ล้างครบแล้ว" in page.words
        db.session().rollback()
        assert "เงินยืมทดรองเกินกำหนดล้าง" not in urgent()


@pytest.mark.parametrize("titled", ["", "นาง", "น.ส. "])
def test_an_officer_of_a_users_name_is_that_user(sqlite_portal: Flask, cast: Cast, titled: str) -> None:
    """Else who is paid in advance could prepare, pay and clear it, and nobody would know it as their own."""
    bare = names.plain(cast.ton.user.name)

    def ask(kind: str, payee: str, number: str, user: Person | None) -> ApprovalRequest:
        with transaction():
            return vendors.ask_propose(
                kind=kind,
                name=payee,
                tax_id="",
                bank_code="006",
                number=number,
                reason="ตรวจสมุดบัญชีแล้ว",
                user_id=user.user.id if user else None,
                by=cast.kanya.user,
            )

    for other in (None, cast.busaba):
        with pytest.raises(BadInput, match=f"ตรงกับผู้ใช้ระบบ {cast.ton.user.name}"):
            ask("officer", f"{titled}{bare} (เงินยืม)", "3010129991", other)
    own = ask("officer", f"{titled}{bare} (เงินยืม)", "3010129991", cast.ton)
    assert ("ผู้ใช้ของเจ้าหน้าที่", "", cast.ton.user.name) in own.change_rows
    told = ask("shop", f"{titled}{bare}", "3010129992", None)
    assert ("ชื่อตรงกับผู้ใช้ระบบ", "", cast.ton.user.name) in told.change_rows
    stranger = ask("officer", "นางคนนอก ไม่ใช่ผู้ใช้", "3010129993", None)
    assert not any("ตรงกับผู้ใช้" in label for label, *_ in stranger.change_rows)
