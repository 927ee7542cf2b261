"""Aid totals: people, households and satang, by district, dimension and item. Exact figures; release_delay decides what is shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, cast, exists, func, null, select, union
from sqlalchemy.orm import aliased

from app.cases.aid.records import LINE_VALUE, Delivery, DeliveryOutcome, ItemCost
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.register.records import Household, Member, Round, RoundHousehold
from app.editions.published import PublishedHelp
from app.editions.sums import Query, sums, whole
from app.fund.committee.records import (
    AgendaItem,
    Proposal,
    ProposalFunding,
    ProposalState,
    Resolution,
    ResolutionKind,
)
from app.fund.ledger.entries import Entry, Movement
from app.fund.spending.records import STANDS, Payment, Trace
from app.fund.spending.records.returns import PaymentReturn
from app.kit import clock
from app.kit.db import Id, db
from app.province import places
from app.province.profile import Profile

_DECIDED = (ProposalState.APPROVED, ProposalState.SETTLED)
#: Each proposal that was approved has one resolution of these.
_FIRST = (ResolutionKind.APPROVE, ResolutionKind.APPROVE_IN_PART)
#: Members are read for so many households at a time.
_AT_ONCE = 500


class Measure(StrEnum):
    #: What the committee has approved, by the lines of the requests.
    APPROVED = "approved"
    #: What has changed hands, by the deliveries of the handovers.
    DELIVERED = "delivered"
    #: Money paid for a request; its people are all of the request.
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Help:
    """What help came to in one row of a table."""

    people: int = 0
    households: int = 0
    satang: int = 0

    @property
    def counts(self) -> tuple[int, int]:
        return self.people, self.households

    @property
    def shown(self) -> dict[str, int]:
        return {"people": self.people, "households": self.households, "satang": self.satang}


@dataclass(frozen=True, slots=True)
class TableRows:
    """Which districts and sides (the code says dimensions) have a row of their own; all else is counted in one more row."""

    districts: Mapping[str, str]
    dimensions: Mapping[str, str]
    #: Of these, dimensions that the province only counts by: they have a row where there is something to tell.
    only_counted: frozenset[str] = frozenset()

    @property
    def other_dimension(self) -> str:
        """The row of help outside the province's dimensions."""
        return "other" if "other" not in self.dimensions else "outside"

    def of_district(self) -> ColumnElement[str]:
        return case((Household.district_code.in_(self.districts), Household.district_code), else_=OUTSIDE)

    def of_dimension(self, column: ColumnElement[str]) -> ColumnElement[str]:
        return case((column.in_(self.dimensions), column), else_=self.other_dimension)


#: The row of households outside the districts of the province.
OUTSIDE = "outside"


def rows(profile: Profile) -> TableRows:
    return TableRows(
        districts={district.code: district.name_th for district in places.districts(profile.province_code)},
        dimensions={side.code: side.name_th for side in profile.sides.listed},
        only_counted=frozenset(side.code for side in profile.sides.only_counted),
    )


@dataclass(frozen=True, slots=True)
class Tables:
    """The same help as a total and cut three ways; the total is reckoned by itself."""

    total: Help
    districts: Mapping[str, Help]
    dimensions: Mapping[str, Help]
    items: Mapping[str, Help]


def tables(measure: Measure, rows: TableRows) -> Tables:
    """All help of a measure as a total and three tables. A person or household counts once a row, whatever they got."""
    if db.session().scalar(select(AidLine.id).limit(1)) is None:
        return Tables(Help(), {}, {}, {})
    money = _lines(measure, rows).subquery()
    # A line for a person helps that person; a line for a household helps everyone who lives there.
    line = aliased(AidLine)
    named = select(money.c.id, line.household_id, line.member_id).join(line, line.id == money.c.id)
    people = union(
        named.where(line.member_id.is_not(None)),
        select(money.c.id, line.household_id, Member.id)
        .join(line, line.id == money.c.id)
        .join(Member, Member.household_id == line.household_id)
        .where(line.member_id.is_(None), ~Member.left),
        # Where nobody is known to live the household is helped all the same.
        select(money.c.id, line.household_id, cast(null(), Id))
        .join(line, line.id == money.c.id)
        .where(line.member_id.is_(None)),
    ).subquery()
    line_id, household, member = people.c
    counts = func.count(member.distinct()), func.count(household.distinct())
    cuts: list[dict[str, Help]] = []
    for column in (money.c.district, money.c.dimension, money.c.item):
        satang = sums(select(column, func.sum(money.c.satang)).group_by(column))
        heads = {
            code: (helped, homes)
            for code, helped, homes in db.session().execute(
                select(column, *counts).join(people, line_id == money.c.id).group_by(column)
            )
        }
        cuts.append({code: Help(*heads.get(code, (0, 0)), satang=total) for code, total in satang.items()})
    helped, homes = db.session().execute(select(*counts)).one()
    return Tables(Help(helped, homes, whole(select(func.sum(money.c.satang)))), *cuts)


