"""Approvals: what one person asks for and another approves before it is done (maker and checker).

One table, one queue and one page for every room. For example, Kanya (finance) asks for a new receiving account:

    ask(kind="account.open", subject="fund_account:7", payload={"promptpay_id": …}, changes=[("พร้อมเพย์", "–", "0994…")],
        reason="…", by=kanya)                        -> ApprovalRequest 12, status "waiting", for 14 days
    approve(12, by=kanya)                            -> Refused: she asked
    approve(12, by=somchai)                          -> the room's `carry_out` runs in the same transaction, or nothing is approved
    decline(12, reason="…", by=somchai)              -> "declined"; she may ask anew

Two rules of who decides: what changes who may act or where money goes needs two different roles of APPROVERS; what the finance
officer decides about money that is here already (OF_FINANCE) needs another officer of finance or the chair, and waits as long
as it must. A room lists its kinds as APPROVALS (`ApprovalKind`), which `app/rooms.py` puts together.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, Text, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db, lock
from app.kit.errors import BadInput, Refused
from app.kit.injected import Injected
from app.kit.texts import visible
from app.kit.worded import Worded
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.refusals import CONCERNED, REQUEST_ANSWERED, WHO_APPROVES
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

#: The roles of which two different ones are needed. Who holds several asks under the first of them in this order.
APPROVERS = (Role.CHAIR, Role.FINANCE, Role.ADMINISTRATOR, Role.FUND_OFFICER)
#: An approval that nobody answered in this time has to be asked for anew.
LIFE = timedelta(days=14)

#: What a finance officer asks for and another one or the chair approves. It waits as long as it must.
BANK_DECISIONS = ("bank.assign", "bank.split", "bank.exclude", "bank.link", "bank.undo")
STATEMENT_OVERRIDE, STATEMENT_WITHDRAWAL, REFUND = "statement.override", "statement.withdraw", "refund.pay"
OF_FINANCE = (*BANK_DECISIONS, STATEMENT_OVERRIDE, STATEMENT_WITHDRAWAL, REFUND)
FINANCE_APPROVERS = (Role.FINANCE, Role.CHAIR)
_IS_OF_FINANCE = f"kind IN ({', '.join(repr(kind) for kind in OF_FINANCE)})"


_ANSWERED_OF_FINANCE = "มีผู้ตอบเรื่องนี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล"


class ApprovalStatus(Worded):
    """What became of a request. All but WAITING are its decision."""

    WAITING = "waiting", "รออนุมัติ", "warning"
    APPROVED = "approved", "อนุมัติแล้ว", "success"
    DECLINED = "declined", "ไม่อนุมัติ", "danger"
    WITHDRAWN = "withdrawn", "ผู้ขอถอน"
    EXPIRED = "expired", "พ้นกำหนด"


class ApprovalRequest(Base):
    """One deed asked for, and what became of it. What was asked never changes and an answer is final (triggers); who
    approves is another person than who asked, and neither is the one concerned. They hold different ones of the four
    roles, but for what is of finance."""

    __tablename__ = "approval_request"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Which deed, as `room.verb`: "account.open". The room that owns it lists it in rooms.py.
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
    #: Empty for what is of finance.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Empty while it waits.
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_role: Mapped[str | None] = mapped_column(String(24))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it was declined, or taken back.
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
            name="another_person",
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
            f"decision IS NULL OR decision <> 'approved' OR decided_role <> asked_role OR {_IS_OF_FINANCE}",
            name="other_role",
        ),
        CheckConstraint(
            f"NOT {_IS_OF_FINANCE} OR (asked_role = 'finance' "
            "AND (decided_role IS NULL OR decided_role IN ('finance', 'chair')))",
            name="finance_roles",
        ),
        CheckConstraint(f"(expires_at IS NULL) = ({_IS_OF_FINANCE})", name="expires_pair"),
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
        Index("ix_approval_request_subject", "subject"),
        # Of finance one thing is asked about a subject, whatever its kind.
        Index(
            "uq_approval_request_open_of_finance",
            "subject",
            unique=True,
            sqlite_where=text(f"decision IS NULL AND {_IS_OF_FINANCE}"),
            postgresql_where=text(f"decision IS NULL AND {_IS_OF_FINANCE}"),
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
    def change_rows(self) -> list[tuple[str, str, str]]:
        """Label, before and after of everything that changes."""
        return [(label, before, after) for label, before, after in json.loads(self.changes)]

    @property
    def title(self) -> str:
        kind = KINDS.get().get(self.kind)
        return kind.title_of(self) if kind else self.kind

    @property
    def status(self) -> ApprovalStatus:
        if self.decision:
            return ApprovalStatus(self.decision)
        is_open = self.expires_at is None or clock.now() < self.expires_at
        return ApprovalStatus.WAITING if is_open else ApprovalStatus.EXPIRED

    @property
    def is_of_finance(self) -> bool:
        return self.kind in OF_FINANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """How the trail tells of a kind."""

    ask: Deed = Deed.APPROVAL_ASK
    approve: Deed = Deed.APPROVAL_APPROVE
    decline: Deed = Deed.APPROVAL_DECLINE
    withdraw: Deed = Deed.APPROVAL_WITHDRAW


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A deed that waits for a second person: what it is called, and how it is done once approved."""

    kind: str
    title: str | Callable[[ApprovalRequest], str]
    #: Runs inside the transaction of the approval and gives the words for whoever approved. It raises Refused when the
    #: world is no longer as the asker saw it; then nothing is approved either.
    carry_out: Callable[[ApprovalRequest], str]
    #: Runs when it is not to be done after all.
    leave: Callable[[ApprovalRequest], None] | None = None
    #: Runs before the request is locked, where the room's own locks come first.
    lock_first: Callable[[], None] | None = None
    #: Written to the trail of the subject, or of what the payload names as `about`, instead of the request's.
    deeds: Deeds = field(default_factory=Deeds)
    #: Refuses the asker.
    not_own: str = "ท่านเป็นผู้ขอเรื่องนี้ จึงตัดสินเองไม่ได้ กรุณาให้ผู้ถือบทบาทอื่นอนุมัติ หรือถอนคำขอ"

    def title_of(self, request: ApprovalRequest) -> str:
        return self.title(request) if callable(self.title) else self.title


