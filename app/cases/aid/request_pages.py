"""Pages of requests: the list, the draft's steps, and one request with how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask import request as web
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.cases.aid import access, funding, handovers, lateness, pre_checks, request_progress, requests, sizes
from app.cases.aid import lines as lines_
from app.cases.aid.blueprint import bp, request_or_404
from app.cases.aid.forms import RequestForm, WayForm
from app.cases.aid.records import AidLine, AidRequest, DeliveryOutcome, Handover, RequestState
from app.cases.register.households import may_work_on
from app.cases.register.records import Household
from app.fund.committee import resolutions, sole, words
from app.fund.committee.records import FundingKind, Proposal, ProposalState
from app.fund.committee.records.authority import Way
from app.fund.ledger.accounts import Purpose
from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Choice, Column, List, Search
from app.province import catalogue, dimensions, places
from app.province.profile import Profile
from app.staff import export_pages
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

#: The steps of a draft, as the pages show them.
DRAFT_STEPS = ("ตั้งเรื่อง", "เลือกผู้รับ", "ขนาด", "ใครจ่าย", "ตรวจและส่ง")


@bp.get("/requests", endpoint="requests")
@opens_to(*access.READERS)
def all_requests() -> ResponseReturnValue:
    """The requests this person may see, the newest first."""
    user = signed_in()
    return lists.show("aid/requests.html", _listing(user), may_file=user.has(*access.OFFICERS))


@bp.route("/requests/export", methods=["GET", "POST"])
@opens_to(*access.READERS)
def export_requests() -> ResponseReturnValue:
    """The requests that were found, as a file, for a reason."""
    found = _listing(signed_in())
    return export_pages.page(
        found,
        title="คำขอช่วยเหลือ",
        by=signed_in(),
        back=url_for("aid.requests", **lists.asked_for(found)),
        back_label="คำขอช่วยเหลือ",
    )


def _listing(user: User) -> List:
    """The requests that this person may see; those taken back only where they are asked for."""
    sides = Profile.here().sides
    statement = access.visible_to(user)
    if web.args.get("show") != RequestState.WITHDRAWN:
        statement = statement.where(AidRequest.state != RequestState.WITHDRAWN)
    return List(
        statement,
        columns=(
            Column(
                "คำขอ",
                lambda row: row.request.title,
                href=lambda row: url_for("aid.one_request", code=row.request.code),
            ),
            Column("รหัส", lambda row: row.request.code),
            Column(sides.word, lambda row: sides.side(row.request.dimension).name_th, on="desk"),
            Column("รายการ", lambda row: row.lines, "count"),
            Column("ส่งมอบแล้ว", lambda row: row.progress.delivery.done, "count", on="desk"),
            Column("จำนวนเงิน (บาท)", lambda row: row.satang, "baht"),
            Column("สถานะ", lambda row: (row.progress.words, row.progress.kind), "pill"),
        ),
        orders={"id": (AidRequest.id,)},
        search=Search("ชื่อหรือรหัสคำขอ", lambda words: lists.contains(words, AidRequest.title, AidRequest.code)),
        filters=(
            Choice(
                "show",
                "แสดง",
                _SHOWN,
                lambda show: AidRequest.made_by_id == user.id if show == "mine" else AidRequest.state == show,
                everything="ทั้งหมดที่ยังไม่ถอน",
            ),
            Choice(
                "dimension",
                sides.word,
                [(side.code, side.name_th) for side in sides.offered],
                lambda code: AidRequest.dimension == code,
            ),
        ),
        read=_with_sums,
        label="คำขอช่วยเหลือ",
        empty="ยังไม่มีคำขอ",
        drawing="people",
        file="requests",
        export="aid.export_requests",
    )


_SHOWN = (
    ("mine", "ของฉัน"),
    (RequestState.DRAFT.value, "ร่าง"),
    (RequestState.SUBMITTED.value, "ส่งแล้ว"),
    (RequestState.WITHDRAWN.value, "ถอนแล้ว"),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A request of the list with its lines, their sum, and how far it has come."""

    request: AidRequest
    lines: int
    satang: int
    progress: request_progress.RequestProgress


def _with_sums(rows: Sequence[AidRequest]) -> list[_Row]:
    sums = db.session().execute(
        select(AidLine.request_id, func.count(), func.sum(AidLine.quantity * AidLine.unit_satang))
        .where(AidLine.request_id.in_([request.id for request in rows]))
        .group_by(AidLine.request_id)
    )
    found = {number: (count, int(satang)) for number, count, satang in sums}
    progress = request_progress.of(rows)
    return [_Row(request, *found.get(request.id, (0, 0)), progress[request.id]) for request in rows]


