"""Long statements: memory that does not grow with them, a kill in the middle, and files that are too much."""

import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from bank_hands import count
from flask import Flask
from people import Cast
from sqlalchemy import func, select
from uploaded import START, file, sent

from app.fund.bank.records import (
    BankEvent,
    ReconciliationItem,
    StagedLine,
    Statement,
    StatementChunk,
    StatementUpload,
    UploadState,
)
from app.fund.bank.statements import staging, statements, uploads
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.errors import BadInput

_CHILD = """
import os, signal, sys
from app import create_app
from app.fund.bank.statements import staging, statements
from app.fund.bank.statements import uploads
deed, path = sys.argv[1:]
app = create_app()
if deed != "measure":
    # A shorter file has as many parts: what is killed is between two of them.
    staging._AT_ONCE, statements._AT_ONCE = 200, 400
with app.app_context():
    if deed == "measure":
        with open(path, "rb") as file:
            number = uploads.keep(name="long.csv", file=file, by=None).id
        staging.read(number)
        statements.apply(number, by=None)
        statements.finish(number)
        # Not ru_maxrss: that of a child counts what its parent held before it became itself.
        print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
    elif deed == "kill reading":
        real, batches = staging._row, []
        def row(*given):
            batches.append(1)
            if len(batches) == 500:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given)
        staging._row = row
        with open(path, "rb") as file:
            staging.read(uploads.keep(name="long.csv", file=file, by=None).id)
    else:
        real, batches = statements._make_events, []
        def made(*given, **more):
            real(*given, **more)
            batches.append(1)
            if len(batches) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
        statements._make_events = made
        with open(path, "rb") as file:
            statements.import_stream(name="long.csv", file=file, by=None)
"""


def rows(many: int) -> Iterator[str]:
    yield "วันที่,เวลา,จำนวนเงิน,ยอดคงเหลือ,อ้างอิง 1,รายละเอียด\n"
    # From early in the day: its times never run past midnight.
    balance, local = 1_000_000, START.astimezone(BANGKOK).replace(hour=0, minute=0, second=1)
    for n in range(many):
        satang = 100 + n % 500
        balance += satang
        at = local + timedelta(seconds=n % 80_000)
        yield (
            f'{local:%d/%m/%Y},{at:%H:%M:%S},{satang // 100}.{satang % 100:02d},"{balance // 100:,}.{balance % 100:02d}",,'
            f"รับโอนจากบัญชีต่างธนาคาร {n}\n"
        )


def long_file(folder: Path, many: int) -> Path:
    path = folder / f"{many}.csv"
    with path.open("w", encoding="utf-8") as written:
        written.writelines(rows(many))
    return path


def in_a_child(app: Flask, deed: str, path: Path) -> subprocess.CompletedProcess[str]:
    settings = app.extensions["kueakun"]
    environment = os.environ | {
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(settings.data),
        "KUEAKUN_SECRET_KEY": settings.secret_key,
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": settings.callback_key,
        "KUEAKUN_DATABASE_URL": settings.database_url,
    }
    db.session.remove()
    return subprocess.run(
        [sys.executable, "-c", _CHILD, deed, str(path)],
        env=environment,
        check=False,
        timeout=300,
        stdout=subprocess.PIPE,
        text=True,
    )


def peak(app: Flask, path: Path) -> int:
    """KiB of memory that a process of its own took at most while it imported the file."""
    done = in_a_child(app, "measure", path)
    assert done.returncode == 0
    return int(done.stdout.splitlines()[-1])


