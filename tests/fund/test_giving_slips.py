"""Slips that givers hand in: kept with their picture, told apart, shown for what they are, and never money."""

import io
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import slip_pictures
from flask import Flask
from handed_slips import REF, claimed, dated, hand_in, opened, told
from money import arrives
from people import Cast, Page
from PIL import Image
from sqlalchemy import func, select, text

from app.fund.bank.reconciliation import answers, matching
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest, PaymentRequestState
from app.fund.giving.records.slips import Slip, SlipClaim
from app.fund.giving.slips import claims as slip_claims
from app.fund.giving.slips import remarks as slip_remarks
from app.fund.ledger.entries import Entry
from app.kit import clock, qr, slips
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.limits import ConcurrencyLimit
from app.kit.queue import Job
from app.kit.slips import TrueMoneySlip
from app.kit.throttle import ThrottleHit

ADVERT = "https://example.org/win-a-truck?campaign=123456"


def remarks_of(payment_request: PaymentRequest) -> tuple[str, ...]:
    (seen,) = slip_remarks.of_payment_requests({payment_request.id})[payment_request.id]
    return seen.remarks


# The deed


def test_a_slip_is_kept_with_its_bank_its_reference_and_its_day(cast: Cast, portal: Flask) -> None:
    payment_request = opened(cast)
    claim = claimed(payment_request, dated())
    slip = claim.slip
    assert (slip.sending_bank, slip.trans_ref, slip.paid_on) == ("014", dated(), clock.today())
    assert claim.payment_request_id == payment_request.id
    assert remarks_of(payment_request) == ()
    assert slip_claims.by_trans_refs({dated(), "other"}) == {dated(): [payment_request.id]}
    assert slip_claims.by_trans_refs(set()) == {}


def test_a_slip_is_not_money(cast: Cast) -> None:
    payment_request = opened(cast)
    claimed(payment_request)
    assert db.session().scalar(select(func.count()).select_from(Entry)) == 0
    assert db.session().get_one(PaymentRequest, payment_request.id).state == PaymentRequestState.OPEN


@pytest.mark.pages
def test_only_a_small_picture_without_exif_is_kept(cast: Cast, portal: Flask) -> None:
    exif = Image.Exif()
    exif[0x010F] = "secret-maker"
    picture = slip_pictures.drawn(slips.encode(slip_pictures.bank_slip())).resize((2160, 3240))
    raw = slip_pictures.saved(picture, exif=exif, quality=90)
    assert b"secret-maker" in raw
    payment_request = opened(cast)
    with transaction():
        claim = slip_claims.claim(payment_request.id, slip_claims.read(raw))
    with slip_claims.store().open(claim.picture_hash) as file:
        kept = file.read()
    assert b"secret-maker" not in kept
    assert max(Image.open(io.BytesIO(kept)).size) == 1600
    assert (Path(portal.extensions["kueakun"].data) / "slips").is_dir()


def test_the_case_of_a_reference_tells_two_transfers_apart(cast: Cast) -> None:
    first, second = opened(cast), opened(cast)
    claimed(first, "20260708aaaaaaaaaaaaaaaaa")
    claimed(second, "20260708AAAAAAAAAAAAAAAAA")
    assert slip_claims.by_trans_refs({"20260708aaaaaaaaaaaaaaaaa"}) == {
        "20260708aaaaaaaaaaaaaaaaa": [first.id]
    }
    assert "again" not in remarks_of(second)
    assert db.session().scalar(select(func.count()).select_from(Slip)) == 2


def test_one_reference_of_two_banks_is_two_transfers(cast: Cast) -> None:
    first, second = opened(cast), opened(cast)
    claimed(first, "1234567890123456", "006")
    claimed(second, "1234567890123456", "025")
    assert db.session().scalar(select(func.count()).select_from(Slip)) == 2
    assert "again" not in remarks_of(second)
    # The bank's event names no bank: whose it is, a person says.
    assert slip_claims.by_trans_refs({"1234567890123456"}) == {"1234567890123456": [first.id, second.id]}


