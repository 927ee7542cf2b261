"""A finance officer clears a misbehaving month by keyboard in Chromium, closes it, and its certificate says zero."""

import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pypdf
import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from peers import ACCOUNT, BILLER, work
from people import PASSWORD, Cast
from playwright.sync_api import Browser, BrowserContext, Page, expect
from portals import free_port
from sqlalchemy import func, select
from walking import PICTURES
from werkzeug.serving import make_server

from app.demo import telling
from app.demo.asked import Asked
from app.demo.ledger import Ledger, Line
from app.demo.mischief import garble
from app.fund.bank import callbacks, counter, drawer, statements, takings
from app.fund.bank.events import Settlement
from app.fund.giving import donations
from app.fund.giving.donations import Donation
from app.fund.giving.gifts import Gift
from app.fund.giving.receipts import Receipt
from app.fund.ledger import months
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db, transaction
from app.kit.web import token

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KEY = "callback-key-only-for-tests-456789"
_STANDARD = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
#: What goes wrong, one a day beside a gift that goes well; a late payment comes four days after.
_MISCHIEF = ("over", "late", "under", "twice", "unknown", "mistyped", "split", "biller")


@dataclass
class Misbehaving:
    """The month before this one, as a bank that misbehaves lived it."""

    portal: Flask
    cast: Cast
    bank: Ledger
    first_on: date
    rng: Random

    @property
    def last_on(self) -> date:
        return months.last_of(self.first_on)

    def on(self, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
        at = self.first_on + timedelta(days=day - 1)
        return datetime(at.year, at.month, at.day, hour, minute, second, tzinfo=BANGKOK)

    def pay(
        self, ref1: str, satang: int, at: datetime, *, proxy: str = BILLER, account: str = ACCOUNT
    ) -> Line:
        bill = Asked("", 30, "กองทุน", account, proxy, ref1, "PUBLIC", None)
        return self.bank.transfer(bill, satang=satang, payer=f"นาย ผู้ให้ {satang}", payer_bank="004", at=at)

    def move(self, satang: int, words: str, at: datetime) -> Line:
        return self.bank.move(
            Asked("", 0, "กองทุน", ACCOUNT, "", "", "", None), satang=satang, words=words, at=at
        )

    def give(self, satang: int) -> Donation:
        with transaction():
            return donations.open(satang=satang, purpose_id=self.cast.purpose().id, by=None)

    def hear(self, lines: list[Line]) -> None:
        """The day's messages: some never come, others twice or thrice, in any order."""
        for line in lines:
            message = telling.confirmation(line)
            answer = self.portal.test_client().post(
                callbacks.PATH + KEY, data=message, content_type="application/json"
            )
            assert answer.status_code == 200
            db.session.rollback()

    def live(self) -> None:
        late: dict[int, tuple[str, int]] = {}
        with time_machine.travel(self.on(1, 7), tick=False) as clockwork:
            for day in range(1, self.last_on.day + 1):
                clockwork.move_to(self.on(day, 9))
                well = self.give(100_00 + 17 * day)
                told = [self.pay(well.ref1, well.due_satang, self.on(day, 9, 2))]
                wrong = []
                if day <= 26:
                    wrong = self.go_wrong(_MISCHIEF[day % len(_MISCHIEF)], day, late)
                if day in late:
                    ref1, satang = late.pop(day)
                    wrong.append(self.pay(ref1, satang, self.on(day, 13)))
                if day % 10 == 0:
                    self.move(5_25 + day, "ดอกเบี้ยเงินฝาก", self.on(day, 23, 30))
                if day == 12:
                    self.take_cash(clockwork)
                clockwork.move_to(self.on(day, 14))
                self.hear(garble(told, self.rng, lost=20) + garble(wrong, self.rng, lost=0))
                if day == 20:
                    self.bring_statement()
        assert late == {}

    def go_wrong(self, what: str, day: int, late: dict[int, tuple[str, int]]) -> list[Line]:
        made = self.give(500_00 + 31 * day)
        ref1, due, at = made.ref1, made.due_satang, self.on(day, 10)
        if what == "late":
            late[day + 4] = (ref1, due)
            return []
        if what == "twice":
            return [self.pay(ref1, due, at), self.pay(ref1, due, at + timedelta(seconds=40))]
        if what == "split":
            return [
                self.pay(ref1, due // 2, at),
                self.pay(ref1, due - due // 2, at + timedelta(seconds=40)),
            ]
        if what == "mistyped":
            return [self.pay(ref1[:-1] + ("2" if ref1[-1] != "2" else "3"), due, at)]
        if what == "unknown":
            return [self.pay("HELLO", due + 7_77, at)]
        if what == "biller":
            return [self.pay(ref1, due, at, proxy="099400000000399", account="4019999999")]
        return [self.pay(ref1, due + (50_00 if what == "over" else -50_00), at)]

    def take_cash(self, clockwork: time_machine.Traveller) -> None:
        """Two cash-ups of one sum, and one of them taken to the bank: which, nobody but the officer knows."""
        for hour in (11, 12):
            clockwork.move_to(self.on(12, hour))
            with transaction():
                counter.take(
                    key=token(20), satang=500_00, purpose_id=self.cast.purpose().id, by=self.cast.busaba.user
                )
            with transaction():
                pieces = dict.fromkeys(drawer.DENOMINATIONS, 0) | {500_00: 1}
                number = takings.open_cash_ups()[0].id
                drawer.close(number, pieces=pieces, cheques=[], difference_reason="", by=self.cast.kanya.user)
        for day in (12, 13):
            self.move(500_00, "ฝากเงินสด", self.on(day, 15, day))

    def statement(self, first: int, last: int) -> bytes:
        mine = [one for one in self.bank.lines() if one.account == ACCOUNT]
        return telling.statement([one for one in mine if first <= one.moment.day <= last])

    def bring_statement(self) -> None:
        statements.import_file(name="first.csv", raw=self.statement(1, 20), by=self.cast.kanya.user)
        work()


@pytest.fixture
def month(sqlite_portal: Flask, tmp_path: Path) -> Misbehaving:
    first_on = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    bank = tmp_path / "bank"
    bank.mkdir()
    made = Misbehaving(sqlite_portal, Cast(sqlite_portal), Ledger(bank), first_on, Random(2569))
    made.live()
    return made


@pytest.fixture
def address(month: Misbehaving) -> Iterator[str]:
    port = free_port()
    server = make_server("127.0.0.1", port, month.portal, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Keyboard:
    """The officer's hands: every key is counted, and there is no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        self.pressed += 1
        # Chromium throws away keys that come before the page is painted.
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.page.keyboard.press(key)

    def go(self, key: str) -> None:
        """Press a key that opens another page."""
        with self.page.expect_navigation():
            self.press(key)

    def write(self, words: str) -> None:
        self.pressed += len(words)
        self.page.keyboard.type(words)


def _signed_in(browser: Browser, address: str, width: int, **options: object) -> tuple[BrowserContext, Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 900},
        locale="th-TH",
        base_url=address,
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("[name=sign_in_name]").fill("kanya")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    return context, page


def _look(page: Page, name: str) -> None:
    """Keep a picture on a phone and on a desk; nothing scrolls sideways and axe finds no serious fault."""
    before = page.viewport_size
    PICTURES.mkdir(exist_ok=True)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.screenshot(path=PICTURES / f"{width}-month-{name}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide}px at {width}px"
    assert before
    page.set_viewport_size(before)
    faults = Axe().run(page, options=_STANDARD).response["violations"]
    serious = [one["id"] for one in faults if one["impact"] in ("serious", "critical")]
    assert serious == [], f"{name}: {serious}"


def _waiting() -> dict[str, int]:
    """How many events of each rule wait."""
    db.session.rollback()
    counted = select(Settlement.rule, func.count()).where(Settlement.state == "waiting")
    found = {str(rule): int(many) for rule, many in db.session().execute(counted.group_by(Settlement.rule))}
    db.session.rollback()
    return found


def _clear(page: Page, keys: Keyboard) -> dict[str, int]:
    """Decide everything on the working page as its words tell, by keys. Returns how many lines of each kind."""
    seen: dict[str, int] = {}
    page.goto("/bank/work")
    while page.locator("#work").count():
        kind = page.locator("#work .pill").first.inner_text().strip()
        seen[kind] = seen.get(kind, 0) + 1
        if kind == "ผิดบัญชีหรือผิดผู้รับ":
            keys.go("h")
        elif "ดอกเบี้ย" in page.locator("#work section").inner_text():
            keys.press("x")
            keys.write("ดอกเบี้ย")
            keys.go("Enter")
        elif kind == "จ่าย QR เดิมซ้ำ" and seen[kind] == 1:
            keys.go("r")
            expect(page.locator("[name=payee_account]")).to_be_visible()
            page.go_back()
            keys.go("Enter")
        elif kind == "เงินเกิน" and seen[kind] == 1:
            keys.go("s")
            page.locator("[name=parts-1-amount]").focus()
            keys.go("Enter")
            expect(page.get_by_text("แบ่งเป็นเงินสมทบ 2 ส่วนแล้ว")).to_be_visible()
            page.goto("/bank/work")
        elif page.locator("#work input[type=radio]:checked").count():
            keys.go("Enter")
        else:
            keys.press("1")
            keys.go("Enter")
    expect(page.get_by_text("ไม่มีรายการที่รอแล้ว")).to_be_visible()
    return seen


def test_the_officer_clears_a_bad_month_by_keyboard_and_the_certificate_says_zero(
    chromium: Browser, month: Misbehaving, address: str
) -> None:
    waiting = _waiting()
    assert sum(waiting.values()) >= 25, waiting
    assert {"B", "late", "twice", "unknown", "near", "other_biller", "paid_in"} <= set(waiting)

    _decide_some_without_scripts(chromium, address)

    context, page = _signed_in(chromium, address, 1280)
    page.goto("/bank")
    _look(page, "queue")
    page.goto("/bank/work")
    _look(page, "work")
    left = sum(_waiting().values())
    keys = Keyboard(page)
    seen = _clear(page, keys)
    assert sum(seen.values()) == left
    held = _waiting()
    assert set(held) == {"held"}

    # The last statement comes through the pages; what it brings is cleared the same way.
    page.goto("/bank/statements/import")
    raw = month.statement(15, 31)
    page.locator("[name=file]").set_input_files({"name": "last.csv", "mimeType": "text/csv", "buffer": raw})
    page.get_by_role("button", name="อ่านไฟล์").click()
    page.wait_for_url(re.compile(r"/drafts/\d+$"))
    _look(page, "statement")
    page.locator("form[action$='/apply'] button").click()
    page.wait_for_load_state()
    while work():
        pass
    again = _clear(page, keys)
    assert sum(again.values()) >= 1
    assert _waiting() == held
    lines = sum(seen.values()) + sum(again.values())
    assert keys.pressed <= 4 * lines, f"{keys.pressed} keys for {lines} lines"
    _look(page, "cleared")

    _close_the_month(page, month)
    _check_receipts(page)
    context.close()


def _decide_some_without_scripts(browser: Browser, address: str) -> None:
    """On a phone whose browser runs no scripts, the same page is plain forms."""
    context, page = _signed_in(browser, address, 390, java_script_enabled=False)
    page.goto("/bank/work")
    for _ in range(3):
        left = int(re.findall(r"เหลือ (\d+) รายการ", page.locator("main").inner_text())[0])
        if not page.locator("#work input[type=radio]:checked").count():
            page.locator("#work input[type=radio]").first.check()
        page.locator("#work-accept").click()
        expect(page.get_by_text(f"เหลือ {left - 1} รายการ")).to_be_visible()
    # Enter in the note sets the money aside; it never accepts a gift.
    page.locator("[name=reason]").fill("โอนผิดบัญชี")
    page.locator("[name=reason]").press("Enter")
    expect(page.get_by_text("แยกไว้แล้ว")).to_be_visible()
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / "390-month-work-plain.png", full_page=True)
    context.close()


def _close_the_month(page: Page, month: Misbehaving) -> None:
    written = months.written(month.first_on)
    page.goto("/bank/months")
    _look(page, "months")
    page.locator(f"a[href$='/bank/months/{written}']").first.click()
    page.wait_for_url(re.compile(f"/bank/months/{written}$"))
    _look(page, "before-closing")
    for field in page.locator("[name^=reason-]").all():
        field.fill("ธนาคารแจ้งผิดผู้รับ กำลังสอบถามธนาคาร")
    page.get_by_role("button", name="ปิดบัญชีเดือนนี้").click()
    expect(page.get_by_text("ปิดบัญชีเดือนนี้แล้ว ใบรับรองเก็บไว้ถาวร")).to_be_visible()
    _look(page, "closed")
    answer = page.request.get(f"/bank/months/{written}/certificate.pdf")
    (PICTURES / "month-certificate.pdf").write_bytes(answer.body())
    words = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.body())).pages)
    assert re.search(r"ผลต่าง\s+๐\.๐๐ บาท", words), words[:600]
    kept = months.closed(month.first_on)
    assert kept is not None
    assert [(one["difference"], one["broken"]) for one in json.loads(kept.facts)["accounts"]] == [(0, [])]
    db.session.rollback()


def _check_receipts(page: Page) -> None:
    """Every gift has a receipt, and a sample of them checks on its own page."""
    receipts = db.session().scalars(select(Receipt.token).order_by(Receipt.id)).all()
    given = db.session().scalar(select(func.count()).select_from(Gift))
    db.session.rollback()
    assert len(receipts) == given
    for one in receipts[::9]:
        page.goto(f"/receipts/{one}")
        expect(page.get_by_text("ใบเสร็จถูกต้อง").first).to_be_visible()
        assert urlsplit(page.url).path == f"/receipts/{one}"
    _look(page, "receipt")