def _request_form(user: User, known: AidRequest | None = None) -> RequestForm:
    form = RequestForm(obj=known)
    purposes = db.session().scalars(select(Purpose).where(Purpose.open).order_by(Purpose.id))
    form.purpose_code.choices = [SelectChoice(purpose.code, purpose.name_th) for purpose in purposes]
    here = places.districts(Profile.here().province_code)
    areas = None if user.has(Role.FUND_OFFICER) else user.areas(Role.MENTOR, Role.DISTRICT_OFFICER)
    mine = [district for district in here if areas is None or district.code in {area[:4] for area in areas}]
    form.district_code.choices = [
        SelectChoice(district.code, f"อำเภอ{district.name_th}") for district in mine
    ]
    if len(mine) != 1:
        form.district_code.choices.insert(0, SelectChoice("", "หลายอำเภอ"))
    return form


def _written(form: RequestForm) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "story": form.story.data or "",
        "purpose_code": form.purpose_code.data,
        "dimension": form.dimension.data,
        "urgency": form.urgency.data,
        "district_code": form.district_code.data or None,
    }


def _asked_for_household(user: User) -> Household | None:
    """The household from whose page the help is asked for, where this person may work on it."""
    code = web.args.get("household", "")
    theirs = select(Household).where(Household.code == code, may_work_on(user))
    return db.session().scalars(theirs).one_or_none() if code else None


@bp.route("/requests/new", methods=["GET", "POST"])
@opens_to(*access.OFFICERS)
def new_request() -> ResponseReturnValue:
    form = _request_form(signed_in())
    home = _asked_for_household(signed_in())
    if home is not None and not form.is_submitted():
        offered = {choice.value for choice in form.district_code.choices}
        form.district_code.data = home.district_code if home.district_code in offered else ""
    refused = ""
    if form.validate_on_submit():
        try:
            with transaction():
                code = requests.draft(**_written(form), by=signed_in()).code
            looked_for: dict[str, Any] = {"q": home.code} if home is not None else {}
            return redirect(url_for("aid.pick_people", code=code, **looked_for))
        except Refused as no:
            refused = no.words
    page = render_template("aid/request_form.html", form=form, refused=refused, known=None, steps=DRAFT_STEPS)
    return (page, 422) if form.is_submitted() else page


@bp.route("/requests/<code>/edit", methods=["GET", "POST"])
@opens_to(*access.OFFICERS)
def edit_request(code: str) -> ResponseReturnValue:
    known = request_or_404(code)
    form = _request_form(signed_in(), known)
    refused = ""
    if form.validate_on_submit():
        try:
            with transaction():
                requests.revise(known.id, **_written(form), by=signed_in())
            flash("บันทึกคำขอแล้ว", "success")
            return redirect(url_for("aid.one_request", code=code))
        except Refused as no:
            refused = no.words
    page = render_template(
        "aid/request_form.html", form=form, refused=refused, known=known, steps=DRAFT_STEPS
    )
    return (page, 422) if form.is_submitted() else page


@bp.get("/requests/<code>")
@opens_to(*access.READERS)
def one_request(code: str) -> str:
    known = request_or_404(code)
    user = signed_in()
    progress = request_progress.of([known])[known.id]
    lines = lines_.of(known.id)
    session = db.session()
    ceremonies = session.scalars(
        select(Handover).where(Handover.request_id == known.id).order_by(Handover.held_on, Handover.id)
    ).all()
    undecided = progress.proposal is not None and progress.proposal.state in (
        ProposalState.SUBMITTED,
        ProposalState.TABLED,
    )
    owner = known.made_by_id == user.id or user.has(Role.FUND_OFFICER)
    officer = user.has(*access.OFFICERS)
    return render_template(
        "aid/request.html",
        known=known,
        maker=session.get_one(User, known.made_by_id),
        progress=progress,
        notes=request_progress.notes(known, progress),
        lines=lines,
        totals=lines_.totals(lines),
        **_paying(known, lines),
        item_totals=lines_.by_item(lines),
        given=handovers.of_request(known.id),
        item_of=catalogue.item,
        outcomes=DeliveryOutcome,
        handovers=ceremonies,
        sizes=sizes.in_words,
        asks_sizes=any(sizes.are_asked(line) for line in lines),
        purpose=session.scalars(select(Purpose).filter_by(code=known.purpose_code)).one_or_none(),
        dimension=Profile.here().sides.side(known.dimension),
        urgency=dimensions.Urgency(known.urgency),
        district=places.district(known.district_code) if known.district_code else None,
        decided=_decided(progress.proposal),
        is_draft=known.state == RequestState.DRAFT and owner and officer,
        may_size=known.state == RequestState.SUBMITTED and officer and not progress.is_over,
        may_withdraw=owner and officer and undecided,
        may_enter_costs=user.has(Role.FUND_OFFICER) and progress.step >= 2 and not progress.is_over,
        may_hand_over=officer and progress.paid_satang > 0 and progress.delivery.left > 0,
        steps=DRAFT_STEPS,
        stands=lateness.of(progress.proposal) if progress.proposal else None,
        **_urgency(progress.proposal, asks=owner and officer),
    )


