"""Seats: which bodies there are, who sits in them, and since which order."""

import re
from collections.abc import Mapping
from datetime import date

from sqlalchemy import or_, select

from app.fund.committee.records.bodies import (
    Body,
    BodyRules,
    Level,
    Majority,
    Numbering,
    Office,
    RollEntry,
    Seat,
)
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import sort_key
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Grant, Role
from app.staff.users import User

#: Roles of those who may sit in a body; the seat gives the vote.
SEATS = (Role.COMMITTEE, Role.CHAIR)

#: The body that every fund has, and the chair or the delegate who decides alone.
MAIN = "fund"
SOLE = "sole"

#: No body has more members than this.
MOST_MEMBERS = 200

_CODE = re.compile(r"[a-z][a-z0-9-]{1,23}")


def bodies() -> list[Body]:
    """All bodies that meet, the main one first."""
    found = db.session().scalars(select(Body).where(Body.level != Level.SOLE).order_by(Body.id))
    return sorted(found, key=lambda body: body.code != MAIN)


def main() -> Body | None:
    """The fund's committee; None before anybody sits there."""
    return db.session().scalars(select(Body).filter_by(code=MAIN)).one_or_none()


def ensure_main() -> Body:
    """The fund's committee, opened under the profile's rules of order when it is new."""
    return main() or _open(MAIN, "คณะกรรมการบริหารกองทุน", suggested_rules(), level=Level.FULL)


def sole_id() -> int | None:
    """The id of the body of those who decide alone; None before anybody did."""
    return db.session().scalar(select(Body.id).where(Body.code == SOLE))


def ensure_sole() -> Body:
    """Who decides alone, as the body whose sittings and resolutions have numbers of their own."""
    ensure_main()
    found = db.session().scalars(select(Body).filter_by(code=SOLE)).one_or_none()
    if found is not None:
        return found
    rules = suggested_rules()
    rules.quorum_part, rules.quorum_whole, rules.quorum_count, rules.casting_vote = 1, 1, 1, False
    return _open(SOLE, "ประธานพิจารณาตามวงเงิน", rules, level=Level.SOLE)


def body(body_id: int | None = None) -> Body:
    """The body with this id, the fund's committee where none is named."""
    found = db.session().get(Body, body_id) if body_id else ensure_main()
    if found is None:
        raise Refused("ไม่พบคณะนี้ กรุณาเลือกจากรายการ")
    return found


def of_meeting(meeting_id: int, body_id: int) -> frozenset[int]:
    """The ids of who sits there for a meeting: by its roll once it was opened, else by the seats of today."""
    return frozenset(entry.person_id for entry in roll(meeting_id)) or frozenset(
        member.id for member in members(body_id)
    )


def suggested_rules() -> BodyRules:
    """The rules of order that the profile suggests for a body, not kept yet."""
    profile = Profile.here()
    asked = profile.majorities
    return BodyRules(
        number=1,
        from_on=clock.today(),
        order_number="",
        numbering=Numbering(profile.numbering),
        quorum_part=profile.quorum.numerator,
        quorum_whole=profile.quorum.denominator,
        casting_vote=True,
        majority=Majority(asked.ordinary),
        majority_amend=Majority(asked.amend),
        majority_rescind=Majority(asked.rescind),
        majority_ratify=Majority(asked.ratify),
        entered_at=clock.now(),
    )


def _open(code: str, name_th: str, rules: BodyRules, *, level: Level) -> Body:
    body = Body(code=code, name_th=name_th, level=level, opened_at=clock.now(), versions=[rules])
    db.session().add(body)
    db.session().flush()
    return body


def open_body(
    *,
    code: str,
    name_th: str,
    quorum_count: int | None = None,
    numbering: Numbering | str | None = None,
    majorities: Mapping[str, str] | None = None,
    casting_vote: bool = True,
    by: User,
) -> Body:
    """Another body that meets and resolves, such as a sub-committee; its quorum is the profile's share, or a count.

    `majorities` are those of "ordinary", "amend", "rescind" and "ratify"; what is not said is as the profile suggests.
    """
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่ตั้งคณะได้")
    words = visible(name_th)
    if not _CODE.fullmatch(code) or not 0 < len(words) <= 160:
        raise BadInput("รหัสคณะต้องเป็นอักษรอังกฤษตัวเล็ก 2–24 ตัว และชื่อคณะไม่เกิน 160 ตัวอักษร")
    if code in (MAIN, SOLE):
        raise BadInput("รหัสคณะนี้ระบบใช้อยู่ กรุณาใช้รหัสอื่น")
    rules = suggested_rules()
    say(rules, numbering or rules.numbering, quorum_count, majorities or {}, casting_vote=casting_vote)
    rules.entered_by_id = by.id
    body = _open(code, words, rules, level=Level.SUB)
    audit.record(Deed.BODY_OPEN, f"body:{body.id}", by=by, code=code, name=words)
    return body


