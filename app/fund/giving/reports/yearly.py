"""Yearly statements: what one giver or one network gave in a fiscal or calendar year, receipt by receipt."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select

from app.fund.giving.networks import networks
from app.fund.giving.receipts import issuer
from app.fund.giving.records.donations import LIVE, Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.receipts import Receipt
from app.fund.ledger.accounts import Purpose
from app.kit import clock, sheets, thai
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, marked
from app.kit.portal import fill
from app.staff.roles import Role
from app.staff.users import User

FISCAL, CALENDAR = "fiscal", "calendar"
YEAR_NAMES = {FISCAL: marked("ปีงบประมาณ"), CALENDAR: marked("ปีปฏิทิน")}
#: A table of more lines takes a PDF longer than a person waits; the sheet takes any number.
MOST_ON_PAPER = 1_000


@dataclass(frozen=True, slots=True)
class YearlyLine:
    """One donation of the year less its reversals."""

    paid_on: date
    receipt_code: str
    receipt_token: str
    network: str
    purpose: str
    satang: int


@dataclass(frozen=True, slots=True)
class YearlyStatement:
    """A year of one giver. `whose` is a network's name or the name a giver gave."""

    whose: str
    kind: str
    year_be: int
    first_on: date
    last_on: date
    lines: Sequence[YearlyLine]

    @property
    def satang(self) -> int:
        return sum(line.satang for line in self.lines)

    @property
    def period(self) -> str:
        return f"{YEAR_NAMES[self.kind]} {self.year_be}"


def days(kind: str, year_be: int) -> tuple[date, date]:
    """The first and the last day of a year, Buddhist era. Raises BadInput for a year the fund cannot have had."""
    if not 2500 <= year_be <= 2700:
        raise BadInput(gettext("กรุณาใส่ปี พ.ศ. เช่น 2569"))
    if kind == FISCAL:
        return thai.fiscal_year_days(year_be)
    return date(thai.to_ce(year_be), 1, 1), date(thai.to_ce(year_be), 12, 31)


def of_network(network_id: int, *, kind: str, year_be: int, by: User) -> YearlyStatement:
    """The year of a network with the branches below it. Raises Refused for one that this person may not look into."""
    seen = networks.visible_to(by).where(Network.id == network_id)
    network = db.session().scalars(seen).one_or_none()
    if network is None:
        raise Refused(gettext("ท่านดูสรุปของเครือข่ายนี้ไม่ได้ กรุณาเลือกเครือข่ายในสายของท่าน"))
    return _statement(network.name, networks.within([network.code]), kind=kind, year_be=year_be)


def of_giver(name: str, *, kind: str, year_be: int, by: User) -> YearlyStatement:
    """The year of everyone who gave under just this name and for no network; only finance and auditors may ask.

    People of one name cannot be told apart by it: the page says so.
    """
    if not by.has(Role.FINANCE, Role.AUDITOR):
        raise Refused(gettext("เฉพาะเจ้าหน้าที่การเงินและผู้ตรวจสอบที่ค้นตามชื่อผู้ให้ได้"))
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if len(name) < 2:
        raise BadInput(gettext("กรุณาใส่ชื่อผู้ให้ให้ครบตามใบเสร็จ"))
    whose = (Donation.donor_name == name) & Donation.network_id.is_(None)
    return _statement(name, whose, kind=kind, year_be=year_be)


def _statement(whose: str, condition: ColumnElement[bool], *, kind: str, year_be: int) -> YearlyStatement:
    if kind not in YEAR_NAMES:
        raise BadInput(gettext("กรุณาเลือกปีงบประมาณหรือปีปฏิทิน"))
    first_on, last_on = days(kind, year_be)
    start, end = clock.bounds(first_on, last_on)
    found = (
        select(Donation.paid_at, Receipt, Network.name, Purpose.name_th, LIVE.c.satang)
        .join(LIVE, LIVE.c.id == Donation.id)
        .join(Purpose, Purpose.id == Donation.purpose_id)
        .outerjoin(Network, Network.id == Donation.network_id)
        .outerjoin(Receipt, (Receipt.donation_id == Donation.id) & Receipt.voided_at.is_(None))
        .where(condition, LIVE.c.satang > 0, Donation.paid_at >= start, Donation.paid_at < end)
        .order_by(Donation.paid_at, Donation.id)
    )
    lines = [
        YearlyLine(
            paid_on=paid_at.astimezone(BANGKOK).date(),
            receipt_code=receipt.code if receipt else "",
            receipt_token=receipt.token if receipt else "",
            network=network or "",
            purpose=purpose,
            satang=int(satang),
        )
        for paid_at, receipt, network, purpose, satang in db.session().execute(found)
    ]
    return YearlyStatement(whose, kind, year_be, first_on, last_on, lines)


def choices(by: User) -> list[Network]:
    """The networks whose year this person may ask for."""
    return list(db.session().scalars(networks.visible_to(by)))


def pdf(statement: YearlyStatement) -> bytes:
    """The statement on A4. Raises Refused when it is too long for paper."""
    from app.kit import pdf as kit_pdf

    if len(statement.lines) > MOST_ON_PAPER:
        raise Refused(
            gettext(
                "สรุปนี้มี %(lines)s รายการ ยาวเกินจะพิมพ์เป็น PDF กรุณาใช้ไฟล์ Excel หรือเลือกเครือข่ายย่อย",
                lines=format(len(statement.lines), ","),
            )
        )
    current_issuer = issuer.issuer()
    html = fill("pdf/yearly.html", statement=statement, issuer=current_issuer, made_on=clock.today())
    title = f"สรุปเงินสมทบ {statement.period} {statement.whose}"
    return kit_pdf.render(html, title=title, author=current_issuer.name_th)


def xlsx(statement: YearlyStatement) -> bytes:
    """The statement as a sheet, of any length."""
    header = ("วันที่รับเงิน", "ใบเสร็จเลขที่", "เครือข่าย", "เพื่อ", "จำนวนเงิน (บาท)")
    rows = (
        (line.paid_on, line.receipt_code, line.network, line.purpose, Decimal(line.satang).scaleb(-2))
        for line in statement.lines
    )
    return sheets.to_xlsx(header, rows, sheet="สรุปรายปี")
