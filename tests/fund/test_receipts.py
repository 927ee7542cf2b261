"""Receipts: books beside each other, an issuer without whom none is issued, documents that never change, and checking."""

import io
import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pypdf
import pytest
from flask import Flask
from money import arrives
from people import Cast
from portals import with_issuer
from sqlalchemy import func, select, text, update

from app.fund.giving.donations import donations
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.receipts import documents, issuer, receipts
from app.fund.giving.records.donations import REFUNDED, Donation
from app.fund.giving.records.receipts import Receipt, ReceiptDocument, ReceiptDue, ReceiptPrint
from app.fund.ledger import books
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.throttle import ThrottleHit
from app.staff.audit import AuditEvent

PAID_AT = datetime(2022, 9, 30, 18, 30, tzinfo=UTC)


def given(cast: Cast, satang: int = 10_100, **more: object) -> Donation:
    with transaction():
        return arrives(
            **{"satang": satang, "paid_at": PAID_AT, "purpose_id": cast.purpose().id, "by": None, **more}  # type: ignore[arg-type]
        )


def given_online(cast: Cast, satang: int = 10_100, **more: object) -> Donation:
    with transaction():
        payment_request = payment_requests.open(satang=satang, purpose_id=cast.purpose().id, by=None, **more)  # type: ignore[arg-type]
        return arrives(
            satang=satang,
            paid_at=PAID_AT,
            purpose_id=cast.purpose().id,
            payment_request_id=payment_request.id,
            by=None,
        )


def receipt_of(donation: Donation) -> Receipt:
    return db.session().scalars(select(Receipt).filter_by(donation_id=donation.id, voided_at=None)).one()


def words_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


# Books


def test_each_book_counts_for_itself(cast: Cast) -> None:
    codes = [receipt_of(given(cast, book=book)).code for book in ("", "C", "", "C", "C")]
    year = codes[0].split("/")[0]
    assert codes == [f"{year}/{end}" for end in ("000001", "C-000001", "000002", "C-000002", "C-000003")]


@pytest.mark.postgres
def test_books_issue_beside_each_other_and_one_book_in_turn(postgres_portal: Flask) -> None:
    """While a hand holds the main book, the counter issues; the main book's next receipt waits for it."""
    cast = Cast(postgres_portal)
    other = cast.purpose("education").id
    done = {"C": threading.Event(), "": threading.Event()}

    def post(book: str) -> None:
        with postgres_portal.app_context():
            with transaction():
                arrives(satang=500, paid_at=PAID_AT, purpose_id=other, book=book, by=None)
                db.session().flush()
                done[book].set()
            db.session.remove()

    with transaction():
        arrives(satang=100, paid_at=PAID_AT, purpose_id=cast.purpose().id, by=None)
        counter = threading.Thread(target=post, args=("C",))
        counter.start()
        assert done["C"].wait(10), "the counter waited for the main book"
        main = threading.Thread(target=post, args=("",))
        main.start()
        assert not done[""].wait(1), "two hands were in one book"
    counter.join()
    main.join()
    assert sorted(receipt.code[5:] for receipt in db.session().scalars(select(Receipt))) == [
        "000001",
        "000002",
        "C-000001",
    ]


