"""Networks: the partners that pledge and give (OTOP, village funds, women's funds, กองทุนแม่ของแผ่นดิน …)."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, false, func, or_, select, update

from app.fund.giving.records.networks import PATH_LENGTH, Network, NetworkType
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.province import places
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: A code travels as Ref2 of the QR codes, where banks take capital letters and digits only.
_CODE = re.compile(r"[A-Z0-9]{2,12}")


def create(
    *,
    code: str,
    type: str,  # noqa: A002 — the column's own name
    name: str,
    district_code: str | None = None,
    contact: str = "",
    parent_id: int | None = None,
    by: User | None,
) -> Network:
    """A new partner network, under `parent_id` where it is a branch. `by` None is the portal itself, when it is first filled.

    A branch of a network of a district lies in that district without being told so. Raises BadInput for a code that
    no QR code can carry, an unknown type or district, another district than the parent's, or an empty name.
    """
    _keeps(by)
    if not _CODE.fullmatch(code):
        raise BadInput("รหัสเครือข่ายต้องเป็นตัวพิมพ์ใหญ่ A–Z หรือตัวเลข 0–9 จำนวน 2–12 ตัว เช่น NET012")
    if type not in set(NetworkType):
        raise BadInput("ไม่รู้จักประเภทเครือข่ายนี้ กรุณาเลือกจากรายการ")
    name = _name_of(name)
    parent = lock(Network, parent_id) if parent_id else None
    district_code = _district_under(parent, district_code)
    network = Network(
        code=code,
        type=type,
        name=name,
        district_code=district_code or None,
        contact=visible(contact)[:160],
        open=True,
        parent_id=parent.id if parent else None,
        path=_path(parent, code),
    )
    session = db.session()
    session.add(network)
    session.flush()
    audit.record(Deed.NETWORK_CREATE, f"network:{network.id}", by=by, code=code, type=type)
    return network


def _district_under(parent: Network | None, district_code: str | None) -> str | None:
    above = parent.district_code if parent else None
    if district_code:
        places.district(district_code)
    if above and district_code and district_code != above:
        raise BadInput("เครือข่ายย่อยต้องอยู่ในอำเภอเดียวกับเครือข่ายที่สังกัด กรุณาเลือกอำเภอหรือเครือข่ายที่สังกัดใหม่")
    return district_code or above or None


def _path(parent: Network | None, code: str) -> str:
    path = f"{parent.path if parent else '/'}{code}/"
    if len(path) > PATH_LENGTH:
        raise Refused("สายสังกัดยาวเกินไป กรุณาให้เครือข่ายนี้สังกัดเครือข่ายที่อยู่สูงขึ้นไป")
    return path


def set_parent(
    network_id: int, *, parent_id: int | None, district_code: str | None, by: User | None
) -> Network:
    """Put a network, and every network below it, under another one or (None) under none, and into a district.

    Raises Refused for a circle and when a network below lies in another district.
    """
    _keeps(by)
    session = db.session()
    network = lock(Network, network_id)
    parent = lock(Network, parent_id) if parent_id else None
    if parent is not None and network.code in parent.codes:
        raise Refused("เครือข่ายสังกัดตัวเองหรือเครือข่ายย่อยของตัวเองไม่ได้ กรุณาเลือกเครือข่ายที่สังกัดใหม่")
    district_code = _district_under(parent, district_code)
    below = list(
        session.scalars(
            select(Network)
            .where(Network.path.startswith(network.path, autoescape=True), Network.id != network.id)
            .order_by(func.length(Network.path))
        )
    )
    if district_code and any(lower.district_code != district_code for lower in below):
        raise Refused("เครือข่ายย่อยบางแห่งอยู่อำเภออื่น กรุณาย้ายเครือข่ายย่อยเหล่านั้นก่อน")
    before, after = network.path, _path(parent, network.code)
    network.parent_id, network.district_code, network.path = parent_id, district_code, after
    session.flush()
    for lower in below:  # from the top down: each path is compared with the one above it
        moved = after + lower.path.removeprefix(before)
        if len(moved) > PATH_LENGTH:
            raise Refused("สายสังกัดยาวเกินไป กรุณาให้เครือข่ายนี้สังกัดเครือข่ายที่อยู่สูงขึ้นไป")
        session.execute(update(Network).where(Network.id == lower.id).values(path=moved))
    audit.record(
        Deed.NETWORK_SET_PARENT,
        f"network:{network.id}",
        by=by,
        before=before,
        after=after,
        district=district_code,
    )
    return network


def rename(network_id: int, *, name: str, by: User | None) -> Network:
    """The network is called otherwise from now on; what was printed with its old name stays as printed."""
    _keeps(by)
    network = lock(Network, network_id)
    before, network.name = network.name, _name_of(name)
    audit.record(Deed.NETWORK_RENAME, f"network:{network.id}", by=by, before=before, after=network.name)
    return network


def _name_of(text: str) -> str:
    name = visible(text)
    if not 1 <= len(name) <= 160:
        raise BadInput("ชื่อเครือข่ายต้องมี และยาวไม่เกิน 160 ตัวอักษร")
    return name


def write_contact(network_id: int, *, contact: str, by: User) -> Network:
    """Whom to ask at this network, in the words of the fund's officers."""
    _keeps(by)
    network = lock(Network, network_id)
    contact = visible(contact)
    if len(contact) > 160:
        raise BadInput("ผู้ติดต่อยาวเกินไป กรุณาใส่ไม่เกิน 160 ตัวอักษร")
    before, network.contact = network.contact, contact
    audit.record(Deed.NETWORK_CONTACT, f"network:{network.id}", by=by, before=before, after=contact)
    return network


