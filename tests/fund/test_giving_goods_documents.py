"""Documents of in-kind donations: kept as printed, owed without an issuer, taken once, and checked by anyone without a name."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
from flask import Flask
from goods_recorded import records
from people import Cast
from portals import with_issuer
from sqlalchemy import func, select, text, update

from app.cli import kueakun
from app.fund.giving import jobs
from app.fund.giving.goods import documents as goods_documents
from app.fund.giving.goods import goods
from app.fund.giving.receipts import documents
from app.fund.giving.records.goods import (
    InKindDonation,
    InKindReceiptDocument,
    InKindReceiptDue,
    InKindReceiptPrint,
)
from app.fund.ledger import books
from app.fund.store import stock
from app.fund.store.records import StockItem
from app.kit import clock, frozen
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.audit import AuditEvent


def again(donation: InKindDonation | int) -> InKindDonation:
    number = donation if isinstance(donation, int) else donation.id
    db.session.rollback()
    return db.session().get_one(InKindDonation, number)


def words_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def takes(donation: InKindDonation, who: object) -> tuple[str, bytes]:
    goods_documents.original(again(donation))
    with transaction():
        return goods_documents.hand_out(again(donation), by=who.user)  # type: ignore[attr-defined]


def voids(cast: Cast, number: int) -> None:
    with transaction():
        goods.void(number, reason="ชื่อผู้ให้ผิด", by=cast.busaba.user)


def there() -> int:
    db.session.rollback()
    items = list(db.session().scalars(select(StockItem.id)))
    return sum(stock.on_hand(items).values())


# Kept as printed


def test_the_document_is_the_same_bytes_whatever_changes_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = records(cast)
    number = made.id
    first = goods_documents.original(made).pdf
    said = words_of(first)
    for part in ("ใบรับสิ่งของ", made.code, "ไม่ใช่ใบเสร็จรับเงิน", "ดีงาม", "เก้าพันบาทถ้วน"):
        assert part in said
    with_issuer(cast.app, name_th="กองทุนชื่อใหม่")
    monkeypatch.setattr(goods_documents, "fill", lambda *_, **__: "<p>แบบใหม่</p>")
    monkeypatch.setattr(goods_documents.print_pool, "print_one", lambda _: b"%PDF another machine")
    kept = goods_documents.original(again(number))
    assert kept.pdf == first
    assert kept.hash == documents.hash_of(first)
    assert kept.contents == again(number).contents


def test_the_database_refuses_to_change_a_document_or_to_keep_one_that_says_another_thing(cast: Cast) -> None:
    made = records(cast)
    with pytest.raises(Refused, match="ต้องตรงกับรายการ"), transaction() as session:
        session.add(
            InKindReceiptDocument(
                in_kind_donation_id=made.id,
                contents=made.contents.replace("100", "101"),
                contents_hash="0" * 64,
                pdf=b"%PDF",
                hash="0" * 64,
                made_at=clock.now(),
            )
        )
    takes(made, cast.kanya)
    for table in (InKindReceiptDocument, InKindReceiptPrint):
        name = table.__tablename__
        with pytest.raises(Exception, match=f"final_{name}"), transaction() as session:
            session.execute(text(f"UPDATE {name} SET in_kind_donation_id = in_kind_donation_id + 1"))
        with pytest.raises(Exception, match=f"kept_{name}"), transaction() as session:
            session.execute(text(f"DELETE FROM {name}"))


def test_one_hand_gets_the_original_and_every_other_a_copy_and_all_are_written_down(cast: Cast) -> None:
    made = records(cast)
    taken = [takes(made, who) for who in (cast.kanya, cast.decha)]
    assert [kind for kind, _ in taken] == ["original", "copy"]
    assert "สำเนา" not in words_of(taken[0][1])
    assert "สำเนา" in words_of(taken[1][1])
    assert words_of(taken[0][1]) in words_of(taken[1][1])
    events = db.session().scalars(select(AuditEvent).filter_by(deed="goods.print").order_by(AuditEvent.id))
    assert [(event.by_id, json.loads(event.details)["kind"]) for event in events] == [
        (cast.kanya.user_id, "original"),
        (cast.decha.user_id, "copy"),
    ]
    with pytest.raises(Refused), transaction() as session:
        session.add(
            InKindReceiptPrint(
                in_kind_donation_id=made.id, kind="original", at=clock.now(), by_id=cast.ying.user_id
            )
        )


def test_of_a_cancelled_donation_there_are_only_copies_that_say_so(cast: Cast) -> None:
    made = records(cast)
    voids(cast, made.id)
    kind, copy = takes(made, cast.kanya)
    assert kind == "copy"
    assert "ยกเลิก" in words_of(copy)
    assert "ยกเลิก" not in words_of(goods_documents.original(again(made)).pdf)


def test_a_document_from_before_is_printed_by_the_background_with_the_day_on_which_it_was(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = records(cast)
    today, later = clock.today(), clock.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert jobs.print_originals() == {"printed": 1}
    assert jobs.print_originals() == {"printed": 0}
    kept = goods_documents.original(again(made))
    assert kept.made_at == later
    assert frozen.thaw(kept.contents)["issued_on"] == today.isoformat()
    assert "ต้นฉบับนี้พิมพ์และเก็บไว้เมื่อ" in words_of(kept.pdf)
    monkeypatch.undo()
    plain = words_of(goods_documents.original(records(cast)).pdf)
    assert "พิมพ์และเก็บไว้" not in plain
    assert "ระบบสาธิต" not in plain


def test_a_document_of_the_demonstration_says_that_it_proves_nothing(cast: Cast) -> None:
    cast.app.extensions["kueakun"] = replace(cast.app.extensions["kueakun"], demo=True)
    assert "ระบบสาธิต" in words_of(goods_documents.original(records(cast)).pdf)


# Owed


def test_without_a_whole_issuer_goods_are_taken_and_their_document_is_owed(cast: Cast) -> None:
    with_issuer(cast.app, tax_id="")
    first, second = records(cast).id, records(cast, kind="labour", what="ช่างไม้", unit="วันแรง").id
    assert there() == 100
    assert [again(number).number for number in (first, second)] == [1, 2]
    assert books.findings() == []
    assert goods_documents.print_missing(most=9) == 0
    with pytest.raises(Refused, match="เลขประจำตัวผู้เสียภาษี"):
        goods_documents.original(again(first))
    kanya = cast.kanya.sign_in()
    assert "ใบรับสิ่งของ 2 ใบยังไม่ได้ออก" in kanya.visit("/goods").main
    assert "ใบรับสิ่งของที่ยังไม่ได้ออก 2 ใบ" in kanya.visit("/bank").words
    assert "ใบรับสิ่งของที่ยังไม่ได้ออก" in kanya.visit("/home").words
    page = kanya.visit(f"/goods/{first}")
    assert "ยังไม่ได้ออกใบรับ" in page.main
    assert "/print" not in page.text
    token, code = again(first).token, again(first).code
    cast.stranger.visit(f"/goods/check/{token}", status=404)
    cast.stranger.send("/receipts/check", number=code, amount="9000", to_status=404)

    with_issuer(cast.app, name_th="กองทุนที่ครบแล้ว")
    third = records(cast)
    assert again(third).number == 3
    assert goods_documents.print_missing(most=9) == 3
    assert goods_documents.owed() == []
    for first_page in ("/bank", "/home"):
        assert "ใบรับสิ่งของที่ยังไม่ได้ออก" not in kanya.visit(first_page).words
    document = goods_documents.original(again(first))
    assert "กองทุนที่ครบแล้ว" in words_of(document.pdf)
    said, recorded = frozen.thaw(document.contents), again(first).recorded
    assert {key: said[key] for key in recorded} == recorded
    assert said["issued_on"] == clock.today().isoformat()
    assert "ใบรับถูกต้อง" in cast.stranger.visit(f"/goods/check/{token}").main
    issued = db.session().scalars(select(AuditEvent).filter_by(deed="goods.issue")).all()
    assert len(issued) == 2


def test_what_was_cancelled_before_its_document_was_issued_never_gets_one(cast: Cast) -> None:
    with_issuer(cast.app, tax_id="")
    made = records(cast).id
    voids(cast, made)
    with_issuer(cast.app)
    assert goods_documents.print_missing(most=9) == 0
    with pytest.raises(Refused, match="ยกเลิกไปก่อน"):
        goods_documents.original(again(made))
    with pytest.raises(Refused, match="ออกใบรับไม่ได้"), transaction() as session:
        session.add(
            InKindReceiptDocument(
                in_kind_donation_id=made,
                contents="{}",
                contents_hash="0" * 64,
                pdf=b"%PDF",
                hash="0" * 64,
                made_at=clock.now(),
            )
        )


def test_what_is_owed_is_final_and_nothing_hides_behind_it(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    with_issuer(sqlite_portal, tax_id="")
    records(cast)
    with pytest.raises(Exception, match="kept_in_kind_receipt_due"), transaction() as session:
        session.execute(text("DELETE FROM in_kind_receipt_due"))
    assert db.session().scalar(select(func.count()).select_from(InKindReceiptDue)) == 1
    session = db.session()
    session.execute(text("DROP TRIGGER kept_in_kind_receipt_due"))
    session.execute(text("DELETE FROM in_kind_receipt_due"))
    assert any("เนื้อความไม่ตรง" in finding for finding in books.findings())
    session.rollback()


def test_a_document_that_was_changed_is_noticed(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    made = records(cast)
    goods_documents.original(made)
    token = made.token
    session = db.session()
    session.execute(text("DROP TRIGGER final_in_kind_receipt_document"))
    session.execute(update(InKindReceiptDocument).values(contents=made.contents.replace("900000", "990000")))
    assert any("เนื้อความไม่ตรง" in finding for finding in books.findings())
    session.rollback()
    with transaction() as session:
        session.execute(text("DROP TRIGGER IF EXISTS final_in_kind_receipt_document"))
        session.execute(update(InKindReceiptDocument).values(pdf=b"%PDF-1.7 forged"))
    told = cast.app.test_cli_runner().invoke(kueakun, ["receipts", "verify", token])
    assert told.exit_code == 1
    assert json.loads(told.output)["genuine"] is False


# Anyone checks


@pytest.mark.pages
def test_anyone_reads_number_date_value_and_state_and_nothing_more(cast: Cast) -> None:
    made = records(cast)
    path, number, code = f"/goods/check/{made.token}", made.id, made.code
    by_token = cast.stranger.visit(path)
    by_number = cast.stranger.send("/receipts/check", number=code.replace("K-", "k "), amount="9,000")
    for page in (by_token, by_number):
        for shown in (code, "9,000.00", "ใช้ได้", "ใบรับถูกต้อง", "มูลค่าโดยประมาณ"):
            assert shown in page.main
        for hidden in ("ดีงาม", "ข้าวสาร", "ตลาดสด", "บุษบา", again(number).purpose.name_th):
            assert hidden not in page.text
    voids(cast, number)
    for page in (
        cast.stranger.visit(path),
        cast.stranger.send("/receipts/check", number=code, amount="9000"),
    ):
        assert "ใบรับนี้ยกเลิกแล้ว" in page.main
        assert "ใบรับถูกต้อง" not in page.main
        assert "ชื่อผู้ให้ผิด" not in page.text


@pytest.mark.pages
def test_guessing_at_documents_of_goods_is_slowed_down_with_all_other_guessing(cast: Cast) -> None:
    made = records(cast)
    path, code = f"/goods/check/{made.token}", made.code
    visitor = cast.stranger
    for baht in range(28):
        visitor.send("/receipts/check", number=code, amount=str(baht + 1), to_status=404)
    visitor.visit("/goods/check/nothing", status=404)
    assert visitor.client.get("/receipts/nothing").status_code == 404
    page = visitor.send("/receipts/check", number=code, amount="9000", to_status=429)
    assert "ใบรับถูกต้อง" not in page.main
    assert visitor.client.get("/goods/check/zzzz").status_code == 429
    visitor.visit(path)


def test_the_command_verifies_documents_of_goods_too(cast: Cast) -> None:
    made = records(cast)
    number, code, token = made.id, made.code, made.token
    runner = cast.app.test_cli_runner()
    told = json.loads(
        runner.invoke(kueakun, ["receipts", "verify", f"https://x.example/goods/check/{token}"]).output
    )
    assert (told["number"], told["satang"], told["state"], told["genuine"]) == (code, 900_000, "valid", True)
    assert told["paper_sha256"] is None
    document = goods_documents.original(again(number))
    voids(cast, number)
    told = json.loads(runner.invoke(kueakun, ["receipts", "verify", token]).output)
    assert (told["state"], told["paper_sha256"]) == ("voided", document.hash)


@pytest.mark.pages
def test_a_treasurer_takes_the_document_of_the_own_branch_and_of_no_other(cast: Cast) -> None:
    from app.fund.giving.records.networks import Network

    own = db.session().scalars(select(Network.id).filter_by(code="NET001")).one()
    mine, foreign = records(cast, network_id=own).id, records(cast).id
    ton = cast.ton.sign_in()
    page = ton.visit(f"/goods/{mine}")
    assert "พิมพ์ใบรับต้นฉบับ" in page.main
    answer = ton.press(page, having="/print").response
    assert answer.mimetype == "application/pdf"
    page = ton.visit(f"/goods/{mine}")
    assert "พิมพ์สำเนาใบรับ" in page.main
    assert "นายต้น แสงทอง" in page.main
    token = page.forms()[-1]["fields"]["csrf_token"]
    assert ton.client.post(f"/goods/{foreign}/print", data={"csrf_token": token}).status_code == 404
    assert ton.client.get(f"/goods/{mine}/print").status_code == 405
    assert ton.client.post(f"/goods/{mine}/print").status_code == 400
