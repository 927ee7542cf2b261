"""Signatories: who may approve that money leaves, named by an order; and the rule of how many of them sign."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from app.fund.spending.records import PaymentApproval, Signatory, SignatoryGroup
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import short_date
from app.province.profile import Signing
from app.staff import approvals, audit
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

NAME = "signatory.name"
#: Only who holds one of these roles can sign.
HOLDERS = (Role.CHAIR, Role.FINANCE, Role.FUND_OFFICER)


def of(user: User) -> Signatory | None:
    """What this person signs as today."""
    if user.closed_at is not None or not user.has(*HOLDERS):
        return None
    return db.session().scalars(select(Signatory).where(_today(), Signatory.user_id == user.id)).one_or_none()


def _today() -> ColumnElement[bool]:
    today = clock.today()
    return (
        Signatory.ended_at.is_(None)
        & (Signatory.from_on <= today)
        & or_(Signatory.to_on.is_(None), Signatory.to_on >= today)
    )


def _with_roles() -> Select[Signatory]:
    """Signatories with what each of them may do besides, in two queries for all."""
    return select(Signatory).options(joinedload(Signatory.user).selectinload(User.grants))


def every() -> list[Signatory]:
    """All who were ever named, those of today first."""
    found = db.session().scalars(_with_roles().order_by(Signatory.id.desc()))
    return sorted(found, key=lambda signatory: not in_force(signatory))


def in_force(signatory: Signatory) -> bool:
    today = clock.today()
    return (
        signatory.ended_at is None
        and signatory.from_on <= today
        and (signatory.to_on is None or signatory.to_on >= today)
        and signatory.user.closed_at is None
        and signatory.user.has(*HOLDERS)
    )


def count() -> int:
    """How many can sign today."""
    return sum(in_force(signatory) for signatory in db.session().scalars(_with_roles().where(_today())))


def is_met(needed: int, group: str, signed: Iterable[PaymentApproval]) -> bool:
    """Whether so many have signed, and one of them for the group that always does."""
    groups = [approval.signatory.group_code for approval in signed]
    return len(groups) >= needed and (not group or group in groups)


def words(rule: Signing) -> str:
    """The rule in Thai."""
    always = f" โดยมี{SignatoryGroup(rule.always).words}ร่วมด้วยเสมอ" if rule.always else ""
    among = f" ใน {rule.of}" if rule.of > rule.needed else ""
    return f"{rule.needed}{among} คน{always}"


def ask_name(
    user_id: int,
    *,
    group: str,
    appointed_by: str,
    from_on: date,
    to_on: date | None,
    reason: str,
    by: User,
) -> ApprovalRequest:
    """Ask that a person may sign by an order of the province; two others, of different roles, name them.

    Raises BadInput without an order or for days that cannot be, Refused for a person who holds no office in which one
    signs and for one who is named already.
    """
    user = db.session().get(User, user_id)
    if user is None or user.closed_at is not None or not user.has(*HOLDERS):
        raise Refused("ผู้มีอำนาจลงนามต้องเป็นประธาน เจ้าหน้าที่การเงิน หรือฝ่ายเลขานุการของกองทุน")
    if group not in [known.value for known in SignatoryGroup]:
        raise BadInput("กรุณาเลือกกลุ่มของผู้ลงนาม")
    order = visible(appointed_by)
    if not 0 < len(order) <= 120:
        raise BadInput("กรุณาใส่เลขที่คำสั่งแต่งตั้ง เช่น คำสั่งจังหวัดที่ 123/2569")
    if to_on is not None and to_on < max(from_on, clock.today()):
        raise BadInput("วันสิ้นสุดต้องไม่ก่อนวันเริ่มและไม่ก่อนวันนี้")
    _refuse_named(user)
    until = short_date(to_on) if to_on else "จนกว่าจะมีคำสั่งเปลี่ยน"
    return approvals.ask(
        kind=NAME,
        subject=f"signatory:{user.id}",
        payload={
            "group": group,
            "order": order,
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat() if to_on else None,
        },
        changes=[
            ("ผู้ลงนาม", "", user.name),
            ("กลุ่ม", "", SignatoryGroup(group).words),
            ("ตามคำสั่ง", "", order),
            ("ลงนามได้", "", f"{short_date(from_on)} ถึง {until}"),
        ],
        reason=reason,
        by=by,
        concerned_id=user.id,
    )


def end(signatory_id: int, *, by: User) -> Signatory:
    """The person signs no more, from this moment. Any one of the four roles, at once: it takes no two to be careful."""
    if not by.has(*approvals.APPROVERS):
        raise Refused("เฉพาะประธาน เจ้าหน้าที่การเงิน ฝ่ายเลขานุการ หรือผู้ดูแลระบบที่สิ้นสุดอำนาจลงนามได้")
    found = lock(Signatory, signatory_id)
    if found.ended_at is None:
        found.ended_at, found.ended_by_id = clock.now(), by.id
        db.session().flush()
        audit.record(Deed.SIGNATORY_END, f"signatory:{found.id}", by=by, name=found.user.name)
    return found


def _refuse_named(user: User) -> None:
    known = select(Signatory.id).where(Signatory.user_id == user.id, Signatory.ended_at.is_(None))
    if db.session().scalar(known.limit(1)) is not None:
        raise Refused(f"{user.name} เป็นผู้มีอำนาจลงนามอยู่แล้ว กรุณาสิ้นสุดของเดิมก่อน")


def _name(approval: ApprovalRequest) -> str:
    asked, user = approval.asked, approval.concerned
    assert user is not None
    _refuse_named(user)
    made = Signatory(
        user_id=user.id,
        group_code=asked["group"],
        appointed_by=asked["order"],
        from_on=date.fromisoformat(asked["from_on"]),
        to_on=date.fromisoformat(asked["to_on"]) if asked["to_on"] else None,
        approval_request_id=approval.id,
    )
    session = db.session()
    session.add(made)
    session.flush()
    audit.record(
        Deed.SIGNATORY_NAME,
        f"signatory:{made.id}",
        by=approval.decided_by,
        approval=approval.id,
        name=user.name,
        order=asked["order"],
    )
    return f"{user.name} อนุมัติการจ่ายเงินได้ตามคำสั่ง"


APPROVALS = (approvals.ApprovalKind(NAME, title="แต่งตั้งผู้มีอำนาจลงนาม", carry_out=_name),)
