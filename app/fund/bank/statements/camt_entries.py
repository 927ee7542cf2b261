"""Entries of camt messages: one amount that was booked, of one payment or of many, and the lines it becomes."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from xml.etree.ElementTree import Element

from app.fund.bank.match_reasons import MatchReason
from app.fund.bank.statements import meanings
from app.fund.bank.statements.lines import StatementLine, across, pieces
from app.kit import money
from app.kit.clock import BANGKOK
from app.kit.errors import BadInput

_NONE_GIVEN = frozenset({"NOTPROVIDED", "NONREF", "NOTAVAILABLE"})
#: No statement of the fund is of another year, and the first and last days there are have no moment in UTC.
_YEARS = range(2000, 2200)


def amount_of(whole: Element) -> Element | None:
    found = whole.find("Amt")
    return found if found is not None else whole.find("AmtDtls/TxAmt/Amt")


def signed(whole: Element, what: str) -> int:
    amount = whole.find("Amt")
    side = text_at(whole, "CdtDbtInd")
    if amount is None or side not in ("CRDT", "DBIT"):
        raise BadInput(f"{what}: ไม่มีจำนวนเงินหรือไม่บอกว่าเข้าหรือออก {_WHOLE}")
    satang = satang_of(amount, what)
    return satang if side == "CRDT" else -satang


def satang_of(amount: Element, what: str, *, currency: str = "") -> int:
    """`currency` is that of an amount that tells none."""
    currency, written = amount.get("Ccy", currency), (amount.text or "").strip()
    if currency != "THB":
        raise BadInput(f"{what}: สกุลเงิน {currency[:3]} ระบบรับเฉพาะเงินบาท {_WHOLE}")
    baht, dot, rest = written.partition(".")
    # The standard allows five decimals; baht have two, and noughts behind them mean nothing.
    rest = rest.rstrip("0") if len(rest) > 2 else rest
    if not (baht.isascii() and baht.isdigit()) or len(baht) > 12 or (dot and not rest.isascii()):
        raise BadInput(f"{what}: อ่านจำนวนเงิน “{written[:30]}” ไม่ได้ {_WHOLE}")
    if len(rest) > 2 or (rest and not rest.isdigit()):
        raise BadInput(f"{what}: อ่านจำนวนเงิน “{written[:30]}” ไม่ได้ {_WHOLE}")
    return int(baht) * 100 + int(rest.ljust(2, "0"))


def when(element: Element | None, what: str) -> tuple[date, time | None]:
    day = text_at(element, "Dt") if element is not None else ""
    moment = text_at(element, "DtTm") if element is not None else ""
    unreadable = f"{what}: อ่านวันที่ “{(moment or day)[:30]}” ไม่ได้ {_WHOLE}"
    try:
        if moment:
            at = datetime.fromisoformat(moment)
            local = at.astimezone(BANGKOK) if at.tzinfo else at
        else:
            local = datetime.combine(date.fromisoformat(day[:10]), time())
    except (ValueError, OverflowError) as error:
        raise BadInput(unreadable) from error
    if local.year not in _YEARS:
        raise BadInput(unreadable)
    return local.date(), local.time().replace(microsecond=0) if moment else None


def text_at(whole: Element | None, path: str) -> str:
    found = whole.find(path) if whole is not None else None
    return (found.text or "").strip() if found is not None else ""


def given(reference: str) -> str:
    return "" if reference.upper() in _NONE_GIVEN else reference


def tidy(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())


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
class CamtEntry:
    """One entry of the statement while it is read; its details may be many."""

    number: int
    parts: dict[str, Element] = field(default_factory=dict)
    satang: int = 0
    details: int = 0
    #: The sum of what the details tell, and of what is left of it after their charges.
    detail_sum: int = 0
    left: int = 0
    #: What the charges beside the entry did to the account.
    charged: int = 0
    #: Details from the first with a charge on, with both amounts: which of them was booked the sum tells at the end.
    pending: list[tuple[Element, int, int]] = field(default_factory=list)
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


def note_batch(entry: CamtEntry, batch: Element) -> None:
    """Take down how many payments an entry bundles, and their sum."""
    many = text_at(batch, "NbOfTxs")
    entry.expected += int(many) if many.isascii() and many.isdigit() and len(many) < 9 else 0
    total = batch.find("TtlAmt")
    if total is not None and total.get("Ccy", "THB") == "THB":
        entry.total += satang_of(total, f"รายการที่ {entry.number}", currency="THB")


def keep_words(entry: CamtEntry, detail: Element) -> None:
    if len(entry.spelt) < _MOST_SPELT:
        entry.spelt += _spelt(detail, None)


def is_told_in_part(entry: CamtEntry) -> bool:
    """Whether the file tells fewer payments, or another sum of them, than the entry's own: then it names none of them."""
    if entry.expected > max(entry.details, 1):
        return True
    own = entry.charged or entry.left - entry.detail_sum
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
    detail_sum = detail_satang(entry, first)
    return entry.satang not in (detail_sum, detail_sum + charged(entry, first), detail_sum + entry.charged)


