"""Jobs of giving."""

from collections.abc import Mapping
from typing import Any

from app.fund.giving import corrections, reminders
from app.fund.giving.goods import documents as goods_documents
from app.fund.giving.payment_requests import fund_accounts, payment_requests
from app.fund.giving.receipts import documents, receipts
from app.fund.giving.reports import batches
from app.kit.db import transaction


def expire() -> Mapping[str, Any]:
    """Let payment requests expire that nobody paid in time."""
    with transaction():
        return {"expired": payment_requests.expire_due()}


def close_replaced() -> Mapping[str, Any]:
    """Close the accounts that another has replaced."""
    with transaction():
        return {"closed": fund_accounts.close_replaced()}


def issue_owed() -> Mapping[str, Any]:
    """Issue the receipts that are owed, as soon as the issuer's data are complete."""
    return {"issued": receipts.issue_missing()}


#: Printed by one round, so that the bank's messages do not wait for a pile of paper.
_PRINTED_AT_ONCE = 20


def print_originals() -> Mapping[str, Any]:
    """Print the originals of receipts that have none yet, a few at a time."""
    found = documents.unprinted(most=_PRINTED_AT_ONCE)
    for receipt in found:
        documents.original(receipt)
    return {"printed": len(found) + goods_documents.print_missing(most=_PRINTED_AT_ONCE)}


def clear_batches() -> Mapping[str, Any]:
    """Take away batches of receipts that are old."""
    return {"cleared": batches.clear_old()}


def remind() -> Mapping[str, Any]:
    """The day's reminders and lapses, once each day from seven in the morning."""
    with transaction():
        return reminders.run_nightly()


def thank(donation_id: int) -> Mapping[str, Any]:
    """Write the thanks for a donation."""
    with transaction():
        return {"written": reminders.thank(donation_id)}


def correct(donation_reversal_id: int) -> Mapping[str, Any]:
    """Write to those whom a reversal concerns."""
    with transaction():
        return {"written": corrections.correct(donation_reversal_id)}
