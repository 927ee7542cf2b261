"""The guideline of help and spending: a version is tabled, voted on in that meeting, and in force until the next is adopted."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from app.fund.committee import item_status
from app.fund.committee.meetings import may_lead, not_closed, secretariat_only
from app.fund.committee.minutes import checked_pdf
from app.fund.committee.records import MeetingState, VoteChoice
from app.fund.committee.records.guidelines import Guideline, GuidelineVote
from app.fund.committee.seats import MAIN
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

_LONGEST = 20_000


def every() -> list[Guideline]:
    """All versions there ever were, the newest first."""
    return list(db.session().scalars(select(Guideline).order_by(Guideline.number.desc())))


def in_force(at: datetime | None = None) -> Guideline | None:
    """The version that held at this moment, or holds now; None before any was adopted."""
    rows = select(Guideline).where(Guideline.is_adopted.is_(True))
    if at is not None:
        rows = rows.where(Guideline.decided_at <= at)
    return (
        db.session().scalars(rows.order_by(Guideline.decided_at.desc(), Guideline.id.desc()).limit(1)).first()
    )


def held_at(moments: Iterable[datetime]) -> dict[datetime, Guideline | None]:
    """The version that held at each of these moments, in one query however many there are."""
    rows = (
        select(Guideline).where(Guideline.is_adopted.is_(True)).order_by(Guideline.decided_at, Guideline.id)
    )
    known = list(db.session().scalars(rows))
    return {
        at: next(
            (row for row in reversed(known) if row.decided_at is not None and row.decided_at <= at), None
        )
        for at in moments
    }


def of_meeting(meeting_id: int) -> list[Guideline]:
    """Versions on the agenda of a meeting."""
    rows = select(Guideline).where(Guideline.meeting_id == meeting_id)
    return list(db.session().scalars(rows.order_by(Guideline.number)))


def table(meeting_id: int, *, title: str, words: str, pdf: bytes = b"", by: User) -> Guideline:
    """A new version goes on the agenda of a meeting of the fund's committee, as text, as a PDF, or both."""
    secretariat_only(by, deed="เสนอแนวทาง")
    meeting = not_closed(meeting_id)
    if meeting.body.code != MAIN:
        raise Refused("แนวทางต้องเสนอคณะกรรมการบริหารกองทุน กรุณาเลือกการประชุมของคณะนั้น")
    name, text = visible(title), "\n".join(line.rstrip() for line in words.strip().splitlines())
    if not 0 < len(name) <= 160 or len(text) > _LONGEST:
        raise BadInput(f"ชื่อแนวทางต้องมี 1–160 ตัวอักษร และเนื้อหาไม่เกิน {_LONGEST:,} ตัวอักษร")
    if not text and not pdf:
        raise BadInput("กรุณาเขียนเนื้อหา หรือแนบไฟล์ PDF")
    if pdf:
        checked_pdf(pdf)
    lock_advisory(AdvisoryLock.RESOLUTION_NUMBERS)
    last = db.session().scalar(select(func.max(Guideline.number))) or 0
    made = Guideline(
        number=last + 1,
        title=name,
        words=text,
        pdf=pdf or None,
        sha256=hashlib.sha256(text.encode() + pdf).hexdigest(),
        meeting_id=meeting.id,
        tabled_at=clock.now(),
        tabled_by_id=by.id,
    )
    db.session().add(made)
    db.session().flush()
    audit.record(Deed.GUIDELINE_TABLE, f"guideline:{made.id}", by=by, number=made.number, hash=made.sha256)
    return made


def votes(guideline_id: int) -> dict[int, VoteChoice]:
    """The vote of each member that counts: the last."""
    rows = (
        select(GuidelineVote).where(GuidelineVote.guideline_id == guideline_id).order_by(GuidelineVote.turn)
    )
    return {vote.member_id: VoteChoice(vote.choice) for vote in db.session().scalars(rows)}


def why_not(found: Guideline, by: User) -> str:
    """Why this person may not vote on the version, in Thai; empty when they may."""
    if found.decided_at is not None:
        return "แนวทางฉบับนี้มีมติแล้ว"
    if found.meeting.state != MeetingState.OPEN:
        return "ลงคะแนนได้ขณะกำลังประชุมเท่านั้น"
    if by.id not in item_status.attending(found.meeting_id):
        return "ขณะนี้ไม่มีชื่อท่านในห้องประชุม หากอยู่ในห้อง กรุณาแจ้งฝ่ายเลขานุการให้บันทึกการเข้าประชุมก่อน"
    return ""


def vote(guideline_id: int, *, choice: VoteChoice | str, by: User) -> None:
    """A member's vote on the version, which they may change until it is resolved. The same again changes nothing."""
    if choice not in set(VoteChoice):
        raise BadInput("กรุณาเลือก เห็นชอบ ไม่เห็นชอบ หรืองดออกเสียง")
    found = lock(Guideline, guideline_id)
    if words := why_not(found, by):
        raise Refused(words)
    if votes(found.id).get(by.id) == choice:
        return
    turns = select(func.count()).select_from(GuidelineVote)
    mine = turns.where(GuidelineVote.guideline_id == found.id, GuidelineVote.member_id == by.id)
    cast = GuidelineVote(
        guideline_id=found.id,
        member_id=by.id,
        turn=(db.session().scalar(mine) or 0) + 1,
        choice=VoteChoice(choice),
        at=clock.now(),
    )
    db.session().add(cast)
    db.session().flush()
    audit.record(Deed.GUIDELINE_VOTE, f"guideline:{found.id}", by=by, number=found.number)


def resolve(guideline_id: int, *, by: User) -> Guideline:
    """What the votes say: adopted when as many say yes as the rules of the committee ask for. Final.

    Raises Refused while somebody present has not voted, and without the quorum.
    """
    found = lock(Guideline, guideline_id)
    if not may_lead(found.meeting, by):
        raise Refused("เฉพาะประธานในที่ประชุมหรือฝ่ายเลขานุการเท่านั้นที่สรุปมติได้")
    if found.decided_at is not None:
        return found
    if found.meeting.state != MeetingState.OPEN:
        raise Refused("สรุปมติได้ขณะกำลังประชุมเท่านั้น")
    cast = votes(found.id)
    missing = item_status.attending(found.meeting_id) - cast.keys()
    if missing or len(cast) < found.meeting.quorum:
        raise Refused(f"ยังลงคะแนนไม่ครบ รออีก {max(len(missing), found.meeting.quorum - len(cast))} คน")
    counts = {choice: sum(said == choice for said in cast.values()) for choice in VoteChoice}
    found.for_votes, found.against_votes = counts[VoteChoice.APPROVE], counts[VoteChoice.REJECT]
    found.abstentions = counts[VoteChoice.ABSTAIN]
    found.is_adopted = found.meeting.rules.majority_of().is_reached(
        in_favour=found.for_votes,
        against=found.against_votes,
        abstained=found.abstentions,
        present=len(cast),
    )
    found.decided_at, found.decided_by_id = clock.now(), by.id
    db.session().flush()
    audit.record(
        Deed.GUIDELINE_RESOLVE,
        f"guideline:{found.id}",
        by=by,
        number=found.number,
        adopted=found.is_adopted,
        votes=[found.for_votes, found.against_votes, found.abstentions],
    )
    return found
