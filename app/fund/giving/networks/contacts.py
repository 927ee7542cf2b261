"""Contacts: who holds which office in a network and how they are reached, now and before."""

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.fund.giving.networks import networks
from app.fund.giving.records.networks import Contact, Network, Office
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext
from app.kit.mail import is_address
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: A user id as LINE gives it to a channel that the person has befriended; not the LINE ID people tell each other.
_LINE = re.compile(r"U[0-9a-f]{32}")


def add(
    network_id: int,
    *,
    office: str,
    name: str,
    phone: str = "",
    email: str = "",
    line_user_id: str = "",
    since_on: date | None = None,
    by: User | None,
) -> Contact:
    """Somebody holds an office in this network. Several may hold the same.

    Raises BadInput for an unknown office, an empty name, and an e-mail address or LINE user id that nothing reaches.
    """
    network = db.session().get(Network, network_id)
    if network is None:
        raise Refused(gettext("ไม่พบเครือข่ายนี้ กรุณาเลือกจากรายการ"))
    by = _writes(by, network)
    if office not in set(Office):
        raise BadInput(gettext("ไม่รู้จักตำแหน่งนี้ กรุณาเลือกจากรายการ"))
    name, phone, email, line_user_id = (
        visible(name),
        visible(phone),
        email.strip(),
        line_user_id.strip(),
    )
    if not 1 <= len(name) <= 120:
        raise BadInput(gettext("ชื่อผู้ติดต่อต้องมี และยาวไม่เกิน 120 ตัวอักษร"))
    if phone and (len(phone) > 40 or sum(letter.isdigit() for letter in phone) < 6):
        raise BadInput(gettext("หมายเลขโทรศัพท์ต้องมีตัวเลขอย่างน้อย 6 ตัว และยาวไม่เกิน 40 ตัวอักษร เช่น 081-234-5678"))
    if email and (len(email) > 160 or not is_address(email) or "." not in email.rpartition("@")[2]):
        raise BadInput(gettext("อ่านที่อยู่อีเมลไม่ได้ กรุณาใส่ให้ครบ เช่น name@example.org"))
    if line_user_id and not _LINE.fullmatch(line_user_id):
        raise BadInput(gettext("รหัสผู้ใช้ LINE ต้องเป็น U ตามด้วยเลขฐานสิบหก 32 ตัว ไม่ใช่ LINE ID ที่บอกกัน"))
    if since_on and since_on > clock.today():
        raise BadInput(gettext("วันที่เริ่มดำรงตำแหน่งต้องไม่เกินวันนี้"))
    contact = Contact(
        network_id=network.id,
        office=office,
        name=name,
        phone=phone,
        email=email,
        line_user_id=line_user_id,
        since_on=since_on,
        written_at=clock.now(),
        written_by_id=by.id,
    )
    session = db.session()
    session.add(contact)
    session.flush()
    audit.record(Deed.CONTACT_ADD, f"network:{network.id}", by=by, contact=contact.id, office=office)
    return contact


def amend(
    contact_id: int,
    *,
    office: str,
    name: str,
    phone: str = "",
    email: str = "",
    line_user_id: str = "",
    since_on: date | None = None,
    by: User | None,
) -> Contact:
    """What is known of this person is otherwise: the old row ends today and a new one begins."""
    old = end(contact_id, by=by)
    return add(
        old.network_id,
        office=office,
        name=name,
        phone=phone,
        email=email,
        line_user_id=line_user_id,
        since_on=since_on,
        by=by,
    )


def end(contact_id: int, *, on: date | None = None, by: User | None) -> Contact:
    """The person left the office, today or `on`. Raises Refused when they had left already."""
    contact = lock(Contact, contact_id)
    by = _writes(by, contact.network)
    if contact.ended_on is not None:
        raise Refused(gettext("ผู้ติดต่อรายนี้พ้นตำแหน่งหรือถูกแก้ไขไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูรายการล่าสุด"))
    on = on or clock.today()
    if on > clock.today() or (contact.since_on and on < contact.since_on):
        raise BadInput(gettext("วันที่พ้นตำแหน่งต้องไม่ก่อนวันเริ่ม และไม่เกินวันนี้"))
    contact.ended_on, contact.ended_by_id = on, by.id
    db.session().flush()
    audit.record(
        Deed.CONTACT_END, f"network:{contact.network_id}", by=by, contact=contact.id, office=contact.office
    )
    return contact


def _writes(by: User | None, network: Network) -> User:
    if by is None or not (by.has(Role.ADMINISTRATOR) or networks.speaks_for(by, network)):
        raise Refused(gettext("ท่านแก้ไขผู้ติดต่อของเครือข่ายนี้ไม่ได้ กรุณาแจ้งฝ่ายเลขานุการกองทุน"))
    return by


def of(network_ids: Sequence[int]) -> dict[int, list[Contact]]:
    """Who is in office now, for each of these networks, chair first. In one query."""
    by_network = {number: list[Contact]() for number in network_ids}
    rank = {office.value: place for place, office in enumerate(Office)}
    statement = select(Contact).where(Contact.network_id.in_(by_network), Contact.ended_on.is_(None))
    for contact in sorted(
        db.session().scalars(statement), key=lambda contact: (rank[contact.office], contact.id)
    ):
        by_network[contact.network_id].append(contact)
    return by_network


def past(network_id: int) -> list[Contact]:
    """Rows that ended or were corrected, the last first."""
    statement = select(Contact).where(Contact.network_id == network_id, Contact.ended_on.is_not(None))
    return list(db.session().scalars(statement.order_by(Contact.ended_on.desc(), Contact.id.desc())))
