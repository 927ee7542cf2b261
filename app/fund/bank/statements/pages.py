"""Pages of statements: what was brought in, one statement with its lines, its file, and sending a new file."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response as FlaskResponse
from flask import (
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.fund.bank import statement_bases
from app.fund.bank.blueprint import bp, import_form
from app.fund.bank.match_reasons import MatchReason, ReconciliationState
from app.fund.bank.reconciliation import owner_search
from app.fund.bank.records import BankEvent, ReconciliationItem, Statement, StatementUpload, UploadState
from app.fund.bank.statements import continuations, staging, statements, uploads, withdrawals
from app.fund.bank.statements.balance_check import Unproven
from app.fund.bank.statements.forms import ImportForm, WithdrawForm
from app.fund.bank.statements.layouts import BUILT_IN_NAMES, UnknownHeader, Unreadable
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import lists
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Choice, Column, Days, List, Search
from app.kit.sheets import csv_chunks, to_xlsx
from app.kit.sheets.writing import Cell
from app.kit.web import takes_files
from app.province.banks import bank_name
from app.staff import reads, signin
from app.staff.approvals import FINANCE_APPROVERS as CONFIRMERS
from app.staff.doors import opens_to, signed_in
from app.staff.forms import PasswordAgainForm
from app.staff.reads import ReadKind
from app.staff.roles import Role
from app.staff.users import User

#: Bytes of a file that is read while its sender waits; a longer one is read in the background.
READ_AT_ONCE = 1_000_000
#: Lines that are reconciled while their confirmer waits; of more, the background takes care.
_RECONCILED_AT_ONCE = 100

STATES = {state.value: state.on_line for state in ReconciliationState}
_COLUMNS = [
    "บรรทัด",
    "วันเวลา",
    "จำนวนเงิน (บาท)",
    "ยอดคงเหลือ (บาท)",
    "อ้างอิง 1",
    "อ้างอิง 2",
    "เลขที่รายการของธนาคาร",
]
_COLUMNS += ["ผู้โอน", "ธนาคารผู้โอน", "รายละเอียด", "สถานะ", "เหตุผล"]
_MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/bank/statements")
@opens_to(Role.FINANCE, Role.AUDITOR)
def statement_list() -> ResponseReturnValue:
    may_decide = signed_in().has(Role.FINANCE)
    undecided = select(StatementUpload).where(StatementUpload.state != UploadState.APPLIED)
    return lists.show(
        "bank/statements.html",
        List(
            # Columns, not rows: older ones hold their whole file.
            select(
                Statement.id,
                Statement.file_name,
                Statement.imported_at,
                Statement.lines,
                Statement.new_lines,
                Statement.from_on,
                Statement.to_on,
                FundAccount.number,
                User.name,
            )
            .join(FundAccount, FundAccount.id == Statement.account_id)
            .outerjoin(User, User.id == Statement.imported_by_id),
            columns=(
                Column("ไฟล์", lambda row: row[1], href=lambda row: url_for("bank.statement", number=row[0])),
                Column("บัญชี", lambda row: row[7], on="desk"),
                Column("ตั้งแต่", lambda row: row[5], "date"),
                Column("ถึง", lambda row: row[6], "date"),
                Column("บรรทัด", lambda row: row[3], "count"),
                Column("ใหม่", lambda row: row[4], "count", on="desk"),
                Column("นำเข้าเมื่อ", lambda row: row[2], "moment", on="desk"),
                Column("โดย", lambda row: row[8] or "คำสั่งของผู้ดูแล", on="desk"),
            ),
            orders={"id": (Statement.id,)},
            search=Search(
                "ชื่อไฟล์ เลขที่บัญชี หรือผู้นำเข้า",
                lambda words: lists.contains(words, Statement.file_name, FundAccount.number, User.name),
            ),
            filters=(Days(Statement.imported_at),),
            label="ไฟล์ที่นำเข้าแล้ว",
            empty="ยังไม่มีไฟล์ที่นำเข้า",
            drawing="money",
            file="statements",
        ),
        uploads=db.session().scalars(undecided.order_by(StatementUpload.id.desc()).limit(20)).all()
        if may_decide
        else (),
        upload_words={state: state.pill for state in UploadState},
        may_decide=may_decide,
    )


@bp.get("/bank/statements/import")
@opens_to(Role.FINANCE)
def import_page() -> str:
    return render_template("bank/import.html", form=import_form())


@bp.post("/bank/statements/import")
@takes_files("file")
@opens_to(Role.FINANCE)
def import_statement() -> ResponseReturnValue:
    form = import_form()
    if not form.validate_on_submit():
        return render_template("bank/import.html", form=form), 422
    sent = [file for file in request.files.getlist("file") if file.filename]
    if len(sent) > 1:
        return _import_several(form, sent)
    try:
        upload_id = uploads.keep(
            name=form.file.data.filename,
            file=form.file.data.stream,
            account_number=form.account.data or None,
            profile=form.profile.data or None,
            by=signed_in(),
        ).id
        if uploads.find(upload_id).size <= READ_AT_ONCE:
            _read(upload_id)
    except UnknownHeader:
        return redirect(url_for("bank.upload_columns", number=upload_id))
    except (Unproven, Unreadable):
        return redirect(url_for("bank.upload", number=upload_id))
    except BadInput as refused:
        form.file.errors = [refused.words]
        return render_template("bank/import.html", form=form), 422
    except Refused as refused:
        return render_template("bank/import.html", form=form, refused=refused.words), 409
    return redirect(url_for("bank.upload", number=upload_id))


def _import_several(form: ImportForm, sent: list[Any]) -> ResponseReturnValue:
    """Each file waits by itself in the list of statements; one that is refused is named and keeps no other back."""
    kept = 0
    for file in sent:
        try:
            found = uploads.keep(
                name=file.filename,
                file=file.stream,
                account_number=form.account.data or None,
                profile=form.profile.data or None,
                by=signed_in(),
            )
            number = found.id
            if found.size <= READ_AT_ONCE:
                _read(number)
        except (UnknownHeader, Unproven, Unreadable):
            # It waits for its columns, or for a better file, and says so.
            kept += 1
        except Refused as refused:
            flash(f"{file.filename}: {refused.words}", "danger")
        else:
            kept += 1
    if kept:
        flash(f"ได้รับ {kept} ไฟล์แล้ว กรุณาเปิดดูทีละไฟล์ก่อนนำเข้า", "success")
    return redirect(url_for("bank.statement_list"), code=303)


def _read(upload_id: int) -> None:
    """Of a file that is no statement nothing is kept; a table whose header or whose rows nobody understands waits for
    its columns, and one that does not hold for a better one, or for two people who accept it."""
    try:
        staging.read(upload_id)
    except (UnknownHeader, Unreadable, Unproven):
        raise
    except BadInput:
        uploads.drop(upload_id, by=signed_in())
        raise


@bp.get("/bank/statements/<int:number>")
@opens_to(Role.FINANCE, Role.CHAIR, Role.AUDITOR)
def statement(number: int) -> ResponseReturnValue:
    return _statement_page(number)


def _statement_page(
    number: int,
    *,
    refused: str = "",
    form: PasswordAgainForm | None = None,
    withdrawing: WithdrawForm | None = None,
) -> ResponseReturnValue:
    db.session().rollback()
    found = _statement(number)
    session = db.session()
    sees_events = signed_in().has(Role.FINANCE, Role.AUDITOR)
    return lists.show(
        "bank/statement.html",
        _line_list(number, sees_events=sees_events),
        statement=found,
        account=session.get_one(FundAccount, found.account_id),
        by=session.get(User, found.imported_by_id) if found.imported_by_id else None,
        basis=statement_bases.of(number),
        new=_sums(number),
        is_to_confirm=withdrawals.of(number) is None and continuations.is_to_confirm(number),
        withdrawal=withdrawals.of(number),
        withdrawal_asked=withdrawals.waiting_for(number),
        withdrawing=withdrawing or WithdrawForm(formdata=None),
        may_withdraw=signed_in().has(Role.FINANCE),
        waiting_count=continuations.count_waiting(number),
        may_confirm=continuations.may_confirm(found, by=signed_in()),
        is_confirmer=signed_in().has(*CONFIRMERS),
        sees_events=sees_events,
        form=form or PasswordAgainForm(formdata=None),
        refused=refused,
        upload=session.scalars(select(StatementUpload).filter_by(statement_id=number)).one_or_none(),
        states=statements.states_of(number),
        state_words=STATES,
        profile_names=BUILT_IN_NAMES,
    )


def _line_list(number: int, *, sees_events: bool) -> List:
    """The new lines of one file, in its order."""
    return List(
        select(ReconciliationItem).join(ReconciliationItem.event).where(BankEvent.statement_id == number),
        columns=(
            Column(
                "ผู้โอนและรายละเอียด",
                lambda item: _joined(item.event.payer, item.event.description) or "ธนาคารไม่บอก",
                href=(lambda item: url_for("bank.event", number=item.event_id)) if sees_events else None,
            ),
            Column("จำนวนเงิน (บาท)", lambda item: item.event.satang, "baht"),
            Column("วันเวลา", lambda item: _when(item.event), "moment"),
            Column("คงเหลือ (บาท)", lambda item: item.event.balance_satang, "baht", on="desk"),
            Column(
                "อ้างอิง",
                lambda item: _joined(item.event.ref1, item.event.ref2, item.event.bank_ref),
                on="desk",
            ),
            Column("สถานะ", _standing),
        ),
        orders={"id": (BankEvent.id,)},
        down=False,
        search=Search("ชื่อผู้โอน อ้างอิง หรือจำนวนเงิน", owner_search.says),
        filters=(
            Choice("state", "สถานะ", tuple(STATES.items()), lambda state: ReconciliationItem.state == state),
        ),
        label="รายการใหม่จากไฟล์นี้",
        empty="ไฟล์นี้ไม่มีรายการใหม่",
        drawing="money",
        endpoint="bank.statement",
    )


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _when(event: Any) -> date:
    """The moment of a line; the day where the bank says no time."""
    at: datetime = event.occurred_at
    return at if event.has_time else at.astimezone(BANGKOK).date()


def _standing(item: ReconciliationItem) -> str:
    return item.reason if item.match_reason == MatchReason.ONE_PERSON else STATES[item.state]


def _sums(number: int) -> dict[str, int]:
    """Count and satang of the new lines in and out."""
    came = BankEvent.satang > 0
    counted = select(came, func.count(), func.sum(BankEvent.satang)).where(BankEvent.statement_id == number)
    found = {
        way: (count, abs(int(satang))) for way, count, satang in db.session().execute(counted.group_by(came))
    }
    (in_count, in_satang), (out_count, out_satang) = found.get(True, (0, 0)), found.get(False, (0, 0))
    return {"in_count": in_count, "in_satang": in_satang, "out_count": out_count, "out_satang": out_satang}


@bp.post("/bank/statements/<int:number>/confirm")
@opens_to(*CONFIRMERS)
def confirm_statement(number: int) -> ResponseReturnValue:
    """A second person says that the file is the bank's: its lines count from here on."""
    form = PasswordAgainForm()
    if not form.validate_on_submit():
        return make_response(_statement_page(number, form=form), 422)
    try:
        signin.confirm_password(form.password_again.data, by=signed_in())
        with transaction():
            released = continuations.confirm(number, by=signed_in())
    except Refused as refused:
        return make_response(_statement_page(number, refused=refused.words), 409)
    if sum(statements.states_of(number)["new"] for number in released) <= _RECONCILED_AT_ONCE:
        statements.reconcile_confirmed(released)
    flash("ยืนยันแล้ว รายการในไฟล์นี้มีผลตามรหัสอ้างอิงและจำนวนเงิน", "success")
    return redirect(url_for("bank.statement", number=number))


