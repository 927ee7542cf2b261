"""Remittances: tax withheld is owed to the Revenue Department, by month and form, until a line of the bank remitted it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, select

from app.fund.bank.records import BankEvent
from app.fund.ledger import months
from app.fund.spending import bank_lines
from app.fund.spending.records import OutgoingMatch, Payment
from app.fund.spending.records.returns import PaymentReturn
from app.fund.spending.records.withholding import TaxCertificate, TaxForm, TaxRemittance, WithheldMonth
from app.kit import clock
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht
from app.kit.thai import month_year
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: The return is filed and paid until this day of the next month: on paper the 7th (ประมวลรัษฎากร มาตรา 52), by internet
#: eight days later by the notification of the Ministry of Finance in force.
DUE_DAYS = {"paper": 7, "internet": 15}
_SATURDAY = 5


#: So many of the newest months stand on the page, and every older one of which something is owed; certificates tell of the others.
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class TaxMonth:
    """The tax of one month and form, in satang: withheld of payments that stand, and remitted."""

    first_on: date
    form: TaxForm
    payments: int
    withheld: int
    remitted: int

    @property
    def owed(self) -> int:
        return self.withheld - self.remitted

    @property
    def due_on(self) -> date:
        """The last day to file and pay. One that falls on a weekend moves to Monday; no list of public holidays is kept."""
        on = months.after(self.first_on).replace(day=DUE_DAYS[Profile.here().spending.tax_filing])
        while on.weekday() >= _SATURDAY:
            on += timedelta(days=1)
        return on

    @property
    def state(self) -> tuple[str, str]:
        if not self.owed:
            return ("นำส่งครบแล้ว", "success")
        return ("เกินกำหนดนำส่ง", "danger") if self.due_on < clock.today() else ("รอนำส่ง", "warning")

    @property
    def words(self) -> str:
        """`ภ.ง.ด.53 เดือนพฤศจิกายน 2569`."""
        return f"{self.form.words} เดือน{month_year(self.first_on)}"


def by_month() -> list[TaxMonth]:
    """Each month and form of which something is owed, and of the others the newest, the newest first: sums that are kept
    where they change, so that it costs as much in the tenth year as in the first."""
    session = db.session()
    newest = session.scalars(_newest_first().limit(_SHOWN)).all()
    known = {(row.first_on, row.form): row for row in (*newest, *session.scalars(_still_owed()))}
    return [_month(row) for _, row in sorted(known.items(), reverse=True)]


def owed() -> list[TaxMonth]:
    """Those of which something is owed still, the oldest first."""
    rows = db.session().scalars(_still_owed().order_by(WithheldMonth.first_on, WithheldMonth.form))
    return [_month(row) for row in rows]


def _newest_first() -> Select[WithheldMonth]:
    some = select(WithheldMonth).where(WithheldMonth.payments > 0)
    return some.order_by(WithheldMonth.first_on.desc(), WithheldMonth.form.desc())


def _still_owed() -> Select[WithheldMonth]:
    return select(WithheldMonth).where(WithheldMonth.remitted_satang < WithheldMonth.withheld_satang)


def _month(row: WithheldMonth) -> TaxMonth:
    return TaxMonth(row.first_on, TaxForm(row.form), row.payments, row.withheld_satang, row.remitted_satang)


def _of(first_on: date, form: str) -> TaxMonth:
    """One month and form, as it is now; of which nothing was withheld, nothing."""
    row = db.session().get(WithheldMonth, (first_on, form), populate_existing=True)
    return _month(row) if row is not None else TaxMonth(first_on, TaxForm(form), 0, 0, 0)


def filing_words() -> str:
    """Until when a month's tax is filed and remitted, by which rule."""
    filing = Profile.here().spending.tax_filing
    how = (
        "ยื่นแบบกระดาษและนำส่งภายในวันที่ 7 ของเดือนถัดไป"
        if filing == "paper"
        else "ยื่นแบบทางอินเทอร์เน็ตและนำส่งภายในวันที่ 15 ของเดือนถัดไป (ขยาย 8 วันตามประกาศกระทรวงการคลังที่ใช้อยู่)"
    )
    return f"{how} ตรงกับเสาร์หรืออาทิตย์เลื่อนเป็นวันจันทร์ วันหยุดราชการอื่นให้นับวันทำการถัดไป แล้วจับคู่กับรายการเงินออก"


def offered(line: BankEvent, several: list[TaxMonth]) -> list[TaxMonth]:
    """Those of which this line may be the remittance: not more than is owed, and not before the month began."""
    on = line.occurred_at.astimezone(BANGKOK).date()
    return [each for each in several if -line.satang <= each.owed and each.first_on <= on]


