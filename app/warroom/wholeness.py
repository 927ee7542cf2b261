"""Whether a portal is whole: its books, its trail, and everything that it keeps encrypted."""

from dataclasses import dataclass
from typing import Protocol

from app.fund.ledger import books
from app.kit.errors import Refused
from app.kit.injected import Injected
from app.staff import audit


class Sealed(Protocol):
    """What a room keeps encrypted: app.room.Sealed."""

    @property
    def words(self) -> str: ...

    def broken(self) -> tuple[int, int]:
        """How many there are, and how many do not open."""
        ...


#: What all rooms keep encrypted.
SEALED: Injected[list[Sealed]] = Injected("what is kept encrypted")


@dataclass(frozen=True, slots=True)
class Wholeness:
    """What was looked at, by its words, and what is wrong, a sentence each."""

    opened: dict[str, int]
    findings: list[str]
    last_hash: str


def look() -> Wholeness:
    """Open everything, prove the books and walk the trail. Reads all of it: seconds to minutes, by its size."""
    opened, findings = {}, []
    for kind in SEALED.get():
        every, broken = kind.broken()
        opened[kind.words] = every
        if broken:
            findings.append(f"{kind.words} เปิดไม่ได้หรือหายไป {broken:,} จาก {every:,} รายการ")
    findings += books.findings()
    last = ""
    try:
        last = str(audit.verify()["last_hash"])
    except Refused as refused:
        findings.append(refused.words)
    return Wholeness(opened, findings, last)
