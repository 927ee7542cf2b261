"""A whole month of a bank that misbehaves, told to a portal that is served: a finance officer clears all that waits by
keyboard in Chromium, closes the month, the certificate says zero, and every receipt checks at its public address."""

import io
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import axe
import clocked
import providers
import pypdf
import pytest
import time_machine
from flask import Flask
from misbehaving import KEY, Month, bangkok, told_once
from people import PASSWORD, Cast
from playwright.sync_api import Browser, BrowserContext, Page, expect
from portals import free_port
from providers import ACCOUNT, BILLER, OTHER_SECRET, WEBHOOK_SECRET, Provider, introduce, work
from sqlalchemy import func, select
from walking import ROOT, keep_file, keep_picture

from app.demo import messages
from app.demo.charges import signed
from app.demo.qr_reader import Asked
from app.fund.bank.providers import callbacks, omise
from app.fund.bank.reconciliation import refunds
from app.fund.bank.records import Allocation, BankEvent, ReconciliationItem
from app.fund.bank.statements import continuations
from app.fund.counter import cash_counts, cash_desk
from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger import books, months
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.web import token
from app.staff import approvals

pytestmark = pytest.mark.browser

#: Given on purpose on these days: to somebody else's account, more than one hand may decide, and cash at the counter.
_ASTRAY, _LARGE, _LARGE_BARE, _CASH = (4, 11), 9, 16, 12


@dataclass
class Served(Month):
    """The month before this one; what the bank says and givers send goes to a portal behind its real server."""

    address: str = ""
    file: Path = Path()
    #: On the bank's books, on accounts that are not the fund's.
    astray: list[str] = field(default_factory=list)
    visitor: Any = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    )

    def ask(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> str:
        """What the served portal answers at the moment of the month."""
        db.session.rollback()
        self.file.write_text(clock.now().isoformat())
        asked = urllib.request.Request(self.address + path, data=body, headers=headers or {})
        with self.visitor.open(asked, timeout=30) as answer:
            assert answer.status == 200
            return str(answer.read().decode())

    def hear(self, message: bytes) -> None:
        self.ask(callbacks.PATH + KEY, message, {"Content-Type": "application/json"})

    def hear_of_charge(self, body: bytes) -> None:
        self.ask(omise.PATH, body, {"Content-Type": "application/json"} | signed(body, key=WEBHOOK_SECRET))

    def show_slip(self, made: PaymentRequest, picture: bytes) -> None:
        path = f"/give/{made.code}/slip"
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.ask(path))
        assert found
        line = uuid.uuid4().hex
        head = f'--{line}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{found.group(1)}\r\n--{line}\r\n'
        head += 'Content-Disposition: form-data; name="picture"; filename="slip.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        form = head.encode() + picture + f"\r\n--{line}--\r\n".encode()
        told = self.ask(path, form, {"Content-Type": f"multipart/form-data; boundary={line}"})
        assert "ได้รับสลิป" in told

    def midday(self, on: date, clockwork: time_machine.Traveller) -> None:
        clockwork.move_to(bangkok(on, 13, 50))
        if on.day in _ASTRAY:
            made = self.open(700_00 + on.day)
            bill = Asked("", 30, "ผู้อื่น", "4019999999", "099400000000399", made.ref1, "PUBLIC", None)
            paid = {"payer": f"นาย ผู้ให้ที่ {len(self.truth)}", "payer_bank": "004", "at": clock.now()}
            line = self.bank.ledger.transfer(bill, satang=made.due_satang, **paid)
            self.truth[line.transaction_id] = made.id
            self.astray.append(line.transaction_id)
            self.hear(messages.confirmation(line))
        if on.day == _LARGE:
            made = self.open(60_000_00)
            self.hear(
                messages.confirmation(self.transfer(made.id, made.ref1, made.due_satang + 50_00, clock.now()))
            )
        if on.day == _LARGE_BARE:
            made = self.open(55_000_00)
            self.transfer(made.id, "", made.due_satang + 3, clock.now(), tag=29)
        if on.day == _CASH:
            self._take_cash(on, clockwork)
        if on.day in (_CASH, _CASH + 1):
            self.move(500_00, "ฝากเงินสด", bangkok(on, 13, 55))

    def _take_cash(self, on: date, clockwork: time_machine.Traveller) -> None:
        """Two cash counts of one sum, taken to the bank on two days: which is which, nobody but the officer knows."""
        for minute in (51, 52):
            clockwork.move_to(bangkok(on, 13, minute))
            with transaction():
                cash_desk.take(
                    key=token(20), satang=500_00, purpose_id=self.cast.purpose().id, by=self.cast.busaba.user
                )
            with transaction():
                pieces = dict.fromkeys(cash_counts.DENOMINATIONS, 0) | {500_00: 1}
                number = cash_counts.open_cash_counts()[0].id
                cash_counts.close(
                    number, pieces=pieces, cheques=[], difference_reason="", by=self.cast.kanya.user
                )


