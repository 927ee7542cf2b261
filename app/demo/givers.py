"""The money of the demonstration: networks pledge, they and the public give, and the bank tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from app.demo import messages, setting
from app.demo.ledger import Ledger
from app.demo.qr_reader import Asked, read_payload
from app.fund.bank.providers import callbacks
from app.fund.bank.reconciliation import matching
from app.fund.bank.statements import continuations, statements
from app.fund.giving.networks import contacts
from app.fund.giving.payment_requests import collections, payment_requests
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db, transaction
from app.staff.users import User

#: Network, purpose, baht pledged, baht given of it so far.
_PLEDGES = (
    ("NET001", "education", 50_000, 50_000),
    ("NET002", "general", 100_000, 60_000),
    ("NET003", "education", 30_000, 30_000),
    ("NET004", "general", 20_000, 20_000),
    ("NET005", "income", 40_000, 25_000),
    ("NET006", "general", 22_000, 22_000),
    ("NET007", "general", 15_000, 0),
    ("NET008", "living", 60_000, 60_000),
    ("NET009", "health", 25_000, 10_000),
    ("NET011", "education", 5_000, 5_000),
    ("NET012", "general", 5_000, 5_000),
    ("NET014", "general", 4_500, 0),
)
#: Purpose, satang, name, whether the public may not know it.
_DONATIONS = (
    ("general", 500_00, "", True),
    ("education", 1_000_00, "นายปิติ มีน้ำใจ", True),
    ("general", 99_50, "", True),
    ("living", 2_565_00, "ร้านข้าวแกงลุงเพียร", False),
    ("general", 20_00, "", True),
    ("education", 675_00, "ครูเก่าบ้านหนองแวง", False),
)
#: Network, office and invented name of a person to write to.
_CONTACTS = (
    ("NET001", "treasurer", "นายต้น แสงทอง"),
    ("NET001", "chair", "นางบัวผัน ทอผ้า"),
    ("NET002", "treasurer", "นายบุญเลิศ ออมทรัพย์"),
    ("NET005", "secretary", "นางสาวแก้วตา ศรัทธา"),
    ("NET009", "coordinator", "นายเพียร พบปะ"),
)


@dataclass
class Givers:
    """Tells how money came in, inside one transaction; `rng` makes it the same each time."""

    province_code: str
    ledger: Ledger
    rng: Random

    def __post_init__(self) -> None:
        self._at = clock.now() - timedelta(hours=2)

    def who(self, sign_in_name: str) -> User:
        return db.session().scalars(select(User).filter_by(sign_in_name=sign_in_name)).one()

    def purpose(self, code: str) -> int:
        """The purpose with this code; what is given for living conditions is for water where that is a side of its own."""
        code = setting.of(self.province_code).water if code == "living" else code
        return db.session().scalars(select(Purpose.id).filter_by(code=code)).one()

    def _later(self) -> datetime:
        """The next moment of the story; the bank's ledger runs forward."""
        self._at += timedelta(seconds=self.rng.randint(40, 140))
        return self._at

    def give(self) -> None:
        """Networks pledge, and they and the public give by QR; the bank tells of each payment."""
        busaba = self.who("busaba")
        networks = {network.code: network for network in db.session().scalars(select(Network))}
        for code, purpose, pledged, given in _PLEDGES:
            pledge = pledges.make(
                network_id=networks[code].id,
                satang=pledged * 100,
                purpose_id=self.purpose(purpose),
                expected_on=clock.today() + timedelta(days=30),
                basis="ที่ประชุมคณะกรรมการกองทุน ครั้งที่ 1/2565",
                by=busaba,
            )
            if given:
                payment_request = payment_requests.open(
                    satang=given * 100,
                    purpose_id=pledge.purpose_id,
                    pledge_id=pledge.id,
                    by=busaba,
                )
                self.pay(payment_request, payer=networks[code].name)
        for purpose, satang, name, anonymous in _DONATIONS:
            payment_request = payment_requests.open(
                satang=satang,
                purpose_id=self.purpose(purpose),
                donor_name=name,
                anonymous=anonymous,
                by=None,
            )
            self.pay(payment_request, payer=name or "นาย ก. ผู้ไม่ประสงค์ออกนาม")
        matching.reconcile_new()

    def collect(self) -> None:
        """The OTOP network hangs up a poster, and three of its members give what they choose; networks name people
        whom messages reach, at addresses that belong to nobody."""
        ton, busaba = self.who("ton"), self.who("busaba")
        networks = {network.code: network.id for network in db.session().scalars(select(Network))}
        collection = collections.open(
            network_id=networks["NET001"], purpose_id=self.purpose("education"), by=ton
        )
        asked = read_payload(collection.payload)
        for satang, payer in ((20_00, "นางบัวผัน ทอผ้า"), (100_00, "นายสมาน จักสาน"), (59_00, "นางทองใบ ขนมไทย")):
            line = self.ledger.transfer(
                asked, satang=satang, payer=payer, payer_bank=self._some_bank(), at=self._later()
            )
            callbacks.record(messages.confirmation(line))
        for code, office, name in _CONTACTS:
            contacts.add(
                networks[code],
                office=office,
                name=name,
                phone="045-000-000",
                email=f"{code.lower()}.{office}@example.com",
                by=busaba,
            )
        matching.reconcile_new()

    def pay(self, payment_request: PaymentRequest, *, payer: str) -> None:
        """The payer's bank reads the QR's text, moves the money and tells the fund."""
        asked = read_payload(payment_request.payload)
        line = self.ledger.transfer(
            asked,
            satang=payment_request.due_satang,
            payer=payer,
            payer_bank=self._some_bank(),
            at=self._later(),
        )
        callbacks.record(messages.confirmation(line))

    def _some_bank(self) -> str:
        return self.rng.choice(("002", "004", "006", "014", "025", "030", "034"))

    def leave_waiting(self) -> None:
        """Three payments that a person must look at; of one the bank does not tell."""
        payment_request = payment_requests.open(satang=1_500_00, purpose_id=self.purpose("general"), by=None)
        asked = read_payload(payment_request.payload)
        strange = (
            (asked.ref1, 1_050_00, "นางสาวรีบ โอนผิด", True),
            ("WATPA2569", 3_000_00, "กองบุญวัดป่าบ้านหนองแคน", True),
            ("", 700_00, "ฝากเงินสดหน้าเคาน์เตอร์", False),
        )
        for ref1, satang, payer, is_told in strange:
            # Cash at the counter is no bill payment: the bank tells of it on the statement only.
            tag = asked.tag if is_told else 0
            typed = Asked(asked.payload, tag, asked.payee, asked.account, asked.proxy, ref1, "", None)
            line = self.ledger.transfer(
                typed, satang=satang, payer=payer, payer_bank=self._some_bank(), at=self._later()
            )
            if is_told:
                callbacks.record(messages.confirmation(line))
        matching.reconcile_new()

    @property
    def water(self) -> tuple[str, str]:
        """Purpose and side of requests for clean water."""
        return (setting.of(self.province_code).water,) * 2

    def some_payload(self) -> str:
        """What a QR code of the fund's account says."""
        return db.session().scalars(select(PaymentRequest.payload).order_by(PaymentRequest.id).limit(1)).one()

    def take_in_statement(self) -> None:
        """The day's statement, in transactions of its own; a third payment stands only there. It is the fund's first,
        so the chair confirms it."""
        statements.import_file(
            name="statement.csv", raw=messages.statement(self.ledger.lines()), by=self.who("kanya")
        )
        for waiting in continuations.waiting():
            with transaction():
                released = continuations.confirm(waiting["id"], by=self.who("somchai"))
            statements.reconcile_confirmed(released)
