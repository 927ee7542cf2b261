"""The officer's work on what waits: grouped on the first page, one after another by Enter, split, undone, refunded."""

import re
from datetime import timedelta
from html import unescape

import bank_hands
import pytest
from asked_payments import pledged
from bank_hands import NOW, confirmation, generic, given, item_of, opened, send, states
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.fund.bank import decision_approvals
from app.fund.bank.reconciliation import decisions, deposits, exact_suggestions, names, suggestions
from app.fund.bank.reconciliation.refunds import Refund
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.giving.pledges import pledges
from app.fund.giving.records.donations import LIVE, Donation
from app.kit.db import db, transaction

pytestmark = pytest.mark.pages


def waiting(portal: Flask, satang: int, *, number: str = "T1", ref1: str = "HELLO", **more: str) -> int:
    send(portal, confirmation(ref1, satang, number=number, **more))
    return item_of(number).event_id


def live_satang() -> list[int]:
    return sorted(db.session().scalars(select(LIVE.c.satang).where(LIVE.c.satang > 0)))


def test_everything_that_waits_is_on_the_first_page_by_its_kind(portal: Flask, cast: Cast) -> None:
    over, under, twice = opened(cast, 10_000), opened(cast, 20_000), opened(cast, 30_000)
    send(portal, confirmation(over.ref1, 10_001, number="A1"))
    send(portal, confirmation(under.ref1, 19_999, number="A2"))
    for number in ("A3", "A4"):
        send(portal, confirmation(twice.ref1, 30_000, number=number))
    waiting(portal, 44_400, number="A5")
    waiting(portal, 55_500, number="A6", payeeProxyId="099400000000399")
    page = cast.kanya.sign_in().visit("/bank")
    for label in (
        "เงินเกิน 1",
        "โอนไม่ครบ 1",
        "จ่าย QR เดิมซ้ำ 1",
        "ยังไม่รู้ว่าเป็นของใคร 1",
        "ผิดบัญชีหรือผิดผู้รับ 1",
        "ทั้งหมด 5",
    ):
        assert label in page.words
    for sum_ in ("100.01", "199.99", "300.00", "444.00", "555.00"):
        assert sum_ in page.words
    item = item_of("A4").event_id
    assert "รับเป็นเงินสมทบอีกก้อนของรายการนี้" in cast.kanya.visit(f"/bank/work?at={item}").words
    only = cast.kanya.visit("/bank?kind=over")
    assert "100.01" in only.main
    assert "444.00" not in only.main
    assert "ทั้งหมด 5" in only.words
    assert "444.00" in cast.kanya.visit("/bank?kind=nonsense").main
    # Money that is not ours is not offered as a donation, whatever reference it carries.
    send(portal, confirmation(over.ref1, 10_000, number="A7", payeeProxyId="099400000000399"))
    assert "รับตามที่เลือก" not in cast.kanya.visit(f"/bank/work?at={item_of('A7').event_id}").main


def test_the_oldest_lines_come_first_and_what_was_decided_is_found_beside_them(
    portal: Flask, cast: Cast
) -> None:
    for number in range(22):
        at = NOW + timedelta(minutes=number)
        waiting(portal, 1_001 + number, number=f"A{number}", at=at, payerName=f"ป้าคนที่ {number}")
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank")
    first = item_of("A0").event_id
    assert page.main.index("10.01") < page.main.index("10.02") and "10.21" not in page.main
    assert f'href="/bank/work?at={first}"' in page.text
    [more] = re.findall(r'href="([^"]+)"[^>]*>แสดงต่อ|rel="next" href="([^"]+)"', page.text)
    second = kanya.visit(unescape("".join(more)))
    assert ("10.22" in second.main, "10.20" in second.main) == (True, False)
    with transaction():
        decisions.exclude(first, reason="ดอกเบี้ย", by=cast.kanya.user)
    assert "10.01" not in kanya.visit("/bank").main
    for address in ("show=decided", "show=decided&q=ป้าคนที่+0", "show=all&q=๑๐.๐๑", "show=all&state=excluded"):
        page = kanya.visit(f"/bank?{address}")
        assert ("10.01" in page.main, "10.05" in page.main) == (True, False), address
        assert f'href="/bank/events/{first}"' in page.text
    sheet = kanya.client.get("/bank?show=all&q=ป้าคนที่&download=xlsx")
    assert sheet.mimetype.endswith("spreadsheetml.sheet")
    # Whoever only reads is led to the event, not to work.
    assert "/bank/work" not in cast.decha.sign_in().visit("/bank").text


