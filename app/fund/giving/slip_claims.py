"""Slip claims: what givers hand in to say that they have paid. A slip proves nothing and never posts by itself."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.donations import Donation
from app.kit.db import Base, Id, UtcDateTime, db

#: Stands in place of a bank's code for slips of the TrueMoney wallet, which name no bank.
TRUEMONEY = "TMN"


class Slip(Base):
    """One transfer as the small QR on its slip names it: the sending bank's code and its reference, whose case counts.

    Final: triggers refuse UPDATE and DELETE. It was read from a picture and is unsigned.
    """

    __tablename__ = "slip"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Three digits, known or not, or TRUEMONEY.
    sending_bank: Mapped[str] = mapped_column(String(3))
    trans_ref: Mapped[str] = mapped_column(String(99), index=True)
    #: When the reference itself tells it: the day, and the moment where it tells that too.
    paid_on: Mapped[date | None]
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("sending_bank", "trans_ref"),
        CheckConstraint("paid_at IS NULL OR paid_on IS NOT NULL", name="moment_has_day"),
    )


class SlipClaim(Base):
    """One giver's word that a slip pays their donation, with the picture. Only its closing may be written later."""

    __tablename__ = "slip_claim"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slip_id: Mapped[int] = mapped_column(ForeignKey("slip.id"))
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: SHA-256 of the JPEG that is kept: its name in the store of slips.
    picture_hash: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the file as it was sent.
    sent_hash: Mapped[str] = mapped_column(String(64))
    #: The bank's app had dropped leading zeros of the checksum.
    crc_padded: Mapped[bool]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    close_reason: Mapped[str] = mapped_column(String(300), default="")

    slip: Mapped[Slip] = relationship(lazy="joined", innerjoin=True)
    donation: Mapped[Donation] = relationship()

    __table_args__ = (
        UniqueConstraint("slip_id", "donation_id"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (close_reason = '')",
            name="closed_together",
        ),
    )


def by_trans_refs(trans_refs: set[str]) -> dict[str, list[int]]:
    """For each of these references that a standing claim names: the donations it is claimed for, oldest claim first.

    Upper and lower case count. More than one donation, or a payment from before the donation was opened, is a
    person's to judge. Claims that an officer closed are left out.
    """
    claimed: dict[str, list[int]] = {}
    if trans_refs:
        rows = db.session().execute(
            select(Slip.trans_ref, SlipClaim.donation_id)
            .join(SlipClaim, SlipClaim.slip_id == Slip.id)
            .where(Slip.trans_ref.in_(trans_refs), SlipClaim.closed_at.is_(None))
            .order_by(SlipClaim.id)
        )
        for trans_ref, donation_id in rows:
            claimed.setdefault(trans_ref, []).append(donation_id)
    return claimed
