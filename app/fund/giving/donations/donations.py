"""Donations: money that has truly come in, with the entry it made in the books."""

from datetime import datetime

from sqlalchemy import func, select

from app.fund.giving.receipts import receipts
from app.fund.giving.receipts.receipts import remaining_satang
from app.fund.giving.records.donations import UNDONE, Donation, DonationReversal
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.receipts import MAIN
from app.fund.ledger import entries
from app.fund.ledger.accounts import Account, AccountKind, Purpose
from app.fund.spending.records import LIVE_TRACES
from app.kit import clock, queue
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.texts import visible
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def post(
    *,
    satang: int,
    paid_at: datetime,
    purpose_id: int,
    payment_request_id: int | None = None,
    pledge_id: int | None = None,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    book: str = MAIN,
    by: User | None,
    source_words: str = "",
) -> Donation:
    """Money has come in: the donation, its entry in the books and its receipt, all in the caller's transaction.

    A payment request becomes received; when it already is, this is one more donation for it, because money that came twice
    is twice the money. The payment request's own pledge, network, name and wish to stay anonymous go before the arguments.
    `by` is None where reference and amount alone decided. `source_words` is the channel as the receipt
    prints it, `book` the receipt book. Rows are locked in this order: receipt book, payment request, accounts. Raises Refused for an unknown
    payment request or purpose, and for a purpose other than the donor's.
    """
    if satang <= 0:
        raise BadInput("จำนวนเงินต้องมากกว่าศูนย์")
    receipt_book = receipts.lock_book(book)
    payment_request = _lock_request(payment_request_id, purpose_id=purpose_id)
    now = clock.now()
    donation = Donation(
        payment_request_id=payment_request.id if payment_request else None,
        pledge_id=(payment_request.pledge_id if payment_request else None) or pledge_id,
        network_id=(payment_request.network_id if payment_request else None) or network_id,
        purpose_id=purpose_id,
        satang=satang,
        donor_name=visible((payment_request and payment_request.donor_name) or "")[:160]
        or visible(donor_name)[:160],
        anonymous=payment_request.anonymous if payment_request else anonymous,
        paid_at=paid_at,
        posted_at=now,
        posted_by_id=by.id if by else None,
    )
    db.session().add(donation)
    db.session().flush()
    entries.receive(
        purpose_id=purpose_id, satang=satang, donation_id=donation.id, by_id=by.id if by else None
    )
    if payment_request is not None and payment_request.state != PaymentRequestState.RECEIVED:
        payment_request.state, payment_request.received_at = PaymentRequestState.RECEIVED, now
    receipt = receipts.issue_or_owe(donation, channel=source_words, book=receipt_book, by=by)
    audit.record(
        Deed.DONATION_POST,
        f"donation:{donation.id}",
        by=by,
        satang=satang,
        purpose=donation.purpose.code,
        receipt=receipt.code if receipt else "",
    )
    if donation.pledge_id is not None:
        queue.ask("thank", key=f"donation:{donation.id}", donation_id=donation.id)
    queue.ask("publish", key="edition")
    return donation


def _lock_request(payment_request_id: int | None, *, purpose_id: int) -> PaymentRequest | None:
    """The payment request that is paid, locked. Raises Refused for an unknown purpose, and for another than the donor's."""
    payment_request = lock(PaymentRequest, payment_request_id) if payment_request_id else None
    if payment_request is not None and payment_request.purpose_id != purpose_id:
        raise Refused("ผู้ให้ระบุวัตถุประสงค์ไว้แล้ว จะลงบัญชีเป็นวัตถุประสงค์อื่นไม่ได้ กรุณาเลือกวัตถุประสงค์ตามที่ผู้ให้ระบุ")
    if db.session().get(Purpose, purpose_id) is None:
        raise Refused("ไม่พบวัตถุประสงค์นี้ กรุณาเลือกจากรายการ")
    return payment_request


def reversible(donation: Donation) -> int:
    """How much of a donation can still be reversed, in satang: not reversed yet, used by no payment, committed by no resolution."""
    return max(0, min(remaining_satang(donation.id) - _spent(donation.id), _available(donation.purpose_id)))


def _spent(donation_id: int) -> int:
    used = select(func.coalesce(func.sum(LIVE_TRACES.c.satang), 0)).where(
        LIVE_TRACES.c.donation_id == donation_id
    )
    return int(db.session().execute(used).scalar_one())


def _available(purpose_id: int) -> int:
    balance = select(Account.balance_satang).filter_by(purpose_id=purpose_id, kind=AccountKind.AVAILABLE)
    return db.session().execute(balance).scalar_one()


