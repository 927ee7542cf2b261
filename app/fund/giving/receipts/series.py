"""Receipt books: each has its own numbers in each fiscal year, without a gap, and issues beside the others."""

from sqlalchemy import String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock, thai
from app.kit.db import Base, db, is_sqlite

#: Books of receipts. Each has its own numbers, so that they issue beside each other without waiting.
MAIN, COUNTER, GOODS = "", "C", "K"

BOOK_NAMES: dict[str, str] = {MAIN: "เล่มหลัก (เงินเข้าบัญชี)", COUNTER: "เล่มเคาน์เตอร์ (C)", GOODS: "เล่มสิ่งของ (K)"}


class ReceiptBook(Base):
    """The counter of one book in one fiscal year: the row that its receipts queue on."""

    __tablename__ = "receipt_book"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    book: Mapped[str] = mapped_column(String(2), primary_key=True, default=MAIN, server_default="")
    last_number: Mapped[int] = mapped_column(default=0)


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
