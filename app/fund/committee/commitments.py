"""Commitments: what resolutions promise of each purpose, and what of it is given back."""

from collections.abc import Mapping

from sqlalchemy import case, func, select

from app.fund.committee.records import COMMITTED, Commitment, Proposal, Resolution
from app.fund.ledger import entries
from app.fund.ledger.accounts import Account, AccountKind, Purpose
from app.fund.ledger.entries import Entry, Movement
from app.fund.spending.records import Payment, PaymentOrder
from app.fund.spending.records.returns import PaymentReturn
from app.kit.db import db
from app.kit.errors import Refused
from app.kit.money import format_baht
from app.staff.users import User


def promised(proposal_id: int) -> dict[int, int]:
    """Satang that a proposal may spend in all, by purpose: commitments less releases."""
    sums = (
        select(COMMITTED.c.purpose_id, func.sum(COMMITTED.c.satang))
        .where(COMMITTED.c.proposal_id == proposal_id)
        .group_by(COMMITTED.c.purpose_id)
        .order_by(COMMITTED.c.purpose_id)
    )
    return {number: int(satang) for number, satang in db.session().execute(sums) if satang}


def paid(proposal_id: int) -> dict[int, int]:
    """Satang paid for a proposal and not come back, by purpose, as the ledger has it."""
    signed = case((Entry.movement == Movement.PAY.value, Entry.satang), else_=-Entry.satang)
    booked = select(Account.purpose_id, func.sum(signed)).join(Account, Account.id == Entry.debit_id)
    paid_or_voided = booked.join(Payment, Payment.id == Entry.payment_id)
    came_back = booked.join(PaymentReturn, PaymentReturn.id == Entry.payment_return_id).join(
        Payment, Payment.id == PaymentReturn.payment_id
    )
    found: dict[int, int] = {}
    for sums in (paid_or_voided, came_back):
        of_it = sums.where(Payment.proposal_id == proposal_id).group_by(Account.purpose_id)
        for number, satang in db.session().execute(of_it):
            found[number] = found.get(number, 0) + int(satang)
    return {number: satang for number, satang in found.items() if satang}


def ordered(proposal_id: int) -> int:
    """Satang prepared for payment and not yet transferred."""
    gone = select(Payment.id).where(Payment.order_id == PaymentOrder.id).exists()
    sums = select(func.coalesce(func.sum(PaymentOrder.satang), 0)).where(
        PaymentOrder.proposal_id == proposal_id, PaymentOrder.withdrawn_at.is_(None), ~gone
    )
    return int(db.session().scalar(sums) or 0)


def spread(proposal: Proposal, satang: int) -> list[tuple[int, int]]:
    """How a payment falls on the purposes that were promised: its main purpose first. Purpose and satang."""
    before = paid(proposal.id)
    free = {number: whole - before.get(number, 0) for number, whole in promised(proposal.id).items()}
    shares, rest = [], satang
    for number in sorted(free, key=lambda number: (number != proposal.purpose_id, number)):
        share = min(rest, free[number])
        if share > 0:
            shares.append((number, share))
            rest -= share
    if rest:
        raise Refused("จ่ายเกินเงินที่ผูกพันไว้ไม่ได้ กรุณาตรวจยอดที่จ่ายไปแล้วและจำนวนเงินครั้งนี้")
    return shares


def promise(resolution: Resolution, sums: Mapping[int, int], *, by: User) -> None:
    """Money of these purposes is promised by the resolution. Raises Refused for more than is available, and says how much
    is missing; the database refuses it as well."""
    session = db.session()
    for purpose_id, satang in sorted(sums.items()):
        _refuse_what_is_missing(purpose_id, satang)
        made = Commitment(resolution_id=resolution.id, purpose_id=purpose_id, satang=satang)
        session.add(made)
        session.flush()
        entries.commit(purpose_id=purpose_id, satang=satang, commitment_id=made.id, by_id=by.id)


