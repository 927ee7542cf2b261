"""Other currencies than baht, as banks name them in headings, in cells and beside an account's number."""

import re

_NAMES = re.compile(
    r"(?<![a-z])(?:usd|us\$|eur|euros?|gbp|jpy|cny|cnh|rmb|sgd|hkd|aud|nzd|cad|chf|krw|myr|lak|khr|vnd|mmk|inr|twd|idr|php|sek|nok|dkk|rub|aed|sar|"
    r"dollars?|yen|yuan)(?![a-z])|[$€£¥]|ดอลลาร์|ดอลล่าร์|เหรียญสหรัฐ|ยูโร|เงินเยน|เงินหยวน|เงินปอนด์|เงินกีบ|เงินเรียล",
    re.IGNORECASE,
)
_ALONE = frozenset({"เยน", "หยวน", "ปอนด์", "กีบ", "เรียล", "เหรียญ", "วอน"})


def foreign_in(words: str) -> str:
    """The other currency that these words name; empty where they name none."""
    found = _NAMES.search(words)
    return found[0] if found else ""


def without(words: str) -> str:
    """The words without the names of other currencies."""
    return _NAMES.sub("", words)


def is_foreign(cell: str) -> bool:
    """Whether a cell says nothing but another currency."""
    written = cell.strip()
    return written in _ALONE or _NAMES.sub("", written).strip(" ()-/") == "" != written
