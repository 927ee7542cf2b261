"""Pages of receipts: the check page that everyone may open, and the list from which finance voids."""

from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Answer

from app.fund.giving import receipts
from app.fund.giving.blueprint import ON_A_PAGE, bp, page_number, pager
from app.fund.giving.forms import PressForm, VoidForm
from app.fund.giving.receipts import Receipt
from app.fund.ledger import journal
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.roles import Role

#: Who reads the payer's name on every receipt.
_OFFICERS = (Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR)


@bp.get("/receipts/<token>")
@opens_to(EVERYONE)
def receipt(token: str) -> str:
    found = _receipt(token)
    newer = None
    if found.voided_at:
        newer = db.session().scalars(select(Receipt).filter_by(gift_id=found.gift_id, voided_at=None)).first()
    return render_template("giving/receipt.html", receipt=found, printed=found.printed, newer=newer)


@bp.get("/receipts/<token>/pdf")
@bp.get("/receipts/<token>.pdf")
@opens_to(EVERYONE)
def receipt_pdf(token: str) -> Response:
    return as_pdf(_receipt(token), named=_sees_names(current_user))


def _sees_names(user: Any) -> bool:
    return bool(user.is_authenticated) and user.has(*_OFFICERS)


def _receipt(token: str) -> Receipt:
    return receipts.by_token(token) or abort(404)


def as_pdf(receipt: Receipt, *, named: bool) -> Response:
    """The receipt as a PDF to open or to keep."""
    answer = make_response(receipts.pdf(receipt, named=named))
    answer.mimetype = "application/pdf"
    name = receipt.code.replace("/", "-")
    answer.headers["Content-Disposition"] = f'inline; filename="receipt-{name}.pdf"'
    return answer


@bp.get("/receipts", endpoint="receipts")
@opens_to(*_OFFICERS)
def receipt_list() -> str:
    page, wanted = page_number(), request.args.get("number", "").strip()
    statement = select(Receipt).order_by(Receipt.id.desc())
    if wanted:
        statement = statement.where(*_numbered(wanted))
    total = db.session().scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = db.session().scalars(statement.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)).all()
    query = {"number": wanted} if wanted else {}
    return render_template(
        "giving/receipts.html",
        rows=rows,
        wanted=wanted,
        pager=pager("giving.receipts", page=page, total=total, **query),
    )


def _numbered(wanted: str) -> list[Any]:
    """Conditions for what a person typed: `2569/000123`, `000123` or `123`."""
    year, _, number = wanted.rpartition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return [Receipt.id < 0]
    conditions: list[Any] = [Receipt.number == int(number)]
    if year:
        is_year = year.isascii() and year.isdigit() and len(year) == 4
        conditions.append(Receipt.fiscal_year_be == (int(year) if is_year else -1))
    return conditions


@bp.route("/receipts/<token>/void", methods=["GET", "POST"])
@opens_to(Role.FINANCE)
def void_receipt(token: str) -> Answer | str | tuple[str, int]:
    found, form = _receipt(token), VoidForm()
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with transaction():
                    receipts.void(found.id, reason=form.reason.data, by=signed_in())
                flash(f"ยกเลิกใบเสร็จรับเงิน {found.code} แล้ว เลขที่นี้จะไม่ใช้ซ้ำ", "success")
                return redirect(url_for("giving.receipt", token=token), code=303)
            except Refused as error:
                refused, status = error.words, 409
    return render_template("giving/void.html", receipt=found, form=form, refused=refused), status


@bp.post("/receipts/<token>/reissue")
@opens_to(Role.FINANCE)
def reissue_receipt(token: str) -> Answer:
    found = _receipt(token)
    if not PressForm().validate_on_submit():
        abort(400)
    with transaction():
        new = receipts.reissue(found.id, by=signed_in())
    flash(f"ออกใบเสร็จรับเงิน {new.code} แทน {found.code} แล้ว", "success")
    return redirect(url_for("giving.receipt", token=new.token), code=303)


@journal.explains("gift")
def _gifts_in_the_books(gift_ids: list[int]) -> journal.Explained:
    live = select(Receipt).where(Receipt.gift_id.in_(gift_ids), Receipt.voided_at.is_(None))
    return {
        one.gift_id: (f"ใบเสร็จ {one.code}", url_for("giving.receipt", token=one.token))
        for one in db.session().scalars(live)
    }
