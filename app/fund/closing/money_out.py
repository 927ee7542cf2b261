"""Money out: the lines of money that left an account, with what they were for where a room knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.fund.closing import statement_days
from app.fund.giving.records.payment_requests import FundAccount
from app.kit.injected import Injected


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A line of money that went out, with what they were for where somebody knows."""

    event_id: int
    on: date
    satang: int
    bank_ref: str
    description: str
    match_reason: str
    words: str = ""


#: Which of these lines were ours, by event: what they paid for in words.
Explain = Callable[[Sequence[Outgoing]], dict[int, str]]
EXPLAIN: Injected[Explain] = Injected("payments among the lines of money out")


def lines(account: FundAccount, first: date, last: date) -> list[Outgoing]:
    """The lines of money out, oldest first, those that a room knows with its words."""
    left = [
        Outgoing(
            event_id=row["id"],
            on=date.fromisoformat(row["on_day"]),
            satang=int(row["satang"]),
            bank_ref=row["bank_ref"] or row["ref1"],
            description=row["description"],
            match_reason=row["match_reason"],
        )
        for row in statement_days.outgoing(account.id, first, last)
    ]
    known = EXPLAIN.get()(left) if left else {}
    return [replace(line, words=known.get(line.event_id, "")) for line in left]
