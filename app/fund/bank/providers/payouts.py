"""Payouts: what Omise holds of the fund's money, and the statement lines with which it pays that out.

Omise keeps a charge less its fee until it pays out, charges together. The donations stand since the charges, so the payout
is no donation and is excluded; only as much as Omise can hold, for anybody may call himself Omise.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, text

from app.fund.bank.providers import omise
from app.fund.bank.records import BankEvent
from app.kit.clock import BANGKOK
from app.kit.db import UtcDateTime, db
from app.kit.money import format_baht

#: More charges than this that say no fee are counted and not named.
_MOST_NAMED = 50
_NAMED = re.compile(r"(?<![A-Z])(?:OMISE|OPN)(?![A-Z])")

# What Omise said last of each charge that was paid, as far as it could be read.
_CHARGES = """SELECT e.external_id AS charge, e.occurred_at AS occurred_at, i.satang AS gross,
    CASE WHEN i.net_satang IS NULL AND i.fee_satang IS NULL THEN 1 ELSE 0 END AS unsaid,
    COALESCE(i.satang - i.net_satang, i.fee_satang, 0) AS fee, COALESCE(i.refunded_satang, 0) AS refunded
FROM bank_event AS e JOIN inquiry AS i ON i.event_id = e.id AND i.id = (
    SELECT MAX(j.id) FROM inquiry AS j WHERE j.event_id = e.id AND j.outcome <> 'unreachable')
WHERE e.source = 'omise' AND (i.outcome = 'confirmed' OR i.refunded_satang IS NOT NULL)"""

_PAID_OUT = """SELECT e.id AS id, e.occurred_at AS occurred_at, e.satang AS satang
FROM bank_event AS e JOIN reconciliation_item AS s ON s.event_id = e.id WHERE s.state = 'excluded' AND s.match_reason = 'payout'"""

_HELD = f"""SELECT (SELECT COALESCE(SUM(c.gross - c.fee - c.refunded), 0) FROM ({_CHARGES}) AS c
    WHERE c.occurred_at <= :until) - (SELECT COALESCE(SUM(p.satang), 0) FROM ({_PAID_OUT}) AS p
    WHERE p.occurred_at <= :until AND p.id <> :but)"""  # noqa: S608 — text of our own

# Each time that Omise said how much of a charge went back.
_SAID_BACK = """SELECT i.event_id AS event_id, i.asked_at AS asked_at, i.refunded_satang AS refunded
FROM inquiry AS i JOIN bank_event AS e ON e.id = i.event_id
WHERE e.source = 'omise' AND i.refunded_satang IS NOT NULL AND EXISTS (
    SELECT 1 FROM inquiry AS k WHERE k.event_id = i.event_id AND k.refunded_satang > 0)
