"""Pages of pledges: what networks say they will give, and paying it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, or_, select

from app.fund.giving.blueprint import bp, open_purposes
from app.fund.giving.forms import PressForm
from app.fund.giving.goods import goods
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import payees, payment_requests
from app.fund.giving.pledges import due, due_dates, instalments, pledges, status
from app.fund.giving.pledges.forms import DueDateAnswerForm, DueDateForm, PayForm, PledgeForm
from app.fund.giving.pledges.status import PledgeStatus
from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.goods import InKindDonation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.giving.records.receipts import Receipt
from app.kit import clock, language, lists
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.language import gettext, in_english
from app.kit.lists import Choice, Column, List, Search
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: A code that serves no longer than this is not given out again.
_WORTH_PAYING = timedelta(hours=1)


@bp.app_template_global()
def pledge_status(pledge: Pledge, received: int) -> tuple[str, str]:
    """Words and look of a pledge beside what came, as ui.pill takes them."""
    stands = status.of(pledge, received)
    return gettext(stands.words), stands.colour


@bp.get("/pledges", endpoint="pledges")
@in_english
@opens_to(Role.TREASURER, *pledges.OVERSEERS)
def pledge_list() -> ResponseReturnValue:
    user = signed_in()
    return lists.show(
        "giving/pledges.html",
        List(
            pledges.visible_to(user),
            columns=(
                Column(
                    gettext("ความประสงค์"),
                    lambda row: row.pledge.code,
                    href=lambda row: url_for("giving.pledge", code=row.pledge.code),
                ),
                Column(gettext("เครือข่าย"), lambda row: row.pledge.network.name),
                Column(gettext("เพื่อ"), _purpose_of, on="desk"),
                Column(
                    gettext("กำหนดถัดไป"),
                    lambda row: row.due.on if row.due else row.pledge.expected_on,
                    "date",
                ),
                Column(gettext("แจ้งไว้ (บาท)"), lambda row: row.pledge.satang, "baht", on="desk"),
                Column(gettext("ได้รับแล้ว (บาท)"), lambda row: row.received, "baht", on="desk"),
                Column(gettext("ยังค้าง (บาท)"), lambda row: row.left, "baht"),
                Column(gettext("สถานะ"), lambda row: pledge_status(row.pledge, row.received), "pill"),
            ),
            orders={"id": (Pledge.id,), "expected": (Pledge.expected_on, Pledge.id)},
            search=Search(gettext("รหัสความประสงค์ หรือชื่อเครือข่าย"), _matching),
            filters=(
                Choice(
                    "standing",
                    gettext("สถานะ"),
                    [(known.value, gettext(known.words)) for known in PledgeStatus],
                    lambda wanted: status.is_of(PledgeStatus(wanted)),
                    everything=gettext("ทุกสถานะ"),
                ),
            ),
            read=_with_what_came,
            label=gettext("ความประสงค์สมทบ"),
            empty=gettext("ยังไม่มีเครือข่ายใดแจ้งความประสงค์"),
            drawing="give",
            file="pledges",
        ),
        sums=status.sums(user),
        in_kind=status.sums(user, in_kind=True),
        mine=networks.spoken_for(user),
        oversees=user.has(*pledges.OVERSEERS),
        account=payees.receiving_account(),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A pledge of the list with what came for it and what it lacks next."""

    pledge: Pledge
    received: int
    due: due.Due | None

    @property
    def left(self) -> int:
        return max(0, self.pledge.satang - self.received) if self.pledge.state == PledgeState.STATED else 0


def _with_what_came(rows: Sequence[Pledge]) -> list[_Row]:
    numbers = [pledge.id for pledge in rows]
    received, parts = pledges.received(numbers), instalments.of(numbers)
    return [
        _Row(pledge, received[pledge.id], due.of(pledge, parts[pledge.id], received[pledge.id]))
        for pledge in rows
    ]


def _purpose_of(row: _Row) -> str:
    pledge = row.pledge
    things = f" · {pledge.what} {pledge.quantity:,} {pledge.unit}" if pledge.quantity else ""
    return f"{pledge.purpose.name}{things}"


def _matching(words: str) -> ColumnElement[bool]:
    # Asked for first, so that each way is found by its index.
    of = (
        db.session()
        .scalars(select(Network.id).where(lists.contains(words, Network.name, Network.code)))
        .all()
    )
    said = lists.contains(words, Pledge.code, Pledge.what)
    return or_(said, Pledge.network_id.in_(of)) if of else said


