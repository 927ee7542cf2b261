"""The demonstration province: lived in, provable, unpayable, and nobody's."""

import csv
import dataclasses
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from people import Person
from sqlalchemy import func, select
from stdnum.th import tin

from app import create_app
from app.cases.aid.records import Delivery, DeliveryOutcome
from app.cases.aid.requests import AidLine, AidRequest
from app.cases.care.records import LogbookEntry
from app.cases.register.records import Household, Member, Round, RoundHousehold
from app.demo import cast, changes, province, register, setting
from app.demo.commands import demo as demo_command
from app.editions import editions
from app.fund.bank.records import BankEvent, ReconciliationItem
from app.fund.committee.records import Meeting, Resolution
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.payment_requests import FundAccount, PaymentRequest
from app.fund.ledger import books
from app.fund.ledger.entries import Entry
from app.fund.spending.records import Payment, Trace
from app.kit import national_id, promptpay
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.kit.suppression import LEAST
from app.public import ways
from app.settings import read
from app.staff import audit


def count(model: type) -> int:
    return db.session().scalar(select(func.count()).select_from(model)) or 0


def test_the_books_hold_and_the_trail_verifies(demo: Flask) -> None:
    assert books.findings() == []
    assert audit.verify()["unsealed"] == 0
    assert editions.broken() == []


def test_it_looks_lived_in(demo: Flask) -> None:
    assert count(Donation) >= 15
    assert count(Meeting) == 6
    assert count(Resolution) == 7
    waiting = (
        select(func.count()).select_from(ReconciliationItem).where(ReconciliationItem.state == "waiting")
    )
    assert db.session().scalar(waiting) == 3
    states = set(db.session().scalars(select(AidRequest.state)))
    assert states == {"draft", "submitted"}
    round_ = db.session().scalars(select(Round)).one()
    assert (round_.code, round_.declared_total) == ("TPMAP-2565", 17_125)
    assert count(RoundHousehold) == 1200


def test_not_everything_went_as_it_was_asked(demo: Flask) -> None:
    session = db.session()
    kinds = set(session.scalars(select(Resolution.kind)))
    assert kinds == {"approve", "approve_in_part", "defer", "rescind"}
    bounced, refunded, again = session.scalars(
        select(Payment).where(Payment.transfer_ref.in_(changes.TRANSFERS)).order_by(Payment.transfer_ref)
    )
    assert bounced.voided_at is not None and bounced.void_event_id is not None
    assert (again.satang, again.voided_at) == (bounced.satang, None)
    assert refunded.returned_satang == changes.REFUND < refunded.satang


def test_67_pupils_are_asked_for_and_half_of_them_have_their_uniform(demo: Flask) -> None:
    session = db.session()
    request = session.scalars(select(AidRequest).where(AidRequest.title.contains("67"))).one()
    lines = session.scalars(select(AidLine).filter_by(request_id=request.id)).all()
    assert len(lines) == 67
    assert all(line.member is not None and line.member.school for line in lines)
    outcomes = dict(session.execute(select(Delivery.outcome, func.count()).group_by(Delivery.outcome)).all())
    assert outcomes[DeliveryOutcome.NOT] == outcomes[DeliveryOutcome.PARTLY] == 1
    assert 30 <= outcomes[DeliveryOutcome.GIVEN] < 65
    assert count(LogbookEntry) >= outcomes[DeliveryOutcome.GIVEN] + 1


def test_every_donation_came_in_through_the_banks_door(demo: Flask) -> None:
    session = db.session()
    assert session.scalar(
        select(func.count()).select_from(Entry).where(Entry.movement == "receive")
    ) == count(Donation)
    told = set(session.scalars(select(BankEvent.source)))
    assert told == {"scb", "statement"}
    assert (
        session.scalars(select(PaymentRequest).where(PaymentRequest.state == "received")).first() is not None
    )


def test_no_qr_of_the_demonstration_can_be_paid(demo: Flask) -> None:
    account = db.session().scalars(select(FundAccount)).one()
    assert account.biller_id == province.BILLER_ID and account.promptpay_id == province.TAX_ID
    assert not tin.is_valid(province.TAX_ID), "a tax ID whose check digit is right might be somebody's"
    assert not national_id.is_valid(province.TAX_ID)
    for payment_request in db.session().scalars(select(PaymentRequest)):
        bill = promptpay.decode(payment_request.payload)
        assert isinstance(bill, promptpay.Bill)
        assert bill.biller == province.BILLER_ID