def _paying(known: AidRequest, lines: list[AidLine]) -> dict[str, Any]:
    """Who pays what, as pages show it."""
    purposes = db.session().scalars(select(Purpose))
    return {
        "shares": funding.shares(known, lines),
        "names": {purpose.code: purpose.name_th for purpose in purposes},
        "kinds": {kind.value: kind.words for kind in FundingKind},
    }


def _decided(proposal: Proposal | None) -> list[tuple[str, str]]:
    """Each resolution with its number: what was decided, why, and of which lines where it was of lines."""
    return [
        (
            f"มติที่ {made.code}",
            " · ".join(
                [
                    words.of_resolution(made) + (f" เพราะ{made.reason}" if made.reason else ""),
                    *(words.of_lines(made.motion) if made.approves else ()),
                ]
            ),
        )
        for made in (resolutions.of_proposal(proposal.id) if proposal else ())
    ]


def _urgency(proposal: Proposal | None, *, asks: bool) -> dict[str, Any]:
    """What the page says of a request that cannot wait, and the form to say so."""
    way = sole.ways([proposal.id]).get(proposal.id) if proposal else None
    waits = proposal is not None and proposal.state == ProposalState.SUBMITTED
    within = proposal is not None and proposal.satang <= Profile.here().urgent_satang
    return {
        "way": way,
        "way_words": Way(way.way).words if way else "",
        "hurrying": WayForm(formdata=None, prefix="urgent")
        if asks and waits and within and not way
        else None,
    }


@bp.route("/requests/<code>/confirm", methods=["GET", "POST"])
@opens_to(*access.OFFICERS)
def confirm_request(code: str) -> ResponseReturnValue:
    """What will be sent, compared with the usual price; one button sends it."""
    known = request_or_404(code)
    if known.state != RequestState.DRAFT:
        return redirect(url_for("aid.one_request", code=code))
    refused = ""
    if web.method == "POST":
        seen = web.form.get("confirmed_satang", "")
        try:
            if not (seen.isascii() and seen.isdigit() and len(seen) < 19):
                raise BadInput("ไม่พบยอดรวมที่ท่านเห็น กรุณาตรวจรายการอีกครั้งแล้วจึงยืนยัน")
            with transaction():
                requests.submit(known.id, confirmed_satang=int(seen), by=signed_in())
            flash(f"ส่งคำขอ {code} แล้ว รอเข้าวาระประชุมคณะกรรมการ", "success")
            return redirect(url_for("aid.one_request", code=code))
        except Refused as no:
            refused = no.words
    lines = lines_.of(known.id)
    page = render_template(
        "aid/confirm.html",
        known=known,
        refused=refused,
        lines=lines,
        totals=lines_.totals(lines),
        **_paying(known, lines),
        item_totals=lines_.by_item(lines),
        pre_checks=pre_checks.before_filing(known, lines) if lines else [],
        named=requests.named_in(known.title, lines),
        steps=DRAFT_STEPS,
    )
    return (page, 409) if refused else page


@bp.post("/requests/<code>/withdraw")
@opens_to(*access.OFFICERS)
def withdraw_request(code: str) -> Response:
    known = request_or_404(code)
    was_draft = known.state == RequestState.DRAFT
    with transaction():
        requests.withdraw(known.id, by=signed_in())
    flash(f"ยกเลิกร่าง {code} แล้ว" if was_draft else f"ถอนคำขอ {code} แล้ว", "success")
    return redirect(url_for("aid.requests"))
