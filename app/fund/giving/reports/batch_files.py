"""Files of receipt batches: which documents a batch hands out, merged into one PDF or put into a ZIP."""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from app.fund.giving.receipts import documents
from app.fund.giving.records.receipts import COPY, Receipt, ReceiptBatch, ReceiptDocument, ReceiptPrint
from app.kit import pdf_merge
from app.kit.db import db
from app.kit.print_pool import PrintPool
from app.settings import Settings

#: So few documents are printed or merged sooner than other processes are started.
FEW = 12
#: Merged by one process at a time.
_GROUP = 25

Thing = TypeVar("Thing")


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
