"""Pages of care: a household with its people and its logbook, writing a line, seeing a full ID for a reason."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload
from wtforms.fields.choices import SelectChoice

from app.cases.care import logbook, timeline
from app.cases.care.forms import EntryForm, RevealForm
from app.cases.care.records import LogbookEntry, LogbookKind
from app.cases.register import households, id_disclosures
from app.cases.register.households import may_work_on, visible_to
from app.cases.register.records import FailedDimension, Household, Member, Round, RoundHousehold
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Column, List
from app.province import levels
from app.province.profile import Profile
from app.province.sides import Side
from app.staff import export_pages, reads, signin
from app.staff.doors import may_enter, opens_to, signed_in
from app.staff.reads import CeilingReached, ReadKind
from app.staff.roles import Role

bp = Blueprint("care", __name__)


#: Who writes the logbook and may ask for a full ID.
WORKERS = (Role.MENTOR, Role.DISTRICT_OFFICER, Role.FUND_OFFICER)


@dataclass(frozen=True)
class _RoundView:
    """What one round said of the household, as far as its reader may know."""

    round: Round
    income: int | None
    level: str | None
    failed: list[Side]


def _found(code: str, *, to_work_on: bool = False) -> Household:
    """The household when it is in reach; 404 else, so that an address tells nothing of other districts.

    Either is written down: what was opened, and what was asked for and is not this person's or is not there.
    """
    statement = visible_to(signed_in()).where(Household.code == code)
    if to_work_on:
        statement = statement.where(may_work_on(signed_in()))
    subject = f"household_code:{code.upper()}"
    if db.session().scalars(statement).one_or_none() is None:
        reads.note_refused(ReadKind.HOUSEHOLD, subject, by=signed_in())
        abort(404)
    reads.note(ReadKind.HOUSEHOLD, subject, by=signed_in())
    return db.session().scalars(statement).one()


@bp.get("/households/<code>")
@opens_to(*households.READERS)
def household(code: str) -> str:
    home, session, user = _found(code), db.session(), signed_in()
    seen = households.dimensions_seen(user, home)
    help_and_visits = session.scalars(
        _logbook_of(home, seen).where(
            LogbookEntry.kind.in_((LogbookKind.HELP, LogbookKind.VISIT, LogbookKind.CORRECTION))
        )
    ).all()
    before = _place(request.args.get("before", ""))
    happenings, after = timeline.of(home, user, seen=seen, before=before)
    works = session.scalar(select(Household.id).where(Household.id == home.id, may_work_on(user))) is not None
    rounds = _rounds(home, seen)
    living = [member for member in sorted(home.members, key=_place_at_home) if not member.left]
    return render_template(
        "care/household.html",
        household=home,
        head=living[0] if living else None,
        living=len(living),
        members=sorted(home.members, key=_place_at_home),
        rounds=rounds,
        dims=_dims(rounds[0], seen) if rounds else [],
        happenings=happenings,
        address_of=_address_of,
        earlier=url_for("care.household", code=code, before=".".join(map(str, after))) if after else "",
        is_beginning=before is None,
        visit_due=logbook.visit_due(help_and_visits) if works else None,
        today=clock.today(),
        helped=logbook.value_of(help_and_visits),
        side=Profile.here().sides.side,
        works=works,
        may_ask=works and may_enter(user, "aid.new_request"),
        form=EntryForm(formdata=None, on=clock.today()),
    )


def _logbook_of(home: Household, seen: frozenset[str] | None) -> Select[LogbookEntry]:
    """Lines of its logbook, as far as their reader may know of what they are about."""
    statement = select(LogbookEntry).where(LogbookEntry.household_id == home.id)
    if seen is None:
        return statement
    return statement.where(or_(LogbookEntry.dimension.is_(None), LogbookEntry.dimension.in_(seen)))


def _place(asked: str) -> timeline.Place | None:
    """Where in the timeline the address goes on; the newest for what is no such place."""
    day, _, rest = asked.partition(".")
    numbers = rest.split(".")
    try:
        rank, number = (int(part) for part in numbers)
        return timeline.Place(date.fromisoformat(day), rank, number) if number < 2**63 else None
    except ValueError:
        return None


def _address_of(happening: timeline.Happening) -> str:
    """The page of what happened, for whoever may enter it; else nothing."""
    if not happening.page or not may_enter(signed_in(), happening.page):
        return ""
    return url_for(happening.page, **(happening.key or {}))


@bp.route("/households/<code>/logbook/export", methods=["GET", "POST"])
@opens_to(*households.READERS)
def export_logbook(code: str) -> ResponseReturnValue:
    """The household's logbook, as a file, for a reason."""
    home = _found(code)
    seen = households.dimensions_seen(signed_in(), home)
    return export_pages.page(
        List(
            _logbook_of(home, seen).options(
                joinedload(LogbookEntry.written_by), joinedload(LogbookEntry.member)
            ),
            columns=(
                Column("วันที่", lambda entry: entry.on, "date"),
                Column("เรื่อง", lambda entry: entry.kind_name),
                Column("บันทึก", lambda entry: entry.words),
                Column("เกี่ยวกับ", lambda entry: entry.member.name if entry.member else ""),
                Column(
                    "มิติ",
                    lambda entry: (
                        Profile.here().sides.side(entry.dimension).name_th if entry.dimension else ""
                    ),
                ),
                Column("มูลค่า (บาท)", lambda entry: entry.satang or None, "baht"),
                Column("จาก", lambda entry: entry.funding_name),
                Column("ตามคำขอ", lambda entry: entry.request_code or ""),
                Column("ผู้บันทึก", lambda entry: entry.written_by.name),
            ),
            orders={"on": (LogbookEntry.on, LogbookEntry.id)},
            file=f"logbook-{home.code}",
        ),
        title=f"สมุดบันทึก {home.code}",
        by=signed_in(),
        back=url_for("care.household", code=code),
        back_label=home.code,
    )


