"""Commands of giving: check a receipt, print many, issue what is owed."""

import json
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.fund.giving.goods import documents, goods
from app.fund.giving.goods.documents import Issued
from app.fund.giving.receipts import issuer, receipts, retired
from app.fund.giving.receipts.documents import hash_of
from app.fund.giving.records.goods import InKindReceiptDocument
from app.fund.giving.records.networks import Network
from app.fund.giving.records.receipts import MAIN, Receipt, ReceiptBatch, ReceiptDocument
from app.fund.giving.reports import batches
from app.kit import clock, thai
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


@click.group("receipts")
def receipts_() -> None:
    """Receipts of what was given."""


@receipts_.command()
@click.argument("token")
@with_appcontext
def verify(token: str) -> None:
    """Check the receipt whose page is /receipts/TOKEN, or the document of goods whose page is /goods/check/TOKEN, and print
    what is known of it as JSON. Of goods `satang` is the estimated value.

    `genuine` is whether its contents and its document are still those that were issued; the exit code is 1 when not.
    """
    end = token.rstrip("/").rpartition("/")[2]
    receipt, donation = receipts.by_token(end), goods.by_token(end)
    issued = documents.issued(donation) if donation is not None else None
    if receipt is not None:
        report = _of_receipt(receipt)
    elif issued is not None:
        report = _of_goods(issued)
    else:
        raise Refused("ไม่พบใบเสร็จหรือใบรับสิ่งของที่มีรหัสนี้ กรุณาตรวจรหัสที่อยู่ท้ายที่อยู่ใต้ QR")
    click.echo(json.dumps(report, ensure_ascii=False))
    if not report["genuine"]:
        raise SystemExit(1)


def _of_receipt(found: Receipt) -> dict[str, Any]:
    document = db.session().get(ReceiptDocument, found.id)
    newer = receipts.after(found) if found.voided_at else None
    return {
        "number": found.code,
        "date": found.issued_on.isoformat(),
        "satang": found.printed["satang"],
        "state": "voided" if found.voided_at else "valid",
        "genuine": found.genuine and (document is None or hash_of(document.pdf) == document.hash),
        "contents_sha256": found.contents_hash,
        "paper_sha256": document.hash if document else None,
        "replaced_by": newer.code if newer else None,
    }


def _of_goods(found: Issued) -> dict[str, Any]:
    document = db.session().get(InKindReceiptDocument, found.donation.id)
    return {
        "number": found.donation.code,
        "date": found.issued_on.isoformat(),
        "satang": found.printed["satang"],
        "state": "voided" if found.donation.voided_at else "valid",
        "genuine": found.genuine and (document is None or hash_of(document.pdf) == document.hash),
        "contents_sha256": found.contents_hash,
        "paper_sha256": found.document_hash,
        "replaced_by": None,
    }


@receipts_.command()
@click.option(
    "--year", "year_be", required=True, type=click.IntRange(2500, 2700), help="Fiscal year (Buddhist era)."
)
@click.option(
    "--book",
    default="-",
    show_default=True,
    help="Letter of a book (C counter, K goods); - is the main book.",
)
@click.option(
    "--through", required=True, type=click.IntRange(1, 999_999), help="The last number that may be out."
)
@click.option("--reason", required=True, help="As anybody reads it who checks such a receipt.")
@with_appcontext
def retire(year_be: int, book: str, through: int, reason: str) -> None:
    """After a restore: give the numbers up to the last that may be on paper to nobody else; prints JSON."""
    with transaction():
        made = retired.retire(
            year_be=year_be, book=MAIN if book == "-" else book, through=through, reason=reason
        )
        said = {"year": year_be, "book": book, "first": made.first_number, "last": made.last_number}
    click.echo(json.dumps(said, ensure_ascii=False))


@receipts_.command()
@click.option("--month", required=True, help="Month of issue, such as 2569-01 (Buddhist era) or 2026-01.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--zip", "as_zip", is_flag=True, help="A ZIP with one PDF each instead of one merged PDF.")
@click.option("--network", help="Code of a network; all when left out.")
@click.option("--book", help="Letter of a book (C counter); - is the main book; all when left out.")
@with_appcontext
def batch(month: str, out: Path, as_zip: bool, network: str | None, book: str | None) -> None:
    """Print the valid receipts issued in a month into one file, on all cores.

    When it is cut off, the same command goes on with what is missing.
    """
    first_on, last_on = _month(month)
    if not out.absolute().parent.is_dir():
        raise BadInput(f"ไม่มีโฟลเดอร์ของไฟล์ {out} กรุณาตรวจที่อยู่")
    wanted = {
        "first_on": first_on,
        "last_on": last_on,
        "network_id": _network(network) if network else None,
        "book": MAIN if book == "-" else book,
        "as_zip": as_zip,
    }
    number = _cut_off(wanted)
    if number is None:
        with transaction():
            number = batches.ask(**wanted, in_background=False, by=None).id  # type: ignore[arg-type]
    made = batches.finish(number)
    part = out.with_name(f"{out.name}.part")
    shutil.copyfile(batches.path_of(made), part)
    part.replace(out)
    report = {"batch": made.id, "receipts": made.total, "file": str(out), "sha256": made.file_hash}
    click.echo(json.dumps(report, ensure_ascii=False))


def _cut_off(wanted: Mapping[str, object]) -> int | None:
    """An operator's batch of the same kind that was never finished, and that nothing new belongs to."""
    statement = select(ReceiptBatch).filter_by(state="printing", asked_by_id=None, **wanted)
    found = db.session().scalars(statement.order_by(ReceiptBatch.id.desc()).limit(1)).one_or_none()
    return found.id if found is not None else None


def _month(text: str) -> tuple[date, date]:
    year, _, month = thai.arabic_digits(text).partition("-")
    if not (year.isdecimal() and month.isdecimal() and len(year) == 4 and 1 <= int(month) <= 12):
        raise BadInput("เดือนต้องเขียนแบบ 2569-01")
    number = int(year)
    number = thai.to_ce(number) if number > 2400 else number
    return clock.month_days(number, int(month))


def _network(code: str) -> int:
    found = db.session().scalar(select(Network.id).filter_by(code=code.upper()))
    if found is None:
        raise BadInput(f"ไม่พบเครือข่ายรหัส {code}")
    return found


@receipts_.command("issue-missing")
@with_appcontext
def issue_missing() -> None:
    """Issue the receipts that are owed because the issuer's data were incomplete."""
    lacking = issuer.missing()
    if lacking:
        raise Refused(f"ยังออกใบเสร็จไม่ได้ เพราะยังไม่มี{' และ'.join(lacking)} กรุณาเติมที่หน้าผู้ออกใบเสร็จ")
    click.echo(json.dumps({"issued": receipts.issue_missing()}))
