"""Approvals: what one person asks for and a second one of another role approves before it is done."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db, explain, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

#: The roles of which two different ones are needed. Who holds several asks under the first of them in this order.
APPROVERS = (Role.CHAIR, Role.FINANCE, Role.ADMINISTRATOR, Role.FUND_OFFICER)
#: An approval that nobody answered in this time has to be asked for anew.
LIFE = timedelta(days=14)

APPROVED, DECLINED, WITHDRAWN, EXPIRED = "approved", "declined", "withdrawn", "expired"

_NAMES = "ประธาน เจ้าหน้าที่การเงิน ฝ่ายเลขานุการ หรือผู้ดูแลระบบ"
_ANSWERED = "คำขอนี้มีผู้ตัดสิน ถอน หรือพ้นกำหนดไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล"
_OTHER_ROLE = "ผู้ขอกับผู้อนุมัติต้องเป็นคนละคนและถือบทบาทต่างกัน ทั้งคู่ต้องยังถือบทบาทนั้นอยู่ กรุณาให้อีกท่านหนึ่งอนุมัติ"
_CONCERNED = "คำขอนี้เกี่ยวกับตัวบุคคลนั้นเอง ผู้นั้นจึงขอหรืออนุมัติไม่ได้ กรุณาให้อีกสองท่านทำรายการนี้"

explain("uq_approval_request_open", "เรื่องนี้มีคำขอที่รอผู้อนุมัติอยู่แล้ว กรุณาเปิดหน้า “รอผู้อนุมัติ” หรือถอนคำขอเดิมก่อน")
explain("approval_request_decided_once", _ANSWERED)
explain("final_approval_request", "คำขอที่ส่งแล้วแก้ไขไม่ได้ กรุณาถอนแล้วขอใหม่")
explain("kept_approval_request", "คำขอที่ส่งแล้วลบไม่ได้ กรุณาถอนแทน")
explain("approval_request_asked_in_role", f"เฉพาะ{_NAMES}ที่ขอเรื่องนี้ได้")
for _name in (
    "approval_request_decided_in_role",
    "ck_approval_request_other_hand",
    "ck_approval_request_other_role",
):
    explain(_name, _OTHER_ROLE)
for _name in ("ck_approval_request_not_concerned", "ck_approval_request_not_concerned_asking"):
    explain(_name, _CONCERNED)


class ApprovalRequest(Base):
    """One deed asked for, and what became of it. What was asked never changes and an answer is final (triggers); who
    approves is another person than who asked, holds another of the four roles, and neither is the one concerned."""

    __tablename__ = "approval_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Which deed, as `room.verb`: "account.open". The room that owns it registers it.
    kind: Mapped[str] = mapped_column(String(40))
    #: On what, as `kind:id`; one open request a kind and subject.
    subject: Mapped[str] = mapped_column(String(80))
    #: JSON: what the deed is done with. Never a password.
    payload: Mapped[str] = mapped_column(Text)
    #: JSON: label, before and after of everything that changes, in words, as both people read it.
    changes: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300))
    #: Whose role or password it is; empty for what concerns no single person.
    concerned_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_role: Mapped[str] = mapped_column(String(24))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Empty while it waits.
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_role: Mapped[str | None] = mapped_column(String(24))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it was declined.
    answer: Mapped[str] = mapped_column(String(300), default="")

    asked_by: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[decided_by_id])
    concerned: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[concerned_id])

    __table_args__ = (
        CheckConstraint(
            "decision IN ('approved', 'declined', 'withdrawn', 'expired')", name="known_decision"
        ),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_pair"),
        CheckConstraint(
            "(decision IS NOT NULL AND decision <> 'expired') = (decided_by_id IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "decision IS NULL OR decision NOT IN ('approved', 'declined') OR decided_by_id <> asked_by_id",
            name="other_hand",
        ),
        CheckConstraint(
            "decision IS NULL OR decision <> 'withdrawn' OR decided_by_id = asked_by_id",
            name="withdrawn_by_asker",
        ),
        CheckConstraint(
            "(decision IS NOT NULL AND decision IN ('approved', 'declined')) = (decided_role IS NOT NULL)",
            name="role_pair",
        ),
        CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR decided_role <> asked_role", name="other_role"
        ),
        CheckConstraint("concerned_id IS NULL OR concerned_id <> asked_by_id", name="not_concerned_asking"),
        CheckConstraint(
            "concerned_id IS NULL OR decision IS NULL OR decision NOT IN ('approved', 'declined') "
            "OR concerned_id <> decided_by_id",
            name="not_concerned",
        ),
        CheckConstraint(
            "asked_role IN ('chair', 'finance', 'fund_officer', 'administrator') AND (decided_role IS NULL OR "
            "decided_role IN ('chair', 'finance', 'fund_officer', 'administrator'))",
            name="known_roles",
        ),
        Index(
            "uq_approval_request_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )

    @property
    def asked(self) -> dict[str, Any]:
        """What the deed is done with."""
        found: dict[str, Any] = json.loads(self.payload)
        return found

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Label, before and after of everything that changes."""
        return [(label, before, after) for label, before, after in json.loads(self.changes)]

    @property
    def title(self) -> str:
        kind = _KINDS.get(self.kind)
        return kind.title if kind else self.kind

    @property
    def standing(self) -> str:
        """waiting, approved, declined, withdrawn or expired."""
        if self.decision:
            return self.decision
        return "waiting" if clock.now() < self.expires_at else EXPIRED


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    carry_out: Callable[[ApprovalRequest], str]


