"""Days of statements, and what waits for a person."""

from sqlalchemy import select

from app.fund.bank.records import ReconciliationItem
from app.kit import clock
from app.kit.db import db

#: The day of a line that a test brings in.
TODAY = clock.today()


ON = f"{TODAY:%d/%m/%Y}"


def waiting() -> list[str]:
    """The rules by which lines wait."""
    return sorted(db.session().scalars(select(ReconciliationItem.match_reason).filter_by(state="waiting")))
