"""Aid requests: named people × items, with the sum that the fund is asked for under an opaque code."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.cases.aid import access, funding, needs
from app.cases.aid import lines as lines_
from app.cases.aid.access import by_code, visible_to
from app.cases.aid.lines import add_line, add_lines, remove_line
from app.cases.aid.records import AidLine, AidRequest, RequestState
from app.cases.register.records import Member
from app.fund.committee import proposals
from app.fund.ledger.accounts import Purpose
from app.kit import clock, money, texts, thai
from app.kit.db import db
from app.kit.errors import BadInput, Refused, RefusedInPrivate
from app.kit.locks import AdvisoryLock, lock_advisory
from app.kit.thai import fiscal_year_be
from app.province import catalogue, places
from app.province.dimensions import Urgency
from app.province.places import district
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

__all__ = [
    "AidLine",
    "AidRequest",
    "RequestState",
    "add_line",
    "add_lines",
    "by_code",
    "draft",
    "remove_line",
    "revise",
    "submit",
    "visible_to",
    "withdraw",
]

MOST_STORY = 8000


def draft(
    *,
    title: str,
    story: str,
    purpose_code: str,
    dimension: str,
    urgency: str,
    district_code: str | None,
    by: User,
) -> AidRequest:
    """A new draft with its code. Lines are added to it next; the fund knows nothing of it yet.

    `title` is shown to the fund and the public and so names no one; `story` is for the committee. Raises Refused
    for a person who does not file requests or a closed purpose, BadInput for words or codes that cannot be kept.
    """
    access.must_be_officer(by)
    request = AidRequest(
        code=_next_code(), state=RequestState.DRAFT, made_at=clock.now(), made_by_id=by.id, snapshot="{}"
    )
    _write(request, title, story, purpose_code, dimension, urgency, district_code)
    session = db.session()
    session.add(request)
    session.flush()
    audit.record(Deed.REQUEST_DRAFT, f"request:{request.id}", by=by, code=request.code)
    return request


def revise(
    request_id: int,
    *,
    title: str,
    story: str,
    purpose_code: str,
    dimension: str,
    urgency: str,
    district_code: str | None,
    by: User,
) -> AidRequest:
    """The draft says something else. Its lines stay; they are looked at again before it is sent."""
    request = lines_.editable(request_id, by=by)
    _write(request, title, story, purpose_code, dimension, urgency, district_code)
    if request.district_code and any(
        line.household.district_code != request.district_code for line in lines_.of(request.id)
    ):
        raise Refused("คำขอนี้มีครัวเรือนของอำเภออื่นอยู่แล้ว กรุณาเลือก “หลายอำเภอ” หรือนำรายการเหล่านั้นออกก่อน")
    db.session().flush()
    audit.record(Deed.REQUEST_REVISE, f"request:{request.id}", by=by, code=request.code)
    return request


def _write(
    request: AidRequest,
    title: str,
    story: str,
    purpose_code: str,
    dimension: str,
    urgency: str,
    district_code: str | None,
) -> None:
    words = " ".join(title.split())
    if not 0 < len(words) <= 160:
        raise BadInput("ชื่อคำขอต้องมี 1–160 ตัวอักษร กรุณาเขียนสั้นๆ ว่าขออะไร กี่หน่วย โดยไม่ระบุชื่อบุคคล")
    if len(story) > MOST_STORY:
        raise BadInput(f"เรื่องเล่ายาวเกิน {MOST_STORY:,} ตัวอักษร กรุณาย่อให้สั้นลง")
    if urgency not in tuple(Urgency):
        raise BadInput("กรุณาเลือกความเร่งด่วนจากรายการ")
    if district_code and places.district(district_code).province_code != _profile().province_code:
        raise BadInput("อำเภอนี้ไม่อยู่ในจังหวัดของกองทุน กรุณาเลือกจากรายการ")
    request.title = words
    request.story = story.strip()
    request.purpose_code = _purpose(purpose_code).code
    request.dimension = Profile.here().sides.offer(dimension).code
    request.urgency = urgency
    request.district_code = district_code or None


def submit(request_id: int, *, confirmed_satang: int, by: User) -> AidRequest:
    """The request goes to the fund, whose proposal has its code, its part of the sum and its purposes, and no name.

    `confirmed_satang` is the sum that the officer saw when pressing the button. From here the lines are fixed and
    the snapshot says what the committee is told. Raises Refused when the sum is another by now, when there are no
    lines, when a household has left this person's reach, and when the title names someone who is to be helped.
    """
    request = lines_.editable(request_id, by=by)
    lines = lines_.of(request.id)
    if not lines:
        raise Refused("คำขอนี้ยังไม่มีรายการ กรุณาเลือกผู้รับความช่วยเหลือก่อน")
    satang = sum(line.satang for line in lines)
    if satang != confirmed_satang:
        raise Refused(
            f"ยอดรวมเปลี่ยนไปแล้ว ขณะนี้เป็น {money.format_baht(satang)} บาท (เดิม {money.format_baht(confirmed_satang)} บาท) "
            "กรุณาตรวจรายการอีกครั้งแล้วจึงยืนยัน"
        )
    lines_.check_reach(request, {line.household_id for line in lines}, by=by)
    named = named_in(request.title, lines)
    if named:
        raise RefusedInPrivate(
            f"ชื่อคำขอมีคำว่า “{named}” ซึ่งเป็นชื่อของผู้รับความช่วยเหลือ ชื่อคำขอเปิดเผยต่อสาธารณะ กรุณาแก้เป็นคำกลางๆ"
        )
    for part in funding.of(request.id):
        if named := named_in(part.source, lines):
            raise RefusedInPrivate(
                f"ชื่อผู้ร่วมจ่ายมีคำว่า “{named}” ซึ่งเป็นชื่อของผู้รับความช่วยเหลือ กองทุนเห็นชื่อผู้ร่วมจ่าย กรุณาแก้ก่อนส่ง"
            )
    asked, parts = funding.settle(request, lines)
    request.snapshot = _snapshot(request, lines)
    request.state = RequestState.SUBMITTED
    request.submitted_at = clock.now()
    db.session().flush()
    purpose_id = _purpose(request.purpose_code).id
    proposals.submit(
        code=request.code,
        title=request.title,
        satang=asked,
        purpose_id=purpose_id,
        asked_by_id=request.made_by_id,
        lines=_goods(lines),
        funding=parts,
        by=by,
    )
    audit.record(
        Deed.REQUEST_SUBMIT,
        f"request:{request.id}",
        by=by,
        code=request.code,
        satang=satang,
        lines=len(lines),
    )
    return request


def _goods(lines: Sequence[AidLine]) -> list[proposals.Line]:
    """What is asked for as the fund sees it: each thing at each price once, and nobody's name."""
    counts: Counter[tuple[str, int]] = Counter()
    for line in lines:
        counts[line.item_code, line.unit_satang] += line.quantity
    return [
        proposals.Line(catalogue.item(code).name_th, quantity, unit_satang)
        for (code, unit_satang), quantity in sorted(counts.items())
    ]


