"""Resets: a new password for somebody with power over money or people, by two and by a link that its owner alone opens."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import clock, outbox, thai
from app.kit.db import Base, Id, UtcDateTime, db, lock
from app.kit.errors import BadInput, Refused
from app.settings import Settings
from app.staff import approvals, audit, notices, signin
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.refusals import LINK_CLOSED
from app.staff.roles import needs_two
from app.staff.users import User

RESET = "password.reset"
#: How long the link opens.
LIFE = timedelta(hours=1)
#: Stands in the message in the link's place until it is sent: whoever reads the outbox sees no link.
_HIDDEN = "[ลิงก์อยู่ในข้อความที่เจ้าตัวได้รับเท่านั้น]"
_KEY = "password-link:"


class PasswordLink(Base):
    """One link with which its owner chooses a password, once and within an hour. Only its hash is kept; the link itself
    is made of `seed` with the portal's secret key, when it is sent."""

    __tablename__ = "password_link"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    seed: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def takes_two(user: User) -> bool:
    """Whether this person's password is never set by one person alone."""
    return any(needs_two(grant.role, grant.area_code) for grant in user.grants)


def ask(user_id: int, *, reason: str, by: User) -> ApprovalRequest:
    """Ask for a new password for somebody who holds a role that two people give. Inside a transaction."""
    user = lock(User, user_id)
    if not user.is_active:
        raise Refused("บัญชีนี้ปิดแล้ว ตั้งรหัสผ่านใหม่ไม่ได้")
    if not takes_two(user):
        raise BadInput("ผู้ดูแลระบบตั้งรหัสผ่านใหม่ให้ผู้นี้ได้เอง ไม่ต้องขออนุมัติ")
    return approvals.ask(
        kind=RESET,
        subject=f"user:{user_id}",
        payload={"user_id": user_id},
        changes=[("รหัสผ่านของ", "", f"{user.name} ({user.sign_in_name}) ตั้งใหม่เองด้วยลิงก์ครั้งเดียวภายใน 1 ชั่วโมง")],
        reason=reason,
        concerned_id=user_id,
        by=by,
    )


def _make(approval: ApprovalRequest) -> str:
    """The old password ends at once: it may be in other hands. The owner is told of both people, and gets the link."""
    user = lock(User, approval.asked["user_id"])
    _end_password(user)
    notices.notify(
        [user],
        title="มีผู้ขอตั้งรหัสผ่านของท่านใหม่",
        words=f"{_who(approval)} รหัสผ่านเดิมใช้ไม่ได้แล้ว หากท่านไม่ได้ขอหรือไม่ทราบเรื่อง กรุณาแจ้งประธานหรือผู้ตรวจสอบทันที",
    )
    audit.record(Deed.STAFF_RESET_PASSWORD, f"user:{user.id}", by=approval.asked_by, approval=approval.id)
    return _send_link(user, approval)


def begin_anew(user: User, approval: ApprovalRequest) -> str:
    """Whoever gets a first role that two people give chooses a new password by a link that is shown to whoever approved.

    The password until then may be known to the administrator who opened the account, and the addresses may be the
    administrator's own: neither counts any more, so that nobody who makes people holds what they may do.
    """
    _end_password(user)
    user.email = user.line_user_id = ""
    db.session().flush()
    return _send_link(user, approval)


def _end_password(user: User) -> None:
    """From now on nobody knows the password, until the owner chooses one by a link."""
    user.password_hash, user.password_is_temporary = signin.hash_password(secrets.token_urlsafe(32)), False


def _who(approval: ApprovalRequest) -> str:
    assert approval.decided_by is not None
    return f"ขอโดย {approval.asked_by.name} อนุมัติโดย {approval.decided_by.name} เมื่อ {thai.moment_text(clock.now())}"


def _send_link(user: User, approval: ApprovalRequest) -> str:
    """The link goes to its owner; without an address it is shown this once to whoever approved. Everyone who was
    signed in as the owner is signed out."""
    session, now, seed = db.session(), clock.now(), secrets.token_hex(16)
    session.add(
        PasswordLink(
            user_id=user.id,
            seed=seed,
            token_hash=_hash(_token(seed)),
            approval_request_id=approval.id,
            made_at=now,
            expires_at=now + LIFE,
        )
    )
    session.flush()
    signin.end_sessions(user_id=user.id)
    here = Settings.here()
    ways = [(way, to) for way, to in notices.addresses(user) if way in here.channels]
    for way, to in ways:
        outbox.write(
            channel=way,
            recipient=to,
            subject="ตั้งรหัสผ่านใหม่ของระบบกองทุน",
            body=f"เปิดลิงก์นี้ภายใน 1 ชั่วโมง เพื่อตั้งรหัสผ่านของท่าน\n\n{_HIDDEN}\n\n{_who(approval)}",
            key=f"{_KEY}{seed}:{way}",
        )
    if ways:
        return f"ส่งลิงก์ตั้งรหัสผ่านถึง {user.name} ทางอีเมลหรือ LINE แล้ว ลิงก์ใช้ได้ครั้งเดียวภายใน 1 ชั่วโมง"
    return f"ลิงก์นี้แสดงครั้งเดียว ใช้ได้ 1 ชั่วโมง กรุณาส่งให้ {user.name} ด้วยตนเอง อย่าส่งผ่านผู้ขอ: {_address(seed)}"


APPROVALS = (approvals.ApprovalKind(RESET, title="ตั้งรหัสผ่านใหม่", carry_out=_make),)


def fill(key: str, body: str) -> str:
    """The message as it is sent: the link in its place."""
    if not key.startswith(_KEY):
        return body
    return body.replace(_HIDDEN, _address(key.removeprefix(_KEY).partition(":")[0]))


def whose(token: str) -> User | None:
    """Whom a link is for that opens still."""
    statement = select(PasswordLink).where(PasswordLink.token_hash == _hash(token))
    found = db.session().scalars(statement).one_or_none()
    if found is None or found.used_at is not None or found.expires_at <= clock.now():
        return None
    user = db.session().get_one(User, found.user_id)
    return user if user.is_active else None


def use(token: str, *, fresh: str) -> None:
    """The owner chooses a password; the link is used up and every session ends. Inside a transaction.

    Raises Refused for a link that is used, too old or unknown, and for a password that will not do.
    """
    statement = select(PasswordLink).where(PasswordLink.token_hash == _hash(token)).with_for_update()
    found = db.session().scalars(statement).one_or_none()
    if found is None or found.used_at is not None or found.expires_at <= clock.now():
        raise Refused(LINK_CLOSED)
    user = lock(User, found.user_id)
    if not user.is_active:
        raise Refused(LINK_CLOSED)
    user.password_hash = signin.hash_password(
        fresh, own=(user.sign_in_name, user.name, user.position, user.email)
    )
    user.password_is_temporary = False
    found.used_at = clock.now()
    signin.end_sessions(user_id=user.id)
    audit.record(Deed.STAFF_CHANGE_PASSWORD, f"user:{user.id}", by=user, approval=found.approval_request_id)


def _token(seed: str) -> str:
    here = Settings.here()
    mixed = hmac.digest(here.secret_key.encode(), f"{_KEY}{seed}".encode(), "sha256")
    return base64.urlsafe_b64encode(mixed).rstrip(b"=").decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _address(seed: str) -> str:
    here = Settings.here()
    return f"{here.public_url.rstrip('/')}/sign-in/choose/{_token(seed)}"