def test_a_hundred_lines_go_by_pressing_enter(portal: Flask, cast: Cast) -> None:
    payment_requests = [opened(cast, 10_000 + number) for number in range(6)]
    for number, payment_request in enumerate(payment_requests):
        send(
            portal,
            confirmation(
                payment_request.ref1,
                payment_request.due_satang - 1,
                number=f"E{number}",
                at=NOW + timedelta(minutes=number),
            ),
        )
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work")
    for left in range(6, 0, -1):
        assert f"เหลือ {left} รายการ" in page.words
        page = kanya.press(page, having="choice", choice=_checked(page.text), deed="accept")
    assert "ไม่มีรายการที่รอแล้ว" in page.words
    assert live_satang() == [payment_request.due_satang - 1 for payment_request in payment_requests]


def _checked(text: str) -> str:
    """What the page has chosen for the officer."""
    before = text[: text.index(" checked>")]
    return before[before.rindex('value="') + 7 :].rstrip('"')


def test_the_working_page_passes_over_holds_and_sets_aside(portal: Flask, cast: Cast) -> None:
    for number in range(3):
        waiting(portal, 1_000 + number, number=f"E{number}", at=NOW + timedelta(minutes=number))
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work")
    assert "10.00" in page.words
    page = kanya.visit(f"/bank/work?after={item_of('E0').event_id}")
    assert "10.01" in page.words
    page = kanya.press(page, having="reason", deed="exclude", reason="", to_status=409)
    assert "เหตุผล" in page.words
    page = kanya.press(page, having="reason", deed="exclude", reason="ดอกเบี้ยเงินฝาก")
    page = kanya.press(page, having="reason", deed="park", reason="โทรถามแล้ว")
    assert "ยังเหลือที่ข้ามไว้ 1 รายการ" in page.words
    assert (states(), item_of("E2").match_reason) == ({"waiting": 2, "excluded": 1}, "parked")
    page = kanya.visit("/bank/work")
    page = kanya.press(page, having="choice", choice="", deed="accept", to_status=409)
    assert "กรุณาเลือก" in page.words
    kanya.press(page, having="choice", choice=f"purpose:{cast.purpose().id}", deed="accept")
    assert live_satang() == [1_000]


