"""Carrying over: what is promised and not paid when a fiscal year ends is kept for the next year or given back.

One person lists every open commitment with what is to become of it, who keeps it and why; another role approves the list
whole (`staff/approvals`). What is kept stays promised by its resolution; what is given back settles its proposal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from app.fund.committee.records import APPROVING, COMMITTED, Proposal, ProposalState, Resolution
from app.fund.spending import payments
from app.fund.spending.records import Payment
from app.fund.spending.records.returns import returned_before
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.kit.thai import fiscal_year_be, fiscal_year_days
from app.staff import approvals
from app.staff.approvals import ApprovalKind, ApprovalRequest
from app.staff.roles import Role
from app.staff.users import User

CARRY = "year.carry"
KEEP, RELEASE = "keep", "release"
#: The list may be drawn up in the last month of the year.
_LAST_MONTH = 9


@dataclass(frozen=True, slots=True)
class OpenCommitment:
    """What a proposal was promised and not paid by the last day of the year, in satang, and by which resolution."""

    proposal: Proposal
    resolution: Resolution
    satang: int
    keeper: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of it, and why."""

    code: str
    deed: str
    reason: str


def open_commitments(year: int) -> list[OpenCommitment]:
    """Every commitment that was open when the fiscal year (พ.ศ.) ended or is open today in it, the oldest first."""
    last_on = min(fiscal_year_days(year)[1], clock.today())
    ended = clock.bounds(last_on, last_on)[1]
    promised = (
        select(func.coalesce(func.sum(COMMITTED.c.satang), 0))
        .where(COMMITTED.c.proposal_id == Proposal.id, COMMITTED.c.on_date <= last_on)
        .scalar_subquery()
    )
    paid = (
        select(func.coalesce(func.sum(Payment.satang), 0))
        .where(Payment.proposal_id == Proposal.id, Payment.paid_at < ended)
        .where(or_(Payment.voided_at.is_(None), Payment.voided_at >= ended))
        .scalar_subquery()
    ) - returned_before(Proposal.id, ended)
    first = (
        select(func.min(Resolution.id).label("id"))
        .where(Resolution.kind.in_(APPROVING))
        .group_by(Resolution.proposal_id)
        .subquery()
    )
    statement = (
        select(Proposal, Resolution, promised - paid, User.name)
        .join(Resolution, Resolution.proposal_id == Proposal.id)
        .join(first, first.c.id == Resolution.id)
        .join(User, User.id == Proposal.submitted_by_id)
        .where(promised > paid)
        .order_by(Resolution.id)
    )
    return [
        OpenCommitment(proposal, resolution, int(satang), keeper)
        for proposal, resolution, satang, keeper in db.session().execute(statement)
    ]


def lists_of(year: int) -> Sequence[ApprovalRequest]:
    """The approved lists of a year, the newest first. What is promised after one was approved needs another."""
    approved = select(ApprovalRequest).filter_by(kind=CARRY, subject=_subject(year), decision="approved")
    return db.session().scalars(approved.order_by(ApprovalRequest.id.desc())).all()


def unlisted(year: int, *, beside: int = 0) -> list[OpenCommitment]:
    """Open commitments of a year that no approved list, beside the one with this id, says anything of."""
    lists = (approved for approved in lists_of(year) if approved.id != beside)
    listed = {row[0] for approved in lists for row in approved.asked["rows"]}
    return [each for each in open_commitments(year) if each.proposal.code not in listed]


def waiting(year: int) -> ApprovalRequest | None:
    """The list that waits for its second person."""
    return approvals.waiting_for(CARRY, _subject(year))


def kept(year: int) -> int:
    """Satang that the approved lists of a year carry over."""
    rows = [row for approved in lists_of(year) for row in approved.asked["rows"]]
    return sum(satang for _, satang, deed, _ in rows if deed == KEEP)


def is_due(last_on: date) -> bool:
    """Whether a fiscal year ends on this day with open commitments of which nobody approved what becomes of them."""
    return last_on.month == _LAST_MONTH and bool(unlisted(fiscal_year_be(last_on)))


def _subject(year: int) -> str:
    return f"year:{year}"


def ask(year: int, choices: Sequence[Choice], *, reason: str, by: User) -> ApprovalRequest:
    """Ask that the year's open commitments are kept and given back like this; another role approves. Every one that no
    approved list names is named, with its reason. Raises Refused before the year's last month and when none is left."""
    if not by.has(Role.FINANCE, Role.FUND_OFFICER):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือฝ่ายเลขานุการกองทุนเท่านั้นที่ทำบัญชีกันเงินเหลื่อมปีได้")
    if clock.today() < fiscal_year_days(year)[1].replace(day=1):
        raise Refused(f"ปีงบประมาณ {year} ยังไม่ถึงเดือนสุดท้าย ทำบัญชีกันเงินได้ตั้งแต่ 1 กันยายน")
    found = {each.proposal.code: each for each in unlisted(year)}
    if not found:
        raise Refused(f"ปีงบประมาณ {year} ไม่มีเงินผูกพันค้างจ่ายที่ยังไม่อยู่ในบัญชี จึงไม่มีอะไรต้องกัน")
    if sorted(choice.code for choice in choices) != sorted(found):
        raise Refused("รายการผูกพันเปลี่ยนไปแล้ว กรุณาเปิดหน้านี้ใหม่")
    rows, changes = [], []
    for choice in choices:
        why = visible(choice.reason)
        if choice.deed not in (KEEP, RELEASE) or not 0 < len(why) <= 200:
            raise BadInput(f"กรุณาเลือกว่ากันหรือคืน และบอกเหตุผลของ {choice.code} ไม่เกิน 200 ตัวอักษร")
        each = found[choice.code]
        rows.append([choice.code, each.satang, choice.deed, why])
        words = "กันไว้" if choice.deed == KEEP else "คืนเป็นเงินพร้อมใช้"
        changes.append(
            (
                f"{choice.code} {each.proposal.title}",
                f"{format_baht(each.satang)} บาท",
                f"{words} · {each.keeper} · {why}",
            )
        )
    payload = {"year": year, "rows": rows}
    return approvals.ask(
        kind=CARRY, subject=_subject(year), payload=payload, changes=changes, reason=reason, by=by
    )


def _carry_out(approval: ApprovalRequest) -> str:
    asked: Mapping[str, Any] = approval.asked
    year = int(asked["year"])
    now = {each.proposal.code: each for each in unlisted(year, beside=approval.id)}
    if {code: each.satang for code, each in now.items()} != {row[0]: row[1] for row in asked["rows"]}:
        raise Refused("เงินผูกพันค้างจ่ายเปลี่ยนไปหลังจากที่ขอ กรุณาไม่อนุมัติ แล้วให้ผู้ขอทำบัญชีใหม่")
    released = [row for row in asked["rows"] if row[2] == RELEASE]
    for code, _, _, why in released:
        if now[code].proposal.state != ProposalState.SETTLED:
            # Whoever asked answers for the deed; whoever approved made it happen.
            payments.settle(code, reason=f"ไม่กันเงินเหลื่อมปี {year}: {why}"[:300], by=approval.asked_by)
    return f"กันเงินเหลื่อมปี {len(asked['rows']) - len(released)} รายการ คืน {len(released)} รายการ"


APPROVALS = (ApprovalKind(CARRY, "กันเงินเหลื่อมปี", _carry_out),)
