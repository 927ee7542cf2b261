"""Help as the public may see it: people, households and satang, cut by district, dimension and item."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select, union
from sqlalchemy.orm import aliased

from app.cases.aid.handovers import Delivery, Outcome
from app.cases.aid.records import LINE_VALUE
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.registry.households import Household
from app.cases.registry.members import Member
from app.fund.spending.payments import STANDS, Payment
from app.fund.spending.proposals import Proposal, ProposalState
from app.kit.db import db
from app.kit.suppression import kept_back_together
from app.public.reading import Query, sums

_DECIDED = (ProposalState.APPROVED, ProposalState.SETTLED)


@dataclass(frozen=True, slots=True)
class Help:
    """What help came to in one row of a table."""

    people: int = 0
    households: int = 0
    satang: int = 0

    @property
    def counts(self) -> tuple[int, int]:
        return self.people, self.households

    def shown(self, *, kept: bool) -> dict[str, int | None]:
        if kept:
            return {"people": None, "households": None, "satang": None}
        return {"people": self.people, "households": self.households, "satang": self.satang}


class Tables:
    """The same help cut by district, by dimension and by item, with what must be kept back."""

    def __init__(self, total: Help, cuts: dict[str, dict[str, Help]]) -> None:
        self.everyone = total
        self._cuts = cuts
        self._back = kept_back_together(
            {name: {code: one.counts for code, one in rows.items()} for name, rows in cuts.items()}
        )
        self.total = total.shown(kept=self._back is None)

    @property
    def is_shown(self) -> bool:
        return self._back is not None

    def codes(self, cut: str) -> list[str]:
        return sorted(self._cuts[cut])

    def row(self, cut: str, code: str) -> dict[str, int | None]:
        return self._cuts[cut].get(code, Help()).shown(kept=not self.is_told(cut, code))

    def is_told(self, cut: str, code: str) -> bool:
        if self._back is None:
            return not any(self._cuts[cut].get(code, Help()).counts)
        return code not in self._back[cut]


_CUTS = {"district": Household.district_code, "dimension": AidRequest.dimension, "item": AidLine.item_code}


def approved() -> Tables:
    """Help that the committee has approved, by the lines of the requests."""
    return _tables(_asked().where(Proposal.state.in_(_DECIDED)))


def paid() -> Tables:
    """Help that money has been paid for; its satang are those of the whole request, even when only a part is paid."""
    return _tables(_asked().where(exists().where(Payment.proposal_id == Proposal.id, STANDS)))


def _asked() -> Query:
    return (
        select(AidLine.id, *_CUTS.values(), (AidLine.quantity * AidLine.unit_satang).label("satang"))
        .join(AidRequest, AidRequest.id == AidLine.request_id)
        .join(Household, Household.id == AidLine.household_id)
        .join(Proposal, Proposal.code == AidRequest.code)
    )


def delivered() -> Tables:
    """Help that has changed hands, by the deliveries of the handovers, at its true cost where that is known."""
    lines = (
        select(AidLine.id, *_CUTS.values(), (Delivery.quantity * LINE_VALUE.c.unit_satang).label("satang"))
        .select_from(AidLine)
        .join(Delivery, Delivery.line_id == AidLine.id)
        .join(LINE_VALUE, LINE_VALUE.c.line_id == AidLine.id)
        .join(AidRequest, AidRequest.id == AidLine.request_id)
        .join(Household, Household.id == AidLine.household_id)
        .where(Delivery.outcome != Outcome.NOT)
    )
    return _tables(lines)


def _tables(lines: Query) -> Tables:
    money = lines.subquery()
    # A line for a person helps that person; a line for a household helps everyone who lives there.
    line = aliased(AidLine)
    named = select(money.c.id, line.household_id, line.member_id).join(line, line.id == money.c.id)
    people = union(
        named.where(line.member_id.is_not(None)),
        select(money.c.id, line.household_id, Member.id)
        .join(line, line.id == money.c.id)
        .join(Member, Member.household_id == line.household_id)
        .where(line.member_id.is_(None), ~Member.left),
    ).subquery()
    line_id, household, member = people.c
    cuts: dict[str, dict[str, Help]] = {}
    for name, column in zip(_CUTS, list(money.c)[1:4], strict=True):
        satang = sums(select(column, func.sum(money.c.satang)).group_by(column))
        heads = {
            code: (helped, homes)
            for code, helped, homes in db.session().execute(
                select(column, func.count(member.distinct()), func.count(household.distinct()))
                .join(people, line_id == money.c.id)
                .group_by(column)
            )
        }
        cuts[name] = {code: Help(*heads.get(code, (0, 0)), satang=total) for code, total in satang.items()}
    helped, homes = (
        db.session().execute(select(func.count(member.distinct()), func.count(household.distinct()))).one()
    )
    total = Help(helped, homes, sum(one.satang for one in cuts["district"].values()))
    return Tables(total, cuts)
