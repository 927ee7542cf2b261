"""The finance officer's pages: what waits comes first, one deed for two hands, and the auditor only looks."""

import io
import json
import re
import threading
from typing import Any

import bank_hands
import pytest
from bank_hands import NOW, confirmation, generic, given, kbank, only_item, opened, send, states
from flask import Flask
from people import PASSWORD, Cast, Person
from sqlalchemy import select

from app.fund.bank import words as bank_words
from app.fund.bank.match_reasons import QueueGroup
from app.fund.bank.reconciliation import decisions, suggestions
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.kit import references
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.audit import AuditEvent
from app.staff.deeds import Deed

pytestmark = pytest.mark.pages


def file(raw: bytes, name: str = "บัญชี.csv") -> tuple[io.BytesIO, str]:
    return io.BytesIO(raw), name


def waiting_event(portal: Flask, ref1: str = "", satang: int = 50_000, **more: Any) -> int:
    send(portal, confirmation(ref1, satang, **more))
    return (
        db.session()
        .scalars(select(ReconciliationItem.event_id).order_by(ReconciliationItem.event_id.desc()).limit(1))
        .one()
    )


def test_the_finance_officers_first_page_is_the_queue(portal: Flask, cast: Cast) -> None:
    waiting_event(portal, "HELLO", 123_456)
    page = cast.kanya.send("/sign-in", sign_in_name="kanya", password=PASSWORD)
    assert page.response.request.path == "/bank"
    assert "1,234.56" in page.words
    assert "ไม่รู้จักรหัสอ้างอิง HELLO" in page.words


