"""Statements brought in as an officer does."""

from typing import Any

import bank_hands
from bank_hands import (
    Movement,
    generic,
)

from app.kit.db import db


def brought_in(raw: bytes, **more: Any) -> dict[str, int]:
    counts = bank_hands.import_file(name="บัญชี.csv", raw=raw, by=None, **more)
    db.session.rollback()
    return counts


def in_another_layout(movements: list[Movement], *, opening: int = 1_000_000, balance: bool = True) -> bytes:
    """The same account's lines as `generic` writes them, with one more column, as another export has."""
    lines = generic(movements, opening=opening, balance=balance).decode("utf-8-sig").splitlines()
    return "\n".join([f"{lines[0]},ช่องทาง", *(f"{line},K PLUS" for line in lines[1:])]).encode()
