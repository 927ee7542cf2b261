"""Matching: what bank events become, by the ladder or by the finance officer's hand."""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from app.fund.bank import ladder
from app.fund.bank.events import Allocation, BankEvent, Settlement
from app.fund.bank.evidence import Evidence
from app.fund.bank.ladder import Verdict
from app.fund.giving import gifts
from app.fund.giving.donations import Donation
from app.fund.giving.gifts import Gift
from app.kit import clock
from app.kit.db import BUSY, FASTER, db, is_sqlite, lock, transaction
from app.kit.errors import Refused
from app.staff.users import User

#: Events settled in one transaction; callbacks queue behind it, and a bank does not wait a second for an answer.
log = logging.getLogger("kueakun.bank")

_AT_ONCE = 25
_GAP = timedelta(milliseconds=120)
_SOURCE_WORDS = {"scb": "พร้อมเพย์ (ธนาคารแจ้งโอนทันที)", "statement": "โอนเข้าบัญชี (รายการเดินบัญชี)"}


def one_at_a_time() -> None:
    """Whoever settles waits for the settler before: two tellings of one payment never both find themselves first.

    Receipts are numbered without gaps, so gifts queue on the receipt book anyway; waiting here, before any row is
    held, keeps the queue free of circles. SQLite has one writer already.
    """
    if not is_sqlite():
        # 0x4b62 is "Kb".
        db.session().execute(select(func.pg_advisory_xact_lock(0x4B62)))


def settle(event_id: int) -> None:
    """Judge a new event by the ladder and do what it says. An event that is not new stays as it is."""
    _settle([event_id])


def settle_new() -> int:
    """Settle every event that is still new, oldest first, committing in batches. Returns how many."""
    return _settle_all(None)


def settle_statement(statement_id: int) -> int:
    """Settle the new lines of one statement, committing in batches. Returns how many."""
    return _settle_all(statement_id)


def _settle_all(statement_id: int | None) -> int:
    done = 0
    for batch in _batched(_new_events(statement_id), _AT_ONCE):
        began = time.monotonic()
        try:
            with transaction():
                done += _settle(batch)
        except Refused as refused:
            if refused.words == BUSY:
                break
            done += sum(_settle_alone(event_id) for event_id in batch)
        except Exception:
            # Money must not queue for ever behind one event that a fault of ours stumbles over.
            log.exception("a batch of bank events failed; each is settled alone")
            done += sum(_settle_alone(event_id) for event_id in batch)
        if is_sqlite():
            # Its writers do not queue but look again every tenth of a second: an eager one would leave them no gap.
            time.sleep(min(time.monotonic() - began, _GAP.total_seconds()))
    return done


def _batched(numbers: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), most):
        yield numbers[start : start + most]


def _new_events(statement_id: int | None) -> Sequence[int]:
    statement = (
        select(BankEvent.id)
        .join(Settlement, Settlement.event_id == BankEvent.id)
        .where(Settlement.state == "new")
        .order_by(BankEvent.occurred_at, BankEvent.id)
    )
    if statement_id is not None:
        statement = statement.where(BankEvent.statement_id == statement_id)
    return db.session().scalars(statement).all()


def _settle_alone(event_id: int) -> bool:
    """Settle one event of a batch that failed; what fails again waits for a person, with the reason."""
    try:
        with transaction():
            _settle([event_id])
    except Refused as refused:
        if refused.words in (BUSY, FASTER):
            return False
        _park(event_id, rule="refused", reason=refused.words)
    except Exception:
        log.exception("bank event %s cannot be settled by the rules", event_id)
        _park(event_id, rule="fault", reason="ระบบตัดสินรายการนี้เองไม่ได้ กรุณาตรวจและตัดสินด้วยตนเอง แล้วแจ้งผู้ดูแลระบบ")
    return True


def _park(event_id: int, *, rule: str, reason: str) -> None:
    with transaction():
        one_at_a_time()
        settlement = lock(Settlement, event_id)
        if settlement.state == "new":
            settlement.state, settlement.rule, settlement.reason = "waiting", rule, reason[:300]


