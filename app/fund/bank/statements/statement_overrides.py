"""Statement overrides: a file whose balances or totals do not hold, brought in all the same on the word of two people.

Nothing of such a file proves anything: its balances are not kept, its days count as unproven, and who let it in and
why stands on the proof and on the month's certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.fund.bank.records import StatementUpload, UploadState
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.staff import approvals
from app.staff.approvals import STATEMENT_OVERRIDE, ApprovalRequest, Deeds
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User


@dataclass(frozen=True, slots=True)
class StatementOverride:
    """What two people said of one file, or one asked another to say."""

    request: ApprovalRequest
    upload: StatementUpload

    @property
    def fault(self) -> str:
        """What does not hold, as the file was refused for it."""
        return str(self.request.asked["fault"])

    @property
    def words(self) -> str:
        """What was let in, by whom and why."""
        people = (self.request.asked_by, self.request.decided_by)
        names = " และ ".join(person.name for person in people if person is not None)
        return f"{self.fault} ยอมรับโดย {names} เหตุผล: {self.request.reason}"


def ask(upload_id: int, *, reason: str, by: User) -> ApprovalRequest:
    """Ask for a file to be brought in although it does not hold. Nothing of it counts until another person agrees.

    Raises Refused for a file that was refused for anything else, BadInput without a reason.
    """
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินขอให้ยอมรับไฟล์ได้")
    reason = " ".join(reason.split())
    if not 5 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ยอมรับไฟล์นี้ เช่น ธนาคารยืนยันทางโทรศัพท์ว่าพิมพ์ยอดผิด (5–300 ตัวอักษร)")
    upload = lock(StatementUpload, upload_id)
    if upload.state != UploadState.REFUSED or not upload.unproven:
        raise Refused("ไฟล์นี้ไม่ได้ติดเพราะยอดไม่ต่อเนื่องหรือยอดรวมไม่ตรง จึงยอมรับทั้งอย่างนี้ไม่ได้ กรุณาเปิดหน้านี้ใหม่")
    if of_upload(upload_id) is not None:
        raise Refused("มีผู้ขอให้ยอมรับไฟล์นี้ไว้แล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    request = approvals.ask(
        kind=STATEMENT_OVERRIDE,
        subject=f"statement_upload:{upload_id}",
        payload={"fault": upload.reason},
        changes=[("ไฟล์", "", upload.file_name), ("ที่ไม่ตรง", "", upload.reason)],
        reason=reason,
        by=by,
    )
    upload.override_request_id = request.id
    db.session().flush()
    return request


def _carry_out(request: ApprovalRequest) -> str:
    """The file is read again, without its balances, and waits to be looked at and brought in."""
    asked = select(StatementUpload.id).filter_by(override_request_id=request.id)
    upload = lock(StatementUpload, db.session().scalars(asked).one())
    if upload.state == UploadState.REFUSED:
        upload.state = UploadState.SENT
        upload.give_back()
        db.session().flush()
    return "ยืนยันแล้ว ระบบกำลังอ่านไฟล์ใหม่โดยไม่ใช้ยอดคงเหลือ แล้วรอเจ้าหน้าที่การเงินนำเข้า"


APPROVALS = (
    approvals.ApprovalKind(
        STATEMENT_OVERRIDE,
        title="ขอให้นำเข้าไฟล์ทั้งที่ยอดไม่ตรง",
        carry_out=_carry_out,
        deeds=Deeds(
            ask=Deed.STATEMENT_OVERRIDE_ASK,
            approve=Deed.STATEMENT_OVERRIDE_APPROVE,
            decline=Deed.STATEMENT_OVERRIDE_DECLINE,
            withdraw=Deed.STATEMENT_OVERRIDE_DECLINE,
        ),
        not_own="ท่านเป็นผู้ขอเรื่องนี้ จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน",
    ),
)


def confirm(request_id: int, *, by: User) -> ApprovalRequest:
    """Another person agrees: the file is read again, without its balances."""
    return approvals.approve(request_id, by=by)[0]


def refuse(request_id: int, *, by: User) -> ApprovalRequest:
    """The file stays refused. Who asked may take it back so, too."""
    return approvals.decline(request_id, reason="", by=by)


def of_upload(upload_id: int) -> StatementOverride | None:
    """What was asked about the file, answered or not; None when nothing was, or it was refused."""
    upload = db.session().get(StatementUpload, upload_id)
    request = upload.override_request if upload is not None else None
    if upload is None or request is None or request.decision not in (None, approvals.ApprovalStatus.APPROVED):
        return None
    return StatementOverride(request, upload)


def confirmed(upload_id: int) -> ApprovalRequest | None:
    """What two people said about the file; None while they have not."""
    override = of_upload(upload_id)
    return override.request if override is not None and override.request.decision else None


def waiting() -> list[StatementOverride]:
    """Every request that waits for its answer, oldest first."""
    found = (
        select(ApprovalRequest, StatementUpload)
        .join(StatementUpload, StatementUpload.override_request_id == ApprovalRequest.id)
        .where(ApprovalRequest.decision.is_(None))
        .order_by(ApprovalRequest.id)
    )
    return [StatementOverride(request, upload) for request, upload in db.session().execute(found)]


def between(first: date, last: date) -> Sequence[StatementOverride]:
    """Those of files that came in and tell of these days."""
    overrides = (
        select(ApprovalRequest, StatementUpload)
        .join(StatementUpload, StatementUpload.override_request_id == ApprovalRequest.id)
        .where(
            ApprovalRequest.decision == approvals.ApprovalStatus.APPROVED,
            StatementUpload.statement_id.is_not(None),
            StatementUpload.from_on <= last,
            StatementUpload.to_on >= first,
        )
        .order_by(ApprovalRequest.id)
    )
    return [StatementOverride(request, upload) for request, upload in db.session().execute(overrides)]
