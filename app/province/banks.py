"""Thai banks by the three-digit code of the Bank of Thailand, as slips and statements carry it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from app.province import reference


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank. `status` is active, central, historic (merged or closed) or code_unverified."""

    code: str
    letters: str
    name_th: str
    name_en: str
    status: str


@cache
def banks() -> tuple[Bank, ...]:
    """All known banks, by code."""
    rows: list[dict[str, Any]] = reference.load("bot_bank_codes.json")
    return tuple(
        Bank(row["code"], row["abbr"], row["name_th"], row["name_en"], row["status"])
        for row in sorted(rows, key=lambda row: str(row["code"]))
    )


def bank(code: str) -> Bank | None:
    """The bank with this three-digit code, or None."""
    return next((bank for bank in banks() if bank.code == code), None)


def bank_name(code: str) -> str:
    """The bank's Thai name; an unknown code is shown as it is, for a slip is not wrong for a new bank."""
    found = bank(code)
    return found.name_th if found else f"ธนาคารรหัส {code}"
