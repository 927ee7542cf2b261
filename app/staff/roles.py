"""Roles: what a person may be in this fund, and over which area, dimension or network."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id, UtcDateTime
from app.kit.language import marked


class Role(StrEnum):
    TREASURER = "treasurer"
    MENTOR = "mentor"
    DISTRICT_OFFICER = "district_officer"
    DIMENSION_SECRETARY = "dimension_secretary"
    FUND_OFFICER = "fund_officer"
    FINANCE = "finance"
    COMMITTEE = "committee"
    CHAIR = "chair"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: dict[Role, str] = {
    Role.TREASURER: marked("เหรัญญิกเครือข่าย"),
    Role.MENTOR: marked("ทีมพี่เลี้ยง"),
    Role.DISTRICT_OFFICER: marked("เจ้าหน้าที่อำเภอ"),
    Role.DIMENSION_SECRETARY: marked("เลขานุการคณะทำงานมิติ"),
    Role.FUND_OFFICER: marked("ฝ่ายเลขานุการกองทุน"),
    Role.FINANCE: marked("เจ้าหน้าที่การเงิน"),
    Role.COMMITTEE: marked("กรรมการกองทุน"),
    Role.CHAIR: marked("ประธานกรรมการกองทุน"),
    Role.AUDITOR: marked("ผู้ตรวจสอบ"),
    Role.ADMINISTRATOR: marked("ผู้ดูแลระบบ"),
}


#: Roles that are given by two people of different roles, or to the first of a new fund by its operator (trigger): those
#: with power over money or people, and those that see every household. A mentor of the whole province is one as well.
BY_TWO = (Role.CHAIR, Role.COMMITTEE, Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)


def needs_two(role: str, area_code: str = "") -> bool:
    """Whether this role, over this area (empty is the whole province), is given by two people."""
    return role in BY_TWO or (role == Role.MENTOR and not area_code)


class Grant(Base):
    """One role given to one person, for one scope. Never deleted: taking it away fills `revoked_at`."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(24))
    #: Code of the district (4 digits) or subdistrict (6) this role reaches; empty = the whole province.
    area_code: Mapped[str] = mapped_column(String(6), default="")
    #: Code of the dimension; empty = every dimension.
    dimension: Mapped[str] = mapped_column(String(16), default="")
    #: Code of the network a treasurer speaks for.
    network_code: Mapped[str] = mapped_column(String(12), default="")
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: On which approval a role given by two stands; each carries one.
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"))
    #: Who gave it at the command line, by the name of the machine; else empty.
    operator: Mapped[str] = mapped_column(String(64), default="")
    #: The order that appointed the person, as offices cite it; empty where there is none.
    order_number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    #: The last day of the term; empty = until it is taken away.
    ends_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("role IN (" + ", ".join(f"'{role.value}'" for role in Role) + ")", name="known_role"),
        CheckConstraint("revoked_by_id IS NULL OR revoked_at IS NOT NULL", name="revoked_by_needs_at"),
        CheckConstraint("role <> 'treasurer' OR network_code <> ''", name="treasurer_has_network"),
        Index(
            "ix_role_grant_ends_on",
            "ends_on",
            sqlite_where=text("ends_on IS NOT NULL AND revoked_at IS NULL"),
            postgresql_where=text("ends_on IS NOT NULL AND revoked_at IS NULL"),
        ),
        Index("uq_role_grant_approval_request_id", "approval_request_id", unique=True),
        Index(
            "uq_role_grant_live",
            "user_id",
            "role",
            "area_code",
            "dimension",
            "network_code",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