def takes_back(entry: CamtEntry, detail: Element | None) -> bool:
    """Whether the bank marks an entry as the reversal of another, or a payment in it as returned."""
    return _text_of(entry, "RvslInd") in ("true", "1") or (
        detail is not None and detail.find("RtrInf") is not None
    )


def is_booked(entry: CamtEntry) -> bool:
    """Money that is only announced has not moved."""
    return "Sts" not in entry.parts or status_of(entry) == "BOOK"


def status_of(entry: CamtEntry) -> str:
    """The bank's word for the state of an entry; empty where it says none."""
    status = entry.parts.get("Sts")
    return ((status.text or "").strip() or text_at(status, "Cd")) if status is not None else ""


def _text_of(entry: CamtEntry, tag: str) -> str:
    part = entry.parts.get(tag)
    return (part.text or "").strip() if part is not None else ""


def detail_satang(entry: CamtEntry, whole: Element) -> int:
    """The amount of one payment of an entry, below zero for money out. Raises BadInput where none is told."""
    amount = amount_of(whole)
    if amount is None:
        raise BadInput(f"รายการที่ {entry.number}: รายการย่อยบางรายการไม่มีจำนวนเงิน {_WHOLE}")
    satang = satang_of(amount, f"รายการที่ {entry.number}")
    side = text_at(whole, "CdtDbtInd") or _text_of(entry, "CdtDbtInd")
    return satang if side == "CRDT" else -satang


def charged(entry: CamtEntry, detail: Element) -> int:
    """What the charges of one payment did to the account, in satang."""
    return charges_taken(detail.findall("Chrgs"), f"รายการที่ {entry.number}")


def refuse_contradiction(entry: CamtEntry, detail: Element) -> None:
    """Raises BadInput unless the only payment of an entry and its charges, where both are told, make what was booked."""
    amount = amount_of(detail)
    own = charged(entry, detail)
    if amount is None or amount.get("Ccy") != "THB" or not (own or entry.charged):
        return
    detail_sum = detail_satang(entry, detail)
    if entry.satang not in (detail_sum, detail_sum + own, detail_sum + entry.charged):
        raise BadInput(
            f"รายการที่ {entry.number}: ยอดรายการคือ {money.format_baht(entry.satang)} บาท แต่ยอดก่อนหักคือ "
            f"{money.format_baht(detail_sum)} บาท {charges_in_words(own or entry.charged)} {_WHOLE}"
        )


