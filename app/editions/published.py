"""Published help: what editions have counted so far, and how finely. Names nobody; no page shows a row of it."""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id, Satang


class PublishedHelp(Base):
    """One person whom one piece of help reached, counted by editions from `edition` on.

    Rows stay as they were when they were counted (trigger), whatever the register says later: a figure moves by what
    is added and by nothing else. A flag once set stays set. Keys are plain numbers, because what was published was.
    """

    __tablename__ = "published_help"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: approved, delivered or paid.
    measure: Mapped[str] = mapped_column(String(9))
    #: The line that was approved, the delivery, or the payment.
    unit_id: Mapped[int] = mapped_column(Id)
    request_id: Mapped[int] = mapped_column(Id)
    household_id: Mapped[int] = mapped_column(Id)
    #: Empty where nobody was known to live in the household.
    member_id: Mapped[int | None] = mapped_column(Id)
    district: Mapped[str] = mapped_column(String(16))
    dimension: Mapped[str] = mapped_column(String(16))
    item: Mapped[str] = mapped_column(String(24))
    #: The worth of the whole piece on its first row, zero on the others. Only a true cost entered later changes it.
    satang: Mapped[int] = mapped_column(Satang)
    #: The edition that counted it first, in the total.
    edition: Mapped[int]
    #: Whether it is counted in the row of its district, and so on.
    by_district: Mapped[bool] = mapped_column(default=False)
    by_dimension: Mapped[bool] = mapped_column(default=False)
    by_item: Mapped[bool] = mapped_column(default=False)
    by_request: Mapped[bool] = mapped_column(default=False)
    #: Whether prices tell of no few people who got this item in this row.
    by_district_item: Mapped[bool] = mapped_column(default=False)
    by_dimension_item: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("measure IN ('approved', 'delivered', 'paid')", name="known_measure"),
        CheckConstraint("satang >= 0", name="no_debt"),
        Index("ix_published_help_measure", "measure", "unit_id"),
        Index("ix_published_help_household_id", "household_id"),
    )
