"""Ways: a giver follows their own money to its payments, and learns of nobody who was helped."""

from datetime import timedelta

import committee_room as room
import pytest
import time_machine
from help_given import UNIT, hand_over, paid_request, take_in
from money import arrives
from people import Cast
from sqlalchemy import select

from app.editions import editions
from app.fund.giving.donations import donations
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.donations import REFUNDED, Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.spending.records import Payment
from app.kit import clock
from app.kit.db import db, transaction
from app.public import way_pages, ways
from app.public.ways import ReachedHandovers

pytestmark = pytest.mark.pages


def give(cast: Cast, satang: int, *, purpose: str = "general", network: int | None = None) -> str:
    """A payment request whose money came; its code."""
    with transaction():
        number = cast.purpose(purpose).id
        payment_request = payment_requests.open(
            satang=satang, purpose_id=number, donor_name="นายลับ ไม่บอก", by=None
        )
        arrives(
            satang=satang,
            paid_at=clock.now(),
            purpose_id=number,
            payment_request_id=payment_request.id,
            network_id=network,
            by=None,
        )
        return payment_request.code


def publish(*, days: int = 1) -> None:
    """The edition of so many days later: what is paid today is told tomorrow."""
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False), transaction():
        editions.publish()


def way_of(code: str) -> ways.Way:
    payment_request = payment_requests.by_code(code)
    assert payment_request is not None
    found = ways.of(payment_request)
    assert found is not None
    assert found.given == found.returned + found.paid + found.committed + found.available
    return found


def test_money_is_followed_from_the_donation_to_each_payment(cast: Cast) -> None:
    first, second = give(cast, 10_000), give(cast, 10_000)
    assert (way_of(first).available, way_of(first).parts) == (10_000, [])
    code = room.approve(cast, 12_000)
    publish()
    assert [(way_of(donation).committed, way_of(donation).available) for donation in (first, second)] == [
        (10_000, 0),
        (2_000, 8_000),
    ]
    room.pay(cast, code, 7_000)
    room.pay(cast, code, 5_000)
    publish()
    assert [part.satang for part in way_of(first).parts] == [7_000, 3_000]
    assert [part.satang for part in way_of(second).parts] == [2_000]
    assert (way_of(second).committed, way_of(second).available) == (0, 8_000)

    page = cast.stranger.visit(f"/give/{first}/way")
    for said in ("จ่ายแล้ว 70 บาท", "จ่ายแล้ว 30 บาท", "บจ.", "ทั่วไป"):
        assert said in page.main
    # Who asked, whose help it was and the words of the proposal stay in the house.
    for hidden in (code, "ลูกเสือ", "มาลี", "ลับ ไม่บอก"):
        assert hidden not in page.text
    assert f"/give/{first}/way" in cast.stranger.visit(f"/give/{first}").text


def test_what_went_back_is_shown_as_returned(cast: Cast) -> None:
    code = give(cast, 10_000)
    donation = (
        db.session()
        .scalars(select(Donation.id).join(PaymentRequest).where(PaymentRequest.code == code))
        .one()
    )
    with transaction():
        donations.reverse(donation, satang=4_000, kind=REFUNDED, reason="โอนเกิน", by=cast.kanya.user)
    way = way_of(code)
    assert (way.given, way.returned, way.available) == (10_000, 4_000, 6_000)
    assert "คืนท่านแล้ว" in cast.stranger.visit(f"/give/{code}/way").main


def test_another_purpose_never_takes_of_a_donation(cast: Cast) -> None:
    general, school = give(cast, 10_000), give(cast, 10_000, purpose="education")
    room.pay(cast, room.approve(cast, 6_000, purpose="education"), 6_000)
    publish()
    assert way_of(general).available == 10_000
    assert way_of(school).paid == 6_000


def test_before_money_comes_the_page_says_so_and_an_unknown_code_is_no_page(cast: Cast) -> None:
    with transaction():
        code = payment_requests.open(satang=500, purpose_id=cast.purpose().id, by=None).code
    assert "ยังไม่มีเงินเข้า" in cast.stranger.visit(f"/give/{code}/way").main
    cast.stranger.visit("/give/nothing/way", status=404)