def withdraw(request_id: int, *, by: User) -> AidRequest:
    """A draft is put away, or a submitted request taken back from the fund as long as it is not decided."""
    access.must_be_officer(by)
    unseen = "ยกเลิกหรือถอนคำขอนี้ไม่ได้ เพราะไม่มีคำขอนี้หรือท่านไม่ใช่ผู้ร่าง กรุณาแจ้งผู้ร่างหรือฝ่ายเลขานุการกองทุน"
    request = access.lock_request(request_id, unseen=unseen, by=by)
    if request.state == RequestState.WITHDRAWN:
        raise Refused(f"คำขอ {request.code} ถอนไปแล้ว")
    if request.state == RequestState.DRAFT:
        if request.made_by_id != by.id and not by.has(Role.FUND_OFFICER):
            raise Refused(unseen)
    else:
        proposals.withdraw(request.code, by=by)
    request.state = RequestState.WITHDRAWN
    db.session().flush()
    audit.record(Deed.REQUEST_WITHDRAW, f"request:{request.id}", by=by, code=request.code)
    return request


def named_in(title: str, lines: Sequence[AidLine]) -> str:
    """A first or last name, of three letters or more, that the title gives away; empty when there is none.

    A line for a household helps all who belong to it, so none of them may be named. Words that belong to the thing
    itself are no names: the item, the dimensions, the places of the province.
    """
    bare = _bare(title)
    here = _profile()
    common = [catalogue.item(code).name_th for code in {line.item_code for line in lines}]
    common += [side.name_th for side in Profile.here().sides.every]
    common += [here.province_th, *(district.name_th for district in places.districts(here.province_code))]
    for words in sorted(map(_bare, common), key=len, reverse=True):
        bare = bare.replace(words, "|")
    for member in _helped_by(lines):
        for name in (member.first_name, member.last_name):
            if len(_bare(name)) >= 3 and _bare(name) in bare:
                return name
    return ""


