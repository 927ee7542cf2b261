"""Pages of what the chair delegated by order: who decides in the chair's place, up to how much, until when, and the paper."""

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import SelectField, StringField
from wtforms.validators import Length

from app.cases.aid.committee_pages.forms import PressForm
from app.cases.aid.committee_pages.pages import bp
from app.cases.aid.committee_pages.room import LEADERS, READERS
from app.fund.committee import delegations, tiers
from app.fund.committee.records.authority import Delegation
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import BahtField, Form, Given, ThaiDateField
from app.kit.web import takes_files
from app.staff import approvals, notices
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


class DelegationForm(Form):
    """To whom, by which order, up to how much, for which days."""

    to = SelectField("ผู้รับมอบ", coerce=int)
    order_number = StringField("คำสั่งเลขที่", validators=[Given("กรุณาใส่เลขที่คำสั่ง"), Length(max=60)])
    order_on = ThaiDateField("ลงวันที่", validators=[Given("กรุณาใส่วันที่ของคำสั่ง")])
    ceiling = BahtField("วงเงินต่อครั้ง (บาท)", validators=[Given("กรุณาใส่วงเงิน")])
    from_on = ThaiDateField("ใช้ได้ตั้งแต่วันที่", validators=[Given("กรุณาใส่วันเริ่ม")])
    to_on = ThaiDateField("ถึงวันที่", validators=[Given("กรุณาใส่วันสิ้นสุด")])
    paper = FileField("คำสั่งที่ลงนามแล้ว (PDF)", validators=[Given("กรุณาแนบคำสั่ง")])
    reason = StringField("เหตุผล", validators=[Given("กรุณาบอกเหตุผล"), Length(max=300)])

    def offer(self) -> None:
        people = {person.id: person.name for person in notices.holders(*delegations.HOLDERS)}
        self.to.choices = list(people.items())


def _show(form: DelegationForm | None = None, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    me = signed_in()
    asking = form or DelegationForm(formdata=None, order_on=clock.today(), from_on=clock.today())
    asking.offer()
    page = render_template(
        "committee/delegations.html",
        orders=[(order, delegations.in_force(order)) for order in delegations.every()],
        asking=asking if me.has(*approvals.APPROVERS) else None,
        is_asked=form is not None,
        ends=me.has(*LEADERS),
        standing=tiers.standing(),
        refused=refused,
    )
    return page, status


@bp.get("/delegations", endpoint="delegations")
@opens_to(*READERS, Role.ADMINISTRATOR)
def all_delegations() -> ResponseReturnValue:
    return _show()


@bp.post("/delegations")
@opens_to(*approvals.APPROVERS)
@takes_files("paper")
def ask_delegation() -> ResponseReturnValue:
    form = DelegationForm()
    form.offer()
    dates = (form.order_on.data, form.from_on.data, form.to_on.data)
    if not form.validate_on_submit() or None in dates:
        return _show(form, status=422)
    order_on, from_on, to_on = dates
    assert order_on is not None
    assert from_on is not None
    assert to_on is not None
    try:
        with transaction():
            asked = delegations.ask(
                to_id=form.to.data,
                order_number=form.order_number.data or "",
                order_on=order_on,
                ceiling_satang=form.ceiling.data or 0,
                from_on=from_on,
                to_on=to_on,
                paper=form.paper.data.read(),
                reason=form.reason.data or "",
                by=signed_in(),
            ).id
    except Refused as refused:
        return _show(form, refused=refused.words, status=422 if isinstance(refused, BadInput) else 409)
    flash("ส่งแล้ว รออีกท่านหนึ่งที่ถือบทบาทอื่นยืนยัน", "success")
    return redirect(url_for("staff.approval", number=asked), code=303)


@bp.post("/delegations/<int:number>/end")
@opens_to(*LEADERS)
def end_delegation(number: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        with transaction():
            delegations.end(number, by=signed_in())
    except Refused as refused:
        return _show(refused=refused.words, status=409)
    flash("สิ้นสุดการมอบอำนาจแล้ว", "success")
    return redirect(url_for("committee.delegations"))


@bp.get("/delegations/<int:number>/order.pdf")
@opens_to(*READERS, Role.ADMINISTRATOR)
def delegation_paper(number: int) -> Response:
    """The signed order as it was sent."""
    found = db.session().get(Delegation, number)
    if found is None:
        abort(404)
    return Response(
        found.paper,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="delegation-{number}.pdf"'},
    )
