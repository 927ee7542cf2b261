"""What axe-core finds on a page as it stands in Chromium."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: WCAG 2.2 AA. Of colours, the slowest of all to look at, the gallery answers for every part in light and in dark, and no
#: page has its own.
STANDARD: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"color-contrast": {"enabled": False}},
}
EVERYTHING: dict[str, Any] = {}
COLOURS: dict[str, Any] = {"runOnly": ["color-contrast"]}
#: Only what fails is worked out in full and sent here; the rest of the report is most of what it costs.
_RUN = """options => axe.run(document, options).then(report => report.violations.map(
    fault => ({id: fault.id, impact: fault.impact, html: fault.nodes[0].html.slice(0, 160)})))"""


def faults(page: Page, options: dict[str, Any] = STANDARD, *, serious: bool = False) -> list[str]:
    """Each fault with where it is; all of them or the `serious` ones."""
    asked = {"resultTypes": ["violations"], "preload": False, "selectors": False, **options}
    page.evaluate(AXE_SCRIPT)
    return [
        f"{fault['id']}: {fault['html']}"
        for fault in page.evaluate(f"({_RUN})({json.dumps(asked)})")
        if not serious or fault["impact"] in ("serious", "critical")
    ]
