"""What Omise sends back while one person has decided and another has not answered yet is seen by the answer."""

import pytest
from bank_decided import another_officer
from bank_hands import given, item_of
from flask import Flask
from people import Cast
from providers import Provider, webhook, work

from app.demo.charges import event_object
from app.fund.bank import decision_approvals
from app.fund.bank.inquiry import sweep
from app.fund.bank.reconciliation import approved_decisions, decisions, refunds
from app.fund.bank.reconciliation.allocations import AllocationPart
from app.fund.ledger import books
from app.kit.db import db, transaction
from app.kit.errors import Refused

_LARGE = 5_000_000


def _waits(app: Flask, bank: Provider) -> tuple[str, int]:
    """A charge without a reference of ours, waiting for a person: its id at Omise and its event."""
    charged = bank.charges.charge(satang=_LARGE, ref1="", payer="ก")
    webhook(app, event_object(charged))
    work()
    item = item_of(charged.id)
    assert (item.state, item.match_reason) == ("waiting", "unmatched")
    return charged.id, item.event_id


def _goes_back(bank: Provider, charge_id: str, satang: int) -> None:
    bank.charges.give_back(charge_id, satang)
    assert sweep.run()["differs"] == 1
    db.session.rollback()


def test_whoever_approves_divides_nothing_of_which_a_part_went_back_meanwhile(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    charge_id, number = _waits(taking, bank)
    purpose_id = cast.purpose().id
    half = AllocationPart(satang=_LARGE // 2, purpose_id=purpose_id, donor_name="ก")
    with transaction():
        assert decisions.split(number, [half, half], by=cast.kanya.user) == []
    _goes_back(bank, charge_id, 1_000_000)
    request = _asked(number)
    with pytest.raises(Refused, match="แบ่งไม่ได้"), transaction():
        approved_decisions.confirm(request, by=another_officer())
    assert (given(), books.findings()) == ([], [])


def test_whoever_approves_makes_no_donation_of_what_went_back_whole_meanwhile(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    charge_id, number = _waits(taking, bank)
    with transaction():
        given_ = decisions.assign(number, purpose_id=cast.purpose().id, donor_name="ก", by=cast.kanya.user)
    assert given_ is None
    _goes_back(bank, charge_id, _LARGE)
    request = _asked(number)
    with pytest.raises(Refused, match="ไปทั้งหมดแล้ว"), transaction():
        approved_decisions.confirm(request, by=another_officer())
    assert given() == []


def test_nobody_approves_that_money_goes_back_which_omise_sent_back_meanwhile(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    charge_id, number = _waits(taking, bank)
    with transaction():
        asked = refunds.ask(
            event_id=number,
            satang=_LARGE,
            reason="โอนผิด",
            payee="นายผู้ให้",
            payee_bank="004",
            payee_account="4099900000",
            by=cast.kanya.user,
        ).id
    _goes_back(bank, charge_id, _LARGE)
    with pytest.raises(Refused, match="คืนซ้ำไม่ได้"), transaction():
        refunds.approve(asked, by=another_officer())
    with transaction():
        refunds.refuse(asked, reason="Omise คืนแล้ว", by=another_officer())
    with transaction():
        decisions.exclude(number, reason="Omise คืนผู้ชำระแล้ว", by=None)
    assert (given(), books.findings()) == ([], [])


def _asked(number: int) -> int:
    waiting = decision_approvals.open_for(number)
    assert waiting is not None
    return waiting.id
