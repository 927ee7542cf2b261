"""Entries of camt messages: one amount that was booked, of one payment or of many, and the lines it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.statements import camt_charges, meanings
from app.fund.bank.statements.camt_parts import amount_of, given, said, satang_of, tidy, when
from app.fund.bank.statements.lines import Line
from app.fund.bank.statements.words import across, pieces
from app.kit import money
from app.kit.errors import BadInput

#: Parts of an entry that stand before its details, and the one that stands behind.
PARTS = frozenset(
    {
        "Amt",
        "CdtDbtInd",
        "Sts",
        "BookgDt",
        "ValDt",
        "AcctSvcrRef",
        "AddtlNtryInf",
        "NtryRef",
        "Chrgs",
        "RvslInd",
    }
)
_WHOLE = "จึงไม่นำเข้าทั้งไฟล์"


@dataclass
class Entry:
    """One entry of the statement while it is read; its details may be many."""

    number: int
    parts: dict[str, Element] = field(default_factory=dict)
    satang: int = 0
    details: int = 0
    #: The sum of what the details tell, and of what is left of it after their charges.
    told: int = 0
    left: int = 0
    #: What the charges beside the entry did to the account.
    charged: int = 0
    #: Details from the first with a charge on, with both amounts: which of them was booked the sum tells at the end.
    held: list[tuple[Element, int, int]] = field(default_factory=list)
    #: The first detail, held until it is known whether it is the only one.
    first: Element | None = None
    by_details: bool = True
    #: How many payments the bank says are in it, and their sum in satang; 0 where it does not say.
    expected: int = 0
    total: int = 0
    #: Some of its details are lines already: it had too many to be held.
    is_flushed: bool = False
    is_empty: bool = False
    #: What the details said, for a line that is none of them.
    spelt: list[str] = field(default_factory=list)


#: Parts of details that are kept with a line that stands for all of them.
_MOST_SPELT = 400


def note_batch(entry: Entry, batch: Element) -> None:
    """Take down how many payments an entry bundles, and their sum."""
    many = said(batch, "NbOfTxs")
    entry.expected += int(many) if many.isascii() and many.isdigit() and len(many) < 9 else 0
    total = batch.find("TtlAmt")
    if total is not None and total.get("Ccy", "THB") == "THB":
        entry.total += satang_of(total, f"รายการที่ {entry.number}", currency="THB")


def keep_words(entry: Entry, detail: Element) -> None:
    if len(entry.spelt) < _MOST_SPELT:
        entry.spelt += _spelt(detail, None)


def is_told_in_part(entry: Entry) -> bool:
    """Whether the file tells fewer payments, or another sum of them, than the entry's own: then it names none of them."""
    if entry.expected > max(entry.details, 1):
        return True
    own = entry.charged or entry.left - entry.told
    sums = {abs(entry.satang), abs(entry.satang - own), abs(entry.satang + own)}
    if entry.total and entry.total not in sums:
        return True
    first = entry.first if entry.details == 1 else None
    amount = amount_of(first) if first is not None else None
    if first is not None and amount is None:
        # What the payer ordered may be more than what came in; where it is less, others paid the rest.
        ordered = first.find("AmtDtls/InstdAmt/Amt")
        if ordered is not None and ordered.get("Ccy") == "THB":
            return satang_of(ordered, f"รายการที่ {entry.number}") < abs(entry.satang)
    if first is None or amount is None or amount.get("Ccy") != "THB":
        return False
    told = detail_satang(entry, first)
    return entry.satang not in (told, told + charged(entry, first), told + entry.charged)


def takes_back(entry: Entry, detail: Element | None) -> bool:
    """Whether the bank marks an entry as the reversal of another, or a payment in it as returned."""
    return _said_of(entry, "RvslInd") in ("true", "1") or (
        detail is not None and detail.find("RtrInf") is not None
    )


def is_booked(entry: Entry) -> bool:
    """Money that is only announced has not moved."""
    return "Sts" not in entry.parts or status_of(entry) == "BOOK"


def status_of(entry: Entry) -> str:
    """The bank's word for the state of an entry; empty where it says none."""
    status = entry.parts.get("Sts")
    return ((status.text or "").strip() or said(status, "Cd")) if status is not None else ""


def _said_of(entry: Entry, tag: str) -> str:
    part = entry.parts.get(tag)
    return (part.text or "").strip() if part is not None else ""


