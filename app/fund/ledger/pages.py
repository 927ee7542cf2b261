"""Pages of the books: balances, entries and the check."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_, select
from werkzeug.wrappers import Response as AnyResponse

from app.fund.ledger import books as ledger
from app.fund.ledger import journal, opening
from app.fund.ledger.accounts import AccountKind, Purpose
from app.fund.ledger.entries import Entry, Movement
from app.kit import graphics, lists
from app.kit.db import db, transaction
from app.kit.lists import Choice, Column, Days, List, Search
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

bp = Blueprint("books", __name__)

#: Who may read the books.
READERS = (Role.FINANCE, Role.AUDITOR, Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER)


@bp.get("/books")
@opens_to(*READERS)
def balances() -> str:
    """What was received, and how much of it is available, committed and paid, whole and by purpose."""
    rows = ledger.balances()
    total = {kind: sum(getattr(row, kind) for row in rows) for kind in AccountKind}
    parts = [
        (kind.value, total[kind]) for kind in (AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.PAID)
    ]
    return render_template(
        "books/balances.html",
        rows=rows,
        total=total,
        shares=graphics.shares(parts, total[AccountKind.RECEIVED]),
        brought=opening.total(),
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


def _listing() -> List:
    purposes = db.session().execute(select(Purpose.code, Purpose.name_th).order_by(Purpose.id)).all()
    return List(
        journal.statement(),
        columns=(
            Column("เลขที่", lambda line: line.id, "count", on="sheet"),
            Column("วันที่", lambda line: line.on, "date", on="sheet"),
            Column("อ้างอิง", lambda line: line.code, href=lambda line: line.href, on="page"),
            Column("ประเภท", lambda line: line.movement),
            Column("วันที่", lambda line: line.on, "date", sort="on", on="page"),
            Column("อ้างอิง", lambda line: line.code, on="sheet"),
            Column("วัตถุประสงค์", lambda line: line.purpose, on="desk"),
            Column("จากบัญชี", lambda line: AccountKind(line.from_kind).words, on="sheet"),
            Column("เข้าบัญชี", lambda line: AccountKind(line.to_kind).words, on="sheet"),
            Column("จำนวนเงิน (บาท)", lambda line: line.satang, "baht"),
            Column("โดย", lambda line: line.by, on="desk"),
            Column("รายการ", lambda line: line.words, on="desk"),
            Column("เลขที่", lambda line: line.id, "count", sort="id", on="page"),
        ),
        orders={"id": (Entry.id,), "on": (Entry.on, Entry.id)},
        search=Search("เลขที่รายการ หรือจำนวนเงิน", _matching),
        filters=(
            Choice(
                "purpose",
                "วัตถุประสงค์",
                [(code, name) for code, name in purposes],
                lambda code: Purpose.code == code,
            ),
            Choice(
                "movement",
                "ประเภท",
                [(movement.value, movement.words) for movement in Movement],
                lambda movement: Entry.movement == movement,
            ),
            Days(Entry.on),
        ),
        read=journal.lines,
        label="รายการบัญชี",
        drawing="money",
        file="entries",
    )


def _matching(words: str) -> ColumnElement[bool]:
    number, satang = lists.number(words), lists.satang(words)
    return or_(Entry.id == number, Entry.satang == satang)


@bp.get("/books/entries")
@opens_to(*READERS)
def entries() -> ResponseReturnValue:
    listing = _listing()
    return lists.show(
        "books/entries.html", listing, csv=url_for("books.entries_csv", **lists.asked_for(listing))
    )


@bp.get("/books/entries.csv")
@opens_to(*READERS)
def entries_csv() -> AnyResponse:
    """The entries asked for, as a file for a spreadsheet: oldest last, like the page."""
    return lists.csv(_listing())
