"""Batches of receipts: one file of many, killed and gone on with, and the operator's commands."""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
import time_machine
from flask import Flask
from money import arrives
from people import Cast
from portals import with_issuer
from sqlalchemy import func, select

from app.cli import kueakun
from app.fund.giving.receipts import documents, receipts
from app.fund.giving.records.networks import Network
from app.fund.giving.records.receipts import Receipt, ReceiptBatch, ReceiptDocument, ReceiptPrint
from app.fund.giving.reports import batches
from app.kit import clock, print_pool, queue, thai
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.settings import ROOT


def give(cast: Cast, count: int, **more: object) -> list[str]:
    """So many donations of this moment; the codes of their receipts."""
    with transaction():
        for number in range(count):
            arrives(
                **{  # type: ignore[arg-type]
                    "satang": 1_000 + number,
                    "paid_at": clock.now(),
                    "purpose_id": cast.purpose().id,
                    "by": None,
                    **more,
                }
            )
    rows = db.session().scalars(select(Receipt).order_by(Receipt.id.desc()).limit(count))
    return [receipt.code for receipt in rows][::-1]


def ask(cast: Cast, **more: object) -> int:
    today = clock.today()
    with transaction():
        return batches.ask(**{"first_on": today, "last_on": today, "by": cast.kanya.user, **more}).id  # type: ignore[arg-type]


class _Alone(print_pool.PrintPool):
    """A pool in this process: most tests are not about the others."""

    def print_all(self, sheets):  # type: ignore[no-untyped-def]
        return self.do_all(print_pool.print_one, sheets, ahead=1)

    def do_all(self, deed, things, *, ahead):  # type: ignore[no-untyped-def]
        return map(deed, things)


def test_a_void_that_commits_only_after_the_batch_was_asked_for_does_not_keep_it_waiting(
    portal: Flask, cast: Cast
) -> None:
    give(cast, 3)
    number = ask(cast)
    before = db.session().get_one(ReceiptBatch, number).asked_at - timedelta(seconds=1)
    # ParsedHousehold while the batch was being asked for, committed afterwards.
    with time_machine.travel(before, tick=False), transaction() as session:
        first = session.scalars(select(Receipt.id).order_by(Receipt.id).limit(1)).one()
        receipts.void(first, reason="ลงผิดชื่อ", by=cast.kanya.user)
    batch = finish(number)
    assert (batch.state, batch.done) == ("ready", 2)


def finish(number: int) -> ReceiptBatch:
    assert batches.work(number, pool=_Alone(), most=500)
    return db.session().get_one(ReceiptBatch, number)


