"""Match context: what the books know about a batch of bank events, gathered before any of them is judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from app.fund.bank import decision_approvals, statement_bases
from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.providers import inquiries
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import collections
from app.fund.giving.records.payment_requests import (
    Collection,
    FundAccount,
    PaymentRequest,
    PaymentRequestState,
)
from app.fund.giving.slips import claims as slip_claims
from app.fund.ledger import opening
from app.kit import references
from app.kit.db import db

BAHT = "764"
#: Sources that may tell the same payment. A charge of a gateway and money at the counter come to the account in sums.
_SAME_PAYMENT_SOURCES = ("scb", "statement")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A bank event of another source, as far as it matters for recognising the same payment."""

    id: int
    account_id: int | None
    external_id: str
    satang: int
    occurred_at: datetime
    has_time: bool
    ref1: str
    bank_ref: str
    source: str
    state: str
    match_reason: str
    payment_request_id: int | None
    #: A person has decided about it, and a second one is yet to confirm that.
    asked: bool
    #: It is no line of a statement that only one person's word stands behind.
    counts: bool


def billers() -> dict[str, int]:
    """The fund's accounts by their Biller ID."""
    rows = db.session().execute(select(FundAccount.biller_id, FundAccount.id))
    return {biller: number for biller, number in rows if biller}


def could_be_donation(event: BankEvent) -> bool:
    """Whether the money came in, in baht, to an account of ours or over our own counter."""
    ours = event.account_id is not None or event.source == "counter" or event.biller_id in billers()
    return event.satang > 0 and event.currency == BAHT and ours


def slip_names(event: BankEvent) -> set[str]:
    """The references of the sending bank under which a slip may name this event."""
    return {event.bank_ref, event.external_id if event.source != "statement" else ""} - {""}


class MatchContext:
    """What the books know about a batch of events, read in a handful of queries however many events there are."""

    def __init__(self, events: Sequence[BankEvent]) -> None:
        self._billers = billers()
        self._opened_until = opening.until_at()
        coming = [event for event in events if event.satang > 0]
        codes = {event.ref1 for event in coming if references.is_valid(event.ref1)}
        nameless = {event.satang for event in coming if not event.ref1}
        self._by_ref1 = (
            {
                payment_request.ref1: payment_request
                for payment_request in _payment_requests(PaymentRequest.ref1.in_(codes))
            }
            if codes
            else {}
        )
        self._collections = collections.by_ref1s(codes - self._by_ref1.keys())
        self._claimed = _claimed([event for event in coming if event.ref1 not in self._by_ref1])
        awaited = PaymentRequest.due_satang.in_(nameless), PaymentRequest.state == PaymentRequestState.OPEN
        self._awaiting = list(_payment_requests(*awaited)) if nameless else []
        self._records: dict[str, dict[int, SourceRecord]] = {}
        for source in sorted({event.source for event in coming} & set(_SAME_PAYMENT_SOURCES)):
            self._records[source] = _records_of_others([event for event in coming if event.source == source])
        self._linked = self._paired_before({event.id for event in events})
        self._of_one_person = statement_bases.of_one_person(coming)
        self._denied = inquiries.denied(coming)
        self._unproven = inquiries.unproven(coming)
        self._unproven -= _paired_with_lines(self._unproven)

    def _paired_before(self, numbers: set[int]) -> set[int]:
        records_of_others = [record for records in self._records.values() for record in records.values()]
        numbers = numbers | {record.id for record in records_of_others}
        pointed_at = select(ReconciliationItem.duplicate_of_id).where(
            ReconciliationItem.duplicate_of_id.in_(numbers)
        )
        paired = {number for number in db.session().scalars(pointed_at) if number is not None}
        return paired | {
            record.id for record in records_of_others if record.state == ReconciliationState.DUPLICATE
        }

    def payment_request(self, event: BankEvent) -> PaymentRequest | None:
        """The payment request whose reference the event carries."""
        return self._by_ref1.get(event.ref1)

    def collection(self, event: BankEvent) -> Collection | None:
        """The network's standing reference that the event carries."""
        return self._collections.get(event.ref1)

    def claimed(self, event: BankEvent) -> list[PaymentRequest]:
        """The payment requests that givers' slips say this event pays, each once."""
        return self._claimed.get(event.id, [])

    def is_proven(self, event: BankEvent) -> bool:
        """Whether the event may count: its bank was asked and confirmed it, a statement line bears it out, or none is asked."""
        return event.id not in self._unproven

    def counts(self, event: BankEvent) -> bool:
        """Whether the event may be reconciled by rule: it is no line that only one person's word stands behind."""
        return event.id not in self._of_one_person

    def is_denied(self, event: BankEvent) -> bool:
        """Whether the bank's own list of the day lacks this line of a statement."""
        return event.id in self._denied

    def is_brought_forward(self, event: BankEvent) -> bool:
        """Whether the money is in what the books began with."""
        return self._opened_until is not None and event.occurred_at < self._opened_until

    def prove(self, number: int) -> None:
        """A line of the bank's own statement tells this payment, too."""
        self._unproven.discard(number)

    def awaiting(self, event: BankEvent) -> list[PaymentRequest]:
        """Open payment requests to the event's account that ask for its amount, whatever their time."""
        account_id = self.account_id(event)
        return [
            payment_request
            for payment_request in self._awaiting
            if payment_request.due_satang == event.satang
            and payment_request.account_id == account_id
            and payment_request.state == PaymentRequestState.OPEN
        ]

    def account_id(self, event: BankEvent) -> int | None:
        """Our account that the money came to; None when it is not ours. A biller registered since then counts."""
        return event.account_id or self._billers.get(event.biller_id)

    def others(self, event: BankEvent) -> list[SourceRecord]:
        """Records of the same sum on the same account by other sources that are not yet paired."""
        account_id = self.account_id(event)
        return [
            record
            for record in self._records.get(event.source, {}).values()
            if record.satang == event.satang
            and record.account_id == account_id
            and record.id not in self._linked
        ]

    def is_linked(self, event: BankEvent) -> bool:
        return event.id in self._linked

    def link(self, *numbers: int) -> None:
        self._linked.update(numbers)

    def note_posted(self, event: BankEvent, payment_request: PaymentRequest | None) -> None:
        """Later events of the batch see this one as it is now."""
        for records in self._records.values():
            if event.id in records:
                records[event.id] = replace(
                    records[event.id],
                    state=ReconciliationState.POSTED,
                    payment_request_id=payment_request.id if payment_request else None,
                )


