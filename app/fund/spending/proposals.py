"""Proposals: what the fund is asked to pay for. A code, an amount and a purpose; never a person's name."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.ledger.accounts import Purpose
from app.kit.db import Base, Id, Satang, UtcDateTime


class ProposalState(StrEnum):
    SUBMITTED = "submitted"
    TABLED = "tabled"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    #: Everything that was to be paid has been paid and the rest released.
    SETTLED = "settled"


class Proposal(Base):
    """A request for money as the fund sees it. Amount and purpose never change after submission (trigger)."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What people see, on both sides of the wall: AR-2569-0042.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)
    #: Generic words about goods, such as "ชุดลูกเสือ-เนตรนารี 67 ชุด".
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12), default=ProposalState.SUBMITTED)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint(
            "state IN ('submitted', 'tabled', 'approved', 'rejected', 'withdrawn', 'settled')",
            name="known_state",
        ),
    )
