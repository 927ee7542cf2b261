"""Signing in: passwords, throttling that every process shares, and sessions that end."""

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import Flask
from flask_login import LoginManager
from sqlalchemy import ColumnElement, ForeignKey, Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from app.kit import clock, throttle
from app.kit.db import Base, Id, UtcDateTime, db, lock, transaction
from app.kit.errors import Busy, Refused, TooManyTries
from app.kit.language import gettext, marked
from app.kit.limits import ConcurrencyLimit
from app.kit.locks import AdvisoryLock, lock_advisory
from app.staff import audit, devices, passwords
from app.staff.deeds import Deed
from app.staff.users import User

#: 19 MiB, two passes: the OWASP floor; 80 sign-ins a second on two cores, so a crowd cannot exhaust the memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Checked when the name is unknown, so that the answer takes as long as for a known one. Made up and not hashed: that
#: would take every program of the portal that starts as long as a sign-in.
_NOBODY = "$argon2id$v=19$m={},t={},p={}${}${}".format(
    _HASHER.memory_cost,
    _HASHER.time_cost,
    _HASHER.parallelism,
    *(b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (16, 32)),
)

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
TRIES_PER_NAME = 6
TRIES_PER_ADDRESS = 40
#: A password takes a core for some 25 ms. Of a worker's eight threads others keep some, whoever floods the sign-in;
#: no address has all the places, and whoever comes back to a device of theirs waits behind nobody else.
CHECKING = ConcurrencyLimit(at_once=2, waiting=3, patience=3, each=3)
CHECKING_ON_KNOWN = ConcurrencyLimit(at_once=1, waiting=1, patience=5)
_TOO_MANY_CHECKED = marked("ขณะนี้มีผู้เข้าสู่ระบบพร้อมกันหลายท่าน กรุณารอสักครู่แล้วกดเข้าสู่ระบบอีกครั้ง")
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
#: `seen_at` is written at most this often, so that reading a page is not a write.
_SEEN_EVERY = timedelta(minutes=5)


class SignInAttempt(Base):
    """One try to sign in, kept to slow down guessing; cleared after a day."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sign_in_name: Mapped[str] = mapped_column(String(60))
    #: As throttle.household counts it: of IPv6 the network of one customer.
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    succeeded: Mapped[bool]
    #: The devices.KnownDevice on which it was made, where that is one of this name; it may be forgotten since.
    device_id: Mapped[int | None] = mapped_column(Id)

    __table_args__ = (
        Index("ix_sign_in_attempt_name_at", "sign_in_name", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )


class StaffSession(Base):
    """One signed-in browser. The cookie carries only a token whose hash is here, so a session can be ended."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def hash_password(password: str, *, own: Iterable[str] = ()) -> str:
    """Argon2id. Raises Refused for one that is too short, has leaked or is soon guessed (`passwords.refuse_weak`).

    `own` is what others know of the person whose password it is to stay; empty for one that is replaced at once.
    """
    passwords.refuse_weak(password, own=own)
    return _HASHER.hash(password)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _failures(*these: ColumnElement[bool], most: int) -> int:
    """Wrong tries within the window, counted up to `most`: a guesser may have made a million."""
    recent = (
        select(SignInAttempt.id)
        .where(*these, SignInAttempt.at > clock.now() - WINDOW, SignInAttempt.succeeded.is_(False))
        .limit(most)
    )
    return db.session().scalar(select(func.count()).select_from(recent.subquery())) or 0


def _too_many(name: str, address: str, *, known: Mapping[str, int]) -> bool:
    """Whether this name, or this address, has been tried wrongly too often.

    A name's counter holds for the right password as well, or guessing would be free: everywhere but on the devices
    where that name has signed in before, each of which counts for itself. So nobody keeps a person from the devices
    they use. The counter of an address holds only for names that were tried wrongly themselves, and on devices where
    nobody has signed in before: a whole office may share one address with whoever is guessing.
    """
    named, here = SignInAttempt.sign_in_name == name, SignInAttempt.address == address
    if name in known:
        return _failures(named, SignInAttempt.device_id == known[name], most=TRIES_PER_NAME) >= TRIES_PER_NAME
    own = _failures(named, SignInAttempt.device_id.is_(None), most=TRIES_PER_NAME)
    if own >= TRIES_PER_NAME:
        return True
    return own > 0 and not known and _failures(here, most=TRIES_PER_ADDRESS) >= TRIES_PER_ADDRESS


def _count_try(name: str, address: str, *, known: Mapping[str, int]) -> int:
    """Write a try down as wrong, until it proves right; returns its number. Raises TooManyTries. Inside a transaction."""
    session = db.session()
    # One after the other for each name and each address, so that a hundred tries at once are a hundred tries.
    lock_advisory(AdvisoryLock.SIGN_IN_NAME, name)
    lock_advisory(AdvisoryLock.SIGN_IN_ADDRESS, address)
    if _too_many(name, address, known=known):
        raise TooManyTries(gettext("ลองเข้าสู่ระบบผิดหลายครั้งเกินไป กรุณารอ 15 นาทีแล้วลองใหม่ หรือติดต่อผู้ดูแลระบบ"))
    attempt = SignInAttempt(
        sign_in_name=name, address=address, at=clock.now(), succeeded=False, device_id=known.get(name)
    )
    session.add(attempt)
    session.flush()
    return attempt.id


