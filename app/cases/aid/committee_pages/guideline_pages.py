"""Pages of the guideline: its versions, one of them with its vote, and the form that tables another."""

from collections.abc import Callable

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import select
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.cases.aid.committee_pages.forms import PressForm, VoteForm
from app.cases.aid.committee_pages.pages import bp
from app.cases.aid.committee_pages.room import CHOICE_ICONS, LEADERS, READERS
from app.fund.committee import guidelines, item_status, seats
from app.fund.committee.meetings import may_lead
from app.fund.committee.records import Meeting, MeetingState, VoteChoice
from app.fund.committee.records.guidelines import Guideline
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form, Given
from app.kit.thai import short_date
from app.kit.web import takes_files
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User


class GuidelineForm(Form):
    """Another version, and the meeting that votes on it."""

    meeting = SelectField("เสนอในการประชุม", coerce=int)
    title = StringField("ชื่อแนวทาง", validators=[Given("กรุณาใส่ชื่อแนวทาง"), Length(max=160)])
    words = TextAreaField("เนื้อหา", validators=[Length(max=20_000)])
    pdf = FileField("ไฟล์ PDF (ถ้ามี)")

    def offer(self) -> None:
        ahead = select(Meeting).where(
            Meeting.state.in_((MeetingState.CALLED, MeetingState.OPEN)), Meeting.body_id == seats.body().id
        )
        self.meeting.choices = [
            (meeting.id, f"ครั้งที่ {meeting.code} วันที่ {short_date(meeting.sat_on)}")
            for meeting in db.session().scalars(ahead.order_by(Meeting.held_on, Meeting.id))
        ]


def _pill(found: Guideline, now: Guideline | None) -> tuple[str, str]:
    if found is now:
        return "ใช้อยู่", "success"
    if found.is_adopted:
        return "ฉบับก่อน", "neutral"
    if found.decided_at is not None:
        return "ไม่รับรอง", "danger"
    over = found.meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED)
    return ("ไม่มีมติ", "neutral") if over else ("รอลงมติ", "warning")


def _all(form: GuidelineForm | None = None, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    now = guidelines.in_force()
    tabling = form or GuidelineForm(
        formdata=None, title=now.title if now else "", words=now.words if now else ""
    )
    tabling.offer()
    page = render_template(
        "committee/guidelines.html",
        versions=[(found, _pill(found, now)) for found in guidelines.every()],
        tabling=tabling if signed_in().has(Role.FUND_OFFICER) else None,
        is_asked=form is not None,
        refused=refused,
    )
    return page, status


@bp.get("/guidelines", endpoint="guidelines")
@opens_to(*READERS, Role.FINANCE)
def all_guidelines() -> ResponseReturnValue:
    return _all()


@bp.post("/guidelines")
@opens_to(Role.FUND_OFFICER)
@takes_files("pdf")
def table_guideline() -> ResponseReturnValue:
    form = GuidelineForm()
    form.offer()
    if not form.validate_on_submit():
        return _all(form, status=422)
    try:
        with transaction():
            number = guidelines.table(
                form.meeting.data,
                title=form.title.data or "",
                words=form.words.data or "",
                pdf=form.pdf.data.read() if form.pdf.data else b"",
                by=signed_in(),
            ).id
    except Refused as refused:
        return _all(form, refused=refused.words, status=422 if isinstance(refused, BadInput) else 409)
    flash("บรรจุแนวทางในวาระแล้ว", "success")
    return redirect(url_for("committee.guideline", number=number))


def _found(number: int) -> Guideline:
    found = db.session().get(Guideline, number)
    if found is None:
        abort(404)
    return found


@bp.get("/guidelines/<int:number>")
@opens_to(*READERS, Role.FINANCE)
def guideline(number: int) -> ResponseReturnValue:
    return _show(number)


def _show(number: int, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    found, me = _found(number), signed_in()
    cast = guidelines.votes(number)
    here = item_status.attending(found.meeting_id)
    is_open = found.meeting.state == MeetingState.OPEN and found.decided_at is None
    page = render_template(
        "committee/guideline.html",
        found=found,
        pill=_pill(found, guidelines.in_force()),
        is_open=is_open,
        why_not=guidelines.why_not(found, me),
        mine=cast[me.id].words if me.id in cast else "",
        voted=len(cast),
        present=len(here),
        may_resolve=is_open and may_lead(found.meeting, me) and not here - cast.keys(),
        choices=[(choice.value, choice.words, CHOICE_ICONS[choice]) for choice in VoteChoice],
        refused=refused,
    )
    return page, status


@bp.get("/guidelines/<int:number>/guideline.pdf")
@opens_to(*READERS, Role.FINANCE)
def guideline_pdf(number: int) -> Response:
    """The version's file as it was tabled."""
    found = _found(number)
    if found.pdf is None:
        abort(404)
    return Response(
        found.pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="guideline-{found.number}.pdf"'},
    )


def _do(number: int, form: Form, deed: Callable[[User], object], message: str) -> ResponseReturnValue:
    _found(number)
    if not form.validate_on_submit():
        return _show(number, refused="กรุณาลองอีกครั้ง", status=422)
    try:
        with transaction():
            deed(signed_in())
    except Refused as refused:
        return _show(number, refused=refused.words, status=422 if isinstance(refused, BadInput) else 409)
    flash(message, "success")
    return redirect(url_for("committee.guideline", number=number))


@bp.post("/guidelines/<int:number>/vote")
@opens_to(*seats.SEATS)
def vote_on_guideline(number: int) -> ResponseReturnValue:
    form = VoteForm()
    return _do(
        number,
        form,
        lambda by: guidelines.vote(number, choice=form.choice.data or "", by=by),
        "ลงคะแนนแล้ว",
    )


@bp.post("/guidelines/<int:number>/resolve")
@opens_to(*LEADERS, Role.COMMITTEE)
def resolve_guideline(number: int) -> ResponseReturnValue:
    return _do(number, PressForm(), lambda by: guidelines.resolve(number, by=by), "บันทึกมติแล้ว")
