"""Suggestions: which donation a waiting event might be for, ranked and explained. They never post by themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from app.fund.bank.events import BankEvent, Settlement
from app.fund.bank.ladder import looks_like_ours
from app.fund.giving.donations import Donation, DonationState
from app.kit import references
from app.kit.db import db

_MOST = 5
_BEFORE = timedelta(days=10)
_PERHAPS_SAME = timedelta(days=3)
_DIGITS = "0123456789"
#: What a hand or an eye makes of the two digits of the year.
_YEAR_LOOKS = str.maketrans("OIL", "011")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A donation that the money might be for, and why."""

    donation: Donation
    reasons: tuple[str, ...]
    score: int


def candidates(settlements: Sequence[Settlement]) -> dict[int, list[Candidate]]:
    """The likeliest donations for each event, best first, at most five; two queries for the whole page."""
    coming = [one for one in settlements if one.event.satang > 0]
    if not coming:
        return {}
    alike = {one.event_id: set(one_edit_away(one.event.ref1)) for one in coming}
    codes = set().union(*alike.values()) | {
        one.event.ref1 for one in coming if references.is_valid(one.event.ref1)
    }
    amounts = {one.event.satang for one in coming}
    moments = [one.event.occurred_at for one in coming]
    numbers = {one.donation_id for one in coming if one.donation_id is not None}
    session = db.session()
    found: dict[int, Donation] = {}
    if codes or numbers:
        named = select(Donation).where(or_(Donation.ref1.in_(codes), Donation.id.in_(numbers)))
        found.update((one.id, one) for one in session.scalars(named))
    by_amount = select(Donation).where(
        or_(Donation.due_satang.in_(amounts), Donation.wish_satang.in_(amounts)),
        Donation.state.in_((DonationState.OPEN, DonationState.EXPIRED)),
        Donation.opened_at.between(min(moments) - _BEFORE, max(moments) + timedelta(days=1)),
    )
    found.update((one.id, one) for one in session.scalars(by_amount.order_by(Donation.id.desc()).limit(500)))
    answer = {}
    for one in coming:
        ranked = [_weigh(one.event, donation, alike[one.event_id]) for donation in found.values()]
        likely = sorted(
            (each for each in ranked if each.score > 0), key=lambda each: (-each.score, each.donation.id)
        )
        answer[one.event_id] = likely[:_MOST]
    return answer


def _weigh(event: BankEvent, donation: Donation, alike: set[str]) -> Candidate:
    reasons, score = [], 0
    if donation.ref1 == event.ref1:
        reasons.append("รหัสอ้างอิงตรง")
        score += 100
    elif donation.ref1 in alike:
        reasons.append("รหัสอ้างอิงต่างกันหนึ่งตัวอักษร")
        score += 60
    if event.satang == donation.due_satang:
        reasons.append("จำนวนเงินตรง")
        score += 40
    elif event.satang == donation.wish_satang:
        reasons.append("จำนวนเงินตรงกับที่ตั้งใจให้ (ปัดเศษสตางค์)")
        score += 35
    if not score:
        return Candidate(donation=donation, reasons=(), score=0)
    if donation.network_id is not None and event.ref2 == donation.ref2:
        reasons.append("รหัสเครือข่ายตรง")
        score += 15
    apart = abs(event.occurred_at - donation.opened_at).days
    if score < 60 and apart > _BEFORE.days:
        return Candidate(donation=donation, reasons=(), score=0)
    reasons.append("เปิดรายการให้วันเดียวกัน" if apart == 0 else f"เปิดรายการให้ห่างกัน {apart} วัน")
    return Candidate(donation=donation, reasons=tuple(reasons), score=score - min(apart, 10))


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


def twins(event: BankEvent) -> list[Settlement]:
    """Tellings by other sources of the same sum within three days that have no pair yet: perhaps the same money."""
    pointed_at = select(Settlement.same_as_id).where(Settlement.same_as_id.is_not(None))
    statement = (
        select(Settlement)
        .join(Settlement.event)
        .where(
            BankEvent.source != event.source,
            BankEvent.satang == event.satang,
            BankEvent.occurred_at.between(
                event.occurred_at - _PERHAPS_SAME, event.occurred_at + _PERHAPS_SAME
            ),
            Settlement.state != "same",
            Settlement.event_id.not_in(pointed_at),
        )
        .order_by(BankEvent.id)
        .limit(_MOST)
    )
    return list(db.session().scalars(statement))
