"""Pages of gifts in kind: what came, its paper, and the stock cards."""

import io

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.fund.giving import goods, networks, pledges, stock
from app.fund.giving.blueprint import ON_A_PAGE, bp, open_purposes, page_number, pager
from app.fund.giving.forms import VoidForm
from app.fund.giving.goods import VALUED_FROM_NAMES, GoodsGift, ValuedFrom
from app.fund.giving.networks import Network
from app.fund.giving.pledge_forms import GoodsForm, OutForm
from app.fund.giving.pledges import KIND_NAMES, Kind, Pledge, PledgeState
from app.fund.giving.stock import KEEPERS, StockItem, StockMove
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.roles import Role

Answer = str | Response | tuple[str, int]
_READERS = networks.OVERSEERS


@bp.get("/goods", endpoint="goods")
@opens_to(Role.TREASURER, *_READERS)
def goods_list() -> str:
    user, page, session = signed_in(), page_number(), db.session()
    visible = goods.visible_to(user)
    total = session.scalar(select(func.count()).select_from(visible.order_by(None).subquery())) or 0
    return render_template(
        "giving/goods.html",
        rows=session.scalars(visible.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)).all(),
        kinds=KIND_NAMES,
        keeps=user.has(*KEEPERS),
        oversees=user.has(*_READERS),
        pager=pager("giving.goods", page=page, total=total),
    )


@bp.route("/goods/new", methods=["GET", "POST"])
@opens_to(*KEEPERS)
def new_goods() -> Answer:
    form = GoodsForm()
    waiting = {one.code: one for one in _awaited()}
    purposes = {purpose.code: purpose for purpose in open_purposes()}
    form.pledge.choices = [
        ("", "ไม่ได้แจ้งความประสงค์ไว้"),
        *(
            (code, f"{code} {one.network.name}: {one.what} {one.quantity:,} {one.unit}")
            for code, one in waiting.items()
        ),
    ]
    form.purpose.choices = [(code, purpose.name_th) for code, purpose in purposes.items()]
    asked = waiting.get(request.args.get("pledge", ""))
    if request.method == "GET":
        form.received_on.data = clock.today()
        if asked:
            form.pledge.data, form.kind.data, form.what.data, form.unit.data = (
                asked.code,
                asked.kind,
                asked.what,
                asked.unit,
            )
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit() and form.received_on.data:
            pledge = waiting.get(form.pledge.data)
            try:
                with transaction():
                    made = goods.record(
                        kind=form.kind.data,
                        what=form.what.data or "",
                        quantity=form.quantity.data or 0,
                        unit=form.unit.data or "",
                        satang=form.amount.data or 0,
                        valued_from=form.valued_from.data,
                        valuation=form.valuation.data or "",
                        received_on=form.received_on.data,
                        purpose_id=purposes[form.purpose.data].id,
                        network_id=_network_id(form.network_code.data),
                        pledge_id=pledge.id if pledge else None,
                        giver=form.giver.data or "",
                        anonymous=bool(form.anonymous.data),
                        by=signed_in(),
                    )
                flash(f"บันทึกแล้ว ใบรับสิ่งของเลขที่ {made.code}", "success")
                return redirect(url_for("giving.goods_gift", number=made.id), code=303)
            except Refused as error:
                refused, status = error.words, 422 if isinstance(error, BadInput) else 409
    return render_template("giving/goods_new.html", form=form, refused=refused, asked=asked), status


def _awaited() -> list[Pledge]:
    """Pledges in kind that goods or labour may still come for."""
    statement = pledges.visible_to(signed_in()).where(
        Pledge.kind != Kind.MONEY, Pledge.state != PledgeState.WITHDRAWN
    )
    rows = list(db.session().scalars(statement))
    came = pledges.received([one.id for one in rows])
    return [one for one in rows if came[one.id] < one.satang]


def _network_id(code: str | None) -> int | None:
    code = (code or "").strip().upper()
    if not code:
        return None
    number = db.session().scalar(select(Network.id).where(Network.code == code))
    if number is None:
        raise BadInput(f"ไม่มีเครือข่ายรหัส {code} กรุณาตรวจรหัสเครือข่าย")
    return number


