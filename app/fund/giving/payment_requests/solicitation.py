"""Solicitation approvals: the leave to ask the public for money, without which no public QR code is shown."""

from datetime import date

from sqlalchemy import or_, select

from app.fund.giving.records.payment_requests import SolicitationApproval
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, marked
from app.kit.worded import Worded
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: What a visitor reads while there is none, and what they can do.
MISSING = marked(
    "กองทุนยังไม่มีหนังสืออนุมัติให้เรี่ยไรที่มีผลอยู่ จึงยังไม่แสดง QR ต่อสาธารณะ "
    "เครือข่ายยังแจ้งความประสงค์สมทบได้ตามปกติ ผู้สนใจติดต่อสำนักงานกองทุนได้ตามที่อยู่ท้ายหน้า"
)


class SolicitationStatus(Worded):
    """What an approval to solicit is worth on a day."""

    CURRENT = "current", "มีผลอยู่", "success"
    COMING = "coming", "ยังไม่ถึงวัน", "info"
    ENDED = "ended", "สิ้นสุดแล้ว"
    WITHDRAWN = "withdrawn", "ถอนแล้ว"


def status(approval: SolicitationApproval, on: date) -> SolicitationStatus:
    """What the approval is worth on a day."""
    if approval.withdrawn_at is not None:
        return SolicitationStatus.WITHDRAWN
    if approval.approved_on > on:
        return SolicitationStatus.COMING
    ended = approval.ends_on is not None and approval.ends_on < on
    return SolicitationStatus.ENDED if ended else SolicitationStatus.CURRENT


def current(on: date | None = None) -> SolicitationApproval | None:
    """The approval in force on a day, today when none is said; of several the newest."""
    on = on or clock.today()
    return (
        db.session()
        .scalars(
            select(SolicitationApproval)
            .where(
                SolicitationApproval.withdrawn_at.is_(None),
                SolicitationApproval.approved_on <= on,
                or_(SolicitationApproval.ends_on.is_(None), SolicitationApproval.ends_on >= on),
            )
            .order_by(SolicitationApproval.approved_on.desc(), SolicitationApproval.id.desc())
            .limit(1)
        )
        .one_or_none()
    )


def every() -> list[SolicitationApproval]:
    """All that was ever noted, the newest first."""
    return list(
        db.session().scalars(
            select(SolicitationApproval).order_by(
                SolicitationApproval.approved_on.desc(), SolicitationApproval.id.desc()
            )
        )
    )


def require() -> SolicitationApproval:
    """The approval in force today. Raises Refused, with words for a visitor, while there is none."""
    approval = current()
    if approval is None:
        raise Refused(MISSING)
    return approval


def note(
    *, number: str, approved_on: date, authority: str, ends_on: date | None = None, by: User | None
) -> SolicitationApproval:
    """An approval is on file from its date on. `by` None is the portal itself, when it is first filled.

    Raises BadInput for a missing number or authority, a date still to come, and an end before the beginning.
    """
    _keeps(by)
    number, authority = " ".join(number.split()), " ".join(authority.split())
    if not 1 <= len(number) <= 80:
        raise BadInput(gettext("กรุณาใส่เลขที่หนังสืออนุมัติตามหนังสือ ไม่เกิน 80 ตัวอักษร"))
    if not 1 <= len(authority) <= 200:
        raise BadInput(gettext("กรุณาใส่ผู้อนุมัติตามหนังสือ ไม่เกิน 200 ตัวอักษร"))
    if approved_on > clock.today():
        raise BadInput(gettext("วันที่อนุมัติยังมาไม่ถึง กรุณาตรวจวันที่บนหนังสือ"))
    if ends_on is not None and ends_on < approved_on:
        raise BadInput(gettext("วันสิ้นสุดมาก่อนวันที่อนุมัติ กรุณาตรวจวันที่บนหนังสือ"))
    approval = SolicitationApproval(
        number=number,
        approved_on=approved_on,
        authority=authority,
        ends_on=ends_on,
        noted_at=clock.now(),
        noted_by_id=by.id if by else None,
    )
    session = db.session()
    session.add(approval)
    session.flush()
    audit.record(Deed.SOLICITATION_NOTE, f"solicitation:{approval.id}", by=by, number=number, on=approved_on)
    return approval


def withdraw(approval_id: int, *, by: User) -> SolicitationApproval:
    """It counts no more, from this moment: noted wrongly, or the leave was taken back."""
    _keeps(by)
    approval = lock(SolicitationApproval, approval_id)
    if approval.withdrawn_at is not None:
        raise Refused(gettext("หนังสืออนุมัติฉบับนี้ถอนออกแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด"))
    approval.withdrawn_at, approval.withdrawn_by_id = clock.now(), by.id
    audit.record(Deed.SOLICITATION_WITHDRAW, f"solicitation:{approval.id}", by=by, number=approval.number)
    return approval


def _keeps(by: User | None) -> None:
    if by is not None and not by.has(Role.FUND_OFFICER):
        raise Refused(gettext("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่บันทึกและถอนหนังสืออนุมัติให้เรี่ยไรได้ กรุณาแจ้งฝ่ายเลขานุการ"))
