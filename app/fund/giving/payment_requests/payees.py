"""Payees: the fund's bank accounts, and whom QR codes pay from which moment on."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import clock
from app.kit.db import Base, Id, UtcDateTime, db

#: A payee that was not the last one counts so long after its approval: time to notice and to object.
WAIT = timedelta(hours=24)
#: So long the give pages say that the payee is new.
TOLD = timedelta(days=30)


class FundAccount(Base):
    """A bank account of the fund. `proposed` before the bank has opened it: pledges need no account, QR codes do.

    Made and changed only by an approval of two people (triggers).
    """

    __tablename__ = "fund_account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Three-digit bank code.
    bank_code: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    #: 15 digits issued by the bank for bill payment (tag 30); empty until the bank has registered the fund.
    biller_id: Mapped[str | None] = mapped_column(String(15), unique=True)
    #: 13-digit tax ID registered with PromptPay (tag 29).
    promptpay_id: Mapped[str | None] = mapped_column(String(13))
    #: What was approved last; who is paid at this moment, `in_force` says.
    state: Mapped[str] = mapped_column(String(10))
    #: The approval of the last change; empty for accounts from before approvals were asked.
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"))

    __table_args__ = (CheckConstraint("state IN ('proposed', 'open', 'closed')", name="known_state"),)


class Payee(Base):
    """Whom QR codes pay from a moment on: an account by its IDs. Final but for its end (trigger)."""

    __tablename__ = "payee"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"), index=True)
    biller_id: Mapped[str | None] = mapped_column(String(15))
    promptpay_id: Mapped[str | None] = mapped_column(String(13))
    #: Empty for the one from before approvals were asked.
    approval_request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_request.id"), unique=True)
    #: From here on new QR codes pay it, until another one's moment has come.
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When its account was closed. One closed before its moment has replaced nobody.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[FundAccount] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (CheckConstraint("biller_id IS NOT NULL OR promptpay_id IS NOT NULL", name="by_an_id"),)

    def is_same(self, account_id: int, biller_id: str | None, promptpay_id: str | None) -> bool:
        return (self.account_id, self.biller_id, self.promptpay_id) == (account_id, biller_id, promptpay_id)


_counted = or_(Payee.ended_at.is_(None), Payee.ended_at > Payee.from_at)


def in_force() -> Payee | None:
    """Whom a QR code drawn now pays: the one approved last whose moment has come. None before the first and after the
    last was closed: no older one comes back."""
    statement = select(Payee).where(Payee.from_at <= clock.now(), _counted).order_by(Payee.id.desc()).limit(1)
    newest = db.session().scalars(statement).one_or_none()
    return newest if newest is not None and newest.ended_at is None else None


def coming() -> Payee | None:
    """Who is approved and waits for their moment."""
    statement = select(Payee).where(Payee.from_at > clock.now(), Payee.ended_at.is_(None))
    return db.session().scalars(statement.order_by(Payee.id.desc()).limit(1)).one_or_none()


def newest() -> Payee | None:
    """The last payee that was approved and not closed before its moment; a new one waits unless it is the same."""
    return (
        db.session().scalars(select(Payee).where(_counted).order_by(Payee.id.desc()).limit(1)).one_or_none()
    )


def news() -> Payee | None:
    """The payee that givers are told of as new: coming, or in force for less than TOLD; never the fund's first.

    One whose account was closed and opened again is as new as it was before.
    """
    last = coming() or in_force()
    if last is None:
        return None
    earlier = select(Payee).where(Payee.id < last.id, _counted).order_by(Payee.id.desc())
    for payee in db.session().scalars(earlier):
        if not payee.is_same(last.account_id, last.biller_id, last.promptpay_id):
            return last if last.from_at + TOLD > clock.now() else None
        last = payee
    return None


def receiving_account() -> FundAccount | None:
    """The account that a QR code drawn now pays into."""
    payee = in_force()
    return payee.account if payee else None
