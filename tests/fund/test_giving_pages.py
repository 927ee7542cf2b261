"""The pages of giving as people walk them: a visitor at /give, a treasurer with pledges, finance with receipts."""

import io
import re
from datetime import timedelta

import accounts
import pypdf
import pytest
import time_machine
from money import arrives
from people import Cast, Page
from sqlalchemy import func, select, update

from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.receipts import receipts
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger.entries import Entry
from app.kit import clock, promptpay, qr
from app.kit.db import db, transaction
from app.kit.throttle import ThrottleHit

pytestmark = pytest.mark.pages

NAME = "นางเร้น ลับตา"


def pay(payment_request: PaymentRequest, satang: int | None = None) -> None:
    """The bank tells that this payment request was paid."""
    with transaction():
        arrives(
            satang=satang or payment_request.due_satang,
            paid_at=clock.now(),
            purpose_id=payment_request.purpose_id,
            payment_request_id=payment_request.id,
            by=None,
        )


def payment_request_at(page: Page) -> PaymentRequest:
    code = page.response.request.path.rsplit("/", 1)[-1]
    found = payment_requests.by_code(code)
    assert found is not None
    return found


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_more_than_a_qr_code_can_carry_is_refused_in_plain_words_and_stays_typed(cast: Cast) -> None:
    page = cast.stranger.send("/give", amount="๑๐,๐๐๐,๐๐๐,๐๐๐", to_status=409)
    assert "QR หนึ่งใบรับได้ไม่เกิน 9,999,999,999.99 บาท" in page.words and "semantic" not in page.text
    assert 'value="๑๐,๐๐๐,๐๐๐,๐๐๐"' in page.text
    assert (
        payment_request_at(cast.stranger.send("/give", amount="9,999,999,999.99")).due_satang
        == promptpay.MAX_SATANG
    )


