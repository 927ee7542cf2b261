"""Pages of receipts: anyone opens one, officers read and print them, finance voids, auditors read what was voided."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from app.fund.giving import blueprint
from app.fund.giving.blueprint import bp
from app.fund.giving.forms import PressForm, VoidForm
from app.fund.giving.receipts import documents, issuer, receipts
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.receipts import BOOK_NAMES, Receipt, ReceiptBook, ReceiptDocument, ReceiptPrint
from app.fund.ledger.journal import Explained
from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.injected import Injected
from app.kit.language import gettext, in_english
from app.kit.lists import Choice, Column, Days, List, Search
from app.staff.doors import EVERYONE, opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: Who reads the payer's name on every receipt.
_OFFICERS = (Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR)

#: What a donation paid for: words, the page of the payment, and satang; for the person signed in.
PAID_WITH: Injected[Callable[[int], list[tuple[str, str, int]]]] = Injected(
    "payments that a donation is a part of"
)


@bp.get("/receipts/<token>")
@in_english
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
        "paid_with": PAID_WITH.get()(found.donation_id),
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
        abort(410, gettext("ใบเสร็จนี้ยกเลิกแล้ว กรุณาใช้ใบใหม่จากหน้าการให้ของท่าน"))
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
def receipt_list() -> ResponseReturnValue:
    owed, owed_satang = receipts.owed()
    return lists.show(
        "giving/receipts.html",
        List(
            select(Receipt),
            columns=(
                Column("เลขที่", lambda receipt: receipt.code, href=_page_of),
                Column("วันที่ออก", lambda receipt: receipt.issued_at, "date", sort="issued"),
                Column("ผู้ให้", lambda receipt: receipt.printed["payer"]),
                Column("เพื่อ", lambda receipt: receipt.printed["purpose"], on="desk"),
                Column("จำนวนเงิน (บาท)", lambda receipt: receipt.printed["satang"], "baht"),
                Column(
                    "สถานะ",
                    lambda receipt: ("ยกเลิก", "warning") if receipt.voided_at else ("ใช้ได้", "success"),
                    "pill",
                ),
            ),
            # Receipts are numbered as they are issued.
            orders={"issued": (Receipt.id,)},
            search=_SEARCH,
            filters=(
                Choice("book", "เล่ม", _BOOKS, lambda book: Receipt.book == book.removeprefix("main")),
                Choice(
                    "state",
                    "สถานะ",
                    (("live", "ใช้ได้"), ("voided", "ยกเลิก")),
                    lambda state: (
                        Receipt.voided_at.is_(None) if state == "live" else Receipt.voided_at.is_not(None)
                    ),
                ),
                Days(Receipt.issued_at),
            ),
            label="ใบเสร็จรับเงิน",
            empty="ยังไม่มีใบเสร็จ ใบแรกจะออกเมื่อเงินสมทบก้อนแรกเข้าบัญชี",
            drawing="money",
            file="receipts",
        ),
        owed=owed,
        owed_satang=owed_satang,
        missing=issuer.missing(),
    )


def _matching(words: str) -> ColumnElement[bool]:
    """Receipts by what a person typed: `2569/000123`, `2569/C-000123`, `000123` or `123`, or the payer's name."""
    known = receipts.read_code(words)
    if known is None:
        # Asked for first: few or none of them are meant, and a database that knows which finds their donations by index.
        networks = db.session().scalars(select(Network.id).where(lists.contains(words, Network.name))).all()
        named = [lists.contains(words, Donation.donor_name)]
        named += [Donation.network_id.in_(networks)] if networks else []
        return Receipt.donation_id.in_(select(Donation.id).where(or_(*named)))
    year, book, number = known
    numbered = Receipt.number == number
    if year is None:
        books = select(ReceiptBook.fiscal_year_be, ReceiptBook.book)
        return and_(numbered, tuple_(Receipt.fiscal_year_be, Receipt.book).in_(books))
    return and_(numbered, Receipt.fiscal_year_be == year, Receipt.book == book)


_SEARCH = Search("เลขที่ใบเสร็จ หรือชื่อผู้ให้", _matching, name="number")
#: The main book has no letter of its own, and an address needs one.
_BOOKS = [(book or "main", words) for book, words in BOOK_NAMES.items()]


@bp.get("/receipts/voided")
@opens_to(*_OFFICERS)
def voided_receipts() -> ResponseReturnValue:
    return lists.show(
        "giving/voided.html",
        List(
            select(Receipt, User.name)
            .join(User, User.id == Receipt.voided_by_id)
            .where(Receipt.voided_at.is_not(None)),
            columns=(
                Column("เลขที่", lambda row: row[0].code, href=lambda row: _page_of(row[0])),
                Column("จำนวนเงิน (บาท)", lambda row: row[0].printed["satang"], "baht"),
                Column("ยกเลิกเมื่อ", lambda row: row[0].voided_at, "moment", sort="voided"),
                Column("โดย", lambda row: row[1]),
                Column(
                    "ออกใหม่เป็น",
                    lambda row: row[2] and row[2].code,
                    href=lambda row: _page_of(row[2]) if row[2] else "",
                ),
                Column("เหตุผล", lambda row: row[0].void_reason, "full"),
            ),
            orders={"voided": (Receipt.voided_at, Receipt.id)},
            search=_SEARCH,
            filters=(Days(Receipt.voided_at),),
            read=_with_what_followed,
            label="ใบเสร็จที่ยกเลิก",
            empty="ยังไม่เคยยกเลิกใบเสร็จ",
            file="receipts-voided",
        ),
    )


def _page_of(receipt: Receipt) -> str:
    return url_for("giving.receipt", token=receipt.token)


def _with_what_followed(rows: Sequence[Any]) -> list[Any]:
    """Voided receipts with who voided them and the receipt that was issued in their place, if one was."""
    of_donation: dict[int, list[Receipt]] = {}
    donations = {receipt.donation_id for receipt, _ in rows}
    for receipt in db.session().scalars(
        select(Receipt).where(Receipt.donation_id.in_(donations)).order_by(Receipt.id)
    ):
        of_donation.setdefault(receipt.donation_id, []).append(receipt)
    return [
        (receipt, by, next((new for new in of_donation[receipt.donation_id] if new.id > receipt.id), None))
        for receipt, by in rows
    ]


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
