"""What spending keeps: whom the fund pays and who signs, payments as they are prepared, approved and made, and which donations paid."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    column,
    table,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank.records import BankEvent
from app.fund.committee.records import Proposal
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.worded import Worded
from app.staff.users import User


class VendorKind(Worded):
    SHOP = "shop", "ร้านค้า"
    SCHOOL = "school", "โรงเรียน"
    OFFICE = "office", "หน่วยงาน"
    #: A named officer, who is paid in advance and clears it with papers.
    OFFICER = "officer", "เจ้าหน้าที่"


class Vendor(Base):
    """Whom the fund pays: proposed by one person and confirmed by another of another role (trigger).

    Name, kind and tax ID never change; what is wrong is closed and proposed anew.
    """

    __tablename__ = "vendor"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    #: The payee on the transfer.
    name: Mapped[str] = mapped_column(String(160))
    #: 13 digits; empty where none is known.
    tax_id: Mapped[str] = mapped_column(String(13), default="")
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: From here on nothing is prepared for it. For good.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_reason: Mapped[str] = mapped_column(String(300), default="")
    #: Who an officer is among those who sign in: prepares, approves, pays, clears and takes back no advance of their own (triggers).
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    accounts: Mapped[list["VendorAccount"]] = relationship(
        back_populates="vendor", order_by="VendorAccount.id", lazy="selectin"
    )
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])

    __table_args__ = (
        CheckConstraint("kind IN ('shop', 'school', 'office', 'officer')", name="known_kind"),
        CheckConstraint("user_id IS NULL OR kind = 'officer'", name="user_is_officer"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (closed_reason = '')",
            name="closed_pair",
        ),
    )


class VendorAccount(Base):
    """An account into which a vendor is paid from a moment on, until its next one's moment has come. Final (trigger).

    The first counts at once, a changed one a day after it was confirmed (trigger): time to notice and to object.
    """

    __tablename__ = "vendor_account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    bank_code: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(20), index=True)
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)

    vendor: Mapped[Vendor] = relationship(back_populates="accounts")


class SignatoryGroup(Worded):
    CHAIR = "chair", "กลุ่มประธาน"
    FINANCE = "finance", "กลุ่มการเงิน"
    SECRETARY = "secretary", "กลุ่มเลขานุการ"


class Signatory(Base):
    """Who may approve that money leaves, by an order of the province; named by two others (trigger). Final but for its end."""

    __tablename__ = "signatory"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: For which of the groups of the rule this person signs.
    group_code: Mapped[str] = mapped_column(String(12))
    #: The order that names them, as it is cited: คำสั่งจังหวัดที่ 123/2569.
    appointed_by: Mapped[str] = mapped_column(String(120))
    from_on: Mapped[date]
    #: The last day; empty while no end is known.
    to_on: Mapped[date | None]
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[user_id])

    __table_args__ = (
        CheckConstraint("group_code IN ('chair', 'finance', 'secretary')", name="known_group"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days_in_order"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_pair"),
        Index(
            "uq_signatory_open",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class PaymentApproval(Base):
    """A signatory's approval of one payment. Final (trigger); the signatory neither asked for the help nor prepared it."""

    __tablename__ = "payment_approval"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    signatory_id: Mapped[int] = mapped_column(ForeignKey("signatory.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: The day in Thailand.
    on_day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    signatory: Mapped[Signatory] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (UniqueConstraint("order_id", "user_id"),)


class PaymentOrder(Base):
    """A payment prepared by one person and approved by signatories, before the money leaves the bank.

    Whom and how much never changes (trigger): a mistake is withdrawn and prepared anew. It is approved when the rule that was in
    force when it was prepared is met. Triggers refuse a preparer who asked for the help or voted on it, an approver who
    asked for it or prepared it, and more than the resolution leaves after what was paid and what else is prepared.
    """

    __tablename__ = "payment_order"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)
    #: Of it, income tax that the fund withholds and owes to the Revenue Department: see `withholding`.
    withheld_satang: Mapped[int] = mapped_column(Satang, default=0, server_default="0")
    #: The account of a confirmed vendor; what it was then stands beside it.
    vendor_account_id: Mapped[int] = mapped_column(ForeignKey("vendor_account.id"), index=True)
    vendor: Mapped[str] = mapped_column(String(160))
    vendor_bank: Mapped[str] = mapped_column(String(3))
    vendor_account: Mapped[str] = mapped_column(String(20))
    invoice: Mapped[str] = mapped_column(String(60), default="")
    #: How many signatories approve it, and the group of which one of them is; empty for any.
    signatures: Mapped[int]
    signing_group: Mapped[str] = mapped_column(String(12), default="")
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: When the rule was met.
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    #: The order that the bank could not transfer, in whose place it stands. One at a time, of the same sum and vendor (trigger).
    again_of_id: Mapped[int | None] = mapped_column(ForeignKey("payment_order.id"), index=True)

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)
    prepared_by: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[prepared_by_id])
    approvals: Mapped[list[PaymentApproval]] = relationship(order_by=PaymentApproval.id, lazy="selectin")
    withdrawn_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[withdrawn_by_id])
    payment: Mapped["Payment | None"] = relationship(viewonly=True)

    @property
    def net_satang(self) -> int:
        """What leaves the bank."""
        return self.satang - self.withheld_satang

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("withheld_satang >= 0 AND withheld_satang < satang", name="withheld_is_a_part"),
        CheckConstraint("signatures > 0", name="somebody_signs"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name="withdrawn_pair",
        ),
    )


