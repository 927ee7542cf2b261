"""Pages of the staff: signing in and out, people and their roles, the audit trail."""

import secrets
from collections.abc import Callable, Mapping

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy import exists, or_, select
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.paging import leaf
from app.province import dimensions, places
from app.staff import people, signin, trail
from app.staff.doors import EVERYONE, STAFF, opens_to, signed_in
from app.staff.forms import EmployForm, GrantForm, PasswordForm, SignInForm, TrailForm
from app.staff.roles import ROLE_NAMES, Grant, Role
from app.staff.users import User

bp = Blueprint("staff", __name__)

Answer = str | Response | tuple[str, int]


def _own_path(target: str) -> str:
    """The address to go on to, only when it is a page of this portal; otherwise empty."""
    # Two slashes begin another site's address; browsers read a backslash as a slash and skip tabs and line ends.
    own = (
        target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    )
    return target if own else ""


def _first_page(user: User) -> str:
    """Where this person's day begins: at the money that waits, or at what waits for them."""
    if user.has(Role.FINANCE):
        return url_for("bank.queue")
    return url_for("warroom.home")


@bp.get("/sign-in")
@opens_to(EVERYONE)
def sign_in() -> Answer:
    if current_user.is_authenticated:
        return redirect(_own_path(request.args.get("next", "")) or _first_page(current_user))
    return _sign_in_page(SignInForm())


@bp.post("/sign-in")
@opens_to(EVERYONE)
def open_session() -> Answer:
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    return _open(form, form.sign_in_name.data or "", form.password.data or "")


@bp.post("/sign-in/try")
@opens_to(EVERYONE)
def try_account() -> Answer:
    """One press signs in to the demonstration as one of its people; a live portal has none."""
    accounts = current_app.extensions.get("demo_accounts")
    chosen = request.form.get("account", "")
    known = {one["sign_in_name"]: one["password"] for one in accounts()} if accounts else {}
    if chosen not in known:
        abort(404)
    return _open(SignInForm(formdata=None), chosen, known[chosen])


def _open(form: SignInForm, sign_in_name: str, password: str) -> Answer:
    try:
        token = signin.sign_in(
            sign_in_name=sign_in_name, password=password, address=request.remote_addr or ""
        )
    except signin.TooManyTries as refused:
        return _sign_in_page(form, refused.words), 429
    except Refused as refused:
        return _sign_in_page(form, refused.words), 422
    # Nothing of an earlier visitor's session is carried over.
    session.clear()
    session["_user_id"] = token
    session["_fresh"] = True
    session.permanent = True
    user = signin.whose(token)
    assert user is not None
    return redirect(_own_path(request.form.get("next", "")) or _first_page(user))


def _sign_in_page(form: SignInForm, refused: str = "") -> str:
    accounts = current_app.extensions.get("demo_accounts")
    return render_template(
        "staff/sign_in.html",
        form=form,
        refused=refused,
        next=_own_path(request.values.get("next", "")),
        accounts=accounts() if accounts else [],
        role_names=ROLE_NAMES,
    )


@bp.post("/sign-out")
@opens_to(EVERYONE)
def sign_out() -> Response:
    token = session.get("_user_id", "")
    session.clear()
    if token:
        with transaction():
            signin.sign_out(token)
    return redirect(url_for("staff.sign_in"))


@bp.get("/people", endpoint="people")
@opens_to(Role.ADMINISTRATOR, Role.AUDITOR)
def all_people() -> str:
    """Everyone, those still working first."""
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    statement = select(User).order_by(User.closed_at.is_not(None), User.sign_in_name)
    if words:
        statement = statement.where(
            or_(
                User.name.contains(words, autoescape=True),
                User.sign_in_name.contains(words.lower(), autoescape=True),
            )
        )
    if role in set(Role):
        held = Grant.user_id == User.id, Grant.role == role, Grant.revoked_at.is_(None)
        statement = statement.where(exists().where(*held))
    return render_template(
        "staff/people.html",
        leaf=leaf(statement, scalars=True),
        q=words,
        role=role,
        scope=_scopes(),
        roles=ROLE_NAMES,
    )


@bp.get("/people/add")
@opens_to(Role.ADMINISTRATOR)
def add_person() -> str:
    return render_template("staff/add_person.html", form=EmployForm())


@bp.post("/people/add")
@opens_to(Role.ADMINISTRATOR)
def employ() -> Answer:
    form = EmployForm()
    if not form.validate_on_submit():
        return render_template("staff/add_person.html", form=form), 422
    password = secrets.token_urlsafe(12)
    try:
        with transaction():
            user = people.employ(
                sign_in_name=form.sign_in_name.data or "",
                name=form.name.data or "",
                position=form.position.data or "",
                password=password,
                by=signed_in(),
            )
            number = user.id
    except Refused as refused:
        return render_template("staff/add_person.html", form=form, refused=refused.words), 422
    return _person_page(number, password=password)


@bp.get("/people/<int:number>")
@opens_to(Role.ADMINISTRATOR, Role.AUDITOR)
def person(number: int) -> str:
    return _person_page(number)


def _person_page(number: int, *, form: GrantForm | None = None, refused: str = "", password: str = "") -> str:
    user = db.session().get(User, number) or abort(404)
    history = select(Grant).where(Grant.user_id == number).order_by(Grant.id.desc())
    return render_template(
        "staff/person.html",
        person=user,
        history=db.session().scalars(history).all(),
        form=_choices(form or GrantForm()),
        refused=refused,
        password=password,
        manages=signed_in().has(Role.ADMINISTRATOR) and signed_in().id != number,
        scope=_scopes(),
        roles=ROLE_NAMES,
    )


