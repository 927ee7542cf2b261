"""The issuer: in whose name receipts are issued, kept in dated versions, and what must be known before any can be."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.fund.giving.records.receipts import IssuerVersion
from app.fund.giving.refusals import ISSUER_CHANGED_MEANWHILE
from app.kit import clock, national_id
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.language import marked
from app.kit.texts import visible
from app.province.profile import Issuer, Profile
from app.settings import Settings
from app.staff import approvals, audit, notices
from app.staff.approvals import ApprovalRequest
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: The tax ID of the profiles as they are delivered: well formed, and nobody's. Good for the demonstration alone.
PLACEHOLDER = "0000000000001"
#: Who asks for a new version; another of them, of another role, approves it.
EDITORS = approvals.APPROVERS
NOTE = "issuer.note"


#: Only a registration may speak of tax on a receipt, and the receipt then does so by itself.
_OF_TAX = ("ลดหย่อน", "หักภาษี", "หักลดภาษี", "e-donation", "edonation")


def issuer() -> Issuer:
    """Who issues this fund's receipts now: the newest version, the profile's before there is any."""
    version = newest()
    if version is not None:
        return version.issuer
    profile = Profile.here()
    return profile.issuer


def newest() -> IssuerVersion | None:
    """The version that counts now."""
    latest = select(IssuerVersion).order_by(IssuerVersion.number.desc()).limit(1)
    return db.session().scalars(latest).one_or_none()


def versions() -> list[tuple[IssuerVersion, str, str]]:
    """All versions with the names of who asked for them and who approved, the newest first."""
    approver = aliased(User)
    rows = db.session().execute(
        select(IssuerVersion, User.name, approver.name)
        .outerjoin(User, User.id == IssuerVersion.noted_by_id)
        .outerjoin(ApprovalRequest, ApprovalRequest.id == IssuerVersion.approval_request_id)
        .outerjoin(approver, approver.id == ApprovalRequest.decided_by_id)
        .order_by(IssuerVersion.number.desc())
    )
    return [(version, name or "", approved or "") for version, name, approved in rows]


def missing(wanted: Issuer | None = None) -> list[str]:
    """What a receipt must say of its issuer and cannot yet, in Thai; empty when receipts can be issued.

    Name, address and tax ID: Revenue Department news 4/2550 on what a receipt of a donation says.
    """
    wanted = wanted or issuer()
    found = []
    if not wanted.name_th.strip():
        found.append(marked("ชื่อผู้ออกใบเสร็จ"))
    if not wanted.address_th.strip():
        found.append(marked("ที่อยู่ผู้ออกใบเสร็จ"))
    if not national_id.is_valid_tax_id(wanted.tax_id) or is_nobodys(wanted.tax_id):
        found.append(marked("เลขประจำตัวผู้เสียภาษีของกองทุน"))
    return found


def is_complete() -> bool:
    """Whether receipts can be issued."""
    return not missing()


def is_nobodys(tax_id: str) -> bool:
    """Whether this is the number that the profiles are delivered with, which counts in the demonstration alone."""
    settings = Settings.here()
    return tax_id == PLACEHOLDER and not settings.demo


def checked(
    *, name_th: str, address_th: str, tax_id: str, signer: str = "", signer_position: str = ""
) -> Issuer:
    """The data as they would be printed. Parts may still be missing.

    Raises BadInput for a tax ID that is wrong or nobody's, for what is too long, and for words about tax: only a
    registration for e-Donation may put such on a receipt.
    """
    name, address, who, position = (
        visible(words) for words in (name_th, address_th, signer, signer_position)
    )
    for words, most, what in (
        (name, 200, "ชื่อผู้ออกใบเสร็จ"),
        (address, 400, "ที่อยู่"),
        (who, 160, "ชื่อผู้มีอำนาจลงนาม"),
        (position, 160, "ตำแหน่ง"),
    ):
        if len(words) > most:
            raise BadInput(f"{what}ยาวเกินไป กรุณาใส่ไม่เกิน {most} ตัวอักษร")
        if any(word in words.lower() for word in _OF_TAX):
            raise BadInput(
                f"{what}มีข้อความเรื่องภาษี ใบเสร็จพิมพ์ข้อความเรื่องภาษีเองเมื่อกองทุนขึ้นทะเบียน e-Donation แล้วเท่านั้น "
                "กรุณานำออก"
            )
    if position and not who:
        raise BadInput("กรุณาใส่ชื่อผู้มีอำนาจลงนาม หรือเว้นว่างทั้งชื่อและตำแหน่ง")
    number = national_id.parse_tax_id(tax_id) if tax_id.strip() else ""
    if is_nobodys(number):
        raise BadInput("เลขประจำตัวผู้เสียภาษีนี้เป็นเลขตัวอย่าง กรุณาใส่เลขของกองทุน หรือเว้นว่างไว้ก่อน")
    return Issuer(name, address, number, who, position)


_LABELS = {
    "name_th": "ชื่อ",
    "address_th": "ที่อยู่",
    "tax_id": "เลขประจำตัวผู้เสียภาษี",
    "signer": "ผู้มีอำนาจลงนาม",
    "signer_position": "ตำแหน่ง",
}


def ask(wanted: Issuer, *, seen: int, reason: str, by: User) -> ApprovalRequest:
    """Ask for receipts to be issued with these data; they are from the moment a second person of another role approves.

    `wanted` is what `checked` returned, `seen` the number of the version that the writer had before them, 0 for the
    profile's. Raises Refused for anyone but the four roles, when nothing changes, when somebody was faster, and when
    complete data would become incomplete.
    """
    _refuse(wanted, seen=seen)
    before, after = asdict(issuer()), asdict(wanted)
    return approvals.ask(
        kind=NOTE,
        subject="issuer",
        payload={**after, "seen": seen},
        changes=[
            (_LABELS[key], before[key] or "–", after[key] or "–")
            for key in after
            if after[key] != before[key]
        ],
        reason=reason,
        by=by,
    )


def _refuse(wanted: Issuer, *, seen: int) -> None:
    current, last = issuer(), newest()
    if seen != (last.number if last else 0):
        raise Refused(ISSUER_CHANGED_MEANWHILE)
    if wanted == current:
        raise Refused("ข้อมูลเหมือนที่ใช้อยู่ ไม่ต้องบันทึกใหม่")
    lacking = missing(wanted)
    if lacking and is_complete():
        raise Refused(f"ข้อมูลที่ใช้อยู่ครบแล้ว จะเอา{' และ'.join(lacking)}ออกไม่ได้ เพราะจะออกใบเสร็จไม่ได้")


def _note(approval: ApprovalRequest) -> str:
    """From now on receipts are issued with these data; documents issued before stay as they are. The profile's data become
    the first version with the first change."""
    asked = approval.asked
    seen = asked.pop("seen")
    wanted = Issuer(**asked)
    _refuse(wanted, seen=seen)
    session, now, current, last = db.session(), clock.now(), issuer(), newest()
    if last is None:
        last = IssuerVersion(number=1, noted_at=now, noted_by_id=None, **asdict(current))
        session.add(last)
        session.flush()
    made = IssuerVersion(
        number=last.number + 1,
        noted_at=now,
        noted_by_id=approval.asked_by_id,
        approval_request_id=approval.id,
        **asdict(wanted),
    )
    session.add(made)
    session.flush()
    before, after = asdict(current), asdict(wanted)
    audit.record(
        Deed.ISSUER_NOTE,
        f"issuer_version:{made.number}",
        by=approval.decided_by,
        approval=approval.id,
        changed=sorted(key for key in after if after[key] != before[key]),
        missing=len(missing(wanted)),
    )
    decided = approval.decided_by.name if approval.decided_by else ""
    notices.notify(
        notices.holders(Role.CHAIR, Role.FINANCE, Role.AUDITOR),
        title="ข้อมูลผู้ออกใบเสร็จเปลี่ยน",
        words=f"ตั้งแต่บัดนี้ใบเสร็จออกในนาม {wanted.name_th} เลขประจำตัวผู้เสียภาษี {wanted.tax_id or '–'} "
        f"ขอโดย {approval.asked_by.name} อนุมัติโดย {decided} เหตุผล: {approval.reason}",
        href=f"/approvals/{approval.id}",
    )
    sequel = "ใบเสร็จที่ค้างจะออกให้เองภายในหนึ่งนาที" if is_complete() else "ข้อมูลยังไม่ครบ ใบเสร็จยังออกไม่ได้"
    return f"บันทึกข้อมูลผู้ออกใบเสร็จชุดที่ {made.number} แล้ว {sequel}"


APPROVALS = (approvals.ApprovalKind(NOTE, title="เปลี่ยนข้อมูลผู้ออกใบเสร็จ", carry_out=_note),)
