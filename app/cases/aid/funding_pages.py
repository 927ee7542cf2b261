"""The step of a draft that says who pays: other purposes of the fund, and others who pay their part themselves."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.cases.aid import access, funding
from app.cases.aid import lines as lines_
from app.cases.aid.blueprint import bp, request_or_404
from app.cases.aid.records import AidRequest, RequestState
from app.cases.aid.request_pages import DRAFT_STEPS
from app.fund.committee.records import FundingKind
from app.fund.ledger.accounts import Purpose
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import BahtField, Form, Given
from app.staff.doors import opens_to, signed_in


class FundingForm(Form):
    """Who pays a part: a purpose of the fund, or somebody else by name."""

    kind = SelectField(
        "ผู้จ่าย", choices=[SelectChoice(kind.value, kind.words) for kind in reversed(FundingKind)]
    )
    source = StringField("ชื่อผู้ร่วมจ่าย", validators=[Length(max=160)])
    purpose = SelectField("วัตถุประสงค์อื่นของกองทุน")
    satang = BahtField("จำนวนเงิน (บาท)", validators=[Given("กรุณาใส่จำนวนเงิน")])

    def offer(self, known: AidRequest) -> None:
        rows = select(Purpose).where(Purpose.open, Purpose.code != known.purpose_code).order_by(Purpose.id)
        self.purpose.choices = [
            SelectChoice("", "ไม่ใช้"),
            *(SelectChoice(purpose.code, purpose.name_th) for purpose in db.session().scalars(rows)),
        ]


@bp.route("/requests/<code>/funding", methods=["GET", "POST"])
@opens_to(*access.OFFICERS)
def request_funding(code: str) -> ResponseReturnValue:
    """Who pays what of the draft; a form adds one more."""
    known = request_or_404(code)
    if known.state != RequestState.DRAFT:
        return redirect(url_for("aid.one_request", code=code))
    form = FundingForm()
    form.offer(known)
    refused, status = "", 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction():
                    funding.add(
                        known.id,
                        kind=form.kind.data,
                        satang=form.satang.data or 0,
                        source=form.source.data or "",
                        purpose_code=form.purpose.data or "",
                        by=signed_in(),
                    )
            except Refused as no:
                refused, status = no.words, 422 if isinstance(no, BadInput) else 409
            else:
                flash("เพิ่มแหล่งเงินแล้ว", "success")
                return redirect(url_for("aid.request_funding", code=code))
    lines = lines_.of(known.id)
    page = render_template(
        "aid/funding.html",
        known=known,
        form=form,
        refused=refused,
        shares=funding.shares(known, lines),
        names=purpose_names(),
        kinds={kind.value: kind.words for kind in FundingKind},
        steps=DRAFT_STEPS,
    )
    return page, status


@bp.post("/requests/<code>/funding/<int:funding_id>/remove")
@opens_to(*access.OFFICERS)
def remove_funding(code: str, funding_id: int) -> Response:
    known = request_or_404(code)
    with transaction():
        funding.remove(known.id, funding_id=funding_id, by=signed_in())
    flash("นำแหล่งเงินออกแล้ว", "success")
    return redirect(url_for("aid.request_funding", code=code))


def purpose_names() -> dict[str, str]:
    """Each purpose of the fund by its code."""
    return {purpose.code: purpose.name_th for purpose in db.session().scalars(select(Purpose))}
