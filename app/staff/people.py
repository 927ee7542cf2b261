"""People: who is employed, what each may do, and how that ends."""

import getpass
import os
import re
from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import select, update

from app.kit import clock, line, mail
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.injected import Injected
from app.kit.language import gettext
from app.kit.texts import visible
from app.kit.thai import long_date
from app.province import places
from app.province.profile import Profile
from app.staff import approvals, audit, notices, resets, signin
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import ROLE_NAMES, Grant, Role, needs_two
from app.staff.users import User

#: Who works with families where they live.
FIELD_ROLES = (Role.MENTOR, Role.DISTRICT_OFFICER)
#: What asks for a role that two people give is called among the approvals.
GRANT = "role.grant"

_SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,59}")


#: Roles that one person may not hold together: who approves never pays, who pays never administers, who asks for
#: families neither pays nor prepares what is decided, who audits does nothing else.
_APART = (
    (Role.FINANCE, Role.COMMITTEE),
    (Role.FINANCE, Role.CHAIR),
    (Role.ADMINISTRATOR, Role.FINANCE),
    (Role.ADMINISTRATOR, Role.COMMITTEE),
    (Role.ADMINISTRATOR, Role.CHAIR),
    (Role.FINANCE, Role.FUND_OFFICER),
    (Role.FINANCE, Role.DIMENSION_SECRETARY),
    *((field, office) for field in FIELD_ROLES for office in (Role.FINANCE, Role.FUND_OFFICER)),
    *((Role.AUDITOR, other) for other in Role if other is not Role.AUDITOR),
)
AREA_ROLES = (Role.MENTOR, Role.DISTRICT_OFFICER, Role.DIMENSION_SECRETARY)
DIMENSION_ROLES = (Role.MENTOR, Role.DIMENSION_SECRETARY)

Networks = Callable[[], Mapping[str, str]]
#: Which networks there are, code → name: only the room that keeps them knows.
NETWORKS: Injected[Networks] = Injected("networks that a treasurer can be given")


def networks() -> dict[str, str]:
    """Code → name of every network a treasurer can be given."""
    return dict(NETWORKS.get()())


def incompatible(role: Role, other: Role) -> bool:
    """Whether one person may not hold both roles at once."""
    return (role, other) in _APART or (other, role) in _APART


def named(sign_in_name: str) -> User:
    """The person with this sign-in name. Raises Refused when there is none."""
    name = sign_in_name.strip().lower()
    user = db.session().scalars(select(User).filter_by(sign_in_name=name)).one_or_none()
    if user is None:
        raise Refused(f"ไม่พบชื่อผู้ใช้ “{sign_in_name}” กรุณาตรวจตัวสะกด")
    return user


def employ(
    *,
    sign_in_name: str,
    name: str,
    password: str,
    position: str = "",
    temporary: bool = True,
    by: User | None,
) -> User:
    """A new account without any role yet. `by` None is the operator at the machine.

    `temporary` is a password that its owner did not choose and has to replace before anything else. Raises BadInput
    for a sign-in name that cannot be typed everywhere, Refused for one taken or a password that will not do.
    """
    _administers(by)
    sign_in_name, name = sign_in_name.strip().lower(), visible(name)
    if not _SIGN_IN_NAME.fullmatch(sign_in_name):
        raise BadInput("ชื่อผู้ใช้ต้องยาว 3–60 ตัว ใช้ a–z, 0–9 และ . _ @ - เท่านั้น และขึ้นต้นด้วยตัวอักษรหรือตัวเลข")
    if not name or len(name) > 120 or len(position) > 160:
        raise BadInput("กรุณากรอกชื่อ–นามสกุล (ไม่เกิน 120 ตัวอักษร) และตำแหน่ง (ไม่เกิน 160 ตัวอักษร)")
    user = User(
        sign_in_name=sign_in_name,
        name=name,
        position=visible(position),
        password_hash=signin.hash_password(password, own=() if temporary else (sign_in_name, name, position)),
        password_is_temporary=temporary,
        opened_at=clock.now(),
    )
    session = db.session()
    session.add(user)
    session.flush()
    audit.record(Deed.STAFF_EMPLOY, f"user:{user.id}", by=by, sign_in_name=sign_in_name, **_at_machine(by))
    return user


