"""Pages of what one person decides alone: what waits for the chair or the delegate, one request, and what was decided."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.cases.aid import access, committee_briefs, committee_facts, interests, lines, requests
from app.cases.aid.committee_pages.forms import DecideForm
from app.cases.aid.committee_pages.pages import bp
from app.cases.aid.committee_pages.room import READERS
from app.cases.aid.forms import WayForm
from app.fund.committee import guidelines, proposals, resolutions, seats, sole, splits, tiers, words
from app.fund.committee.records import ProposalState, VoteChoice
from app.fund.committee.records.authority import Way
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused, RefusedInPrivate
from app.kit.forms import Form
from app.province.profile import Profile
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: So many decisions stand on the page of all; the others in their requests and in the minutes.
_MOST = 30


@bp.get("/decisions")
@opens_to(*READERS)
def decisions() -> str:
    """What waits for a decision alone, and what was decided, with the tiers."""
    me = signed_in()
    return render_template(
        "committee/decisions.html",
        waiting=sole.waiting(),
        decided=[(made, words.of_resolution(made)) for made in sole.decided()[:_MOST]],
        right=sole.right_of(me),
        tiers=tiers.rows(),
        standing=tiers.standing(),
        urgent_satang=Profile.here().urgent_satang,
    )


@bp.get("/decisions/<code>")
@opens_to(*READERS)
def decision(code: str) -> ResponseReturnValue:
    return _show(code)


def _show(code: str, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    proposal = proposals.by_code(code)
    if proposal is None:
        abort(404)
    me = signed_in()
    available = {balance.purpose.id: balance.available for balance in books.balances()}
    way = sole.ways([proposal.id]).get(proposal.id)
    made = [row for row in resolutions.of_proposal(proposal.id) if row.body_id == seats.sole_id()]
    requester = db.session().get_one(User, proposal.asked_by_id)
    why_not = sole.why_not(proposal, me)
    concerned = interests.of([code], members=[me])[code].get(me.id, ())
    parts = proposals.newest(proposal).funding
    page = render_template(
        "committee/decision.html",
        proposal=proposal,
        brief=committee_briefs.of([code]).get(code),
        facts=committee_facts.of([code], on=clock.today()).get(code),
        requester=requester.name,
        guideline=guidelines.in_force(made[0].resolved_at if made else None),
        authority=tiers.words(proposal.satang),
        available=available.get(proposal.purpose_id, 0),
        takes=sum(part.satang for part in parts if part.purpose_id == proposal.purpose_id),
        others=[part for part in parts if part.purpose_id != proposal.purpose_id],
        way=way,
        split=splits.of([proposal]).get(proposal.id),
        way_words=Way(way.way).words if way else "",
        made=[(row, words.of_resolution(row)) for row in made],
        waits=proposal.state == ProposalState.SUBMITTED,
        why_not=why_not,
        interests=[why.words for why in concerned],
        may_send=(sole.right_of(me) is not None or me.has(Role.FUND_OFFICER))
        and (way is None or way.way != Way.MEETING),
        deciding=DecideForm(formdata=None),
        sending=WayForm(formdata=None, prefix="meeting"),
        refused=refused,
    )
    return page, status


def _do(
    code: str, form: Form, deed: Callable[[User], object], message: str, to: str = ""
) -> ResponseReturnValue:
    refused: Refused | None = None
    if form.validate_on_submit():
        try:
            with transaction():
                deed(signed_in())
        except Refused as found:
            refused = found
        else:
            flash(message, "success")
            return redirect(to or url_for("committee.decision", code=code))
    said = next((str(error) for errors in form.errors.values() for error in errors), "กรุณาลองอีกครั้ง")
    if to:
        flash(refused.words if refused else said, "danger")
        return redirect(to)
    return _show(
        code,
        refused=refused.words if refused else said,
        status=409 if refused and not isinstance(refused, BadInput) else 422,
    )


@bp.post("/decisions/<code>/decide")
@opens_to(Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER)
def decide(code: str) -> ResponseReturnValue:
    form = DecideForm()
    choice = form.choice.data or ""
    return _do(
        code,
        form,
        lambda by: sole.decide(code, choice=choice, reason=form.reason.data or "", by=by),
        "อนุมัติแล้ว เงินถูกกันไว้ตามมติ" if choice == VoteChoice.APPROVE else "บันทึกมติไม่อนุมัติแล้ว ผู้ขอได้รับแจ้ง",
    )


@bp.post("/decisions/<code>/to-meeting")
@opens_to(Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER)
def send_to_meeting(code: str) -> ResponseReturnValue:
    form = WayForm(prefix="meeting")
    return _do(
        code,
        form,
        lambda by: sole.send_to_meeting(code, reason=form.reason.data or "", by=by),
        "ส่งเข้าที่ประชุมแล้ว รอบรรจุวาระ",
    )


@bp.post("/decisions/<code>/urgent")
@opens_to(*access.OFFICERS)
def mark_urgent(code: str) -> ResponseReturnValue:
    """Whoever asked says why it cannot wait for the meeting."""
    form = WayForm(prefix="urgent")
    request, why = access.by_code(code, signed_in()), form.reason.data or ""

    def mark(by: User) -> None:
        if request is not None and requests.named_in(why, lines.of(request.id)):
            raise RefusedInPrivate("เหตุผลมีชื่อของผู้รับความช่วยเหลือ กรุณาแก้เป็นคำกลางๆ")
        sole.mark_urgent(code, reason=why, by=by)

    return _do(
        code,
        form,
        mark,
        "ขอพิจารณาเร่งด่วนแล้ว ประธานได้รับแจ้ง",
        to=url_for("aid.one_request", code=code),
    )
