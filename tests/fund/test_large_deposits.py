"""A large line that one officer calls the counter's own deposit waits for another, like all that is excluded."""

import pytest
from bank_decided import another_officer
from counter_takings import a_line_of, closed, lines, taken
from flask import Flask
from people import Cast

from app.fund.bank import decision_approvals
from app.fund.bank.reconciliation import approved_decisions, deposits
from app.fund.bank.reconciliation.deposits import Undeposited
from app.kit.db import transaction
from app.kit.errors import Refused

_LARGE = 20_000_000


def _linked_by_one(cast: Cast) -> int:
    taken(cast, _LARGE)
    closed(cast)
    event_id = a_line_of(_LARGE, "รับโอน")
    items = [item.id for item in Undeposited().items]
    with transaction():
        assert not deposits.link(event_id, items=items, by=cast.kanya.user)
    waiting = decision_approvals.open_for(event_id)
    assert waiting is not None
    assert (lines()[0].state, len(Undeposited().items)) == ("waiting", 1)
    return waiting.id


def test_a_large_deposit_is_linked_by_hand_only_when_another_says_so_too(portal: Flask, cast: Cast) -> None:
    request = _linked_by_one(cast)
    with pytest.raises(Refused, match="ยืนยันเองไม่ได้"), transaction():
        approved_decisions.confirm(request, by=cast.kanya.user)
    assert "นำฝากเงินที่รับจากเคาน์เตอร์" in cast.somchai.sign_in().visit("/bank/confirmations").words
    with transaction():
        approved_decisions.confirm(request, by=another_officer())
    (line,) = lines()
    assert (line.state, line.match_reason, line.decided_by_id) == ("excluded", "deposit", cast.kanya.user_id)
    assert Undeposited().items == []


def test_a_large_deposit_that_another_refuses_stays_to_be_decided(portal: Flask, cast: Cast) -> None:
    request = _linked_by_one(cast)
    with transaction():
        approved_decisions.refuse(request, reason="ไม่ใช่เงินสดของเรา", by=another_officer())
    assert (lines()[0].state, len(Undeposited().items)) == ("waiting", 1)