def operator() -> str:
    """Who works at the machine: whoever used sudo, else the name of the account."""
    return (os.environ.get("SUDO_USER") or getpass.getuser())[:64]


def grant(
    *,
    user_id: int,
    role: Role,
    area_code: str = "",
    whole_province: bool = False,
    dimension: str = "",
    network_code: str = "",
    order_number: str = "",
    ends_on: date | None = None,
    by: User | None,
) -> Grant:
    """Give a person a role for a scope. `by` None is the operator at the machine.

    `ends_on` is the last day of the term, today or later. A mentor's area is said, be it the whole province. Raises Refused for one's own account, a closed one, roles kept
    apart, and a role that two people give: that is asked for by `ask_grant`, or founded by the operator while nobody holds it.
    """
    _administers(by)
    _not_oneself(user_id, by)
    if role is Role.MENTOR and not area_code and not whole_province:
        raise BadInput("กรุณาเลือกพื้นที่ของทีมพี่เลี้ยง เป็นตำบล อำเภอ หรือทั้งจังหวัด")
    two, words = needs_two(role, area_code), _role_words(role, area_code)
    if two and by is not None:
        raise Refused(f"บทบาท{words}ต้องมีผู้ขอและผู้อนุมัติสองท่านต่างบทบาทกัน กรุณาใช้ “ขอมอบบทบาท”")
    if two and _held_by_anybody(role):
        raise Refused(f"มีผู้ถือบทบาท{words}อยู่แล้ว จึงตั้งที่เครื่องไม่ได้ กรุณาขอที่หน้าผู้ใช้ แล้วให้ผู้ถือบทบาทอื่นอนุมัติ")
    _scope(role, area_code=area_code, dimension=dimension, network_code=network_code)
    given = _give(
        user_id=user_id,
        role=role,
        area_code=area_code,
        dimension=dimension,
        network_code=network_code,
        order_number=order_number,
        ends_on=ends_on,
        by=by,
    )
    if two:
        _tell_founded(user_id, role)
    return given


def _tell_founded(user_id: int, role: Role) -> None:
    """No second person was asked: those who would have been asked, and the auditor, hear of it."""
    name = db.session().get_one(User, user_id).name
    others = notices.holders(*approvals.APPROVERS, Role.AUDITOR)
    notices.notify(
        [other for other in others if other.id != user_id],
        title=f"ตั้ง{_role_words(role)}ที่เครื่องแม่ข่าย",
        words=f"{name} ได้รับบทบาท{_role_words(role)}โดยคำสั่งที่เครื่อง เพราะไม่มีผู้ถือบทบาทนี้อยู่ ผู้สั่งคือ {operator()} "
        "หากท่านไม่ทราบเรื่อง กรุณาแจ้งประธานหรือผู้ตรวจสอบทันที",
        href=f"/people/{user_id}",
    )


def ask_grant(
    *, user_id: int, role: Role, reason: str, order_number: str = "", ends_on: date | None = None, by: User
) -> ApprovalRequest:
    """Ask for a role that two people give, over the whole province; a second person of another role approves it. Inside
    a transaction.

    Raises Refused for the person concerned, roles kept apart, and one who holds none of the four roles.
    """
    if not needs_two(role):
        raise BadInput(f"บทบาท{ROLE_NAMES[role]}ผู้ดูแลระบบมอบได้เอง ไม่ต้องขออนุมัติ")
    user = lock(User, user_id)
    _may_hold(user, role)
    _term(order_number, ends_on)
    held = " ".join(ROLE_NAMES[Role(grant.role)] for grant in user.grants) or "ยังไม่มีบทบาท"
    return approvals.ask(
        kind=GRANT,
        subject=f"user:{user_id}:{role}",
        payload={
            "user_id": user_id,
            "role": role,
            "order_number": order_number,
            "ends_on": ends_on.isoformat() if ends_on else "",
        },
        changes=[
            ("บุคคล", "", f"{user.name} ({user.sign_in_name})"),
            ("บทบาท", held, f"เพิ่ม {_role_words(role)}"),
            *([("คำสั่งที่", "", order_number)] if order_number else []),
            *([("วันสิ้นสุดวาระ", "", long_date(ends_on))] if ends_on else []),
        ],
        reason=reason,
        concerned_id=user_id,
        by=by,
    )


