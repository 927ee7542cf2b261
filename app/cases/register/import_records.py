"""Records of imports: files on their way into a round, their rows, what they changed, and what a person has to decide."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cases.register.records import Household, Member, Round
from app.kit.db import Base, Id, UtcDateTime
from app.kit.worded import Worded
from app.staff.users import User


class ImportState(Worded):
    SENT = "sent", "รออ่าน", "info"
    UNKNOWN = "unknown", "รอจับคู่คอลัมน์", "warning"
    REFUSED = "refused", "อ่านไม่ได้", "danger"
    READ = "read", "รอตรวจ", "warning"
    APPLYING = "applying", "กำลังนำเข้า", "info"
    APPLIED = "applied", "นำเข้าแล้ว", "success"
    DROPPED = "dropped", "ไม่นำเข้า"
    UNDONE = "undone", "เลิกทำแล้ว"


class Outcome(Worded):
    """What becomes of one row of a file; each has exactly one."""

    NEW = "new", "ใหม่ในรอบนี้", "success"
    CHANGED = "changed", "เปลี่ยนแปลง", "info"
    SAME = "same", "เหมือนเดิม"
    CONFLICT = "conflict", "ขัดแย้ง รอคนตัดสิน", "warning"
    UNREADABLE = "unreadable", "อ่านไม่ได้", "danger"
    PASSED = "passed", "ไม่ใช่ข้อมูล ข้ามไป"


class ConflictKind(Worded):
    """Why a row cannot be done without a person's word."""

    OTHER_NAME = "other_name", "เลขเดียวกัน ชื่อต่างกัน"
    OTHER_HOME = "other_home", "เลขเดียวกัน อยู่อีกครัวเรือน"
    OTHER_NUMBER = "other_number", "ชื่อเดียวกัน เลขต่างกัน"
    SEVERAL = "several", "ชื่อนี้มีหลายคนในครัวเรือน"
    DEAD = "dead", "ไฟล์ระบุว่าเสียชีวิต"
    PUPIL = "pupil", "นักเรียนที่ไม่พบในทะเบียน รอยืนยัน"


class ConflictDecision(Worded):
    KEEP = "keep", "คงตามทะเบียน"
    TAKE = "take", "ใช้ตามไฟล์"
    ADD = "add", "เป็นอีกคนหนึ่ง เพิ่มโดยไม่มีเลข"


class RegisterImport(Base):
    """One file sent into a round: read, looked at, then taken in whole or not at all.

    It goes from state to state in order, what a file did is final once it is applied, and what stopped it is passed over only with
    a reason (triggers). The file itself is kept encrypted until it is decided on.
    """

    __tablename__ = "register_import"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("register_round.id"), index=True)
    state: Mapped[str] = mapped_column(String(8), default=ImportState.READ)
    #: Why it cannot be read, in words.
    reason: Mapped[str] = mapped_column(String(1000), default="")
    file_name: Mapped[str] = mapped_column(String(160))
    #: Keyed hash of the whole file: the same file is recognised, its content cannot be guessed from it.
    file_hash: Mapped[str] = mapped_column(String(64))
    #: The file as it was sent, encrypted; empty once it is decided on.
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: Its headings as JSON, encrypted, for the sheet of rows to be mended.
    titles: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: Rows read so far.
    done: Mapped[int] = mapped_column(default=0)
    #: Whether it lists all households of its villages, so that who is missing is told; else it adds to what is there.
    is_whole: Mapped[bool] = mapped_column(default=True)
    #: When and by whom it was sent; nobody is the operator.
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: When and by whom it was applied, dropped or undone.
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: Households new in the round, changed, same, missing; rows in conflict; households that cannot be read.
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    #: JSON list of {line, words, left_out}, one a line: rows left out, and remarks on rows taken. Names no one.
    error_lines: Mapped[str] = mapped_column(Text, default="[]")
    #: Rows of the file that were not taken, whether their household was or not.
    rows_left_out: Mapped[int] = mapped_column(default=0, server_default="0")
    #: JSON object: line → what the importer was not told of it, for those who see the whole province.
    province_lines: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    #: JSON: rows by outcome, households by subdistrict and outcome, years of birth that wait for their era.
    review: Mapped[str] = mapped_column(Text, default="{}")
    #: JSON list of what stops it, in words; and why it goes on all the same.
    stops: Mapped[str] = mapped_column(Text, default="[]")
    override_reason: Mapped[str] = mapped_column(String(300), default="")
    #: Equal for a plan that does the same (Plan.digest): what was looked at is what is applied.
    digest: Mapped[str] = mapped_column(String(64), default="")

    round: Mapped[Round] = relationship()
    imported_by: Mapped[User | None] = relationship(foreign_keys=[imported_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        CheckConstraint(
            "state IN ('sent', 'unknown', 'refused', 'read', 'applying', 'applied', 'dropped', 'undone')",
            name="known_state",
        ),
        CheckConstraint(
            "state NOT IN ('applying', 'applied', 'undone') OR stops = '[]' OR override_reason <> ''",
            name="stops_passed_with_reason",
        ),
        CheckConstraint(
            "(state IN ('applied', 'dropped', 'undone')) = (decided_at IS NOT NULL)", name="decided_pair"
        ),
        CheckConstraint("decided_at IS NULL OR file IS NULL", name="file_forgotten"),
    )

    @property
    def counts(self) -> dict[str, int]:
        return {
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "missing": self.missing,
            "conflicts": self.conflicts,
            "errors": self.errors,
        }

    @property
    def remarks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.error_lines)
        return found

    @property
    def province_remarks(self) -> dict[int, str]:
        """What only those who see the whole province may read, by line."""
        return {int(line): words for line, words in json.loads(self.province_lines).items()}


