"""Second hands: what one officer decided about a large sum by hand, kept until another confirms or refuses it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from app.fund.bank.records import BankEvent
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain, lock
from app.kit.errors import Refused
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

ASSIGN, SPLIT, EXCLUDE, LINK, UNDO = "assign", "split", "exclude", "link", "undo"

#: Who may be the second hand: another finance officer, or the chair where the fund has only one.
CONFIRMERS = (Role.FINANCE, Role.CHAIR)

explain("uq_second_hand_open", "รายการนี้มีผู้ตัดสินไว้แล้ว กำลังรออีกท่านหนึ่งยืนยัน กรุณาเปิดหน้านี้ใหม่")
for _name in ("reconciliation_item_of_open_second_hand", "allocation_of_open_second_hand"):
    explain(_name, "รายการนี้มีผู้ตัดสินไว้แล้ว กำลังรออีกท่านหนึ่งยืนยัน ระหว่างนี้จึงตัดสินเป็นอย่างอื่นไม่ได้")
explain("second_hand_of_its_event", "รายการนี้มีผู้ตัดสินไปแล้วเมื่อสักครู่ กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
explain("second_hand_answered_once", "มีผู้ตอบเรื่องนี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")


class SecondHand(Base):
    """One decision that waits for, or has got, the answer of another person. What was asked never changes (trigger)."""

    __tablename__ = "second_hand"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("bank_event.id"), index=True)
    deed: Mapped[str] = mapped_column(String(10))
    #: JSON: what the deed was called with.
    arguments: Mapped[str] = mapped_column(Text)
    satang: Mapped[int] = mapped_column(Satang)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: Why it was refused.
    answer: Mapped[str] = mapped_column(String(300), default="")

    event: Mapped[BankEvent] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[answered_by_id])

    @property
    def said(self) -> dict[str, Any]:
        """What the deed was called with."""
        return cast(dict[str, Any], json.loads(self.arguments))

    __table_args__ = (
        CheckConstraint("deed IN ('assign', 'split', 'exclude', 'link', 'undo')", name="known_deed"),
        CheckConstraint("state IN ('asked', 'confirmed', 'refused')", name="known_state"),
        CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL) AND (state = 'asked') = (answered_by_id IS NULL)",
            name="answered_pair",
        ),
        CheckConstraint("state <> 'confirmed' OR answered_by_id <> asked_by_id", name="other_hand"),
        CheckConstraint("satang > 0", name="positive"),
        Index(
            "uq_second_hand_open",
            "event_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )


def is_needed(event: BankEvent, *, by: User | None) -> bool:
    """Whether what this person decides about the event needs another's confirmation. Commands of the house need none."""
    return by is not None and is_large(event.satang)


def is_large(satang: int) -> bool:
    """Whether a sum is one that a single hand, or a single press, is not enough for."""
    profile = Profile.here()
    return abs(satang) >= profile.giving.second_hand_satang


def open_for(event_id: int) -> SecondHand | None:
    """The decision about an event that waits for its second hand."""
    return db.session().scalars(select(SecondHand).filter_by(event_id=event_id, state="asked")).one_or_none()


def is_open(event_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """For queries: whether a decision about this event waits for its second hand. Such an event no rule touches."""
    return select(SecondHand.id).where(SecondHand.event_id == event_id, SecondHand.state == "asked").exists()


def refuse_while_open(event_id: int) -> None:
    """An event about which one decision waits is not decided in another way meanwhile."""
    waiting = open_for(event_id)
    if waiting is not None:
        raise Refused(
            f"{waiting.asked_by.name} ตัดสินรายการนี้ไว้แล้ว กำลังรออีกท่านหนึ่งยืนยัน หากจะตัดสินอย่างอื่น กรุณาไม่ยืนยันเรื่องเดิมก่อน"
        )


def keep(deed: str, event: BankEvent, arguments: Mapping[str, Any], *, by: User) -> SecondHand:
    """Keep a decision until another person answers. The database refuses a second one about the same event."""
    request = SecondHand(
        event_id=event.id,
        deed=deed,
        arguments=json.dumps(arguments, sort_keys=True, ensure_ascii=False),
        satang=abs(event.satang),
        asked_at=clock.now(),
        asked_by_id=by.id,
    )
    session = db.session()
    session.add(request)
    session.flush()
    audit.record(Deed.BANK_SECOND_HAND, f"bank_event:{event.id}", by=by, what=deed, satang=request.satang)
    return request


def hold(request_id: int, *, by: User) -> SecondHand:
    """The request, held, when it still waits and this person may answer it."""
    request = lock(SecondHand, request_id)
    if request.state != "asked":
        raise Refused("มีผู้ตอบเรื่องนี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    if not by.has(*CONFIRMERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานยืนยันเรื่องนี้ได้")
    return request


def answer(request: SecondHand, *, state: str, words: str = "", by: User) -> None:
    """Write the answer down. The asker may take a request back, but never confirm it."""
    if state == "confirmed" and request.asked_by_id == by.id:
        raise Refused("ท่านเป็นผู้ตัดสินเรื่องนี้ จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน")
    request.state, request.answer = state, words
    request.answered_at, request.answered_by_id = clock.now(), by.id
    db.session().flush()
    audit.record(
        Deed.BANK_SECOND_HAND_CONFIRMED if state == "confirmed" else Deed.BANK_SECOND_HAND_REFUSED,
        f"bank_event:{request.event_id}",
        by=by,
        what=request.deed,
        asked_by=request.asked_by_id,
        words=words,
    )


def count_open(*, not_by: User | None = None) -> int:
    """How many decisions wait for their second hand; without those of this person, who cannot confirm them."""
    counted = select(func.count()).select_from(SecondHand).filter_by(state="asked")
    if not_by is not None:
        counted = counted.where(SecondHand.asked_by_id != not_by.id)
    return db.session().scalar(counted) or 0


def waiting() -> list[SecondHand]:
    """Every decision that waits for its second hand, oldest first."""
    return list(db.session().scalars(select(SecondHand).filter_by(state="asked").order_by(SecondHand.id)))


def of_event(event_id: int) -> list[SecondHand]:
    """Every decision about the event that was or is to be confirmed, oldest first."""
    return list(db.session().scalars(select(SecondHand).filter_by(event_id=event_id).order_by(SecondHand.id)))
