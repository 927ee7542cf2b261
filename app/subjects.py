"""Everything that a deed can be done to, as the audit trail tells it: its noun, its code or name, its page."""

from app.cases.aid.records import AidRequest, Handover
from app.cases.register.records import Household, Round
from app.fund.bank.records import StatementProfile
from app.fund.committee.records import Meeting, Proposal
from app.fund.counter.records import CashCount, CounterPayment
from app.fund.giving.records.goods import InKindDonation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import Collection, FundAccount, PaymentRequest
from app.fund.giving.records.pledges import Pledge
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger.accounts import Purpose
from app.fund.spending.records import Payment
from app.fund.store.records import StockItem
from app.staff.subjects import SubjectKind
from app.staff.users import User


def _code(row: PaymentRequest | Pledge | Network | AidRequest | Household | Round | Receipt) -> str:
    return row.code


def _token(row: Receipt) -> str:
    return row.token


_ACCOUNT = SubjectKind("บัญชีธนาคาร", FundAccount, lambda row: row.number, "giving.fund_account")

KINDS = {
    "account": _ACCOUNT,
    "agenda_item": SubjectKind("วาระที่"),
    "approval_request": SubjectKind("เรื่องที่ต้องมีสองคน ลำดับ", page="staff.approval"),
    "bank": SubjectKind("ธนาคาร"),
    "bank_event": SubjectKind("รายการธนาคาร", page="bank.event"),
    "books": SubjectKind("สมุดบัญชีของกองทุน"),
    "cash_count": SubjectKind("การปิดยอดเงินสด", CashCount, lambda row: row.code, "counter.cash_count"),
    "collection": SubjectKind("QR รับสมทบ", Collection, lambda row: row.ref1),
    "delivery": SubjectKind("การส่งมอบที่"),
    "payment_request": SubjectKind(
        "การเปิดรับเงิน", PaymentRequest, _code, "giving.payment_request", "code", _code
    ),
    "fund_account": _ACCOUNT,
    "donation": SubjectKind("เงินสมทบลำดับ"),
    "giving": SubjectKind("การรับเงินผ่าน QR"),
    "in_kind_donation": SubjectKind(
        "ใบรับสิ่งของ", InKindDonation, lambda row: row.code, "giving.in_kind_donation"
    ),
    "handover": SubjectKind("พิธีมอบที่", Handover, None, "aid.one_handover"),
    "household": SubjectKind("ครัวเรือน", Household, _code, "care.household", "code", _code),
    "issuer_version": SubjectKind("ข้อมูลผู้ออกใบเสร็จ ฉบับที่"),
    "meeting": SubjectKind("การประชุม", Meeting, lambda row: row.code, "committee.meeting"),
    "member": SubjectKind("สมาชิกครัวเรือนลำดับ"),
    "message": SubjectKind("ข้อความลำดับ", page="giving.message"),
    "month": SubjectKind("เดือนบัญชี"),
    "network": SubjectKind("เครือข่าย", Network, lambda row: row.name, "giving.network", "code", _code),
    "notice": SubjectKind("เรื่องแจ้งให้ทราบ ลำดับ"),
    "payment": SubjectKind("ใบสำคัญจ่าย", Payment, lambda row: row.code, "spending.payment"),
    "payment_order": SubjectKind("รายการเตรียมจ่ายที่", page="spending.order"),
    "photo": SubjectKind("ภาพหลักฐานลำดับ"),
    "photos": SubjectKind("ภาพหลักฐาน"),
    "pledge": SubjectKind("ความประสงค์สมทบ", Pledge, _code, "giving.pledge", "code", _code),
    "proposal": SubjectKind("คำขอใช้เงิน", Proposal, lambda row: row.code),
    "purpose": SubjectKind("วัตถุประสงค์", Purpose, lambda row: row.name_th),
    "receipt": SubjectKind("ใบเสร็จรับเงิน", Receipt, _code, "giving.receipt", "token", _token),
    "receipt_batch": SubjectKind("ชุดใบเสร็จที่", page="giving.batch"),
    "register_round": SubjectKind(
        "รอบข้อมูลครัวเรือน", Round, lambda row: row.name, "register.one_round", "code", _code
    ),
    "request": SubjectKind("คำขอความช่วยเหลือ", AidRequest, _code, "aid.one_request", "code", _code),
    "slips": SubjectKind("ภาพสลิป"),
    "solicitation": SubjectKind("หนังสืออนุมัติให้เรี่ยไร ลำดับ"),
    "statement_upload": SubjectKind("ไฟล์รายการเดินบัญชีที่", page="bank.upload"),
    "statement_profile": SubjectKind("รูปแบบไฟล์", StatementProfile, lambda row: row.name),
    "stock_item": SubjectKind("สิ่งของในคลัง", StockItem, lambda row: row.name, "store.card"),
    "counter_payment": SubjectKind(
        "การรับเงิน", CounterPayment, lambda row: row.code, "counter.counter_payment"
    ),
    "user": SubjectKind("ผู้ใช้", User, lambda row: row.name, "staff.person"),
}
