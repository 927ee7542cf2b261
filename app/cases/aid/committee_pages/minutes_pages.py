"""Pages of a meeting's minutes: the draft or the endorsed paper, endorsing, and the signed scan."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Length

from app.cases.aid.committee_pages import minutes_paper
from app.cases.aid.committee_pages.pages import bp
from app.cases.aid.committee_pages.room import LEADERS, READERS, meeting_of
from app.fund.committee import minutes as minutes_
from app.fund.committee.records import Meeting, MeetingState
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.forms import Form
from app.kit.web import takes_files
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


class EndorseForm(Form):
    corrections = TextAreaField("ข้อแก้ไข", validators=[Length(max=2000)])


class ScanForm(Form):
    scan = FileField("ฉบับลงนาม (PDF)")


@bp.get("/meetings/<int:number>/minutes")
@opens_to(*READERS)
def minutes_page(number: int) -> ResponseReturnValue:
    return _shown(number)


def _shown(number: int, *, refused: str = "", **forms: Any) -> ResponseReturnValue:
    meeting = meeting_of(number)
    made = minutes_.of(number)
    later = db.session().get(Meeting, made.endorsed_in_id) if made else None
    page = render_template(
        "committee/minutes.html",
        meeting=meeting,
        made=made,
        later=later,
        waits=minutes_.waiting(meeting) if meeting.state == MeetingState.OPEN else [],
        endorsing=forms.get("endorsing") or EndorseForm(formdata=None),
        scanning=forms.get("scanning") or ScanForm(formdata=None),
        leads=signed_in().has(*LEADERS),
        keeps=signed_in().has(Role.FUND_OFFICER),
        refused=refused,
    )
    return page, 409 if refused else 200


@bp.get("/meetings/<int:number>/minutes.pdf")
@opens_to(*READERS)
def minutes(number: int) -> Response:
    """What was decided, by whom, with dissent; without the story and without anyone who is helped."""
    meeting, made = meeting_of(number), minutes_.of(number)
    digits = "arabic" if request.args.get("digits") == "arabic" else "thai"
    content = made.pdf if made else minutes_paper.paper(meeting, digits=digits)
    return _pdf(content, f"minutes-{meeting.file_code}.pdf")


@bp.get("/meetings/<int:number>/invitation.pdf")
@opens_to(*READERS)
def invitation(number: int) -> Response:
    """The letter that calls the members, to be numbered and signed by the office."""
    meeting = meeting_of(number)
    return _pdf(minutes_paper.invitation(meeting), f"invitation-{meeting.file_code}.pdf")


@bp.get("/meetings/<int:number>/minutes-signed.pdf")
@opens_to(*READERS)
def minutes_signed(number: int) -> Response:
    meeting, made = meeting_of(number), minutes_.of(number)
    if made is None or made.scan is None:
        abort(404)
    # Whatever a scanner's file can do, it does not do it in this portal's pages.
    answer = _pdf(made.scan, f"minutes-{meeting.file_code}-signed.pdf", how="attachment")
    answer.headers["Content-Security-Policy"] = "sandbox"
    return answer


def _pdf(content: bytes, name: str, *, how: str = "inline") -> Response:
    headers = {"Content-Disposition": f'{how}; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=headers)


@bp.post("/meetings/<int:number>/minutes/<int:earlier>/endorse")
@opens_to(*LEADERS)
def endorse_minutes(number: int, earlier: int) -> ResponseReturnValue:
    """The open meeting of this address endorses the minutes of an earlier one."""
    form = EndorseForm()
    meeting_of(number), meeting_of(earlier)
    try:
        if not form.validate_on_submit():
            raise Refused("กรุณาเขียนข้อแก้ไขไม่เกิน 2,000 ตัวอักษร")
        minutes_paper.endorse(earlier, in_id=number, corrections=form.corrections.data or "", by=signed_in())
    except Refused as refused:
        return _shown(number, refused=refused.words, endorsing=form)
    flash("รับรองรายงานการประชุมแล้ว ฉบับนี้แก้ไขไม่ได้อีก", "success")
    return redirect(url_for("committee.minutes_page", number=earlier), 303)


@bp.post("/meetings/<int:number>/minutes/scan")
@opens_to(Role.FUND_OFFICER)
@takes_files("scan")
def keep_signed_minutes(number: int) -> ResponseReturnValue:
    form = ScanForm()
    meeting_of(number)
    sent = request.files.get("scan")
    try:
        if not form.validate_on_submit() or sent is None or not sent.filename:
            raise Refused("กรุณาเลือกไฟล์ PDF ของฉบับลงนาม")
        with transaction():
            minutes_.keep_scan(number, content=sent.read(), by=signed_in())
    except Refused as refused:
        return _shown(number, refused=refused.words, scanning=form)
    flash("เก็บฉบับลงนามแล้ว", "success")
    return redirect(url_for("committee.minutes_page", number=number), 303)
