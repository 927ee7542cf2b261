"""Lines: who is to get what. They change while the request is a draft; sizes until the thing is handed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from app.cases.aid import access, needs
from app.cases.aid import sizes as sizes_
from app.cases.aid.records import AidLine, AidRequest, RequestState
from app.cases.aid.refusals import LINES_FIXED
from app.cases.register.records import Household, Member
from app.kit import thai
from app.kit.db import db
from app.kit.errors import BadInput, Refused, RefusedInPrivate
from app.kit.money import MOST_SATANG, format_baht
from app.province import catalogue
from app.province.catalogue import CatalogueItem
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

MOST_LINES = 1000
MOST_QUANTITY = 1000

_NOT_THEIRS = "แก้ไขคำขอนี้ไม่ได้ เพราะไม่มีคำขอนี้หรือท่านไม่ใช่ผู้ร่าง กรุณาแจ้งผู้ร่างหรือฝ่ายเลขานุการกองทุน"
_OUT_OF_REACH = "มีคนหรือครัวเรือนที่ไม่มีในทะเบียนหรืออยู่นอกพื้นที่ของท่าน กรุณาค้นหาและเลือกใหม่เฉพาะในพื้นที่ที่ท่านดูแล"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a request comes to. `usual_satang` is the same things at the catalogue's price."""

    lines: int
    people: int
    households: int
    satang: int
    usual_satang: int

    @property
    def above_usual(self) -> int:
        """By how much it is dearer than usual, in satang; below zero where it is cheaper."""
        return self.satang - self.usual_satang

    @property
    def compared(self) -> str:
        """The same in words."""
        if not self.above_usual:
            return "เท่ากับราคาปกติ"
        return f"{'สูง' if self.above_usual > 0 else 'ต่ำ'}กว่า {format_baht(abs(self.above_usual))} บาท"


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """One kind of help within a request."""

    item: CatalogueItem
    lines: int
    quantity: int
    satang: int
    usual_satang: int


def editable(request_id: int, *, by: User) -> AidRequest:
    """The draft, held for this transaction. Raises Refused when it is no draft or not this person's to change."""
    access.must_be_officer(by)
    request = access.lock_request(request_id, unseen=_NOT_THEIRS, by=by)
    if request.made_by_id != by.id and not by.has(Role.FUND_OFFICER):
        raise Refused(_NOT_THEIRS)
    if request.state != RequestState.DRAFT:
        raise Refused(LINES_FIXED)
    return request


def of(request_id: int) -> list[AidLine]:
    """The lines with their people and households, in one query: by school and grade, then by name."""
    statement = (
        select(AidLine)
        .where(AidLine.request_id == request_id)
        .options(joinedload(AidLine.member), joinedload(AidLine.household, innerjoin=True))
    )
    return sorted(db.session().scalars(statement), key=_order)


def _order(line: AidLine) -> tuple[object, ...]:
    member = line.member
    if member is None:
        return (thai.sort_key(""), "", line.household.code, thai.sort_key(""), line.id)
    return (thai.sort_key(member.school), member.grade, "", thai.sort_key(member.name), line.id)


def totals(lines: Sequence[AidLine]) -> Totals:
    return Totals(
        lines=len(lines),
        people=len({line.member_id for line in lines if line.member_id}),
        households=len({line.household_id for line in lines}),
        satang=sum(line.satang for line in lines),
        usual_satang=sum(line.quantity * catalogue.item(line.item_code).satang for line in lines),
    )


def by_item(lines: Sequence[AidLine]) -> list[ItemTotal]:
    found: dict[str, list[AidLine]] = {}
    for line in lines:
        found.setdefault(line.item_code, []).append(line)
    return [
        ItemTotal(
            item=catalogue.item(code),
            lines=len(several),
            quantity=sum(line.quantity for line in several),
            satang=sum(line.satang for line in several),
            usual_satang=sum(line.quantity for line in several) * catalogue.item(code).satang,
        )
        for code, several in found.items()
    ]


def add_line(
    request_id: int,
    *,
    household_id: int,
    member_id: int | None,
    item_code: str,
    quantity: int,
    unit_satang: int,
    sizes: Mapping[str, str],
    by: User,
) -> AidLine:
    """One more person or household with one item. `sizes` may be partly filled.

    Raises Refused for a household beyond this person's reach or that no register tells to be poor, for someone
    who is not of it, and for what is already on the request; BadInput for an amount or size that cannot be.
    """
    request = editable(request_id, by=by)
    item = _priced(item_code, quantity, unit_satang)
    check_reach(request, {household_id}, by=by)
    if member_id is None and item.recipient == "person":
        raise Refused(f"“{item.name_th}” ให้เป็นรายบุคคล กรุณาเลือกว่าให้ใครในครัวเรือน")
    if member_id is not None:
        _living_there(member_id, household_id)
    if (household_id, member_id) in _known(request.id, item.code):
        raise Refused(f"คนหรือครัวเรือนนี้มี “{item.name_th}” ในคำขอนี้แล้ว กรุณาแก้จำนวนแทนการเพิ่มซ้ำ")
    line = AidLine(
        request_id=request.id,
        household_id=household_id,
        member_id=member_id,
        item_code=item.code,
        quantity=quantity,
        unit_satang=unit_satang,
        sizes=sizes_.as_kept(item, sizes),
    )
    session = db.session()
    session.add(line)
    session.flush()
    _not_too_many(request.id)
    audit.record(Deed.REQUEST_ADD_LINES, f"request:{request.id}", by=by, item=item.code, lines=1)
    return line


