"""Documents of receipts: the original as it was printed once, copies marked สำเนา, and who took which."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite

from app.fund.giving.records.receipts import COPY, ORIGINAL, Receipt, ReceiptDocument, ReceiptPrint
from app.kit import clock, print_pool
from app.kit.db import db, is_sqlite, lock, transaction
from app.kit.portal import fill
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def sheet(receipt: Receipt) -> print_pool.Sheet:
    """What is to be printed, from the frozen contents, with a QR code that opens the public check page."""
    settings = Settings.here()
    printed = receipt.printed
    check_url = f"{settings.public_url}/receipts/{receipt.token}"
    html = fill("pdf/receipt.html", receipt=receipt, printed=printed, check_url=check_url)
    return print_pool.Sheet(html, f"ใบเสร็จรับเงิน {receipt.code}", printed["issuer"], check_url)


def original(receipt: Receipt) -> ReceiptDocument:
    """The receipt's document: printed and kept if it is asked for the first time, from then on always the same bytes."""
    session = db.session()
    number = receipt.id
    found = session.get(ReceiptDocument, number)
    if found is None:
        made = print_pool.print_one(sheet(receipt))
        with transaction():
            keep([(number, made)])
        found = session.get_one(ReceiptDocument, number)
    return found


def keep(printed: Iterable[tuple[int, bytes]]) -> None:
    """Keep originals by the id of their receipts; what somebody else kept first stays. Inside a transaction."""
    now = clock.now()
    rows = [
        {"receipt_id": number, "pdf": pdf, "hash": hash_of(pdf), "made_at": now} for number, pdf in printed
    ]
    if rows:
        insert = (sqlite if is_sqlite() else postgresql).insert
        db.session().execute(insert(ReceiptDocument).values(rows).on_conflict_do_nothing())


def hash_of(pdf: bytes) -> str:
    """SHA-256 of a document."""
    return hashlib.sha256(pdf).hexdigest()


def unprinted(*, most: int) -> list[Receipt]:
    """The oldest receipts whose original is not printed yet."""
    statement = (
        select(Receipt)
        .where(~exists().where(ReceiptDocument.receipt_id == Receipt.id))
        .order_by(Receipt.id)
        .limit(most)
    )
    return list(db.session().scalars(statement))


def has_own_page(receipt: Receipt) -> bool:
    """Whether the payer reads the original on a page of their own."""
    return receipt.donation.payment_request_id is not None


def hand_out(receipt: Receipt, *, by: User) -> tuple[str, bytes]:
    """The document for an officer to print: ORIGINAL once where the payer has no page of their own, else COPY.

    Who took it is written down. Returns the kind and the bytes. Inside a transaction.
    """
    kept = original(receipt)
    # Of two people who print one receipt at once only one gets the original.
    receipt = lock(Receipt, receipt.id)
    session = db.session()
    given = session.scalar(select(ReceiptPrint.id).filter_by(receipt_id=receipt.id, kind=ORIGINAL))
    kind = COPY if has_own_page(receipt) or given or receipt.voided_at else ORIGINAL
    session.add(ReceiptPrint(receipt_id=receipt.id, kind=kind, at=clock.now(), by_id=by.id))
    audit.record(Deed.RECEIPT_PRINT, f"receipt:{receipt.id}", by=by, code=receipt.code, kind=kind)
    if kind == ORIGINAL:
        return kind, kept.pdf
    return kind, copy_of(kept.pdf, voided=receipt.voided_at is not None)


def copy_of(pdf: bytes, *, voided: bool) -> bytes:
    """The original with สำเนา laid over it, and ยกเลิก when the receipt is void. The kept bytes stay as they are."""
    from app.kit import pdf_merge

    return pdf_merge.mark_over(pdf, mark(voided=voided))


@lru_cache(maxsize=2)
def mark(*, voided: bool) -> bytes:
    """What is laid over a copy: a page with nothing on it but the marks."""
    from app.kit import pdf as kit_pdf

    return kit_pdf.render(fill("pdf/stamp.html", voided=voided), title="สำเนา", author="กองทุน")
