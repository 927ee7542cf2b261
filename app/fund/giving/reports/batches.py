"""Batches of receipts: many documents in one file, printed by all cores, resumed wherever a batch was cut off.

What a batch has printed is kept with its receipts, so a batch that is killed goes on with what is missing.
"""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Select, exists, func, insert, or_, select

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
from app.kit import clock, queue
from app.kit.db import db, lock, transaction
from app.kit.errors import BadInput, Refused
from app.kit.print_pool import PrintPool, print_one
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

#: More than this in one file opens slowly everywhere; a month or a network less is asked for instead.
MOST = 5_000
#: So long a finished file is kept. The documents themselves are kept with their receipts.
KEPT = timedelta(days=7)
#: Printed by one step of the background worker, so that the bank's messages need not wait for a whole batch.
_A_STEP = 100
#: Put away together.
_AT_ONCE = 50


#: So few documents are printed or merged sooner than other processes are started.
FEW = 12
#: Merged by one process at a time.
_GROUP = 25
Thing = TypeVar("Thing")


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
    digest, size = write(_claim(batch_id), pool=pool)
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


def step(batch_id: int) -> dict[str, Any]:
    """The background worker's part: one step, and another one queued while the batch is not ready."""
    ready = work(batch_id, pool=_pool, most=_A_STEP)
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


def path_of(batch: ReceiptBatch) -> Path:
    """Where the file of a batch lies: under a name of its own, by which files made earlier are still found."""
    settings = Settings.here()
    ending = "zip" if batch.as_zip else "pdf"
    name = f"receipts-{batch.first_on:%Y%m%d}-{batch.last_on:%Y%m%d}-{batch.id}.{ending}"
    return settings.data.joinpath("batches", name)


def write(batch: ReceiptBatch, *, pool: PrintPool) -> tuple[str, int]:
    """Make the file of a batch whose documents are all kept: whole or not at all. Returns its SHA-256 and its size."""
    target = path_of(batch)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f"{target.suffix}.{os.getpid()}.part")
    try:
        if batch.as_zip:
            _write_zip(batch, part, pool)
        else:
            merge(batch, part, pool)
        with part.open("rb") as made:
            digest, size = hashlib.file_digest(made, "sha256").hexdigest(), part.stat().st_size
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return digest, size


def _documents(batch: ReceiptBatch, *what: Any) -> Iterator[Any]:
    """Columns of the documents of a batch, in the order of their numbers."""
    statement = (
        select(Receipt, *what)
        .join(ReceiptPrint, ReceiptPrint.receipt_id == Receipt.id)
        .join(ReceiptDocument, ReceiptDocument.receipt_id == Receipt.id)
        .where(ReceiptPrint.batch_id == batch.id)
        .order_by(Receipt.fiscal_year_be, Receipt.book, Receipt.number)
        .execution_options(yield_per=100)
    )
    yield from db.session().execute(statement)


def _with_marks(batch: ReceiptBatch) -> Iterator[tuple[bytes, bytes]]:
    """The documents of a batch in order, each with what is laid over it."""
    for receipt, kind, pdf in _documents(batch, ReceiptPrint.kind, ReceiptDocument.pdf):
        yield pdf, documents.mark(voided=receipt.voided_at is not None) if kind == COPY else b""


def merge(batch: ReceiptBatch, path: Path, pool: PrintPool) -> None:
    """All documents of a batch in one PDF."""
    from app.kit import pdf_merge

    # The pool merges groups, this process the whole: reading each document's many parts takes the longest.
    groups = _batched(_with_marks(batch), _GROUP)
    merged = (
        pool.do_all(pdf_merge.merge, groups, ahead=2) if batch.total > FEW else map(pdf_merge.merge, groups)
    )
    merger = pdf_merge.Merger()
    for group in merged:
        merger.add(group)
    merger.write(path)


def _write_zip(batch: ReceiptBatch, path: Path, pool: PrintPool) -> None:
    from app.kit import pdf_merge

    names = [f"receipt-{receipt.code.replace('/', '-')}.pdf" for (receipt,) in _documents(batch)]
    sheets = _with_marks(batch)
    made = (
        pool.do_all(pdf_merge.marked, sheets, ahead=_GROUP)
        if batch.total > FEW
        else map(pdf_merge.marked, sheets)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bag:
        for name, pdf in zip(names, made, strict=True):
            bag.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), pdf)


def _batched(things: Iterable[Thing], size: int) -> Iterator[tuple[Thing, ...]]:
    """The things in groups of `size`, the last one smaller (itertools has it from Python 3.12)."""
    rest = iter(things)
    while group := tuple(islice(rest, size)):
        yield group