def test_whoever_leaves_the_working_page_comes_back_to_its_next_line(portal: Flask, cast: Cast) -> None:
    for number in range(6):
        waiting(portal, 1_000 + number, number=f"E{number}", at=NOW + timedelta(minutes=number))
    kanya, purpose = cast.kanya.sign_in(), str(cast.purpose().id)
    page = kanya.visit("/bank/work")
    # Split.
    first = item_of("E0").event_id
    split = f"/bank/events/{first}/split?back=work"
    assert f'href="{split}"' in page.text
    parts = {"parts-0-amount": "4", "parts-0-purpose_id": purpose, "parts-1-purpose_id": purpose}
    page = kanya.visit(split)
    again = kanya.press(page, having="parts-1-amount", **parts, **{"parts-1-amount": "5"}, to_status=422)
    assert f'href="/bank/work?at={first}"' in again.text
    page = kanya.press(again, having="parts-1-amount", **parts, **{"parts-1-amount": "6"})
    assert "แบ่งเป็นเงินสมทบ 2 ส่วนแล้ว" in page.words
    assert "10.01" in page.main
    # Asked back.
    second = item_of("E1").event_id
    back = f"/bank/events/{second}/refund?back=work"
    assert f'href="{back}"' in page.text
    asked = {"reason": "โอนผิด", "payee": "นายผู้ให้", "payee_bank": "004", "payee_account": "4099900000"}
    page = kanya.press(kanya.visit(back), having="payee", **asked)
    assert "10.02" in page.main
    # Opened, and undone.
    third = item_of("E2").event_id
    opened_ = f"/bank/events/{third}?back=work"
    assert f'href="{opened_}"' in page.text
    page = kanya.send(opened_, action="/set-aside", reason="", to_status=422)
    page = kanya.press(page, having="/set-aside?back=work", reason="ดอกเบี้ย")
    assert "10.03" in page.main
    page = kanya.press(page, having=f"/events/{third}/undo?back=work", reason="ไม่ใช่ดอกเบี้ย")
    assert page.response.request.path == "/bank/work"
    assert "10.02" in page.main
    page = kanya.send(opened_, action="/gift", donor_name="ป้าใจดี")
    assert "10.03" in page.main
    # Whoever came from elsewhere goes elsewhere.
    fourth = item_of("E3").event_id
    plain = kanya.send(f"/bank/events/{fourth}/split", **parts, **{"parts-1-amount": "6.03"})
    assert plain.response.request.path == f"/bank/events/{fourth}"
    fifth = item_of("E4").event_id
    plain = kanya.send(f"/bank/events/{fifth}?back=//elsewhere", action="/set-aside", reason="ดอกเบี้ย")
    assert plain.response.request.path == "/bank"


def test_what_was_held_is_gone_through_in_the_same_way(portal: Flask, cast: Cast) -> None:
    for number in range(4):
        waiting(portal, 1_000 + number, number=f"E{number}", at=NOW + timedelta(minutes=number))
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work")
    assert "ทำรายการที่พักรอข้อมูล" not in page.words
    for _ in range(3):
        page = kanya.press(page, having="reason", deed="park", reason="โทรถามแล้ว")
    page = kanya.press(page, having="reason", deed="exclude", reason="ดอกเบี้ย")
    assert "ไม่มีรายการที่รอแล้ว" in page.words
    assert "มีรายการที่พักรอข้อมูล 3 รายการ" in page.words
    page = kanya.visit("/bank/work?held=1")
    assert "เหลือ 3 รายการ" in page.words
    assert "โทรถามแล้ว" in page.main
    page = kanya.press(page, having="reason", deed="exclude", reason="โอนผิดบัญชี")
    assert "10.01" in page.main
    split = f"/bank/events/{item_of('E1').event_id}/split?back=held"
    assert f'href="{split}"' in page.text
    purpose = str(cast.purpose().id)
    parts = {"parts-0-amount": "4", "parts-0-purpose_id": purpose, "parts-1-purpose_id": purpose}
    page = kanya.visit(split)
    page = kanya.press(page, having="parts-1-amount", **parts, **{"parts-1-amount": "6.01"})
    assert "เหลือ 1 รายการ" in page.words
    page = kanya.press(page, having="reason", deed="park", reason="ยังไม่ตอบ")
    assert "ยังเหลือที่ข้ามไว้ 1 รายการ" in page.words
    assert "มีรายการที่พักรอข้อมูล" not in page.words
    assert states() == {"excluded": 2, "posted": 1, "waiting": 1}


def test_a_tie_is_chosen_by_nobody_but_the_officer(portal: Flask, cast: Cast) -> None:
    first, second = opened(cast, 70_000), opened(cast, 70_000)
    waiting(portal, 70_000, ref1="")
    page = cast.kanya.sign_in().visit("/bank/work")
    assert " checked>" not in page.text
    assert "ระบบจึงไม่เลือกให้" in page.words
    cast.kanya.press(page, having="choice", choice=f"payment_request:{second.id}", deed="accept")
    assert db.session().scalars(select(Donation.payment_request_id)).one() == second.id != first.id