@pytest.mark.postgres
def test_many_hands_in_three_books_leave_no_gap(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    purposes = [cast.purpose(code).id for code in ("general", "education")]
    start = threading.Barrier(12)
    failed: list[str] = []

    def post(number: int) -> None:
        with postgres_portal.app_context():
            start.wait()
            for turn in range(5):
                try:
                    with transaction():
                        arrives(
                            satang=100 + turn,
                            paid_at=PAID_AT,
                            purpose_id=purposes[number % 2],
                            book="C" if number % 3 else "",
                            by=None,
                        )
                        if turn == 3:
                            raise RuntimeError("this one does not happen")
                except RuntimeError:
                    db.session.rollback()
                except Refused as error:
                    failed.append(error.words)
            db.session.remove()

    hands = [threading.Thread(target=post, args=(number,)) for number in range(12)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert failed == []
    for book, count in (("", 16), ("C", 32)):
        numbers = db.session().scalars(select(Receipt.number).filter_by(book=book).order_by(Receipt.number))
        assert list(numbers) == list(range(1, count + 1))


# The issuer


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ({"name_th": " "}, "ชื่อ"),
        ({"address_th": ""}, "ที่อยู่"),
        ({"tax_id": ""}, "เลขประจำตัวผู้เสียภาษี"),
        ({"tax_id": "0994000000003"}, "เลขประจำตัวผู้เสียภาษี"),
        ({"tax_id": issuer.PLACEHOLDER}, "เลขประจำตัวผู้เสียภาษี"),
    ],
)
def test_without_a_whole_issuer_money_is_posted_and_its_receipt_is_owed(
    cast: Cast, lacking: dict[str, str], said: str
) -> None:
    with_issuer(cast.app, **lacking)
    first, second = given(cast, 1_000, source_words="เงินสด", book="C"), given(cast, 2_000)
    assert db.session().scalar(select(func.count()).select_from(Receipt)) == 0
    assert books.findings() == []
    assert receipts.owed() == (2, 3_000)
    with pytest.raises(Refused, match=said), transaction():
        receipts.issue(db.session().get_one(Donation, first.id), by=None)
    kanya = cast.kanya.sign_in()
    assert "เงินสมทบที่ยังไม่มีใบเสร็จ" in kanya.visit("/home").words
    assert "ยังไม่มีใบเสร็จ 2 ก้อน" in kanya.visit("/bank").words
    assert "เงินสมทบ 2 ก้อนยังไม่มีใบเสร็จ" in kanya.visit("/receipts").words
    assert receipts.issue_missing() == 0

    with_issuer(cast.app, name_th="กองทุน", address_th="ศาลากลางจังหวัด")
    assert any("ไม่มีใบเสร็จ" in finding for finding in books.findings())
    assert receipts.issue_missing() == 2
    assert receipts.issue_missing() == 0
    assert books.findings() == []
    assert (receipt_of(first).book, receipt_of(first).printed["channel"]) == ("C", "เงินสด")
    assert receipt_of(second).book == ""
    assert "เงินสมทบที่ยังไม่มีใบเสร็จ" not in kanya.visit("/home").words


def test_what_is_owed_ends_once_and_only_by_a_receipt(cast: Cast) -> None:
    def ends() -> None:
        with pytest.raises(Refused, match="ออกไปแล้ว"), transaction() as session:
            session.execute(update(ReceiptDue).values(issued_at=clock.now()))

    with_issuer(cast.app, name_th="")
    given(cast)
    ends()
    with_issuer(cast.app, name_th="กองทุน", address_th="ศาลากลางจังหวัด")
    assert receipts.issue_missing() == 1
    ends()


@pytest.mark.pages
def test_the_placeholder_is_good_enough_for_the_demonstration(cast: Cast) -> None:
    with_issuer(cast.app, tax_id=issuer.PLACEHOLDER)
    assert issuer.missing()
    cast.app.extensions["kueakun"] = replace(cast.app.extensions["kueakun"], demo=True)
    assert issuer.missing() == []
    # But nobody may take its documents for those of a fund.
    assert "ระบบสาธิตข้อมูลสมมติใช้เป็นหลักฐานไม่ได้" in words_of(receipts.pdf(receipt_of(given(cast))))


