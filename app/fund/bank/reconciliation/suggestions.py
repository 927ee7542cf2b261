"""Suggestions: which payment request or pledge a waiting event might be for, ranked and explained. They never post."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from app.fund.bank.match_reasons import ReconciliationState
from app.fund.bank.reconciliation import names
from app.fund.bank.reconciliation.match_context import slip_names
from app.fund.bank.reconciliation.match_rules import looks_like_ours
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.pledges import pledges
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.giving.slips import claims as slip_claims
from app.kit import references
from app.kit.db import db
from app.kit.money import format_baht

_MOST = 5
_NEAR = timedelta(days=7)
#: From here two names are alike enough to say so.
_ALIKE = 80
#: A pledge is suggested for more than being of a network whose code was typed and nothing else.
_LEAST = 25
_SAME_NAME = "ชื่อผู้โอนตรง"
_PERHAPS_SAME = timedelta(days=3)
_DIGITS = "0123456789"
#: What a hand or an eye makes of the two digits of the year.
_YEAR_LOOKS = str.maketrans("OIL", "011")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A payment request or a pledge that the money might be for, and why."""

    payment_request: PaymentRequest | None = None
    pledge: Pledge | None = None
    #: What is still to come for it, in satang.
    due: int
    reasons: tuple[str, ...]
    #: What speaks against it.
    against: tuple[str, ...] = ()
    #: Whether its sum is the event's and something beside the sum names it: reference, slip or the payer's whole name.
    exact: bool = False
    score: int = 0

    @property
    def key(self) -> str:
        """How a form names it: payment_request:12, pledge:3."""
        return (
            f"payment_request:{self.payment_request.id}"
            if self.payment_request
            else f"pledge:{self._pledge.id}"
        )

    @property
    def why(self) -> list[tuple[str, bool]]:
        """What speaks for it and then what speaks against it, as `ui.why` draws them."""
        return [*((said, True) for said in self.reasons), *((said, False) for said in self.against)]

    @property
    def code(self) -> str:
        """What people call it."""
        return self.payment_request.ref1 if self.payment_request else self._pledge.code

    @property
    def whose(self) -> str:
        """Who gives."""
        network = self.payment_request.network if self.payment_request else self._pledge.network
        return network.name if network else (self.payment_request.donor_name if self.payment_request else "")

    @property
    def purpose(self) -> str:
        return (self.payment_request or self._pledge).purpose.name_th

    @property
    def _pledge(self) -> Pledge:
        assert self.pledge is not None
        return self.pledge


def best(candidates: Sequence[Candidate]) -> Candidate | None:
    """The likeliest one. None when two are equally likely: then a person must choose."""
    if not candidates or (len(candidates) > 1 and candidates[0].score == candidates[1].score):
        return None
    return candidates[0]


def candidates(items: Sequence[ReconciliationItem]) -> dict[int, list[Candidate]]:
    """The likeliest payment requests and pledges for each event, best first, at most five; a handful of queries for a page."""
    coming = [item for item in items if item.event.satang > 0]
    if not coming:
        return {}
    alike = {item.event_id: set(one_edit_away(item.event.ref1)) for item in coming}
    claims = slip_claims.by_trans_refs(set().union(*(slip_names(item.event) for item in coming)))
    payment_requests, promised = _payment_requests(coming, alike, claims), _pledges(coming)
    answer = {}
    for item in coming:
        claimed = {number for name in slip_names(item.event) for number in claims.get(name, ())}
        ranked = [
            _candidate_of_request(
                item.event, payment_request, alike[item.event_id], claimed, named_id=item.payment_request_id
            )
            for payment_request in payment_requests
        ] + [_candidate_of_pledge(item.event, pledge, left) for pledge, left in promised]
        likely = sorted(
            (each for each in ranked if each is not None), key=lambda each: (-each.score, each.key)
        )
        answer[item.event_id] = likely[:_MOST]
    return answer


def _payment_requests(
    coming: Sequence[ReconciliationItem], alike: dict[int, set[str]], claims: dict[str, list[int]]
) -> list[PaymentRequest]:
    codes = set().union(*alike.values()) | {
        item.event.ref1 for item in coming if references.is_valid(item.event.ref1)
    }
    amounts = {item.event.satang for item in coming}
    moments = [item.event.occurred_at for item in coming]
    numbers = {item.payment_request_id for item in coming if item.payment_request_id is not None}
    numbers |= {number for several in claims.values() for number in several}
    session = db.session()
    found: dict[int, PaymentRequest] = {}
    if codes or numbers:
        named = select(PaymentRequest).where(
            or_(PaymentRequest.ref1.in_(codes), PaymentRequest.id.in_(numbers))
        )
        found.update((payment_request.id, payment_request) for payment_request in session.scalars(named))
    by_amount = select(PaymentRequest).where(
        or_(PaymentRequest.due_satang.in_(amounts), PaymentRequest.wish_satang.in_(amounts)),
        PaymentRequest.state.in_((PaymentRequestState.OPEN, PaymentRequestState.EXPIRED)),
        PaymentRequest.opened_at.between(min(moments) - _NEAR, max(moments) + timedelta(days=1)),
    )
    found.update(
        (payment_request.id, payment_request)
        for payment_request in session.scalars(by_amount.order_by(PaymentRequest.id.desc()).limit(500))
    )
    return list(found.values())


def _pledges(coming: Sequence[ReconciliationItem]) -> list[tuple[Pledge, int]]:
    """Pledges that money is still expected for, with what is left of each: not when every event names its payment request."""
    if all(item.payment_request_id is not None for item in coming):
        return []
    stated = select(Pledge).where(Pledge.state == PledgeState.STATED, Pledge.kind == PledgeKind.MONEY)
    found = db.session().scalars(stated.order_by(Pledge.id.desc()).limit(500)).all()
    came = pledges.received([pledge.id for pledge in found])
    return [(pledge, pledge.satang - came[pledge.id]) for pledge in found if pledge.satang > came[pledge.id]]