_KINDS: dict[str, _Kind] = {}


def register(kind: str, *, title: str, carry_out: Callable[[ApprovalRequest], str]) -> None:
    """Let the room that owns a deed say what it is called and how it is done once approved.

    `carry_out` runs inside the transaction of the approval and gives the words for whoever approved. It raises Refused
    when the world is no longer as the asker saw it; then nothing is approved either.
    """
    _KINDS[kind] = _Kind(title, carry_out)


def ask(
    *,
    kind: str,
    subject: str,
    payload: Mapping[str, Any],
    changes: Sequence[tuple[str, str, str]],
    reason: str,
    by: User,
    concerned_id: int | None = None,
) -> ApprovalRequest:
    """Ask for a deed; it waits for a second person of another role, at most LIFE. Inside a transaction.

    `changes` are label, before and after in words. Raises Refused for anyone but the four roles, for the person
    concerned and while the same is asked already, BadInput without a reason.
    """
    if kind not in _KINDS:
        raise LookupError(f"nobody registered {kind}")
    role = _role_of(by)
    if role is None:
        raise Refused(f"เฉพาะ{_NAMES}ที่ขอเรื่องนี้ได้")
    if concerned_id == by.id:
        raise Refused(_CONCERNED)
    reason = visible(reason)
    if not 1 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลไม่เกิน 300 ตัวอักษร ผู้อนุมัติจะเห็นข้อความนี้")
    session, now = db.session(), clock.now()
    same = select(ApprovalRequest).where(
        ApprovalRequest.kind == kind, ApprovalRequest.subject == subject, ApprovalRequest.decision.is_(None)
    )
    waiting = session.scalars(same.with_for_update(of=ApprovalRequest)).one_or_none()
    if waiting is not None and waiting.expires_at <= now:
        _lapse(waiting)
    elif waiting is not None:
        raise Refused(
            f"{waiting.asked_by.name} ขอเรื่องนี้ไว้แล้วและกำลังรอผู้อนุมัติ กรุณาเปิดหน้า “รอผู้อนุมัติ” หรือให้ผู้ขอถอนก่อน"
        )
    made = ApprovalRequest(
        kind=kind,
        subject=subject,
        payload=json.dumps(payload, sort_keys=True, ensure_ascii=False),
        changes=json.dumps(list(changes), ensure_ascii=False),
        reason=reason,
        concerned_id=concerned_id,
        asked_by_id=by.id,
        asked_role=role,
        asked_at=now,
        expires_at=now + LIFE,
    )
    session.add(made)
    session.flush()
    _record(made, Deed.APPROVAL_ASK, by=by, role=role, reason=reason, changes=made.told)
    return made


def approve(approval_request_id: int, *, by: User) -> tuple[ApprovalRequest, str]:
    """Approve and do exactly what was asked, together. Returns the approval and the deed's words. Inside a transaction.

    Raises Refused for the asker, the person concerned and one who holds no other of the four roles; when it was
    answered, withdrawn or too old; and whatever the deed itself refuses now.
    """
    found = _lock_waiting(approval_request_id, by=by)
    role = _role_of(by, but=found.asked_role)
    if role is None:
        raise Refused(
            f"คำขอนี้ขอในบทบาท{ROLE_NAMES[Role(found.asked_role)]} ผู้อนุมัติต้องถือบทบาทอื่นใน {_NAMES} "
            "กรุณาให้ผู้ถือบทบาทอื่นอนุมัติ"
        )
    if not found.asked_by.has(Role(found.asked_role)):
        raise Refused("ผู้ขอไม่ได้ถือบทบาทที่ใช้ขอเรื่องนี้แล้ว จึงอนุมัติไม่ได้ กรุณาไม่อนุมัติ แล้วให้ผู้มีหน้าที่ขอใหม่")
    _decide(found, APPROVED, by=by, role=role)
    _record(found, Deed.APPROVAL_APPROVE, by=by, role=role, asked_by=found.asked_by.sign_in_name)
    return found, _KINDS[found.kind].carry_out(found)


