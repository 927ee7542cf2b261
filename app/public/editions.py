"""Editions: what the public sees; frozen, numbered, hash-chained snapshots of sums and counts."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, UtcDateTime


class Edition(Base):
    """One edition. Final (trigger); `number` runs without gaps, `hash` covers the one before it."""

    __tablename__ = "edition"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: JSON with sorted keys: sums, counts, rounds; small cells already suppressed.
    contents: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