def test_where_nothing_is_chosen_enter_passes_nothing_over_and_the_last_page_leads_back(
    portal: Flask, cast: Cast
) -> None:
    waiting(portal, 12_300, ref1="")
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work")
    assert " checked>" not in page.text
    assert re.findall(r"<(\w+)[^>]* autofocus", page.text) == ["h2"]
    page = kanya.press(page, having="reason", deed="exclude", reason="ดอกเบี้ย")
    assert "ไม่มีรายการที่รอแล้ว" in page.words
    assert 'data-key="u" accesskey="u"' in page.text and "work.js" in page.text


def test_a_name_breaks_what_amounts_alone_leave_open(portal: Flask, cast: Cast) -> None:
    opened(cast, 70_000, donor_name="นางปราณี บุญมา")
    meant = opened(cast, 70_000, donor_name="นายใจดี มั่นคง")
    waiting(portal, 70_000, ref1="", payerName="นาย ใจดี ม***")
    page = cast.kanya.sign_in().visit("/bank/work")
    assert "ชื่อผู้โอนคล้าย นายใจดี มั่นคง" in page.words
    assert _checked(page.text) == f"payment_request:{meant.id}"
    assert given() == []


def test_an_owner_is_found_by_name_by_code_and_by_sum_whatever_its_state(portal: Flask, cast: Cast) -> None:
    made = opened(cast, 70_050, donor_name="นางปราณี บุญมา")
    opened(cast, 99_900, donor_name="นายใจดี มั่นคง")
    with transaction():
        made.state = "expired"
    pledge = pledged(cast, 70_050)
    number = waiting(portal, 12_300, ref1="", payerName="ร้านค้า")
    waiting(portal, 70_050, number="T2", ref1="", payerName="ปราณี", at=NOW + timedelta(days=1))
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work")
    assert made.ref1 not in page.main
    for words in ("ปราณี", made.ref1.lower(), "฿700.50", "๗๐๐.๕๐"):
        page = kanya.visit(f"/bank/work?at={number}&find={words}")
        assert f'value="payment_request:{made.id}"' in page.text, words
        assert "หมดอายุ" in page.main and "ขาด 577.50 บาท" in page.main and "ใจดี" not in page.main
        assert " checked>" not in page.text
        assert (f'value="pledge:{pledge.id}"' in page.text) == ("๗๐๐.๕๐" in words or "700.50" in words)
        assert ("ธนาคารเคยแจ้ง" in page.main) == (words != made.ref1.lower())
    kanya.press(page, having="choice", choice=f"payment_request:{made.id}", deed="accept")
    assert live_satang() == [12_300]


def test_the_lines_that_wait_are_found_by_their_payers_words_and_by_sum(portal: Flask, cast: Cast) -> None:
    for number, payer in enumerate(("นาง บัวลอย ท***", "ร้านข้าวหอม", "นาง บัวลอย ท***")):
        at = NOW + timedelta(minutes=number)
        waiting(portal, 1_000 + number, number=f"E{number}", ref1="", payerName=payer, at=at)
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work?q=บัวลอย")
    assert ("เหลือ 2 รายการ" in page.main, "ข้าวหอม" in page.main) == (True, False)
    page = kanya.press(page, having="reason", deed="exclude", reason="ดอกเบี้ย")
    assert ("เหลือ 1 รายการ" in page.main, "10.02" in page.main, "10.01" in page.main) == (True, True, False)
    assert "10.01" in kanya.visit("/bank/work?q=๑๐.๐๑").main