@bp.get("/goods/<int:number>")
@opens_to(Role.TREASURER, *_READERS)
def goods_gift(number: int) -> str:
    return _page(_gift(number))


@bp.get("/goods/<int:number>/pdf")
@opens_to(Role.TREASURER, *_READERS)
def goods_pdf(number: int) -> Response:
    gift = _gift(number)
    answer = send_file(
        io.BytesIO(goods.pdf(gift, named=True)),
        mimetype="application/pdf",
        download_name=f"{gift.code.replace('/', '-')}.pdf",
    )
    # Files are sent as everybody's to keep; the giver's name is in this one.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/goods/check/<token>")
@opens_to(EVERYONE)
def check_goods(token: str) -> str:
    """What anyone who holds the paper may compare it with: number, day, goods, value and state, and no name."""
    return render_template("giving/goods_check.html", gift=goods.by_token(token) or abort(404))


@bp.post("/goods/<int:number>/void")
@opens_to(*KEEPERS)
def void_goods(number: int) -> Answer:
    gift, form = _gift(number), VoidForm()
    if not form.validate_on_submit():
        return _page(gift, form=form), 422
    try:
        with transaction():
            goods.void(number, reason=form.reason.data, by=signed_in())
    except Refused as error:
        return _page(_gift(number), form=form, refused=error.words), 409
    flash("ยกเลิกใบรับแล้ว เลขที่เดิมยังอยู่ในเล่ม", "success")
    return redirect(url_for("giving.goods_gift", number=number), code=303)


def _gift(number: int) -> GoodsGift:
    statement = goods.visible_to(signed_in()).where(GoodsGift.id == number)
    found = db.session().scalars(statement).one_or_none() if number < 2**63 else None
    return found or abort(404)


def _page(gift: GoodsGift, *, form: VoidForm | None = None, refused: str = "") -> str:
    held = select(StockItem.id).where(StockItem.name == gift.what, StockItem.unit == gift.unit)
    return render_template(
        "giving/goods_gift.html",
        gift=gift,
        kind_name=KIND_NAMES[Kind(gift.kind)],
        valued_from=VALUED_FROM_NAMES[ValuedFrom(gift.valued_from)],
        item=db.session().scalar(held) if gift.kind == Kind.GOODS else None,
        form=form or VoidForm(formdata=None),
        refused=refused,
        keeps=signed_in().has(*KEEPERS),
        oversees=signed_in().has(*_READERS),
    )


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
        there=stock.on_hand([one.id for one in rows]),
        pager=pager("giving.stock", page=page, total=total),
    )


@bp.get("/stock/<int:number>")
@opens_to(*_READERS)
def stock_card(number: int) -> str:
    return _card(_item(number))


@bp.post("/stock/<int:number>/out")
@opens_to(*KEEPERS)
def take_out(number: int) -> Answer:
    held, form = _item(number), OutForm()
    if not form.validate_on_submit():
        return _card(held, form=form), 422
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


def _card(held: StockItem, *, form: OutForm | None = None, refused: str = "") -> str:
    """The stock card: every move with what was there after it, the newest first."""
    after = func.sum(StockMove.quantity).over(order_by=StockMove.id)
    page = page_number()
    moves = (
        select(StockMove, after.label("after"))
        .where(StockMove.item_id == held.id)
        .order_by(StockMove.id.desc())
    )
    count = select(func.count(StockMove.id)).where(StockMove.item_id == held.id)
    session = db.session()
    rows = session.execute(moves.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)).all()
    numbers = {move.goods_gift_id for move, _ in rows}
    return render_template(
        "giving/stock_card.html",
        item=held,
        there=stock.on_hand([held.id])[held.id],
        moves=rows,
        papers={
            one.id: one
            for one in session.scalars(select(GoodsGift).where(GoodsGift.id.in_(numbers - {None})))
        },
        form=form or OutForm(formdata=None),
        refused=refused,
        sent=form is not None,
        keeps=signed_in().has(*KEEPERS),
        pager=pager("giving.stock_card", page=page, total=session.scalar(count) or 0, number=held.id),
    )
