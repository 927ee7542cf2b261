"""Pages of receipts: anyone opens one, officers read and print them, finance voids, auditors read what was voided."""

from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import func, select

from app.fund.giving import blueprint
from app.fund.giving.blueprint import bp
from app.fund.giving.forms import PressForm, VoidForm
from app.fund.giving.receipts import documents, issuer, receipts
from app.fund.giving.records.receipts import Receipt, ReceiptDocument, ReceiptPrint
from app.fund.ledger.journal import Explained
from app.kit import paging
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.paging import PER_PAGE, links, page_number
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: Who reads the payer's name on every receipt.
_OFFICERS = (Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR)


@bp.get("/receipts/<token>")
@opens_to(EVERYONE)
def receipt(token: str) -> str:
    found = _receipt(token)
    return render_template(
        "giving/receipt.html",
        receipt=found,
        newer=_newer(found),
        in_doubt=receipts.in_doubt(found),
        **_for_officers(found),
    )


def _newer(found: Receipt) -> Receipt | None:
    return receipts.after(found) if found.voided_at else None


def _for_officers(found: Receipt) -> dict[str, Any]:
    """What the page tells those who read every receipt: its document, who printed it, who voided it."""
    if not (current_user.is_authenticated and current_user.has(*_OFFICERS)):
        return {"officer": False}
    session = db.session()
    prints = select(ReceiptPrint, User.name).outerjoin(User, User.id == ReceiptPrint.by_id)
    return {
        "officer": True,
        "printed": found.printed,
        "document": session.get(ReceiptDocument, found.id),
        "prints": session.execute(
            prints.where(ReceiptPrint.receipt_id == found.id).order_by(ReceiptPrint.id.desc()).limit(10)
        ).all(),
        "has_own_page": documents.has_own_page(found),
        "voided_by": session.get(User, found.voided_by_id) if found.voided_by_id else None,
    }


def _receipt(token: str) -> Receipt:
    found = receipts.by_token(token)
    if found is None:
        # Whoever tries addresses is slowed down like whoever tries amounts.
        blueprint.count_try()
        abort(404)
    return found


def payers_document(receipt: Receipt) -> Response:
    """The original, for the payer's own page. A receipt that was voided since is not handed out any more."""
    if receipt.voided_at is not None:
        abort(410, "ใบเสร็จนี้ยกเลิกแล้ว กรุณาใช้ใบใหม่จากหน้าการให้ของท่าน")
    return _as_pdf(receipts.pdf(receipt), receipt)


def _as_pdf(content: bytes, receipt: Receipt) -> Response:
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    name = receipt.code.replace("/", "-")
    answer.headers["Content-Disposition"] = f'inline; filename="receipt-{name}.pdf"'
    return answer


@bp.post("/receipts/<token>/print")
@opens_to(*_OFFICERS)
def print_receipt(token: str) -> Response:
    found = _receipt(token)
    if not PressForm().validate_on_submit():
        abort(400)
    # Printed before the transaction: nobody waits for a page to be drawn.
    documents.original(found)
    with transaction():
        _, content = documents.hand_out(found, by=signed_in())
    return _as_pdf(content, found)


@bp.get("/receipts", endpoint="receipts")
@opens_to(*_OFFICERS)
def receipt_list() -> str:
    page, wanted = page_number(), request.args.get("number", "").strip()
    statement = select(Receipt).order_by(Receipt.id.desc())
    if wanted:
        statement = statement.where(*_numbered(wanted))
    total = db.session().scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = db.session().scalars(statement.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    query = {"number": wanted} if wanted else {}
    owed, owed_satang = receipts.owed()
    return render_template(
        "giving/receipts.html",
        rows=rows,
        wanted=wanted,
        owed=owed,
        owed_satang=owed_satang,
        missing=issuer.missing(),
        pager=links("giving.receipts", page, total, **query),
    )


def _numbered(wanted: str) -> list[Any]:
    """Conditions for what a person typed: `2569/000123`, `2569/C-000123`, `000123` or `123`."""
    known = receipts.read_code(wanted)
    if known is None:
        return [Receipt.id < 0]
    year, book, number = known
    conditions: list[Any] = [Receipt.number == number]
    if year is not None:
        conditions += [Receipt.fiscal_year_be == year, Receipt.book == book]
    return conditions


@bp.get("/receipts/voided")
@opens_to(*_OFFICERS)
def voided_receipts() -> str:
    statement = (
        select(Receipt, User.name)
        .join(User, User.id == Receipt.voided_by_id)
        .order_by(Receipt.voided_at.desc(), Receipt.id.desc())
    )
    leaf = paging.leaf(statement)
    rows = [(receipt, by, receipts.after(receipt)) for receipt, by in leaf.rows]
    return render_template("giving/voided.html", rows=rows, leaf=leaf)


@bp.route("/receipts/<token>/void", methods=["GET", "POST"])
@opens_to(Role.FINANCE)
def void_receipt(token: str) -> ResponseReturnValue:
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
def reissue_receipt(token: str) -> ResponseReturnValue:
    found = _receipt(token)
    if not PressForm().validate_on_submit():
        abort(400)
    with transaction():
        new = receipts.reissue(found.id, by=signed_in())
    flash(f"ออกใบเสร็จรับเงิน {new.code} แทน {found.code} แล้ว", "success")
    return redirect(url_for("giving.receipt", token=new.token), code=303)


def donations_in_the_journal(donation_ids: list[int]) -> Explained:
    """What an entry for a donation is for: its receipt that stands."""
    live = select(Receipt).where(Receipt.donation_id.in_(donation_ids), Receipt.voided_at.is_(None))
    return {
        receipt.donation_id: (f"ใบเสร็จ {receipt.code}", url_for("giving.receipt", token=receipt.token))
        for receipt in db.session().scalars(live)
    }