def test_each_of_the_last_decisions_has_its_own_way_back(portal: Flask, cast: Cast) -> None:
    sums = (1_000, 1_001, 1_002, 5_000_000)
    for number, satang in enumerate(sums):
        waiting(portal, satang, number=f"E{number}", at=NOW + timedelta(minutes=number))
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work")
    choice = f"purpose:{cast.purpose().id}"
    for _ in range(2):
        page = kanya.press(page, having="choice", choice=choice, deed="accept")
    page = kanya.press(page, having="reason", deed="park", reason="โทรถามแล้ว")
    kanya.press(page, having="choice", choice=choice, deed="accept")
    # Read from the trail: also on a page opened anew, and nobody else's.
    page = kanya.visit("/bank/work")
    numbers = [item_of(f"E{number}").event_id for number in range(4)]
    ways = re.findall(r'action="(/bank/(?:events/\d+/undo|second-hands/\d+/refuse))\?back=work"', page.text)
    assert ways == [
        f"/bank/second-hands/{decision_approvals.of_event(numbers[3])[0].id}/refuse",
        f"/bank/events/{numbers[1]}/undo",
        f"/bank/events/{numbers[0]}/undo",
    ]
    assert f'href="/bank/work?at={numbers[2]}"' in page.text
    # Not only the last: the first is taken back while those after it stand.
    page = kanya.press(page, having=f"/events/{numbers[0]}/undo?back=work", reason="กดผิด")
    assert "10.00" in page.main and live_satang() == [1_001]
    page = kanya.press(page, having="/refuse?back=work", reason="กดผิด")
    assert "50,000.00" in page.main and decision_approvals.open_for(numbers[3]) is None


def test_only_what_is_exact_is_taken_together_and_only_what_stays_ticked(portal: Flask, cast: Cast) -> None:
    meant = [opened(cast, 10_000 + number, donor_name=f"นายผู้ให้ คนที่{number}") for number in range(6)]
    twice = opened(cast, 77_700, donor_name="นางคนเดียว")
    for number, made in enumerate(meant):
        satang = made.due_satang - (number == 4)
        # The last is named by nobody: its sum alone is no proof.
        payer = "ร้านค้า" if number == 5 else made.donor_name
        waiting(
            portal, satang, number=f"E{number}", ref1="", payerName=payer, at=NOW + timedelta(minutes=number)
        )
    for number in range(2):
        waiting(portal, twice.due_satang, number=f"D{number}", ref1="", payerName="นางคนเดียว")
    kanya = cast.kanya.sign_in()
    page = kanya.visit("/bank/work/exact")
    lines = re.findall(r'name="line"[^>]* value="([^"]+)"', page.text)
    assert lines == [f"{item_of(f'E{n}').event_id}-payment_request:{meant[n].id}" for n in range(4)]
    # What came otherwise meanwhile, and what was never offered, is not taken.
    with transaction():
        decisions.exclude(item_of("E1").event_id, reason="คืนไปแล้ว", by=cast.kanya.user)
    lines = [*lines[:3], f"{item_of('E4').event_id}-payment_request:{meant[4].id}"]
    page = kanya.press(page, having="line", line=lines)
    assert "ลงเป็นเงินสมทบแล้ว 2 รายการ" in page.words and "เปลี่ยนไปแล้ว" in page.words
    assert live_satang() == [10_000, 10_002]


