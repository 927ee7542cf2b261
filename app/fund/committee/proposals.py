"""Proposals: what the fund is asked to pay for. A code, an amount and a purpose; never a person's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.fund.committee import commitments
from app.fund.committee.records import (
    FundingKind,
    Proposal,
    ProposalFunding,
    ProposalState,
    ProposalVersion,
)
from app.fund.committee.records.lines import ProposalLine
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.kit.thai import arabic_digits
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

_CODE = re.compile(r"[A-Z]{2}-[0-9]{4}-[0-9]{4,7}")
_LIKE_NATIONAL_ID = re.compile(r"(?:[0-9][ -]?){13}")


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one thing at one price; generic words of goods, never a person."""

    title: str
    quantity: int
    unit_satang: int
    #: The line of an earlier version that it continues, as that was first asked for.
    first_id: int | None = None


@dataclass(frozen=True, slots=True)
class Funding:
    """A part of what is asked for and who pays it: a purpose of the fund, or others by name."""

    satang: int
    purpose_id: int | None = None
    kind: FundingKind = FundingKind.FUND_PURPOSE
    source: str = ""


def submit(
    *,
    code: str,
    title: str,
    satang: int,
    purpose_id: int,
    asked_by_id: int,
    lines: Sequence[Line] = (),
    funding: Sequence[Funding] = (),
    by: User,
) -> Proposal:
    """The fund is asked for money under an opaque code. Nothing is promised yet, so it may exceed what is available.

    `satang` is the whole sum asked of the fund, from `purpose_id` unless `funding` names several purposes, or others
    that pay beside the fund; `asked_by_id` whoever drew the request up. `lines` are what is asked for, and add up to
    all the funding. Raises BadInput for a code or words that cannot be kept (a national ID in the title above all),
    Refused for a purpose that is closed and for a code that was submitted before.
    """
    if not _CODE.fullmatch(code):
        raise BadInput(f"รหัสคำขอ “{code}” ไม่ถูกต้อง ต้องเป็นแบบ AR-2569-0042")
    words = _title(title)
    parts = tuple(funding) or (Funding(satang, purpose_id),)
    _possible(satang, parts, lines)
    session = db.session()
    proposal = Proposal(
        code=code,
        title=words,
        satang=satang,
        purpose_id=purpose_id,
        version=1,
        state=ProposalState.SUBMITTED,
        submitted_at=clock.now(),
        submitted_by_id=by.id,
        asked_by_id=asked_by_id,
    )
    session.add(proposal)
    session.flush()
    _write(proposal, 1, title=words, satang=satang, parts=parts, lines=lines, reason="", by=by)
    audit.record(
        Deed.PROPOSAL_SUBMIT,
        f"proposal:{proposal.id}",
        by=by,
        code=code,
        satang=satang,
        purpose=proposal.purpose.code,
    )
    return proposal


def revise(
    code: str,
    *,
    satang: int,
    reason: str,
    title: str = "",
    lines: Sequence[Line] = (),
    funding: Sequence[Funding] = (),
    by: User,
) -> ProposalVersion:
    """Another version of a proposal, by who made it or the secretariat, for a `reason`.

    Where `funding` is not said, who paid beside the main purpose still pays the same. Of one that waits it counts at once; of one that was approved, when a resolution amends it. Raises Refused for one
    that is on an agenda or ended and for less than was paid and is prepared, BadInput as `submit`.
    """
    known = by_code(code)
    if known is None:
        raise Refused(f"ไม่พบคำขอรหัส {code} กรุณาตรวจรหัสอีกครั้ง")
    proposal = lock(Proposal, known.id)
    if proposal.submitted_by_id != by.id and not by.has(Role.FUND_OFFICER):
        raise Refused("แก้ไขคำขอนี้ไม่ได้ เพราะท่านไม่ใช่ผู้เสนอ กรุณาแจ้งผู้เสนอหรือฝ่ายเลขานุการกองทุน")
    if proposal.state not in (ProposalState.SUBMITTED, ProposalState.APPROVED):
        raise Refused(f"เสนอฉบับแก้ไขของคำขอ {code} ไม่ได้ เพราะสถานะเป็น “{state_name(proposal.state)}”")
    why = visible(reason)
    if not 0 < len(why) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่แก้ไข ไม่เกิน 300 ตัวอักษร")
    if proposal.state == ProposalState.APPROVED:
        _refuse_less_than_spent(proposal, satang)
    before = newest(proposal)
    parts = tuple(funding) or _as_before(before, satang, proposal.purpose_id)
    _possible(satang, parts, lines)
    words = _title(title or proposal.title)
    number = before.number + 1
    version = _write(
        proposal, number, title=words, satang=satang, parts=parts, lines=lines, reason=why, by=by
    )
    if proposal.state == ProposalState.SUBMITTED:
        proposal.version, proposal.satang, proposal.title = number, satang, words
        db.session().flush()
    audit.record(
        Deed.PROPOSAL_REVISE,
        f"proposal:{proposal.id}",
        by=by,
        code=code,
        version=number,
        satang=satang,
        reason=why,
    )
    return version


