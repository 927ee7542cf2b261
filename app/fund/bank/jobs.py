"""Jobs of the bank's room."""

from collections.abc import Mapping
from typing import Any

from app.fund.bank.inquiry import verification
from app.fund.bank.reconciliation import answers, matching
from app.fund.bank.statements import statements, uploads


def bring_in() -> Mapping[str, Any]:
    """Read on in the statements that were uploaded."""
    return {"drafts": statements.advance()}


def reconcile() -> Mapping[str, Any]:
    """Judge what is new from the banks."""
    return {"settled": matching.reconcile_new()}


def ask_about_left() -> Mapping[str, Any]:
    """Ask the providers about what nobody has asked about yet."""
    return {"asked": verification.ask_about_unasked()}


def look_again(reference: str) -> Mapping[str, Any]:
    """Judge again what waits under a reference."""
    return {"judged": answers.look_again(reference)}


def forget_uploads() -> Mapping[str, Any]:
    """Drop the uploads that nobody came back to."""
    return {"forgotten": uploads.drop_forgotten()}
