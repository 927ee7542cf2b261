"""Slips as they are kept: transfers that they name, and who says that one pays their request."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.kit.db import Base, Id, UtcDateTime
from app.kit.language import marked
from app.province.banks import bank_name

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

    @property
    def bank(self) -> str:
        """Who the slip says sent the money; a bank without a name is called by its code."""
        return marked("ทรูมันนี่ วอลเล็ท") if self.sending_bank == TRUEMONEY else bank_name(self.sending_bank)

    __table_args__ = (
        UniqueConstraint("sending_bank", "trans_ref"),
        CheckConstraint("paid_at IS NULL OR paid_on IS NOT NULL", name="moment_has_day"),
    )


class SlipClaim(Base):
    """One giver's word that a slip pays their payment request, with the picture.

    Only its closing, and that its picture was deleted, may be written later. While it waits for the bank its picture
    is never deleted (trigger).
    """

    __tablename__ = "slip_claim"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    slip_id: Mapped[int] = mapped_column(ForeignKey("slip.id"))
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), index=True)
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
    #: When the picture was deleted because its time was over. What was read from it stays.
    picture_deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    slip: Mapped[Slip] = relationship(lazy="joined", innerjoin=True)
    payment_request: Mapped[PaymentRequest] = relationship()

    @property
    def open(self) -> bool:
        """Whether it still waits for the bank: neither received nor closed by an officer."""
        return self.closed_at is None and self.payment_request.state != PaymentRequestState.RECEIVED

    __table_args__ = (
        UniqueConstraint("slip_id", "payment_request_id"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (close_reason = '')",
            name="closed_together",
        ),
    )
