"""The page of the year's end: its open commitments, what is to become of each, and the list that two people approved."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.fund.spending import carry_over
from app.fund.spending.blueprint import bp
from app.kit import clock
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form
from app.kit.thai import fiscal_year_be
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

_READERS = (Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR, Role.CHAIR)
_DEEDS = [
    SelectChoice("", "เลือก"),
    SelectChoice(carry_over.KEEP, "กันไว้เบิกเหลื่อมปี"),
    SelectChoice(carry_over.RELEASE, "คืนเป็นเงินพร้อมใช้"),
]


def _form(codes: list[str], *, sent: bool) -> Form:
    """A choice and a reason for each commitment, and the reason of the whole."""

    class CarryForm(Form):
        reason = StringField(
            "ตามมติหรือเอกสาร", validators=[InputRequired("กรุณาบอกมติหรือเอกสาร"), Length(max=300)]
        )

    for code in codes:
        setattr(CarryForm, f"deed_{code}", SelectField("กันหรือคืน", choices=_DEEDS))
        setattr(CarryForm, f"why_{code}", StringField("เหตุผล", validators=[Length(max=200)]))
    return CarryForm() if sent else CarryForm(formdata=None)


def _year() -> int:
    """The fiscal year that the address asks for; without one the last that ended, in September the one that ends."""
    today = clock.today()
    written = request.args.get("year", "")
    if not written:
        return fiscal_year_be(today) - (today.month != 9)
    if not (len(written) == 4 and written.isascii() and written.isdigit() and 2500 <= int(written) < 2700):
        abort(404)
    if int(written) > fiscal_year_be(today):
        abort(404)
    return int(written)


def _page(year: int, *, form: Form | None = None, refused: str = "") -> str:
    found, unlisted = carry_over.open_commitments(year), carry_over.unlisted(year)
    lists, waits = carry_over.lists_of(year), carry_over.waiting(year)
    asks = not waits and bool(unlisted) and signed_in().has(Role.FINANCE, Role.FUND_OFFICER)
    return render_template(
        "spending/carry_over.html",
        year=year,
        found=found,
        total=sum(each.satang for each in found),
        lists=[*([waits] if waits else []), *lists],
        unlisted=unlisted,
        kept=carry_over.kept(year),
        form=(form or _form([each.proposal.code for each in unlisted], sent=False)) if asks else None,
        refused=refused,
    )


@bp.get("/bank/year-end")
@opens_to(*_READERS)
def year_end() -> str:
    return _page(_year())


@bp.post("/bank/year-end")
@opens_to(Role.FINANCE, Role.FUND_OFFICER)
def ask_carry_over() -> ResponseReturnValue:
    year = _year()
    codes = [each.proposal.code for each in carry_over.unlisted(year)]
    form = _form(codes, sent=True)
    if not form.validate_on_submit():
        return _page(year, form=form), 422
    choices = [
        carry_over.Choice(code, form[f"deed_{code}"].data or "", form[f"why_{code}"].data or "")
        for code in codes
    ]
    try:
        with transaction():
            carry_over.ask(year, choices, reason=form["reason"].data, by=signed_in())
    except Refused as refused:
        return _page(year, form=form, refused=refused.words), 422 if isinstance(refused, BadInput) else 409
    flash("ส่งขออนุมัติบัญชีกันเงินเหลื่อมปีแล้ว", "success")
    return redirect(url_for("spending.year_end", year=year))
