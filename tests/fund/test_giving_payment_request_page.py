"""The page of a donation: its code, its picture to keep, its bill for a counter, and what it says in every state."""

import io
import re
from datetime import timedelta

import accounts
import pypdf
import pytest
import time_machine
from money import arrives
from people import Cast, Page
from PIL import Image
from sqlalchemy import select, update

from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import bills, cards, payment_requests
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.kit import clock, promptpay, qr
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.throttle import ThrottleHit

pytestmark = pytest.mark.pages


def opened(cast: Cast, satang: int = 150_037, **more: object) -> PaymentRequest:
    with transaction():
        return payment_requests.open(satang=satang, purpose_id=cast.purpose().id, by=None, **more)  # type: ignore[arg-type]


def page_of(cast: Cast, payment_request: PaymentRequest) -> Page:
    return cast.stranger.visit(f"/give/{payment_request.code}")


@pytest.fixture
def without_biller(cast: Cast) -> None:
    accounts.identified(biller_id=None)


def told(payment_request: PaymentRequest, satang: int, match_reason: str, *, ref1: str = "") -> None:
    """The bank tells of money that points at this payment request and that a person must look at."""
    with transaction() as session:
        event = BankEvent(
            source="scb",
            external_id=f"t-{payment_request.id}-{satang}",
            account_id=payment_request.account_id,
            received_at=clock.now(),
            raw=b"{}",
            raw_hash="0" * 64,
            satang=satang,
            occurred_at=clock.now(),
            ref1=ref1,
        )
        session.add(event)
        session.flush()
        session.add(
            ReconciliationItem(
                event_id=event.id,
                state="waiting",
                match_reason=match_reason,
                payment_request_id=payment_request.id,
            )
        )


# The picture to keep


def saved_picture(cast: Cast, payment_request: PaymentRequest) -> Image.Image:
    answer = cast.stranger.client.get(f"/give/{payment_request.code}/qr.png?save=1")
    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{payment_request.ref1}.png"'
    assert qr.read(answer.data) == [payment_request.payload]
    return Image.open(io.BytesIO(answer.data))


def test_the_saved_picture_says_whose_it_is_and_still_reads(cast: Cast) -> None:
    payment_request = opened(cast)
    picture = saved_picture(cast, payment_request)
    bare = Image.open(io.BytesIO(qr.draw_png(payment_request.payload)))
    assert picture.height > picture.width > bare.width
    again = io.BytesIO()
    picture.convert("RGB").save(again, "JPEG", quality=40)
    assert qr.read(again.getvalue()) == [payment_request.payload], "a chat makes a JPEG of it"


def test_the_words_under_the_code_are_drawn_and_change_with_the_donation(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []
    right = cards._rows
    monkeypatch.setattr(cards, "_rows", lambda words, face: seen.append(words) or right(words, face))
    payment_request = opened(cast)
    saved_picture(cast, payment_request)
    words = " ".join(seen)
    for said in (
        "กองทุนขจัดความยากจน",
        "1,500.37 บาท",
        "หนึ่งพันห้าร้อยบาทสามสิบเจ็ดสตางค์",
        payment_request.ref1,
        payment_request.purpose.name_th,
        "จ่ายได้ถึง",
    ):
        assert said in words, said
    assert "พอดีทุกสตางค์" not in words


def test_a_picture_that_reads_otherwise_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards.qr, "read", lambda picture: ["another"])
    with pytest.raises(Refused, match="อ่านกลับไม่ตรง"):
        cards.draw("0001", head="ก", lines=(("plain", "ข"),))


@pytest.mark.parametrize(
    "words",
    [
        "ทุนการศึกษาสำหรับนักเรียนยากจนพิเศษในพื้นที่ห่างไกลของจังหวัดศรีสะเกษตามโครงการพี่ช่วยน้องปีงบประมาณสองพันห้าร้อยหกสิบเก้า",
        "word " * 40,
        "ก" * 200,
        "",
    ],
)
def test_long_words_are_broken_between_letters_and_none_is_lost(words: str) -> None:
    face = cards._face("Regular", 40)
    rows = list(cards._rows(words, face))
    assert all(face.getlength(row) <= cards._WIDTH - 2 * cards._MARGIN for row in rows)
    assert re.sub(r"\s", "", "".join(rows)) == re.sub(r"\s", "", words)
    assert not any(re.match(r"[\u0e30-\u0e3a\u0e45-\u0e4e]", row) for row in rows)
    assert not any(re.search(r"[\u0e40-\u0e44]$", row) for row in rows)


