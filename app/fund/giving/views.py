"""Pages of giving: pledges of networks, QR codes, receipts, and setting the fund up."""

from app.fund.giving import (
    collections,
    give_views,
    pledge_views,
    receipt_views,
    reminders,
    setup_views,
    slip_claims,
)
from app.fund.giving.blueprint import bp

__all__ = [
    "bp",
    "collections",
    "give_views",
    "pledge_views",
    "receipt_views",
    "reminders",
    "setup_views",
    "slip_claims",
]
