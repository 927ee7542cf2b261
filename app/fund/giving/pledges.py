"""Pledges: what a network says it will give. A promise is not money and posts nothing."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.networks import Network
from app.fund.ledger.accounts import Purpose
from app.kit.db import Base, Id, Satang, UtcDateTime


class PledgeState(StrEnum):
    STATED = "stated"
    WITHDRAWN = "withdrawn"


class Pledge(Base):
    """A network's statement of intent (แจ้งความประสงค์สมทบ). How much of it has come in is counted from gifts."""

    __tablename__ = "pledge"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What people see: PL-2569-0007.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)
    expected_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(12), default=PledgeState.STATED)
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    network: Mapped[Network] = relationship(lazy="joined", innerjoin=True)
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("state IN ('stated', 'withdrawn')", name="known_state"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_pair"),
    )
