"""Pages of the committee room: the story beside the balance, votes and resolutions."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.cases.aid.committee_pages import calendar_entry
from app.cases.aid.committee_pages import pack as packs
from app.cases.aid.committee_pages.forms import (
    AttendanceForm,
    CallForm,
    CancelForm,
    ChangeForm,
    MemberForm,
    MotionForm,
    MoveForm,
    OpenForm,
    OtherForm,
    PressForm,
    ReasonForm,
    TableForm,
    VoteForm,
    WordsForm,
)
from app.cases.aid.committee_pages.room import (
    LEADERS,
    READERS,
    meeting_of,
    pulse,
    show,
    show_item,
)
from app.fund.committee import (
    agenda,
    attendance,
    item_status,
    meetings,
    motions,
    proposals,
    resolutions,
    seats,
    votes,
)
from app.fund.committee.records import (
    AgendaItem,
    Matter,
    Meeting,
    MeetingState,
    ProposalState,
    Resolution,
    ResolutionKind,
)
from app.fund.committee.records.circulations import MeetingKind
from app.fund.committee.seats import SEATS
from app.fund.ledger import books
from app.kit import clock, lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form
from app.kit.lists import Column, Days, List, Search
from app.kit.thai import arabic_digits
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role
from app.staff.users import User

bp = Blueprint("committee", __name__)


@bp.get("/meetings", endpoint="meetings")
@opens_to(*READERS)
def all_meetings() -> ResponseReturnValue:
    """Meetings, the newest first, and what waits for the next one."""
    waiting = proposals.in_state(ProposalState.SUBMITTED)
    return lists.show(
        "committee/meetings.html",
        List(
            select(Meeting).where(
                Meeting.kind == MeetingKind.MEETING,
                Meeting.body_id.in_([body.id for body in seats.bodies()]),
            ),
            columns=(
                Column(
                    "ครั้งที่",
                    lambda row: row[0].code,
                    href=lambda row: url_for("committee.meeting", number=row[0].id),
                ),
                Column("วันที่", lambda row: row[0].sat_on, "date", sort="held"),
                Column("สถานที่", lambda row: row[0].venue),
                Column("วาระ", lambda row: row[1], "count"),
                Column("มีมติแล้ว", lambda row: row[2], "count"),
                Column("สถานะ", lambda row: MeetingState(row[0].state).pill, "pill"),
            ),
            orders={"held": (Meeting.held_on, Meeting.id)},
            search=Search("ครั้งที่ หรือสถานที่", _matching),
            filters=(Days(Meeting.held_on),),
            read=_with_items,
            label="ประชุม",
            empty="ยังไม่มีการประชุม",
            drawing="calendar",
            file="meetings",
        ),
        waiting=waiting,
        deferred=resolutions.waiting_words([proposal.id for proposal in waiting]),
        waiting_satang=sum(proposal.satang for proposal in waiting),
        may_call=signed_in().has(Role.FUND_OFFICER),
    )


def _matching(words: str) -> ColumnElement[bool]:
    """A meeting as it is called, `2/2569` or `2`, or held at such a place."""
    number, _, year = words.partition("/")
    called = Meeting.number == lists.number(number)
    if year:
        called = and_(called, Meeting.year_be == lists.number(year))
    return or_(called, lists.contains(words, Meeting.place, Meeting.room))


def _with_items(rows: Sequence[Meeting]) -> list[tuple[Meeting, int, int]]:
    """Meetings with how many items they have, and how many of these are resolved."""
    counts = (
        select(AgendaItem.meeting_id, func.count(AgendaItem.id), func.count(Resolution.id))
        .outerjoin(Resolution, Resolution.item_id == AgendaItem.id)
        .where(AgendaItem.meeting_id.in_([meeting.id for meeting in rows]))
        .group_by(AgendaItem.meeting_id)
    )
    found = {number: (items, decided) for number, items, decided in db.session().execute(counts)}
    return [(meeting, *found.get(meeting.id, (0, 0))) for meeting in rows]


@bp.route("/meetings/new", methods=["GET", "POST"])
@opens_to(Role.FUND_OFFICER)
def new() -> ResponseReturnValue:
    form = CallForm(held_on=clock.today())
    form.offer(seats.bodies())
    refused = ""
    if form.validate_on_submit():
        held_on = form.held_on.data
        assert held_on is not None
        try:
            with transaction():
                meeting = meetings.call(
                    held_on=held_on,
                    place=form.place.data or "",
                    room=form.room.data or "",
                    floor=form.floor.data or "",
                    body_id=form.body.data or None,
                    by=signed_in(),
                )
                number, code = meeting.id, meeting.code
            flash(f"นัดประชุมครั้งที่ {code} แล้ว", "success")
            return redirect(url_for("committee.meeting", number=number))
        except Refused as error:
            refused = error.words
    status = 409 if refused else 422 if form.is_submitted() else 200
    thursday = meetings.third_thursday(clock.today() + timedelta(days=7))
    return render_template("committee/new.html", form=form, refused=refused, thursday=thursday), status


@bp.get("/meetings/<int:number>/meeting.ics")
@opens_to(*READERS)
def calendar(number: int) -> Response:
    """The meeting for the calendar of whoever is called to it."""
    meeting = meeting_of(number)
    name = f"meeting-{meeting.file_code}.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(calendar_entry.of(meeting, host=request.host), mimetype="text/calendar", headers=headers)


@bp.get("/meetings/<int:number>")
@opens_to(*READERS)
def meeting(number: int) -> ResponseReturnValue:
    found = meeting_of(number)
    if found.body.code == seats.SOLE and found.items:
        return redirect(url_for("committee.decision", code=found.items[0].proposal.code))
    if found.is_circulated:
        # What is circulated has one item and nobody in a room.
        return redirect(url_for("committee.item", item_id=found.items[0].id))
    return show(number)


@bp.get("/meetings/<int:number>/status")
@opens_to(*READERS)
def status(number: int) -> Response:
    return jsonify(state=pulse(number))


@bp.get("/agenda/<int:item_id>")
@opens_to(*READERS)
def item(item_id: int) -> ResponseReturnValue:
    found = db.session().get(AgendaItem, item_id)
    if found is not None and found.meeting.body.code == seats.SOLE:
        # What one person decided has a page of its own.
        return redirect(url_for("committee.decision", code=found.proposal.code))
    return show_item(item_id)


def do(
    form: Form,
    deed: Callable[[User], object],
    message: str,
    *,
    number: int = 0,
    item_id: int = 0,
    back: int = 0,
) -> ResponseReturnValue:
    """One deed of a meeting or of one of its items; a refusal is shown on the page that it was asked from. `back`: the
    meeting to go on to from an item."""

    def shown(words: str, status: int) -> ResponseReturnValue:
        if item_id:
            return show_item(item_id, refused=words, status=status)
        return show(number, refused=words, status=status)

    if not form.validate_on_submit():
        first = next((error for errors in form.errors.values() for error in errors), "กรุณาลองอีกครั้ง")
        return shown(str(first), 422)
    try:
        with transaction():
            deed(signed_in())
    except Refused as refused:
        return shown(refused.words, 422 if isinstance(refused, BadInput) else 409)
    flash(message, "success")
    if item_id and not back:
        return redirect(url_for("committee.item", item_id=item_id))
    return redirect(url_for("committee.meeting", number=number or back))


@bp.post("/meetings/<int:number>/attendance", endpoint="attendance")
@opens_to(*LEADERS)
def note_attendance(number: int) -> ResponseReturnValue:
    meeting_of(number)
    form = AttendanceForm()
    members = seats.members(meeting_of(number).body_id)
    form.offer(members)
    seated = [member.id for member in members]

    def note(by: User) -> None:
        before, ticked = item_status.attending(number), set(form.present.data or [])
        for member_id in seated:
            if member_id in ticked - before:
                attendance.note_present(number, member_id=member_id, by=by)
            elif member_id in before - ticked:
                attendance.note_absent(number, member_id=member_id, reason=form.reason.data or "", by=by)

    return do(form, note, "บันทึกผู้เข้าประชุมแล้ว", number=number)


@bp.post("/meetings/<int:number>/others")
@opens_to(*LEADERS)
def others(number: int) -> ResponseReturnValue:
    """A guest, or somebody who sits in for a member."""
    meeting_of(number)
    form = OtherForm()
    form.offer(seats.members(meeting_of(number).body_id))

    def note(by: User) -> None:
        name, position = form.name.data or "", form.position.data or ""
        if form.member.data:
            attendance.note_proxy(number, for_id=form.member.data, name=name, position=position, by=by)
        else:
            attendance.note_guest(number, name=name, position=position, by=by)

    return do(form, note, "บันทึกผู้เข้าประชุมแล้ว", number=number)


@bp.post("/meetings/<int:number>/leave/<int:attendance_id>")
@opens_to(*LEADERS, Role.COMMITTEE)
def leave(number: int, attendance_id: int) -> ResponseReturnValue:
    meeting_of(number)
    return do(
        PressForm(),
        lambda by: attendance.leave(number, attendance_id=attendance_id, by=by),
        "บันทึกว่าออกจากห้องประชุมแล้ว",
        number=number,
    )


@bp.post("/meetings/<int:number>/move")
@opens_to(Role.FUND_OFFICER)
def move_meeting(number: int) -> ResponseReturnValue:
    meeting_of(number)
    form = MoveForm()

    def to_another_day(by: User) -> None:
        assert form.to_on.data is not None
        meetings.move(number, to_on=form.to_on.data, reason=form.reason.data or "", by=by)

    return do(form, to_another_day, "เลื่อนวันประชุมแล้ว", number=number)


@bp.post("/meetings/<int:number>/cancel")
@opens_to(Role.FUND_OFFICER)
def cancel(number: int) -> ResponseReturnValue:
    meeting_of(number)
    form = CancelForm()
    return do(
        form,
        lambda by: meetings.cancel(number, reason=form.reason.data or "", by=by),
        "ยกเลิกการประชุมแล้ว เรื่องในวาระกลับไปรอเข้าวาระ",
        number=number,
    )


@bp.post("/meetings/<int:number>/words")
@opens_to(*LEADERS, Role.COMMITTEE)
def write_words(number: int) -> ResponseReturnValue:
    meeting_of(number)
    form = WordsForm()
    return do(
        form,
        lambda by: meetings.write_words(
            number,
            announcements=form.announcements.data or "",
            other_business=form.other_business.data or "",
            by=by,
        ),
        "บันทึกวาระแล้ว",
        number=number,
    )


@bp.post("/meetings/<int:number>/open")
@opens_to(*LEADERS)
def open_(number: int) -> ResponseReturnValue:
    meeting_of(number)
    form = OpenForm()
    here = item_status.attending(number)
    form.offer([member for member in seats.members(meeting_of(number).body_id) if member.id in here])
    return do(
        form,
        lambda by: meetings.open_(
            number, chair_id=form.chair.data, early_reason=form.early_reason.data or "", by=by
        ),
        "เริ่มประชุมแล้ว กรรมการลงคะแนนได้",
        number=number,
    )


@bp.post("/meetings/<int:number>/table")
@opens_to(Role.FUND_OFFICER)
def table(number: int) -> ResponseReturnValue:
    meeting_of(number)
    form = TableForm()
    form.proposal.validate_choice = False
    return do(
        form,
        lambda by: agenda.table(number, proposal_code=form.proposal.data or "", by=by),
        f"เพิ่ม {form.proposal.data} เข้าวาระแล้ว",
        number=number,
    )


@bp.post("/meetings/<int:number>/close")
@opens_to(*LEADERS)
def close(number: int) -> ResponseReturnValue:
    meeting_of(number)
    return do(PressForm(), lambda by: meetings.close(number, by=by), "เลิกประชุมแล้ว", number=number)


def _meeting_of(item_id: int) -> int:
    """The item's meeting."""
    found = db.session().get(AgendaItem, item_id)
    if found is None:
        abort(404)
    return found.meeting_id


