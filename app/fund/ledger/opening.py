"""The opening: money that the fund had before these books, by purpose, on the word of two officers and their paper. Once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.ledger import entries, months
from app.fund.ledger.accounts import Purpose
from app.fund.ledger.entries import Entry
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.thai import long_date, month_year
from app.staff import approvals, audit
from app.staff.approvals import ApprovalKind, ApprovalRequest
from app.staff.deeds import Deed
from app.staff.papers import Paper, store
from app.staff.users import User

OPEN = "books.open"
#: There is one opening of the books, and one request for it at a time.
SUBJECT = "books:opening"


class Opening(Base):
    """How the books begin: with what the fund held at the end of a day. One row for ever; final (trigger).

    Triggers refuse it without two people's approval, after the first month of the books, and where a donation stands
    in the books that was paid by that day: it would count twice. Later ones of such days are refused as well.
    """

    __tablename__ = "opening"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    #: The fund held this at the end of this day, in Thailand; and the moment at which the day ended.
    as_of: Mapped[date] = mapped_column(Date)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The paper that it rests on, in the store of papers.
    paper_hash: Mapped[str] = mapped_column(String(64))
    paper_kind: Mapped[str] = mapped_column(String(4))
    #: The book date of its entries.
    posted_on: Mapped[date] = mapped_column(Date)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approval_request_id: Mapped[int] = mapped_column(ForeignKey("approval_request.id"), unique=True)

    approval: Mapped[ApprovalRequest] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("id = 1", name="once"),
        CheckConstraint("paper_kind IN ('pdf', 'jpg')", name="known_paper"),
        CheckConstraint("as_of <= posted_on", name="in_order"),
    )


class OpeningBalance(Base):
    """What the fund held for one purpose when the books began, and what it had spent of it before. Final (trigger)."""

    __tablename__ = "opening_balance"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("opening.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"), unique=True)
    satang: Mapped[int] = mapped_column(Satang)
    spent_satang: Mapped[int] = mapped_column(Satang)
    note: Mapped[str] = mapped_column(String(200), default="")

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("satang >= 0 AND spent_satang >= 0", name="not_negative"),
        CheckConstraint("satang + spent_satang > 0", name="something"),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked to be brought forward for one purpose, in satang: what there is, and what was spent before."""

    code: str
    satang: int
    spent_satang: int
    note: str = ""


def opening() -> Opening | None:
    """How the books began; None while they begin with nothing."""
    return db.session().get(Opening, 1)


def balances() -> list[OpeningBalance]:
    """What was brought forward, by purpose."""
    return list(db.session().scalars(select(OpeningBalance).order_by(OpeningBalance.purpose_id)))


def total(until: date | None = None) -> int:
    """What the books began with, in satang: 0 before the day that it was posted on."""
    brought = select(func.coalesce(func.sum(OpeningBalance.satang), 0)).join(
        Opening, Opening.id == OpeningBalance.opening_id
    )
    if until is not None:
        brought = brought.where(Opening.posted_on <= until)
    return int(db.session().scalar(brought) or 0)


def purpose_names() -> dict[str, str]:
    """The purposes of the fund: code → name."""
    return dict(db.session().execute(select(Purpose.code, Purpose.name_th).order_by(Purpose.id)).all())


def waiting() -> ApprovalRequest | None:
    """The opening that waits for its second person."""
    return approvals.waiting_for(OPEN, SUBJECT)


def ask(lines: Sequence[Line], *, as_of: date, paper: Paper, reason: str, by: User) -> ApprovalRequest:
    """Ask that the books begin with these sums; a second person of another role approves. Inside a transaction.

    Raises BadInput for a purpose that the fund has not or that is named twice and for sums that say nothing, Refused
    once the books have begun or have left their first month.
    """
    _refuse_too_late(as_of)
    names = purpose_names()
    _refuse_lines(lines, names)
    changes = [("ณ สิ้นวันที่", "", long_date(as_of))]
    changes += [(names[line.code], "", _words(line)) for line in lines]
    changes.append(("รวมยอดยกมา", "", f"{format_baht(sum(line.satang for line in lines))} บาท"))
    return approvals.ask(
        kind=OPEN,
        subject=SUBJECT,
        payload={
            "as_of": as_of.isoformat(),
            # The trigger of opening_balance reads them as they are written here.
            "balances": {line.code: [line.satang, line.spent_satang, line.note] for line in lines},
            "paper": {"hash": paper.hash, "kind": paper.kind},
        },
        changes=changes,
        reason=reason,
        by=by,
    )


def _words(line: Line) -> str:
    spent = f" (รับมา {format_baht(line.satang + line.spent_satang)} ใช้ไปแล้ว {format_baht(line.spent_satang)})"
    return f"{format_baht(line.satang)} บาท" + (spent if line.spent_satang else "")


