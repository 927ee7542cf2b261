"""Pledges beside what came: instalments, in kind, lapsing; neither what was pledged nor what came is ever edited."""

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from money import arrives
from people import Cast
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.fund.giving.goods import goods
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges import instalments, pledges, status
from app.fund.giving.pledges.instalments import InstalmentPart
from app.fund.giving.pledges.status import Due, PledgeStatus
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.pledges import Instalment, Pledge, PledgeState
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused

DAY = timedelta(days=1)


def ours() -> int:
    return db.session().scalars(select(Network.id)).one()


def pledge(cast: Cast, who: str = "ton", **more: object) -> Pledge:
    asked = {"satang": 100_000, "expected_on": clock.today(), **more}
    with transaction():
        return pledges.make(
            network_id=ours(),
            purpose_id=cast.purpose().id,
            by=getattr(cast, who).user,
            **asked,  # type: ignore[arg-type]
        )


def gives(cast: Cast, number: int, satang: int) -> None:
    with transaction():
        arrives(
            satang=satang,
            paid_at=clock.now(),
            purpose_id=cast.purpose().id,
            pledge_id=number,
            network_id=ours(),
            by=None,
        )


def rice(cast: Cast, **more: object) -> Pledge:
    return pledge(cast, kind="goods", what="ข้าวสาร", quantity=100, unit="ถุง", satang=1_000_000, **more)


def bags(cast: Cast, number: int | None, quantity: int) -> None:
    with transaction():
        goods.record(
            kind="goods",
            what="ข้าวสาร",
            quantity=quantity,
            unit="ถุง",
            satang=quantity * 9_000,
            valued_from="market",
            received_on=clock.today(),
            purpose_id=cast.purpose().id,
            pledge_id=number,
            by=cast.busaba.user,
        )


def stands(number: int) -> PledgeStatus:
    return status.of(db.session().get_one(Pledge, number), pledges.received([number])[number])


def monthly(count: int = 3, first: date | None = None, each: int = 30_000) -> list[InstalmentPart]:
    first = first or clock.today()
    return [InstalmentPart(each, first + 30 * number * DAY) for number in range(count)]


def test_a_pledge_goes_from_stated_over_partly_to_fulfilled_as_money_comes(cast: Cast) -> None:
    number = pledge(cast).id
    assert stands(number) == PledgeStatus.STATED
    gives(cast, number, 40_000)
    assert stands(number) == PledgeStatus.PARTLY
    assert status.sums(cast.ton.user) == status.PledgeSums(100_000, 40_000, 60_000)
    gives(cast, number, 70_000)
    assert stands(number) == PledgeStatus.FULFILLED
    # More came than was pledged: both stay as they are.
    assert status.sums(cast.ton.user) == status.PledgeSums(100_000, 110_000, 0)
    assert db.session().get_one(Pledge, number).state == PledgeState.STATED


def test_who_is_not_of_the_network_names_the_document_it_rests_on(cast: Cast) -> None:
    with pytest.raises(BadInput, match="หนังสือหรือการประชุม"):
        pledge(cast, "busaba")
    made = pledge(cast, "busaba", basis="หนังสือที่ ศก 0019/123")
    assert (made.basis, made.stated_by_id) == ("หนังสือที่ ศก 0019/123", cast.busaba.user_id)
    assert pledge(cast).basis == ""


@pytest.mark.parametrize(
    "change",
    [
        "satang = 1",
        "basis = 'x'",
        "kind = 'goods', what = 'x', unit = 'x', quantity = 1",
        "expected_on = '2030-01-01'",
    ],
)
def test_what_was_pledged_is_never_edited(cast: Cast, change: str) -> None:
    pledge(cast)
    with pytest.raises(DBAPIError, match="final_pledge"), transaction() as session:
        session.execute(text(f"UPDATE pledge SET {change}"))


# Instalments


def test_instalments_are_together_the_pledge_and_the_last_day_is_the_pledges(cast: Cast) -> None:
    made = pledge(cast, satang=90_000, parts=list(reversed(monthly())), expected_on=None)
    assert made.expected_on == clock.today() + 60 * DAY
    rows = instalments.of([made.id])[made.id]
    assert [(row.number, row.satang) for row in rows] == [(1, 30_000), (2, 30_000), (3, 30_000)]
    for wrong in (
        monthly(2),
        monthly(4),
        [*monthly(2), InstalmentPart(0, clock.today() + DAY)],
        [InstalmentPart(45_000, clock.today())] * 2,
    ):
        with pytest.raises(BadInput, match="งวด"):
            pledge(cast, satang=90_000, parts=wrong)