def test_a_payment_is_told_of_when_an_edition_has_told_of_its_day_and_not_before(cast: Cast) -> None:
    code = give(cast, 10_000)
    proposal = room.approve(cast, 6_000)
    publish(days=0)
    way = way_of(code)
    assert (way.committed, way.available) == (0, 10_000), "the resolution of today is told tomorrow"
    voucher = room.pay(cast, proposal, 4_000).code
    publish(days=0)
    way = way_of(code)
    assert (way.parts, way.paid, way.committed, way.available) == ([], 0, 0, 10_000)
    assert voucher not in cast.stranger.visit(f"/give/{code}/way").text
    publish(days=1)
    way = way_of(code)
    assert ([part.voucher for part in way.parts], way.paid, way.committed) == ([voucher], 4_000, 2_000)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        room.pay(cast, proposal, 2_000)
    publish(days=1)
    assert (way_of(code).paid, way_of(code).committed) == (4_000, 2_000)
    publish(days=2)
    assert (way_of(code).paid, way_of(code).committed) == (6_000, 0)


def test_a_treasurer_sees_what_the_money_of_her_network_and_its_branches_paid_for(cast: Cast) -> None:
    with transaction() as session:
        (otop,) = session.scalars(select(Network).filter_by(code="NET001"))
        group = networks.create(
            code="NET901", type=otop.type, name="กลุ่มบ้านโนน", parent_id=otop.id, by=cast.busaba.user
        )
        session.flush()
        numbers = otop.id, group.id
    for number, satang in (*zip(numbers, (3_000, 2_000), strict=True), (None, 9_000)):
        give(cast, satang, network=number)
    proposal = room.approve(cast, 6_000)
    voucher = room.pay(cast, proposal, 4_000).code
    ton = cast.ton.sign_in()
    assert voucher not in ton.visit("/networks/NET001/way").main
    publish()
    found = ways.of_network(db.session().get_one(Network, numbers[0]))
    (share,) = found.purposes
    assert (share.given, share.paid, share.waits, share.held) == (5_000, 4_000, 1_000, 2_000)
    assert voucher in ton.visit("/networks/NET001/way").main
    ton.visit("/networks/NET002/way", status=404)
    cast.malee.sign_in().visit("/networks/NET001/way", status=403)


@pytest.mark.parametrize(("pupils", "is_told"), [(4, False), (5, True)])
def test_a_payment_for_few_households_is_never_told_of_alone(cast: Cast, pupils: int, is_told: bool) -> None:
    take_in(cast, pupils=9)
    code = give(cast, pupils * UNIT)
    paid_request(cast, pupils, dimension="education")
    publish()
    way = way_of(code)
    voucher = db.session().scalars(select(Payment)).one().code
    page = cast.stranger.visit(f"/give/{code}/way")
    assert (way.paid > 0, voucher in page.text) == (is_told, is_told)
    if not is_told:
        # Not even its sum stands apart from what is only promised.
        assert (way.committed, way.available) == (pupils * UNIT, 0)
        assert way.reached is None


def test_handovers_are_those_of_the_requests_that_the_money_paid_for(cast: Cast) -> None:
    """The purpose is education, the request was filed under income: the giver reads of the people all the same."""
    take_in(cast, pupils=9)
    school, other = give(cast, 7 * UNIT, purpose="education"), give(cast, 7 * UNIT, purpose="general")
    request = paid_request(cast, 7, dimension="income", purpose="education", money=False)
    publish()
    found = way_of(school).reached
    assert found is not None and (found.people, found.households) == (0, 0)
    assert "ยังไม่มีการส่งมอบ" in cast.stranger.visit(f"/give/{school}/way").main
    hand_over(cast, request, 4)
    publish(days=2)
    assert (way_of(school).reached or found).people == 0, "four wait for the fifth here as everywhere"
    hand_over(cast, request, 3)
    publish(days=3)
    found = way_of(school).reached
    assert found is not None and (found.people, found.households) == (7, 7)
    page = cast.stranger.visit(f"/give/{school}/way").main
    assert "ถึงมือแล้ว 7 คน ใน 7 ครัวเรือน" in page
    assert way_of(other).reached is None, "this money has paid for nothing yet"


def test_a_number_that_an_edition_keeps_back_is_kept_back_here() -> None:
    told = [way_pages._handed(ReachedHandovers(7, "การศึกษา", people, people)) for people in (None, 67, 0)]
    assert [stop.title for stop in told] == ["เริ่มส่งมอบแล้ว", "ถึงมือแล้ว 67 คน", "ยังไม่มีการส่งมอบที่เผยแพร่"]
    assert "การศึกษา" in told[1].note