def _lines(measure: Measure, rows: TableRows) -> Query:
    columns = (
        AidLine.id,
        rows.of_district().label("district"),
        rows.of_dimension(AidRequest.dimension).label("dimension"),  # type: ignore[arg-type]
        AidLine.item_code.label("item"),
    )
    joined = select(AidLine.id).join(AidRequest, AidRequest.id == AidLine.request_id)
    joined = joined.join(Household, Household.id == AidLine.household_id)
    if measure is Measure.DELIVERED:
        # At its true cost where that is known.
        satang = (Delivery.quantity * LINE_VALUE.c.unit_satang).label("satang")
        return (
            joined.with_only_columns(*columns, satang, Delivery.id.label("unit_id"))
            .join(Delivery, Delivery.line_id == AidLine.id)
            .join(LINE_VALUE, LINE_VALUE.c.line_id == AidLine.id)
            .where(Delivery.outcome != DeliveryOutcome.NOT)
        )
    # Where the committee approved a part of what was asked, each line counts at its share of it, in whole satang.
    joined = joined.join(Proposal, Proposal.code == AidRequest.code).join(
        Resolution, and_(Resolution.proposal_id == Proposal.id, Resolution.kind.in_(_FIRST))
    )
    asked = (
        select(func.sum(ProposalFunding.satang))
        .join(AgendaItem, AgendaItem.version_id == ProposalFunding.version_id)
        .where(AgendaItem.id == Resolution.item_id)
        .scalar_subquery()
    )
    whole = AidLine.quantity * AidLine.unit_satang
    satang = case((asked == Resolution.satang, whole), else_=whole * Resolution.satang // asked).label(
        "satang"
    )
    return joined.with_only_columns(*columns, satang, AidLine.id.label("unit_id")).where(
        Proposal.state.in_(_DECIDED)
    )


@dataclass(slots=True)
class HelpUnit:
    """One piece of help that is counted as a whole: an approved line, a delivery, a payment."""

    id: int
    request_id: int
    request_code: str
    district: str
    dimension: str
    item: str
    satang: int
    #: (household, member) of everyone it reaches; member None where nobody is known to live there.
    people: set[tuple[int, int | None]] = field(default_factory=set)


def unpublished(measure: Measure, rows: TableRows, *, until: date | None = None) -> list[HelpUnit]:
    """The pieces of help that no edition has counted yet: what was resolved, marked or paid up to the day `until`.

    Help and money are told of the same days, so that no page shows more handed over than paid.
    """
    if measure is Measure.PAID:
        return _unpublished_payments(rows, until)
    lines = _lines(measure, rows)
    if measure is Measure.DELIVERED:
        # Nothing is told as handed over before it is told as approved.
        lines = lines.where(_is_published(Measure.APPROVED, AidLine.id))
        if until is not None:
            lines = lines.where(Delivery.marked_at < _end_of(until))
    elif until is not None:
        lines = lines.where(Resolution.resolved_at < _end_of(until))
    lines = lines.add_columns(
        AidLine.request_id, AidRequest.code, AidLine.household_id, AidLine.member_id
    ).where(~_is_published(measure, Delivery.id if measure is Measure.DELIVERED else AidLine.id))
    found: list[HelpUnit] = []
    homes: dict[int, list[HelpUnit]] = defaultdict(list)
    for row in db.session().execute(lines):
        _, district, dimension, item, satang, number, request_id, code, household, member = row
        unit = HelpUnit(number, request_id, code, district, dimension, item, int(satang))
        found.append(unit)
        if member is None:
            homes[household].append(unit)
        else:
            unit.people.add((household, member))
    _move_in(homes)
    return found


def told_as_approved(flag: str, deliveries: Sequence[int]) -> set[int]:
    """Those of the deliveries whose line the rows of this flag already count as approved."""
    found: set[int] = set()
    counted = aliased(PublishedHelp)
    for start in range(0, len(deliveries), _AT_ONCE):
        found.update(
            db.session().scalars(
                select(Delivery.id).where(
                    Delivery.id.in_(deliveries[start : start + _AT_ONCE]),
                    exists().where(
                        counted.measure == Measure.APPROVED.value,
                        counted.unit_id == Delivery.line_id,
                        getattr(counted, flag),
                    ),
                )
            )
        )
    return found


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=clock.BANGKOK)


def _unpublished_payments(rows: TableRows, until: date | None) -> list[HelpUnit]:
    statement = (
        select(
            Payment.id,
            kept_of_payment(until),
            AidRequest.id,
            AidRequest.code,
            rows.of_dimension(AidRequest.dimension),  # type: ignore[arg-type]
            AidLine.household_id,
            AidLine.member_id,
        )
        .join(Proposal, Proposal.id == Payment.proposal_id)
        .join(AidRequest, AidRequest.code == Proposal.code)
        .join(AidLine, AidLine.request_id == AidRequest.id)
        .where(~_is_published(Measure.PAID, Payment.id), Payment.id.in_(booked_payments(until)))
    )
    found: dict[int, HelpUnit] = {}
    homes: dict[int, list[HelpUnit]] = defaultdict(list)
    for number, satang, request_id, code, dimension, household, member in db.session().execute(statement):
        unit = found.setdefault(number, HelpUnit(number, request_id, code, "", dimension, "", int(satang)))
        if member is None:
            homes[household].append(unit)
        else:
            unit.people.add((household, member))
    _move_in(homes)
    return list(found.values())