def codes_in(pdf: bytes) -> list[str]:
    pages = [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return [re.search(r"เลขที่(\d{4}/(?:C-)?\d{6})", page)[1] for page in pages]  # type: ignore[index]


def test_a_batch_holds_each_valid_receipt_of_its_days_once_in_order(cast: Cast) -> None:
    with time_machine.travel(clock.now() - timedelta(days=2)):
        give(cast, 1)
    counter = give(cast, 1, book="C")
    codes = give(cast, 3)
    with transaction():
        voided = db.session().scalars(select(Receipt).order_by(Receipt.id.desc()).limit(1)).one()
        receipts.void(voided.id, reason="ออกผิด", by=cast.kanya.user)
    number = ask(cast)
    give(cast, 1)  # issued after it was asked for
    made = finish(number)
    content = batches.path_of(made).read_bytes()
    assert codes_in(content) == [*codes[:2], *counter]
    assert (made.total, made.done, made.state) == (3, 3, "ready")
    assert (made.file_hash, made.file_size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert batches.work(number, pool=_Alone(), most=1), "a batch that is ready has nothing left to do"


def test_a_batch_can_be_of_one_book_or_one_network(cast: Cast) -> None:
    network = db.session().scalars(select(Network.id)).one()
    give(cast, 1)
    of_network = give(cast, 1, network_id=network)
    of_counter = give(cast, 1, book="C")
    for wanted, codes in (({"network_id": network}, of_network), ({"book": "C"}, of_counter)):
        assert codes_in(batches.path_of(finish(ask(cast, **wanted))).read_bytes()) == codes


def test_originals_are_handed_out_once_also_by_batches(cast: Cast) -> None:
    codes = give(cast, 2)
    first, second = finish(ask(cast)), finish(ask(cast))
    texts = [
        [page.extract_text() for page in pypdf.PdfReader(batches.path_of(made)).pages]
        for made in (first, second)
    ]
    assert ["สำเนา" in page for page in texts[0]] == [False, False]
    assert ["สำเนา" in page for page in texts[1]] == [True, True]
    prints = db.session().scalars(select(ReceiptPrint).order_by(ReceiptPrint.id)).all()
    assert [(taken.kind, taken.batch_id, taken.by_id) for taken in prints] == [
        *[("original", first.id, cast.kanya.user_id)] * len(codes),
        *[("copy", second.id, cast.kanya.user_id)] * len(codes),
    ]
    # The documents are those of the receipts, byte for byte.
    zipped = finish(ask(cast, as_zip=True))
    with zipfile.ZipFile(batches.path_of(zipped)) as bag:
        assert sorted(bag.namelist()) == sorted(f"receipt-{code.replace('/', '-')}.pdf" for code in codes)
        assert bag.testzip() is None


def test_a_batch_with_nothing_in_it_or_by_somebody_else_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="ไม่มีใบเสร็จ"):
        ask(cast)
    give(cast, 1)
    with pytest.raises(Refused, match="เฉพาะเจ้าหน้าที่การเงิน"):
        ask(cast, by=cast.busaba.user)


def test_a_batch_cut_off_between_its_documents_goes_on_with_the_rest(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = give(cast, 5)
    number = ask(cast)
    assert not batches.work(number, pool=_Alone(), most=2)
    assert db.session().get_one(ReceiptBatch, number).done == 2
    kept = dict(db.session().execute(select(ReceiptDocument.receipt_id, ReceiptDocument.hash)).all())

    # Cut off again when the documents are there and the file is half written.
    def burn(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(batches, "merge", burn)
        with pytest.raises(OSError, match="full"):
            batches.work(number, pool=_Alone(), most=500)
    db.session.rollback()
    made = finish(number)
    assert codes_in(batches.path_of(made).read_bytes()) == codes
    now = dict(db.session().execute(select(ReceiptDocument.receipt_id, ReceiptDocument.hash)).all())
    assert now.items() >= kept.items()
    assert db.session().scalar(select(func.count()).select_from(ReceiptPrint)) == 5
    path = batches.path_of(made)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.pages
def test_the_page_shows_how_far_a_batch_is_and_gives_its_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_pool", _Alone())
    monkeypatch.setattr(batches, "_A_STEP", 2)
    codes = give(cast, 3)
    kanya = cast.kanya.sign_in()
    page = kanya.send("/receipts/batches", shape="pdf")
    assert "กำลังพิมพ์" in page.main
    assert "0 จาก 3 ใบ" in page.main
    assert 'http-equiv="refresh"' in page.text
    number = db.session().scalars(select(ReceiptBatch.id)).one()
    kanya.visit(f"/receipts/batches/{number}/file", status=409)
    handlers = {"receipt_batch": batches.step}
    assert queue.work_once(handlers)
    assert "2 จาก 3 ใบ" in kanya.visit(f"/receipts/batches/{number}").main
    assert kanya.client.get(f"/receipts/batches/{number}/status").json == {
        "state": "printing:2",
        "done": 2,
        "total": 3,
    }
    assert queue.work_once(handlers)
    assert not queue.work_once(handlers)
    assert "ไฟล์พร้อมแล้ว" in kanya.visit(f"/receipts/batches/{number}").main
    answer = kanya.client.get(f"/receipts/batches/{number}/file")
    assert codes_in(answer.data) == codes
    today = clock.today()
    month = f"{thai.year_be(today)}{today:%m}"
    assert (
        f"filename=receipts-{month}01-{month}{today:%d}-{number}.pdf" in answer.headers["Content-Disposition"]
    )
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()
    page = kanya.send("/receipts/batches", first_on="1 ม.ค. 2560", last_on="2 ม.ค. 2560", to_status=409)
    assert "ไม่มีใบเสร็จ" in page.main
    cast.decha.sign_in().visit("/receipts/batches", status=403)

    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert batches.clear_old() == 1
    assert not batches.path_of(db.session().get_one(ReceiptBatch, number)).exists()
    assert "ลบไฟล์แล้ว" in kanya.visit(f"/receipts/batches/{number}").main


def _command(app: Flask, *words: str) -> subprocess.Popen[str]:
    """The `kueakun` program beside this test, on the same database, with the test's issuer."""
    settings = app.extensions["kueakun"]
    program = (
        "import sys; sys.path.insert(0, 'tests/makers')\n"
        "from app import cli, create_app\n"
        "from app.fund.giving.reports import batches\n"
        "from app.kit import print_pool\n"
        "from portals import with_issuer\n"
        "batches._AT_ONCE = 3\n"
        # One process prints: that several print the same is proved below, and each takes longer to start than to print.
        "batches.PrintPool = lambda: print_pool.PrintPool(1)\n"
        "if __name__ == '__main__':\n"
        "    cli.create_app = lambda: with_issuer(create_app())\n"
        "    cli.main()\n"
    )
    environment = {
        **os.environ,
        "KUEAKUN_DEMO": "0",
        "KUEAKUN_DATA": str(settings.data),
        "KUEAKUN_DATABASE_URL": settings.database_url,
        "KUEAKUN_SECRET_KEY": settings.secret_key,
        "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
        "KUEAKUN_CALLBACK_KEY": settings.callback_key,
        "KUEAKUN_SECURE_COOKIES": "0",
    }
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_batch_killed_outright_goes_on_when_it_is_asked_again(cast: Cast, tmp_path: Path) -> None:
    codes = give(cast, 12)
    db.session.rollback()
    today = clock.today()
    out = tmp_path / "month.pdf"
    words = ("receipts", "batch", "--month", f"{today.year + 543}-{today.month:02d}", "--out", str(out))
    first = _command(cast.app, *words)
    counted = select(func.count()).select_from(ReceiptDocument)
    deadline = time.monotonic() + 300
    while (
        not (kept := db.session().scalar(counted) or 0)
        and first.poll() is None
        and time.monotonic() < deadline
    ):
        db.session.rollback()
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    db.session.rollback()
    assert 0 < kept < 12, "it was not killed in the middle"
    assert not out.exists()
    before = dict(db.session().execute(select(ReceiptDocument.receipt_id, ReceiptDocument.hash)).all())
    db.session.rollback()

    second = _command(cast.app, *words)
    said, complaint = second.communicate(timeout=400)
    assert second.returncode == 0, complaint
    told = json.loads(said)
    content = out.read_bytes()
    assert (told["receipts"], told["sha256"]) == (12, hashlib.sha256(content).hexdigest())
    assert codes_in(content) == codes
    after = dict(db.session().execute(select(ReceiptDocument.receipt_id, ReceiptDocument.hash)).all())
    assert len(after) == 12
    assert after.items() >= before.items()
    assert db.session().scalar(select(func.count()).select_from(ReceiptBatch)) == 1


def test_issuing_what_is_owed_killed_outright_leaves_no_gap(cast: Cast) -> None:
    with_issuer(cast.app, tax_id="")
    with transaction():
        for number in range(80):
            arrives(
                satang=100 + number,
                paid_at=clock.now(),
                purpose_id=cast.purpose().id,
                book="C" if number % 4 else "",
                by=None,
            )
    with_issuer(cast.app)
    program = _command(cast.app, "receipts", "issue-missing")
    counted = select(func.count()).select_from(Receipt)
    deadline = time.monotonic() + 300
    while (
        not (issued := db.session().scalar(counted) or 0)
        and program.poll() is None
        and time.monotonic() < deadline
    ):
        db.session.rollback()
        time.sleep(0.005)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    db.session.rollback()
    assert issued
    rest = 80 - (db.session().scalar(counted) or 0)
    db.session.rollback()
    assert receipts.issue_missing() == rest
    for book, count in (("", 20), ("C", 60)):
        numbers = db.session().scalars(select(Receipt.number).filter_by(book=book).order_by(Receipt.number))
        assert list(numbers) == list(range(1, count + 1))


def test_verifying_tells_number_date_sum_state_and_document(cast: Cast) -> None:
    give(cast, 1)
    receipt = db.session().scalars(select(Receipt)).one()
    token, number = receipt.token, receipt.id
    document = documents.original(receipt)
    runner = cast.app.test_cli_runner()
    told = json.loads(
        runner.invoke(kueakun, ["receipts", "verify", f"https://example.org/receipts/{token}"]).output
    )
    assert told == {
        "number": receipt.code,
        "date": clock.today().isoformat(),
        "satang": 1_000,
        "state": "valid",
        "genuine": True,
        "contents_sha256": receipt.contents_hash,
        "paper_sha256": document.hash,
        "replaced_by": None,
    }
    with transaction():
        receipts.void(number, reason="ออกผิด", by=cast.kanya.user)
    assert json.loads(runner.invoke(kueakun, ["receipts", "verify", token]).output)["state"] == "voided"
    unknown = runner.invoke(kueakun, ["receipts", "verify", "nothing"])
    assert isinstance(unknown.exception, Refused)


@pytest.mark.pages
def test_the_command_refuses_what_it_cannot_read(cast: Cast, tmp_path: Path) -> None:
    runner = cast.app.test_cli_runner()
    for words in (
        ["--month", "2569-13", "--out", str(tmp_path / "a.pdf")],
        ["--month", "มกรา", "--out", str(tmp_path / "a.pdf")],
        ["--month", "2569-01", "--out", str(tmp_path / "none" / "a.pdf")],
        ["--month", "2569-01", "--out", str(tmp_path / "a.pdf")],
        ["--month", "2569-01", "--network", "NOPE", "--out", str(tmp_path / "a.pdf")],
    ):
        assert isinstance(runner.invoke(kueakun, ["receipts", "batch", *words]).exception, Refused)


def test_all_hands_print_what_one_hand_prints() -> None:
    sheets = [
        print_pool.Sheet(
            f"<body class='a5'><p>ใบที่ {number} น้ำใจ</p><img src='qr.png'></body>", "ก", "ข", f"x{number}"
        )
        for number in range(7)
    ]
    pool = print_pool.PrintPool(2)
    try:
        assert list(pool.print_all(sheets)) == [print_pool.print_one(sheet) for sheet in sheets]
    finally:
        pool.close()