def test_the_same_slip_for_the_same_donation_is_one_claim(cast: Cast) -> None:
    payment_request = opened(cast)
    assert claimed(payment_request).id == claimed(payment_request).id
    assert db.session().scalar(select(func.count()).select_from(SlipClaim)) == 1


def test_the_database_refuses_one_transfer_twice(cast: Cast) -> None:
    claimed(opened(cast))
    with pytest.raises(Refused), transaction() as session:
        session.add(Slip(sending_bank="014", trans_ref=REF, first_seen_at=clock.now()))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE slip SET trans_ref = 'x'",
        "DELETE FROM slip_claim",
        "UPDATE slip_claim SET payment_request_id = payment_request_id + 1",
        "UPDATE slip_claim SET picture_hash = 'x'",
    ],
)
def test_what_was_handed_in_stays_as_it_was(cast: Cast, change: str) -> None:
    claimed(opened(cast))
    with pytest.raises(Exception, match=r"final_slip|kept_slip"):
        db.session().execute(text(change))
    db.session().rollback()


def test_a_slip_seen_before_is_kept_and_said_of_both(cast: Cast) -> None:
    first, second = opened(cast), opened(cast)
    claimed(first, dated())
    claimed(second, dated())
    assert remarks_of(first) == ("shared",)
    assert remarks_of(second) == ("again",)
    assert slip_claims.by_trans_refs({dated()}) == {dated(): [first.id, second.id]}
    (seen,) = slip_remarks.of_payment_requests({second.id})[second.id]
    assert any("ส่งไว้กับรายการอื่นแล้ว" in words for words in seen.for_giver)
    (seen,) = slip_remarks.of_payment_requests({first.id})[first.id]
    assert seen.for_giver == []
    assert seen.for_officer


@pytest.mark.parametrize(("days", "remark"), [(-1, ("old",)), (0, ()), (1, ("ahead",))])
def test_a_slip_of_another_day_is_said_to_be(cast: Cast, days: int, remark: tuple[str, ...]) -> None:
    payment_request = opened(cast)
    claimed(payment_request, dated(days))
    assert remarks_of(payment_request) == remark


