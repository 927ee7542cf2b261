"""camt.053: the bank-to-customer statement of ISO 20022, read entry by entry without keeping the file's tree.

Source: ISO 20022 message definitions camt.053.001.02 to .001.08. A file with a document type or an entity is refused:
no bank writes one, and they are how a small file becomes a vast one or reads what it should not.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.statements import camt_entries
from app.fund.bank.statements.camt_entries import CamtEntry, amount_of, signed, text_at, when
from app.fund.bank.statements.declared_totals import DeclaredTotals
from app.fund.bank.statements.lines import StatementLine
from app.kit import money
from app.kit.errors import BadInput

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
_VERSIONS = frozenset({"02", "03", "04", "05", "06", "07", "08"})
#: Collected whole, one at a time; the rest of a file is passed over.
_COLLECTED = frozenset({"Acct", "Bal", "TxDtls"})
_PIECE = 1 << 16
#: Payments of one entry that are held until it is known that all of them are told.
_MOST_PENDING = 1_000
_DEEPEST = 40
#: Letters of one part of the file; a longer one is no bank's.
_LONGEST_PART = 100_000
_WHOLE = "จึงไม่นำเข้าทั้งไฟล์"
_BROKEN = "ไฟล์ XML นี้เสียหรือไม่ครบ กรุณาขอไฟล์ใหม่จากธนาคาร"


def looks_so(beginning: bytes) -> bool:
    """Whether a file that begins like this is an ISO 20022 message, of whatever kind and encoding."""
    plain = beginning.replace(b"\0", b"")
    return plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and b"iso:20022" in plain


class _Reader:
    """Takes what the parser finds and gives lines."""

    def __init__(self, declared: DeclaredTotals) -> None:
        self.lines: list[StatementLine] = []
        self._declared = declared
        self._path: list[str] = []
        self._builder: TreeBuilder | None = None
        self._within = 0
        self._letters = 0
        self._entry: CamtEntry | None = None
        self._entries = 0
        self._running: int | None = None
        self._closing: tuple[int, date] | None = None
        self._day: date | None = None
        #: Whether the opening balance of the statement was given as a line.
        self._opened = False
        self._numbered = self._reference = ""
        self.statements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, tag = name.rpartition("}")
        if not self._path:
            self._refuse_other(namespace, tag)
        self._path.append(tag)
        if len(self._path) > _DEEPEST:
            raise BadInput(_BROKEN)
        if self._builder is not None:
            self._within += 1
            self._builder.start(tag, attributes)
        elif tag == "Stmt":
            self.statements += 1
            self._running, self._closing, self._opened = None, None, False
            self._numbered = self._reference = ""
        elif tag == "Ntry":
            self._entries += 1
            self._entry = CamtEntry(number=self._entries)
        elif self._is_collected(tag):
            self._builder, self._within, self._letters = TreeBuilder(), 1, 0
            self._builder.start(tag, attributes)

    def _refuse_other(self, namespace: str, tag: str) -> None:
        kind = namespace.rpartition(":")[2]
        if not namespace.startswith(_NAMESPACE) or namespace.removeprefix(_NAMESPACE) not in _VERSIONS:
            raise BadInput(
                f"ไฟล์นี้เป็น {kind[:40] or tag[:40]} ระบบอ่านได้เฉพาะรายการเดินบัญชี camt.053.001.02 ถึง .08 กรุณาขอไฟล์แบบนั้นจากธนาคาร"
            )

    def _is_collected(self, tag: str) -> bool:
        if self._path[-2:-1] == ["Stmt"]:
            return tag in ("Acct", "Bal", "Id", "ElctrncSeqNb")
        if self._entry is None:
            return False
        return tag in ("TxDtls", "Btch") or (self._path[-2] == "Ntry" and tag in camt_entries.PARTS)

    def text(self, letters: str) -> None:
        if self._builder is not None:
            self._letters += len(letters)
            if self._letters > _LONGEST_PART:
                raise BadInput(_BROKEN)
            self._builder.data(letters)

    def end(self, name: str) -> None:
        tag = self._path.pop()
        if self._builder is not None:
            self._builder.end(tag)
            self._within -= 1
            if self._within:
                return
            whole, self._builder = self._builder.close(), None
            self._take(tag, whole)
        elif tag == "Ntry":
            self._end_entry()
        elif tag == "Stmt":
            self._end_statement()

    def _take(self, tag: str, whole: Element) -> None:
        if tag == "Acct":
            self._note_account(whole)
        elif tag == "Id" and self._entry is None:
            self._reference = (whole.text or "").strip()
        elif tag == "ElctrncSeqNb" and self._entry is None:
            self._numbered = (whole.text or "").strip().lstrip("0")
        elif tag == "Bal":
            self._note_balance(whole)
        elif tag == "TxDtls":
            self._take_detail(whole)
        elif tag == "Btch" and self._entry is not None:
            camt_entries.note_batch(self._entry, whole)
        elif self._entry is not None and tag == "Chrgs":
            # Before .03 there may be several.
            self._entry.charged += camt_entries.charges_taken([whole], f"รายการที่ {self._entry.number}")
            self._entry.parts.setdefault(tag, Element(tag)).append(whole)
        elif self._entry is not None:
            self._entry.parts[tag] = whole

    def _note_account(self, whole: Element) -> None:
        account = text_at(whole, "Id/Othr/Id") or text_at(whole, "Id/IBAN")
        if self._declared.account and account != self._declared.account:
            raise BadInput(f"ไฟล์นี้มีมากกว่าหนึ่งบัญชี {_WHOLE} กรุณาขอไฟล์แยกบัญชีจากธนาคาร")
        self._declared.account = account

    def _note_balance(self, whole: Element) -> None:
        kind = text_at(whole, "Tp/CdOrPrtry/Cd")
        if kind not in ("OPBD", "PRCD", "CLBD"):
            return
        satang = signed(whole, "ยอดคงเหลือ")
        on = when(whole.find("Dt"), "ยอดคงเหลือ")[0]
        if kind == "CLBD":
            self._closing = satang, on
        elif self._running is None or kind == "OPBD":
            self._running = satang
            self._day = on

    def _begin_entry(self, entry: CamtEntry) -> None:
        """When the first detail or the end comes, what stands before is known."""
        if entry.satang or entry.is_empty:
            return
        if self._running is None or self._closing is None:
            raise BadInput(f"ไฟล์นี้ไม่มียอดยกมา (OPBD) หรือยอดยกไป (CLBD) จึงพิสูจน์ไม่ได้ว่าครบ {_WHOLE}")
        self._open()
        holder = Element("Ntry")
        holder.extend(entry.parts.values())
        entry.satang = signed(holder, f"รายการที่ {entry.number}")
        if not entry.satang:
            entry.is_empty = True
            self._declared.zeros += 1

    def _take_detail(self, whole: Element) -> None:
        entry = self._entry
        if entry is None or not camt_entries.is_booked(entry):
            return
        self._begin_entry(entry)
        if entry.is_empty:
            return
        entry.details += 1
        camt_entries.keep_words(entry, whole)
        if entry.details == 1:
            entry.first = whole
            return
        if entry.first is not None:
            first, entry.first = entry.first, None
            self._detail_line(entry, first)
        self._detail_line(entry, whole)

    def _detail_line(self, entry: CamtEntry, whole: Element) -> None:
        """One payment of an entry: a line of its own, held as long as it is not sure that all of them are told."""
        if not entry.by_details:
            return
        if amount_of(whole) is None and not entry.is_flushed:
            entry.by_details = False
            entry.pending.clear()
            return
        satang = camt_entries.detail_satang(entry, whole)
        left = satang + camt_entries.charged(entry, whole)
        entry.detail_sum, entry.left = entry.detail_sum + satang, entry.left + left
        if entry.is_flushed and not entry.pending and left == satang:
            self._line(entry, whole, satang, alone=False)
            return
        entry.pending.append((whole, satang, left))
        if len(entry.pending) == _MOST_PENDING and not entry.charged and entry.detail_sum == entry.left:
            for detail, detail_sum, _ in entry.pending:
                self._line(entry, detail, detail_sum, alone=False)
            entry.pending, entry.is_flushed = [], True

    def _end_entry(self) -> None:
        entry, self._entry = self._entry, None
        if entry is None:
            return
        if not camt_entries.is_booked(entry):
            self._declared.pass_over(entry.number, camt_entries.status_of(entry))
            return
        self._begin_entry(entry)
        if entry.is_empty:
            return
        if entry.details == 1 and entry.first is not None:
            camt_entries.refuse_contradiction(entry, entry.first)
        in_part = camt_entries.is_told_in_part(entry)
        if in_part and entry.is_flushed:
            raise BadInput(
                f"รายการที่ {entry.number}: ธนาคารบอกว่ารวม {entry.expected:,} รายการ แต่ไฟล์มีรายการย่อย {entry.details:,} รายการ {_WHOLE}"
            )
        if entry.details > 1 and entry.by_details and not in_part:
            self._end_details(entry)
            return
        of_many = in_part or entry.details > 1
        detail = entry.first if entry.details == 1 and not in_part else None
        self._line(entry, detail, entry.satang, alone=True, doubt=MatchReason.BATCH if of_many else "")

    def _end_details(self, entry: CamtEntry) -> None:
        """The details are lines when their amounts, or what their charges left of them, are what was booked."""
        if entry.satang in (entry.detail_sum, entry.left):
            for whole, detail_sum, left in entry.pending:
                self._line(
                    entry, whole, detail_sum if entry.detail_sum == entry.satang else left, alone=False
                )
        elif entry.charged and entry.satang in (entry.detail_sum + entry.charged, entry.left + entry.charged):
            # One charge for them all: nobody says which payment bears it.
            self._line(entry, None, entry.satang, alone=True, doubt=MatchReason.BATCH)
        else:
            charged = entry.charged or entry.left - entry.detail_sum
            words = f" {camt_entries.charges_in_words(charged)}" if charged else ""
            raise BadInput(
                f"รายการที่ {entry.number}: รายการย่อยรวมได้ {money.format_baht(entry.detail_sum)} บาท{words} "
                f"แต่ยอดรายการคือ {money.format_baht(entry.satang)} บาท {_WHOLE}"
            )

    def _end_statement(self) -> None:
        if self._running is None or self._closing is None:
            raise BadInput(f"ไฟล์นี้ไม่มียอดยกมา (OPBD) หรือยอดยกไป (CLBD) จึงพิสูจน์ไม่ได้ว่าครบ {_WHOLE}")
        self._open()
        self._day = self._closing[1]
        self._still(self._closing[0])

    def _open(self) -> None:
        if not self._opened and self._running is not None:
            self._opened = True
            self._still(self._running)

    def _still(self, running: int) -> None:
        """A line that only tells a balance."""
        assert self._day is not None
        self.lines.append(
            StatementLine(
                number=max(1, self._entries), on=self._day, at=None, satang=0, balance=None, running=running,
                description="", ref1="", ref2="", bank_ref="", payer="", payer_bank="", cells=(),
            )
        )  # fmt: skip

    def _line(
        self, entry: CamtEntry, detail: Element | None, satang: int, *, alone: bool, doubt: str = ""
    ) -> None:
        assert self._running is not None
        self._running += satang
        line = camt_entries.line(entry, detail, satang, running=self._running, alone=alone, doubt=doubt)
        self.lines.append(replace(line, message=(self._numbered, self._reference)))


def read(file: BinaryIO, declared: DeclaredTotals) -> Iterator[StatementLine]:
    """The booked lines of every statement in the file, between lines of no money that carry its balances.

    An entry that bundles several payments gives a line for each when all of them tell their amounts and these add up.
    `number` counts entries. Raises BadInput for anything else.
    """
    reader = _Reader(declared)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.EntityDeclHandler = _refuse_type
    file.seek(0)
    while piece := file.read(_PIECE):
        _parse(parser, piece)
        yield from reader.lines
        reader.lines.clear()
    _parse(parser, b"", final=True)
    if not reader.statements:
        raise BadInput("ไฟล์นี้ไม่มีรายการเดินบัญชี (Stmt)")
    yield from reader.lines


def _parse(parser: expat.XMLParserType, piece: bytes, *, final: bool = False) -> None:
    try:
        parser.Parse(piece, final)
    except (expat.ExpatError, LookupError, ValueError) as error:
        # An encoding that Python does not know, or of more than one byte a letter, raises the latter two.
        raise BadInput(_BROKEN) from error


def _refuse_type(*_: object) -> None:
    raise BadInput("ไฟล์ XML นี้มีส่วนกำหนดชนิดเอกสาร (DOCTYPE) ซึ่งธนาคารไม่ใช้ จึงไม่เปิด กรุณาขอไฟล์ใหม่จากธนาคาร")
