"""The pack: what the members read before they decide, one page an item. It names nobody who is to be helped."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.cases.aid import committee_facts
from app.cases.aid.committee_pages.room import facts_day, names_of, rows_of
from app.fund.committee import guidelines, seats
from app.fund.committee.records import Meeting, ProposalVersion
from app.kit import clock
from app.kit.db import db
from app.kit.errors import Refused
from app.kit.portal import fill
from app.province.profile import Profile

#: So many rows and so long a story leave room for the rest of the page; the item's page on the portal has all of it.
_MOST_ROWS = 8
_LONGEST_STORY = 700


def html(meeting: Meeting) -> str:
    """The pack as it is to be printed, in as many queries for thirty items as for three."""
    rows = rows_of(meeting, me=None)
    if not rows:
        raise Refused(f"การประชุมครั้งที่ {meeting.code} ยังไม่มีวาระ กรุณาเพิ่มวาระก่อน")
    # Read for all items at once what each would read for itself; they hold no more than a reference to it.
    versions = [row.status.item.version_id for row in rows]
    funded = select(ProposalVersion).where(ProposalVersion.id.in_(versions))
    read = db.session().scalars(funded.options(selectinload(ProposalVersion.funding))).all()
    facts = committee_facts.of_items((row.status.item for row in rows), on=facts_day(meeting))
    stories = {row.place: row.brief.story for row in rows if row.brief}
    now = clock.now()
    decided = {row.place: row.status.resolution.resolved_at for row in rows if row.status.resolution}
    held = guidelines.held_at({now, *decided.values()})
    page = fill(
        "pdf/pack.html",
        meeting=meeting,
        profile=Profile.here(),
        rows=[(row, facts.get(row.status.item.proposal.code)) for row in rows],
        names=names_of(rows, seats.members(meeting.body_id), frozenset()),
        stories={
            place: story
            if len(story) <= _LONGEST_STORY
            else f"{story[:_LONGEST_STORY].rstrip()} … (อ่านต่อในระบบ)"
            for place, story in stories.items()
        },
        most=_MOST_ROWS,
        guidelines={row.place: held[decided.get(row.place, now)] for row in rows},
        printed_at=now,
    )
    del read
    return page


def printed(meeting: Meeting) -> bytes:
    """The pack on A4."""
    from app.kit import pdf

    what = "มติเวียนที่" if meeting.is_circulated else "การประชุมครั้งที่"
    return pdf.render(
        html(meeting), title=f"เอกสารประกอบ{what} {meeting.code}", author=Profile.here().fund_th
    )
