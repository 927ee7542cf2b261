"""Layouts of statement files: which column says what, recognised by the header row."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.kit.errors import BadInput
from app.kit.sheets import Row
from app.kit.worded import Worded


class Years(Worded):
    """How the years of a layout are written. Two digits are never guessed: a person who knows the bank says which."""

    FOUR = "four", "ปีสี่หลัก (พ.ศ. หรือ ค.ศ.)"
    TWO_BE = "be2", "ปีสองหลัก เป็น พ.ศ. เช่น 69 คือ 2569"
    TWO_CE = "ce2", "ปีสองหลัก เป็น ค.ศ. เช่น 26 คือ 2569"


FIELD_NAMES: dict[str, str] = {
    "date": "วันที่ (หรือวันที่และเวลา)",
    "time": "เวลา",
    "deposit": "เงินเข้า",
    "withdrawal": "เงินออก",
    "amount": "จำนวนเงิน (เงินออกติดลบ)",
    "direction": "เข้า/ออก",
    "balance": "ยอดคงเหลือ",
    "ref1": "อ้างอิง 1",
    "ref2": "อ้างอิง 2",
    "bank_ref": "เลขที่รายการของธนาคาร",
    "payer": "ผู้โอน",
    "payer_bank": "รหัสธนาคารผู้โอน",
    "description": "รายละเอียด",
    "currency": "สกุลเงิน",
    "status": "สถานะรายการ",
    "account": "เลขที่บัญชีของกองทุน",
}
#: Columns that can take the meaning away from an amount; they are read even where a person has not pointed at them.
GUARDS = ("currency", "status")
#: Columns whose figures are baht, or mean nothing to the fund.
_MONEY = ("deposit", "withdrawal", "amount", "balance")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What each column of a file says. Every field has one column; a description may be spread over several."""

    name: str
    columns: Mapping[str, tuple[int, ...]]
    years: Years = Years.FOUR

    def cell(self, cells: Sequence[str], field: str) -> str:
        """The field's cell, or "" where the layout or the row has none."""
        places = self.columns.get(field, ())
        if len(places) == 1:
            return cells[places[0]].strip() if places[0] < len(cells) else ""
        return " ".join(cells[place].strip() for place in places if place < len(cells)).strip()

    @cached_property
    def taken(self) -> frozenset[int]:
        """The columns that are read, but for those whose words only describe."""
        return frozenset(
            place for field, places in self.columns.items() if field != "description" for place in places
        )

    def has(self, field: str) -> bool:
        return bool(self.columns.get(field))


KBANK, KBIZ, GENERIC = "kbank", "kbiz", "generic"
#: Formats that are no tables and need no layout.
MT940, CAMT = "mt940", "camt053"
BUILT_IN = (KBANK, GENERIC, KBIZ, MT940, CAMT)
#: How people call the built-in formats; the name that commands take stands behind.
BUILT_IN_NAMES = {
    KBANK: "กสิกรไทย (kbank)",
    GENERIC: "ตารางทั่วไป (generic)",
    KBIZ: "กสิกรไทย K BIZ (kbiz)",
    MT940: "ข้อความธนาคาร SWIFT (mt940)",
    CAMT: "ข้อความธนาคาร ISO 20022 (camt053)",
}

