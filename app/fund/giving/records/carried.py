"""What was given and promised before the books began, as it is kept: a history, never money of the books."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.records.networks import Network
from app.fund.ledger.accounts import Purpose
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.worded import Worded
from app.staff.approvals import ApprovalRequest


class CarriedKind(Worded):
    DONATION = "donation", "เงินสมทบยกมา", "success"
    PLEDGE = "pledge", "ความประสงค์ยกมา", "info"


class CarriedList(Base):
    """One file of earlier years that two people brought in whole. Final (trigger)."""

    __tablename__ = "carried_list"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(160))
    #: SHA-256 of the file: the same one comes in once.
    file_hash: Mapped[str] = mapped_column(String(64), unique=True)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)

    approval: Mapped[ApprovalRequest] = relationship(lazy="joined", innerjoin=True)


class CarriedGift(Base):
    """One donation or pledge of before the books began: no bank event, no entry and no receipt of ours. Final (trigger).

    A trigger refuses donations that are together more than what was brought forward for their purpose and spent before.
    """

    __tablename__ = "carried_gift"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("carried_list.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    on: Mapped[date] = mapped_column("on_date", Date)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    donor_name: Mapped[str] = mapped_column(String(160), default="")
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)
    #: The number of the paper receipt, where it had one.
    paper_number: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    network: Mapped[Network | None] = relationship(lazy="joined")
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("kind IN ('donation', 'pledge')", name="known_kind"),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("kind = 'donation' OR network_id IS NOT NULL", name="pledge_of_network"),
    )
