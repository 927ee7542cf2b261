"""Records of the register: rounds and their imports, households and their members. Tables and their words, no rule."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Id, Satang, UtcDateTime
from app.kit.worded import Worded
from app.province import places

#: Letters of a household's name that order it in a list.
NAME_KEY = 200


class Member(Base):
    """One person of one household.

    Nobody is renamed, moved to another household, given another ID, marked as gone or taken away: triggers refuse it,
    whoever tries. Blanks are filled. A deed of a person that does more does not exist yet.
    """

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    #: Place in the household's list; 1 is the head.
    position: Mapped[int]
    prefix: Mapped[str] = mapped_column(String(20), default="")
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80), default="")
    #: Last three digits, for the masked form x-xxxx-xxxxx-12-3.
    id_tail: Mapped[str] = mapped_column(String(3), default="")
    id_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: HMAC of the ID: equal IDs are found without being readable.
    id_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    #: The number that the Ministry of Education gives to a pupil without a national ID (G and twelve digits); no national ID.
    school_id: Mapped[str] = mapped_column(String(13), default="", server_default="")
    birth_year_be: Mapped[int | None]
    #: "m", "f" or empty.
    sex: Mapped[str] = mapped_column(String(1), default="")
    school: Mapped[str] = mapped_column(String(120), default="")
    #: ป.1 … ม.6
    grade: Mapped[str] = mapped_column(String(20), default="")
    #: Marked by a file of the time when files could; nothing marks anyone any more, and a file that names them unmarks.
    left: Mapped[bool] = mapped_column(default=False)

    #: A file said that they died. Nobody is put on a request who has this mark; a person has to see to it.
    said_dead: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def name(self) -> str:
        return f"{self.prefix}{self.first_name} {self.last_name}".strip()

    @property
    def masked_id(self) -> str:
        return f"x-xxxx-xxxxx-{self.id_tail[:2]}-{self.id_tail[2:]}" if self.id_tail else ""

    __table_args__ = (
        CheckConstraint("(id_encrypted IS NULL) = (id_key IS NULL)", name="id_pair"),
        Index("uq_member_id_key", "id_key", unique=True),
        Index("ix_member_school", "school", "grade", "first_name", "id"),
    )


class RegisterSource(Worded):
    TPMAP = "tpmap", "TPMAP"
    THAI_QM = "thai_qm", "Thai QM"
    NEEDY = "needy", "ครัวเรือนผู้ยากไร้"


class Standing(Worded):
    """What is known of a household's place in a round."""

    NAMED = "named", "มีในรายชื่อ"
    NOT_FOUND = "not_found", "ไม่พบตามที่อยู่", "warning"
    ADDED = "added", "เพิ่มจากการสำรวจ", "info"
    UNNAMED = "unnamed", "รายชื่อล่าสุดไม่ระบุแล้ว", "warning"


class RoundState(Worded):
    """How far a round is: nothing of it came yet, files may come, or it is final."""

    AWAITING = "awaiting", "รอข้อมูล", "warning"
    OPEN = "open", "กำลังรับไฟล์", "info"
    CLOSED = "closed", "ปิดแล้ว", "success"


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
    #: People that the source says the round has.
    declared_persons: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: From then on it is final, with all that it says of its households (triggers). Empty while files may come.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("source IN ('tpmap', 'thai_qm', 'needy')", name="known_source"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_pair"),
    )


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

    standing: Mapped[str] = mapped_column(String(10), default=Standing.NAMED, server_default=Standing.NAMED)

    dimensions: Mapped[list["FailedDimension"]] = relationship(order_by="FailedDimension.dimension")

    __table_args__ = (
        UniqueConstraint("round_id", "household_id"),
        CheckConstraint("standing IN ('named', 'not_found', 'added', 'unnamed')", name="known_standing"),
    )


class FailedDimension(Base):
    """A dimension that a household fails in a round."""

    __tablename__ = "failed_dimension"

    round_household_id: Mapped[int] = mapped_column(ForeignKey("round_household.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(16), primary_key=True)

    __table_args__ = (Index("ix_failed_dimension_dimension", "dimension"),)


class PublicBase(Base):
    """From this moment on the public pages count by this round, until the next row. Final; `number` runs without gaps.

    Only a deed of the secretariat writes one, and only for a closed round (trigger): what shares are counted by stands still.
    """

    __tablename__ = "public_base"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round_id: Mapped[int] = mapped_column(ForeignKey("register_round.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty only for the first, which a portal of before had without a deed.
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (CheckConstraint("number = 1 OR set_by_id IS NOT NULL", name="set_by_somebody"),)


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
    #: What it is found by, with a space around each word; empty until it is worked out anew (see search_words).
    search_words: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)
    #: The head's name, in the order of letters of a Thai dictionary.
    name_key: Mapped[str] = mapped_column(
        String(NAME_KEY).with_variant(String(NAME_KEY, collation="C"), "postgresql"),
        default="",
        server_default="",
    )

    members: Mapped[list[Member]] = relationship(order_by=Member.position)

    @property
    def place(self) -> str:
        """`บ้านเลขที่ 12/3 หมู่ที่ 4 บ้านหนองคู ตำบล… อำเภอ…`, as far as it is known."""
        subdistrict = places.subdistrict(self.subdistrict_code) if self.subdistrict_code else None
        return " ".join(
            part
            for part in (
                self.house_no and f"บ้านเลขที่ {self.house_no}",
                self.moo and f"หมู่ที่ {self.moo}",
                self.village,
                f"ตำบล{subdistrict.name_th}" if subdistrict else "",
                f"อำเภอ{places.district(self.district_code).name_th}",
            )
            if part
        )

    __table_args__ = (
        CheckConstraint("origin IN ('tpmap', 'thai_qm', 'needy')", name="known_origin"),
        CheckConstraint(
            "subdistrict_code IS NULL OR substr(subdistrict_code, 1, 4) = district_code", name="place"
        ),
        Index("ix_household_district_code", "district_code", "subdistrict_code"),
        Index("ix_household_listed", "district_code", "id"),
        Index("ix_household_name_key", "name_key", "id"),
        Index("ix_household_district_name_key", "district_code", "name_key", "id"),
        # By any three letters of a word.
        Index(
            "ix_household_search_words",
            "search_words",
            postgresql_using="gin",
            postgresql_ops={"search_words": "gin_trgm_ops"},
        ),
        # Those to be worked out anew stay few.
        Index(
            "ix_household_unsearchable",
            "id",
            sqlite_where=text("search_words = ''"),
            postgresql_where=text("search_words = ''"),
        ),
    )
