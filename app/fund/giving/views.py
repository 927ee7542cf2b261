"""Pages of giving: pledges of networks, QR codes, receipts, and setting the fund up."""

from app.fund.giving import (
    batch_views,
    collection_views,
    edonation_views,
    give_views,
    goods_views,
    network_views,
    outbox_views,
    pledge_views,
    receipt_proofs,
    receipt_views,
    setup_views,
    share_views,
    slip_views,
    solicitation_views,
    yearly_views,
)
from app.fund.giving.blueprint import bp

__all__ = [
    "batch_views",
    "bp",
    "collection_views",
    "edonation_views",
    "give_views",
    "goods_views",
    "network_views",
    "outbox_views",
    "pledge_views",
    "receipt_proofs",
    "receipt_views",
    "setup_views",
    "share_views",
    "slip_views",
    "solicitation_views",
    "yearly_views",
]
