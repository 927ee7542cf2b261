"""Pages of people: who is employed, with which roles, and one's own account."""

from collections.abc import Callable, Mapping

from flask import abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import Refused, TooManyTries
from app.kit.language import gettext, in_english
from app.kit.lists import Choice, Column, List, Search
from app.province import places
from app.province.profile import Profile
from app.staff import approvals, passwords, people, resets, signin
from app.staff.blueprint import bp
from app.staff.doors import STAFF, opens_to, signed_in
from app.staff.forms import (
    AddressesForm,
    AskGrantForm,
    AskResetForm,
    EmployForm,
    GrantForm,
    PasswordForm,
    options,
)
from app.staff.roles import ROLE_NAMES, Grant, Role
from app.staff.users import User


@bp.get("/people", endpoint="people")
@opens_to(*approvals.APPROVERS, Role.AUDITOR)
def all_people() -> ResponseReturnValue:
    scope = _scopes()
    return lists.show(
        "staff/people.html",
        List(
            select(User).options(selectinload(User.grants)),
            columns=(
                Column("ชื่อ", lambda person: person.name, href=_page_of, sort="name"),
                Column("ชื่อผู้ใช้", lambda person: person.sign_in_name, sort="sign_in_name"),
                Column("บทบาท", lambda person: _roles_in_words(person, scope)),
                Column("ตำแหน่ง", lambda person: person.position, on="desk"),
                Column(
                    "สถานะ",
                    lambda person: ("ปิดแล้ว", "neutral") if person.closed_at else ("ใช้งาน", "success"),
                    "pill",
                ),
            ),
            orders={"sign_in_name": (User.sign_in_name, User.id), "name": (User.name, User.id)},
            down=False,
            search=Search("ชื่อหรือชื่อผู้ใช้", lambda words: lists.contains(words, User.name, User.sign_in_name)),
            filters=(
                Choice(
                    "role",
                    "บทบาท",
                    [(role.value, name) for role, name in ROLE_NAMES.items()],
                    _holds,
                    "ทุกบทบาท",
                ),
                Choice(
                    "state",
                    "สถานะ",
                    (("open", "ใช้งาน"), ("closed", "ปิดแล้ว")),
                    lambda state: (
                        User.closed_at.is_(None) if state == "open" else User.closed_at.is_not(None)
                    ),
                ),
            ),
            label="ผู้ใช้",
            drawing="people",
            file="people",
        ),
    )


def _page_of(person: User) -> str:
    return url_for("staff.person", number=person.id)


def _holds(role: str) -> ColumnElement[bool]:
    return exists().where(Grant.user_id == User.id, Grant.role == role, Grant.revoked_at.is_(None))


def _roles_in_words(person: User, scope: Callable[[Grant], str]) -> str:
    said = (f"{ROLE_NAMES[Role(grant.role)]} {scope(grant)}".strip() for grant in person.grants)
    return ", ".join(said) or "ยังไม่มี"


@bp.get("/people/add")
@opens_to(Role.ADMINISTRATOR)
def add_person() -> str:
    return render_template("staff/add_person.html", form=EmployForm())


@bp.post("/people/add")
@opens_to(Role.ADMINISTRATOR)
def employ() -> ResponseReturnValue:
    form = EmployForm()
    if not form.validate_on_submit():
        return render_template("staff/add_person.html", form=form), 422
    password = passwords.made()
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
@opens_to(*approvals.APPROVERS, Role.AUDITOR)
def person(number: int) -> str:
    return _person_page(number)


def _person_page(
    number: int,
    *,
    form: GrantForm | None = None,
    asking: AskGrantForm | None = None,
    resetting: AskResetForm | None = None,
    refused: str = "",
    password: str = "",
) -> str:
    user = db.session().get(User, number) or abort(404)
    history = select(Grant).where(Grant.user_id == number).order_by(Grant.id.desc())
    return render_template(
        "staff/person.html",
        person=user,
        history=db.session().scalars(history).all(),
        form=_choices(form or GrantForm()),
        asking=asking or AskGrantForm(formdata=None),
        resetting=resetting or AskResetForm(formdata=None),
        takes_two=resets.takes_two(user),
        waiting=[approval for approval in approvals.waiting() if approval.concerned_id == number],
        asks=signed_in().has(*approvals.APPROVERS) and signed_in().id != number,
        refused=refused,
        password=password,
        manages=signed_in().has(Role.ADMINISTRATOR) and signed_in().id != number,
        scope=_scopes(),
        roles=ROLE_NAMES,
    )