@pytest.fixture
def month(sqlite_portal: Flask, tmp_path: Path) -> Iterator[Served]:
    """The month before this one, lived until its last evening, and the portal that was told of it, still served."""
    first_on = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    last_on = months.last_of(first_on)
    folder = tmp_path / "bank"
    folder.mkdir()
    with providers.bank_at_work(folder) as bank, _served(sqlite_portal, tmp_path, bank) as (address, file):
        introduce(sqlite_portal, scb=bank.scb, omise=bank.omise)
        made = Served(
            *(sqlite_portal, Cast(sqlite_portal), bank),
            givers=(7, 9),
            last_on=last_on,
            address=address,
            file=file,
        )
        with time_machine.travel(bangkok(first_on, 7), tick=False) as clockwork:
            for day in range(last_on.day):
                on = first_on + timedelta(days=day)
                made.live(on, clockwork)
                if on.day % 7 == 0 and on.day < last_on.day - 2:
                    clockwork.move_to(bangkok(on + timedelta(days=1), 7))
                    made.take_statement(on - timedelta(days=9), on)
        db.session.rollback()
        file.write_text("")
        yield made


class _served:
    """One worker of the portal's own server on the database of the test, with a clock that the test sets."""

    def __init__(self, portal: Flask, folder: Path, bank: Provider) -> None:
        settings = portal.extensions["kueakun"]
        self.file = folder / "clock"
        self.file.write_text("")
        self.port = free_port()
        known = {
            "scb": (bank.scb.url, bank.scb.key, bank.scb.secret),
            "omise": (bank.omise.url, bank.omise.key),
            "secrets": [secret.hex() for secret in (WEBHOOK_SECRET, OTHER_SECRET)],
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KUEAKUN_")}
        self.environment = clean | {
            "KUEAKUN_DEMO": "0",
            "KUEAKUN_DATA": str(folder),
            "KUEAKUN_SECRET_KEY": settings.secret_key,
            "KUEAKUN_ID_KEY": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY",
            "KUEAKUN_CALLBACK_KEY": KEY,
            "KUEAKUN_SECURE_COOKIES": "0",
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in (ROOT, ROOT / "tests/makers")),
            clocked.FILE: str(self.file),
            clocked.PROVIDERS: json.dumps(known),
        }

    def __enter__(self) -> tuple[str, Path]:
        command = [
            str(Path(sys.executable).parent / "granian"),
            *("--interface", "wsgi", "--factory", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "error"),
            "clocked:create_app",
        ]
        self.server = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        address = f"http://127.0.0.1:{self.port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{address}/give", timeout=5):
                    return address, self.file
            except OSError:
                assert self.server.poll() is None, "the portal was not served"
                assert time.monotonic() < deadline, "the portal did not answer"
                time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        self.server.terminate()
        self.server.wait(30)


