"""Stops of giving: one person ends the showing of QR codes at once, two begin it again."""

from sqlalchemy import select

from app.fund.giving.records.payment_requests import Stop
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, marked
from app.kit.texts import visible
from app.kit.thai import moment_text
from app.staff import approvals, audit, notices
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: What a giver reads meanwhile.
STOPPED = marked(
    "กองทุนหยุดรับเงินผ่าน QR ชั่วคราว จึงยังไม่แสดง QR หากท่านจ่ายไปแล้วไม่ต้องกังวล เงินที่เข้าบัญชีกองทุนยังลงบัญชีให้ตามปกติ "
    "กรุณากลับมาใหม่ภายหลัง หรือติดต่อสำนักงานกองทุนตามที่อยู่ท้ายหน้า"
)
RESUME = "giving.resume"
_SUBJECT = "giving"


def current() -> Stop | None:
    """The stop in force."""
    return db.session().scalars(select(Stop).where(Stop.ended_at.is_(None))).one_or_none()


def require_none() -> None:
    """Raises Refused while giving is stopped."""
    if current() is not None:
        raise Refused(STOPPED)


def stop(*, reason: str, by: User) -> Stop:
    """From this moment no QR code is shown or drawn for a payer, on any page. Any one of the four roles, at once."""
    if not by.has(*approvals.APPROVERS):
        raise Refused(
            gettext("เฉพาะประธาน เจ้าหน้าที่การเงิน ฝ่ายเลขานุการ หรือผู้ดูแลระบบที่หยุดรับเงินได้ กรุณาแจ้งท่านใดท่านหนึ่ง")
        )
    reason = visible(reason)
    if not 1 <= len(reason) <= 300:
        raise BadInput(gettext("กรุณาบอกเหตุผลที่หยุดรับเงิน ไม่เกิน 300 ตัวอักษร"))
    if current() is not None:
        raise Refused(gettext("มีผู้หยุดรับเงินไว้แล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด"))
    made = Stop(stopped_at=clock.now(), stopped_by_id=by.id, reason=reason)
    session = db.session()
    session.add(made)
    session.flush()
    audit.record(Deed.GIVING_STOP, "giving", by=by, reason=reason)
    _notify("หยุดรับเงินผ่าน QR แล้ว", f"{by.name} หยุดรับเงินผ่าน QR ทุกช่องทาง เหตุผล: {reason}")
    return made


def ask_resume(*, reason: str, by: User) -> ApprovalRequest:
    """Ask for giving to begin again; it does when a second person of another role approves."""
    found = current()
    if found is None:
        raise Refused(gettext("กองทุนรับเงินอยู่ตามปกติ ไม่ต้องเปิดอีกครั้ง"))
    return approvals.ask(
        kind=RESUME,
        subject=_SUBJECT,
        payload={"stop": found.id},
        changes=[("การรับเงินผ่าน QR", f"หยุดตั้งแต่ {moment_text(found.stopped_at)}", "รับเงินตามปกติ")],
        reason=reason,
        by=by,
    )


def _resume(approval: ApprovalRequest) -> str:
    found = lock(Stop, approval.asked["stop"])
    if found.ended_at is not None:
        raise Refused(gettext("กองทุนรับเงินอยู่ตามปกติแล้ว คำขอนี้จึงไม่มีผล กรุณาไม่อนุมัติ"))
    found.ended_at, found.approval_request_id = clock.now(), approval.id
    db.session().flush()
    audit.record(Deed.GIVING_RESUME, "giving", by=approval.decided_by, approval=approval.id)
    decided = approval.decided_by.name if approval.decided_by else ""
    _notify(
        "เปิดรับเงินผ่าน QR อีกครั้งแล้ว",
        f"ขอโดย {approval.asked_by.name} อนุมัติโดย {decided} เหตุผล: {approval.reason}",
    )
    return "เปิดรับเงินอีกครั้งแล้ว QR แสดงตามปกติ"


def _notify(title: str, words: str) -> None:
    notices.notify(
        notices.holders(Role.CHAIR, Role.FINANCE, Role.AUDITOR), title=title, words=words, href="/fund/setup"
    )


APPROVALS = (approvals.ApprovalKind(RESUME, title="เปิดรับเงินผ่าน QR อีกครั้ง", carry_out=_resume),)
