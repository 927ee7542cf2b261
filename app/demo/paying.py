"""Those whom the demonstration's fund pays, and who signs: each proposed by one person and confirmed by another."""

from datetime import timedelta

from sqlalchemy import select

from app.fund.spending import orders, retries, signatories, transfers, vendors
from app.fund.spending.records import PaymentOrder, Vendor
from app.kit import clock
from app.kit.db import db
from app.staff import approvals, people

_SIGN = (
    ("somchai", "chair", "busaba", "ying"),
    ("arun", "finance", "busaba", "somchai"),
    ("busaba", "secretary", "ying", "somchai"),
)
_VENDORS = (
    ("shop", "ร้านตัดเย็บชุดนักเรียนสามัคคี", "0000000000022", "006", "4099900000", ""),
    ("shop", "ร้านเครื่องกรองน้ำอีสานใต้", "0000000000030", "034", "020099900001", ""),
    ("officer", "นางบุษบา คำแก้ว (เงินยืมทดรอง)", "", "006", "4099900002", "busaba"),
)


def introduce() -> None:
    """Three sign by an order, and the fund knows whom it pays."""
    who = people.named
    today = clock.today()
    for name, group, asks, approves in _SIGN:
        named = signatories.ask_name(
            who(name).id,
            group=group,
            appointed_by="คำสั่งจังหวัดที่ 1201/2569",
            from_on=today - timedelta(days=30),
            to_on=None,
            reason="ตามคำสั่งแต่งตั้งผู้มีอำนาจลงนามสั่งจ่าย",
            by=who(asks),
        )
        approvals.approve(named.id, by=who(approves))
    for kind, payee, tax_id, bank_code, number, user in _VENDORS:
        asked = vendors.ask_propose(
            kind=kind,
            name=payee,
            tax_id=tax_id,
            bank_code=bank_code,
            number=number,
            reason="ตรวจกับหน้าสมุดบัญชีแล้ว",
            user_id=who(user).id if user else None,
            by=who("kanya"),
        )
        approvals.approve(asked.id, by=who("somchai"))


def send_file(proposal_code: str, satang: int) -> None:
    """A file of two payments is at the bank: it could not carry one of them, which is prepared anew, and has not told of
    the other."""
    who, half = people.named, satang // 2
    shop = vendor("ร้านเครื่องกรองน้ำ")

    def prepare(part: int, invoice: str) -> PaymentOrder:
        return orders.prepare(
            proposal_code=proposal_code, satang=part, vendor_id=shop, invoice=invoice, by=who("kanya")
        )

    for part, invoice in ((half, "ใบแจ้งหนี้ 7/2569"), (satang - half, "ใบแจ้งหนี้ 8/2569")):
        order = prepare(part, invoice)
        for signatory in ("somchai", "arun")[: order.signatures]:
            orders.approve(order.id, by=who(signatory))
    file = transfers.make(by=who("kanya"))
    told = f"reference,status,bank_ref,message\n{file.lines[0].reference},failed,,ปลายทางปิดรับชั่วคราว\n"
    transfers.take_result(file.id, told.encode(), by=who("kanya"))
    retries.prepare_again(file.lines[0].order_id, by=who("kanya"))


def vendor(name: str) -> int:
    """The id of one of them."""
    return db.session().scalars(select(Vendor.id).where(Vendor.name.startswith(name))).one()
