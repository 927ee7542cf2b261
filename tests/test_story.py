"""A baht's whole journey, walked through the pages on both databases: from a promise to 67 scout uniforms."""

import io
import re
from datetime import timedelta

import time_machine
from flask import Flask, url_for
from people import PASSWORD, Cast, Page, Person
from PIL import Image
from register import register_file
from sqlalchemy import select, text

from app.cases.aid.requests import AidRequest
from app.cases.care.records import LogbookEntry
from app.editions import editions
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger import books
from app.fund.ledger.jobs import check_books
from app.kit import clock, promptpay, qr, thai
from app.kit.db import db, transaction
from app.staff import audit

PUPILS = 67
PRICE = "1,025.00"
TOTAL_SATANG = PUPILS * 102_500


def _bank_tells(portal: Flask, payment_request: PaymentRequest, *, number: str) -> dict[str, str]:
    """SCB's Payment Confirmation for a payment request, posted to the portal's own door."""
    message = {
        "transactionId": number,
        "amount": f"{payment_request.due_satang // 100}.{payment_request.due_satang % 100:02d}",
        "transactionDateandTime": "2026-11-21T10:20:30.000+07:00",
        "currencyCode": "764",
        "transactionType": "Domestic Transfers",
        "sendingBankCode": "004",
        "receivingBankCode": "014",
        "payerName": "เครือข่าย ***",
        "payeeProxyType": "BILLERID",
        "payeeProxyId": payment_request.account.biller_id,
        "billPaymentRef1": payment_request.ref1,
        "billPaymentRef2": payment_request.ref2,
        "channelCode": "PMH",
    }
    with portal.test_request_context():
        door = url_for("bank.scb_callback", key=portal.extensions["kueakun"].callback_key)
    answer = portal.test_client().post(door, json=message)
    assert answer.status_code == 200
    assert answer.get_json()["resCode"] == "00"
    db.session.rollback()
    return message


def _today() -> str:
    return thai.long_date(clock.today())


def _give_code(page: Page) -> str:
    found = re.search(r"/give/([a-z0-9]+)$", page.response.request.path)
    assert found, page.response.request.path
    return found.group(1)


def _payment_request(code: str) -> PaymentRequest:
    return db.session().scalars(select(PaymentRequest).filter_by(code=code)).one()


def _money(page: Page) -> str:
    return page.words.replace("\u00a0", " ")


