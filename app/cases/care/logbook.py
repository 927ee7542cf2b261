"""The logbook: every time help is given the household's logbook says so."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select

from app.cases.care.records import FundingSource, LogbookEntry, LogbookKind
from app.cases.register.households import may_work_on
from app.cases.register.records import Household, Member
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

_LONGEST = 4_000


def write(
    *,
    household_id: int,
    on: date,
    kind: str,
    words: str,
    by: User,
    member_id: int | None = None,
    dimension: str | None = None,
    satang: int = 0,
    funding_source: str = "",
    request_code: str | None = None,
    tpmap_ref: str = "",
    amends_id: int | None = None,
) -> LogbookEntry:
    """The household's logbook says so, for good. `satang` is the value of the help; a correction that amends a line
    of help (`amends_id`) says what that help is worth instead.

    Mentors, district officers and fund officers write in their own area; a line that fulfils an aid request
    (`request_code`) is written by whoever the handover lets mark it. Raises BadInput for a day to come, empty
    words, an unknown kind, source or dimension; Refused for a household out of reach, a member of another
    household, or help from the fund without its request. Inside a transaction.
    """
    if on > clock.today():
        raise BadInput("วันที่เกิดเหตุการณ์ต้องไม่เป็นวันข้างหน้า โปรดใส่วันที่เกิดขึ้นจริง")
    words = _checked(words, kind, funding_source, dimension)
    if satang < 0 or (satang and kind != LogbookKind.HELP and amends_id is None):
        raise BadInput("มูลค่าใส่ได้เฉพาะการช่วยเหลือ และต้องไม่ติดลบ")
    if kind == LogbookKind.HELP and funding_source == FundingSource.FUND and not request_code:
        raise Refused("ความช่วยเหลือจากกองทุนบันทึกได้ที่หน้าพิธีมอบเท่านั้น โปรดทำรายการที่หน้าส่งมอบ")
    code = _household_code(household_id, member_id, by=None if request_code else by)
    session = db.session()
    entry = LogbookEntry(
        household_id=household_id,
        member_id=member_id,
        on=on,
        kind=kind,
        dimension=dimension,
        words=words,
        satang=satang,
        funding_source=funding_source,
        request_code=request_code,
        tpmap_ref=tpmap_ref.strip(),
        amends_id=amends_id,
        written_at=clock.now(),
        written_by_id=by.id,
    )
    session.add(entry)
    session.flush()
    audit.record(
        Deed.LOGBOOK_WRITE,
        f"household:{household_id}",
        by=by,
        entry=entry.id,
        household=code,
        kind=kind,
        satang=satang,
        request=request_code,
    )
    return entry


def _checked(words: str, kind: str, funding_source: str, dimension: str | None) -> str:
    """The words as kept. Raises BadInput for none or too many, and for a kind, source or dimension that is not known."""
    words = words.strip()
    if not words or len(words) > _LONGEST:
        raise BadInput(f"โปรดเขียนว่าเกิดอะไรขึ้น ไม่เกิน {_LONGEST:,} ตัวอักษร")
    if kind not in list(LogbookKind):
        raise BadInput("ไม่รู้จักประเภทของบันทึก โปรดเลือกจากรายการ")
    if funding_source and funding_source not in list(FundingSource):
        raise BadInput("ไม่รู้จักแหล่งเงิน โปรดเลือกจากรายการ")
    if dimension is not None:
        Profile.here().sides.offer(dimension)
    return words


def _household_code(household_id: int, member_id: int | None, *, by: User | None) -> str:
    """The household's code. Raises Refused when it is out of reach of `by` (None: of nobody), or the member is not of it."""
    session = db.session()
    reach = select(Household.code).where(Household.id == household_id)
    if by is not None:
        reach = reach.where(may_work_on(by))
    code = session.scalar(reach)
    if code is None:
        raise Refused("ไม่พบครัวเรือนนี้ในพื้นที่ของท่าน จึงเขียน Logbook ไม่ได้ โปรดติดต่อทีมพี่เลี้ยงของพื้นที่นั้น")
    home = select(Member.household_id).where(Member.id == member_id)
    if member_id is not None and session.scalar(home) != household_id:
        raise Refused("สมาชิกคนนี้ไม่ได้อยู่ในครัวเรือนนี้แล้ว โปรดเลือกสมาชิกใหม่")
    return code


def value_of(entries: Iterable[LogbookEntry]) -> int:
    """What the help among these lines is worth, in satang: each at its newest correction, where it has one."""
    amended: dict[int, LogbookEntry] = {}
    several = list(entries)
    for entry in several:
        if entry.amends_id is not None and (
            entry.amends_id not in amended or amended[entry.amends_id].id < entry.id
        ):
            amended[entry.amends_id] = entry
    return sum(amended.get(entry.id, entry).satang for entry in several if entry.kind == LogbookKind.HELP)


def visit_due(entries: Iterable[LogbookEntry]) -> date | None:
    """By when the household is to be visited again; none where nobody has been there yet."""
    last = max((entry.on for entry in entries if entry.kind == LogbookKind.VISIT), default=None)
    return last + timedelta(days=Profile.here().visit_every_days) if last else None
