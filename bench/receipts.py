"""Receipts a second: a whole batch (read, draw, print on all cores, keep, bind into one file) against WeasyPrint alone.

The ceiling renders the same HTML with the same shared style and typeface on the same number of cores, and does nothing
with the result. Also told: bytes kept for each receipt, and what merging and copies cost.
"""

import hashlib
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from app.fund.giving.records.receipts import ReceiptBatch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measure import compare
from places import portal
from sqlalchemy import func, select, text

from app.fund.giving.receipts import documents
from app.fund.giving.records.receipts import Receipt, ReceiptDocument
from app.fund.giving.reports import batches
from app.kit import clock, pdf, print_pool, qr
from app.kit.db import db, transaction

RECEIPTS = int(os.environ.get("RECEIPTS", "200"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))


def _bare(sheet: print_pool.Sheet) -> int:
    return len(
        pdf.render(
            sheet.html,
            title=sheet.title,
            author=sheet.author,
            resources={"qr.png": qr.draw_png(sheet.qr, scale=8)},
        )
    )


def _forget_documents() -> None:
    """As if nothing had been printed yet; only a benchmark may do this."""
    with transaction() as session:
        for name in (
            "final_receipt_document",
            "kept_receipt_document",
            "final_receipt_print",
            "kept_receipt_print",
        ):
            session.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        session.execute(text("DELETE FROM receipt_document"))
        session.execute(text("DELETE FROM receipt_print"))


def run() -> None:
    with portal("sqlite") as app:
        from money import arrives
        from people import Cast

        number = Cast(app).purpose().id
        with transaction():
            for place in range(RECEIPTS):
                arrives(
                    satang=10_000 + place,
                    paid_at=clock.now(),
                    purpose_id=number,
                    donor_name=f"นายผู้ให้ที่ {place} ใจดี",
                    anonymous=False,
                    by=None,
                )
        today = clock.today()
        pool = print_pool.PrintPool()
        batches.PrintPool = lambda: pool  # type: ignore[assignment, misc]
        pool_close, pool.close = pool.close, lambda: None  # type: ignore[method-assign]
        bare_pool = ProcessPoolExecutor(pool.processes, mp_context=get_context("spawn"))
        sheets = [
            documents.sheet(receipt) for receipt in db.session().scalars(select(Receipt).order_by(Receipt.id))
        ]
        last: list[int] = []

        def ours() -> int:
            _forget_documents()
            with transaction():
                batch = batches.ask(first_on=today, last_on=today, in_background=False, by=None)
                batch_id = batch.id
            last.append(batches.finish(batch_id).id)
            return RECEIPTS

        def ceiling() -> int:
            list(bare_pool.map(_bare, sheets, chunksize=8))
            return RECEIPTS

        compare(f"receipts in a batch, {pool.processes} cores", ours, ceiling, rounds=ROUNDS)
        made = db.session().get_one(ReceiptBatch, last[-1])
        path = batches.path_of(made)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == made.file_hash
        began = time.perf_counter()
        batches.merge(made, path.with_suffix(".again"), pool)
        binding = time.perf_counter() - began
        kept = db.session().scalar(select(func.avg(func.length(ReceiptDocument.pdf)))) or 0
        print(
            json.dumps(
                {
                    "name": "receipts, sizes",
                    "bytes_of_a_receipt": round(float(kept)),
                    "bytes_of_a_receipt_in_the_file": round(made.file_size / RECEIPTS),
                    "seconds_to_bind": round(binding, 2),
                    "receipts": RECEIPTS,
                }
            ),
            flush=True,
        )
        pool_close()
        bare_pool.shutdown()


if __name__ == "__main__":
    run()
