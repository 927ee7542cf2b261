"""Tax withheld: what of a payment the fund keeps back for the Revenue Department, its certificates, and what was remitted."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.spending.records import OutgoingMatch, Payment
from app.kit.db import Base, Id, Satang
from app.kit.worded import Worded

_OWED = text("remitted_satang < withheld_satang")


class IncomeKind(Worded):
    """Kinds of income of which a payer withholds tax."""

    HIRE = "hire", "ค่าจ้างทำของหรือค่าบริการ"
    PROFESSION = "profession", "ค่าวิชาชีพอิสระ"
    RENT = "rent", "ค่าเช่าทรัพย์สิน"
    ADVERTISING = "advertising", "ค่าโฆษณา"
    TRANSPORT = "transport", "ค่าขนส่ง"
    INSURANCE = "insurance", "ค่าเบี้ยประกันวินาศภัย"
    GOVERNMENT = "government", "ค่าซื้อสินค้าหรือจ้างที่หน่วยงานของรัฐจ่าย"


class TaxForm(Worded):
    """The monthly return in which withheld tax is remitted."""

    PND3 = "pnd3", "ภ.ง.ด.3"
    PND53 = "pnd53", "ภ.ง.ด.53"


class Withholding(Base):
    """The tax that is withheld of a payment, as it was prepared. Final (trigger).

    A trigger refuses a sum that is not its order's, an ID that is not its vendor's, an officer's advance, and an order that
    somebody approved already; another the approval of an order whose tax is not told here.
    """

    __tablename__ = "withholding"

    order_id: Mapped[int] = mapped_column(
        ForeignKey("payment_order.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(12))
    #: In hundredths of a percent: 300 is 3 %.
    rate_bp: Mapped[int]
    #: Of which the tax is computed: what is paid without value added tax.
    base_satang: Mapped[int] = mapped_column(Satang)
    satang: Mapped[int] = mapped_column(Satang)
    #: The vendor's, 13 digits.
    tax_id: Mapped[str] = mapped_column(String(13))
    #: Of the vendor, as the certificate prints it.
    address: Mapped[str] = mapped_column(String(300))
    form: Mapped[str] = mapped_column(String(5))

    @property
    def kind_words(self) -> str:
        return IncomeKind(self.kind).words

    @property
    def form_words(self) -> str:
        return TaxForm(self.form).words

    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(str(kind)) for kind in IncomeKind)})", name="known_kind"),
        CheckConstraint("form IN ('pnd3', 'pnd53')", name="known_form"),
        CheckConstraint("length(tax_id) = 13", name="thirteen_digits"),
        CheckConstraint("form = 'pnd53' OR tax_id NOT LIKE '0%'", name="juristic_form"),
        CheckConstraint("address <> ''", name="somewhere"),
        CheckConstraint(
            "satang > 0 AND satang = (base_satang * rate_bp + 5000) / 10000",
            name="computed",
        ),
    )


class TaxCertificate(Base):
    """The certificate of the tax withheld of a payment (หนังสือรับรอง 50 ทวิ), numbered without a gap in each calendar year
    (trigger). Final (trigger); while its payment stands, the tax is owed for the month in which was paid."""

    __tablename__ = "tax_certificate"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True, autoincrement=False)
    #: The calendar year in which was paid.
    year_be: Mapped[int]
    number: Mapped[int]
    #: The first day of the month in which was paid.
    first_on: Mapped[date]
    form: Mapped[str] = mapped_column(String(5))
    satang: Mapped[int] = mapped_column(Satang)
    #: Who withheld it, as they were then.
    payer_name: Mapped[str] = mapped_column(String(200))
    payer_address: Mapped[str] = mapped_column(String(400))
    payer_tax_id: Mapped[str] = mapped_column(String(40))

    payment: Mapped[Payment] = relationship(lazy="joined", innerjoin=True)

    @property
    def code(self) -> str:
        """As printed: 2569/0007."""
        return f"{self.year_be}/{self.number:04d}"

    __table_args__ = (
        UniqueConstraint("year_be", "number"),
        CheckConstraint("satang > 0", name="positive"),
        Index("ix_tax_certificate_first_on", "first_on", "form"),
    )


class WithheldMonth(Base):
    """The tax of one month and form in sums: a certificate adds to it, a payment that is undone or wholly came back takes
    away, a line of the bank remits (triggers). Nobody else changes it (trigger), and never is more remitted than withheld."""

    __tablename__ = "withheld_month"

    first_on: Mapped[date] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(5), primary_key=True)
    #: Of which tax was withheld and is owed or remitted.
    payments: Mapped[int]
    withheld_satang: Mapped[int] = mapped_column(Satang)
    remitted_satang: Mapped[int] = mapped_column(Satang)

    __table_args__ = (
        CheckConstraint("form IN ('pnd3', 'pnd53')", name="known_form"),
        CheckConstraint(
            "payments >= 0 AND remitted_satang BETWEEN 0 AND withheld_satang", name="remitted_within"
        ),
        # What is owed stays few months, however old the fund.
        Index("ix_withheld_month_owed", "first_on", sqlite_where=_OWED, postgresql_where=_OWED),
    )


class TaxRemittance(Base):
    """A line of money out remitted tax that was withheld in one month: the whole of the line, and never more than is owed
    of that month and form (triggers). Never changed (trigger), only taken back with the line's match."""

    __tablename__ = "tax_remittance"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("outgoing_match.id"), unique=True)
    #: The first day of the month whose tax it is.
    first_on: Mapped[date]
    form: Mapped[str] = mapped_column(String(5))
    satang: Mapped[int] = mapped_column(Satang)

    match: Mapped[OutgoingMatch] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("form IN ('pnd3', 'pnd53')", name="known_form"),
        CheckConstraint("satang > 0", name="positive"),
        Index("ix_tax_remittance_first_on", "first_on", "form"),
    )
