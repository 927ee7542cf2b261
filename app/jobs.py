"""Background work: what is asked for by deeds, and what comes round by the clock."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from app.cases.aid import evidence
from app.editions import editions
from app.fund.bank.inquiry import sweep, verification
from app.fund.bank.reconciliation import answers, matching
from app.fund.bank.statements import statements, uploads
from app.fund.giving import corrections, reminders
from app.fund.giving.goods import documents as goods_documents
from app.fund.giving.payment_requests import fund_accounts, payment_requests
from app.fund.giving.receipts import documents, receipts
from app.fund.giving.reports import batches
from app.fund.giving.slips import keeping as slip_keeping
from app.fund.ledger import books
from app.kit import outbox, queue
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.settings import Settings
from app.staff import approvals, audit, resets

log = logging.getLogger("kueakun.jobs")


def _publish() -> Mapping[str, Any]:
    try:
        with transaction():
            edition = editions.publish()
    except editions.DoesNotAddUp:
        # The first page of those who keep the books says so at once, not only after the next check.
        with transaction():
            books.note_check(books.findings(), by="publish")
        raise
    return {"edition": edition.number if edition else None}


def _chain() -> Mapping[str, Any]:
    with transaction():
        return {"chained": audit.chain()}


def _chain_late() -> Mapping[str, Any]:
    with transaction():
        return {"chained": audit.chain(whole=True)}


def _reconcile() -> Mapping[str, Any]:
    return {"settled": matching.reconcile_new()}


def _ask_about_left() -> Mapping[str, Any]:
    return {"asked": verification.ask_about_unasked()}


def _look_again(reference: str) -> Mapping[str, Any]:
    return {"judged": answers.look_again(reference)}


def _expire() -> Mapping[str, Any]:
    with transaction():
        return {"expired": payment_requests.expire_due()}


def _lapse_approvals() -> Mapping[str, Any]:
    with transaction():
        return {"lapsed": approvals.lapse_due()}


def _close_replaced() -> Mapping[str, Any]:
    with transaction():
        return {"closed": fund_accounts.close_replaced()}


def issue_owed() -> Mapping[str, Any]:
    """Issue the receipts that are owed, as soon as the issuer's data are complete."""
    return {"issued": receipts.issue_missing()}


#: Printed by one round, so that the bank's messages do not wait for a pile of paper.
_PRINTED_AT_ONCE = 20


def _print_originals() -> Mapping[str, Any]:
    found = documents.unprinted(most=_PRINTED_AT_ONCE)
    for receipt in found:
        documents.original(receipt)
    return {"printed": len(found) + goods_documents.print_missing(most=_PRINTED_AT_ONCE)}


def _clear_batches() -> Mapping[str, Any]:
    return {"cleared": batches.clear_old()}


def remind() -> Mapping[str, Any]:
    """The day's reminders and lapses, once each day from seven in the morning."""
    with transaction():
        return reminders.run_nightly()


def _thank(donation_id: int) -> Mapping[str, Any]:
    with transaction():
        return {"written": reminders.thank(donation_id)}


def _correct(donation_reversal_id: int) -> Mapping[str, Any]:
    with transaction():
        return {"written": corrections.correct(donation_reversal_id)}


def send_messages() -> Mapping[str, Any]:
    """Send what is due through the channels that are configured."""
    settings = Settings.here()
    return outbox.send_due(settings.channels, fill=resets.fill)


def _bring_in() -> Mapping[str, Any]:
    return {"drafts": statements.advance()}


def _forget_uploads() -> Mapping[str, Any]:
    return {"forgotten": uploads.drop_forgotten()}


def check_books() -> Mapping[str, Any]:
    """Prove the books and keep the outcome for the health page."""
    # Read first, in a snapshot: proving the books must not keep a bank's message waiting for the write lock.
    found = books.findings()
    with transaction():
        books.note_check(found, by="job")
    for finding in found:
        log.error("books: %s", finding)
    return {"findings": found}


#: What deeds may ask for with queue.ask.
HANDLERS: dict[str, queue.Handler] = {
    "publish": _publish,
    "receipt_batch": batches.turn,
    "settle": _reconcile,
    "thank": _thank,
    "correct": _correct,
    "look_again": _look_again,
    "inquire": verification.ask,
    "sweep": sweep.sweep_nightly,
}

#: What comes round by itself, with its period in seconds.
ROUNDS: tuple[tuple[Callable[[], Mapping[str, Any]], float], ...] = (
    (_chain, 2),
    (_chain_late, 3600),
    (_bring_in, 1),
    (_reconcile, 5),
    (_publish, 30),
    (_expire, 60),
    (_lapse_approvals, 300),
    (_close_replaced, 60),
    (remind, 300),
    (send_messages, 5),
    (issue_owed, 60),
    (_print_originals, 10),
    (_clear_batches, 3600),
    (slip_keeping.look_after, 3600),
    (evidence.look_after, 3600),
    (_forget_uploads, 3600),
    (_ask_about_left, 60),
    (sweep.queue_nightly_sweep, 300),
    (check_books, 300),
)


def work(app: Flask, stop: threading.Event) -> None:
    """Do jobs until told to stop. Any number of workers may run: jobs are leased, rounds are safe to repeat."""
    due = {job: 0.0 for job, _ in ROUNDS}
    while not stop.is_set():
        with app.app_context():
            busy = _guarded(lambda: queue.work_once(HANDLERS))
            for job, period in ROUNDS:
                if time.monotonic() >= due[job]:
                    due[job] = time.monotonic() + period
                    _guarded(job)
            db.session.remove()
        if not busy:
            stop.wait(0.5)


def _guarded(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except Refused as refused:
        log.warning("job refused: %s", refused.words)
    except Exception:
        log.exception("job failed; it comes round again")
    return None
