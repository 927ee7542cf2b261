"""The pupils of the aid tests, and the way from their request to money paid to the vendor."""

import itertools
from datetime import date
from io import BytesIO

import committee_room as room
from money import arrives
from people import Cast, Person
from PIL import Image

from app.cases.aid import handovers, requests
from app.cases.aid.records import AidRequest
from app.cases.register.records import FailedDimension, Household, Member, Round, RoundHousehold
from app.fund.committee import agenda, attendance, meetings, resolutions, votes
from app.fund.spending import orders, payments
from app.kit import clock
from app.kit.db import db, transaction

KIT = "ED-SCT-SCO"
KIT_SATANG = 1_025_00

_numbers = itertools.count(1)

_FIRST = ("กมลวรรณ", "ขจรเดช", "คณพศ", "จิดาภา", "ชลธิชา", "ณัฐพล", "ดวงกมล", "ธนกร", "นภัสสร", "ปริญญา")
_LAST = ("แก่นจันทร์หอม", "บุตรดีวงษ์", "พิมพ์ทองหลาง", "สายกระสุนแดง", "ไชยโคตรภูมิ", "ขันติวงศ์เลิศ", "ศรีหาบุญทัน")


def register(
    count: int,
    *,
    district: str = "3301",
    failed: tuple[str, ...] = ("education", "income"),
    origin: str = "tpmap",
    school: str = "โรงเรียนบ้านหนองครก",
) -> list[Member]:
    """So many pupils of class ป.4 to ป.6, two to a household where it comes out even."""
    with transaction() as session:
        round_ = session.query(Round).filter_by(code="TPMAP-2565").one_or_none()
        if round_ is None:
            round_ = Round(
                code="TPMAP-2565",
                name="TPMAP ปี 2565",
                source="tpmap",
                fiscal_year_be=2565,
                as_of=date(2022, 1, 27),
                opened_at=clock.now(),
            )
            session.add(round_)
            session.flush()
        members = []
        household = None
        for number in range(count):
            which = next(_numbers)
            if household is None or number % 2 == 0:
                household = Household(
                    code=f"HH-{which:06d}",
                    key=f"test-{which}",
                    house_no=f"{which}/7719",
                    moo="3",
                    village="บ้านหนองครก",
                    district_code=district,
                    subdistrict_code=f"{district}01",
                    origin=origin,
                    entered_at=clock.now(),
                )
                session.add(household)
                session.flush()
                place = RoundHousehold(
                    round_id=round_.id, household_id=household.id, income_satang=2_500_000, row_hash="0" * 64
                )
                session.add(place)
                session.flush()
                session.add_all(
                    FailedDimension(round_household_id=place.id, dimension=dimension) for dimension in failed
                )
            member = Member(
                household_id=household.id,
                position=number % 2 + 1,
                prefix="ด.ช." if number % 2 else "ด.ญ.",
                first_name=_FIRST[number % len(_FIRST)] + _LAST[number // len(_FIRST) % len(_LAST)][:4],
                last_name=_LAST[number % len(_LAST)],
                id_tail=f"{which % 1000:03d}",
                birth_year_be=2555,
                sex="m" if number % 2 else "f",
                school=school,
                grade=f"ป.{4 + number % 3}",
            )
            session.add(member)
            members.append(member)
        session.flush()
        numbers = [member.id for member in members]
    return [db.session().get_one(Member, number) for number in numbers]


def draft(
    cast: Cast, *, by: Person | None = None, title: str = "ชุดลูกเสือสามัญ 67 ชุด", **more: str
) -> AidRequest:
    words = {"purpose_code": "general", "dimension": "education", "urgency": "medium", **more}
    with transaction():
        number = requests.draft(
            title=title,
            story="เด็กๆ ไม่มีชุดใส่ในวันพุธ",
            district_code=None,
            by=(by or cast.malee).user,
            **words,
        ).id
    return db.session().get_one(AidRequest, number)


def fill(
    request: AidRequest, members: list[Member], *, by: Person, quantity: int = 1, item: str = KIT
) -> None:
    with transaction():
        requests.add_lines(
            request.id,
            member_ids=[member.id for member in members],
            item_code=item,
            quantity=quantity,
            unit_satang=KIT_SATANG,
            by=by.user,
        )


def submit(request: AidRequest, *, by: Person) -> None:
    satang = sum(line.satang for line in request.lines)
    with transaction():
        requests.submit(request.id, confirmed_satang=satang, by=by.user)


def approve(cast: Cast, request: AidRequest) -> None:
    """The money has come in, the committee has met and all three have voted for it."""
    satang = sum(line.satang for line in request.lines)
    code = request.code
    with transaction():
        arrives(satang=satang, paid_at=clock.now(), purpose_id=cast.purpose("general").id, by=cast.kanya.user)
        meeting = meetings.call(held_on=clock.today(), place="ห้องประชุมศาลากลาง", by=cast.busaba.user).id
        voters = (cast.somchai, cast.pranee, cast.wichai)
        for voter in voters:
            assert voter.user_id
            attendance.note_present(meeting, member_id=voter.user_id, by=cast.busaba.user)
        item = agenda.table(meeting, proposal_code=code, by=cast.busaba.user).id
        assert cast.somchai.user_id
        meetings.open_(meeting, chair_id=cast.somchai.user_id, by=cast.busaba.user)
    for voter in voters:
        with transaction():
            votes.vote(item, choice="approve", by=voter.user)
    with transaction():
        resolutions.resolve(item, by=cast.somchai.user)


def pay(cast: Cast, request: AidRequest, *, satang: int = 0) -> None:
    """The vendor is paid: everything, or so many satang of it."""
    satang = satang or sum(line.satang for line in request.lines)
    code = request.code
    with transaction():
        room.sign(cast.busaba)
        order = orders.prepare(
            proposal_code=code,
            satang=satang,
            vendor_id=room.vendor(),
            by=cast.kanya.user,
        )
        orders.approve(order.id, by=cast.somchai.user)
        if order.approved_at is None:
            # Above the province's limit two sign.
            orders.approve(order.id, by=cast.busaba.user)
        payments.record(
            order.id, transfer_ref=f"KTBAID{next(_numbers):08d}", paid_on=clock.today(), by=cast.kanya.user
        )


def paid(cast: Cast, members: list[Member], *, quantity: int = 1) -> AidRequest:
    """A request of Malee's for these pupils, for which the vendor has been paid."""
    request = draft(cast)
    fill(request, members, by=cast.malee, quantity=quantity)
    submit(request, by=cast.malee)
    approve(cast, request)
    pay(cast, request)
    return db.session().get_one(AidRequest, request.id)


def ceremony(cast: Cast, request: AidRequest, *, place: str = "ลานโคปุระ เกาะกลางน้ำ") -> int:
    code = request.code
    with transaction():
        return handovers.open_(
            request_code=code,
            held_on=clock.today(),
            place=place,
            second_id=cast.decha.user.id,
            by=cast.malee.user,
        ).id


def jpeg(colour: str = "teal") -> bytes:
    """A photo as a phone sends it: lying on its side, with EXIF that tells a place and a camera."""
    picture = Image.new("RGB", (640, 360), colour)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SpyPhone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (15.0, 7.0, 7.5)
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()