@bp.post("/agenda/<int:item_id>/vote")
@opens_to(*SEATS)
def vote(item_id: int) -> ResponseReturnValue:
    _meeting_of(item_id)
    form = VoteForm()
    return do(
        form,
        lambda by: votes.vote(item_id, choice=form.choice.data or "", by=by),
        "บันทึกคะแนนของท่านแล้ว",
        item_id=item_id,
    )


@bp.post("/agenda/<int:item_id>/recuse")
@opens_to(*SEATS)
def recuse(item_id: int) -> ResponseReturnValue:
    _meeting_of(item_id)
    form = MemberForm()
    return do(
        form,
        lambda by: attendance.recuse(
            item_id, member_id=form.member.data or 0, reason=form.reason.data or "", by=by
        ),
        "บันทึกว่าออกจากการพิจารณาแล้ว",
        item_id=item_id,
    )


@bp.post("/agenda/<int:item_id>/readmit")
@opens_to(*SEATS)
def readmit(item_id: int) -> ResponseReturnValue:
    _meeting_of(item_id)
    form = MemberForm()
    return do(
        form,
        lambda by: attendance.readmit(item_id, member_id=form.member.data or 0, by=by),
        "แก้ไขแล้ว กรรมการกลับเข้าพิจารณาเรื่องนี้",
        item_id=item_id,
    )


