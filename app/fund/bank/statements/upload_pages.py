"""Pages of a statement file before it comes in: pointing at its columns, looking at what it would bring, saying so."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.fund.bank.blueprint import bp
from app.fund.bank.reconciliation.forms import ReasonForm
from app.fund.bank.records import StatementUpload, UploadState
from app.fund.bank.statements import (
    continuations,
    layouts,
    preview,
    profiles,
    staging,
    statement_overrides,
    statements,
    uploads,
)
from app.fund.bank.statements.forms import MapForm
from app.fund.bank.statements.layouts import BUILT_IN, BUILT_IN_NAMES, CAMT, MT940, Years, fingerprint
from app.fund.bank.statements.pages import STATES
from app.fund.giving.records.payment_requests import FundAccount
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import Row
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: New lines that are reconciled while their sender waits; of more, the background takes care.
_RECONCILED_AT_ONCE = 100


@bp.get("/bank/statements/drafts/<int:number>")
@opens_to(Role.FINANCE)
def upload(number: int) -> ResponseReturnValue:
    found = uploads.find(number)
    if found.state == UploadState.UNKNOWN:
        return redirect(url_for("bank.upload_columns", number=number))
    return _upload_page(found)


def _upload_page(
    found: StatementUpload, *, refused: str = "", form: ReasonForm | None = None
) -> ResponseReturnValue:
    session = db.session()
    page = render_template(
        "bank/upload.html",
        upload=found,
        words=UploadState(found.state).pill,
        account=session.get(FundAccount, found.account_id) if found.account_id else None,
        preview=preview.make(found) if found.state == UploadState.READ else None,
        joins=found.state == UploadState.READ and continuations.would_join(found),
        to_confirm=found.statement_id is not None and continuations.is_to_confirm(found.statement_id),
        odd_words=preview.ODD_WORDS,
        states=statements.states_of(found.statement_id) if found.statement_id else {},
        state_words=STATES,
        is_table=found.profile not in (MT940, CAMT),
        profile_names=BUILT_IN_NAMES,
        progress=_progress(found),
        override=statement_overrides.of_upload(found.id),
        form=form or ReasonForm(formdata=None),
        refused=refused,
    )
    if form is not None:
        return page, 422
    return (page, 409) if refused else page


def _progress(found: StatementUpload) -> str:
    left = statements.states_of(found.statement_id)["new"] if found.statement_id else 0
    return f"{found.state}:{found.done}:{left}"


@bp.get("/bank/statements/drafts/<int:number>/progress")
@opens_to(Role.FINANCE)
def upload_progress(number: int) -> Response:
    """For the page that reloads itself when this changes."""
    return jsonify(state=_progress(uploads.find(number)))


@bp.post("/bank/statements/drafts/<int:number>/apply")
@opens_to(Role.FINANCE)
def apply_upload(number: int) -> ResponseReturnValue:
    try:
        statements.apply(number, by=signed_in())
    except Refused as refused:
        return _upload_page(uploads.find(number), refused=refused.words)
    found = uploads.find(number)
    if found.state != UploadState.APPLIED or found.new_lines > _RECONCILED_AT_ONCE:
        return redirect(url_for("bank.upload", number=number))
    counts = statements.reconcile(number)
    waits = found.statement_id is not None and continuations.is_to_confirm(found.statement_id)
    flash(
        f"นำเข้าแล้ว: รายการใหม่ {counts['new']:,} · รู้อยู่แล้ว {counts['known']:,} · "
        f"ลงเป็นเงินสมทบ {counts['posted']:,} · รอเจ้าหน้าที่ {counts['waiting']:,}"
        + (" · ไฟล์นี้รอเจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน" if waits else ""),
        "success",
    )
    return redirect(url_for("bank.queue"))


@bp.post("/bank/statements/drafts/<int:number>/drop")
@opens_to(Role.FINANCE)
def drop_upload(number: int) -> ResponseReturnValue:
    try:
        uploads.drop(number, by=signed_in())
    except Refused as refused:
        return _upload_page(uploads.find(number), refused=refused.words)
    flash("ทิ้งไฟล์แล้ว ไม่มีรายการใดถูกนำเข้า", "success")
    return redirect(url_for("bank.statement_list"))


@bp.post("/bank/statements/drafts/<int:number>/accept")
@opens_to(Role.FINANCE)
def ask_override(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _upload_page(uploads.find(number), form=form)
    try:
        with transaction():
            statement_overrides.ask(number, reason=form.reason.data, by=signed_in())
    except BadInput as refused:
        form.reason.errors = [refused.words]
        return _upload_page(uploads.find(number), form=form)
    except Refused as refused:
        return _upload_page(uploads.find(number), refused=refused.words)
    flash("ขอแล้ว ไฟล์นี้ต้องให้อีกท่านหนึ่งยืนยันก่อนจึงจะนำเข้าได้", "success")
    return redirect(url_for("bank.upload", number=number))


@bp.get("/bank/statements/drafts/<int:number>/columns")
@opens_to(Role.FINANCE)
def upload_columns(number: int) -> ResponseReturnValue:
    found, rows = _top(number)
    form = MapForm(formdata=None)
    asked = request.args.get("row", type=int)
    header = asked if asked is not None and 0 <= asked < len(rows) else profiles.likely_header(rows)
    form.header_row.data = header
    form.offer(rows)
    known = profiles.known().get(fingerprint(rows[header].cells))
    if known is not None:
        form.name.data = known.name
        form.fill(known.columns, known.years)
    else:
        form.fill(layouts.guess(rows[header].cells), Years.FOUR)
        # Whoever only has to say which era the years are of need not think of a name, too.
        form.name.data = f"ตาราง {fingerprint(rows[header].cells)[:6]}"
    return _columns_page(found, form, rows)


@bp.post("/bank/statements/drafts/<int:number>/columns")
@opens_to(Role.FINANCE)
def keep_columns(number: int) -> ResponseReturnValue:
    found, rows = _top(number)
    form = MapForm()
    form.offer(rows)
    if not form.validate_on_submit():
        return _columns_page(found, form, rows, status=422)
    header = form.header_row.data
    if request.form.get("deed") != "keep":
        return _columns_page(found, form, rows)
    try:
        layout = profiles.checked(
            header=_widened(rows, header), columns=form.columns(), years=Years(form.years.data)
        )
        if any(row.error for row in profiles.read_back(rows[header:], layout)):
            raise BadInput(
                "บางแถวยังอ่านไม่ได้ กรุณาดูแถวที่แจ้งไว้แล้วเลือกคอลัมน์หรือแบบของปีใหม่ ถ้าเลือกถูกแล้ว ไฟล์นี้เสีย กรุณาดาวน์โหลดจากธนาคารใหม่"
            )
        with transaction():
            profile = profiles.keep(
                name=form.name.data or "",
                header=rows[header].cells,
                columns=form.columns(),
                years=Years(form.years.data),
                by=signed_in(),
                width=len(_widened(rows, header)),
            )
            uploads.find(number).profile_asked = profile.name
        staging.read(number)
    except BadInput as refused:
        if uploads.find(number).state == UploadState.REFUSED:
            return redirect(url_for("bank.upload", number=number))
        return _columns_page(found, form, rows, refused=refused.words, status=422)
    except Refused as refused:
        return _columns_page(found, form, rows, refused=refused.words, status=409)
    flash("จำรูปแบบนี้แล้ว ครั้งต่อไประบบรู้จักหัวตารางนี้เอง", "success")
    return redirect(url_for("bank.upload", number=number))


def _top(number: int) -> tuple[StatementUpload, list[Row]]:
    """The upload and its first rows. Raises Refused once it comes in, and for a file that is no table."""
    if uploads.find(number).state in (UploadState.APPLYING, UploadState.APPLIED):
        raise Refused("ไฟล์นี้นำเข้าแล้ว จึงจับคู่คอลัมน์ใหม่ไม่ได้")
    with uploads.opened(number) as file:
        rows = profiles.top_of(file)
    return uploads.find(number), rows


def _widened(rows: list[Row], header: int) -> list[str]:
    """The headings, with empty ones for cells that stand in the rows below beyond the last heading."""
    cells = rows[header].cells
    width = max([len(cells), *(len(row.cells) for row in rows[header + 1 : header + 9])])
    return [*cells, *[""] * (width - len(cells))]


def _columns_page(
    found: StatementUpload, form: MapForm, rows: list[Row], *, refused: str = "", status: int = 200
) -> ResponseReturnValue:
    header = form.header_row.data if isinstance(form.header_row.data, int) else 0
    header = header if 0 <= header < len(rows) else 0
    headings = _widened(rows, header)
    rows_read, trouble = [], ""
    try:
        layout = profiles.checked(
            header=headings, columns=form.columns(), years=Years(form.years.data or Years.FOUR)
        )
        rows_read = profiles.read_back(rows[header:], layout)
    except BadInput as error:
        trouble = error.words
    page = render_template(
        "bank/columns.html",
        upload=found,
        form=form,
        header=header,
        headings=headings,
        raw=rows[header + 1 : header + 4],
        rows_read=rows_read,
        trouble=trouble,
        built_in=found.profile in BUILT_IN,
        refused=refused,
    )
    return (page, status) if status != 200 else page