def test_a_visitor_gives_from_the_first_page_to_the_receipt(cast: Cast) -> None:
    visitor = cast.stranger
    page = visitor.send("/give", amount="๑,๕๐๐.๓๗", purpose="education", donor_name="นายใจ ดีงาม")
    payment_request = payment_request_at(page)
    here = f"/give/{payment_request.code}"
    assert "1,500.37" in page.words
    assert "หนึ่งพันห้าร้อยบาทสามสิบเจ็ดสตางค์" in page.words
    assert payment_request.ref1 in page.words
    assert f'data-status-url="{here}/status"' in page.text
    assert 'data-state="waiting"' in page.text
    assert 'http-equiv="refresh"' in page.text

    picture = visitor.client.get(f"{here}/qr.png")
    assert picture.mimetype == "image/png"
    assert qr.read(picture.data) == [payment_request.payload]
    seen = promptpay.decode(payment_request.payload)
    assert isinstance(seen, promptpay.Bill)
    assert (seen.ref1, seen.satang) == (payment_request.ref1, 150_037)
    saved = visitor.client.get(f"{here}/qr.png?save=1")
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{payment_request.ref1}.png"'
    drawn = visitor.client.get(f"{here}/qr.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert payment_request.ref1 in drawn.text

    assert visitor.client.get(f"{here}/status").json == {
        "state": "waiting",
        "satang": 150_037,
        "reference": payment_request.ref1,
        "receipt": None,
    }
    pay(payment_request)
    told = visitor.client.get(f"{here}/status").json
    assert (told["state"], told["satang"]) == ("received", 150_037)
    page = visitor.visit(here)
    assert "ได้รับเงินแล้ว" in page.words
    assert told["receipt"] in page.text
    assert "http-equiv" not in page.text
    page = visitor.visit(told["receipt"])
    assert "ใบเสร็จถูกต้อง" in page.words
    assert "นายใจ ดีงาม" not in page.text
    assert "1,500.37" in page.words


def test_giving_is_answered_with_303_to_the_payment_requests_own_page(cast: Cast) -> None:
    visitor = cast.stranger
    token = visitor.visit("/give").forms()[0]["fields"]["csrf_token"]
    answer = visitor.client.post("/give", data={"csrf_token": token, "amount": "20"})
    assert answer.status_code == 303
    assert re.fullmatch(r"/give/[a-z2-9]{16}", answer.location)


def test_a_machine_at_one_address_cannot_fill_the_books_with_promises(cast: Cast) -> None:
    now = clock.now()
    with transaction() as session:
        for ago, number in ((timedelta(minutes=5), 119), (timedelta(minutes=11), 30)):
            session.add_all(ThrottleHit(what="give", who="127.0.0.1", at=now - ago) for _ in range(number))
    visitor = cast.stranger
    visitor.send("/give", amount="20")
    # The old ones are cleared away by the new one.
    assert db.session().scalar(select(func.count()).select_from(ThrottleHit)) == 120
    page = visitor.send("/give", amount="๑๒๓.๔๕", donor_name=NAME, to_status=429)
    assert "รอ 10 นาที" in page.main
    assert 'value="๑๒๓.๔๕"' in page.text
    assert f'value="{NAME}"' in page.text
    assert db.session().scalar(select(func.count()).select_from(PaymentRequest)) == 1
    token = page.forms()[0]["fields"]["csrf_token"]
    elsewhere = visitor.client.post(
        "/give",
        data={"csrf_token": token, "amount": "20"},
        environ_base={"REMOTE_ADDR": "192.0.2.9"},
    )
    assert elsewhere.status_code == 303
    with time_machine.travel(now + timedelta(minutes=6)):
        visitor.send("/give", amount="20")


def test_a_name_that_is_to_stay_hidden_is_on_no_page_but_on_the_payers_own_receipt(cast: Cast) -> None:
    visitor = cast.stranger
    page = visitor.send("/give", amount="101", donor_name=NAME)
    payment_request = payment_request_at(page)
    pay(payment_request)
    here = f"/give/{payment_request.code}"
    check = visitor.client.get(f"{here}/status").json["receipt"]
    for path in (here, check, "/give"):
        assert "ลับตา" not in visitor.visit(path).text
    assert "ลับตา" not in visitor.client.get(f"{here}/status").text
    token = check.rsplit("/", 1)[-1]
    assert "ลับตา" in words_of(visitor.client.get(f"{here}/receipts/{token}.pdf").data)
    assert "ลับตา" not in cast.ton.sign_in().visit(check).text
    assert "ลับตา" in cast.kanya.sign_in().visit(check).words


def test_ones_own_address_does_not_open_another_payers_receipt(cast: Cast) -> None:
    visitor = cast.stranger
    first = payment_request_at(visitor.send("/give", amount="10", donor_name=NAME))
    second = payment_request_at(visitor.send("/give", amount="10"))
    pay(first)
    token = db.session().scalars(select(Receipt.token)).one()
    visitor.visit(f"/give/{second.code}/receipts/{token}.pdf", status=404)


def test_the_paper_receipt_has_the_sum_in_words_and_a_qr_that_opens_its_check_page(cast: Cast) -> None:
    visitor = cast.stranger
    payment_request = payment_request_at(
        visitor.send("/give", amount="11,000,001.50", donor_name="นายใจ ดีงาม")
    )
    pay(payment_request)
    check = visitor.client.get(f"/give/{payment_request.code}/status").json["receipt"]
    answer = visitor.client.get(f"/give/{payment_request.code}{check}.pdf")
    assert answer.mimetype == "application/pdf"
    words = re.sub(r"\s+", "", words_of(answer.data))
    assert "สิบเอ็ดล้านเอ็ดบาทห้าสิบสตางค์" in words
    assert "11,000,001.50" in words
    assert "นายใจดีงาม" in words
    assert "ลดหย่อน" not in words
    page = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0]
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) == 1
    codes = []
    for drawn in page.images:
        written = io.BytesIO()
        drawn.image.convert("L").save(written, "PNG")
        codes += qr.read(written.getvalue())
    assert [code.endswith(check) for code in codes] == [True]


@pytest.mark.parametrize("amount", ["", "0", "-5", "nan", "1.234", "1e3", "12,34"])
def test_an_amount_that_cannot_be_read_is_said_beside_what_was_typed(cast: Cast, amount: str) -> None:
    page = cast.stranger.send("/give", amount=amount, donor_name="นายใจ ดีงาม", to_status=422)
    assert 'value="นายใจ ดีงาม"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert db.session().scalar(select(func.count()).select_from(PaymentRequest)) == 0


def test_an_unknown_purpose_is_refused(cast: Cast) -> None:
    page = cast.stranger.send("/give", amount="10", purpose="yacht", to_status=422)
    assert "กรุณาเลือกจากรายการ" in page.words


