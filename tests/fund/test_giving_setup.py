"""Setting the fund up: the one account that QR codes pay into, the purposes, the networks, and who may do it."""

import threading

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from people import Cast
from sqlalchemy import delete, func, select, update

from app.cli import kueakun
from app.demo.province import BILLER_ID, TAX_ID
from app.fund.giving.donations import donations, fund_accounts, purposes
from app.fund.giving.donations.donations import Donation, FundAccount
from app.fund.giving.networks import networks
from app.fund.giving.networks.networks import Network
from app.fund.giving.pledges import pledges
from app.fund.ledger.accounts import GENERAL, Account, Kind, Purpose, ensure_general
from app.kit import clock, promptpay
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.national_id import with_check_digit
from app.staff import people
from app.staff.audit import AuditEvent
from app.staff.roles import Role

#: Right check digits, of nobody known.
TAX = with_check_digit("099400000000")
BILLER = TAX + "01"
OTHER_BILLER = TAX + "02"
PERSON = with_check_digit("134990012345")


@pytest.fixture
def no_account(cast: Cast) -> None:
    """A live fund on its first day: the bank has not heard of it."""
    with transaction() as session:
        session.execute(delete(FundAccount))


@pytest.fixture
def proposed(cast: Cast, no_account: None) -> int:
    with transaction():
        return propose(cast).id


def propose(cast: Cast, number: str = "310-0-00001-7") -> FundAccount:
    return fund_accounts.propose(
        bank_code="006", number=number, name=" กองทุน  ขจัดความยากจน ", by=cast.busaba.user
    )


def start(
    cast: Cast, number: int, biller: str = BILLER, promptpay_id: str = "", *, demo: bool = False
) -> None:
    with transaction():
        fund_accounts.open_(
            number, biller_id=biller, promptpay_id=promptpay_id, by=cast.busaba.user, demo=demo
        )


def state_of(number: int) -> str:
    return db.session().get_one(FundAccount, number, populate_existing=True).state


def give(cast: Cast) -> Donation:
    with transaction():
        return donations.open(satang=10_000, purpose_id=cast.purpose().id, by=None)


def deeds(subject: str) -> list[str]:
    statement = select(AuditEvent.deed).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    return list(db.session().scalars(statement))


# The account


def test_a_proposed_account_is_written_plainly_and_takes_no_money_yet(cast: Cast, proposed: int) -> None:
    account = db.session().get_one(FundAccount, proposed)
    assert (account.number, account.name, account.state) == ("3100000017", "กองทุน ขจัดความยากจน", "proposed")
    assert donations.receiving_account() is None
    assert deeds(f"account:{proposed}") == ["account.propose"]


def test_an_opened_account_is_what_qr_codes_pay_into(cast: Cast, proposed: int) -> None:
    start(cast, proposed, biller=f" {TAX[:5]}-{TAX[5:]} 01 ", promptpay_id=TAX)
    seen = promptpay.decode(give(cast).payload)
    assert isinstance(seen, promptpay.Bill)
    assert seen.biller == BILLER
    assert deeds(f"account:{proposed}") == ["account.propose", "account.open"]


def test_an_account_with_a_promptpay_id_alone_asks_by_amount(cast: Cast, proposed: int) -> None:
    start(cast, proposed, biller="", promptpay_id=TAX)
    seen = promptpay.decode(give(cast).payload)
    assert isinstance(seen, promptpay.Transfer)
    assert seen.proxy == TAX