def test_a_donation_walks_from_a_pledge_to_67_scout_uniforms_and_the_page_everyone_can_read(
    portal: Flask, cast: Cast
) -> None:
    # 1. A treasurer states a pledge; a promise posts nothing.
    ton = cast.ton.sign_in()
    page = ton.send(
        "/pledges/new", amount="80,000", purpose="education", expected_on="30 ธ.ค. 2569", note="ชุดลูกเสือ"
    )
    pledge_path = page.response.request.path
    assert "80,000.00" in _money(page)
    assert all(balance.received == 0 for balance in books.balances())

    # 2. "Pay": the QR code asks our biller for exactly this, and says so when it is read from its picture.
    page = ton.send(pledge_path, action="/pay", amount="80,000")
    code = _give_code(page)
    payment_request = _payment_request(code)
    (read,) = qr.read(ton.client.get(f"/give/{code}/qr.png").data)
    bill = promptpay.decode(read)
    assert isinstance(bill, promptpay.Bill)
    assert (bill.biller, bill.ref1, bill.ref2, bill.satang) == (
        "099400000000300",
        payment_request.ref1,
        "NET001",
        8_000_000,
    )
    assert ton.client.get(f"/give/{code}/status").get_json() == {
        **ton.client.get(f"/give/{code}/status").get_json(),
        "state": "waiting",
        "receipt": None,
    }

    # A visitor gives without an account, hidden from the public.
    visitor = cast.stranger
    page = visitor.send("/give", amount="250.50", purpose="general", donor_name="นางสาวซ่อน ใจบุญ")
    visitors_code = _give_code(page)

    # 3. The bank speaks, and repeats itself.
    message = _bank_tells(portal, payment_request, number="2026112100000000000000001")
    _bank_tells(portal, payment_request, number="2026112100000000000000001")
    _bank_tells(portal, _payment_request(visitors_code), number="2026112100000000000000002")
    status = visitor.client.get(f"/give/{code}/status").get_json()
    assert (status["state"], status["satang"]) == ("received", 8_000_000)

    # Money that names no one waits on the finance officer's first page; the file's other lines are already known.
    kanya = cast.kanya.sign_in()
    statement = (
        "วันที่,เวลา,รายการ,ฝาก,ถอน,ยอดคงเหลือ,อ้างอิง 1,เลขที่รายการ\n"
        f'21/11/2569,10:20:30,รับชำระ,"80,000.00",,"80,000.00",{payment_request.ref1},{message["transactionId"]}\n'
        '21/11/2569,10:31:00,โอนเข้า,500.00,,"80,500.00",,\n'
    ).encode("cp874")
    looked_at = kanya.send("/bank/statements/import", file=(io.BytesIO(statement), "statement.csv"))
    page = kanya.press(looked_at, having="/apply")
    assert "500.00" in _money(page)
    # It is the fund's first file: nothing of it counts on one person's word.
    chair = cast.somchai.sign_in()
    file = re.search(r"/bank/statements/\d+", chair.visit("/bank/confirmations").text)
    assert file
    chair.send(file[0], action="/confirm", password_again=PASSWORD)
    waiting = re.findall(r"/bank/(?:events/|work\?at=)(\d+)", page.text)
    assert waiting
    kanya.send(f"/bank/events/{waiting[0]}", action="/gift", donor_name="คุณป้าใจดี")

    # 4. The books.
    balances = {balance.purpose.code: balance for balance in books.balances()}
    assert balances["education"].received == balances["education"].available == 8_000_000
    assert balances["general"].received == 25_050 + 50_000
    assert "80,000.00" in _money(kanya.visit("/books"))

    # 5. The receipt: public check page, the payer's own PDF, the hidden donor stays hidden.
    receipt = visitor.client.get(f"/give/{visitors_code}/status").get_json()["receipt"]
    page = visitor.visit(receipt)
    assert "สองร้อยห้าสิบบาทห้าสิบสตางค์" in page.words
    assert "ซ่อน ใจบุญ" not in page.text
    pdf = visitor.client.get(f"/give/{visitors_code}{receipt}.pdf")
    assert pdf.status_code == 200
    assert pdf.data.startswith(b"%PDF")

    # 6. A register file goes into a named round; the district officer of Khukhan sees only Khukhan.
    busaba = cast.busaba.sign_in()
    raw = register_file(pupils=PUPILS, district="3301", others={"3305": 4})
    busaba.send(
        "/register/import",
        file=(io.BytesIO(raw), "tpmap.csv"),
        round_code="TPMAP-2569",
        source="tpmap",
    )
    looked_at = "/register/TPMAP-2569/imports/1"
    busaba.send(looked_at, action=f"{looked_at}/apply")
    chai = cast.chai.sign_in()
    assert "เมืองศรีสะเกษ" not in chai.visit("/register/TPMAP-2569").main
    assert "เมืองศรีสะเกษ" in busaba.visit("/register/TPMAP-2569").main

    # 7. A field officer names 67 pupils; the fund sees a code, satang and a purpose.
    malee = cast.malee.sign_in()
    request_code = _file_request(malee)
    proposal = db.session().execute(text("SELECT * FROM proposal")).mappings().one()
    assert (proposal["code"], proposal["satang"]) == (request_code, TOTAL_SATANG)

    # 8. The committee.
    _meet(cast, request_code)
    balances = {balance.purpose.code: balance for balance in books.balances()}
    assert balances["education"].committed == TOTAL_SATANG
    assert balances["education"].available == 8_000_000 - TOTAL_SATANG

    # 9. A finance officer prepares the payment, two signatories approve it, and the vendor is paid, by voucher.
    payment = {
        "satang": "68,675.00",
        "vendor": str(_vendor(cast)),
        "invoice": "INV-1",
    }
    page = kanya.send(f"/payments/new?proposal={request_code}", **payment)
    page = kanya.press(page, having="confirmed", confirmed="yes", change=None)
    order = page.response.request.path
    for signatory in (cast.busaba, cast.somchai):
        signatory.sign_in().send(order, action="/approve", password_again=PASSWORD)
    page = kanya.send(order, action="/transfer", transfer_ref="KTB20261121000001", paid_on=_today())
    voucher = kanya.client.get(re.search(r"/payments/\d+/voucher\.pdf", page.text).group(0))  # type: ignore[union-attr]
    assert voucher.data.startswith(b"%PDF")
    balances = {balance.purpose.code: balance for balance in books.balances()}
    assert (balances["education"].committed, balances["education"].paid) == (0, TOTAL_SATANG)

    # 10. The ceremony: each line given writes that household's logbook in the same moment.
    _hand_over(malee, request_code)

    # 11. The page everyone can read, of the next morning.
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False), transaction():
        assert editions.publish() is not None
    check_books()
    stranger = cast.stranger
    page = stranger.visit("/aid/districts")
    for district in ("เมืองศรีสะเกษ", "ขุขันธ์", "ศิลาลาด"):
        assert district in page.words
    assert "น้อยกว่า 5" in page.words or "65" in page.words
    books_page = stranger.visit("/aid")
    assert "68,675" in _money(books_page)
    shown = (
        stranger.visit("/").text
        + page.text
        + books_page.text
        + stranger.client.get("/aid.csv").get_data(as_text=True)
    )
    _names_no_one(shown)
    assert stranger.client.get("/health").status_code == 200
    with transaction():
        audit.chain()
    assert audit.verify()["unsealed"] == 0