def test_memory_does_not_grow_with_the_length_of_a_statement(
    portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    short, long = long_file(tmp_path, 1_200), long_file(tmp_path, 8_000)
    grown = peak(portal, long) - peak(portal, short)
    assert count(BankEvent) == 8_000
    # Its lines, held at once, would take more than 12 MB.
    assert grown < 6_000, f"{grown} KiB more for 6,800 more lines"


def test_kill_9_while_a_long_file_is_read_leaves_nothing_and_another_worker_reads_it(
    portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    assert in_a_child(portal, "kill reading", long_file(tmp_path, 1_000)).returncode == -signal.SIGKILL
    upload = db.session().scalars(select(StatementUpload)).one()
    assert (upload.state, count(BankEvent), count(Statement)) == ("sent", 0, 0)
    assert count(StagedLine) > 0
    with transaction():
        uploads.find(upload.id).leased_until = None
    assert statements.advance() == 1
    upload = uploads.find(upload.id)
    assert (upload.state, upload.lines, count(StagedLine)) == (UploadState.READ, 1_000, 1_000)


def test_kill_9_while_a_long_file_comes_in_loses_nothing_and_brings_nothing_twice(
    portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    path = long_file(tmp_path, 1_800)
    assert in_a_child(portal, "kill applying", path).returncode == -signal.SIGKILL
    assert count(BankEvent) == 800
    assert count(ReconciliationItem) == 800
    number = db.session().scalars(select(StatementUpload.id)).one()
    assert (uploads.find(number).state, uploads.find(number).done) == ("applying", 800)
    # Whoever comes next, the background or the same command again, brings the rest.
    statements.finish(number)
    assert (count(BankEvent), count(ReconciliationItem), count(StagedLine)) == (1_800, 1_800, 0)
    assert db.session().scalar(select(func.count(func.distinct(BankEvent.external_id)))) == 1_800
    with path.open("rb") as opened:
        again = uploads.keep(name="again.csv", file=opened, by=None).id
    staging.read(again)
    assert statements.count_new(again) == 0


@pytest.mark.pages
def test_an_upload_of_100_megabytes_is_refused_clearly_and_nothing_is_kept(
    portal: Flask, cast: Cast, tmp_path: Path
) -> None:
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/statements/import")
    token = next(form for form in page.forms() if form["action"].endswith("/import"))["fields"]["csrf_token"]
    head = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
    ).encode()
    body = head + b"x" * 100_000_000 + b"\r\n--x--\r\n"
    answer = kanya.client.post(
        "/bank/statements/import",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "ไฟล์ใหญ่เกินกำหนด" in answer.get_data(as_text=True)
    assert (count(StatementUpload), count(StatementChunk)) == (0, 0)
    very_much = tmp_path / "much.csv"
    with very_much.open("wb") as sparse:
        sparse.truncate(uploads.MOST_BYTES + 1)
    with very_much.open("rb") as opened, pytest.raises(BadInput, match="ใหญ่เกิน 200 เมกะไบต์"):
        statements.import_stream(name="x.csv", file=opened, by=None)
    assert (count(StatementUpload), count(StatementChunk)) == (0, 0)


@pytest.mark.pages
def test_a_workbook_that_unpacks_to_too_much_is_refused_and_not_kept(portal: Flask, cast: Cast) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    page = cast.kanya.sign_in().send(
        "/bank/statements/import", action="/import", file=file(bomb.getvalue(), "x.xlsx"), to_status=422
    )
    assert "ใหญ่ผิดปกติ" in page.words
    assert (count(StatementUpload), count(StatementChunk)) == (0, 0)


def test_a_line_of_the_longest_cells_and_an_unknown_bank_is_kept(portal: Flask, cast: Cast) -> None:
    words = "น้ำ" * 1_500
    raw = (
        "วันที่,จำนวนเงิน,ผู้โอน,รหัสธนาคารผู้โอน,รายละเอียด,อ้างอิง 1,เลขที่รายการ\n"
        f"{START:%d/%m/%Y},5.00,{words},999,{words},{'A' * 200},{'B' * 200}\n"
        f"{START:%d/%m/%Y},6.00,นาย ก*** ข***,KASI,x,,\n"
    ).encode()
    number = sent(raw)
    statements.apply(number, by=None)
    first, second = db.session().scalars(select(BankEvent).order_by(BankEvent.id))
    assert (first.payer_bank, len(first.payer), len(first.description)) == ("999", 160, 400)
    assert (second.payer_bank, second.payer) == ("", "นาย ก*** ข***")
    assert words in first.raw.decode()
