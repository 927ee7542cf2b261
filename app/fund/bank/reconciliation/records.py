"""Records of reconciliation: which line of a statement brought what the counter took to the bank. A table, no rule."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank.records import BankEvent
from app.fund.counter.records import DepositItem
from app.kit.db import Base, Id, UtcDateTime


class Deposit(Base):
    """An item that a line of a statement shows to have reached the bank. Undone once, with a reason, never deleted."""

    __tablename__ = "deposit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("deposit_item.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty where the line could mean nothing else.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undo_reason: Mapped[str | None] = mapped_column(String(300))

    item: Mapped[DepositItem] = relationship(lazy="joined", innerjoin=True)
    event: Mapped[BankEvent] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)",
            name="undone_triple",
        ),
        Index(
            "uq_deposit_live_item",
            "item_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )
