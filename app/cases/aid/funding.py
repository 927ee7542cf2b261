"""Funding: who pays for a request. What others pay and other purposes take stands in lines; the main purpose takes the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from app.cases.aid import lines as lines_
from app.cases.aid.records import AidFunding, AidLine, AidRequest
from app.fund.committee import proposals
from app.fund.committee.records import FundingKind
from app.fund.ledger.accounts import Purpose
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import MOST_SATANG, format_baht
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: Lines that a request may have beside its main purpose.
MOST = 8


@dataclass(frozen=True, slots=True)
class Shares:
    """What each pays, in satang; together the sum of all lines of the request."""

    total: int
    #: What the main purpose pays: what the others leave of the total. Not above zero where they leave nothing.
    main: int
    others: tuple[AidFunding, ...]

    @property
    def beside(self) -> int:
        """What others pay, with money that is not the fund's."""
        return sum(part.satang for part in self.others if part.purpose_code is None)

    @property
    def asked(self) -> int:
        """What the fund is asked for, over all its purposes."""
        return self.total - self.beside


def of(request_id: int) -> tuple[AidFunding, ...]:
    """Who pays beside the main purpose, in the order in which it was written."""
    rows = select(AidFunding).where(AidFunding.request_id == request_id).order_by(AidFunding.id)
    return tuple(db.session().scalars(rows))


def shares(request: AidRequest, lines: Sequence[AidLine]) -> Shares:
    """Who pays what of these lines."""
    total, others = sum(line.satang for line in lines), of(request.id)
    return Shares(total, total - sum(part.satang for part in others), others)


def add(
    request_id: int,
    *,
    kind: FundingKind | str,
    satang: int,
    source: str = "",
    purpose_code: str = "",
    by: User,
) -> AidFunding:
    """A part of the draft is paid by another purpose of the fund, or by somebody else, named, whose money the fund never moves.

    Raises Refused for a request that is sent or not theirs, BadInput for a sum or a payer that cannot be.
    """
    request = lines_.editable(request_id, by=by)
    if kind not in set(FundingKind):
        raise BadInput("กรุณาเลือกว่าใครเป็นผู้จ่ายจากรายการ")
    ours, who = kind == FundingKind.FUND_PURPOSE, visible(source)
    if type(satang) is not int or not 0 < satang <= MOST_SATANG:
        raise BadInput("จำนวนเงินของแต่ละแหล่งต้องมากกว่าศูนย์")
    if not ours and not 0 < len(who) <= 160:
        raise BadInput("กรุณาบอกว่าใครเป็นผู้จ่าย เช่น เทศบาลตำบลน้ำคำ ไม่เกิน 160 ตัวอักษร")
    if ours:
        _another_purpose(request, purpose_code)
    known = select(func.count()).select_from(AidFunding).where(AidFunding.request_id == request.id)
    if (db.session().scalar(known) or 0) >= MOST:
        raise Refused(f"คำขอหนึ่งมีแหล่งเงินอื่นได้ไม่เกิน {MOST} แหล่ง")
    made = AidFunding(
        request_id=request.id,
        kind=FundingKind(kind),
        source="" if ours else who,
        purpose_code=purpose_code if ours else None,
        satang=satang,
    )
    db.session().add(made)
    db.session().flush()
    audit.record(
        Deed.REQUEST_FUNDING, f"request:{request.id}", by=by, code=request.code, kind=made.kind, satang=satang
    )
    return made


def _another_purpose(request: AidRequest, code: str) -> None:
    if code == request.purpose_code:
        raise BadInput("วัตถุประสงค์หลักของคำขอจ่ายส่วนที่เหลืออยู่แล้ว กรุณาเลือกวัตถุประสงค์อื่น")
    if code in {part.purpose_code for part in of(request.id)}:
        raise Refused("มีวัตถุประสงค์นี้ในคำขอแล้ว กรุณานำของเดิมออกก่อน แล้วใส่จำนวนใหม่")
    open_ones = select(Purpose.id).where(Purpose.code == code, Purpose.open)
    if db.session().scalar(open_ones) is None:
        raise Refused("วัตถุประสงค์นี้ไม่เปิดรับคำขอ กรุณาเลือกวัตถุประสงค์อื่น")


def remove(request_id: int, *, funding_id: int, by: User) -> None:
    """The line is taken off the draft. Taking off one that is gone already changes nothing."""
    request = lines_.editable(request_id, by=by)
    mine = delete(AidFunding).where(AidFunding.id == funding_id, AidFunding.request_id == request.id)
    db.session().execute(mine)
    audit.record(Deed.REQUEST_FUNDING, f"request:{request.id}", by=by, code=request.code, line=funding_id)


def settle(request: AidRequest, lines: Sequence[AidLine]) -> tuple[int, list[proposals.Funding]]:
    """What the fund is asked for and who pays what, as the fund takes it; each line says what of its price is the fund's.

    Raises Refused where the others leave nothing to the main purpose, and where it stands among them.
    """
    found = shares(request, lines)
    if not found.others:
        return found.total, []
    if found.main <= 0:
        raise Refused(
            f"แหล่งเงินอื่นรวมกัน {format_baht(found.total - found.main)} บาท แต่ของที่ขอรวม {format_baht(found.total)} บาท "
            "ต้องเหลือให้วัตถุประสงค์หลักของคำขอจ่ายมากกว่าศูนย์ กรุณาแก้จำนวนเงินของแหล่งอื่น"
        )
    ids = {purpose.code: purpose.id for purpose in db.session().scalars(select(Purpose))}
    if request.purpose_code in {part.purpose_code for part in found.others}:
        raise Refused("วัตถุประสงค์หลักของคำขออยู่ในแหล่งเงินอื่นด้วย กรุณานำออกก่อนส่ง")
    if found.beside:
        for line in lines:
            # Rounded down, so that all of them together never come to more than the fund is asked for.
            line.fund_satang = line.unit_satang * found.asked // found.total
            if not line.fund_satang:
                raise Refused("ส่วนที่กองทุนจ่ายน้อยกว่าหนึ่งสตางค์ต่อหน่วย กรุณาลดเงินร่วม หรือถอนคำขอ")
        db.session().flush()
    return found.asked, [
        proposals.Funding(found.main, ids[request.purpose_code]),
        *(
            proposals.Funding(part.satang, ids[part.purpose_code])
            for part in found.others
            if part.purpose_code is not None
        ),
        *(
            proposals.Funding(part.satang, kind=FundingKind(part.kind), source=part.source)
            for part in found.others
            if part.purpose_code is None
        ),
    ]
