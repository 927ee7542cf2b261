"""Matching: what bank events become, by the ladder or by the finance officer's hand."""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from app.fund.bank import ladder
from app.fund.bank.events import Allocation, BankEvent, Settlement
from app.fund.bank.evidence import Evidence, could_be_gift
from app.fund.bank.ladder import Verdict
from app.fund.giving import gifts
from app.fund.giving.donations import Donation
from app.fund.giving.gifts import Gift
from app.kit import clock
from app.kit.db import BUSY, FASTER, db, is_sqlite, lock, transaction
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.roles import Role
from app.staff.users import User

#: Events settled in one transaction; callbacks queue behind it, and a bank does not wait a second for an answer.
_AT_ONCE = 25
_GAP = timedelta(milliseconds=120)
_SOURCE_WORDS = {"scb": "พร้อมเพย์ (ธนาคารแจ้งโอนทันที)", "statement": "โอนเข้าบัญชี (รายการเดินบัญชี)"}


def _one_at_a_time() -> None:
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
    """Settle one event of a batch that was refused; what the database refuses again waits for a person."""
    try:
        with transaction():
            _settle([event_id])
    except Refused as refused:
        if refused.words in (BUSY, FASTER):
            return False
        with transaction():
            _one_at_a_time()
            settlement = lock(Settlement, event_id)
            if settlement.state == "new":
                settlement.state, settlement.rule, settlement.reason = (
                    "waiting",
                    "refused",
                    refused.words[:300],
                )
    return True


def _settle(event_ids: Sequence[int]) -> int:
    """Returns how many of the events were still new."""
    _one_at_a_time()
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
            _post(settlement, donation=donation, purpose_id=donation.purpose_id, by=None)
    except Refused as refused:
        settlement.state, settlement.rule, settlement.reason = "waiting", "refused", refused.words[:300]
        return
    evidence.note_posted(event, donation)


def _post(
    settlement: Settlement,
    *,
    donation: Donation | None,
    purpose_id: int,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User | None,
) -> Gift:
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


def _hold_undecided(event_id: int, *, by: User | None) -> Settlement:
    """The settlement of an event that a person may still decide, held. The second of two officers is told here."""
    if by is not None and not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินตัดสินรายการเงินเข้าได้ กรุณาแจ้งเจ้าหน้าที่การเงินของกองทุน")
    _one_at_a_time()
    settlement = lock(Settlement, event_id)
    told = {
        "posted": "รายการนี้มีผู้ลงเป็นเงินสมทบไปแล้ว ระบบไม่ลงซ้ำ กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
        "same": "รายการนี้เป็นเงินก้อนเดียวกับอีกรายการหนึ่งแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล",
    }
    if settlement.state in told:
        raise Refused(told[settlement.state])
    return settlement


def assign(
    event_id: int,
    *,
    donation_id: int | None = None,
    purpose_id: int | None = None,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    by: User | None,
) -> Gift:
    """The whole event becomes a gift: for a donation, or of a network or a named donor for a purpose.

    Raises Refused when it has become one already, when money went out or never came to our account in baht.
    """
    settlement = _hold_undecided(event_id, by=by)
    event = settlement.event
    if event.satang < 0:
        raise Refused("รายการนี้เป็นเงินออก ลงเป็นเงินสมทบไม่ได้")
    if not could_be_gift(event):
        raise Refused(
            "เงินก้อนนี้ไม่ได้เข้าบัญชีของกองทุนเป็นเงินบาท ลงเป็นเงินสมทบไม่ได้ กรุณาตรวจกับธนาคาร แล้วแยกไว้พร้อมเหตุผล"
        )
    session = db.session()
    donation = session.get(Donation, donation_id) if donation_id is not None else None
    if donation_id is not None and donation is None:
        raise Refused("ไม่พบรายการให้นี้ กรุณาเลือกใหม่")
    purpose = donation.purpose_id if donation else purpose_id
    if purpose is None:
        raise BadInput("กรุณาเลือกวัตถุประสงค์ของเงินก้อนนี้")
    gift = _post(
        settlement,
        donation=donation,
        purpose_id=purpose,
        network_id=network_id,
        donor_name=donor_name,
        anonymous=anonymous,
        by=by,
    )
    settlement.rule = "hand"
    settlement.reason = "เจ้าหน้าที่จับคู่กับรายการให้" if donation else "เจ้าหน้าที่ลงเป็นเงินสมทบ"
    audit.note(
        "bank.assign",
        f"bank_event:{event_id}",
        by=by,
        gift=gift.id,
        donation=donation_id,
        satang=event.satang,
    )
    return gift


def set_aside(event_id: int, *, reason: str, by: User | None) -> None:
    """The event is no gift, and the reason says what it is. It can still be assigned when that was a mistake."""
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise BadInput("กรุณาบอกเหตุผลที่แยกรายการนี้ไว้ เช่น ดอกเบี้ย หรือโอนผิดบัญชี")
    if len(reason) > 300:
        raise BadInput("เหตุผลยาวเกิน 300 ตัวอักษร กรุณาเขียนให้สั้นลง")
    settlement = _hold_undecided(event_id, by=by)
    settlement.state, settlement.rule, settlement.reason = "aside", "hand", reason
    settlement.decided_at, settlement.decided_by_id = clock.now(), by.id if by else None
    audit.note(
        "bank.set_aside", f"bank_event:{event_id}", by=by, reason=reason, satang=settlement.event.satang
    )


def link(event_id: int, *, same_as_id: int, by: User | None) -> None:
    """The event is the same payment that another source told as `same_as_id`.

    Raises Refused unless the other comes from another source, has the same amount and is not paired yet.
    """
    settlement = _hold_undecided(event_id, by=by)
    other = lock(Settlement, same_as_id)
    event, told = settlement.event, other.event
    pointed_at = select(func.count()).select_from(Settlement)
    paired = other.state == "same" or db.session().scalar(
        pointed_at.where(Settlement.same_as_id.in_((event_id, same_as_id)))
    )
    if told.source == event.source or told.satang != event.satang or paired:
        raise Refused("สองรายการนี้เป็นเงินก้อนเดียวกันไม่ได้ เพราะช่องทางเดียวกัน ยอดต่างกัน หรือมีคู่อยู่แล้ว กรุณาเลือกใหม่")
    settlement.state, settlement.rule, settlement.same_as_id = "same", "hand", same_as_id
    settlement.reason = "เจ้าหน้าที่ยืนยันว่าเป็นเงินก้อนเดียวกับที่อีกช่องทางแจ้ง"
    settlement.decided_at, settlement.decided_by_id = clock.now(), by.id if by else None
    audit.note("bank.link", f"bank_event:{event_id}", by=by, same_as=same_as_id)
