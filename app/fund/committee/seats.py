"""Seats: who sits on the committee."""

from sqlalchemy import select

from app.kit.db import db
from app.kit.thai import sort_key
from app.staff.roles import Grant, Role
from app.staff.users import User

#: Those who sit on the committee; each has one vote.
SEATS = (Role.COMMITTEE, Role.CHAIR)


def members() -> list[User]:
    """Who sits on the committee now, in the order of their names."""
    seated = select(Grant.user_id).where(Grant.role.in_(SEATS), Grant.revoked_at.is_(None))
    statement = select(User).where(User.id.in_(seated), User.closed_at.is_(None))
    return sorted(db.session().scalars(statement), key=lambda user: sort_key(user.name))