def _choices(form: GrantForm) -> GrantForm:
    here = places.districts(Profile.here().province_code)
    form.area_code.choices = {
        "": [SelectChoice("", "เลือกพื้นที่"), SelectChoice(GrantForm.WHOLE_PROVINCE, "ทั้งจังหวัด")],
        **{
            f"อำเภอ{district.name_th}": [
                SelectChoice(district.code, f"ทั้งอำเภอ{district.name_th}"),
                *(
                    SelectChoice(subdistrict.code, f"ตำบล{subdistrict.name_th}")
                    for subdistrict in places.subdistricts(district.code)
                ),
            ]
            for district in here
        },
    }
    form.dimension.choices = options(
        f"ทุก{Profile.here().sides.word}", {side.code: side.name_th for side in Profile.here().sides.offered}
    )
    form.network_code.choices = options("ไม่ผูกกับเครือข่าย", dict(sorted(people.networks().items())))
    return form


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
    scope = []
    if grant.area_code:
        place = places.subdistrict(grant.area_code) if len(grant.area_code) == 6 else None
        district = places.district_of(grant.area_code)
        scope += [f"ตำบล{place.name_th}"] if place else []
        scope += [f"อำเภอ{district.name_th}"] if district else [grant.area_code]
    if grant.dimension:
        sides = Profile.here().sides
        scope.append(sides.word + sides.side(grant.dimension).name_th)
    if grant.network_code:
        scope.append(networks.get(grant.network_code, grant.network_code))
    return " ".join(scope)


@bp.post("/people/<int:number>/grant")
@opens_to(Role.ADMINISTRATOR)
def grant(number: int) -> ResponseReturnValue:
    form = _choices(GrantForm())
    if not form.validate_on_submit():
        return _person_page(number, form=form), 422
    area = form.area_code.data or ""
    try:
        with transaction():
            people.grant(
                user_id=number,
                role=Role(form.role.data),
                area_code="" if area == GrantForm.WHOLE_PROVINCE else area,
                whole_province=area == GrantForm.WHOLE_PROVINCE,
                dimension=form.dimension.data or "",
                network_code=form.network_code.data or "",
                order_number=form.order_number.data or "",
                ends_on=form.ends_on.data,
                by=signed_in(),
            )
    except Refused as refused:
        return _person_page(number, form=form, refused=refused.words), 422
    flash(f"มอบบทบาท{ROLE_NAMES[Role(form.role.data)]}แล้ว", "success")
    return redirect(url_for("staff.person", number=number))


@bp.post("/people/<int:number>/ask-grant")
@opens_to(*approvals.APPROVERS)
def ask_grant(number: int) -> ResponseReturnValue:
    form = AskGrantForm()
    if not form.validate_on_submit():
        return _person_page(number, asking=form), 422
    try:
        with transaction():
            asked = people.ask_grant(
                user_id=number,
                role=Role(form.role.data),
                reason=form.reason.data or "",
                order_number=form.order_number.data or "",
                ends_on=form.ends_on.data,
                by=signed_in(),
            ).id
    except Refused as refused:
        return _person_page(number, asking=form, refused=refused.words), 422
    flash(f"ขอมอบบทบาท{ROLE_NAMES[Role(form.role.data)]}แล้ว รอผู้ถือบทบาทอื่นอนุมัติ", "success")
    return redirect(url_for("staff.approval", number=asked), code=303)


