"""Payments: another hand, a voucher without a gap, the same money never twice, and where it came from."""

import threading
from datetime import timedelta

import committee_room as room
import pytest
import time_machine
from flask import Flask
from people import Cast
from sqlalchemy import select, text

from app.fund.ledger import books
from app.fund.spending import payments, proposals, tracing
from app.fund.spending.payments import Payment
from app.fund.spending.proposals import ProposalState
from app.fund.spending.tracing import Trace
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.roles import Grant, Role


def _grant(cast: Cast, name: str, role: Role) -> None:
    with transaction() as session:
        session.add(Grant(user_id=getattr(cast, name).user.id, role=role, granted_at=clock.now()))


def _traces(payment: Payment) -> list[tuple[int, int]]:
    rows = db.session().scalars(select(Trace).filter_by(payment_id=payment.id).order_by(Trace.gift_id))
    return [(row.gift_id, row.satang) for row in rows]


def test_a_payment_spends_what_was_promised_under_a_voucher_number(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    first = room.pay(cast, code, 150_00)
    second = room.pay(cast, code, 100_00)
    assert (first.number, second.number) == (1, 2)
    assert first.code.startswith("บจ.25")
    assert first.vendor_account == "3010123456"
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
    for person in (cast.busaba, cast.decha, cast.ying):
        with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"):
            room.pay(cast, code, 100_00, by=person)


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
    with pytest.raises(Refused, match="ท่านลงมติเรื่องนี้ จึงจ่ายเงินเองไม่ได้"):
        room.pay(cast, code, 100_00, by=cast.pranee)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"paid_by": "kanya", "asked_by": "kanya"}, "ผู้เสนอเรื่องหรือผู้ลงมติ"),
        ({"paid_by": "pranee"}, "ผู้เสนอเรื่องหรือผู้ลงมติ"),
        ({"satang": 400_01}, "จ่ายเกินมติอนุมัติไม่ได้"),
        ({"number": 2}, "voucher_without_gap"),
        ({"state": "settled"}, "ยังไม่ได้รับอนุมัติหรือปิดเรื่องแล้ว"),
    ],
)
def test_without_the_rule_the_database_still_refuses_these_payments(
    portal: Flask, cast: Cast, changed: dict[str, object], refusal: str
) -> None:
    room.give(cast, 1_000_00)
    asked_by = cast.kanya if changed.get("asked_by") == "kanya" else cast.malee
    code = room.approve(cast, 400_00, by=asked_by)
    if changed.get("state"):
        with transaction():
            payments.settle(code, reason="ไม่ซื้อแล้ว", by=cast.kanya.user)
    payer = getattr(cast, str(changed.get("paid_by", "kanya")))
    with pytest.raises(Exception, match=refusal) as caught, transaction() as session:
        known = proposals.by_code(code)
        assert known is not None
        session.add(
            Payment(
                fiscal_year_be=2569,
                number=changed.get("number", 1),
                proposal_id=known.id,
                account_id=1,
                satang=changed.get("satang", 100_00),
                vendor="ร้าน",
                vendor_bank="006",
                vendor_account="3010123456",
                transfer_ref="KTB1",
                paid_on=clock.today(),
                paid_at=clock.now(),
                paid_by_id=payer.user.id,
            )
        )
    assert not isinstance(caught.value, AssertionError)
    assert db.session().scalars(select(Payment)).all() == []


