"""MT940: the customer statement message of SWIFT, read strictly and line by line.

Source: SWIFT Standards, Category 9, "MT 940 Customer Statement Message" (fields 20, 25, 60a, 61, 86, 62a). Amounts have
a comma before the satang; two-digit years are of the common era; RC and RD reverse an earlier credit or debit.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import TextIOWrapper
from typing import BinaryIO

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.lines import StatementLine, across, pieces
from app.fund.bank.statements.meanings import takes_back
from app.kit.errors import BadInput
from app.kit.sheets import encoding_of

_TAG = re.compile(r":([0-9]{2,3}[A-Z]?|NS):(.*)", re.DOTALL)
_BEGINS = re.compile(r"^:20:", re.MULTILINE)
_OF_ACCOUNT = re.compile(r"^:25P?:", re.MULTILINE)
_TAGS = frozenset(
    {
        "13",
        "13D",
        "20",
        "21",
        "25",
        "25P",
        "28",
        "28C",
        "60F",
        "60M",
        "61",
        "62F",
        "62M",
        "64",
        "65",
        "86",
        "90C",
        "90D",
        "940",
        "NS",
    }
)
#: Blocks of the envelope around a message: {1:…}, {5:…}; any other brace is a word of the bank.
_ENVELOPE = re.compile(r"\{[1-5S]:")
#: The bank's own code before an account, as a few write it without a stroke between.
_BANK_BEFORE = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:XXX)?(?=[0-9]{6,}$)")
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]{1,15},[0-9]{0,2})")
_LINE = re.compile(
    r"(?P<valued>[0-9]{6})(?P<booked>[0-9]{4}|\s{4})?(?P<mark>[RE]?[CD])[A-Z]?(?P<amount>[0-9]{1,15},[0-9]{0,2})"
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
    text = beginning.decode("ascii", errors="replace").lstrip("\ufeff\ufffd \r\n").replace("\r", "\n")
    if text.startswith((":20:", ":940:", "{1:")):
        return _OF_ACCOUNT.search(text) is not None
    # Some programs write the sender's name above the message.
    return _BEGINS.search(text) is not None and _OF_ACCOUNT.search(text) is not None


@dataclass
class _Message:
    """One statement message while it is read."""

    number: int
    #: Fields 28C and 20: the statement's and page's number, and the sender's reference.
    numbered: str = ""
    reference: str = ""
    running: int | None = None
    closed: bool = False
    pending: StatementLine | None = None
    #: Every field 86 of the pending line.
    details: list[str] = field(default_factory=list)

    def take(self) -> Iterator[StatementLine]:
        """The pending line with all that was said of it."""
        if self.pending is not None:
            yield _described(self.pending, self.details) if self.details else self.pending
        self.pending, self.details = None, []


def read(file: BinaryIO, declared: DeclaredTotals) -> Iterator[StatementLine]:
    """The lines of every message in the file, between lines of no money that carry its balances.

    The account goes to `declared`. Raises BadInput with the row's number for what is not as the standard says, another
    currency than baht, two accounts in a file, and a message without its opening or closing balance.
    """
    message: _Message | None = None
    for number, tag, text in _fields(file):
        if tag == "20":
            yield from _end(message)
            message = _Message(number=number, reference=text.strip())
        elif message is None:
            if tag != "940":
                raise _bad(number, f"พบช่อง :{tag}: ก่อนเริ่มรายการเดินบัญชี (:20:)")
        elif tag in ("25", "25P"):
            account = _BANK_BEFORE.sub("", text.split("\n")[0].split("/")[-1].strip())
            if declared.account and account != declared.account:
                raise _bad(number, "ไฟล์นี้มีมากกว่าหนึ่งบัญชี กรุณาขอไฟล์แยกบัญชีจากธนาคาร")
            declared.account = account
        elif tag in ("28", "28C"):
            message.numbered = _numbered(text)
        elif tag in ("60F", "60M"):
            if message.running is not None:
                raise _bad(number, "มียอดยกมาซ้ำ")
            message.running, on = _balance(number, text)
            yield _still(number, on, message.running, text)
        elif tag == "61":
            yield from message.take()
            message.pending = _line(number, text, message, declared)
        elif tag == "86" and message.pending is not None:
            message.details.append(text)
        elif tag in ("62F", "62M"):
            yield from message.take()
            if message.running is None or message.closed:
                raise _bad(number, "มียอดยกไปโดยไม่มียอดยกมา")
            message.closed = True
            closing, on = _balance(number, text)
            yield _still(number, on, closing, text)
    if message is None:
        raise BadInput("ไฟล์นี้ไม่มีรายการเดินบัญชีแบบ MT940")
    yield from _end(message)


def _end(message: _Message | None) -> Iterator[StatementLine]:
    if message is None:
        return
    if not message.closed:
        raise _bad(message.number, "รายการเดินบัญชีนี้ไม่มียอดยกไป (:62F:) ไฟล์อาจขาด")
    yield from ()


def _fields(file: BinaryIO) -> Iterator[tuple[int, str, str]]:
    """Row number, tag and contents of every field; continued rows are joined by line ends."""
    encoding = encoding_of(file)
    if encoding is None:
        raise BadInput("ไฟล์นี้อ่านเป็นตัวอักษรไม่ได้ กรุณาขอไฟล์ใหม่จากธนาคาร")
    file.seek(0)
    text = TextIOWrapper(file, encoding=encoding)
    tag, begun, kept, length = "", 0, list[str](), 0
    #: A line of one dash: the end of a message, or a word of field 86 when the message goes on.
    dashes = 0
    try:
        number = 0
        while row := text.readline(_MOST_ON_A_LINE):
            number += 1
            row = row.rstrip("\r\n\x1a").lstrip("\ufeff")
            # A message in its envelope: {1:…}{2:…}{4: before it, -} after it.
            if _ENVELOPE.match(row) and "{4:" in row:
                row = row.rpartition("{4:")[2]
            if row == "-":
                dashes += 1
                continue
            if row.strip() == "" or row.startswith("-}") or _ENVELOPE.match(row):
                continue
            found = _TAG.fullmatch(row)
            if found and tag == "86" and found[1] not in _TAGS:
                # A time of day, or whatever else the bank began a line of words with.
                found = None
            if dashes and tag == "86" and (found is None or found[1] not in ("20", "940")):
                kept += ["-"] * dashes
            dashes = 0
            if found:
                if tag:
                    yield begun, tag, "\n".join(kept)
                tag, begun, kept, length = found[1], number, [found[2]], len(row)
            elif tag:
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


def _still(number: int, on: date, running: int, text: str) -> StatementLine:
    """A balance is a line that moves nothing."""
    return StatementLine(
        number=number, on=on, at=None, satang=0, balance=None, running=running, description="", ref1="", ref2="",
        bank_ref="", payer="", payer_bank="", cells=(text,),
    )  # fmt: skip


def _line(number: int, text: str, message: _Message, declared: DeclaredTotals) -> StatementLine | None:
    match = _LINE.fullmatch(text)
    if match is None:
        raise _bad(number, f"อ่านรายการ “{text[:60]}” ไม่ได้")
    if message.running is None or message.closed:
        raise _bad(number, "มีรายการอยู่นอกยอดยกมาและยอดยกไป")
    satang = _satang(match["amount"])
    if match["mark"].startswith("E"):
        # Money that is only expected has not moved.
        declared.pass_over(number, match["mark"])
        return None
    if not satang:
        declared.zeros += 1
        return None
    satang = satang if match["mark"] in ("C", "RD") else -satang
    message.running += satang
    ours = match["ours"].strip()
    parts = pieces(match["more"] or "")
    words = [*parts, "" if ours == "NONREF" else ours]
    description = _tidy(" ".join(words))
    return StatementLine(
        number=number,
        on=_booked(number, match["valued"], (match["booked"] or "").strip()),
        at=None,
        satang=satang,
        balance=None,
        running=message.running,
        description=description,
        ref1="",
        ref2="",
        bank_ref=(match["theirs"] or "").strip(),
        payer="",
        payer_bank="",
        cells=(f":61:{text}",),
        joined=across(parts),
        doubt=MatchReason.REVERSAL if match["mark"].startswith("R") or takes_back(description) else "",
        message=(message.numbered, message.reference),
    )


def _numbered(text: str) -> str:
    """The statement's number and page without leading zeros; a number of zeros is none."""
    parts = [part.strip().lstrip("0") for part in text.split("/")]
    return "/".join(parts) if parts[0] else ""


