"""The centre's organisation: who works at the province, in each district and each subdistrict, from the roles that are held."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.fund.committee import seats
from app.kit.db import db
from app.province import places
from app.province.places import District
from app.province.profile import Profile
from app.staff.roles import ROLE_NAMES, Grant, Role
from app.staff.users import User

#: In the order in which a province reads its officers.
_ORDER = (
    *(Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER, Role.FINANCE, Role.DIMENSION_SECRETARY, Role.AUDITOR),
    *(Role.DISTRICT_OFFICER, Role.MENTOR),
)


@dataclass(frozen=True, slots=True)
class Officer:
    """A person at a place of the tree, by one role."""

    name: str
    #: Their own position, else the role; with the side and the subdistrict where the role has one.
    words: str


@dataclass(frozen=True, slots=True)
class OfBody:
    """A committee with how many sit there and who chairs it."""

    name: str
    members: int
    chair: str


@dataclass(slots=True)
class OfDistrict:
    """ศจพ.อ.: a district with its officers, and the teams of its subdistricts."""

    district: District
    officers: list[Officer] = field(default_factory=list)
    teams: list[Officer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tree:
    """The centre from the province down. Above it stands the national centre, whose people are none of this portal's."""

    bodies: Sequence[OfBody]
    officers: Sequence[Officer]
    districts: Sequence[OfDistrict]


def tree() -> Tree:
    """As it is today; every district of the province is there, whether anybody works in it or not."""
    profile = Profile.here()
    known = {place.code: OfDistrict(place) for place in places.districts(profile.province_code)}
    province: list[Officer] = []
    rows = db.session().execute(
        select(Grant, User)
        .join(User, User.id == Grant.user_id)
        .where(Grant.revoked_at.is_(None), User.closed_at.is_(None), Grant.role.in_(_ORDER))
        .order_by(User.name)
    )
    for grant, user in sorted(rows, key=lambda row: _ORDER.index(Role(row[0].role))):
        here = known.get(grant.area_code[:4])
        if here is None:
            province.append(_officer(grant, user))
        elif len(grant.area_code) == 6 or grant.role == Role.MENTOR:
            here.teams.append(_officer(grant, user))
        else:
            here.officers.append(_officer(grant, user))
    return Tree(_bodies(), province, list(known.values()))


def _officer(grant: Grant, user: User) -> Officer:
    said = [user.position, ROLE_NAMES[Role(grant.role)]]
    if grant.dimension:
        sides = Profile.here().sides
        side = sides.side(grant.dimension)
        said += [sides.word + side.name_th, f"หน่วยงานนำ {side.lead_th}" if side.lead_th else ""]
    if len(grant.area_code) == 6 and (subdistrict := places.subdistrict(grant.area_code)):
        said.append(f"ตำบล{subdistrict.name_th}")
    return Officer(user.name, " · ".join(dict.fromkeys(words for words in said if words)))


def _bodies() -> list[OfBody]:
    found = []
    for body in seats.bodies():
        seated = seats.seated(body.id)
        chair = next((seat.person.name for seat in seated if seat.office == "chair"), "")
        found.append(OfBody(body.name_th, len(seated), chair))
    return found