def say(
    rules: BodyRules,
    numbering: Numbering | str,
    quorum_count: int | None,
    majorities: Mapping[str, str],
    *,
    casting_vote: bool,
) -> None:
    """Rules that are not kept yet say this. Raises BadInput for what is no numbering, no quorum or no majority."""
    if numbering not in set(Numbering) or not set(majorities.values()) <= set(Majority):
        raise BadInput("กรุณาเลือกวิธีนับเลขครั้ง และเสียงที่ใช้ จากรายการ")
    if quorum_count is not None and not 0 < quorum_count <= MOST_MEMBERS:
        raise BadInput(f"องค์ประชุมต้องเป็นจำนวนคน ตั้งแต่ 1 ถึง {MOST_MEMBERS}")
    rules.numbering, rules.quorum_count = Numbering(numbering), quorum_count
    rules.casting_vote = casting_vote
    for matter in set(majorities) & {"ordinary", "amend", "rescind", "ratify"}:
        name = "majority" if matter == "ordinary" else f"majority_{matter}"
        setattr(rules, name, Majority(majorities[matter]))


def seat(
    *,
    person_id: int,
    office: Office | str,
    order_number: str,
    from_on: date,
    to_on: date | None = None,
    body_id: int | None = None,
    by: User,
) -> Seat:
    """The person sits in the body (the fund's committee where none is named) by this order. Not by their own hand."""
    if not by.has(Role.FUND_OFFICER, Role.ADMINISTRATOR) or by.id == person_id:
        raise Refused("เฉพาะฝ่ายเลขานุการหรือผู้ดูแลระบบเท่านั้นที่บันทึกกรรมการได้ และบันทึกตนเองไม่ได้")
    order = visible(order_number)
    if office not in set(Office) or not 0 < len(order) <= 60:
        raise BadInput("กรุณาเลือกตำแหน่ง และใส่เลขที่คำสั่งแต่งตั้ง ไม่เกิน 60 ตัวอักษร")
    if to_on is not None and to_on < from_on:
        raise BadInput("วันสิ้นวาระต้องไม่ก่อนวันเริ่ม")
    held = select(Grant.id).where(
        Grant.user_id == person_id, Grant.role.in_(SEATS), Grant.revoked_at.is_(None)
    )
    if db.session().scalars(held.limit(1)).first() is None:
        raise Refused("ผู้นี้ยังไม่มีบทบาทกรรมการกองทุน กรุณาให้ผู้ดูแลระบบมอบบทบาทก่อน")
    made = Seat(
        body_id=body_id or ensure_main().id,
        person_id=person_id,
        office=Office(office),
        from_on=from_on,
        to_on=to_on,
        order_number=order,
        seated_at=clock.now(),
        seated_by_id=by.id,
    )
    db.session().add(made)
    db.session().flush()
    audit.record(
        Deed.SEAT_TAKE, f"body:{made.body_id}", by=by, person=person_id, office=made.office, order=order
    )
    return made


def end(seat_id: int, *, to_on: date, by: User) -> Seat:
    """The person sits there until this day. Ending it again changes nothing."""
    if not by.has(Role.FUND_OFFICER, Role.ADMINISTRATOR):
        raise Refused("เฉพาะฝ่ายเลขานุการหรือผู้ดูแลระบบเท่านั้นที่บันทึกการพ้นจากตำแหน่งได้")
    found = lock(Seat, seat_id)
    if found.to_on is not None:
        return found
    if to_on < found.from_on:
        raise BadInput("วันพ้นจากตำแหน่งต้องไม่ก่อนวันเริ่ม")
    found.to_on = to_on
    db.session().flush()
    audit.record(Deed.SEAT_END, f"body:{found.body_id}", by=by, person=found.person_id, to=to_on.isoformat())
    return found


def seated(body_id: int | None = None) -> list[Seat]:
    """Seats that are held today in the body (the fund's committee where none is named), in the order of names."""
    today = clock.today()
    body = body_id or db.session().scalar(select(Body.id).where(Body.code == MAIN))
    # Whoever may not sign in as a member any more sits there no longer.
    holders = select(Grant.user_id).where(Grant.role.in_(SEATS), Grant.revoked_at.is_(None))
    statement = (
        select(Seat)
        .join(User, User.id == Seat.person_id)
        .where(
            Seat.body_id == body,
            Seat.from_on <= today,
            or_(Seat.to_on.is_(None), Seat.to_on >= today),
            Seat.person_id.in_(holders),
            User.closed_at.is_(None),
        )
    )
    return sorted(db.session().scalars(statement), key=lambda held: sort_key(held.person.name))


def members(body_id: int | None = None) -> list[User]:
    """Who sits in the body now, in the order of their names."""
    return list({held.person_id: held.person for held in seated(body_id)}.values())


def roll(meeting_id: int) -> list[RollEntry]:
    """Who sat in the body when the meeting was opened; empty before."""
    statement = select(RollEntry).filter_by(meeting_id=meeting_id).order_by(RollEntry.id)
    return list(db.session().scalars(statement))
