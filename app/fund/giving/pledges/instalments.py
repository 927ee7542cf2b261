"""Instalments: the parts of a pledge, each with the day by which it is to come."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from sqlalchemy import select

from app.fund.giving.records.pledges import Instalment
from app.kit import money
from app.kit.db import db
from app.kit.errors import BadInput
from app.kit.language import gettext

MOST = 60


@dataclass(frozen=True, slots=True)
class InstalmentPart:
    """What is agreed to come by a day."""

    satang: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Covered:
    """An instalment beside what of the money that came falls to it, in satang."""

    instalment: Instalment
    came: int

    @property
    def rest(self) -> int:
        return self.instalment.satang - self.came

    @property
    def state(self) -> Literal["covered", "partly", "waiting"]:
        if self.rest == 0:
            return "covered"
        return "partly" if self.came else "waiting"


def agreed(parts: Sequence[InstalmentPart], *, satang: int) -> list[InstalmentPart]:
    """The parts in order of their days. Raises BadInput unless they are together exactly `satang`."""
    if len(parts) > MOST:
        raise BadInput(gettext("แบ่งได้ไม่เกิน %(most)s งวด กรุณารวมงวด", most=MOST))
    if any(part.satang <= 0 for part in parts):
        raise BadInput(gettext("จำนวนเงินของทุกงวดต้องมากกว่าศูนย์"))
    together = sum(part.satang for part in parts)
    if parts and together != satang:
        raise BadInput(
            gettext(
                "ทุกงวดรวมกันได้ %(together)s บาท แต่แจ้งความประสงค์ไว้ %(pledged)s บาท กรุณาแก้ให้เท่ากัน",
                together=money.format_baht(together),
                pledged=money.format_baht(satang),
            )
        )
    ordered = sorted(parts, key=lambda part: part.due_on)
    if any(earlier.due_on == later.due_on for earlier, later in pairwise(ordered)):
        raise BadInput(gettext("มีสองงวดในวันเดียวกัน กรุณารวมเป็นงวดเดียว"))
    return ordered


def evenly(satang: int, *, count: int, first_on: date) -> list[InstalmentPart]:
    """`count` parts a month apart, of equal whole baht; what is left over comes with the last."""
    if not 1 <= count <= MOST or satang // 100 < count:
        raise BadInput(gettext("จำนวนเงินน้อยเกินกว่าจะแบ่งเป็นงวดตามที่เลือก กรุณาลดจำนวนงวด"))
    each = satang // 100 // count * 100
    return [
        InstalmentPart(
            each if number < count - 1 else satang - each * (count - 1), _months_after(first_on, number)
        )
        for number in range(count)
    ]


def _months_after(first_on: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is shorter."""
    years, month = divmod(first_on.month - 1 + months, 12)
    year, month = first_on.year + years, month + 1
    return date(year, month, min(first_on.day, monthrange(year, month)[1]))


def put(pledge_id: int, parts: Sequence[InstalmentPart]) -> None:
    """Write the parts of a pledge, once, as it is stated."""
    session = db.session()
    session.add_all(
        Instalment(pledge_id=pledge_id, number=number, satang=part.satang, due_on=part.due_on)
        for number, part in enumerate(parts, start=1)
    )
    session.flush()


def of(pledge_ids: Sequence[int]) -> dict[int, list[Instalment]]:
    """The instalments of each of these pledges, in order; none for one that comes whole. In one query."""
    by_pledge = {number: list[Instalment]() for number in pledge_ids}
    statement = select(Instalment).where(Instalment.pledge_id.in_(by_pledge)).order_by(Instalment.number)
    for instalment in db.session().scalars(statement):
        by_pledge[instalment.pledge_id].append(instalment)
    return by_pledge


def covered(instalments: Sequence[Instalment], received: int) -> list[Covered]:
    """Which instalments are covered by `received` satang, the oldest first."""
    rows = []
    for instalment in instalments:
        came = min(instalment.satang, received)
        rows.append(Covered(instalment, came))
        received -= came
    return rows