def close(network_id: int, *, by: User) -> Network:
    """No new pledge in this network's name. What it pledged may still be paid, what it gave stays its donation."""
    _keeps(by)
    network = lock(Network, network_id)
    if not network.open:
        raise Refused("เครือข่ายนี้ปิดแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    network.open = False
    audit.record(Deed.NETWORK_CLOSE, f"network:{network.id}", by=by)
    return network


def reopen(network_id: int, *, by: User) -> Network:
    """The network may pledge again."""
    _keeps(by)
    network = lock(Network, network_id)
    if network.open:
        raise Refused("เครือข่ายนี้เปิดอยู่แล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    network.open = True
    audit.record(Deed.NETWORK_REOPEN, f"network:{network.id}", by=by)
    return network


def _keeps(by: User | None) -> None:
    if by is not None and not by.has(Role.FUND_OFFICER, Role.ADMINISTRATOR):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่เพิ่ม แก้ไข และปิดเครือข่ายได้ กรุณาแจ้งฝ่ายเลขานุการ")


def names() -> dict[str, str]:
    """Code → name of the open networks, which a treasurer can be given."""
    rows = db.session().execute(select(Network.code, Network.name).where(Network.open))
    return {row.code: row.name for row in rows}


#: Who sees every network with its contacts, pledges and donations.
OVERSEERS = (Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)


def within(codes: Iterable[str]) -> ColumnElement[bool]:
    """The condition on Network that it is one of these or stands below one: a treasurer's branch."""
    return or_(false(), *(Network.path.contains(f"/{code}/", autoescape=True) for code in codes))


def visible_to(user: User) -> Select[Network]:
    """The networks this person may look into, by branch: a treasurer their own and those below it."""
    statement = select(Network).order_by(Network.path)
    return statement if user.has(*OVERSEERS) else statement.where(within(user.network_codes()))


def spoken_for(user: User) -> list[Network]:
    """The open networks this person may act for: a treasurer their own branch, the fund's officers every one."""
    statement = select(Network).where(Network.open).order_by(Network.path)
    if not user.has(Role.FUND_OFFICER):
        statement = statement.where(within(user.network_codes()))
    return list(db.session().scalars(statement))


def belongs_to(user: User, network: Network) -> bool:
    """Whether this person speaks for the network as one of its own: as treasurer of it or of one above it."""
    return not set(network.codes).isdisjoint(user.network_codes())


def speaks_for(user: User | None, network: Network) -> bool:
    """Whether this person may pledge and pay in the network's name."""
    return user is not None and (user.has(Role.FUND_OFFICER) or belongs_to(user, network))
