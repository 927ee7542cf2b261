"""Records of aid: requests and their lines, handovers, deliveries and photos. Tables and their words, no rule."""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, column, table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.care.records import LogbookEntry
from app.cases.register.records import Household, Member
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.worded import Worded
from app.staff.users import User


class RequestState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class AidRequest(Base):
    """One request (คำขอรับความช่วยเหลือ). After submission its lines are fixed (trigger) and the fund holds its proposal.

    What the committee and the finance officer do with it is read from the fund's proposal of the same code.
    """

    __tablename__ = "aid_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: AR-2569-0042, the same on the fund's side.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    #: Generic words about the goods; shown to the fund and the public, so it names no one.
    title: Mapped[str] = mapped_column(String(160))
    #: The story, for the committee's eyes only.
    story: Mapped[str] = mapped_column(Text, default="")
    purpose_code: Mapped[str] = mapped_column(String(24))
    #: The failed dimension that this help addresses.
    dimension: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[str] = mapped_column(String(8))
    #: District the request is for; empty when it spans districts.
    district_code: Mapped[str | None] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(String(10), default=RequestState.DRAFT)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When the last of it was handed over; empty while something is left to give. Set once, when nothing is (trigger).
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: JSON of households, levels and sums as the committee saw them; written at submission.
    snapshot: Mapped[str] = mapped_column(Text, default="{}")

    lines: Mapped[list["AidLine"]] = relationship(back_populates="request", order_by="AidLine.id")

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'withdrawn')", name="known_state"),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_pair"),
        CheckConstraint("urgency IN ('urgent', 'medium', 'long')", name="known_urgency"),
        # What is still to be given stays few, however much was.
        Index(
            "ix_aid_request_to_give",
            "code",
            sqlite_where=text("delivered_at IS NULL AND state = 'submitted'"),
            postgresql_where=text("delivered_at IS NULL AND state = 'submitted'"),
        ),
        Index(
            "ix_aid_request_drafts",
            "made_by_id",
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        # By any three letters of its title or its code.
        Index(
            "ix_aid_request_words",
            "title",
            "code",
            postgresql_using="gin",
            postgresql_ops=dict.fromkeys(("title", "code"), "gin_trgm_ops"),
        ),
    )


class AidFunding(Base):
    """Who pays a part of a request beside its main purpose: another purpose of the fund, or somebody else, named.

    It changes while the request is a draft (triggers). What others pay moves no money of the fund.
    """

    __tablename__ = "aid_funding"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("aid_request.id"))
    kind: Mapped[str] = mapped_column(String(16))
    #: Of money of others: whose it is.
    source: Mapped[str] = mapped_column(String(160), default="")
    #: Of money of the fund: for what it was given.
    purpose_code: Mapped[str | None] = mapped_column(String(24))
    satang: Mapped[int] = mapped_column(Satang)

    __table_args__ = (
        UniqueConstraint("request_id", "purpose_code"),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint(
            "kind IN ('fund_purpose', 'agency_budget', 'network', 'local_government')", name="known_kind"
        ),
        CheckConstraint(
            "(kind = 'fund_purpose') = (purpose_code IS NOT NULL) AND (kind = 'fund_purpose') = (source = '')",
            name="source_of_kind",
        ),
        Index("ix_aid_funding_request_id", "request_id"),
    )


class Recipient(NamedTuple):
    """Who a line is for, as pages show it. `name` is empty for a whole household."""

    name: str
    grade: str
    school: str
    household_code: str


class AidLine(Base):
    """One item for one person or household."""

    __tablename__ = "aid_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("aid_request.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    #: Code in the aid catalogue.
    item_code: Mapped[str] = mapped_column(String(24))
    quantity: Mapped[int]
    unit_satang: Mapped[int] = mapped_column(Satang)
    #: Where others pay beside the fund, what of the price of one the fund was asked for; none where it pays all.
    fund_satang: Mapped[int | None] = mapped_column(Satang)
    #: JSON: part → size, as the item's components ask.
    sizes: Mapped[str] = mapped_column(Text, default="{}")

    request: Mapped[AidRequest] = relationship(back_populates="lines")
    household: Mapped[Household] = relationship()
    member: Mapped[Member | None] = relationship()

    @property
    def satang(self) -> int:
        return self.quantity * self.unit_satang

    @property
    def recipient(self) -> Recipient:
        """Who it is for, as the register says now. For a line that was marked see Delivery.recipient."""
        member = self.member
        if member is None:
            return Recipient("", "", "", self.household.code)
        return Recipient(member.name, member.grade, member.school, self.household.code)

    __table_args__ = (
        CheckConstraint("quantity > 0 AND unit_satang > 0", name="positive"),
        CheckConstraint("fund_satang > 0 AND fund_satang <= unit_satang", name="fund_part"),
        UniqueConstraint("request_id", "household_id", "member_id", "item_code"),
        Index("ix_aid_line_request_id", "request_id"),
    )


