"""References of giving: one Reference 1 for one payment request or one collection, and never again."""

from sqlalchemy import exists, or_, select

from app.fund.giving.records.payment_requests import Collection, PaymentRequest
from app.kit import clock, references, thai
from app.kit.db import db


def new() -> str:
    """A reference that no payment request and no collection has ever had. The database refuses one that was taken meanwhile."""
    year = thai.year_be(clock.today())
    while True:
        ref1 = references.make(year)
        taken = (exists().where(PaymentRequest.ref1 == ref1), exists().where(Collection.ref1 == ref1))
        if not db.session().scalar(select(or_(*taken))):
            return ref1
