"""Handovers: the ceremony where help changes hands, line by line; each line given writes the household's logbook."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.aid.evidence import Photo
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.care.logbook import LogbookEntry
from app.kit.db import Base, Id, UtcDateTime


class Outcome(StrEnum):
    GIVEN = "given"
    PARTLY = "partly"
    NOT = "not"


class Handover(Base):
    """One handover event (พิธีมอบ) of one request. What was not given can be given at a later one."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("aid_request.id"), index=True)
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(160))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    request: Mapped[AidRequest] = relationship()
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="handover")


class Delivery(Base):
    """What happened to one line at one handover. Final (trigger).

    Given or partly given means there is a logbook entry of that household, made in the same transaction: the
    CHECK refuses a delivery without one, and triggers refuse one before the fund has paid, and more than was asked.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("aid_line.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(6))
    quantity: Mapped[int]
    #: Why not or not all.
    reason: Mapped[str] = mapped_column(String(200), default="")
    #: Who took it, when not the person of the line.
    taken_by: Mapped[str] = mapped_column(String(120), default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id"))
    logbook_entry_id: Mapped[int | None] = mapped_column(ForeignKey("logbook_entry.id"), unique=True)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    handover: Mapped[Handover] = relationship(back_populates="deliveries")
    line: Mapped[AidLine] = relationship()
    photo: Mapped[Photo | None] = relationship()
    logbook_entry: Mapped[LogbookEntry | None] = relationship()

    __table_args__ = (
        UniqueConstraint("handover_id", "line_id"),
        CheckConstraint("outcome IN ('given', 'partly', 'not')", name="known_outcome"),
        CheckConstraint("(outcome = 'not') = (logbook_entry_id IS NULL)", name="logbook_pair"),
        CheckConstraint("(outcome = 'not') = (quantity = 0) AND quantity >= 0", name="quantity_pair"),
        CheckConstraint("outcome = 'given' OR reason <> ''", name="reason_pair"),
        Index("ix_delivery_handover", "handover_id"),
    )