def _claimed(events: Sequence[BankEvent]) -> dict[int, list[PaymentRequest]]:
    """The payment requests that standing claims name for each of these events, by the event's id."""
    names = {event.id: slip_names(event) for event in events}
    claims: Mapping[str, list[int]] = slip_claims.by_trans_refs(set().union(*names.values()))
    numbers = {number for several in claims.values() for number in several}
    if not numbers:
        return {}
    known = {
        payment_request.id: payment_request
        for payment_request in _payment_requests(PaymentRequest.id.in_(numbers))
    }
    found: dict[int, list[PaymentRequest]] = {}
    for event_id, mine in names.items():
        claimed = {number for name in mine for number in claims.get(name, ())}
        if claimed:
            found[event_id] = [known[number] for number in sorted(claimed)]
    return found


def _paired_with_lines(numbers: set[int]) -> set[int]:
    """Which of these events a line of a statement was found to tell, too."""
    if not numbers:
        return set()
    lines = (
        select(ReconciliationItem.duplicate_of_id)
        .join(ReconciliationItem.event)
        .where(
            ReconciliationItem.duplicate_of_id.in_(numbers),
            BankEvent.source == "statement",
            statement_bases.counts(BankEvent.statement_id, BankEvent.satang),
        )
    )
    return {number for number in db.session().scalars(lines) if number is not None}


def _payment_requests(*conditions: ColumnElement[bool]) -> Iterable[PaymentRequest]:
    return db.session().scalars(select(PaymentRequest).where(*conditions).order_by(PaymentRequest.id))


def _records_of_others(events: Sequence[BankEvent]) -> dict[int, SourceRecord]:
    """What other sources told that could be one of these events of one source, by id."""
    source = events[0].source
    moments = [event.occurred_at for event in events]
    refs = {event.ref1 for event in events if event.ref1}
    bank_refs = {event.bank_ref for event in events if event.bank_ref}
    others = BankEvent.source.in_([other for other in _SAME_PAYMENT_SOURCES if other != source])
    day = timedelta(days=1)
    found = {
        record.id: record
        for record in _records(
            others,
            BankEvent.occurred_at.between(min(moments) - day, max(moments) + day),
            BankEvent.satang.in_({event.satang for event in events}),
        )
    }
    if refs:
        found |= {record.id: record for record in _records(others, BankEvent.ref1.in_(refs))}
    if bank_refs:
        by_id = BankEvent.source == "scb", BankEvent.external_id.in_(bank_refs)
        found |= {record.id: record for record in _records(others, *by_id)}
    return dict(sorted(found.items()))


def _records(*conditions: ColumnElement[bool]) -> Iterable[SourceRecord]:
    rows = db.session().execute(
        select(
            BankEvent.id,
            BankEvent.account_id,
            BankEvent.external_id,
            BankEvent.satang,
            BankEvent.occurred_at,
            BankEvent.has_time,
            BankEvent.ref1,
            BankEvent.bank_ref,
            BankEvent.source,
            ReconciliationItem.state,
            ReconciliationItem.match_reason,
            ReconciliationItem.payment_request_id,
            decision_approvals.is_open(ReconciliationItem.event_id).label("asked"),
            or_(
                BankEvent.source != "statement",
                statement_bases.counts(BankEvent.statement_id, BankEvent.satang),
            ).label("counts"),
        )
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(*conditions)
    )
    return (SourceRecord(**row) for row in rows.mappings())
