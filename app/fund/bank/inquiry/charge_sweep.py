"""The sweep of charges: Omise's own list of the last days, so that no charge depends on its webhook."""

import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.fund.bank.inquiry import inquiry_results, verification
from app.fund.bank.inquiry.inquiry_results import SweepSummary
from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.providers import omise
from app.fund.bank.providers.omise import Charge
from app.fund.bank.records import BankEvent, InquiryOutcome, ReconciliationItem
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import BadInput
from app.kit.http import Unreachable

# Charge lists: Omise's own list of charges, read page by page with nothing believed that contradicts itself.
#
# Paging as in Omise's API reference, "List all charges": GET /charges with `from`, `to` (ISO 8601, over the moment a
# charge was made), `limit` (at most 100), `offset` and `order`; the answer is a list object with `total` and `data`.

#: Charges asked for on one page: the most that Omise lists.
PAGE = 100
#: A list that says it is longer than this is not read to its end.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class ListedCharge:
    """One charge of the list, and its JSON as it came."""

    charge: Charge
    raw: bytes


@dataclass(slots=True)
class ChargeList:
    """What a list said. `is_whole` is False when it broke off, said a charge twice, or has one that cannot be read."""

    listed: list[ListedCharge] = field(default_factory=list)
    asked: int = 0
    is_whole: bool = True


def read_list(*, since: datetime, until: datetime) -> ChargeList:
    """Every charge that was made in this time, oldest first, each once; what Omise says of one in two ways is left out.

    Asks for no more pages than the first page's total makes necessary. A page without an answer ends the list, which
    is not whole then; what was read before stands.
    """
    found = ChargeList()
    known: dict[str, ListedCharge] = {}
    doubtful: set[str] = set()
    total = offset = 0
    while True:
        found.asked += 1
        try:
            reply = _page(since=since, until=until, offset=offset)
        except Unreachable:
            found.is_whole = False
            break
        data, says = reply
        # The end of the time asked for is fixed, so the list can neither grow nor shrink while it is read.
        found.is_whole &= offset == 0 or says == total
        total = total or says
        before = len(known)
        for entry in data:
            listed = _listed(entry)
            if listed is None:
                found.is_whole = False
            elif known.setdefault(listed.charge.id, listed) is not listed:
                found.is_whole = False
                if known[listed.charge.id].raw != listed.raw:
                    doubtful.add(listed.charge.id)
        offset += PAGE
        if len(known) == before or offset >= min(total, MOST):
            break
    found.is_whole &= len(known) == total
    found.listed = [listed for listed in known.values() if listed.charge.id not in doubtful]
    return found


def _page(*, since: datetime, until: datetime, offset: int) -> tuple[list[Any], int]:
    """The entries of one page, and how many Omise says there are in all. Raises Unreachable."""
    asked = {"from": _written(since), "to": _written(until), "limit": PAGE, "offset": offset}
    answer = omise.ask(f"/charges?{urllib.parse.urlencode(asked | {'order': 'chronological'})}")
    reply = answer.json()
    if not answer.is_well or reply.get("object") != "list":
        raise Unreachable(f"HTTP {answer.status}: no list of charges")
    data, total = reply.get("data"), _number(reply, "total")
    if not isinstance(data, list) or len(data) > PAGE or total is None:
        raise Unreachable("the list of charges cannot be read")
    if _number(reply, "offset") != offset:
        raise Unreachable("another page than was asked for")
    return data, total


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(reply: Mapping[str, Any], name: str) -> int | None:
    text = reply.get(name)
    return (
        int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 else None
    )


def _listed(reply: Any) -> ListedCharge | None:
    """One entry; None when it is no charge that can be read."""
    if not isinstance(reply, dict) or reply.get("object") != "charge":
        return None
    try:
        charge = omise.charge_of(reply)
    except BadInput:
        return None
    return ListedCharge(charge, json.dumps(reply, ensure_ascii=False, sort_keys=True).encode())


#: Omise lists by the moment a charge was made; its payer may take so long to pay it.
_TIME_TO_PAY = timedelta(days=1)


def take(days: int) -> SweepSummary:
    """Take in every charge of today and the `days` before, and count them.

    A charge that was paid becomes an event as its webhook would have made it, under Omise's own id; the list's own
    word on it is what Omise answered. One that went back, in part or whole, becomes an event that waits. A list that
    is not whole counts as unreachable; nothing is called missing on its word.
    """
    summary = SweepSummary()
    today = datetime.combine(clock.today(), time(), BANGKOK)
    since = today - timedelta(days=days)
    db.session.remove()
    found = read_list(since=since - _TIME_TO_PAY, until=clock.now())
    summary.asked = found.asked
    summary.unreachable = int(not found.is_whole)
    paid = [listed for listed in found.listed if listed.charge.was_paid]
    for listed in paid:
        summary.payments += 1
        _take_one(listed, summary)
    if found.is_whole:
        summary.missing = len(_recorded(since, today) - {listed.charge.id for listed in paid})
    return summary


def _take_one(listed: ListedCharge, summary: SweepSummary) -> None:
    with transaction():
        number, is_new = omise.keep(listed.charge, raw=listed.raw)
    summary.new += is_new
    summary.known += not is_new
    summary.reversed += bool(listed.charge.refunded_satang)
    result = inquiry_results.compare_charge(
        db.session().get_one(BankEvent, number), listed.charge, raw=listed.raw
    )
    if inquiry_results.is_news(number, result):
        outcome = verification.follow(number, result)
        summary.confirmed += outcome == InquiryOutcome.CONFIRMED and not is_new
        summary.differs += outcome == InquiryOutcome.DIFFERS


def _recorded(since: datetime, until: datetime) -> set[str]:
    events = (
        select(BankEvent.external_id)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(
            BankEvent.source == "omise",
            BankEvent.occurred_at >= since,
            BankEvent.occurred_at < until,
            ReconciliationItem.state != ReconciliationState.EXCLUDED,
        )
    )
    return set(db.session().scalars(events))
