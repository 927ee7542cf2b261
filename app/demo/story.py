"""What has happened in the demonstration so far, told through the same rules as real deeds."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from PIL import Image, ImageDraw
from sqlalchemy import select

from app.cases.aid import evidence, handovers, marks, requests, sizes
from app.cases.aid.lines import of as lines_of
from app.cases.registry.households import Household
from app.cases.registry.members import Member
from app.cases.registry.rounds import FailedDimension, RoundHousehold
from app.demo import bank
from app.demo.bank import Ledger
from app.fund.bank import callbacks, matching, statements
from app.fund.giving import donations, pledges
from app.fund.giving.donations import Donation
from app.fund.giving.networks import Network
from app.fund.ledger.accounts import Purpose
from app.fund.spending import committee, payments
from app.kit import clock
from app.kit.db import db
from app.province import catalogue, places
from app.staff.users import User

#: How many of the 67 pupils live in each district, the first districts first. Two of them have few.
PUPILS = (14, 12, 9, 8, 8, 6, 5, 3, 2)
#: Pupils who had their uniform when the ceremony stopped for the day.
HANDED_OVER = 40

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
_GIFTS = (
    ("general", 500_00, "", True),
    ("education", 1_000_00, "นายปิติ มีน้ำใจ", True),
    ("general", 99_50, "", True),
    ("living", 2_565_00, "ร้านข้าวแกงลุงเพียร", False),
    ("general", 20_00, "", True),
    ("education", 675_00, "ครูเก่าบ้านหนองแวง", False),
)
_KITS = {
    ("ป", False): ("ED-SCT-SCO", "ED-SCT-CUB"),
    ("ป", True): ("ED-SCT-GUI", "ED-SCT-CUB"),
    ("ม", False): ("ED-SCT-SEN", "ED-SCT-SEN"),
    ("ม", True): ("ED-SCT-SGU", "ED-SCT-SGU"),
}


@dataclass
class Teller:
    """Tells the story inside one transaction; `rng` makes it the same at every telling."""

    province_code: str
    ledger: Ledger
    rng: Random

    def __post_init__(self) -> None:
        self._at = clock.now() - timedelta(hours=2)

    def tell(self) -> None:
        """The whole of it, from the first pledge to the meeting that is called."""
        self.give()
        self.leave_waiting()
        uniforms = self.ask_for_uniforms()
        fifth = f"{self.province_code}05"
        filters = self._request(
            self.who("chai"), "เครื่องกรองน้ำดื่ม 8 ครัวเรือน", "living", "living", fifth, "LV-WFL", 8
        )
        self.decide(uniforms, filters)
        self.hand_over(uniforms)
        self.ask_again()

    def who(self, sign_in_name: str) -> User:
        return db.session().scalars(select(User).filter_by(sign_in_name=sign_in_name)).one()

    def purpose(self, code: str) -> int:
        return db.session().scalars(select(Purpose.id).filter_by(code=code)).one()

    def _later(self) -> datetime:
        """The next moment of the story; the bank's ledger runs forward."""
        self._at += timedelta(seconds=self.rng.randint(40, 140))
        return self._at

    def give(self) -> None:
        """Networks pledge, and they and the public give by QR; the bank tells of each payment."""
        busaba = self.who("busaba")
        networks = {one.code: one for one in db.session().scalars(select(Network))}
        for code, purpose, pledged, given in _PLEDGES:
            pledge = pledges.state(
                network_id=networks[code].id,
                satang=pledged * 100,
                purpose_id=self.purpose(purpose),
                expected_on=clock.today() + timedelta(days=30),
                by=busaba,
            )
            if given:
                donation = donations.open(
                    satang=given * 100,
                    purpose_id=pledge.purpose_id,
                    pledge_id=pledge.id,
                    by=busaba,
                )
                self.pay(donation, payer=networks[code].name)
        for purpose, satang, name, anonymous in _GIFTS:
            donation = donations.open(
                satang=satang,
                purpose_id=self.purpose(purpose),
                donor_name=name,
                anonymous=anonymous,
                by=None,
            )
            self.pay(donation, payer=name or "นาย ก. ผู้ไม่ประสงค์ออกนาม")
        matching.settle_new()

    def pay(self, donation: Donation, *, payer: str) -> None:
        """The payer's bank reads the QR's text, moves the money and tells the fund."""
        asked = bank.read_payload(donation.payload)
        line = self.ledger.transfer(
            asked, satang=donation.due_satang, payer=payer, payer_bank=self._some_bank(), at=self._later()
        )
        callbacks.record(bank.confirmation(line))

    def _some_bank(self) -> str:
        return self.rng.choice(("002", "004", "006", "014", "025", "030", "034"))

    def leave_waiting(self) -> None:
        """Three payments that a person must look at, and the day's statement."""
        donation = donations.open(satang=1_500_00, purpose_id=self.purpose("general"), by=None)
        asked = bank.read_payload(donation.payload)
        strange = (
            (asked.ref1, 1_050_00, "นางสาวรีบ โอนผิด", True),
            ("WATPA2569", 3_000_00, "กองบุญวัดป่าบ้านหนองแคน", True),
            ("", 700_00, "ฝากเงินสดหน้าเคาน์เตอร์", False),
        )
        for ref1, satang, payer, is_told in strange:
            typed = bank.Asked(
                asked.payload, asked.tag, asked.payee, asked.account, asked.proxy, ref1, "", None
            )
            line = self.ledger.transfer(
                typed, satang=satang, payer=payer, payer_bank=self._some_bank(), at=self._later()
            )
            if is_told:
                callbacks.record(bank.confirmation(line))
        matching.settle_new()
        statements.import_file(
            name="statement.csv",
            raw=bank.statement(self.ledger.lines()),
            by=self.who("kanya"),
        )

    def ask_for_uniforms(self) -> str:
        """The secretariat asks for scout and girl-guide uniforms for pupils of households that fail on income."""
        busaba = self.who("busaba")
        request = requests.draft(
            title="ชุดลูกเสือ-เนตรนารี 67 ชุด",
            story="เด็กนักเรียนในครัวเรือน TPMAP ตกเกณฑ์มิติรายได้ ผู้ปกครองจัดหาชุดลูกเสือ-เนตรนารีให้ไม่ได้ "
            "สำรวจความต้องการแล้ว 67 ราย ขอรับการสนับสนุนก่อนพิธีมอบ",
            purpose_code="education",
            dimension="income",
            urgency="medium",
            district_code=None,
            by=busaba,
        )
        kits: dict[str, list[int]] = {}
        for pupil in self.pupils():
            kits.setdefault(_kit(pupil), []).append(pupil.id)
        for item_code, chosen in sorted(kits.items()):
            requests.add_lines(
                request.id,
                member_ids=chosen,
                item_code=item_code,
                quantity=1,
                unit_satang=catalogue.item(item_code).satang,
                by=busaba,
            )
        lines = lines_of(request.id)
        sizes.record(
            request.id,
            sizes={
                line.id: {
                    field.code: self.rng.choice(field.values)
                    for field in catalogue.item(line.item_code).sizes
                }
                for line in lines
            },
            by=busaba,
        )
        requests.submit(request.id, confirmed_satang=sum(line.satang for line in lines), by=busaba)
        return request.code

    def pupils(self) -> list[Member]:
        """67 pupils of households that fail on income, so many in each district, and where there are too few, more
        in the next."""
        districts = places.districts(self.province_code)
        wanted = [0] * len(districts)
        for place, count in enumerate(PUPILS):
            wanted[place % len(districts)] += count
        chosen: list[Member] = []
        for district, upto in zip(districts, accumulate(wanted), strict=True):
            if len(chosen) < upto:
                chosen += self._members(district.code, "income", upto - len(chosen), pupils=True)
        return chosen

    def _members(self, district_code: str, dimension: str, count: int, *, pupils: bool) -> list[Member]:
        """The first pupils or heads of the district's households that fail a dimension."""
        statement = (
            select(Member)
            .join(Household, Household.id == Member.household_id)
            .join(RoundHousehold, RoundHousehold.household_id == Household.id)
            .join(FailedDimension, FailedDimension.round_household_id == RoundHousehold.id)
            .where(Household.district_code == district_code, FailedDimension.dimension == dimension)
            .where(Member.grade != "" if pupils else Member.position == 1)
            .order_by(Member.id)
            .limit(count)
        )
        return list(db.session().scalars(statement))

    def decide(self, paid: str, unpaid: str) -> None:
        """The committee meets, votes and commits the money; the finance officer pays the tailor, not yet the rest."""
        busaba = self.who("busaba")
        meeting = committee.call(held_on=clock.today(), place="ห้องประชุมศรีลำดวน ชั้น 1 ศาลากลางจังหวัด", by=busaba)
        items = [committee.table(meeting.id, proposal_code=code, by=busaba) for code in (paid, unpaid)]
        present = [self.who(name) for name in ("somchai", "pranee", "wichai", "sompong", "nittaya")]
        for member in present:
            committee.note_present(meeting.id, member_id=member.id, by=busaba)
        committee.open_(meeting.id, chair_id=present[0].id, by=busaba)
        resolutions = []
        for item in items:
            for member in present:
                committee.vote(item.id, choice="approve", by=member)
            resolutions.append(committee.resolve(item.id, by=present[0]))
        committee.close(meeting.id, by=busaba)
        payments.pay(
            proposal_code=paid,
            satang=resolutions[0].satang,
            vendor="ร้านตัดเย็บชุดนักเรียนสามัคคี",
            vendor_bank="006",
            vendor_account="4099900000",
            transfer_ref="DEMO000000000001",
            paid_on=clock.today(),
            invoice="ใบแจ้งหนี้ 12/2569",
            by=self.who("kanya"),
        )

    def hand_over(self, code: str) -> None:
        """The ceremony is half done: the pupils of the farther districts have come, one set lacks its belt, one pupil was ill."""
        busaba = self.who("busaba")
        handover = handovers.open_(
            request_code=code, held_on=clock.today(), place="ลานโคปุระ เกาะกลางน้ำห้วยน้ำคำ", by=busaba
        )
        photo = evidence.keep(_picture(), by=busaba)
        lines = sorted(
            lines_of(handover.request_id),
            key=lambda line: (line.household.district_code, line.id),
            reverse=True,
        )
        for place, line in enumerate(lines[: HANDED_OVER + 2]):
            outcome, quantity, reason = "given", line.quantity, ""
            if place == 7:
                outcome, reason = "partly", "ขาดเข็มขัด จะส่งตามภายในสัปดาห์หน้า"
            elif place == 20:
                outcome, quantity, reason = "not", 0, "ป่วย ไม่ได้มาในวันงาน"
            marks.mark(
                handover.id,
                line_id=line.id,
                outcome=outcome,
                quantity=quantity,
                reason=reason,
                photo_id=photo.id if place % 5 == 0 and outcome != "not" else None,
                by=busaba,
            )

    def ask_again(self) -> None:
        """One request waits on the agenda of the next meeting, one waits for a meeting, one is still a draft."""
        busaba, malee, chai = (self.who(name) for name in ("busaba", "malee", "chai"))
        first, fifth = (f"{self.province_code}{number:02d}" for number in (1, 5))
        wiring = self._request(malee, "ซ่อมระบบไฟฟ้าในบ้าน 6 หลัง", "living", "living", first, "LV-ELE", 6)
        self._request(chai, "ชุดเลี้ยงไก่ไข่ 8 ครัวเรือน", "income", "income", fifth, "IN-POU", 8)
        meeting = committee.call(
            held_on=clock.today() + timedelta(days=14), place="ห้องประชุมศรีลาวา ชั้น 2 ศาลากลางจังหวัด", by=busaba
        )
        committee.table(meeting.id, proposal_code=wiring, by=busaba)
        requests.draft(
            title="ทุนการศึกษาเร่งด่วน 3 ทุน",
            story="อยู่ระหว่างเยี่ยมบ้านกับครูประจำชั้น",
            purpose_code="education",
            dimension="education",
            urgency="urgent",
            district_code=first,
            by=malee,
        )

    def _request(
        self,
        by: User,
        title: str,
        purpose: str,
        dimension: str,
        district_code: str,
        item_code: str,
        count: int,
    ) -> str:
        request = requests.draft(
            title=title,
            story="ทีมพี่เลี้ยงเยี่ยมบ้านแล้ว ครัวเรือนจัดทำแผนร่วมกัน",
            purpose_code=purpose,
            dimension=dimension,
            urgency="medium",
            district_code=district_code,
            by=by,
        )
        item = catalogue.item(item_code)
        heads = self._members(district_code, dimension, count, pupils=False)
        requests.add_lines(
            request.id,
            member_ids=[head.id for head in heads],
            item_code=item.code,
            quantity=1,
            unit_satang=item.satang,
            by=by,
        )
        total = sum(line.satang for line in lines_of(request.id))
        requests.submit(request.id, confirmed_satang=total, by=by)
        return request.code


def _kit(pupil: Member) -> str:
    older, younger = _KITS[(pupil.grade[0], pupil.sex == "f")]
    return younger if pupil.grade in ("ป.1", "ป.2", "ป.3") else older


def _picture() -> bytes:
    """A drawing in place of a photo: nobody real is in the demonstration, so nobody can be in its pictures."""
    picture = Image.new("RGB", (1200, 900), "#dfe9ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 600, 1200, 900), fill="#8fae7b")
    for place, colour in enumerate(("#6b4f2a", "#2f6b3a", "#6b4f2a", "#2f6b3a", "#6b4f2a")):
        left = 140 + place * 200
        pen.ellipse((left, 330, left + 90, 420), fill="#e3b98f")
        pen.rounded_rectangle((left - 20, 420, left + 110, 690), radius=40, fill=colour)
        pen.rectangle((left + 20, 430, left + 70, 500), fill="#d9a21b")
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()
