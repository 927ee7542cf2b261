"""A hundred waiting lines by keyboard alone, in a browser, on the demonstration: keys, page loads and server time a line.

Told beside it: the seconds that a practised officer would need, at 1.2 s to read and decide each line, 0.2 s a key and
the loads as measured. `--leave FOLDER` only leaves the lines in a demonstration that is there.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "makers"))

from playwright.sync_api import Page, sync_playwright
from portals import free_port
from sqlalchemy import select

from app import create_app
from app.demo import messages
from app.demo.ledger import Ledger
from app.demo.qr_reader import Asked, read_payload
from app.fund.bank.providers import callbacks
from app.fund.bank.reconciliation import matching
from app.fund.giving.payment_requests import payment_requests
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db, transaction
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LINES = int(os.environ.get("LINES", "100"))
#: What a hundred lines are made of: short, misspelt, only a sum, late or strange, interest.
_SORTS = ("short",) * 35 + ("misspelt",) * 20 + ("sum",) * 15 + ("unknown",) * 15 + ("interest",) * 15
_DECIDE, _KEY = 1.2, 0.2


def leave(folder: Path, lines: int = LINES) -> None:
    """Payments that a person must look at, as a month of a real bank leaves them."""
    os.environ["KUEAKUN_DATA"] = str(folder)
    app = create_app()
    rng = random.Random(7)
    with app.app_context():
        settings = Settings.here()
        ledger = Ledger(settings.data)
        with transaction() as session:
            general = session.scalars(select(Purpose.id).filter_by(code="general")).one()
            at = clock.now() - timedelta(minutes=lines)
            for number in range(lines):
                sort = _SORTS[number * 37 % len(_SORTS)]
                satang = (100 + number * 7) * 100
                made = payment_requests.open(
                    satang=satang, purpose_id=general, donor_name=f"นายผู้ให้ คนที่ {number}", by=None
                )
                asked = read_payload(made.payload)
                ref1, payer = asked.ref1, f"นายผู้ให้ คนที่ {number}"
                if sort == "short":
                    satang -= rng.randint(1, 90) * 100
                elif sort == "misspelt":
                    ref1 = ref1[:-2] + ref1[-1] + ref1[-2] if ref1[-1] != ref1[-2] else ref1[:-1]
                elif sort == "sum":
                    ref1, payer = "", f"นาย ผู้ให้ ค*** {number}"
                elif sort == "unknown":
                    ref1, payer, satang = f"WAT{number}", "กองบุญวัดป่าบ้านหนองแคน", satang + 1
                else:
                    ref1, payer, satang = "", "ดอกเบี้ยเงินฝาก", satang + 2
                typed = Asked(
                    asked.payload, asked.tag, asked.payee, asked.account, asked.proxy, ref1, "", None
                )
                at += timedelta(seconds=30)
                line = ledger.transfer(typed, satang=satang, payer=payer, payer_bank="006", at=at)
                callbacks.record(messages.confirmation(line))
        matching.reconcile_new()
        db.session.remove()


class Officer:
    """Whoever works the page: every key and every page is counted, and there is no mouse."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.loads = page, 0, 0
        self.waited: list[float] = []
        self.served: list[float] = []

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.keys += len(words)
        self.page.keyboard.type(words)

    def go(self, key: str = "Enter") -> None:
        """Press a key that opens the next page, and wait until that can be read."""
        began = time.perf_counter()
        with self.page.expect_navigation(wait_until="load"):
            self.press(key)
        self.loads += 1
        self.waited.append(time.perf_counter() - began)
        self.served.append(
            self.page.evaluate(
                "(n => n.responseStart - n.requestStart)(performance.getEntriesByType('navigation')[0])"
            )
        )

    def decide(self) -> None:
        """One line: taken as suggested, excluded with the reason of the last, or parked."""
        said = self.page.locator(".desk-thing").inner_text()
        if "ดอกเบี้ย" in said:
            self.press("x")
            self.write("ดอกเบี้ย")
            self.go()
        elif self.page.locator("#work [type=radio]:checked").count():
            self.go()
        elif "ผู้ให้" in said:
            # Nothing stands out: the officer looks for the sum, and takes what is found.
            self.press("f")
            self.write(self.page.locator("#event").inner_text().replace(",", "").removesuffix(".00"))
            self.go()
            self.press("1")
            self.go()
        else:
            self.go("h")


def _accounts(environment: dict[str, str]) -> dict[str, str]:
    kueakun = [str(Path(sys.executable).parent / "kueakun"), "demo"]
    subprocess.run(kueakun, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    told = subprocess.run(
        [*kueakun, "--accounts"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return {each["sign_in_name"]: each["password"] for each in json.loads(told.stdout)}


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="kueakun-bench-") as name:
        port = free_port()
        clean = {key: value for key, value in os.environ.items() if not key.startswith("KUEAKUN_")}
        environment = {**clean, "KUEAKUN_DATA": name, "PORT": str(port), "WORKERS": "1"}
        password = _accounts(environment)["kanya"]
        leave(Path(name))
        server = subprocess.Popen(
            [Path(sys.executable).parent / "kueakun", "serve"], cwd=ROOT, env=environment
        )
        try:
            _measure(f"http://127.0.0.1:{port}", password)
        finally:
            server.terminate()
            server.wait(20)


def _measure(address: str, password: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=5).close()
            break
        except OSError:
            time.sleep(0.2)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(
            base_url=address, viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        page.goto("/sign-in")
        page.fill("[name=sign_in_name]", "kanya")
        page.fill("[name=password]", password)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto("/bank/work")
        officer, lines = Officer(page), 0
        while page.locator("#work").count():
            officer.decide()
            lines += 1
        chromium.close()
    seconds = lines * _DECIDE + officer.keys * _KEY + sum(officer.waited)
    told = {
        "name": f"{lines} waiting lines by keyboard",
        "keys_per_line": round(officer.keys / lines, 2),
        "loads_per_line": round(officer.loads / lines, 2),
        "load_ms_median": round(1000 * statistics.median(officer.waited)),
        "server_ms_median": round(statistics.median(officer.served), 1),
        "practised_minutes_for_100": round(seconds / lines * 100 / 60, 1),
    }
    print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--leave"]:
        leave(Path(sys.argv[2]))
    else:
        run()
