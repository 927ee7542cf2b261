"""Receipts: numbered without gaps in each fiscal year and book, their contents frozen at issue."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from app.fund.giving.receipts import documents, issuer
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.receipts import MAIN, Receipt, ReceiptBook, ReceiptDue
from app.kit import clock, money, thai
from app.kit.clock import BANGKOK
from app.kit.db import db, is_sqlite, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.frozen import freeze
from app.kit.injected import Injected
from app.kit.texts import visible
from app.kit.thai import arabic_digits
from app.kit.web import token
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

#: Whether a donation's money may have gone back, by its id.
IN_DOUBT: Injected[Callable[[int], bool]] = Injected("donations whose money may have gone back")


#: What stands for a payer who gave no name, or whose name the public does not see.
UNNAMED = "ผู้ไม่ประสงค์ออกนาม"
CHANNEL = "โอนเข้าบัญชีกองทุน"


def issue(
    donation: Donation,
    *,
    channel: str = "",
    replaces: str = "",
    book: ReceiptBook | None = None,
    by: User | None,
) -> Receipt:
    """The receipt of a donation under the next number of this fiscal year, its contents frozen and hashed.

    The sum is what is left of the donation. `channel` is how the money came, `replaces` the code of a voided
    receipt, `book` this year's book where the caller holds it already. Raises Refused while the issuer's name,
    address or tax ID is missing. The database refuses a second receipt while one is valid.
    """
    lacking = issuer.missing()
    if lacking:
        raise Refused(f"ยังออกใบเสร็จรับเงินไม่ได้ เพราะยังไม่มี{' และ'.join(lacking)} กรุณาเติมที่หน้าผู้ออกใบเสร็จ")
    book = book or lock_book()
    number = book.last_number + 1
    now = clock.now()
    receipt = Receipt(
        fiscal_year_be=book.fiscal_year_be,
        book=book.book,
        number=number,
        token=token(20),
        donation_id=donation.id,
        issued_at=now,
    )
    receipt.contents, receipt.contents_hash = _frozen(
        donation, code=receipt.code, issued_at=now, channel=channel, replaces=replaces, by=by
    )
    book.last_number = number
    session = db.session()
    session.add(receipt)
    session.flush()
    audit.record(Deed.RECEIPT_ISSUE, f"receipt:{receipt.id}", by=by, code=receipt.code, donation=donation.id)
    return receipt


def issue_or_owe(
    donation: Donation, *, channel: str = "", book: ReceiptBook, by: User | None
) -> Receipt | None:
    """The receipt of a donation that has just come in; None while the issuer's data are incomplete.

    Money that came is in the books either way; the receipt is then owed, and `issue_missing` issues it.
    """
    if issuer.is_complete():
        return issue(donation, channel=channel, book=book, by=by)
    session = db.session()
    session.add(
        ReceiptDue(
            donation_id=donation.id, book=book.book, channel=(channel or CHANNEL)[:120], since=clock.now()
        )
    )
    session.flush()
    return None


#: Donations not reversed whole that never had a receipt, with the book and channel it is owed under: found from what is owed.
_OWED = """FROM receipt_due AS d JOIN live_donation AS g ON g.id = d.donation_id WHERE d.issued_at IS NULL AND g.satang > 0"""


def owed() -> tuple[int, int]:
    """How many donations are without a receipt, and their satang together."""
    row = db.session().execute(text(f"SELECT COUNT(*), COALESCE(SUM(g.satang), 0) {_OWED}")).one()
    return int(row[0]), int(row[1])


def issue_missing(*, by: User | None = None, most: int = 50) -> int:
    """Issue the receipts that are owed, oldest donation first, `most` in one transaction. Returns how many.

    Nothing happens while the issuer's data are incomplete. Safe to repeat and to kill: what is issued is issued,
    the rest is still owed.
    """
    done = 0
    while issuer.is_complete():
        with transaction() as session:
            rows: Sequence[Any] = session.execute(
                text(
                    f"SELECT d.donation_id, d.book, d.channel {_OWED} ORDER BY d.book, d.donation_id LIMIT :most"
                ),
                {"most": most},
            ).all()
            books = {name: lock_book(name) for name in sorted({row[1] for row in rows})}
            for donation_id, book, channel in rows:
                # Somebody else may have issued it while this one waited for the book.
                if (
                    session.scalar(
                        select(func.count()).select_from(Receipt).filter_by(donation_id=donation_id)
                    )
                    == 0
                ):
                    issue(session.get_one(Donation, donation_id), channel=channel, book=books[book], by=by)
                    done += 1
        if len(rows) < most:
            break
    return done


def in_doubt(receipt: Receipt) -> bool:
    """Whether a room knows that the money may have gone back, and a person is yet to say so."""
    return receipt.voided_at is None and IN_DOUBT.get()(receipt.donation_id)


def by_token(token: str) -> Receipt | None:
    """The receipt whose check page is /receipts/<token>."""
    return db.session().scalars(select(Receipt).filter_by(token=token)).one_or_none()


_CODE = re.compile(r"(?:([0-9]{4})/)?([A-Z]?)-?([0-9]{1,9})")


def read_code(typed: str) -> tuple[int | None, str, int] | None:
    """Fiscal year, book and number as a person typed them: `2569/000123`, `2569/C-000123` or `123`; None for nothing of the kind."""
    found = _CODE.fullmatch("".join(arabic_digits(typed).split()).upper())
    return (int(found[1]) if found[1] else None, found[2], int(found[3])) if found else None


def by_code(typed: str) -> Receipt | None:
    """The receipt with this number, its fiscal year included."""
    known = read_code(typed)
    if known is None or known[0] is None:
        return None
    year, book, number = known
    return (
        db.session()
        .scalars(select(Receipt).filter_by(fiscal_year_be=year, book=book, number=number))
        .one_or_none()
    )


def after(receipt: Receipt) -> Receipt | None:
    """The receipt that was issued in place of a voided one."""
    return (
        db.session()
        .scalars(
            select(Receipt)
            .where(Receipt.donation_id == receipt.donation_id, Receipt.id > receipt.id)
            .order_by(Receipt.id)
            .limit(1)
        )
        .one_or_none()
    )


def void(receipt_id: int, *, reason: str, by: User | None) -> None:
    """Declare a receipt invalid. It keeps its number, and the money stays in the books."""
    if by is None or not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ยกเลิกใบเสร็จรับเงินได้")
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= 300:
        raise BadInput("กรุณาบอกเหตุผลที่ยกเลิก ไม่เกิน 300 ตัวอักษร")
    receipt = lock(Receipt, receipt_id)
    if receipt.voided_at is not None:
        raise Refused(f"ใบเสร็จรับเงิน {receipt.code} ยกเลิกไปแล้ว ไม่ต้องทำซ้ำ")
    _void(receipt, reason=reason, by=by)


def _void(receipt: Receipt, *, reason: str, by: User) -> None:
    receipt.voided_at, receipt.voided_by_id, receipt.void_reason = clock.now(), by.id, reason
    audit.record(Deed.RECEIPT_VOID, f"receipt:{receipt.id}", by=by, code=receipt.code, reason=reason)


def lock_book_of(donation_id: int) -> ReceiptBook:
    """This year's book of the series that a donation has its receipt in, locked until the transaction ends."""
    session = db.session()
    latest = (
        select(Receipt.book).where(Receipt.donation_id == donation_id).order_by(Receipt.id.desc()).limit(1)
    )
    owed_in = select(ReceiptDue.book).where(ReceiptDue.donation_id == donation_id)
    return lock_book(session.scalar(latest) or session.scalar(owed_in) or MAIN)


