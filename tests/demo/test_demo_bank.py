"""The demonstration bank: reads pictures, keeps its own book, and comes in by the same door as a real bank."""

import io
import re
import threading
from collections.abc import Iterator

import accounts
import bank_hands
import pytest
from flask import Flask
from people import Person
from PIL import Image
from sqlalchemy import select
from werkzeug.serving import make_server

from app.demo import messages, providers
from app.demo.ledger import Ledger
from app.demo.qr_reader import read_payload
from app.fund.bank.inquiry import sweep
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger.accounts import Purpose
from app.kit import promptpay, qr, queue
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.rooms import HANDLERS


@pytest.fixture
def served(demo: Flask) -> Iterator[Flask]:
    """The demonstration behind a real socket, at the address its settings name."""
    settings = demo.extensions["kueakun"]
    server = make_server(settings.host, settings.port, demo, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield demo
    server.shutdown()
    thread.join()
    server.server_close()


def opened(satang: int = 321_00) -> PaymentRequest:
    purpose = db.session().scalars(select(Purpose).filter_by(code="general")).one().id
    with transaction():
        return payment_requests.open(satang=satang, purpose_id=purpose, by=None)


def test_a_transfer_comes_in_over_http_and_the_repeat_changes_nothing(served: Flask) -> None:
    payment_request = opened()
    code, ref1 = payment_request.code, payment_request.ref1
    visitor = Person(served)
    picture = visitor.client.get(f"/give/{code}/qr.png").data
    page = visitor.visit("/demo/bank")
    form = next(form for form in page.forms() if "picture" in form["fields"])
    answer = visitor.client.post(
        form["action"],
        data={"csrf_token": form["fields"]["csrf_token"], "picture": (io.BytesIO(picture), "../../qr.png")},
    )
    page = visitor._seen(answer, "/demo/bank", 200)
    assert ref1 in page.words and "321.00" in page.words
    pay = next(form for form in page.forms() if "payload" in form["fields"])
    sent = visitor.client.post(
        pay["action"], data={k: v for k, v in pay["fields"].items() if v is not None}, follow_redirects=True
    )
    page = visitor._seen(sent, "slip", 200)
    assert page.words.count("กองทุนตอบรับ 200") == 2
    assert visitor.client.get(f"/give/{code}/status").json["state"] == "received"
    db.session.rollback()
    donations = (
        db.session().scalars(select(Donation).join(PaymentRequest).where(PaymentRequest.ref1 == ref1)).all()
    )
    assert [donation.satang for donation in donations] == [321_00]


def test_the_statement_imports_cleanly_and_its_told_lines_are_known(served: Flask) -> None:
    payment_request = opened(55_00)
    visitor = Person(served)
    page = visitor.visit(f"/demo/bank?code={payment_request.code}")
    pay = next(form for form in page.forms() if "payload" in form["fields"])
    visitor.client.post(pay["action"], data={k: v for k, v in pay["fields"].items() if v is not None})
    raw = visitor.client.get("/demo/bank/statement.csv").data
    db.session.rollback()
    before = len(db.session().scalars(select(Donation)).all())
    counts = bank_hands.import_file(name="statement.csv", raw=raw, by=None)
    assert counts["new"] == counts["posted"] == 0
    assert counts["known"] == len(Ledger(served.extensions["kueakun"].data).lines())
    assert len(db.session().scalars(select(Donation)).all()) == before


def test_a_transfer_by_promptpay_id_stands_on_the_statement_only(demo: Flask) -> None:
    with transaction():
        accounts.identified(biller_id=None)
    payment_request = opened(88_00)
    assert payment_request.tag == 29
    due = payment_request.due_satang
    visitor = Person(demo)
    page = visitor.visit(f"/demo/bank?code={payment_request.code}")
    pay = next(form for form in page.forms() if "payload" in form["fields"])
    events = len(db.session().scalars(select(BankEvent)).all())
    answer = visitor.client.post(
        pay["action"], data={k: v for k, v in pay["fields"].items() if v is not None}, follow_redirects=True
    )
    assert "รายการเดินบัญชี" in answer.text
    db.session.rollback()
    assert len(db.session().scalars(select(BankEvent)).all()) == events
    line = Ledger(demo.extensions["kueakun"].data).lines()[-1]
    assert (line.satang, line.tag, line.ref1) == (due, 29, "")
    counts = bank_hands.import_file(
        name="s.csv", raw=messages.statement(Ledger(demo.extensions["kueakun"].data).lines()), by=None
    )
    assert counts["posted"] == 1


def _pay(visitor: Person, code: str, **chosen: str) -> str:
    """What the bank's app says after a transfer in the manner chosen."""
    page = visitor.visit(f"/demo/bank?code={code}")
    pay = next(form for form in page.forms() if "payload" in form["fields"])
    filled = {
        name: value for name, value in {**pay["fields"], "way": "bank", **chosen}.items() if value is not None
    }
    answer = visitor.client.post(pay["action"], data=filled, follow_redirects=True)
    return visitor._seen(answer, "/demo/bank/transfers", 200).words


def test_the_bank_misbehaves_when_asked_to_and_the_portal_asks_it_what_is_true(served: Flask) -> None:
    served.extensions["kueakun"] = providers.introduced(served.extensions["kueakun"])
    visitor = Person(served)
    whole, twice, lost, over, by_omise, lost_by_omise = (
        opened(satang).code for satang in (41_00, 42_00, 43_00, 44_00, 45_00, 46_00)
    )
    assert "10 ข้อความ: กองทุนตอบรับ 200" in _pay(visitor, whole, manner="many")
    assert "20 ข้อความ" in _pay(visitor, twice, manner="many", deed="twins")
    assert "ไม่ได้แจ้งกองทุน" in _pay(visitor, lost, manner="lost")
    _pay(visitor, over, other_amount="50.00")
    assert "กองทุนตอบรับ 200" in _pay(visitor, by_omise, way="omise")
    assert "ไม่ได้แจ้งกองทุน" in _pay(visitor, lost_by_omise, way="omise", manner="lost")
    db.session.rollback()
    waiting = visitor.client.get(f"/give/{whole}/status").json
    assert waiting["state"] != "received", "the bank is asked first"
    while queue.work_once(HANDLERS):
        pass
    for code in (whole, twice, by_omise):
        assert visitor.client.get(f"/give/{code}/status").json["state"] == "received"
    for code in (lost, lost_by_omise):
        assert visitor.client.get(f"/give/{code}/status").json["state"] != "received"
    found = sweep.run()
    assert [provider["new"] for provider in found["peers"].values()] == [1, 1]
    for code in (lost, lost_by_omise):
        assert visitor.client.get(f"/give/{code}/status").json["state"] == "received"
    db.session.rollback()
    rules = (
        select(ReconciliationItem.match_reason)
        .join(ReconciliationItem.event)
        .where(BankEvent.satang.in_((42_00, 50_00)))
    )
    assert sorted(db.session().scalars(rules)) == ["exact_reference", "paid_twice", "wrong_amount"]


def test_pictures_without_a_payment_qr_are_refused(demo: Flask) -> None:
    visitor = Person(demo)
    blank = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(blank, "PNG")
    for picture in (blank.getvalue(), b"not a picture", qr.draw_png("https://example.com/pay")):
        page = visitor.visit("/demo/bank")
        form = next(form for form in page.forms() if "picture" in form["fields"])
        answer = visitor.client.post(
            form["action"],
            data={"csrf_token": form["fields"]["csrf_token"], "picture": (io.BytesIO(picture), "qr.png")},
        )
        assert visitor._seen(answer, "/demo/bank", 422)
    assert visitor.visit("/demo/bank?code=nobody", status=422)


def test_the_bank_pays_nobody_but_the_fund(demo: Flask) -> None:
    stranger = promptpay.encode(promptpay.Bill(biller="099400000000300", ref1="ABC", satang=100))
    with pytest.raises(Refused, match="ไม่รู้จักผู้รับเงิน"):
        read_payload(stranger)
    with pytest.raises(BadInput):
        read_payload("hello")


def test_the_amount_of_the_qr_cannot_be_changed(demo: Flask) -> None:
    asked = read_payload(opened(10_00).payload)
    with pytest.raises(Refused, match="ไม่ตรง"):
        Ledger(demo.extensions["kueakun"].data).transfer(asked, satang=1, payer="x", payer_bank="004")


def test_the_running_balance_holds_under_many_hands(demo: Flask) -> None:
    asked = read_payload(opened(10_00).payload)
    ledger = Ledger(demo.extensions["kueakun"].data)
    before = ledger.lines()

    def pay() -> None:
        for _ in range(5):
            ledger.transfer(asked, satang=10_00, payer="x", payer_bank="004")

    threads = [threading.Thread(target=pay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = ledger.lines()
    assert len(lines) == len(before) + 20
    balance = 0
    for line in lines:
        balance += line.satang
        assert line.balance == balance


def test_a_portal_that_does_not_answer_is_told_later(demo: Flask) -> None:
    heard = messages.send("http://127.0.0.1:9/nobody", b"{}")
    assert heard.status == 0 and not heard.is_well


def test_the_bank_is_nowhere_in_a_live_portal(sqlite_portal: Flask) -> None:
    assert Person(sqlite_portal).client.get("/demo/bank").status_code == 404
    assert not [rule for rule in sqlite_portal.url_map.iter_rules() if rule.endpoint.startswith("demo.")]


def test_the_confirmation_has_the_banks_own_field_names(demo: Flask) -> None:
    line = Ledger(demo.extensions["kueakun"].data).lines()[0]
    said = messages.confirmation(line).decode()
    for name in ("transactionId", "transactionDateandTime", "payeeProxyId", "billPaymentRef1", "amount"):
        assert f'"{name}"' in said
    assert re.search(r'"amount": "\d+\.\d\d"', said)


def test_the_page_of_a_donation_leads_to_the_bank_and_the_sign_in_page_names_the_characters(
    demo: Flask,
) -> None:
    visitor = Person(demo)
    code = opened(12_00).code
    assert f"/demo/bank?code={code}" in visitor.visit(f"/give/{code}").text
    assert "busaba" in visitor.visit("/sign-in").text
