"""Order lines: what a payment is for, line by line, by which invoices, and what of a line was not delivered."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, Satang


class OrderInvoice(Base):
    """One of the invoices that an order pays. Never changed (trigger), taken away only before anybody approved (trigger)."""

    __tablename__ = "order_invoice"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    number: Mapped[str] = mapped_column(String(60))
    #: The day that stands on it.
    issued_on: Mapped[date]
    satang: Mapped[int] = mapped_column(Satang)

    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("satang > 0 AND number <> ''", name="says_how_much"),
    )


class OrderLine(Base):
    """So many of one thing that an order pays, in words of goods; never a person. Never changed (trigger), taken away only
    before anybody approved (trigger). Nobody approves an order whose lines, or whose invoices, are not its sum (trigger)."""

    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    #: Counts the lines of an order from 1.
    position: Mapped[int]
    what: Mapped[str] = mapped_column(String(160))
    quantity: Mapped[int]
    #: Of all of them.
    satang: Mapped[int] = mapped_column(Satang)
    #: The invoice of the same order on which it stands; empty where that was not told.
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("order_invoice.id"))
    #: The line of the proposal that it pays, as that was first asked for. Where the committee decided over lines each
    #: names one of them, and all orders together no more of it than was resolved (triggers).
    line_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_line.id"), index=True)

    invoice: Mapped[OrderInvoice | None] = relationship(lazy="joined")

    @property
    def words(self) -> str:
        """`ชุดลูกเสือ × 4`."""
        return f"{self.what} × {self.quantity:,}"

    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0 AND satang > 0 AND what <> ''", name="positive"),
    )


class LineShortage(Base):
    """So many of a line were missing, as a delivery note or an inspection says. Final (trigger); never more than were
    ordered, and a paper speaks of its own order alone (trigger)."""

    __tablename__ = "line_shortage"

    paper_id: Mapped[int] = mapped_column(
        ForeignKey("payment_paper.id"), primary_key=True, autoincrement=False
    )
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True, autoincrement=False)
    quantity: Mapped[int]

    line: Mapped[OrderLine] = relationship(lazy="joined", innerjoin=True)

    @property
    def satang(self) -> int:
        """What to ask back for them: their part of the line, to the satang below."""
        return self.line.satang * self.quantity // self.line.quantity

    __table_args__ = (CheckConstraint("quantity > 0", name="positive"),)
