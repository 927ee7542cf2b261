"""Setting the fund up: the one account that QR codes pay into, the purposes, the networks, and who may do it."""

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from people import Cast
from sqlalchemy import func, select, update

from app.cli import kueakun
from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import payment_requests, purposes, solicitation
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import FundAccount
from app.fund.ledger.accounts import GENERAL, Account, AccountKind, Purpose, ensure_general
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.staff import people
from app.staff.audit import AuditEvent
from app.staff.roles import Role


def deeds(subject: str) -> list[str]:
    statement = select(AuditEvent.deed).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    return list(db.session().scalars(statement))


@pytest.mark.parametrize("who", ["kanya", "somchai", "decha", "ying", "ton"])
def test_nobody_but_the_funds_officer_touches_purposes(cast: Cast, who: str) -> None:
    user = getattr(cast, who).user
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
    assert set(db.session().scalars(select(Account.kind))) == set(AccountKind)


def test_upgrading_a_live_database_leaves_it_with_the_general_purpose(portal: Flask) -> None:
    for _ in range(2):
        told = CliRunner().invoke(
            kueakun, ["db", "upgrade"], obj=ScriptInfo(create_app=lambda: portal), catch_exceptions=False
        )
        assert told.exit_code == 0
    db.session().rollback()
    assert list(db.session().scalars(select(Purpose.code))) == [GENERAL]


def test_a_new_purpose_takes_donations_at_once_and_a_closed_one_none(cast: Cast) -> None:
    with transaction():
        made = purposes.open_(
            code="housing", name_th=" ซ่อมแซม บ้าน ", dimension="living", by=cast.busaba.user
        ).id
    assert cast.purpose("housing").name_th == "ซ่อมแซม บ้าน"
    with transaction():
        payment_requests.open(satang=100, purpose_id=made, by=None)
    with transaction():
        purposes.close(made, by=cast.busaba.user)
    with pytest.raises(Refused, match="ไม่เปิดรับ"), transaction():
        payment_requests.open(satang=100, purpose_id=made, by=None)
    with pytest.raises(Refused, match="ปิดรับแล้ว"), transaction():
        purposes.close(made, by=cast.busaba.user)
    with transaction():
        purposes.reopen(made, by=cast.busaba.user)
    with pytest.raises(Refused, match="เปิดรับอยู่แล้ว"), transaction():
        purposes.reopen(made, by=cast.busaba.user)
    with transaction():
        payment_requests.open(satang=100, purpose_id=made, by=None)
    assert deeds(f"purpose:{made}") == ["purpose.open", "purpose.close", "purpose.reopen"]


def test_the_general_purpose_is_never_closed(cast: Cast) -> None:
    with pytest.raises(Refused, match="ทั่วไปปิดไม่ได้"), transaction():
        purposes.close(cast.purpose().id, by=cast.busaba.user)
    assert cast.purpose().open


@pytest.mark.pages
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
            pledges.make(
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


@pytest.mark.pages
def test_a_treasurer_is_appointed_for_a_network_that_exists_and_is_open(cast: Cast) -> None:
    def appoint(code: str) -> None:
        with transaction():
            people.grant(
                user_id=cast.malee.user_id or 0, role=Role.TREASURER, network_code=code, by=cast.ying.user
            )

    with transaction():
        made = networks.create(code="NET077", type="civil", name="ภาคประชาชน", by=cast.busaba.user).id
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


@pytest.mark.pages
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


@pytest.mark.pages
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


@pytest.mark.pages
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
        "stop",
        "stop/end",
    ):
        answer = auditor.client.post(f"/fund/setup/{path}", data={"csrf_token": token})
        assert answer.status_code == 403, path


@pytest.mark.pages
@pytest.mark.parametrize("who", ["pranee", "ton", "malee"])
def test_the_setup_is_closed_to_others_and_not_on_their_menu(cast: Cast, who: str) -> None:
    person = getattr(cast, who).sign_in()
    person.visit("/fund/setup", status=403)
    assert "ตั้งค่ากองทุน" not in person.visit("/people/me").words


@pytest.mark.pages
@pytest.mark.parametrize("who", ["kanya", "somchai", "ying"])
def test_who_is_one_of_the_two_for_accounts_sees_nothing_of_networks(cast: Cast, who: str) -> None:
    page = getattr(cast, who).sign_in().visit("/fund/setup")
    assert "ขอเสนอบัญชี" in page.main
    assert "/fund/setup/networks" not in page.text
    assert "purpose_code" not in page.text


@pytest.mark.pages
@pytest.mark.parametrize("who", ["kanya", "somchai", "ying", "busaba"])
def test_whoever_opens_the_account_reads_that_strangers_wait_for_the_approval_to_solicit(
    cast: Cast, who: str
) -> None:
    person, waits = getattr(cast, who).sign_in(), "สาธารณะยังไม่เห็น QR"
    assert waits not in person.visit("/fund/setup").main
    with transaction():
        for approval in solicitation.every():
            solicitation.withdraw(approval.id, by=cast.busaba.user)
    page = person.visit("/fund/setup")
    assert waits in page.main
    assert ("บันทึกหนังสืออนุมัติ" in page.main) == (who == "busaba")
    assert ("ฝ่ายเลขานุการเป็นผู้บันทึก" in page.main) == (who != "busaba")


@pytest.mark.pages
def test_the_menu_of_the_officer_leads_to_the_setup(cast: Cast) -> None:
    assert 'href="/fund/setup"' in cast.busaba.sign_in().visit("/people/me").text