#: Every kind of deed that a room has asked for, by its name.
KINDS: Injected[Mapping[str, ApprovalKind]] = Injected("deeds that wait for a second person")


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
    """Ask for a deed; it waits for a second person of another role, at most LIFE, or for another of finance or the
    chair. Inside a transaction.

    `changes` are label, before and after in words. Raises Refused for anyone but those who may ask, for the person
    concerned and while the same is asked already, BadInput without a reason (of finance the room asks for one).
    """
    if kind not in KINDS.get():
        raise LookupError(f"no room lists {kind}")
    is_of_finance = kind in OF_FINANCE
    role = (Role.FINANCE if by.has(Role.FINANCE) else None) if is_of_finance else _role_of(by)
    if role is None:
        raise Refused(f"เฉพาะ{'เจ้าหน้าที่การเงิน' if is_of_finance else WHO_APPROVES}ที่ขอเรื่องนี้ได้")
    if concerned_id == by.id:
        raise Refused(CONCERNED)
    reason = visible(reason)
    if not (0 if is_of_finance else 1) <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลไม่เกิน 300 ตัวอักษร ผู้อนุมัติจะเห็นข้อความนี้")
    session, now = db.session(), clock.now()
    same = select(ApprovalRequest).where(
        ApprovalRequest.kind == kind, ApprovalRequest.subject == subject, ApprovalRequest.decision.is_(None)
    )
    waiting = session.scalars(same.with_for_update(of=ApprovalRequest)).one_or_none()
    if waiting is not None and waiting.status == ApprovalStatus.EXPIRED:
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
        expires_at=None if is_of_finance else now + LIFE,
    )
    session.add(made)
    session.flush()
    _record(made, KINDS.get()[kind].deeds.ask, by=by, role=role, reason=reason, changes=made.change_rows)
    return made


