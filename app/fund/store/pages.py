"""Pages of the store: what is there, and the stock card of each sort of goods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.fund.giving.records.goods import InKindDonation
from app.fund.store import stock
from app.fund.store.forms import OutForm
from app.fund.store.records import StockItem, StockMove
from app.fund.store.stock import KEEPERS
from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Column, Days, List, Search
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

bp = Blueprint("store", __name__)

_READERS = (Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)


@bp.get("/stock", endpoint="stock")
@opens_to(*_READERS)
def stock_list() -> ResponseReturnValue:
    return lists.show(
        "store/stock.html",
        List(
            select(StockItem),
            columns=(
                Column(
                    "สิ่งของ",
                    lambda row: row[0].name,
                    href=lambda row: url_for("store.card", number=row[0].id),
                    sort="name",
                ),
                Column("คงเหลือ", lambda row: row[1], "count"),
                Column("หน่วย", lambda row: row[0].unit),
            ),
            orders={"name": (StockItem.name, StockItem.unit)},
            down=False,
            search=Search("ชื่อสิ่งของ", lambda words: lists.contains(words, StockItem.name)),
            read=_with_what_is_there,
            label="คลังสิ่งของ",
            empty="ยังไม่มีของในคลัง",
            file="stock",
        ),
    )


def _with_what_is_there(rows: Sequence[StockItem]) -> list[tuple[StockItem, int]]:
    there = stock.on_hand([item.id for item in rows])
    return [(item, there[item.id]) for item in rows]


@bp.get("/stock/<int:number>")
@opens_to(*_READERS)
def card(number: int) -> str:
    return _card(_item(number))


@bp.post("/stock/<int:number>/out")
@opens_to(*KEEPERS)
def take_out(number: int) -> ResponseReturnValue:
    item, form = _item(number), OutForm()
    if not form.validate_on_submit():
        return _card(item, form=form), 422
    try:
        with transaction():
            stock.take_out(
                number,
                quantity=form.quantity.data or 0,
                reason=form.reason.data,
                reference=form.reference.data or "",
                on=form.moved_on.data,
                by=signed_in(),
            )
    except Refused as error:
        status = 422 if isinstance(error, BadInput) else 409
        return _card(_item(number), form=form, refused=error.words), status
    flash("บันทึกการเบิกแล้ว", "success")
    return redirect(url_for("store.card", number=number), code=303)


def _item(number: int) -> StockItem:
    return (db.session().get(StockItem, number) if number < 2**63 else None) or abort(404)


def _card(item: StockItem, *, form: OutForm | None = None, refused: str = "") -> str:
    """The stock card: every move with what was there after it, the newest first."""
    found = lists.find(
        List(
            select(StockMove).where(StockMove.item_id == item.id),
            columns=(
                Column("รายการ", lambda move: move.words, href=lambda move: move.href),
                Column("วันที่", lambda move: move.on, "date"),
                Column("รับเข้า", lambda move: move.quantity if move.quantity > 0 else None, "count"),
                Column("เบิกออก", lambda move: -move.quantity if move.quantity < 0 else None, "count"),
                Column("คงเหลือ", lambda move: move.after, "count"),
            ),
            orders={"id": (StockMove.id,)},
            search=Search(
                "เหตุผล หรือเลขอ้างอิง",
                lambda words: lists.contains(words, StockMove.reason, StockMove.reference),
            ),
            filters=(Days(StockMove.moved_on),),
            read=_moves,
            label="ความเคลื่อนไหว ล่าสุดก่อน",
            endpoint="store.card",
        )
    )
    return render_template(
        "store/card.html",
        item=item,
        there=stock.on_hand([item.id])[item.id],
        list=found,
        form=form or OutForm(formdata=None),
        refused=refused,
        sent=form is not None,
        keeps=signed_in().has(*KEEPERS),
    )


@dataclass(frozen=True, slots=True)
class _Move:
    """A line of the stock card, with what was there after it."""

    words: str
    href: str
    on: date
    quantity: int
    after: int


def _moves(rows: Sequence[StockMove]) -> list[_Move]:
    """Moves in words; what was there after each is summed by the database, however the list is narrowed."""
    session = db.session()
    numbers = {move.in_kind_donation_id for move in rows} - {None}
    donations = {
        donation.id: donation
        for donation in session.scalars(select(InKindDonation).where(InKindDonation.id.in_(numbers)))
    }
    earlier = aliased(StockMove)
    there = (
        select(func.sum(earlier.quantity))
        .where(earlier.item_id == StockMove.item_id, earlier.id <= StockMove.id)
        .scalar_subquery()
    )
    after = {
        number: int(left)
        for number, left in session.execute(
            select(StockMove.id, there).where(StockMove.id.in_([move.id for move in rows]))
        )
    }
    found = []
    for move in rows:
        given = donations.get(move.in_kind_donation_id or 0)
        words = f"รับตาม {given.code}" if given else move.reason
        href = url_for("giving.in_kind_donation", number=given.id) if given else ""
        if move.reference:
            words = f"{words} ({move.reference})"
        found.append(_Move(words, href, move.moved_on, move.quantity, after[move.id]))
    return found
