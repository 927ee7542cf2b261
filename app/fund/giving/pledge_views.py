"""Pages of pledges: what networks say they will give, and paying it."""

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Answer

from app.fund.giving import donations, networks, pledges, standings
from app.fund.giving.blueprint import ON_A_PAGE, bp, open_purposes, page_number, pager
from app.fund.giving.donations import Donation, DonationState
from app.fund.giving.forms import PayForm, PledgeForm, PressForm
from app.fund.giving.gifts import Gift
from app.fund.giving.pledges import Pledge, PledgeState
from app.fund.giving.receipts import Receipt
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


@bp.get("/pledges", endpoint="pledges")
@opens_to(Role.TREASURER, *pledges.OVERSEERS)
def pledge_list() -> str:
    user, page = signed_in(), page_number()
    visible = pledges.visible_to(user)
    total = db.session().scalar(select(func.count()).select_from(visible.order_by(None).subquery())) or 0
    rows = db.session().scalars(visible.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)).all()
    return render_template(
        "giving/pledges.html",
        rows=rows,
        received=pledges.received([one.id for one in rows]),
        sums=standings.sums(user),
        mine=networks.spoken_for(user),
        oversees=user.has(*pledges.OVERSEERS),
        pager=pager("giving.pledges", page=page, total=total),
        account=donations.receiving_account(),
    )


@bp.route("/pledges/new", methods=["GET", "POST"])
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def new_pledge() -> Answer | str | tuple[str, int]:
    user = signed_in()
    mine = networks.spoken_for(user)
    form = PledgeForm()
    form.network.choices = [(network.id, network.name) for network in mine]
    purposes = {purpose.code: purpose for purpose in open_purposes()}
    form.purpose.choices = [(code, purpose.name_th) for code, purpose in purposes.items()]
    if form.network.data is None and len(mine) == 1:
        form.network.data = mine[0].id
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit() and form.expected_on.data:
            try:
                with transaction():
                    pledge = pledges.state(
                        network_id=form.network.data,
                        satang=form.amount.data or 0,
                        purpose_id=purposes[form.purpose.data].id,
                        expected_on=form.expected_on.data,
                        note=form.note.data or "",
                        by=user,
                    )
                flash("รับแจ้งความประสงค์แล้ว ขอบคุณในความเกื้อกูล", "success")
                return redirect(url_for("giving.pledge", code=pledge.code), code=303)
            except Refused as error:
                refused, status = error.words, 409
    return render_template("giving/pledge_new.html", form=form, mine=mine, refused=refused), status


@bp.get("/pledges/<code>")
@opens_to(Role.TREASURER, *pledges.OVERSEERS)
def pledge(code: str) -> str:
    return _pledge_page(_pledge(code), PayForm(formdata=None))


@bp.post("/pledges/<code>/pay")
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def pay_pledge(code: str) -> Answer | tuple[str, int]:
    user, found, form = signed_in(), _pledge(code), PayForm()
    if not form.validate_on_submit():
        return _pledge_page(found, form), 422
    try:
        with transaction():
            donation = donations.open(
                satang=form.amount.data or 0,
                purpose_id=found.purpose_id,
                pledge_id=found.id,
                donor_name=found.network.name,
                anonymous=False,
                by=user,
            )
    except Refused as error:
        return _pledge_page(found, form, refused=error.words), 409
    return redirect(url_for("giving.donation", code=donation.code), code=303)


@bp.post("/pledges/<code>/withdraw")
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def withdraw_pledge(code: str) -> Answer | tuple[str, int]:
    user, found = signed_in(), _pledge(code)
    if not PressForm().validate_on_submit():
        return _pledge_page(found, PayForm(formdata=None)), 422
    try:
        with transaction():
            pledges.withdraw(found.id, by=user)
    except Refused as error:
        return _pledge_page(found, PayForm(formdata=None), refused=error.words), 409
    flash("ถอนความประสงค์ส่วนที่ยังไม่ได้สมทบแล้ว", "success")
    return redirect(url_for("giving.pledge", code=code), code=303)


def _pledge(code: str) -> Pledge:
    statement = pledges.visible_to(signed_in()).where(Pledge.code == code)
    return db.session().scalars(statement).one_or_none() or abort(404)


def _pledge_page(found: Pledge, form: PayForm, *, refused: str = "") -> str:
    session = db.session()
    came = pledges.received([found.id])[found.id]
    rest = max(0, found.satang - came) if found.state == PledgeState.STATED else 0
    if form.amount.data is None and rest:
        form.amount.data = rest
    waiting = select(Donation).where(
        Donation.pledge_id == found.id,
        Donation.state == DonationState.OPEN,
        Donation.expires_at > clock.now(),
    )
    gifts = (
        select(Gift, Receipt)
        .join(Receipt, Receipt.gift_id == Gift.id)
        .where(Gift.pledge_id == found.id, Receipt.voided_at.is_(None))
        .order_by(Gift.id)
    )
    return render_template(
        "giving/pledge.html",
        pledge=found,
        came=came,
        rest=rest,
        form=form,
        refused=refused,
        waiting=session.scalars(waiting.order_by(Donation.id)).all(),
        gifts=session.execute(gifts).all(),
        acts=networks.speaks_for(signed_in(), found.network),
        account=donations.receiving_account(),
    )
