"""The page of paper books: those that are registered, those that wait, and one more."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.fund.giving.blueprint import bp
from app.fund.giving.receipts import issuer, paper_books
from app.fund.giving.receipts.forms import PaperBookForm
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


@bp.get("/receipts/paper-books")
@opens_to(*issuer.EDITORS, Role.AUDITOR)
def paper_book_list() -> str:
    return _page(PaperBookForm(formdata=None))


def _page(form: PaperBookForm, refused: str = "") -> str:
    return render_template(
        "giving/paper_books.html",
        books=paper_books.every(),
        waiting=paper_books.waiting(),
        form=form,
        refused=refused,
        edits=signed_in().has(*issuer.EDITORS),
        may_read_receipts=signed_in().has(Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR),
    )


@bp.post("/receipts/paper-books")
@opens_to(*issuer.EDITORS)
def register_paper_book() -> ResponseReturnValue:
    form = PaperBookForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with transaction():
            paper_books.ask(
                fiscal_year_be=form.year.data or 0,
                volume=form.volume.data or "",
                first_number=form.first.data or 0,
                last_number=form.last.data or 0,
                ask_at=form.ask_at.data,
                reason=form.reason.data,
                by=signed_in(),
            )
    except Refused as refused:
        return _page(form, refused.words), 422 if isinstance(refused, BadInput) else 409
    flash("ส่งขออนุมัติแล้ว มีผลเมื่อผู้ถือบทบาทอื่นอนุมัติ", "success")
    return redirect(url_for("giving.paper_book_list"))