# The bill for a counter


def test_the_barcode_means_the_same_payment_as_the_code(cast: Cast) -> None:
    network = db.session().scalars(select(Network)).one()
    with transaction():
        payment_request = payment_requests.open(
            satang=364_922, purpose_id=cast.purpose().id, network_id=network.id, by=cast.ton.user
        )
    made = bills.barcode(payment_request)
    assert made is not None
    assert promptpay.bill_of(made).satang == 364_922
    seen = promptpay.decode(payment_request.payload)
    assert isinstance(seen, promptpay.Bill)
    assert (made.biller, made.ref1, made.ref2) == (seen.biller, seen.ref1, "NET001")
    assert promptpay.encode_barcode(made) == f"|099400000000300\r{payment_request.ref1}\rNET001\r364922"
    answer = cast.stranger.client.get(f"/give/{payment_request.code}/barcode.svg")
    assert answer.mimetype == "image/svg+xml"
    assert payment_request.ref1 in answer.text


def test_the_page_prints_the_digits_that_a_teller_keys(cast: Cast) -> None:
    payment_request = opened(cast)
    words = page_of(cast, payment_request).words
    assert f"|099400000000300 {payment_request.ref1} PUBLIC 150037" in words
    for digits in ("0994000000003 00", payment_request.ref1, "PUBLIC", "150037"):
        assert digits in words


def test_a_barcode_that_would_pay_something_else_is_not_shown(cast: Cast) -> None:
    payment_request = opened(cast)
    other = opened(cast, 99)
    with db.session().no_autoflush:
        payment_request.payload = other.payload
        with pytest.raises(Refused, match="ไม่ตรงกับ QR"):
            bills.barcode(payment_request)
    db.session().rollback()


def pdf_of(cast: Cast, payment_request: PaymentRequest, query: str = "") -> pypdf.PdfReader:
    answer = cast.stranger.client.get(f"/give/{payment_request.code}/bill.pdf{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return pypdf.PdfReader(io.BytesIO(answer.data))


def test_bills_without_end_for_one_address_are_slowed_down(cast: Cast) -> None:
    payment_request = opened(cast)
    with transaction() as session:
        now = clock.now()
        session.add_all(ThrottleHit(what="bill", who="127.0.0.1", at=now) for _ in range(60))
    answer = cast.stranger.client.get(f"/give/{payment_request.code}/bill.pdf")
    assert answer.status_code == 429
    assert "ถี่เกินไป" in answer.get_data(as_text=True)
    page_of(cast, payment_request)


@pytest.mark.parametrize(("query", "width"), [("", 595), ("?sheet=a5", 420), ("?sheet=a0", 595)])
def test_the_bill_on_paper_has_all_that_a_teller_needs_on_one_sheet(
    cast: Cast, query: str, width: int
) -> None:
    payment_request = opened(cast)
    read = pdf_of(cast, payment_request, query)
    assert len(read.pages) == 1
    assert round(float(read.pages[0].mediabox.width)) == width
    words = read.pages[0].extract_text()
    for said in ("ใบแจ้งการชำระเงิน", payment_request.ref1, "PUBLIC", "150037", "1,500.37", "เคาน์เตอร์", "ATM"):
        assert said in words, said
    assert "ไม่ใช่ใบเสร็จ" in words


def test_a_transfer_has_no_barcode_and_its_bill_speaks_of_none(cast: Cast, without_biller: None) -> None:
    payment_request = opened(cast)
    assert payment_request.tag == 29
    assert bills.barcode(payment_request) is None
    assert cast.stranger.client.get(f"/give/{payment_request.code}/barcode.svg").status_code == 404
    page = page_of(cast, payment_request)
    assert "บาร์โค้ด" not in page.words
    words = pdf_of(cast, payment_request).pages[0].extract_text()
    assert "เคาน์เตอร์" not in words
    assert "พอดีทุกสตางค์" in words


# The page and its states


def test_the_page_waits_with_everything_to_pay_by_hand(cast: Cast) -> None:
    payment_request = opened(cast)
    page = page_of(cast, payment_request)
    assert "หนึ่งพันห้าร้อยบาทสามสิบเจ็ดสตางค์" in page.words
    assert 'data-copy="1500.37"' in page.text
    assert f'data-copy="{payment_request.ref1}"' in page.text
    assert "เหลือ 2 วัน 23 ชั่วโมง 59 นาที" in page.words or "เหลือ 3 วัน" in page.words
    assert f'data-until="{payment_request.expires_at.isoformat()}"' in page.text
    assert "ดูสถานะอีกครั้ง" in page.words
    # Copying needs a script; without one the button is not there and the value is.
    assert re.search(r'data-copy="1500.37"\s+hidden', page.text)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=3, minutes=4, seconds=5), "2 วัน 3 ชั่วโมง 4 นาที"),
        (timedelta(hours=1, seconds=30), "1 ชั่วโมง"),
        (timedelta(seconds=30), "ไม่ถึง 1 นาที"),
    ],
)
def test_the_time_left_is_said_in_words(cast: Cast, left: timedelta, words: str) -> None:
    payment_request = opened(cast)
    with time_machine.travel(payment_request.expires_at - left, tick=False):
        assert f"เหลือ {words} " in page_of(cast, payment_request).words


