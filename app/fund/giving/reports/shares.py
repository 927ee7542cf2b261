"""Shares: what was pledged, received and is outstanding, by network and by district. For the fund's own staff only.

Solicitation rules forbid fixed sums and compulsion (PM's Office Regulation on Solicitation by State Agencies 2544), so
nothing here orders anybody by what they gave and nothing of it is public.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, case, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.fund.giving.pledges import pledges
from app.fund.giving.pledges.status import PledgeSums
from app.fund.giving.records.donations import DonationTotal
from app.fund.giving.records.goods import InKindDonation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.kit.db import db

_Key = TypeVar("_Key", int, str)


@dataclass(frozen=True, slots=True)
class Share:
    """One network beside what it pledged and what came in its name, pledged or not; in satang."""

    network: Network
    money: PledgeSums
    in_kind: PledgeSums


def has_share() -> ColumnElement[bool]:
    """The condition on Network that it pledged something, or that something came in its name."""
    return or_(
        exists().where(DonationTotal.network_id == Network.id, DonationTotal.satang > 0),
        exists().where(Pledge.network_id == Network.id, Pledge.state == PledgeState.STATED),
        exists().where(InKindDonation.network_id == Network.id, InKindDonation.voided_at.is_(None)),
    )


def silent() -> int:
    """How many networks have neither pledged nor given."""
    return db.session().scalar(select(func.count()).select_from(Network).where(~has_share())) or 0


def of(networks: Sequence[Network]) -> list[Share]:
    """The shares of these networks. Money that came counts for the network whether pledged or not."""
    money, in_kind = _by(Network.id, Network.id.in_([network.id for network in networks]))
    nothing = PledgeSums()
    return [
        Share(network, money.get(network.id, nothing), in_kind.get(network.id, nothing))
        for network in networks
    ]


def by_district() -> dict[str, tuple[PledgeSums, PledgeSums]]:
    """District code ("" for networks of the whole province) → money and in kind of its networks together."""
    code = func.coalesce(Network.district_code, "")
    money, in_kind = _by(code, true())
    nothing = PledgeSums()
    districts = sorted(db.session().scalars(select(code).distinct()))
    return {
        district: (money.get(district, nothing), in_kind.get(district, nothing)) for district in districts
    }


def _by(
    key: "InstrumentedAttribute[_Key] | ColumnElement[_Key]", among: ColumnElement[bool]
) -> tuple[dict[_Key, PledgeSums], dict[_Key, PledgeSums]]:
    """Money, and goods and labour as they were valued when they came, of the networks that share a key."""
    session = db.session()

    def together(amount: Any, owner: Any, *conditions: ColumnElement[bool]) -> dict[_Key, int]:
        statement = select(key, func.sum(amount)).join(Network, Network.id == owner)
        rows = session.execute(statement.where(among, *conditions).group_by(key))
        return {of: int(satang) for of, satang in rows}

    received = together(DonationTotal.satang, DonationTotal.network_id)
    goods = together(InKindDonation.satang, InKindDonation.network_id, InKindDonation.voided_at.is_(None))
    pledged: dict[bool, dict[_Key, tuple[int, int]]] = {False: {}, True: {}}
    came = pledges.came_in().subquery()
    got = func.coalesce(came.c.satang, 0)
    stated = Pledge.state == PledgeState.STATED
    in_kind = (Pledge.kind != PledgeKind.MONEY).label("in_kind")
    for of, is_goods, satang, rest in session.execute(
        select(
            key,
            in_kind,
            func.sum(case((stated, Pledge.satang), else_=0)),
            func.sum(case((stated & (Pledge.satang > got), Pledge.satang - got), else_=0)),
        )
        .select_from(Pledge)
        .join(Network, Network.id == Pledge.network_id)
        .outerjoin(came, came.c.pledge_id == Pledge.id)
        .where(among)
        .group_by(key, in_kind)
    ):
        pledged[bool(is_goods)][of] = int(satang), int(rest)
    return _joined(pledged[False], received), _joined(pledged[True], goods)


def _joined(pledged: dict[_Key, tuple[int, int]], came: dict[_Key, int]) -> dict[_Key, PledgeSums]:
    sums = {}
    for key in pledged.keys() | came.keys():
        satang, rest = pledged.get(key, (0, 0))
        sums[key] = PledgeSums(satang, came.get(key, 0), rest)
    return sums


def total(sums: Iterable[PledgeSums]) -> PledgeSums:
    """Several together."""
    found = list(sums)
    return PledgeSums(
        sum(part.pledged for part in found),
        sum(part.received for part in found),
        sum(part.outstanding for part in found),
    )