def reverse(donation_id: int, *, satang: int, kind: str, reason: str, by: User) -> DonationReversal:
    """Reverse so many satang of a donation: in the books, on its receipt and in every sum over donations.

    `kind` is UNDONE, the whole of a donation that was matched wrongly (its payment request waits again), or REFUNDED, money that goes
    back to the giver. Its receipt is voided, and what is left gets a new one. Rows are locked in this order: receipt
    book, payment request, accounts, donation. Raises Refused for what a payment has used or a resolution holds, for more than is
    left, and for an undo after a refund. Who may do it is the caller's to ask.
    """
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผล ไม่เกิน 300 ตัวอักษร")
    if satang <= 0:
        raise BadInput("จำนวนเงินต้องมากกว่าศูนย์")
    session = db.session()
    receipt_book = receipts.lock_book_of(donation_id)
    known = session.get(Donation, donation_id)
    if known is None:
        raise Refused("ไม่พบเงินสมทบก้อนนี้ อาจถูกยกเลิกไปแล้ว")
    payment_request = lock(PaymentRequest, known.payment_request_id) if known.payment_request_id else None
    # A payment takes these rows before it looks for donations: either it sees this reversal, or this sees its traces.
    accounts = select(Account.id).filter_by(purpose_id=known.purpose_id).order_by(Account.id)
    session.execute(accounts.with_for_update()).all()
    donation = lock(Donation, donation_id)
    _refuse_what_is_gone(donation, satang=satang, kind=kind)
    back = DonationReversal(
        donation_id=donation.id, kind=kind, satang=satang, reason=reason, at=clock.now(), by_id=by.id
    )
    session.add(back)
    session.flush()
    entries.give_back(
        purpose_id=donation.purpose_id, satang=satang, donation_reversal_id=back.id, by_id=by.id
    )
    if kind == UNDONE and payment_request is not None:
        _wait_again(payment_request)
    receipts.follow_reversal(donation, reason=reason, book=receipt_book, by=by)
    audit.record(
        Deed.DONATION_REVERSE, f"donation:{donation.id}", by=by, satang=satang, kind=kind, reason=reason
    )
    queue.ask("correct", key=f"donation_reversal:{back.id}", donation_reversal_id=back.id)
    queue.ask("publish", key="edition")
    return back


def _refuse_what_is_gone(donation: Donation, *, satang: int, kind: str) -> None:
    stands, spent = remaining_satang(donation.id), _spent(donation.id)
    if kind == UNDONE and stands < donation.satang:
        raise Refused(
            f"เงินก้อนนี้คืนผู้ให้หรือถอนไปแล้ว {format_baht(donation.satang - stands)} บาท จึงถอนการจับคู่ทั้งก้อนไม่ได้"
        )
    if kind == UNDONE and satang != donation.satang:
        raise BadInput("การถอนการจับคู่ต้องถอนทั้งก้อน")
    if satang > stands:
        raise Refused(f"เงินก้อนนี้เหลือ {format_baht(stands)} บาท จะคืนเกินนี้ไม่ได้")
    if satang > stands - spent:
        raise Refused(
            f"เงินก้อนนี้จ่ายช่วยเหลือไปแล้ว {format_baht(spent)} บาท จึงคืนได้ไม่เกิน {format_baht(stands - spent)} บาท"
        )
    available = _available(donation.purpose_id)
    if satang > available:
        raise Refused(
            f"เงินของวัตถุประสงค์นี้ผูกพันตามมติคณะกรรมการไว้แล้ว เหลือพร้อมใช้ {format_baht(available)} บาท "
            "จึงคืนเกินนี้ไม่ได้ กรุณารอเงินสมทบเพิ่ม หรือให้คณะกรรมการคืนเงินที่ผูกพันก่อน"
        )


def _wait_again(payment_request: PaymentRequest) -> None:
    """A payment request whose donations were all undone is again what it was before."""
    undone = select(DonationReversal.id).where(
        DonationReversal.donation_id == Donation.id, DonationReversal.kind == UNDONE
    )
    live = select(Donation.id).where(Donation.payment_request_id == payment_request.id, ~undone.exists())
    if db.session().scalars(live.limit(1)).first() is None:
        until = payment_request.reserved_until or payment_request.expires_at
        payment_request.state = (
            PaymentRequestState.OPEN if clock.now() < until else PaymentRequestState.EXPIRED
        )
        payment_request.received_at = None