@bp.post("/agenda/<int:item_id>/resolve")
@opens_to(*LEADERS, Role.COMMITTEE)
def resolve(item_id: int) -> ResponseReturnValue:
    _meeting_of(item_id)
    form = ReasonForm()
    return do(
        form,
        lambda by: resolutions.resolve(item_id, reason=form.reason.data or "", by=by),
        "บันทึกมติแล้ว",
        item_id=item_id,
    )


def _quantities() -> dict[int, int]:
    """Quantities by line, as they were typed; the page has a field for each line of the item."""
    found: dict[int, int] = {}
    for name, typed in request.form.items():
        number, words = name.removeprefix("line-"), arabic_digits(typed).replace(",", "").strip()
        if number == name or not number.isdecimal() or not words:
            continue
        if not words.isdecimal() or len(words) > 7 or len(number) > 12:
            raise BadInput("จำนวนของแต่ละรายการต้องเป็นตัวเลข")
        found[int(number)] = int(words)
    return found


@bp.post("/agenda/<int:item_id>/move")
@opens_to(*LEADERS, Role.COMMITTEE)
def move(item_id: int) -> ResponseReturnValue:
    """Another motion; everybody votes anew."""
    _meeting_of(item_id)
    form = MotionForm()
    form.offer(tuple(ResolutionKind), books.balances())
    return do(
        form,
        lambda by: motions.move(
            item_id,
            kind=form.kind.data,
            parts={} if form.kind.data == ResolutionKind.DEFER else form.parts,
            lines=_quantities(),
            reason=form.reason.data or "",
            waits_until=form.waits_until.data,
            waits_for_money=form.waits_for_money.data,
            by=by,
        ),
        "ตั้งประเด็นใหม่แล้ว กรรมการทุกคนลงคะแนนใหม่",
        item_id=item_id,
    )


