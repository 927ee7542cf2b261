"""The bank's room as the portal sees it: every page, check and answer of it joins by being read here."""

from app.fund.bank import checks
from app.fund.bank.inquiry import verification
from app.fund.bank.pages import (
    confirmations,
    deciding,
    drafts,
    events,
    providers,
    queue,
    refunds,
    split,
    statements,
    work,
)
from app.fund.bank.pages.blueprint import bp
from app.fund.bank.reconciliation import answers

__all__ = [
    "answers",
    "bp",
    "checks",
    "confirmations",
    "deciding",
    "drafts",
    "events",
    "providers",
    "queue",
    "refunds",
    "split",
    "statements",
    "verification",
    "work",
]