def sign_in(*, sign_in_name: str, password: str, address: str, device: str = "") -> str:
    """Open a session and return its token for the cookie. `device` is the cookie by which the device may be known.

    Every try is counted in the database, so that all processes slow a guesser down together. Raises Refused,
    with the same words whether the name or the password is wrong, and Busy while too many passwords are checked
    already. Commits by itself: a refused try must stay.
    """
    name, address = sign_in_name.strip().lower()[:60], throttle.household(address)
    known = devices.people_of(device)
    with transaction():
        # Counted before the slow check, so that a hundred tries at once are a hundred tries.
        number = _count_try(name, address, known=known)
    user = db.session().scalars(select(User).filter_by(sign_in_name=name)).one_or_none()
    try:
        with (CHECKING_ON_KNOWN if name in known else CHECKING).slot(refused=_TOO_MANY_CHECKED, who=address):
            good = matches(user.password_hash if user else _NOBODY, password)
    except Busy:
        with transaction() as session:
            # Nothing was tried.
            session.execute(delete(SignInAttempt).where(SignInAttempt.id == number))
        raise
    if user is None or not good or not user.is_active:
        raise Refused(gettext("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง กรุณาตรวจแล้วลองใหม่"))
    user_id = user.id
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        now = clock.now()
        session.execute(update(SignInAttempt).where(SignInAttempt.id == number).values(succeeded=True))
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEPT))
        session.add(StaffSession(token_hash=_token_hash(token), user_id=user_id, opened_at=now, seen_at=now))
        audit.record(Deed.STAFF_SIGN_IN, f"user:{user_id}", by=session.get_one(User, user_id))
    return token


def matches(stored: str, password: str) -> bool:
    """Whether this is the password behind the stored hash."""
    try:
        return _HASHER.verify(stored, password)
    except VerificationError:
        return False


def confirm_password(password: str, *, by: User) -> None:
    """Raises Refused unless this is the password of `by`, who is signed in and about to do what a session alone must
    not be enough for; TooManyTries after too many wrong ones.

    Only wrong ones count, each person's own: nobody from outside can use up somebody's tries. Commits by itself, so
    that a wrong try stays; call it before the deed's transaction.
    """
    if db.session().info.get("in_transaction"):
        raise RuntimeError("a wrong password must count although the deed is undone")
    user_id = by.id
    with transaction():
        # Held, so that a hundred tries at once are a hundred tries.
        stored = lock(User, user_id).password_hash
        hit = throttle.count(
            "password",
            f"user:{user_id}",
            most=TRIES_PER_NAME,
            within=WINDOW,
            refused=gettext("ใส่รหัสผ่านผิดหลายครั้งเกินไป กรุณารอ 15 นาทีแล้วลองใหม่"),
        )
    good = matches(stored, password)
    with transaction() as session:
        if good:
            throttle.uncount(hit)
        else:
            audit.record(Deed.STAFF_WRONG_PASSWORD, f"user:{user_id}", by=session.get_one(User, user_id))
    if not good:
        raise Refused(gettext("รหัสผ่านไม่ถูกต้อง จึงยังไม่ได้ทำรายการ กรุณาใส่รหัสผ่านที่ท่านใช้เข้าสู่ระบบอีกครั้ง"))


def whose(token: str) -> User | None:
    """The person whose live session this token is; None when it ended, grew old or never was."""
    session = db.session()
    row = session.scalars(select(StaffSession).filter_by(token_hash=_token_hash(token))).one_or_none()
    now = clock.now()
    if row is None or row.ended_at or now - row.seen_at > IDLE or now - row.opened_at > LONGEST:
        return None
    # With what they may do, which every page asks at once.
    user = session.get(User, row.user_id, options=[joinedload(User.grants)])
    if user is None or not user.is_active:
        return None
    if now - row.seen_at > _SEEN_EVERY:
        number, user_id = row.id, user.id
        with transaction() as writing:
            writing.execute(update(StaffSession).where(StaffSession.id == number).values(seen_at=now))
        user = session.get(User, user_id, options=[joinedload(User.grants)])
    return user


def whose_was(token: str) -> int | None:
    """The number of the person whose session this token is or was, ended or not."""
    return db.session().scalar(select(StaffSession.user_id).filter_by(token_hash=_token_hash(token)))


def sign_out(token: str) -> None:
    """End the session on the server too. Inside a transaction."""
    db.session().execute(
        update(StaffSession)
        .where(StaffSession.token_hash == _token_hash(token), StaffSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def end_sessions(*, user_id: int, but: str = "") -> None:
    """End every session of a person, wherever they are signed in, save the one with the token `but`.

    With no session left their devices are known no more either: one of them may be lost. Inside a transaction.
    """
    if not but:
        devices.forget(user_id=user_id)
    db.session().execute(
        update(StaffSession)
        .where(
            StaffSession.user_id == user_id,
            StaffSession.ended_at.is_(None),
            StaffSession.token_hash != _token_hash(but),
        )
        .values(ended_at=clock.now())
    )


def install(app: Flask) -> None:
    """Teach Flask-Login that the cookie's value is a session token."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app)
    manager.user_loader(whose)
