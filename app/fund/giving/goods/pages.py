"""Pages of in-kind donations: what came, and its document."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select

from app.fund.giving.blueprint import bp, open_purposes
from app.fund.giving.forms import PressForm, VoidForm
from app.fund.giving.goods import documents, goods
from app.fund.giving.goods.forms import InKindDonationForm
from app.fund.giving.networks import networks
from app.fund.giving.pledges import pledges
from app.fund.giving.receipts import issuer
from app.fund.giving.records.goods import InKindDonation, InKindReceiptDocument, ValuedFrom
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.store.records import StockItem
from app.fund.store.stock import KEEPERS
from app.kit import clock, lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, in_english, marked
from app.kit.lists import Choice, Column, Days, List, Search
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

_READERS = networks.OVERSEERS


@bp.get("/goods", endpoint="goods")
@in_english
@opens_to(Role.TREASURER, *_READERS)
def goods_list() -> ResponseReturnValue:
    user = signed_in()
    owed = {donation.id for donation in documents.owed()}
    return lists.show(
        "giving/goods.html",
        List(
            goods.visible_to(user),
            columns=(
                Column(marked("ใบรับสิ่งของ"), lambda given: given.code, href=_page_of),
                Column(marked("รายการ"), lambda given: given.what),
                Column(marked("จำนวน"), lambda given: f"{given.quantity:,} {given.unit}"),
                Column(marked("ผู้ให้"), lambda given: given.giver or "–"),
                Column(marked("รับเมื่อ"), lambda given: given.received_on, "date"),
                Column(marked("มูลค่า (บาท)"), lambda given: given.satang, "baht"),
                Column(marked("ประเภท"), lambda given: PledgeKind(given.kind).words, on="desk"),
                Column(marked("สถานะ"), lambda given: _state(given, owed), "pill"),
            ),
            orders={"id": (InKindDonation.id,)},
            search=Search(marked("เลขที่ใบรับ รายการ หรือผู้ให้"), _matching),
            filters=(
                Choice(
                    "kind",
                    marked("ประเภท"),
                    [(kind.value, kind.words) for kind in (PledgeKind.GOODS, PledgeKind.LABOUR)],
                    lambda kind: InKindDonation.kind == kind,
                ),
                Days(InKindDonation.received_on),
            ),
            label=marked("สิ่งที่ได้รับ"),
            empty=marked("ยังไม่มีสิ่งของหรือแรงงานที่ได้รับ"),
            file="goods",
        ),
        keeps=user.has(*KEEPERS),
        oversees=user.has(*_READERS),
        owed=owed,
        missing=issuer.missing(),
    )


def _page_of(given: InKindDonation) -> str:
    return url_for("giving.in_kind_donation", number=given.id)


def _state(given: InKindDonation, owed: set[int]) -> tuple[str, str] | None:
    if given.voided_at:
        return marked("ยกเลิก"), "warning"
    return (marked("รอออกใบรับ"), "warning") if given.id in owed else None


def _matching(words: str) -> ColumnElement[bool]:
    """Of a number as it is printed, `2569/K-000123` or `123`, or with these words."""
    number = lists.number(words.rpartition("K-")[2])
    return or_(
        InKindDonation.number == number, lists.contains(words, InKindDonation.what, InKindDonation.giver)
    )


@bp.route("/goods/new", methods=["GET", "POST"])
@opens_to(*KEEPERS)
def new_goods() -> ResponseReturnValue:
    form = InKindDonationForm()
    waiting = {pledge.code: pledge for pledge in _awaited()}
    purposes = {purpose.code: purpose for purpose in open_purposes()}
    form.pledge.choices = [
        ("", "ไม่ได้แจ้งความประสงค์ไว้"),
        *(
            (code, f"{code} {pledge.network.name}: {pledge.what} {pledge.quantity:,} {pledge.unit}")
            for code, pledge in waiting.items()
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
                        by=signed_in(),
                    )
                    message = f"ใบรับสิ่งของเลขที่ {made.code}"
                    message += "" if issuer.is_complete() else " จะออกให้เองเมื่อข้อมูลผู้ออกใบเสร็จครบ"
                flash(f"บันทึกแล้ว {message}", "success")
                return redirect(url_for("giving.in_kind_donation", number=made.id), code=303)
            except Refused as error:
                refused, status = error.words, 422 if isinstance(error, BadInput) else 409
    return render_template("giving/goods_new.html", form=form, refused=refused, asked=asked), status


def _awaited() -> list[Pledge]:
    """Pledges in kind that goods or labour may still come for."""
    statement = pledges.visible_to(signed_in()).where(
        Pledge.kind != PledgeKind.MONEY, Pledge.state != PledgeState.WITHDRAWN
    )
    rows = list(db.session().scalars(statement))
    came = pledges.received([row.id for row in rows])
    return [row for row in rows if came[row.id] < row.satang]


def _network_id(code: str | None) -> int | None:
    code = (code or "").strip().upper()
    if not code:
        return None
    number = db.session().scalar(select(Network.id).where(Network.code == code))
    if number is None:
        raise BadInput(f"ไม่มีเครือข่ายรหัส {code} กรุณาตรวจรหัสเครือข่าย")
    return number


@bp.get("/goods/<int:number>")
@in_english
@opens_to(Role.TREASURER, *_READERS)
def in_kind_donation(number: int) -> str:
    return _page(_donation(number))


@bp.post("/goods/<int:number>/print")
@in_english
@opens_to(Role.TREASURER, *_READERS)
def print_goods(number: int) -> ResponseReturnValue:
    donation = _donation(number)
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        # Printed before the transaction: nobody waits for a page to be drawn.
        documents.original(donation)
        with transaction():
            _, content = documents.hand_out(donation, by=signed_in())
            name = donation.code.replace("/", "-")
    except Refused as error:
        return _page(_donation(number), refused=error.words), 409
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="goods-{name}.pdf"'
    return answer


@bp.post("/goods/<int:number>/void")
@in_english
@opens_to(*KEEPERS)
def void_goods(number: int) -> ResponseReturnValue:
    donation, form = _donation(number), VoidForm()
    if not form.validate_on_submit():
        return _page(donation, form=form), 422
    try:
        with transaction():
            goods.void(number, reason=form.reason.data, by=signed_in())
    except Refused as error:
        return _page(_donation(number), form=form, refused=error.words), 409
    flash(gettext("ยกเลิกใบรับแล้ว เลขที่เดิมยังอยู่ในเล่ม"), "success")
    return redirect(url_for("giving.in_kind_donation", number=number), code=303)


def _donation(number: int) -> InKindDonation:
    statement = goods.visible_to(signed_in()).where(InKindDonation.id == number)
    found = db.session().scalars(statement).one_or_none() if number < 2**63 else None
    return found or abort(404)


def _page(donation: InKindDonation, *, form: VoidForm | None = None, refused: str = "") -> str:
    same_item = select(StockItem.id).where(StockItem.name == donation.what, StockItem.unit == donation.unit)
    return render_template(
        "giving/in_kind_donation.html",
        donation=donation,
        kind_name=PledgeKind(donation.kind).words,
        valued_from=ValuedFrom(donation.valued_from).words,
        item=db.session().scalar(same_item) if donation.kind == PledgeKind.GOODS else None,
        form=form or VoidForm(formdata=None),
        refused=refused,
        issued=documents.issued(donation),
        document=db.session().get(InKindReceiptDocument, donation.id),
        prints=documents.prints(donation),
        missing=issuer.missing(),
        keeps=signed_in().has(*KEEPERS),
        oversees=signed_in().has(*_READERS),
    )
