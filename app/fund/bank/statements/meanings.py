"""Meanings: what the words beside an amount say: its currency, whether it has happened, and whether it takes another amount back."""

import re
from enum import StrEnum

from app.fund.bank.statements.layouts import key

_BAHT = frozenset(
    {
        "thb",
        "764",
        "บาท",
        "baht",
        "thaibaht",
        "thbaht",
        "บาทไทย",
        "ไทยบาท",
        "เงินบาท",
        "thbบาท",
        "thb764",
        "764thb",
        "thbbaht",
        "thbthaibaht",
    }
)
_THAI = re.compile(r"[ก-๙]+")


class Happened(StrEnum):
    """Whether a line moved money, by the bank's word beside it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_YES = frozenset(
    {
        "success", "successful", "successfully", "succeeded", "succeed", "suc", "succ", "complete", "completed", "posted", "booked", "book", "settled",
        "done", "ok", "okay", "paid", "cleared", "normal", "confirmed", "credited", "debited", "received", "final", "executed", "processed",
        "transactionsuccessful", "transactionsuccess", "transactioncompleted", "success00", "สำเร็จ", "ทำรายการสำเร็จ", "รายการสำเร็จ", "โอนสำเร็จ", "ชำระสำเร็จ",
        "โอนเงินสำเร็จ", "เสร็จสิ้น", "เสร็จ", "เสร็จแล้ว", "เสร็จสมบูรณ์", "สมบูรณ์", "ปกติ", "เรียบร้อย", "เรียบร้อยแล้ว", "ดำเนินการแล้ว", "ดำเนินการสำเร็จ",
        "ดำเนินการเสร็จสิ้น", "สำเร็จแล้ว", "บันทึกแล้ว", "ผ่าน", "รายการปกติ", "ชำระแล้ว", "ชำระเงินแล้ว", "เข้าบัญชีแล้ว", "ลงบัญชีแล้ว",
    }
)  # fmt: skip
_NO = frozenset(
    {
        "fail", "failed", "failure", "error", "reject", "rejected", "decline", "declined", "denied", "pending", "pdng", "processing",
        "inprocess", "inprogress", "waiting", "queued", "scheduled", "hold", "onhold", "held", "cancel", "canceled", "cancelled",
        "cancellation", "void", "voided", "reverse", "reversed", "reversal", "rvsl", "return", "returned", "refund", "refunded", "expired", "timeout",
        "unsuccessful", "unsuccess", "notsuccessful", "notsuccess", "incomplete", "notcompleted", "notcomplete", "uncompleted", "unpaid", "notpaid", "unposted", "notposted",
        "draft", "info", "futr", "future", "suspended", "suspend", "aborted", "abort", "bounced", "dishonoured", "dishonored", "chargeback",
        "ล้มเหลว", "ไม่สำเร็จ", "ทำรายการไม่สำเร็จ", "รายการไม่สำเร็จ", "โอนไม่สำเร็จ", "ชำระไม่สำเร็จ", "ไม่ผ่าน", "ไม่สมบูรณ์", "ผิดพลาด", "มีข้อผิดพลาด", "ข้อผิดพลาด",
        "ขัดข้อง", "รอดำเนินการ", "กำลังดำเนินการ", "อยู่ระหว่างดำเนินการ", "ระหว่างดำเนินการ", "รอ", "รอผล", "รอตรวจสอบ", "รออนุมัติ", "รอยืนยัน", "รอชำระ", "รอชำระเงิน", "รอทำรายการ",
        "รอการดำเนินการ", "รอการยืนยัน", "รอการอนุมัติ", "ค้าง", "ยกเลิก", "ยกเลิกแล้ว", "ถูกยกเลิก", "ยกเลิกรายการ", "รายการยกเลิก", "ปฏิเสธ", "ถูกปฏิเสธ",
        "คืน", "คืนเงิน", "คืนเงินแล้ว", "เงินคืน", "กลับรายการ", "กลับรายการแล้ว", "รายการกลับ", "หมดอายุ", "หมดเวลา", "โมฆะ", "ระงับ", "ถูกระงับ", "อายัด", "ตีกลับ", "เช็คคืน",
    }
)  # fmt: skip

#: Words with which banks name a line that takes another one back.
_REVERSAL = re.compile(
    r"\brevers(?:al|e|ed|ing)\b|\brvsl?\b|\brev(?:\.|\b)(?=\s)|กลับรายการ|รายการกลับ|ยกเลิก(?:รายการ|การ|รับ|โอน|ฝาก|เงิน)|ปรับปรุงรายการ|แก้ไขรายการ|รายการผิด|ผิดบัญชี|คืนเงิน|เงินคืน|เช็คคืน|คืนเช็ค|เรียกเงินคืน|ดึงเงินคืน|"
    r"\b(?:return(?:ed)?|dishono(?:u)?red|bounced)\s+(?:of\s+)?(?:che(?:que|ck)|chq)s?\b|\b(?:che(?:que|ck)|chq)s?\s+return(?:ed)?\b|"
    r"\bchargeback\b|\bcancel(?:l?ed|lation)\b|\bvoid(?:ed)?\b|\b(?:error[- ])?correction\b|\badjust(?:ment|ed)\b",
    re.IGNORECASE,
)


def is_baht(written: str) -> bool:
    """Whether a bank's word for a currency is baht."""
    return key(written.replace("฿", "บาท")) in _BAHT


def happened(written: str) -> Happened:
    """What a bank's word for the state of a line says; a bilingual one says it in either half."""
    whole = key(written)
    halves = {"".join(_THAI.findall(whole)), _THAI.sub("", whole)} - {""}
    if whole in _NO or halves & _NO:
        return Happened.NO
    if whole in _YES or halves <= _YES:
        return Happened.YES
    return Happened.UNKNOWN


def takes_back(words: str) -> bool:
    """Whether a bank's words call a line a reversal of another."""
    return _REVERSAL.search(words) is not None
