"""Books that begin with money from before: asked for by Kanya and approved by Somchai."""

from datetime import timedelta

from people import Cast

from app.fund.ledger import opening
from app.fund.ledger.opening import Line
from app.kit import clock
from app.kit.db import transaction
from app.staff import approvals, papers

PAPER = b"%PDF-1.4 what the bank said on the last day"


def ask(cast: Cast, *lines: Line, days_ago: int = 1) -> int:
    """An opening that waits for its second person; the request's id."""
    with transaction():
        return opening.ask(
            lines,
            as_of=clock.today() - timedelta(days=days_ago),
            paper=papers.keep(PAPER),
            reason="ยอดตามสมุดเงินฝากและรายงานคณะกรรมการ",
            by=cast.kanya.user,
        ).id


def begin(cast: Cast, *lines: Line) -> None:
    """The books begin with these sums."""
    number = ask(cast, *lines)
    with transaction():
        approvals.approve(number, by=cast.somchai.user)


def approved_past_the_rule(number: int, user_id: int) -> str:
    """For tests of triggers: a request approved by the chair without what approving it does."""
    return (
        f"UPDATE approval_request SET decision = 'approved', decided_by_id = {user_id}, decided_role = 'chair', "
        f"decided_at = asked_at WHERE id = {number}"
    )
