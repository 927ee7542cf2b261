"""e-Donation: who wants a donation reported to the Revenue Department, and what was reported, by which route, once.

A donation goes by the bank (the payer consented in the bank's app and the bank reports it) or by hand (the fund keys it at
edonation.rd.go.th), never by both; Revenue Department, notification of 9 November 2561.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import load_only

from app.fund.giving.records.donations import LIVE, Donation, EdonationReport
from app.fund.giving.records.payment_requests import DonorTax, PaymentRequest
from app.fund.giving.records.receipts import Receipt
from app.kit import clock, crypto, national_id, sheets
from app.kit.clock import BANGKOK
from app.kit.db import db, lock
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, marked
from app.kit.sheets.writing import Cell
from app.kit.texts import visible
from app.province.profile import Profile
from app.settings import Settings
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

PERSON, COMPANY = "person", "company"
DONOR_KIND_NAMES = {PERSON: marked("บุคคลธรรมดา"), COMPANY: marked("นิติบุคคล")}
BANK, MANUAL, NONE = "bank", "manual", "none"
ROUTE_NAMES = {BANK: "ธนาคารรายงาน", MANUAL: "กองทุนคีย์เอง", NONE: "ไม่รายงาน"}

_KEY_NUMBER = 1


def is_offered() -> bool:
    """Whether the fund is registered: only then is anybody asked, and anything promised."""
    profile = Profile.here()
    return bool(profile.giving.edonation_number)


@cache
def _encryption_key(id_key: bytes) -> bytes:
    return hmac.digest(id_key, b"kueakun donor-tax encryption 1", "sha256")


def _key() -> bytes:
    settings = Settings.here()
    return _encryption_key(settings.id_key)


def _context(payment_request_id: int) -> str:
    return f"donor_tax.id:{payment_request_id}"


def consent(payment_request_id: int, *, kind: str, name: str, tax_id: str) -> DonorTax:
    """The giver wants this payment request reported under their name and tax ID. A later word replaces an earlier one.

    Raises Refused while the fund is not registered and once a donation of it is reported, BadInput for a name or number
    that is none. The number is never repeated in words or trail. Inside a transaction.
    """
    if not is_offered():
        raise Refused(gettext("กองทุนยังไม่ได้ขึ้นทะเบียน e-Donation จึงยังไม่รับเลขประจำตัวผู้เสียภาษี"))
    if kind not in DONOR_KIND_NAMES:
        raise BadInput(gettext("กรุณาเลือกว่าเป็นบุคคลธรรมดาหรือนิติบุคคล"))
    name = visible(name)
    if not 2 <= len(name) <= 160:
        raise BadInput(gettext("กรุณาใส่ชื่อตามบัตรหรือหนังสือรับรอง ไม่เกิน 160 ตัวอักษร"))
    number = national_id.parse(tax_id) if kind == PERSON else national_id.parse_tax_id(tax_id)
    payment_request = lock(PaymentRequest, payment_request_id)
    _refuse_if_reported(payment_request.id)
    session = db.session()
    row = session.get(DonorTax, payment_request.id) or DonorTax(payment_request_id=payment_request.id)
    row.kind, row.name, row.consented_at = kind, name, clock.now()
    row.number_encrypted = crypto.encrypt(
        number, key=_key(), key_number=_KEY_NUMBER, context=_context(payment_request.id)
    )
    session.add(row)
    session.flush()
    audit.record(Deed.EDONATION_CONSENT, f"payment_request:{payment_request.id}", by=None, kind=kind)
    return row


def withdraw(payment_request_id: int) -> None:
    """The giver takes consent back: name and number are forgotten. Refused once a donation of it is reported."""
    payment_request = lock(PaymentRequest, payment_request_id)
    _refuse_if_reported(payment_request.id)
    session = db.session()
    row = session.get(DonorTax, payment_request.id)
    if row is not None:
        session.delete(row)
        audit.record(Deed.EDONATION_WITHDRAW, f"payment_request:{payment_request.id}", by=None)


def _refuse_if_reported(payment_request_id: int) -> None:
    found = db.session().scalar(
        select(EdonationReport.id)
        .join(LIVE, LIVE.c.id == EdonationReport.donation_id)
        .where(LIVE.c.payment_request_id == payment_request_id, EdonationReport.undone_at.is_(None))
        .limit(1)
    )
    if found:
        raise Refused(gettext("รายงานต่อกรมสรรพากรไปแล้ว จึงแก้ไขที่นี่ไม่ได้ กรุณาติดต่อกองทุน"))


def wish_of(payment_request_id: int) -> DonorTax | None:
    """What the giver of a payment request consented to."""
    return db.session().get(DonorTax, payment_request_id)


def broken() -> tuple[int, int]:
    """How many tax IDs of givers there are, and how many do not open."""
    every = lost = 0
    for row in db.session().scalars(select(DonorTax).execution_options(yield_per=2_000)):
        every += 1
        try:
            _opened(row)
        except crypto.DecryptionFailed:
            lost += 1
    return every, lost


def masked(row: DonorTax) -> str:
    """The tax ID as pages show it: only its last three digits."""
    return national_id.mask(_opened(row))


def _opened(row: DonorTax) -> str:
    return crypto.decrypt(
        row.number_encrypted, keys={_KEY_NUMBER: _key()}, context=_context(row.payment_request_id)
    )


@dataclass(frozen=True, slots=True)
class EdonationLine:
    """One donation of the month, as it is to be reported."""

    donation_id: int
    paid_on: date
    satang: int
    receipt_code: str
    wish: DonorTax | None
    report: EdonationReport | None
    recorded_by: str

    @property
    def route(self) -> str:
        """BANK or MANUAL as it was recorded; MANUAL is still to do when the giver consented; else NONE."""
        if self.report is not None:
            return self.report.route
        return MANUAL if self.wish is not None else NONE

    @property
    def is_to_do(self) -> bool:
        return self.wish is not None and self.report is None


def listed(first_on: date, last_on: date) -> Select[*tuple[Any, ...]]:
    """The donations not reversed whole, paid from `first_on` to `last_on`, whose giver consented or that were reported, in
    no order. What nobody asked to have reported is not looked at."""
    wished = select(Donation.id).join(DonorTax, DonorTax.payment_request_id == Donation.payment_request_id)
    reported = select(EdonationReport.donation_id).where(EdonationReport.undone_at.is_(None))
    return _statement(first_on, last_on).where(Donation.id.in_(union(wished, reported).subquery().select()))


def to_do() -> ColumnElement[bool]:
    """The condition on what `listed` gives: to be reported still."""
    return EdonationReport.id.is_(None)


def count_to_do(first_on: date, last_on: date) -> int:
    """How many are to be keyed still."""
    open_ = listed(first_on, last_on).where(to_do()).with_only_columns(Donation.id).subquery()
    return db.session().scalar(select(func.count()).select_from(open_)) or 0


def lines(first_on: date, last_on: date) -> list[EdonationLine]:
    """All donations not reversed whole, paid from `first_on` to `last_on`, oldest first, each once."""
    statement = _statement(first_on, last_on).order_by(Donation.paid_at, Donation.id)
    return [as_line(tuple(row)) for row in db.session().execute(statement)]


def _statement(first_on: date, last_on: date) -> Select[*tuple[Any, ...]]:
    start, end = clock.bounds(first_on, last_on)
    named = load_only(Receipt.fiscal_year_be, Receipt.book, Receipt.number)
    return (
        select(Donation.id, Donation.paid_at, LIVE.c.satang, Receipt, DonorTax, EdonationReport, User.name)
        .select_from(Donation)
        .join(LIVE, LIVE.c.id == Donation.id)
        .outerjoin(Receipt, (Receipt.donation_id == Donation.id) & Receipt.voided_at.is_(None))
        .outerjoin(DonorTax, DonorTax.payment_request_id == Donation.payment_request_id)
        .outerjoin(
            EdonationReport,
            (EdonationReport.donation_id == Donation.id) & EdonationReport.undone_at.is_(None),
        )
        .outerjoin(User, User.id == EdonationReport.recorded_by_id)
        .where(LIVE.c.satang > 0, Donation.paid_at >= start, Donation.paid_at < end)
        .options(named)
    )


def as_line(row: Sequence[Any]) -> EdonationLine:
    """A row of `listed`."""
    number, paid_at, satang, receipt, wish, report, by = row
    return EdonationLine(
        number,
        paid_at.astimezone(BANGKOK).date(),
        int(satang),
        receipt.code if receipt else "",
        wish,
        report,
        by or "",
    )


def record(donation_id: int, *, route: str, by: User) -> EdonationReport:
    """This donation is reported, by the bank or keyed by hand. The database refuses a second report while one is in force."""
    _keeps(by)
    if route not in (BANK, MANUAL):
        raise BadInput("กรุณาเลือกว่าธนาคารรายงานหรือกองทุนคีย์เอง")
    session = db.session()
    wished = session.scalar(
        select(DonorTax.payment_request_id)
        .join(LIVE, LIVE.c.payment_request_id == DonorTax.payment_request_id)
        .where(LIVE.c.id == donation_id)
    )
    if route == MANUAL and wished is None:
        raise Refused("ผู้ให้ไม่ได้ยินยอมให้รายงานเงินก้อนนี้ จึงบันทึกว่าคีย์แล้วไม่ได้")
    row = EdonationReport(donation_id=donation_id, route=route, recorded_at=clock.now(), recorded_by_id=by.id)
    session.add(row)
    session.flush()
    audit.record(Deed.EDONATION_RECORD, f"donation:{donation_id}", by=by, route=route)
    return row


def undo(donation_id: int, *, by: User) -> None:
    """The donation was ticked by mistake: it is not reported after all."""
    _keeps(by)
    statement = select(EdonationReport).filter_by(donation_id=donation_id, undone_at=None).with_for_update()
    row = db.session().scalars(statement).one_or_none()
    if row is None:
        raise Refused("เงินก้อนนี้ยังไม่ได้บันทึกว่ารายงาน กรุณาเปิดหน้านี้ใหม่")
    row.undone_at, row.undone_by_id = clock.now(), by.id
    audit.record(Deed.EDONATION_UNDO, f"donation:{donation_id}", by=by, route=row.route)


def _keeps(by: User) -> None:
    if not by.has(Role.FINANCE):
        raise Refused("เฉพาะเจ้าหน้าที่การเงินเท่านั้นที่ทำรายการ e-Donation ได้")


_HEADER = ("วันที่รับ", "ใบเสร็จเลขที่", "ประเภทผู้บริจาค", "ชื่อผู้บริจาค", "เลขประจำตัวผู้เสียภาษี", "จำนวนเงิน (บาท)")
_HEADER_END = ("ช่องทางรายงาน", "ต้องคีย์", "รายงานเมื่อ", "โดย")


def review_sheet(first_on: date, last_on: date, *, by: User) -> bytes:
    """The month as XLSX for whoever keys it, tax IDs in full; the trail says who took it. Inside a transaction."""
    _keeps(by)
    found = lines(first_on, last_on)
    shown = sum(line.wish is not None for line in found)
    audit.record(Deed.EDONATION_REVEAL, f"month:{first_on:%Y-%m}", by=by, ids=shown)
    return sheets.to_xlsx((*_HEADER, *_HEADER_END), [_row(line) for line in found], sheet="e-Donation")


def _row(line: EdonationLine) -> Sequence[Cell]:
    wish, report = line.wish, line.report
    return (
        line.paid_on,
        line.receipt_code,
        DONOR_KIND_NAMES[wish.kind] if wish else "",
        wish.name if wish else "",
        _opened(wish) if wish else "",
        Decimal(line.satang).scaleb(-2),
        ROUTE_NAMES[line.route],
        "ใช่" if line.is_to_do else "",
        report.recorded_at if report else None,
        line.recorded_by,
    )
