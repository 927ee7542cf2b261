"""Entries: the rows of the books. Every movement of money in this fund is one row made here."""

import hashlib
from datetime import date, datetime
from typing import cast

from sqlalchemy import (
    CheckConstraint,
    Executable,
    ForeignKey,
    Index,
    ScalarSelect,
    SmallInteger,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.fund.ledger.accounts import Account, AccountKind
from app.kit import clock
from app.kit.db import Base, Id, Satang, UtcDateTime, db
from app.kit.errors import Refused
from app.kit.worded import Worded


class Movement(Worded):
    """What an entry does with money."""

    RECEIVE = "receive", "รับเงินสมทบ"
    COMMIT = "commit", "ผูกพันตามมติ"
    PAY = "pay", "จ่ายเงิน"
    #: A payment that counts as paid no more; the money is promised again.
    VOID = "void", "ยกเลิกการจ่าย"
    #: What came back of a payment; the money is promised again.
    RETURN = "return", "รับเงินคืนจากการจ่าย"
    RELEASE = "release", "คืนเงินที่ผูกพันไว้"
    GIVE_BACK = "give_back", "คืนหรือกลับรายการรับ"
    #: What the fund had before these books.
    OPEN = "open", "ยอดยกมา"


#: The column that says for what a movement was made.
SOURCES: dict[Movement, str] = {
    Movement.RECEIVE: "donation_id",
    Movement.GIVE_BACK: "donation_reversal_id",
    Movement.COMMIT: "commitment_id",
    Movement.RELEASE: "commitment_id",
    Movement.PAY: "payment_id",
    Movement.VOID: "payment_id",
    Movement.RETURN: "payment_return_id",
    Movement.OPEN: "opening_balance_id",
}
#: Each kind of source once.
SOURCE_COLUMNS = tuple(dict.fromkeys(SOURCES.values()))

_KNOWN_MOVEMENT = ", ".join(f"'{movement}'" for movement in Movement)
_ONE_SOURCE = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in SOURCE_COLUMNS)


def _movements_of(column: str) -> str:
    return ", ".join(f"'{movement}'" for movement, source in SOURCES.items() if source == column)


_SOURCE_OF_MOVEMENT = " AND ".join(
    f"(movement IN ({_movements_of(column)})) = ({column} IS NOT NULL)" for column in SOURCE_COLUMNS
)


def _once(column: str) -> Index:
    """A movement takes each step of a source once. Of these indexes an entry stands in that of its source only."""
    name = f"uq_entry_{column}_movement_step"
    is_set = text(f"{column} IS NOT NULL")
    return Index(name, column, "movement", "step", unique=True, sqlite_where=is_set, postgresql_where=is_set)