#: Names of columns, the surest first, as `_key` leaves them.
_ALIASES: dict[str, tuple[str, ...]] = {
    "date": (
        "วันที่เวลา", "วันเวลา", "datetime", "transactiondatetime", "วันที่ทำรายการ", "วันที่", "วันเดือนปี", "วันที่รายการ",
        "date", "transactiondate", "txndate", "trandate", "postingdate",
    ),
    "time": ("เวลา", "เวลาทำรายการ", "เวลาวันที่มีผล", "time", "transactiontime", "txntime", "timeeffdate"),
    "deposit": (
        "ฝาก", "เงินเข้า", "ฝากเงิน", "เงินฝาก", "รายการฝาก", "จำนวนเงินฝาก", "จำนวนเงินเข้า", "รายรับ", "เครดิต",
        "deposit", "deposits", "depositamount", "credit", "creditamount", "moneyin", "cr",
    ),
    "withdrawal": (
        "ถอน", "เงินออก", "ถอนเงิน", "เงินถอน", "รายการถอน", "จำนวนเงินถอน", "จำนวนเงินออก", "รายจ่าย", "เดบิต",
        "withdrawal", "withdrawals", "withdraw", "withdrawalamount", "debit", "debitamount", "moneyout", "dr",
    ),
    "amount": ("จำนวนเงิน", "จำนวน", "ยอดเงิน", "amount", "transactionamount"),
    "direction": ("เข้าออก", "ฝากถอน", "drcr", "crdr", "dc", "debitcredit", "creditdebit"),
    "balance": (
        "ยอดคงเหลือ", "คงเหลือ", "ยอดเงินคงเหลือ", "เงินคงเหลือ", "คงเหลือสุทธิ", "ยอดคงเหลือสุทธิ", "ยอดเงินคงเหลือสุทธิ", "คงเหลือยกไป",
        "balance", "outstandingbalance", "runningbalance", "ledgerbalance",
    ),
    "ref1": ("อ้างอิง1", "รหัสอ้างอิง1", "เลขที่อ้างอิง1", "ref1", "reference1", "referenceno1", "customerref1"),
    "ref2": ("อ้างอิง2", "รหัสอ้างอิง2", "เลขที่อ้างอิง2", "ref2", "reference2", "referenceno2", "customerref2"),
    "bank_ref": (
        "เลขที่รายการ", "รหัสรายการ", "เลขที่อ้างอิง", "อ้างอิง", "transactionid", "transactionno", "transref",
        "transactionref", "transactionreference", "bankref", "referenceno", "reference", "refno", "ref",
    ),
    "payer": ("ผู้โอน", "ชื่อผู้โอน", "ผู้ชำระ", "ชื่อผู้ชำระ", "ผู้ชำระเงิน", "payer", "payername", "sender", "sendername"),
    "payer_bank": ("รหัสธนาคารผู้โอน", "ธนาคารผู้โอน", "payerbank", "sendingbank", "sendingbankcode", "frombank"),
}  # fmt: skip
#: Columns whose words together describe a line.
_DESCRIBING = frozenset(
    {
        "รายละเอียด", "รายการ", "รายละเอียดรายการ", "คำอธิบายรายการ", "ข้อความ", "สาขา", "คำอธิบาย", "หมายเหตุ", "ช่องทาง", "ประเภทรายการ", "description", "descriptions", "details", "detail",
        "particulars", "narrative", "note", "notes", "remark", "remarks", "memo", "transactiontype", "type", "servicechannel",
        "channel", "chequeno", "branch", "message", "transactiondetail", "transactiondetails", "transactiondescription",
    }
)  # fmt: skip

#: K-Cyber's file of 2020.
_KBANK_KEYS = {"date", "withdrawal", "deposit", "outstandingbalance", "servicechannel"}
#: The first kind of K BIZ's files ("มีรายละเอียด"): 13 columns, some of them empty, and days as dd-mm-yy of the common era.
_KBIZ_KEYS = {"วันที่", "เวลาวันที่มีผล", "รายการ", "ถอนเงิน", "ฝากเงิน", "ยอดคงเหลือ", "ช่องทาง", "รายละเอียด"}

#: What columns and labels of the account's own number are called.
ACCOUNT_KEYS = frozenset(
    {
        "accountnumber", "accountno", "account", "acno", "acctno", "acctnumber", "เลขที่บัญชี", "เลขบัญชี", "บัญชีเลขที่",
        "หมายเลขบัญชี", "เลขที่บัญชีเงินฝาก", "เลขที่บัญชีaccountno", "เลขที่บัญชีaccountnumber",
    }
)  # fmt: skip
_CURRENCY = re.compile(r"currency|สกุลเงิน|สกุลเงินตรา|^(?:ccy|cur|curr|สกุล|เงินตรา|txnccy|ccycode|amountccy)$")
_STATUS = re.compile(
    r"status|สถานะ|^(?:state|result|transactionresult|txnresult|ผล|ผลรายการ|ผลการทำรายการ|ผลทำรายการ|สถานภาพ)$"
)
_UNIT = re.compile(r"\(\s*(?:thb|baht|บาท|฿)\s*\)")
_THAI = re.compile(r"[ก-๙]+")
#: A header stands near the top; farther down it is something else.
_ROWS_LOOKED_AT = 60