def booked_payments(until: date | None) -> Query:
    """The ids of the payments that stood in the books at the end of a day, of those that stand now without one. What came
    back whole stands no more."""
    if until is None:
        return select(Payment.id).where(STANDS, kept_of_payment(None) > 0)

    def booked(movement: Movement) -> ColumnElement[bool]:
        return exists().where(
            Entry.payment_id == Payment.id, Entry.movement == movement.value, Entry.on <= until
        )

    return select(Payment.id).where(booked(Movement.PAY), ~booked(Movement.VOID), kept_of_payment(until) > 0)


def kept_of_payment(until: date | None) -> ColumnElement[int]:
    """What a payment counted at the end of a day, less what had come back by then, in satang; now without one."""
    if until is None:
        return Payment.satang - Payment.returned_satang
    back = (
        select(func.coalesce(func.sum(Entry.satang), 0))
        .join(PaymentReturn, PaymentReturn.id == Entry.payment_return_id)
        .where(PaymentReturn.payment_id == Payment.id, Entry.on <= until)
        .correlate(Payment)
        .scalar_subquery()
    )
    return Payment.satang - back


def booked_traces(until: date | None) -> ColumnElement[bool]:
    """Whether a trace, or what came back of it, stood in the books at the end of a day; now without one."""
    paid = Trace.payment_id.in_(booked_payments(until))
    if until is None:
        return paid
    back = select(Entry.payment_return_id).where(Entry.payment_return_id.is_not(None), Entry.on <= until)
    return paid & (Trace.return_id.is_(None) | Trace.return_id.in_(back))


def _is_published(measure: Measure, number: object) -> ColumnElement[bool]:
    return exists().where(PublishedHelp.measure == measure.value, PublishedHelp.unit_id == number)


def _move_in(homes: Mapping[int, Sequence[HelpUnit]]) -> None:
    """Help for a household reaches everyone who lives there."""
    numbers = sorted(homes)
    live: dict[int, set[int | None]] = {number: set() for number in numbers}
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        for household, member in db.session().execute(
            select(Member.household_id, Member.id).where(Member.household_id.in_(part), ~Member.left)
        ):
            live[household].add(member)
    for number, units in homes.items():
        for unit in units:
            unit.people |= {(number, member) for member in live[number] or {None}}


def published_households_by_round() -> dict[str, int]:
    """How many households of each round the editions count as reached, by the code of the round."""
    statement = (
        select(Round.code, func.count(RoundHousehold.household_id.distinct()))
        .join(RoundHousehold, RoundHousehold.round_id == Round.id)
        .join(PublishedHelp, PublishedHelp.household_id == RoundHousehold.household_id)
        .where(PublishedHelp.measure == Measure.DELIVERED.value)
        .group_by(Round.code)
    )
    return sums(statement)


def costs_since(moment: datetime | None) -> list[tuple[int, int]]:
    """Deliveries that editions count at another worth than the true cost entered since: (row, satang)."""
    known = (
        select(PublishedHelp.id, (Delivery.quantity * LINE_VALUE.c.unit_satang).label("satang"))
        .join(Delivery, Delivery.id == PublishedHelp.unit_id)
        .join(LINE_VALUE, LINE_VALUE.c.line_id == Delivery.line_id)
        .where(PublishedHelp.measure == Measure.DELIVERED.value, PublishedHelp.satang > 0)
    )
    if moment is not None:
        entered = select(ItemCost.request_id).where(ItemCost.entered_at >= moment)
        known = known.where(PublishedHelp.request_id.in_(entered))
    return [
        (number, int(satang))
        for number, satang in db.session().execute(
            known.where(PublishedHelp.satang != Delivery.quantity * LINE_VALUE.c.unit_satang)
        )
    ]


@dataclass(frozen=True, slots=True)
class ReachedByRequests:
    people: int
    households: int


def reached_by_requests(codes: Sequence[str]) -> ReachedByRequests:
    """Whom handovers of these requests have reached, as far as editions count them request by request."""
    counts = (
        func.count(PublishedHelp.member_id.distinct()),
        func.count(PublishedHelp.household_id.distinct()),
    )
    people, households = (
        db.session()
        .execute(
            select(*counts)
            .join(AidRequest, AidRequest.id == PublishedHelp.request_id)
            .where(
                PublishedHelp.measure == Measure.DELIVERED.value,
                PublishedHelp.by_request,
                AidRequest.code.in_(codes),
            )
        )
        .one()
    )
    return ReachedByRequests(people, households)
