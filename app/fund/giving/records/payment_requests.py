"""Payment requests as they are kept: accounts and payees, the requests themselves, collections, stops and leave to solicit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.fund.ledger.accounts import Purpose
from app.kit import thai
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.language import marked
from app.kit.worded import Worded
from app.staff.users import User


class FundAccount(Base):
    """A bank account of the fund. `proposed` before the bank has opened it: pledges need no account, QR codes do.

    Made and changed only by an approval of two people (triggers).
    """

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
    #: What was approved last; who is paid at this moment, `in_force` says.
    state: Mapped[str] = mapped_column(String(10))
    #: The approval of the last change; empty for accounts from before approvals were asked.
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"))

    __table_args__ = (CheckConstraint("state IN ('proposed', 'open', 'closed')", name="known_state"),)


class Payee(Base):
    """Whom QR codes pay from a moment on: an account by its IDs. Final but for its end (trigger)."""

    __tablename__ = "payee"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"), index=True)
    biller_id: Mapped[str | None] = mapped_column(String(15))
    promptpay_id: Mapped[str | None] = mapped_column(String(13))
    #: Empty for the one from before approvals were asked.
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    #: From here on new QR codes pay it, until another one's moment has come.
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When its account was closed. One closed before its moment has replaced nobody.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[FundAccount] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (CheckConstraint("biller_id IS NOT NULL OR promptpay_id IS NOT NULL", name="by_an_id"),)

    def is_same(self, account_id: int, biller_id: str | None, promptpay_id: str | None) -> bool:
        return (self.account_id, self.biller_id, self.promptpay_id) == (account_id, biller_id, promptpay_id)


class PaymentRequestState(Worded):
    OPEN = "open", marked("รอชำระ"), "warning"
    RECEIVED = "received", marked("ได้รับแล้ว"), "success"
    EXPIRED = "expired", marked("หมดอายุ")
    CANCELLED = "cancelled", marked("ยกเลิกแล้ว")


class PaymentRequest(Base):
    """One intention to give: a reference reserved for ever, a QR code, an expiry. It is not money yet.

    `state` is what the books need, `payment_requests.status_of` what the page says. They differ for tag 29 between `expires_at` and
    `reserved_until`: the page has expired, but the state stays `open`, because the amount is all that such a payment
    carries and it must go on meaning this payment request until late statements have come in.
    """

    __tablename__ = "payment_request"

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
    state: Mapped[str] = mapped_column(String(10), default=PaymentRequestState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: After this the page asks to start again; money that still comes waits for the finance officer.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Tag 29 only: until then no other payment request may use this amount (statements lag behind).
    reserved_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
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
        CheckConstraint("(tag = 29) = (reserved_until IS NOT NULL)", name="reserved_pair"),
        # The satang trick: among open tag-29 payment requests to one account no two ask for the same amount.
        Index(
            "uq_payment_request_open_amount",
            "account_id",
            "due_satang",
            unique=True,
            sqlite_where=text("tag = 29 AND state = 'open'"),
            postgresql_where=text("tag = 29 AND state = 'open'"),
        ),
    )


class AmountReservation(Base):
    """From where a visitor reserved the amount of a tag-29 payment request. Deleted when the amount is free again."""

    __tablename__ = "amount_reservation"

    payment_request_id: Mapped[int] = mapped_column(
        ForeignKey("payment_request.id"), primary_key=True, autoincrement=False
    )
    #: Keyed hash of the visitor's address, of IPv6 of the customer's network; nobody reads the address from it.
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    until: Mapped[datetime] = mapped_column(UtcDateTime)

    payment_request: Mapped[PaymentRequest] = relationship()

    __table_args__ = (
        Index("ix_amount_reservation_address_hash_until", "address_hash", "until"),
        Index("ix_amount_reservation_until", "until"),
    )


class Collection(Base):
    """A standing reference. Its QR code asks for no amount, so it hangs on a wall and is paid by many, many times.

    Reference and payload never change and are never used again, open or closed: what is printed stays printed.
    """

    __tablename__ = "collection"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Reference 1 of the QR code, made like those of payment requests and different from all of them.
    ref1: Mapped[str] = mapped_column(String(20), unique=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"))
    #: The pledge that the donations count to; empty when they count to the network alone.
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    payload: Mapped[str] = mapped_column(String(512))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    network: Mapped[Network] = relationship(lazy="joined", innerjoin=True)
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[FundAccount] = relationship(lazy="joined", innerjoin=True)
    pledge: Mapped[Pledge | None] = relationship()

    @property
    def open(self) -> bool:
        """Whether its QR code is still given out. Money that comes for a closed one is as plainly marked as before."""
        return self.closed_at is None

    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_pair"),
        Index("ix_collection_network_id", "network_id"),
        Index(
            "uq_collection_open_network",
            "network_id",
            "purpose_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND pledge_id IS NULL"),
            postgresql_where=text("closed_at IS NULL AND pledge_id IS NULL"),
        ),
        Index(
            "uq_collection_open_pledge",
            "pledge_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class Stop(Base):
    """No QR code is shown to anybody from one moment on, until two people end it (trigger)."""

    __tablename__ = "giving_stop"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What is stopped; one open stop of it at most.
    what: Mapped[str] = mapped_column(String(8), default="qr")
    stopped_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(300))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"), unique=True)

    stopped_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (approval_request_id IS NULL)", name="ended_pair"),
        CheckConstraint("what = 'qr'", name="known"),
        # Of two people who stop at once the second one finds it done.
        Index(
            "uq_giving_stop_open",
            "what",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class SolicitationApproval(Base):
    """One approval as its letter says it (ระเบียบว่าด้วยการเรี่ยไรของหน่วยงานของรัฐ พ.ศ. 2544). What it says is final;
    one noted wrongly is withdrawn and noted again."""

    __tablename__ = "solicitation_approval"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: As on the letter: "ศก 0017/ว 1234", "มติ กคร.จังหวัด ครั้งที่ 1/2569".
    number: Mapped[str] = mapped_column(String(80))
    approved_on: Mapped[date]
    #: Who gave leave.
    authority: Mapped[str] = mapped_column(String(200))
    #: Last day of the leave; empty where the letter names none.
    ends_on: Mapped[date | None]
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty when the portal was first filled.
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= approved_on", name="in_order"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_pair"),
    )

    @property
    def words(self) -> str:
        """As the give page and the poster say it."""
        return f"เลขที่ {self.number} ลงวันที่ {thai.long_date(self.approved_on)}"


class DonorTax(Base):
    """What the giver of a payment request wants the Revenue Department to be told, with their consent. The ID is encrypted."""

    __tablename__ = "donor_tax"

    payment_request_id: Mapped[int] = mapped_column(
        ForeignKey("payment_request.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(160))
    #: Thirteen digits under AES-256-GCM, bound to the payment request.
    number_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    consented_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("kind IN ('person', 'company')", name="known_kind"),)
