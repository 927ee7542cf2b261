"""Stock: goods that were given, until they go out. Counted in pieces; never cash and never in the ledger."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import clock, thai
from app.kit.db import Base, Id, UtcDateTime, db, explain, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

explain("stock_never_below_nothing", "ในคลังมีไม่พอ กรุณาตรวจยอดคงเหลือในบัตรคุมพัสดุ")

#: Who moves goods in and out.
KEEPERS = (Role.FUND_OFFICER, Role.FINANCE)


class StockItem(Base):
    """One sort of goods, counted in one unit."""

    __tablename__ = "stock_item"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))

    __table_args__ = (
        UniqueConstraint("name", "unit"),
        CheckConstraint("name <> '' AND unit <> ''", name="named"),
    )


class StockMove(Base):
    """So many in (from a donation) or out (for a reason). Final (triggers); what is there never falls below nothing."""

    __tablename__ = "stock_move"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("stock_item.id"), index=True)
    #: In is positive, out negative.
    quantity: Mapped[int]
    #: The donation that came in, or whose entry was cancelled.
    in_kind_donation_id: Mapped[int | None] = mapped_column(ForeignKey("in_kind_donation.id"), index=True)
    #: Why it went out.
    reason: Mapped[str] = mapped_column(String(300), default="")
    #: What it went out for, as the documents call it: a request, a handover. No person's name.
    reference: Mapped[str] = mapped_column(String(60), default="")
    moved_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    item: Mapped[StockItem] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("quantity <> 0", name="moves"),
        CheckConstraint("quantity < 0 OR in_kind_donation_id IS NOT NULL", name="in_from_donation"),
        CheckConstraint("quantity > 0 OR reason <> ''", name="out_for_reason"),
        Index(
            "uq_stock_move_donation_in",
            "in_kind_donation_id",
            unique=True,
            sqlite_where=text("quantity > 0"),
            postgresql_where=text("quantity > 0"),
        ),
    )


def item(*, name: str, unit: str) -> StockItem:
    """The sort of goods with this name and unit, opened when it is new. Inside a transaction."""
    name, unit = visible(name), visible(unit)
    if not 1 <= len(name) <= 200 or not 1 <= len(unit) <= 40:
        raise BadInput("กรุณาบอกชื่อสิ่งของ (ไม่เกิน 200 ตัวอักษร) และหน่วยนับ (ไม่เกิน 40 ตัวอักษร)")
    session = db.session()
    found = session.scalars(select(StockItem).filter_by(name=name, unit=unit)).one_or_none()
    if found is None:
        found = StockItem(name=name, unit=unit)
        session.add(found)
        session.flush()
    return found


def put_in(item_id: int, *, quantity: int, in_kind_donation_id: int, on: date, by: User) -> StockMove:
    """Goods of a donation are in the store. Called by the rule that receives the donation."""
    return _move(item_id, quantity=quantity, in_kind_donation_id=in_kind_donation_id, on=on, by=by)


def take_out(
    item_id: int, *, quantity: int, reason: str, reference: str = "", on: date | None = None, by: User | None
) -> StockMove:
    """So many leave the store. Raises Refused when there are not so many, or for somebody who keeps no stock; BadInput
    for a day on which none of it had come yet."""
    by = keeper(by)
    reason, reference = " ".join(reason.split()), " ".join(reference.split())
    if quantity <= 0:
        raise BadInput("จำนวนที่เบิกต้องมากกว่าศูนย์")
    if not 1 <= len(reason) <= 300 or len(reference) > 60:
        raise BadInput("กรุณาบอกเหตุที่เบิก ไม่เกิน 300 ตัวอักษร และเลขอ้างอิงไม่เกิน 60 ตัวอักษร")
    on = on or clock.today()
    if on > clock.today():
        raise BadInput("วันที่เบิกต้องไม่เกินวันนี้")
    item = lock(StockItem, item_id)
    there = on_hand([item.id])[item.id]
    if quantity > there:
        raise Refused(f"ในคลังมี{item.name} {there:,} {item.unit} เบิก {quantity:,} ไม่ได้ กรุณาลดจำนวน")
    came = select(func.min(StockMove.moved_on)).where(StockMove.item_id == item.id, StockMove.quantity > 0)
    first_on = db.session().scalar(came)
    if first_on is not None and on < first_on:
        raise BadInput(
            f"{item.name}เข้าคลังครั้งแรกเมื่อ {thai.long_date(first_on)} วันที่เบิกต้องไม่ก่อนวันนั้น กรุณาตรวจวันที่"
        )
    moved = _move(item.id, quantity=-quantity, reason=reason, reference=reference, on=on, by=by)
    audit.record(Deed.STOCK_TAKE_OUT, f"stock_item:{item.id}", by=by, quantity=quantity, reference=reference)
    return moved


def take_back(item_id: int, *, quantity: int, in_kind_donation_id: int, reason: str, by: User) -> StockMove:
    """The entry of a donation was cancelled: what it brought leaves the store. Refused when some of it has gone."""
    item = lock(StockItem, item_id)
    if on_hand([item.id])[item.id] < quantity:
        raise Refused(f"{item.name}บางส่วนเบิกออกไปแล้ว จึงยกเลิกใบรับนี้ไม่ได้")
    return _move(
        item.id,
        quantity=-quantity,
        in_kind_donation_id=in_kind_donation_id,
        reason=reason,
        on=clock.today(),
        by=by,
    )


def _move(
    item_id: int,
    *,
    quantity: int,
    on: date,
    by: User,
    in_kind_donation_id: int | None = None,
    reason: str = "",
    reference: str = "",
) -> StockMove:
    moved = StockMove(
        item_id=item_id,
        quantity=quantity,
        in_kind_donation_id=in_kind_donation_id,
        reason=reason,
        reference=reference,
        moved_on=on,
        at=clock.now(),
        by_id=by.id,
    )
    session = db.session()
    session.add(moved)
    session.flush()
    return moved


def keeper(by: User | None) -> User:
    """The person, when they may keep goods; raises Refused otherwise."""
    if by is None or not by.has(*KEEPERS):
        raise Refused("เฉพาะฝ่ายเลขานุการและเจ้าหน้าที่การเงินของกองทุนเท่านั้นที่รับและเบิกสิ่งของได้")
    return by


def on_hand(item_ids: list[int]) -> dict[int, int]:
    """How many of each are in the store. In one query."""
    rows = db.session().execute(
        select(StockMove.item_id, func.sum(StockMove.quantity))
        .where(StockMove.item_id.in_(item_ids))
        .group_by(StockMove.item_id)
    )
    there = {number: int(quantity) for number, quantity in rows}
    return {number: there.get(number, 0) for number in item_ids}