@bp.post("/bank/statements/<int:number>/withdraw")
@opens_to(Role.FINANCE)
def withdraw_statement(number: int) -> ResponseReturnValue:
    """Ask that a file which was brought in by mistake be taken out again; another person confirms."""
    form = WithdrawForm()
    if not form.validate_on_submit():
        return make_response(_statement_page(number, withdrawing=form), 422)
    try:
        with transaction():
            withdrawals.ask(number, reason=form.reason.data, by=signed_in())
    except Refused as refused:
        status = 422 if isinstance(refused, BadInput) else 409
        return make_response(_statement_page(number, withdrawing=form, refused=refused.words), status)
    flash("ขอถอนไฟล์แล้ว มีผลเมื่อเจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน", "success")
    return redirect(url_for("bank.statement", number=number))


def _statement(number: int) -> Statement:
    found = db.session().get(Statement, number) if number < 2**63 else None
    if found is None:
        raise Refused("ไม่พบรายการเดินบัญชีนี้ กรุณาเลือกจากรายการไฟล์ที่นำเข้าแล้ว")
    return found


def _lines(number: int) -> Any:
    return (
        select(
            BankEvent.id,
            BankEvent.line_number,
            BankEvent.occurred_at,
            BankEvent.has_time,
            BankEvent.satang,
            BankEvent.balance_satang,
            BankEvent.ref1,
            BankEvent.ref2,
            BankEvent.bank_ref,
            BankEvent.payer,
            BankEvent.payer_bank,
            BankEvent.description,
            ReconciliationItem.state,
            ReconciliationItem.reason,
        )
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(BankEvent.statement_id == number)
        .order_by(BankEvent.id)
    )


