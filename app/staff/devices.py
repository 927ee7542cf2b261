"""Known devices: browsers in which a person has signed in before.

To be known is no sign-in and opens nothing. It only keeps wrong tries, which anybody can make from anywhere, from
shutting a person out of the portal on the device that they always use.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db
from app.staff.users import User

#: A device on which nobody has signed in for so long is known no more.
KEPT = timedelta(days=180)


class KnownDevice(Base):
    """One person's having signed in on one device: of a shared device there is a row for each of its people.

    The device's cookie carries a token whose hash is here. Each sign-in on the device puts a new one in its place,
    for all its people, so that a copy of the cookie grows worthless.
    """

    __tablename__ = "known_device"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    since_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("token_hash", "user_id"),)


def people_of(cookie: str) -> dict[str, int]:
    """Who has signed in on the device that sent this cookie: sign-in name → number of the row that says so.

    Empty for a device that is not known, and for a cookie that we did not write.
    """
    token_hash = _token_hash(cookie)
    if not token_hash:
        return {}
    rows = db.session().execute(
        select(User.sign_in_name, KnownDevice.id)
        .join(User, User.id == KnownDevice.user_id)
        .where(KnownDevice.token_hash == token_hash, KnownDevice.seen_at > clock.now() - KEPT)
    )
    return {name: number for name, number in rows}  # noqa: C416 — rows are no pairs to the type checker


def remember(cookie: str, *, user_id: int) -> str:
    """Know the device that sent this cookie, if it sent one, as one on which this person has just signed in.

    Returns the cookie that it is to keep from now on. Inside a transaction.
    """
    session = db.session()
    now, token = clock.now(), secrets.token_urlsafe(32)
    old, fresh = _token_hash(cookie), hashlib.sha256(token.encode()).hexdigest()
    session.execute(delete(KnownDevice).where(KnownDevice.seen_at < now - KEPT))
    if old:
        session.execute(update(KnownDevice).where(KnownDevice.token_hash == old).values(token_hash=fresh))
    seen = (
        update(KnownDevice)
        .where(KnownDevice.token_hash == fresh, KnownDevice.user_id == user_id)
        .values(seen_at=now)
        .returning(KnownDevice.id)
    )
    if session.scalar(seen) is None:
        session.add(KnownDevice(token_hash=fresh, user_id=user_id, since_at=now, seen_at=now))
        session.flush()
    return _signer().dumps(token)


def forget(*, user_id: int) -> None:
    """Know no device of this person any more. Inside a transaction."""
    db.session().execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))


def _token_hash(cookie: str) -> str:
    try:
        token = _signer().loads(cookie)
    except BadSignature:
        return ""
    return hashlib.sha256(str(token).encode()).hexdigest()


def _signer() -> URLSafeSerializer:
    secret = current_app.secret_key
    assert secret
    return URLSafeSerializer(secret, salt="known-device")
