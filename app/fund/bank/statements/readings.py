"""Readings: who reads a draft's file now, and that nobody writes who was overtaken."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.fund.bank.statements.drafts import DraftState, StatementDraft
from app.kit import clock
from app.kit.db import db, lock, transaction

#: Whoever reads a draft says so again with every batch; after this silence somebody else takes it up.
CLAIM = timedelta(minutes=2)


class Overtaken(Exception):
    """Somebody else has taken the draft up since, or it was thrown away: this reading ends without a word."""


def take_up(draft_id: int) -> int | None:
    """Begin to read a draft. The reading's number, which no later one has; None while somebody else is at it and when
    it has become a statement."""
    with transaction():
        draft = lock(StatementDraft, draft_id)
        busy = draft.claimed_until is not None and draft.claimed_until > clock.now()
        if draft.state in (DraftState.APPLYING, DraftState.APPLIED) or busy:
            return None
        draft.state, draft.reason, draft.unproven, draft.done = DraftState.SENT, "", False, 0
        draft.claimed_until, draft.reading = clock.now() + CLAIM, draft.reading + 1
        return draft.reading


def go_on(draft_id: int, reading: int, **told: Any) -> None:
    """First of all in every transaction in which a reading writes: the draft is held, and its silence begins anew.

    However long a reader was silent, it writes nothing after another has begun. Raises Overtaken then.
    """
    ours = (
        update(StatementDraft)
        .where(
            StatementDraft.id == draft_id,
            StatementDraft.reading == reading,
            StatementDraft.state == DraftState.SENT,
        )
        .values(claimed_until=clock.now() + CLAIM, **told)
    )
    if not db.session().execute(ours).rowcount:  # type: ignore[attr-defined]
        raise Overtaken
