"""The sweep: each night the banks are asked for their own lists of the last days, so that no payment depends on a message."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.fund.bank.inquiry import bill_sweep, charge_sweep
from app.fund.bank.inquiry.inquiry_results import SweepSummary
from app.fund.bank.providers import inquiries, omise
from app.fund.bank.reconciliation import matching
from app.kit import clock, queue
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff import audit
from app.staff.deeds import Deed

#: How many days before today are asked for again; what a bank books late it books within these.
DAYS = 3
MOST_DAYS = 31
#: The night's work begins at this hour in Bangkok, when yesterday is over at every bank.
_HOUR = 1
_LATER = timedelta(hours=1)
_ATTEMPTS = 12
#: Each provider that has lists, by the name of its events' source.
_PROVIDERS: dict[str, Callable[[int], SweepSummary]] = {"scb": bill_sweep.take, "omise": charge_sweep.take}


def _configured() -> list[str]:
    is_there = {"scb": inquiries.is_configured("scb"), "omise": omise.configured() is not None}
    return [name for name in _PROVIDERS if is_there[name]]


def run(days: int = DAYS) -> dict[str, Any]:
    """Ask each bank that is configured for its payments of today and the `days` before. What we were never told
    becomes an event as its message would have made it, under the bank's own id, so that one that comes late adds
    nothing. Returns the counts by name, and under `peers` those of each.

    Raises Refused when no bank is configured.
    """
    providers = _configured()
    if not providers:
        raise Refused(
            "ยังไม่ได้ตั้งค่า KUEAKUN_SCB_URL, KUEAKUN_SCB_KEY, KUEAKUN_SCB_SECRET หรือ KUEAKUN_OMISE_KEY, "
            "KUEAKUN_OMISE_SECRETS จึงถามธนาคารไม่ได้"
        )
    if not 0 <= days <= MOST_DAYS:
        raise Refused(f"ย้อนหลังได้ 0–{MOST_DAYS} วัน")
    found = {name: _PROVIDERS[name](days) for name in providers}
    matching.reconcile_new()
    with transaction():
        for name, summary in found.items():
            audit.record(Deed.BANK_SWEEP, f"bank:{name}", by=None, days=days, **summary.counts())
    return {
        **sum(found.values(), SweepSummary()).counts(),
        "peers": {name: summary.counts() for name, summary in found.items()},
    }


def sweep_nightly(attempt: int = 0) -> dict[str, Any]:
    """The nightly job; it runs again in an hour where a bank did not answer."""
    found = run()
    if found["unreachable"] and attempt < _ATTEMPTS:
        with transaction():
            key = f"{clock.today()}.{attempt + 1}"
            queue.ask("sweep", key=key, delay=_LATER, attempt=attempt + 1)
    return found


def queue_nightly_sweep() -> dict[str, Any]:
    """Queue the sweep once a night (Bangkok), however many workers ask for it."""
    now = clock.now().astimezone(BANGKOK)
    if now.hour < _HOUR or not _configured():
        return {}
    key = now.date().isoformat()
    if db.session().scalar(select(queue.Job.id).where(queue.Job.key == f"sweep:{key}").limit(1)) is not None:
        return {}
    with transaction():
        queue.ask("sweep", key=key)
    return {"asked": key}
