"""Arrivals: what the bank has told of money that a giver speaks of. The bank's room stands above this one and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A payment as the bank told it. `waiting`: no gift was made of it yet; else `donation_ids` says whose it became."""

    event_id: int
    satang: int
    occurred_at: datetime
    has_time: bool
    waiting: bool
    #: The donations whose gifts it became.
    donation_ids: frozenset[int]
    #: The rule that left it waiting, such as "late" or "B".
    rule: str


_BY_REFERENCE: list[Callable[[set[str]], dict[str, list[Told]]]] = []
_WAITING_FOR: list[Callable[[int], list[Told]]] = []
_CLAIMED: list[Callable[[str], None]] = []


def answered_by(
    *,
    by_reference: Callable[[set[str]], dict[str, list[Told]]],
    waiting_for: Callable[[int], list[Told]],
    claimed: Callable[[str], None],
) -> None:
    """Let the bank's room answer, and hear that a giver claims a payment by its reference."""
    _BY_REFERENCE.append(by_reference)
    _WAITING_FOR.append(waiting_for)
    _CLAIMED.append(claimed)


def by_reference(references: set[str]) -> dict[str, list[Told]]:
    """For each of these references of the sending bank that a bank told of: its payments, first told first."""
    found: dict[str, list[Told]] = {}
    for ask in _BY_REFERENCE if references else ():
        found |= ask(references)
    return found


def waiting_for(donation_id: int) -> list[Told]:
    """Payments that point at this donation and wait for the finance officer, first paid first."""
    return [told for ask in _WAITING_FOR for told in ask(donation_id)]


def claimed(reference: str) -> None:
    """Say that a giver handed in a slip with this reference. In the deed's transaction."""
    for tell in _CLAIMED:
        tell(reference)