def test_a_slip_from_between_the_pledge_and_its_code_is_not_old(cast: Cast) -> None:
    network = db.session().scalars(select(Network)).one()
    with transaction():
        pledge = pledges.make(
            network_id=network.id,
            satang=500_000,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
        pledge.stated_at = clock.now() - timedelta(days=5)
        db.session().flush()
        payment_request = payment_requests.open(
            satang=100_000, purpose_id=pledge.purpose_id, pledge_id=pledge.id, by=cast.ton.user
        )
    claimed(payment_request, dated(-2))
    assert remarks_of(payment_request) == ()
    other = opened(cast)
    claimed(other, dated(-6))
    assert remarks_of(other) == ("old",)


def test_the_hour_counts_where_the_reference_tells_it(cast: Cast) -> None:
    payment_request = opened(cast)
    now = clock.now().astimezone(clock.BANGKOK)
    for minutes, remark in ((0, ()), (-60, ("old",)), (60, ("ahead",))):
        at = now + timedelta(minutes=minutes)
        other = opened(cast)
        claimed(other, f"{at:%Y%m%d%H%M%S}{12345678901 + minutes}", "002")
        assert remarks_of(other) == remark, minutes
    assert payment_request.id


def test_a_reference_of_a_shape_nobody_knows_is_taken_without_remark(cast: Cast) -> None:
    payment_request = opened(cast)
    claim = claimed(payment_request, "?~weird-9", "987")
    assert (claim.slip.paid_on, remarks_of(payment_request)) == (None, ())
    assert claim.slip.bank == "ธนาคารรหัส 987"


def test_a_truemoney_slip_is_kept_under_its_wallet(cast: Cast) -> None:
    payment_request = opened(cast)
    sent = slip_claims.read(
        slip_pictures.of(
            TrueMoneySlip(event_type="P2P", transaction_id="50012345678901", paid_on=clock.today())
        )
    )
    with transaction():
        claim = slip_claims.claim(payment_request.id, sent)
    assert (claim.slip.sending_bank, claim.slip.bank) == ("TMN", "ทรูมันนี่ วอลเล็ท")
    assert claim.slip.paid_on == clock.today()
    assert remarks_of(payment_request) == ()


def test_what_the_bank_told_of_the_same_transfer_is_set_beside_it(cast: Cast) -> None:
    right, wrong = opened(cast, 150_000), opened(cast, 99_900)
    claimed(right, dated())
    event = told(150_000, dated())
    (seen,) = slip_remarks.of_payment_requests({right.id})[right.id]
    assert seen.notice is not None
    assert (seen.notice.event_id, seen.notice.satang, seen.notice.waiting, seen.remarks) == (
        event.id,
        150_000,
        True,
        (),
    )
    claimed(wrong, dated().replace("123456", "654321"))
    told(150_000, dated().replace("123456", "654321"))
    assert remarks_of(wrong) == ("amount",)
    (seen,) = slip_remarks.of_payment_requests({wrong.id})[wrong.id]
    assert not any("1,500" in words for words in seen.for_giver), (
        "a slip must not tell strangers what was paid"
    )


def test_a_slip_of_money_that_became_another_donation_is_said_to_be_used(cast: Cast) -> None:
    first, second = opened(cast), opened(cast)
    claimed(second, dated())
    with transaction() as session:
        arrives(
            satang=150_000,
            paid_at=clock.now(),
            purpose_id=first.purpose_id,
            payment_request_id=first.id,
            by=None,
        )
        number = session.scalars(select(BankEvent.id).order_by(BankEvent.id.desc())).first()
    assert number
    # The event that money.arrives made goes by its own id.
    name = db.session().get_one(BankEvent, number).external_id
    third = opened(cast)
    claimed(third, name, "014")
    assert remarks_of(third) == ("used",)
    assert remarks_of(second) == ()


def test_no_slip_is_taken_for_a_donation_that_is_there(cast: Cast) -> None:
    payment_request = opened(cast)
    with transaction():
        arrives(
            satang=150_000,
            paid_at=clock.now(),
            purpose_id=payment_request.purpose_id,
            payment_request_id=payment_request.id,
            by=None,
        )
    with pytest.raises(Refused, match="ไม่ต้องส่งสลิป"):
        claimed(payment_request)


def test_one_donation_gathers_ten_slips_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slip_claims, "MOST_CLAIMS", 2)
    payment_request = opened(cast)
    claimed(payment_request, "A1")
    claimed(payment_request, "A2")
    with pytest.raises(Refused, match="ครบ 2 ใบ"):
        claimed(payment_request, "A3")
    assert claimed(payment_request, "A1").slip.trans_ref == "A1"


def test_an_officer_closes_a_claim_with_a_reason_and_it_matches_no_more(cast: Cast) -> None:
    payment_request = opened(cast)
    claim = claimed(payment_request)
    for who in (None, cast.decha.user, cast.ton.user):
        with pytest.raises(Refused, match="การเงิน"), transaction():
            slip_claims.close(claim.id, reason="x", by=who)
    with pytest.raises(BadInput), transaction():
        slip_claims.close(claim.id, reason="  ", by=cast.kanya.user)
    with transaction():
        slip_claims.close(claim.id, reason="ธนาคารไม่มีรายการนี้", by=cast.kanya.user)
    assert slip_claims.by_trans_refs({REF}) == {}
    assert db.session().scalars(slip_remarks.open_claims()).all() == []
    with pytest.raises(Refused, match="ปิดไปแล้ว"), transaction():
        slip_claims.close(claim.id, reason="อีกครั้ง", by=cast.kanya.user)


def test_claims_near_a_payment_are_found_by_reference_first(cast: Cast) -> None:
    alike, named, far = opened(cast), opened(cast, 777), opened(cast, 555)
    claimed(alike, "NoDayHere")
    claimed(named, REF)
    claimed(far, "Elsewhere")
    found = slip_remarks.near(references={REF, ""}, satang=150_000, at=clock.now())
    assert [seen.claim.payment_request_id for seen in found] == [named.id, alike.id]
    assert slip_remarks.near(references=set(), satang=150_000, at=clock.now() + timedelta(days=30)) == []


