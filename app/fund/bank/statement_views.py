"""Pages of statements: what was brought in, bringing in, and mapping an unknown header once."""

import json

from flask import flash, redirect, render_template, url_for
from sqlalchemy import func, select

from app.fund.bank import profiles, statements
from app.fund.bank.events import Statement
from app.fund.bank.forms import MapForm, SampleForm
from app.fund.bank.layouts import UnknownHeader, Years
from app.fund.bank.pages import PAGE, Answer, bp, import_form, page_number, pages
from app.fund.giving.donations import FundAccount
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import Limits
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User


@bp.get("/bank/statements")
@opens_to(Role.FINANCE, Role.AUDITOR)
def statement_list() -> str:
    session = db.session()
    page = page_number()
    count = session.scalar(select(func.count()).select_from(Statement)) or 0
    rows = session.execute(
        # Columns, not rows: the files themselves stay in the database.
        select(
            Statement.id,
            Statement.file_name,
            Statement.profile,
            Statement.imported_at,
            Statement.lines,
            Statement.new_lines,
            FundAccount.number,
            User.name,
        )
        .join(FundAccount, FundAccount.id == Statement.account_id)
        .outerjoin(User, User.id == Statement.imported_by_id)
        .order_by(Statement.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return render_template(
        "bank/statements.html",
        rows=rows.all(),
        pages=pages("bank.statement_list", page, count),
        may_decide=signed_in().has(Role.FINANCE),
    )


@bp.get("/bank/statements/import")
@opens_to(Role.FINANCE)
def import_page() -> str:
    return render_template("bank/import.html", form=import_form())


@bp.post("/bank/statements/import")
@opens_to(Role.FINANCE)
def import_statement() -> Answer:
    form = import_form()
    if not form.validate_on_submit():
        return render_template("bank/import.html", form=form), 422
    raw = form.file.data.stream.read(Limits().size + 1)
    try:
        counts = statements.import_file(
            name=form.file.data.filename,
            raw=raw,
            account_number=form.account.data or None,
            profile=form.profile.data or None,
            by=signed_in(),
        )
    except UnknownHeader as refused:
        return _mapping_page(raw, refused=refused.words)
    except BadInput as refused:
        form.file.errors = [refused.words]
        return render_template("bank/import.html", form=form), 422
    except Refused as refused:
        return render_template("bank/import.html", form=form, refused=refused.words), 409
    flash(
        f"นำเข้าแล้ว: รายการใหม่ {counts['new']:,} · รู้อยู่แล้ว {counts['known']:,} · "
        f"ลงเป็นเงินสมทบ {counts['posted']:,} · รอเจ้าหน้าที่ {counts['waiting']:,}",
        "success",
    )
    return redirect(url_for("bank.queue"))


@bp.get("/bank/statements/map")
@opens_to(Role.FINANCE)
def map_page() -> str:
    return render_template("bank/sample.html", form=SampleForm())


@bp.post("/bank/statements/map/sample")
@opens_to(Role.FINANCE)
def map_sample() -> Answer:
    form = SampleForm()
    if not form.validate_on_submit():
        return render_template("bank/sample.html", form=form), 422
    return _mapping_page(form.file.data.stream.read(Limits().size + 1))


def _mapping_page(raw: bytes, *, refused: str = "") -> Answer:
    """The page that asks what each column says, with the file's first lines to look at."""
    try:
        headings, sample = profiles.header_of(raw)
    except BadInput as unreadable:
        form = SampleForm()
        form.file.errors = [unreadable.words]
        return render_template("bank/sample.html", form=form), 422
    form = MapForm(formdata=None, header=json.dumps(headings, ensure_ascii=False))
    form.offer(headings)
    return render_template(
        "bank/map.html", form=form, headings=headings, sample=sample, refused=refused
    ), 200 if not refused else 422


@bp.post("/bank/statements/map")
@opens_to(Role.FINANCE)
def keep_map() -> Answer:
    form = MapForm()
    headings = form.headings()
    form.offer(headings)
    if not form.validate_on_submit():
        return render_template("bank/map.html", form=form, headings=headings, sample=[]), 422
    try:
        with transaction():
            profiles.keep(
                name=form.name.data,
                header=headings,
                columns=form.columns(),
                years=Years(form.years.data),
                by=signed_in(),
            )
    except Refused as refused:
        status = 422 if isinstance(refused, BadInput) else 409
        return render_template(
            "bank/map.html", form=form, headings=headings, sample=[], refused=refused.words
        ), status
    flash("จำรูปแบบนี้แล้ว เลือกไฟล์อีกครั้งเพื่อนำเข้าได้เลย", "success")
    return redirect(url_for("bank.import_page"))
