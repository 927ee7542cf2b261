"""What has happened in the demonstration so far, told through the same rules as real deeds."""

from datetime import timedelta
from itertools import accumulate

from sqlalchemy import select

from app.cases.aid import evidence, funding, handovers, requests, sizes
from app.cases.aid.lines import of as lines_of
from app.cases.register.records import FailedDimension, Household, Member, RoundHousehold
from app.demo import changes, partners, paying, picture, setting
from app.demo.givers import Givers
from app.fund.committee import agenda, attendance, circulations, meetings, resolutions, seats, votes
from app.fund.spending import order_lines, orders, payments
from app.fund.spending.withholding import TaxChoice
from app.kit import clock, photos
from app.kit.db import db
from app.province import catalogue, places
from app.staff.users import User

#: How many of the 67 pupils live in each district, the first districts first. Two of them have few.
PUPILS = (14, 12, 9, 8, 8, 6, 5, 3, 2)
#: Who pays a part of one request itself.
_TOWN = "เทศบาลตำบลน้ำคำ"
#: Pupils who had their uniform when the ceremony stopped for the day.
HANDED_OVER = 40

_KITS = {
    ("ป", False): ("ED-SCT-SCO", "ED-SCT-CUB"),
    ("ป", True): ("ED-SCT-GUI", "ED-SCT-CUB"),
    ("ม", False): ("ED-SCT-SEN", "ED-SCT-SEN"),
    ("ม", True): ("ED-SCT-SGU", "ED-SCT-SGU"),
}