#: Chromium throws away keys that come before the page is painted, which each page has to be waited for once.
_PAINTED = """window.painted ??= new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"""


class Keyboard:
    """Somebody's hands: every key is counted, and there is no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0
        self.lines: dict[str, int] = {}

    def press(self, key: str) -> None:
        self.pressed += 1
        self.page.evaluate(_PAINTED)
        self.page.keyboard.press(key)

    def go(self, key: str = "Enter") -> None:
        """Press a key that opens another page."""
        with self.page.expect_navigation():
            self.press(key)

    def write(self, words: str) -> None:
        # A password is asked on purpose: however long it is, it is no work on a line.
        self.pressed += 1 if words == PASSWORD else len(words)
        self.page.keyboard.type(words)

    def reach(self, place: str, key: str = "Tab") -> None:
        """Go from field to field until this one is reached."""
        self.page.evaluate(_PAINTED)
        for _ in range(80):
            if self.page.evaluate("place => document.activeElement.matches(place)", place):
                return
            self.pressed += 1
            self.page.keyboard.press(key)
        raise AssertionError(f"{place} cannot be reached with {key} on {self.page.url}")

    def skip_to_content(self) -> None:
        self.press("Tab")
        self.press("Enter")


def _signed_in(
    browser: Browser, address: str, name: str, width: int = 1280, **options: Any
) -> tuple[BrowserContext, Page]:
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
    page.locator("[name=sign_in_name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    return context, page


def _look(page: Page, name: str) -> None:
    """Keep a picture on phones and on a desk; nothing scrolls sideways and axe finds no serious fault."""
    before = page.viewport_size
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        keep_picture(page, f"{width}-month-{name}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide}px at {width}px"
    assert before
    page.set_viewport_size(before)
    serious = axe.faults(page, serious=True)
    assert serious == [], f"{name}: {serious}"


def _waiting() -> dict[str, int]:
    """How many events of each rule wait."""
    db.session.rollback()
    counted = select(ReconciliationItem.match_reason, func.count()).where(
        ReconciliationItem.state == "waiting"
    )
    found = {
        str(rule): int(many)
        for rule, many in db.session().execute(counted.group_by(ReconciliationItem.match_reason))
    }
    db.session.rollback()
    return found


@dataclass
class Line:
    """What the working page says of a line, as the officer reads it."""

    kind: str
    words: str
    #: Titles of what it may be, and the place of the one that is chosen already.
    choices: list[str]
    chosen: int | None


def _read(page: Page) -> Line | None:
    said = page.evaluate(
        """() => document.querySelector("#work") && {
            kind: document.querySelector("#work .pill").innerText.trim(),
            words: document.querySelector("#work section").innerText,
            choices: [...document.querySelectorAll("#work .choice strong")].map(one => one.innerText),
            chosen: [...document.querySelectorAll("#work [type=radio]")].findIndex(one => one.checked),
        }"""
    )
    if said is None:
        return None
    return Line(said["kind"], said["words"], said["choices"], said["chosen"] if said["chosen"] >= 0 else None)


class Officer:
    """Kanya at the working page: she reads each line, phones where it does not say whose it is, and presses keys."""

    def __init__(self, page: Page, month: Served) -> None:
        self.page, self.keys, self.month = page, Keyboard(page), month
        self.seen: dict[str, int] = {}
        self.did: dict[str, int] = {}

    def code_of(self, line: Line) -> str:
        """The reference of the payment request that this money is for, as its payer says on the phone."""
        found = re.search(r"ผู้ให้ที่ (\d+)", line.words)
        assert found, f"nobody to phone: {line}"
        number = list(self.month.truth.values())[int(found.group(1))]
        code = db.session().get_one(PaymentRequest, number).ref1
        db.session.rollback()
        return code

    def once(self, deed: str, when: bool) -> bool:
        """Whether to do a deed now: it is right, and was not done yet."""
        if when and deed not in self.did:
            self.did[deed] = 1
            return True
        return False

    def clear(self, path: str = "/bank/work") -> None:
        """Everything that waits, line by line, until the page says that nothing does."""
        self.page.goto(path)
        while (line := _read(self.page)) is not None:
            self.seen[line.kind] = self.seen.get(line.kind, 0) + 1
            self.decide(line)

    def decide(self, line: Line) -> None:
        keys, kind = self.keys, line.kind
        if kind == "ผิดบัญชีหรือผิดผู้รับ":
            if self.once("hold", True):
                keys.go("h")
            else:
                self.exclude("เข้าบัญชีของผู้อื่น แจ้งธนาคารแล้ว")
        elif kind == "พักรอข้อมูล":
            self.exclude("ธนาคารแก้ให้ผู้รับที่ถูกแล้ว")
        elif "ดอกเบี้ย" in line.words:
            self.exclude("ดอกเบี้ย")
        elif "OMISE" in line.words:
            self.exclude("ยอดที่ Omise โอนมา")
        elif kind == "น่าจะเป็นเงินนำฝาก":
            assert line.choices[0] == "เงินที่เคาน์เตอร์นำฝาก"
            keys.press("1")
            keys.go()
        elif kind == "จ่าย QR เดิมซ้ำ" and self.seen[kind] % 2:
            self.did["refund"] = self.did.get("refund", 0) + 1
            keys.go("r")
            self.ask_back("โอนซ้ำ")
        elif self.once("split", kind == "เงินเกิน" and "60,050" not in line.words):
            keys.go("s")
            keys.go()
            expect(self.page.get_by_text("แบ่งเป็นเงินสมทบ 2 ส่วนแล้ว")).to_be_visible()
        else:
            self.give(line)
            if self.once("undo", kind == "โอนไม่ครบ"):
                self.undo(line)
            elif self.once("refund of a part", kind == "เงินเกิน" and "60,050" not in line.words):
                self.ask_back_a_part()

    def give(self, line: Line) -> None:
        """The money is its giver's, whatever the page thought likeliest."""
        keys, code = self.keys, self.code_of(line)
        place = next((place for place, title in enumerate(line.choices) if code in title), None)
        if place is None or place > 8:
            # The page does not know: the code that the payer reads from their picture.
            self.did["by code"] = self.did.get("by code", 0) + 1
            keys.go("o")
            keys.skip_to_content()
            keys.reach("[name=reference]")
            keys.write(code)
            keys.go()
            return
        if place != line.chosen:
            keys.press(str(place + 1))
        keys.go()

    def exclude(self, reason: str) -> None:
        self.keys.press("x")
        self.keys.write(reason)
        self.keys.go()

    def ask_back(self, reason: str) -> None:
        keys = self.keys
        keys.reach("[name=reason]")
        keys.write(reason)
        keys.reach("[name=payee]")
        expect(self.page.locator("[name=payee]")).to_have_value(re.compile("ผู้ให้ที่"))
        keys.reach("[name=payee_account]")
        keys.write("4099900000")
        keys.reach("[name=password_again]")
        keys.write(PASSWORD)
        keys.go()
        expect(self.page.get_by_text("ขอคืนเงินแล้ว รออีกท่านหนึ่งอนุมัติ")).to_be_visible()

    def ask_back_a_part(self) -> None:
        """What was too much of a donation just taken: the page of the line before, and back to the next line."""
        keys = self.keys
        keys.press("u")
        keys.reach("a.row", "Shift+Tab")
        keys.go()
        keys.reach("a[href*='/refund?']", "Shift+Tab")
        keys.go()
        keys.reach("[name=amount]", "Shift+Tab")
        keys.write("50.00")
        self.ask_back("คืนส่วนที่เกิน")

    def undo(self, line: Line) -> None:
        """Taken too fast: the decision before is taken back with the reason that stands there, and waits as the line to work on."""
        self.keys.press("u")
        self.keys.go()
        again = _read(self.page)
        assert again is not None
        assert line.words.splitlines()[0] == again.words.splitlines()[0]
        self.give(again)


