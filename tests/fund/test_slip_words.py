"""What a giver reads once a slip is handed in: to wait when it may be of this donation, and never that when it may not."""

import re

import pytest
import slip_pictures
from handed_slips import claimed, dated, hand_in, opened, told
from people import Cast, Page

from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.slips import claims as slip_claims
from app.kit.db import transaction

pytestmark = pytest.mark.pages

NO_MORE = "ไม่ต้องจ่ายซ้ำ"
NOT_THIS = "สลิปนี้อาจไม่ใช่ของรายการนี้ รายการนี้ยังไม่ถือว่าจ่ายแล้ว"


def after(cast: Cast, payment_request: PaymentRequest, trans_ref: str) -> Page:
    return hand_in(cast.stranger, payment_request, slip_pictures.of(slip_pictures.bank_slip(trans_ref)))


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("another's", "ส่งไว้กับรายการอื่นแล้ว"),
        ("another sum", "ยอดที่ธนาคารแจ้งตามสลิปนี้ไม่ตรง"),
        ("older", "อยู่ก่อนวันที่เปิดรายการนี้"),
        ("of tomorrow", "ยังมาไม่ถึง"),
    ],
)
def test_a_slip_that_may_be_of_another_donation_never_tells_its_giver_not_to_pay(
    cast: Cast, case: str, words: str
) -> None:
    payment_request, trans_ref = opened(cast), dated()
    if case == "another's":
        claimed(opened(cast), trans_ref)
    elif case == "another sum":
        told(99_900, trans_ref)
    else:
        trans_ref = dated(-1 if case == "older" else 1)
    page = after(cast, payment_request, trans_ref)
    assert words in page.words
    assert NOT_THIS in page.words
    assert NO_MORE not in page.words
    assert "<title>สแกนเพื่อจ่าย " in page.text
    assert "แสดง QR อีกครั้ง" not in page.words


def test_after_a_slip_the_page_waits_for_the_bank_and_invites_no_second_payment(cast: Cast) -> None:
    payment_request = opened(cast)
    before = cast.stranger.visit(f"/give/{payment_request.code}")
    assert "แสดง QR อีกครั้ง" not in before.words
    page = after(cast, payment_request, dated())
    assert NO_MORE in page.words
    assert NOT_THIS not in page.words
    assert "<h1>รอธนาคารยืนยัน</h1>" in re.sub(r"<h1[^>]*>", "<h1>", page.text)
    assert "<title>รอธนาคารยืนยัน" in page.text
    folded = re.findall(r'<details class="disclosure".*?</details>', page.text, re.S)[0]
    assert '<details class="disclosure">' in folded, "folded until somebody asks, with no script"
    assert "แสดง QR อีกครั้ง" in folded
    assert "/qr.png" in folded
    rest = page.text.replace(folded, "")
    assert "/qr.png" not in rest
    assert "/barcode.svg" not in rest
    assert "จ่ายด้วยธนาคารสาธิต" not in rest


def test_once_the_slip_is_closed_the_page_asks_to_pay_again(cast: Cast) -> None:
    payment_request = opened(cast)
    claim = claimed(payment_request, dated())
    with transaction():
        slip_claims.close(claim.id, reason="ส่งผิด", by=cast.kanya.user)
    page = cast.stranger.visit(f"/give/{payment_request.code}")
    assert "แสดง QR อีกครั้ง" not in page.words
    assert "สแกนเพื่อจ่าย" in page.main