def test_a_slip_after_the_banks_word_has_the_payment_looked_at_again(cast: Cast) -> None:
    payment_request = opened(cast)
    event = told(150_000, REF)
    held = told(150_000, REF + "x", match_reason="parked")
    claimed(payment_request)
    job = db.session().scalars(select(Job).filter_by(kind="look_again")).one()
    assert REF in job.arguments
    assert answers.look_again(REF) == 1
    assert answers.look_again(REF + "x") == 0
    assert db.session().get_one(ReconciliationItem, held.id).match_reason == "parked"
    assert db.session().get_one(ReconciliationItem, event.id).state in ("waiting", "posted")


@pytest.mark.parametrize("slip_first", [True, False], ids=["slip first", "bank first"])
def test_slip_and_bank_in_either_order_end_in_the_same_donation(cast: Cast, slip_first: bool) -> None:
    payment_request, other = opened(cast), opened(cast)
    if slip_first:
        claimed(payment_request, dated())
    event = told(150_000, dated(), match_reason="", state="new")
    with transaction():
        matching.reconcile(event.id)
    if not slip_first:
        assert db.session().get_one(ReconciliationItem, event.id).state == "waiting"
        claimed(payment_request, dated())
        answers.look_again(dated())
    item = db.session().get_one(ReconciliationItem, event.id)
    assert (item.state, item.match_reason, item.payment_request_id) == ("posted", "slip", payment_request.id)
    assert db.session().get_one(PaymentRequest, payment_request.id).state == PaymentRequestState.RECEIVED
    assert db.session().get_one(PaymentRequest, other.id).state == PaymentRequestState.OPEN
    assert answers.look_again(dated()) == 0
    # The same slip for another donation is too late, and said to be.
    claimed(other, dated())
    assert answers.look_again(dated()) == 0
    assert set(remarks_of(other)) == {"used", "again"}


@pytest.mark.parametrize("slips_first", [True, False])
def test_two_donations_that_claim_one_payment_are_a_persons_to_judge(cast: Cast, slips_first: bool) -> None:
    first, second = opened(cast, 150_000), opened(cast, 99_900)
    if slips_first:
        claimed(first, dated())
        claimed(second, dated())
    event = told(120_000, dated(), match_reason="", state="new")
    with transaction():
        matching.reconcile(event.id)
    if not slips_first:
        for paid in (first, second):
            claimed(paid, dated())
            answers.look_again(dated())
    item = db.session().get_one(ReconciliationItem, event.id)
    assert (item.state, item.match_reason) == ("waiting", "several_slips")


def test_a_sum_that_only_one_person_s_file_gives_is_not_said_to_be_the_bank_s(cast: Cast) -> None:
    payment_request = opened(cast, 99_900)
    claimed(payment_request, dated())
    event = told(150_000, dated(), match_reason="one_person", state="waiting")
    page = cast.kanya.sign_in().visit(f"/bank/events/{event.id}")
    assert "ไฟล์ที่คนเดียวนำเข้ามีเงินก้อนนี้ด้วยยอดอื่น" in page.words
    assert "ธนาคารแจ้งเงินก้อนนี้" not in page.words
    page = cast.stranger.visit(f"/give/{payment_request.code}")
    assert "ยอดของสลิปนี้ในไฟล์ที่นำเข้าไม่ตรง" in page.words and "ยอดที่ธนาคารแจ้ง" not in page.words


@pytest.mark.pages
def test_the_officer_sees_the_slip_beside_the_payment(cast: Cast) -> None:
    payment_request = opened(cast, 99_900)
    claimed(payment_request, dated())
    event = told(150_000, dated())
    cast.kanya.sign_in()
    page = cast.kanya.visit(f"/bank/events/{event.id}")
    assert "สลิปที่ผู้ให้ส่งมา" in page.words
    assert payment_request.ref1 in page.words
    assert "ด้วยยอดอื่น" in page.words