def test_a_misbehaving_month_is_cleared_by_keyboard_closed_at_zero_and_every_receipt_checks(
    chromium: Browser, month: Served
) -> None:
    waiting = _waiting()
    assert sum(waiting.values()) >= 45, waiting
    assert {
        "wrong_amount",
        "late",
        "paid_twice",
        "misspelt_reference",
        "other_biller",
        "likely_deposit",
    } <= set(waiting), waiting
    phone = _decide_some_without_scripts(chromium, month)

    context, page = _signed_in(chromium, month.address, "kanya")
    page.goto("/bank")
    _look(page, "queue")
    page.goto("/bank/work")
    _look(page, "work")
    kanya = Officer(page, month)
    kanya.clear()
    expect(page.get_by_text("มีรายการที่พักรอข้อมูล 1 รายการ")).to_be_visible()
    _look(page, "held-left")

    # What one hand may not decide alone, another does; then the bank sends back what it is told to.
    chair = _confirm_as_the_chair(chromium, month)
    _send_back(month)

    # The last statement comes through the page; what only it tells is cleared in the same way, and what was held.
    page.goto("/bank/statements/import")
    assert month.last_on
    raw = month.statement(month.last_on - timedelta(days=12), clock.today())
    page.locator("[name=file]").set_input_files({"name": "last.csv", "mimeType": "text/csv", "buffer": raw})
    page.get_by_role("button", name="อ่านไฟล์").click()
    page.wait_for_url(re.compile(r"/drafts/\d+$"))
    _look(page, "statement")
    with page.expect_navigation():
        page.locator("form[action$='/apply'] button").click()
    while work():
        pass
    kanya.clear()
    kanya.keys.go()
    expect(page.get_by_text("ทำรายการที่พักรอข้อมูล").first).to_be_visible()
    kanya.clear("/bank/work?held=1")
    expect(page.get_by_text("ไม่มีรายการที่รอแล้ว")).to_be_visible()
    _look(page, "cleared")
    if _asked():
        chair.pressed += _confirm_as_the_chair(chromium, month).pressed
    _see_them_leave(page, kanya.keys)
    assert _waiting() == {}

    lines = phone + sum(kanya.seen.values())
    pressed = kanya.keys.pressed + chair.pressed
    told = f"{lines} lines waited {kanya.seen}; {pressed} keys, the chair's {chair.pressed}; {kanya.did}, {month.did}"
    keep_file("month-keys.txt", f"{told}\n".encode())
    assert pressed <= 8 * lines, told
    assert lines >= sum(waiting.values()), told
    assert {"hold", "split", "undo", "refund of a part", "refund", "by code"} <= set(kanya.did), told
    kinds = {
        "เงินเกิน",
        "โอนไม่ครบ",
        "มาหลังหมดอายุ",
        "จ่าย QR เดิมซ้ำ",
        "ผิดบัญชีหรือผิดผู้รับ",
        "น่าจะเป็นเงินนำฝาก",
        "พักรอข้อมูล",
    }
    assert kinds <= set(kanya.seen), told

    _close_the_month(page, month, kanya.keys)
    context.close()
    _the_books_agree(month)
    _every_receipt_checks(chromium, month)


