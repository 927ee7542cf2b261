"""Corrections: who was told of money is told when it holds no more, once, in general words and without a name."""

import threading
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from money import arrives
from people import Cast
from sqlalchemy import select

from app.fund.bank.records import Allocation, ReconciliationItem
from app.fund.giving import corrections, reminders
from app.fund.giving.donations import donations
from app.fund.giving.networks import contacts
from app.fund.giving.payment_requests import collections
from app.fund.giving.pledges import pledges
from app.fund.giving.receipts import receipts
from app.fund.giving.receipts.receipts import remaining_satang
from app.fund.giving.records.donations import REFUNDED, UNDONE
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import Receipt
from app.kit import clock, queue
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.outbox import Message
from app.rooms import HANDLERS

REASON = "นายลับ โทรมาว่าโอนผิดบัญชี"


def _network() -> Network:
    return db.session().scalars(select(Network).filter_by(code="NET001")).one()


def _reach(cast: Cast, email: str = "ton@example.org") -> int:
    with transaction():
        return contacts.add(
            _network().id, office="treasurer", name="ต้น แสงทอง", email=email, by=cast.busaba.user
        ).id


def _pledge(cast: Cast) -> Pledge:
    with transaction():
        return pledges.make(
            network_id=_network().id,
            satang=100_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today() + timedelta(days=60),
            by=cast.ton.user,
        )


def _given(cast: Cast, satang: int = 40_000, **more: object) -> int:
    with transaction():
        said = {"by": cast.kanya.user, "purpose_id": cast.purpose().id} | more
        return arrives(satang=satang, paid_at=clock.now(), **said).id


def _thanked(cast: Cast) -> int:
    pledge = _pledge(cast)
    number = _given(cast, pledge_id=pledge.id, network_id=pledge.network_id, donor_name="นางเปิดเผย ไม่ได้")
    with transaction():
        assert reminders.thank(number) == 1
    return number


def _goes_back(cast: Cast, donation_id: int, satang: int = 40_000, kind: str = REFUNDED) -> int:
    with transaction() as session:
        back = donations.reverse(donation_id, satang=satang, kind=kind, reason=REASON, by=cast.kanya.user)
        if kind == UNDONE:
            event = select(Allocation.event_id).where(Allocation.donation_id == donation_id).scalar_subquery()
            item = session.scalars(
                select(ReconciliationItem).where(ReconciliationItem.event_id == event)
            ).one()
            item.state, item.decided_at = "waiting", None
        return back.id


def _correct(donation_reversal_id: int) -> int:
    with transaction():
        return corrections.correct(donation_reversal_id)


def _corrections() -> list[Message]:
    db.session.rollback()
    told = select(Message).where(Message.key.startswith("correction:")).order_by(Message.id)
    return list(db.session().scalars(told))


@pytest.mark.parametrize("kind", [UNDONE, REFUNDED])
def test_a_network_that_was_thanked_is_told_once_that_it_holds_no_more(cast: Cast, kind: str) -> None:
    _reach(cast)
    donation = _thanked(cast)
    code = db.session().scalars(select(Receipt).filter_by(donation_id=donation)).one().code
    back = _goes_back(cast, donation, kind=kind)
    assert (_correct(back), _correct(back)) == (1, 0)
    [message] = _corrections()
    assert message.recipient == "ton@example.org"
    assert "ใช้ไม่ได้แล้ว" in message.body
    assert f"ใบเสร็จรับเงินเลขที่ {code} ยกเลิกแล้ว" in message.body
    assert code in message.subject
    assert ("คืนเงินก้อนนี้ให้ผู้โอน" in message.body) == (kind == REFUNDED)
    # What the officer wrote, and every name, stays in the house.
    for hidden in (REASON, "นายลับ", "เปิดเผย", "ต้น แสงทอง", "กัญญา", _network().name):
        assert hidden not in message.body + message.subject


def test_taking_back_asks_for_the_correction_by_itself(cast: Cast) -> None:
    _reach(cast)
    back = _goes_back(cast, _thanked(cast))
    for _ in range(20):
        queue.work_once(HANDLERS)
        db.session.rollback()
    assert [message.key.rpartition(":")[0] for message in _corrections()] == [
        f"correction:donation_reversal:{back}"
    ]