@pytest.mark.postgres
def test_ten_givers_with_one_slip_at_once_are_ten_claims_of_one_transfer(postgres_portal: Flask) -> None:
    cast = Cast(postgres_portal)
    numbers = [opened(cast, 1000 + n).id for n in range(10)]
    sent = slip_claims.read(slip_pictures.of(slip_pictures.bank_slip()))
    start, wrong = threading.Barrier(10), []

    def claim(number: int) -> None:
        with postgres_portal.app_context():
            start.wait()
            try:
                with transaction():
                    slip_claims.claim(number, sent)
            except Refused as refused:
                wrong.append(refused.words)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=claim, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert db.session().scalar(select(func.count()).select_from(Slip)) == 1
    assert db.session().scalar(select(func.count()).select_from(SlipClaim)) == 10


# The pages


@pytest.mark.pages
@pytest.mark.parametrize(("kind", "turned"), [("JPEG", 0), ("PNG", 90), ("WEBP", 0), ("HEIC", 0)])
def test_a_giver_hands_in_a_slip_and_reads_that_the_bank_is_awaited(
    cast: Cast, kind: str, turned: int
) -> None:
    payment_request, giver = opened(cast), cast.stranger
    page = giver.visit(f"/give/{payment_request.code}")
    assert "ฉันจ่ายแล้ว / ส่งสลิป" in page.words
    sent = slip_pictures.of(
        slip_pictures.bank_slip(dated()), beside=(ADVERT, payment_request.payload), kind=kind, turned=turned
    )
    page = hand_in(giver, payment_request, sent)
    assert page.response.request.path == f"/give/{payment_request.code}"
    assert "ได้รับสลิปแล้ว รอธนาคารยืนยัน" in page.words
    assert dated() in page.words
    assert "ธนาคารไทยพาณิชย์" in page.words
    assert 'data-state="waiting"' in page.text


def two_slips() -> bytes:
    texts = (slips.encode(slip_pictures.bank_slip("A1")), slips.encode(slip_pictures.bank_slip("A2")))
    return slip_pictures.saved(slip_pictures.drawn(*texts))


@pytest.mark.pages
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (slip_pictures.saved(slip_pictures.drawn()), "ไม่พบ QR ในภาพ"),
        (slip_pictures.saved(slip_pictures.drawn(ADVERT)), "ไม่ใช่ QR ของสลิป"),
        (two_slips(), "มากกว่าหนึ่งใบ"),
        (b"%PDF-1.7 my slip", "ไม่ใช่ภาพ"),
        (slip_pictures.of(slip_pictures.bank_slip())[:4000], "เสียหาย"),
        (b"", "ไม่ใช่ภาพ"),
    ],
    ids=["no code", "an advert", "two slips", "a pdf", "cut short", "nothing"],
)
def test_what_is_no_slip_is_refused_in_words_and_nothing_is_lost(cast: Cast, sent: bytes, words: str) -> None:
    payment_request, giver = opened(cast), cast.stranger
    page = hand_in(giver, payment_request, sent, to_status=422)
    assert words in page.words
    assert "tlv" not in page.main
    assert f'href="/give/{payment_request.code}"' in page.text
    assert db.session().scalar(select(func.count()).select_from(SlipClaim)) == 0
    hand_in(giver, payment_request, slip_pictures.of(slip_pictures.bank_slip()))


@pytest.mark.pages
@pytest.mark.parametrize("megabytes", [9, 100])
def test_a_file_too_large_is_refused_on_the_page_itself(cast: Cast, megabytes: int) -> None:
    payment_request, giver = opened(cast), cast.stranger
    head = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="slip.jpg"\r\n\r\n'
    body = head + b"\xff\xd8\xff" + bytes(megabytes * 1024 * 1024) + b"\r\n--x--\r\n"
    answer = giver.client.post(
        f"/give/{payment_request.code}/slip",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=x",
    )
    page = Page(answer, f"/give/{payment_request.code}/slip")
    assert page.status == 413
    assert "ไฟล์ใหญ่เกิน 8 MB" in page.words
    assert payment_request.ref1 in page.words
    assert page.forms()


