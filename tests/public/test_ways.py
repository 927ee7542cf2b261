"""Ways: a giver follows their own money to its payments, and learns of nobody who was helped."""

import sys
from pathlib import Path

import pytest
from money import arrives
from people import Cast
from sqlalchemy import select
from test_figures import UNIT, paid_request, take_in

sys.path.insert(0, str(Path(__file__).parents[1] / "fund"))

import committee_room as room

from app.fund.giving import gifts
from app.fund.giving.donations import donations
from app.fund.giving.donations.donations import Donation
from app.fund.giving.gifts import REFUND, Gift
from app.fund.spending.payments import Payment
from app.kit import clock
from app.kit.db import db, transaction
from app.public import editions, way_views, ways
from app.public.ways import Reached


def give(cast: Cast, satang: int, *, purpose: str = "general") -> str:
    """A donation whose money came; its code."""
    with transaction():
        number = cast.purpose(purpose).id
        donation = donations.open(satang=satang, purpose_id=number, donor_name="นายลับ ไม่บอก", by=None)
        arrives(satang=satang, paid_at=clock.now(), purpose_id=number, donation_id=donation.id, by=None)
        return donation.code


def publish() -> None:
    with transaction():
        editions.publish()


def way_of(code: str) -> ways.Way:
    donation = donations.by_code(code)
    assert donation is not None
    found = ways.of(donation)
    assert found is not None
    assert found.given == found.returned + found.paid + found.committed + found.available
    return found


def test_money_is_followed_from_the_gift_to_each_payment(cast: Cast) -> None:
    first, second = give(cast, 10_000), give(cast, 10_000)
    assert (way_of(first).available, way_of(first).parts) == (10_000, [])
    code = room.approve(cast, 12_000)
    assert [(way_of(one).committed, way_of(one).available) for one in (first, second)] == [
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
    for said in ("70.00", "30.00", "บจ.", "ทั่วไป"):
        assert said in page.main
    # Who asked, whose help it was and the words of the proposal stay in the house.
    for hidden in (code, "ลูกเสือ", "มาลี", "ลับ ไม่บอก"):
        assert hidden not in page.text
    assert f"/give/{first}/way" in cast.stranger.visit(f"/give/{first}").text


def test_what_went_back_is_shown_as_returned(cast: Cast) -> None:
    code = give(cast, 10_000)
    gift = db.session().scalars(select(Gift.id).join(Donation).where(Donation.code == code)).one()
    with transaction():
        gifts.take_back(gift, satang=4_000, kind=REFUND, reason="โอนเกิน", by=cast.kanya.user)
    way = way_of(code)
    assert (way.given, way.returned, way.available) == (10_000, 4_000, 6_000)
    assert "คืนท่านแล้ว" in cast.stranger.visit(f"/give/{code}/way").main


def test_another_purpose_never_takes_of_a_gift(cast: Cast) -> None:
    general, school = give(cast, 10_000), give(cast, 10_000, purpose="education")
    room.pay(cast, room.approve(cast, 6_000, purpose="education"), 6_000)
    publish()
    assert way_of(general).available == 10_000
    assert way_of(school).paid == 6_000


def test_before_money_comes_the_page_says_so_and_an_unknown_code_is_no_page(cast: Cast) -> None:
    with transaction():
        code = donations.open(satang=500, purpose_id=cast.purpose().id, by=None).code
    assert "ยังไม่มีเงินเข้า" in cast.stranger.visit(f"/give/{code}/way").main
    cast.stranger.visit("/give/nothing/way", status=404)


def test_a_payment_is_told_of_when_an_edition_has_told_and_not_before(cast: Cast) -> None:
    code = give(cast, 10_000)
    proposal = room.approve(cast, 6_000)
    publish()
    told = room.pay(cast, proposal, 4_000)
    voucher = told.code
    way = way_of(code)
    assert (way.parts, way.paid, way.committed, way.available) == ([], 0, 6_000, 4_000)
    assert voucher not in cast.stranger.visit(f"/give/{code}/way").text
    publish()
    room.pay(cast, proposal, 2_000)
    way = way_of(code)
    assert ([part.voucher for part in way.parts], way.paid, way.committed) == ([voucher], 4_000, 2_000)
    publish()
    assert (way_of(code).paid, way_of(code).committed) == (6_000, 0)


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


def test_handovers_are_told_only_as_the_newest_edition_tells_them(cast: Cast) -> None:
    code = give(cast, 10_000)
    room.pay(cast, room.approve(cast, 6_000), 6_000)
    assert way_of(code).reached is None
    publish()
    reached = way_of(code).reached
    assert reached is not None
    assert (reached.edition, reached.people) == (1, 0)
    assert "ยังไม่มีการส่งมอบ" in cast.stranger.visit(f"/give/{code}/way").main


def test_a_number_that_an_edition_keeps_back_is_kept_back_here() -> None:
    assert way_views._handed(Reached(7, "การศึกษา", None, None)) == ("เริ่มส่งมอบแล้ว", "done")
    assert way_views._handed(Reached(7, "การศึกษา", 67, 60)) == ("ถึงมือ 67 คน (การศึกษา)", "done")
    assert way_views._handed(None)[1] == "next"
