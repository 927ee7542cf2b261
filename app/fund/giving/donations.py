"""Donations: one intention to give with its own reference and QR code, waiting for the bank to say it came."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.networks import Network
from app.fund.giving.pledges import Pledge
from app.fund.ledger.accounts import Purpose
from app.kit.db import Base, Id, Satang, UtcDateTime


class DonationState(StrEnum):
    OPEN = "open"
    RECEIVED = "received"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class FundAccount(Base):
    """A bank account of the fund. `proposed` before the bank has opened it: pledges need no account, QR codes do."""

    __tablename__ = "fund_account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Three-digit bank code.
    bank_code: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    #: 15 digits issued by the bank for bill payment (tag 30); empty until the bank has registered the fund.
    biller_id: Mapped[str | None] = mapped_column(String(15), unique=True)
    #: 13-digit tax ID registered with PromptPay (tag 29).
    promptpay_id: Mapped[str | None] = mapped_column(String(13))
    state: Mapped[str] = mapped_column(String(10))

    __table_args__ = (CheckConstraint("state IN ('proposed', 'open', 'closed')", name="known_state"),)


class Donation(Base):
    """One intention to give: a reference reserved for ever, a QR code, an expiry. It is not money yet."""

    __tablename__ = "donation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Unguessable part of /give/<code>.
    code: Mapped[str] = mapped_column(String(24), unique=True)
    #: Reference 1 in the QR code (tag 30), also the human reference; never recycled.
    ref1: Mapped[str] = mapped_column(String(20), unique=True)
    ref2: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    #: What the donor wants to give.
    wish_satang: Mapped[int] = mapped_column(Satang)
    #: What the QR code asks for: the wish, or with tag 29 the wish less up to 99 satang, unique while open.
    due_satang: Mapped[int] = mapped_column(Satang)
    #: Which template the QR code uses: 29 or 30.
    tag: Mapped[int]
    payload: Mapped[str] = mapped_column(String(512))
    donor_name: Mapped[str] = mapped_column(String(160), default="")
    #: Known to the fund, hidden from the public.
    anonymous: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(10), default=DonationState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: After this the page asks to start again; money that still comes waits for the finance officer.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Tag 29 only: until then no other donation may use this amount (statements lag behind).
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)
    network: Mapped[Network | None] = relationship(lazy="joined")
    pledge: Mapped[Pledge | None] = relationship()
    account: Mapped[FundAccount] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("wish_satang > 0 AND due_satang > 0", name="positive"),
        CheckConstraint("tag IN (29, 30)", name="known_tag"),
        CheckConstraint("state IN ('open', 'received', 'expired', 'cancelled')", name="known_state"),
        CheckConstraint("(state = 'received') = (received_at IS NOT NULL)", name="received_pair"),
        CheckConstraint("(tag = 29) = (held_until IS NOT NULL)", name="held_pair"),
        # The satang trick: among open tag-29 donations to one account no two ask for the same amount.
        Index(
            "uq_donation_open_amount",
            "account_id",
            "due_satang",
            unique=True,
            sqlite_where=text("tag = 29 AND state = 'open'"),
            postgresql_where=text("tag = 29 AND state = 'open'"),
        ),
    )