@pytest.mark.parametrize(
    ("biller", "promptpay_id", "says"),
    [
        ("", "", "อย่างน้อยหนึ่ง"),
        (BILLER[:14], "", "15 หลัก"),
        (BILLER + "1", "", "15 หลัก"),
        (BILLER_ID, "", "หลักตรวจสอบ"),
        ("", TAX_ID, "หลักตรวจสอบ"),
        (BILLER, TAX_ID, "หลักตรวจสอบ"),
        ("", TAX[:12], "13 หลัก"),
        ("", PERSON, "บุคคล"),
        (PERSON + "01", "", "บุคคล"),
    ],
)
def test_ids_that_cannot_be_the_funds_are_refused(
    cast: Cast, proposed: int, biller: str, promptpay_id: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        start(cast, proposed, biller, promptpay_id)
    assert state_of(proposed) == "proposed"


@pytest.mark.parametrize(("biller", "promptpay_id"), [(BILLER, ""), ("", TAX), ("", PERSON)])
def test_the_demonstration_refuses_an_id_that_somebody_may_hold(
    cast: Cast, proposed: int, biller: str, promptpay_id: str
) -> None:
    with pytest.raises(BadInput, match="สาธิต"):
        start(cast, proposed, biller, promptpay_id, demo=True)
    start(cast, proposed, BILLER_ID, TAX_ID, demo=True)
    assert state_of(proposed) == "open"


def test_only_one_account_is_open_at_a_time(cast: Cast, proposed: int) -> None:
    with transaction():
        other = propose(cast, "3100000025").id
    start(cast, proposed)
    with pytest.raises(Refused, match="ทีละบัญชีเดียว"):
        start(cast, other, OTHER_BILLER)
    with pytest.raises(Refused, match="เปิดรับเงินอยู่"):
        start(cast, proposed, OTHER_BILLER)
    with transaction():
        fund_accounts.close(proposed, by=cast.busaba.user)
    start(cast, other, OTHER_BILLER)
    assert (state_of(proposed), state_of(other)) == ("closed", "open")


def test_two_officers_opening_two_accounts_at_once_open_one(cast: Cast, portal: Flask, proposed: int) -> None:
    with transaction():
        other = propose(cast, "3100000025").id
    begin, outcomes = threading.Barrier(2), []

    def officer(number: int, biller: str) -> None:
        with portal.app_context():
            begin.wait()
            try:
                start(cast, number, biller)
                outcomes.append("open")
            except Refused:
                outcomes.append("refused")
            db.session.remove()

    both = [threading.Thread(target=officer, args=of) for of in ((proposed, BILLER), (other, OTHER_BILLER))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["open", "refused"]
    statement = select(func.count()).select_from(FundAccount).where(FundAccount.state == "open")
    db.session().rollback()
    assert db.session().scalar(statement) == 1


def test_ids_are_corrected_until_a_qr_code_is_out_and_never_after(cast: Cast, proposed: int) -> None:
    def again(biller: str, promptpay_id: str = "") -> None:
        with transaction():
            fund_accounts.close(proposed, by=cast.busaba.user)
        start(cast, proposed, biller, promptpay_id)

    start(cast, proposed)
    again(OTHER_BILLER)
    give(cast)
    with pytest.raises(Refused, match="ออก QR ไปแล้ว"):
        again(BILLER)
    with pytest.raises(Refused, match="ออก QR ไปแล้ว"):
        start(cast, proposed, "", TAX)
    start(cast, proposed, OTHER_BILLER, TAX)
    account = db.session().get_one(FundAccount, proposed)
    assert (account.biller_id, account.promptpay_id) == (OTHER_BILLER, TAX)


def test_a_biller_id_that_comes_after_the_first_donations_is_added(cast: Cast, proposed: int) -> None:
    start(cast, proposed, "", TAX)
    first = give(cast)
    with transaction():
        fund_accounts.close(proposed, by=cast.busaba.user)
    start(cast, proposed, BILLER, TAX)
    assert (first.tag, give(cast).tag) == (29, 30)


def test_a_closed_account_issues_no_qr_code_and_keeps_its_donations(cast: Cast, proposed: int) -> None:
    start(cast, proposed)
    donation = give(cast)
    with transaction():
        fund_accounts.close(proposed, by=cast.busaba.user)
    with pytest.raises(Refused, match="ยังไม่เปิดบัญชี"):
        give(cast)
    assert db.session().get_one(Donation, donation.id).account_id == proposed
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction():
        fund_accounts.close(proposed, by=cast.busaba.user)
    assert deeds(f"account:{proposed}")[-1] == "account.close"


@pytest.mark.parametrize("number", ["", "123456789", "1234567890123456", "31000A0017"])
def test_a_number_no_bank_writes_is_refused(cast: Cast, number: str) -> None:
    with pytest.raises(BadInput, match="เลขที่บัญชี"), transaction():
        propose(cast, number)


@pytest.mark.parametrize("bank", ["", "999", "065"])
def test_an_account_is_at_a_bank_that_is_at_work(cast: Cast, bank: str) -> None:
    with pytest.raises(BadInput, match="ธนาคาร"), transaction():
        fund_accounts.propose(bank_code=bank, number="3100000017", name="กองทุน", by=cast.busaba.user)


def test_the_same_account_is_not_proposed_twice_nor_its_biller_id_used_twice(
    cast: Cast, proposed: int
) -> None:
    with pytest.raises(Refused, match="เลขที่นี้อยู่แล้ว"), transaction():
        propose(cast)
    with transaction():
        other = propose(cast, "3100000025").id
    start(cast, proposed)
    with transaction():
        fund_accounts.close(proposed, by=cast.busaba.user)
    with pytest.raises(Refused, match="บัญชีอื่นของกองทุน"):
        start(cast, other)


@pytest.mark.parametrize("who", ["kanya", "somchai", "decha", "ying", "ton"])
def test_nobody_but_the_funds_officer_touches_accounts_or_purposes(
    cast: Cast, proposed: int, who: str
) -> None:
    user = getattr(cast, who).user
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        fund_accounts.propose(bank_code="006", number="3100000033", name="กองทุน", by=user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        fund_accounts.open_(proposed, biller_id=BILLER, promptpay_id="", by=user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        fund_accounts.close(proposed, by=user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        purposes.open_(code="housing", name_th="บ้าน", by=user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        purposes.close(cast.purpose("education").id, by=user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        purposes.reopen(cast.purpose("education").id, by=user)


# Purposes


def test_a_new_book_has_the_general_purpose_once(portal: Flask) -> None:
    for _ in range(2):
        with transaction():
            assert ensure_general().code == GENERAL
    assert db.session().scalar(select(func.count()).select_from(Purpose)) == 1
    assert set(db.session().scalars(select(Account.kind))) == set(Kind)


def test_upgrading_a_live_database_leaves_it_with_the_general_purpose(portal: Flask) -> None:
    for _ in range(2):
        told = CliRunner().invoke(
            kueakun, ["db", "upgrade"], obj=ScriptInfo(create_app=lambda: portal), catch_exceptions=False
        )
        assert told.exit_code == 0
    db.session().rollback()
    assert list(db.session().scalars(select(Purpose.code))) == [GENERAL]


def test_a_new_purpose_takes_gifts_at_once_and_a_closed_one_none(cast: Cast) -> None:
    with transaction():
        made = purposes.open_(
            code="housing", name_th=" ซ่อมแซม บ้าน ", dimension="living", by=cast.busaba.user
        ).id
    assert cast.purpose("housing").name_th == "ซ่อมแซม บ้าน"
    with transaction():
        donations.open(satang=100, purpose_id=made, by=None)
    with transaction():
        purposes.close(made, by=cast.busaba.user)
    with pytest.raises(Refused, match="ไม่เปิดรับ"), transaction():
        donations.open(satang=100, purpose_id=made, by=None)
    with pytest.raises(Refused, match="ปิดรับแล้ว"), transaction():
        purposes.close(made, by=cast.busaba.user)
    with transaction():
        purposes.reopen(made, by=cast.busaba.user)
    with pytest.raises(Refused, match="เปิดรับอยู่แล้ว"), transaction():
        purposes.reopen(made, by=cast.busaba.user)
    with transaction():
        donations.open(satang=100, purpose_id=made, by=None)
    assert deeds(f"purpose:{made}") == ["purpose.open", "purpose.close", "purpose.reopen"]


def test_the_general_purpose_is_never_closed(cast: Cast) -> None:
    with pytest.raises(Refused, match="ทั่วไปปิดไม่ได้"), transaction():
        purposes.close(cast.purpose().id, by=cast.busaba.user)
    assert cast.purpose().open


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "H"},
        {"code": "1house"},
        {"code": "บ้าน"},
        {"code": "a" * 25},
        {"name_th": "  "},
        {"name_th": "ก" * 121},
        {"dimension": "happiness"},
    ],
)
def test_a_purpose_without_a_fit_code_name_or_dimension_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput), transaction():
        asked = {"code": "housing", "name_th": "บ้าน", **wrong}
        purposes.open_(
            code=asked["code"],
            name_th=asked["name_th"],
            dimension=asked.get("dimension"),
            by=cast.busaba.user,
        )


def test_two_purposes_never_share_a_code(cast: Cast) -> None:
    with pytest.raises(Refused, match="รหัสนี้แล้ว"), transaction():
        purposes.open_(code="education", name_th="ทุนการศึกษา", by=cast.busaba.user)


# Networks


def test_a_closed_network_pledges_no_more_until_it_is_opened_again(cast: Cast) -> None:
    number = db.session().scalars(select(Network)).one().id

    def pledge() -> None:
        with transaction():
            pledges.state(
                network_id=number,
                satang=100_000,
                purpose_id=cast.purpose().id,
                expected_on=clock.today(),
                by=cast.ton.user,
            )

    with transaction():
        networks.close(number, by=cast.busaba.user)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        pledge()
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction():
        networks.close(number, by=cast.busaba.user)
    with transaction():
        networks.reopen(number, by=cast.busaba.user)
    pledge()
    assert deeds(f"network:{number}") == ["network.close", "network.reopen"]


@pytest.mark.parametrize("who", ["kanya", "decha", "ton"])
def test_only_officers_change_a_network(cast: Cast, who: str) -> None:
    number, user = db.session().scalars(select(Network)).one().id, getattr(cast, who).user
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        networks.write_contact(number, contact="ใครก็ได้", by=user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        networks.close(number, by=user)
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"), transaction():
        networks.reopen(number, by=user)


def test_a_treasurer_is_appointed_for_a_network_that_exists_and_is_open(cast: Cast) -> None:
    def appoint(code: str) -> None:
        with transaction():
            people.grant(
                user_id=cast.malee.user_id or 0, role=Role.TREASURER, network_code=code, by=cast.ying.user
            )

    with transaction():
        made = networks.found(code="NET077", type="civil", name="ภาคประชาชน", by=cast.busaba.user).id
        networks.close(made, by=cast.busaba.user)
    for code in ("NET078", "NET077"):
        with pytest.raises(BadInput, match="ไม่รู้จักเครือข่าย"):
            appoint(code)
    with transaction():
        networks.reopen(made, by=cast.busaba.user)
    assert "ภาคประชาชน" in cast.ying.sign_in().visit(f"/people/{cast.malee.user_id}").words
    appoint("NET077")
    assert cast.malee.user.network_codes() == ["NET077"]


# Pages


def test_the_officer_opens_the_account_from_the_first_page_to_the_first_qr_code(
    cast: Cast, no_account: None
) -> None:
    officer = cast.busaba.sign_in()
    page = officer.visit("/fund/setup")
    assert "เสนอบัญชี (ขั้นนี้)" in page.words
    page = officer.send(
        "/fund/setup", action="/accounts", bank_code="006", number="๓๑๐-๐-๐๐๐๐๑-๗", holder="กองทุนขจัดความยากจน"
    )
    here = page.response.request.path
    assert "ธนาคารออก Biller ID (ขั้นนี้)" in page.words
    assert "ธนาคารกรุงไทย 3100000017" in officer.visit("/fund/setup").words

    page = officer.send(here, action="/open", biller_id=BILLER_ID, promptpay_id="", to_status=422)
    assert "หลักตรวจสอบไม่ตรง" in page.words
    assert f'value="{BILLER_ID}"' in page.text
    page = officer.send(here, action="/open", biller_id=BILLER, promptpay_id=TAX)
    assert "เปิดบัญชีรับเงินแล้ว" in page.words
    assert give(cast).account.number == "3100000017"

    page = officer.send(here, action="/close")
    assert "จะไม่ออก QR ใหม่" in page.words
    assert donations.receiving_account() is None
    page = officer.send(here, action="/open", biller_id=OTHER_BILLER, to_status=409)
    assert "ออก QR ไปแล้ว" in page.words


def test_the_page_of_a_second_account_points_to_the_open_one(cast: Cast) -> None:
    with transaction():
        number = propose(cast).id
    page = cast.busaba.sign_in().visit(f"/fund/setup/accounts/{number}")
    assert "บัญชีเลขที่ 4010000001" in page.words
    assert not any("biller_id" in form["fields"] for form in page.forms())


def test_a_refused_account_stays_on_the_page_as_it_was_typed(cast: Cast) -> None:
    officer = cast.busaba.sign_in()
    page = officer.send(
        "/fund/setup", action="/accounts", bank_code="006", number="123", holder="กองทุนของเรา", to_status=422
    )
    assert "10–15 หลัก" in page.words
    assert 'value="กองทุนของเรา"' in page.text
    page = officer.send(
        "/fund/setup", action="/accounts", number="4010000001", bank_code="014", holder="ก", to_status=409
    )
    assert "เลขที่นี้อยู่แล้ว" in page.words
    page = officer.send(
        "/fund/setup", action="/accounts", number="", bank_code="014", holder="ก", to_status=422
    )
    assert "กรุณากรอกช่องนี้" in page.words
    assert db.session().scalar(select(func.count()).select_from(FundAccount)) == 1


def test_the_officer_opens_and_closes_purposes_on_the_page(cast: Cast) -> None:
    officer = cast.busaba.sign_in()
    page = officer.send("/fund/setup", purpose_code="housing", purpose_name="ซ่อมแซมบ้าน", dimension="living")
    assert "ซ่อมแซมบ้าน" in page.words
    assert cast.purpose("housing").dimension == "living"
    number = cast.purpose("housing").id
    assert "ซ่อมแซมบ้าน" in cast.stranger.visit("/give").words
    officer.send("/fund/setup", action=f"/purposes/{number}/close")
    assert "ซ่อมแซมบ้าน" not in cast.stranger.visit("/give").words
    officer.send("/fund/setup", action=f"/purposes/{number}/reopen")
    assert cast.purpose("housing").open
    page = officer.send("/fund/setup", purpose_code="housing", purpose_name="อีกครั้ง", to_status=409)
    assert "รหัสนี้แล้ว" in page.words
    assert 'value="อีกครั้ง"' in page.text
    assert not any(form["action"].endswith(f"/{cast.purpose().id}/close") for form in page.forms())


def test_a_purpose_closed_by_a_faster_colleague_is_told_on_the_page(cast: Cast) -> None:
    officer, number = cast.busaba.sign_in(), cast.purpose("education").id
    token = officer.visit("/fund/setup").forms()[-1]["fields"]["csrf_token"]
    with transaction() as session:
        session.execute(update(Purpose).where(Purpose.id == number).values(open=False))
    answer = officer.client.post(f"/fund/setup/purposes/{number}/close", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "ปิดรับแล้ว" in answer.text


def test_the_officer_founds_a_network_and_keeps_its_contact_on_the_page(cast: Cast) -> None:
    officer = cast.busaba.sign_in()
    page = officer.send(
        "/fund/setup",
        network_code="net012",
        network_type="mother_fund",
        network_name="กองทุนแม่ของแผ่นดิน อำเภอขุขันธ์",
        district_code="3305",
        contact="นางสมใจ 081-000-0000",
    )
    assert "NET012" in page.words
    here = "/fund/setup/networks/NET012"
    assert "อำเภอขุขันธ์" in officer.visit(here).words
    page = officer.send(here, contact="นายแสวง 082-000-0000")
    assert "นายแสวง 082-000-0000" in page.words
    assert "นางสมใจ" not in page.words
    officer.send(here, action="/close")
    assert not db.session().scalars(select(Network).filter_by(code="NET012")).one().open
    officer.send(here, action="/reopen")
    assert db.session().scalars(select(Network).filter_by(code="NET012")).one().open
    page = officer.send("/fund/setup", network_code="N", network_name="สั้นไป", to_status=422)
    assert "2–12 ตัว" in page.words
    assert 'value="สั้นไป"' in page.text
    officer.visit("/fund/setup/networks/NONE", status=404)
    officer.visit("/fund/setup/accounts/999999", status=404)


def test_the_auditor_reads_the_setup_and_changes_nothing(cast: Cast) -> None:
    auditor = cast.decha.sign_in()
    number = db.session().scalars(select(FundAccount)).one().id
    for path in ("/fund/setup", f"/fund/setup/accounts/{number}", "/fund/setup/networks/NET001"):
        forms = [form for form in auditor.visit(path).forms() if "sign-out" not in form["action"]]
        assert forms == []
    token = auditor.visit("/fund/setup").forms()[0]["fields"]["csrf_token"]
    for path in (
        "accounts",
        f"accounts/{number}/open",
        f"accounts/{number}/close",
        "purposes",
        f"purposes/{cast.purpose('education').id}/close",
        f"purposes/{cast.purpose('education').id}/reopen",
        "networks",
        "networks/NET001/contact",
        "networks/NET001/close",
        "networks/NET001/reopen",
    ):
        answer = auditor.client.post(f"/fund/setup/{path}", data={"csrf_token": token})
        assert answer.status_code == 403, path


@pytest.mark.parametrize("who", ["kanya", "somchai", "ton", "malee", "ying"])
def test_the_setup_is_closed_to_others_and_not_on_their_menu(cast: Cast, who: str) -> None:
    person = getattr(cast, who).sign_in()
    person.visit("/fund/setup", status=403)
    assert "ตั้งค่ากองทุน" not in person.visit("/people/me").words


def test_the_menu_of_the_officer_leads_to_the_setup(cast: Cast) -> None:
    assert 'href="/fund/setup"' in cast.busaba.sign_in().visit("/people/me").text