def test_the_pages_of_a_line_name_the_likely_payment_request_and_why(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    letters = [letter for letter in references.ALPHABET if letter != payment_request.ref1[5]]
    wrong = payment_request.ref1[:5] + letters[0] + payment_request.ref1[6:]
    number = waiting_event(portal, wrong, 150_000)
    assert only_item().match_reason == "misspelt_reference"
    kanya = cast.kanya.sign_in()
    for path in ("/bank/work", f"/bank/events/{number}"):
        page = kanya.visit(path)
        assert payment_request.ref1 in page.words
        assert "รหัสอ้างอิงต่างกันหนึ่งตัวอักษร" in page.words


@pytest.mark.parametrize("slip", ["swap", "drop", "double", "look"])
def test_every_slip_of_one_character_finds_its_code(slip: str) -> None:
    code = "F69K7QX3M9P"
    code = next(c for c in (references.make(2569) for _ in range(999)) if c[5] != c[6] and "2" in c[3:])
    place = code.index("2", 3)
    typed = {
        "swap": code[:5] + code[6] + code[5] + code[7:],
        "drop": code[:7] + code[8:],
        "double": code[:7] + code[6:],
        "look": code[:place] + "Z" + code[place + 1 :],
    }[slip]
    assert code in set(suggestions.one_edit_away(typed.lower()))


def test_a_waiting_event_is_given_to_its_payment_request_with_one_press(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    number = waiting_event(portal, payment_request.ref1, 140_000)
    page = cast.kanya.sign_in().send(
        f"/bank/events/{number}", action="/assign", reference=payment_request.ref1
    )
    assert "จับคู่แล้ว" in page.words
    donation = db.session().scalars(select(Donation)).one()
    assert (donation.satang, donation.payment_request_id, donation.posted_by_id) == (
        140_000,
        payment_request.id,
        cast.kanya.user_id,
    )
    assert (
        db.session().scalars(select(AuditEvent).filter_by(deed="bank.assign")).one().by_id
        == cast.kanya.user_id
    )
    shown = cast.kanya.visit(f"/bank/events/{number}")
    assert "ใบเสร็จรับเงิน" in shown.words
    assert not [form for form in shown.forms() if "assign" in form["action"]]


def test_an_unknown_reference_typed_by_the_officer_stays_on_the_page(portal: Flask, cast: Cast) -> None:
    number = waiting_event(portal)
    page = cast.kanya.sign_in().send(
        f"/bank/events/{number}", action="/assign", reference="F69ABCDEFGH", to_status=422
    )
    assert "F69ABCDEFGH" in page.text
    assert "ไม่พบรายการให้" in page.words
    assert given() == []


def test_money_without_a_payment_request_becomes_a_networks_donation(portal: Flask, cast: Cast) -> None:
    number = waiting_event(portal, billPaymentRef2="NET001")
    network = db.session().scalars(select(Network)).one()
    page = cast.kanya.sign_in().visit(f"/bank/events/{number}")
    form = next(form for form in page.forms() if form["action"].endswith("/gift"))
    assert form["fields"]["network_id"] == str(network.id)
    cast.kanya.send(f"/bank/events/{number}", action="/gift", purpose_id=str(cast.purpose("education").id))
    donation = db.session().scalars(select(Donation)).one()
    assert (donation.network_id, donation.purpose_id, donation.payment_request_id) == (
        network.id,
        cast.purpose("education").id,
        None,
    )


def test_setting_aside_needs_a_reason_and_can_be_undone_by_giving(portal: Flask, cast: Cast) -> None:
    number = waiting_event(portal)
    kanya = cast.kanya.sign_in()
    kanya.send(f"/bank/events/{number}", action="/set-aside", reason="", to_status=422)
    kanya.send(f"/bank/events/{number}", action="/set-aside", reason="ดอกเบี้ยเงินฝาก")
    assert (only_item().state, only_item().reason) == ("excluded", "ดอกเบี้ยเงินฝาก")
    kanya.send(f"/bank/events/{number}", action="/gift", purpose_id=str(cast.purpose().id))
    assert given() == [50_000]


def test_the_trail_tells_what_was_done_with_an_event_in_the_words_of_its_page(
    portal: Flask, cast: Cast
) -> None:
    number = waiting_event(portal)
    kanya, decha = cast.kanya.sign_in(), cast.decha.sign_in()
    kanya.send(f"/bank/events/{number}", action="/hold", reason="รอโทรกลับ")
    kanya.send(f"/bank/events/{number}", action="/set-aside", reason="ดอกเบี้ยเงินฝาก")
    page = kanya.visit(f"/bank/events/{number}").words
    trail = decha.visit(f"/trail?subject=bank_event:{number}").words
    done = select(AuditEvent.deed).filter_by(subject=f"bank_event:{number}").order_by(AuditEvent.id)
    deeds = list(db.session().scalars(done))
    assert deeds == [Deed.BANK_PARK, Deed.BANK_EXCLUDE]
    for words in (Deed.BANK_PARK.words, Deed.BANK_EXCLUDE.words):
        assert words in page
        assert words in trail
    assert (Deed.BANK_PARK.words, Deed.BANK_EXCLUDE.words) == ("พักรอข้อมูล", "ไม่ใช่เงินสมทบ")
    assert (bank_words.STATES["excluded"][0], QueueGroup.PARKED.label) == ("ไม่ใช่เงินสมทบ", "พักรอข้อมูล")


def test_the_officer_says_that_two_records_are_one_payment(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    send(portal, confirmation(payment_request.ref1, at=NOW))
    raw = generic([(NOW.replace(hour=0, minute=0, second=0), 150_000, "", "")])
    bank_hands.import_file(name="x.csv", raw=raw, by=None)
    line = db.session().scalars(select(BankEvent).filter_by(source="statement")).one()
    told = db.session().scalars(select(BankEvent).filter_by(source="scb")).one()
    page = cast.kanya.sign_in().visit(f"/bank/events/{line.id}")
    assert "อาจเป็นเงินก้อนเดียวกับ" in page.words
    cast.kanya.send(f"/bank/events/{line.id}", action="/link", other=str(told.id))
    assert (states(), given()) == ({"posted": 1, "duplicate": 1}, [150_000])


def test_the_second_officer_is_told_and_nothing_happens_twice(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    number = waiting_event(portal, payment_request.ref1, 140_000)
    kanya, again = cast.kanya.sign_in(), Person(portal, cast.kanya.user_id, "kanya").sign_in()
    again.visit(f"/bank/events/{number}")
    form = again.visit(f"/bank/events/{number}").forms()
    fields = next(offered["fields"] for offered in form if offered["action"].endswith("/assign"))
    kanya.send(f"/bank/events/{number}", action="/assign", reference=payment_request.ref1)
    late = again.client.post(
        f"/bank/events/{number}/assign", data=fields | {"reference": payment_request.ref1}
    )
    assert late.status_code == 409
    assert "มีผู้ลงเป็นเงินสมทบไปแล้ว" in late.get_data(as_text=True)
    assert given() == [140_000]


@pytest.mark.postgres
def test_ten_officers_pressing_at_once_are_one_deed(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    payment_request = opened(cast)
    number = waiting_event(postgres_portal, payment_request.ref1, 140_000)
    outcomes: list[str] = []
    start = threading.Barrier(10)

    def press() -> None:
        with postgres_portal.app_context():
            start.wait()
            try:
                with transaction():
                    decisions.assign(number, payment_request_id=payment_request.id, by=None)
                outcomes.append("done")
            except Refused as refused:
                outcomes.append(refused.words[:28])
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(set(outcomes)) == ["done", "รายการนี้มีผู้ลงเป็นเงินสมทบ"]
    assert outcomes.count("done") == 1
    assert given() == [140_000]


def test_money_that_is_not_ours_or_not_baht_or_went_out_is_never_a_donation(
    portal: Flask, cast: Cast
) -> None:
    numbers = [
        waiting_event(portal, number="T1", payeeProxyId="099400000000399"),
        waiting_event(portal, number="T2", currencyCode="840"),
    ]
    bank_hands.import_file(name="x.csv", raw=generic([(NOW, -5_000, "", "")]), by=None)
    numbers.append(db.session().scalars(select(BankEvent.id).filter_by(source="statement")).one())
    for number in numbers:
        with pytest.raises(Refused), transaction():
            decisions.assign(number, purpose_id=cast.purpose().id, by=cast.kanya.user)
    assert given() == []
    page = cast.kanya.sign_in().visit(f"/bank/events/{numbers[0]}")
    assert [form["action"].rsplit("/", 1)[-1] for form in page.forms() if "events" in form["action"]] == [
        "hold",
        "set-aside",
    ]


def test_a_number_longer_than_any_key_is_no_other_record(portal: Flask, cast: Cast) -> None:
    number = waiting_event(portal, "X")
    page = cast.kanya.sign_in().visit(f"/bank/events/{number}")
    fields = {"csrf_token": page.forms()[-1]["fields"]["csrf_token"], "other": "9" * 26}
    assert cast.kanya.client.post(f"/bank/events/{number}/link", data=fields).status_code == 409


def test_only_the_finance_officer_decides(portal: Flask, cast: Cast) -> None:
    number = waiting_event(portal)
    for person in (cast.busaba, cast.ying, cast.ton, cast.malee):
        person.sign_in()
        person.visit("/bank", status=403)
        person.visit(f"/bank/events/{number}", status=403)
    decha = cast.decha.sign_in()
    for path in ("/bank", f"/bank/events/{number}", "/bank/statements"):
        page = decha.visit(path)
        assert [
            form for form in page.forms() if form["method"] == "post" and "sign-out" not in form["action"]
        ] == []
    decha.visit("/bank/statements/import", status=403)
    for by in (cast.decha.user, cast.somchai.user, cast.busaba.user):
        with pytest.raises(Refused), transaction():
            decisions.assign(number, purpose_id=cast.purpose().id, by=by)
        with pytest.raises(Refused), transaction():
            decisions.exclude(number, reason="ไม่ใช่เงินสมทบ", by=by)
    assert given() == []


def test_a_statement_is_sent_from_one_page_and_brought_in_from_the_next(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast)
    raw = kbank([(NOW, 150_000, payment_request.ref1, "x"), (NOW, 333, "", "ดอกเบี้ย")])
    looked_at = cast.kanya.sign_in().send("/bank/statements/import", action="/import", file=file(raw))
    assert "นำเข้า 2 รายการใหม่" in looked_at.words
    page = cast.kanya.send(looked_at.response.request.path, action="/apply")
    assert "รายการใหม่ 2" in page.words
    assert "ลงเป็นเงินสมทบ 0" in page.words
    assert "อีกท่านหนึ่งหรือประธานยืนยัน" in page.words
    assert given() == []
    somchai = cast.somchai.sign_in()
    path = next(
        link for link in re.findall(r"/bank/statements/\d+", somchai.visit("/bank/confirmations").text)
    )
    shown = somchai.visit(path)
    for words in ("1,503.33 บาท (2 รายการ)", "รหัสอ้างอิงและจำนวนเงินตรง", "กัญญา", "390,823.32"):
        assert words in shown.words, words
    wrong = somchai.send(path, action="/confirm", password_again="not-mine-at-all", to_status=409)
    assert "รหัสผ่านไม่ถูกต้อง" in wrong.words
    own = cast.kanya.visit(path)
    assert not [form for form in own.forms() if form["action"].endswith("/confirm")]
    assert given() == []
    assert "ยืนยันแล้ว" in somchai.send(path, action="/confirm", password_again=PASSWORD).words
    assert given() == [150_000]
    event = re.search(r"/bank/events/\d+", cast.kanya.visit(path).text)
    assert event
    told = cast.kanya.visit(event[0]).words
    assert "น.ส.กัญญา พรดี นำเข้า" in told and "ธนาคารแจ้งโอนทันที" not in told
    listed = cast.decha.sign_in().visit("/bank/statements")
    assert "บัญชี.csv" in listed.words
    assert "กัญญา" in listed.words


def test_a_bank_that_writes_markup_is_shown_as_text(portal: Flask, cast: Cast) -> None:
    number = waiting_event(portal, "<b>X</b>", payerName="<script>alert(1)</script>")
    for path in ("/bank", f"/bank/events/{number}"):
        page = cast.kanya.sign_in().visit(path) if path == "/bank" else cast.kanya.visit(path)
        assert "<script>alert" not in page.text
        assert "<b>X" not in page.text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ('"extra": ' + "9" * 5_000, "9" * 5_000),
        ('"extra": "\\ud800"', "\\ud800"),
        ('"extra": {"deep": "\\udc00"}', "\\udc00"),
        ('"extra": ' + "[" * 700 + "]" * 700, "extra"),
    ],
    ids=["long number", "half a character", "half a character inside", "deep"],
)
def test_whatever_a_bank_adds_to_its_message_its_event_can_be_opened(
    portal: Flask, cast: Cast, raw: str, shown: str
) -> None:
    message = json.dumps(confirmation("X"))[:-1] + f", {raw}}}"
    assert send(portal, message.encode()).status_code == 200
    number = only_item().event_id
    assert shown in cast.kanya.sign_in().visit(f"/bank/events/{number}").text
