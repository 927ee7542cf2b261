"""Proposals: what the fund is asked to pay for. A code, an amount and a purpose; never a person's name."""

import re

from sqlalchemy import select

from app.fund.committee.records import Proposal, ProposalState
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.thai import arabic_digits
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

_CODE = re.compile(r"[A-Z]{2}-[0-9]{4}-[0-9]{4,7}")
_LIKE_NATIONAL_ID = re.compile(r"(?:[0-9][ -]?){13}")


def submit(*, code: str, title: str, satang: int, purpose_id: int, asked_by_id: int, by: User) -> Proposal:
    """The fund is asked for money under an opaque code. Nothing is promised yet, so it may exceed what is available.

    `satang` is the whole sum asked for, `asked_by_id` whoever drew the request up. Raises BadInput for a code or
    title that cannot be kept (a national ID in the title above all), Refused for a purpose that is closed and for a
    code that was submitted before.
    """
    if not _CODE.fullmatch(code):
        raise BadInput(f"รหัสคำขอ “{code}” ไม่ถูกต้อง ต้องเป็นแบบ AR-2569-0042")
    words = " ".join(title.split())
    if not 0 < len(words) <= 160:
        raise BadInput("ชื่อคำขอต้องมี 1–160 ตัวอักษร กรุณาเขียนสั้นๆ ว่าขออะไร กี่หน่วย")
    if _LIKE_NATIONAL_ID.search(arabic_digits(words)):
        raise BadInput("ชื่อคำขอมีเลขที่คล้ายเลขประจำตัวประชาชน กรุณาลบออก เพราะชื่อคำขอเปิดเผยต่อสาธารณะ")
    if type(satang) is not int or satang <= 0:
        raise BadInput("จำนวนเงินที่ขอต้องมากกว่าศูนย์")
    session = db.session()
    purpose = session.get(Purpose, purpose_id)
    if purpose is None or not purpose.open:
        raise Refused("วัตถุประสงค์นี้ไม่เปิดรับคำขอ กรุณาเลือกวัตถุประสงค์อื่น")
    proposal = Proposal(
        code=code,
        title=words,
        satang=satang,
        purpose_id=purpose_id,
        state=ProposalState.SUBMITTED,
        submitted_at=clock.now(),
        submitted_by_id=by.id,
        asked_by_id=asked_by_id,
    )
    session.add(proposal)
    session.flush()
    audit.record(
        Deed.PROPOSAL_SUBMIT, f"proposal:{proposal.id}", by=by, code=code, satang=satang, purpose=purpose.code
    )
    return proposal


def withdraw(code: str, *, by: User) -> Proposal:
    """The request is taken back before the committee has decided, by the one who made it or the fund's secretariat."""
    known = by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    proposal = lock(Proposal, known.id)
    if proposal.submitted_by_id != by.id and not by.has(Role.FUND_OFFICER):
        raise Refused("ถอนคำขอนี้ไม่ได้ เพราะท่านไม่ใช่ผู้เสนอ กรุณาแจ้งผู้เสนอหรือฝ่ายเลขานุการกองทุน")
    if proposal.state not in (ProposalState.SUBMITTED, ProposalState.TABLED):
        raise Refused(f"ถอนคำขอ {code} ไม่ได้ เพราะสถานะเป็น “{state_name(proposal.state)}” แล้ว")
    before = proposal.state
    proposal.state = ProposalState.WITHDRAWN
    audit.record(Deed.PROPOSAL_WITHDRAW, f"proposal:{proposal.id}", by=by, code=code, before=before)
    db.session().flush()
    return proposal


def by_code(code: str) -> Proposal | None:
    """The proposal with this code, or None."""
    return db.session().scalars(select(Proposal).filter_by(code=code)).one_or_none()


def in_state(*states: ProposalState) -> list[Proposal]:
    """Proposals in these states, those that wait longest first."""
    statement = (
        select(Proposal).where(Proposal.state.in_(states)).order_by(Proposal.submitted_at, Proposal.id)
    )
    return list(db.session().scalars(statement))


def state_name(state: str) -> str:
    return ProposalState(state).words