class RegisterImportRow(Base):
    """A row of a file that a person should look at: changed, in conflict, unreadable, or with a remark. Final."""

    __tablename__ = "register_import_row"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"))
    line: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10))
    #: Why, without a name or a number.
    words: Mapped[str] = mapped_column(String(1000), default="")
    #: JSON list of [field, before, after].
    changes: Mapped[str] = mapped_column(Text, default="[]")
    #: Code of the household that the row is, where the register knew it; empty otherwise.
    household_code: Mapped[str] = mapped_column(String(16), default="")
    #: The row's cells as JSON, encrypted, where it has to be mended and sent again.
    cells: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint(
            "outcome IN ('new', 'changed', 'same', 'conflict', 'unreadable', 'passed')", name="known_outcome"
        ),
        Index("uq_register_import_row_line", "import_id", "line", unique=True),
        Index("ix_register_import_row_outcome", "import_id", "outcome", "line"),
    )


class RegisterImportChange(Base):
    """One row of the register that a file wrote, so that the whole file can be undone. Goes with the undoing, and only then (trigger)."""

    __tablename__ = "register_import_change"

    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"), primary_key=True)
    #: household, member or entry (round_household).
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    row_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    is_new: Mapped[bool] = mapped_column(default=False)
    #: JSON: what stood in each field that was changed.
    before: Mapped[str] = mapped_column(Text, default="{}")

    __table_args__ = (
        CheckConstraint("what IN ('household', 'member', 'entry')", name="known_what"),
        Index("ix_register_import_change_row", "what", "row_id"),
    )


class RegisterConflict(Base):
    """A row that a file alone may not decide: what the register has stands until a person says otherwise, once, with a reason.

    Only a decision that was made and not yet carried out lets a name, a number or a household of a member change (triggers).
    """

    __tablename__ = "register_conflict"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"), index=True)
    line: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    #: The household that the row names, where the register has it; and the member whom it concerns.
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    district_code: Mapped[str] = mapped_column(String(4))
    subdistrict_code: Mapped[str | None] = mapped_column(String(6))
    #: Not to be seen by officers of an area: that the number is known elsewhere is not theirs to learn.
    for_province: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The person as the file has them: JSON, encrypted.
    said: Mapped[bytes] = mapped_column(LargeBinary)
    #: Keyed hash of the same: one file sent again asks nothing twice.
    said_hash: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str | None] = mapped_column(String(4))
    reason: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: When the register was written by it.
    carried_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    source: Mapped[RegisterImport] = relationship()
    household: Mapped[Household | None] = relationship()
    member: Mapped[Member | None] = relationship()
    decided_by: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "kind IN ('other_name', 'other_home', 'other_number', 'several', 'dead', 'pupil')",
            name="known_kind",
        ),
        CheckConstraint("decision IN ('keep', 'take', 'add')", name="known_decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_pair"),
        CheckConstraint("(decision IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("decision IS NULL OR reason <> ''", name="decided_with_reason"),
        CheckConstraint("carried_out_at IS NULL OR decision IS NOT NULL", name="carried_out_after_decision"),
        Index("ix_register_conflict_open", "decision", "district_code", "id"),
    )


class UnnamedMember(Base):
    """A member of a household of the round whom its newest file no longer names. They stay in their household."""

    __tablename__ = "unnamed_member"

    round_id: Mapped[int] = mapped_column(ForeignKey("register_round.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    since_import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"))


class RegisterColumnMap(Base):
    """What a person said of the columns of a file, known from then on by the fingerprint of its headings."""

    __tablename__ = "register_column_map"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    header_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: JSON: field → column number from 0.
    columns: Mapped[str] = mapped_column(Text)
    #: Which era two-digit years are of: be, ce or empty.
    years: Mapped[str] = mapped_column(String(2), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (CheckConstraint("years IN ('', 'be', 'ce')", name="era"),)
