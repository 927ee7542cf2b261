"""The journey in Chromium, on a phone and with every page laid out on a desk as well, against the demonstration as `./start` serves it.

Looked at is what the walk alone comes to, forms that were sent and things half done, and axe finds no serious fault there;
pages that one only opens are walked in test_browser_rooms.py.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import axe
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from register import register_file
from walking import LivePortal, keep_picture

from app.kit import clock, thai

pytestmark = pytest.mark.browser

PUPILS = 6
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SMALL = """() => [...document.querySelectorAll('button, .button, input[type=text], select, summary')]
    .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)
    .map(e => e.outerHTML.slice(0, 120))"""


class Walker:
    """Someone with a browser window of a given width who looks at what they come to."""

    def __init__(self, browser: Browser, live: LivePortal, width: int) -> None:
        self.browser, self.live, self.width = browser, live, width
        self.seen = 0
        self.contexts: list[BrowserContext] = []
        self.pages: dict[str, Page] = {}

    def as_(self, sign_in_name: str) -> Page:
        """The window of this person, signed in; "" is a visitor."""
        if sign_in_name not in self.pages:
            context = self.browser.new_context(
                viewport={"width": self.width, "height": 844},
                locale="th-TH",
                base_url=self.live.address,
                reduced_motion="reduce",
            )
            context.set_default_timeout(20_000)
            self.contexts.append(context)
            self.pages[sign_in_name] = page = context.new_page()
            if sign_in_name:
                page.goto("/sign-in")
                page.locator("[name=sign_in_name]").fill(sign_in_name)
                page.locator("[name=password]").fill(self.live.password(sign_in_name))
                _submit(page, "password")
                assert "sign-in" not in page.url
        return self.pages[sign_in_name]

    def look(self, page: Page, name: str) -> None:
        """Nothing may scroll sideways, no target be too small, axe find no serious fault."""
        self.seen += 1
        keep_picture(page, f"{self.width}-{self.seen:02d}-{name}")
        for width in (320, 1280, self.width):
            page.set_viewport_size({"width": width, "height": 844})
            wide = page.evaluate(_WIDER)
            assert wide <= 0, f"{name} scrolls sideways by {wide}px at {width}px"
            small = page.evaluate(_SMALL)
            assert small == [], f"{name} has targets lower than 44px at {width}px: {small}"
        serious = axe.faults(page, serious=True)
        assert serious == [], f"{name}: {serious}"

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def walker(chromium: Browser, live: LivePortal) -> Iterator[Walker]:
    walker = Walker(chromium, live, 390)
    yield walker
    walker.close()


def _press(page: Page, button: Locator) -> None:
    """Press what sends a form, and wait for the answer: the page that stood there before has long been loaded."""
    with page.expect_navigation():
        button.click()


def _submit(page: Page, having: str) -> None:
    _press(page, page.locator(f"form:has([name={having}]) button[type=submit]").first)


def _today() -> str:
    return thai.long_date(clock.today())


def _pay_at_the_bank(walker: Walker, giver: Page, folder: Path, *, payer: str, look: bool = False) -> str:
    """Save the QR picture from the page, pay it in the demonstration bank, and wait for the page to turn by itself."""
    # It stands among what is folded away.
    reference = (giver.locator(".code").first.text_content() or "").strip()
    assert reference
    with giver.expect_download() as saving:
        giver.locator("a[download]").first.click()
    picture = folder / "qr.png"
    saving.value.save_as(picture)
    bank = walker.as_("").context.new_page()
    bank.goto("/demo/bank")
    if look:
        walker.look(bank, "demo-bank")
    bank.locator("[name=picture]").set_input_files(picture)
    _submit(bank, "picture")
    expect(bank.get_by_text(reference).first).to_be_visible()
    bank.locator("[name=payer]").fill(payer)
    if look:
        walker.look(bank, "demo-bank-pay")
    _submit(bank, "payer")
    if look:
        walker.look(bank, "demo-bank-slip")
    bank.close()
    expect(giver.get_by_role("heading", name="ได้รับเงินแล้ว ขอบคุณยิ่ง")).to_be_visible(timeout=30_000)
    return reference


def test_the_whole_journey(walker: Walker, live: LivePortal, tmp_path: Path) -> None:
    visitor = walker.as_("")

    # A treasurer pledges, pays, and sees the money arrive.
    ton = walker.as_("ton")
    ton.goto("/pledges/new")
    ton.locator("[name=amount]").fill("12,000")
    ton.locator("[name=purpose]").select_option("education")
    ton.locator("[name=expected_on]").fill("30 กันยายน 2570")
    _submit(ton, "expected_on")
    walker.look(ton, "pledge")
    ton.locator("form[action$='/pay'] button[type=submit]").click()
    ton.wait_for_url("**/give/**")
    walker.look(ton, "give-waiting")
    _pay_at_the_bank(walker, ton, tmp_path, payer="เครือข่าย OTOP", look=True)
    walker.look(ton, "give-received")

    # A visitor gives without an account, unseen by the public, and checks the receipt.
    visitor.goto("/give")
    visitor.locator("[name=amount]").fill("321.50")
    visitor.get_by_text("ชื่อบนใบเสร็จ (ไม่ใส่ก็ได้)").click()
    visitor.locator("[name=donor_name]").fill("คุณใจดี ไม่ออกนาม")
    _submit(visitor, "amount")
    _pay_at_the_bank(walker, visitor, tmp_path, payer="คุณใจดี")
    visitor.get_by_role("link", name="หน้าตรวจสอบใบเสร็จ").click()
    expect(visitor.get_by_text("สามร้อยยี่สิบเอ็ดบาทห้าสิบสตางค์")).to_be_visible()

    # The finance officer takes in the bank's statement: what the bank told at once is known already.
    kanya = walker.as_("kanya")
    statement = tmp_path / "statement.csv"
    statement.write_bytes(walker.as_("").request.get("/demo/bank/statement.csv").body())
    counts = json.loads(live.command("bank", "import", str(statement)))
    assert counts["new"] == 0 or counts["posted"] == 0

    # A register file becomes a round; the district officer sees only their own district.
    code = f"TPMAP-W{walker.width}"
    raw = tmp_path / "register.csv"
    raw.write_bytes(
        register_file(pupils=PUPILS, district="3301", others={"3305": 3}, houses=f"{walker.width}")
    )
    busaba = walker.as_("busaba")
    busaba.goto("/register/import")
    busaba.locator("[name=file]").set_input_files(raw)
    busaba.locator("[name=round_code]").fill(code)
    busaba.locator("[name=source]").select_option("tpmap")
    walker.look(busaba, "register-import")
    _submit(busaba, "round_code")
    expect(busaba.locator("form[action$='/apply']")).to_be_visible(timeout=30_000)
    walker.look(busaba, "register-review")
    _press(busaba, busaba.locator("form[action$='/apply'] button[type=submit]"))
    expect(busaba.locator("form[action$='/undo']")).to_be_attached(timeout=30_000)
    walker.look(busaba, "register-imported")
    chai = walker.as_("chai")
    chai.goto(f"/register/{code}")
    expect(chai.locator("main")).not_to_contain_text("เมืองศรีสะเกษ")

    # A field officer names pupils and items.
    request_code = _file_request(walker)

    # The committee meets, votes, resolves.
    _meet(walker, request_code)

    # One finance officer prepares the payment, another approves it, then it is made; the voucher prints.
    kanya.goto(f"/payments/new?proposal={request_code}")
    for field, words in {
        "invoice": "INV-1",
    }.items():
        kanya.locator(f"[name={field}]").fill(words)
    kanya.locator("[name=vendor]").select_option(label="ร้านตัดเย็บชุดนักเรียนสามัคคี")
    _submit(kanya, "vendor")
    walker.look(kanya, "payment-confirm")
    _submit(kanya, "confirmed")
    walker.look(kanya, "payment-order")
    arun = walker.as_("arun")
    arun.goto(kanya.url)
    arun.locator("[name=password_again]").fill(live.password("arun"))
    walker.look(arun, "payment-approve")
    _submit(arun, "password_again")
    kanya.reload()
    kanya.locator("[name=transfer_ref]").fill(f"KTB2026{walker.width}")
    kanya.locator("[name=paid_on]").fill(_today())
    walker.look(kanya, "payment-transfer")
    _submit(kanya, "transfer_ref")
    walker.look(kanya, "payment")
    voucher = kanya.request.get(kanya.url + "/voucher.pdf")
    assert voucher.body().startswith(b"%PDF")

    # The ceremony; each line given writes a logbook.
    _hand_over(walker, request_code)

    # Everyone can read what came of it, within the minute.
    visitor.goto("/aid/districts")
    expect(visitor.locator("main")).to_contain_text("ขุขันธ์")
    assert json.loads(live.command("books", "check"))["held"] is True


def _file_request(walker: Walker) -> str:
    malee = walker.as_("malee")
    malee.goto("/requests/new")
    malee.locator("[name=title]").fill(f"ชุดเนตรนารี {PUPILS} ชุด")
    malee.locator("[name=dimension]").select_option("income")
    malee.locator("[name=purpose_code]").select_option("education")
    malee.locator("[name=district_code]").select_option("3301")
    malee.locator("[name=story]").fill("นักเรียนในครัวเรือนตกเกณฑ์มิติรายได้")
    _submit(malee, "title")
    found = re.search(r"AR-\d{4}-\d{4}", malee.url)
    assert found, malee.url
    code = found.group(0)
    malee.goto(f"/requests/{code}/pupils?item=ED-SCT-GUI&school=โรงเรียนบ้านทดสอบ")
    boxes = malee.locator("[name=member]")
    for place in range(min(PUPILS, boxes.count())):
        boxes.nth(place).check()
    _submit(malee, "unit_satang")
    malee.goto(f"/requests/{code}/sizes")
    walker.look(malee, "request-sizes")
    malee.goto(f"/requests/{code}/confirm")
    walker.look(malee, "request-confirm")
    _submit(malee, "confirmed_satang")
    return code


def _meet(walker: Walker, request_code: str) -> None:
    busaba = walker.as_("busaba")
    busaba.goto("/meetings/new")
    busaba.locator("[name=held_on]").fill(_today())
    busaba.locator("[name=place]").fill("ห้องศรีลำดวน ชั้น 1 ศาลากลางจังหวัด")
    _submit(busaba, "held_on")
    room = busaba.url
    busaba.locator("#proposal").select_option(request_code)
    _submit(busaba, "proposal")
    for box in busaba.locator("[name=present]").all():
        box.check()
    _submit(busaba, "present")
    walker.look(busaba, "meeting-called")
    _press(busaba, busaba.locator("form:has([name=chair]) button[type=submit]").first)
    walker.look(busaba, "meeting-open")
    item = busaba.locator("a[href^='/agenda/']").first.get_attribute("href")
    for name in ("somchai", "pranee", "wichai", "sompong", "nittaya", "prasert"):
        member = walker.as_(name)
        member.goto(item)
        member.locator("[name=choice][value=approve]").check()
        if name == "somchai":
            walker.look(member, "vote")
        _submit(member, "choice")
    busaba.goto(item)
    busaba.locator("details:has(form[action$='/resolve']) > summary").click()
    _press(busaba, busaba.locator("form[action$='/resolve'] button[type=submit]").first)
    walker.look(busaba, "resolved")
    busaba.goto(room)
    busaba.locator("details:has(form[action$='/close']) > summary").click()
    _press(busaba, busaba.locator("form[action$='/close'] button[type=submit]").first)


def _hand_over(walker: Walker, request_code: str) -> None:
    malee = walker.as_("malee")
    malee.goto(f"/handovers/new?request={request_code}")
    malee.locator("[name=held_on]").fill(_today())
    malee.locator("[name=place]").fill("ลานโคปุระเกาะกลางน้ำห้วยน้ำคำ")
    walker.look(malee, "handover-new")
    _submit(malee, "held_on")
    walker.look(malee, "handover")
    _press(malee, malee.locator("form[action$='/second'] button[type=submit]").first)
    _press(malee, malee.locator("button[name=outcome][value=given]").first)
    malee.locator("details:has(form[action$='/rest']) > summary").click()
    _press(malee, malee.locator("form[action$='/rest'] button[type=submit]").first)
    walker.look(malee, "handover-marked")
