"""Pages of circulated resolutions: what circulates, sending one round, asking for a meeting, and closing."""

from datetime import datetime, time, timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.cases.aid.committee_pages.forms import CirculateForm, DiscussForm, PressForm
from app.cases.aid.committee_pages.pages import bp, do
from app.cases.aid.committee_pages.room import READERS
from app.fund.committee import circulations, seats
from app.fund.committee.records import AgendaItem
from app.fund.committee.records.circulations import Outcome
from app.fund.committee.seats import SEATS
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province.profile import Profile
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: So many that are closed stand on the page of all; the others in their requests and in the minutes.
_MOST = 30
#: Days that members are given unless the secretariat says otherwise.
_DAYS = 7


@bp.get("/circulations", endpoint="circulations")
@opens_to(*READERS)
def every() -> str:
    """What circulates now, with who has answered, and how what circulated before ended."""
    several = circulations.every(most=_MOST)
    ends = [(meeting, Outcome(meeting.circulation.outcome)) for meeting in several if meeting.circulation]
    counted = circulations.counts(
        [meeting.items[0].id for meeting, outcome in ends if outcome == Outcome.OPEN]
    )
    return render_template(
        "committee/circulations.html",
        open_ones=[
            (meeting, meeting.items[0], counted[meeting.items[0].id])
            for meeting, outcome in ends
            if outcome == Outcome.OPEN
        ],
        closed_ones=[
            (meeting, meeting.items[0], outcome) for meeting, outcome in ends if outcome != Outcome.OPEN
        ],
        may_send=signed_in().has(Role.FUND_OFFICER),
    )


@bp.route("/circulations/new", methods=["GET", "POST"])
@opens_to(Role.FUND_OFFICER)
def circulate() -> ResponseReturnValue:
    form = CirculateForm(closes_on=clock.today() + timedelta(days=_DAYS))
    profile = Profile.here()
    able = [body for body in seats.bodies() if profile.circulates(body.level) != "forbidden"]
    form.offer(circulations.waiting(), able)
    refused = ""
    if form.validate_on_submit():
        assert form.closes_on.data is not None
        # To the last minute of the day in Bangkok.
        until = datetime.combine(form.closes_on.data, time(23, 59), clock.BANGKOK)
        try:
            with transaction():
                meeting = circulations.circulate(
                    form.proposal.data or "",
                    closes_at=until,
                    body_id=form.body.data or None,
                    by=signed_in(),
                )
                item_id, code = meeting.items[0].id, meeting.code
            flash(f"ส่งมติเวียนที่ {code} แล้ว กรรมการได้รับแจ้ง", "success")
            return redirect(url_for("committee.item", item_id=item_id))
        except Refused as error:
            refused = error.words
    status = 409 if refused else 422 if form.is_submitted() else 200
    return render_template("committee/circulate.html", form=form, refused=refused), status


def _item(item_id: int) -> AgendaItem:
    found = db.session().get(AgendaItem, item_id)
    if found is None or not found.meeting.is_circulated:
        abort(404)
    return found


@bp.post("/agenda/<int:item_id>/discuss")
@opens_to(*SEATS)
def discuss(item_id: int) -> ResponseReturnValue:
    _item(item_id)
    form = DiscussForm()
    return do(
        form,
        lambda by: circulations.discuss(item_id, reason=form.reason.data or "", by=by),
        "ขอให้นำเข้าที่ประชุมแล้ว การเวียนสิ้นสุดโดยไม่มีมติ",
        item_id=item_id,
    )


@bp.post("/agenda/<int:item_id>/close")
@opens_to(Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER)
def close_circulation(item_id: int) -> ResponseReturnValue:
    number = _item(item_id).meeting_id
    return do(
        PressForm(),
        lambda by: circulations.close(number, by=by),
        "ปิดมติเวียนแล้ว ผลเป็นไปตามที่กรรมการตอบ",
        item_id=item_id,
    )