def approve(approval_request_id: int, *, by: User) -> tuple[ApprovalRequest, str]:
    """Approve and do exactly what was asked, together. Returns the approval and the deed's words. Inside a transaction.

    Raises Refused for the asker, the person concerned and one who may not decide this kind; when it was answered,
    withdrawn or too old; and whatever the deed itself refuses now.
    """
    found, kind = _lock_waiting(approval_request_id, by=by)
    if found.asked_by_id == by.id:
        raise Refused(kind.not_own)
    role = _deciding_role(found, by)
    if role is None and found.is_of_finance:
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานอนุมัติหรือยืนยันเรื่องนี้ได้")
    if role is None:
        raise Refused(
            f"คำขอนี้ขอในบทบาท{ROLE_NAMES[Role(found.asked_role)]} ผู้อนุมัติต้องถือบทบาทอื่นใน {WHO_APPROVES} "
            "กรุณาให้ผู้ถือบทบาทอื่นอนุมัติ"
        )
    if not found.asked_by.has(Role(found.asked_role)):
        raise Refused("ผู้ขอไม่ได้ถือบทบาทที่ใช้ขอเรื่องนี้แล้ว จึงอนุมัติไม่ได้ กรุณาไม่อนุมัติ แล้วให้ผู้มีหน้าที่ขอใหม่")
    _decide(found, ApprovalStatus.APPROVED, by=by, role=role)
    _record(found, kind.deeds.approve, by=by, role=role, asked_by=found.asked_by.sign_in_name)
    return found, kind.carry_out(found)


def decline(approval_request_id: int, *, reason: str, by: User) -> ApprovalRequest:
    """Say no, with a reason; the asker may ask anew.

    Whoever may decide it, but the person concerned and, where two roles are needed, the asker. Of what is of finance the asker
    takes it back this way. Raises Refused for anyone else and for what was answered, BadInput without a reason.
    """
    found, kind = _lock_waiting(approval_request_id, by=by)
    if found.asked_by_id == by.id and not found.is_of_finance:
        raise Refused(kind.not_own)
    role = _deciding_role(found, by) or (None if found.is_of_finance else _role_of(by))
    if role is None and found.is_of_finance:
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานตอบเรื่องนี้ได้")
    if role is None:
        raise Refused(f"เฉพาะ{WHO_APPROVES}ที่ตอบเรื่องนี้ได้")
    reason = visible(reason)
    if not (0 if found.is_of_finance else 1) <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ไม่อนุมัติ ไม่เกิน 300 ตัวอักษร")
    found.answer = reason
    if found.asked_by_id == by.id:
        return _withdraw(found, kind, by=by)
    _decide(found, ApprovalStatus.DECLINED, by=by, role=role)
    _record(found, kind.deeds.decline, by=by, role=role, reason=reason)
    return _left(found, kind)


def withdraw(approval_request_id: int, *, by: User) -> ApprovalRequest:
    """The asker takes the request back."""
    found, kind = _lock_waiting(approval_request_id)
    if found.asked_by_id != by.id:
        raise Refused("ถอนได้เฉพาะผู้ขอ หากไม่เห็นด้วย กรุณากดไม่อนุมัติ")
    return _withdraw(found, kind, by=by)


def _withdraw(found: ApprovalRequest, kind: ApprovalKind, *, by: User) -> ApprovalRequest:
    _decide(found, ApprovalStatus.WITHDRAWN, by=by)
    _record(found, kind.deeds.withdraw, by=by, **({"reason": found.answer} if found.answer else {}))
    return _left(found, kind)


def _left(found: ApprovalRequest, kind: ApprovalKind) -> ApprovalRequest:
    if kind.leave is not None:
        kind.leave(found)
    return found


def lapse(found: ApprovalRequest) -> None:
    """End a request whose subject is gone, as if nobody had answered in time. Inside a transaction."""
    if found.decision is None:
        _lapse(found)


def lapse_due() -> int:
    """End every request that nobody answered in time. Returns how many. Inside a transaction."""
    due = select(ApprovalRequest).where(
        ApprovalRequest.decision.is_(None), ApprovalRequest.expires_at <= clock.now()
    )
    found = (
        db.session()
        .scalars(due.order_by(ApprovalRequest.id).with_for_update(of=ApprovalRequest, skip_locked=True))
        .all()
    )
    for request in found:
        _lapse(request)
    return len(found)


def find(approval_request_id: int) -> ApprovalRequest | None:
    return (
        db.session().get(ApprovalRequest, approval_request_id) if abs(approval_request_id) < 2**63 else None
    )


def waiting(*, of_finance: bool | None = None) -> list[ApprovalRequest]:
    """Requests without an answer, oldest first: all, or with `of_finance` only those of finance or only the others."""
    statement = _waiting()
    if of_finance is not None:
        is_of_finance = ApprovalRequest.kind.in_(OF_FINANCE)
        statement = statement.where(is_of_finance if of_finance else ~is_of_finance)
    return list(db.session().scalars(statement.order_by(ApprovalRequest.id)))


