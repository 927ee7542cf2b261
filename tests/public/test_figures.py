"""Figures: what is kept back in one table is not told by the table beside it."""

from collections.abc import Callable

import pytest
from flask import Flask
from money import arrives
from people import Cast
from register import register_file

from app.cases.aid import requests
from app.cases.registry import intake, rounds
from app.cases.registry.members import Member
from app.fund.giving.networks import networks
from app.fund.giving.pledges import pledges
from app.fund.spending import committee, orders, payments
from app.kit import clock
from app.kit.db import db, transaction
from app.public import editions, figures, helped, targets
from app.public.helped import Help, Tables

UNIT = 1_025_00


def take_in(cast: Cast, *, pupils: int, others: dict[str, int] | None = None) -> None:
    with transaction():
        intake.import_file(
            raw=register_file(pupils=pupils, district="3301", others=others),
            name="tpmap.csv",
            round_code="TPMAP-2569",
            source="tpmap",
            by=cast.busaba.user,
        )
        rounds.set_public_base(code="TPMAP-2569", by=cast.busaba.user)


def paid_request(cast: Cast, pupils: int, *, dimension: str) -> None:
    """So many pupils of the register have been asked for, approved and paid for."""
    satang = pupils * UNIT
    with transaction() as session:
        members = session.query(Member.id).filter(Member.school != "").order_by(Member.id).limit(pupils)
        one = requests.draft(
            title="ชุดลูกเสือ",
            story="",
            district_code=None,
            purpose_code="general",
            dimension=dimension,
            urgency="medium",
            by=cast.malee.user,
        )
        requests.add_lines(
            one.id,
            member_ids=[number for (number,) in members],
            item_code="ED-SCT-SCO",
            quantity=1,
            unit_satang=UNIT,
            by=cast.malee.user,
        )
        code, number = one.code, one.id
    with transaction():
        requests.submit(number, confirmed_satang=satang, by=cast.malee.user)
        arrives(satang=satang, paid_at=clock.now(), purpose_id=cast.purpose().id, by=cast.kanya.user)
        meeting = committee.call(held_on=clock.today(), place="ศาลากลาง", by=cast.busaba.user).id
        for voter in (cast.somchai, cast.pranee, cast.wichai):
            committee.note_present(meeting, member_id=voter.user_id or 0, by=cast.busaba.user)
        item = committee.table(meeting, proposal_code=code, by=cast.busaba.user).id
        committee.open_(meeting, chair_id=cast.somchai.user_id or 0, by=cast.busaba.user)
    for voter in (cast.somchai, cast.pranee, cast.wichai):
        with transaction():
            committee.vote(item, choice="approve", by=voter.user)
    with transaction():
        committee.resolve(item, by=cast.somchai.user)
    with transaction():
        order = orders.prepare(
            proposal_code=code,
            satang=satang,
            vendor="ร้านศรีสะเกษศึกษาภัณฑ์",
            vendor_bank="006",
            vendor_account="3010123456",
            by=cast.kanya.user,
        )
        orders.approve(order.id, by=cast.somchai.user)
        payments.record(order.id, transfer_ref=f"KTB{code}", paid_on=clock.today(), by=cast.kanya.user)


def said(portal: Flask) -> dict[str, object]:
    db.session.rollback()
    return figures.compute(portal.extensions["profile"])


def shown(cast: Cast) -> str:
    with transaction():
        editions.publish()
    return cast.stranger.visit("/aid").words


def dimensions(portal: Flask) -> dict[str, dict[str, object]]:
    return {row["code"]: row for row in said(portal)["dimensions"]}  # type: ignore[attr-defined]


def test_what_was_paid_for_few_people_is_kept_back_with_the_rest_of_their_row(
    portal: Flask, cast: Cast
) -> None:
    take_in(cast, pupils=12)
    paid_request(cast, 8, dimension="income")
    assert dimensions(portal)["income"]["paid"] == 8 * UNIT
    paid_request(cast, 3, dimension="education")
    rows = dimensions(portal)
    assert rows["education"]["paid"] is None
    assert rows["income"]["paid"] is None, "the sum of all that was paid would tell"
    assert rows["health"]["paid"] == 0
    assert "8,200.00" not in shown(cast).split("ตามมิติความขัดสน")[-1].split("ตามอำเภอ ทั้ง")[0]


def _tables(**people: int) -> Tables:
    rows = {code: Help(count, count, count * UNIT) for code, count in people.items()}
    return Tables(
        Help(sum(people.values()), sum(people.values())), {"district": {}, "dimension": rows, "item": {}}
    )


@pytest.mark.parametrize("few", ["approved", "delivered", "paid"])
def test_paid_is_kept_back_where_any_help_of_its_row_is(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, few: str
) -> None:
    for name in ("approved", "delivered", "paid"):
        tables = _tables(income=60, education=3 if name == few else 40, health=50)
        always: Callable[[], Tables] = lambda tables=tables: tables  # type: ignore[misc] # noqa: E731
        monkeypatch.setattr(helped, name, always)
    monkeypatch.setattr(figures, "_paid_by_dimension", lambda: {"income": 9, "education": 7, "health": 8})
    rows = dimensions(portal)
    assert [rows[code]["paid"] for code in ("income", "education", "health")] == [9, None, None]


def _round(portal: Flask) -> dict[str, object]:
    (one,) = said(portal)["rounds"]  # type: ignore[misc]
    return one


def test_a_round_of_few_in_every_district_does_not_tell_its_sum(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=1, others={"3305": 4})
    assert {row["target_households"] for row in said(portal)["districts"]} == {0, None}  # type: ignore[attr-defined]
    assert _round(portal)["households"] is None
    assert _round(portal)["helped_households"] is None
    assert "ปกปิด" in shown(cast)


def test_a_round_tells_its_sum_where_that_tells_of_nobody(portal: Flask, cast: Cast) -> None:
    take_in(cast, pupils=3, others={"3305": 9})
    assert {row["target_households"] for row in said(portal)["districts"]} == {0, None}  # type: ignore[attr-defined]
    assert targets.main_round().is_shown
    assert _round(portal)["households"] == 12


def test_goods_are_no_money_and_a_person_who_gives_is_one_of_the_public(portal: Flask, cast: Cast) -> None:
    with transaction():
        person = networks.found(code="P1", type="person", name="นายใจ ดีงาม", by=None).id
        for more in (
            {"kind": "goods", "what": "ข้าวสาร", "quantity": 10, "unit": "ถุง", "satang": 900_00},
            {"satang": 500_00},
        ):
            pledges.state(
                network_id=person,
                purpose_id=cast.purpose().id,
                expected_on=clock.today(),
                basis="หนังสือของผู้ให้",
                by=cast.busaba.user,
                **more,
            )
        arrives(satang=200_00, paid_at=clock.now(), purpose_id=cast.purpose().id, network_id=person, by=None)
    figures_ = said(portal)
    assert figures_["money"]["pledged"] == 500_00  # type: ignore[index]
    types = {row["code"]: row for row in figures_["network_types"]}  # type: ignore[attr-defined]
    assert "person" not in types
    assert (types["public"]["pledged"], types["public"]["received"]) == (500_00, 200_00)