def add_lines(
    request_id: int, *, member_ids: Sequence[int], item_code: str, quantity: int, unit_satang: int, by: User
) -> tuple[int, int]:
    """Many people with the same item at the same price. Returns how many were added and how many it had already.

    For an item that goes to a household, each household of the people chosen gets one line.
    """
    request = editable(request_id, by=by)
    item = _priced(item_code, quantity, unit_satang)
    if not member_ids:
        raise BadInput("ยังไม่ได้เลือกใคร กรุณาทำเครื่องหมายหน้าชื่ออย่างน้อยหนึ่งคน")
    chosen = sorted(set(member_ids))
    if len(chosen) > MOST_LINES:
        raise BadInput(f"เลือกได้ครั้งละไม่เกิน {MOST_LINES} คน")
    session = db.session()
    people = session.execute(
        select(Member.id, Member.household_id).where(
            Member.id.in_(chosen), Member.left.is_(False), ~Member.said_dead
        )
    ).all()
    if len(people) != len(chosen):
        raise Refused(_OUT_OF_REACH)
    check_reach(request, {household_id for _, household_id in people}, by=by)
    wanted: dict[tuple[int, int | None], None] = {}
    for member_id, household_id in people:
        wanted[(household_id, member_id if item.recipient == "person" else None)] = None
    known = _known(request.id, item.code)
    fresh = [pair for pair in wanted if pair not in known]
    session.add_all(
        AidLine(
            request_id=request.id,
            household_id=household_id,
            member_id=member_id,
            item_code=item.code,
            quantity=quantity,
            unit_satang=unit_satang,
            sizes="{}",
        )
        for household_id, member_id in fresh
    )
    session.flush()
    _not_too_many(request.id)
    audit.record(Deed.REQUEST_ADD_LINES, f"request:{request.id}", by=by, item=item.code, lines=len(fresh))
    return len(fresh), len(wanted) - len(fresh)


def remove_line(request_id: int, *, line_id: int, by: User) -> None:
    """The line is taken off the draft. Taking off one that is gone already changes nothing."""
    request = editable(request_id, by=by)
    db.session().execute(delete(AidLine).where(AidLine.id == line_id, AidLine.request_id == request.id))
    audit.record(Deed.REQUEST_REMOVE_LINE, f"request:{request.id}", by=by, line=line_id)


def _priced(item_code: str, quantity: int, unit_satang: int) -> CatalogueItem:
    item = catalogue.item(item_code)
    if type(quantity) is not int or not 0 < quantity <= MOST_QUANTITY:
        raise BadInput(f"จำนวนต้องเป็น 1–{MOST_QUANTITY} {item.unit_th}")
    if type(unit_satang) is not int or not 0 < unit_satang <= MOST_SATANG // MOST_QUANTITY // MOST_LINES:
        raise BadInput("ราคาต่อหน่วยต้องมากกว่าศูนย์และไม่เกิน 999,999 บาท")
    return item


def check_reach(request: AidRequest, household_ids: set[int], *, by: User) -> None:
    """Raises Refused unless all these households are within this person's reach and known to be in need."""
    rows = db.session().execute(
        select(Household.id, Household.code, Household.district_code).where(
            Household.id.in_(household_ids), Household.id.in_(access.workable_households(by))
        )
    )
    found = {number: (code, district) for number, code, district in rows}
    if len(found) != len(household_ids):
        raise Refused(_OUT_OF_REACH)
    known = needs.of(found)
    for number, (code, district) in found.items():
        if request.district_code and district != request.district_code:
            raise RefusedInPrivate(
                f"ครัวเรือน {code} อยู่นอกอำเภอของคำขอนี้ กรุณาแก้คำขอเป็น “หลายอำเภอ” ก่อน หรือเลือกครัวเรือนอื่น"
            )
        if not known[number].is_eligible:
            raise RefusedInPrivate(
                f"ครัวเรือน {code} ไม่ตกมิติใดในทะเบียนรอบใดเลย จึงขอความช่วยเหลือจากกองทุนไม่ได้ กรุณาตรวจทะเบียนก่อน"
            )


def _living_there(member_id: int, household_id: int) -> None:
    member = db.session().get(Member, member_id)
    if member is None or member.household_id != household_id or member.left or member.said_dead:
        raise Refused("คนที่เลือกไม่ได้อยู่ในครัวเรือนนี้ตามทะเบียนล่าสุด กรุณาค้นหาและเลือกใหม่")


def _known(request_id: int, item_code: str) -> set[tuple[int, int | None]]:
    rows = db.session().execute(
        select(AidLine.household_id, AidLine.member_id).where(
            AidLine.request_id == request_id, AidLine.item_code == item_code
        )
    )
    return {(household_id, member_id) for household_id, member_id in rows}


def _not_too_many(request_id: int) -> None:
    statement = select(func.count()).select_from(AidLine).where(AidLine.request_id == request_id)
    if (db.session().scalar(statement) or 0) > MOST_LINES:
        raise Refused(f"คำขอหนึ่งมีได้ไม่เกิน {MOST_LINES} รายการ กรุณาแบ่งเป็นหลายคำขอ")
