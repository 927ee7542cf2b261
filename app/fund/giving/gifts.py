"""Gifts: money that has truly come in, with the entry it made in the books."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, column, table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.giving import receipts
from app.fund.giving.donations import Donation, DonationState
from app.fund.giving.networks import Network
from app.fund.ledger import books, entries
from app.fund.ledger.accounts import Purpose
from app.kit import clock, queue
from app.kit.db import Base, Id, Satang, UtcDateTime, db, explain, lock
from app.kit.errors import BadInput, Refused
from app.staff import audit
from app.staff.users import User


class Gift(Base):
    """Money received. Final: triggers refuse UPDATE and DELETE. Behind each stands an allocation of a bank event."""

    __tablename__ = "gift"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("purpose.id"))
    satang: Mapped[int] = mapped_column(Satang)
    donor_name: Mapped[str] = mapped_column(String(160), default="")
    anonymous: Mapped[bool] = mapped_column(default=True)
    #: When the bank says it was paid.
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    posted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Who matched it by hand; empty where reference and amount spoke for themselves.
    posted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    purpose: Mapped[Purpose] = relationship(lazy="joined", innerjoin=True)
    network: Mapped[Network | None] = relationship(lazy="joined")
    donation: Mapped[Donation | None] = relationship()

    __table_args__ = (CheckConstraint("satang > 0", name="positive"),)


#: The view of gifts as they stand: `satang` is what is left after returns, `given_satang` what came in. Every sum
#: over gifts reads it. An undone gift stands in it with nothing.
LIVE = table(
    "live_gift",
    *(
        column(name)
        for name in (
            *("id", "donation_id", "pledge_id", "network_id", "purpose_id", "satang", "given_satang"),
            *("donor_name", "anonymous", "paid_at", "posted_at"),
        )
    ),
)


explain(
    "gift_return_within_gift",
    "เงินก้อนนี้เหลือไม่ถึงจำนวนที่จะคืน เพราะจ่ายช่วยเหลือหรือคืนไปบ้างแล้ว กรุณาดูยอดที่เหลือของเงินก้อนนี้",
)


class GiftReturn(Base):
    """So many satang of a gift that do not stand any more. Final (trigger); never more than is left and unspent.

    `undo`: the whole gift was matched wrongly, and its bank event waits again. `refund`: money goes back to the giver.
    """

    __tablename__ = "gift_return"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    satang: Mapped[int] = mapped_column(Satang)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("kind IN ('undo', 'refund')", name="known_kind"),
        CheckConstraint("satang > 0", name="positive"),
    )


def post(
    *,
    satang: int,
    paid_at: datetime,
    purpose_id: int,
    donation_id: int | None = None,
    pledge_id: int | None = None,
    network_id: int | None = None,
    donor_name: str = "",
    anonymous: bool = True,
    book: str = receipts.MAIN,
    by: User | None,
    source_words: str = "",
) -> Gift:
    """Money has come in: the gift, its entry in the books and its receipt, all in the caller's transaction.

    A donation becomes received; when it already is, this is one more gift for it, because money that came twice
    is twice the money. The donation's own pledge, network, name and wish to stay anonymous hold over the arguments.
    `by` is None where reference and amount spoke for themselves. `source_words` is the channel as the receipt
    prints it, `book` the receipt book. Rows are held in this order: receipt book, donation, accounts. Raises Refused for an unknown
    donation or purpose, and for a purpose other than the donor's.
    """
    if satang <= 0:
        raise BadInput("จำนวนเงินต้องมากกว่าศูนย์")
    session = db.session()
    held = receipts.hold_book(book)
    donation = lock(Donation, donation_id) if donation_id else None
    if donation is not None and donation.purpose_id != purpose_id:
        raise Refused("ผู้ให้ระบุวัตถุประสงค์ไว้แล้ว จะลงบัญชีเป็นวัตถุประสงค์อื่นไม่ได้ กรุณาเลือกวัตถุประสงค์ตามที่ผู้ให้ระบุ")
    if session.get(Purpose, purpose_id) is None:
        raise Refused("ไม่พบวัตถุประสงค์นี้ กรุณาเลือกจากรายการ")
    now = clock.now()
    gift = Gift(
        donation_id=donation.id if donation else None,
        pledge_id=(donation.pledge_id if donation else None) or pledge_id,
        network_id=(donation.network_id if donation else None) or network_id,
        purpose_id=purpose_id,
        satang=satang,
        donor_name=(donation.donor_name if donation else "") or " ".join(donor_name.split())[:160],
        anonymous=donation.anonymous if donation else anonymous,
        paid_at=paid_at,
        posted_at=now,
        posted_by_id=by.id if by else None,
    )
    session.add(gift)
    session.flush()
    entries.receive(
        purpose_id=purpose_id, satang=satang, cause=f"gift:{gift.id}", by_id=by.id if by else None
    )
    if donation is not None and donation.state != DonationState.RECEIVED:
        donation.state, donation.received_at = DonationState.RECEIVED, now
    receipt = receipts.issue(gift, channel=source_words, book=held, by=by)
    audit.note(
        "gift.post", f"gift:{gift.id}", by=by, satang=satang, purpose=gift.purpose.code, receipt=receipt.code
    )
    queue.ask("publish", key="edition")
    return gift


@books.proof("เงินสมทบทุกก้อนมีรายการบัญชีของตน และรายการรับทุกแถวมีเงินสมทบของตน")
def _gifts_are_in_the_books() -> list[str]:
    # A cause is unique, so when every gift has its entry, equal counts mean that no entry lacks its gift.
    return books.violations(
        """SELECT g.id AS id FROM gift AS g
        LEFT JOIN entry AS e ON e.cause = 'gift:' || CAST(g.id AS VARCHAR(20))
        LEFT JOIN account AS d ON d.id = e.debit_id LEFT JOIN account AS c ON c.id = e.credit_id
        WHERE e.id IS NULL OR e.satang <> g.satang OR d.purpose_id <> g.purpose_id
        OR d.kind <> 'available' OR c.kind <> 'received'""",
        "เงินสมทบเลขที่ {id} ไม่มีรายการบัญชีที่ตรงกัน",
    ) + books.violations(
        """SELECT n.entries AS entries, n.gifts AS gifts FROM (SELECT
        (SELECT COUNT(*) FROM entry WHERE cause LIKE 'gift:%') AS entries,
        (SELECT COUNT(*) FROM gift) AS gifts) AS n WHERE n.entries <> n.gifts""",
        "มีรายการรับ {entries} รายการ แต่มีเงินสมทบ {gifts} ก้อน",
    )


@books.proof("การให้ที่แสดงว่าได้รับแล้วมีเงินสมทบจริง")
def _received_donations_have_gifts() -> list[str]:
    return books.violations(
        """SELECT d.ref1 AS ref1 FROM donation AS d WHERE d.state = 'received'
        AND NOT EXISTS (SELECT 1 FROM gift AS g WHERE g.donation_id = d.id)
        UNION ALL SELECT d.ref1 AS ref1 FROM donation AS d JOIN gift AS g ON g.donation_id = d.id
        WHERE d.state <> 'received'""",
        "การให้ {ref1} มีสถานะไม่ตรงกับเงินที่ได้รับ",
    )
