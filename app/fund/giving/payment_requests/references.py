"""References of giving: one Reference 1 for one payment request or one collection, and never again."""

from sqlalchemy import column, exists, or_, select, table

from app.kit import clock, references, thai
from app.kit.db import db

# The modules that give references out import this one; only whether a code is taken is read here.
_TAKEN = tuple(table(name, column("ref1")) for name in ("payment_request", "collection"))


def new() -> str:
    """A reference that no payment request and no collection has ever had. The database refuses one that was taken meanwhile."""
    year = thai.year_be(clock.today())
    while True:
        ref1 = references.make(year)
        if not db.session().scalar(
            select(or_(*(exists().where(table_.c.ref1 == ref1) for table_ in _TAKEN)))
        ):
            return ref1
