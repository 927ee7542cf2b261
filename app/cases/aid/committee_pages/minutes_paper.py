"""The paper of a meeting's minutes, in the official form (Rules on Correspondence B.E. 2526, form 11): its parts and wording.

คณะ ครั้งที่ เมื่อ ณ · ผู้มาประชุม · ผู้ไม่มาประชุม · เริ่มประชุมเวลา · วาระที่ 1–5 · เลิกประชุมเวลา · ผู้จด · ผู้ตรวจ
"""

import re
from datetime import date

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.fund.committee import follow_ups, guidelines, item_status, minutes, ratifications, seats, sole, words
from app.fund.committee.item_status import ItemStatus
from app.fund.committee.records import (
    AttendanceKind,
    Meeting,
    MeetingState,
    ProposalVersion,
)
from app.fund.committee.records.bodies import Office
from app.fund.committee.records.papers import Minutes
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.money import format_baht
from app.kit.thai import thai_digits
from app.province.profile import Profile
from app.staff.users import User


def paper(meeting: Meeting, *, corrections: str | None = None, digits: str = "thai") -> bytes:
    """The PDF. With `corrections`, be they empty, it is the text that a later meeting endorses; without, a draft.

    Raises Refused before the meeting is opened. `digits` are "thai" or "arabic"; codes stay as they are typed.
    """
    from app.kit import pdf

    if meeting.opened_at is None:
        raise Refused("ยังไม่มีรายงานการประชุม เพราะการประชุมยังไม่เริ่ม")
    members = {member.id: member for member in seats.members(meeting.body_id)}
    attended = item_status.attended(meeting.id)
    came = [row for row in attended if row.member_id and row.kind == AttendanceKind.MEMBER]
    here = frozenset(row.member_id for row in came if row.member_id)
    statuses = item_status.of_items(meeting, meeting.items)
    people = members | _others(here, statuses, members)
    # Read for all items at once who pays for each; they hold no more than a reference to it.
    versions = [now.item.version_id for now in statuses]
    funded = select(ProposalVersion).where(ProposalVersion.id.in_(versions))
    read = db.session().scalars(funded.options(selectinload(ProposalVersion.funding))).all()
    html = render_template(
        "pdf/minutes.html",
        meeting=meeting,
        statuses=statuses,
        present=_in_order([people[number] for number in here], meeting.chair_id),
        absent=[member for number, member in members.items() if number not in here],
        proxies=[row for row in attended if row.kind == AttendanceKind.PROXY],
        guests=[row for row in attended if row.kind == AttendanceKind.GUEST],
        left={row.member_id: row.left_at for row in came if row.left_at},
        names={number: person.name for number, person in people.items()},
        decided={now.item.id: words.of_resolution(now.resolution) for now in statuses if now.resolution},
        endorsed=_endorsed_in(meeting),
        guidelines=guidelines.of_meeting(meeting.id),
        ratifying=_ratifying(meeting),
        reported=[(made, words.of_resolution(made)) for made in sole.reported_in(meeting)],
        follow_ups=_follow_ups(meeting),
        corrections=(corrections or "").splitlines(),
        is_draft=corrections is None,
    )
    del read
    return pdf.render(
        in_thai_digits(html) if digits == "thai" else html,
        title=f"รายงานการประชุมครั้งที่ {meeting.code}",
        author=Profile.here().fund_th,
    )


def invitation(meeting: Meeting) -> bytes:
    """The letter that calls the members, with the agenda and their names; of a cancelled meeting the letter that says so."""
    from app.kit import pdf

    html = render_template(
        "pdf/invitation.html",
        meeting=meeting,
        is_cancelled=meeting.state == MeetingState.CANCELLED,
        today=clock.today(),
        unendorsed=minutes.waiting(meeting),
        ratifying=_ratifying(meeting),
        follow_ups=_follow_ups(meeting),
        seated=seats.seated(meeting.body_id),
        reported=[(made, words.of_resolution(made)) for made in sole.reported_in(meeting)],
        offices={office.value: office.words for office in Office},
    )
    return pdf.render(
        in_thai_digits(html), title=f"ขอเชิญประชุมครั้งที่ {meeting.code}", author=Profile.here().fund_th
    )


def in_thai_digits(html: str) -> str:
    """The words of a page with Thai digits; what stands in tags, and codes of letters and digits, stay."""
    return re.sub(
        r"(<[^>]*>)|(&[^;\s]+;)|([A-Za-z]{2,}[-0-9A-Za-z]*)|([0-9]+)",
        lambda found: thai_digits(found[4]) if found[4] else found[0],
        html,
    )


def _in_order(people: list[User], chair_id: int | None) -> list[User]:
    """The chair first."""
    return sorted(people, key=lambda person: (person.id != chair_id, person.id))


def _others(here: frozenset[int], statuses: list[ItemStatus], known: dict[int, User]) -> dict[int, User]:
    """Whoever took part and has left the committee since."""
    wanted = set(here)
    for now in statuses:
        wanted |= now.recused | now.voted
    rows = db.session().scalars(select(User).where(User.id.in_(wanted - known.keys())))
    return {person.id: person for person in rows}


def _endorsed_in(meeting: Meeting) -> list[tuple[Meeting, Minutes]]:
    """Earlier meetings whose minutes this one endorsed."""
    statement = (
        select(Meeting, Minutes)
        .join(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Minutes.endorsed_in_id == meeting.id)
        .order_by(Meeting.id)
    )
    return [(before, made) for before, made in db.session().execute(statement)]


def _ratifying(meeting: Meeting) -> dict[int, str]:
    """What its items are to ratify, in words, by the item's id; they stand in the third part of the agenda."""
    found = ((item.id, ratifications.of_item(item)) for item in meeting.items)
    return {number: ratifications.words_of(made) for number, made in found if made is not None}


def _follow_ups(meeting: Meeting) -> list[tuple[str, str, str, date, str]]:
    """Rows of the follow-up table: resolution, matter, who does it, by when, how far it is."""
    now = meeting.closed_at or clock.now()
    return [
        (
            row.resolution,
            f"{row.proposal.title} ({row.proposal.code})",
            "เจ้าหน้าที่การเงิน",
            row.due_on,
            f"จ่ายแล้ว {format_baht(row.paid)} จาก {format_baht(row.promised)} บาท ค้าง {(now - row.resolved_at).days} วัน",
        )
        for row in follow_ups.of(meeting)
    ]


def endorse(meeting_id: int, *, in_id: int, corrections: str, by: User) -> Minutes:
    """Endorse a meeting's minutes in a later one: what is printed now is kept. No write waits for the printing."""
    found = db.session().get(Meeting, meeting_id)
    if found is None:
        raise Refused("ไม่พบการประชุมนี้ กรุณาเปิดหน้านี้ใหม่")
    text = minutes.checked(corrections)
    content = paper(found, corrections=text)
    with transaction():
        return minutes.endorse(meeting_id, in_id=in_id, corrections=text, pdf=content, by=by)