class Payment(Base):
    """Money that left the bank for an approved proposal, by an order that was approved. Final but for what comes back of it
    and its being voided.

    A wrong one is voided by two (triggers): it stays, and counts as paid no more. Triggers refuse a payer who asked
    for it or voted for it, more than was approved, and a void of what left the bank or was given already.
    """

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    number: Mapped[int]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    #: What was approved; empty for payments from before they were.
    order_id: Mapped[int | None] = mapped_column(ForeignKey("payment_order.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    satang: Mapped[int] = mapped_column(Satang)
    #: Of it, tax that stays with the fund until it is remitted.
    withheld_satang: Mapped[int] = mapped_column(Satang, default=0, server_default="0")
    #: Shop, school or office; the payee on the transfer.
    vendor: Mapped[str] = mapped_column(String(160))
    vendor_bank: Mapped[str] = mapped_column(String(3))
    vendor_account: Mapped[str] = mapped_column(String(20))
    #: The bank's reference of the transfer; the same transfer cannot pay twice.
    transfer_ref: Mapped[str] = mapped_column(String(60))
    invoice: Mapped[str] = mapped_column(String(60), default="")
    paid_on: Mapped[date]
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: Who asked that it be voided, and why; empty again when that was declined.
    void_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    void_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: From here on it counts as paid no more.
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: The line of the bank with which its money came back; empty where it never left.
    void_event_id: Mapped[int | None] = mapped_column(ForeignKey("bank_event.id"), unique=True)
    #: What came back of it: the sum of its confirmed returns (trigger). A payment of which a part came back is not voided.
    returned_satang: Mapped[int] = mapped_column(Satang, default=0, server_default="0")

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=True)
    order: Mapped[PaymentOrder | None] = relationship(viewonly=True)
    void_asked_by: Mapped[User | None] = relationship(foreign_keys=[void_asked_by_id])
    voided_by: Mapped[User | None] = relationship(foreign_keys=[voided_by_id])

    @property
    def code(self) -> str:
        """As printed: บจ.2569/0007."""
        return f"บจ.{self.fiscal_year_be}/{self.number:04d}"

    @property
    def net_satang(self) -> int:
        """What left the bank."""
        return self.satang - self.withheld_satang

    @hybrid_property
    def kept_satang(self) -> int:
        """What it still counts, as long as it stands: what was paid less what came back."""
        return self.satang - self.returned_satang

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "number"),
        Index(
            "uq_payment_transfer_ref",
            "transfer_ref",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index(
            "ix_payment_void_asked",
            "void_asked_at",
            sqlite_where=text("void_asked_at IS NOT NULL AND voided_at IS NULL"),
            postgresql_where=text("void_asked_at IS NOT NULL AND voided_at IS NULL"),
        ),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("withheld_satang >= 0 AND withheld_satang < satang", name="withheld_is_a_part"),
        CheckConstraint(
            "(void_asked_at IS NULL) = (void_asked_by_id IS NULL) AND (void_asked_at IS NULL) = (void_reason = '')",
            name="void_asked_pair",
        ),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided_pair"),
        CheckConstraint(
            "returned_satang BETWEEN 0 AND satang - withheld_satang OR returned_satang = satang",
            name="returned_within_paid",
        ),
        CheckConstraint("returned_satang = 0 OR voided_at IS NULL", name="returned_stands"),
        CheckConstraint(
            "voided_by_id IS NULL OR (void_asked_by_id IS NOT NULL AND voided_by_id <> void_asked_by_id)",
            name="voided_by_two",
        ),
    )


class PaperKind(Worded):
    """Papers in the order of the bundle."""

    QUOTATION = "quotation", "ใบเสนอราคา"
    PURCHASE = "purchase", "ใบสั่งซื้อหรือสั่งจ้าง"
    DELIVERY = "delivery", "ใบส่งของหรือใบแจ้งหนี้"
    INSPECTION = "inspection", "ใบตรวจรับ"
    TRANSFER = "transfer", "หลักฐานการโอน"
    OTHER = "other", "เอกสารอื่น"


