"""The bank's room as the portal sees it: every page, proof and answer of it joins by being read here."""

from app.fund.bank import proofs
from app.fund.bank.drawer import cash_ups
from app.fund.bank.inquiry import verification
from app.fund.bank.months import proofs as month_proofs
from app.fund.bank.pages import (
    confirmations,
    counter,
    deciding,
    drafts,
    events,
    months,
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
    "cash_ups",
    "confirmations",
    "counter",
    "deciding",
    "drafts",
    "events",
    "month_proofs",
    "months",
    "proofs",
    "providers",
    "queue",
    "refunds",
    "split",
    "statements",
    "verification",
    "work",
]
