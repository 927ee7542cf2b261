"""Money that comes back of a payment with tax withheld: what becomes of the tax and of its certificate."""

import committee_room as room
import pytest
from accounts import approved
from bank_lines import line as _line
from flask import Flask
from people import Cast
from sqlalchemy import text

from app.fund.bank.reconciliation import decisions
from app.fund.ledger import books
from app.fund.spending import orders, remittances, returns, withholding
from app.fund.spending.records import LIVE_TRACES, Payment, Vendor, VendorAccount
from app.fund.spending.records.returns import PaymentReturn
from app.fund.spending.withholding import TaxChoice
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused


def _vendor() -> int:
    """A confirmed juristic person, whose tax ID is known; its id."""
    said = {
        "kind": "shop",
        "name": "ร้านรับจ้าง",
        "tax_id": "0105536112014",
        "bank_code": "006",
        "number": "3019912014",
    }
    approval = approved("vendor.propose", f"vendor:006-{said['number']}", **said)
    assert approval.decided_at is not None
    made = Vendor(
        kind="shop",
        name=said["name"],
        tax_id=said["tax_id"],
        approval_request_id=approval.id,
        confirmed_at=approval.decided_at,
    )
    db.session().add(made)
    db.session().flush()
    account = VendorAccount(
        vendor_id=made.id,
        bank_code="006",
        number=said["number"],
        approval_request_id=approval.id,
        from_at=approval.decided_at,
    )
    db.session().add(account)
    db.session().flush()
    return made.id


def _paid(cast: Cast) -> int:
    """1,000 baht paid, of which 30 were withheld; the payment's id."""
    room.give(cast, 2_000_00)
    code = room.approve(cast, 1_500_00)
    with transaction():
        room.sign()
        number = orders.prepare(
            proposal_code=code,
            satang=1_000_00,
            vendor_id=_vendor(),
            tax=TaxChoice("hire", "ศรีสะเกษ"),
            by=cast.kanya.user,
        ).id
        orders.approve(number, by=cast.somchai.user)
    return room.transfer(cast, number).id


def _ask(cast: Cast, payment_id: int, satang: int) -> int:
    event = _line(satang, description="ร้านคืนเงิน")
    with transaction():
        return returns.ask(payment_id, reason="งานไม่ได้ทำ", event_id=event, by=cast.kanya.user).id


def _back(cast: Cast, payment_id: int, satang: int) -> int:
    number = _ask(cast, payment_id, satang)
    with transaction():
        returns.confirm(number, by=cast.somchai.user)
    return number


def _remit(cast: Cast) -> None:
    sent = _line(-30_00, ref="RD1")
    with transaction():
        remittances.remit(sent, first_on=clock.today().replace(day=1), form="pnd53", by=cast.kanya.user)


def _money() -> tuple[int, int, int]:
    (found, *_) = books.balances()
    return found.available, found.committed, found.paid


def _owed() -> int:
    return sum(month.owed for month in remittances.by_month())


def test_all_that_the_vendor_was_given_comes_back_before_remittance_and_the_tax_with_it(
    portal: Flask, cast: Cast
) -> None:
    number = _paid(cast)
    assert (_money(), _owed()) == ((500_00, 500_00, 1_000_00), 30_00)
    with pytest.raises(Refused, match=r"คืนได้ \(970\.00 บาท\)"):
        _ask(cast, number, 1_000_00)
    _back(cast, number, 400_00)
    payment = db.session().get_one(Payment, number)
    assert (_owed(), "คืนเพียงบางส่วน" in remittances.after_return(payment)) == (30_00, True)
    _back(cast, number, 570_00)
    # Not only the net: the tax never left the bank, and is the purpose's again.
    assert (_money(), _owed()) == ((500_00, 1_500_00, 0), 0)
    payment = db.session().get_one(Payment, number)
    assert (payment.kept_satang, returns.most(payment)) == (0, 0)
    assert "จึงยกเลิกและไม่ใช้เลขนี้อีก" in remittances.after_return(payment)
    assert db.session().scalar(db.select(db.func.sum(LIVE_TRACES.c.satang))) == 0
    today = clock.today()
    held = remittances.held(today.replace(day=1), today)
    assert held == {}
    with pytest.raises(Refused, match=r"ค้างนำส่ง 0\.00"):
        _remit(cast)
    # The number stays used: the next certificate has the next one.
    assert books.findings() == []


def test_after_remittance_the_certificate_and_the_tax_stay(portal: Flask, cast: Cast) -> None:
    number = _paid(cast)
    _remit(cast)
    _back(cast, number, 970_00)
    payment = db.session().get_one(Payment, number)
    assert (_money(), payment.kept_satang, _owed()) == ((500_00, 1_470_00, 30_00), 30_00, 0)
    assert "คืนหลังนำส่งภาษีแล้ว" in remittances.after_return(payment)
    assert "เครดิตภาษี" in remittances.after_return(payment)
    certificate = withholding.certificate(number)
    assert certificate is not None and certificate.number == 1


@pytest.mark.parametrize(
    ("satang", "tax", "remits"), [(400_00, 30_00, False), (970_00, 0, False), (970_00, 30_00, True)]
)
def test_without_the_rules_the_database_still_knows_whether_the_tax_comes_back(
    portal: Flask, cast: Cast, satang: int, tax: int, remits: bool
) -> None:
    number = _paid(cast)
    if remits:
        _remit(cast)
    asked = _ask(cast, number, satang)
    confirm = f"""UPDATE payment_return SET confirmed_at = asked_at, confirmed_by_id = {cast.somchai.user.id},
        tax_satang = {tax} WHERE id = {asked}"""
    with pytest.raises(Refused, match="คืนทั้งจำนวนก่อนนำส่งภาษี"), transaction() as session:
        back = session.get_one(PaymentReturn, asked)
        decisions.exclude_money_back(back.event_id, reason="x", by=cast.kanya.user)
        session.execute(text(confirm))


def test_a_return_is_asked_for_without_tax(portal: Flask, cast: Cast) -> None:
    number = _paid(cast)
    event = _line(970_00, description="ร้านคืนเงิน")
    with pytest.raises(Refused, match="คืนทั้งจำนวนก่อนนำส่งภาษี"), transaction() as session:
        session.execute(
            text(
                f"""INSERT INTO payment_return (payment_id, satang, event_id, reason, asked_at, asked_by_id, tax_satang)
                SELECT {number}, 970_00, {event}, 'x', paid_at, paid_by_id, 30_00 FROM payment""".replace(
                    "_00", "00"
                )
            )
        )


@pytest.mark.pages
def test_the_pages_say_what_the_vendor_does(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    number = _paid(cast)
    _back(cast, number, 970_00)
    page = cast.kanya.sign_in().visit(f"/payments/{number}").words
    assert "กรุณาขอหนังสือรับรองฉบับเดิมคืนจากผู้รับเงิน" in page and "ภาษีที่ไม่ต้องนำส่ง 30.00 บาท" in page
    assert "ยกเลิก คืนเงินแล้ว" in cast.kanya.visit("/payments/tax").words