def test_an_expired_code_is_not_handed_out_and_the_page_says_what_to_do(cast: Cast) -> None:
    payment_request = opened(cast)
    with time_machine.travel(payment_request.expires_at + timedelta(minutes=1)):
        page = page_of(cast, payment_request)
        assert "QR นี้หมดอายุแล้ว" in page.words
        assert "ส่งสลิป" in page.words
        assert 'data-state="expired"' in page.text
        for path in ("qr.png", "qr.png?save=1", "qr.svg", "barcode.svg", "bill.pdf"):
            assert cast.stranger.client.get(f"/give/{payment_request.code}/{path}").status_code == 410, path


def test_a_cancelled_donation_says_not_to_pay(cast: Cast) -> None:
    payment_request = opened(cast)
    with transaction() as session:
        session.execute(update(PaymentRequest).values(state=PaymentRequestState.CANCELLED))
    page = page_of(cast, payment_request)
    assert "รายการนี้ยกเลิกแล้ว" in page.words
    assert "data-status-url" not in page.text


def test_money_that_is_too_little_is_told_to_the_giver_before_anyone_decides(cast: Cast) -> None:
    payment_request = opened(cast)
    told(payment_request, 150_000, "wrong_amount", ref1=payment_request.ref1)
    page = page_of(cast, payment_request)
    assert "ไม่ต้องจ่ายซ้ำ" in page.words
    assert "1,500.00" in page.words
    assert "1,500.37" in page.words
    assert "qr.png" not in page.text
    assert 'data-state="arrived"' in page.text
    assert cast.stranger.client.get(f"/give/{payment_request.code}/status").json["state"] == "arrived"


def test_money_that_came_late_is_told_to_be_late(cast: Cast) -> None:
    payment_request = opened(cast)
    with time_machine.travel(payment_request.expires_at + timedelta(hours=1)):
        assert cast.stranger.client.get(f"/give/{payment_request.code}/status").json["state"] == "expired"
        told(payment_request, payment_request.due_satang, "late", ref1=payment_request.ref1)
        page = page_of(cast, payment_request)
        assert "เงินเข้าหลัง QR หมดอายุ" in page.words
        assert "ไม่ต้องจ่ายซ้ำ" in page.words


@pytest.mark.parametrize(
    ("satang", "match_reason"),
    [(150_037, "amount_only"), (900_000, "slip_differs"), (150_037, "several_slips")],
)
def test_money_that_may_be_anybodys_tells_a_giver_nothing(cast: Cast, satang: int, match_reason: str) -> None:
    payment_request = opened(cast)
    told(payment_request, satang, match_reason)
    page = page_of(cast, payment_request)
    assert 'data-state="waiting"' in page.text
    assert "9,000.00" not in page.words
    assert cast.stranger.client.get(f"/give/{payment_request.code}/status").json["state"] == "waiting"


def test_a_late_transfer_is_known_by_the_amount_reserved_for_it(cast: Cast, without_biller: None) -> None:
    payment_request = opened(cast)
    with time_machine.travel(payment_request.expires_at + timedelta(hours=1)):
        told(payment_request, payment_request.due_satang, "late")
        assert "เงินเข้าหลัง QR หมดอายุ" in page_of(cast, payment_request).words


def test_a_received_donation_has_its_sum_and_asks_no_more(cast: Cast) -> None:
    payment_request = opened(cast)
    with transaction():
        arrives(
            satang=150_037,
            paid_at=clock.now(),
            purpose_id=payment_request.purpose_id,
            payment_request_id=payment_request.id,
            by=None,
        )
    page = page_of(cast, payment_request)
    assert "เงินเข้าแล้ว" in page.words
    assert "1,500.37" in page.words
    assert "data-status-url" not in page.text
