"""Pledges: what a network says it will give, in money, goods or labour. A promise is not money and posts nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    String,
    case,
    column,
    func,
    select,
    table,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving import networks
from app.fund.giving.networks import Network
from app.fund.ledger.accounts import Purpose
from app.kit import clock, thai
from app.kit.db import Base, Id, Satang, UtcDateTime, db, is_sqlite, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.roles import Role
from app.staff.users import User


class PledgeState(StrEnum):
    """What is stored of a pledge. Whether it is partly or wholly fulfilled is told from what came: see `standing`."""

    STATED = "stated"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    MONEY = "money"
    GOODS = "goods"
    LABOUR = "labour"


KIND_NAMES: dict[Kind, str] = {Kind.MONEY: "เงิน", Kind.GOODS: "สิ่งของ", Kind.LABOUR: "แรงงาน"}


class Standing(StrEnum):
    """How a pledge stands beside what came."""

    STATED = "stated"
    PARTLY = "partly"
    FULFILLED = "fulfilled"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


STANDING_NAMES: dict[Standing, str] = {
    Standing.STATED: "แจ้งไว้",
    Standing.PARTLY: "ได้รับบางส่วน",
    Standing.FULFILLED: "ครบแล้ว",
    Standing.LAPSED: "พ้นกำหนด",
    Standing.WITHDRAWN: "ถอนแล้ว",
}


class Pledge(Base):
    """A network's statement of intent (แจ้งความประสงค์สมทบ). How much of it has come in is counted from gifts.

    Neither what was pledged nor what came is ever edited; that they differ is normal.
    """

    __tablename__ = "pledge"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: What people see: PL-2569-0007.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    kind: Mapped[str] = mapped_column(String(8), default=Kind.MONEY, server_default="money")
    #: Of goods and labour: what, how many, of which unit. Then `satang` is their estimated value.
    what: Mapped[str] = mapped_column(String(200), default="", server_default="")
    quantity: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(40), default="", server_default="")
    satang: Mapped[int] = mapped_column(Satang)
    #: When it is to come; with instalments, the last of them.
    expected_on: Mapped[date]
    #: The paper or meeting that it rests on, where somebody other than the network entered it.
    basis: Mapped[str] = mapped_column(String(300), default="", server_default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(12), default=PledgeState.STATED)
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stated_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lapsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    network: Mapped[Network] = relationship(lazy="joined", innerjoin=True)
    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("state IN ('stated', 'lapsed', 'withdrawn')", name="known_state"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_pair"),
        CheckConstraint("(state = 'lapsed') = (lapsed_at IS NOT NULL)", name="lapsed_pair"),
        CheckConstraint("kind IN ('money', 'goods', 'labour')", name="known_kind"),
        CheckConstraint(
            "(kind = 'money') = (what = '') AND (kind = 'money') = (unit = '') AND (kind = 'money') = (quantity IS NULL)",
            name="says_what",
        ),
        CheckConstraint("quantity > 0", name="counted"),
    )


#: Who sees the pledges of every network.
OVERSEERS = (Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)

#: Gifts stand above pledges in this room; only the sums of those that stand are read here.
_GIFT = table("live_gift", column("id"), column("pledge_id"), column("satang"))

#: One writer of pledge codes at a time; 0x504c is "PL".
_CODES = 0x504C


@dataclass(frozen=True)
class Sums:
    """All pledges that a person sees, in satang. Withdrawn pledges count only with what they brought."""

    pledged: int
    received: int
    outstanding: int


def _seen_by(user: User) -> ColumnElement[bool]:
    if user.has(*OVERSEERS):
        return true()
    return Pledge.network_id.in_(select(Network.id).where(Network.code.in_(user.network_codes())))


def visible_to(user: User) -> Select[Pledge]:
    """The pledges this person may see, newest first: a treasurer those of their own networks."""
    return select(Pledge).where(_seen_by(user)).order_by(Pledge.id.desc())


def sums(user: User) -> Sums:
    """What this person's pledges come to, in one query."""
    came = _received().subquery()
    got = func.coalesce(came.c.satang, 0)
    stated = Pledge.state == PledgeState.STATED
    pledged, received_, rest = (
        db.session()
        .execute(
            select(
                func.sum(case((stated, Pledge.satang), else_=0)),
                func.sum(got),
                func.sum(case((stated & (Pledge.satang > got), Pledge.satang - got), else_=0)),
            )
            .select_from(Pledge)
            .outerjoin(came, came.c.pledge_id == Pledge.id)
            .where(_seen_by(user))
        )
        .one()
    )
    return Sums(int(pledged or 0), int(received_ or 0), int(rest or 0))


