"""The page on which an amendment names its lines: of each that was approved how many are kept, at what price."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases.aid.committee_pages.forms import AmendLinesForm
from app.cases.aid.committee_pages.pages import bp
from app.cases.aid.committee_pages.room import meeting_of
from app.fund.committee import agenda, amendments, proposals
from app.fund.committee.amendments import StandingLine
from app.fund.committee.records import Matter, Meeting, Proposal, ProposalState
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht, parse_baht
from app.kit.thai import arabic_digits
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


def _proposal(code: str) -> Proposal:
    """An approved proposal; no page for another."""
    found = proposals.by_code(code)
    if found is None or found.state != ProposalState.APPROVED:
        abort(404)
    return found


def _page(
    meeting: Meeting, proposal: Proposal, form: AmendLinesForm, *, refused: str = "", status: int = 200
) -> ResponseReturnValue:
    lines = amendments.standing(proposal)
    typed = request.form or {
        name: words
        for line in lines
        for name, words in (
            (f"quantity-{line.id}", f"{line.quantity:,}"),
            (f"unit-{line.id}", format_baht(line.unit_satang)),
        )
    }
    page = render_template(
        "committee/amend_lines.html",
        meeting=meeting,
        proposal=proposal,
        lines=lines,
        typed=typed,
        form=form,
        refused=refused,
    )
    return page, status


@bp.get("/meetings/<int:number>/amend")
@opens_to(Role.FUND_OFFICER)
def amend_lines(number: int) -> ResponseReturnValue:
    """The lines of an approved proposal as they stand, to be kept, changed or cut."""
    proposal = _proposal(request.args.get("proposal", ""))
    return _page(meeting_of(number), proposal, AmendLinesForm(formdata=None))


@bp.post("/meetings/<int:number>/amend/<code>")
@opens_to(Role.FUND_OFFICER)
def propose_lines(number: int, code: str) -> ResponseReturnValue:
    """The amendment by these lines goes on the agenda of the meeting."""
    meeting, proposal, form = meeting_of(number), _proposal(code), AmendLinesForm()
    if not form.validate_on_submit():
        return _page(meeting, proposal, form, status=422)
    try:
        lines = {line.id: _typed(line) for line in amendments.standing(proposal)}
        with transaction():
            amendments.propose(code, lines=lines, reason=form.reason.data or "", by=signed_in())
            agenda.table(number, proposal_code=code, matter=Matter.AMEND, by=signed_in())
    except Refused as no:
        status = 422 if isinstance(no, BadInput) else 409
        return _page(meeting, proposal, form, refused=no.words, status=status)
    flash("เพิ่มวาระแก้ไขมติตามรายการแล้ว", "success")
    return redirect(url_for("committee.meeting", number=number))


def _typed(line: StandingLine) -> tuple[int, int]:
    """How many of the line are kept and at how many satang each, as it was typed; an empty quantity is none."""
    words = arabic_digits(request.form.get(f"quantity-{line.id}", "")).replace(",", "").strip()
    if words and not (words.isascii() and words.isdigit() and len(words) <= 7):
        raise BadInput(f"จำนวนของ “{line.title}” ต้องเป็นตัวเลข เช่น 12")
    price = request.form.get(f"unit-{line.id}", "").strip()
    return int(words or 0), parse_baht(price) if price else line.unit_satang
