"""Rounds: each delivery of a register (TPMAP, Thai QM, the needy) with its year, date and declared total."""

import json
import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    exists,
    false,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import clock, queue, thai
from app.kit.db import Base, Id, Satang, UtcDateTime, db
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


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
    #: Keyed hash of the whole file: the same file is recognised, its content cannot be guessed from it.
    file_hash: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    errors: Mapped[int]
    #: JSON list of {line, words, left_out}, one a line: rows left out, and remarks on rows taken. Names no one.
    error_lines: Mapped[str] = mapped_column(Text, default="[]")
    #: Rows of the file that were not taken, whether their household was or not.
    rows_left_out: Mapped[int] = mapped_column(default=0, server_default="0")
    #: JSON object: line → what the importer was not told of it, for those who see the whole province.
    province_lines: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")

    round: Mapped[Round] = relationship()
    imported_by: Mapped[User | None] = relationship()

    @property
    def counts(self) -> dict[str, int]:
        return {"new": self.new, "changed": self.changed, "same": self.same, "errors": self.errors}

    @property
    def remarks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.error_lines)
        return found

    @property
    def province_remarks(self) -> dict[int, str]:
        """What only those who see the whole province may read, by line."""
        return {int(line): words for line, words in json.loads(self.province_lines).items()}


class RoundHousehold(Base):
    """A household's place in a round: what the source said of it then."""

    __tablename__ = "round_household"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("register_round.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    #: Average income per person and year, where the source has it.
    income_satang: Mapped[int | None] = mapped_column(Satang)
    #: Keyed hash over what the file says of the household: equal means nothing changed (see ids.fingerprint).
    row_hash: Mapped[str] = mapped_column(String(64))
    #: Some row of its newest file was left undone, so the same file is not passed over when it comes again.
    has_undone_rows: Mapped[bool] = mapped_column(default=False, server_default=false())

    dimensions: Mapped[list["FailedDimension"]] = relationship(order_by="FailedDimension.dimension")

    __table_args__ = (UniqueConstraint("round_id", "household_id"),)


class FailedDimension(Base):
    """A dimension that a household fails in a round."""

    __tablename__ = "failed_dimension"

    round_household_id: Mapped[int] = mapped_column(ForeignKey("round_household.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)

    __table_args__ = (Index("ix_failed_dimension_dimension", "dimension"),)


class PublicBase(Base):
    """From this moment on the public pages count by this round, until the next row. Final; `number` runs without gaps.

    Only a deed of the secretariat writes one, and never for a round without households (trigger).
    """

    __tablename__ = "public_base"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("register_round.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty only for the first, which a portal of before had without a deed.
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (CheckConstraint("number = 1 OR set_by_id IS NOT NULL", name="set_by_somebody"),)


_CODE = re.compile(r"[0-9A-Za-z\u0e01-\u0e4e][0-9A-Za-z\u0e01-\u0e4e._-]{0,23}")
_YEAR_IN_CODE = re.compile(r"(?<![0-9])25[0-9]{2}(?![0-9])")


def named(code: str) -> Round | None:
    """The round with this code, or None."""
    return db.session().scalars(select(Round).filter_by(code=code)).one_or_none()


def open_(
    *,
    code: str,
    source: str,
    by: User | None,
    name: str = "",
    fiscal_year_be: int | None = None,
    as_of: date | None = None,
    declared_total: int | None = None,
) -> Round:
    """A new round stands in the register, empty until its file comes.

    The fiscal year is the one given, else the 25xx in the code, else the current one; `as_of` is today unless
    given. Raises BadInput for a code or source nobody can use, Refused for who may not or a code already taken.
    """
    if by is not None and not by.has(Role.FUND_OFFICER):
        raise Refused(f"ยังไม่มีรอบทะเบียน {code} และเฉพาะฝ่ายเลขานุการกองทุนเปิดรอบใหม่ได้ โปรดแจ้งให้เปิดรอบก่อน")
    if not _CODE.fullmatch(code) or code.lower().startswith("template."):
        raise BadInput("รหัสรอบใช้ตัวอักษร ตัวเลข ขีด จุด ไม่เกิน 24 ตัว ไม่เว้นวรรค เช่น TPMAP-2565")
    if source not in list(Source):
        raise BadInput("แหล่งข้อมูลต้องเป็น tpmap, thai_qm หรือ needy")
    if declared_total is not None and declared_total < 0:
        raise BadInput("จำนวนครัวเรือนที่แจ้งไว้ต้องไม่ติดลบ")
    if named(code) is not None:
        raise Refused(f"มีรอบทะเบียนรหัส {code} แล้ว โปรดใช้รหัสอื่น")
    written = _YEAR_IN_CODE.search(code)
    year = fiscal_year_be or (int(written[0]) if written else thai.fiscal_year_be(clock.today()))
    if not 2500 <= year <= 2700:
        raise BadInput("ปีงบประมาณต้องเป็น พ.ศ. สี่หลัก เช่น 2565")
    opened = Round(
        code=code,
        name=name.strip() or f"{SOURCE_NAMES[Source(source)]} ปีงบประมาณ {year}",
        source=source,
        fiscal_year_be=year,
        as_of=as_of or clock.today(),
        declared_total=declared_total,
        opened_at=clock.now(),
    )
    session = db.session()
    session.add(opened)
    session.flush()
    audit.record(
        Deed.REGISTER_OPEN_ROUND, f"register_round:{opened.id}", by=by, code=code, source=source, year=year
    )
    return opened


def public_base() -> PublicBase | None:
    """The newest choice of the round that public pages count by, or None before the first."""
    newest = select(PublicBase).order_by(PublicBase.number.desc()).limit(1)
    return db.session().scalars(newest).one_or_none()


def set_public_base(*, code: str, by: User) -> PublicBase:
    """From the next edition on the public pages count by this round.

    A deed of the secretariat alone: opening or filling a round never changes the base. Of two at the same moment one
    is refused. Raises Refused for who may not, an unknown round, one without households and the one that it already is.
    """
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนกำหนดฐานที่เผยแพร่ได้")
    chosen = named(code)
    if chosen is None:
        raise Refused(f"ไม่พบรอบทะเบียนรหัส {code} กรุณาเลือกจากรายการ")
    session = db.session()
    if not session.scalar(select(exists().where(RoundHousehold.round_id == chosen.id))):
        raise Refused("รอบนี้ยังไม่มีครัวเรือน จึงใช้เป็นฐานที่เผยแพร่ไม่ได้ กรุณานำเข้าไฟล์ของรอบนี้ก่อน")
    before = public_base()
    if before is not None and before.round_id == chosen.id:
        raise Refused(f"รอบ {code} เป็นฐานที่เผยแพร่อยู่แล้ว")
    base = PublicBase(
        number=before.number + 1 if before else 1, round_id=chosen.id, set_at=clock.now(), set_by_id=by.id
    )
    session.add(base)
    session.flush()
    audit.record(
        Deed.REGISTER_SET_PUBLIC_BASE,
        f"register_round:{chosen.id}",
        by=by,
        code=code,
        before=before.round.code if before else "",
    )
    queue.ask("publish", key="edition")
    return base


def households_in(round_: Round) -> int:
    """How many households stand in a round."""
    count = select(func.count()).select_from(RoundHousehold).where(RoundHousehold.round_id == round_.id)
    return db.session().scalar(count) or 0