class Teller(Givers):
    """Tells the whole story inside one transaction, the same each time."""

    def play(self) -> None:
        """The whole of it, from the first pledge to the meeting that is called."""
        self.give()
        partners.introduce(purpose_id=self.purpose("general"), by=self.who("busaba"))
        self.collect()
        self.leave_waiting()
        uniforms = self.ask_for_uniforms()
        fifth = f"{self.province_code}05"
        filters = self._request(self.who("chai"), "เครื่องกรองน้ำดื่ม 8 ครัวเรือน", *self.water, fifth, "LV-WFL", 8)
        paying.introduce()
        self.decide(uniforms, filters)
        self.change_course()
        self.hand_over(uniforms)
        self.circulate()
        self.ask_again()

    def ask_for_uniforms(self) -> str:
        """The secretariat asks for scout and girl-guide uniforms for pupils of households that fail on income."""
        busaba = self.who("busaba")
        request = requests.draft(
            title="ชุดลูกเสือ-เนตรนารี 67 ชุด",
            story="เด็กนักเรียนในครัวเรือนเป้าหมายที่ตกเกณฑ์รายได้ ผู้ปกครองจัดหาชุดลูกเสือ-เนตรนารีให้ไม่ได้ "
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
        # Where the last districts have too few, the first ones have more.
        known = {pupil.id for pupil in chosen}
        for district in districts:
            more = self._members(district.code, "income", sum(PUPILS), pupils=True)
            chosen += [pupil for pupil in more if pupil.id not in known][: sum(PUPILS) - len(chosen)]
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
        """The committee meets, votes and commits the money; the tailor is paid by two hands of finance, not yet the rest."""
        busaba = self.who("busaba")
        meeting = meetings.call(held_on=clock.today(), place=setting.of(self.province_code).hall, by=busaba)
        items = [agenda.table(meeting.id, proposal_code=code, by=busaba) for code in (paid, unpaid)]
        present = [self.who(name) for name in ("somchai", "pranee", "wichai", "sompong", "nittaya")]
        for member in present:
            attendance.note_present(meeting.id, member_id=member.id, by=busaba)
        meetings.open_(meeting.id, chair_id=present[0].id, by=busaba)
        made = []
        for item in items:
            for member in present:
                votes.vote(item.id, choice="approve", by=member)
            made.append(resolutions.resolve(item.id, by=present[0]))
        meetings.close(meeting.id, by=busaba)
        order = orders.prepare(
            proposal_code=paid,
            satang=made[0].satang,
            vendor_id=paying.vendor("ร้านตัดเย็บชุดนักเรียนสามัคคี"),
            invoice="ใบแจ้งหนี้ 12/2569",
            # Sewing is work for hire: the fund withholds tax of it.
            tax=TaxChoice("hire", setting.of(self.province_code).tailor),
            by=self.who("kanya"),
        )
        order_lines.split(order.id, lines=order_lines.offered(order.proposal), by=self.who("kanya"))
        for signatory in ("somchai", "arun")[: order.signatures]:
            orders.approve(order.id, by=self.who(signatory))
        payments.record(
            order.id, transfer_ref="DEMO000000000001", paid_on=clock.today(), by=self.who("kanya")
        )
        paying.send_file(unpaid, made[1].satang)

    def change_course(self) -> None:
        """Three requests do not go as they were asked, and of what is paid some comes back."""
        malee, first, income = self.who("malee"), f"{self.province_code}01", ("income", "income")
        part = self._request(malee, "เครื่องกรองน้ำดื่ม 6 ครัวเรือน", *self.water, first, "LV-WFL", 6)
        deferred = self._request(malee, "ชุดเลี้ยงไก่ไข่ 12 ครัวเรือน", *income, first, "IN-POU", 12)
        rescinded = self._request(malee, "เครื่องกรองน้ำดื่ม 1 ครัวเรือน", *self.water, first, "LV-WFL", 1)
        changes.decide(part, deferred, rescinded, hall=setting.of(self.province_code).hall)
        changes.pay(part, self.ledger, self.some_payload())

    def hand_over(self, code: str) -> None:
        """The ceremony is half done: the pupils of the farther districts have come, one set lacks its belt, one pupil was ill."""
        busaba = self.who("busaba")
        # Busaba asked for it: Chai is there with her.
        handover = handovers.open_(
            request_code=code,
            held_on=clock.today(),
            place=setting.of(self.province_code).ceremony,
            second_id=self.who("chai").id,
            by=busaba,
        )
        photo = evidence.keep(photos.read(picture.ceremony()), by=busaba)
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
            handovers.mark(
                handover.id,
                line_id=line.id,
                outcome=outcome,
                quantity=quantity,
                reason=reason,
                photo_id=photo.id if place % 5 == 0 and outcome != "not" else None,
                by=busaba,
            )

    def circulate(self) -> None:
        """Two requests are decided between meetings: one was carried and waits to be ratified, of the other two answers are there."""
        busaba, malee, chai = (self.who(name) for name in ("busaba", "malee", "chai"))
        first, fifth = (f"{self.province_code}{number:02d}" for number in (1, 5))
        until = clock.now() + timedelta(days=7)
        carried = self._request(chai, "เครื่องกรองน้ำดื่ม 2 ครัวเรือน", *self.water, fifth, "LV-WFL", 2)
        asked = self._request(malee, "ชุดเลี้ยงไก่ไข่ 3 ครัวเรือน", "income", "income", first, "IN-POU", 3)
        members = seats.members()
        closed = circulations.circulate(carried, closes_at=until, by=busaba)
        for member in members:
            votes.vote(closed.items[0].id, choice="approve", by=member)
        circulations.close(closed.id, by=self.who("somchai"))
        waits = circulations.circulate(asked, closes_at=until, by=busaba)
        for name in ("pranee", "sompong"):
            votes.vote(waits.items[0].id, choice="approve", by=self.who(name))

    def ask_again(self) -> None:
        """One request waits on the agenda of the next meeting, one for a meeting, a small one for the chair; one is a draft."""
        busaba, malee, chai = (self.who(name) for name in ("busaba", "malee", "chai"))
        first, fifth = (f"{self.province_code}{number:02d}" for number in (1, 5))
        wiring = self._request(
            malee,
            "ซ่อมระบบไฟฟ้าในบ้าน 6 หลัง",
            *(setting.of(self.province_code).wiring,) * 2,
            first,
            "LV-ELE",
            6,
            beside=_TOWN,
        )
        self._request(chai, "ชุดเลี้ยงไก่ไข่ 8 ครัวเรือน", "income", "income", fifth, "IN-POU", 8)
        self._request(malee, "ชุดเลี้ยงไก่ไข่ 1 ครัวเรือน", "income", "income", first, "IN-POU", 1)
        meeting = meetings.call(
            held_on=clock.today() + timedelta(days=14),
            place=setting.of(self.province_code).other_hall,
            by=busaba,
        )
        agenda.table(meeting.id, proposal_code=wiring, by=busaba)
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
        beside: str = "",
    ) -> str:
        """A request that is sent; where others are named `beside`, they pay a fifth of it themselves."""
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
        if beside:
            funding.add(request.id, kind="local_government", source=beside, satang=total // 5, by=by)
        requests.submit(request.id, confirmed_satang=total, by=by)
        return request.code


def _kit(pupil: Member) -> str:
    older, younger = _KITS[(pupil.grade[0], pupil.sex == "f")]
    return younger if pupil.grade in ("ป.1", "ป.2", "ป.3") else older