def test_after_a_part_went_back_the_new_receipt_is_named(cast: Cast) -> None:
    _reach(cast)
    donation = _thanked(cast)
    first = _goes_back(cast, donation, 10_000)
    second = _goes_back(cast, donation, 30_000)
    assert (_correct(first), _correct(second)) == (1, 1)
    codes = [receipt.code for receipt in db.session().scalars(select(Receipt).order_by(Receipt.id))]
    part, rest = _corrections()
    assert "เปลี่ยนไป" in part.body and "บางส่วน" in part.body
    assert f"{codes[0]} ยกเลิกแล้ว" in part.body and f"ใบเสร็จใหม่เลขที่ {codes[1]}" in part.body
    assert f"{codes[1]} ยกเลิกแล้ว" in rest.body and codes[0] not in rest.body


def test_who_was_told_nothing_hears_of_no_correction(cast: Cast) -> None:
    _reach(cast)
    pledge = _pledge(cast)
    back = _goes_back(cast, _given(cast, pledge_id=pledge.id, network_id=pledge.network_id))
    assert _correct(back) == 0
    donation = _thanked(cast)
    with transaction() as session:
        session.execute(Message.__table__.update().values(state="failed", settled_at=clock.now()))  # type: ignore[attr-defined]
    assert _correct(_goes_back(cast, donation)) == 0
    assert _correct(999_999) == 0


def test_the_correction_goes_where_the_thanks_went_though_another_is_in_office(cast: Cast) -> None:
    held = _reach(cast)
    donation = _thanked(cast)
    with transaction():
        contacts.end(held, by=cast.busaba.user)
    _reach(cast, "new@example.org")
    _correct(_goes_back(cast, donation))
    assert [message.recipient for message in _corrections()] == ["ton@example.org"]


def test_the_word_of_a_day_is_corrected_too(cast: Cast) -> None:
    _reach(cast)
    with transaction():
        collection = collections.open(
            network_id=_network().id, purpose_id=cast.purpose().id, by=cast.ton.user
        )
    reversed_, other = (_given(cast, 3_000, network_id=collection.network_id, by=None) for _ in range(2))
    early = _goes_back(cast, reversed_, 3_000)
    assert _correct(early) == 0, "nobody was told yet"
    with transaction():
        reminders.run_nightly(datetime.combine(clock.today() + timedelta(days=1), time(8), BANGKOK))
    assert _correct(_goes_back(cast, other, 3_000)) == 1
    [message] = _corrections()
    assert "ความประสงค์" not in message.body


def test_a_word_of_the_day_that_told_what_was_left_is_not_corrected(portal: Flask, cast: Cast) -> None:
    _reach(cast)
    with transaction():
        collection = collections.open(
            network_id=_network().id, purpose_id=cast.purpose().id, by=cast.ton.user
        )
    reversed_, other = (_given(cast, 3_000, network_id=collection.network_id, by=None) for _ in range(2))
    early = _goes_back(cast, reversed_, 3_000)
    with transaction():
        reminders.run_nightly(datetime.combine(clock.today() + timedelta(days=1), time(8), BANGKOK))
    assert "รวม 30.00 บาท" in db.session().scalars(select(Message)).one().body
    assert (_correct(early), _correct(_goes_back(cast, other, 3_000))) == (0, 1)


def test_thanks_that_are_just_being_written_are_not_missed(portal: Flask, cast: Cast) -> None:
    """Thanks and return at one time: whichever is first, no confirmation is left standing alone."""
    _reach(cast)
    for _ in range(3):
        pledge = _pledge(cast)
        donation = _given(cast, pledge_id=pledge.id, network_id=pledge.network_id)
        together = threading.Barrier(2)

        def thank(number: int = donation, together: threading.Barrier = together) -> None:
            with portal.app_context():
                together.wait()
                with transaction():
                    reminders.thank(number)
                db.session.remove()

        hand = threading.Thread(target=thank)
        db.session.rollback()
        hand.start()
        together.wait()
        back = _goes_back(cast, donation)
        corrected = _correct(back)
        hand.join()
        db.session.rollback()
        receipt = db.session().scalars(select(Receipt.id).filter_by(donation_id=donation)).one()
        said = db.session().scalars(
            select(Message).where(Message.key.startswith(f"thanks:receipt:{receipt}:"))
        )
        assert corrected == len(said.all())


