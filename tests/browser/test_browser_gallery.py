"""The gallery of parts in Chromium: every part in light and in dark, by axe, on the narrowest phone and a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from walking import LivePortal

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_can_be_read_by_everyone(chromium: Browser, live: LivePortal, scheme: str) -> None:
    context = chromium.new_context(
        viewport={"width": 320, "height": 844}, base_url=live.address, color_scheme=scheme
    )
    page = context.new_page()
    page.goto("/demo/components?wrong=1")
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"scrolls sideways by {wide}px at {width}px"
    faults = Axe().run(page).response["violations"]
    assert [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in faults] == []
    context.close()