def test_the_database_refuses_an_instalment_beyond_the_pledge_or_of_goods(cast: Cast) -> None:
    whole, sacks = pledge(cast, satang=90_000, parts=monthly()).id, rice(cast).id
    for number in (whole, sacks):
        with pytest.raises(Refused, match="ผลรวมของงวด"), transaction() as session:
            session.add(Instalment(pledge_id=number, number=9, satang=1, due_on=clock.today()))
    with pytest.raises(DBAPIError, match="final_instalment"), transaction() as session:
        session.execute(text("UPDATE instalment SET satang = 1"))
    with pytest.raises(BadInput, match="เฉพาะการสมทบเป็นเงิน"):
        rice(cast, parts=[InstalmentPart(1_000_000, clock.today())])


def test_what_came_covers_the_oldest_instalment_first(cast: Cast) -> None:
    made = pledge(cast, satang=90_000, parts=monthly())
    gives(cast, made.id, 40_000)
    rows = instalments.covered(instalments.of([made.id])[made.id], pledges.received([made.id])[made.id])
    assert [(row.came, row.rest, row.state) for row in rows] == [
        (30_000, 0, "covered"),
        (10_000, 20_000, "partly"),
        (0, 30_000, "waiting"),
    ]


@given(
    satang=st.integers(100_00, 10**12),
    count=st.integers(1, 60),
    first=st.dates(date(2022, 1, 1), date(2090, 1, 1)),
)
def test_an_even_split_loses_no_satang_and_has_a_day_in_each_month(
    satang: int, count: int, first: date
) -> None:
    parts = instalments.evenly(satang, count=count, first_on=first)
    assert instalments.agreed(parts, satang=satang) == parts
    assert len({(part.due_on.year, part.due_on.month) for part in parts}) == count
    assert parts[0].due_on == first
    assert all(part.satang % 100 == 0 for part in parts[:-1])


def test_an_instalment_proof_finds_parts_that_are_not_the_whole(cast: Cast) -> None:
    made = pledge(cast)
    with transaction() as session:
        session.add(Instalment(pledge_id=made.id, number=1, satang=1, due_on=clock.today()))
    assert made.code in "".join(books.check()["ทุกงวดของความประสงค์รวมกันเท่ากับที่แจ้งไว้"])
    with transaction() as session:
        session.add(Instalment(pledge_id=made.id, number=2, satang=99_999, due_on=clock.today()))


def test_what_is_due_is_told_with_the_part_that_has_not_come(cast: Cast) -> None:
    today = clock.today()
    parts = pledge(cast, satang=90_000, parts=monthly(first=today - 30 * DAY)).id
    whole = pledge(cast, expected_on=today + 5 * DAY).id
    done = pledge(cast, expected_on=today + 5 * DAY).id
    gone = pledge(cast, expected_on=today + 5 * DAY).id
    gives(cast, parts, 35_000)
    gives(cast, whole, 1)
    gives(cast, done, 100_000)
    with transaction():
        pledges.withdraw(gone, by=cast.ton.user)

    def told(due: list[Due]) -> list[tuple[int, int | None, date, int]]:
        return [
            (
                awaited.pledge.id,
                awaited.instalment.number if awaited.instalment else None,
                awaited.due_on,
                awaited.satang,
            )
            for awaited in due
        ]

    assert told(status.due_between(today, today + 6 * DAY)) == [
        (parts, 2, today, 25_000),
        (whole, None, today + 5 * DAY, 99_999),
    ]
    assert told(status.due_between(today - 40 * DAY, today - DAY)) == []
    assert told(status.due_between(today + 30 * DAY, today + 30 * DAY)) == [
        (parts, 3, today + 30 * DAY, 30_000)
    ]


# Lapsing


def let_lapse(today: date) -> int:
    with transaction():
        return pledges.lapse_due(today)


def after(portal: Flask) -> int:
    return portal.extensions["profile"].giving.lapse_after_days


def test_a_pledge_lapses_so_many_days_after_its_last_due_date_and_once(portal: Flask, cast: Cast) -> None:
    today = clock.today()
    late = pledge(cast, satang=90_000, parts=monthly()).id
    given_ = pledge(cast).id
    gives(cast, given_, 100_000)
    last = today + 60 * DAY
    assert let_lapse(last + after(portal) * DAY) == 0
    assert let_lapse(last + (after(portal) + 1) * DAY) == 1
    assert let_lapse(last + (after(portal) + 1) * DAY) == 0
    assert stands(late) == PledgeStatus.LAPSED
    assert stands(given_) == PledgeStatus.FULFILLED
    assert pledges.outstanding(db.session().get_one(Pledge, late)) == 0
    assert status.sums(cast.ton.user).pledged == 100_000
    with pytest.raises(Refused, match="พ้นกำหนด"), transaction():
        pledges.withdraw(late, by=cast.ton.user)


def test_nothing_lapses_while_a_qr_code_for_it_can_still_be_paid(portal: Flask, cast: Cast) -> None:
    made = pledge(cast)
    with transaction():
        payment_requests.open(satang=100, purpose_id=made.purpose_id, pledge_id=made.id, by=cast.ton.user)
    far = clock.today() + (after(portal) + 1) * DAY
    assert let_lapse(far) == 0
    with transaction() as session:
        session.scalars(select(PaymentRequest)).one().state = "cancelled"
    assert let_lapse(far) == 1


