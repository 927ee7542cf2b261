"""The gallery of parts in Chromium: every part in light and in dark, by axe, on the narrowest phone and a desk."""

import axe
import pytest
from playwright.sync_api import Browser
from walking import LivePortal, keep_picture

from app.demo.gallery import KINDS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_can_be_read_by_everyone(chromium: Browser, live: LivePortal, kind: str) -> None:
    page = chromium.new_page(base_url=live.address)
    page.goto(f"/demo/components/{kind}?wrong=1")
    for width in (320, 1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        wide, high = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert wide <= width, f"scrolls sideways by {wide - width}px at {width}px"
        assert width < 390 or high <= 4_200, f"{high}px high at {width}px"
    # In the dark nothing changes but the colours.
    for scheme, options in (("light", axe.EVERYTHING), ("dark", axe.COLOURS)):
        page.emulate_media(color_scheme=scheme)
        keep_picture(page, f"390-gallery-{kind}-{scheme}")
        assert axe.faults(page, options) == []
    page.close()