def _vendor(cast: Cast) -> int:
    """Two sign by an order, and the shop is confirmed; its id."""
    for signatory, group, asks, approves in (
        (cast.somchai, "chair", cast.busaba, cast.ying),
        (cast.busaba, "secretary", cast.kanya, cast.somchai),
    ):
        asks.sign_in().send(
            "/payments/signatories",
            user_id=str(signatory.user_id),
            group=group,
            order="คำสั่งจังหวัดที่ 1/2569",
            from_on=_today(),
            reason="ตามคำสั่ง",
        )
        _approve_newest(approves)
    cast.kanya.send(
        "/payments/vendors",
        vendor_name="ร้านศรีสะเกษศึกษาภัณฑ์",
        bank_code="006",
        number="3301234567",
        reason="ตรวจกับหน้าสมุดบัญชีแล้ว",
    )
    _approve_newest(cast.somchai)
    return int(db.session().execute(text("SELECT id FROM vendor")).scalar_one())


def _approve_newest(person: Person) -> None:
    number = db.session().execute(text("SELECT MAX(id) FROM approval_request")).scalar_one()
    person.sign_in().send(f"/approvals/{number}", action="/approve", password_again=PASSWORD)


def _file_request(malee: Person) -> str:
    page = malee.send(
        "/requests/new",
        title="ชุดลูกเสือ-เนตรนารี 67 ชุด",
        dimension="income",
        urgency="medium",
        purpose_code="education",
        district_code="3301",
        story="นักเรียนในครัวเรือนตกเกณฑ์มิติรายได้",
    )
    code = re.search(r"AR-\d{4}-\d{4}", page.response.request.path).group(0)  # type: ignore[union-attr]
    while (left := PUPILS - _lines(code)) > 0:
        page = malee.visit(f"/requests/{code}/pupils?item=ED-SCT-GUI")
        people = re.findall(r'name="member" value="(\d+)"', page.text)[:left]
        assert people, page.main
        malee.press(page, having="member", member=people, unit_satang=PRICE, quantity="1")
    page = malee.visit(f"/requests/{code}/confirm")
    assert "68,675.00" in _money(page)
    malee.send(f"/requests/{code}/confirm", confirmed_satang=str(TOTAL_SATANG))
    return code


def _lines(code: str) -> int:
    found = db.session().scalars(select(AidRequest).filter_by(code=code)).one()
    number = len(found.lines)
    db.session.rollback()
    return number


def _meet(cast: Cast, request_code: str) -> None:
    busaba, somchai = cast.busaba, cast.somchai.sign_in()
    page = busaba.send("/meetings/new", held_on=_today(), place="ห้องศรีลำดวน ชั้น 1")
    room = page.response.request.path
    assert "/2569" in page.words
    busaba.send(room, proposal=request_code)
    members = [str(person.user_id) for person in (cast.somchai, cast.pranee, cast.wichai)]
    busaba.press(busaba.visit(room), having="present", present=members)
    page = busaba.send(room, chair=str(somchai.user_id))
    (item,) = re.findall(r'href="(/agenda/\d+)"', page.text)
    for member in (somchai, cast.pranee.sign_in(), cast.wichai.sign_in()):
        member.press(member.visit(item), having="choice", choice="approve")
    page = busaba.press(busaba.visit(item), having="/resolve")
    assert "68,675.00" in _money(page)


def _hand_over(malee: Person, request_code: str) -> None:
    page = malee.send(
        "/handovers/new", request_code=request_code, held_on=_today(), place="ลานโคปุระเกาะกลางน้ำห้วยน้ำคำ"
    )
    ceremony = page.response.request.path
    # Malee asked for it: somebody else is there with her.
    page = malee.press(page, having="person")
    lines = sorted({int(n) for n in re.findall(rf"{ceremony}/lines/(\d+)", page.text)})
    assert lines
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")

    def mark(line: int, outcome: str, **more: object) -> None:
        malee.press(malee.visit(ceremony), having=f"/lines/{line}", outcome=outcome, **more)

    mark(lines[0], "given", photo=(io.BytesIO(picture.getvalue()), "handover.jpg"))
    mark(lines[1], "not", reason="ไม่มาร่วมพิธี")
    malee.press(malee.visit(ceremony), having="/rest")
    written = db.session().scalars(select(LogbookEntry).filter_by(request_code=request_code)).all()
    assert len(written) == PUPILS - 1
    household = written[0].household.code
    assert request_code in malee.visit(f"/households/{household}").words


def _names_no_one(shown: str) -> None:
    rows = db.session().execute(
        text(
            "SELECT first_name, last_name, id_tail, house_no, house_code FROM member JOIN household ON household.id = household_id"
        )
    )
    for first, last, _, _, house_code in rows:
        assert first not in shown
        assert last not in shown
        assert not house_code or house_code not in shown
    assert "ซ่อน" not in shown
