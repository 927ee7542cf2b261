"""The page of exact suggestions: each is shown with its reasons, and those that stay ticked are taken together."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.fund.bank import words
from app.fund.bank.blueprint import bp
from app.fund.bank.reconciliation import decisions, exact_suggestions
from app.fund.bank.reconciliation.suggestions import Candidate
from app.fund.bank.records import ReconciliationItem
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.forms import Form
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


def _value(item: ReconciliationItem, candidate: Candidate) -> str:
    """What a ticked line sends: the line and what was shown as its owner."""
    return f"{item.event_id}-{candidate.key}"


@bp.get("/bank/work/exact")
@opens_to(Role.FINANCE)
def work_exact() -> str:
    offered = exact_suggestions.offered(by=signed_in())
    return render_template(
        "bank/exact.html",
        form=Form(formdata=None),
        offered=[
            (item, _value(item, candidate), " · ".join([candidate.code, candidate.whose, *candidate.reasons]))
            for item, candidate in offered
        ],
        total=sum(item.event.satang for item, _ in offered),
        said_by=words.said_by,
        line_note=words.line_note,
    )


@bp.post("/bank/work/exact")
@opens_to(Role.FINANCE)
def take_exact() -> ResponseReturnValue:
    me = signed_in()
    ticked = set(request.form.getlist("line")[: exact_suggestions.MOST])
    # What is no longer so is not taken: what was shown is looked up anew.
    still = {
        _value(item, candidate): (item.event_id, candidate.payment_request)
        for item, candidate in exact_suggestions.offered(by=me)
    }
    chosen = [(event_id, found.id) for value, (event_id, found) in still.items() if value in ticked and found]
    db.session.rollback()
    taken, refused = 0, ""
    for event_id, payment_request_id in chosen:
        try:
            with transaction():
                decisions.assign(event_id, payment_request_id=payment_request_id, by=me)
            taken += 1
        except Refused as no:
            refused = no.words
    if taken:
        flash(f"ลงเป็นเงินสมทบแล้ว {taken} รายการ", "success")
    if taken < len(ticked) or not ticked:
        flash(refused or "ไม่มีรายการที่เลือก หรือรายการเปลี่ยนไปแล้ว กรุณาดูอีกครั้ง", "warning")
    return redirect(url_for("bank.work_exact" if taken < len(ticked) or not ticked else "bank.work"))