@bp.get("/bank/statements/<int:number>/lines/<kind>")
@opens_to(Role.FINANCE, Role.AUDITOR)
def statement_lines(number: int, kind: str) -> FlaskResponse:
    """The lines as the fund understood them, written so that no spreadsheet runs what a payer wrote."""
    _statement(number)
    if kind not in _MIME:
        abort(404)
    reads.note(ReadKind.STATEMENT, f"statement_file:{number}", by=signed_in())
    rows = _cells(number)
    answer = (
        FlaskResponse(stream_with_context(csv_chunks(_COLUMNS, rows)))
        if kind == "csv"
        else FlaskResponse(to_xlsx(_COLUMNS, rows, sheet="รายการเดินบัญชี"))
    )
    answer.headers["Content-Type"] = _MIME[kind]
    answer.headers.set("Content-Disposition", "attachment", filename=f"statement-{number}.{kind}")
    return answer


def _cells(number: int) -> Iterator[list[Cell]]:
    lines = db.session().execute(_lines(number).execution_options(yield_per=1_000))
    for line in lines:
        yield [
            line.line_number,
            _when(line),
            Decimal(line.satang).scaleb(-2),
            None if line.balance_satang is None else Decimal(line.balance_satang).scaleb(-2),
            line.ref1,
            line.ref2,
            line.bank_ref,
            line.payer,
            bank_name(line.payer_bank) if line.payer_bank else "",
            line.description,
            STATES[line.state],
            line.reason,
        ]


@bp.get("/bank/statements/<int:number>/file")
@opens_to(Role.FINANCE, Role.AUDITOR)
def statement_file(number: int) -> FlaskResponse:
    """The file as it was sent, for whoever doubts."""
    reads.note(ReadKind.STATEMENT, f"statement_file:{number}", by=signed_in())
    found = _statement(number)
    upload = db.session().scalars(select(StatementUpload.id).filter_by(statement_id=number)).one_or_none()
    pieces = iter([found.raw]) if upload is None else uploads.pieces(upload)
    answer = FlaskResponse(stream_with_context(pieces), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=found.file_name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
