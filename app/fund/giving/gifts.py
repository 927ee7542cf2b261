"""Gifts: money that has truly come in, with the entry it made in the books."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.donations import Donation
from app.fund.giving.networks import Network
from app.fund.ledger.accounts import Purpose
from app.kit.db import Base, Id, Satang, UtcDateTime


class Gift(Base):
    """Money received. Final: triggers refuse UPDATE and DELETE. Behind each stands an allocation of a bank event."""

    __tablename__ = "gift"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)
    donor_name: Mapped[str] = mapped_column(String(160), default="")
    anonymous: Mapped[bool] = mapped_column(default=True)
    #: When the bank says it was paid.
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Who matched it by hand; empty where reference and amount spoke for themselves.
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)
    network: Mapped[Network | None] = relationship(lazy="joined")
    donation: Mapped[Donation | None] = relationship()

    __table_args__ = (CheckConstraint("satang > 0", name="positive"),)
