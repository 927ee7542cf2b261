"""Evidence: photos of a handover, kept without place data in the folder store."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id, UtcDateTime


class Photo(Base):
    """One photo as kept: upright, shrunk, without EXIF. The file is found by its hash."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