def test_the_people_have_ids_that_pass_and_are_nobodys() -> None:
    rows = list(csv.DictReader(io.StringIO(_file(300).decode("utf-8-sig"))))
    ids = [row["เลขประจำตัวประชาชน"] for row in rows]
    assert len(set(ids)) == len(ids) > 600
    for number in ids:
        assert national_id.is_valid(number)
        assert number[1:3] == "00", "no register has province 00"
    assert all(row["รหัสบ้าน"].startswith("000") for row in rows)


def _file(households: int) -> bytes:
    return register.file(province_code="33", households=households, seed=province.SEED)


def test_the_register_is_the_same_every_time_and_spread_over_every_district() -> None:
    assert _file(500) == _file(500)
    rows = list(csv.DictReader(io.StringIO(_file(500).decode("utf-8-sig"))))
    assert len({row["รหัสอำเภอ"] for row in rows}) == 22
    assert len({row["รหัสบ้าน"] for row in rows}) == 500


def test_the_whole_register_reaches_every_subdistrict_and_names_no_person_twice() -> None:
    raw = _file(setting.of("33").round.households).decode("utf-8-sig")
    houses, subdistricts, people, rows = set[str](), set[str](), set[str](), 0
    for row in csv.DictReader(io.StringIO(raw)):
        houses.add(row["รหัสบ้าน"])
        subdistricts.add(row["รหัสตำบล"])
        people.add(row["เลขประจำตัวประชาชน"])
        rows += 1
    assert (len(houses), len(subdistricts), len(people)) == (17_125, 206, rows)


def test_without_a_number_the_whole_register_is_taken_in(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sqlite_template, tmp_path / "kueakun.sqlite")
    app = create_app(read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(tmp_path)}))
    asked = []

    def stop(*, households: int, **_: object) -> bytes:
        asked.append(households)
        raise KeyboardInterrupt

    monkeypatch.setattr("app.demo.register.file", stop)
    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            province.load()
        db.session.remove()
        db.engine.dispose()
    assert asked == [17_125]


def test_no_public_page_names_anyone_of_the_register(demo: Flask) -> None:
    session = db.session()
    secrets = {f"{member.first_name} {member.last_name}" for member in session.scalars(select(Member))}
    # A family name of the register is long and rare; a first name alone may be a word of the page.
    secrets |= {last for last in session.scalars(select(Member.last_name).distinct()) if len(last) >= 6}
    codes = set(session.scalars(select(Household.code))) | set(session.scalars(select(Household.house_code)))
    villages = {f"บ้าน{village}" for village in session.scalars(select(Household.village).distinct())}
    donors = {donor_name for donor_name in session.scalars(select(Donation.donor_name)) if donor_name}
    visitor = demo.test_client()
    latest = editions.latest()
    assert latest is not None
    paths = [
        "/",
        "/aid",
        "/aid/work",
        "/aid/districts",
        "/aid/resolutions",
        "/aid.csv",
        "/aid.json",
        "/editions",
        "/about",
        "/privacy",
    ]
    paths += [f"/editions/{latest.number}{end}" for end in ("", ".txt", ".json")]
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        text = answer.get_data(as_text=True)
        for secret in secrets | codes | villages | donors:
            assert secret not in text, f"{path} says {secret}"


def test_the_edition_says_what_the_books_say_and_no_small_cell(demo: Flask) -> None:
    latest = editions.latest()
    assert latest is not None
    said = latest.figures
    balances = books.balances()
    for name in ("received", "available", "committed", "paid"):
        assert said["money"][name] == sum(getattr(balance, name) for balance in balances)
    assert len(said["districts"]) == 22
    cells = [
        row[kind] for row in said["districts"] + said["dimensions"] for kind in ("approved", "delivered")
    ]
    hidden = [cell for cell in cells if cell["people"] is None]
    assert hidden, "two districts have few pupils"
    for cell in cells:
        assert cell["people"] is None or cell["people"] == 0 or cell["people"] >= LEAST
        assert (cell["people"] is None) == (cell["households"] is None)
        assert cell["people"] is not None or cell["satang"] is None
    kept = [row for row in said["districts"] if row["delivered"]["people"] is None]
    shown = sum(row["delivered"]["people"] for row in said["districts"] if row not in kept)
    if kept:
        assert len(kept) >= 2
        assert said["delivered"]["people"] - shown - (len(kept) - 1) >= LEAST


