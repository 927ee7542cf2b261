"""The wall: every page of the demonstration as its people see it, side by side, at the width of a telephone and of a desk.

    ./start &                                   # the demonstration at http://127.0.0.1:8000
    .venv/bin/python tests/wall.py              # writes screenshots/wall-390.webp and wall-1280.webp, tells what is too tall
    .venv/bin/python tests/wall.py --axe        # instead: what axe finds on every page as each of them, in light and in dark

With KUEAKUN_DATA and PORT of that demonstration, if they are not the usual ones.
"""

import argparse
import base64
import html
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).parents[1]
#: Who looks, in the order in which a page is shown by the first who may see it.
PEOPLE = ("", "ton", "malee", "orathai", "kanya", "busaba", "somchai", "decha", "ying")
#: Addresses of files, and deeds that are links.
_NO_PAGE = re.compile(r"\.(json|png|svg|txt)|^/static|sign-out|/language/|pdf|xlsx|zip|csv")
_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
_ONE_OF_MANY = re.compile(r"\d+|[0-9a-z]{16,}|[A-Z]{2,}-?[\d-]+")
#: Pixels of the wall's width, and how much of a page's height it shows.
WALL, SHOWN = 3_400, 2_200
#: What the other theme can change.
_COLOURS = {"runOnly": ["color-contrast"]}
_UNFOLD = "document.querySelectorAll('details').forEach(part => { part.open = true })"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--axe", action="store_true")
    asked.add_argument("--widths", default="390,1280")
    asked = asked.parse_args()
    widths = [int(width) for width in asked.widths.split(",")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        if asked.axe:
            _tell_faults(browser)
        else:
            _hang_all(browser, widths)


def _tell_faults(browser: Browser) -> None:
    """Each kind of fault with where it stands and who meets it."""
    faults: dict[tuple[str, str], list[str]] = defaultdict(list)
    pages = 0
    for who, path, page in _pages(browser, 390):
        pages += 1
        for fault in _faults(page):
            faults[fault].append(f"{who or '-'} {path}")
    for (fault, node), where in sorted(faults.items()):
        sys.stdout.write(f"{fault}: {node}\n    {len(where)}: {', '.join(where[:6])}\n")
    sys.stdout.write(f"{pages} pages, {len(faults)} faults\n")
    sys.exit(bool(faults))


def _faults(page: Page) -> set[tuple[str, str]]:
    page.evaluate(_UNFOLD)
    found: list[tuple[str, Any]] = []
    for theme, options in (("light", {}), ("dark", _COLOURS)):
        page.emulate_media(color_scheme=theme)
        answer = Axe().run(page, options={"resultTypes": ["violations"], "preload": False, **options})
        found += [(theme, fault) for fault in answer.response["violations"]]
    return {
        (f"{theme} {fault['id']}", node["html"][:200]) for theme, fault in found for node in fault["nodes"]
    }


def _hang_all(browser: Browser, widths: list[int]) -> None:
    """Each page is loaded once and taken at every width, as small as it hangs there."""
    pictures: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
    for who, path, page in _pages(browser, widths[0], once=True):
        for width in widths:
            page.set_viewport_size({"width": width, "height": 844})
            height = page.evaluate("document.documentElement.scrollHeight")
            if height > (4_200 if who else 3_500):
                sys.stdout.write(f"{width} {who or '-'} {path}: {height} px\n")
            pictures[width].append((f"{who or '-'} {path}", _picture(page, width, height)))
    for width in widths:
        _hang(pictures[width], width)


def _thumb(width: int) -> int:
    """How wide a page hangs in the wall: a telephone at half, a desk at a quarter."""
    return width // (2 if width < 768 else 4)


def _picture(page: Page, width: int, height: int) -> bytes:
    """The page down to what the wall shows of it, made small by the browser: a whole page of a desk takes a second to hand over.

    Seen at its whole height, so that what sticks to the foot of a screen stands at the foot of the page.
    """
    page.set_viewport_size({"width": width, "height": height})
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, SHOWN), "scale": 2 * _thumb(width) / width}
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot",
        {"format": "jpeg", "quality": 90, "clip": clip, "captureBeyondViewport": True},
    )
    return base64.b64decode(taken["data"])


def _pages(browser: Browser, width: int, *, once: bool = False) -> Iterator[tuple[str, str, Page]]:
    """Each page that each of them can reach, open before them; or only what nobody before them has seen."""
    shown: set[str] = set()
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    told = subprocess.run(
        [Path(sys.executable).parent / "kueakun", "demo", "--accounts"], capture_output=True, check=True
    )
    passwords = {person["sign_in_name"]: person["password"] for person in json.loads(told.stdout)}
    for who in PEOPLE:
        page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
        if who:
            page.goto(f"{address}/sign-in")
            page.fill("main input[type=text]", who)
            page.fill("main input[type=password]", passwords[who])
            page.click("main button[type=submit]")
        if not once:
            shown.clear()
        for path in _walk(page, address, shown):
            yield who, path, page
        page.context.close()


def _kind(path: str) -> str:
    return _ONE_OF_MANY.sub("…", path.partition("?")[0])


def _walk(page: Page, address: str, shown: set[str]) -> Iterator[str]:
    """The page stands at each address in turn that can be reached by links, one of each kind that is not among those shown.

    Of those only the links are read: they differ for each of them.
    """
    todo, done = ["/"], set()
    while todo:
        path = todo.pop(0)
        if (kind := _kind(path)) in done:
            continue
        done.add(kind)
        if kind in shown:
            text = page.request.get(f"{address}{path}").text()
        else:
            try:
                answer = page.goto(f"{address}{path}")
            except Error:  # an address that begins a download
                continue
            if answer is None or answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
                continue
            shown.add(kind)
            yield path
            text = page.content()
        todo += [html.unescape(link) for link in _LINK.findall(text) if not _NO_PAGE.search(link)]


def _hang(pictures: list[tuple[str, bytes]], width: int) -> None:
    """Each picture beneath the shortest column so far."""
    thumb = _thumb(width)
    down = [0] * (WALL // (thumb + 8))
    places = []
    for name, picture in pictures:
        page = Image.open(BytesIO(picture)).convert("RGB")
        page = page.resize((thumb, thumb * page.height // page.width), Image.Resampling.LANCZOS)
        column = down.index(min(down))
        places.append((name, page, column * (thumb + 8), down[column]))
        down[column] += page.height + 28
    wall = Image.new("RGB", (len(down) * (thumb + 8), max(down)), "white")
    words = ImageDraw.Draw(wall)
    for name, page, x, y in places:
        words.text((x, y + 4), name.encode("ascii", "replace").decode()[: thumb // 6], fill="black")
        wall.paste(page, (x, y + 18))
    to = ROOT / "screenshots" / f"wall-{width}.webp"
    to.parent.mkdir(exist_ok=True)
    wall.save(to, quality=45, method=6)
    sys.stdout.write(f"{to.relative_to(ROOT)}: {len(pictures)} pages\n")


if __name__ == "__main__":
    main()