def _refuse_lines(lines: Sequence[Line], known: dict[str, str]) -> None:
    if not lines:
        raise BadInput("ไม่มียอดของวัตถุประสงค์ใด กรุณาใส่อย่างน้อยหนึ่งวัตถุประสงค์")
    seen = set()
    for line in lines:
        if line.code not in known:
            raise BadInput(
                f"ไม่มีวัตถุประสงค์ “{line.code[:40]}” กรุณาใช้รหัสหรือชื่อตามหน้าตั้งค่ากองทุน หรือเปิดวัตถุประสงค์ก่อน"
            )
        if line.code in seen:
            raise BadInput(f"วัตถุประสงค์ “{known[line.code]}” มีมากกว่าหนึ่งบรรทัด กรุณารวมเป็นบรรทัดเดียว")
        seen.add(line.code)
        if line.satang < 0 or line.spent_satang < 0:
            raise BadInput(f"ยอดของ “{known[line.code]}” ติดลบไม่ได้ กรุณาตรวจยอดกับเอกสาร")
        if line.satang + line.spent_satang == 0:
            raise BadInput(f"“{known[line.code]}” ไม่มีทั้งยอดคงเหลือและยอดที่ใช้ไป กรุณาลบบรรทัดนี้ออก")


def _refuse_too_late(as_of: date) -> None:
    if opening() is not None:
        raise Refused("บัญชีกองทุนเริ่มด้วยยอดยกมาไปแล้ว ตั้งได้ครั้งเดียว กรุณาเปิดหน้ายอดยกมาเพื่อดูที่บันทึกไว้")
    if as_of > clock.today():
        raise BadInput("วันที่ของยอดยกมาต้องไม่เป็นวันในอนาคต กรุณาใส่วันสิ้นสุดที่ยอดนั้นเป็นจริง")
    first = db.session().scalar(select(func.min(Entry.on)))
    this = clock.today().replace(day=1)
    if months.all_closed() or (first is not None and first < this):
        begun = month_year(first or months.all_closed()[-1].first_on)
        raise Refused(
            f"บัญชีเริ่มลงรายการตั้งแต่เดือน{begun}แล้ว ยอดยกมาลงได้ก่อนหรือในเดือนแรกของบัญชีเท่านั้น "
            "กรุณานำเข้ารายการเดินบัญชีของช่วงก่อนหน้าแล้วลงรับทีละรายการ"
        )
    if first is not None and as_of > first:
        raise Refused(
            f"บัญชีมีรายการตั้งแต่วันที่ {long_date(first)} แล้ว ยอดยกมาต้องเป็นยอด ณ วันนั้นหรือก่อนนั้น "
            "มิฉะนั้นเงินก้อนเดียวจะนับสองครั้ง กรุณาใส่ยอด ณ วันก่อนหน้า"
        )


def _carry_out(approval: ApprovalRequest) -> str:
    asked: dict[str, Any] = approval.asked
    as_of = date.fromisoformat(asked["as_of"])
    _refuse_too_late(as_of)
    session, by = db.session(), approval.decided_by
    known = {purpose.code: purpose for purpose in session.scalars(select(Purpose))}
    made = Opening(
        id=1,
        as_of=as_of,
        until_at=clock.bounds(as_of, as_of)[1],
        paper_hash=asked["paper"]["hash"],
        paper_kind=asked["paper"]["kind"],
        posted_on=clock.today(),
        posted_at=clock.now(),
        approval_request_id=approval.id,
    )
    session.add(made)
    session.flush()
    for code, (satang, spent, note) in asked["balances"].items():
        brought = OpeningBalance(
            opening_id=1, purpose_id=known[code].id, satang=satang, spent_satang=spent, note=note
        )
        session.add(brought)
        session.flush()
        if satang:
            entries.bring_forward(
                purpose_id=brought.purpose_id,
                satang=satang,
                opening_balance_id=brought.id,
                by_id=by.id if by else None,
            )
    audit.record(
        Deed.BOOKS_OPEN,
        "books:opening",
        by=by,
        asked_by=approval.asked_by.sign_in_name,
        on=as_of.isoformat(),
        satang=sum(satang for satang, _, _ in asked["balances"].values()),
        hash=made.paper_hash,
    )
    return "ลงยอดยกมาแล้ว บัญชีกองทุนเริ่มจากยอดนี้"


APPROVALS = (ApprovalKind(OPEN, "ยอดยกมาเมื่อเริ่มบัญชี", _carry_out, lock_first=months.lock_books),)


def until_at() -> datetime | None:
    """Money that came before this moment is in what the books began with; None while they begin with nothing."""
    return db.session().scalar(select(Opening.until_at))


def broken() -> tuple[int, int]:
    """How many papers of openings there are, and how many do not open."""
    return store().broken(db.session().scalars(select(Opening.paper_hash).distinct()))