def test_the_giver_whose_money_bought_the_uniforms_reads_of_the_pupils(demo: Flask) -> None:
    bought = (
        select(PaymentRequest)
        .join(Donation, Donation.payment_request_id == PaymentRequest.id)
        .join(Trace, Trace.donation_id == Donation.id)
        .where(Donation.satang == 50_000_00)
    )
    found = ways.of(db.session().scalars(bought).unique().one())
    assert found is not None and found.reached is not None
    assert (found.paid, found.reached.people) == (50_000_00, 41)


def test_a_second_load_says_that_it_is_loaded(demo: Flask) -> None:
    assert province.is_loaded()
    with pytest.raises(Refused, match="มีข้อมูลอยู่แล้ว"):
        province.load(households=50)


def test_a_load_that_stops_half_way_leaves_nothing(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sqlite_template, tmp_path / "kueakun.sqlite")
    app = create_app(read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(tmp_path)}))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        monkeypatch.setattr("app.demo.story.Teller.hand_over", stop)
        with pytest.raises(KeyboardInterrupt):
            province.load(households=400)
        assert not province.is_loaded()
        assert count(Member) == count(Donation) == 0
        monkeypatch.undo()
        province.load(households=400)
        assert books.findings() == []
        db.session.remove()
        db.engine.dispose()


def test_a_live_portal_takes_no_demonstration(sqlite_portal: Flask) -> None:
    with pytest.raises(Refused, match="ระบบจริง"):
        province.load(households=50)
    outcome = CliRunner().invoke(demo_command, ["--accounts"], obj=_script(sqlite_portal))
    assert isinstance(outcome.exception, Refused)


def test_a_database_where_work_was_done_is_not_filled(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "kueakun.sqlite")
    secrets = {
        "KUEAKUN_SECRET_KEY": "a-secret-only-for-tests-0123456789",
        "KUEAKUN_CALLBACK_KEY": "k" * 20 + "0123456789ab",
    }
    secrets["KUEAKUN_ID_KEY"] = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY"
    live = create_app(read({"KUEAKUN_DATA": str(tmp_path), **secrets}))
    with live.app_context():
        from app.province.portal import claim

        with transaction():
            claim(province="sisaket", demo=False, id_key=live.extensions["kueakun"].id_key)
        db.session.remove()
        db.engine.dispose()
    app = create_app(read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(tmp_path)}))
    with app.app_context():
        with pytest.raises(Refused, match="ระบบจริง"):
            province.load(households=50)
        db.session.remove()
        db.engine.dispose()


def _script(app: Flask) -> object:
    from flask.cli import ScriptInfo

    return ScriptInfo(create_app=lambda: app)


def test_everyone_of_the_list_can_sign_in(demo: Flask) -> None:
    settings = demo.extensions["kueakun"]
    listed = province.accounts(settings)
    assert {account["role"] for account in listed} >= {
        *("treasurer", "mentor", "district_officer", "dimension_secretary", "fund_officer"),
        *("finance", "committee", "chair", "auditor", "administrator"),
    }
    assert all(len(account["password"]) >= 12 for account in listed)
    assert len({account["password"] for account in listed}) == len(listed)
    for account in (listed[0], listed[-1]):
        person = Person(demo)
        person.send("/sign-in", sign_in_name=account["sign_in_name"], password=account["password"])
        assert person.visit("/home").response.request.path == "/home"
    told = CliRunner().invoke(demo_command, ["--accounts"], obj=_script(demo))
    assert [account["sign_in_name"] for account in json.loads(told.output)] == [
        character.sign_in_name for character in cast.CHARACTERS
    ]


def test_passwords_are_this_installations_own(tmp_path: Path) -> None:
    first, other = (
        province.accounts(read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(tmp_path / name)}))
        for name in ("one", "other")
    )
    assert first[0]["password"] != other[0]["password"]


def test_no_characters_password_holds_the_name_that_it_opens(tmp_path: Path) -> None:
    settings = read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(tmp_path)})
    for number in range(12):
        elsewhere = dataclasses.replace(settings, secret_key=f"of-another-machine-{number}")
        for character in cast.CHARACTERS:
            assert character.sign_in_name not in cast.password(elsewhere, character.sign_in_name)
