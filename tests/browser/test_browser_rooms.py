"""One page of each kind in Chromium, opened by each role: it fits every screen, its targets a finger, and axe finds nothing."""

import re
from urllib.parse import urlsplit

import axe
import pytest
from playwright.sync_api import Browser, Page, expect
from walking import LivePortal, keep_picture

pytestmark = pytest.mark.browser

#: Who opens what they may, one after the other; of pages of one kind the first is looked at.
_WALKERS = ("", "ton", "malee", "kanya", "busaba", "somchai", "orathai", "decha", "ying")
#: What is no page of the portal, or makes something new each time it is opened.
_PASSED = re.compile(
    r"\.\w{2,12}(\?|$)|/(?:xlsx|csv|original|file)(\?|$)|/demo/|/language|/open-data|/voucher|/papers?(?:/\d+)?(\?|$)|/give/\w{8,}/"
)
# What scrolls sideways; targets lower or narrower than 44 px, but for those within a sentence and where the row or the label is
# the target; what a card or a row hides because it does not fit: a table on a desk may be scrolled, a card may not.
_MEASURE = """() => {
    const root = document.documentElement, shown = e => e.checkVisibility() && e.getClientRects().length > 0;
    document.querySelectorAll('main details').forEach(part => { part.open = true });
    const isSmall = e => {
        const style = getComputedStyle(e), box = e.getBoundingClientRect();
        if (!shown(e) || style.opacity === '0' || e.matches('.skip-link') || (box.height >= 44 && box.width >= 44)) return false;
        if (e.matches('[type=checkbox], [type=radio]') && e.closest('label')?.getBoundingClientRect().height >= 44) return false;
        if (style.display === 'inline' && [...e.parentElement.childNodes].some(n => n !== e && n.textContent.trim())) return false;
        return getComputedStyle(e, '::after').position !== 'absolute';
    };
    const isCut = e => getComputedStyle(e).display !== 'table-row' && e.clientWidth && e.scrollWidth > e.clientWidth + 1;
    const all = (places, is, word) => [...document.querySelectorAll(places)].filter(is).map(e => `${word} ${e.outerHTML.slice(0, 120)}`);
    return [
        ...(root.scrollWidth > root.clientWidth ? [`scrolls sideways by ${root.scrollWidth - root.clientWidth}px`] : []),
        ...all('a[href], button, input:not([type=hidden]), select, textarea, summary', isSmall, 'smaller than 44px'),
        ...all('main .card, main tbody tr, main .stat, main .notice, main .panel', isCut, 'cut'),
    ];
}"""
_LINKS = """() => [...document.querySelectorAll('a[href^="/"]')].map(link => link.getAttribute('href').split('#')[0])"""


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
    """What an eye would stumble over on the page as it stands, and a picture of it."""
    page.set_viewport_size({"width": 320, "height": 844})
    name = re.sub(r"\W+", "-", page.url.partition("//")[2].partition("/")[2]).strip("-")
    keep_picture(page, f"320-room-{name}")
    found = _faults_of(page)
    page.set_viewport_size({"width": 320, "height": 844})
    return found


def _faults_of(page: Page) -> list[str]:
    """What does not fit at each width, and what axe finds on the narrowest."""
    found, where, now = [], page.url.partition("//")[2].partition("/")[2], page.viewport_size
    assert now
    # First at the width at which the page before was left: to change it lays the whole page out anew.
    for width in sorted((320, 1280), key=lambda width: width != now["width"]):
        if width != now["width"]:
            page.set_viewport_size({"width": width, "height": 844})
        found += [f"{where} at {width}px {fault}" for fault in page.evaluate(_MEASURE)]
        if width == 320:
            found += [f"{where} {fault}" for fault in axe.faults(page)]
    return found


def _kind(path: str) -> str:
    """Of which kind a page is: its address without the numbers and codes of what it shows."""
    return "/".join(
        "#" if re.fullmatch(r"\d+|[A-Z].*|\w{12,}", part) else part for part in path.split("?")[0].split("/")
    )


def test_every_page_of_every_role_fits_every_screen_and_everyone(chromium: Browser, live: LivePortal) -> None:
    found: list[str] = []
    seen: set[str] = set()
    for who in _WALKERS:
        page = _signed_in(chromium, live, who)
        page.set_viewport_size({"width": 320, "height": 844})
        first = urlsplit(page.url).path if who else "/"
        page.goto(first)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        if page.evaluate("document.activeElement.id") != "content":
            found.append(f"the first key does not lead {who} to the content")
        # Everyone begins anew at the first page of their own day: what it leads to differs.
        seen.discard(_kind(first))
        waiting = [first, "/", "/give"]
        while waiting:
            path = waiting.pop(0)
            if _kind(path) in seen or _PASSED.search(path):
                continue
            answer = page.goto(path)
            if answer is None or answer.status != 200:
                found += [f"{path}: {answer.status}"] if answer and answer.status not in (403, 404) else []
                continue
            seen |= {_kind(path), _kind(urlsplit(page.url).path)}
            waiting += page.evaluate(_LINKS)
            found += _faults_of(page)
        page.context.close()
    assert not found, "\n".join(found)
    assert len(seen) > 80, " ".join(sorted(seen))


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