class PaymentPaper(Base):
    """A paper that stands behind a payment. Final (trigger); its file lies encrypted under its hash."""

    __tablename__ = "payment_paper"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    kind: Mapped[str] = mapped_column(String(12))
    is_pdf: Mapped[bool]
    #: SHA-256 of what is kept, in hex.
    sha256: Mapped[str] = mapped_column(String(64))
    #: Who inspected what was delivered; for an inspection.
    inspectors: Mapped[str] = mapped_column(String(300), default="")
    #: What the vendor delivered too little of; empty where nothing was missing.
    short: Mapped[str] = mapped_column(String(300), default="")
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    kept_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def words(self) -> str:
        return PaperKind(self.kind).words

    __table_args__ = (
        UniqueConstraint("order_id", "kind", "sha256"),
        CheckConstraint(
            "kind IN ('quotation', 'purchase', 'delivery', 'inspection', 'transfer', 'other')",
            name="known_kind",
        ),
        CheckConstraint("(kind = 'inspection') = (inspectors <> '')", name="inspection_names_people"),
    )


class AdvanceClearing(Base):
    """So many satang of an advance were spent as a paper says. Final (trigger); never more than was paid in advance (trigger)."""

    __tablename__ = "advance_clearing"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)
    #: Number of the paper, and what was bought.
    paper: Mapped[str] = mapped_column(String(300))
    cleared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (CheckConstraint("satang > 0", name="positive"),)


class TransferFile(Base):
    """Approved payments in one file for the bank, kept as it was made. Final (trigger)."""

    __tablename__ = "transfer_file"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    satang: Mapped[int] = mapped_column(Satang)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    lines: Mapped[list["TransferFileLine"]] = relationship(
        back_populates="file", order_by="TransferFileLine.id", lazy="selectin"
    )

    @property
    def waits(self) -> bool:
        """Whether the bank has not told of every line."""
        return any(not line.result for line in self.lines)


class TransferFileLine(Base):
    """One payment in a transfer file, once for ever, and what the bank made of it. Only approved payments (trigger);
    it is withdrawn no more before the bank said that it failed (trigger)."""

    __tablename__ = "transfer_file_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("transfer_file.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"), unique=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    #: Empty until the bank has told; said once (trigger).
    result: Mapped[str] = mapped_column(String(8), default="")

    file: Mapped[TransferFile] = relationship(back_populates="lines")
    order: Mapped[PaymentOrder] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("result IN ('', 'paid', 'failed')", name="known_result"),
        Index(
            "ix_transfer_file_line_failed",
            "order_id",
            sqlite_where=text("result = 'failed'"),
            postgresql_where=text("result = 'failed'"),
        ),
    )


class OutgoingMatch(Base):
    """What a line of money out was for: the payment that it made, or in words something else. Each line once, each payment once.

    Never changed (trigger), only taken back, and that no more once the money has come back; the trail keeps both.
    """

    __tablename__ = "outgoing_match"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), unique=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)
    #: What it was for, where it made no payment: a fee of the bank.
    reason: Mapped[str] = mapped_column(String(300), default="")
    matched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty when reference and sum agreed by themselves.
    matched_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    event: Mapped[BankEvent] = relationship(lazy="joined", innerjoin=True)
    payment: Mapped[Payment | None] = relationship(lazy="joined")
    matched_by: Mapped[User | None] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint("(payment_id IS NULL) = (reason <> '')", name="payment_or_reason"),
        CheckConstraint("payment_id IS NOT NULL OR matched_by_id IS NOT NULL", name="words_of_a_person"),
    )


#: That a payment stands: it was not voided.
STANDS = Payment.voided_at.is_(None)


def _once_a_source(column: str) -> tuple[Index, Index]:
    """A source is named once in what was paid, and once in each return."""
    paid, returned = text("return_id IS NULL"), text("return_id IS NOT NULL")
    return (
        Index(
            f"uq_trace_payment_id_{column}",
            "payment_id",
            column,
            unique=True,
            sqlite_where=paid,
            postgresql_where=paid,
        ),
        Index(
            f"uq_trace_return_id_{column}",
            "return_id",
            column,
            unique=True,
            sqlite_where=returned,
            postgresql_where=returned,
        ),
    )


class Trace(Base):
    """So many satang of one donation, or of what was brought forward, went into one payment; or, below zero, came back to it
    by a return. Final (trigger); no more comes back to a source than went from it into the payment (trigger)."""

    __tablename__ = "trace"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    #: Where it came from: one of these.
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
    opening_balance_id: Mapped[int | None] = mapped_column(ForeignKey("opening_balance.id"), index=True)
    satang: Mapped[int] = mapped_column(Satang)
    #: What brought it back; empty for what was paid.
    return_id: Mapped[int | None] = mapped_column(ForeignKey("payment_return.id"))

    __table_args__ = (
        *_once_a_source("donation_id"),
        *_once_a_source("opening_balance_id"),
        CheckConstraint("(donation_id IS NULL) <> (opening_balance_id IS NULL)", name="one_source"),
        CheckConstraint("satang <> 0 AND (return_id IS NULL) = (satang > 0)", name="signed"),
    )


#: Traces of payments that were not voided, what came back below zero (a view): its sums are what still counts.
LIVE_TRACES = table(
    "live_trace",
    column("payment_id"),
    column("donation_id"),
    column("opening_balance_id"),
    column("return_id"),
    column("satang"),
)


class VoucherBook(Base):
    """The counter of payment vouchers of one fiscal year."""

    __tablename__ = "voucher_book"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int] = mapped_column(default=0)
