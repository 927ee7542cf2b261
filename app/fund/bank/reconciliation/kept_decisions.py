"""Kept decisions: what a first officer decided about a large sum, and the second hand's word on it."""

from collections.abc import Callable, Mapping
from typing import Any

from app.fund.bank import second_hands
from app.fund.bank.locks import lock_reconciliation
from app.fund.bank.reconciliation import decisions, pairs, reconciliation_items, undoing
from app.fund.bank.second_hands import SecondHand
from app.kit.db import db
from app.staff.users import User


def confirm(request_id: int, *, by: User) -> SecondHand:
    """The second hand agrees: what the first asked for is done now, in the first officer's name.

    Raises Refused for the asker, for a request already answered, and for whatever no longer allows the deed.
    """
    lock_reconciliation()
    request = second_hands.hold(request_id, by=by)
    second_hands.answer(request, state="confirmed", by=by)
    _DEEDS[request.deed](request, request.said)
    db.session().flush()
    return request


def refuse(request_id: int, *, reason: str, by: User) -> SecondHand:
    """The second hand disagrees, or the first takes it back: nothing is done and the event can be decided anew."""
    reason = reconciliation_items.reason(reason, "กรุณาบอกเหตุผลที่ไม่ยืนยัน")
    lock_reconciliation()
    request = second_hands.hold(request_id, by=by)
    second_hands.answer(request, state="refused", words=reason, by=by)
    return request


_DEEDS: dict[str, Callable[[SecondHand, Mapping[str, Any]], None]] = {
    second_hands.ASSIGN: decisions.assign_confirmed,
    second_hands.SPLIT: decisions.split_confirmed,
    second_hands.EXCLUDE: decisions.exclude_confirmed,
    second_hands.LINK: pairs.link_confirmed,
    second_hands.UNDO: undoing.undo_confirmed,
}
