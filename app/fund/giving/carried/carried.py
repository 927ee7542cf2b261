"""What was given and promised in earlier years: brought in by file, whole or not at all, by two people, and never counted as money."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.fund.giving.records.carried import CarriedGift, CarriedKind, CarriedList
from app.fund.giving.records.networks import Network
from app.fund.ledger import opening
from app.fund.ledger.accounts import Purpose
from app.fund.ledger.opening import OpeningBalance
from app.kit import clock
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.staff import approvals, audit
from app.staff.approvals import ApprovalKind, ApprovalRequest
from app.staff.deeds import Deed
from app.staff.users import User

BRING = "carried.bring"
#: One file is asked for at a time.
SUBJECT = "carried:list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """One row of a file, matched: codes of its network ("" for none) and purpose, in satang."""

    kind: str
    on: str
    network: str
    donor_name: str
    purpose: str
    satang: int
    paper_number: str = ""
    note: str = ""


def waiting() -> ApprovalRequest | None:
    """The file that waits for its second person."""
    return approvals.waiting_for(BRING, SUBJECT)


def asked_for(request: ApprovalRequest) -> list[Gift]:
    """The rows that a request would bring in."""
    return [Gift(**row) for row in request.asked["gifts"]]


def lists() -> list[CarriedList]:
    """The files that were brought in, newest first."""
    return list(db.session().scalars(select(CarriedList).order_by(CarriedList.id.desc())))


def sums_of(network_id: int) -> dict[str, int]:
    """Satang that a network pledged and gave before the books began, by kind."""
    summed = select(CarriedGift.kind, func.sum(CarriedGift.satang)).where(
        CarriedGift.network_id == network_id
    )
    return {kind: int(satang) for kind, satang in db.session().execute(summed.group_by(CarriedGift.kind))}


def ask(gifts: Sequence[Gift], *, name: str, content: bytes, by: User) -> ApprovalRequest:
    """Ask that a file be brought in; a second person of another role approves. Inside a transaction.

    Raises Refused before the books have an opening, for a file that is in, and for donations that are together more than
    was brought forward for their purpose and spent before; BadInput for a day after the opening.
    """
    file_hash = hashlib.sha256(content).hexdigest()
    _refuse(gifts, file_hash=file_hash)
    given = [gift for gift in gifts if gift.kind == CarriedKind.DONATION]
    pledged = [gift for gift in gifts if gift.kind == CarriedKind.PLEDGE]
    return approvals.ask(
        kind=BRING,
        subject=SUBJECT,
        payload={"file": name[:160], "hash": file_hash, "gifts": [asdict(gift) for gift in gifts]},
        changes=[
            ("ไฟล์", "", name[:160]),
            (
                "เงินสมทบยกมา",
                "",
                f"{len(given):,} รายการ {format_baht(sum(gift.satang for gift in given))} บาท",
            ),
            (
                "ความประสงค์ยกมา",
                "",
                f"{len(pledged):,} รายการ {format_baht(sum(gift.satang for gift in pledged))} บาท",
            ),
            ("เครือข่าย", "", f"{len({gift.network for gift in gifts if gift.network}):,} เครือข่าย"),
        ],
        reason=f"ประวัติก่อนเริ่มบัญชี จากไฟล์ {name}"[:300],
        by=by,
    )


def _refuse(gifts: Sequence[Gift], *, file_hash: str) -> None:
    begun = opening.opening()
    if begun is None:
        raise Refused("ต้องตั้งยอดยกมาก่อน จึงจะนำเข้าเงินสมทบของปีก่อนได้ กรุณาตั้งที่หน้ายอดยกมา")
    session = db.session()
    if session.scalar(select(CarriedList.id).filter_by(file_hash=file_hash)) is not None:
        raise Refused("ไฟล์นี้นำเข้าไปแล้ว ระบบไม่นำเข้าซ้ำ")
    late = next((gift for gift in gifts if date.fromisoformat(gift.on) > begun.as_of), None)
    if late is not None:
        raise BadInput("มีรายการหลังวันที่ของยอดยกมา เงินหลังจากนั้นต้องมาจากรายการเดินบัญชี กรุณาลบออกจากไฟล์")
    wanted: Counter[str] = Counter()
    for gift in gifts:
        if gift.kind == CarriedKind.DONATION:
            wanted[gift.purpose] += gift.satang
    room = _room()
    for code, satang in wanted.items():
        if satang > room.get(code, 0):
            raise Refused(
                f"เงินสมทบยกมาของ “{_name(code)}” รวม {format_baht(satang)} บาท เกินยอดยกมากับที่ใช้ไปก่อนหน้าซึ่งเหลือให้อธิบาย "
                f"{format_baht(room.get(code, 0))} บาท กรุณาตรวจไฟล์กับเอกสารยอดยกมา"
            )


def _room() -> dict[str, int]:
    """What of each purpose's money from before no donation accounts for yet, by code, in satang."""
    told = (
        select(func.coalesce(func.sum(CarriedGift.satang), 0))
        .where(CarriedGift.purpose_id == OpeningBalance.purpose_id, CarriedGift.kind == CarriedKind.DONATION)
        .scalar_subquery()
    )
    rows = select(Purpose.code, OpeningBalance.satang + OpeningBalance.spent_satang - told).join(
        Purpose, Purpose.id == OpeningBalance.purpose_id
    )
    return {code: int(satang) for code, satang in db.session().execute(rows)}


def _name(code: str) -> str:
    return db.session().scalar(select(Purpose.name_th).filter_by(code=code)) or code


def _carry_out(approval: ApprovalRequest) -> str:
    asked: dict[str, Any] = approval.asked
    gifts = asked_for(approval)
    session = db.session()
    # Whoever brings in another file about the same money waits for this one.
    session.execute(select(OpeningBalance.id).order_by(OpeningBalance.id).with_for_update()).all()
    _refuse(gifts, file_hash=asked["hash"])
    networks = dict(session.execute(select(Network.code, Network.id)).all())
    purposes = dict(session.execute(select(Purpose.code, Purpose.id)).all())
    made = CarriedList(
        file_name=asked["file"],
        file_hash=asked["hash"],
        applied_at=clock.now(),
        approval_request_id=approval.id,
    )
    session.add(made)
    session.flush()
    session.add_all(
        CarriedGift(
            list_id=made.id,
            kind=gift.kind,
            on=date.fromisoformat(gift.on),
            network_id=networks[gift.network] if gift.network else None,
            donor_name=gift.donor_name,
            purpose_id=purposes[gift.purpose],
            satang=gift.satang,
            paper_number=gift.paper_number,
            note=gift.note,
        )
        for gift in gifts
    )
    session.flush()
    audit.record(
        Deed.CARRIED_BRING,
        f"carried_list:{made.id}",
        by=approval.decided_by,
        asked_by=approval.asked_by.sign_in_name,
        file=made.file_name,
        lines=len(gifts),
    )
    return f"นำเข้าแล้ว {len(gifts):,} รายการ ทุกรายการมีเครื่องหมาย “ยกมา” และไม่นับเป็นเงินเข้าอีก"


APPROVALS = (ApprovalKind(BRING, "นำเข้าเงินสมทบและความประสงค์ของปีก่อน", _carry_out),)
