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
from app.staff.subjects import Kind
from app.staff.users import User


def _code(row: PaymentRequest | Pledge | Network | AidRequest | Household | Round | Receipt) -> str:
    return row.code


def _token(row: Receipt) -> str:
    return row.token


_ACCOUNT = Kind("บัญชีธนาคาร", FundAccount, lambda row: row.number, "giving.fund_account")

KINDS = {
    "account": _ACCOUNT,
    "agenda_item": Kind("วาระที่"),
    "approval_request": Kind("เรื่องที่ต้องมีสองคน ลำดับ", page="staff.approval"),
    "bank": Kind("ธนาคาร"),
    "bank_event": Kind("รายการธนาคาร", page="bank.event"),
    "books": Kind("สมุดบัญชีของกองทุน"),
    "cash_count": Kind("การปิดยอดเงินสด", CashCount, lambda row: row.code, "counter.cash_count"),
    "collection": Kind("QR รับสมทบ", Collection, lambda row: row.ref1),
    "delivery": Kind("การส่งมอบที่"),
    "payment_request": Kind("การเปิดรับเงิน", PaymentRequest, _code, "giving.payment_request", "code", _code),
    "fund_account": _ACCOUNT,
    "donation": Kind("เงินสมทบลำดับ"),
    "giving": Kind("การรับเงินผ่าน QR"),
    "in_kind_donation": Kind("ใบรับสิ่งของ", InKindDonation, lambda row: row.code, "giving.in_kind_donation"),
    "handover": Kind("พิธีมอบที่", Handover, None, "aid.one_handover"),
    "household": Kind("ครัวเรือน", Household, _code, "care.household", "code", _code),
    "issuer_version": Kind("ข้อมูลผู้ออกใบเสร็จ ฉบับที่"),
    "meeting": Kind("การประชุม", Meeting, lambda row: row.code, "committee.meeting"),
    "member": Kind("สมาชิกครัวเรือนลำดับ"),
    "message": Kind("ข้อความลำดับ", page="giving.message"),
    "month": Kind("เดือนบัญชี"),
    "network": Kind("เครือข่าย", Network, lambda row: row.name, "giving.network", "code", _code),
    "notice": Kind("เรื่องแจ้งให้ทราบ ลำดับ"),
    "payment": Kind("ใบสำคัญจ่าย", Payment, lambda row: row.code, "spending.payment"),
    "payment_order": Kind("รายการเตรียมจ่ายที่", page="spending.order"),
    "photo": Kind("ภาพหลักฐานลำดับ"),
    "photos": Kind("ภาพหลักฐาน"),
    "pledge": Kind("ความประสงค์สมทบ", Pledge, _code, "giving.pledge", "code", _code),
    "proposal": Kind("คำขอใช้เงิน", Proposal, lambda row: row.code),
    "purpose": Kind("วัตถุประสงค์", Purpose, lambda row: row.name_th),
    "receipt": Kind("ใบเสร็จรับเงิน", Receipt, _code, "giving.receipt", "token", _token),
    "receipt_batch": Kind("ชุดใบเสร็จที่", page="giving.batch"),
    "register_round": Kind(
        "รอบข้อมูลครัวเรือน", Round, lambda row: row.name, "register.one_round", "code", _code
    ),
    "request": Kind("คำขอความช่วยเหลือ", AidRequest, _code, "aid.one_request", "code", _code),
    "slips": Kind("ภาพสลิป"),
    "solicitation": Kind("หนังสืออนุมัติให้เรี่ยไร ลำดับ"),
    "statement_upload": Kind("ไฟล์รายการเดินบัญชีที่", page="bank.upload"),
    "statement_profile": Kind("รูปแบบไฟล์", StatementProfile, lambda row: row.name),
    "stock_item": Kind("สิ่งของในคลัง", StockItem, lambda row: row.name, "store.card"),
    "counter_payment": Kind("การรับเงิน", CounterPayment, lambda row: row.code, "counter.counter_payment"),
    "user": Kind("ผู้ใช้", User, lambda row: row.name, "staff.person"),
}