ORDER BY i.event_id, i.id"""


def is_named(event: BankEvent) -> bool:
    """Whether a statement's line calls itself a payout: it names Omise and no reference. Only where the portal takes
    charges of Omise."""
    if event.source != "statement" or event.satang < 0 or event.ref1 or omise.configured() is None:
        return False
    return bool(_NAMED.search(f"{event.payer} {event.description}".upper()))


def kept_by_omise(until: datetime | None = None, *, but: int = 0) -> int:
    """What Omise holds for the fund, in satang: charges up to a moment, less its fees, what went back to payers, and
    what was paid out until then. `but` is a payout's event that does not count. Negative: more was paid out than came.
    """
    # Lines of one file are judged one after the other before any of them is written.
    db.session().flush()
    far = datetime(2199, 1, 1, tzinfo=BANGKOK)
    asked = text(_HELD).bindparams(bindparam("until", type_=UtcDateTime))
    return int(db.session().execute(asked, {"until": until or far, "but": but}).scalar_one())


def room(event: BankEvent) -> int:
    """How much this line can be as a payout: what Omise held when it came, of which no later payout has used a part."""
    moment = event.occurred_at
    if not event.has_time:
        moment = _midnight(moment.astimezone(BANGKOK).date() + timedelta(days=1)) - timedelta(seconds=1)
    least = min(kept_by_omise(moment, but=event.id), kept_by_omise(but=event.id))
    # Charges may have filled up since what a payout between had emptied.
    for at in {at for at, _ in _paid_out() if at > moment}:
        least = min(least, kept_by_omise(at, but=event.id))
    return max(0, least)


def too_much(event: BankEvent) -> str:
    """Why the line cannot be a payout, for the officer; empty when it can."""
    can_be = room(event)
    if event.satang <= can_be:
        return ""
    return (
        f"ยอด {format_baht(event.satang)} บาทมากกว่าเงินที่ Omise ถือไว้ให้กองทุนในเวลานั้น ซึ่งมี {format_baht(can_be)} บาท "
        "กรุณาตรวจกับรายงานของ Omise ว่าเป็นเงินที่ Omise โอนมาจริงหรือไม่"
    )


@dataclass(frozen=True, slots=True)
class _Charge:
    charge: str
    occurred_at: datetime
    gross: int
    unsaid: bool
    fee: int
    refunded: int


def of_month(first_on: date, last_on: date, before: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """What came to Omise in these days and left it, ready for JSON, in satang; None where no charge was paid by then.

    opening + gross − fees − refunded − paid_out = held, always. A charge and its fee count on the day it was paid, a
    payout on its line's day, what went back on the day Omise said so. `before` is what the month before was certified
    with; `late` is what came to its days since. `unsaid` names the charges for which Omise said no fee.
    """
    until = _midnight(last_on + timedelta(days=1))
    since = _midnight(first_on)
    charges = [charge for charge in _charges() if charge.occurred_at < until]
    if not charges:
        return None
    paid_out = [(at, satang) for at, satang in _paid_out() if at < until]
    went_back = [(at, satang) for at, satang in _went_back() if at < until]
    mine = [charge for charge in charges if charge.occurred_at >= since]
    unsaid = [charge.charge for charge in mine if charge.unsaid]
    opening = sum(charge.gross - charge.fee for charge in charges if charge.occurred_at < since)
    opening -= sum(satang for at, satang in (*paid_out, *went_back) if at < since)
    sums = {
        "opening": opening,
        "gross": sum(charge.gross for charge in mine),
        "fees": sum(charge.fee for charge in mine),
        "refunded": sum(satang for at, satang in went_back if at >= since),
        "paid_out": sum(satang for at, satang in paid_out if at >= since),
    }
    certified = before["held"] if before else None
    return {
        **sums,
        "held": opening + sums["gross"] - sums["fees"] - sums["refunded"] - sums["paid_out"],
        "count": len(mine),
        "unsaid_count": len(unsaid),
        "unsaid": unsaid[:_MOST_NAMED],
        "certified": certified,
        "late": 0 if certified is None else opening - certified,
    }


def _charges() -> list[_Charge]:
    asked = text(f"{_CHARGES} ORDER BY e.occurred_at, e.id").columns(occurred_at=UtcDateTime)
    return [
        _Charge(row.charge, row.occurred_at, row.gross, bool(row.unsaid), row.fee, row.refunded)
        for row in db.session().execute(asked)
    ]


def _paid_out() -> list[tuple[datetime, int]]:
    asked = text(_PAID_OUT).columns(occurred_at=UtcDateTime)
    return [(row.occurred_at, row.satang) for row in db.session().execute(asked)]


def _went_back() -> list[tuple[datetime, int]]:
    """When Omise said that so much more went back; its answers tell the whole so far."""
    asked = text(_SAID_BACK).columns(asked_at=UtcDateTime)
    found = []
    for _, answers in groupby(db.session().execute(asked), key=lambda row: row.event_id):
        so_far = 0
        for row in answers:
            if row.refunded != so_far:
                found.append((row.asked_at, row.refunded - so_far))
                so_far = row.refunded
    return found


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), BANGKOK)
