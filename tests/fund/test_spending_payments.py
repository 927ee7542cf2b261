"""Payments: another hand, a voucher without a gap, the same money never twice, and where it came from."""

import json
from datetime import timedelta
from functools import partial

import committee_room as room
import pytest
import time_machine
from flask import Flask
from people import Cast, Person, give_role
from racing import at_once
from sqlalchemy import select, text

from app.fund.committee import proposals
from app.fund.committee.records import ProposalState
from app.fund.ledger import books
from app.fund.spending import orders, payments, tracing
from app.fund.spending.records import Payment, PaymentApproval, PaymentOrder, Signatory, Trace, VendorAccount
from app.kit import clock
from app.kit.db import db, is_sqlite, transaction
from app.kit.errors import BadInput, Refused
from app.staff.audit import AuditEvent
from app.staff.roles import Grant, Role


def _grant(cast: Cast, name: str, role: Role) -> None:
    with transaction():
        give_role(getattr(cast, name).user.id, role)


def _traces(payment: Payment) -> list[tuple[int, int]]:
    rows = db.session().scalars(select(Trace).filter_by(payment_id=payment.id).order_by(Trace.donation_id))
    return [(row.donation_id, row.satang) for row in rows]


def test_a_payment_spends_what_was_promised_under_a_voucher_number(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    first = room.pay(cast, code, 150_00)
    second = room.pay(cast, code, 100_00)
    assert (first.number, second.number) == (1, 2)
    assert first.code.startswith("บจ.25")
    assert first.vendor_account == "3010123456"
    told = select(AuditEvent.details).where(AuditEvent.subject == f"payment:{first.id}")
    details = json.loads(db.session().scalars(told).one())
    assert (details["prepared_by"], details["approved_by"]) == ("kanya", "somchai")
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (600_00, 150_00, 250_00)


def test_settling_gives_the_rest_back_and_ends_payment(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    room.pay(cast, code, 399_75)
    with pytest.raises(Refused, match="ปิดเรื่อง"), transaction():
        payments.settle(code, by=cast.pranee.user)
    with pytest.raises(BadInput, match="เหตุผล"), transaction():
        payments.settle(code, reason=" ", by=cast.kanya.user)
    with transaction():
        payments.settle(code, reason="ผู้ขายลดเศษ", by=cast.kanya.user)
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (600_25, 0, 399_75)
    known = proposals.by_code(code)
    assert known is not None
    assert (known.state, known.settled_reason) == (ProposalState.SETTLED, "ผู้ขายลดเศษ")
    with pytest.raises(Refused, match="ปิดเรื่องแล้ว"):
        room.pay(cast, code, 25)
    with pytest.raises(Refused, match="ปิดเรื่องไม่ได้"), transaction():
        payments.settle(code, by=cast.kanya.user)


def test_a_proposal_paid_in_full_is_settled_with_nothing_to_release(portal: Flask, cast: Cast) -> None:
    room.give(cast, 400_00)
    code = room.approve(cast, 400_00)
    room.pay(cast, code, 400_00)
    with transaction():
        payments.settle(code, by=cast.busaba.user)
    (general, _) = books.balances()
    assert (general.available, general.committed, general.paid) == (0, 0, 400_00)


def test_no_more_is_paid_than_was_approved(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    room.approve(cast, 500_00)
    room.pay(cast, code, 300_00)
    with pytest.raises(Refused, match=r"จ่ายได้อีกไม่เกิน 100\.00 บาท"):
        room.pay(cast, code, 100_01)


def test_only_an_approved_proposal_is_paid(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.propose(cast, 400_00)
    with pytest.raises(Refused, match="รอเข้าวาระ"):
        room.pay(cast, code, 100_00)


def test_only_the_finance_officer_pays(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    number = room.prepare(cast, code, 100_00)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    for person in (cast.busaba, cast.decha, cast.ying, cast.somchai):
        with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"):
            room.prepare(cast, code, 100_00, by=person)
        with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"):
            room.transfer(cast, number, by=person)


def test_who_asked_does_not_pay(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00, by=cast.kanya)
    with pytest.raises(Refused, match="ท่านเป็นผู้เสนอเรื่องนี้ จึงจ่ายเงินเองไม่ได้"):
        room.pay(cast, code, 100_00)


def test_who_voted_does_not_pay_even_after_leaving_the_committee(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    with transaction() as session:
        for grant in session.scalars(select(Grant).filter_by(user_id=cast.pranee.user.id)):
            grant.revoked_at = clock.now()
    _grant(cast, "pranee", Role.FINANCE)
    with pytest.raises(Refused, match="ท่านลงคะแนนเรื่องนี้ จึงจ่ายเงินเองไม่ได้"):
        room.pay(cast, code, 100_00, by=cast.pranee)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"by": "kanya", "asked_by": "kanya"}, "ผู้ขอความช่วยเหลือหรือผู้ลงคะแนน"),
        ({"by": "pranee"}, "ผู้ขอความช่วยเหลือหรือผู้ลงคะแนน"),
        ({"satang": 400_01}, "เตรียมจ่ายเกินมติไม่ได้"),
        ({"state": "settled"}, "ยังไม่ได้รับอนุมัติหรือปิดเรื่องแล้ว"),
        ({"approved": True}, "ยังไม่ได้รับอนุมัติหรือปิดเรื่องแล้ว"),
    ],
)
def test_without_the_rule_the_database_still_refuses_to_prepare_these(
    portal: Flask, cast: Cast, changed: dict[str, object], refusal: str
) -> None:
    room.give(cast, 1_000_00)
    asked_by = cast.kanya if changed.get("asked_by") == "kanya" else cast.malee
    code = room.approve(cast, 400_00, by=asked_by)
    if changed.get("state"):
        with transaction():
            payments.settle(code, reason="ไม่ซื้อแล้ว", by=cast.kanya.user)
    by = getattr(cast, str(changed.get("by", "kanya")))
    with transaction():
        room.vendor()
    with pytest.raises(Refused, match=refusal), transaction() as session:
        order = _order(code, by, satang=changed.get("satang", 100_00))
        if changed.get("approved"):
            order.approved_at = clock.now()
        session.add(order)
    assert db.session().scalars(select(PaymentOrder)).all() == []


def test_not_even_an_approved_order_is_paid_above_the_resolution(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    with transaction() as session:
        room.sign()
        room.vendor()
        on = "" if is_sqlite() else " ON payment_order"
        session.execute(text(f"DROP TRIGGER order_within_resolution{on}"))
        order = _order(code, cast.kanya, satang=400_01)
        session.add(order)
        session.flush()
        orders.approve(order.id, by=cast.somchai.user)
        number = order.id
    with pytest.raises(Refused, match="จ่ายเกินมติอนุมัติไม่ได้"), transaction() as session:
        session.add(_payment(session.get_one(PaymentOrder, number), cast, order_id=number))


def _order(code: str, by: Person, *, satang: object = 100_00) -> PaymentOrder:
    known = proposals.by_code(code)
    assert known is not None
    return PaymentOrder(
        proposal_id=known.id,
        satang=satang,
        vendor_account_id=db.session().scalars(select(VendorAccount.id)).first(),
        vendor="ร้านศรีสะเกษศึกษาภัณฑ์",
        vendor_bank="006",
        vendor_account="3010123456",
        signatures=1,
        prepared_at=clock.now(),
        prepared_by_id=by.user.id,
    )


@pytest.mark.parametrize("deed", ["asker", "preparer"])
def test_who_asked_and_who_prepared_do_not_approve(portal: Flask, cast: Cast, deed: str) -> None:
    _grant(cast, "ton", Role.FINANCE)
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00, by=cast.ton if deed == "asker" else None)
    number = room.prepare(cast, code, 100_00)
    person = cast.ton if deed == "asker" else cast.kanya
    with pytest.raises(Refused, match="ท่านเป็นผู้"), transaction():
        orders.approve(number, by=person.user)
    with pytest.raises(Refused, match="อนุมัติเองไม่ได้"), transaction() as session:
        session.add(_approval(number, person))
    for other in (cast.pranee, cast.decha, cast.ying, cast.busaba):
        with pytest.raises(Refused, match="เฉพาะผู้มีอำนาจลงนาม"), transaction():
            orders.approve(number, by=other.user)
        with pytest.raises(Refused, match="เฉพาะผู้มีอำนาจลงนาม"), transaction() as session:
            session.add(_approval(number, other))
    with pytest.raises(Refused, match="ผู้อนุมัติไม่ครบ"), transaction() as session:
        session.get_one(PaymentOrder, number).approved_at = clock.now()


def _approval(order_id: int, person: Person) -> PaymentApproval:
    session = db.session()
    mine = session.scalars(select(Signatory.id).filter_by(user_id=person.user.id)).first()
    other = session.scalars(select(Signatory.id)).first()
    return PaymentApproval(
        order_id=order_id,
        signatory_id=mine or other,
        user_id=person.user.id,
        on_day=clock.today(),
        at=clock.now(),
    )


def test_a_voter_approves_and_so_does_another_finance_officer(portal: Flask, cast: Cast) -> None:
    _grant(cast, "ton", Role.FINANCE)
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    for person in (cast.somchai, cast.ton):
        number = room.prepare(cast, code, 100_00)
        for _ in range(2):  # Pressed twice, it is approved once.
            with transaction():
                (approval,) = orders.approve(number, by=person.user).approvals
                assert approval.user_id == person.user.id
        other = cast.ton if person is cast.somchai else cast.somchai
        with pytest.raises(Refused, match="อนุมัติรายการนี้ครบแล้ว"), transaction():
            orders.approve(number, by=other.user)
        with pytest.raises(Refused, match="อนุมัติครบหรือยกเลิกไปแล้ว"), transaction() as session:
            session.add(_approval(number, other))
        assert room.transfer(cast, number).satang == 100_00


def test_the_smallest_sum_is_not_transferred_before_it_is_approved(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    number = room.prepare(cast, room.approve(cast, 400_00, drawn_up_by=cast.busaba), 1)
    with pytest.raises(Refused, match="ยังไม่มีผู้อนุมัติให้จ่าย"):
        room.transfer(cast, number)
    for order_id, satang in ((number, 1), (None, 1)):
        with pytest.raises(Refused, match="เฉพาะรายการที่อนุมัติ"), transaction() as session:
            session.add(
                _payment(session.get_one(PaymentOrder, number), cast, order_id=order_id, satang=satang)
            )
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    # What is paid is what was approved.
    for changed in (
        {"satang": 2},
        {"vendor": "ร้านอื่น"},
        {"vendor_account": "9999999999"},
        {"vendor_bank": "004"},
    ):
        with pytest.raises(Refused, match="เฉพาะรายการที่อนุมัติ"), transaction() as session:
            session.add(_payment(session.get_one(PaymentOrder, number), cast, order_id=number, **changed))
    for payer in (cast.malee, cast.busaba, cast.pranee):
        with pytest.raises(Refused, match="ผู้เสนอเรื่องหรือผู้ลงคะแนน"), transaction() as session:
            session.add(
                _payment(
                    session.get_one(PaymentOrder, number), cast, order_id=number, paid_by_id=payer.user.id
                )
            )
    with pytest.raises(Refused, match="ออกใบสำคัญจ่ายพร้อมกัน"), transaction() as session:
        session.add(_payment(session.get_one(PaymentOrder, number), cast, order_id=number, number=2))
    assert db.session().scalars(select(Payment)).all() == []
    room.transfer(cast, number)


def _payment(order: PaymentOrder, cast: Cast, **changed: object) -> Payment:
    said: dict[str, object] = {
        "fiscal_year_be": 2569,
        "number": 1,
        "proposal_id": order.proposal_id,
        "account_id": 1,
        "satang": order.satang,
        "vendor": order.vendor,
        "vendor_bank": order.vendor_bank,
        "vendor_account": order.vendor_account,
        "invoice": order.invoice,
        "transfer_ref": "KTB1",
        "paid_on": clock.today(),
        "paid_at": clock.now(),
        "paid_by_id": cast.kanya.user.id,
    }
    return Payment(**{**said, **changed})


def test_what_was_prepared_counts_against_what_the_resolution_leaves(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    first = room.prepare(cast, code, 300_00)
    with pytest.raises(Refused, match=r"เตรียมไว้แล้ว 300\.00 บาท จึงจ่ายได้อีกไม่เกิน 100\.00 บาท"):
        room.prepare(cast, code, 100_01)
    with pytest.raises(Refused, match="เตรียมจ่ายค้างอยู่"), transaction():
        payments.settle(code, reason="ไม่ซื้อแล้ว", by=cast.kanya.user)
    with pytest.raises(Refused, match="เตรียมจ่ายค้างอยู่"), transaction() as session:
        session.execute(
            text("UPDATE proposal SET state = 'settled', settled_reason = 'x' WHERE code = :code"),
            {"code": code},
        )
    with transaction():
        orders.withdraw(first, reason="ราคาผิด", by=cast.kanya.user)
    with pytest.raises(Refused, match="ยกเลิกไปแล้ว"), transaction():
        orders.approve(first, by=cast.somchai.user)
    room.prepare(cast, code, 400_00)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payment_order SET vendor_account = '9999999999'",
        "UPDATE payment_order SET satang = satang - 1",
        "UPDATE payment_order SET approved_at = NULL",
        "UPDATE payment_order SET signatures = 2",
        "UPDATE payment_approval SET user_id = (SELECT id FROM user_account WHERE sign_in_name = 'busaba')",
        "DELETE FROM payment_approval",
        "UPDATE payment_order SET withdrawn_at = approved_at, withdrawn_by_id = 1, withdrawn_reason = 'x'",
        "DELETE FROM payment_order",
    ],
)
def test_an_approved_payment_is_not_changed_afterwards(portal: Flask, cast: Cast, change: str) -> None:
    room.give(cast, 1_000_00)
    room.pay(cast, room.approve(cast, 400_00), 400_00)
    with pytest.raises(Refused, match=r"แก้ไขไม่ได้|ลบไม่ได้|สถานะล่าสุด"), transaction():
        db.session().execute(text(change))


def test_one_transfer_pays_once(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    room.pay(cast, code, 100_00, ref="KTB 2569 001")
    second = room.prepare(cast, code, 100_00)
    with transaction():
        orders.approve(second, by=cast.somchai.user)
    with pytest.raises(Refused, match="การโอนครั้งเดียวจ่ายสองครั้งไม่ได้"):
        room.transfer(cast, second, ref="KTB2569001")
    made = room.transfer(cast, second, ref="KTB2")
    assert made.number == 2
    # The same deed sent again is the same voucher; another reference for it is none.
    assert room.transfer(cast, second, ref="ktb 2").id == made.id
    with pytest.raises(Refused, match="บันทึกการโอนเป็นใบสำคัญ"):
        room.transfer(cast, second, ref="KTB3")


def test_sum_reference_and_day_are_checked(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    with pytest.raises(BadInput), transaction():
        orders.prepare(proposal_code=code, satang=0, vendor_id=room.vendor(), by=cast.kanya.user)
    number = room.prepare(cast, code, 100_00)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    with pytest.raises(BadInput), transaction():
        payments.record(number, transfer_ref="  ", paid_on=clock.today(), by=cast.kanya.user)
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(Refused, match="วันที่โอน"), transaction():
            payments.record(number, transfer_ref="KTB1", paid_on=day, by=cast.kanya.user)
    assert db.session().scalars(select(Payment)).all() == []


def test_each_fiscal_year_has_a_voucher_book_of_its_own(portal: Flask, cast: Cast) -> None:
    with time_machine.travel("2026-09-30T10:00:00+07:00", tick=False):
        room.give(cast, 1_000_00)
        code = room.approve(cast, 400_00)
        assert room.pay(cast, code, 100_00).code == "บจ.2569/0001"
        assert room.pay(cast, code, 100_00).code == "บจ.2569/0002"
    with time_machine.travel("2026-10-01T10:00:00+07:00", tick=False):
        assert room.pay(cast, code, 100_00).code == "บจ.2570/0001"


def test_a_payment_takes_the_oldest_donations_of_its_purpose_first(portal: Flask, cast: Cast) -> None:
    first = room.give(cast, 100_00)
    other = room.give(cast, 900_00, purpose="education")
    second = room.give(cast, 50_00)
    third = room.give(cast, 200_00)
    code = room.approve(cast, 300_00)
    assert _traces(room.pay(cast, code, 120_00)) == [(first, 100_00), (second, 20_00)]
    assert _traces(room.pay(cast, code, 30_00)) == [(second, 30_00)]
    assert _traces(room.pay(cast, code, 150_00)) == [(third, 150_00)]
    assert _traces(room.pay(cast, room.approve(cast, 10_00, purpose="education"), 10_00)) == [(other, 10_00)]


def test_the_networks_behind_a_payment_are_known(portal: Flask, cast: Cast) -> None:
    room.give(cast, 100_00)
    room.give(cast, 100_00)
    payment = room.pay(cast, room.approve(cast, 150_00), 150_00)
    (source,) = tracing.sources(payment.id)
    assert (source.network, source.satang, source.donations) == (None, 150_00, 2)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payment SET vendor = 'another'",
        "DELETE FROM payment",
        "UPDATE trace SET satang = satang + 1",
        "INSERT INTO trace (payment_id, donation_id, satang) SELECT payment_id, donation_id + 1, 1 FROM trace",
    ],
)
def test_payments_and_traces_are_final_in_the_database(portal: Flask, cast: Cast, change: str) -> None:
    room.give(cast, 1_000_00)
    room.give(cast, 1_000_00)
    room.pay(cast, room.approve(cast, 400_00), 400_00)
    with (
        pytest.raises(Exception, match=r"แก้ไขไม่ได้|kept_payment|final_trace|เกินยอดที่จ่าย"),
        transaction(),
    ):
        db.session().execute(text(change))


def test_fifty_hands_at_once_prepare_approve_and_pay_exactly_what_was_promised(
    postgres_portal: Flask,
) -> None:
    cast = Cast(postgres_portal)
    _grant(cast, "ton", Role.FINANCE)
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    room.approve(cast, 500_00)
    with transaction():
        room.sign(cast.busaba)
        room.vendor()
    officers = [cast.kanya, cast.ton] * 25
    refused = at_once(
        postgres_portal, [partial(room.prepare, cast, code, 60_00, by=officer) for officer in officers]
    )
    assert (len(refused), {words[:9] for words in refused}) == (44, {"จ่ายเกินม"})
    numbers = list(db.session().scalars(select(PaymentOrder.id).order_by(PaymentOrder.id)))

    def sign(number: int, by: Person) -> None:
        with transaction():
            orders.approve(number, by=by.user)

    at_once(
        postgres_portal,
        [partial(sign, numbers[n % 6], (cast.somchai, cast.busaba)[n % 2]) for n in range(50)],
    )
    signed = select(PaymentApproval.order_id).order_by(PaymentApproval.order_id)
    assert list(db.session().scalars(signed)) == numbers
    refused = at_once(
        postgres_portal,
        [
            partial(room.transfer, cast, numbers[n % 6], by=officer, ref=f"KTB-{n}")
            for n, officer in enumerate(officers)
        ],
    )
    assert (len(refused), {words[:9] for words in refused}) == (44, {"รายการนี้"})
    assert list(db.session().scalars(select(Payment.number).order_by(Payment.number))) == [1, 2, 3, 4, 5, 6]
    (general, _) = books.balances()
    assert (general.committed, general.paid) == (540_00, 360_00)


def test_many_officers_at_once_leave_no_gap_in_the_vouchers(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    room.give(cast, 1_000_00)
    codes = [room.approve(cast, 50_00) for _ in range(8)]
    db.session.rollback()
    with transaction():
        room.sign()
        room.vendor()
    db.session.rollback()
    # The second of two transfers with one reference is refused and must not use up a number.
    refused = at_once(
        postgres_portal,
        [partial(room.pay, cast, code, 50_00, ref="" if code in codes[2:] else "SAME") for code in codes],
    )
    assert ["การโอนครั้งเดียว" in words for words in refused] == [True]
    numbers = db.session().scalars(select(Payment.number).order_by(Payment.number))
    assert list(numbers) == [1, 2, 3, 4, 5, 6, 7]


def test_the_database_wants_to_know_why_less_was_paid_than_resolved(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00, by=cast.malee)
    with pytest.raises(Refused, match="จ่ายน้อยกว่าที่อนุมัติ"), transaction() as session:
        session.execute(text("UPDATE proposal SET state = 'settled' WHERE code = :code"), {"code": code})