def line(
    entry: CamtEntry, detail: Element | None, satang: int, *, running: int, alone: bool, doubt: str = ""
) -> StatementLine:
    """The line of an entry, or of one payment in it, which left the account at `running`.

    Raises BadInput for a day that cannot be read.
    """
    on, at = when(entry.parts.get("BookgDt", entry.parts.get("ValDt")), f"รายการที่ {entry.number}")
    own = entry.parts.get("AcctSvcrRef")
    element = Element("none") if detail is None else detail
    end_to_end = given(text_at(element, "Refs/EndToEndId"))
    # The reference of a batch is that of all its lines; it names none of them.
    whole_ref = (own.text or "").strip() if own is not None and alone else ""
    structured = [
        element.text.strip()
        for element in element.iterfind("RmtInf/Strd/CdtrRefInf/Ref")
        if element.text and element.text.strip()
    ]
    words = [part.text or "" for part in element.iterfind("RmtInf/Ustrd")]
    parts = [piece for row in words for piece in pieces(row)]
    words += [text_at(element, "AddtlTxInf"), end_to_end]
    taken = charged(entry, element) or (entry.charged if alone else 0)
    words.append(charges_in_words(taken))
    if alone and "AddtlNtryInf" in entry.parts:
        words.append(entry.parts["AddtlNtryInf"].text or "")
        parts += pieces(entry.parts["AddtlNtryInf"].text or "")
    side = "Dbtr" if satang > 0 else "Cdtr"
    payer = text_at(element, f"RltdPties/{side}/Nm") or text_at(element, f"RltdPties/{side}/Pty/Nm")
    description = tidy(" ".join(words))
    if not doubt and (takes_back(entry, detail) or meanings.takes_back(description)):
        doubt = MatchReason.REVERSAL
    return StatementLine(
        number=entry.number,
        on=on,
        at=at,
        satang=satang,
        balance=None,
        running=running,
        description=description,
        ref1=structured[0] if structured else "",
        ref2=structured[1] if len(structured) > 1 else "",
        bank_ref=given(text_at(element, "Refs/AcctSvcrRef")) or given(whole_ref) or end_to_end,
        payer=tidy(payer),
        payer_bank=text_at(element, f"RltdAgts/{side}Agt/FinInstnId/ClrSysMmbId/MmbId")[:3],
        cells=(
            *_spelt(Element("none"), entry),
            *_spelt(element, None),
            *(entry.spelt if doubt == MatchReason.BATCH else ()),
        ),
        joined=across(parts),
        doubt=doubt,
    )


def _spelt(whole: Element, entry: CamtEntry | None) -> Iterator[str]:
    """What the bank wrote, part by part, to be kept with the line."""
    parts = entry.parts.values() if entry is not None else iter(whole)
    for part in parts:
        for element in part.iter():
            if element.text and element.text.strip():
                yield f"{element.tag}={element.text.strip()}"


# Charges of camt messages: what a bank took off a payment on its way, so that less reached the account.
#
# Source: ISO 20022 message definitions camt.053.001.02 to .08, "Charges" of an entry and of its transactions. `Amt` of an
# entry is what was booked. From .03 on a record says whether its charge is in that amount (`ChrgInclInd`) or only advised
# before it is taken by an entry of its own; in .02 a charge beside an entry is one of that entry.


def charges_taken(charges: Sequence[Element], what: str) -> int:
    """What these charges did to the account, in satang: below zero where the bank took something. Those that are only
    advised do nothing. Raises BadInput for another currency than baht."""
    return sum(_effect_of_charge(record, what) for charge in charges for record in _records(charge))


def _records(charge: Element) -> Sequence[Element]:
    records = charge.findall("Rcrd")
    if records:
        return [record for record in records if text_at(record, "ChrgInclInd") not in ("false", "0")]
    return [charge]


def _effect_of_charge(record: Element, what: str) -> int:
    amount = record.find("Amt")
    if amount is None:
        amount = record.find("TtlChrgsAndTaxAmt")
    if amount is None:
        return 0
    satang = satang_of(amount, what)
    return satang if text_at(record, "CdtDbtInd") == "CRDT" else -satang


def charges_in_words(effect: int) -> str:
    """For the line's description; empty where nothing was taken."""
    if not effect:
        return ""
    what = "ธนาคารหักค่าธรรมเนียม" if effect < 0 else "ธนาคารคืนค่าธรรมเนียม"
    return f"{what} {money.format_baht(abs(effect))} บาท"