@pytest.mark.pages
def test_a_slip_without_the_forms_token_is_refused(cast: Cast) -> None:
    payment_request = opened(cast)
    sent = {"picture": (io.BytesIO(slip_pictures.of(slip_pictures.bank_slip())), "slip.jpg")}
    answer = cast.stranger.client.post(f"/give/{payment_request.code}/slip", data=sent)
    assert answer.status_code == 400
    assert db.session().scalar(select(func.count()).select_from(SlipClaim)) == 0


@pytest.mark.pages
def test_pictures_without_end_from_one_address_are_slowed_down(cast: Cast) -> None:
    now = clock.now()
    with transaction() as session:
        session.add_all(ThrottleHit(what="slip", who="127.0.0.1", at=now) for _ in range(29))
    payment_request, giver = opened(cast), cast.stranger
    hand_in(giver, payment_request, b"no picture", to_status=422)
    page = hand_in(giver, payment_request, slip_pictures.of(slip_pictures.bank_slip()), to_status=429)
    assert "ถี่เกินไป" in page.words


def test_while_others_slips_are_read_a_giver_is_asked_to_send_it_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slip_claims, "READING", ConcurrencyLimit(at_once=1, waiting=0, patience=0))
    payment_request, giver = opened(cast), cast.stranger
    sent = slip_pictures.of(slip_pictures.bank_slip(dated()))
    with slip_claims.READING.slot(refused="x"):
        page = hand_in(giver, payment_request, sent, to_status=503)
        assert "กดส่งอีกครั้ง" in page.words
        assert "ภาพยังอยู่ในเครื่องของท่าน" in page.words
        assert page.response.headers["Retry-After"] == "10"
        assert db.session().scalar(select(func.count()).select_from(SlipClaim)) == 0
    assert "ได้รับสลิปแล้ว" in giver.press(page, having="picture", picture=(io.BytesIO(sent), "s.jpg")).words


@pytest.mark.pages
def test_finance_sees_open_claims_with_the_picture_and_others_do_not(cast: Cast) -> None:
    payment_request = opened(cast)
    claim = claimed(payment_request, "?~weird-9", "987")
    cast.kanya.sign_in()
    page = cast.kanya.visit("/slips")
    assert "ธนาคารรหัส 987" in page.words
    assert payment_request.ref1 in page.words
    picture = cast.kanya.client.get(f"/slips/{claim.id}/picture.jpg")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert qr.read(picture.data)
    cast.ton.sign_in()
    cast.ton.visit("/slips", status=403)
    cast.ton.visit(f"/slips/{claim.id}/picture.jpg", status=403)
    assert cast.stranger.client.get(f"/slips/{claim.id}/picture.jpg").status_code == 302
    cast.decha.sign_in()
    assert "ปิดสลิปนี้" not in cast.decha.visit("/slips").words
    page = cast.kanya.send("/slips", action="/close", reason="ธนาคารไม่มีรายการนี้")
    assert "ไม่มีสลิปที่รอธนาคาร" in page.words
    assert "ธนาคารไม่มีรายการนี้" in cast.kanya.visit(f"/slips?reference={payment_request.ref1}").words
    assert "987" in cast.kanya.visit("/slips?reference=%3F~weird-9").words


@pytest.mark.pages
def test_a_received_donation_asks_for_no_slip(cast: Cast) -> None:
    payment_request = opened(cast)
    claimed(payment_request)
    with transaction():
        arrives(
            satang=150_000,
            paid_at=clock.now(),
            purpose_id=payment_request.purpose_id,
            payment_request_id=payment_request.id,
            by=None,
        )
    assert "ไม่ต้องส่งสลิป" in cast.stranger.visit(f"/give/{payment_request.code}/slip").words
    assert db.session().scalars(slip_remarks.open_claims()).all() == []
    assert "รอธนาคารยืนยัน" not in cast.stranger.visit(f"/give/{payment_request.code}").words