def test_what_needs_another_may_be_a_deposit_or_was_told_elsewhere_is_not_taken_together(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(portal, opened(cast, 10_000, donor_name="นายผู้ให้").due_satang, ref1="", payerName="นายผู้ให้")
    assert len(exact_suggestions.offered(by=cast.kanya.user)) == 1
    for module, doubt in ((decisions, "needs_another"), (deposits, "deposit_of"), (suggestions, "twins")):
        with monkeypatch.context() as patched:
            patched.setattr(module, doubt, lambda *_, **__: ["so it is"])
            assert exact_suggestions.offered(by=cast.kanya.user) == [], doubt


def test_names_are_compared_without_titles_and_with_masks() -> None:
    assert names.likeness("น.ส. กัญญา พรดี", "นางสาวกัญญา  พรดี") == 100
    assert names.likeness("บริษัท ข้าวหอม จำกัด", "บจก.ข้าวหอม") == 100
    assert names.likeness("นางสําราญ นํ้าใส", "สำราญ น้ำใส") == 100
    assert names.plain("นายิกา น้ำใส") == "นายิกา น้ำใส"
    assert names.plain("นางสาวิตรี น้ำใส") == "สาวิตรี น้ำใส"
    assert names.likeness("นาย สมชาย ใ***", "สมชาย ใจงาม") == 90
    assert names.likeness("นาย สมชาย ใ***", "สมชาย ทองดี") == 0
    assert names.likeness("นาย ใ***", "ใจดี มั่นคง") == 0
    # The same letters, composed and in pieces.
    assert names.likeness("เขำ น้ํา", "เขำ น้ํา") == 100
    assert names.likeness("", "ใครก็ได้") == 0


def test_a_pledge_is_suggested_by_its_network_and_taken_by_its_code(portal: Flask, cast: Cast) -> None:
    pledge = pledged(cast, 70_000)
    number = waiting(portal, 40_000, ref1="", billPaymentRef2="NET001")
    kanya = cast.kanya.sign_in()
    assert pledge.code in kanya.visit("/bank/work").words
    kanya.send(f"/bank/events/{number}", action="/assign", reference=pledge.code.lower())
    assert pledges.received([pledge.id]) == {pledge.id: 40_000}


def test_one_transfer_is_split_on_a_page_that_grows_by_a_button(portal: Flask, cast: Cast) -> None:
    payment_request, pledge = opened(cast, 30_000), pledged(cast, 100_000)
    number = waiting(portal, 100_000, ref1=payment_request.ref1)
    path = f"/bank/events/{number}/split"
    kanya = cast.kanya.sign_in()
    page = kanya.visit(path)
    fields = {name: value for form in page.forms() for name, value in form["fields"].items()}
    assert fields["parts-0-code"] == payment_request.ref1
    assert (fields["parts-0-amount"], fields["parts-1-amount"]) == ("300", "700")
    page = kanya.press(
        page, having="parts-0-code", **{"parts-1-code": pledge.code, "parts-1-amount": "600", "act": "more"}
    )
    assert "ส่วนที่ 3" in page.words
    assert "ยังเหลือ 100.00 บาท" in page.words
    page = kanya.press(page, having="parts-0-code", to_status=422, **{"parts-2-amount": "99.99"})
    assert "ต่างกัน 0.01 บาท" in page.words
    page = kanya.press(page, having="parts-0-code", to_status=422, **{"parts-2-amount": "x"})
    page = kanya.press(
        page, having="parts-0-code", to_status=422, **{"parts-2-amount": "100", "parts-2-code": "NOSUCH"}
    )
    assert "ไม่พบรายการให้หรือความประสงค์" in page.words
    page = kanya.press(page, having="parts-0-code", **{"parts-2-amount": "100", "parts-2-code": ""})
    assert "แบ่งเป็นเงินสมทบ 3 ส่วนแล้ว" in page.words
    assert live_satang() == [10_000, 30_000, 60_000]
    # Opened again, the page of the event says what became of it.
    page = kanya.visit(path)
    assert page.response.request.path == f"/bank/events/{number}"
    assert "จึงแบ่งอีกไม่ได้" in page.words


def test_an_undo_on_the_page_shows_its_history_and_lets_decide_anew(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 70_000)
    send(portal, confirmation(payment_request.ref1, 70_000))
    number = item_of("T1").event_id
    kanya = cast.kanya.sign_in()
    kanya.send(f"/bank/events/{number}", action="/undo", reason="", to_status=422)
    page = kanya.send(f"/bank/events/{number}", action="/undo", reason="ผู้ให้บอกว่าไม่ใช่")
    assert "รอการตัดสินใหม่" in page.words
    assert "น.ส.กัญญา พรดี" in page.main
    assert "ผู้ให้บอกว่าไม่ใช่" in page.main
    kanya.send(f"/bank/events/{number}", action="/assign", reference=payment_request.ref1)
    assert live_satang() == [70_000]


def test_a_large_sum_is_confirmed_by_the_chair_on_their_page(portal: Flask, cast: Cast) -> None:
    number = waiting(portal, 5_000_000)
    kanya, chair = cast.kanya.sign_in(), cast.somchai.sign_in()
    page = kanya.send(f"/bank/events/{number}", action="/gift", purpose_id=str(cast.purpose().id))
    assert "รออีกท่านยืนยัน" in page.words
    mine = kanya.visit("/bank/confirmations")
    assert not [form for form in mine.forms() if form["action"].endswith("/confirm")]
    page = chair.visit("/bank/confirmations")
    assert "50,000.00" in page.words
    page = chair.press(page, having="/confirm")
    assert "ยืนยันแล้ว" in page.words
    assert live_satang() == [5_000_000]
    chair.visit(f"/bank/events/{number}", status=403)
    for stranger in (cast.busaba, cast.malee, cast.ton):
        stranger.sign_in().visit("/bank/confirmations", status=403)


def test_a_refund_walks_through_its_pages(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 70_000)
    send(portal, confirmation(payment_request.ref1, 70_000))
    number = item_of("T1").event_id
    kanya, chair = cast.kanya.sign_in(), cast.somchai.sign_in()
    typed = {"reason": "โอนเกิน", "payee": "นายใจดี มั่นคง", "payee_account": "12", "amount": "200"}
    page = kanya.send(f"/bank/events/{number}/refund", to_status=422, **typed)
    assert "8–20 หลัก" in page.words
    page = kanya.send(
        f"/bank/events/{number}/refund",
        to_status=409,
        **{**typed, "payee_account": "1234567890", "password_again": "guess-by-a-passer-by"},
    )
    assert "รหัสผ่านไม่ถูกต้อง" in page.main and db.session().scalars(select(Refund)).all() == []
    page = kanya.send(f"/bank/events/{number}/refund", **{**typed, "payee_account": "๑๒๓-๔-๕๖๗๘๙-๐"})
    assert "ท่านเป็นผู้ขอ" in page.words and "1234567890" in page.main
    refund = db.session().scalars(select(Refund)).one().id
    for guess, words in (("guess-by-a-passer-by", "รหัสผ่านไม่ถูกต้อง"), ("", "กรุณาใส่รหัสผ่าน")):
        page = chair.send(
            f"/bank/refunds/{refund}",
            action="/approve",
            password_again=guess,
            to_status=409 if guess else 422,
        )
        assert words in page.main and live_satang() == [70_000]
    page = chair.send(f"/bank/refunds/{refund}", action="/approve")
    assert live_satang() == [50_000]
    assert "ยกเลิกใบเสร็จเดิม" in page.main
    # The form of the rest names what was asked back before; where there is no rest, there is no form.
    page = kanya.visit(f"/bank/events/{number}/refund")
    assert f'href="/bank/refunds/{refund}"' in page.text and "200.00 บาท อนุมัติแล้ว รอโอนคืน" in page.main
    rest = {**typed, "payee_account": "1234567890", "amount": "500"}
    kanya.send(f"/bank/events/{number}/refund", **rest)
    page = kanya.visit(f"/bank/events/{number}/refund")
    assert page.response.request.path == f"/bank/events/{number}"
    assert "ไม่มีเงินสมทบที่คืนได้อีก" in page.words
    raw = generic([(NOW + timedelta(hours=1), -20_000, "", "โอนคืน")])
    bank_hands.import_file(name="x.csv", raw=raw, by=None)
    out = db.session().scalars(select(BankEvent.id).where(BankEvent.satang < 0)).one()
    page = kanya.send(f"/bank/refunds/{refund}", action="/outgoing", out=str(out))
    assert "การคืนเงินเสร็จสิ้น" in page.words
    for name in ("น.ส.กัญญา พรดี", "นายสมชาย ใจงาม"):
        assert name in page.main
    decha = cast.decha.sign_in()
    for path in ("/bank/refunds", f"/bank/refunds/{refund}", f"/bank/events/{number}", "/bank/confirmations"):
        page = decha.visit(path)
        assert [
            form for form in page.forms() if form["method"] == "post" and "sign-out" not in form["action"]
        ] == []
    decha.visit("/bank/work", status=403)


def test_a_refund_of_money_that_is_no_donation_speaks_of_no_receipt(portal: Flask, cast: Cast) -> None:
    send(portal, confirmation("HELLO", 70_000))
    number = item_of("T1").event_id
    typed = {"reason": "โอนผิด", "payee": "นายใจดี", "payee_account": "1234567890", "payee_bank": "004"}
    cast.kanya.sign_in().send(f"/bank/events/{number}/refund", amount="700", **typed)
    refund = db.session().scalars(select(Refund)).one().id
    page = cast.somchai.sign_in().send(f"/bank/refunds/{refund}", action="/approve")
    assert "อนุมัติแล้ว เหลือโอนคืน" in page.main and "ใบเสร็จเดิม" not in page.main
    page = cast.kanya.visit(f"/bank/events/{number}/refund")
    assert page.response.request.path == f"/bank/refunds/{refund}"
    assert "เงินก้อนนี้มีเรื่องคืนเงินแล้ว อนุมัติแล้ว รอโอนคืน" in page.words
    page = cast.kanya.visit(f"/bank/events/{number}/split")
    assert page.response.request.path == f"/bank/events/{number}"
    assert "มีเรื่องคืนเงินแล้ว จึงแบ่งไม่ได้" in page.words


@pytest.mark.parametrize(
    ("start", "title"),
    [("/bank/confirmations", "ไม่มีเรื่องที่รอยืนยัน"), ("/bank/refunds", "เสร็จเมื่อเห็นเงินออกจากธนาคาร")],
)
@pytest.mark.parametrize("answer", ["/approve", "/refuse"])
def test_an_answered_refund_leads_back_to_the_list_it_was_opened_from(
    portal: Flask, cast: Cast, start: str, title: str, answer: str
) -> None:
    send(portal, confirmation("HELLO", 70_000))
    number = item_of("T1").event_id
    typed = {"reason": "โอนผิด", "payee": "นายใจดี", "payee_account": "1234567890", "payee_bank": "004"}
    cast.kanya.sign_in().send(f"/bank/events/{number}/refund", amount="700", **typed)
    chair = cast.somchai.sign_in()
    [path] = set(re.findall(r'href="(/bank/refunds/[0-9]+[^"]*)"', chair.visit(start).text))
    page = chair.visit(path)
    assert f'href="{start}"' in page.text
    said = {"reason": "ผู้โอนยืนยันว่าให้"} if answer == "/refuse" else {}
    page = chair.send(path, action=answer, **said)
    assert title in page.main
    assert "อนุมัติแล้ว เหลือโอนคืน" in page.main or "ไม่อนุมัติการคืนเงินแล้ว" in page.main


def test_money_set_aside_by_a_person_and_told_again_is_asked_about(portal: Flask, cast: Cast) -> None:
    payment_request = opened(cast, 70_000)
    bank_hands.import_file(name="x.csv", raw=generic([(NOW, 70_000, "", "?")]), by=None)
    line = db.session().scalars(select(ReconciliationItem)).one().event_id
    with transaction():
        decisions.exclude(line, reason="คืนไปแล้ว", by=cast.kanya.user)
    send(portal, confirmation(payment_request.ref1, 70_000))
    assert (item_of("T1").state, item_of("T1").match_reason, live_satang()) == (
        "waiting",
        "possible_duplicate",
        [],
    )
