"""Lines: so many of one thing at one price, what a motion takes of them, and what of them was resolved and ordered."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, column, table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, Satang


class ProposalLine(Base):
    """So many of one thing at one price, in generic words of goods; never a person. Final (trigger)."""

    __tablename__ = "proposal_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("proposal_version.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    quantity: Mapped[int]
    unit_satang: Mapped[int] = mapped_column(Satang)
    #: The line of an earlier version of the same proposal that this one continues, and that continues none itself
    #: (trigger); none for a line that stands for itself.
    first_id: Mapped[int | None] = mapped_column(ForeignKey("proposal_line.id"))

    first: Mapped["ProposalLine | None"] = relationship(remote_side="ProposalLine.id")

    @property
    def satang(self) -> int:
        return self.quantity * self.unit_satang

    @property
    def thing_id(self) -> int:
        """The line as it was first asked for: the same through all versions."""
        return self.first_id or self.id

    __table_args__ = (
        UniqueConstraint("version_id", "position"),
        CheckConstraint("quantity > 0 AND unit_satang > 0", name="positive"),
    )


class MotionLine(Base):
    """So many of one line of the version that was tabled, which an approval in part takes, or an amendment names (trigger).

    Final (trigger)."""

    __tablename__ = "motion_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("proposal_line.id"))
    quantity: Mapped[int]

    line: Mapped[ProposalLine] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("motion_id", "line_id"),
        CheckConstraint("quantity > 0", name="positive"),
    )


#: What the newest approval or amendment of a proposal names, by the line as it was first asked for; nothing where it
#: decided over a sum (a view).
RESOLVED_LINE = table("resolved_line", *map(column, ("proposal_id", "line_id", "quantity", "satang")))

#: What of each line stands in orders that are neither withdrawn, nor voided, nor wholly come back (a view).
ORDERED_LINE = table("ordered_line", *map(column, ("proposal_id", "line_id", "quantity", "satang")))
