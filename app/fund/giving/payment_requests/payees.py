"""Payees: the fund's bank accounts, and whom QR codes pay from which moment on."""

from datetime import timedelta

from sqlalchemy import or_, select

from app.fund.giving.records.payment_requests import FundAccount, Payee
from app.kit import clock
from app.kit.db import db

#: A payee that was not the last one counts so long after its approval: time to notice and to object.
WAIT = timedelta(hours=24)
#: So long the give pages say that the payee is new.
TOLD = timedelta(days=30)


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