@bp.post("/meetings/<int:number>/change")
@opens_to(Role.FUND_OFFICER)
def change(number: int) -> ResponseReturnValue:
    """A resolution that was made goes on the agenda, to be amended or rescinded."""
    meeting_of(number)
    form = ChangeForm()
    form.offer([])

    def put(by: User) -> None:
        code, why = form.proposal.data or "", form.reason.data or ""
        if form.matter.data == Matter.AMEND:
            proposals.revise(code, satang=form.satang.data or 0, reason=why, by=by)
        agenda.table(number, proposal_code=code, matter=form.matter.data, reason=why, by=by)

    return do(form, put, "เพิ่มวาระแก้ไขหรือยกเลิกมติแล้ว", number=number)


@bp.post("/agenda/<int:item_id>/take-off")
@opens_to(Role.FUND_OFFICER)
def take_off(item_id: int) -> ResponseReturnValue:
    back = _meeting_of(item_id)
    return do(
        PressForm(),
        lambda by: agenda.take_off(item_id, by=by),
        "นำออกจากวาระแล้ว",
        item_id=item_id,
        back=back,
    )


@bp.get("/meetings/<int:number>/pack.pdf")
@opens_to(*READERS)
def pack(number: int) -> Response:
    """What the members read before they decide, one page an item."""
    found = meeting_of(number)
    name = f"pack-{found.file_code}.pdf"
    return Response(
        packs.printed(found),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
