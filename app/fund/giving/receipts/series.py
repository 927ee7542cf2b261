"""Receipt books: each has its own numbers in each fiscal year, without a gap, and issues beside the others."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.fund.giving.records.receipts import MAIN, ReceiptBook
from app.kit import clock, thai
from app.kit.db import db, is_sqlite


def lock_book(book: str = MAIN) -> ReceiptBook:
    """A book of this fiscal year, opened on first use and locked until the transaction ends, so that numbers have no gap."""
    year = thai.fiscal_year_be(clock.today())
    session = db.session()
    insert = (sqlite if is_sqlite() else postgresql).insert
    session.execute(
        insert(ReceiptBook).values(fiscal_year_be=year, book=book, last_number=0).on_conflict_do_nothing()
    )
    statement = select(ReceiptBook).filter_by(fiscal_year_be=year, book=book).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()
