"""Goods recorded as donations in kind."""

from people import Cast

from app.fund.giving.goods import goods
from app.fund.giving.records.goods import (
    InKindDonation,
)
from app.kit import clock
from app.kit.db import transaction


def records(cast: Cast, **more: object) -> InKindDonation:
    said: dict[str, object] = {
        "kind": "goods",
        "what": "ข้าวสาร",
        "quantity": 100,
        "unit": "ถุง",
        "satang": 900_000,
        "valued_from": "market",
        "valuation": "ตลาดสดเมือง ถุงละ 90 บาท",
        "received_on": clock.today(),
        "purpose_id": cast.purpose().id,
        "giver": "นายใจ ดีงาม",
    }
    with transaction():
        return goods.record(**{**said, **more}, by=cast.busaba.user)  # type: ignore[arg-type]