def _grant_asked(approval: ApprovalRequest) -> str:
    role = Role(approval.asked["role"])
    user = lock(User, approval.asked["user_id"])
    is_first = not resets.takes_two(user)
    ends = approval.asked["ends_on"]
    _give(
        user_id=user.id,
        role=role,
        order_number=approval.asked["order_number"],
        ends_on=date.fromisoformat(ends) if ends else None,
        by=approval.asked_by,
        approval_request_id=approval.id,
    )
    assert approval.decided_by is not None
    notices.notify(
        [user],
        title=f"ท่านได้รับบทบาท{_role_words(role)}",
        words=f"ขอโดย {approval.asked_by.name} อนุมัติโดย {approval.decided_by.name} หากไม่ถูกต้อง กรุณาแจ้งประธานหรือผู้ตรวจสอบ",
    )
    given = f"มอบบทบาท{_role_words(role)}ให้ {user.name} แล้ว"
    return f"{given} รหัสผ่านเดิมใช้ไม่ได้แล้ว {resets.begin_anew(user, approval)}" if is_first else given


APPROVALS = (approvals.ApprovalKind(GRANT, title="มอบบทบาท", carry_out=_grant_asked),)


def _role_words(role: Role, area_code: str = "") -> str:
    return ROLE_NAMES[role] + ("ทั้งจังหวัด" if role is Role.MENTOR and not area_code else "")


def _held_by_anybody(role: Role) -> bool:
    """Whether anybody holds a role that two people give: of mentors, one of the whole province."""
    held = select(Grant.id).where(Grant.role == role, Grant.revoked_at.is_(None))
    if role is Role.MENTOR:
        held = held.where(Grant.area_code == "")
    return db.session().scalar(held.limit(1)) is not None


def _may_hold(
    user: User, role: Role, *, area_code: str = "", dimension: str = "", network_code: str = ""
) -> None:
    """Raises Refused for a closed account, roles kept apart, and a role that is held already."""
    if not user.is_active:
        raise Refused("บัญชีนี้ปิดแล้ว มอบบทบาทไม่ได้ กรุณาเปิดบัญชีใหม่ให้บุคคลนี้")
    session = db.session()
    live = session.scalars(select(Grant).where(Grant.user_id == user.id, Grant.revoked_at.is_(None))).all()
    for held in live:
        if incompatible(role, Role(held.role)):
            raise Refused(
                f"บทบาท{ROLE_NAMES[role]}กับ{ROLE_NAMES[Role(held.role)]}ต้องเป็นคนละคนกัน "
                "กรุณาเพิกถอนบทบาทเดิมก่อน หรือมอบให้ผู้อื่น"
            )
        if (held.role, held.area_code, held.dimension, held.network_code) == (
            role,
            area_code,
            dimension,
            network_code,
        ):
            raise Refused("บุคคลนี้มีบทบาทและขอบเขตนี้อยู่แล้ว")


def _give(
    *,
    user_id: int,
    role: Role,
    area_code: str = "",
    dimension: str = "",
    network_code: str = "",
    order_number: str = "",
    ends_on: date | None = None,
    by: User | None,
    approval_request_id: int | None = None,
) -> Grant:
    _term(order_number, ends_on)
    user = lock(User, user_id)
    _may_hold(user, role, area_code=area_code, dimension=dimension, network_code=network_code)
    session = db.session()
    given = Grant(
        user_id=user_id,
        role=role,
        area_code=area_code,
        dimension=dimension,
        network_code=network_code,
        granted_at=clock.now(),
        granted_by_id=by.id if by else None,
        approval_request_id=approval_request_id,
        operator="" if by else operator(),
        order_number=visible(order_number),
        ends_on=ends_on,
    )
    session.add(given)
    session.flush()
    session.expire(user, ["grants"])
    audit.record(Deed.STAFF_GRANT, f"user:{user_id}", by=by, **_scope_of(given), **_at_machine(by))
    return given


def revoke(grant_id: int, *, by: User | None) -> None:
    """Take a role away; it ends with the next page the person opens."""
    _administers(by)
    given = lock(Grant, grant_id)
    _not_oneself(given.user_id, by)
    if given.revoked_at is not None:
        raise Refused("บทบาทนี้ถูกเพิกถอนไปแล้ว")
    given.revoked_at, given.revoked_by_id = clock.now(), by.id if by else None
    db.session().flush()
    db.session().expire(db.session().get_one(User, given.user_id), ["grants"])
    audit.record(Deed.STAFF_REVOKE, f"user:{given.user_id}", by=by, **_scope_of(given), **_at_machine(by))