@bp.post("/people/<int:number>/revoke/<int:grant_id>")
@opens_to(Role.ADMINISTRATOR)
def revoke(number: int, grant_id: int) -> Response:
    with transaction():
        people.revoke(grant_id, by=signed_in())
    flash(gettext("เพิกถอนบทบาทแล้ว"), "success")
    return redirect(url_for("staff.person", number=number))


@bp.post("/people/<int:number>/close")
@opens_to(Role.ADMINISTRATOR)
def close(number: int) -> Response:
    with transaction():
        people.close(number, by=signed_in())
    flash(gettext("ปิดบัญชีแล้ว ผู้ใช้นี้ออกจากระบบทุกเครื่องทันที"), "success")
    return redirect(url_for("staff.person", number=number))


@bp.post("/people/<int:number>/reset-password")
@opens_to(Role.ADMINISTRATOR)
def reset_password(number: int) -> str:
    """A new password, shown this once to be handed over; nothing keeps it in readable form."""
    password = passwords.made()
    with transaction():
        people.reset_password(number, password=password, by=signed_in())
    return _person_page(number, password=password)


@bp.post("/people/<int:number>/ask-reset")
@opens_to(*approvals.APPROVERS)
def ask_reset(number: int) -> ResponseReturnValue:
    form = AskResetForm()
    if not form.validate_on_submit():
        return _person_page(number, resetting=form), 422
    try:
        with transaction():
            asked = resets.ask(number, reason=form.reason.data or "", by=signed_in()).id
    except Refused as refused:
        return _person_page(number, resetting=form, refused=refused.words), 422
    flash(gettext("ขอตั้งรหัสผ่านใหม่แล้ว รอผู้ถือบทบาทอื่นอนุมัติ"), "success")
    return redirect(url_for("staff.approval", number=asked), code=303)


@bp.post("/people/<int:number>/end-sessions")
@opens_to(Role.ADMINISTRATOR)
def end_sessions(number: int) -> Response:
    with transaction():
        people.end_sessions(number, by=signed_in())
    flash(gettext("สั่งออกจากระบบทุกเครื่องแล้ว"), "success")
    return redirect(url_for("staff.person", number=number))


@bp.get("/people/me")
@in_english
@opens_to(STAFF)
def me() -> str:
    return _me()


def _me(
    *, form: PasswordForm | None = None, addresses: AddressesForm | None = None, refused: str = ""
) -> str:
    return render_template(
        "staff/me.html",
        form=form or PasswordForm(formdata=None),
        addresses=addresses or AddressesForm(formdata=None, obj=signed_in()),
        refused=refused,
        scope=_scopes(),
        roles=ROLE_NAMES,
    )


@bp.post("/people/me/addresses")
@in_english
@opens_to(STAFF)
def set_addresses() -> ResponseReturnValue:
    form = AddressesForm()
    if not form.validate_on_submit():
        return _me(addresses=form), 422
    try:
        signin.confirm_password(form.password_again.data or "", by=signed_in())
        with transaction():
            people.set_addresses(
                email=form.email.data or "", line_user_id=form.line_user_id.data or "", by=signed_in()
            )
    except Refused as error:
        return _me(addresses=form, refused=error.words), 429 if isinstance(error, TooManyTries) else 422
    flash(gettext("บันทึกที่อยู่รับข้อความแล้ว"), "success")
    return redirect(url_for("staff.me"), code=303)


@bp.post("/people/me")
@in_english
@opens_to(STAFF)
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    refused, status = "", 422
    if form.validate_on_submit():
        try:
            signin.confirm_password(form.current.data or "", by=signed_in())
            with transaction():
                people.change_password(
                    current=form.current.data or "",
                    fresh=form.fresh.data or "",
                    token=session["_user_id"],
                    by=signed_in(),
                )
        except TooManyTries as error:
            refused, status = error.words, 429
        except Refused as error:
            refused = error.words
        else:
            flash(gettext("เปลี่ยนรหัสผ่านแล้ว เครื่องอื่นที่เข้าระบบไว้ถูกออกจากระบบ"), "success")
            return redirect(url_for("staff.me"))
    return _me(form=form, refused=refused), status
