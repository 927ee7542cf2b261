"""The demonstration province: an empty portal becomes one that looks lived in, through the rules of real deeds."""

from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from app.cases.register import intake, rounds
from app.demo import before, cast, changes, register, setting
from app.demo.charges import Charges
from app.demo.ledger import Ledger
from app.demo.story import Teller
from app.editions import editions
from app.fund.committee import seats
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import fund_accounts, solicitation
from app.fund.giving.records.networks import NetworkType
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.ledger.accounts import Purpose, open_purpose
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.province import places
from app.province.portal import claim
from app.province.profile import Profile
from app.province.profile import load as load_profile
from app.settings import Settings
from app.staff import approvals, audit, notices, people, resets
from app.staff.roles import Role, needs_two
from app.staff.users import User

SEED = 2565
#: A tax ID whose check digit is wrong, so that no one can hold it, and the suffix a bank would add: no bank has
#: registered it, and every banking app refuses to pay it.
TAX_ID = "0994000000000"
BILLER_ID = TAX_ID + "00"

_OF_THE_PROVINCE = (
    (NetworkType.OTOP, "เครือข่าย OTOP จังหวัด"),
    (NetworkType.VILLAGE_FUND, "เครือข่ายกองทุนหมู่บ้านและชุมชนเมือง (กทบ.) จังหวัด"),
    (NetworkType.WOMEN_FUND, "คณะขับเคลื่อนกองทุนพัฒนาบทบาทสตรี จังหวัด"),
    (NetworkType.WOMEN_COMMITTEE, "คณะกรรมการพัฒนาสตรี จังหวัด"),
    (NetworkType.MOTHER_FUND, "เครือข่ายกองทุนแม่ของแผ่นดิน จังหวัด"),
    (NetworkType.CDO_CLUB, "ชมรมพัฒนาการอำเภอ จังหวัด"),
    (NetworkType.CDW_CLUB, "ชมรมพัฒนากร จังหวัด"),
    (NetworkType.PRIVATE, "ชมรมผู้ประกอบการเพื่อสังคม จังหวัด"),
    (NetworkType.CIVIL, "เครือข่ายภาคประชาชนเกื้อกูล จังหวัด"),
)
_OF_A_DISTRICT = (
    (NetworkType.MOTHER_FUND, "กองทุนแม่ของแผ่นดิน อำเภอ"),
    (NetworkType.OTOP, "เครือข่าย OTOP อำเภอ"),
    (NetworkType.VILLAGE_FUND, "เครือข่ายกองทุนหมู่บ้าน อำเภอ"),
    (NetworkType.WOMEN_COMMITTEE, "คณะกรรมการพัฒนาสตรี อำเภอ"),
)


def accounts(settings: Settings) -> list[dict[str, str]]:
    """Everyone who can sign in to this demonstration, with passwords that are this installation's own."""
    return cast.accounts(settings, load_profile(settings.province).province_code)


def is_loaded() -> bool:
    """Whether somebody has begun to work here: a fund has a purpose before it has anything else."""
    return db.session().scalars(select(Purpose.id).limit(1)).first() is not None


def load(*, households: int | None = None) -> None:
    """Fill an empty, migrated database of a demonstration: all of it or, when stopped half-way, nothing.

    `households` makes a smaller register for tests. Raises Refused in a live portal and where there is work already.
    """
    settings = Settings.here()
    profile = Profile.here()
    if not settings.demo:
        raise Refused("ระบบนี้เป็นระบบจริง จึงไม่โหลดข้อมูลสาธิต หากต้องการระบบสาธิต กรุณาใช้ฐานข้อมูลและโฟลเดอร์ข้อมูลใหม่")
    ledger = Ledger(settings.data)
    with transaction():
        claim(province=settings.province, demo=True, id_key=settings.id_key)
        if is_loaded() or db.session().scalars(select(User.id).limit(1)).first() is not None:
            raise Refused("ฐานข้อมูลนี้มีข้อมูลอยู่แล้ว จึงไม่โหลดข้อมูลสาธิตซ้ำ")
        ledger.forget()
        Charges(settings.data).forget()
        _found(profile)
        _employ(settings, profile)
        _seat_the_committee(setting.of(profile.province_code).letters)
        _open_account(profile)
        before.bring_in()
        _take_in_register(profile, households or setting.of(profile.province_code).round.households)
        teller = Teller(profile.province_code, ledger, Random(SEED))  # noqa: S311 — the same invented people each time, nothing secret
        teller.play()
    # A statement comes in by itself, in steps: a demonstration stopped just here lacks that file, what follows, and the edition.
    teller.take_in_statement()
    changes.follow_statement()
    with transaction():
        # What the demonstration tells has come in today, all of it invented; a real fund tells today's money tomorrow.
        editions.publish(money_until=clock.today())
        while audit.chain():
            pass


