"""PreChecks: what a careful officer looks at before a request is sent."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from app.cases.aid import lines as lines_
from app.cases.aid import needs, sizes
from app.cases.aid.records import AidLine, AidRequest, Delivery, DeliveryOutcome, Handover, RequestState
from app.fund.committee.records import Proposal, ProposalState
from app.kit import clock, money, thai
from app.kit.db import db
from app.province import catalogue
from app.province.profile import Profile

#: Proposals whose help may still come.
_LIVE = (ProposalState.SUBMITTED, ProposalState.TABLED, ProposalState.APPROVED)

#: What officers and the committee read of so many lines.
GIVEN_ALREADY = "รายการนี้ได้รับของอย่างเดียวกันไปแล้วในปีงบประมาณนี้"
ASKED_ALREADY = "รายการนี้มีคำขออื่นขอของอย่างเดียวกันไว้แล้วและยังไม่ได้ส่งมอบ"

#: Ids of households, or a query that finds them.
Homes = Set[int] | Select[int]


@dataclass(frozen=True, slots=True)
class PreCheck:
    """One thing to look at, and the lines it concerns. It stops nothing: the officer decides."""

    words: str
    lines: tuple[AidLine, ...] = ()


def before_filing(request: AidRequest, lines: Sequence[AidLine]) -> list[PreCheck]:
    """Everything worth a second look, most serious first."""
    return [
        *_given_already(lines),
        *_asked_already(request, lines),
        *_other_dimension(request, lines),
        *_unusual_prices(lines),
        *_sizes_missing(lines),
        *_free_elsewhere(lines),
    ]


def _key(line: AidLine) -> tuple[int, int | None, str]:
    return line.household_id, line.member_id, line.item_code


def given(homes: Homes) -> Select[int, int, int | None, str, date]:
    """What was given to these households: by which request, to whom of them, which item and when."""
    return (
        select(
            AidLine.request_id, AidLine.household_id, AidLine.member_id, AidLine.item_code, Handover.held_on
        )
        .join(Delivery, Delivery.line_id == AidLine.id)
        .join(Handover, Handover.id == Delivery.handover_id)
        .where(Delivery.outcome != DeliveryOutcome.NOT, AidLine.household_id.in_(homes))
    )


def awaited(homes: Homes) -> Select[int, int, int | None, str]:
    """What was asked for these households and may still come: by which request, for whom of them, which item."""
    return (
        select(AidLine.request_id, AidLine.household_id, AidLine.member_id, AidLine.item_code)
        .join(AidRequest, AidRequest.id == AidLine.request_id)
        .join(Proposal, Proposal.code == AidRequest.code)
        .outerjoin(Delivery, Delivery.line_id == AidLine.id)
        .where(
            AidRequest.state == RequestState.SUBMITTED,
            Proposal.state.in_(_LIVE),
            Delivery.line_id.is_(None),
            AidLine.household_id.in_(homes),
        )
    )


def _given_already(lines: Sequence[AidLine]) -> list[PreCheck]:
    first, last = thai.fiscal_year_days(thai.fiscal_year_be(clock.today()))
    this_year = given({line.household_id for line in lines}).where(Handover.held_on.between(first, last))
    had = {tuple(row)[1:4] for row in db.session().execute(this_year)}
    again = tuple(line for line in lines if _key(line) in had)
    return [PreCheck(f"{len(again)} {GIVEN_ALREADY} โปรดตรวจว่าช่วยซ้ำหรือไม่", again)] if again else []


def _asked_already(request: AidRequest, lines: Sequence[AidLine]) -> list[PreCheck]:
    others = awaited({line.household_id for line in lines}).where(AidRequest.id != request.id)
    asked = {tuple(row)[1:4] for row in db.session().execute(others)}
    again = tuple(line for line in lines if _key(line) in asked)
    return [PreCheck(f"{len(again)} {ASKED_ALREADY} โปรดตรวจว่าขอซ้ำหรือไม่", again)] if again else []


def _other_dimension(request: AidRequest, lines: Sequence[AidLine]) -> list[PreCheck]:
    known = needs.of(line.household_id for line in lines)
    sides = Profile.here().sides
    answered = sides.answered_by(request.dimension)
    others = tuple(line for line in lines if not answered & set(known[line.household_id].failed))
    if not others:
        return []
    name = sides.word + sides.side(request.dimension).name_th
    words = f"{len(others)} รายการเป็นของครัวเรือนที่ทะเบียนไม่ได้ระบุว่าตก{name} โปรดตรวจว่าเลือก{sides.word}ถูกต้อง"
    return [PreCheck(words, others)]


def _unusual_prices(lines: Sequence[AidLine]) -> list[PreCheck]:
    found = []
    for total in lines_.by_item(lines):
        item = total.item
        odd = tuple(
            line
            for line in lines
            if line.item_code == item.code and not item.satang_min <= line.unit_satang <= item.satang_max
        )
        ceiling = Profile.here().price_ceiling(item.code)
        above = tuple(
            line
            for line in lines
            if ceiling is not None and line.item_code == item.code and line.unit_satang > ceiling
        )
        if ceiling is not None and above:
            found.append(
                PreCheck(
                    f"ราคาต่อ{item.unit_th}ของ “{item.name_th}” {len(above)} รายการ สูงกว่าเพดานของจังหวัด "
                    f"({money.format_baht(ceiling)} บาท) โปรดบอกเหตุผลในเรื่องราว",
                    above,
                )
            )
        if odd and item.satang_max:
            found.append(
                PreCheck(
                    f"ราคาต่อ{item.unit_th}ของ “{item.name_th}” {len(odd)} รายการ อยู่นอกช่วงปกติ "
                    f"({money.format_baht(item.satang_min)}–{money.format_baht(item.satang_max)} บาท)",
                    odd,
                )
            )
    return found


def _sizes_missing(lines: Sequence[AidLine]) -> list[PreCheck]:
    missing = tuple(line for line in lines if sizes.are_missing(line))
    if not missing:
        return []
    return [
        PreCheck(f"{len(missing)} รายการยังมีขนาดไม่ครบ ส่งคำขอก่อนได้ และบันทึกขนาดเพิ่มภายหลังได้จนถึงวันส่งมอบ", missing)
    ]


def _free_elsewhere(lines: Sequence[AidLine]) -> list[PreCheck]:
    items = {line.item_code: catalogue.item(line.item_code) for line in lines}
    return [
        PreCheck(f"“{item.name_th}”: {item.ask_first_th} อาจจัดให้ได้จากงบปกติ ควรสอบถามก่อนขอจากกองทุน")
        for item in items.values()
        if item.ask_first_th
    ]