def _decide_some_without_scripts(browser: Browser, month: Served) -> int:
    """On a phone whose browser runs no scripts, the same page is plain forms. Returns how many lines were decided."""
    context, page = _signed_in(browser, month.address, "kanya", 390, java_script_enabled=False)
    page.goto("/bank/work")
    decided = 0
    while decided < 3:
        found = re.search(r"ผู้ให้ที่ (\d+)", page.locator("#work .desk-thing").inner_text())
        number = list(month.truth.values())[int(found.group(1))] if found else 0
        choice = page.locator(f"#work input[value='payment_request:{number}']")
        if not choice.count():
            page.locator("#work-next").click()
            continue
        left = int(re.findall(r"เหลือ (\d+) รายการ", page.locator("main").inner_text())[0])
        choice.check()
        page.locator("#work-accept").click()
        expect(page.get_by_text(f"เหลือ {left - 1} รายการ")).to_be_visible()
        decided += 1
    keep_picture(page, "390-month-work-plain")
    context.close()
    return decided


def _asked() -> int:
    """Decisions, files and refunds that wait for another hand."""
    db.session.rollback()
    found = approvals.count_of_finance() + continuations.count_open()
    db.session.rollback()
    return found


def _confirm_as_the_chair(browser: Browser, month: Served) -> Keyboard:
    """Somchai confirms what Kanya decided about large sums and approves what she asked back, by keys alone."""
    context, page = _signed_in(browser, month.address, "somchai")
    keys = Keyboard(page)
    page.goto("/bank/confirmations")
    _look(page, "confirmations")
    while page.locator("form[action*='/second-hands/'][action$='/confirm']").count():
        keys.skip_to_content()
        keys.reach("form[action$='/confirm'] button")
        keys.go()
    while page.locator("main a[href*='/bank/statements/']").count():
        keys.skip_to_content()
        keys.reach("main a[href*='/bank/statements/']")
        keys.go()
        _look(page, "statement-confirm")
        keys.skip_to_content()
        keys.reach("form[action$='/confirm'] [name=password_again]")
        keys.write(PASSWORD)
        keys.go()
        expect(page.get_by_text("ยืนยันแล้ว").first).to_be_visible()
        page.goto("/bank/confirmations")
    while page.locator("main a[href*='/bank/refunds/']").count():
        keys.skip_to_content()
        keys.reach("main a[href*='/bank/refunds/']")
        keys.go()
        keys.skip_to_content()
        keys.reach("form[action*='/approve'] [name=password_again]")
        keys.write(PASSWORD)
        keys.go()
        expect(page.get_by_text("อนุมัติแล้ว").first).to_be_visible()
    assert _asked() == 0
    context.close()
    return keys


