"""Pledges as they are kept, their instalments, and the nightly runs that remind of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving.records.networks import Network
from app.fund.ledger.accounts import Purpose
from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.language import marked
from app.kit.worded import Worded


class PledgeState(StrEnum):
    """What is stored of a pledge. Whether it is partly or wholly fulfilled follows from what came: see status."""

    STATED = "stated"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class PledgeKind(Worded):
    MONEY = "money", marked("เงิน")
    GOODS = "goods", marked("สิ่งของ")
    LABOUR = "labour", marked("แรงงาน")


class Pledge(Base):
    """A network's statement of intent (แจ้งความประสงค์สมทบ). How much of it has come in is counted from donations.

    Neither what was pledged nor what came is ever edited; that they differ is normal.
    """

    __tablename__ = "pledge"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What people see: PL-2569-0007.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    kind: Mapped[str] = mapped_column(String(8), default=PledgeKind.MONEY, server_default="money")
    #: Of goods and labour: what, how many, of which unit. Then `satang` is their estimated value.
    what: Mapped[str] = mapped_column(String(200), default="", server_default="")
    quantity: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(40), default="", server_default="")
    satang: Mapped[int] = mapped_column(Satang)
    #: When it is to come; with instalments, the last of them.
    expected_on: Mapped[date]
    #: The document or meeting that it rests on, where somebody other than the network entered it.
    basis: Mapped[str] = mapped_column(String(300), default="", server_default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(12), default=PledgeState.STATED)
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lapsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    network: Mapped[Network] = relationship(lazy="joined", innerjoin=True)
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("state IN ('stated', 'lapsed', 'withdrawn')", name="known_state"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_pair"),
        CheckConstraint("(state = 'lapsed') = (lapsed_at IS NOT NULL)", name="lapsed_pair"),
        CheckConstraint("kind IN ('money', 'goods', 'labour')", name="known_kind"),
        CheckConstraint(
            "(kind = 'money') = (what = '') AND (kind = 'money') = (unit = '') AND (kind = 'money') = (quantity IS NULL)",
            name="says_what",
        ),
        CheckConstraint("quantity > 0", name="counted"),
        # By any three letters of its code or of the things.
        Index(
            "ix_pledge_words",
            "code",
            "what",
            postgresql_using="gin",
            postgresql_ops=dict.fromkeys(("code", "what"), "gin_trgm_ops"),
        ),
    )


class Instalment(Base):
    """One part of a pledge of money. Final (trigger) but for a day that an accepted `DueDateRequest` moves. Together they are the pledge; what came covers the oldest first."""

    __tablename__ = "instalment"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    #: 1, 2, 3 … in order of the days.
    number: Mapped[int]
    satang: Mapped[int] = mapped_column(Satang)
    due_on: Mapped[date] = mapped_column(index=True)

    __table_args__ = (
        UniqueConstraint("pledge_id", "number"),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("number > 0", name="counted"),
    )


class DueDateRequest(Base):
    """A network asks for a later day of a part of its pledge, or of one that comes whole; the fund's officer answers once.

    Final (trigger). Only an accepted one moves the day of the instalment and of the pledge.
    """

    __tablename__ = "due_date_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    #: Of the instalment; 0 is a pledge that comes whole.
    number: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    accepted: Mapped[bool | None]
    #: Why not; empty where it was accepted without a word.
    answer: Mapped[str] = mapped_column(String(300), default="", server_default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    pledge: Mapped[Pledge] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("to_on > from_on", name="later"),
        CheckConstraint("number >= 0", name="numbered"),
        CheckConstraint("reason <> ''", name="explained"),
        CheckConstraint(
            "(decided_at IS NULL) = (accepted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decided",
        ),
        CheckConstraint("decided_by_id <> asked_by_id", name="two_people"),
        CheckConstraint("accepted IS NULL OR accepted OR answer <> ''", name="answered"),
        Index(
            "uq_due_date_request_open",
            "pledge_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )


class NightlyRun(Base):
    """The nightly run of one day in Bangkok: its work is done once."""

    __tablename__ = "nightly_run"

    on_date: Mapped[date] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Messages written, and pledges that lapsed.
    reminded: Mapped[int] = mapped_column(default=0)
    lapsed: Mapped[int] = mapped_column(default=0)
