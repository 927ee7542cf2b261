"""The wall: every page of the demonstration as its people see it, side by side, at the width of a telephone and of a desk.

    ./start &                                   # the demonstration at http://127.0.0.1:8000
    .venv/bin/python tests/wall.py              # writes screenshots/wall-390.webp and wall-1280.webp, tells what is too tall

With KUEAKUN_DATA and PORT of that demonstration, if they are not the usual ones.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).parents[1]
#: Who looks, in the order in which a page is shown by the first who may see it.
PEOPLE = ("", "ton", "malee", "orathai", "kanya", "busaba", "somchai", "decha", "ying")
#: Addresses of files, and deeds that are links.
_NO_PAGE = re.compile(r"\.(json|png|svg|txt)|^/static|sign-out|/language/|pdf|xlsx|zip|csv")
_ONE_OF_MANY = re.compile(r"\d+|[0-9a-z]{16,}|[A-Z]{2,}-?[\d-]+")
#: Pixels of a picture in the wall, how much of a page's height it shows, and the pictures of a row.
THUMB, SHOWN, ROW = 200, 3.2, 16


def main() -> None:
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    told = subprocess.run(
        [Path(sys.executable).parent / "kueakun", "demo", "--accounts"], capture_output=True, check=True
    )
    passwords = {person["sign_in_name"]: person["password"] for person in json.loads(told.stdout)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width in (390, 1280):
            pictures = [
                (f"{who or '-'} {path}", picture)
                for who, path, picture in _pages(browser, address, passwords, width)
            ]
            _hang(pictures, ROOT / "screenshots" / f"wall-{width}.webp")


def _pages(
    browser: Browser, address: str, passwords: dict[str, str], width: int
) -> Iterator[tuple[str, str, bytes]]:
    seen: set[str] = set()
    for who in PEOPLE:
        page = browser.new_context(viewport={"width": width, "height": 844}).new_page()
        if who:
            page.goto(f"{address}/sign-in")
            page.fill("main input[type=text]", who)
            page.fill("main input[type=password]", passwords[who])
            page.click("main button[type=submit]")
        for path in _walk(page, address):
            kind = _ONE_OF_MANY.sub("…", path.partition("?")[0])
            if kind not in seen:
                seen.add(kind)
                height = page.evaluate("document.documentElement.scrollHeight")
                if height > (4_200 if who else 3_500):
                    sys.stdout.write(f"{width} {who or '-'} {path}: {height} px\n")
                yield who, path, page.screenshot(full_page=True)
        page.context.close()


def _walk(page: Page, address: str) -> Iterator[str]:
    """The page stands at each address in turn that can be reached by links, one of each kind."""
    todo, done = ["/"], set()
    while todo:
        path = todo.pop(0)
        kind = _ONE_OF_MANY.sub("…", path.partition("?")[0])
        if kind in done:
            continue
        done.add(kind)
        try:
            answer = page.goto(f"{address}{path}")
        except Error:  # an address that begins a download
            continue
        if answer is None or answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
            continue
        yield path
        links = page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href'))")
        todo += [link.partition("#")[0] for link in links if not _NO_PAGE.search(link)]


def _hang(pictures: list[tuple[str, bytes]], to: Path) -> None:
    down = int(THUMB * SHOWN)
    rows = -(-len(pictures) // ROW)
    wall = Image.new("RGB", (ROW * (THUMB + 8), rows * (down + 24)), "white")
    words = ImageDraw.Draw(wall)
    for number, (name, picture) in enumerate(pictures):
        x, y = number % ROW * (THUMB + 8), number // ROW * (down + 24)
        page = Image.open(BytesIO(picture)).convert("RGB")
        page = page.crop((0, 0, page.width, min(page.height, int(page.width * SHOWN))))
        wall.paste(
            page.resize((THUMB, THUMB * page.height // page.width), Image.Resampling.LANCZOS), (x, y + 20)
        )
        words.text((x, y + 4), name.encode("ascii", "replace").decode()[:34], fill="black")
    to.parent.mkdir(exist_ok=True)
    wall.save(to, quality=60)
    sys.stdout.write(f"{to.relative_to(ROOT)}: {len(pictures)} pages\n")


if __name__ == "__main__":
    main()
