"""Pages of giving: pledges of networks, QR codes, receipts, and setting the fund up."""

from app.fund.giving import (
    batch_views,
    collections,
    edonation_views,
    give_views,
    pledge_views,
    receipt_proofs,
    receipt_views,
    reminders,
    setup_views,
    slip_views,
    yearly_views,
)
from app.fund.giving.blueprint import bp

__all__ = [
    "batch_views",
    "bp",
    "collections",
    "edonation_views",
    "give_views",
    "pledge_views",
    "receipt_proofs",
    "receipt_views",
    "reminders",
    "setup_views",
    "slip_views",
    "yearly_views",
]