class ItemCost(Base):
    """What an item of a request truly cost and how many were bought, once the vendor's bill is known. Final (trigger).

    The newest row of an item is the one that counts; items of one code asked for at several prices are several items.
    """

    __tablename__ = "item_cost"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("aid_request.id"))
    item_code: Mapped[str] = mapped_column(String(24))
    #: The price asked for, which tells the lines that this row is about.
    asked_satang: Mapped[int] = mapped_column(Satang)
    #: How many were bought, of all lines together.
    quantity: Mapped[int]
    #: What one of them cost.
    unit_satang: Mapped[int] = mapped_column(Satang)
    reason: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("quantity >= 0 AND unit_satang > 0", name="possible"),
        CheckConstraint("reason <> ''", name="says_why"),
        Index("ix_item_cost_item", "request_id", "item_code", "asked_satang", "id"),
    )


#: What one thing of a line is worth to the fund: its true cost where that was entered, else the price asked of the fund (a view).
LINE_VALUE = table("aid_line_value", column("line_id"), column("request_id"), column("unit_satang"))
#: The items of a request, with how many were asked for and bought and what one is worth (a view).
ITEM_VALUE = table(
    "aid_item_value",
    *(column(name) for name in ("request_id", "item_code", "asked_satang", "asked", "bought", "unit_satang")),
)


class DeliveryOutcome(Worded):
    GIVEN = "given", "ได้รับครบ", "success"
    PARTLY = "partly", "ได้บางส่วน", "warning"
    NOT = "not", "ไม่ได้รับ", "warning"


class Photo(Base):
    """One photo as kept: upright, shrunk, without EXIF. The encrypted file is found by the picture's hash."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


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
    #: Who else was there; needed where who asked marks what is given. Final once something was (triggers).
    second_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    second_named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_named_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    second: Mapped[User | None] = relationship(foreign_keys=[second_id])
    request: Mapped[AidRequest] = relationship()
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="handover")

    __table_args__ = (
        CheckConstraint(
            "(second_id IS NULL) = (second_named_at IS NULL)"
            " AND (second_id IS NULL) = (second_named_by_id IS NULL) AND second_id <> second_named_by_id",
            name="second_by_another",
        ),
        Index("ix_handover_listed", "held_on", "id"),
        # Those that are not over stay few.
        Index(
            "ix_handover_open",
            "held_on",
            "id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class Delivery(Base):
    """What happened to one line at one handover. Final (trigger).

    Given or partly given means there is a logbook entry of that household, made in the same transaction: the
    CHECK refuses a delivery without one, and triggers refuse one worth more than the fund has paid, and more than was asked.
    Whom the page named at the moment of the mark is kept with it: whatever the register says later, it stays that
    (a trigger refuses a mark that does not keep its household and person).
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
    #: As the register had them when the line was marked; a line for a whole household names no one.
    shown_name: Mapped[str] = mapped_column(String(190), default="", server_default="")
    shown_grade: Mapped[str] = mapped_column(String(20), default="", server_default="")
    shown_school: Mapped[str] = mapped_column(String(120), default="", server_default="")
    shown_household: Mapped[str] = mapped_column(String(16), default="", server_default="")

    handover: Mapped[Handover] = relationship(back_populates="deliveries")
    line: Mapped[AidLine] = relationship()
    photo: Mapped[Photo | None] = relationship()
    logbook_entry: Mapped[LogbookEntry | None] = relationship()

    @property
    def recipient(self) -> Recipient:
        return Recipient(self.shown_name, self.shown_grade, self.shown_school, self.shown_household)

    __table_args__ = (
        UniqueConstraint("handover_id", "line_id"),
        CheckConstraint("outcome IN ('given', 'partly', 'not')", name="known_outcome"),
        CheckConstraint("(outcome = 'not') = (logbook_entry_id IS NULL)", name="logbook_pair"),
        CheckConstraint("(outcome = 'not') = (quantity = 0) AND quantity >= 0", name="quantity_pair"),
        CheckConstraint("outcome = 'given' OR reason <> ''", name="reason_pair"),
        Index("ix_delivery_handover", "handover_id"),
    )


class HelpReceived(Base):
    """What a household was given by the fund in one dimension, at what it truly cost; nobody needs to add it up.

    It moves only by triggers, in the statement that inserts a delivery or a true cost; an integrity check adds up anew.
    """

    __tablename__ = "help_received"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    #: The dimension of the request.
    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)
    satang: Mapped[int] = mapped_column(Satang)

    __table_args__ = (CheckConstraint("satang > 0", name="positive"),)
