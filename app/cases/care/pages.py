"""Pages of care: a household with its people and its logbook, writing a line, seeing a full ID for a reason."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms.fields.choices import SelectChoice

from app.cases.care import logbook
from app.cases.care.forms import EntryForm, RevealForm
from app.cases.care.records import LogbookEntry
from app.cases.register import households, id_disclosures
from app.cases.register.households import may_work_on, visible_to
from app.cases.register.records import FailedDimension, Household, Member, Round, RoundHousehold
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.province import levels
from app.province.dimensions import DIMENSIONS, Dimension, dimension
from app.province.profile import Profile
from app.staff import reads, signin
from app.staff.doors import opens_to, signed_in
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
    failed: list[Dimension]


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
    user, home, session = signed_in(), _found(code), db.session()
    seen = households.dimensions_seen(user, home)
    entries = [
        entry
        for entry in session.scalars(
            select(LogbookEntry)
            .where(LogbookEntry.household_id == home.id)
            .options(joinedload(LogbookEntry.written_by), joinedload(LogbookEntry.member))
            .order_by(LogbookEntry.on.desc(), LogbookEntry.id.desc())
        )
        if seen is None or not entry.dimension or entry.dimension in seen
    ]
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
        entries=entries,
        visit_due=logbook.visit_due(entries) if works else None,
        today=clock.today(),
        helped=logbook.value_of(entries),
        dimension=dimension,
        works=works,
        form=EntryForm(formdata=None, on=clock.today()),
    )


def _place_at_home(member: Member) -> tuple[bool, int]:
    return member.left, member.position


def _dims(newest: _RoundView, seen: frozenset[str] | None) -> list[tuple[str, str, bool]]:
    """What the newest round says of each dimension that this person may see: its name, in words, and whether it lacks."""
    lacking = {dimension.code for dimension in newest.failed}
    counted = Profile.here().dimension_codes
    return [
        (dimension.name_th, "ต้องช่วย" if dimension.code in lacking else "ผ่าน", dimension.code in lacking)
        for dimension in DIMENSIONS
        # What the province does not count by is shown only where it lacks.
        if (seen is None or dimension.code in seen)
        and (dimension.code in lacking or dimension.code in counted)
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
                for dimension in DIMENSIONS
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
