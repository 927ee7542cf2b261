"""Papers of the committee as they are kept: endorsed minutes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, UtcDateTime


class Minutes(Base):
    """The minutes of a meeting as a later one endorsed them, and the signed scan. Final, but that a scan comes once (trigger)."""

    __tablename__ = "minutes"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, autoincrement=False)
    endorsed_in_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    #: What the later meeting corrected, printed at the end; empty where nothing was.
    corrections: Mapped[str] = mapped_column(String(2000), default="")
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    endorsed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    endorsed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: The signed paper; where the two differ, it prevails.
    scan: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    scan_sha256: Mapped[str] = mapped_column(String(64), default="")
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("endorsed_in_id <> meeting_id", name="by_another_meeting"),
        CheckConstraint(
            "(scan IS NULL) = (scanned_at IS NULL) AND (scan IS NULL) = (scanned_by_id IS NULL)"
            " AND (scan IS NULL) = (scan_sha256 = '')",
            name="scan_whole",
        ),
    )
