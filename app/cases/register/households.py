"""Households: the homes that the fund is for."""

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    or_,
    select,
    true,
)

from app.cases.register.records import FailedDimension, Household, RoundHousehold
from app.province.profile import Profile
from app.staff.roles import Grant, Role
from app.staff.users import User

#: Who sees every household there is, for as long as they hold the role.
WHOLE_PROVINCE = (Role.FUND_OFFICER, Role.AUDITOR)
#: Who sees the households of an area, with all that is known of them.
AREA = (Role.DISTRICT_OFFICER, Role.MENTOR)
#: Who may open the register at all. The committee sees what a request tells it; money never needs a name; whoever
#: looks after the machine has no business with the people in it.
READERS = (*WHOLE_PROVINCE, *AREA, Role.DIMENSION_SECRETARY)


def inside(areas: Collection[str], district_code: str, subdistrict_code: str | None) -> bool:
    """Whether a place lies in one of the areas (district or subdistrict codes)."""
    return district_code in areas or (subdistrict_code is not None and subdistrict_code in areas)


def visible_to(user: User) -> Select[Household]:
    """The households that this person may see, and no others.

    Fund officers and auditors see the province; district officers and mentors their district or subdistrict; a
    dimension's secretary the households that fail it, in any round. Several roles add up.
    """
    return select(Household).where(within_reach(user))


def within_reach(user: User) -> ColumnElement[bool]:
    """The condition behind `visible_to`, for counts and joins over Household."""
    secretary = user.holding(Role.DIMENSION_SECRETARY)
    failing = (
        exists()
        .where(
            RoundHousehold.household_id == Household.id,
            FailedDimension.round_household_id == RoundHousehold.id,
        )
        .correlate(Household)
    )
    by_dimension = [
        and_(
            _place(grant),
            failing.where(_held(grant)) if grant.dimension else failing,
        )
        for grant in secretary
    ]
    return or_(_by_place(user), *by_dimension)


def dimension_within_reach(user: User) -> ColumnElement[bool]:
    """Over Household and FailedDimension: which failed dimensions this person may see of a household in reach.

    Health is a secret of its own (PDPA s. 26): the secretary for education does not see it.
    """
    secretary = user.holding(Role.DIMENSION_SECRETARY)
    return or_(
        _by_place(user),
        *(and_(_place(grant), _held(grant) if grant.dimension else true()) for grant in secretary),
    )


def may_work_on(user: User) -> ColumnElement[bool]:
    """Households for which this person may write the logbook and ask to see a full ID."""
    return _by_place(user, *AREA, Role.FUND_OFFICER)


def sees_province(user: User) -> bool:
    """Whether totals of the province are this person's totals too."""
    return user.has(*WHOLE_PROVINCE) or any(not grant.area_code for grant in user.holding(*AREA))


def _by_place(user: User, *roles: Role) -> ColumnElement[bool]:
    roles = roles or (*AREA, *WHOLE_PROVINCE)
    return or_(false(), *(_place(grant) for grant in user.holding(*roles)))


def _held(grant: Grant) -> ColumnElement[bool]:
    return FailedDimension.dimension.in_(Profile.here().sides.answered_by(grant.dimension))


def _place(grant: Grant) -> ColumnElement[bool]:
    if grant.role in WHOLE_PROVINCE or not grant.area_code:
        return true()
    if len(grant.area_code) == 4:
        return Household.district_code == grant.area_code
    return Household.subdistrict_code == grant.area_code


def dimensions_seen(user: User, household: Household) -> frozenset[str] | None:
    """Which failed dimensions of this household, in reach of this person, they may see; None is all.

    The same rule as `dimension_within_reach`, for one household at hand.
    """
    here = [
        grant
        for grant in user.holding(*READERS)
        if grant.role in WHOLE_PROVINCE
        or not grant.area_code
        or inside((grant.area_code,), household.district_code, household.subdistrict_code)
    ]
    if any(grant.role in (*AREA, *WHOLE_PROVINCE) for grant in here):
        return None
    mine = [grant.dimension for grant in here if grant.role == Role.DIMENSION_SECRETARY]
    sides = Profile.here().sides
    return frozenset(code for held in mine for code in sides.answered_by(held)) if all(mine) else None
