"""Acceptances: a statement whose balances or totals do not hold, brought in all the same on the word of two people.

Nothing of such a file proves anything: its balances are not kept, its days count as unproven, and who accepted it and
why stands on the proof and on the month's certificate.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.bank.records import StatementUpload, UploadState
from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: Who answers: another finance officer, or the chair where the fund has only one.
CONFIRMERS = (Role.FINANCE, Role.CHAIR)


class Acceptance(Base):
    """One file that somebody asks to bring in as it is, with the answer. What was asked never changes (trigger); of a
    file that came in it stays for ever."""

    __tablename__ = "acceptance"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("statement_upload.id", ondelete="CASCADE"))
    #: What does not hold, as the file was refused for it.
    fault: Mapped[str] = mapped_column(String(400))
    reason: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    upload: Mapped[StatementUpload] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[answered_by_id])

    @property
    def words(self) -> str:
        """What was accepted, by whom and why."""
        names = " และ ".join(one.name for one in (self.asked_by, self.answered_by) if one is not None)
        return f"{self.fault} ยอมรับโดย {names} เหตุผล: {self.reason}"

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'confirmed', 'refused')", name="known_state"),
        CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL) AND (state = 'asked') = (answered_by_id IS NULL)",
            name="answered_pair",
        ),
        CheckConstraint("state <> 'confirmed' OR answered_by_id <> asked_by_id", name="other_hand"),
        Index(
            "uq_acceptance_upload_id",
            "upload_id",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
    )


def ask(upload_id: int, *, reason: str, by: User) -> Acceptance:
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
    asked = Acceptance(
        upload_id=upload_id, fault=upload.reason, reason=reason, asked_at=clock.now(), asked_by_id=by.id
    )
    session = db.session()
    session.add(asked)
    session.flush()
    audit.record(
        Deed.STATEMENT_ACCEPT_ASK, f"statement_upload:{upload_id}", by=by, fault=asked.fault, reason=reason
    )
    return asked


def _answer(number: int, state: str, *, by: User) -> Acceptance:
    if not by.has(*CONFIRMERS):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินหรือประธานตอบเรื่องนี้ได้")
    one = lock(Acceptance, number)
    if one.state != "asked":
        raise Refused("มีผู้ตอบเรื่องนี้ไปแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูผล")
    if state == "confirmed" and one.asked_by_id == by.id:
        raise Refused("ท่านเป็นผู้ขอเรื่องนี้ จึงยืนยันเองไม่ได้ กรุณาให้เจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน")
    one.state, one.answered_at, one.answered_by_id = state, clock.now(), by.id
    db.session().flush()
    audit.record(
        Deed.STATEMENT_ACCEPT_CONFIRMED if state == "confirmed" else Deed.STATEMENT_ACCEPT_REFUSED,
        f"statement_upload:{one.upload_id}",
        by=by,
        asked_by=one.asked_by_id,
    )
    return one


def confirm(number: int, *, by: User) -> Acceptance:
    """Another hand agrees: the file is read again, without its balances, and waits to be looked at and brought in."""
    one = _answer(number, "confirmed", by=by)
    upload = lock(StatementUpload, one.upload_id)
    if upload.state == UploadState.REFUSED:
        upload.state, upload.claimed_until = UploadState.SENT, None
    return one


def refuse(number: int, *, by: User) -> Acceptance:
    """The file stays refused. Who asked may take it back so, too."""
    return _answer(number, "refused", by=by)


def of_upload(upload_id: int) -> Acceptance | None:
    """What was asked about the file, answered or not; None when nothing was, or it was refused."""
    asked = select(Acceptance).where(Acceptance.upload_id == upload_id, Acceptance.state != "refused")
    return db.session().scalars(asked).one_or_none()


def confirmed(upload_id: int) -> Acceptance | None:
    """What two people said about the file; None while they have not."""
    one = of_upload(upload_id)
    return one if one is not None and one.state == "confirmed" else None


def waiting() -> Sequence[Acceptance]:
    """Every request that waits for its answer, oldest first."""
    return db.session().scalars(select(Acceptance).filter_by(state="asked").order_by(Acceptance.id)).all()


def count_open(*, not_by: User | None = None) -> int:
    """How many requests wait; without those of this person, who cannot confirm them."""
    counted = select(func.count()).select_from(Acceptance).filter_by(state="asked")
    if not_by is not None:
        counted = counted.where(Acceptance.asked_by_id != not_by.id)
    return db.session().scalar(counted) or 0


def between(first: date, last: date) -> Sequence[Acceptance]:
    """Those of files that came in and tell of these days."""
    told = (
        select(Acceptance)
        .join(Acceptance.upload)
        .where(
            Acceptance.state == "confirmed",
            StatementUpload.statement_id.is_not(None),
            StatementUpload.from_on <= last,
            StatementUpload.to_on >= first,
        )
        .order_by(Acceptance.id)
    )
    return db.session().scalars(told).all()
