"""Members: the people of a household. National IDs are encrypted, found by keyed hash and shown masked."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id


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
    birth_year_be: Mapped[int | None]
    #: "m", "f" or empty.
    sex: Mapped[str] = mapped_column(String(1), default="")
    school: Mapped[str] = mapped_column(String(120), default="")
    #: ป.1 … ม.6
    grade: Mapped[str] = mapped_column(String(20), default="")
    #: Marked by a file of the time when files could; nothing marks anyone any more, and a file that names them unmarks.
    left: Mapped[bool] = mapped_column(default=False)

    @property
    def name(self) -> str:
        return f"{self.prefix}{self.first_name} {self.last_name}".strip()

    @property
    def masked_id(self) -> str:
        return f"x-xxxx-xxxxx-{self.id_tail[:2]}-{self.id_tail[2:]}" if self.id_tail else ""

    __table_args__ = (
        CheckConstraint("(id_encrypted IS NULL) = (id_key IS NULL)", name="id_pair"),
        Index("uq_member_id_key", "id_key", unique=True),
        Index("ix_member_first_name", "first_name"),
        Index("ix_member_last_name", "last_name"),
    )