class Entry(Base):
    """One movement of money: both sides in one row, and the one thing it was made for.

    Final: triggers refuse UPDATE and DELETE; a mistake is corrected by another entry. Movement, source and step are
    unique together, so one cause moves money once, and may move it in several steps where its rule says so.
    """

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    debit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    satang: Mapped[int] = mapped_column(Satang)
    movement: Mapped[str] = mapped_column(String(12))
    # What moved the money: exactly one of these. Their tables stand in rooms above, and are called by name.
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"))
    donation_reversal_id: Mapped[int | None] = mapped_column(ForeignKey("donation_reversal.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    payment_return_id: Mapped[int | None] = mapped_column(ForeignKey("payment_return.id"))
    opening_balance_id: Mapped[int | None] = mapped_column(ForeignKey("opening_balance.id"))
    #: Counts the entries of one movement for one source from 1.
    step: Mapped[int] = mapped_column(SmallInteger)
    #: Book date, in Thailand.
    on: Mapped[date] = mapped_column("on_date")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    @property
    def source(self) -> tuple[str, int]:
        """The column that is set, and the id in it."""
        column = SOURCES[Movement(self.movement)]
        return column, cast(int, getattr(self, column))

    __table_args__ = (
        CheckConstraint(f"movement IN ({_KNOWN_MOVEMENT})", name="known_movement"),
        CheckConstraint(f"{_ONE_SOURCE} = 1", name="one_source"),
        CheckConstraint(_SOURCE_OF_MOVEMENT, name="source_of_movement"),
        CheckConstraint("step >= 1", name="steps_from_one"),
        CheckConstraint("satang > 0", name="positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        Index("ix_entry_debit_id", "debit_id"),
        Index("ix_entry_credit_id", "credit_id"),
        Index("ix_entry_on_date", "on_date", "id"),
        Index("ix_entry_movement", "movement", "id"),
        *map(_once, SOURCE_COLUMNS),
    )


_TABLE = cast(Table, Entry.__table__)
_ACCOUNTS = cast(Table, Account.__table__)


def _side(kind: AccountKind) -> ScalarSelect[int]:
    return (
        select(_ACCOUNTS.c.id)
        .where(_ACCOUNTS.c.kind == kind.value, _ACCOUNTS.c.purpose_id == bindparam("purpose_id"))
        .scalar_subquery()
    )


def _posting(movement: Movement, debit: AccountKind, credit: AccountKind) -> Executable:
    """One INSERT that finds both accounts itself; the trigger moves both balances inside it."""
    made: dict[str, object] = {
        "debit_id": _side(debit),
        "credit_id": _side(credit),
        "movement": movement.value,
        SOURCES[movement]: bindparam("source_id"),
    }
    return insert(_TABLE).values(made).returning(_TABLE.c.id)


_POSTINGS = {
    movement: _posting(movement, debit, credit)
    for movement, debit, credit in (
        (Movement.RECEIVE, AccountKind.AVAILABLE, AccountKind.RECEIVED),
        (Movement.GIVE_BACK, AccountKind.RECEIVED, AccountKind.AVAILABLE),
        (Movement.COMMIT, AccountKind.COMMITTED, AccountKind.AVAILABLE),
        (Movement.RELEASE, AccountKind.AVAILABLE, AccountKind.COMMITTED),
        (Movement.PAY, AccountKind.PAID, AccountKind.COMMITTED),
        (Movement.VOID, AccountKind.COMMITTED, AccountKind.PAID),
        (Movement.RETURN, AccountKind.COMMITTED, AccountKind.PAID),
        (Movement.OPEN, AccountKind.AVAILABLE, AccountKind.RECEIVED),
    )
}


def _post(
    movement: Movement, source_id: int, *, purpose_id: int, satang: int, step: int, by_id: int | None
) -> int:
    if type(satang) is not int or satang <= 0:
        raise Refused("จำนวนเงินต้องมากกว่าศูนย์")
    values = {
        "purpose_id": purpose_id,
        "source_id": source_id,
        "step": step,
        "satang": satang,
        "on_date": clock.today(),
        "at": clock.now(),
        "by_id": by_id,
    }
    number: int = db.session().execute(_POSTINGS[movement], values).scalar_one()
    return number


# Each raises Refused for a step of its source that was posted before. Whoever may post once leaves `step` at 1.


def receive(*, purpose_id: int, satang: int, donation_id: int, by_id: int | None, step: int = 1) -> int:
    """Money has arrived and is free to be promised. Returns the entry's id."""
    return _post(Movement.RECEIVE, donation_id, purpose_id=purpose_id, satang=satang, step=step, by_id=by_id)


def give_back(
    *, purpose_id: int, satang: int, donation_reversal_id: int, by_id: int | None, step: int = 1
) -> int:
    """Money that had arrived counts as received no more. The database refuses what is not available any longer."""
    return _post(
        Movement.GIVE_BACK, donation_reversal_id, purpose_id=purpose_id, satang=satang, step=step, by_id=by_id
    )


def commit(*, purpose_id: int, satang: int, commitment_id: int, by_id: int | None, step: int = 1) -> int:
    """Available money is promised by a resolution. The database refuses one satang more than is available."""
    return _post(Movement.COMMIT, commitment_id, purpose_id=purpose_id, satang=satang, step=step, by_id=by_id)


def release(*, purpose_id: int, satang: int, commitment_id: int, by_id: int | None, step: int = 1) -> int:
    """Promised money that is not needed goes back to available. The database refuses what was paid or is prepared."""
    return _post(
        Movement.RELEASE, commitment_id, purpose_id=purpose_id, satang=satang, step=step, by_id=by_id
    )


def pay(*, purpose_id: int, satang: int, payment_id: int, by_id: int | None, step: int = 1) -> int:
    """Promised money has left the bank."""
    return _post(Movement.PAY, payment_id, purpose_id=purpose_id, satang=satang, step=step, by_id=by_id)


def void(*, purpose_id: int, satang: int, payment_id: int, by_id: int | None, step: int = 1) -> int:
    """Money of a payment that was none is promised again."""
    return _post(Movement.VOID, payment_id, purpose_id=purpose_id, satang=satang, step=step, by_id=by_id)


def take_back(
    *, purpose_id: int, satang: int, payment_return_id: int, by_id: int | None, step: int = 1
) -> int:
    """What came back of a payment is promised again. The database refuses more than its return brought."""
    return _post(
        Movement.RETURN, payment_return_id, purpose_id=purpose_id, satang=satang, step=step, by_id=by_id
    )


def bring_forward(*, purpose_id: int, satang: int, opening_balance_id: int, by_id: int | None) -> int:
    """Money that the fund had before these books is free to be promised. The database refuses another sum than was approved."""
    return _post(Movement.OPEN, opening_balance_id, purpose_id=purpose_id, satang=satang, step=1, by_id=by_id)


def fingerprint(first_on: date, last_on: date) -> str:
    """SHA-256 over the entries of these days in their order: no other entries have it, nor the same in another order."""
    columns = (
        *(_TABLE.c[name] for name in ("id", "debit_id", "credit_id", "satang", "movement")),
        *(_TABLE.c[name] for name in SOURCE_COLUMNS),
        *(_TABLE.c[name] for name in ("step", "on_date", "by_id")),
    )
    statement = (
        select(*columns)
        .where(_TABLE.c.on_date.between(first_on, last_on))
        .order_by(_TABLE.c.id)
        .execution_options(yield_per=2000)
    )
    whole = hashlib.sha256()
    for row in db.session().execute(statement):
        whole.update(f"{'|'.join('' if value is None else str(value) for value in row)}\n".encode())
    return whole.hexdigest()