def _refuse_what_is_missing(purpose_id: int, satang: int) -> None:
    """The accounts are held in the order in which an entry moves them, so that what is read here is what is posted to."""
    kinds = (AccountKind.AVAILABLE, AccountKind.COMMITTED)
    held = (
        select(Account)
        .where(Account.purpose_id == purpose_id, Account.kind.in_(kinds))
        .order_by(Account.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    session = db.session()
    (available,) = (
        account.balance_satang for account in session.scalars(held) if account.kind == AccountKind.AVAILABLE
    )
    if satang > available:
        name = session.get_one(Purpose, purpose_id).name_th
        raise Refused(
            f"เงินไม่พอ “{name}” พร้อมใช้ {format_baht(available)} บาท ต้องผูกพันอีก {format_baht(satang)} บาท "
            f"ขาด {format_baht(satang - available)} บาท กรุณาลดจำนวนเงิน ใช้เงินวัตถุประสงค์อื่นร่วม หรือรอเงินสมทบเพิ่ม"
        )


def release(proposal_id: int, purpose_id: int, satang: int, *, by: User) -> None:
    """So much of what the proposal was promised of a purpose is available again: the newest commitment first."""
    rows = (
        select(
            COMMITTED.c.commitment_id,
            func.sum(COMMITTED.c.satang),
            # The first entry of a commitment promised it; each later one released a part.
            func.count(),
        )
        .where(COMMITTED.c.proposal_id == proposal_id, COMMITTED.c.purpose_id == purpose_id)
        .group_by(COMMITTED.c.commitment_id)
        .order_by(COMMITTED.c.commitment_id.desc())
    )
    rest = satang
    for commitment_id, left, steps in db.session().execute(rows).all():
        part = min(rest, int(left))
        if part > 0:
            entries.release(
                purpose_id=purpose_id, satang=part, commitment_id=commitment_id, by_id=by.id, step=int(steps)
            )
            rest -= part
    if rest:
        raise Refused("เงินที่ผูกพันไว้ไม่พอจะคืน กรุณาให้ผู้ตรวจสอบตรวจบัญชี")


def less_than_spent(spent: int, waiting: int) -> str:
    """Why a resolution is not amended to less than was paid and is prepared, in Thai."""
    return f"จ่ายไปแล้ว {format_baht(spent)} บาท เตรียมจ่ายไว้ {format_baht(waiting)} บาท จึงแก้มติให้น้อยกว่านั้นไม่ได้"


def amend(resolution: Resolution, sums: Mapping[int, int], *, by: User) -> None:
    """What the proposal may spend becomes `sums`, satang by purpose: what is more is promised, what is less released.

    Raises Refused for less than was paid, and for less than was paid and is prepared together.
    """
    number = resolution.proposal_id
    now, gone = promised(number), paid(number)
    spent, waiting = sum(gone.values()), ordered(number)
    if sum(sums.values()) < spent + waiting or any(sums.get(key, 0) < satang for key, satang in gone.items()):
        raise Refused(less_than_spent(spent, waiting))
    # Promised first: what is prepared stays covered while one purpose gives way to another.
    promise(
        resolution,
        {key: satang - now.get(key, 0) for key, satang in sums.items() if satang > now.get(key, 0)},
        by=by,
    )
    for key, satang in now.items():
        if satang > sums.get(key, 0):
            release(number, key, satang - sums.get(key, 0), by=by)


def release_unpaid(proposal_id: int, *, keeping: int = 0, by: User) -> int:
    """All that was promised and not paid is available again, but for `keeping` satang; how much, in satang.

    What is kept is of the purposes that pay first.
    """
    gone, main = paid(proposal_id), db.session().get_one(Proposal, proposal_id).purpose_id
    left = {key: satang - gone.get(key, 0) for key, satang in promised(proposal_id).items()}
    released = 0
    for key in sorted(left, key=lambda number: (number != main, number)):
        kept = min(keeping, left[key])
        keeping -= kept
        if left[key] > kept:
            release(proposal_id, key, left[key] - kept, by=by)
            released += left[key] - kept
    return released
