"""Pages of the store: what is there, and the stock card of each sort of goods."""

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.fund.giving.goods import stock
from app.fund.giving.goods.goods import InKindDonation
from app.fund.giving.goods.stock import KEEPERS, StockItem, StockMove
from app.fund.giving.networks import networks
from app.fund.giving.pages.blueprint import ON_A_PAGE, bp, page_number, pager
from app.fund.giving.pages.pledge_forms import OutForm
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.doors import opens_to, signed_in

Answer = str | Response | tuple[str, int]
_READERS = networks.OVERSEERS


@bp.get("/stock", endpoint="stock")
@opens_to(*_READERS)
def stock_list() -> str:
    page, session = page_number(), db.session()
    total = session.scalar(select(func.count(StockItem.id))) or 0
    listed = select(StockItem).order_by(StockItem.name, StockItem.id)
    rows = session.scalars(listed.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)).all()
    return render_template(
        "giving/stock.html",
        rows=rows,
        there=stock.on_hand([item.id for item in rows]),
        pager=pager("giving.stock", page=page, total=total),
    )


@bp.get("/stock/<int:number>")
@opens_to(*_READERS)
def stock_card(number: int) -> str:
    return _card(_item(number))


@bp.post("/stock/<int:number>/out")
@opens_to(*KEEPERS)
def take_out(number: int) -> Answer:
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
        return _card(_item(number), form=form, refused=error.words), 422 if isinstance(
            error, BadInput
        ) else 409
    flash("บันทึกการเบิกแล้ว", "success")
    return redirect(url_for("giving.stock_card", number=number), code=303)


def _item(number: int) -> StockItem:
    return (db.session().get(StockItem, number) if number < 2**63 else None) or abort(404)


def _card(item: StockItem, *, form: OutForm | None = None, refused: str = "") -> str:
    """The stock card: every move with what was there after it, the newest first."""
    after = func.sum(StockMove.quantity).over(order_by=StockMove.id)
    page = page_number()
    moves = (
        select(StockMove, after.label("after"))
        .where(StockMove.item_id == item.id)
        .order_by(StockMove.id.desc())
    )
    count = select(func.count(StockMove.id)).where(StockMove.item_id == item.id)
    session = db.session()
    rows = session.execute(moves.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)).all()
    numbers = {move.in_kind_donation_id for move, _ in rows}
    return render_template(
        "giving/stock_card.html",
        item=item,
        there=stock.on_hand([item.id])[item.id],
        moves=rows,
        documents={
            donation.id: donation
            for donation in session.scalars(
                select(InKindDonation).where(InKindDonation.id.in_(numbers - {None}))
            )
        },
        form=form or OutForm(formdata=None),
        refused=refused,
        sent=form is not None,
        keeps=signed_in().has(*KEEPERS),
        pager=pager("giving.stock_card", page=page, total=session.scalar(count) or 0, number=item.id),
    )
