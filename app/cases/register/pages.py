"""Pages of the register: rounds with their figures, the households of a round, and bringing a file in."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.cases.register import columns, conflicts, households, id_disclosures, listing, rounds
from app.cases.register.blueprint import IMPORTERS, bp
from app.cases.register.forms import AmendForm, LookUpForm, RoundForm
from app.cases.register.import_records import RegisterImport
from app.cases.register.records import Household, RegisterSource, Round
from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.sheets import to_csv, to_xlsx
from app.province import places
from app.province.profile import Profile
from app.staff import export_pages
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.app_template_filter("source_name")
def source_name(source: str) -> str:
    return RegisterSource(source).words


@bp.get("/register", endpoint="rounds")
@opens_to(*households.READERS)
def all_rounds() -> str:
    user = signed_in()
    known = db.session().scalars(select(Round).order_by(Round.fiscal_year_be.desc(), Round.id.desc())).all()
    return render_template(
        "register/rounds.html",
        rounds=known,
        states={round_.id: rounds.state_of(round_) for round_ in known},
        base=rounds.public_base(),
        figures=listing.of_rounds(user),
        whole=households.sees_province(user),
        dimensions=Profile.here().sides.every,
        district=places.district,
        may_import=user.has(*IMPORTERS),
        may_open=user.has(Role.FUND_OFFICER),
        conflicts=conflicts.waiting(user, most=0)[0] if user.has(*IMPORTERS, Role.AUDITOR) else 0,
        look_up=LookUpForm(),
    )


@bp.route("/register/new", methods=["GET", "POST"])
@opens_to(Role.FUND_OFFICER)
def new_round() -> ResponseReturnValue:
    form = RoundForm()
    refused, status = "", 200
    if form.validate_on_submit():
        try:
            with transaction():
                opened = rounds.open_(
                    code=form.code.data.strip(),
                    name=form.name.data or "",
                    source=form.source.data,
                    fiscal_year_be=form.fiscal_year_be.data,
                    as_of=form.as_of.data,
                    declared_total=form.declared_total.data,
                    declared_persons=form.declared_persons.data,
                    by=signed_in(),
                )
                code = opened.code
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
        else:
            flash(f"เปิดรอบ {code} แล้ว", "success")
            return redirect(url_for("register.one_round", code=code))
    elif form.is_submitted():
        status = 422
    return render_template("register/new_round.html", form=form, refused=refused), status


@bp.post("/register/find")
@opens_to(*households.READERS)
def find() -> Response:
    """By national ID: sent in the body, so that the number stays out of addresses, histories and logs."""
    form = LookUpForm()
    if not form.validate_on_submit():
        flash("โปรดใส่เลขประจำตัวประชาชน 13 หลัก", "error")
        return redirect(url_for("register.rounds"))
    refused = ""
    with transaction():
        # A search that found nothing is written down too, so its refusal must not undo the note.
        try:
            code = id_disclosures.find_by_id(form.national_id.data, by=signed_in()).code
        except Refused as error:
            refused = error.words
    if refused:
        flash(refused, "error")
        return redirect(url_for("register.rounds"))
    return redirect(url_for("care.household", code=code))


@bp.get("/register/template.<any(csv, xlsx):kind>")
@opens_to(*IMPORTERS)
def template(kind: str) -> Response:
    content = to_csv(columns.template(), []) if kind == "csv" else to_xlsx(columns.template(), [])
    return Response(
        content,
        mimetype="text/csv; charset=utf-8" if kind == "csv" else _XLSX,
        headers={"Content-Disposition": f"attachment; filename=register.{kind}"},
    )


@bp.get("/register/<code>")
@opens_to(*households.READERS)
def one_round(code: str) -> ResponseReturnValue:
    user = signed_in()
    round_ = rounds.named(code) or abort(404)
    words = request.args.get("q", "").strip()
    if words and not _without_id(words):
        return redirect(url_for("register.one_round", code=code))
    return lists.show(
        "register/round.html",
        listing.of_round(round_, user, page_of=_page_of),
        round=round_,
        imports=db.session().scalars(_imports(round_, user).limit(10)).all(),
        base=rounds.public_base(),
        amend=AmendForm(formdata=None, obj=round_),
        may_set_base=user.has(Role.FUND_OFFICER),
        state=rounds.state_of(round_),
        standings=rounds.standings(round_, households.within_reach(user)),
        persons=rounds.persons(round_, households.within_reach(user)),
        may_import=user.has(*IMPORTERS),
        whole=households.sees_province(user),
    )


@bp.post("/register/<code>/declared")
@opens_to(Role.FUND_OFFICER)
def amend_round(code: str) -> Response:
    """What the source declares of the round is set right, while it is not closed."""
    if rounds.named(code) is None:
        abort(404)
    form = AmendForm()
    if not form.validate_on_submit():
        flash("โปรดใส่จำนวนเป็นตัวเลข", "error")
        return redirect(url_for("register.one_round", code=code))
    try:
        with transaction():
            rounds.amend(
                code=code,
                declared_total=form.declared_total.data,
                declared_persons=form.declared_persons.data,
                by=signed_in(),
            )
    except Refused as error:
        flash(error.words, "error")
    else:
        flash("แก้จำนวนที่แหล่งข้อมูลแจ้งแล้ว", "success")
    return redirect(url_for("register.one_round", code=code))


@bp.post("/register/<code>/close")
@opens_to(Role.FUND_OFFICER)
def close_round(code: str) -> Response:
    """The round is final from now on."""
    if rounds.named(code) is None:
        abort(404)
    try:
        with transaction():
            rounds.close(code=code, by=signed_in())
    except Refused as error:
        flash(error.words, "error")
    else:
        flash(f"ปิดรอบ {code} แล้ว", "success")
    return redirect(url_for("register.one_round", code=code))


@bp.post("/register/<code>/base")
@opens_to(Role.FUND_OFFICER)
def set_base(code: str) -> Response:
    """This round becomes the one that the public pages count by."""
    if rounds.named(code) is None:
        abort(404)
    try:
        with transaction():
            rounds.set_public_base(code=code, by=signed_in())
    except Refused as error:
        flash(error.words, "error")
    else:
        flash(f"ตั้งแต่ฉบับเผยแพร่ถัดไป หน้าสาธารณะนับตามรอบ {code}", "success")
    return redirect(url_for("register.one_round", code=code))


def _without_id(words: str) -> str:
    """What was searched for; a national ID is not, for an address stays in the machine."""
    if len("".join(letter for letter in words if letter.isdigit())) != 13:
        return words
    flash(
        "ช่องนี้ค้นด้วยชื่อหรือรหัสบ้าน เลขประจำตัวประชาชนให้ใช้ช่องค้นด้วยเลขในหน้าทะเบียน เพื่อไม่ให้เลขค้างอยู่ในเครื่อง",
        "warning",
    )
    return ""


@bp.get("/households")
@opens_to(*households.READERS)
def search() -> ResponseReturnValue:
    """Households of every round by what is typed; a single one opens at once."""
    words = request.args.get("q", "").strip()
    if words and not _without_id(words):
        return redirect(url_for("register.search"))
    found = lists.find(listing.of_all_rounds(signed_in(), page_of=_page_of))
    if words and len(found.rows) == 1 and not found.first:
        return redirect(_page_of(found.rows[0].household))
    return render_template("register/search.html", list=found)


@bp.route("/register/<code>/export", methods=["GET", "POST"])
@opens_to(*households.READERS)
def export_round(code: str) -> ResponseReturnValue:
    """The households of a round that were found, as a file, for a reason."""
    round_ = rounds.named(code) or abort(404)
    listing_ = listing.of_round(round_, signed_in(), page_of=_page_of)
    return export_pages.page(
        listing_,
        title=f"ครัวเรือน {round_.name}",
        by=signed_in(),
        back=url_for("register.one_round", code=code, **lists.asked_for(listing_)),
        back_label=round_.code,
    )


@bp.route("/households/export", methods=["GET", "POST"])
@opens_to(*households.READERS)
def export_search() -> ResponseReturnValue:
    """The households of all rounds that were found, as a file, for a reason."""
    listing_ = listing.of_all_rounds(signed_in(), page_of=_page_of)
    return export_pages.page(
        listing_,
        title="ครัวเรือนที่ค้นพบ",
        by=signed_in(),
        back=url_for("register.search", **lists.asked_for(listing_)),
        back_label="หาครัวเรือน",
    )


def _page_of(household: Household) -> str:
    return url_for("care.household", code=household.code)


def _imports(round_: Round, user: User) -> Select[RegisterImport]:
    """Files taken into the round: all for the province's officers, for others those they sent themselves."""
    statement = (
        select(RegisterImport)
        .where(RegisterImport.round_id == round_.id)
        .options(joinedload(RegisterImport.imported_by))
        .order_by(RegisterImport.id.desc())
    )
    if user.has(*households.WHOLE_PROVINCE):
        return statement
    return statement.where(RegisterImport.imported_by_id == user.id)
