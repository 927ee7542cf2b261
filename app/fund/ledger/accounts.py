"""Accounts: kind × purpose, each with a running balance that the database guards."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import language
from app.kit.db import Base, Id, Satang, db
from app.kit.worded import Worded


class AccountKind(Worded):
    #: Grows when money arrives; the only kind that is credit by nature.
    RECEIVED = "received", "รับแล้ว"
    #: In the bank and free to be promised.
    AVAILABLE = "available", "พร้อมใช้"
    #: In the bank and promised by a resolution.
    COMMITTED = "committed", "ผูกพัน"
    #: Gone to vendors and recipients.
    PAID = "paid", "จ่ายแล้ว"


#: The code of the purpose of whoever names none.
GENERAL = "general"


class Purpose(Base):
    """What a donor gave for (วัตถุประสงค์). `general` always exists; money of one purpose is never spent on another."""

    __tablename__ = "purpose"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_th: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    #: The dimension it serves, where it serves one.
    dimension: Mapped[str | None] = mapped_column(String(16))
    open: Mapped[bool] = mapped_column(default=True)

    @property
    def name(self) -> str:
        """Its name in the language of the page; in Thai where it has no English one."""
        return (language.spoken() == "en" and self.name_en) or self.name_th


class Account(Base):
    """One kind of money for one purpose.

    The balance moves only by a trigger on `entry`, in the same statement that inserts the row, and can never go
    below zero; a direct UPDATE of it is refused. So a balance is read in O(1) and overspending is impossible.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    balance_satang: Mapped[int] = mapped_column(Satang, default=0, server_default="0")
    #: The entry that moved the balance last; the guard checks that the balance moved by just that entry.
    last_entry_id: Mapped[int | None] = mapped_column(Id)

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("kind", "purpose_id"),
        CheckConstraint("kind IN ('received', 'available', 'committed', 'paid')", name="known_kind"),
        CheckConstraint("balance_satang >= 0", name="not_overdrawn"),
    )


def account(kind: AccountKind, *, purpose_id: int) -> Account:
    """The account of that kind and purpose; every purpose has all four from the moment it is opened."""
    statement = select(Account).filter_by(kind=kind, purpose_id=purpose_id)
    # Postings move balances behind the session's back.
    return db.session().scalars(statement.execution_options(populate_existing=True)).one()


def open_purpose(*, code: str, name_th: str, name_en: str = "", dimension: str | None = None) -> Purpose:
    """A new purpose with its four accounts at zero."""
    purpose = Purpose(code=code, name_th=name_th, name_en=name_en, dimension=dimension, open=True)
    session = db.session()
    session.add(purpose)
    session.flush()
    session.add_all(Account(kind=kind, purpose_id=purpose.id, balance_satang=0) for kind in AccountKind)
    session.flush()
    return purpose


def ensure_general() -> Purpose:
    """The general purpose, opened when the books are new. A fund without it could take no donation."""
    found = db.session().scalars(select(Purpose).filter_by(code=GENERAL)).one_or_none()
    return found or open_purpose(
        code=GENERAL, name_th=language.marked("ทั่วไป (ตามมติคณะกรรมการ)"), name_en="General"
    )
