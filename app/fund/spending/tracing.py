"""Tracing: which gifts paid for what, first in first out inside a purpose."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id, Satang


class Trace(Base):
    """So many satang of one gift went into one payment. Final (trigger)."""

    __tablename__ = "trace"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)

    __table_args__ = (
        UniqueConstraint("payment_id", "gift_id"),
        CheckConstraint("satang > 0", name="positive"),
    )
