"""Batches of receipts: many documents in one file, printed by all cores, resumed wherever a batch was cut off.

What a batch has printed is kept with its receipts, so a batch that is killed goes on with what is missing.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Select,
    exists,
    func,
    insert,
    or_,
    select,
)

from app.fund.giving.receipts import documents
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.receipts import (
    BOOK_NAMES,
    COPY,
    ORIGINAL,
    Receipt,
    ReceiptBatch,
    ReceiptDocument,
    ReceiptPrint,
)
from app.fund.giving.reports import batch_files
from app.fund.giving.reports.batch_files import FEW, path_of
from app.kit import clock, queue
from app.kit.db import db, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.print_pool import PrintPool, print_one
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: More than this in one file opens slowly everywhere; a month or a network less is asked for instead.
MOST = 5_000
#: So long a finished file is kept. The documents themselves are kept with their receipts.
KEPT = timedelta(days=7)
#: Printed by one step of the background worker, so that the bank's messages need not wait for a whole batch.
_A_TURN = 100
#: Put away together.
_AT_ONCE = 50


def ask(
    *,
    first_on: date,
    last_on: date,
    network_id: int | None = None,
    book: str | None = None,
    as_zip: bool = False,
    in_background: bool = True,
    by: User | None,
) -> ReceiptBatch:
    """Have the receipts issued on these days and valid now put into one file. `by` None is the operator.

    Raises Refused when there is none or are more than MOST. Inside a transaction.
    """
    if by is not None and not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่สั่งพิมพ์ใบเสร็จเป็นชุดได้")
    if first_on > last_on:
        raise BadInput("วันเริ่มต้องไม่หลังวันสิ้นสุด กรุณาตรวจช่วงวันที่")
    if book is not None and book not in BOOK_NAMES:
        raise BadInput("ไม่รู้จักเล่มใบเสร็จนี้ กรุณาเลือกจากรายการ")
    session = db.session()
    batch = ReceiptBatch(
        asked_at=clock.now(),
        asked_by_id=by.id if by else None,
        first_on=first_on,
        last_on=last_on,
        network_id=network_id,
        book=book,
        as_zip=as_zip,
        last_receipt_id=session.scalar(select(func.max(Receipt.id))) or 0,
        state="printing",
        done=0,
        file_hash="",
        file_size=0,
    )
    batch.total = session.scalar(select(func.count()).select_from(_chosen(batch).subquery())) or 0
    if batch.total == 0:
        raise Refused("ไม่มีใบเสร็จที่ใช้ได้ในช่วงและเงื่อนไขที่เลือก กรุณาเลือกใหม่")
    if batch.total > MOST:
        raise Refused(f"ช่วงนี้มีใบเสร็จ {batch.total:,} ใบ เกิน {MOST:,} ใบต่อชุด กรุณาเลือกช่วงสั้นลงหรือเลือกทีละเครือข่าย")
    session.add(batch)
    session.flush()
    audit.record(Deed.RECEIPT_BATCH, f"receipt_batch:{batch.id}", by=by, receipts=batch.total)
    if in_background:
        queue.ask("receipt_batch", key=f"{batch.id}:0", batch_id=batch.id)
    return batch


def _chosen(batch: ReceiptBatch) -> Select[Receipt]:
    """The receipts of a batch: the same ones whenever it is asked."""
    start, end = clock.bounds(batch.first_on, batch.last_on)
    statement = select(Receipt).where(
        Receipt.issued_at >= start,
        Receipt.issued_at < end,
        Receipt.id <= batch.last_receipt_id,
        or_(Receipt.voided_at.is_(None), Receipt.voided_at > batch.asked_at),
    )
    if batch.book is not None:
        statement = statement.where(Receipt.book == batch.book)
    if batch.network_id is not None:
        statement = statement.join(Donation, Donation.id == Receipt.donation_id).where(
            Donation.network_id == batch.network_id
        )
    return statement


def work(batch_id: int, *, pool: PrintPool, most: int) -> bool:
    """Print up to `most` of the documents that a batch still lacks; with the last one, make its file. True when it is ready.

    Killed at any moment, it goes on from there: a document is kept once, and the file appears whole or not at all.
    """
    session = db.session()
    batch = session.get_one(ReceiptBatch, batch_id)
    if batch.state != "printing":
        return True
    lacking = (
        _chosen(batch)
        .where(~exists().where(ReceiptDocument.receipt_id == Receipt.id))
        .order_by(Receipt.id)
        .limit(most)
    )
    wanted = [(receipt.id, documents.sheet(receipt)) for receipt in session.scalars(lacking)]
    session.rollback()  # while pages are printed nobody is kept waiting by this reading
    printed: list[tuple[int, bytes]] = []
    sheets = [sheet for _, sheet in wanted]
    pdfs = pool.print_all(sheets) if len(sheets) > FEW else map(print_one, sheets)
    for (number, _), pdf in zip(wanted, pdfs, strict=True):
        printed.append((number, pdf))
        if len(printed) >= _AT_ONCE:
            _put_away(batch_id, printed)
            printed = []
    left = _put_away(batch_id, printed)
    if left == 0:
        _make_file(batch_id, pool)
    return left == 0


def _put_away(batch_id: int, printed: list[tuple[int, bytes]]) -> int:
    """Keep documents and note how far the batch is. Returns how many it still lacks."""
    with transaction() as session:
        documents.keep(printed)
        batch = lock(ReceiptBatch, batch_id)
        kept = _chosen(batch).join(ReceiptDocument, ReceiptDocument.receipt_id == Receipt.id).subquery()
        batch.done = session.scalar(select(func.count()).select_from(kept)) or 0
        # Counted anew: a receipt that was just being issued or voided when the batch was asked for may have
        # committed since.
        batch.total = session.scalar(select(func.count()).select_from(_chosen(batch).subquery())) or 0
        return batch.total - batch.done


def _make_file(batch_id: int, pool: PrintPool) -> None:
    """The file of a batch whose documents are all kept."""
    digest, size = batch_files.write(_claim(batch_id), pool=pool)
    with transaction():
        batch = lock(ReceiptBatch, batch_id)
        if batch.state == "printing":
            batch.state, batch.ready_at = "ready", clock.now()
            batch.file_hash, batch.file_size = digest, size


def _claim(batch_id: int) -> ReceiptBatch:
    """Write down, once, which originals and which copies this batch hands out."""
    with transaction() as session:
        batch = lock(ReceiptBatch, batch_id)
        if session.scalar(select(ReceiptPrint.id).filter_by(batch_id=batch_id).limit(1)) is None:
            chosen = _chosen(batch).order_by(Receipt.id).with_for_update(of=Receipt).subquery()
            given = exists().where(ReceiptPrint.receipt_id == chosen.c.id, ReceiptPrint.kind == ORIGINAL)
            rows = session.execute(
                select(chosen.c.id, chosen.c.voided_at, Donation.payment_request_id, given).join(
                    Donation, Donation.id == chosen.c.donation_id
                )
            )
            now = clock.now()
            session.execute(
                insert(ReceiptPrint),
                [
                    {
                        "receipt_id": number,
                        "kind": COPY if voided_at or has_page or handed_out else ORIGINAL,
                        "at": now,
                        "by_id": batch.asked_by_id,
                        "batch_id": batch_id,
                    }
                    for number, voided_at, has_page, handed_out in rows
                ],
            )
    return db.session().get_one(ReceiptBatch, batch_id)


def finish(batch_id: int) -> ReceiptBatch:
    """Print what a batch lacks and make its file, here and now."""
    pool = PrintPool()
    try:
        while not work(batch_id, pool=pool, most=500):
            pass
    finally:
        pool.close()
    return db.session().get_one(ReceiptBatch, batch_id)


#: The print pool of this process; it stays between the steps of one batch.
_pool = PrintPool()


def turn(batch_id: int) -> dict[str, Any]:
    """The background worker's part: one step, and another one queued while the batch is not ready."""
    ready = work(batch_id, pool=_pool, most=_A_TURN)
    batch = db.session().get_one(ReceiptBatch, batch_id)
    done, total = batch.done, batch.total
    if ready:
        _pool.close()
    else:
        with transaction():
            queue.ask("receipt_batch", key=f"{batch_id}:{done}", batch_id=batch_id)
    return {"done": done, "total": total}