def follow_reversal(donation: Donation, *, reason: str, book: ReceiptBook, by: User) -> Receipt | None:
    """After a part of a donation went back: its receipt is void, and what is left has a new one under `book`.

    None when nothing is left, or when the donation had no valid receipt. Who may do it is the caller's to ask.
    """
    valid = select(Receipt).filter_by(donation_id=donation.id, voided_at=None).with_for_update(of=Receipt)
    old = db.session().scalars(valid.execution_options(populate_existing=True)).one_or_none()
    if old is None:
        return None
    _void(old, reason=reason[:300], by=by)
    if remaining_satang(donation.id) == 0:
        return None
    return issue(donation, channel=old.printed["channel"], replaces=old.code, book=book, by=by)


def reissue(receipt_id: int, *, by: User | None) -> Receipt:
    """A new receipt, under a new number of the same book, in place of a voided one: over what is left of the donation.

    The database refuses a second.
    """
    if by is None or not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ออกใบเสร็จรับเงินใหม่ได้")
    book = lock_book(db.session().get_one(Receipt, receipt_id).book)
    old = lock(Receipt, receipt_id)
    if old.voided_at is None:
        raise Refused(f"ใบเสร็จรับเงิน {old.code} ยังใช้ได้อยู่ หากต้องออกใหม่ กรุณายกเลิกใบนี้ก่อน")
    return issue(old.donation, channel=old.printed["channel"], replaces=old.code, book=book, by=by)


