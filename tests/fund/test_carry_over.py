"""The end of a fiscal year: what is promised and not paid is kept or given back, by two."""

from datetime import date

import committee_room as room
import pytest
from flask import Flask
from people import Cast

from app.fund.ledger import books
from app.fund.spending import carry_over
from app.fund.spending.carry_over import KEEP, RELEASE, Choice
from app.kit import clock
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.thai import fiscal_year_be
from app.staff import approvals


@pytest.mark.pages
def test_open_commitments_are_kept_or_given_back_with_a_reason_by_two_people(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.give(cast, 1_000_00)
    kept, released = room.approve(cast, 300_00), room.approve(cast, 200_00)
    room.pay(cast, kept, 50_00)
    year = fiscal_year_be(clock.today())
    monkeypatch.setattr(carry_over, "fiscal_year_days", lambda _: (date(2000, 10, 1), clock.today()))
    assert [each.satang for each in carry_over.open_commitments(year)] == [250_00, 200_00]
    choices = [Choice(kept, KEEP, "รอส่งของ"), Choice(released, RELEASE, "ไม่ซื้อแล้ว")]
    for wrong in (choices[:1], [choices[0], Choice(released, RELEASE, "")]):
        with pytest.raises(Refused), transaction():
            carry_over.ask(year, wrong, reason="มติที่ 1", by=cast.kanya.user)
    with pytest.raises(BadInput), transaction():
        carry_over.ask(year, choices, reason="", by=cast.kanya.user)
    path = f"/bank/year-end?year={year}"
    fields = {f"deed_{kept}": KEEP, f"why_{kept}": "รอส่งของ"}
    fields |= {f"deed_{released}": RELEASE, f"why_{released}": "ไม่ซื้อแล้ว"}
    cast.kanya.sign_in().send(path, action="/bank/year-end", **fields, reason="มติที่ 1")
    waiting = carry_over.waiting(year)
    assert waiting is not None
    assert carry_over.kept(year) == 0
    with pytest.raises(Refused), transaction():
        approvals.approve(waiting.id, by=cast.kanya.user)
    with transaction():
        approvals.approve(waiting.id, by=cast.somchai.user)
    assert carry_over.kept(year) == 250_00
    (balance,) = [each for each in books.balances() if each.received]
    assert (balance.available, balance.committed, balance.paid) == (700_00, 250_00, 50_00)
    assert books.findings() == []
    assert "กันไว้ 250.00 บาท" in cast.decha.sign_in().visit(path).words
    with pytest.raises(Refused, match="ยังไม่อยู่ในบัญชี"), transaction():
        carry_over.ask(year, choices, reason="มติที่ 1", by=cast.kanya.user)
    # What is promised in the last days of the year needs a list of its own.
    monkeypatch.setattr(carry_over, "_LAST_MONTH", clock.today().month)
    monkeypatch.setattr(carry_over, "fiscal_year_be", lambda _: year)
    assert not carry_over.is_due(clock.today())
    later = room.approve(cast, 100_00)
    assert carry_over.is_due(clock.today())
    with transaction():
        second = carry_over.ask(year, [Choice(later, KEEP, "รอส่งของ")], reason="มติที่ 2", by=cast.kanya.user)
        approvals.approve(second.id, by=cast.somchai.user)
    assert (carry_over.kept(year), carry_over.unlisted(year)) == (350_00, [])
