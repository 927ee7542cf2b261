"""Parts of camt messages: amounts, days and words as ISO 20022 writes them, read strictly."""

import unicodedata
from datetime import date, datetime, time
from xml.etree.ElementTree import Element

from app.kit.clock import BANGKOK
from app.kit.errors import BadInput

_NONE_GIVEN = frozenset({"NOTPROVIDED", "NONREF", "NOTAVAILABLE"})
#: No statement of the fund is of another year, and the first and last days there are have no moment in UTC.
_YEARS = range(2000, 2200)
_WHOLE = "จึงไม่นำเข้าทั้งไฟล์"


def amount_of(whole: Element) -> Element | None:
    found = whole.find("Amt")
    return found if found is not None else whole.find("AmtDtls/TxAmt/Amt")


def signed(whole: Element, what: str) -> int:
    amount = whole.find("Amt")
    side = said(whole, "CdtDbtInd")
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


def when(told: Element | None, what: str) -> tuple[date, time | None]:
    day = said(told, "Dt") if told is not None else ""
    moment = said(told, "DtTm") if told is not None else ""
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


def said(whole: Element | None, path: str) -> str:
    found = whole.find(path) if whole is not None else None
    return (found.text or "").strip() if found is not None else ""


def given(reference: str) -> str:
    return "" if reference.upper() in _NONE_GIVEN else reference


def tidy(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())
