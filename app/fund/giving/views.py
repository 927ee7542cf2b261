"""Pages of giving: pledges of networks, QR codes, receipts, and setting the fund up."""

from app.fund.giving.donations import donation_checks
from app.fund.giving.goods import checks as goods_checks
from app.fund.giving.pages import (
    batches,
    check,
    collections,
    edonation,
    give,
    goods,
    issuer,
    networks,
    outbox,
    pledges,
    receipts,
    setup,
    shares,
    slips,
    solicitation,
    tries,
    yearly,
)
from app.fund.giving.pages.blueprint import bp
from app.fund.giving.receipts import checks as receipt_checks

__all__ = [
    "batches",
    "bp",
    "check",
    "collections",
    "donation_checks",
    "edonation",
    "give",
    "goods",
    "goods_checks",
    "issuer",
    "networks",
    "outbox",
    "pledges",
    "receipt_checks",
    "receipts",
    "setup",
    "shares",
    "slips",
    "solicitation",
    "tries",
    "yearly",
]
