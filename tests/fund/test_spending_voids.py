"""Voids: a wrong payment is taken back by two, until the bank's own line says that its money left."""

import threading
from datetime import UTC, datetime

import committee_room as room
import pytest
from flask import Flask
from people import Cast, Person, give_role
from sqlalchemy import select, text

from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.committee import proposals
from app.fund.ledger import books
from app.fund.ledger.entries import Entry
from app.fund.spending import payments, sums, tracing, voids
from app.fund.spending.records import Payment
from app.kit import clock
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import BadInput, Refused
from app.staff.roles import Role


def _void(cast: Cast, payment: Payment, *, by: Person | None = None, reason: str = "ลงผิดเรื่อง") -> None:
    number = payment.id
    with transaction():
        voids.ask(number, reason=reason, by=cast.kanya.user)
    with transaction():
        voids.confirm(number, by=(by or cast.somchai).user)


def _line(payment: Payment, **changed: object) -> None:
    said: dict[str, object] = {
        "source": "scb",
        "external_id": f"line-{payment.id}",
        "satang": -payment.satang,
        "currency": "764",
        "occurred_at": datetime.now(UTC),
        "received_at": datetime.now(UTC),
        "raw": b"{}",
        "raw_hash": "0" * 64,
        "bank_ref": payment.transfer_ref,
    }
    with transaction() as session:
        event = BankEvent(**{**said, **changed})
        session.add(event)
        session.flush()
        session.add(
            ReconciliationItem(
                event_id=event.id, state="excluded", match_reason="outgoing", decided_at=clock.now()
            )
        )


def test_a_wrong_payment_is_voided_by_two_and_its_money_is_promised_again(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    room.give(cast, 900_00)
    code = room.approve(cast, 400_00)
    wrong = room.pay(cast, code, 300_00, ref="KTB1")
    _void(cast, wrong)
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (600_00, 400_00, 0)
    reversed_ = db.session().scalars(select(Entry).filter_by(movement="void", payment_id=wrong.id)).one()
    assert (reversed_.satang, reversed_.step) == (300_00, 1)
    # The same transfer pays what it was for, from the same donations; the voucher stays under its number.
    right = room.pay(cast, code, 400_00, ref="KTB1")
    assert (right.number, db.session().get_one(Payment, wrong.id).number) == (2, 1)
    (source,) = tracing.sources(right.id)
    assert (source.satang, source.donations) == (400_00, 2)
    assert sums.paid_for(code) == {code: 400_00}
    assert books.findings() == []
    with transaction() as session:
        for trigger in ("final_trace", "kept_trace"):
            on = "" if is_sqlite() else " ON trace"
            session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}{on}"))
        session.execute(text(f"UPDATE trace SET satang = satang - 1 WHERE payment_id = {right.id}"))
    assert any("จ่ายแล้ว 40000 สตางค์ แต่สืบที่มาได้ 39998 สตางค์" in finding for finding in books.findings())
    with transaction() as session:
        session.execute(text(f"UPDATE trace SET satang = satang + 1 WHERE payment_id = {right.id}"))


