"""Pages of the books: balances, entries and the check."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice

from app.fund.ledger import books as ledger
from app.fund.ledger import journal
from app.fund.ledger.accounts import ACCOUNT_KIND_NAMES, AccountKind, Purpose
from app.fund.ledger.entries import MOVEMENT_NAMES
from app.fund.ledger.forms import EntriesForm
from app.kit import charts, clock, money, thai
from app.kit.db import db, transaction
from app.kit.paging import leaf
from app.kit.sheets import to_csv
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

bp = Blueprint("books", __name__)

_READERS = (Role.FINANCE, Role.AUDITOR, Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER)


@bp.get("/books")
@opens_to(*_READERS)
def balances() -> str:
    """What was received, and how much of it is available, committed and paid, whole and by purpose."""
    rows = ledger.balances()
    total = {kind: sum(getattr(row, kind) for row in rows) for kind in AccountKind}
    parts = [
        charts.Bar(ACCOUNT_KIND_NAMES[kind], total[kind], f"{money.format_baht(total[kind])} บาท", kind=kind)
        for kind in (AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.PAID)
    ]
    return render_template(
        "books/balances.html",
        rows=rows,
        total=total,
        drawing=charts.stacked(parts, label="เงินที่รับแล้ว อยู่ที่ใดบ้าง"),
        last=ledger.last_check(),
        made=_made(),
        checks=signed_in().has(Role.FINANCE, Role.AUDITOR),
    )


@bp.post("/books/check")
@opens_to(Role.FINANCE, Role.AUDITOR)
def check() -> AnyResponse:
    """Prove the books now and keep the outcome."""
    found = ledger.findings()
    with transaction():
        ledger.note_check(found, by="page")
        audit.record(Deed.BOOKS_CHECK, "books:all", by=signed_in(), held=not found, findings=len(found))
    if found:
        flash(f"บัญชีไม่ตรง {len(found)} จุด กรุณาแจ้งผู้ตรวจสอบและผู้ดูแลระบบทันที", "danger")
    else:
        flash(f"ตรวจแล้ว {_made()} บัญชีตรงทุกข้อ", "success")
    return redirect(url_for("books.balances"))


def _made() -> str:
    made, expected = ledger.made_of_expected()
    return f"{made} จาก {expected} ข้อ"


def _asked() -> tuple[EntriesForm, bool]:
    form = EntriesForm(request.args)
    purposes = db.session().execute(select(Purpose.code, Purpose.name_th).order_by(Purpose.id)).all()
    form.purpose.choices = [SelectChoice("", "ทุกวัตถุประสงค์"), *(SelectChoice(c, n) for c, n in purposes)]
    form.movement.choices = [
        SelectChoice("", "ทุกประเภท"),
        *(SelectChoice(code, name) for code, name in MOVEMENT_NAMES.items()),
    ]
    return form, form.validate()


@bp.get("/books/entries")
@opens_to(*_READERS)
def entries() -> str | tuple[str, int]:
    form, good = _asked()
    statement = journal.search(
        purpose_code=form.purpose.data or "",
        movement=form.movement.data or "",
        since=form.since.data if good else None,
        until=form.until.data if good else None,
    )
    found = leaf(statement)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page" and value}
    page = render_template(
        "books/entries.html",
        form=form,
        leaf=found,
        lines=journal.lines(found.rows),
        download=url_for("books.entries_csv", **kept) if good else "",
    )
    return page if good else (page, 422)


_COLUMNS = ("เลขที่", "วันที่", "ประเภท", "อ้างอิง", "วัตถุประสงค์", "จากบัญชี", "เข้าบัญชี", "จำนวนเงิน (บาท)", "โดย")


@bp.get("/books/entries.csv")
@opens_to(*_READERS)
def entries_csv() -> Response | tuple[Response, int]:
    """The entries asked for, as a file for a spreadsheet: oldest last, like the page."""
    form, good = _asked()
    if not good:
        return Response("อ่านวันที่ไม่ได้", mimetype="text/plain"), 422
    statement = journal.search(
        purpose_code=form.purpose.data or "",
        movement=form.movement.data or "",
        since=form.since.data,
        until=form.until.data,
    )
    lines = journal.lines(db.session().execute(statement).all())
    content = to_csv(
        _COLUMNS,
        (
            (
                line.id,
                line.on,
                line.movement,
                line.code,
                line.purpose,
                ACCOUNT_KIND_NAMES[AccountKind(line.from_kind)],
                ACCOUNT_KIND_NAMES[AccountKind(line.to_kind)],
                Decimal(line.satang).scaleb(-2),
                line.by,
            )
            for line in lines
        ),
    )
    today = clock.today()
    name = f"entries-{thai.year_be(today)}{today:%m%d}.csv"
    return Response(
        content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
