"""The sweep: each night the bank is asked for its own list of the last days, so that no payment depends on a message."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.fund.bank import callbacks, confirming, inquiries, matching, scb
from app.fund.bank.confirming import Finding
from app.fund.bank.events import BankEvent, Settlement
from app.fund.bank.inquiries import Inquiry, Outcome
from app.fund.bank.scb import Found
from app.fund.giving.collections import Collection
from app.fund.giving.donations import Donation, FundAccount
from app.kit import clock, queue
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.http import Unreachable
from app.staff import audit

#: How many days before today are asked for again; what a bank books late it books within these.
DAYS = 3
MOST_DAYS = 31
#: A bank that answers only for a reference is asked for those of this many days of QR codes, and so many at most.
_IN_PLAY = timedelta(days=14)
_MOST_REFERENCES = 2_000
#: The night's work begins at this hour in Bangkok, when yesterday is over at every bank.
_HOUR = 1
_LATER = timedelta(hours=1)
_ATTEMPTS = 12


@dataclass
class Counts:
    """What a sweep found, for the operator."""

    #: Questions put to the bank, and days of a biller that got no answer.
    asked: int = 0
    unreachable: int = 0
    #: Payments on the bank's lists, and what they were to us.
    payments: int = 0
    new: int = 0
    known: int = 0
    confirmed: int = 0
    differs: int = 0
    reversed: int = 0
    #: Payments told to us in these days that the bank's lists have not.
    missing: int = 0


def run(days: int = DAYS) -> dict[str, int]:
    """Ask for every biller's payments of today and the `days` before. What we were never told becomes an event like
    a confirmation's, under the bank's own id, so that one that comes late adds nothing. Returns counts by name.

    Raises Refused when the bank is not configured.
    """
    if not inquiries.is_configured("scb"):
        raise Refused("ยังไม่ได้ตั้งค่า KUEAKUN_SCB_URL, KUEAKUN_SCB_KEY, KUEAKUN_SCB_SECRET จึงถามธนาคารไม่ได้")
    if not 0 <= days <= MOST_DAYS:
        raise Refused(f"ย้อนหลังได้ 0–{MOST_DAYS} วัน")
    counts = Counts()
    billers = [one for one in db.session().scalars(select(FundAccount.biller_id)) if one]
    for biller in billers:
        for back in range(days, -1, -1):
            on = clock.today() - timedelta(days=back)
            db.session.remove()
            try:
                seen = {one.said.transaction_id for one in _take(_listed(biller, on, counts), counts)}
            except (Unreachable, scb.Refusal):
                counts.unreachable += 1
                continue
            if back:
                counts.missing += len(_told_for(biller, on) - seen)
    matching.settle_new()
    found = asdict(counts)
    with transaction():
        audit.note("bank.sweep", "bank:scb", by=None, days=days, **found)
    return found


def at_night(attempt: int = 0) -> dict[str, Any]:
    """The job of the night; one that the bank left without answers is done again in an hour."""
    found = run()
    if found["unreachable"] and attempt < _ATTEMPTS:
        with transaction():
            key = f"{clock.today()}.{attempt + 1}"
            queue.ask("sweep", key=key, delay=_LATER, attempt=attempt + 1)
    return dict(found)


def call_the_night() -> dict[str, Any]:
    """Ask for the sweep once a Bangkok night, however many workers come round."""
    now = clock.now().astimezone(BANGKOK)
    if now.hour < _HOUR or not inquiries.is_configured("scb"):
        return {}
    key = now.date().isoformat()
    if db.session().scalar(select(queue.Job.id).where(queue.Job.key == f"sweep:{key}").limit(1)) is not None:
        return {}
    with transaction():
        queue.ask("sweep", key=key)
    return {"asked": key}


def _listed(biller: str, on: date, counts: Counts) -> list[Found]:
    """The bank's list of a day: asked for the biller, and where the bank wants a reference, for each in play."""
    counts.asked += 1
    try:
        return scb.payments(biller=biller, on=on)[0]
    except scb.Refusal:
        found: list[Found] = []
        for ref1 in _references(biller, on):
            counts.asked += 1
            found += scb.payments(biller=biller, on=on, ref1=ref1)[0]
        return found


def _references(biller: str, on: date) -> list[str]:
    """References that somebody may have paid with on a day: every standing one, and those of the QR codes in play."""
    midnight = datetime.combine(on, time(), BANGKOK)
    statement = (
        select(Donation.ref1)
        .join(FundAccount, FundAccount.id == Donation.account_id)
        .where(
            FundAccount.biller_id == biller,
            Donation.tag == 30,
            Donation.opened_at < midnight + timedelta(days=1),
            Donation.expires_at > midnight - _IN_PLAY,
        )
        .order_by(Donation.opened_at.desc(), Donation.id.desc())
        .limit(_MOST_REFERENCES)
    )
    # Open or closed: posters hang long.
    standing = select(Collection.ref1).join(FundAccount, FundAccount.id == Collection.account_id)
    standing = standing.where(
        FundAccount.biller_id == biller, Collection.opened_at < midnight + timedelta(days=1)
    )
    session = db.session()
    found = [*session.scalars(standing.order_by(Collection.id)), *session.scalars(statement)]
    db.session.remove()
    return found


def _take(listed: list[Found], counts: Counts) -> Iterator[Found]:
    for one in listed:
        counts.payments += 1
        _take_one(one, counts)
        yield one


def _take_one(one: Found, counts: Counts) -> None:
    known = _event(one)
    if known is None and one.is_reversed:
        # Never told, and gone again: nothing came in.
        counts.reversed += 1
        return
    if known is None:
        with transaction():
            event_id, is_new = callbacks.keep(one.said, raw=one.raw)
            if is_new:
                inquiries.note(event_id, outcome=Outcome.CONFIRMED, raw=one.raw, satang=one.said.satang)
        counts.new += is_new
        counts.known += not is_new
        return
    counts.known += 1
    counts.reversed += one.is_reversed
    finding = confirming.compare(known, one)
    if _is_news(known, finding):
        outcome = confirming.follow(known.id, finding)
        counts.confirmed += outcome == Outcome.CONFIRMED
        counts.differs += outcome == Outcome.DIFFERS


def _event(one: Found) -> BankEvent | None:
    found = select(BankEvent).filter_by(source="scb", external_id=one.said.transaction_id)
    return db.session().scalars(found).one_or_none()


def _is_news(event: BankEvent, finding: Finding) -> bool:
    """Whether the bank says other than when it was asked last: a night's sweep repeats four days, and writes once."""
    last = (
        db.session()
        .execute(
            select(Inquiry.outcome, Inquiry.words)
            .where(Inquiry.event_id == event.id)
            .order_by(Inquiry.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return last is None or last.outcome != finding.outcome or last.words != finding.words[:300]


def _told_for(biller: str, on: date) -> set[str]:
    midnight = datetime.combine(on, time(), BANGKOK)
    told = (
        select(BankEvent.external_id)
        .join(Settlement, Settlement.event_id == BankEvent.id)
        .where(
            BankEvent.source == "scb",
            BankEvent.biller_id == biller,
            BankEvent.occurred_at >= midnight,
            BankEvent.occurred_at < midnight + timedelta(days=1),
            Settlement.state != "aside",
        )
    )
    return set(db.session().scalars(told))
