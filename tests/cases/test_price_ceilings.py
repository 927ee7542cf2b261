"""A province's ceiling on the price of a thing stands before whoever asks and before the committee."""

import pytest
from aid_world import draft, register
from flask import Flask
from people import Cast

from app.cases.aid import committee_facts, pre_checks, requests
from app.cases.aid.lines import of as lines_of
from app.cases.aid.records import AidRequest
from app.kit import clock
from app.kit.db import transaction

_HOUSE = "LV-HNW"


def _house(cast: Cast, satang: int) -> AidRequest:
    (member,) = register(1, failed=("living",))
    request = draft(cast, dimension="living", title="สร้างบ้านใหม่ 1 หลัง")
    with transaction():
        requests.add_lines(
            request.id,
            member_ids=[member.id],
            item_code=_HOUSE,
            quantity=1,
            unit_satang=satang,
            by=cast.malee.user,
        )
    return request


@pytest.mark.pages
@pytest.mark.parametrize(("satang", "told"), [(5_000_000, False), (5_000_001, True)])
def test_a_price_above_the_ceiling_is_told_and_one_at_it_is_not(
    portal: Flask, cast: Cast, satang: int, told: bool
) -> None:
    request = _house(cast, satang)
    words = " ".join(check.words for check in pre_checks.before_filing(request, lines_of(request.id)))
    assert ("สูงกว่าเพดานของจังหวัด (50,000.00 บาท)" in words) == told
    with transaction():
        requests.submit(request.id, confirmed_satang=satang, by=cast.malee.user)
    facts = committee_facts.of([request.code], on=clock.today())[request.code]
    (price,) = facts.prices
    assert price.is_above_ceiling == price.is_unusual == told
    assert "ไม่เกิน 50,000" in price.usual
    assert any("สูงกว่าเพดาน" in words for words in facts.findings) == told
