"""Networks: the partners that pledge and give (OTOP, village funds, women's funds, กองทุนแม่ของแผ่นดิน …)."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id


class NetworkType(StrEnum):
    OTOP = "otop"
    VILLAGE_FUND = "village_fund"
    WOMEN_FUND = "women_fund"
    WOMEN_COMMITTEE = "women_committee"
    MOTHER_FUND = "mother_fund"
    CDO_CLUB = "cdo_club"
    CDW_CLUB = "cdw_club"
    PRIVATE = "private"
    CIVIL = "civil"


NETWORK_TYPE_NAMES: dict[NetworkType, str] = {
    NetworkType.OTOP: "เครือข่าย OTOP",
    NetworkType.VILLAGE_FUND: "กองทุนหมู่บ้านและชุมชนเมือง (กทบ.)",
    NetworkType.WOMEN_FUND: "กองทุนพัฒนาบทบาทสตรี",
    NetworkType.WOMEN_COMMITTEE: "คณะกรรมการพัฒนาสตรี",
    NetworkType.MOTHER_FUND: "กองทุนแม่ของแผ่นดิน",
    NetworkType.CDO_CLUB: "ชมรมพัฒนาการอำเภอ",
    NetworkType.CDW_CLUB: "ชมรมพัฒนากร",
    NetworkType.PRIVATE: "ภาคเอกชน",
    NetworkType.CIVIL: "ภาคประชาชน",
}


class Network(Base):
    """One partner network. Its code goes into Ref2 of its QR codes and never changes."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    type: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(160))
    #: District it works in; empty = the whole province.
    district_code: Mapped[str | None] = mapped_column(String(4))
    contact: Mapped[str] = mapped_column(String(160), default="")
    open: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        CheckConstraint(
            "type IN (" + ", ".join(f"'{t.value}'" for t in NetworkType) + ")", name="known_type"
        ),
    )