def test_an_expired_payment_request_hides_its_qr_and_offers_to_start_again(cast: Cast) -> None:
    visitor = cast.stranger
    payment_request = payment_request_at(visitor.send("/give", amount="250", purpose="education"))
    with transaction() as session:
        session.execute(update(PaymentRequest).values(expires_at=clock.now() - timedelta(seconds=1)))
    here = f"/give/{payment_request.code}"
    page = visitor.visit(here)
    assert "หมดอายุ" in page.words
    assert "qr.png" not in page.text
    visitor.visit(f"{here}/qr.png", status=410)
    visitor.visit(f"{here}/qr.svg", status=410)
    assert visitor.client.get(f"{here}/status").json["state"] == "expired"
    again = re.search(r'href="(/give\?[^"]+)"', page.text)
    assert again is not None
    start = visitor.visit(again[1].replace("&amp;", "&"))
    assert 'value="250.00"' in start.text
    assert 'value="education" checked' in start.text
    pay(payment_request)
    assert "ได้รับเงินแล้ว" in visitor.visit(here).words


def test_paying_twice_shows_both_receipts_and_the_status_tells_the_first(cast: Cast) -> None:
    visitor = cast.stranger
    payment_request = payment_request_at(visitor.send("/give", amount="250"))
    pay(payment_request)
    first = visitor.client.get(f"/give/{payment_request.code}/status").json["receipt"]
    pay(payment_request)
    told = visitor.client.get(f"/give/{payment_request.code}/status").json
    assert (told["receipt"], told["satang"]) == (first, 50_000)
    assert visitor.visit(f"/give/{payment_request.code}").text.count("หน้าตรวจสอบใบเสร็จ</a>") == 2


def test_without_a_biller_id_the_page_says_why_the_amount_differs(cast: Cast) -> None:
    accounts.identified(biller_id=None)
    cast.stranger.send("/give", amount="100")
    page = cast.stranger.send("/give", amount="100")
    assert "99.99" in page.words
    assert "จ่ายตามยอดนี้พอดี" in page.words


def test_before_the_account_is_open_giving_waits_but_pledging_does_not(cast: Cast) -> None:
    visitor = cast.stranger
    stale = visitor.visit("/give").forms()[0]["fields"]["csrf_token"]
    accounts.shut()
    assert "ยังไม่เปิดบัญชี" in visitor.visit("/give").words
    refused = visitor.client.post("/give", data={"csrf_token": stale, "amount": "10"})
    assert refused.status_code == 409
    ton = cast.ton.sign_in()
    page = ton.send("/pledges/new", amount="1,000", expected_on="27 ม.ค. 2570", purpose="education")
    assert "ยังไม่เปิดบัญชี" in page.words
    code = db.session().scalars(select(Pledge.code)).one()
    token = page.forms()[0]["fields"]["csrf_token"]
    tried = ton.client.post(f"/pledges/{code}/pay", data={"csrf_token": token, "amount": "10"})
    assert tried.status_code == 409
    assert "ยังไม่เปิดบัญชี" in tried.text


def test_a_treasurer_pledges_pays_in_parts_and_sees_what_is_left(cast: Cast) -> None:
    ton = cast.ton.sign_in()
    assert "ยังไม่มีความประสงค์" in ton.visit("/pledges").words
    page = ton.send(
        "/pledges/new", amount="20,100", purpose="education", expected_on="27/01/2570", note="งวดแรก"
    )
    pledge = db.session().scalars(select(Pledge)).one()
    here = f"/pledges/{pledge.code}"
    assert re.fullmatch(r"PL-25\d\d-0001", pledge.code)
    assert 'value="20,100"' in page.text
    assert db.session().scalar(select(func.count()).select_from(Entry)) == 0

    page = ton.send(here, action="/pay", amount="100")
    payment_request = payment_request_at(page)
    assert (payment_request.ref2, payment_request.due_satang, payment_request.pledge_id) == (
        "NET001",
        10_000,
        pledge.id,
    )
    assert "QR ที่ยังจ่ายได้" in ton.visit(here).words
    pay(payment_request)
    page = ton.visit(here)
    assert 'value="20,000"' in page.text
    assert "QR ที่ยังจ่ายได้" not in page.words
    assert "/receipts/" in page.text
    page = ton.send(here, action="/pay", amount="20,000.01", to_status=409)
    assert 'value="20,000.01"' in page.text
    assert "20,000.00 บาท" in page.words

    payment_request = payment_request_at(ton.send(here, action="/pay"))
    assert payment_request.due_satang == 2_000_000
    pay(payment_request)
    page = ton.visit("/pledges")
    assert "ครบแล้ว" in page.words
    assert '/pay"' not in ton.visit(here).text


