"""What the month-end certificate says of the fund's own books."""

import committee_room as room
import pytest
from flask import Flask
from people import Cast

from app.fund.closing import certificates, month_facts
from app.fund.spending import payments
from app.kit import clock, pdf
from app.kit.db import transaction


def _printed(facts: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> str:
    pages: list[str] = []
    monkeypatch.setattr(pdf, "render", lambda html, **_: pages.append(html) or b"%PDF")
    certificates.render(facts, at=clock.now(), by="", final=False)
    return " ".join(pages[0].split())


def test_what_a_settlement_gives_back_is_not_promised_on_the_certificate(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.give(cast, 1_000_00)
    code = room.approve(cast, 400_00)
    room.pay(cast, code, 100_00)
    with transaction():
        payments.settle(code, reason="ไม่ซื้อแล้ว", by=cast.kanya.user)
    facts = month_facts.gather(clock.today().replace(day=1))
    assert facts["books"] == {
        "received": 1_000_00,
        "opened": 0,
        "returned": 0,
        "committed": 400_00,
        "released": 300_00,
        "paid": 100_00,
    }
    page = _printed(facts, monkeypatch)
    assert "ผูกพันตามมติสุทธิ ๑๐๐.๐๐ บาท (มติ ๔๐๐.๐๐ บาท หักคืนเป็นพร้อมใช้ ๓๐๐.๐๐ บาท)" in page


def test_a_month_certified_before_that_says_that_its_sum_is_gross(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = month_facts.gather(clock.today().replace(day=1))
    del facts["books"]["released"]
    assert "ผูกพันตามมติก่อนหักที่คืน ๐.๐๐ บาท" in _printed(facts, monkeypatch)
