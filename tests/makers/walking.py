"""A portal that is being served, and where the pictures of a walk through it are kept."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
#: Where pictures are kept for people to look at, when they ask for them; not under version control.
PICTURES = ROOT / "screenshots"
_ASKED = os.environ.get("KUEAKUN_PICTURES") == "1"


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page where pictures are asked for: to draw one takes as long as to load the page.

    As JPEG: drawing it as PNG takes twice as long.
    """
    if _ASKED:
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=70, full_page=True)


def keep_file(name: str, contents: bytes) -> None:
    """Keep what people may want to look at beside the pictures, where those are asked for."""
    if _ASKED:
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / name).write_bytes(contents)


@dataclass
class LivePortal:
    """A portal that is being served."""

    address: str
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """What `kueakun …` prints for this portal."""
        ran = subprocess.run(
            [Path(sys.executable).parent / "kueakun", *arguments],
            env=self.environment,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, f"kueakun {' '.join(arguments)} ended with {ran.returncode}: {ran.stderr}"
        return ran.stdout

    @cached_property
    def accounts(self) -> list[dict[str, str]]:
        """Who can sign in; asked once, for a command takes longer than a page."""
        accounts: list[dict[str, str]] = json.loads(self.command("demo", "--accounts"))
        return accounts

    def password(self, sign_in_name: str) -> str:
        return next(
            account["password"] for account in self.accounts if account["sign_in_name"] == sign_in_name
        )

    def account(self, role: str) -> dict[str, str]:
        return next(account for account in self.accounts if account["role"] == role)
