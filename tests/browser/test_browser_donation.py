"""The page of a donation in Chromium: it counts down, copies, takes a slip and turns by itself, also without scripts."""

import re
from pathlib import Path

import axe
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, expect
from walking import LivePortal

from app.kit import clock, qr, slips
from app.kit.slips import ScannedSlip

pytestmark = pytest.mark.browser


def _context(browser: Browser, live: LivePortal, **options: object) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="th-TH", base_url=live.address, **options
    )
    context.set_default_timeout(20_000)
    return context


def _give(page: Page, amount: str) -> str:
    page.goto("/give")
    page.locator("[name=amount]").fill(amount)
    page.locator("form:has([name=amount]) button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/give/\w+$"))
    return page.url.rsplit("/", 1)[-1]


def _slip(folder: Path, number: int) -> Path:
    text = slips.encode(
        ScannedSlip(sending_bank="014", trans_ref=f"{clock.today():%Y%m%d}browserTest{number:06d}")
    )
    picture = Image.new("RGB", (900, 1400), "#eaf3f1")
    ImageDraw.Draw(picture).rectangle((0, 0, 900, 200), fill="#0b5c4b")
    code = folder / "code.png"
    code.write_bytes(qr.draw_png(text, scale=6))
    with Image.open(code) as drawn:
        picture.paste(drawn.convert("RGB"), (300, 900))
    file = folder / "slip.webp"
    picture.save(file, "WEBP", quality=70)
    return file


def _fit(page: Page) -> None:
    """Nothing scrolls sideways, on the narrowest phone too, and axe finds no serious fault."""
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide}px at {width}px"
    assert axe.faults(page, serious=True) == []


def test_the_page_counts_down_copies_and_turns_without_being_loaded_again(
    chromium: Browser, live: LivePortal
) -> None:
    context = _context(chromium, live, permissions=["clipboard-read", "clipboard-write"])
    giver = context.new_page()
    code = _give(giver, "1234.50")
    _fit(giver)
    giver.locator("details:has([data-copy='1234.50']) > summary").click()
    left = giver.locator("[data-until]")
    expect(left).to_have_text(re.compile(r"^2 วัน 23:59:\d\d$"))
    before = left.inner_text()
    expect(left).not_to_have_text(before)
    giver.locator("[data-copy='1234.50']").click()
    assert giver.evaluate("navigator.clipboard.readText()") == "1234.50"
    giver.evaluate("window.sameDocument = true")

    payer = context.new_page()
    payer.goto(f"/demo/bank?code={code}")
    payer.locator("[name=payer]").fill("นายใจดี")
    with payer.expect_navigation():
        payer.locator("form:has([name=payer]) button[type=submit]").first.click()
    payer.close()
    expect(giver.get_by_role("heading", name="ได้รับเงินแล้ว ขอบคุณยิ่ง")).to_be_visible(timeout=40_000)
    assert giver.evaluate("window.sameDocument") is True
    expect(giver.locator("body > [role=status]")).to_have_text("ได้รับเงินแล้ว ขอบคุณยิ่ง")
    assert "ได้รับเงินแล้ว" in giver.title()
    context.close()


def test_a_slip_is_handed_in_and_the_page_works_without_scripts(
    chromium: Browser, live: LivePortal, tmp_path: Path
) -> None:
    context = _context(chromium, live, java_script_enabled=False)
    giver = context.new_page()
    code = _give(giver, "777")
    expect(giver.locator("[data-until]")).to_have_text(re.compile("วัน .* นาที"))
    expect(giver.locator("[data-copy]").first).to_be_hidden()
    expect(giver.get_by_role("link", name="ดูสถานะอีกครั้ง")).to_be_visible()
    giver.get_by_role("link", name="ฉันจ่ายแล้ว / ส่งสลิป").click()
    giver.locator("[name=picture]").set_input_files(_slip(tmp_path, 1))
    giver.locator("form:has([name=picture]) button[type=submit]").first.click()
    expect(giver).to_have_url(re.compile(f"/give/{code}$"))
    expect(giver.get_by_text("ได้รับสลิปแล้ว รอธนาคารยืนยัน").first).to_be_visible()
    context.close()

    context = _context(chromium, live)
    page = context.new_page()
    page.goto(f"/give/{code}/slip")
    _fit(page)
    page.goto("/sign-in")
    page.locator("[name=sign_in_name]").fill("kanya")
    page.locator("[name=password]").fill(live.password("kanya"))
    page.locator("form:has([name=password]) button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    page.goto("/slips")
    expect(page.get_by_text("browserTest000001").first).to_be_visible()
    _fit(page)
    context.close()
