"""The governor's board: the fund's money and the households it has reached, in one look."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import func, select

from app.cases.aid.records import HelpReceived
from app.cases.register.records import Household
from app.fund.ledger import books
from app.fund.ledger.accounts import AccountKind
from app.kit import charts, maps, money
from app.kit.db import db
from app.kit.maps import Map
from app.kit.suppression import suppressed_rows
from app.province import places
from app.province.profile import Profile


@dataclass(frozen=True, slots=True)
class DimensionReached:
    """Help that has changed hands in one dimension: different households, None where too few, and its satang."""

    name: str
    households: int | None
    satang: int


@dataclass(frozen=True, slots=True)
class Board:
    """Satang by kind; what was delivered by dimension; households by district.

    None where they are too few to tell, or would tell of others that are; in all when not even their sum may be told.
    """

    money: Mapping[AccountKind, int]
    parts: Markup
    reached: list[DimensionReached]
    households: int | None
    districts: list[tuple[str, int | None]]
    map: Map | None


def board() -> Board:
    """The board as it is now, in a handful of queries."""
    profile = Profile.here()
    rows = books.balances()
    total = {kind: sum(getattr(row, kind) for row in rows) for kind in AccountKind}
    counted = _by_district()
    back = suppressed_rows({code: (count,) for code, count in counted.items()})
    shown = {code: None if back is None or code in back else count for code, count in counted.items()}
    here = places.districts(profile.province_code)
    return Board(
        money=total,
        parts=charts.stacked(
            [
                charts.Bar(kind.words, total[kind], f"{money.format_baht(total[kind])} บาท", kind=kind)
                for kind in (AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.PAID)
            ],
            label="เงินที่รับแล้ว อยู่ที่ใดบ้าง",
        ),
        reached=_by_dimension(profile, may_count=back is not None),
        households=None if back is None else sum(counted.values()),
        districts=[(district.name_th, shown.get(district.code, 0)) for district in here],
        map=maps.lay(
            places.district_shapes(profile.province_code),
            shown,
            shorten=lambda name: name.removesuffix(profile.province_th),
        ),
    )


def _by_dimension(profile: Profile, *, may_count: bool) -> list[DimensionReached]:
    rows = db.session().execute(
        select(HelpReceived.dimension, func.count(), func.sum(HelpReceived.satang)).group_by(
            HelpReceived.dimension
        )
    )
    found = {code: (int(households) if may_count else None, int(satang)) for code, households, satang in rows}
    offered = [side.code for side in profile.sides.offered]
    codes = [*offered, *sorted(set(found) - set(offered))]
    return [DimensionReached(profile.sides.side(code).name_th, *found.get(code, (0, 0))) for code in codes]


def _by_district() -> dict[str, int]:
    rows = db.session().execute(
        select(Household.district_code, func.count())
        .where(Household.id.in_(select(HelpReceived.household_id)))
        .group_by(Household.district_code)
    )
    return {code: int(count) for code, count in rows}
