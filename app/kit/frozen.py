"""Frozen contents: facts as JSON with sorted keys, and their SHA-256."""

import hashlib
import json
from typing import Any


def freeze(known: dict[str, Any]) -> tuple[str, str]:
    """The contents as JSON with sorted keys, and their SHA-256."""
    text = json.dumps(known, sort_keys=True, ensure_ascii=False)
    return text, hash_of(text)


def hash_of(contents: str) -> str:
    """SHA-256 of frozen contents."""
    return hashlib.sha256(contents.encode()).hexdigest()


def thaw(contents: str) -> dict[str, Any]:
    """The contents as they were frozen."""
    known: dict[str, Any] = json.loads(contents)
    return known
