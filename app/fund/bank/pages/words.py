"""Words: what the bank's pages call sources, states, and the kinds of money that wait."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case

from app.fund.bank.events import BankEvent, ReconciliationItem
from app.fund.bank.matching.suggestions import Candidate
from app.fund.giving.donations.donations import Donation

#: What the pages call the states of an event, and in which colour.
STATES = {
    "new": ("กำลังตรวจ", "info"),
    "waiting": ("รอเจ้าหน้าที่", "warning"),
    "posted": ("ลงเป็นเงินสมทบแล้ว", "success"),
    "same": ("แจ้งซ้ำจากอีกช่องทาง", "neutral"),
    "aside": ("ไม่ใช่เงินสมทบ", "neutral"),
}
SOURCES = {
    "scb": "ธนาคารแจ้งโอนทันที",
    "statement": "รายการเดินบัญชี",
    "omise": "ชำระผ่าน Omise",
    "counter": "รับที่เคาน์เตอร์",
}


@dataclass(frozen=True, kw_only=True)
class Group:
    """A kind of money that waits: what it is called, and the rules that leave it waiting."""

    key: str
    label: str
    kind: str = "warning"
    rules: tuple[str, ...] = ()


#: In the order of the day's work. What no other group takes is unmatched.
GROUPS = (
    Group(key="unmatched", label="ยังไม่รู้ว่าเป็นของใคร"),
    Group(key="tie", label="เข้าได้หลายรายการ", rules=("tie", "claims")),
    Group(key="over", label="เงินเกิน"),
    Group(key="under", label="เงินขาด"),
    Group(key="late", label="มาหลังหมดอายุ", rules=("late",)),
    Group(key="twice", label="จ่าย QR เดิมซ้ำ", rules=("twice", "again", "file", "alike")),
    Group(key="deposit", label="น่าจะเป็นเงินนำฝาก", rules=("paid_in",)),
    Group(key="biller", label="ผิดบัญชีหรือผิดผู้รับ", kind="danger", rules=("other_biller",)),
    Group(key="currency", label="ไม่ใช่เงินบาท", kind="danger", rules=("currency",)),
    Group(
        key="unconfirmed",
        label="ธนาคารไม่ยืนยัน",
        kind="danger",
        rules=("unconfirmed", "differs", "denied", "status", "beside"),
    ),
    Group(key="one_person", label="รออีกท่านยืนยันไฟล์", kind="info", rules=("one_person",)),
    Group(key="reversal", label="ธนาคารเรียกเงินคืน", kind="danger", rules=("reversal",)),
    Group(key="batch", label="รวมหลายรายการ", rules=("batch",)),
    Group(key="sent_back", label="คืนผู้ชำระไปแล้ว", kind="danger", rules=("sent_back",)),
    Group(key="payout", label="อาจเป็นเงินโอนจาก Omise", rules=("payout",)),
    Group(key="fault", label="ระบบตัดสินไม่ได้", kind="danger", rules=("refused", "fault")),
    Group(key="refund", label="รอคืนผู้โอน", kind="info", rules=("refund",)),
    Group(key="held", label="พักรอข้อมูล", kind="neutral", rules=("held",)),
    Group(key="new", label="กำลังตรวจ", kind="info"),
)
BY_KEY = {group.key: group for group in GROUPS}


def group_of() -> ColumnElement[Any]:
    """The key of an item's group, in SQL; the query joins the event and, outside, the donation it points at."""
    match_reason = ReconciliationItem.match_reason
    return case(
        (ReconciliationItem.state == "new", "new"),
        (and_(match_reason == "B", BankEvent.satang > Donation.due_satang), "over"),
        (match_reason == "B", "under"),
        *((match_reason.in_(group.rules), group.key) for group in GROUPS if group.rules),
        else_="unmatched",
    )


def group(item: ReconciliationItem, due: int | None) -> Group:
    """The group of one item; `due` is what its donation asked for."""
    if item.state == "new":
        return BY_KEY["new"]
    if item.match_reason == "B" and due is not None:
        return BY_KEY["over" if item.event.satang > due else "under"]
    return next((one for one in GROUPS if item.match_reason in one.rules), BY_KEY["unmatched"])


_ACCEPT = {
    "over": "รับทั้งก้อนเข้ารายการนี้ ส่วนเกินเป็นการให้เพิ่ม",
    "under": "รับเป็นงวดหนึ่งของรายการนี้",
    "late": "รับเข้ารายการนี้ แม้มาหลังหมดอายุ",
    "twice": "รับเป็นเงินสมทบอีกก้อนของรายการนี้",
}


def accept(group_key: str, item: ReconciliationItem, candidate: Candidate) -> str:
    """What accepting a suggestion does, on its button."""
    if candidate.pledge is not None:
        return "รับเป็นงวดหนึ่งของความประสงค์นี้"
    if candidate.donation is not None and candidate.donation.id == item.donation_id:
        return _ACCEPT.get(group_key, "ใช่รายการนี้")
    return "ใช่รายการนี้"