def _described(line: StatementLine, details: Sequence[str]) -> StatementLine:
    """The line with what fields 86 say of it: plain words, or parts behind ?20 and the like."""
    words, parts, payers = list[str](), list[str](), list[str]()
    for text in details:
        joined = text.replace("\n", "")
        fields = _SUBFIELD.split(joined)
        pairs = list(zip(fields[1::2], fields[2::2], strict=True))
        if pairs:
            kept = [text for number, text in pairs if int(number) in _DESCRIBING]
            payers += [payer.strip() for number, payer in pairs if number in ("32", "33")]
        else:
            kept = text.split("\n")
            if named := _NAMED.search(joined):
                payers.append(named[1].strip())
        words += kept
        parts += [piece for words in kept for piece in pieces(words)]
    payer = " ".join(payers) if line.satang > 0 else ""
    return replace(
        line,
        description=_tidy(" ".join([*words, line.description])),
        payer=_tidy(payer),
        cells=(*line.cells, *(f":86:{text}" for text in details)),
        joined=(*line.joined, *across(parts)),
        doubt=line.doubt or (MatchReason.REVERSAL if takes_back(" ".join(words)) else ""),
    )


def _booked(number: int, valued: str, booked: str | None) -> date:
    """The day in the bank's books. It has no year of its own: it is the one nearest to the value date."""
    on = _day(number, valued)
    if not booked:
        return on
    years = (on.year - 1, on.year, on.year + 1)
    days = [day for year in years if (day := _date(year, int(booked[:2]), int(booked[2:])))]
    if not days:
        raise _bad(number, f"ไม่มีวันที่ {booked[2:]}/{booked[:2]}")
    return min(days, key=lambda day: abs(day - on))


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
