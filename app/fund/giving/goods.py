"""Gifts in kind: goods and labour received, valued, each under its own number in the book of goods received."""

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from flask import current_app, render_template
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving import pledges, receipts, stock
from app.fund.giving.networks import Network
from app.fund.giving.pledges import KIND_NAMES, Kind, Pledge
from app.fund.giving.receipts import UNNAMED
from app.fund.giving.stock import StockItem
from app.fund.ledger import books
from app.fund.ledger.accounts import Purpose
from app.kit import clock, money, qr
from app.kit import pdf as paper
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain, lock
from app.kit.errors import BadInput, Refused
from app.kit.web import token
from app.province.profile import Profile
from app.settings import Settings
from app.staff import audit
from app.staff.users import User

explain("goods_for_own_pledge", "ความประสงค์นี้ไม่ใช่ของเครือข่ายนี้ หรือไม่ใช่สิ่งของประเภทนี้ กรุณาเลือกความประสงค์ใหม่")


class ValuedFrom(StrEnum):
    """What an estimated value rests on."""

    RECEIPT = "receipt"
    MARKET = "market"
    WORD = "word"


VALUED_FROM_NAMES: dict[ValuedFrom, str] = {
    ValuedFrom.RECEIPT: "ใบเสร็จของผู้ให้",
    ValuedFrom.MARKET: "ราคาตลาด",
    ValuedFrom.WORD: "คำบอกของผู้ให้",
}


class GoodsGift(Base):
    """Goods or labour received, and the paper about it (ใบรับสิ่งของ). It posts nothing: its value is an estimate.

    Number and contents never change (triggers); a cancelled one keeps its number and counts for nothing.
    """

    __tablename__ = "goods_gift"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    #: Runs 1, 2, 3 … in the year; a trigger refuses any other next number.
    number: Mapped[int]
    #: Unguessable part of the address of its check page.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    what: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(40))
    #: Estimated value of all of it.
    satang: Mapped[int] = mapped_column(Satang)
    valued_from: Mapped[str] = mapped_column(String(8))
    #: Which receipt, whose price: what a reader of the papers needs to follow the estimate.
    valuation: Mapped[str] = mapped_column(String(300), default="")
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    giver: Mapped[str] = mapped_column(String(160), default="")
    anonymous: Mapped[bool] = mapped_column(default=True)
    received_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    #: What the paper says, as JSON with sorted keys, frozen when it was made.
    contents: Mapped[str] = mapped_column(Text)
    #: SHA-256 of `contents`.
    contents_hash: Mapped[str] = mapped_column(String(64))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str | None] = mapped_column(String(300))

    network: Mapped[Network | None] = relationship(lazy="joined")
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)
    pledge: Mapped[Pledge | None] = relationship()

    @property
    def code(self) -> str:
        """As printed: 2569/K-000123."""
        return f"{self.fiscal_year_be}/{receipts.GOODS}-{self.number:06d}"

    @property
    def printed(self) -> dict[str, Any]:
        """What the paper says, as it was frozen."""
        return cast(dict[str, Any], json.loads(self.contents))

    @property
    def public_giver(self) -> str:
        """The giver as anyone may read it."""
        printed = self.printed
        return UNNAMED if printed["anonymous"] else str(printed["giver"])

    @property
    def genuine(self) -> bool:
        """Whether the contents are still those that were hashed; worked out now."""
        return _hash(self.contents) == self.contents_hash

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "number"),
        CheckConstraint("kind IN ('goods', 'labour')", name="known_kind"),
        CheckConstraint("quantity > 0 AND satang > 0", name="positive"),
        CheckConstraint("what <> '' AND unit <> ''", name="says_what"),
        CheckConstraint(
            "valued_from IN (" + ", ".join(f"'{one.value}'" for one in ValuedFrom) + ")",
            name="known_valuation",
        ),
        CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)",
            name="void_triple",
        ),
    )


def _hash(contents: str) -> str:
    return hashlib.sha256(contents.encode()).hexdigest()