def end_terms() -> int:
    """End the roles whose last day is over. Returns how many. Inside a transaction."""
    session = db.session()
    over = select(Grant).where(Grant.ends_on < clock.today(), Grant.revoked_at.is_(None))
    ended = session.scalars(over.order_by(Grant.id).with_for_update(of=Grant)).all()
    for given in ended:
        given.revoked_at = clock.now()
        audit.record(Deed.STAFF_TERM_ENDS, f"user:{given.user_id}", by=None, **_scope_of(given))
    session.flush()
    return len(ended)


def _term(order_number: str, ends_on: date | None) -> None:
    if len(order_number) > 60:
        raise BadInput("เลขที่คำสั่งยาวเกิน 60 ตัวอักษร กรุณาเขียนเฉพาะเลขที่ เช่น ศก 12/2569")
    if ends_on is not None and ends_on < clock.today():
        raise BadInput("วันสิ้นสุดวาระผ่านไปแล้ว กรุณาตรวจปี พ.ศ. หรือเว้นว่างหากไม่มีกำหนด")


def close(user_id: int, *, by: User | None) -> None:
    """Close an account: no more signing in, every session ends, every role is taken away. Its deeds stay."""
    _administers(by)
    _not_oneself(user_id, by)
    user = lock(User, user_id)
    if user.closed_at is not None:
        raise Refused("บัญชีนี้ปิดไปแล้ว")
    user.closed_at = clock.now()
    signin.end_sessions(user_id=user_id)
    db.session().execute(
        update(Grant)
        .where(Grant.user_id == user_id, Grant.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_by_id=by.id if by else None)
    )
    audit.record(Deed.STAFF_CLOSE, f"user:{user_id}", by=by, **_at_machine(by))


def reset_password(user_id: int, *, password: str, by: User | None) -> None:
    """A new password given by the administrator, who has seen it: its owner has to replace it before anything else.

    Whoever was signed in with the old one is signed out.
    """
    _administers(by)
    _not_oneself(user_id, by)
    user = lock(User, user_id)
    if resets.takes_two(user):
        raise Refused("รหัสผ่านของผู้ถือบทบาทนี้ต้องมีผู้ขอและผู้อนุมัติสองท่านต่างบทบาทกัน กรุณาใช้ “ขอตั้งรหัสผ่านใหม่”")
    user.password_hash, user.password_is_temporary = signin.hash_password(password), True
    signin.end_sessions(user_id=user_id)
    audit.record(Deed.STAFF_RESET_PASSWORD, f"user:{user_id}", by=by)


def end_sessions(user_id: int, *, by: User | None) -> None:
    """Sign a person out wherever they are, at once."""
    _administers(by)
    lock(User, user_id)
    signin.end_sessions(user_id=user_id)
    audit.record(Deed.STAFF_END_SESSIONS, f"user:{user_id}", by=by)


def change_password(*, current: str, fresh: str, token: str, by: User) -> None:
    """One's own new password. Every other session of the person ends; the one with this token goes on."""
    user = lock(User, by.id)
    if not signin.matches(user.password_hash, current):
        raise Refused(gettext("รหัสผ่านปัจจุบันไม่ถูกต้อง"))
    if current == fresh:
        raise BadInput("รหัสผ่านใหม่ต้องไม่เหมือนรหัสผ่านเดิม")
    user.password_hash = signin.hash_password(
        fresh, own=(user.sign_in_name, user.name, user.position, user.email)
    )
    user.password_is_temporary = False
    signin.end_sessions(user_id=user.id, but=token)
    audit.record(Deed.STAFF_CHANGE_PASSWORD, f"user:{user.id}", by=by)


