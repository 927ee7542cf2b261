"""Pages of the bodies: which committees there are, who sits in them, since when and by which order."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.cases.aid.committee_pages.forms import BodyForm, ChangedRulesForm, EndForm, SeatForm
from app.cases.aid.committee_pages.pages import bp
from app.cases.aid.committee_pages.room import READERS
from app.fund.committee import body_rules, seats
from app.fund.committee.records.bodies import Body, Office
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Grant, Role
from app.staff.users import User

KEEPERS = (Role.FUND_OFFICER, Role.ADMINISTRATOR)


def _people() -> list[User]:
    """Who may sit in a body: they hold the role to sign in with."""
    held = select(Grant.user_id).where(Grant.role.in_(seats.SEATS), Grant.revoked_at.is_(None))
    return list(
        db.session().scalars(
            select(User).where(User.id.in_(held), User.closed_at.is_(None)).order_by(User.name)
        )
    )


def _seat_form(**given: object) -> SeatForm:
    form = SeatForm(**given)
    form.offer(seats.bodies(), _people())
    return form


def _ending(seat_id: int) -> EndForm:
    """The form of one seat, whose field no other on the page is taken for."""
    form = EndForm(formdata=None, to_on=clock.today())
    form.to_on.id = f"to_on-{seat_id}"
    return form


def _show(refused: str = "", status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "committee/bodies.html",
        bodies=[
            (body, seats.seated(body.id), body_rules.words(body.rules_on(clock.today())))
            for body in seats.bodies()
        ],
        offices={office.value: office.words for office in Office},
        keeps=signed_in().has(*KEEPERS),
        taking=_seat_form(formdata=None, from_on=clock.today()),
        ending=_ending,
        opening=BodyForm.of(seats.suggested_rules()),
        refused=refused,
    )
    return page, status


@bp.get("/bodies")
@opens_to(*READERS, Role.ADMINISTRATOR)
def bodies() -> ResponseReturnValue:
    return _show()


def _do(form: Form, deed: Callable[[User], object], message: str) -> ResponseReturnValue:
    if not form.validate_on_submit():
        first = next((error for errors in form.errors.values() for error in errors), "กรุณาลองอีกครั้ง")
        return _show(str(first), 422)
    try:
        with transaction():
            deed(signed_in())
    except Refused as refused:
        return _show(refused.words, 422 if isinstance(refused, BadInput) else 409)
    flash(message, "success")
    return redirect(url_for("committee.bodies"))


@bp.post("/bodies")
@opens_to(Role.FUND_OFFICER)
def open_body() -> ResponseReturnValue:
    form = BodyForm()
    form.offer()
    return _do(
        form,
        lambda by: seats.open_body(
            code=form.code.data or "", name_th=form.name_th.data or "", **form.said, by=by
        ),
        "ตั้งคณะแล้ว",
    )


def _body_of(number: int) -> Body:
    found = db.session().get(Body, number)
    if found is None:
        abort(404)
    return found


@bp.route("/bodies/<int:number>/rules", methods=["GET", "POST"], endpoint="body_rules")
@opens_to(*READERS, Role.ADMINISTRATOR)
def rules_of_order(number: int) -> ResponseReturnValue:
    """By what a body counts and decides, now and before, and, for the secretariat, what an order changes."""
    body, refused, status = _body_of(number), "", 200
    may_change = signed_in().has(Role.FUND_OFFICER)
    form = ChangedRulesForm.of(body.versions[-1])
    if request.method == "POST":
        if not may_change:
            abort(403)
        form = ChangedRulesForm()
        form.offer()
        status = 422
        if form.validate_on_submit():
            assert form.from_on.data is not None
            try:
                with transaction():
                    body_rules.change(
                        number,
                        **form.said,
                        order_number=form.order_number.data or "",
                        from_on=form.from_on.data,
                        by=signed_in(),
                    )
            except Refused as error:
                refused, status = error.words, 422 if isinstance(error, BadInput) else 409
            else:
                flash("บันทึกระเบียบการประชุมแล้ว", "success")
                return redirect(url_for("committee.body_rules", number=number))
    page = render_template(
        "committee/body_rules.html",
        body=_body_of(number),
        versions=[(rules, body_rules.words(rules)) for rules in reversed(_body_of(number).versions)],
        today=clock.today(),
        in_force=_body_of(number).rules_on(clock.today()),
        form=form if may_change else None,
        is_asked=status != 200,
        refused=refused,
    )
    return page, status


@bp.post("/bodies/seats")
@opens_to(*KEEPERS)
def take_seat() -> ResponseReturnValue:
    form = _seat_form()

    def take(by: User) -> None:
        assert form.from_on.data is not None
        seats.seat(
            person_id=form.person.data,
            office=form.office.data,
            order_number=form.order_number.data or "",
            from_on=form.from_on.data,
            to_on=form.to_on.data,
            body_id=form.body.data or None,
            by=by,
        )

    return _do(form, take, "บันทึกกรรมการแล้ว")


@bp.post("/bodies/seats/<int:number>/end")
@opens_to(*KEEPERS)
def end_seat(number: int) -> ResponseReturnValue:
    form = EndForm()

    def end(by: User) -> None:
        assert form.to_on.data is not None
        seats.end(number, to_on=form.to_on.data, by=by)

    return _do(form, end, "บันทึกการพ้นจากตำแหน่งแล้ว")