def decline(approval_request_id: int, *, reason: str, by: User) -> ApprovalRequest:
    """Say no, with a reason; the asker may ask anew. Any of the four roles but the asker and the person concerned."""
    found = _lock_waiting(approval_request_id, by=by)
    role = _role_of(by, but=found.asked_role) or _role_of(by)
    if role is None:
        raise Refused(f"เฉพาะ{_NAMES}ที่ตอบเรื่องนี้ได้")
    reason = visible(reason)
    if not 1 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ไม่อนุมัติ ไม่เกิน 300 ตัวอักษร")
    found.answer = reason
    _decide(found, DECLINED, by=by, role=role)
    _record(found, Deed.APPROVAL_DECLINE, by=by, role=role, reason=reason)
    return found


def withdraw(approval_request_id: int, *, by: User) -> ApprovalRequest:
    """The asker takes the request back."""
    found = lock(ApprovalRequest, approval_request_id)
    if found.standing != "waiting":
        raise Refused(_ANSWERED)
    if found.asked_by_id != by.id:
        raise Refused("ถอนได้เฉพาะผู้ขอ หากไม่เห็นด้วย กรุณากดไม่อนุมัติ")
    _decide(found, WITHDRAWN, by=by)
    _record(found, Deed.APPROVAL_WITHDRAW, by=by)
    return found


def lapse_due() -> int:
    """Write down which requests nobody answered in time. Returns how many. Inside a transaction."""
    due = select(ApprovalRequest).where(
        ApprovalRequest.decision.is_(None), ApprovalRequest.expires_at <= clock.now()
    )
    found = (
        db.session()
        .scalars(due.order_by(ApprovalRequest.id).with_for_update(of=ApprovalRequest, skip_locked=True))
        .all()
    )
    for one in found:
        _lapse(one)
    return len(found)


def find(approval_request_id: int) -> ApprovalRequest | None:
    return (
        db.session().get(ApprovalRequest, approval_request_id) if abs(approval_request_id) < 2**63 else None
    )


def waiting() -> list[ApprovalRequest]:
    """All that wait, the oldest first."""
    statement = select(ApprovalRequest).where(
        ApprovalRequest.decision.is_(None), ApprovalRequest.expires_at > clock.now()
    )
    return list(db.session().scalars(statement.order_by(ApprovalRequest.id)))


def waiting_for(kind: str, subject: str) -> ApprovalRequest | None:
    """The request for this deed that waits."""
    return next((one for one in waiting() if (one.kind, one.subject) == (kind, subject)), None)


def may_approve(one: ApprovalRequest, user: User) -> bool:
    """Whether this person can be the second hand of a request that waits."""
    return (
        one.standing == "waiting"
        and user.id not in (one.asked_by_id, one.concerned_id)
        and _role_of(user, but=one.asked_role) is not None
    )


def _role_of(user: User, *, but: str = "") -> Role | None:
    return next((role for role in APPROVERS if role != but and user.has(role)), None)


def _lock_waiting(approval_request_id: int, *, by: User) -> ApprovalRequest:
    found = lock(ApprovalRequest, approval_request_id)
    if found.standing != "waiting":
        raise Refused(_ANSWERED)
    if found.asked_by_id == by.id:
        raise Refused("ท่านเป็นผู้ขอเรื่องนี้ จึงตัดสินเองไม่ได้ กรุณาให้ผู้ถือบทบาทอื่นอนุมัติ หรือถอนคำขอ")
    if found.concerned_id == by.id:
        raise Refused(_CONCERNED)
    return found


def _decide(found: ApprovalRequest, decision: str, *, by: User | None, role: Role | None = None) -> None:
    found.decision, found.decided_at = decision, clock.now()
    found.decided_by_id, found.decided_role = by.id if by else None, role
    session = db.session()
    session.flush()
    session.expire(found, ["decided_by"])


def _lapse(found: ApprovalRequest) -> None:
    _decide(found, EXPIRED, by=None)
    _record(found, Deed.APPROVAL_LAPSE, by=None)


def _record(found: ApprovalRequest, deed: Deed, *, by: User | None, **details: Any) -> None:
    audit.record(deed, f"approval_request:{found.id}", by=by, kind=found.kind, what=found.subject, **details)