def _refuse_less_than_spent(proposal: Proposal, satang: int) -> None:
    """Said before the members vote: no resolution could amend it so, and their votes would stand for nothing."""
    spent, waiting = sum(commitments.paid(proposal.id).values()), commitments.ordered(proposal.id)
    if satang < spent + waiting:
        raise Refused(commitments.less_than_spent(spent, waiting))


def _as_before(before: ProposalVersion, satang: int, purpose_id: int) -> tuple[Funding, ...]:
    """Who pays for another sum: others and other purposes what they paid before, the main purpose the rest of the fund's part."""
    others = [part for part in before.funding if part.purpose_id not in (None, purpose_id)]
    rest = satang - sum(part.satang for part in others)
    if rest <= 0:
        others, rest = [], satang
    return (
        Funding(rest, purpose_id),
        *(Funding(part.satang, part.purpose_id) for part in others),
        *(
            Funding(part.satang, kind=FundingKind(part.kind), source=part.source)
            for part in before.funding
            if part.purpose_id is None
        ),
    )


def _title(title: str) -> str:
    words = " ".join(title.split())
    if not 0 < len(words) <= 160:
        raise BadInput("ชื่อคำขอต้องมี 1–160 ตัวอักษร กรุณาเขียนสั้นๆ ว่าขออะไร กี่หน่วย")
    if _LIKE_NATIONAL_ID.search(arabic_digits(words)):
        raise BadInput("ชื่อคำขอมีเลขที่คล้ายเลขประจำตัวประชาชน กรุณาลบออก เพราะชื่อคำขอเปิดเผยต่อสาธารณะ")
    return words


def _possible(satang: int, parts: Sequence[Funding], lines: Sequence[Line]) -> None:
    if type(satang) is not int or satang <= 0:
        raise BadInput("จำนวนเงินที่ขอต้องมากกว่าศูนย์")
    if any(type(part.satang) is not int or part.satang <= 0 for part in parts):
        raise BadInput("จำนวนเงินของแต่ละแหล่งต้องมากกว่าศูนย์")
    if sum(part.satang for part in parts if part.purpose_id is not None) != satang:
        raise BadInput("เงินกองทุนทุกวัตถุประสงค์รวมกันต้องเท่ากับจำนวนเงินที่ขอ")
    if lines and sum(line.quantity * line.unit_satang for line in lines) != sum(
        part.satang for part in parts
    ):
        raise BadInput("รายการที่ขอรวมกันต้องเท่ากับเงินทุกแหล่งรวมกัน")
    if any(part.purpose_id is None and not 0 < len(visible(part.source)) <= 160 for part in parts):
        raise BadInput("กรุณาบอกว่าใครเป็นผู้จ่ายส่วนที่ไม่ใช่เงินกองทุน ไม่เกิน 160 ตัวอักษร")
    wanted = {part.purpose_id for part in parts if part.purpose_id is not None}
    open_ones = select(Purpose.id).where(Purpose.id.in_(wanted), Purpose.open)
    if set(db.session().scalars(open_ones)) != wanted:
        raise Refused("วัตถุประสงค์นี้ไม่เปิดรับคำขอ กรุณาเลือกวัตถุประสงค์อื่น")


def _write(
    proposal: Proposal,
    number: int,
    *,
    title: str,
    satang: int,
    parts: Sequence[Funding],
    lines: Sequence[Line],
    reason: str,
    by: User,
) -> ProposalVersion:
    whole = sum(part.satang for part in parts)
    version = ProposalVersion(
        proposal_id=proposal.id,
        number=number,
        satang=satang,
        title=title,
        reason=reason,
        made_at=clock.now(),
        made_by_id=by.id,
        lines=[
            ProposalLine(
                position=place,
                title=_title(line.title),
                quantity=line.quantity,
                unit_satang=line.unit_satang,
                first_id=line.first_id,
            )
            for place, line in enumerate(lines or (Line(title, 1, whole),), start=1)
        ],
        funding=[
            ProposalFunding(
                position=place,
                kind=part.kind if part.purpose_id is None else FundingKind.FUND_PURPOSE,
                satang=part.satang,
                purpose_id=part.purpose_id,
                source="" if part.purpose_id is not None else visible(part.source),
            )
            for place, part in enumerate(parts, start=1)
        ],
    )
    db.session().add(version)
    db.session().flush()
    return version


def newest(proposal: Proposal) -> ProposalVersion:
    """The version that was written last, whether it counts yet or not."""
    statement = select(ProposalVersion).filter_by(proposal_id=proposal.id)
    return db.session().scalars(statement.order_by(ProposalVersion.number.desc()).limit(1)).one()


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
