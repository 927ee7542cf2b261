"""Shares: what was pledged, received and is outstanding, by network and by district. For the fund's own staff only.

Solicitation rules forbid fixed sums and compulsion (PM's Office Regulation on Solicitation by State Agencies 2544), so
nothing here orders anybody by what they gave and nothing of it is public.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.fund.giving.pledges import pledges
from app.fund.giving.pledges.status import PledgeSums
from app.fund.giving.records.donations import LIVE
from app.fund.giving.records.goods import InKindDonation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.kit.db import db


@dataclass(frozen=True, slots=True)
class Share:
    """One network beside what it pledged and what came in its name, pledged or not; in satang."""

    network: Network
    money: PledgeSums
    in_kind: PledgeSums

    @property
    def is_empty(self) -> bool:
        return self.money == PledgeSums() and self.in_kind == PledgeSums()


def by_network() -> list[Share]:
    """Every network, in the order of its branch. Money that came counts for the network whether pledged or not."""
    session = db.session()
    gave = func.coalesce(LIVE.c.network_id, Pledge.network_id)
    received: dict[int, int] = {
        number: int(satang)
        for number, satang in session.execute(
            select(gave, func.sum(LIVE.c.satang))
            .select_from(LIVE.outerjoin(Pledge.__table__, Pledge.id == LIVE.c.pledge_id))
            .where(gave.is_not(None))
            .group_by(gave)
        )
    }
    came = pledges.came_in().subquery()
    got = func.coalesce(came.c.satang, 0)
    stated = Pledge.state == PledgeState.STATED
    in_kind = (Pledge.kind != PledgeKind.MONEY).label("in_kind")
    promised: dict[tuple[int, bool], PledgeSums] = {}
    for number, is_goods, pledged, got_, rest in session.execute(
        select(
            Pledge.network_id,
            in_kind,
            func.sum(case((stated, Pledge.satang), else_=0)),
            func.sum(got),
            func.sum(case((stated & (Pledge.satang > got), Pledge.satang - got), else_=0)),
        )
        .select_from(Pledge)
        .outerjoin(came, came.c.pledge_id == Pledge.id)
        .group_by(Pledge.network_id, in_kind)
    ):
        promised[number, bool(is_goods)] = PledgeSums(int(pledged), int(got_), int(rest))
    goods = _goods()
    shares = []
    for network in session.scalars(select(Network).order_by(Network.path)):
        money, kind = (promised.get((network.id, is_goods), PledgeSums()) for is_goods in (False, True))
        shares.append(
            Share(
                network,
                PledgeSums(money.pledged, received.get(network.id, 0), money.outstanding),
                PledgeSums(kind.pledged, goods.get(network.id, 0), kind.outstanding),
            )
        )
    return shares


def _goods() -> dict[int, int]:
    """Network → estimated value of the goods and labour it gave, as valued when they came."""
    rows = db.session().execute(
        select(InKindDonation.network_id, func.sum(InKindDonation.satang))
        .where(InKindDonation.network_id.is_not(None), InKindDonation.voided_at.is_(None))
        .group_by(InKindDonation.network_id)
    )
    return {number: int(satang) for number, satang in rows if number is not None}


def by_district(shares: Iterable[Share]) -> dict[str, tuple[PledgeSums, PledgeSums]]:
    """District code ("" for networks of the whole province) → money and in kind of its networks together."""
    districts: dict[str, tuple[PledgeSums, PledgeSums]] = {}
    for share in shares:
        code = share.network.district_code or ""
        money, in_kind = districts.get(code, (PledgeSums(), PledgeSums()))
        districts[code] = (_plus(money, share.money), _plus(in_kind, share.in_kind))
    return dict(sorted(districts.items()))


def total(sums: Iterable[PledgeSums]) -> PledgeSums:
    """Several together."""
    together = PledgeSums()
    for part in sums:
        together = _plus(together, part)
    return together


def _plus(first: PledgeSums, second: PledgeSums) -> PledgeSums:
    return PledgeSums(
        first.pledged + second.pledged,
        first.received + second.received,
        first.outstanding + second.outstanding,
    )