def test_a_treasurer_withdraws_what_was_not_given(cast: Cast) -> None:
    ton = cast.ton.sign_in()
    ton.send("/pledges/new", amount="500", expected_on="27/01/2570")
    code = db.session().scalars(select(Pledge.code)).one()
    page = ton.send(f"/pledges/{code}", action="/withdraw")
    assert "ถอนความประสงค์ส่วนที่ยังไม่ได้สมทบแล้ว" in page.words
    assert '/pay"' not in page.text
    assert "ถอนแล้ว" in ton.visit("/pledges").words


def test_a_pledge_form_keeps_what_was_typed_when_a_date_cannot_be_read(cast: Cast) -> None:
    page = cast.ton.sign_in().send(
        "/pledges/new", amount="500", expected_on="32 ม.ค. 2570", note="งวดแรก", to_status=422
    )
    assert 'value="32 ม.ค. 2570"' in page.text
    assert "งวดแรก" in page.text


def test_a_treasurer_sees_no_other_networks_pledge(cast: Cast) -> None:
    with transaction():
        other = networks.create(
            code="NET002", type="village_fund", name="กองทุนหมู่บ้านโนนสูง", by=cast.busaba.user
        )
    busaba = cast.busaba.sign_in()
    busaba.send(
        "/pledges/new",
        network=str(other.id),
        amount="777",
        expected_on="27/01/2570",
        basis="ประชุมครั้งที่ 1/2570",
    )
    code = db.session().scalars(select(Pledge.code)).one()
    ton = cast.ton.sign_in()
    ton.visit(f"/pledges/{code}", status=404)
    page = ton.visit("/pledges")
    assert "777" not in page.words
    assert "โนนสูง" not in page.words
    page = ton.send(
        "/pledges/new", network=str(other.id), amount="5", expected_on="27/01/2570", to_status=422
    )
    assert "กรุณาเลือกจากรายการ" in page.words
    for officer in (cast.kanya.sign_in(), cast.decha.sign_in(), busaba):
        assert "โนนสูง" in officer.visit("/pledges").words
        officer.visit(f"/pledges/{code}")
    assert '/pay"' not in cast.decha.visit(f"/pledges/{code}").text
    cast.malee.sign_in().visit("/pledges", status=403)


def test_finance_voids_a_receipt_and_issues_another(cast: Cast) -> None:
    visitor = cast.stranger
    payment_request = payment_request_at(visitor.send("/give", amount="250", donor_name="นายใจ ดีงาม"))
    pay(payment_request)
    check = visitor.client.get(f"/give/{payment_request.code}/status").json["receipt"]
    assert "ยกเลิก" not in visitor.visit(check).words
    kanya = cast.kanya.sign_in()
    assert "นายใจ ดีงาม" in kanya.visit("/receipts").words
    kanya.send(f"{check}/void", reason="", to_status=422)
    page = kanya.send(f"{check}/void", reason="ชื่อผู้ให้ผิด")
    assert "ใบเสร็จนี้ยกเลิกแล้ว" in page.words
    kanya.send(f"{check}/void", reason="อีกครั้ง", to_status=409)
    assert "กำลังออกใบใหม่" in visitor.visit(f"/give/{payment_request.code}").words
    assert visitor.client.get(f"/give/{payment_request.code}/status").json["receipt"] is None
    assert visitor.client.get(f"/give/{payment_request.code}{check}.pdf").status_code == 410
    page = kanya.send(check, action="/reissue")
    new = visitor.client.get(f"/give/{payment_request.code}/status").json["receipt"]
    assert page.response.request.path == new
    page = visitor.visit(check)
    renewed = receipts.by_token(new.rsplit("/", 1)[-1])
    assert renewed is not None
    assert renewed.code in page.words
    assert "ชื่อผู้ให้ผิด" not in page.words
    code = db.session().scalars(select(Receipt).order_by(Receipt.id)).first().code  # type: ignore[union-attr]
    assert code in kanya.visit(f"/receipts?number={code}").words
    assert "ไม่พบ" in kanya.visit("/receipts?number=2400/9").words
    cast.busaba.sign_in().visit(f"{check}/void", status=403)
    cast.ton.sign_in().visit("/receipts", status=403)


@pytest.mark.parametrize(
    "path", ["/give/nothing", "/give/nothing/status", "/give/nothing/qr.png", "/receipts/nothing"]
)
def test_an_address_nobody_was_given_leads_nowhere(cast: Cast, path: str) -> None:
    cast.stranger.visit(path, status=404)


def test_the_status_costs_one_query(cast: Cast) -> None:
    from sqlalchemy import event

    visitor = cast.stranger
    payment_request = payment_request_at(visitor.send("/give", amount="250"))
    path = f"/give/{payment_request.code}/status"
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *details: seen.append(details[2]))
    visitor.client.get(path)
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 1
