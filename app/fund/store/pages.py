"""Pages of the store: what is there, and the stock card of each sort of goods."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.fund.giving.records.goods import InKindDonation
from app.fund.store import stock
from app.fund.store.forms import OutForm
from app.fund.store.records import StockItem, StockMove
from app.fund.store.stock import KEEPERS
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.paging import leaf
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

bp = Blueprint("store", __name__)

_READERS = (Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)


@bp.get("/stock", endpoint="stock")
@opens_to(*_READERS)
def stock_list() -> str:
    listed = leaf(select(StockItem).order_by(StockItem.name, StockItem.id), scalars=True)
    return render_template(
        "store/stock.html", leaf=listed, there=stock.on_hand([item.id for item in listed.rows])
    )


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
    after = func.sum(StockMove.quantity).over(order_by=StockMove.id)
    moves = leaf(
        select(StockMove, after.label("after"))
        .where(StockMove.item_id == item.id)
        .order_by(StockMove.id.desc())
    )
    numbers = {move.in_kind_donation_id for move, _ in moves.rows} - {None}
    donations = db.session().scalars(select(InKindDonation).where(InKindDonation.id.in_(numbers)))
    return render_template(
        "store/card.html",
        item=item,
        there=stock.on_hand([item.id])[item.id],
        leaf=moves,
        documents={donation.id: donation for donation in donations},
        form=form or OutForm(formdata=None),
        refused=refused,
        sent=form is not None,
        keeps=signed_in().has(*KEEPERS),
    )
