"""Candidates: the people an officer may ask help for, found by what they need and where they learn."""

from dataclasses import dataclass

from sqlalchemy import Select, or_, select, tuple_

from app.cases.aid import access, needs
from app.cases.aid.records import AidLine, AidRequest
from app.cases.register.records import Household, Member
from app.kit import texts
from app.kit.db import db
from app.province import catalogue
from app.province.profile import Profile
from app.staff.users import User

#: The order that people are shown in.
ORDER = (Member.school, Member.grade, Member.first_name, Member.id)
#: More schools than this are typed, not offered.
MOST_SCHOOLS = 300


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; an empty field asks nothing."""

    dimension: str = ""
    school: str = ""
    grade: str = ""
    sex: str = ""
    words: str = ""
    pupils: bool = False


def find(request: AidRequest, wish: Wish, *, item_code: str, by: User) -> Select[Member, str]:
    """People with their household's code, by school, grade and name: in need, in this person's area and in the
    request's district, and not yet on the request with this item, in no order."""
    statement = (
        select(Member, Household.code)
        .join(Household, Household.id == Member.household_id)
        .where(
            Member.left.is_(False),
            ~Member.said_dead,
            Household.id.in_(access.workable_households(by)),
            needs.eligible(),
        )
    )
    if request.district_code:
        statement = statement.where(Household.district_code == request.district_code)
    if wish.dimension in {side.code for side in Profile.here().sides.listed}:
        statement = statement.where(needs.fails(wish.dimension))
    if wish.school:
        statement = statement.where(Member.school.contains(texts.canonical(wish.school), autoescape=True))
    if wish.grade:
        statement = statement.where(Member.grade == wish.grade)
    if wish.sex:
        statement = statement.where(Member.sex == wish.sex)
    if wish.pupils:
        # Whoever has either: said like this the index of the order begins with them.
        statement = statement.where(tuple_(Member.school, Member.grade) > tuple_("", ""))
    for word in texts.canonical(wish.words).split()[:4]:
        statement = statement.where(
            or_(
                Member.first_name.contains(word, autoescape=True),
                Member.last_name.contains(word, autoescape=True),
                Household.code == word.upper(),
            )
        )
    if item_code:
        taken = select(AidLine.id).where(AidLine.request_id == request.id, AidLine.item_code == item_code)
        if catalogue.item(item_code).recipient == "person":
            taken = taken.where(AidLine.member_id == Member.id)
        else:
            taken = taken.where(AidLine.household_id == Household.id)
        statement = statement.where(~taken.exists())
    return statement


def schools(request: AidRequest, *, by: User) -> list[str]:
    """The schools of the people within reach, to be offered while typing; none when there are too many."""
    statement = (
        select(Member.school)
        .join(Household, Household.id == Member.household_id)
        .where(
            Member.school != "",
            Member.left.is_(False),
            ~Member.said_dead,
            Household.id.in_(access.workable_households(by)),
        )
        .distinct()
        .order_by(Member.school)
        .limit(MOST_SCHOOLS + 1)
    )
    if request.district_code:
        statement = statement.where(Household.district_code == request.district_code)
    found = list(db.session().scalars(statement))
    return found if len(found) <= MOST_SCHOOLS else []
