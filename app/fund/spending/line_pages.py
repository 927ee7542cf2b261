"""The page on which payments and the bank's lines of money out meet, and the ways from a payment to what stands behind it."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.fund.committee.records import APPROVING, Proposal, Resolution
from app.fund.giving.records.receipts import Receipt
from app.fund.spending import bank_lines, remittances, standing, tracing
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.forms import PressForm, ReasonForm
from app.fund.spending.records import STANDS, OutgoingMatch, Payment, Trace
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.province.profile import Profile
from app.staff.doors import may_enter, opens_to, signed_in
from app.staff.roles import Role

#: So many of each are shown, what waits longest first.
_SHOWN = 10


def lines_page(*, refused: str = "", status: int = 200) -> ResponseReturnValue:
    session, today, owed = db.session(), clock.today(), remittances.owed()
    lines = session.scalars(bank_lines.unexplained().limit(_SHOWN)).all()
    latest = select(OutgoingMatch).order_by(OutgoingMatch.id.desc()).limit(_SHOWN)
    likely = bank_lines.candidates(lines)
    days = Profile.here().spending.bank_line_days
    page = render_template(
        "spending/lines.html",
        payments=[
            (payment, (today - payment.paid_on).days)
            for payment in session.scalars(bank_lines.unmet().limit(_SHOWN))
        ],
        days=days,
        lines=[(line, likely[line.id], remittances.offered(line, owed)) for line in lines],
        count=bank_lines.count_unexplained()[0],
        matches=session.scalars(latest).all(),
        links=signed_in().has(Role.FINANCE),
        reads_events=may_enter(signed_in(), "bank.event"),
        reason=ReasonForm(formdata=None),
        refused=refused,
    )
    return page, status


@bp.get("/payments/lines")
@opens_to(*READERS)
def lines() -> ResponseReturnValue:
    """Payments without a line of the bank, lines without a payment, and the latest that met."""
    return lines_page()


@bp.post("/payments/lines/<int:number>/link")
@opens_to(Role.FINANCE)
def link_line(number: int) -> ResponseReturnValue:
    chosen = request.form.get("payment", "")
    if not PressForm().validate_on_submit() or not (
        chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    ):
        return lines_page(refused="กรุณาเลือกใบสำคัญจ่าย", status=422)
    return done(
        lambda: bank_lines.link(number, payment_id=int(chosen), by=signed_in()), "จับคู่กับรายการธนาคารแล้ว"
    )


@bp.post("/payments/lines/<int:number>/explain")
@opens_to(Role.FINANCE)
def explain_line(number: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return lines_page(refused="กรุณาบอกว่าเงินออกนี้คืออะไร", status=422)
    return done(
        lambda: bank_lines.explain(number, reason=form.reason.data, by=signed_in()),
        "บันทึกแล้วว่าไม่ใช่การจ่ายตามมติ",
    )


@bp.post("/payments/lines/<int:number>/undo")
@opens_to(Role.FINANCE)
def unlink_line(number: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    return done(lambda: bank_lines.unlink(number, by=signed_in()), "ยกเลิกการจับคู่แล้ว")


def done(deed: Callable[[], object], message: str) -> ResponseReturnValue:
    try:
        with transaction():
            deed()
    except Refused as refused:
        return lines_page(refused=refused.words, status=422 if isinstance(refused, BadInput) else 409)
    flash(message, "success")
    return redirect(url_for("spending.lines"))


def told(event_id: int) -> tuple[str, str]:
    """What a line of the bank has to do with payments, and the page of the payment."""
    words, payment_id = bank_lines.told(event_id)
    opens = payment_id is not None and may_enter(signed_in(), "spending.payment")
    return words, url_for("spending.payment", number=payment_id) if opens else ""


def line_of(payment: Payment) -> tuple[OutgoingMatch | None, str]:
    """The bank's line of a payment, and its page for whoever may open it."""
    match = bank_lines.of(payment.id)
    opens = match is not None and may_enter(signed_in(), "bank.event")
    return match, url_for("bank.event", number=match.event_id) if match and opens else ""


def resolved_on(proposal_id: int) -> str:
    """The page of the item on which money was last promised to a proposal, for whoever may open it."""
    made = select(Resolution.item_id).where(
        Resolution.proposal_id == proposal_id, Resolution.kind.in_(APPROVING)
    )
    item_id = db.session().scalar(made.order_by(Resolution.id.desc()).limit(1))
    opens = item_id is not None and may_enter(signed_in(), "committee.item")
    return url_for("committee.item", item_id=item_id) if opens else ""


def story_of(proposal: Proposal) -> dict[str, Any]:
    """Where the proposal's money came from and where it stands: the page of its item, and the step it is at."""
    return {"resolved": resolved_on(proposal.id), "stands": standing.seen_by_finance(proposal)}


def receipts_of(payment: Payment) -> list[tuple[str, str, int]]:
    """Receipts of the donations that paid, the largest parts first: code, page and satang; for whoever reads receipts."""
    if not may_enter(signed_in(), "giving.receipts"):
        return []
    part = tracing.parts_of(Trace.payment_id == payment.id)
    parts = (
        select(Receipt, part.c.satang)
        .join(part, part.c.donation_id == Receipt.donation_id)
        .where(Receipt.voided_at.is_(None))
        .order_by(part.c.satang.desc(), Receipt.id)
        .limit(_SHOWN)
    )
    return [
        (receipt.code, url_for("giving.receipt", token=receipt.token), satang)
        for receipt, satang in db.session().execute(parts)
    ]


def paid_with(donation_id: int) -> list[tuple[str, str, int]]:
    """Payments that a donation is a part of: words, page and satang; for whoever reads payments."""
    if not may_enter(signed_in(), "spending.payment"):
        return []
    part = tracing.parts_of(Trace.donation_id == donation_id)
    parts = (
        select(Payment, part.c.satang)
        .join(part, part.c.payment_id == Payment.id)
        .where(STANDS)
        .order_by(Payment.id.desc())
        .limit(_SHOWN)
    )
    return [
        (f"ใบสำคัญจ่าย {payment.code}", url_for("spending.payment", number=payment.id), satang)
        for payment, satang in db.session().execute(parts)
    ]
