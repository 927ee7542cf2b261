"""Pages of a file on its way into the register: sending, columns, review, applying, undoing; and conflicts side by side."""

import json
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.cases.register import (
    column_maps,
    conflicts,
    households,
    ids,
    parsed_file,
    rounds,
    staging,
    undoing,
)
from app.cases.register.blueprint import IMPORTERS, bp
from app.cases.register.columns import UnknownColumns, Years, field_words
from app.cases.register.forms import ColumnsForm, DecideForm, ImportForm, ReasonForm
from app.cases.register.import_records import (
    ConflictDecision,
    ConflictKind,
    ImportState,
    Outcome,
    RegisterImport,
    RegisterImportRow,
)
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import to_xlsx
from app.kit.web import takes_files
from app.province import places
from app.province.profile import Profile
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows of a review that one page shows.
_SHOWN = 50
_EXAMPLES = 3


@bp.app_template_filter("import_state")
def import_state(state: str) -> tuple[str, str]:
    return ImportState(state).pill


@bp.route("/register/import", methods=["GET", "POST"])
@bp.route("/register/<code>/import", methods=["GET", "POST"])
@takes_files("file")
@opens_to(*IMPORTERS)
def import_file(code: str = "") -> ResponseReturnValue:
    known = rounds.named(code) if code else None
    if code and known is None:
        abort(404)
    form = ImportForm(
        round_code=code,
        source=known.source if known else None,
        is_part=staging.sends_parts(round_code=code, by=signed_in()),
    )
    refused, status = "", 200
    if form.validate_on_submit():
        try:
            return _sent(form)
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
    elif form.is_submitted():
        status = 422
    page = render_template(
        "register/import.html", form=form, refused=refused, code=code, dimensions=Profile.here().sides.offered
    )
    return page, status


def _sent(form: ImportForm) -> ResponseReturnValue:
    raw = form.file.data.read()
    with transaction():
        sent = staging.send(
            name=form.file.data.filename,
            raw=raw,
            round_code=form.round_code.data.strip(),
            source=form.source.data,
            is_whole=not form.is_part.data,
            by=signed_in(),
        )
        number, code = sent.id, sent.round.code
    if len(raw) <= staging.READ_AT_ONCE:
        staging.read(number)
        found = db.session().get_one(RegisterImport, number, populate_existing=True)
        if found.state == ImportState.REFUSED:
            words = found.reason
            with transaction():
                staging.drop(number, by=signed_in())
            raise BadInput(words)
        if found.state == ImportState.UNKNOWN:
            return redirect(url_for("register.import_columns", code=code, number=number))
    return redirect(url_for("register.one_import", code=code, number=number))


def _import(code: str, number: int) -> RegisterImport:
    """The import of this round, for who may see it; a 404 for everybody else alike."""
    round_ = rounds.named(code) or abort(404)
    try:
        found = staging.find(number, by=signed_in())
    except Refused:
        abort(404)
    if found.round_id != round_.id:
        abort(404)
    return found


@bp.get("/register/<code>/imports/<int:number>")
@opens_to(*IMPORTERS, Role.AUDITOR)
def one_import(code: str, number: int) -> ResponseReturnValue:
    found = _import(code, number)
    if found.state == ImportState.UNKNOWN:
        return redirect(url_for("register.import_columns", code=code, number=number))
    return _review_page(found)


