"""The rooms beside the journey in Chromium: documents, goods, counter, months and setting up fit every screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from walking import PICTURES, LivePortal

pytestmark = pytest.mark.browser

_STANDARD = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
_WIDTHS = (320, 1280)
#: Whose pages, and which; the demonstration has something on most of them.
_PAGES = {
    "kanya": (
        "/slips",
        "/receipts",
        "/receipts/batches",
        "/receipts/yearly",
        "/edonation",
        "/bank/refunds",
        "/bank/confirmations",
        "/bank/statements/import",
        "/bank/months",
        "/bank/proof",
    ),
    "busaba": (
        "/goods",
        "/goods/1",
        "/goods/new",
        "/stock",
        "/stock/1",
        "/fund/shares",
        "/fund/solicitation",
        "/messages",
        "/networks",
        "/fund/setup/networks/NET001",
        "/fund/setup/accounts/1",
        "/fund/setup/stop",
        "/approvals",
        "/approvals/2",
    ),
    "ton": ("/collections", "/networks/NET001/collect"),
    "": ("/networks/NET001/give", "/receipts/check"),
}
_SMALL = """() => [...document.querySelectorAll('button, .button, input[type=text], select, summary')]
    .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)
    .map(e => e.outerHTML.slice(0, 120))"""
# What a card or a row hides because it does not fit; a table on a desk may be scrolled, a card may not.
_CUT = """() => [...document.querySelectorAll('main .card, main tbody tr, main .stat, main .notice, main .panel')]
    .filter(e => getComputedStyle(e).display !== 'table-row' && e.clientWidth && e.scrollWidth > e.clientWidth + 1)
    .map(e => `${e.className || e.tagName} ${e.scrollWidth} > ${e.clientWidth}: ${e.innerText.slice(0, 80)}`)"""


def _signed_in(browser: Browser, live: LivePortal, name: str) -> Page:
    context = browser.new_context(locale="th-TH", base_url=live.address, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    page = context.new_page()
    if name:
        page.goto("/sign-in")
        page.get_by_role("button", name=f"เข้าเป็น {name}", exact=True).click()
        page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    return page


def _faults(page: Page) -> list[str]:
    """What an eye would stumble over on the page as it stands, at each width, and what axe finds on the narrowest."""
    found, where = [], page.url.partition("//")[2].partition("/")[2]
    PICTURES.mkdir(exist_ok=True)
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{where} scrolls sideways by {wide}px at {width}px")
        found += [f"{where} at {width}px lower than 44px: {element}" for element in page.evaluate(_SMALL)]
        found += [f"{where} at {width}px cut: {element}" for element in page.evaluate(_CUT)]
        if width == _WIDTHS[0]:
            name = re.sub(r"\W+", "-", where).strip("-")
            page.screenshot(path=PICTURES / f"{width}-room-{name}.png", full_page=True)
            said = Axe().run(page, options=_STANDARD).response["violations"]
            found += [
                f"{where} {fault['id']}: {fault['nodes'][0]['html'][:160]}"
                for fault in said
                if fault["impact"] in ("serious", "critical")
            ]
    return found


@pytest.mark.parametrize("who", list(_PAGES))
def test_a_room_fits_every_screen_and_everyone(chromium: Browser, live: LivePortal, who: str) -> None:
    page = _signed_in(chromium, live, who)
    found = []
    for path in _PAGES[who]:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
        found += _faults(page)
    page.context.close()
    assert found == []


def test_money_is_taken_at_the_counter_on_a_phone_and_counted(chromium: Browser, live: LivePortal) -> None:
    page = _signed_in(chromium, live, "kanya")
    page.set_viewport_size({"width": 320, "height": 844})
    page.goto("/bank/counter")
    page.locator("[name=satang]").fill("๑,๕๐๐")
    expect(page.locator("[name=cheque_number]")).to_be_hidden()
    page.locator("[name=kind][value=cheque]").check()
    expect(page.locator("[name=cheque_number]")).to_be_visible()
    page.get_by_role("button", name="รับเงินและออกใบเสร็จ").click()
    expect(page.get_by_text("กรุณากรอกเลขที่เช็ค").first).to_be_visible()
    expect(page.locator("[name=satang]")).to_have_value("๑,๕๐๐")
    found = _faults(page)
    page.locator("[name=kind][value=cash]").check()
    page.get_by_role("button", name="รับเงินและออกใบเสร็จ").click()
    expect(page.get_by_text("รับเงินแล้ว ลงบัญชีเรียบร้อย")).to_be_visible()
    found += _faults(page)
    page.locator("main a[href*='/bank/cash-ups/']").first.click()
    expect(page.get_by_text("ไม่ใช่จำนวนบาท")).to_be_visible()
    found += _faults(page)
    page.context.close()
    assert found == []
