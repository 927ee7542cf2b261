"""Networks: the partners that pledge and give (OTOP, village funds, women's funds, กองทุนแม่ของแผ่นดิน …)."""

import re
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Id, db, explain, lock
from app.kit.errors import BadInput, Refused
from app.province import places
from app.staff import audit, people
from app.staff.roles import Role
from app.staff.users import User

explain("uq_network_code", "มีเครือข่ายที่ใช้รหัสนี้แล้ว กรุณาใช้รหัสอื่น")

#: A code travels as Ref2 of the QR codes, where banks take capital letters and digits only.
_CODE = re.compile(r"[A-Z0-9]{2,12}")


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


def found(
    *,
    code: str,
    type: str,  # noqa: A002 — the column's own name
    name: str,
    district_code: str | None = None,
    contact: str = "",
    by: User | None,
) -> Network:
    """A new partner network. `by` None is the portal itself, when it is first filled.

    Raises BadInput for a code that no QR code can carry, an unknown type or district, or an empty name.
    """
    _keeps(by)
    if not _CODE.fullmatch(code):
        raise BadInput("รหัสเครือข่ายต้องเป็นตัวพิมพ์ใหญ่ A–Z หรือตัวเลข 0–9 จำนวน 2–12 ตัว เช่น NET012")
    if type not in set(NetworkType):
        raise BadInput("ไม่รู้จักประเภทเครือข่ายนี้ กรุณาเลือกจากรายการ")
    name = " ".join(name.split())
    if not 1 <= len(name) <= 160:
        raise BadInput("ชื่อเครือข่ายต้องมี และยาวไม่เกิน 160 ตัวอักษร")
    if district_code:
        places.district(district_code)
    network = Network(
        code=code,
        type=type,
        name=name,
        district_code=district_code or None,
        contact=contact.strip()[:160],
        open=True,
    )
    session = db.session()
    session.add(network)
    session.flush()
    audit.note("network.found", f"network:{network.id}", by=by, code=code, type=type)
    return network


def write_contact(network_id: int, *, contact: str, by: User) -> Network:
    """Whom to ask at this network, in the words of the fund's officers."""
    _keeps(by)
    network = lock(Network, network_id)
    contact = " ".join(contact.split())
    if len(contact) > 160:
        raise BadInput("ผู้ติดต่อยาวเกินไป กรุณาใส่ไม่เกิน 160 ตัวอักษร")
    before, network.contact = network.contact, contact
    audit.note("network.contact", f"network:{network.id}", by=by, before=before, after=contact)
    return network


def close(network_id: int, *, by: User) -> Network:
    """No new pledge in this network's name. What it pledged may still be paid, what it gave stays its gift."""
    _keeps(by)
    network = lock(Network, network_id)
    if not network.open:
        raise Refused("เครือข่ายนี้ปิดแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    network.open = False
    audit.note("network.close", f"network:{network.id}", by=by)
    return network


def reopen(network_id: int, *, by: User) -> Network:
    """The network may pledge again."""
    _keeps(by)
    network = lock(Network, network_id)
    if network.open:
        raise Refused("เครือข่ายนี้เปิดอยู่แล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    network.open = True
    audit.note("network.reopen", f"network:{network.id}", by=by)
    return network


def _keeps(by: User | None) -> None:
    if by is not None and not by.has(Role.FUND_OFFICER, Role.ADMINISTRATOR):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่เพิ่ม แก้ไข และปิดเครือข่ายได้ กรุณาแจ้งฝ่ายเลขานุการ")


@people.tells_networks
def names() -> dict[str, str]:
    """Code → name of the open networks, which a treasurer can be given."""
    rows = db.session().execute(select(Network.code, Network.name).where(Network.open))
    return {row.code: row.name for row in rows}


def spoken_for(user: User) -> list[Network]:
    """The open networks this person may act for: a treasurer their own, the fund's officers every one."""
    statement = select(Network).where(Network.open).order_by(Network.code)
    if not user.has(Role.FUND_OFFICER):
        statement = statement.where(Network.code.in_(user.network_codes()))
    return list(db.session().scalars(statement))


def speaks_for(user: User | None, network: Network) -> bool:
    """Whether this person may pledge and pay in the network's name."""
    return user is not None and (user.has(Role.FUND_OFFICER) or network.code in user.network_codes())