def remit(event_id: int, *, first_on: date, form: str, by: User) -> TaxRemittance:
    """The line of money out remitted tax that was withheld in this month, the whole of the line.

    Raises Refused for a line that is taken and for more than is owed of the month and form.
    """
    if form not in [known.value for known in TaxForm]:
        raise BadInput("กรุณาเลือกเดือนและแบบที่นำส่ง")
    month = _of(first_on, form)
    made = bank_lines.explain(event_id, reason=f"นำส่งภาษีหัก ณ ที่จ่าย {month.words}", by=by)
    satang = -made.event.satang
    if satang > month.owed:
        raise Refused(
            f"{month.words} ค้างนำส่ง {format_baht(month.owed)} บาท น้อยกว่ารายการนี้ {format_baht(satang)} บาท "
            "กรุณาเลือกเดือนและแบบที่ตรงกัน เงินเพิ่มหรือค่าปรับต้องโอนแยกรายการ"
        )
    remitted = TaxRemittance(match_id=made.id, first_on=first_on, form=form, satang=satang)
    session = db.session()
    session.add(remitted)
    session.flush()
    audit.record(Deed.PAYMENT_TAX, f"bank_event:{event_id}", by=by, satang=satang, month=month.words)
    return remitted


def of_month(first_on: date, form: str) -> list[TaxRemittance]:
    """The lines that remitted the tax of a month, in their order."""
    statement = select(TaxRemittance).filter_by(first_on=first_on, form=form).order_by(TaxRemittance.id)
    return list(db.session().scalars(statement))


def against_voiding(payment: Payment) -> str:
    """Why a payment whose tax was remitted cannot be voided, in Thai; empty when it can."""
    known = db.session().get(TaxCertificate, payment.id)
    if known is None:
        return ""
    month = _of(known.first_on, known.form)
    if month.remitted > month.withheld - known.satang:
        return (
            f"ยกเลิกไม่ได้ เพราะนำส่งภาษีที่หักจากใบสำคัญนี้แล้วใน {month.words} "
            "ให้บันทึกเป็นเงินคืนจากการจ่ายแทน ภาษีที่นำส่งเป็นเครดิตของผู้รับเงิน หรือยกเลิกการจับคู่รายการนำส่งหากจับคู่ผิด"
        )
    return ""


def given_back(payment: Payment, satang: int) -> int:
    """The tax that is owed no more when so many satang of the payment come back: all that was withheld, where the vendor
    then has nothing of it and no tax of its month was remitted yet; else nothing."""
    known = db.session().get(TaxCertificate, payment.id)
    if known is None or payment.returned_satang + satang != payment.net_satang:
        return 0
    return 0 if of_month(known.first_on, known.form) else payment.withheld_satang


def after_return(payment: Payment) -> str:
    """What becomes of the tax and its certificate now that money of the payment came back, and what the vendor does, in
    Thai; empty where nothing was withheld or nothing came back."""
    known = db.session().get(TaxCertificate, payment.id)
    if known is None or not payment.returned_satang:
        return ""
    if not payment.kept_satang:
        return (
            f"คืนทั้งจำนวนก่อนนำส่งภาษี หนังสือรับรองเลขที่ {known.code} จึงยกเลิกและไม่ใช้เลขนี้อีก ไม่ต้องนำส่งภาษี "
            f"{format_baht(known.satang)} บาท กรุณาขอหนังสือรับรองฉบับเดิมคืนจากผู้รับเงิน"
        )
    why = "คืนหลังนำส่งภาษีแล้ว" if payment.returned_satang == payment.net_satang else "คืนเพียงบางส่วน"
    return (
        f"{why} หนังสือรับรองและภาษีที่หักจึงคงเดิม ผู้รับเงินใช้หนังสือรับรองเลขที่ {known.code} เป็นเครดิตภาษีหรือขอคืนกรมสรรพากร"
        "พร้อมแบบแสดงรายการของตนเอง"
    )


def held(first_on: date, last_on: date) -> Mapping[str, int]:
    """What of the tax lay in the bank in a month, in satang: owed before it, withheld and remitted in it, owed at its end.

    The fund holds it and it is not the fund's: the books say that it was paid. Nothing where there never was any.
    """
    withheld_before, remitted_before = _until(first_on)
    withheld, remitted = _until(last_on + timedelta(days=1))
    facts = {
        "before": withheld_before - remitted_before,
        "withheld": withheld - withheld_before,
        "remitted": remitted - remitted_before,
        "owed": withheld - remitted,
    }
    return facts if any(facts.values()) else {}


def _until(on: date) -> tuple[int, int]:
    """What was withheld before this first day of a month of payments that stand, less what returns of before gave back, and
    what lines of before remitted. Sums of months, not of payments."""
    session = db.session()
    withheld = select(func.coalesce(func.sum(WithheldMonth.withheld_satang), 0))
    withheld = withheld.where(WithheldMonth.first_on < on)
    # What a return gave back later was owed then.
    since = (
        select(func.coalesce(func.sum(PaymentReturn.tax_satang), 0))
        .join(TaxCertificate, TaxCertificate.payment_id == PaymentReturn.payment_id)
        .where(PaymentReturn.tax_satang > 0, TaxCertificate.first_on < on)
        .where(PaymentReturn.confirmed_at >= datetime.combine(on, time(), BANGKOK))
    )
    remitted = (
        select(func.coalesce(func.sum(TaxRemittance.satang), 0))
        .join(OutgoingMatch, OutgoingMatch.id == TaxRemittance.match_id)
        .join(BankEvent, BankEvent.id == OutgoingMatch.event_id)
        .where(BankEvent.occurred_at < datetime.combine(on, time(), BANGKOK))
    )
    owed_once = int(session.scalar(withheld) or 0) + int(session.scalar(since) or 0)
    return owed_once, int(session.scalar(remitted) or 0)
