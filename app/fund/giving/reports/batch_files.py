"""Files of receipt batches: which papers a batch hands out, bound into one PDF or put into a ZIP."""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from app.fund.giving.receipts import papers
from app.fund.giving.receipts.papers import COPY, ReceiptPaper, ReceiptPrint
from app.fund.giving.receipts.receipts import Receipt
from app.kit import binding
from app.kit.db import db
from app.kit.press import Press
from app.settings import Settings

if TYPE_CHECKING:
    from app.fund.giving.reports.batches import ReceiptBatch

#: So few papers are printed or bound sooner than other hands are called.
FEW = 12
#: Bound together by one hand.
_QUIRE = 25

Thing = TypeVar("Thing")


def path_of(batch: "ReceiptBatch") -> Path:
    """Where the file of a batch lies: under a name of its own, by which files made earlier are still found."""
    settings = Settings.here()
    ending = "zip" if batch.as_zip else "pdf"
    name = f"receipts-{batch.first_on:%Y%m%d}-{batch.last_on:%Y%m%d}-{batch.id}.{ending}"
    return settings.data.joinpath("batches", name)


def write(batch: "ReceiptBatch", *, press: Press) -> tuple[str, int]:
    """Make the file of a batch whose papers are all kept: whole or not at all. Returns its SHA-256 and its size."""
    target = path_of(batch)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f"{target.suffix}.{os.getpid()}.part")
    try:
        if batch.as_zip:
            _write_zip(batch, part, press)
        else:
            merge(batch, part, press)
        with part.open("rb") as made:
            digest, size = hashlib.file_digest(made, "sha256").hexdigest(), part.stat().st_size
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return digest, size


def _papers(batch: "ReceiptBatch", *what: Any) -> Iterator[Any]:
    """Columns of the papers of a batch, in the order of their numbers."""
    statement = (
        select(Receipt, *what)
        .join(ReceiptPrint, ReceiptPrint.receipt_id == Receipt.id)
        .join(ReceiptPaper, ReceiptPaper.receipt_id == Receipt.id)
        .where(ReceiptPrint.batch_id == batch.id)
        .order_by(Receipt.fiscal_year_be, Receipt.book, Receipt.number)
        .execution_options(yield_per=100)
    )
    yield from db.session().execute(statement)


def _with_marks(batch: "ReceiptBatch") -> Iterator[tuple[bytes, bytes]]:
    """The papers of a batch in order, each with what is laid over it."""
    for receipt, kind, pdf in _papers(batch, ReceiptPrint.kind, ReceiptPaper.pdf):
        yield pdf, papers.mark(voided=receipt.voided_at is not None) if kind == COPY else b""


def merge(batch: "ReceiptBatch", path: Path, press: Press) -> None:
    """All papers of a batch in one PDF."""
    # The hands bind quires, this process the book: reading each paper's many parts is the dear part.
    quires = _batched(_with_marks(batch), _QUIRE)
    bound = press.do_all(binding.bind, quires, ahead=2) if batch.total > FEW else map(binding.bind, quires)
    binder = binding.Binder()
    for quire in bound:
        binder.add(quire)
    binder.write(path)


def _write_zip(batch: "ReceiptBatch", path: Path, press: Press) -> None:
    names = [f"receipt-{receipt.code.replace('/', '-')}.pdf" for (receipt,) in _papers(batch)]
    sheets = _with_marks(batch)
    made = (
        press.do_all(binding.marked, sheets, ahead=_QUIRE)
        if batch.total > FEW
        else map(binding.marked, sheets)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bag:
        for name, pdf in zip(names, made, strict=True):
            bag.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), pdf)


def _batched(things: Iterable[Thing], size: int) -> Iterator[tuple[Thing, ...]]:
    """The things in groups of `size`, the last one smaller (itertools has it from Python 3.12)."""
    rest = iter(things)
    while group := tuple(islice(rest, size)):
        yield group
