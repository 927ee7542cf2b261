"""The bank's room as the portal sees it: every page, check and answer of it joins by being read here."""

from app.fund.bank import checks, confirmation_pages, event_pages
from app.fund.bank.blueprint import bp
from app.fund.bank.inquiry import verification
from app.fund.bank.providers import pages as provider_pages
from app.fund.bank.reconciliation import (
    answers,
    decision_pages,
    queue_pages,
    refund_pages,
    split_pages,
    work_pages,
)
from app.fund.bank.statements import pages as statement_pages
from app.fund.bank.statements import upload_pages

__all__ = [
    "answers",
    "bp",
    "checks",
    "confirmation_pages",
    "decision_pages",
    "event_pages",
    "provider_pages",
    "queue_pages",
    "refund_pages",
    "split_pages",
    "statement_pages",
    "upload_pages",
    "verification",
    "work_pages",
]