def _candidate_of_request(
    event: BankEvent,
    payment_request: PaymentRequest,
    alike: set[str],
    claimed: set[int],
    *,
    named_id: int | None,
) -> Candidate | None:
    reasons, score = [], 0
    if payment_request.ref1 == event.ref1:
        reasons.append("รหัสอ้างอิงตรง")
        score += 100
    elif payment_request.ref1 in alike:
        reasons.append("รหัสอ้างอิงต่างกันหนึ่งตัวอักษร")
        score += 60
    if payment_request.id in claimed:
        reasons.append("ผู้ให้ส่งสลิปของเงินก้อนนี้")
        score += 80
    if event.satang == payment_request.due_satang:
        reasons.append("จำนวนเงินตรง")
        score += 40
    elif event.satang == payment_request.wish_satang:
        reasons.append("จำนวนเงินตรงกับที่ตั้งใจให้ (ปัดเศษสตางค์)")
        score += 35
    if not score and payment_request.id != named_id:
        return None
    if payment_request.network_id is not None and event.ref2 == payment_request.ref2:
        reasons.append("รหัสเครือข่ายตรง")
        score += 15
    alike_name = _alike(
        event.payer,
        payment_request.donor_name or (payment_request.network.name if payment_request.network else ""),
    )
    if alike_name:
        reasons.append(alike_name)
        score += 25
    named = (
        payment_request.ref1 in (*alike, event.ref1)
        or payment_request.id in claimed
        or alike_name == _SAME_NAME
    )
    apart = abs(event.occurred_at - payment_request.opened_at).days
    if score < 60 and apart > _NEAR.days and payment_request.id != named_id:
        return None
    reasons.append("เปิดรายการให้วันเดียวกัน" if apart == 0 else f"เปิดรายการให้ห่างกัน {apart} วัน")
    return Candidate(
        payment_request=payment_request,
        due=payment_request.due_satang,
        reasons=tuple(reasons),
        against=difference(event.satang, payment_request.due_satang),
        exact=named and event.satang == payment_request.due_satang,
        score=max(1, score - min(apart, 10)),
    )


def difference(satang: int, due: int) -> tuple[str, ...]:
    """By how much a sum that came is not the one that was asked for; nothing where it is."""
    if satang == due:
        return ()
    return (f"{'เกิน' if satang > due else 'ขาด'} {format_baht(abs(satang - due))} บาท",)


def _candidate_of_pledge(event: BankEvent, pledge: Pledge, left: int) -> Candidate | None:
    reasons, score = [], 0
    if event.ref2 == pledge.network.code:
        reasons.append("รหัสเครือข่ายตรง")
        score += 30
    alike_name = _alike(event.payer, pledge.network.name)
    if alike_name:
        reasons.append(alike_name)
        score += 30
    if event.satang == left:
        reasons.append("เท่ากับยอดที่ยังรอของความประสงค์นี้")
        score += 30
    if not score:
        return None
    apart = abs((event.occurred_at.date() - pledge.expected_on).days)
    if apart <= _NEAR.days:
        reasons.append("ใกล้วันที่แจ้งว่าจะให้")
        score += 10
    against = ("มากกว่ายอดที่ยังรอ",) if event.satang > left else ()
    if score - 10 * len(against) < _LEAST:
        return None
    return Candidate(
        pledge=pledge, due=left, reasons=tuple(reasons), against=against, score=score - 10 * len(against)
    )


def _alike(payer: str, name: str) -> str:
    if not payer or not name:
        return ""
    how = names.likeness(payer, name)
    if how == 100:
        return _SAME_NAME
    return f"ชื่อผู้โอนคล้าย {name}" if how >= _ALIKE else ""


def one_edit_away(reference: str) -> Iterator[str]:
    """Valid codes that one wrong, missing, extra or swapped character would have turned into this reference.

    The check character leaves about one in forty of all neighbours, so the few that remain can be looked up.
    """
    code = references.normalise(reference)
    if references.is_valid(code) or not looks_like_ours(code):
        return
    for guess in {code, code[:1] + code[1:3].translate(_YEAR_LOOKS) + code[3:]}:
        for neighbour in _neighbours(guess):
            if references.is_valid(neighbour):
                yield neighbour


def _neighbours(code: str) -> Iterator[str]:
    yield code
    for place in range(len(code)):
        letters = "F" if place == 0 else _DIGITS if place < 3 else references.ALPHABET
        before, after = code[:place], code[place + 1 :]
        yield before + after
        if place + 1 < len(code):
            yield before + code[place + 1] + code[place] + code[place + 2 :]
        for letter in letters:
            yield before + letter + after
            yield before + letter + code[place:]
    for letter in references.ALPHABET:
        yield code + letter


def twins(event: BankEvent) -> list[ReconciliationItem]:
    """Records by other sources of the same sum within three days that have no pair yet: perhaps the same money."""
    pointed_at = select(ReconciliationItem.duplicate_of_id).where(
        ReconciliationItem.duplicate_of_id.is_not(None)
    )
    statement = (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(
            BankEvent.source.not_in((event.source, "withdrawn")),
            BankEvent.satang == event.satang,
            BankEvent.occurred_at.between(
                event.occurred_at - _PERHAPS_SAME, event.occurred_at + _PERHAPS_SAME
            ),
            ReconciliationItem.state != ReconciliationState.DUPLICATE,
            ReconciliationItem.event_id.not_in(pointed_at),
        )
        .order_by(BankEvent.id)
        .limit(_MOST)
    )
    return list(db.session().scalars(statement))