@pytest.mark.postgres
def test_a_return_waits_for_thanks_that_have_not_committed(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    _reach(cast)
    pledge = _pledge(cast)
    donation = _given(cast, pledge_id=pledge.id, network_id=pledge.network_id)
    officer = cast.kanya.user_id
    gone = threading.Event()

    def back() -> None:
        with postgres_portal.app_context():
            with transaction() as session:
                donations.reverse(
                    donation,
                    satang=40_000,
                    kind=REFUNDED,
                    reason=REASON,
                    by=session.get_one(type(cast.kanya.user), officer),
                )
            gone.set()
            db.session.remove()

    hand = threading.Thread(target=back)
    with transaction():
        assert reminders.thank(donation) == 1
        hand.start()
        assert not gone.wait(1), "the donation went back while its thanks were being written"
    hand.join()
    assert gone.is_set()
    assert remaining_satang(donation) == 0


def test_a_donation_whose_receipt_is_owed_is_corrected_without_a_number(cast: Cast) -> None:
    from portals import with_issuer

    with_issuer(cast.app, tax_id="")
    _reach(cast)
    donation = _thanked(cast)
    assert receipts.owed()[0] == 1
    assert _correct(_goes_back(cast, donation)) == 1
    [message] = _corrections()
    assert "ใบเสร็จรับเงินเลขที่" not in message.body
    with_issuer(cast.app)


def _fails() -> int:
    """The one message that told of money cannot be sent; its number."""
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        message.state, message.settled_at, message.error = "failed", clock.now(), "ไม่มีที่อยู่นี้"
        return message.id


@pytest.mark.parametrize("kind", [UNDONE, REFUNDED])
def test_thanks_that_failed_are_not_sent_again_after_the_money_went_back(cast: Cast, kind: str) -> None:
    _reach(cast)
    donation = _thanked(cast)
    number = _fails()
    busaba = cast.busaba.sign_in()
    page = busaba.visit(f"/messages/{number}")
    back = _goes_back(cast, donation, 40_000 if kind == UNDONE else 10_000, kind=kind)
    assert "จึงส่งอีกครั้งไม่ได้" in busaba.press(page, having="/retry", to_status=409).main
    assert db.session().get_one(Message, number).state == "failed"
    page = busaba.visit(f"/messages/{number}")
    assert "เนื้อหาจึงไม่จริงแล้ว" in page.main
    assert "/retry" not in page.main
    assert _correct(back) == 0


def test_the_word_of_a_day_that_failed_is_not_sent_again_after_a_donation_of_it_went_back(cast: Cast) -> None:
    _reach(cast)
    donation = _given(cast, network_id=_network().id)
    today = clock.today()
    with transaction():
        assert reminders.tell_of_days(today + timedelta(days=1), today + timedelta(days=1)) == 1
    number = _fails()
    _goes_back(cast, donation, 10_000)
    with pytest.raises(Refused, match="ถอนหรือคืนไปแล้ว"), transaction():
        corrections.send_again(number, by=cast.busaba.user)


def test_thanks_that_failed_are_sent_again_while_the_money_stands(cast: Cast) -> None:
    _reach(cast)
    _thanked(cast)
    other = _given(cast, network_id=_network().id)
    number = _fails()
    _goes_back(cast, other, 10_000)
    with transaction():
        corrections.send_again(number, by=cast.busaba.user)
    assert db.session().get_one(Message, number).state == "queued"


def test_thanks_sent_again_while_the_money_goes_back_are_corrected(portal: Flask, cast: Cast) -> None:
    _reach(cast)
    donation = _thanked(cast)
    number = _fails()
    with transaction():
        corrections.send_again(number, by=cast.busaba.user)
    assert _correct(_goes_back(cast, donation)) == 1
