"""Donations as they are kept: money that came, and what of it was reversed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, column, table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger.accounts import Purpose
from app.kit.db import Base, Id, Satang, UtcDateTime


class Donation(Base):
    """Money received. Final: triggers refuse UPDATE and DELETE. Each has an allocation of a bank event."""

    __tablename__ = "donation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_request_id: Mapped[int | None] = mapped_column(ForeignKey("payment_request.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)
    donor_name: Mapped[str] = mapped_column(String(160), default="")
    anonymous: Mapped[bool] = mapped_column(default=True)
    #: When the bank says it was paid.
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Who matched it by hand; empty where reference and amount alone decided.
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)
    network: Mapped[Network | None] = relationship(lazy="joined")
    payment_request: Mapped[PaymentRequest | None] = relationship()

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        Index(
            "ix_donation_donor_name",
            "donor_name",
            postgresql_using="gin",
            postgresql_ops={"donor_name": "gin_trgm_ops"},
        ),
    )


#: The view of donations after their reversals: `satang` is what is left, `given_satang` what came in. Every sum
#: over donations reads it. An undone donation is in it with 0 satang.
LIVE = table(
    "live_donation",
    *(
        column(name)
        for name in (
            *("id", "payment_request_id", "pledge_id", "network_id", "purpose_id", "satang", "given_satang"),
            *("donor_name", "anonymous", "paid_at", "posted_at"),
        )
    ),
)


class DonationTotal(Base):
    """What stands of all donations that came in a network's name for one pledge, or for none; nobody needs to add them up.

    It moves only by triggers, in the statement that inserts a donation or a reversal; an integrity check adds up anew.
    """

    __tablename__ = "donation_total"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: The donation's own network, else that of its pledge.
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang, default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("satang >= 0", name="not_negative"),
        UniqueConstraint("network_id", "pledge_id"),
        # To a constraint no nothing equals another.
        Index(
            "uq_donation_total_unpledged",
            "network_id",
            unique=True,
            sqlite_where=text("pledge_id IS NULL"),
            postgresql_where=text("pledge_id IS NULL"),
        ),
    )


#: What a reversal can be.
UNDONE, REFUNDED = "undone", "refunded"


class DonationReversal(Base):
    """So many satang of a donation that were reversed. Final (trigger); never more than is left and unspent.

    `undone`: the whole donation was matched wrongly, and its bank event waits again. `refunded`: money goes back to the giver.
    """

    __tablename__ = "donation_reversal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    satang: Mapped[int] = mapped_column(Satang)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("kind IN ('undone', 'refunded')", name="known_kind"),
        CheckConstraint("satang > 0", name="positive"),
    )


class EdonationReport(Base):
    """A donation that is reported, and by which route. One is in force at most; what it says is final, it can only be undone."""

    __tablename__ = "edonation_report"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"))
    route: Mapped[str] = mapped_column(String(8))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("route IN ('bank', 'manual')", name="known_route"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_pair"),
        Index(
            "uq_edonation_report_live",
            "donation_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )
