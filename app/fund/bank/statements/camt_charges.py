"""Charges of camt messages: what a bank took off a payment on its way, so that less reached the account.

Source: ISO 20022 message definitions camt.053.001.02 to .08, "Charges" of an entry and of its transactions. `Amt` of an
entry is what was booked. From .03 on a record says whether its charge is in that amount (`ChrgInclInd`) or only advised
before it is taken by an entry of its own; in .02 a charge beside an entry is one of that entry.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from app.fund.bank.statements.camt_parts import said, satang_of
from app.kit import money


def taken(charges: Sequence[Element], what: str) -> int:
    """What these charges did to the account, in satang: below zero where the bank took something. Those that are only
    advised do nothing. Raises BadInput for another currency than baht."""
    return sum(_effect(record, what) for one in charges for record in _records(one))


def _records(charge: Element) -> Sequence[Element]:
    records = charge.findall("Rcrd")
    if records:
        return [one for one in records if said(one, "ChrgInclInd") not in ("false", "0")]
    return [charge]


def _effect(record: Element, what: str) -> int:
    amount = record.find("Amt")
    if amount is None:
        amount = record.find("TtlChrgsAndTaxAmt")
    if amount is None:
        return 0
    satang = satang_of(amount, what)
    return satang if said(record, "CdtDbtInd") == "CRDT" else -satang


def in_words(effect: int) -> str:
    """For the line's description; empty where nothing was taken."""
    if not effect:
        return ""
    what = "ธนาคารหักค่าธรรมเนียม" if effect < 0 else "ธนาคารคืนค่าธรรมเนียม"
    return f"{what} {money.format_baht(abs(effect))} บาท"
