"""Interests: which members of the committee may be partial to a request, by what the portal knows (B.E. 2539 Act, s. 13).

The portal proposes; the member, or who chairs, decides. Why is told to the member alone: a surname told to others would name
a family.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, select

from app.cases.aid.records import AidLine, AidRequest
from app.cases.care.records import LogbookEntry
from app.cases.register.records import Household, Member
from app.fund.committee.records import Proposal
from app.fund.spending.records import PaymentOrder
from app.kit.db import db
from app.kit.texts import canonical
from app.kit.worded import Worded
from app.staff.roles import Role
from app.staff.users import User, read_grants


class Interest(Worded):
    """Why a member may be partial."""

    ASKED = "asked", "ท่านเป็นผู้ร่างหรือผู้ยื่นคำขอนี้"
    MENTOR = "mentor", "ท่านเป็นพี่เลี้ยงของครัวเรือนในคำขอนี้ หรือเคยเขียน Logbook ของครัวเรือนเหล่านั้น"
    KIN = "kin", "นามสกุลของท่านตรงกับคนในครัวเรือนที่จะได้รับความช่วยเหลือ"
    PAYEE = "payee", "ชื่อของท่านอยู่ในชื่อผู้รับเงินของคำขอนี้"


#: By the code of a request: the members concerned and why.
Found = Mapping[str, Mapping[int, tuple[Interest, ...]]]


def of(codes: Iterable[str], *, members: Iterable[User]) -> Found:
    """Who of `members` may be partial to each of these requests, in a handful of queries however many there are."""
    wanted, seated = list(codes), {member.id: member for member in members}
    found: dict[str, dict[int, set[Interest]]] = {code: defaultdict(set) for code in wanted}
    for interest, pairs in (
        (Interest.ASKED, _asked(wanted)),
        (Interest.MENTOR, _mentors(wanted, seated)),
        (Interest.KIN, _kin(wanted, seated)),
        (Interest.PAYEE, _payees(wanted, seated)),
    ):
        for code, member_id in pairs:
            if member_id in seated:
                found[code][member_id].add(interest)
    return {
        code: {member: tuple(kind for kind in Interest if kind in whys) for member, whys in several.items()}
        for code, several in found.items()
    }


def is_partial(code: str, user: User) -> bool:
    """Whether one person may be partial to one request."""
    return bool(of([code], members=[user])[code].get(user.id))


def _asked(codes: list[str]) -> list[tuple[str, int]]:
    columns = (Proposal.code, Proposal.asked_by_id, Proposal.submitted_by_id)
    rows = db.session().execute(select(*columns).where(Proposal.code.in_(codes)))
    return [(code, number) for code, *both in rows for number in both]


def _lines(*columns: Any, codes: list[str]) -> Select[*tuple[Any, ...]]:
    """What these columns say of the households of each request."""
    statement = select(AidRequest.code, *columns).join(AidLine, AidLine.request_id == AidRequest.id)
    return statement.where(AidRequest.code.in_(codes))


def _mentors(codes: list[str], seated: Mapping[int, User]) -> list[tuple[str, int]]:
    session = db.session()
    wrote = _lines(LogbookEntry.written_by_id, codes=codes).join(
        LogbookEntry, LogbookEntry.household_id == AidLine.household_id
    )
    found = [
        (code, int(number))
        for code, number in session.execute(wrote.where(LogbookEntry.written_by_id.in_(seated)).distinct())
    ]
    read_grants(seated.values())
    # Whoever mentors the whole province is no nearer to one household than to another.
    areas = {number: member.areas(Role.MENTOR) or [] for number, member in seated.items()}
    if any(areas.values()):
        places = _lines(Household.district_code, Household.subdistrict_code, codes=codes).join(
            Household, Household.id == AidLine.household_id
        )
        for code, *place in session.execute(places.distinct()):
            found += [(code, number) for number, mine in areas.items() if set(mine) & set(place)]
    return found


def _kin(codes: list[str], seated: Mapping[int, User]) -> list[tuple[str, int]]:
    by_surname: dict[str, set[int]] = defaultdict(set)
    for member in seated.values():
        words = member.name.split()
        if len(words) > 1:
            by_surname[words[-1]].add(member.id)
    families = _lines(Member.last_name, codes=codes).join(Member, Member.household_id == AidLine.household_id)
    rows = db.session().execute(families.where(Member.last_name.in_(list(by_surname))).distinct())
    return [(code, number) for code, surname in rows for number in by_surname[surname]]


def _payees(codes: list[str], seated: Mapping[int, User]) -> list[tuple[str, int]]:
    orders = (
        select(Proposal.code, PaymentOrder.vendor)
        .join(PaymentOrder, PaymentOrder.proposal_id == Proposal.id)
        .where(Proposal.code.in_(codes), PaymentOrder.withdrawn_at.is_(None))
    )
    rows = db.session().execute(orders).all()
    return [
        (code, number)
        for code, vendor in rows
        for number, member in seated.items()
        if canonical(member.name) in canonical(vendor)
    ]