def pdf(receipt: Receipt) -> bytes:
    """The original on A5, as it was first printed: the same bytes whenever it is asked for."""
    return documents.original(receipt).pdf


def lock_book(book: str = MAIN, *, year_be: int | None = None) -> ReceiptBook:
    """A book of this fiscal year, or of another, opened on first use and locked until the transaction ends, so that numbers
    have no gap."""
    year = year_be or thai.fiscal_year_be(clock.today())
    session = db.session()
    insert = (sqlite if is_sqlite() else postgresql).insert
    session.execute(
        insert(ReceiptBook).values(fiscal_year_be=year, book=book, last_number=0).on_conflict_do_nothing()
    )
    statement = select(ReceiptBook).filter_by(fiscal_year_be=year, book=book).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def remaining_satang(donation_id: int) -> int:
    """What is left of a donation after reversals, as it is now in this transaction."""
    session = db.session()
    session.flush()
    left = session.scalar(text("SELECT satang FROM live_donation WHERE id = :id"), {"id": donation_id})
    return int(left or 0)


def _frozen(
    donation: Donation, *, code: str, issued_at: datetime, channel: str, replaces: str, by: User | None
) -> tuple[str, str]:
    """The contents of a receipt as JSON with sorted keys, and their SHA-256.

    The sum is what is left of the donation. Raises Refused when nothing does.
    """
    current_issuer = issuer.issuer()
    satang = remaining_satang(donation.id)
    if satang <= 0:
        raise Refused("เงินก้อนนี้คืนหรือยกเลิกการจับคู่ไปทั้งก้อนแล้ว จึงไม่มีจำนวนเงินให้ออกใบเสร็จ")
    name = visible(donation.donor_name) or (donation.network.name if donation.network else "")
    contents = {
        "code": code,
        "issuer": current_issuer.name_th,
        "issuer_address": current_issuer.address_th,
        "issuer_tax_id": current_issuer.tax_id,
        "payer": name or UNNAMED,
        "anonymous": donation.anonymous or not name,
        "satang": satang,
        "words": money.baht_in_words(satang),
        "purpose": donation.purpose.name_th,
        "channel": channel or CHANNEL,
        "reference": donation.payment_request.ref1 if donation.payment_request else "",
        "paid_on": donation.paid_at.astimezone(BANGKOK).date().isoformat(),
        "issued_on": issued_at.astimezone(BANGKOK).date().isoformat(),
        "replaces": replaces,
        "receiver": by.name if by else "",
        "receiver_position": _position(by) if by else "",
        "tax": tax_words(),
    }
    if current_issuer.signer:
        contents |= {"signer": current_issuer.signer, "signer_position": current_issuer.signer_position}
    return freeze(contents)


def _position(by: User) -> str:
    return by.position or (ROLE_NAMES[Role.FINANCE] if by.has(Role.FINANCE) else "")


def tax_words() -> str:
    """What may be said about tax: the registration as it stands in the profile, and nothing without one."""
    profile = Profile.here()
    rules = profile.giving
    if not rules.edonation_number:
        return ""
    on = f" ลงวันที่ {thai.long_date(date.fromisoformat(rules.edonation_on))}" if rules.edonation_on else ""
    return f"หน่วยรับบริจาคในระบบ e-Donation ของกรมสรรพากร ทะเบียนเลขที่ {rules.edonation_number}{on}"
