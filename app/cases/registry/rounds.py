"""Rounds: each delivery of a register (TPMAP, Thai QM, the needy) with its year, date and declared total."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, Satang, UtcDateTime


class Source(StrEnum):
    TPMAP = "tpmap"
    THAI_QM = "thai_qm"
    NEEDY = "needy"


SOURCE_NAMES: dict[Source, str] = {
    Source.TPMAP: "TPMAP",
    Source.THAI_QM: "Thai QM",
    Source.NEEDY: "ครัวเรือนผู้ยากไร้",
}


class Round(Base):
    """One named round of one source. Every percentage on a page names the round it divides by."""

    __tablename__ = "register_round"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What people see and scripts name: TPMAP-2565.
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(String(8))
    fiscal_year_be: Mapped[int]
    as_of: Mapped[date]
    #: Households that the source says the round has; empty while the province waits for it.
    declared_total: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("source IN ('tpmap', 'thai_qm', 'needy')", name="known_source"),)


class RegisterImport(Base):
    """One file taken into a round, with what it changed."""

    __tablename__ = "register_import"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("register_round.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(160))
    file_hash: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    errors: Mapped[int]
    #: JSON list of {line, words} for rows that were left out; names no one.
    error_lines: Mapped[str] = mapped_column(Text, default="[]")


class RoundHousehold(Base):
    """A household's place in a round: what the source said of it then."""

    __tablename__ = "round_household"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("register_round.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    #: Average income per person and year, where the source has it.
    income_satang: Mapped[int | None] = mapped_column(Satang)
    #: SHA-256 over the household's rows in the file: equal means nothing changed.
    row_hash: Mapped[str] = mapped_column(String(64))

    dimensions: Mapped[list["FailedDimension"]] = relationship(order_by="FailedDimension.dimension")

    __table_args__ = (UniqueConstraint("round_id", "household_id"),)


class FailedDimension(Base):
    """A dimension that a household fails in a round."""

    __tablename__ = "failed_dimension"

    round_household_id: Mapped[int] = mapped_column(ForeignKey("round_household.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)

    __table_args__ = (Index("ix_failed_dimension_dimension", "dimension"),)