def key(cell: str) -> str:
    """A heading without its unit, spaces and marks, to compare by."""
    plain = _UNIT.sub("", unicodedata.normalize("NFC", cell).casefold().replace("ํา", "ำ"))
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] in "LMN")


def fingerprint(cells: Sequence[str]) -> str:
    """SHA-256 of a header, the same whatever empty cells trail it."""
    trimmed = [unicodedata.normalize("NFC", " ".join(cell.split())) for cell in cells]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return hashlib.sha256("\x1f".join(trimmed).encode()).hexdigest()


def recognise(
    rows: Sequence[Row], *, mapped: Mapping[str, Layout], profile: str | None = None
) -> tuple[int, Layout]:
    """Where among `rows` the header stands, and the layout it shows.

    `mapped` are the layouts people have mapped by hand, by fingerprint; they come before the built-in ones.
    Raises BadInput when no header is known, or not as the `profile` asked for.
    """
    refuse_unknown(profile, mapped)
    for place, row in enumerate(rows[:_ROWS_LOOKED_AT]):
        layout = mapped.get(fingerprint(row.cells)) or _built_in(row.cells)
        if layout is not None and profile in (
            None,
            layout.name,
            GENERIC if layout.name in BUILT_IN else None,
        ):
            refuse_foreign(layout, row.cells)
            return place, guarded(layout, row.cells)
    foreign = next((words for row in rows[:_ROWS_LOOKED_AT] if (words := _foreign_money(row.cells))), "")
    if foreign:
        raise UnknownHeader(
            f"คอลัมน์ “{foreign}” เป็นเงินสกุลอื่น ระบบรับเฉพาะเงินบาท จึงยังไม่นำเข้า กรุณาเลือกคอลัมน์ที่เป็นเงินบาทที่หน้า “จับคู่คอลัมน์” หรือขอไฟล์ของบัญชีเงินบาทจากธนาคาร"
        )
    raise UnknownHeader(
        "ไม่รู้จักหัวตารางของไฟล์นี้ จึงยังไม่นำเข้า กรุณาตรวจว่าเป็นรายการเดินบัญชี แล้วจับคู่คอลัมน์ครั้งแรกที่หน้า “จับคู่คอลัมน์”"
    )


def refuse_unknown(profile: str | None, mapped: Mapping[str, Layout]) -> None:
    """Raises BadInput, with the names that there are, for a profile that does not exist."""
    names = (*BUILT_IN, *sorted(layout.name for layout in mapped.values()))
    if profile is not None and profile not in names:
        raise BadInput(f"ไม่รู้จักรูปแบบรายการเดินบัญชี “{profile}” รูปแบบที่มีคือ {', '.join(names)}")


class UnknownHeader(BadInput):
    """No row of the file is a header that we know, or its years have two digits; a person can say once what is meant."""


class Unreadable(BadInput):
    """A row of a table cannot be read; another choice of columns may help."""


def _built_in(cells: Sequence[str]) -> Layout | None:
    columns = guess(cells)
    if not complete(columns):
        return None
    keys = {key(cell) for cell in cells}
    if keys >= _KBANK_KEYS:
        return Layout(name=KBANK, columns=columns)
    if keys >= _KBIZ_KEYS:
        return Layout(name=KBIZ, columns=columns, years=Years.TWO_CE)
    return Layout(name=GENERIC, columns=columns)


