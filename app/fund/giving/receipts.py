"""Receipts: numbered without gaps in each fiscal year, their contents frozen at issue."""

import hashlib
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, render_template
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.fund.ledger import books
from app.kit import clock, money, qr, thai
from app.kit import pdf as paper
from app.kit.clock import BANGKOK
from app.kit.db import Base, Id, UtcDateTime, db, explain, is_sqlite, lock
from app.kit.errors import BadInput, Refused
from app.kit.web import token
from app.province.profile import Profile
from app.settings import Settings
from app.staff import audit
from app.staff.roles import Role
from app.staff.users import User

if TYPE_CHECKING:
    from app.fund.giving.gifts import Gift

#: What stands for a payer who gave no name, or whose name the public does not see.
UNNAMED = "ผู้ไม่ประสงค์ออกนาม"
CHANNEL = "โอนเข้าบัญชีกองทุน"

# PostgreSQL names the index that refused, SQLite its columns.
for _name in ("uq_receipt_live_gift", "uq_receipt_gift_id"):
    explain(_name, "เงินสมทบนี้มีใบเสร็จรับเงินที่ใช้ได้อยู่แล้ว หากต้องออกใหม่ กรุณายกเลิกใบเดิมก่อน")


#: Books of receipts. Each has its own numbers, so that they issue beside each other without waiting.
MAIN, COUNTER, GOODS = "", "C", "K"


class ReceiptBook(Base):
    """The counter of one book in one fiscal year: the row that its receipts queue on."""

    __tablename__ = "receipt_book"

    fiscal_year_be: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    book: Mapped[str] = mapped_column(String(2), primary_key=True, default=MAIN, server_default="")
    last_number: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """One receipt. Number and contents never change (trigger); a void keeps its number."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fiscal_year_be: Mapped[int]
    #: Which book: main, counter.
    book: Mapped[str] = mapped_column(String(2), default=MAIN, server_default="")
    #: Runs 1, 2, 3 … in the year and book; a trigger refuses any other next number.
    number: Mapped[int]
    #: Unguessable part of /receipts/<token>.
    token: Mapped[str] = mapped_column(String(32), unique=True)
    gift_id: Mapped[int] = mapped_column(ForeignKey("gift.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: JSON with sorted keys: issuer, payer, satang, words, purpose, channel, dates as printed.
    contents: Mapped[str] = mapped_column(Text)
    #: SHA-256 of `contents`.
    contents_hash: Mapped[str] = mapped_column(String(64))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    void_reason: Mapped[str | None] = mapped_column(String(300))

    gift: Mapped["Gift"] = relationship()

    @property
    def code(self) -> str:
        """As printed: 2569/000123, of the counter's book 2569/C-000123."""
        return f"{self.fiscal_year_be}/{f'{self.book}-' if self.book else ''}{self.number:06d}"

    @property
    def printed(self) -> dict[str, Any]:
        """What the receipt says, as it was frozen."""
        return cast(dict[str, Any], json.loads(self.contents))

    @property
    def public_payer(self) -> str:
        """The payer as anyone may read it."""
        printed = self.printed
        return UNNAMED if printed["anonymous"] else str(printed["payer"])

    @property
    def paid_on(self) -> date:
        return date.fromisoformat(self.printed["paid_on"])

    @property
    def issued_on(self) -> date:
        return date.fromisoformat(self.printed["issued_on"])

    @property
    def genuine(self) -> bool:
        """Whether the contents are still those that were hashed at issue; worked out now."""
        return _hash(self.contents) == self.contents_hash

    __table_args__ = (
        UniqueConstraint("fiscal_year_be", "book", "number", name="uq_receipt_fiscal_year_be_number"),
        CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL) AND (voided_at IS NULL) = (voided_by_id IS NULL)",
            name="void_triple",
        ),
        Index(
            "uq_receipt_live_gift",
            "gift_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )


def _hash(contents: str) -> str:
    return hashlib.sha256(contents.encode()).hexdigest()


def hold_book(book: str = MAIN) -> ReceiptBook:
    """A book of this fiscal year, opened on first use and held until the transaction ends, so that numbers have no gap."""
    year = thai.fiscal_year_be(clock.today())
    row = {"fiscal_year_be": year, "book": book, "last_number": 0}
    session = db.session()
    if is_sqlite():
        session.execute(sqlite.insert(ReceiptBook).values(**row).on_conflict_do_nothing())
    else:
        session.execute(postgresql.insert(ReceiptBook).values(**row).on_conflict_do_nothing())
    held = select(ReceiptBook).filter_by(fiscal_year_be=year, book=book).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).one()


def issue(
    gift: "Gift", *, channel: str = "", replaces: str = "", book: ReceiptBook | None = None, by: User | None
) -> Receipt:
    """The receipt of a gift under the next number of this fiscal year, its contents frozen and hashed.

    `channel` is how the money came, `replaces` the code of a voided receipt, `book` this year's book where the
    caller holds it already. The database refuses a second receipt while one is valid.
    """
    book = book or hold_book()
    number = book.last_number + 1
    now = clock.now()
    receipt = Receipt(
        fiscal_year_be=book.fiscal_year_be,
        book=book.book,
        number=number,
        token=token(20),
        gift_id=gift.id,
        issued_at=now,
    )
    contents = _contents(
        gift, code=receipt.code, issued_at=now, channel=channel or CHANNEL, replaces=replaces
    )
    receipt.contents = json.dumps(contents, sort_keys=True, ensure_ascii=False)
    receipt.contents_hash = _hash(receipt.contents)
    book.last_number = number
    session = db.session()
    session.add(receipt)
    session.flush()
    audit.note("receipt.issue", f"receipt:{receipt.id}", by=by, code=receipt.code, gift=gift.id)
    return receipt


