"""Bank reversals: lines with which a bank takes money back, laid beside the money they take back."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, literal_column, or_, select, text
from sqlalchemy.orm import contains_eager

from app.fund.bank.match_reasons import UNDECIDED, MatchReason, ReconciliationState
from app.fund.bank.reconciliation.match_rules import MatchResult
from app.fund.bank.records import Allocation, BankEvent, BankReversal, ReconciliationItem
from app.kit import clock, references, thai
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.money import format_baht

#: A bank takes a payment back within this time.
_LATEST = timedelta(days=60)
_DAY = timedelta(days=1)
#: A bank's reference shorter than this names no one payment.
_SHORTEST_REFERENCE = 4
_ASK_IN_PART = "กรุณาถามธนาคารว่าเรียกคืนบางส่วนหรือยอดผิด ก่อนตัดสินทั้งสองรายการ"
#: As the partial indexes say it, letter by letter: SQLite uses them for nothing else.
_OUT: ColumnElement[bool] = literal_column("bank_event.satang < 0", Boolean)
_NAMED: ColumnElement[bool] = literal_column("bank_event.bank_ref <> ''", Boolean)


class BankReversals:
    """What takes back what among a batch of events, read in a handful of queries."""

    def __init__(self, items: Sequence[ReconciliationItem]) -> None:
        self._batch = {item.event_id: item for item in items}
        events = [item.event for item in items]
        self._takers = self._taking_back([event for event in events if event.satang > 0])
        named = [event for event in events if event.satang < 0 and event.source == "statement"]
        named += [taker.event for taker in self._takers]
        references = {event.bank_ref for event in named if _names(event.bank_ref)}
        codes = {event.ref1 for event in named if _is_code(event.ref1)}
        self._named = _found(BankEvent.satang > 0, _by_name(references, codes)) if references or codes else []

    def _taking_back(self, coming: Sequence[BankEvent]) -> list[ReconciliationItem]:
        """Money out that may take some of this money back: marked so by the bank, or under the same name."""
        if not coming:
            return []
        moments = [event.occurred_at for event in coming]
        marked = (ReconciliationItem.match_reason == MatchReason.REVERSAL) & ReconciliationItem.state.in_(
            UNDECIDED
        )
        return _found(
            _OUT,
            BankEvent.source == "statement",
            BankEvent.occurred_at.between(min(moments) - _DAY, max(moments) + _LATEST),
            or_(
                marked,
                _by_name(
                    {event.bank_ref for event in coming if _names(event.bank_ref)},
                    {event.ref1 for event in coming if _is_code(event.ref1)},
                ),
            ),
        )

    def result(self, item: ReconciliationItem) -> MatchResult | None:
        """That the event waits because it is taken back or takes something back; None when it does neither."""
        return self._of_taken(item) if item.event.satang > 0 else self._of_taking(item)

    def _of_taken(self, item: ReconciliationItem) -> MatchResult | None:
        event = item.event
        if item.match_reason == MatchReason.REVERSAL:
            return _waiting(MatchReason.REVERSAL.doubt)
        takers = [
            taker for taker in self._takers if taker.state in UNDECIDED and self._may_be_of(taker, event)
        ]
        if not takers:
            return None
        taker = max(takers, key=lambda item: (_is_named(item.event, event), -item.event_id))
        if not _is_named(taker.event, event) and _is_refund(taker.event):
            return None
        known = db.session().get(BankReversal, taker.event_id)
        if known is not None and known.reverses_id != event.id and not self._is_of_nameless(known, event):
            return None
        if known is None and (_is_named(taker.event, event) or len(self._taken(taker)) == 1):
            _lay_first(taker, event.id)
        on = thai.short_date(taker.event.occurred_at)
        if taker.event.satang != -event.satang:
            return _waiting(f"{_in_part(taker.event, event)} (เมื่อ {on}) ทั้งสองรายการจึงยังไม่นับ {_ASK_IN_PART}")
        return _waiting(
            f"ธนาคารเรียกเงินคืนเมื่อ {on} ด้วยยอดเท่ากัน ทั้งสองรายการจึงยังไม่นับ กรุณาตรวจกับธนาคาร "
            "ถ้าเรียกคืนจริงให้บันทึกทั้งสองรายการว่าไม่ใช่เงินสมทบ"
        )

    def _may_be_of(self, taker: ReconciliationItem, event: BankEvent) -> bool:
        """Whether this money out may take that money back: the bank's name for it wins over any equal sum, and of
        several under one name the one with the same sum over the others."""
        if not _takes_back(taker, event):
            return False
        named = self._named_by(taker)
        if not _is_named(taker.event, event):
            return not named
        return taker.event.satang == -event.satang or not any(
            item.event.satang == -taker.event.satang for item in named
        )

    def _named_by(self, taker: ReconciliationItem) -> list[ReconciliationItem]:
        """Known lines under the name that this line bears, whatever became of them."""
        return [
            item
            for item in self._named
            if _is_named(taker.event, item.event) and _takes_back(taker, item.event)
        ]

    def _is_of_nameless(self, known: BankReversal, event: BankEvent) -> bool:
        """Whether a line that names this money was laid beside other money before this was known."""
        session = db.session()
        taker, taken = (session.get_one(BankEvent, number) for number in (known.event_id, known.reverses_id))
        return _is_named(taker, event) and not _is_named(taker, taken)

    def _of_taking(self, item: ReconciliationItem) -> MatchResult | None:
        event = item.event
        if event.source != "statement":
            return None
        taken = self._taken(item)
        known = db.session().get(BankReversal, event.id)
        named = [item for item in taken if _is_named(event, item.event)]
        if known is None and not named and (item.match_reason != MatchReason.REVERSAL or _is_refund(event)):
            return None
        if known is None and named and item.match_reason != MatchReason.REVERSAL and _is_refund(event):
            return None
        if known is None and len(named or taken) != 1:
            many = len(named or taken)
            words = f"มีเงินเข้ายอดนี้ {many} รายการ กรุณาดูว่าเรียกคืนรายการใด" if many else MatchReason.REVERSAL.doubt
            return _waiting(f"ธนาคารเรียกเงินคืน {words}" if many else words)
        lead = db.session().get_one(ReconciliationItem, known.reverses_id) if known else (named or taken)[0]
        if known is None:
            _lay(item, lead.event_id)
        on = thai.short_date(lead.event.occurred_at)
        if event.satang != -lead.event.satang:
            posted = (
                "เงินก้อนนั้นลงเป็นเงินสมทบแล้ว ใบเสร็จจึงยังไม่แน่นอน"
                if lead.state == ReconciliationState.POSTED
                else "ทั้งสองรายการจึงยังไม่นับ"
            )
            return _waiting(f"{_in_part(event, lead.event)} (เข้าเมื่อ {on}) {posted} {_ASK_IN_PART}")
        if lead.state == ReconciliationState.POSTED:
            return _waiting(
                f"ธนาคารเรียกเงินคืน: เงินเข้าเมื่อ {on} ลงเป็นเงินสมทบแล้ว ใบเสร็จจึงยังไม่แน่นอน กรุณาถามธนาคาร "
                "แล้วยืนยันว่าเรียกคืนจริง หรือบันทึกรายการนี้ว่าไม่ใช่เงินสมทบถ้าไม่ใช่"
            )
        return _waiting(
            f"ธนาคารเรียกเงินเข้าเมื่อ {on} คืน ทั้งสองรายการจึงยังไม่นับ กรุณาตรวจกับธนาคาร แล้วบันทึกทั้งสองรายการว่าไม่ใช่เงินสมทบ"
        )

    def _taken(self, taker: ReconciliationItem) -> list[ReconciliationItem]:
        """The money in that this line may take back, each payment once and none that another line takes back."""
        event = taker.event
        found = {item.event_id: item for item in self._named}
        if taker.match_reason == MatchReason.REVERSAL:
            before = BankEvent.occurred_at.between(
                event.occurred_at - _LATEST, _midnight(event.occurred_at) + _DAY
            )
            found |= {item.event_id: item for item in _found(BankEvent.satang == -event.satang, before)}
        leads = {
            item.event_id if item.state != ReconciliationState.DUPLICATE else item.duplicate_of_id
            for item in found.values()
            if _takes_back(taker, item.event)
        }
        reversed_by_others = select(BankReversal.reverses_id).where(
            BankReversal.reverses_id.in_(leads), BankReversal.event_id != event.id
        )
        leads -= set(db.session().scalars(reversed_by_others))
        one_each = (
            select(ReconciliationItem)
            .where(ReconciliationItem.event_id.in_(leads))
            .order_by(ReconciliationItem.event_id)
        )
        candidates = [
            item for item in db.session().scalars(one_each) if item.state != ReconciliationState.EXCLUDED
        ]
        named = [item for item in candidates if _is_named(event, item.event)]
        if self._named_by(taker):
            # The bank says whose it is: never other money, not even where that is decided or taken back already.
            return [item for item in named if item.event.satang == -event.satang] or named
        return candidates


def of_event(event_id: int) -> tuple[int | None, int | None]:
    """What this event takes back, and what takes it back."""
    session = db.session()
    takes = session.get(BankReversal, event_id)
    taken = session.scalars(select(BankReversal.event_id).filter_by(reverses_id=event_id)).one_or_none()
    return (takes.reverses_id if takes else None), taken


def is_taken_back(donation_id: int) -> bool:
    """Whether a line that waits takes back the money of this donation."""
    waiting = (
        select(BankReversal.event_id)
        .join(Allocation, Allocation.event_id == BankReversal.reverses_id)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankReversal.event_id)
        .where(Allocation.donation_id == donation_id, ReconciliationItem.state.in_(UNDECIDED))
    )
    return db.session().scalar(waiting.limit(1)) is not None


def _lay(taker: ReconciliationItem, taken_id: int) -> None:
    db.session().add(BankReversal(event_id=taker.event_id, reverses_id=taken_id, noted_at=clock.now()))
    db.session().flush()


def _lay_first(taker: ReconciliationItem, taken_id: int) -> None:
    """Beside money that another line takes back already, a second one waits alone."""
    if db.session().scalar(select(BankReversal.event_id).filter_by(reverses_id=taken_id)) is None:
        _lay(taker, taken_id)


def is_in_part(event_id: int) -> bool:
    """Whether this line takes back another sum than the one that came in."""
    taken_id, _ = of_event(event_id)
    session = db.session()
    if taken_id is None:
        return False
    return session.get_one(BankEvent, event_id).satang != -session.get_one(BankEvent, taken_id).satang


def _in_part(out: BankEvent, taken: BankEvent) -> str:
    return (
        f"ธนาคารเรียกเงินคืน {format_baht(-out.satang)} บาท ด้วยเลขอ้างอิงของเงินเข้า {format_baht(taken.satang)} บาท"
    )


def _waiting(words: str) -> MatchResult:
    return MatchResult(
        state=ReconciliationState.WAITING, match_reason=MatchReason.REVERSAL, reason=words[:300]
    )


def _takes_back(taker: ReconciliationItem, taken: BankEvent) -> bool:
    """Whether this money out may be that money in, going back: by its name, or by the bank's mark on the same sum.

    What the bank marks so under its name belongs to it whatever the sum; without the mark it may be a fee.
    """
    out = taker.event
    elsewhere = None not in (out.account_id, taken.account_id) and out.account_id != taken.account_id
    if elsewhere or taken.satang < 0 or taken.source == "counter":
        return False
    if out.satang != -taken.satang and not (
        taker.match_reason == MatchReason.REVERSAL and _is_named(out, taken)
    ):
        return False
    if not _midnight(taken.occurred_at) <= out.occurred_at + (_DAY if not out.has_time else timedelta()):
        return False
    if out.occurred_at - taken.occurred_at > _LATEST or _left_first(out, taken):
        return False
    if _is_named(out, taken):
        return True
    other_code = _is_code(out.ref1) and _is_code(taken.ref1) and out.ref1 != taken.ref1
    return taker.match_reason == MatchReason.REVERSAL and not other_code


def _left_first(out: BankEvent, taken: BankEvent) -> bool:
    """Whether the bank's own times say that the money had left before it came in: a transfer of ours that bounced."""
    timed = out.source == taken.source == "statement" and out.has_time and taken.has_time
    return timed and out.occurred_at < taken.occurred_at