def _send_back(month: Served) -> None:
    """What was approved leaves the fund's account."""
    found = db.session().scalars(select(refunds.Refund.satang).filter_by(state="approved")).all()
    db.session.rollback()
    assert len(found) >= 3
    for satang in found:
        month.move(-satang, "โอนออก", clock.now())


def _see_them_leave(page: Page, keys: Keyboard) -> None:
    """Each refund is met by the line with which the money left."""
    while True:
        db.session.rollback()
        number = db.session().scalar(select(refunds.Refund.id).filter_by(state="approved").limit(1))
        db.session.rollback()
        if number is None:
            return
        page.goto("/bank/refunds")
        keys.skip_to_content()
        keys.reach(f"a[href$='/bank/refunds/{number}']")
        keys.go()
        keys.skip_to_content()
        keys.reach("form[action$='/outgoing'] button")
        keys.go()
        expect(page.get_by_text("จับคู่เงินออกแล้ว").first).to_be_visible()


def _close_the_month(page: Page, month: Served, keys: Keyboard) -> None:
    assert month.last_on
    first_on = month.last_on.replace(day=1)
    written = months.written(first_on)
    page.goto("/bank/months")
    keys.skip_to_content()
    keys.reach(f"a[href$='/bank/months/{written}']")
    keys.go()
    _look(page, "before-closing")
    keys.skip_to_content()
    # What a gateway still holds is on no statement yet, and the officer says so.
    for name in [entered.get_attribute("name") for entered in page.locator("[name^=reason-]").all()]:
        assert name == f"reason-unstated-{ACCOUNT}", page.locator("main").inner_text()
        keys.reach(f"[name='{name}']")
        keys.write("อยู่กับ Omise รอโอนยอด")
    keys.reach("form[action$='/close'] [name=password_again]")
    keys.write(PASSWORD)
    keys.go()
    expect(page.get_by_text("ปิดบัญชีเดือนนี้แล้ว ใบรับรองเก็บไว้ถาวร")).to_be_visible()
    _look(page, "closed")
    answer = page.request.get(f"/bank/months/{written}/certificate.pdf")
    keep_file("month-certificate.pdf", answer.body())
    words = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(answer.body())).pages)
    assert re.search(r"ผลต่าง\s+๐\.๐๐\s+บาท", words), words[:600]
    kept = months.closed(first_on)
    assert kept is not None
    facts = json.loads(kept.facts)
    (account,) = facts["accounts"]
    assert (account["difference"], account["broken"], account["gaps"], account["blind"]) == (0, [], [], [])
    assert account["unexplained"] == 0
    if account["unstated_count"]:
        assert account["unstated"] <= sum(charge.satang for charge in month.charged)
        assert facts["accepted"][f"unstated-{ACCOUNT}"]["reason"] == "อยู่กับ Omise รอโอนยอด"
    assert (facts["waiting_count"], facts["undeposited"]) == (0, [])
    db.session.rollback()