def guess(cells: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Field → columns, as far as the headings' names are known."""
    columns: dict[str, tuple[int, ...]] = {}
    ranks: dict[str, int] = {}
    describing: list[int] = []
    for place, cell in enumerate(cells):
        names = _names(cell)
        if not names:
            continue
        if guard := _guard(names):
            columns.setdefault(guard, (place,))
            continue
        found = _field(names)
        if found is not None and found[0] in _MONEY and foreign_in(cell):
            continue
        if found is not None:
            field, rank = found
            if rank < ranks.get(field, len(_ALIASES[field])):
                columns[field], ranks[field] = (place,), rank
        elif names & _DESCRIBING:
            describing.append(place)
    if describing:
        columns["description"] = tuple(describing)
    return columns


def _guard(names: set[str]) -> str:
    """Whether a heading names the currency or the state of a line, or the account's own number."""
    if any(_CURRENCY.search(name) for name in names):
        return "currency"
    if any(_STATUS.search(name) for name in names):
        return "status"
    return "account" if names & ACCOUNT_KEYS else ""


def guarded(layout: Layout, cells: Sequence[str]) -> Layout:
    """The layout with the columns of this header that can take the meaning away from an amount, if it lacks them."""
    known = guess(cells)
    single = {place for name, places in layout.columns.items() if name != "description" for place in places}
    more = {
        name: known[name]
        for name in GUARDS
        if name in known and not layout.has(name) and known[name][0] not in single
    }
    return replace(layout, columns={**layout.columns, **more}) if more else layout


def _foreign_money(cells: Sequence[str]) -> str:
    """The first heading of money in another currency of what is a header by its other cells; else empty."""
    if "date" not in guess(cells):
        return ""
    found = (
        cell
        for cell in cells
        if foreign_in(cell) and (named := _field(_names(without(cell)))) and named[0] in _MONEY
    )
    return " ".join(next(found, "").split())[:40]


def refuse_foreign(layout: Layout, cells: Sequence[str]) -> None:
    """Raises Unreadable for a column of money whose heading names another currency than baht."""
    for name in _MONEY:
        for place in layout.columns.get(name, ()):
            if place < len(cells) and (found := foreign_in(cells[place])):
                raise Unreadable(
                    f"คอลัมน์ “{' '.join(cells[place].split())[:40]}” เป็นสกุลเงิน {found} ระบบรับเฉพาะเงินบาท จึงไม่นำเข้าทั้งไฟล์ "
                    "กรุณาเลือกคอลัมน์ที่เป็นเงินบาท หรือขอไฟล์ของบัญชีเงินบาทจากธนาคาร"
                )


def unread(layout: Layout, cells: Sequence[str]) -> list[str]:
    """The headings of columns that the layout reads nothing from."""
    places = {place for several in layout.columns.values() for place in several}
    return [
        " ".join(cell.split()) for place, cell in enumerate(cells) if place not in places and cell.strip()
    ]


def complete(columns: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether these columns say enough: a date, and the money by one column or by two."""
    return "date" in columns and ("amount" in columns or "deposit" in columns)


def _names(cell: str) -> set[str]:
    """What a heading may be called: whole, or only its Thai or its Latin half of a bilingual one."""
    whole = key(cell)
    thai = "".join(_THAI.findall(whole))
    return {name for name in (whole, thai, _THAI.sub("", whole)) if len(name) > 1}


def _field(names: set[str]) -> tuple[str, int] | None:
    for field, aliases in _ALIASES.items():
        for rank, alias in enumerate(aliases):
            if alias in names:
                return field, rank
    return None


_CURRENCIES = re.compile(
    r"(?<![a-z])(?:usd|us\$|eur|euros?|gbp|jpy|cny|cnh|rmb|sgd|hkd|aud|nzd|cad|chf|krw|myr|lak|khr|vnd|mmk|inr|twd|idr|php|sek|nok|dkk|rub|aed|sar|"
    r"dollars?|yen|yuan)(?![a-z])|[$€£¥]|ดอลลาร์|ดอลล่าร์|เหรียญสหรัฐ|ยูโร|เงินเยน|เงินหยวน|เงินปอนด์|เงินกีบ|เงินเรียล",
    re.IGNORECASE,
)
_CURRENCIES_ALONE = frozenset({"เยน", "หยวน", "ปอนด์", "กีบ", "เรียล", "เหรียญ", "วอน"})


def foreign_in(words: str) -> str:
    """The other currency that these words name; empty where they name none."""
    found = _CURRENCIES.search(words)
    return found[0] if found else ""


def without(words: str) -> str:
    """The words without the names of other currencies."""
    return _CURRENCIES.sub("", words)


def is_foreign(cell: str) -> bool:
    """Whether a cell says nothing but another currency."""
    written = cell.strip()
    return written in _CURRENCIES_ALONE or _CURRENCIES.sub("", written).strip(" ()-/") == "" != written
