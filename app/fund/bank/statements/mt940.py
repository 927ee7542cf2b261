"""MT940: the customer statement message of SWIFT, read strictly and line by line.

Source: SWIFT Standards, Category 9, "MT 940 Customer Statement Message" (fields 20, 25, 60a, 61, 86, 62a). Amounts have
a comma before the satang; two-digit years are of the common era; RC and RD reverse an earlier credit or debit.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from io import TextIOWrapper
from typing import BinaryIO

from app.fund.bank.statements.lines import Line
from app.fund.bank.statements.stated import Stated
from app.kit.errors import BadInput
from app.kit.sheets import encoding_of

_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS):(.*)", re.DOTALL)
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]{1,12},[0-9]{0,2})")
_LINE = re.compile(
    r"(?P<valued>[0-9]{6})(?P<booked>[0-9]{4})?(?P<mark>R?[CD])[A-Z]?(?P<amount>[0-9]{1,12},[0-9]{0,2})"
    r"(?P<kind>[NSF][A-Z0-9]{3})(?P<ours>[^\n]*?)(?://(?P<theirs>[^\n]*))?(?:\n(?P<more>.*))?",
    re.DOTALL,
)
_SUBFIELD = re.compile(r"\?([0-9]{2})")
_NAMED = re.compile(r"/(?:ORDP|NAME)/(?:/?NAME/)?([^/]+)")
_DESCRIBING = {*range(10), *range(20, 30), *range(60, 64)}
#: A field 86 has six lines of 65; some banks write more, none this much.
_LONGEST_FIELD = 4_000
_MOST_ON_A_LINE = 2_000
_WHOLE = "จึงไม่นำเข้าทั้งไฟล์"


def looks_so(beginning: bytes) -> bool:
    """Whether a file that begins like this is an MT940 message."""
    text = beginning.decode("ascii", errors="replace").lstrip("\ufeff\ufffd \r\n")
    return text.startswith((":20:", "{1:")) and ":25:" in text


@dataclass
class _Message:
    """One statement message while it is read."""

    number: int
    running: int | None = None
    closed: bool = False
    pending: Line | None = None
    seen: list[str] = field(default_factory=list)


def read(file: BinaryIO, stated: Stated) -> Iterator[Line]:
    """The lines of every message in the file, between lines of no money that carry its balances.

    The account goes to `stated`. Raises BadInput with the row's number for what is not as the standard says, another
    currency than baht, two accounts in a file, and a message without its opening or closing balance.
    """
    message: _Message | None = None
    for number, tag, text in _fields(file):
        if tag == "20":
            yield from _end(message)
            message = _Message(number=number)
        elif message is None:
            raise _bad(number, f"พบช่อง :{tag}: ก่อนเริ่มรายการเดินบัญชี (:20:)")
        elif tag == "25":
            account = text.split("/")[-1].strip()
            if stated.account and account != stated.account:
                raise _bad(number, "ไฟล์นี้มีมากกว่าหนึ่งบัญชี กรุณาขอไฟล์แยกบัญชีจากธนาคาร")
            stated.account = account
        elif tag in ("60F", "60M"):
            if message.running is not None:
                raise _bad(number, "มียอดยกมาซ้ำ")
            message.running, on = _balance(number, text)
            yield _still(number, on, message.running, text)
        elif tag == "61":
            if message.pending is not None:
                yield message.pending
            message.pending = _line(number, text, message)
        elif tag == "86" and message.pending is not None:
            yield _described(message.pending, text)
            message.pending = None
        elif tag in ("62F", "62M"):
            if message.pending is not None:
                yield message.pending
                message.pending = None
            if message.running is None or message.closed:
                raise _bad(number, "มียอดยกไปโดยไม่มียอดยกมา")
            message.closed = True
            closing, on = _balance(number, text)
            yield _still(number, on, closing, text)
    if message is None:
        raise BadInput("ไฟล์นี้ไม่มีรายการเดินบัญชีแบบ MT940")
    yield from _end(message)


def _end(message: _Message | None) -> Iterator[Line]:
    if message is None:
        return
    if not message.closed:
        raise _bad(message.number, "รายการเดินบัญชีนี้ไม่มียอดยกไป (:62F:) ไฟล์อาจขาด")
    if message.pending is not None:
        raise _bad(message.pending.number, "มีรายการอยู่หลังยอดยกไป")
    yield from ()


def _fields(file: BinaryIO) -> Iterator[tuple[int, str, str]]:
    """Row number, tag and contents of every field; continued rows are joined by line ends."""
    encoding = encoding_of(file)
    if encoding is None:
        raise BadInput("ไฟล์นี้อ่านเป็นตัวอักษรไม่ได้ กรุณาขอไฟล์ใหม่จากธนาคาร")
    file.seek(0)
    text = TextIOWrapper(file, encoding=encoding)
    tag, begun, kept, length = "", 0, list[str](), 0
    try:
        number = 0
        while row := text.readline(_MOST_ON_A_LINE):
            number += 1
            row = row.rstrip("\r\n\x1a").lstrip("\ufeff")
            # A message in its envelope: {1:…}{2:…}{4: before it, -} after it.
            if row.startswith("{") and "{4:" in row:
                row = row.rpartition("{4:")[2]
            if row in ("", "-", "-}") or row.startswith(("{", "-}")):
                continue
            if found := _TAG.fullmatch(row):
                if tag:
                    yield begun, tag, "\n".join(kept)
                tag, begun, kept, length = found[1], number, [found[2]], len(row)
            elif not tag:
                raise _bad(number, "ไม่ใช่รายการเดินบัญชีแบบ MT940")
            else:
                kept.append(row)
                length += len(row)
            if length > _LONGEST_FIELD:
                raise _bad(number, "ข้อความยาวผิดปกติ")
        if tag:
            yield begun, tag, "\n".join(kept)
    finally:
        if not file.closed:
            text.detach()


def _balance(number: int, text: str) -> tuple[int, date]:
    match = _BALANCE.fullmatch(text.strip())
    if match is None:
        raise _bad(number, f"อ่านยอดคงเหลือ “{text[:40]}” ไม่ได้")
    if match[3] != "THB":
        raise _bad(number, f"บัญชีนี้เป็นสกุลเงิน {match[3]} ระบบรับเฉพาะบัญชีเงินบาท")
    satang = _satang(match[4])
    return satang if match[1] == "C" else -satang, _day(number, match[2])


def _still(number: int, on: date, running: int, text: str) -> Line:
    """A balance is a line that moves nothing."""
    return Line(
        number=number, on=on, at=None, satang=0, balance=None, running=running, description="", ref1="", ref2="",
        bank_ref="", payer="", payer_bank="", cells=(text,),
    )  # fmt: skip


def _line(number: int, text: str, message: _Message) -> Line:
    match = _LINE.fullmatch(text)
    if match is None:
        raise _bad(number, f"อ่านรายการ “{text[:60]}” ไม่ได้")
    if message.running is None or message.closed:
        raise _bad(number, "มีรายการอยู่นอกยอดยกมาและยอดยกไป")
    satang = _satang(match["amount"])
    if not satang:
        raise _bad(number, "จำนวนเงินเป็นศูนย์")
    satang = satang if match["mark"] in ("C", "RD") else -satang
    message.running += satang
    ours = match["ours"].strip()
    words = [match["more"] or "", "" if ours == "NONREF" else ours]
    return Line(
        number=number,
        on=_booked(number, match["valued"], match["booked"]),
        at=None,
        satang=satang,
        balance=None,
        running=message.running,
        description=_tidy(" ".join(words)),
        ref1="",
        ref2="",
        bank_ref=(match["theirs"] or "").strip(),
        payer="",
        payer_bank="",
        cells=(f":61:{text}",),
    )


def _described(line: Line, text: str) -> Line:
    """The line with what field 86 says of it: plain words, or parts behind ?20 and the like."""
    joined = text.replace("\n", "")
    parts = _SUBFIELD.split(joined)
    payer = ""
    if len(parts) > 1:
        pairs = list(zip(parts[1::2], parts[2::2], strict=True))
        words = " ".join(said for number, said in pairs if int(number) in _DESCRIBING)
        payer = " ".join(said.strip() for number, said in pairs if number in ("32", "33")).strip()
    else:
        words = text.replace("\n", " ")
        if named := _NAMED.search(joined):
            payer = named[1].strip()
    return replace(
        line,
        description=_tidy(f"{words} {line.description}"),
        payer=_tidy(payer) if line.satang > 0 else "",
        cells=(*line.cells, f":86:{text}"),
    )


def _booked(number: int, valued: str, booked: str | None) -> date:
    """The day in the bank's books. It has no year of its own: it is the one nearest to the value date."""
    on = _day(number, valued)
    if not booked:
        return on
    years = (on.year - 1, on.year, on.year + 1)
    days = [one for year in years if (one := _date(year, int(booked[:2]), int(booked[2:])))]
    if not days:
        raise _bad(number, f"ไม่มีวันที่ {booked[2:]}/{booked[:2]}")
    return min(days, key=lambda one: abs(one - on))


def _day(number: int, written: str) -> date:
    found = _date(2000 + int(written[:2]), int(written[2:4]), int(written[4:]))
    if found is None:
        raise _bad(number, f"ไม่มีวันที่ {written[4:]}/{written[2:4]}/{written[:2]}")
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _satang(written: str) -> int:
    baht, _, rest = written.partition(",")
    return int(baht) * 100 + int(rest.ljust(2, "0"))


def _tidy(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())


def _bad(number: int, words: str) -> BadInput:
    return BadInput(f"บรรทัดที่ {number}: {words} {_WHOLE}")