def clear_old() -> int:
    """Delete files that were kept long enough. Returns how many. The rows stay, with the hash of what was made."""
    old = select(ReceiptBatch.id).where(
        ReceiptBatch.state == "ready", ReceiptBatch.ready_at < clock.now() - KEPT
    )
    cleared = 0
    for number in db.session().scalars(old).all():
        with transaction():
            batch = lock(ReceiptBatch, number)
            path_of(batch).unlink(missing_ok=True)
            batch.state, batch.cleared_at = "cleared", clock.now()
            cleared += 1
    return cleared


def latest(*, most: int = 20) -> list[ReceiptBatch]:
    """The newest batches first."""
    return list(db.session().scalars(select(ReceiptBatch).order_by(ReceiptBatch.id.desc()).limit(most)))


def download(batch_id: int, *, by: User) -> tuple[ReceiptBatch, Path]:
    """The file of a batch, for an officer who may read every receipt; taking it is written down. Inside a transaction."""
    batch = db.session().get(ReceiptBatch, batch_id)
    if batch is None or batch.state != "ready" or not path_of(batch).exists():
        raise Refused("ไฟล์ชุดนี้ยังไม่พร้อม หรือลบไปแล้วเพราะเก็บครบเวลา กรุณาสั่งพิมพ์ชุดใหม่ ใบเสร็จทุกใบยังอยู่ครบ")
    audit.record(Deed.RECEIPT_BATCH_DOWNLOAD, f"receipt_batch:{batch.id}", by=by, hash=batch.file_hash)
    return batch, path_of(batch)
