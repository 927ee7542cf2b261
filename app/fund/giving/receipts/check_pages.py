"""Pages on which anyone checks a document: a receipt or a document of goods, by its number and sum or by its address."""

from flask import abort, render_template, request

from app.fund.giving import blueprint
from app.fund.giving.blueprint import bp
from app.fund.giving.goods import documents, goods
from app.fund.giving.goods.documents import Issued
from app.fund.giving.receipts import paper_books, receipts, retired
from app.fund.giving.receipts.forms import CheckForm
from app.fund.giving.records.receipts import GOODS, Receipt
from app.kit.errors import TooManyTries
from app.kit.language import in_english, marked
from app.staff.doors import EVERYONE, opens_to

#: The same words whether the number is unknown, its document not issued yet, or the amount not its own.
_NOT_FOUND = marked(
    "ไม่พบใบเสร็จหรือใบรับสิ่งของที่มีเลขที่และจำนวนเงินตรงกันนี้ กรุณาตรวจเลขที่และจำนวนเงินบนกระดาษอีกครั้ง หรือสอบถามกองทุน"
)


@bp.route("/receipts/check", methods=["GET", "POST"])
@in_english
@opens_to(EVERYONE)
def check_receipt() -> str | tuple[str, int]:
    form, found, refused, status = CheckForm(), None, "", 200
    paper = gone = None
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                blueprint.count_try()
                found = _document(form.number.data)
                paper = paper_books.of_number(form.number.data) if found is None else None
                gone = retired.of_number(form.number.data) if found is None else None
                if paper is not None or gone is not None:
                    status = 200
                elif found is None or found.printed["satang"] != form.amount.data:
                    found, refused, status = None, _NOT_FOUND, 404
                else:
                    status = 200
            except TooManyTries as error:
                refused, status = error.words, 429
    receipt = found if isinstance(found, Receipt) else None
    page = render_template(
        "giving/receipt_check.html",
        form=form,
        receipt=receipt,
        newer=receipts.after(receipt) if receipt is not None and receipt.voided_at else None,
        in_doubt=receipt is not None and receipts.in_doubt(receipt),
        goods=found if isinstance(found, Issued) else None,
        paper=paper,
        retired=gone,
        refused=refused,
    )
    return page, status


def _document(typed: str) -> Receipt | Issued | None:
    """The receipt, or the document of goods, with the number that somebody typed; its fiscal year must be said."""
    known = receipts.read_code(typed)
    if known is None or known[0] is None or known[1] != GOODS:
        return receipts.by_code(typed)
    donation = goods.by_number(known[0], known[2])
    return documents.issued(donation) if donation is not None else None


@bp.get("/goods/check/<token>")
@in_english
@opens_to(EVERYONE)
def check_goods(token: str) -> str:
    """What anyone who holds the document may compare it with: number, day, estimated value and state, and no more."""
    donation = goods.by_token(token)
    found = documents.issued(donation) if donation is not None else None
    if found is None:
        # Whoever tries addresses is slowed down like whoever tries amounts.
        blueprint.count_try()
        abort(404)
    return render_template("giving/goods_check.html", goods=found)