def _the_books_agree(month: Served) -> None:
    """Every transfer of the bank's own books is told once; the donations are what came less what went back."""
    told_once(month)
    lines = [line for line in month.bank.ledger.lines() if line.account == ACCOUNT]
    interest = sum(line.satang for line in lines if line.words == "ดอกเบี้ย")
    held = sum(charge.satang for charge in month.charged) - month.paid_out
    live_satang = db.session().scalar(select(func.sum(LIVE.c.satang)))
    assert live_satang == lines[-1].balance - interest + held
    states = (
        select(ReconciliationItem.state).join(ReconciliationItem.event).where(BankEvent.biller_id != BILLER)
    )
    assert db.session().scalars(states.where(BankEvent.source == "scb")).all() == ["excluded"] * len(
        month.astray
    )
    # Whatever the pages thought likeliest, each donation is its payer's; only what was split has another part.
    given = (
        select(BankEvent.bank_ref, Donation.payment_request_id, Donation.satang)
        .join(Allocation, Allocation.donation_id == Donation.id)
        .join(BankEvent, BankEvent.id == Allocation.event_id)
        .join(ReconciliationItem, ReconciliationItem.event_id == BankEvent.id)
        .where(ReconciliationItem.state == "posted", ReconciliationItem.match_reason != "split")
    )
    for reference, payment_request_id, satang in db.session().execute(given):
        if reference in month.truth:
            assert payment_request_id == month.truth[reference], (reference, satang)
    assert books.findings() == []
    db.session.rollback()


def _every_receipt_checks(browser: Browser, month: Served) -> None:
    """A stranger opens every receipt that was ever issued: those that stand are valid, the others say that they are void."""
    session = db.session()
    issued = {
        str(receipt.token): receipt.voided_at
        for receipt in session.scalars(select(Receipt).order_by(Receipt.id))
    }
    assert {receipt.donation_id for receipt in session.scalars(select(Receipt))} == set(
        session.scalars(select(Donation.id))
    )
    db.session.rollback()
    voided = [token for token, at in issued.items() if at]
    assert len(voided) >= 2
    assert len(issued) > 220
    context = browser.new_context(base_url=month.address, locale="th-TH")
    for number, voided_at in issued.items():
        answer = context.request.get(f"/receipts/{number}")
        assert answer.status == 200
        said = answer.text()
        assert ("ใบเสร็จถูกต้อง" in said) is (voided_at is None), number
        assert ("ใบเสร็จนี้ยกเลิกแล้ว" in said) is (voided_at is not None), number
    page = context.new_page()
    for name, number in (("valid", next(iter(issued))), ("void", voided[0])):
        page.goto(f"/receipts/{number}")
        _look(page, f"receipt-{name}")
    context.close()
