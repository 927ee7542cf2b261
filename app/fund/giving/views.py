"""The pages of giving as the portal sees them: each joins by being read here."""

from app.fund.giving import message_pages
from app.fund.giving.blueprint import bp
from app.fund.giving.goods import pages as goods_pages
from app.fund.giving.networks import pages as network_pages
from app.fund.giving.payment_requests import collection_pages, setup_pages, solicitation_pages
from app.fund.giving.payment_requests import pages as payment_request_pages
from app.fund.giving.pledges import pages as pledge_pages
from app.fund.giving.receipts import check_pages, issuer_pages
from app.fund.giving.receipts import pages as receipt_pages
from app.fund.giving.reports import batch_pages, edonation_pages, share_pages, yearly_pages
from app.fund.giving.slips import pages as slip_pages

__all__ = [
    "batch_pages",
    "bp",
    "check_pages",
    "collection_pages",
    "edonation_pages",
    "goods_pages",
    "issuer_pages",
    "message_pages",
    "network_pages",
    "payment_request_pages",
    "pledge_pages",
    "receipt_pages",
    "setup_pages",
    "share_pages",
    "slip_pages",
    "solicitation_pages",
    "yearly_pages",
]