def _waiting() -> Select[ApprovalRequest]:
    in_time = or_(ApprovalRequest.expires_at.is_(None), ApprovalRequest.expires_at > clock.now())
    return select(ApprovalRequest).where(ApprovalRequest.decision.is_(None), in_time)


def waiting_for(kind: str, subject: str) -> ApprovalRequest | None:
    """The request for this deed that waits."""
    return db.session().scalars(_waiting().filter_by(kind=kind, subject=subject)).one_or_none()


def about(subject: str, kinds: Sequence[str]) -> list[ApprovalRequest]:
    """Every request of these kinds about this subject, answered or not, oldest first."""
    statement = select(ApprovalRequest).where(
        ApprovalRequest.subject == subject, ApprovalRequest.kind.in_(kinds)
    )
    return list(db.session().scalars(statement.order_by(ApprovalRequest.id)))


def waiting_about(subject: str, kinds: Sequence[str]) -> list[ApprovalRequest]:
    """Those of them that wait."""
    statement = _waiting().where(ApprovalRequest.subject == subject, ApprovalRequest.kind.in_(kinds))
    return list(db.session().scalars(statement.order_by(ApprovalRequest.id)))


def count_of_finance() -> int:
    """How many requests of finance wait."""
    counted = select(func.count()).select_from(ApprovalRequest)
    counted = counted.where(ApprovalRequest.kind.in_(OF_FINANCE), ApprovalRequest.decision.is_(None))
    return db.session().scalar(counted) or 0


def may_see(request: ApprovalRequest, user: User) -> bool:
    """Whether a reader of the queue sees this one: what is of finance tells of givers, and is finance's and the auditor's."""
    return not request.is_of_finance or user.has(*FINANCE_APPROVERS, Role.AUDITOR)


def may_approve(request: ApprovalRequest, user: User) -> bool:
    """Whether this person can approve a request that waits."""
    return (
        request.status == ApprovalStatus.WAITING
        and user.id not in (request.asked_by_id, request.concerned_id)
        and _deciding_role(request, user) is not None
    )


def _deciding_role(request: ApprovalRequest, user: User) -> Role | None:
    if request.is_of_finance:
        return next((role for role in FINANCE_APPROVERS if user.has(role)), None)
    return _role_of(user, but=request.asked_role)


def _role_of(user: User, *, but: str = "") -> Role | None:
    return next((role for role in APPROVERS if role != but and user.has(role)), None)


def _lock_waiting(
    approval_request_id: int, *, by: User | None = None
) -> tuple[ApprovalRequest, ApprovalKind]:
    known = find(approval_request_id)
    kind = KINDS.get()[known.kind] if known is not None else None
    if kind is not None and kind.lock_first is not None:
        kind.lock_first()
    found = lock(ApprovalRequest, approval_request_id)
    if found.status != ApprovalStatus.WAITING:
        raise Refused(_ANSWERED_OF_FINANCE if found.is_of_finance else REQUEST_ANSWERED)
    if by is not None and found.concerned_id == by.id:
        raise Refused(CONCERNED)
    return found, kind or KINDS.get()[found.kind]


def _decide(found: ApprovalRequest, decision: str, *, by: User | None, role: Role | None = None) -> None:
    found.decision, found.decided_at = decision, clock.now()
    found.decided_by_id, found.decided_role = by.id if by else None, role
    session = db.session()
    session.flush()
    session.expire(found, ["decided_by"])


def _lapse(found: ApprovalRequest) -> None:
    _decide(found, ApprovalStatus.EXPIRED, by=None)
    _record(found, Deed.APPROVAL_LAPSE, by=None)


def _record(found: ApprovalRequest, deed: Deed, *, by: User | None, **details: Any) -> None:
    if deed.room == "approval":
        audit.record(
            deed, f"approval_request:{found.id}", by=by, kind=found.kind, what=found.subject, **details
        )
        return
    # A room's own deed: told of the subject, with the facts of what was asked.
    facts = {name: fact for name, fact in found.asked.items() if isinstance(fact, str | int)}
    about = str(facts.pop("about", found.subject))
    audit.record(deed, about, by=by, request=found.id, what=found.kind, **facts, **details)