def test_one_transfer_pays_once(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    room.pay(cast, code, 100_00, ref="KTB 2569 001")
    with pytest.raises(Refused, match="การโอนครั้งเดียวจ่ายสองครั้งไม่ได้"):
        room.pay(cast, code, 100_00, ref="KTB2569001")
    assert room.pay(cast, code, 100_00).number == 2


def test_payee_reference_and_day_are_checked(portal: Flask, cast: Cast) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    good: dict[str, object] = {
        "proposal_code": code,
        "satang": 100_00,
        "vendor": "ร้านศึกษาภัณฑ์",
        "vendor_bank": "006",
        "vendor_account": "3010123456",
        "transfer_ref": "KTB1",
        "paid_on": clock.today(),
    }
    for wrong in (
        {"vendor": " "},
        {"vendor_bank": "999"},
        {"vendor_account": "301"},
        {"vendor_account": "301012345x"},
        {"transfer_ref": "  "},
        {"satang": 0},
    ):
        with pytest.raises(BadInput), transaction():
            payments.pay(**{**good, **wrong}, by=cast.kanya.user)  # type: ignore[arg-type]
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(Refused, match="วันที่โอน"), transaction():
            payments.pay(**{**good, "paid_on": day}, by=cast.kanya.user)  # type: ignore[arg-type]
    assert db.session().scalars(select(Payment)).all() == []


def test_each_fiscal_year_has_a_voucher_book_of_its_own(portal: Flask, cast: Cast) -> None:
    with time_machine.travel("2026-09-30T10:00:00+07:00", tick=False):
        room.give(cast, 1_000_00)
        code = room.approve(cast, 400_00)
        assert room.pay(cast, code, 100_00).code == "บจ.2569/0001"
        assert room.pay(cast, code, 100_00).code == "บจ.2569/0002"
    with time_machine.travel("2026-10-01T10:00:00+07:00", tick=False):
        assert room.pay(cast, code, 100_00).code == "บจ.2570/0001"


def test_a_payment_takes_the_oldest_gifts_of_its_purpose_first(portal: Flask, cast: Cast) -> None:
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
    assert (source.network, source.satang, source.gifts) == (None, 150_00, 2)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payment SET vendor = 'another'",
        "DELETE FROM payment",
        "UPDATE trace SET satang = satang + 1",
        "INSERT INTO trace (payment_id, gift_id, satang) SELECT payment_id, gift_id + 1, 1 FROM trace",
    ],
)
def test_payments_and_traces_are_final_in_the_database(portal: Flask, cast: Cast, change: str) -> None:
    room.give(cast, 1_000_00)
    room.give(cast, 1_000_00)
    room.pay(cast, room.approve(cast, 400_00), 400_00)
    with (
        pytest.raises(Exception, match=r"แก้ไขไม่ได้|kept_payment|final_trace|trace_within_payment"),
        transaction(),
    ):
        db.session().execute(text(change))


def test_two_officers_paying_the_same_bill_at_once_pay_it_once(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    _grant(cast, "busaba", Role.FINANCE)
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    room.approve(cast, 500_00)
    db.session.rollback()
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def officer(name: str) -> None:
        with postgres_portal.app_context():
            together.wait()
            try:
                room.pay(cast, code, 400_00, by=getattr(cast, name), ref=f"KTB-{name}")
                outcomes.append("paid")
            except Refused as refused:
                outcomes.append(refused.words)
            db.session.remove()

    threads = [threading.Thread(target=officer, args=(name,)) for name in ("kanya", "busaba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(words[:9] for words in outcomes) == ["paid", "จ่ายเกินม"]
    (general, _) = books.balances()
    assert (general.committed, general.paid) == (500_00, 400_00)


def test_many_officers_at_once_leave_no_gap_in_the_vouchers(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    room.give(cast, 1_000_00)
    codes = [room.approve(cast, 50_00) for _ in range(8)]
    db.session.rollback()
    together = threading.Barrier(8)
    numbers: list[int] = []

    def officer(code: str) -> None:
        with postgres_portal.app_context():
            together.wait()
            # The second of two transfers with one reference is refused and must not use up a number.
            try:
                numbers.append(room.pay(cast, code, 50_00, ref="" if code in codes[2:] else "SAME").number)
            except Refused as refused:
                assert "การโอนครั้งเดียว" in refused.words
            db.session.remove()

    threads = [threading.Thread(target=officer, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6, 7]