def _found(profile: Profile) -> None:
    """Purposes, and the networks of the founding meeting."""
    open_purpose(code="general", name_th="ทั่วไป (ตามมติคณะกรรมการ)", name_en="General")
    for side in profile.sides.offered:
        open_purpose(
            code=side.code,
            name_th=f"ด้าน{side.name_th}",
            name_en=side.name_en,
            dimension=side.code,
        )
    solicitation.note(
        number="สาธิต 1/2565",
        approved_on=date(2022, 1, 27),
        authority=f"คณะกรรมการควบคุมการเรี่ยไรจังหวัด{profile.province_th} (สาธิต)",
        by=None,
    )
    number, above = 0, dict[NetworkType, int]()
    for kind, name in _OF_THE_PROVINCE:
        number += 1
        made = networks.create(code=f"NET{number:03d}", type=kind, name=name + profile.province_th, by=None)
        above[kind] = made.id
    for place, district in enumerate(places.districts(profile.province_code)):
        number += 1
        kind, name = _OF_A_DISTRICT[place % len(_OF_A_DISTRICT)]
        networks.create(
            code=f"NET{number:03d}",
            type=kind,
            name=name + district.name_th,
            district_code=district.code,
            parent_id=above[kind],
            by=None,
        )


def _employ(settings: Settings, profile: Profile) -> None:
    """The first of each role by the operator, as in a new fund; whoever follows in a role that two people give, by the
    administrator and the chair."""
    known: dict[str, User] = {}
    for person in cast.CHARACTERS:
        known[person.sign_in_name] = people.employ(
            sign_in_name=person.sign_in_name,
            name=person.name,
            password=cast.password(settings, person.sign_in_name),
            position=person.position,
            temporary=False,
            by=None,
        )
    roles_given = set[Role]()
    for person in sorted(
        cast.CHARACTERS, key=lambda each: each.role is Role.COMMITTEE or each.sign_in_name == "arun"
    ):
        user = known[person.sign_in_name]
        if needs_two(person.role, person.area_code(profile.province_code)) and person.role in roles_given:
            asked = people.ask_grant(
                user_id=user.id, role=person.role, reason=f"แต่งตั้งเป็น{person.position}", by=known["ying"]
            )
            _, words = approvals.approve(asked.id, by=known["somchai"])
            resets.use(words.rsplit("/", 1)[-1], fresh=cast.password(settings, person.sign_in_name))
            for notice in notices.unseen(user):
                notices.acknowledge(notice.id, by=user)
            continue
        roles_given.add(person.role)
        people.grant(
            user_id=user.id,
            role=person.role,
            whole_province=not person.area,
            area_code=person.area_code(profile.province_code),
            dimension=person.dimension,
            network_code=person.network,
            by=None,
        )


def _seat_the_committee(letters: str) -> None:
    """Who sits in the fund's committee, by the order that named them."""
    for person in cast.CHARACTERS:
        if person.role in seats.SEATS:
            seats.seat(
                person_id=people.named(person.sign_in_name).id,
                office="chair" if person.role is Role.CHAIR else "member",
                order_number=f"{letters} 17/2569",
                from_on=clock.today() - timedelta(days=30),
                by=people.named("busaba"),
            )


def _open_account(profile: Profile) -> None:
    """The account that nobody can pay into, as two people ask for it and approve it."""
    busaba, somchai = people.named("busaba"), people.named("somchai")
    asked = fund_accounts.ask_propose(
        bank_code="014", number="4010000001", name=profile.fund_th, reason="ตามมติการประชุมก่อตั้งกองทุน", by=busaba
    )
    approvals.approve(asked.id, by=somchai)
    account = db.session().scalars(select(FundAccount)).one()
    asked = fund_accounts.ask_open(
        account.id,
        biller_id=BILLER_ID,
        promptpay_id=TAX_ID,
        reason="ธนาคารออก Biller ID แล้ว",
        by=busaba,
        demo=True,
    )
    approvals.approve(asked.id, by=somchai)
    # They have read it: the demonstration begins on an ordinary day.
    for user in notices.holders(*Role):
        for notice in notices.unseen(user):
            notices.acknowledge(notice.id, by=user)


def _take_in_register(profile: Profile, households: int) -> None:
    here = setting.of(profile.province_code)
    for each in filter(None, (here.round, here.awaited)):
        rounds.open_(
            code=each.code,
            name=each.name,
            source=each.source,
            fiscal_year_be=each.fiscal_year_be,
            as_of=each.as_of,
            declared_total=each.households or None,
            by=None,
        )
    source, code = here.round.source, here.round.code
    raw = register.file(province_code=profile.province_code, households=households, seed=SEED)
    taken = intake.import_file(name=f"{code.lower()}.csv", raw=raw, round_code=code, source=source, by=None)
    if taken["errors"]:
        raise RuntimeError(
            f"the register of the demonstration has {taken['errors']} rows that cannot be read"
        )
    busaba = db.session().scalars(select(User).filter_by(sign_in_name="busaba")).one()
    rounds.close(code=code, by=busaba)
    rounds.set_public_base(code=code, by=busaba)
