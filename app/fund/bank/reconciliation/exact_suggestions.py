"""Exact suggestions: lines whose owner leaves no doubt but that the rules may not post by themselves, to be taken together."""

from collections import Counter

from sqlalchemy import select

from app.fund.bank import decision_approvals
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import decisions, deposits, suggestions
from app.fund.bank.reconciliation.match_context import could_be_donation
from app.fund.bank.reconciliation.suggestions import Candidate
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.records.payment_requests import PaymentRequestState
from app.kit.db import db
from app.staff.users import User

#: So many at once: each is shown and can be left out, and one look takes them in.
MOST = 30
#: Why a line waits that may be one of these: whose it is was not known, or it came late. Whatever may be a second payment
#: of the same request, a deposit, or nobody's of ours is for one line at a time.
_REASONS = (
    MatchReason.UNMATCHED,
    MatchReason.MISSPELT_REFERENCE,
    MatchReason.AMOUNT_ONLY,
    MatchReason.LATE,
)


def offered(*, by: User) -> list[tuple[ReconciliationItem, Candidate]]:
    """Lines with the one payment request that each is for: its sum to the satang, named by reference, slip or whole name.

    Nothing that needs another's approval, that another source may have told, that may be a deposit, that two
    lines claim or that is paid already.
    """
    statement = (
        select(ReconciliationItem)
        .join(ReconciliationItem.event)
        .where(
            ReconciliationItem.state == ReconciliationState.WAITING,
            ReconciliationItem.match_reason.in_(_REASONS),
            ~decision_approvals.is_open(ReconciliationItem.event_id),
        )
        .order_by(BankEvent.occurred_at, BankEvent.id)
        .limit(2 * MOST)
    )
    items = [item for item in db.session().scalars(statement) if could_be_donation(item.event)]
    likely = suggestions.candidates(items)
    sure = [
        (item, best)
        for item in items
        if (best := suggestions.best(likely[item.event_id])) is not None
        and best.exact
        and best.payment_request is not None
        and best.payment_request.state in (PaymentRequestState.OPEN, PaymentRequestState.EXPIRED)
    ]
    claims = Counter(candidate.key for _, candidate in sure)
    undeposited = deposits.Undeposited()
    return [
        (item, candidate)
        for item, candidate in sure
        if claims[candidate.key] == 1
        and not decisions.needs_another(item.event, by=by)
        and not deposits.deposit_of(item.event, undeposited)
        and not suggestions.twins(item.event)
    ][:MOST]