def _contents(gift: "Gift", *, code: str, issued_at: datetime, channel: str, replaces: str) -> dict[str, Any]:
    profile: Profile = current_app.extensions["profile"]
    name = gift.donor_name or (gift.network.name if gift.network else "")
    return {
        "code": code,
        "issuer": profile.issuer.name_th,
        "issuer_address": profile.issuer.address_th,
        "issuer_tax_id": profile.issuer.tax_id,
        "payer": name or UNNAMED,
        "anonymous": gift.anonymous or not name,
        "satang": gift.satang,
        "words": money.baht_in_words(gift.satang),
        "purpose": gift.purpose.name_th,
        "channel": channel,
        "reference": gift.donation.ref1 if gift.donation else "",
        "paid_on": gift.paid_at.astimezone(BANGKOK).date().isoformat(),
        "issued_on": issued_at.astimezone(BANGKOK).date().isoformat(),
        "replaces": replaces,
    }


def by_token(token: str) -> Receipt | None:
    """The receipt whose check page is /receipts/<token>."""
    return db.session().scalars(select(Receipt).filter_by(token=token)).one_or_none()


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
    receipt.voided_at, receipt.voided_by_id, receipt.void_reason = clock.now(), by.id, reason
    audit.note("receipt.void", f"receipt:{receipt.id}", by=by, code=receipt.code, reason=reason)


def reissue(receipt_id: int, *, by: User | None) -> Receipt:
    """A new receipt, under a new number, in place of a voided one. The database refuses a second."""
    if by is None or not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ออกใบเสร็จรับเงินใหม่ได้")
    book = hold_book(db.session().get_one(Receipt, receipt_id).book)
    old = lock(Receipt, receipt_id)
    if old.voided_at is None:
        raise Refused(f"ใบเสร็จรับเงิน {old.code} ยังใช้ได้อยู่ หากต้องออกใหม่ กรุณายกเลิกใบนี้ก่อน")
    return issue(old.gift, channel=old.printed["channel"], replaces=old.code, book=book, by=by)


def pdf(receipt: Receipt, *, named: bool = False) -> bytes:
    """The receipt on A5, as it was frozen, with a QR code that opens its public check page.

    An anonymous payer's name is printed only when `named`: for the payer and for the fund's own officers.
    """
    settings: Settings = current_app.extensions["kueakun"]
    printed = receipt.printed
    html = render_template(
        "pdf/receipt.html",
        receipt=receipt,
        printed=printed,
        payer=printed["payer"] if named else receipt.public_payer,
        check_url=f"{settings.public_url}/receipts/{receipt.token}",
    )
    picture = qr.draw_checked(f"{settings.public_url}/receipts/{receipt.token}", scale=8)
    return paper.render(
        html, title=f"ใบเสร็จรับเงิน {receipt.code}", author=printed["issuer"], resources={"qr.png": picture}
    )


@books.proof("ใบเสร็จรับเงินเลขต่อเนื่องไม่ขาด และเงินสมทบทุกก้อนมีใบเสร็จ")
def _receipts_without_gap() -> list[str]:
    return books.violations(
        """SELECT b.fiscal_year_be AS year, b.book AS book, b.last_number AS last, COUNT(r.id) AS count
        FROM receipt_book AS b LEFT JOIN receipt AS r ON r.fiscal_year_be = b.fiscal_year_be AND r.book = b.book
        GROUP BY b.fiscal_year_be, b.book, b.last_number
        HAVING COUNT(r.id) <> b.last_number OR COALESCE(MAX(r.number), 0) <> b.last_number""",
        "ปีงบประมาณ {year} {book} ใช้เลขถึง {last} แต่มีใบเสร็จ {count} ใบ",
    ) + books.violations(
        "SELECT g.id AS id FROM gift AS g WHERE NOT EXISTS (SELECT 1 FROM receipt AS r WHERE r.gift_id = g.id)",
        "เงินสมทบเลขที่ {id} ไม่มีใบเสร็จรับเงิน",
    )


@books.proof("เนื้อความใบเสร็จรับเงินเป็นอย่างที่ออก และตรงกับเงินสมทบ")
def _receipts_say_what_was_given() -> list[str]:
    from_gifts = text(
        "SELECT r.contents, r.contents_hash, r.fiscal_year_be, r.number, g.satang FROM receipt AS r "
        "JOIN gift AS g ON g.id = r.gift_id"
    )
    return [
        f"ใบเสร็จรับเงิน {year}/{number:06d} เนื้อความไม่ตรงกับที่ออกไว้"
        for contents, kept, year, number, satang in db.session().execute(from_gifts)
        if _hash(contents) != kept or json.loads(contents)["satang"] != satang
    ]