def test_of_a_settled_proposal_the_money_is_available_again(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    payment = room.pay(cast, code, 300_00)
    with transaction():
        payments.settle(code, reason="ผู้ขายลดราคา", by=cast.kanya.user)
    _void(cast, payment)
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (1_000_00, 0, 0)
    assert books.findings() == []


def test_who_asked_does_not_confirm_not_even_past_the_rule(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    for person in (cast.somchai, cast.busaba, cast.pranee):
        with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"), transaction():
            voids.ask(number, reason="ผิด", by=person.user)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        voids.ask(number, reason=" ", by=cast.kanya.user)
    with pytest.raises(Refused, match="ยังไม่มีผู้ขอยกเลิก"), transaction():
        voids.confirm(number, by=cast.somchai.user)
    for _ in range(2):  # Pressed twice, it is asked once.
        with transaction():
            voids.ask(number, reason="ผิด", by=cast.kanya.user)
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอยกเลิก"), transaction():
        voids.confirm(number, by=cast.kanya.user)
    with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงินอีกท่านหรือประธาน"), transaction():
        voids.confirm(number, by=cast.busaba.user)
    with pytest.raises(Refused, match="ผู้ขอยกเลิกยืนยันเองไม่ได้"), transaction() as session:
        payment = session.get_one(Payment, number)
        payment.voided_at, payment.voided_by_id = clock.now(), cast.kanya.user.id
    for _ in range(2):
        with transaction():
            voids.confirm(number, by=cast.somchai.user)
    assert len(db.session().scalars(select(Entry).where(Entry.movement == "void")).all()) == 1


def test_a_void_that_was_asked_for_can_be_declined(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    with transaction():
        voids.ask(number, reason="ผิด", by=cast.kanya.user)
    assert [payment.id for payment in voids.waiting()] == [number]
    with transaction():
        voids.decline(number, by=cast.somchai.user)
    assert voids.waiting() == []
    with pytest.raises(Refused, match="ยังไม่มีผู้ขอยกเลิก"), transaction():
        voids.confirm(number, by=cast.somchai.user)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"bank_ref": "", "description": "โอนเงิน KTB2569-7 ร้าน"},
        {"bank_ref": "", "ref1": "ktb 2569-7"},
        {"bank_ref": "KTB ๒๕๖๙-๗"},
    ],
)
def test_what_the_bank_says_has_left_is_not_voided(
    portal: Flask, cast: Cast, changed: dict[str, object]
) -> None:
    room.give(cast, 1_000_00)
    payment = room.pay(cast, room.approve(cast, 400_00), 400_00, ref="KTB2569-7")
    number = payment.id
    with transaction():
        voids.ask(number, reason="ผิด", by=cast.kanya.user)
    _line(payment, **changed)
    with pytest.raises(Refused, match="เงินออกจากธนาคารไปจริง"), transaction():
        voids.confirm(number, by=cast.somchai.user)
    if "๒" not in str(changed):
        with pytest.raises(Refused, match="เงินออกจากธนาคารไปจริง"), transaction() as session:
            known = session.get_one(Payment, number)
            known.voided_at, known.voided_by_id = clock.now(), cast.somchai.user.id


@pytest.mark.parametrize("changed", [{"satang": -400_01}, {"bank_ref": "KTB9"}, {"satang": 400_00}])
def test_another_line_of_the_bank_does_not_stand_in_the_way(
    portal: Flask, cast: Cast, changed: dict[str, object]
) -> None:
    room.give(cast, 1_000_00)
    payment = room.pay(cast, room.approve(cast, 400_00), 400_00, ref="KTB2569-7")
    _line(payment, **changed)
    _void(cast, payment)


def test_a_voided_payment_is_final(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    _void(cast, room.pay(cast, room.approve(cast, 400_00), 400_00))
    for change in (
        "UPDATE payment SET voided_at = NULL, voided_by_id = NULL",
        "UPDATE payment SET void_reason = 'another'",
    ):
        with pytest.raises(Refused, match="ยกเลิกไปแล้ว"), transaction() as session:
            session.execute(text(change))


def test_two_confirmations_at_one_moment_reverse_once(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    with transaction():
        give_role(cast.ton.user.id, Role.FINANCE)
    room.give(cast, 1_000_00)
    number = room.pay(cast, room.approve(cast, 400_00), 400_00).id
    with transaction():
        voids.ask(number, reason="ผิด", by=cast.kanya.user)
    db.session.rollback()
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def officer(name: str) -> None:
        with postgres_portal.app_context():
            user = getattr(cast, name).user
            together.wait()
            try:
                with transaction():
                    voids.confirm(number, by=user)
                outcomes.append("voided")
            except Refused as refused:
                outcomes.append(refused.words)
            db.session.remove()

    threads = [threading.Thread(target=officer, args=(name,)) for name in ("somchai", "ton")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome == "voided" for outcome in outcomes) == 1, outcomes
    (general, _) = books.balances()
    assert (general.committed, general.paid) == (400_00, 0)


def test_the_proposal_can_be_paid_anew_up_to_its_resolution(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    _void(cast, room.pay(cast, code, 400_00))
    known = proposals.by_code(code)
    assert known is not None
    assert sums.remaining([known]) == {known.id: (400_00, 0)}
    with pytest.raises(Refused, match=r"ไม่เกิน 400\.00 บาท"):
        room.prepare(cast, code, 400_01)
    assert room.pay(cast, code, 400_00).number == 2
