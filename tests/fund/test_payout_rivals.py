"""Lines that call themselves payouts of Omise and may be another thing: money already paid out, or somebody's donation."""

from datetime import timedelta

import time_machine
from bank_hands import given, opened
from flask import Flask
from omise_payouts import charged, paid_in
from people import Cast
from providers import Provider

from app.fund.bank.providers import payouts
from app.kit import clock


def test_a_payout_told_late_is_not_of_money_that_a_later_payout_had_used_up(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    net = charged(taking, cast, bank).net
    now = clock.now()
    with time_machine.travel(now + timedelta(hours=2), tick=True):
        charged(taking, cast, bank)
        assert paid_in(cast, net, at=now + timedelta(hours=1))[0].state == "excluded"
        (late,) = paid_in(cast, net, at=now + timedelta(minutes=30))
    assert (late.state, late.match_reason) == ("waiting", "payout")
    assert payouts.kept_by_omise() == net


def test_a_sum_that_a_giver_was_asked_for_is_no_payout_by_its_name_alone(
    taking: Flask, cast: Cast, bank: Provider
) -> None:
    charged(taking, cast, bank)
    payment_request = opened(cast, 30_000)
    (line,) = paid_in(cast, payment_request.due_satang, words="รับโอน บจก. OPN ค้าไม้")
    assert (line.state, line.match_reason, line.payment_request_id) == (
        "waiting",
        "payout",
        payment_request.id,
    )
    assert "ตรงกับรายการให้" in line.reason
    assert given() == [150_000]
    (other,) = paid_in(cast, payment_request.due_satang - 1)
    assert (other.state, other.match_reason) == ("excluded", "payout")