def _settle(event_ids: Sequence[int]) -> int:
    """Returns how many of the events were still new."""
    one_at_a_time()
    settlements = _hold_new(event_ids)
    found = len(settlements)
    while settlements:
        evidence = Evidence([one.event for one in settlements])
        alone = [one for one in settlements if not _pair(one, evidence)]
        again = {one.event.ref1 for one in settlements if one not in alone and one.event.ref1}
        for one in alone:
            _do(one, ladder.judge(one.event, evidence), evidence)
        db.session().flush()
        settlements = _look_again(again)
    return found


def _hold_new(event_ids: Sequence[int]) -> list[Settlement]:
    statement = (
        select(Settlement)
        .join(Settlement.event)
        .options(contains_eager(Settlement.event).defer(BankEvent.raw))
        .where(Settlement.event_id.in_(event_ids), Settlement.state == "new")
        .order_by(BankEvent.occurred_at, BankEvent.id)
        .with_for_update(of=Settlement)
        .execution_options(populate_existing=True)
    )
    return list(db.session().scalars(statement))


def _pair(settlement: Settlement, evidence: Evidence) -> bool:
    """True when the event is a payment already told, and so is settled."""
    if settlement.state == "same":
        return True
    event = settlement.event
    told = ladder.pair(event, evidence)
    if told is None:
        return False
    evidence.link(event.id, told.id)
    if ladder.says_more(event, told):
        _same(lock(Settlement, told.id), as_=event.id, donation_id=None)
        return False
    _same(settlement, as_=told.id, donation_id=told.donation_id)
    return True


def _same(settlement: Settlement, *, as_: int, donation_id: int | None) -> None:
    settlement.state, settlement.rule, settlement.same_as_id = "same", "same", as_
    settlement.reason = "ธนาคารแจ้งรายการนี้จากอีกช่องทางด้วย เป็นเงินก้อนเดียวกัน"
    settlement.donation_id, settlement.decided_at = donation_id, clock.now()


def _look_again(refs: set[str]) -> list[Settlement]:
    """Events that waited only because one of these might have been the same payment: now it is known to be another."""
    if not refs:
        return []
    statement = (
        select(Settlement)
        .join(Settlement.event)
        .options(contains_eager(Settlement.event))
        .where(Settlement.state == "waiting", Settlement.rule == "again", BankEvent.ref1.in_(refs))
        .order_by(BankEvent.occurred_at, BankEvent.id)
        .with_for_update(of=Settlement)
    )
    return list(db.session().scalars(statement))


def _do(settlement: Settlement, verdict: Verdict, evidence: Evidence) -> None:
    event, donation = settlement.event, verdict.donation
    settlement.rule, settlement.reason = verdict.rule, verdict.reason
    settlement.donation_id = donation.id if donation else None
    if verdict.state == "waiting":
        settlement.state = "waiting"
        return
    if verdict.state == "aside":
        settlement.state, settlement.decided_at = "aside", clock.now()
        return
    assert donation is not None
    try:
        with db.session().begin_nested():
            post(settlement, donation=donation, purpose_id=donation.purpose_id, by=None)
    except Refused as refused:
        settlement.state, settlement.rule, settlement.reason = "waiting", "refused", refused.words[:300]
        return
    evidence.note_posted(event, donation)


def post(
    settlement: Settlement,
    *,
    donation: Donation | None,
    purpose_id: int,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User | None,
) -> Gift:
    """The whole event becomes this gift; the settlement says so. Inside a transaction that holds the settlement."""
    event = settlement.event
    gift = gifts.post(
        satang=event.satang,
        paid_at=event.occurred_at,
        purpose_id=purpose_id,
        donation_id=donation.id if donation else None,
        network_id=network_id,
        donor_name=donor_name,
        anonymous=anonymous,
        by=by,
        source_words=_SOURCE_WORDS[event.source],
    )
    session = db.session()
    session.add(Allocation(event_id=event.id, gift_id=gift.id, satang=event.satang))
    settlement.state, settlement.decided_at = "posted", clock.now()
    settlement.decided_by_id = by.id if by else None
    settlement.donation_id = donation.id if donation else None
    session.flush()
    return gift