@bp.route("/pledges/new", methods=["GET", "POST"])
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def new_pledge() -> ResponseReturnValue:
    user = signed_in()
    mine = networks.spoken_for(user)
    form = PledgeForm()
    form.network.choices = [(network.id, f"{'– ' * network.depth}{network.name}") for network in mine]
    purposes = {purpose.code: purpose for purpose in open_purposes()}
    form.purpose.choices = [(code, purpose.name) for code, purpose in purposes.items()]
    if form.network.data is None and len(mine) == 1:
        form.network.data = mine[0].id
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with transaction():
                    pledge = pledges.make(
                        network_id=form.network.data,
                        satang=form.amount.data or 0,
                        purpose_id=purposes[form.purpose.data].id,
                        expected_on=form.expected_on.data,
                        parts=form.parts(),
                        kind=form.kind.data,
                        what=form.what.data or "",
                        quantity=form.quantity.data,
                        unit=form.unit.data or "",
                        basis=form.basis.data or "",
                        note=form.note.data or "",
                        by=user,
                    )
                flash(gettext("รับแจ้งความประสงค์แล้ว ขอบคุณในความเกื้อกูล"), "success")
                return redirect(url_for("giving.pledge", code=pledge.code), code=303)
            except Refused as error:
                refused, status = error.words, 409
    return render_template(
        "giving/pledge_new.html",
        form=form,
        mine=mine,
        refused=refused,
        for_others=any(not networks.belongs_to(user, network) for network in mine),
    ), status


@bp.get("/pledges/<code>")
@in_english
@opens_to(Role.TREASURER, *pledges.OVERSEERS)
def pledge(code: str) -> str:
    return _pledge_page(_pledge(code), PayForm(formdata=None))


@bp.post("/pledges/<code>/pay")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def pay_pledge(code: str) -> ResponseReturnValue:
    user, found, form = signed_in(), _pledge(code), PayForm()
    if not form.validate_on_submit():
        return _pledge_page(found, form), 422
    again = _same_code(found, form.amount.data or 0)
    if again is not None:
        return redirect(url_for("giving.payment_request", code=again.code), code=303)
    try:
        with transaction():
            payment_request = payment_requests.open(
                satang=form.amount.data or 0,
                purpose_id=found.purpose_id,
                pledge_id=found.id,
                donor_name=found.network.name,
                anonymous=False,
                by=user,
            )
    except Refused as error:
        return _pledge_page(found, form, refused=error.words), 409
    return redirect(url_for("giving.payment_request", code=payment_request.code), code=303)


@bp.post("/pledges/<code>/withdraw")
@in_english
@opens_to(Role.TREASURER, Role.FUND_OFFICER)
def withdraw_pledge(code: str) -> ResponseReturnValue:
    user, found = signed_in(), _pledge(code)
    if not PressForm().validate_on_submit():
        return _pledge_page(found, PayForm(formdata=None)), 422
    try:
        with transaction():
            pledges.withdraw(found.id, by=user)
    except Refused as error:
        return _pledge_page(found, PayForm(formdata=None), refused=error.words), 409
    flash(gettext("ถอนความประสงค์ส่วนที่ยังไม่ได้สมทบแล้ว"), "success")
    return redirect(url_for("giving.pledge", code=code), code=303)


@bp.post("/pledges/<code>/later")
@in_english
@opens_to(Role.TREASURER)
def ask_later(code: str) -> ResponseReturnValue:
    """A treasurer asks to give a part of the pledge on a later day."""
    found, form = _pledge(code), DueDateForm()
    form.number.choices = _to_move(found)
    if not form.validate_on_submit():
        return _pledge_page(found, PayForm(formdata=None), later=form), 422
    try:
        with transaction():
            due_dates.ask(
                found.id,
                number=form.number.data,
                to_on=form.to_on.data or clock.today(),
                reason=form.reason.data or "",
                by=signed_in(),
            )
    except Refused as error:
        return _pledge_page(_pledge(code), PayForm(formdata=None), later=form, refused=error.words), 409
    flash(gettext("ส่งคำขอเลื่อนกำหนดแล้ว กองทุนจะตอบในหน้านี้"), "success")
    return redirect(url_for("giving.pledge", code=code), code=303)


