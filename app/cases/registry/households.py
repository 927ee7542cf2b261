"""Households: the homes that the fund is for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.registry.members import Member
from app.kit.db import Base, Id, UtcDateTime


class Household(Base):
    """One household. Never public: no page outside the staff's own areas shows it."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What staff see: HH-000123; says nothing about place or person.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    #: What makes it the same house in the next file: the 11-digit house code, else place and house number.
    key: Mapped[str] = mapped_column(String(80), unique=True)
    house_code: Mapped[str | None] = mapped_column(String(11))
    house_no: Mapped[str] = mapped_column(String(20), default="")
    moo: Mapped[str] = mapped_column(String(4), default="")
    village: Mapped[str] = mapped_column(String(80), default="")
    district_code: Mapped[str] = mapped_column(String(4))
    #: Empty where the file's subdistrict is not one of the district's (municipal pseudo-codes).
    subdistrict_code: Mapped[str | None] = mapped_column(String(6))
    origin: Mapped[str] = mapped_column(String(8))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    members: Mapped[list[Member]] = relationship(order_by=Member.position)

    __table_args__ = (
        CheckConstraint("origin IN ('tpmap', 'thai_qm', 'needy')", name="known_origin"),
        CheckConstraint(
            "subdistrict_code IS NULL OR substr(subdistrict_code, 1, 4) = district_code", name="place"
        ),
        Index("ix_household_district_code", "district_code", "subdistrict_code"),
    )