def test_money_for_a_lapsed_pledge_is_still_received_and_shown(portal: Flask, cast: Cast) -> None:
    made = pledge(cast)
    assert let_lapse(clock.today() + (after(portal) + 1) * DAY) == 1
    with transaction():
        opened = payment_requests.open(
            satang=30_000, purpose_id=made.purpose_id, pledge_id=made.id, by=cast.ton.user
        )
    with transaction():
        arrives(
            satang=30_000,
            paid_at=clock.now(),
            purpose_id=made.purpose_id,
            payment_request_id=opened.id,
            by=None,
        )
    assert pledges.received([made.id]) == {made.id: 30_000}
    assert stands(made.id) == PledgeStatus.LAPSED
    assert status.sums(cast.ton.user) == status.PledgeSums(0, 30_000, 0)
    gives(cast, made.id, 70_000)
    assert stands(made.id) == PledgeStatus.FULFILLED


def test_a_pledge_that_ended_does_not_begin_again(portal: Flask, cast: Cast) -> None:
    pledge(cast)
    let_lapse(clock.today() + (after(portal) + 1) * DAY)
    with pytest.raises(Refused, match="จบไปแล้ว"), transaction() as session:
        session.execute(text("UPDATE pledge SET state = 'stated', lapsed_at = NULL"))


# In kind


def test_goods_count_towards_pledges_of_goods_by_their_number_and_never_as_money(cast: Cast) -> None:
    sacks, money = rice(cast).id, pledge(cast).id
    bags(cast, sacks, 40)
    assert stands(sacks) == PledgeStatus.PARTLY
    assert pledges.pieces([sacks]) == {sacks: 40}
    assert pledges.received([sacks, money]) == {sacks: 400_000, money: 0}
    assert status.sums(cast.ton.user) == status.PledgeSums(100_000, 0, 100_000)
    assert status.sums(cast.ton.user, in_kind=True) == status.PledgeSums(1_000_000, 400_000, 600_000)
    bags(cast, sacks, 60)
    assert stands(sacks) == PledgeStatus.FULFILLED
    with pytest.raises(Refused, match="ไม่ใช่การให้ประเภทนี้"):
        bags(cast, money, 1)


def test_money_never_pays_a_pledge_of_goods(cast: Cast) -> None:
    sacks = rice(cast)
    with pytest.raises(Refused, match="เป็นสิ่งของหรือแรงงาน"), transaction():
        payment_requests.open(satang=100, purpose_id=sacks.purpose_id, pledge_id=sacks.id, by=cast.ton.user)
    with pytest.raises(Refused, match="เป็นสิ่งของหรือแรงงาน"):
        gives(cast, sacks.id, 100)


@pytest.mark.pages
@pytest.mark.parametrize(
    "wrong",
    [
        {"what": ""},
        {"unit": " "},
        {"quantity": None},
        {"quantity": 0},
        {"kind": "gold"},
        {"kind": "money"},
        {"satang": 0},
    ],
)
def test_a_pledge_in_kind_says_what_how_many_and_of_what_value(cast: Cast, wrong: dict[str, object]) -> None:
    said = {"kind": "labour", "what": "ช่างไม้", "quantity": 5, "unit": "วันแรง", "satang": 250_000}
    with pytest.raises(BadInput):
        pledge(cast, **{**said, **wrong})
    assert pledge(cast, **said).kind == "labour"


# Both ways of telling how a pledge stands


def test_the_list_and_the_counts_tell_the_same_status_as_the_rule(portal: Flask, cast: Cast) -> None:
    for came in (0, 50_000, 100_000, 150_000):
        for ends in ("", "withdrawn"):
            number = pledge(cast).id
            if came:
                gives(cast, number, came)
            if ends:
                with transaction() as session:
                    made = session.get_one(Pledge, number)
                    made.state, made.withdrawn_at = PledgeState.WITHDRAWN, clock.now()
    bags(cast, rice(cast).id, 10)
    let_lapse(clock.today() + (after(portal) + 1) * DAY)
    gives(cast, pledge(cast).id, 10)
    user, session = cast.ton.user, db.session()
    told = {wanted: set[int]() for wanted in PledgeStatus}
    for seen in session.scalars(pledges.visible_to(user)):
        told[stands(seen.id)].add(seen.id)
    assert all(
        told[wanted]
        for wanted in (
            PledgeStatus.PARTLY,
            PledgeStatus.FULFILLED,
            PledgeStatus.LAPSED,
            PledgeStatus.WITHDRAWN,
        )
    )
    for wanted in PledgeStatus:
        assert {row.id for row in session.scalars(status.visible_to(user, wanted))} == told[wanted]