def _is_named(out: BankEvent, taken: BankEvent) -> bool:
    """Whether both carry the same reference of the bank or the same code of ours."""
    same_reference = _names(out.bank_ref) and out.bank_ref in (taken.bank_ref, taken.external_id)
    return same_reference or (_is_code(out.ref1) and out.ref1 == taken.ref1)


def _names(reference: str) -> bool:
    return len(reference) >= _SHORTEST_REFERENCE and any(map(str.isdigit, reference))


def _is_code(reference: str) -> bool:
    return references.is_valid(reference)


def _by_name(bank_refs: Iterable[str], codes: Iterable[str]) -> ColumnElement[bool]:
    return or_(
        _NAMED & BankEvent.bank_ref.in_(list(bank_refs)),
        BankEvent.ref1.in_(list(codes)),
    )


def _found(*conditions: ColumnElement[bool]) -> list[ReconciliationItem]:
    statement = (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .options(contains_eager(ReconciliationItem.event).defer(BankEvent.raw))
        .where(BankEvent.source != "withdrawn", *conditions)
        .order_by(ReconciliationItem.event_id)
    )
    return list(db.session().scalars(statement))


def _is_refund(out: BankEvent) -> bool:
    """Whether the fund itself is about to send this sum back."""
    approved = text("SELECT 1 FROM refund WHERE state = 'approved' AND satang = :satang LIMIT 1")
    return db.session().scalar(approved, {"satang": -out.satang}) is not None


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(BANGKOK).replace(hour=0, minute=0, second=0, microsecond=0)
