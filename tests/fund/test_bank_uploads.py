"""A statement file is looked at before it comes in: its columns, what is new, what looks odd, what is missing."""

import io
import json
import threading
from datetime import timedelta
from typing import Any

import accounts
import bank_hands
import pytest
from bank_files import brought_in, in_another_layout
from bank_formats import CAMT, KBIZ, mt940
from bank_hands import NOW, Movement, count, generic, given, kbank, opened, states
from flask import Flask
from people import Cast, Page, Person
from sqlalchemy import select
from uploaded import START, file, sent, upload

from app.fund.bank.records import (
    BankEvent,
    ReconciliationItem,
    StagedLine,
    Statement,
    StatementChunk,
    StatementProfile,
    StatementUpload,
    UploadState,
)
from app.fund.bank.statements import parse_lease, preview, staging, statements, uploads
from app.fund.giving.records.payment_requests import FundAccount
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused


def shown(number: int) -> preview.Preview:
    return preview.make(uploads.find(number))


def movements(many: int, *, since: int = 0) -> list[Movement]:
    return [(START + timedelta(minutes=n), 1_000 + n, "", f"รายการ {n}") for n in range(since, since + many)]


@pytest.mark.pages
def test_a_file_is_shown_before_anything_of_it_counts_and_then_brought_in(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    raw = kbank(
        [(NOW, 150_000, payment_request.ref1, "x"), (NOW, 333, "", "ดอกเบี้ย"), (NOW, -100, "", "ค่าธรรมเนียม")]
    )
    page = upload(cast.kanya.sign_in(), raw)
    number = db.session().scalars(select(StatementUpload.id)).one()
    assert page.path.endswith(f"/bank/statements/drafts/{number}")
    for words in ("1,500.00", "389,319.99", "390,822.32", "1,503.33", payment_request.ref1, "kbank", "ใหม่"):
        assert words in page.words
    assert (count(BankEvent), count(Statement), given()) == (0, 0, [])
    done = cast.kanya.send(page.path, action="/apply")
    assert "รายการใหม่ 3" in done.words
    assert "ไฟล์นี้รอเจ้าหน้าที่การเงินอีกท่านหนึ่งหรือประธานยืนยัน" in done.words
    bank_hands.confirm_files()
    assert (given(), count(StagedLine)) == ([150_000], 0)
    again = cast.kanya.visit(page.path)
    assert "นำเข้าแล้ว" in again.words
    with pytest.raises(Refused):
        statements.apply(number, by=None)
    with pytest.raises(Refused):
        uploads.drop(number, by=None)


@pytest.mark.pages
def test_a_dropped_upload_leaves_nothing(portal: Flask, cast: Cast) -> None:
    page = upload(cast.kanya.sign_in(), generic(movements(3)))
    cast.kanya.send(page.path, action="/drop")
    for model in (BankEvent, Statement, StatementUpload, StatementChunk, StagedLine):
        assert count(model) == 0
    cast.kanya.visit(page.path, status=409)


def test_a_file_that_is_no_statement_is_refused_and_not_kept(portal: Flask, cast: Cast) -> None:
    upload(cast.kanya.sign_in(), b":20:X\n:25:4010000001\n:61:never\n", to_status=422)
    assert (count(StatementUpload), count(StatementChunk), count(StagedLine)) == (0, 0, 0)


@pytest.mark.pages
def test_a_table_of_which_a_row_cannot_be_read_waits_with_its_columns_within_reach(
    portal: Flask, cast: Cast
) -> None:
    raw = generic([(NOW, 100, "", ""), (NOW, 100, "", "")]).replace(b",1.00,", b",1.0x,", 1)
    page = upload(cast.kanya.sign_in(), raw)
    assert "บรรทัดที่ 2" in page.words
    assert (count(BankEvent), count(StagedLine)) == (0, 0)
    assert "บรรทัดที่ 2" in cast.kanya.visit(f"{page.path}/columns").words


@pytest.mark.pages
def test_the_era_of_two_digit_years_is_asked_once_and_remembered_by_header(portal: Flask, cast: Cast) -> None:
    local = START.astimezone(clock.BANGKOK)
    today = f"{local:%d/%m}/{(local.year + 543) % 100}"
    raw = f"วันที่,เวลา,รายการ,ถอน,ฝาก,คงเหลือ\n{today},10:00,พร้อมเพย์,,20.00,1020.00\n".encode()
    page = upload(cast.kanya.sign_in(), raw)
    assert page.path.endswith("/columns")
    assert "พ.ศ. หรือ ค.ศ." in page.words
    chosen = cast.kanya.send(page.path, action="/columns", years="be2", deed="keep")
    assert "รายการใหม่ 1" in chosen.words
    again = raw.replace(b"20.00,1020.00", b"30.00,1050.00")
    assert shown(sent(again)).new == 1


@pytest.mark.pages
def test_a_file_that_does_not_hold_says_so_on_its_page_and_brings_nothing(portal: Flask, cast: Cast) -> None:
    raw = generic([(NOW, 100, "", ""), (NOW, 100, "", "")]).replace(b"10,002.00", b"10,003.00")
    assert "บรรทัดที่ 3" in upload(cast.kanya.sign_in(), raw).words
    assert (count(StagedLine), count(BankEvent)) == (0, 0)


def test_new_known_and_twin_lines_are_counted(portal: Flask, cast: Cast) -> None:
    brought_in(generic(movements(6)))
    found = shown(sent(generic(movements(10))))
    assert (found.new, found.known, found.odd_lines, found.gap) == (4, 6, 0, None)
    movement = movements(1)[0]
    twins = shown(sent(generic([movement, movement, movement], balance=False)))
    assert (twins.new, twins.odd["twin"]) == (3, 2)


def test_a_line_that_another_file_told_in_other_words_is_odd_and_a_second_equal_sum_is_not(
    portal: Flask, cast: Cast
) -> None:
    first, second = movements(2)
    brought_in(generic([first]))
    other = shown(sent(in_another_layout([first, second])))
    assert (other.new, other.odd["other_file"]) == (2, 1)
    assert [line.satang for line in other.shown_odd] == [first[1]]
    # The same file a line longer, with the same sum on the same day: no doubt, for the first is known as itself.
    later = (first[0] + timedelta(minutes=30), first[1], "", "อีกคน")
    longer = shown(sent(generic([first, later])))
    assert (longer.new, longer.known, longer.odd_lines) == (1, 1, 0)


def test_days_in_the_future_and_long_ago_are_odd(portal: Flask, cast: Cast) -> None:
    days = [clock.now() - timedelta(days=1_000), clock.now(), clock.now() + timedelta(days=3)]
    found = shown(sent(generic([(on, 100 + n, "", "") for n, on in enumerate(days)])))
    assert (found.odd["old"], found.odd["future"], found.odd_lines) == (1, 1, 2)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_gap_to_the_last_known_line_is_named_by_days_and_by_balance(
    portal: Flask, cast: Cast, newest_first: bool
) -> None:
    start = clock.now().replace(microsecond=0) - timedelta(days=9)
    brought_in(generic([(start, 100, "", "")]))
    lines = generic(
        [(start + timedelta(days=4), 500, "", ""), (start + timedelta(days=5), 7, "", "")], opening=1_000_900
    )
    if newest_first:
        rows = lines.decode("utf-8-sig").splitlines()
        lines = "\n".join([rows[0], *reversed(rows[1:])]).encode()
    gap = shown(sent(lines)).gap
    assert gap is not None
    assert (gap.known_satang, gap.opening_satang) == (1_000_100, 1_000_900)
    known_on = start.astimezone(clock.BANGKOK).date()
    assert (gap.from_on, gap.to_on) == (known_on + timedelta(days=1), known_on + timedelta(days=3))
    follows = generic([(start + timedelta(hours=1), 500, "", "")], opening=1_000_100)
    follows_gap = shown(sent(follows)).gap
    assert follows_gap is None or follows_gap.known_satang is None


def test_what_came_in_meanwhile_is_known_when_the_upload_is_applied(portal: Flask, cast: Cast) -> None:
    raw = generic(movements(5))
    waiting = sent(raw)
    assert shown(waiting).new == 5
    brought_in(raw)
    assert shown(waiting).new == 0
    statements.apply(waiting, by=None)
    assert statements.reconcile(waiting) == {"new": 0, "known": 5, "posted": 0, "waiting": 0}
    assert (count(BankEvent), count(Statement)) == (5, 1)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_long_file_comes_in_bit_by_bit_oldest_first_whoever_is_at_it(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, newest_first: bool
) -> None:
    monkeypatch.setattr(statements, "_AT_ONCE", 7)
    monkeypatch.setattr(staging, "_AT_ONCE", 4)
    raw = generic(movements(30))
    if newest_first:
        rows = raw.decode("utf-8-sig").splitlines()
        raw = "\n".join([rows[0], *reversed(rows[1:])]).encode()
    brought_in(generic(movements(3, since=4), opening=1_000_000 + sum(1_000 + n for n in range(4))))
    number = sent(raw)
    statements.apply(number, by=None)
    upload = uploads.find(number)
    assert (upload.state, upload.done, upload.total, upload.new_lines) == ("applying", 0, 30, 27)
    assert statements.bring_some(number)
    assert uploads.find(number).done == 7
    # Another file of the account helps this one to its end before it is judged itself.
    overlap = sent(generic(movements(31)))
    statements.apply(overlap, by=None)
    assert uploads.find(number).state == "applied"
    statements.finish(overlap)
    assert uploads.find(overlap).new_lines == 1
    assert (count(BankEvent), count(ReconciliationItem), count(StagedLine)) == (31, 31, 0)
    amounts = db.session().scalars(
        select(BankEvent.satang).where(BankEvent.satang >= 1_007).order_by(BankEvent.id)
    )
    assert list(amounts) == [1_000 + n for n in range(7, 31)]


def test_a_long_file_is_read_and_brought_in_by_the_background(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.fund.bank.statements import pages as statement_views

    monkeypatch.setattr(statement_views, "READ_AT_ONCE", 10)
    monkeypatch.setattr(statements, "_AT_ONCE", 50)
    kanya = cast.kanya.sign_in()
    page = upload(kanya, generic(movements(120)))
    assert "กำลังอ่าน" in page.words
    assert 'http-equiv="refresh"' in page.text
    assert statements.advance() == 1
    assert "120" in kanya.visit(page.path).words
    assert "0 จาก 120 บรรทัด" in kanya.send(page.path, action="/apply").words
    before = kanya.visit(f"{page.path}/progress").text
    assert statements.advance() == 1
    assert kanya.visit(f"{page.path}/progress").text != before
    assert "กำลังตัดสินรายการใหม่" in kanya.visit(page.path).words
    assert statements.advance() == 0
    assert count(BankEvent) == 120


@pytest.mark.pages
def test_a_long_file_that_does_not_hold_says_so_on_its_page(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.fund.bank.statements import pages as statement_views

    monkeypatch.setattr(statement_views, "READ_AT_ONCE", 10)
    kanya = cast.kanya.sign_in()
    raw = generic(movements(5)).replace(b",10.03,", b",10.04,")
    page = upload(kanya, raw)
    statements.advance()
    page = kanya.visit(page.path)
    assert "บรรทัดที่ 5" in page.words
    kanya.send(page.path, action="/drop")
    assert count(StatementUpload) == 0


def test_an_upload_that_somebody_reads_is_left_to_them_until_they_fall_silent(
    portal: Flask, cast: Cast
) -> None:
    number = uploads.keep(name="x.csv", file=io.BytesIO(generic(movements(3))), by=None).id
    with transaction():
        uploads.find(number).leased_until = clock.now() + timedelta(minutes=1)
    assert statements.advance() == 0
    assert staging.read(number) is False
    with transaction():
        uploads.find(number).leased_until = clock.now() - timedelta(seconds=1)
    assert statements.advance() == 1
    assert uploads.find(number).state == UploadState.READ


def test_an_import_waits_for_the_background_that_was_first_to_read_its_file(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = uploads.keep

    def kept_and_taken_up(**asked: Any) -> StatementUpload:
        upload = keep(**asked)
        with transaction():
            upload.leased_until = clock.now() + parse_lease.LEASE
        return upload

    def the_background_goes_on() -> None:
        number = db.session().scalars(select(StatementUpload.id)).one()
        with transaction():
            uploads.find(number).leased_until = None
        assert statements.advance() == 1

    monkeypatch.setattr(uploads, "keep", kept_and_taken_up)
    monkeypatch.setattr(statements, "_wait", the_background_goes_on)
    raw = generic(movements(3))
    counts = statements.import_stream(name="x.csv", file=io.BytesIO(raw), by=None)
    assert counts["new"] == 3
    db.session().rollback()
    assert db.session().scalars(select(StatementUpload.state)).all() == [UploadState.APPLIED]


def test_forgotten_uploads_go_and_statements_stay(portal: Flask, cast: Cast) -> None:
    old, kept = sent(generic(movements(2))), sent(generic(movements(3)))
    statements.apply(kept, by=None)
    with transaction() as session:
        for upload in session.scalars(select(StatementUpload)):
            upload.sent_at -= timedelta(days=30)
    assert uploads.drop_forgotten() == 1
    assert db.session().scalars(select(StatementUpload.id)).all() == [kept]
    assert old not in set(db.session().scalars(select(StatementChunk.upload_id)))


@pytest.mark.pages
@pytest.mark.parametrize(
    ("raw", "name", "lines"),
    [
        (KBIZ.replace("18-09-26", "18-09-25").replace("19-09-26", "19-09-25").encode(), "kbiz.csv", 3),
        (mt940(), "day.sta", 4),
        (CAMT.encode(), "day.xml", 4),
    ],
    ids=["kbiz", "mt940", "camt"],
)
def test_every_format_is_looked_at_and_brought_in_once(
    portal: Flask, cast: Cast, raw: bytes, name: str, lines: int
) -> None:
    page = upload(cast.kanya.sign_in(), raw, name)
    assert f"นำเข้า {lines} รายการใหม่" in page.words
    cast.kanya.send(page.path, action="/apply")
    assert count(BankEvent) == lines
    assert brought_in(raw)["known"] == lines
    statement = db.session().scalars(select(Statement)).one()
    assert None not in (
        statement.from_on,
        statement.to_on,
        statement.opening_satang,
        statement.closing_satang,
    )
    balance = (
        db.session().scalars(select(BankEvent.balance_satang).order_by(BankEvent.id.desc()).limit(1)).one()
    )
    assert balance == statement.closing_satang


def test_a_masked_account_number_picks_the_account_it_fits(portal: Flask, cast: Cast) -> None:
    with transaction():
        second = accounts.proposed(bank_code="004", number="4010000021", name="สอง")
        accounts.opened(second, biller_id=None, promptpay_id="0994000165501")
    kbiz = KBIZ.encode()
    number = sent(kbiz)
    account = db.session().get_one(FundAccount, uploads.find(number).account_id)
    assert account.number.replace("-", "") == "4010000001"
    with pytest.raises(BadInput, match="ของบัญชี 4010000001 ไม่ใช่ 4010000021"):
        sent(kbiz, account_number="4010000021")


@pytest.mark.pages
@pytest.mark.parametrize("raw", ["สวัสดี", "เรียนผู้จัดการ ขอส่งรายการเดินบัญชี\n"])
def test_a_text_that_holds_no_table_is_refused_where_it_is_sent(portal: Flask, cast: Cast, raw: str) -> None:
    kanya = cast.kanya.sign_in()
    page = kanya.send(
        "/bank/statements/import", action="/import", to_status=422, file=file(raw.encode(), "note.txt")
    )
    assert "ไม่พบตารางในไฟล์นี้" in page.main and 'name="file"' in page.text
    assert count(StatementUpload) == 0


@pytest.mark.pages
def test_an_unknown_header_is_mapped_with_the_first_rows_read_back(portal: Flask, cast: Cast) -> None:
    raw = "Bank\nDato;Tekst;Beløb;Saldo\n08-07-69;hej;5,000.25;10,000.25\n09-07-69;ud;-10.00;9,990.25\n".encode()
    kanya = cast.kanya.sign_in()
    page = upload(kanya, raw, "ny.csv")
    assert page.path.endswith("/columns")
    assert "ไม่รู้จักหัวตาราง" in page.words
    assert "5,000.25" in page.words
    form = next(form for form in page.forms() if form["action"].endswith("/columns"))
    # Without its key: these are many forms, each sent once.
    fields = {
        name: value for name, value in form["fields"].items() if value is not None and name != "deed_key"
    }
    chosen = fields | {"date": "0", "description": "1", "amount": "2", "balance": "3", "name": "dansk"}
    assert "ปีสองหลัก" in _posted(kanya, page.path, chosen | {"deed": "try"}).words
    refused = _posted(kanya, page.path, chosen | {"deed": "keep"})
    assert refused.status == 422 and "กรุณาดาวน์โหลดจากธนาคารใหม่" in refused.words
    assert count(StatementProfile) == 0
    tried = _posted(kanya, page.path, chosen | {"deed": "try", "years": "be2"})
    for words in ("8 ก.ค. 69", "5,000.25", "9,990.25"):
        assert words in tried.words
    lacking = _posted(kanya, page.path, chosen | {"deed": "keep", "date": ""})
    assert (lacking.status, "ต้องเลือกคอลัมน์วันที่" in lacking.words) == (422, True)
    assert _posted(kanya, page.path, chosen | {"deed": "keep", "years": "be2", "name": ""}).status == 422
    assert _posted(kanya, page.path, chosen | {"header_row": "99", "deed": "keep"}).status == 422
    done = _posted(kanya, page.path, chosen | {"deed": "keep", "years": "be2"})
    assert "นำเข้า 2 รายการใหม่" in done.words
    assert db.session().scalars(select(StatementProfile.name)).one() == "dansk"
    again = upload(kanya, raw, "ny.csv")
    assert "/columns" not in again.path
    other = _posted(kanya, f"{again.path}/columns", chosen | {"deed": "keep", "years": "be2", "name": "igen"})
    assert other.status == 409
    # Mapped wrongly the first time, it can be mapped anew under its name.
    anew = _posted(kanya, f"{again.path}/columns", chosen | {"deed": "keep", "years": "ce2"})
    assert "8 ก.ค. 12" in anew.words
    mapping = db.session().scalars(select(StatementProfile.mapping)).one()
    assert json.loads(mapping)["years"] == "ce2"


def _posted(person: Person, path: str, fields: dict[str, Any]) -> Page:
    answer = person.client.post(path, data=fields, follow_redirects=True)
    return person._seen(answer, path, None)


def test_a_picture_and_a_broken_workbook_are_no_statements(portal: Flask, cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    for name, content in (
        ("../x.csv", generic(movements(1))),
        ("x.xlsx", b"PK\x03\x04nonsense"),
        ("x.csv", b"\x89PNG\r\n\x1a\n"),
        ("x.xml", b"<html></html>"),
        ("x.csv", b""),
    ):
        upload(kanya, content, name, to_status=422)
    assert count(StatementUpload) == 0


@pytest.mark.pages
def test_only_the_finance_officer_sees_uploads(portal: Flask, cast: Cast) -> None:
    number = sent(generic(movements(1)))
    for person in (cast.decha, cast.busaba, cast.ton, cast.malee):
        person.sign_in()
        person.visit(f"/bank/statements/drafts/{number}", status=403)
        person.visit(f"/bank/statements/drafts/{number}/columns", status=403)


@pytest.mark.pages
def test_a_statements_lines_are_exported_without_formulas_and_its_file_as_it_came(
    portal: Flask, cast: Cast
) -> None:
    raw = b"Date,Description,Amount\n2026-01-05,=1+1,1.00\n2026-01-06,@x,-0.50\n"
    brought_in(raw)
    number = db.session().scalars(select(Statement.id)).one()
    decha = cast.decha.sign_in()
    assert "=1+1" in decha.visit(f"/bank/statements/{number}").words
    text = decha.client.get(f"/bank/statements/{number}/lines/csv").data.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'@x" in text
    assert ",-0.50," in text
    book = decha.client.get(f"/bank/statements/{number}/lines/xlsx")
    import openpyxl

    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(book.data)).active.iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
    assert decha.client.get(f"/bank/statements/{number}/file").data == raw
    assert states()["excluded"] == 1


@pytest.mark.parametrize("moment", ["between two batches", "before it forgets the first try", "at the end"])
def test_a_reader_that_was_silent_too_long_writes_nothing_once_another_has_begun(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The first stands still at that moment until the second is through; then it wakes."""
    monkeypatch.setattr(staging, "_AT_ONCE", 4)
    number = uploads.keep(name="x.csv", file=io.BytesIO(generic(movements(10))), by=None).id
    real = staging._row
    outcomes: list[bool] = []

    def another() -> None:
        def read() -> None:
            with portal.app_context():
                outcomes.append(staging.read(number))
                db.session.remove()

        monkeypatch.setattr(staging, "_row", real)
        monkeypatch.setattr(staging.BalanceCheck, "prove", proved)
        with transaction():
            uploads.find(number).leased_until = clock.now() - timedelta(seconds=1)
        other = threading.Thread(target=read)
        other.start()
        other.join()

    def row(upload_id: int, place: int, *more: Any) -> dict[str, Any]:
        if place == (5 if moment == "between two batches" else -1):
            another()
        return real(upload_id, place, *more)

    proved = staging.BalanceCheck.prove

    def prove(check: staging.BalanceCheck) -> bool:
        another()
        if moment == "before it forgets the first try":
            raise BadInput("ยอดคงเหลือไม่ต่อเนื่อง")
        return proved(check)

    monkeypatch.setattr(staging, "_row", row)
    if moment != "between two batches":
        monkeypatch.setattr(staging.BalanceCheck, "prove", prove)
    assert staging.read(number) is False
    assert outcomes == [True]
    db.session.rollback()
    upload = uploads.find(number)
    assert (upload.state, upload.lines, upload.reason, upload.leased_until) == (
        UploadState.READ,
        10,
        "",
        None,
    )
    assert count(StagedLine) == 10
    statements.apply(number, by=None)
    statements.finish(number)
    assert count(BankEvent) == 10


def test_a_file_that_is_thrown_away_while_it_is_read_leaves_nothing(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "_AT_ONCE", 4)
    number = uploads.keep(name="x.csv", file=io.BytesIO(generic(movements(10))), by=None).id
    real = staging._row

    def row(upload_id: int, place: int, *more: Any) -> dict[str, Any]:
        if place == 5:
            uploads.drop(number, by=None)
        return real(upload_id, place, *more)

    monkeypatch.setattr(staging, "_row", row)
    assert staging.read(number) is False
    assert (count(StatementUpload), count(StagedLine)) == (0, 0)


def test_of_two_readers_at_work_only_the_one_that_began_last_writes(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first wakes while the second is half-way."""
    monkeypatch.setattr(staging, "_AT_ONCE", 4)
    number = uploads.keep(name="x.csv", file=io.BytesIO(generic(movements(10))), by=None).id
    real, first = staging._row, threading.current_thread()
    half_way, first_is_through, outcomes = threading.Event(), threading.Event(), list[bool]()

    def read() -> None:
        with portal.app_context():
            outcomes.append(staging.read(number))
            db.session.remove()

    second = threading.Thread(target=read)

    def row(upload_id: int, place: int, *more: Any) -> dict[str, Any]:
        if place == 5 and threading.current_thread() is first:
            with transaction():
                uploads.find(number).leased_until = clock.now() - timedelta(seconds=1)
            second.start()
            half_way.wait()
        elif place == 5:
            half_way.set()
            first_is_through.wait()
        return real(upload_id, place, *more)

    monkeypatch.setattr(staging, "_row", row)
    try:
        assert staging.read(number) is False
        assert count(StagedLine) == 4
    finally:
        first_is_through.set()
        second.join()
    db.session.rollback()
    upload = uploads.find(number)
    assert (outcomes, upload.state, upload.lines, count(StagedLine)) == ([True], UploadState.READ, 10, 10)


@pytest.mark.pages
def test_the_columns_that_are_left_unread_are_told_and_common_headings_are_not_among_them(
    portal: Flask, cast: Cast
) -> None:
    payment_request = opened(cast)
    on = f"{START.astimezone(clock.BANGKOK):%d/%m/%Y}"
    raw = (
        "ลำดับที่;วันเดือนปี;เวลา;สาขา;รายละเอียดรายการ;เงินออก;เงินเข้า;คงเหลือสุทธิ\n"
        f";{on};;;ยอดยกมา;;;1000.00\n1;{on};10:00;ศรีสะเกษ;โอน {payment_request.ref1};;1500.00;2500.00\n"
    ).encode("cp874")
    page = upload(cast.kanya.sign_in(), raw)
    assert "คอลัมน์ที่ไม่ได้อ่าน: ลำดับที่" in page.words
    kept = db.session().scalars(select(StatementUpload)).one()
    assert (kept.opening_satang, kept.closing_satang, kept.new_lines or kept.lines) == (
        100_000,
        250_000,
        1,
    )
    assert db.session().scalars(select(StagedLine.ref1)).one() == payment_request.ref1


@pytest.mark.pages
def test_several_files_wait_each_by_itself_and_a_refused_one_keeps_no_other_back(cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    good = "วันที่,เวลา,เงินเข้า,รายละเอียด\n27/01/2565,10:00,100.00,โอน\n".encode()
    page = kanya.visit("/bank/statements/import")
    sent = [
        file(good, "ก.csv"),
        file("สวัสดี".encode(), "จดหมาย.txt"),
        file(good.replace(b"100", b"200"), "ข.csv"),
    ]
    page = kanya.press(page, having="file", file=sent)
    assert "ได้รับ 2 ไฟล์แล้ว" in page.main and "จดหมาย.txt: " in page.main
    assert "ก.csv" in page.main and "ข.csv" in page.main