def _place_at_home(member: Member) -> tuple[bool, int]:
    return member.left, member.position


def _dims(newest: _RoundView, seen: frozenset[str] | None) -> list[tuple[str, str, bool]]:
    """What the newest round says of each dimension that this person may see: its name, in words, and whether it lacks."""
    lacking = {dimension.code for dimension in newest.failed}
    sides = Profile.here().sides
    return [
        (dimension.name_th, "ต้องช่วย" if dimension.code in lacking else "ผ่าน", dimension.code in lacking)
        for dimension in sides.every
        # What the province does not count by is shown only where it lacks.
        if (seen is None or dimension.code in seen)
        and (dimension.code in lacking or dimension in sides.offered)
    ]


def _rounds(home: Household, seen: frozenset[str] | None) -> list[_RoundView]:
    """What each round said of the household, newest first."""
    session = db.session()
    rows = session.execute(
        select(Round, RoundHousehold)
        .join(RoundHousehold, RoundHousehold.round_id == Round.id)
        .where(RoundHousehold.household_id == home.id)
        .order_by(Round.as_of.desc(), Round.id.desc())
    ).all()
    failed: dict[int, set[str]] = {}
    marks = select(FailedDimension).where(
        FailedDimension.round_household_id.in_([place.id for _, place in rows])
    )
    for mark in session.scalars(marks):
        failed.setdefault(mark.round_household_id, set()).add(mark.dimension)
    return [
        _RoundView(
            round=round_,
            income=entry.income_satang,
            level=None
            if entry.income_satang is None
            else levels.level_of(entry.income_satang, round_.as_of).name_th,
            failed=[
                dimension
                for dimension in Profile.here().sides.every
                if dimension.code in failed.get(entry.id, ()) and (seen is None or dimension.code in seen)
            ],
        )
        for round_, entry in rows
    ]


@bp.route("/households/<code>/logbook/new", methods=["GET", "POST"])
@opens_to(*WORKERS)
def new_entry(code: str) -> ResponseReturnValue:
    home = _found(code, to_work_on=True)
    form = EntryForm(on=clock.today())
    form.member_id.choices = [
        SelectChoice("", "ทั้งครัวเรือน"),
        *(SelectChoice(str(member.id), member.name) for member in home.members if not member.left),
    ]
    refused, status = "", 200
    if form.validate_on_submit():
        assert form.on.data is not None
        try:
            with transaction():
                logbook.write(
                    household_id=home.id,
                    member_id=int(form.member_id.data) if form.member_id.data else None,
                    on=form.on.data,
                    kind=form.kind.data,
                    words=form.words.data,
                    dimension=form.dimension.data or None,
                    satang=form.satang.data or 0,
                    funding_source=form.funding_source.data,
                    tpmap_ref=form.tpmap_ref.data or "",
                    by=signed_in(),
                )
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
        else:
            flash("เขียนลงสมุดบันทึกแล้ว", "success")
            return redirect(url_for("care.household", code=code))
    elif form.is_submitted():
        status = 422
    return render_template("care/new_entry.html", household=home, form=form, refused=refused), status


@bp.route("/households/<code>/members/<int:number>/reveal", methods=["GET", "POST"])
@opens_to(*WORKERS)
def reveal(code: str, number: int) -> ResponseReturnValue:
    home = _found(code, to_work_on=True)
    member = db.session().scalars(select(Member).filter_by(id=number, household_id=home.id)).one_or_none()
    if member is None:
        abort(404)
    form = RevealForm()
    shown, refused, status = "", "", 200
    if form.validate_on_submit():
        try:
            signin.confirm_password(form.password_again.data, by=signed_in())
            with transaction():
                shown = id_disclosures.reveal_id(
                    number, reason=form.reason.data, words=form.words.data, by=signed_in()
                )
        except CeilingReached as error:
            reads.note_refused(ReadKind.WHOLE_ID, f"member:{number}", by=signed_in())
            refused, status = error.words, 409
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
    elif form.is_submitted():
        status = 422
    page = render_template(
        "care/reveal.html", household=home, member=member, form=form, shown=shown, refused=refused
    )
    return page, status