def _helped_by(lines: Sequence[AidLine]) -> list[Member]:
    homes = {line.household_id for line in lines if line.member_id is None}
    families = select(Member).where(Member.household_id.in_(homes)).order_by(Member.id)
    return [line.member for line in lines if line.member] + list(db.session().scalars(families))


def _bare(text: str) -> str:
    return "".join(texts.canonical(text).split()).casefold()


def _purpose(code: str) -> Purpose:
    purpose = db.session().scalars(select(Purpose).filter_by(code=code)).one_or_none()
    if purpose is None or not purpose.open:
        raise Refused("วัตถุประสงค์นี้ไม่เปิดรับคำขอ กรุณาเลือกวัตถุประสงค์อื่น")
    return purpose


def _profile() -> Profile:
    return Profile.here()


def _next_code() -> str:
    lock_advisory(AdvisoryLock.REQUEST_CODES)
    session = db.session()
    start = f"AR-{thai.fiscal_year_be(clock.today())}-"
    last = session.scalar(
        select(AidRequest.code)
        .where(AidRequest.code.startswith(start, autoescape=True))
        .order_by(func.length(AidRequest.code).desc(), AidRequest.code.desc())
        .limit(1)
    )
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"


def _snapshot(request: AidRequest, lines: Sequence[AidLine]) -> str:
    """The snapshot as JSON with sorted keys.

    `people`, `households`, `satang`, `usual_satang`; `items`, `districts`, `dimensions`, `levels` as lists with
    counts; `cases` has one row a household: its code, place, failed dimensions, level, people and satang.
    """
    known = needs.of(line.household_id for line in lines)
    sums = lines_.totals(lines)
    cases: dict[int, dict[str, Any]] = {}
    people: dict[int, set[int]] = {}
    for line in lines:
        household, need = line.household, known[line.household_id]
        case = cases.setdefault(
            household.id,
            {
                "household": household.code,
                "district": household.district_code,
                "subdistrict": household.subdistrict_code,
                "failed": list(need.failed),
                "needy": need.is_needy,
                "level": need.level.value if need.level else None,
                "people": 0,
                "satang": 0,
            },
        )
        case["satang"] += line.satang
        if line.member_id:
            people.setdefault(household.id, set()).add(line.member_id)
            case["people"] = len(people[household.id])
    return json.dumps(
        {
            "taken_at": clock.now().isoformat(timespec="seconds"),
            "fiscal_year_be": fiscal_year_be(clock.today()),
            "dimension": request.dimension,
            "people": sums.people,
            "households": sums.households,
            "satang": sums.satang,
            "usual_satang": sums.usual_satang,
            "items": [
                {
                    "code": total.item.code,
                    "name": total.item.name_th,
                    "unit": total.item.unit_th,
                    "quantity": total.quantity,
                    "satang": total.satang,
                    "usual_satang": total.usual_satang,
                }
                for total in lines_.by_item(lines)
            ],
            "districts": _districts(cases),
            "dimensions": _counted("dimension", (code for case in cases.values() for code in case["failed"])),
            "levels": _counted("level", (case["level"] for case in cases.values() if case["level"])),
            "cases": sorted(cases.values(), key=lambda case: str(case["household"])),
        },
        sort_keys=True,
        ensure_ascii=False,
    )


def _districts(cases: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for case in cases.values():
        code = case["district"]
        row = found.setdefault(
            code, {"code": code, "name": district(code).name_th, "households": 0, "people": 0, "satang": 0}
        )
        row["households"] += 1
        row["people"] += case["people"]
        row["satang"] += case["satang"]
    return [found[code] for code in sorted(found)]


def _counted(name: str, codes: Any) -> list[dict[str, Any]]:
    return [{name: code, "households": count} for code, count in sorted(Counter(codes).items())]
