"""What the store keeps: sorts of goods, and every move of them in and out."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, UtcDateTime


class StockItem(Base):
    """One sort of goods, counted in one unit."""

    __tablename__ = "stock_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))

    __table_args__ = (
        UniqueConstraint("name", "unit"),
        CheckConstraint("name <> '' AND unit <> ''", name="named"),
    )


class StockMove(Base):
    """So many in (from a donation) or out (for a reason). Final (triggers); what is there never falls below nothing."""

    __tablename__ = "stock_move"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("stock_item.id"), index=True)
    #: In is positive, out negative.
    quantity: Mapped[int]
    #: The donation that came in, or whose entry was cancelled.
    in_kind_donation_id: Mapped[int | None] = mapped_column(ForeignKey("in_kind_donation.id"), index=True)
    #: Why it went out.
    reason: Mapped[str] = mapped_column(String(300), default="")
    #: What it went out for, as the documents call it: a request, a handover. No person's name.
    reference: Mapped[str] = mapped_column(String(60), default="")
    moved_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    item: Mapped[StockItem] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("quantity <> 0", name="moves"),
        CheckConstraint("quantity < 0 OR in_kind_donation_id IS NOT NULL", name="in_from_donation"),
        CheckConstraint("quantity > 0 OR reason <> ''", name="out_for_reason"),
        Index(
            "uq_stock_move_donation_in",
            "in_kind_donation_id",
            unique=True,
            sqlite_where=text("quantity > 0"),
            postgresql_where=text("quantity > 0"),
        ),
    )