def detail_satang(entry: Entry, whole: Element) -> int:
    """The amount of one payment of an entry, below zero for money out. Raises BadInput where none is told."""
    amount = amount_of(whole)
    if amount is None:
        raise BadInput(f"รายการที่ {entry.number}: รายการย่อยบางรายการไม่มีจำนวนเงิน {_WHOLE}")
    satang = satang_of(amount, f"รายการที่ {entry.number}")
    side = said(whole, "CdtDbtInd") or _said_of(entry, "CdtDbtInd")
    return satang if side == "CRDT" else -satang


def charged(entry: Entry, detail: Element) -> int:
    """What the charges of one payment did to the account, in satang."""
    return camt_charges.taken(detail.findall("Chrgs"), f"รายการที่ {entry.number}")


def refuse_contradiction(entry: Entry, detail: Element) -> None:
    """Raises BadInput unless the only payment of an entry and its charges, where both are told, make what was booked."""
    amount = amount_of(detail)
    own = charged(entry, detail)
    if amount is None or amount.get("Ccy") != "THB" or not (own or entry.charged):
        return
    told = detail_satang(entry, detail)
    if entry.satang not in (told, told + own, told + entry.charged):
        raise BadInput(
            f"รายการที่ {entry.number}: ยอดรายการคือ {money.format_baht(entry.satang)} บาท แต่ยอดก่อนหักคือ "
            f"{money.format_baht(told)} บาท {camt_charges.in_words(own or entry.charged)} {_WHOLE}"
        )


def line(
    entry: Entry, detail: Element | None, satang: int, *, running: int, alone: bool, doubt: str = ""
) -> Line:
    """The line of an entry, or of one payment in it, which left the account at `running`.

    Raises BadInput for a day that cannot be read.
    """
    on, at = when(entry.parts.get("BookgDt", entry.parts.get("ValDt")), f"รายการที่ {entry.number}")
    own = entry.parts.get("AcctSvcrRef")
    told = Element("none") if detail is None else detail
    end_to_end = given(said(told, "Refs/EndToEndId"))
    # The reference of a batch is that of all its lines; it names none of them.
    whole_ref = (own.text or "").strip() if own is not None and alone else ""
    structured = [
        one.text.strip()
        for one in told.iterfind("RmtInf/Strd/CdtrRefInf/Ref")
        if one.text and one.text.strip()
    ]
    words = [part.text or "" for part in told.iterfind("RmtInf/Ustrd")]
    parts = [piece for one in words for piece in pieces(one)]
    words += [said(told, "AddtlTxInf"), end_to_end]
    taken = charged(entry, told) or (entry.charged if alone else 0)
    words.append(camt_charges.in_words(taken))
    if alone and "AddtlNtryInf" in entry.parts:
        words.append(entry.parts["AddtlNtryInf"].text or "")
        parts += pieces(entry.parts["AddtlNtryInf"].text or "")
    side = "Dbtr" if satang > 0 else "Cdtr"
    payer = said(told, f"RltdPties/{side}/Nm") or said(told, f"RltdPties/{side}/Pty/Nm")
    description = tidy(" ".join(words))
    if not doubt and (takes_back(entry, detail) or meanings.takes_back(description)):
        doubt = MatchReason.REVERSAL
    return Line(
        number=entry.number,
        on=on,
        at=at,
        satang=satang,
        balance=None,
        running=running,
        description=description,
        ref1=structured[0] if structured else "",
        ref2=structured[1] if len(structured) > 1 else "",
        bank_ref=given(said(told, "Refs/AcctSvcrRef")) or given(whole_ref) or end_to_end,
        payer=tidy(payer),
        payer_bank=said(told, f"RltdAgts/{side}Agt/FinInstnId/ClrSysMmbId/MmbId")[:3],
        cells=(
            *_spelt(Element("none"), entry),
            *_spelt(told, None),
            *(entry.spelt if doubt == MatchReason.BATCH else ()),
        ),
        joined=across(parts),
        doubt=doubt,
    )


def _spelt(whole: Element, entry: Entry | None) -> Iterator[str]:
    """What the bank wrote, part by part, to be kept with the line."""
    parts = entry.parts.values() if entry is not None else iter(whole)
    for part in parts:
        for one in part.iter():
            if one.text and one.text.strip():
                yield f"{one.tag}={one.text.strip()}"