def _review_page(found: RegisterImport, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    session = db.session()
    review: dict[str, Any] = json.loads(found.review)
    outcome = request.args.get("outcome", "")
    statement = select(RegisterImportRow).where(RegisterImportRow.import_id == found.id)
    if outcome in list(Outcome):
        statement = statement.where(RegisterImportRow.outcome == outcome)
    after = request.args.get("after", default=0, type=int)
    rows = session.scalars(
        statement.where(RegisterImportRow.line > after).order_by(RegisterImportRow.line).limit(_SHOWN + 1)
    ).all()
    user = signed_in()
    waiting, _ = conflicts.waiting(user, most=0, import_id=found.id)
    page = render_template(
        "register/imported.html",
        round=found.round,
        taken=found,
        review=review,
        stops=json.loads(found.stops),
        areas=[(_area(area), counts) for area, counts in sorted(review.get("areas", {}).items())],
        rows=[(row, json.loads(row.changes)) for row in rows[:_SHOWN]],
        more=rows[_SHOWN - 1].line if len(rows) > _SHOWN else 0,
        outcome=outcome,
        outcomes=list(Outcome),
        rest=found.province_remarks if user.has(*households.WHOLE_PROVINCE) else {},
        state=ImportState(found.state).pill,
        waiting=waiting,
        may_work=user.has(*IMPORTERS),
        form=ReasonForm(formdata=None),
        refused=refused,
        progress=f"{found.state}:{found.done}",
    )
    return page, status


def _area(code: str) -> str:
    if len(code) == 4:
        return f"อำเภอ{places.district(code).name_th} ไม่ระบุตำบล"
    place = places.subdistrict(code)
    return f"ตำบล{place.name_th}" if place else code


@bp.get("/register/<code>/imports/<int:number>/progress")
@opens_to(*IMPORTERS, Role.AUDITOR)
def import_progress(code: str, number: int) -> Response:
    """For the page that reloads itself when this changes."""
    found = _import(code, number)
    return jsonify(state=f"{found.state}:{found.done}")


@bp.post("/register/<code>/imports/<int:number>/apply")
@opens_to(*IMPORTERS)
def apply_import(code: str, number: int) -> ResponseReturnValue:
    found = _import(code, number)
    try:
        staging.apply(number, override=request.form.get("reason", ""), by=signed_in())
    except Refused as error:
        status = 422 if isinstance(error, BadInput) else 409
        return _review_page(_import(code, found.id), refused=error.words, status=status)
    return redirect(url_for("register.one_import", code=code, number=number))


@bp.post("/register/<code>/imports/<int:number>/drop")
@opens_to(*IMPORTERS)
def drop_import(code: str, number: int) -> ResponseReturnValue:
    _import(code, number)
    try:
        with transaction():
            staging.drop(number, by=signed_in())
    except Refused as error:
        return _review_page(_import(code, number), refused=error.words, status=409)
    flash("ไม่นำเข้าไฟล์นี้ ทะเบียนไม่เปลี่ยน", "success")
    return redirect(url_for("register.one_round", code=code))


@bp.post("/register/<code>/imports/<int:number>/undo")
@opens_to(*IMPORTERS)
def undo_import(code: str, number: int) -> ResponseReturnValue:
    _import(code, number)
    try:
        with transaction():
            undoing.undo(number, reason=request.form.get("reason", ""), by=signed_in())
    except Refused as error:
        status = 422 if isinstance(error, BadInput) else 409
        return _review_page(_import(code, number), refused=error.words, status=status)
    flash("เลิกทำแล้ว ทะเบียนกลับเป็นก่อนนำเข้าไฟล์นี้", "success")
    return redirect(url_for("register.one_import", code=code, number=number))


@bp.post("/register/<code>/imports/<int:number>/years")
@opens_to(*IMPORTERS)
def say_years(code: str, number: int) -> ResponseReturnValue:
    _import(code, number)
    years = request.form.get("years", "")
    if years not in (Years.BE, Years.CE):
        return _review_page(_import(code, number), refused="โปรดเลือกว่าเป็น พ.ศ. หรือ ค.ศ.", status=422)
    try:
        staging.say_years(number, Years(years), by=signed_in())
    except Refused as error:
        return _review_page(_import(code, number), refused=error.words, status=409)
    flash("จำไว้แล้ว ครั้งต่อไปไฟล์ที่มีหัวตารางนี้ไม่ถามอีก", "success")
    return redirect(url_for("register.one_import", code=code, number=number))


@bp.post("/register/<code>/imports/<int:number>/part")
@opens_to(*IMPORTERS)
def say_part(code: str, number: int) -> ResponseReturnValue:
    """The file is a part of a list: nobody is missing because it does not name them."""
    _import(code, number)
    try:
        staging.say_part(number, by=signed_in())
    except Refused as error:
        return _review_page(_import(code, number), refused=error.words, status=409)
    flash("อ่านใหม่เป็นบางส่วนของรายชื่อ ครัวเรือนที่ไม่มีในไฟล์คงเดิม ครั้งต่อไปของแหล่งนี้ระบบจำไว้ให้", "success")
    return redirect(url_for("register.one_import", code=code, number=number))


@bp.get("/register/<code>/imports/<int:number>/mend.xlsx")
@opens_to(*IMPORTERS)
def rows_to_mend(code: str, number: int) -> Response:
    """The rows that could not be read, under their headings and with the reason, to be mended and sent again."""
    found = _import(code, number)
    titles = json.loads(ids.unseal(found.titles)) if found.titles else []
    rows = db.session().scalars(
        select(RegisterImportRow)
        .where(RegisterImportRow.import_id == number, RegisterImportRow.cells.is_not(None))
        .order_by(RegisterImportRow.line)
    )
    content = []
    for row in rows:
        cells = json.loads(ids.unseal(row.cells or b""))
        content.append([*(cells + [""] * len(titles))[: len(titles)], f"แถวที่ {row.line}: {row.words}"])
    return Response(
        to_xlsx([*titles, "เหตุที่อ่านไม่ได้"], content, sheet=parsed_file.MENDED_SHEET),
        mimetype=_XLSX,
        headers={"Content-Disposition": "attachment; filename=rows-to-mend.xlsx"},
    )


def _table(found: RegisterImport) -> tuple[list[str], dict[str, int], list[list[str]], str]:
    """Headings, what is known of them, examples of each column, and what is missing. Raises Refused once decided on."""
    if found.file is None:
        raise Refused("ไฟล์นี้มีผู้ตัดสินไปแล้ว จึงจับคู่คอลัมน์ใหม่ไม่ได้")
    raw = ids.unseal_bytes(found.file)
    words = ""
    try:
        headings, below = parsed_file.table_of(
            raw, province_code=Profile.here().province_code, mapped=column_maps.known()
        )
    except UnknownColumns as unknown:
        headings, below, words = unknown.best, unknown.below, unknown.words
    titles = list(headings.titles)
    examples = [
        [row.cells[place] for row in below[:20] if place < len(row.cells) and row.cells[place].strip()][
            :_EXAMPLES
        ]
        for place in range(len(titles))
    ]
    return titles, headings.as_map(), examples, words


@bp.route("/register/<code>/imports/<int:number>/columns", methods=["GET", "POST"])
@opens_to(*IMPORTERS)
def import_columns(code: str, number: int) -> ResponseReturnValue:
    found = _import(code, number)
    try:
        titles, known, examples, words = _table(found)
    except Refused as error:
        return _review_page(found, refused=error.words, status=409)
    form = _columns_form(titles, known)
    refused, status = "", 200
    if form.validate_on_submit():
        said = {
            form[f"column_{place}"].data: place
            for place in range(len(titles))
            if form[f"column_{place}"].data
        }
        named = [form[f"column_{place}"].data for place in range(len(titles)) if form[f"column_{place}"].data]
        try:
            if len(named) != len(said):
                raise BadInput("มีสองคอลัมน์ที่เลือกเป็นช่องเดียวกัน โปรดเลือกใหม่")
            with transaction():
                column_maps.keep(titles=titles, columns=said, years=Years(form.years.data), by=signed_in())
            staging.read_anew(number)
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
        else:
            return redirect(url_for("register.one_import", code=code, number=number))
    elif form.is_submitted():
        status = 422
    page = render_template(
        "register/columns.html",
        round=found.round,
        taken=found,
        form=form,
        columns=[(form[f"column_{place}"], titles[place], examples[place]) for place in range(len(titles))],
        words=words,
        refused=refused,
    )
    return page, status


def _columns_form(titles: list[str], known: dict[str, int]) -> ColumnsForm:
    """A form with a choice for each column of the table at hand."""
    fields = {place: name for name, place in known.items()}
    choices = [
        SelectChoice("", "ไม่ใช้"),
        *(SelectChoice(name, words) for name, words in field_words().items()),
    ]
    shaped = type(
        "TableForm",
        (ColumnsForm,),
        {
            f"column_{place}": SelectField(
                title.strip() or f"คอลัมน์ที่ {place + 1}", choices=choices, default=fields.get(place, "")
            )
            for place, title in enumerate(titles)
        },
    )
    form: ColumnsForm = shaped()
    return form


@bp.get("/register/conflicts")
@opens_to(*IMPORTERS, Role.AUDITOR)
def all_conflicts() -> str:
    count, found = conflicts.waiting(signed_in())
    return render_template(
        "register/conflicts.html",
        count=count,
        conflicts=[
            (conflict, ConflictKind(conflict.kind).words, conflicts.said_of(conflict)) for conflict in found
        ],
    )


@bp.route("/register/conflicts/<int:number>", methods=["GET", "POST"])
@opens_to(*IMPORTERS, Role.AUDITOR)
def one_conflict(number: int) -> ResponseReturnValue:
    user = signed_in()
    try:
        conflict = conflicts.find(number, by=user)
    except Refused:
        abort(404)
    form = DecideForm()
    may = conflicts.decisions_of(conflict, by=user) if user.has(*IMPORTERS) else ()
    form.decision.choices = [(decision.value, _decision_words(conflict.kind, decision)) for decision in may]
    refused, status = "", 200
    if form.validate_on_submit():
        try:
            with transaction():
                conflicts.decide(number, decision=form.decision.data, reason=form.reason.data, by=user)
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
        else:
            flash("ตัดสินแล้ว ทะเบียนเป็นไปตามนั้น", "success")
            return redirect(url_for("register.all_conflicts"))
    elif form.is_submitted():
        status = 422
    conflict = conflicts.find(number, by=user)
    page = render_template(
        "register/conflict.html",
        conflict=conflict,
        kind=ConflictKind(conflict.kind).words,
        said=conflicts.said_of(conflict),
        decision=ConflictDecision(conflict.decision).words if conflict.decision else "",
        form=form,
        may=may,
        refused=refused,
    )
    return page, status


def _decision_words(kind: str, decision: ConflictDecision) -> str:
    if decision == ConflictDecision.TAKE:
        return conflicts.TAKING[ConflictKind(kind)]
    if decision == ConflictDecision.ADD and kind == ConflictKind.OTHER_NUMBER:
        return "เป็นอีกคนหนึ่ง เพิ่มด้วยเลขตามไฟล์"
    return decision.words
