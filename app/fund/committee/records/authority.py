"""Authority as it is kept: which way a proposal is to be decided, and what the chair delegated by order."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.worded import Worded
from app.staff.users import User


class Way(Worded):
    """How a proposal is to be decided, other than by its sum."""

    URGENT = "urgent", "ขอพิจารณาเร่งด่วน"
    MEETING = "meeting", "ส่งเข้าที่ประชุม"


class ProposalWay(Base):
    """Somebody asks that a proposal be decided at once, or by a meeting. The newest counts. Final (trigger)."""

    __tablename__ = "proposal_way"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    way: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (CheckConstraint("way IN ('urgent', 'meeting') AND reason <> ''", name="known_way"),)


class Delegation(Base):
    """The chair's small tier, delegated to a person by an order, up to a ceiling. Only its end is written later, once (trigger).

    One asks for it, another confirms (trigger); neither is the person.
    """

    __tablename__ = "delegation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: The order, as it is cited.
    order_number: Mapped[str] = mapped_column(String(60))
    order_on: Mapped[date]
    from_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    ceiling_satang: Mapped[int] = mapped_column(Satang)
    from_on: Mapped[date]
    to_on: Mapped[date]
    paper: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    paper_sha256: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    from_person: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[from_id])
    to_person: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[to_id])

    __table_args__ = (
        CheckConstraint("ceiling_satang > 0 AND order_number <> ''", name="by_order"),
        CheckConstraint("to_on >= from_on", name="in_order"),
        CheckConstraint("from_id <> to_id AND to_id <> asked_by_id", name="to_another"),
        CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)"
            " AND (confirmed_by_id IS NULL OR confirmed_by_id NOT IN (asked_by_id, to_id))",
            name="by_two",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_pair"),
    )
