"""The partners of the demonstration: who holds which office, a group below a network, donations by instalments and in kind."""

from datetime import timedelta

from sqlalchemy import select

from app.fund.giving.goods import goods
from app.fund.giving.networks import contacts, networks
from app.fund.giving.pledges import instalments, pledges
from app.fund.giving.records.networks import Network, NetworkType
from app.kit import clock
from app.kit.db import db
from app.staff.users import User

#: Invented people; their numbers and addresses reach nobody.
_CONTACTS = (
    ("NET001", "chair", "นางสมจิต พรหมดี", "045-000-001", "otop.chair@example.org"),
    ("NET001", "treasurer", "นายต้น แสงทอง", "045-000-002", "otop.treasurer@example.org"),
    ("NET002", "secretary", "นายบุญมี ออมสิน", "045-000-003", "village.fund@example.org"),
    ("NET003", "chair", "นางทองใบ ศรีสุข", "045-000-004", ""),
)
_BASIS = "ที่ประชุมเครือข่ายภาคี ครั้งที่ 2/2565"


def introduce(*, purpose_id: int, by: User) -> None:
    """Offices of some networks, a weavers' group of the OTOP network, its instalments and its rice. In a transaction."""
    rows = db.session().execute(select(Network.code, Network.id))
    numbers = {row.code: row.id for row in rows}
    for code, office, name, phone, email in _CONTACTS:
        contacts.add(numbers[code], office=office, name=name, phone=phone, email=email, by=by)
    group = networks.create(
        code="GRP001",
        type=NetworkType.OTOP,
        name="กลุ่มทอผ้าไหมบ้านโนนสูง",
        parent_id=numbers["NET001"],
        by=by,
    )
    first_on = clock.today() + timedelta(days=14)
    pledges.make(
        network_id=group.id,
        satang=12_000_00,
        purpose_id=purpose_id,
        parts=instalments.evenly(12_000_00, count=6, first_on=first_on),
        basis=_BASIS,
        by=by,
    )
    rice = pledges.make(
        network_id=numbers["NET002"],
        kind="goods",
        what="ข้าวสารหอมมะลิ 5 กก.",
        quantity=100,
        unit="ถุง",
        satang=18_000_00,
        purpose_id=purpose_id,
        expected_on=first_on,
        basis=_BASIS,
        by=by,
    )
    goods.record(
        kind="goods",
        quantity=40,
        satang=7_200_00,
        valued_from="market",
        valuation="ราคาตลาดสดในเมือง ถุงละ 180 บาท",
        received_on=clock.today(),
        pledge_id=rice.id,
        by=by,
    )
