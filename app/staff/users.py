"""Users: the people who sign in."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db
from app.staff.roles import Grant, Role


class User(Base):
    """A person who signs in. Never deleted, because deeds refer to them; leaving fills `closed_at`."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Lower-case; what they type to sign in.
    sign_in_name: Mapped[str] = mapped_column(String(60), unique=True)
    #: Thai name with title, as printed on vouchers and minutes.
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(160), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    #: Somebody else made the password and has seen it; until its owner chooses one, it opens no page but that for choosing.
    password_is_temporary: Mapped[bool] = mapped_column(default=False)
    #: Where the portal writes to its owner, who alone sets it; empty when there is none.
    email: Mapped[str] = mapped_column(String(254), default="")
    #: The user ID that LINE gave.
    line_user_id: Mapped[str] = mapped_column(String(40), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    #: Of a person who is only named by something nobody asks it; of many at once, see read_grants.
    grants: Mapped[list[Grant]] = relationship(
        foreign_keys=[Grant.user_id],
        primaryjoin="and_(Grant.user_id == User.id, Grant.revoked_at.is_(None))",
        viewonly=True,
    )

    def holding(self, *roles: Role) -> list[Grant]:
        """Grants of these roles whose term has not run out: the job that ends them comes by once an hour."""
        today = clock.today()
        return [g for g in self.grants if g.role in roles and (g.ends_on is None or g.ends_on >= today)]

    def has(self, *roles: Role) -> bool:
        return bool(self.holding(*roles))

    def network_codes(self) -> list[str]:
        return sorted({g.network_code for g in self.holding(Role.TREASURER) if g.network_code})

    def areas(self, *roles: Role) -> list[str] | None:
        """Area codes that the given roles reach; None = the whole province; [] = nowhere."""
        mine = self.holding(*roles)
        if any(not grant.area_code for grant in mine):
            return None
        return sorted({grant.area_code for grant in mine})

    #: Token of the session this person came in with; set on loading, never stored with the person.
    session_token: ClassVar[str] = ""

    # What Flask-Login asks of a user; the session itself is a row (see signin).
    def get_id(self) -> str:
        return self.session_token

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_active(self) -> bool:
        return self.closed_at is None

    @property
    def is_anonymous(self) -> bool:
        return False


def read_grants(people: Iterable[User]) -> None:
    """Read at once what several people may do, where it is asked of each of them."""
    numbers = {person.id for person in people}
    if len(numbers) > 1:
        asked = select(User).where(User.id.in_(numbers)).options(selectinload(User.grants))
        db.session().scalars(asked).all()