def set_addresses(*, email: str, line_user_id: str, by: User) -> None:
    """Where the portal writes to oneself; either may be empty. The address that was is told of the change.

    Raises BadInput for what is no address.
    """
    email, line_user_id = email.strip(), line_user_id.strip()
    if email and not mail.is_address(email):
        raise BadInput("ที่อยู่อีเมลไม่ถูกต้อง กรุณาตรวจตัวสะกด")
    if line_user_id and not line.is_user(line_user_id):
        raise BadInput("รหัสผู้ใช้ LINE ขึ้นต้นด้วย U ตามด้วยตัวเลขและ a–f 32 ตัว")
    user = lock(User, by.id)
    if (email, line_user_id) == (user.email, user.line_user_id):
        return
    # Before the change: so that the old address hears of it.
    notices.notify(
        [user],
        title="ที่อยู่รับข้อความของท่านเปลี่ยนแล้ว",
        words="อีเมลหรือ LINE ที่ระบบใช้ติดต่อท่านถูกเปลี่ยน หากท่านไม่ได้เปลี่ยนเอง กรุณาแจ้งผู้ดูแลระบบทันที",
    )
    user.email, user.line_user_id = email, line_user_id
    audit.record(
        Deed.STAFF_SET_ADDRESSES, f"user:{user.id}", by=by, email=bool(email), line=bool(line_user_id)
    )


def _administers(by: User | None) -> None:
    if by is not None and not by.has(Role.ADMINISTRATOR):
        raise Refused("เฉพาะผู้ดูแลระบบเท่านั้นที่จัดการบัญชีผู้ใช้ได้")


def _not_oneself(user_id: int, by: User | None) -> None:
    if by is not None and by.id == user_id:
        raise Refused("จัดการบัญชีของตนเองไม่ได้ กรุณาให้ผู้ดูแลระบบอีกท่านหนึ่งทำรายการนี้")


def _scope(role: Role, *, area_code: str, dimension: str, network_code: str) -> None:
    """Raises BadInput for a scope that does not exist, is missing where it must be, or means nothing to the role."""
    if area_code:
        if role not in AREA_ROLES:
            raise BadInput(f"บทบาท{ROLE_NAMES[role]}ไม่แบ่งตามพื้นที่ กรุณาเว้นว่าง")
        if not re.fullmatch(r"[0-9]{4}|[0-9]{6}", area_code) or not area_code.startswith(
            Profile.here().province_code
        ):
            raise BadInput("รหัสพื้นที่ต้องเป็นรหัสอำเภอ 4 หลัก หรือตำบล 6 หลัก ของจังหวัดนี้")
        places.district(area_code[:4])
        if len(area_code) == 6 and places.subdistrict(area_code) is None:
            raise BadInput(f"ไม่รู้จักรหัสตำบล “{area_code}” กรุณาใช้รหัสหกหลักของกรมการปกครอง")
    elif role is Role.DISTRICT_OFFICER:
        raise BadInput("เจ้าหน้าที่อำเภอต้องมีพื้นที่ กรุณาเลือกอำเภอ")
    if dimension:
        if role not in DIMENSION_ROLES:
            raise BadInput(f"บทบาท{ROLE_NAMES[role]}ไม่แบ่งตามมิติ กรุณาเว้นว่าง")
        Profile.here().sides.offer(dimension)
    elif role is Role.DIMENSION_SECRETARY:
        raise BadInput("เลขานุการคณะทำงานมิติต้องมีมิติ กรุณาเลือกมิติ")
    if network_code:
        if role is not Role.TREASURER:
            raise BadInput(f"บทบาท{ROLE_NAMES[role]}ไม่ผูกกับเครือข่าย กรุณาเว้นว่าง")
        if not re.fullmatch(r"[A-Z0-9]{2,12}", network_code) or (network_code not in networks()):
            raise BadInput(f"ไม่รู้จักเครือข่าย “{network_code}” กรุณาตรวจรหัส หรือเพิ่มเครือข่ายก่อน")
    elif role is Role.TREASURER:
        raise BadInput("เหรัญญิกต้องมีเครือข่าย กรุณาระบุรหัสเครือข่าย")


def _at_machine(by: User | None) -> dict[str, str]:
    """For the trail: whose hand it was where nobody was signed in."""
    return {} if by else {"operator": operator()}


def _scope_of(given: Grant) -> dict[str, str]:
    scope = {"area": given.area_code, "dimension": given.dimension, "network": given.network_code}
    return {
        "role": given.role,
        **{name: value for name, value in scope.items() if value},
        **({"approval": str(given.approval_request_id)} if given.approval_request_id else {}),
        **({"order_number": given.order_number} if given.order_number else {}),
        **({"ends_on": given.ends_on.isoformat()} if given.ends_on else {}),
    }