def state(
    *, network_id: int, satang: int, purpose_id: int, expected_on: date, note: str = "", by: User | None
) -> Pledge:
    """A network says what it will give. Nothing is posted: a promise is not money, and needs no bank account.

    Raises Refused for a network or purpose that is closed and for a person who does not speak for the network.
    """
    session = db.session()
    network = session.get(Network, network_id)
    purpose = session.get(Purpose, purpose_id)
    if network is None or by is None or not networks.speaks_for(by, network):
        raise Refused("ท่านแจ้งความประสงค์ในนามเครือข่ายนี้ไม่ได้ กรุณาเลือกเครือข่ายของท่าน หรือติดต่อฝ่ายเลขานุการกองทุน")
    if not network.open:
        raise Refused("เครือข่ายนี้ปิดแล้ว กรุณาติดต่อฝ่ายเลขานุการกองทุน")
    if purpose is None or not purpose.open:
        raise Refused("วัตถุประสงค์นี้ไม่เปิดรับสมทบ กรุณาเลือกวัตถุประสงค์อื่น")
    if satang <= 0:
        raise BadInput("จำนวนเงินต้องมากกว่าศูนย์")
    pledge = Pledge(
        code=_next_code(),
        network_id=network.id,
        purpose_id=purpose.id,
        satang=satang,
        expected_on=expected_on,
        note=note.strip()[:500],
        state=PledgeState.STATED,
        stated_at=clock.now(),
        stated_by_id=by.id,
    )
    session.add(pledge)
    session.flush()
    audit.note(
        "pledge.state", f"pledge:{pledge.id}", by=by, code=pledge.code, satang=satang, network=network.code
    )
    return pledge


def _next_code() -> str:
    session = db.session()
    if not is_sqlite():
        session.execute(select(func.pg_advisory_xact_lock(_CODES)))
    start = f"PL-{thai.fiscal_year_be(clock.today())}-"
    last = session.scalar(
        select(Pledge.code)
        .where(Pledge.code.startswith(start, autoescape=True))
        .order_by(func.length(Pledge.code).desc(), Pledge.code.desc())
        .limit(1)
    )
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"


def withdraw(pledge_id: int, *, by: User | None) -> None:
    """The network takes back what it has not given yet. What has come in stays; a QR code already shown stays payable."""
    pledge = lock(Pledge, pledge_id)
    if not networks.speaks_for(by, pledge.network):
        raise Refused("ท่านถอนความประสงค์ของเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย")
    if pledge.state == PledgeState.WITHDRAWN:
        raise Refused("ความประสงค์นี้ถอนไปแล้ว ไม่ต้องทำซ้ำ")
    if outstanding(pledge) == 0:
        raise Refused("ความประสงค์นี้สมทบครบแล้ว จึงไม่มีส่วนที่จะถอน")
    pledge.state = PledgeState.WITHDRAWN
    pledge.withdrawn_at = clock.now()
    audit.note("pledge.withdraw", f"pledge:{pledge.id}", by=by, code=pledge.code)


def _received() -> Select[Any, Any]:
    return (
        select(_GIFT.c.pledge_id, func.sum(_GIFT.c.satang).label("satang"))
        .where(_GIFT.c.pledge_id.is_not(None))
        .group_by(_GIFT.c.pledge_id)
    )


def received(pledge_ids: Sequence[int]) -> dict[int, int]:
    """How many satang have truly come in for each of these pledges; what was taken back or refunded does not count."""
    if not pledge_ids:
        return {}
    rows = db.session().execute(_received().where(_GIFT.c.pledge_id.in_(pledge_ids)))
    came = {number: int(satang) for number, satang in rows}
    return {number: came.get(number, 0) for number in pledge_ids}


def outstanding(pledge: Pledge) -> int:
    """What is still to come, in satang; nothing for a pledge that was withdrawn or exceeded."""
    if pledge.state == PledgeState.WITHDRAWN:
        return 0
    return max(0, pledge.satang - received([pledge.id])[pledge.id])