def test_no_donation_can_hide_behind_an_incomplete_issuer(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    with_issuer(sqlite_portal, tax_id="")
    given(cast)
    session = db.session()
    session.execute(text("DROP TRIGGER kept_receipt_due"))
    session.execute(text("DELETE FROM receipt_due"))
    assert any("ไม่มีใบเสร็จ" in finding for finding in books.findings())
    session.rollback()


@pytest.mark.pages
def test_tax_is_spoken_of_only_with_a_registration(cast: Cast) -> None:
    plain = receipts.pdf(receipt_of(given(cast)))
    for word in ("e-Donation", "ลดหย่อน", "ภาษีได้"):
        assert word not in words_of(plain)
    profile = cast.app.extensions["profile"]
    rules = replace(profile.giving, edonation_number="กค 0702/1234", edonation_on="2026-01-15")
    cast.app.extensions["profile"] = replace(profile, giving=rules)
    told = words_of(receipts.pdf(receipt_of(given(cast))))
    assert "e-Donation" in told
    assert "กค0702/1234" in told
    assert "15มกราคม2569" in told


# Money back


def test_a_receipt_after_a_refund_says_what_still_stands(cast: Cast) -> None:
    donation = given(cast, 10_000, book="C")
    first = receipt_of(donation)
    with transaction():
        donations.reverse(donation.id, satang=2_500, kind=REFUNDED, reason="โอนเกิน", by=cast.kanya.user)
    second = receipt_of(donation)
    assert (second.printed["satang"], second.printed["words"]) == (7_500, "เจ็ดสิบห้าบาทถ้วน")
    assert (second.book, second.printed["replaces"]) == ("C", first.code)
    assert db.session().get_one(Receipt, first.id).void_reason == "โอนเกิน"
    with transaction():
        donations.reverse(donation.id, satang=7_500, kind=REFUNDED, reason="ขอคืนทั้งหมด", by=cast.kanya.user)
    assert db.session().scalars(select(Receipt).filter_by(voided_at=None)).all() == []
    with pytest.raises(Refused, match="คืน"), transaction():
        receipts.reissue(second.id, by=cast.kanya.user)


def test_the_books_notice_a_receipt_that_says_more_than_stands(sqlite_portal: Flask) -> None:
    cast = Cast(sqlite_portal)
    donation = given(cast, 10_000)
    session = db.session()
    session.execute(
        text(
            "INSERT INTO donation_reversal (donation_id, kind, satang, reason, at, by_id) "
            "VALUES (:donation, 'refunded', 1, 'ลอง', '2022-01-01', :by)"
        ),
        {"donation": donation.id, "by": cast.kanya.user_id},
    )
    assert any("เนื้อความไม่ตรง" in finding for finding in books.findings())
    session.rollback()


# Documents


def test_the_original_is_the_same_bytes_whatever_changes_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = receipt_of(given(cast, donor_name="นายใจ ดีงาม", anonymous=True))
    first = receipts.pdf(receipt)
    assert "นายใจดีงาม" in words_of(first)
    with_issuer(cast.app, name_th="กองทุนชื่อใหม่", address_th="ย้ายไปที่อื่น")
    monkeypatch.setattr(documents, "fill", lambda *_, **__: "<p>แบบใหม่</p>")
    monkeypatch.setattr(documents.print_pool, "print_one", lambda _: b"%PDF another machine")
    assert receipts.pdf(db.session().get_one(Receipt, receipt.id)) == first
    kept = db.session().get_one(ReceiptDocument, receipt.id)
    assert kept.hash == documents.hash_of(first)
    # The contents are frozen even before the document is: what is printed late says what was true at issue.
    late = receipt_of(given(cast))
    with_issuer(cast.app, name_th="กองทุนชื่อใหม่กว่า")
    assert late.printed["issuer"] == "กองทุนชื่อใหม่"


def test_the_database_refuses_to_change_a_document(cast: Cast) -> None:
    receipts.pdf(receipt_of(given(cast)))
    with pytest.raises(Exception, match="final_receipt_document"), transaction() as session:
        session.execute(update(ReceiptDocument).values(pdf=b""))


def test_what_another_hand_printed_first_stays(cast: Cast) -> None:
    receipt = receipt_of(given(cast))
    first = receipts.pdf(receipt)
    with transaction():
        documents.keep([(receipt.id, b"later")])
    assert receipts.pdf(db.session().get_one(Receipt, receipt.id)) == first


def test_the_background_prints_originals_soon_after_issue(cast: Cast) -> None:
    from app.fund.giving import jobs

    given(cast), given(cast)
    assert jobs.print_originals() == {"printed": 2}
    assert jobs.print_originals() == {"printed": 0}
    assert db.session().scalar(select(func.count()).select_from(ReceiptDocument)) == 2


def test_an_officer_gets_the_original_once_and_copies_after_it(cast: Cast) -> None:
    receipt = receipt_of(given(cast))
    taken = []
    for who in (cast.kanya, cast.decha):
        with transaction():
            taken.append(documents.hand_out(db.session().get_one(Receipt, receipt.id), by=who.user))
    assert [kind for kind, _ in taken] == ["original", "copy"]
    original = receipts.pdf(db.session().get_one(Receipt, receipt.id))
    assert taken[0][1] == original
    assert "สำเนา" in words_of(taken[1][1])
    assert "สำเนา" not in words_of(original)
    assert words_of(original) in words_of(taken[1][1])
    events = db.session().scalars(select(AuditEvent).filter_by(deed="receipt.print").order_by(AuditEvent.id))
    assert [(event.by_id, json.loads(event.details)["kind"]) for event in events] == [
        (cast.kanya.user_id, "original"),
        (cast.decha.user_id, "copy"),
    ]
    with pytest.raises(Refused), transaction() as session:
        session.add(ReceiptPrint(receipt_id=receipt.id, kind="original", at=clock.now()))


@pytest.mark.pages
def test_where_the_payer_has_a_page_every_other_document_is_a_copy(cast: Cast) -> None:
    receipt = receipt_of(given_online(cast))
    kanya = cast.kanya.sign_in()
    check = f"/receipts/{receipt.token}"
    page = kanya.visit(check)
    assert "พิมพ์สำเนา" in page.words
    answer = kanya.client.post(
        f"{check}/print", data={"csrf_token": page.forms()[-1]["fields"]["csrf_token"]}
    )
    assert answer.mimetype == "application/pdf"
    assert "สำเนา" in words_of(answer.data)
    own = cast.stranger.client.get(f"/give/{receipt.donation.payment_request.code}{check}.pdf").data  # type: ignore[union-attr]
    assert "สำเนา" not in words_of(own)
    assert own == receipts.pdf(db.session().get_one(Receipt, receipt.id))
    assert "น.ส.กัญญา พรดี" in kanya.visit(check).words
    assert cast.stranger.client.post(f"{check}/print").status_code in (302, 400)
    assert db.session().scalar(select(func.count()).select_from(ReceiptPrint)) == 1


def test_the_document_of_a_void_receipt_says_so_on_every_copy(cast: Cast) -> None:
    receipt = receipt_of(given(cast))
    with transaction():
        receipts.void(receipt.id, reason="ชื่อผิด", by=cast.kanya.user)
    with transaction():
        kind, copy = documents.hand_out(db.session().get_one(Receipt, receipt.id), by=cast.kanya.user)
    assert kind == "copy"
    assert "ยกเลิก" in words_of(copy)
    assert "ยกเลิก" not in words_of(receipts.pdf(db.session().get_one(Receipt, receipt.id)))
    reader = pypdf.PdfReader(io.BytesIO(copy))
    assert reader.trailer["/Root"]["/Lang"] == "th"  # type: ignore[index]
    assert len(copy) < 60_000


def test_a_receipt_made_by_hand_names_who_took_the_money(cast: Cast) -> None:
    by_hand = words_of(receipts.pdf(receipt_of(given(cast, by=cast.kanya.user))))
    assert "(น.ส.กัญญาพรดี)ผู้รับเงิน" in by_hand
    assert "ผู้รับเงิน" not in words_of(receipts.pdf(receipt_of(given(cast))))


# Anyone checks


@pytest.mark.pages
def test_anyone_reads_number_date_amount_and_state_and_nothing_more(cast: Cast) -> None:
    receipt = receipt_of(given_online(cast, 123_450, donor_name="นายใจ ดีงาม", anonymous=False))
    printed = receipt.printed
    page = cast.stranger.visit(f"/receipts/{receipt.token}")
    for shown in (receipt.code, "1,234.50", "ใช้ได้", "ใบเสร็จถูกต้อง"):
        assert shown in page.main
    for hidden in (
        "ดีงาม",
        printed["purpose"],
        printed["reference"],
        printed["channel"],
        receipt.contents_hash[:16],
    ):
        assert hidden not in page.text
    assert "ดีงาม" in cast.decha.sign_in().visit(f"/receipts/{receipt.token}").main
    assert "ดีงาม" not in cast.malee.sign_in().visit(f"/receipts/{receipt.token}").main


@pytest.mark.pages
def test_a_void_receipt_tells_the_number_of_the_new_one(cast: Cast) -> None:
    old = receipt_of(given(cast))
    with transaction():
        receipts.void(old.id, reason="เหตุผลภายใน", by=cast.kanya.user)
        new = receipts.reissue(old.id, by=cast.kanya.user)
        code = new.code
    page = cast.stranger.visit(f"/receipts/{old.token}")
    assert "ใบเสร็จนี้ยกเลิกแล้ว" in page.main
    assert code in page.main
    assert "เหตุผลภายใน" not in page.text
    register = cast.decha.sign_in().visit("/receipts/voided").main
    for said in (old.code, code, "เหตุผลภายใน", "น.ส.กัญญา พรดี"):
        assert said in register
    cast.ton.sign_in().visit("/receipts/voided", status=403)


@pytest.mark.pages
def test_a_receipt_is_checked_by_typing_its_number_and_amount(cast: Cast) -> None:
    receipt = receipt_of(given(cast, 123_450, book="C"))
    visitor = cast.stranger
    spaced = receipt.code.replace("2", "๒").lower().replace("-", "")
    for typed in (receipt.code, f" {spaced} "):
        page = visitor.send("/receipts/check", number=typed, amount="1,234.50")
        assert "ใบเสร็จถูกต้อง" in page.main
    wrong = visitor.send("/receipts/check", number=receipt.code, amount="1,234.51", to_status=404)
    unknown = visitor.send("/receipts/check", number="2569/999999", amount="1,234.50", to_status=404)
    other_book = visitor.send(
        "/receipts/check", number=receipt.code.replace("C-", ""), amount="1,234.50", to_status=404
    )
    said = {
        re.search(r"ไม่พบใบเสร็จหรือใบรับสิ่งของที่มี[^.]*", page.main)[0].split(" เลขที่ใบเสร็จ")[0]
        for page in (wrong, unknown, other_book)
    }  # type: ignore[index]
    assert len(said) == 1
    for page in (wrong, unknown):
        assert "ใบเสร็จถูกต้อง" not in page.main


@pytest.mark.pages
def test_guessing_is_slowed_down(cast: Cast) -> None:
    receipt = receipt_of(given(cast, 50_000))
    visitor = cast.stranger
    for baht in range(30):
        visitor.send("/receipts/check", number=receipt.code, amount=str(baht + 1), to_status=404)
    page = visitor.send("/receipts/check", number=receipt.code, amount="500", to_status=429)
    assert "ใบเสร็จถูกต้อง" not in page.main
    # Whoever tries addresses instead is slowed down by the same count; a receipt one holds still opens.
    assert visitor.client.get("/receipts/zzzzzzzzzzzzzzzzzzzz").status_code == 429
    visitor.visit(f"/receipts/{receipt.token}")


@pytest.mark.pages
def test_guessing_from_many_addresses_of_one_ipv6_line_is_slowed_down_as_from_one(cast: Cast) -> None:
    def guess(address: str) -> int:
        where = {"REMOTE_ADDR": address}
        return int(cast.stranger.client.get("/receipts/" + "z" * 20, environ_base=where).status_code)

    assert {guess(f"2001:db8:1:2:{number:x}::9") for number in range(30)} == {404}
    assert guess("2001:db8:1:2:ffff::1") == 429
    assert guess("2001:db8:1:3::1") == 404
    assert guess("::ffff:192.0.2.7") == guess("192.0.2.7") == 404
    with transaction() as session:
        assert session.scalar(select(func.count()).where(ThrottleHit.who == "192.0.2.7")) == 2


def test_what_is_owed_is_final_too(cast: Cast) -> None:
    with_issuer(cast.app, tax_id="")
    given(cast)
    with pytest.raises(Exception, match="kept_receipt_due"), transaction() as session:
        session.execute(text("DELETE FROM receipt_due"))
    assert db.session().scalar(select(func.count()).select_from(ReceiptDue)) == 1
