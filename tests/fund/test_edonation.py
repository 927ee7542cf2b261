"""e-Donation: asked only when the fund is registered, encrypted, reported once. And what one gave in a year."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest
from money import arrives
from people import PASSWORD, Cast
from sqlalchemy import select, update

from app.fund.giving.donations import donations
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.records.donations import REFUNDED, Donation, EdonationReport
from app.fund.giving.records.networks import Network, NetworkType
from app.fund.giving.records.payment_requests import DonorTax, PaymentRequest
from app.fund.giving.reports import edonation, yearly
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.national_id import with_check_digit
from app.kit.throttle import ThrottleHit
from app.staff.audit import AuditEvent

PERSON = with_check_digit("110170020345")
COMPANY = with_check_digit("010556012345")
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


@pytest.fixture
def registered(cast: Cast) -> Cast:
    profile = cast.app.extensions["profile"]
    rules = replace(profile.giving, edonation_number="กค 0702/1234", edonation_on="2026-01-15")
    cast.app.extensions["profile"] = replace(profile, giving=rules)
    return cast


def give(cast: Cast, satang: int = 50_000, *, day: int = 10, donor_name: str = "นายใจ ดีงาม") -> Donation:
    with transaction():
        payment_request = payment_requests.open(
            satang=satang, purpose_id=cast.purpose().id, donor_name=donor_name, by=None
        )
        return arrives(
            satang=satang,
            paid_at=datetime(2026, 1, day, 3, 0, tzinfo=UTC),
            purpose_id=cast.purpose().id,
            payment_request_id=payment_request.id,
            by=None,
        )


def consent(
    donation: Donation, *, kind: str = "person", name: str = "นายใจ ดีงาม", tax_id: str = PERSON
) -> None:
    assert donation.payment_request_id
    with transaction():
        edonation.consent(donation.payment_request_id, kind=kind, name=name, tax_id=tax_id)


@pytest.mark.pages
def test_nobody_is_asked_while_the_fund_is_not_registered(cast: Cast) -> None:
    donation = give(cast)
    code = db.session().get_one(PaymentRequest, donation.payment_request_id).code
    cast.stranger.visit(f"/give/{code}/edonation", status=404)
    assert "edonation" not in cast.stranger.visit(f"/give/{code}").text
    with pytest.raises(Refused, match="ยังไม่ได้ขึ้นทะเบียน"):
        consent(donation)
    assert "ยังไม่ได้ขึ้นทะเบียน" in cast.kanya.sign_in().visit("/edonation").main


@pytest.mark.pages
def test_a_giver_consents_sees_a_masked_number_and_takes_it_back(registered: Cast) -> None:
    donation = give(registered)
    code = db.session().get_one(PaymentRequest, donation.payment_request_id).code
    visitor = registered.stranger
    here = f"/give/{code}/edonation"
    assert here in visitor.visit(f"/give/{code}").text
    for wrong in (PERSON[:-1] + str((int(PERSON[-1]) + 1) % 10), "123", ""):
        page = visitor.send(here, name="นายใจ ดีงาม", tax_id=wrong, consent="y", to_status=None)
        assert page.status in (409, 422)
        assert wrong == "" or wrong not in page.main
    visitor.send(here, name="นายใจ ดีงาม", tax_id=PERSON, to_status=422)  # without consent nothing is kept
    assert db.session().scalars(select(DonorTax)).all() == []
    page = visitor.send(here, name="นายใจ ดีงาม", tax_id=PERSON, consent="y")
    assert PERSON not in page.text
    assert f"x-xxxx-xxxxx-{PERSON[10:12]}-{PERSON[12]}" in page.main
    row = db.session().scalars(select(DonorTax)).one()
    assert PERSON.encode() not in row.number_encrypted
    assert all(PERSON not in event.details for event in db.session().scalars(select(AuditEvent)))
    visitor.press(visitor.visit(here), having="withdraw")
    assert db.session().scalars(select(DonorTax)).all() == []


@pytest.mark.pages
def test_numbers_without_end_from_one_address_are_slowed_down(registered: Cast) -> None:
    donation = give(registered)
    here = f"/give/{db.session().get_one(PaymentRequest, donation.payment_request_id).code}/edonation"
    with transaction() as session:
        now = clock.now()
        session.add_all(ThrottleHit(what="edonation", who="127.0.0.1", at=now) for _ in range(30))
    page = registered.stranger.send(here, name="นายใจ ดีงาม", tax_id=PERSON, consent="y", to_status=429)
    assert "ถี่เกินไป" in page.main
    assert db.session().scalars(select(DonorTax)).all() == []


def test_a_company_has_a_tax_id_and_a_person_a_national_one(registered: Cast) -> None:
    donation = give(registered)
    consent(donation, kind="company", name="บริษัท ใจดี จำกัด", tax_id=COMPANY)
    with pytest.raises(BadInput, match="เลขประจำตัวผู้เสียภาษี"):
        consent(donation, kind="company", tax_id="1234567890123")
    with pytest.raises(BadInput, match="บุคคล"):
        consent(donation, kind="ghost")


def test_a_ciphertext_moved_to_another_payment_request_does_not_open(registered: Cast) -> None:
    first, second = give(registered), give(registered)
    consent(first)
    consent(second, tax_id=with_check_digit("310170020345"))
    encrypted = db.session().get_one(DonorTax, first.payment_request_id).number_encrypted
    with transaction() as session:
        session.execute(
            update(DonorTax)
            .where(DonorTax.payment_request_id == second.payment_request_id)
            .values(number_encrypted=encrypted)
        )
    with pytest.raises(ValueError, match="context"):
        edonation.masked(db.session().get_one(DonorTax, second.payment_request_id))


def test_each_donation_is_reported_once_by_one_route(registered: Cast) -> None:
    by_hand, by_bank, silent = give(registered, day=3), give(registered, day=4), give(registered, day=5)
    consent(by_hand)
    kanya = registered.kanya.sign_in()
    for wrong in ("abc", "2569-13", "69-01"):
        assert f"อ่านเดือน “{wrong}” ไม่ได้" in kanya.visit(f"/edonation?month={wrong}").main
    page = kanya.visit("/edonation?month=๒๕๖๙-๐๑")
    assert "ไม่ได้ จึงแสดงเดือนนี้" not in page.main
    page = kanya.visit("/edonation?month=2569-01")
    assert "ต้องคีย์ที่ edonation.rd.go.th อีก 1 รายการ" in page.main
    kanya.press(page, having=f"/edonation/{by_hand.id}/manual?month=2569-01")
    with transaction():
        edonation.record(by_bank.id, route="bank", by=kanya.user)
    for donation in (by_hand, by_bank):
        for route in ("bank", "manual"):
            with pytest.raises(Refused), transaction():
                edonation.record(donation.id, route=route, by=kanya.user)
    with pytest.raises(Refused, match="ไม่ได้ยินยอม"), transaction():
        edonation.record(silent.id, route="manual", by=kanya.user)
    with pytest.raises(Refused, match="รายงานต่อกรมสรรพากรไปแล้ว"):
        consent(by_hand)
    routes = {
        line.donation_id: (line.route, line.is_to_do, line.recorded_by) for line in edonation.lines(*JANUARY)
    }
    assert routes == {
        by_hand.id: ("manual", False, "น.ส.กัญญา พรดี"),
        by_bank.id: ("bank", False, "น.ส.กัญญา พรดี"),
        silent.id: ("none", False, ""),
    }
    kanya.press(kanya.visit("/edonation?month=2569-01"), having=f"/edonation/{by_hand.id}/undo?month=2569-01")
    assert next(line for line in edonation.lines(*JANUARY) if line.donation_id == by_hand.id).is_to_do
    assert len(db.session().scalars(select(EdonationReport)).all()) == 2
    registered.decha.sign_in().visit("/edonation", status=403)


@pytest.mark.pages
def test_the_review_sheet_tells_the_numbers_and_the_trail_tells_who_took_it(registered: Cast) -> None:
    named = give(registered, 123_450, day=31, donor_name="=HYPERLINK(1)")
    consent(named, name='=HYPERLINK("http://x")')
    give(registered, 100, day=1)
    with transaction():
        donations.reverse(named.id, satang=450, kind=REFUNDED, reason="โอนเกิน", by=registered.kanya.user)
    kanya = registered.kanya.sign_in()
    page = kanya.visit("/edonation?month=2569-01")
    token = next(form for form in page.forms() if ".xlsx" in form["action"])["fields"]["csrf_token"]
    for guess in ("guess-by-a-passer-by", ""):
        page = kanya.press(page, having="/edonation.xlsx?month=2569-01", password_again=guess)
        assert "รหัสผ่าน" in page.main and page.response.mimetype == "text/html"
    sent = {"csrf_token": token, "password_again": PASSWORD}
    answer = kanya.client.post("/edonation.xlsx?month=2569-01", data=sent)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[3], row[4], row[5], row[6], row[7]) for row in rows] == [
        ("", "", 1, "ไม่รายงาน", ""),
        ('=HYPERLINK("http://x")', PERSON, 1230, "กองทุนคีย์เอง", "ใช่"),
    ]
    assert sheet.cell(3, 4).data_type == "s", "a name is text, never a formula"
    event = db.session().scalars(select(AuditEvent).filter_by(deed="edonation.reveal")).one()
    assert (event.by_id, json.loads(event.details)) == (kanya.user_id, {"ids": 1})
    assert kanya.client.get("/edonation.xlsx").status_code == 405


# The year


def _network(code: str, name: str, parent: str = "") -> int:
    with transaction() as session:
        above = session.scalars(select(Network).filter_by(code=parent)).one() if parent else None
        network = Network(
            code=code,
            type=NetworkType.OTOP,
            name=name,
            contact="",
            open=True,
            parent_id=above.id if above else None,
            path=f"{above.path if above else '/'}{code}/",
        )
        session.add(network)
        session.flush()
        return network.id


def _gives(cast: Cast, when: str, satang: int, network_id: int | None = None, name: str = "") -> Donation:
    with transaction():
        return arrives(
            satang=satang,
            paid_at=datetime.fromisoformat(when),
            purpose_id=cast.purpose().id,
            network_id=network_id,
            donor_name=name,
            by=None,
        )


@pytest.mark.pages
def test_a_treasurer_has_the_year_of_their_own_branch_and_no_other(cast: Cast) -> None:
    own = db.session().scalars(select(Network.id).filter_by(code="NET001")).one()
    below, other = _network("NET101", "OTOP อำเภอขุขันธ์", "NET001"), _network("NET900", "เครือข่ายอื่น")
    _gives(cast, "2025-09-30T16:59:00+00:00", 1, own)  # the last minute of fiscal 2568 in Bangkok
    _gives(cast, "2025-09-30T17:00:00+00:00", 10, own)
    part = _gives(cast, "2026-02-01T03:00:00+00:00", 100, below)
    _gives(cast, "2026-02-01T03:00:00+00:00", 1_000, other)
    with transaction():
        donations.reverse(part.id, satang=30, kind=REFUNDED, reason="โอนเกิน", by=cast.kanya.user)
    ton = cast.ton.user
    fiscal = yearly.of_network(own, kind="fiscal", year_be=2569, by=ton)
    assert ([line.satang for line in fiscal.lines], fiscal.satang) == ([10, 70], 80)
    assert yearly.of_network(own, kind="calendar", year_be=2568, by=ton).satang == 11
    assert all(line.receipt_code for line in fiscal.lines)
    with pytest.raises(Refused):
        yearly.of_network(other, kind="fiscal", year_be=2569, by=ton)
    with pytest.raises(BadInput):
        yearly.of_network(own, kind="fiscal", year_be=69, by=ton)

    page = cast.ton.sign_in().send("/receipts/yearly", network=str(own), kind="fiscal", year="๒๕๖๙")
    assert "0.80" in page.main
    assert "เครือข่ายอื่น" not in page.text
    cast.ton.send("/receipts/yearly", network=str(other), kind="fiscal", year="2569", to_status=409)
    pdf = cast.ton.press(page, having="yearly.pdf").response
    words = "".join(leaf.extract_text() for leaf in pypdf.PdfReader(io.BytesIO(pdf.data)).pages)
    assert "แปดสิบสตางค์" in words.replace(" ", "").replace("\n", "")
    sheet = openpyxl.load_workbook(
        io.BytesIO(cast.ton.press(page, having="yearly.xlsx").response.data)
    ).active
    assert sheet is not None
    assert sheet.max_row == 3
    for wrong in ("", "69", "ปีนี้", "9999"):
        page = cast.ton.send("/receipts/yearly", network=str(own), kind="fiscal", year=wrong, to_status=422)
        assert "ยังแสดงไม่ได้" in page.main and f'<option value="{own}" selected>' in page.text
    page = cast.ton.send("/receipts/yearly", network="", kind="fiscal", year="2569", to_status=422)
    assert "กรุณาเลือกเครือข่ายก่อน" in page.main
    assert "ชื่อผู้ให้" not in page.main
    page = cast.kanya.sign_in().send(
        "/receipts/yearly", network="", kind="fiscal", year="2569", to_status=422
    )
    assert "หรือกรอกชื่อผู้ให้ก่อน" in page.main
    cast.malee.sign_in().visit("/receipts/yearly", status=403)


@pytest.mark.pages
def test_only_finance_and_auditors_ask_by_a_givers_name(cast: Cast) -> None:
    network = db.session().scalars(select(Network.id)).one()
    _gives(cast, "2026-02-01T03:00:00+00:00", 100, None, "นายใจ  ดีงาม")
    _gives(cast, "2026-02-01T03:00:00+00:00", 200, None, "นายใจ ดีงามยิ่ง")
    _gives(cast, "2026-02-01T03:00:00+00:00", 400, network, "นายใจ ดีงาม")
    assert yearly.of_giver("นายใจ ดีงาม", kind="fiscal", year_be=2569, by=cast.kanya.user).satang == 100
    with pytest.raises(Refused):
        yearly.of_giver("นายใจ ดีงาม", kind="fiscal", year_be=2569, by=cast.ton.user)
    page = cast.kanya.sign_in().send("/receipts/yearly", name="นายใจ ดีงาม", kind="fiscal", year="2569")
    assert "คนชื่อเดียวกัน" in page.main


@pytest.mark.pages
def test_a_givers_name_never_stands_in_an_address(cast: Cast) -> None:
    _gives(cast, "2026-02-01T03:00:00+00:00", 100, None, "นายใจ ดีงาม")
    kanya = cast.kanya.sign_in()
    page = kanya.send("/receipts/yearly", name="นายใจ ดีงาม", kind="fiscal", year="2569")
    assert "1.00" in page.main
    assert not page.response.request.query_string
    for address in re.findall(r'(?:href|action)="([^"]*)"', page.text):
        assert "ดีงาม" not in unquote(unescape(address)), address
    # What an old bookmark still carries is not looked for, and the files are not had by an address.
    assert "1.00" not in kanya.visit("/receipts/yearly?name=นายใจ+ดีงาม&kind=fiscal&year=2569").main
    for name in ("yearly.pdf", "yearly.xlsx"):
        assert kanya.client.get(f"/receipts/{name}?name=ใจ&kind=fiscal&year=2569").status_code != 200
        assert kanya.client.post(f"/receipts/{name}", data={"name": "นายใจ ดีงาม"}).status_code == 400