@bp.post("/pledges/<code>/later/<int:number>/<word>")
@opens_to(Role.FUND_OFFICER)
def answer_later(code: str, number: int, word: str) -> ResponseReturnValue:
    """The fund's officer accepts a later day, or declines with a reason."""
    found = _pledge(code)
    if word not in ("accept", "decline") or all(asked.id != number for asked in due_dates.of(found.id)):
        abort(404)
    form = DueDateAnswerForm() if word == "decline" else PressForm()
    if not form.validate_on_submit():
        answer = form if isinstance(form, DueDateAnswerForm) else None
        return _pledge_page(found, PayForm(formdata=None), answer=answer), 422
    try:
        with transaction():
            if isinstance(form, DueDateAnswerForm):
                due_dates.decline(number, answer=form.answer.data or "", by=signed_in())
            else:
                due_dates.accept(number, by=signed_in())
    except Refused as error:
        return _pledge_page(_pledge(code), PayForm(formdata=None), refused=error.words), 409
    flash("บันทึกคำตอบแล้ว เหรัญญิกเห็นในหน้านี้", "success")
    return redirect(url_for("giving.pledge", code=code), code=303)


def _to_move(found: Pledge) -> list[tuple[int, str]]:
    """What of a pledge may be asked to come later, in words."""
    return [
        (
            number,
            gettext("งวดที่ %(number)s ภายใน %(day)s", number=number, day=language.short_date(on))
            if number
            else gettext("ทั้งหมด ภายใน %(day)s", day=language.short_date(on)),
        )
        for number, on in due_dates.movable(found)
    ]


def _waiting(found: Pledge) -> Select[PaymentRequest]:
    """Codes of the pledge that may still be paid. A member's own stays theirs: behind it are their name, their tax wish
    and their receipt."""
    return (
        select(PaymentRequest)
        .where(
            PaymentRequest.pledge_id == found.id,
            PaymentRequest.opened_by_id.is_not(None),
            PaymentRequest.state == PaymentRequestState.OPEN,
            PaymentRequest.expires_at > clock.now(),
        )
        .order_by(PaymentRequest.id)
    )


def _same_code(found: Pledge, satang: int) -> PaymentRequest | None:
    """Whoever presses twice, or comes back tomorrow, gets the code that waits: two could both be paid."""
    for waiting in db.session().scalars(_waiting(found)):
        if waiting.wish_satang == satang and waiting.expires_at > clock.now() + _WORTH_PAYING:
            return waiting
    return None


def _pledge(code: str) -> Pledge:
    statement = pledges.visible_to(signed_in()).where(Pledge.code == code)
    return db.session().scalars(statement).one_or_none() or abort(404)


def _pledge_page(
    found: Pledge,
    form: PayForm,
    *,
    later: DueDateForm | None = None,
    answer: DueDateAnswerForm | None = None,
    refused: str = "",
) -> str:
    session = db.session()
    came = pledges.received([found.id])[found.id]
    rest, left = pledges.outstanding(found), pledges.left(found)
    if form.amount.data is None and left and form.amount.raw_data is None:
        form.amount.data = next((part.rest for part in _parts(found, came) if part.rest), left)
    donations = (
        select(Donation, Receipt, LIVE.c.satang)
        .join(LIVE, LIVE.c.id == Donation.id)
        .outerjoin(Receipt, (Receipt.donation_id == Donation.id) & Receipt.voided_at.is_(None))
        .where(Donation.pledge_id == found.id, LIVE.c.satang > 0)
        .order_by(Donation.id)
    )
    user = signed_in()
    asked = due_dates.of(found.id)
    open_request = next((request for request in asked if request.decided_at is None), None)
    later_form = None
    if networks.belongs_to(user, found.network) and open_request is None and (choices := _to_move(found)):
        later_form = later or DueDateForm(formdata=None)
        later_form.number.choices = choices
    goods_of_it = goods.visible_to(signed_in()).where(InKindDonation.pledge_id == found.id)
    return render_template(
        "giving/pledge.html",
        pledge=found,
        came=came,
        rest=rest,
        left=left,
        pieces=pledges.pieces([found.id])[found.id],
        parts=_parts(found, came),
        due=due.of(found, instalments.of([found.id])[found.id], came),
        money=found.kind == PledgeKind.MONEY,
        kind_name=PledgeKind(found.kind).words,
        form=form,
        refused=refused,
        today=clock.today(),
        waiting=session.scalars(_waiting(found)).all(),
        donations=session.execute(donations).all(),
        goods=session.scalars(goods_of_it).all(),
        acts=networks.speaks_for(signed_in(), found.network),
        asked=asked[:1],
        later=later_form,
        asks_again=later is not None,
        answer=(answer or DueDateAnswerForm(formdata=None))
        if open_request is not None and user.has(Role.FUND_OFFICER)
        else None,
        records=signed_in().has(Role.FUND_OFFICER, Role.FINANCE),
        account=payees.receiving_account(),
    )


def _parts(found: Pledge, came: int) -> list[instalments.Covered]:
    return instalments.covered(instalments.of([found.id])[found.id], came)