def _choices(form: GrantForm) -> GrantForm:
    here = places.districts(current_app.extensions["profile"].province_code)
    form.area_code.choices = _options("ทั้งจังหวัด", {d.code: f"อำเภอ{d.name_th}" for d in here})
    form.dimension.choices = _options("ทุกมิติ", {d.code: d.name_th for d in dimensions.DIMENSIONS})
    form.network_code.choices = _options("ไม่ผูกกับเครือข่าย", dict(sorted(people.networks().items())))
    return form


def _options(none: str, known: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice("", none), *(SelectChoice(code, name) for code, name in known.items())]


def _scopes() -> Callable[[Grant], str]:
    """Says the scope of a role in words; the networks are asked for once, when the first treasurer is met."""
    known: dict[str, str] = {}

    def say(grant: Grant) -> str:
        if grant.network_code and not known:
            known.update(people.networks())
        return _scope(grant, known)

    return say


def _scope(grant: Grant, networks: Mapping[str, str]) -> str:
    """The scope of a role in words: where, on what, for whom."""
    said = []
    if grant.area_code:
        place = places.subdistrict(grant.area_code) if len(grant.area_code) == 6 else None
        district = places.district_of(grant.area_code)
        said += [f"ตำบล{place.name_th}"] if place else []
        said += [f"อำเภอ{district.name_th}"] if district else [grant.area_code]
    if grant.dimension:
        said.append(f"มิติ{dimensions.dimension(grant.dimension).name_th}")
    if grant.network_code:
        said.append(networks.get(grant.network_code, grant.network_code))
    return " ".join(said)


@bp.post("/people/<int:number>/grant")
@opens_to(Role.ADMINISTRATOR)
def grant(number: int) -> Answer:
    form = _choices(GrantForm())
    if not form.validate_on_submit():
        return _person_page(number, form=form), 422
    try:
        with transaction():
            people.grant(
                user_id=number,
                role=Role(form.role.data),
                area_code=form.area_code.data or "",
                dimension=form.dimension.data or "",
                network_code=form.network_code.data or "",
                by=signed_in(),
            )
    except Refused as refused:
        return _person_page(number, form=form, refused=refused.words), 422
    flash(f"มอบบทบาท{ROLE_NAMES[Role(form.role.data)]}แล้ว", "success")
    return redirect(url_for("staff.person", number=number))


@bp.post("/people/<int:number>/revoke/<int:grant_id>")
@opens_to(Role.ADMINISTRATOR)
def revoke(number: int, grant_id: int) -> Response:
    with transaction():
        people.revoke(grant_id, by=signed_in())
    flash("เพิกถอนบทบาทแล้ว", "success")
    return redirect(url_for("staff.person", number=number))


@bp.post("/people/<int:number>/close")
@opens_to(Role.ADMINISTRATOR)
def close(number: int) -> Response:
    with transaction():
        people.close(number, by=signed_in())
    flash("ปิดบัญชีแล้ว ผู้ใช้นี้ออกจากระบบทุกเครื่องทันที", "success")
    return redirect(url_for("staff.person", number=number))


@bp.post("/people/<int:number>/reset-password")
@opens_to(Role.ADMINISTRATOR)
def reset_password(number: int) -> str:
    """A new password, shown this once to be handed over; nothing keeps it in readable form."""
    password = secrets.token_urlsafe(12)
    with transaction():
        people.reset_password(number, password=password, by=signed_in())
    return _person_page(number, password=password)


@bp.post("/people/<int:number>/end-sessions")
@opens_to(Role.ADMINISTRATOR)
def end_sessions(number: int) -> Response:
    with transaction():
        people.end_sessions(number, by=signed_in())
    flash("สั่งออกจากระบบทุกเครื่องแล้ว", "success")
    return redirect(url_for("staff.person", number=number))


@bp.get("/people/me")
@opens_to(STAFF)
def me() -> str:
    return render_template("staff/me.html", form=PasswordForm(), scope=_scopes(), roles=ROLE_NAMES)


@bp.post("/people/me")
@opens_to(STAFF)
def change_password() -> Answer:
    form = PasswordForm()
    refused = ""
    if form.validate_on_submit():
        try:
            with transaction():
                people.change_password(
                    current=form.current.data or "",
                    fresh=form.fresh.data or "",
                    token=session["_user_id"],
                    by=signed_in(),
                )
        except Refused as error:
            refused = error.words
        else:
            flash("เปลี่ยนรหัสผ่านแล้ว เครื่องอื่นที่เข้าระบบไว้ถูกออกจากระบบ", "success")
            return redirect(url_for("staff.me"))
    return render_template(
        "staff/me.html", form=form, refused=refused, scope=_scopes(), roles=ROLE_NAMES
    ), 422


@bp.get("/trail", endpoint="trail")
@opens_to(Role.AUDITOR, Role.ADMINISTRATOR)
def show_trail() -> Answer:
    """What was done, newest first."""
    form = TrailForm(request.args)
    form.deed.choices = _options("ทุกเรื่อง", trail.ROOMS)
    good = form.validate()
    statement = trail.search(
        who=form.who.data or "",
        room=form.deed.data or "",
        subject=form.subject.data or "",
        since=form.since.data if good else None,
        until=form.until.data if good else None,
    )
    page = render_template(
        "staff/trail.html",
        form=form,
        leaf=leaf(statement),
        state=trail.state(),
        said=trail.said,
        detail=trail.detail,
    )
    return page if good else (page, 422)


@bp.post("/trail/verify")
@opens_to(Role.AUDITOR, Role.ADMINISTRATOR)
def verify_trail() -> Response:
    found = trail.verified()
    flash(found.words, "success" if found.whole else "danger")
    return redirect(url_for("staff.trail"))
