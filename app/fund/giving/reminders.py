"""Reminders: what the night's work writes to networks about what they pledged, and the thanks for what came."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.kit import outbox
from app.kit.db import Base, UtcDateTime

__all__ = ["Night", "outbox"]


class Night(Base):
    """The night's work of one day in Bangkok, done once."""

    __tablename__ = "night"

    on_date: Mapped[date] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminded: Mapped[int] = mapped_column(default=0)
    lapsed: Mapped[int] = mapped_column(default=0)
