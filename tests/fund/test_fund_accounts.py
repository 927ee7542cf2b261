"""The receiving account: two people propose, open, change and close it; a new payee counts a day later, and all hear."""

import threading
from datetime import timedelta

import accounts
import bank_hands
import pytest
import time_machine
from flask import Flask
from people import PASSWORD, Cast
from sqlalchemy import delete, select, text, update

from app.demo.province import BILLER_ID, TAX_ID
from app.fund.giving.payment_requests import collections, fund_accounts, payees, payment_requests
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import FundAccount, Payee, PaymentRequest
from app.kit import clock, promptpay
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.national_id import with_check_digit
from app.kit.outbox import Message
from app.staff import approvals, notices
from app.staff.audit import AuditEvent
from app.staff.users import User

#: Right check digits, of nobody known.
TAX = with_check_digit("099400000000")
OTHER_TAX = with_check_digit("099400000017")
BILLER = TAX + "01"
OTHER_BILLER = TAX + "02"
PERSON = with_check_digit("134990012345")
WHY = "ตามมติคณะกรรมการ"


def approve(number: int, by: User) -> None:
    with transaction():
        approvals.approve(number, by=by)


def propose(cast: Cast, number: str = "310-0-00001-7") -> int:
    with transaction():
        asked = fund_accounts.ask_propose(
            bank_code="006", number=number, name=" กองทุน  ขจัดความยากจน ", reason=WHY, by=cast.busaba.user
        ).id
    approve(asked, cast.kanya.user)
    return db.session().scalars(select(FundAccount.id).order_by(FundAccount.id.desc())).first() or 0


def ask(
    cast: Cast,
    number: int,
    biller: str = BILLER,
    promptpay_id: str = "",
    *,
    demo: bool = False,
    who: str = "busaba",
) -> int:
    with transaction():
        return fund_accounts.ask_open(
            number,
            biller_id=biller,
            promptpay_id=promptpay_id,
            reason=WHY,
            by=getattr(cast, who).user,
            demo=demo,
        ).id


def start(
    cast: Cast, number: int, biller: str = BILLER, promptpay_id: str = "", *, demo: bool = False
) -> None:
    approve(ask(cast, number, biller, promptpay_id, demo=demo), cast.somchai.user)


def shut(cast: Cast, number: int) -> None:
    with transaction():
        asked = fund_accounts.ask_close(number, reason=WHY, by=cast.busaba.user).id
    approve(asked, cast.ying.user)


def account(number: int) -> FundAccount:
    return db.session().get_one(FundAccount, number, populate_existing=True)


def old() -> int:
    return db.session().scalars(select(FundAccount.id).filter_by(number="4010000001")).one()


def give(cast: Cast) -> PaymentRequest:
    with transaction():
        return payment_requests.open(satang=10_000, purpose_id=cast.purpose().id, by=None)


def deeds(subject: str) -> list[str]:
    statement = select(AuditEvent.deed).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    return list(db.session().scalars(statement))


# The first account


def test_a_proposed_account_is_written_plainly_and_takes_no_money_yet(cast: Cast, new_fund: None) -> None:
    number = propose(cast)
    made = account(number)
    assert (made.number, made.name, made.state) == ("3100000017", "กองทุน ขจัดความยากจน", "proposed")
    assert payees.receiving_account() is None
    assert deeds(f"account:{number}") == ["account.propose"]


def test_nothing_is_there_until_a_second_person_approves(cast: Cast, new_fund: None) -> None:
    with transaction():
        fund_accounts.ask_propose(
            bank_code="006", number="3100000017", name="ก", reason=WHY, by=cast.busaba.user
        )
    assert db.session().scalars(select(FundAccount)).all() == []
    number = propose(cast, "3100000025")
    ask(cast, number)
    assert account(number).state == "proposed"
    assert payees.receiving_account() is None


def test_the_funds_first_account_counts_as_soon_as_two_people_opened_it(cast: Cast, new_fund: None) -> None:
    number = propose(cast)
    start(cast, number, biller=f" {TAX[:5]}-{TAX[5:]} 01 ", promptpay_id=TAX)
    seen = promptpay.decode(give(cast).payload)
    assert isinstance(seen, promptpay.Bill)
    assert seen.biller == BILLER
    assert deeds(f"account:{number}") == ["account.propose", "account.open"]
    assert payees.news() is None
    assert "เปลี่ยนบัญชีรับเงิน" not in cast.stranger.visit("/give").words


def test_a_payee_that_ended_does_not_begin_again(cast: Cast, new_fund: None) -> None:
    number = propose(cast)
    start(cast, number)
    shut(cast, number)
    with pytest.raises(Refused, match="สิ้นสุดไปแล้ว"), transaction() as session:
        session.execute(text("UPDATE payee SET ended_at = NULL WHERE ended_at IS NOT NULL"))


def test_an_account_with_a_promptpay_id_alone_asks_by_amount(cast: Cast, new_fund: None) -> None:
    start(cast, propose(cast), biller="", promptpay_id=TAX)
    seen = promptpay.decode(give(cast).payload)
    assert isinstance(seen, promptpay.Transfer)
    assert seen.proxy == TAX


@pytest.mark.pages
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
    cast: Cast, new_fund: None, biller: str, promptpay_id: str, says: str
) -> None:
    number = propose(cast)
    with pytest.raises(BadInput, match=says):
        ask(cast, number, biller, promptpay_id)
    assert account(number).state == "proposed"


@pytest.mark.pages
@pytest.mark.parametrize(("biller", "promptpay_id"), [(BILLER, ""), ("", TAX), ("", PERSON)])
def test_the_demonstration_refuses_an_id_that_somebody_may_hold(
    cast: Cast, new_fund: None, biller: str, promptpay_id: str
) -> None:
    number = propose(cast)
    with pytest.raises(BadInput, match="สาธิต"):
        ask(cast, number, biller, promptpay_id, demo=True)
    start(cast, number, BILLER_ID, TAX_ID, demo=True)
    assert account(number).state == "open"


@pytest.mark.pages
@pytest.mark.parametrize("number", ["", "123456789", "1234567890123456", "31000A0017"])
def test_a_number_no_bank_writes_is_refused(cast: Cast, number: str) -> None:
    with pytest.raises(BadInput, match="เลขที่บัญชี"):
        propose(cast, number)


@pytest.mark.parametrize("bank", ["", "999", "065"])
def test_an_account_is_at_a_bank_that_is_at_work(cast: Cast, bank: str) -> None:
    with pytest.raises(BadInput, match="ธนาคาร"), transaction():
        fund_accounts.ask_propose(
            bank_code=bank, number="3100000017", name="กองทุน", reason=WHY, by=cast.busaba.user
        )


def test_the_same_account_is_not_proposed_twice_nor_its_biller_id_used_twice(cast: Cast) -> None:
    number, other = propose(cast), propose(cast, "3100000025")
    with pytest.raises(Refused, match="เลขที่นี้อยู่แล้ว"):
        propose(cast)
    start(cast, number)
    with pytest.raises(Refused, match="บัญชีอื่นของกองทุน"):
        ask(cast, other)


@pytest.mark.parametrize("who", ["pranee", "decha", "ton", "malee", "chai"])
def test_nobody_but_the_four_roles_touches_accounts(cast: Cast, who: str) -> None:
    number, user = propose(cast), getattr(cast, who).user
    for deed in (
        lambda: fund_accounts.ask_propose(
            bank_code="006", number="3100000033", name="ก", reason=WHY, by=user
        ),
        lambda: fund_accounts.ask_open(number, biller_id=BILLER, promptpay_id="", reason=WHY, by=user),
        lambda: fund_accounts.ask_close(number, reason=WHY, by=user),
    ):
        with pytest.raises(Refused, match="เฉพาะประธาน"), transaction():
            deed()
    asked = ask(cast, number)
    with pytest.raises(Refused):
        approve(asked, user)
    assert account(number).state == "proposed"


@pytest.mark.parametrize("who", ["busaba", "kanya", "somchai", "ying"])
def test_one_hand_alone_never_redirects_a_donation(cast: Cast, who: str) -> None:
    """Propose, close the old one, open with another PromptPay ID: each step waits for somebody else."""
    person = getattr(cast, who)
    number = propose(cast)
    page = person.sign_in().visit(f"/fund/setup/accounts/{number}")
    page = person.press(
        page, having="biller_id", promptpay_id=OTHER_TAX, biller_id="", reason=WHY, password_again=PASSWORD
    )
    assert "ยังไม่มีอะไรเปลี่ยน" in page.words
    assert not any("password_again" in form["fields"] for form in page.forms())
    person.send(f"/fund/setup/accounts/{old()}", action="/close", reason=WHY, password_again=PASSWORD)
    for request in approvals.waiting():
        with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"):
            approve(request.id, person.user)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert give(cast).account_id == old()
    assert account(number).state == "proposed"


# A new payee


def test_a_new_payee_counts_a_day_after_it_was_approved_and_the_old_one_until_then(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        number = propose(cast)
        asked = ask(cast, number, OTHER_TAX + "01")
        now.shift(timedelta(days=2))
        approve(asked, cast.somchai.user)
        before = give(cast)
        assert before.account_id == old()
        now.shift(timedelta(hours=24) - timedelta(seconds=1))
        assert give(cast).account_id == old()
        now.shift(timedelta(seconds=1))
        after = give(cast)
        assert after.account_id == number
        seen = promptpay.decode(after.payload)
        assert isinstance(seen, promptpay.Bill)
        assert seen.biller == OTHER_TAX + "01"
        # What was drawn before goes on to mean the old account.
        assert before.account_id == old()
        assert not payment_requests.why_hidden(before)
        assert "099400000000300" in before.payload
        with transaction():
            assert fund_accounts.close_replaced() == 1
        assert (account(old()).state, account(number).state) == ("closed", "open")
        with transaction():
            assert fund_accounts.close_replaced() == 0
        assert give(cast).account_id == number


def test_money_for_a_code_of_the_old_account_is_still_matched(portal: Flask, cast: Cast) -> None:
    before = give(cast)
    with time_machine.travel(clock.now(), tick=False) as now:
        start(cast, propose(cast), OTHER_TAX + "01")
        now.shift(timedelta(hours=25))
        with transaction():
            assert fund_accounts.close_replaced() == 1
        assert give(cast).account_id != old()
        bank_hands.send(portal, bank_hands.confirmation(before.ref1, 10_000))
    assert bank_hands.given() == [10_000]


def test_the_database_knows_no_payee_that_two_people_did_not_approve(cast: Cast) -> None:
    number = propose(cast)
    waiting = ask(cast, number, OTHER_TAX + "01")
    spoken = approvals.find(waiting)
    assert spoken is not None
    rows = (
        {"approval_request_id": None},
        {"approval_request_id": waiting},
        {"approval_request_id": account(old()).approval_request_id, "account_id": old()},
    )
    for row in rows:
        with pytest.raises(Refused, match="สองคน"), transaction() as session:
            session.add(
                Payee(
                    **{
                        "account_id": number,
                        "biller_id": OTHER_TAX + "01",
                        "promptpay_id": None,
                        "from_at": clock.now() + payees.WAIT,
                        **row,
                    }
                )
            )
    for change in (
        {"state": "open"},
        {"state": "open", "approval_request_id": waiting},
        {"state": "closed"},
        {"biller_id": OTHER_BILLER},
        {"promptpay_id": OTHER_TAX},
    ):
        for which in (number, old()):
            if account(which).state != change.get("state"):
                with pytest.raises(Refused, match="สองคน"), transaction() as session:
                    session.execute(update(FundAccount).where(FundAccount.id == which).values(**change))
    for change in ({"number": "9999999999"}, {"bank_code": "004"}, {"name": "บัญชีของผี"}):
        with pytest.raises(Refused, match="เปลี่ยนไม่ได้"), transaction() as session:
            session.execute(update(FundAccount).values(**change))
    with pytest.raises(Refused, match="สองคน"), transaction() as session:
        session.add(FundAccount(bank_code="004", number="1234567890", name="ผี", state="open"))
    with pytest.raises(Refused, match="สองคน"), transaction() as session:
        session.add(FundAccount(bank_code="004", number="1234567890", name="ผี", state="proposed"))
    with pytest.raises(Exception, match="kept_payee"), transaction() as session:
        session.execute(delete(Payee))
    with pytest.raises(Exception, match="final_payee"), transaction() as session:
        session.execute(update(Payee).values(biller_id=OTHER_BILLER))


def test_the_database_lets_no_other_payee_count_before_a_day_has_passed(cast: Cast) -> None:
    with transaction():
        new = accounts.proposed(bank_code="006", number="3100000017", name="ใหม่")
        given = accounts.approved("account.open", f"account:{new.id}", biller_id=None, promptpay_id=OTHER_TAX)
        number, approval_request_id, decided_at = new.id, given.id, given.decided_at
    assert decided_at is not None
    row = {"account_id": number, "approval_request_id": approval_request_id, "promptpay_id": OTHER_TAX}
    with pytest.raises(Refused, match="24 ชั่วโมง"), transaction() as session:
        session.add(Payee(**row, from_at=decided_at + payees.WAIT - timedelta(seconds=2)))
    with transaction() as session:
        session.add(Payee(**row, from_at=decided_at + payees.WAIT))


def test_what_was_approved_is_what_was_asked_to_the_digit(cast: Cast) -> None:
    with transaction():
        new = accounts.proposed(bank_code="006", number="3100000017", name="ใหม่")
        given = accounts.approved("account.open", f"account:{new.id}", biller_id=None, promptpay_id=OTHER_TAX)
        number, approval_request_id = new.id, given.id
    for ids in (
        {"promptpay_id": TAX},
        {"biller_id": BILLER},
        {"promptpay_id": OTHER_TAX, "biller_id": BILLER},
    ):
        with pytest.raises(Refused, match="สองคน"), transaction() as session:
            session.add(
                Payee(account_id=number, approval_request_id=approval_request_id, from_at=clock.now(), **ids)
            )
        with pytest.raises(Refused, match="สองคน"), transaction() as session:
            session.execute(
                update(FundAccount)
                .where(FundAccount.id == number)
                .values(state="open", approval_request_id=approval_request_id, **ids)
            )


def test_a_new_payee_closed_before_its_moment_replaces_nobody(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        number = propose(cast)
        start(cast, number, OTHER_TAX + "01")
        now.shift(timedelta(hours=20))
        shut(cast, number)
        assert payees.news() is None
        now.shift(timedelta(hours=20))
        assert give(cast).account_id == old()
        assert fund_accounts.statuses()[old()] == "force"


def test_an_account_that_was_replaced_never_comes_back_by_itself(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        number = propose(cast)
        start(cast, number, OTHER_TAX + "01")
        now.shift(timedelta(hours=25))
        shut(cast, number)
        assert payees.in_force() is None
        with pytest.raises(Refused, match="ยังไม่เปิดบัญชี"):
            give(cast)
        # The last one again is no new payee.
        start(cast, number, OTHER_TAX + "01")
        assert give(cast).account_id == number


def test_a_biller_id_is_added_while_the_account_is_open_and_counts_a_day_later(
    cast: Cast, new_fund: None
) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        number = propose(cast)
        start(cast, number, "", TAX)
        first = give(cast)
        start(cast, number, BILLER, TAX)
        assert (first.tag, give(cast).tag) == (29, 29)
        assert payees.news() is not None
        now.shift(timedelta(hours=24))
        assert give(cast).tag == 30
        with pytest.raises(Refused, match="ไม่ต้องขอใหม่"):
            ask(cast, number, BILLER, TAX)


def test_ids_are_corrected_until_a_qr_code_is_out_and_never_after(cast: Cast, new_fund: None) -> None:
    number = propose(cast)
    start(cast, number)
    with pytest.raises(Refused, match="กรุณาปิดบัญชีก่อน"):
        ask(cast, number, OTHER_BILLER)
    with time_machine.travel(clock.now(), tick=False) as now:
        shut(cast, number)
        start(cast, number, OTHER_BILLER)
        with pytest.raises(Refused, match="ยังไม่เปิดบัญชี"):
            give(cast)
        now.shift(timedelta(hours=24))
        give(cast)
        shut(cast, number)
        with pytest.raises(Refused, match="ออก QR ไปแล้ว"):
            ask(cast, number, BILLER)
        with pytest.raises(Refused, match="ออก QR ไปแล้ว"):
            ask(cast, number, "", TAX)
        start(cast, number, OTHER_BILLER, TAX)
    assert (account(number).biller_id, account(number).promptpay_id) == (OTHER_BILLER, TAX)


def test_a_closed_account_issues_no_qr_code_and_keeps_its_payment_requests(cast: Cast) -> None:
    payment_request = give(cast)
    shut(cast, old())
    with pytest.raises(Refused, match="ยังไม่เปิดบัญชี"):
        give(cast)
    assert db.session().get_one(PaymentRequest, payment_request.id).account_id == old()
    with pytest.raises(Refused, match="ปิดแล้ว"), transaction():
        fund_accounts.ask_close(old(), reason=WHY, by=cast.busaba.user)
    assert deeds(f"account:{old()}")[-1] == "account.close"


# When the world changed meanwhile


def test_an_approval_of_another_world_is_refused_whole(cast: Cast) -> None:
    number = propose(cast)
    opening = ask(cast, number, OTHER_TAX + "01")
    shut(cast, number)
    with pytest.raises(Refused, match="เปลี่ยนไปแล้ว"):
        approve(opening, cast.somchai.user)
    found = approvals.find(opening)
    assert found is not None and found.decision is None
    assert account(number).state == "closed"
    assert deeds(f"account:{number}") == ["account.propose", "account.close"]


def test_of_two_payees_approved_at_once_the_second_has_to_be_asked_anew(portal: Flask, cast: Cast) -> None:
    first, other = propose(cast), propose(cast, "3100000025")
    asked = [ask(cast, first, OTHER_TAX + "01"), ask(cast, other, OTHER_BILLER)]
    begin, outcomes = threading.Barrier(2), []

    def hand(number: int, who: int) -> None:
        with portal.app_context():
            begin.wait()
            try:
                approve(number, db.session().get_one(User, who))
                outcomes.append("done")
            except Refused:
                outcomes.append("refused")
            db.session.remove()

    hands = [cast.somchai.user.id, cast.kanya.user.id]
    db.session.remove()
    both = [threading.Thread(target=hand, args=of) for of in zip(asked, hands, strict=True)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    db.session().rollback()
    assert sorted(outcomes) == ["done", "refused"]
    assert sorted((account(first).state, account(other).state)) == ["open", "proposed"]


# Who is told


@pytest.mark.pages
def test_chair_finance_and_auditor_are_told_and_it_lasts_until_they_have_read_it(cast: Cast) -> None:
    number = propose(cast)
    start(cast, number, OTHER_TAX + "01")
    for who in ("somchai", "kanya", "decha"):
        person = getattr(cast, who).sign_in()
        page = person.visit("/home")
        assert "บัญชีรับเงินของกองทุนเปลี่ยน" in page.main
        assert "ธนาคารกรุงไทย 3100000017 กองทุน ขจัดความยากจน" in page.main
        assert "ขอโดย นางบุษบา คำแก้ว อนุมัติโดย นายสมชาย ใจงาม" in page.main
        assert "บัญชีรับเงินของกองทุนเปลี่ยน" in person.visit("/home").main
        page = person.press(page, having="acknowledge")
        assert "บัญชีรับเงินของกองทุนเปลี่ยน" not in page.main
    for who in ("busaba", "ying", "ton"):
        assert notices.unseen(getattr(cast, who).user) == []
    assert sum(deed.endswith("acknowledge") for deed in db.session().scalars(select(AuditEvent.deed))) == 3


def test_nobody_acknowledges_for_another(cast: Cast) -> None:
    start(cast, propose(cast), OTHER_TAX + "01")
    notice = notices.unseen(cast.decha.user)[0].id
    with pytest.raises(Refused), transaction():
        notices.acknowledge(notice, by=cast.busaba.user)
    assert notices.unseen(cast.decha.user)


@pytest.mark.pages
def test_the_public_reads_for_thirty_days_that_the_payee_is_new(cast: Cast) -> None:
    with time_machine.travel("2026-11-27T05:00:00Z", tick=False) as now:
        number = propose(cast)
        for path in ("/give", "/networks/NET001/give"):
            assert "เปลี่ยนบัญชีรับเงิน" not in cast.stranger.visit(path).words
        start(cast, number, OTHER_TAX + "01")
        pages = [cast.stranger.visit(path).words for path in ("/give", "/networks/NET001/give")]
        for words in pages:
            assert "กองทุนเปลี่ยนบัญชีรับเงิน" in words
            assert "28 พฤศจิกายน 2569" in words
            assert "QR ใหม่จะจ่ายเข้าบัญชี “กองทุน ขจัดความยากจน”" in words
            assert "3100000017" not in words
        now.shift(timedelta(days=2))
        assert "QR ใหม่จ่ายเข้าบัญชี “กองทุน ขจัดความยากจน”" in cast.stranger.visit("/give").words
        now.shift(timedelta(days=28, hours=23))
        assert "เปลี่ยนบัญชีรับเงิน" in cast.stranger.visit("/give").words
        now.shift(timedelta(hours=2))
        for path in ("/give", "/networks/NET001/give"):
            assert "เปลี่ยนบัญชีรับเงิน" not in cast.stranger.visit(path).words


def test_a_new_payee_closed_and_opened_again_is_as_new_as_before(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        number = propose(cast)
        start(cast, number, OTHER_TAX + "01")
        now.shift(timedelta(days=5))
        shut(cast, number)
        assert payees.news() is None
        start(cast, number, OTHER_TAX + "01")
        told = payees.news()
        assert told is not None and told.from_at < clock.now() - timedelta(days=3)
        now.shift(timedelta(days=27))
        assert payees.news() is None


def test_whoever_can_be_written_to_is_written_to_as_well(cast: Cast) -> None:
    with transaction() as session:
        for user in session.scalars(select(User)):
            user.email = f"{user.sign_in_name}@example.org"
    start(cast, propose(cast), OTHER_TAX + "01")
    sent = db.session().scalars(select(Message).order_by(Message.recipient)).all()
    assert [message.recipient for message in sent] == [
        f"{who}@example.org" for who in ("decha", "kanya", "somchai")
    ]
    assert all("3100000017" in message.body and "/approvals/" in message.body for message in sent)


def test_a_networks_standing_code_is_shown_only_while_its_payee_is_in_force(cast: Cast) -> None:
    network = db.session().scalars(select(Network.id)).one()
    with transaction():
        collections.open(network_id=network, purpose_id=cast.purpose().id, by=cast.ton.user)
    start(cast, propose(cast), OTHER_TAX + "01")
    assert len(collections.given_out(network)) == 1
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert collections.given_out(network) == []


# Pages


@pytest.mark.pages
def test_two_people_open_the_account_from_the_first_page_to_the_first_qr_code(
    cast: Cast, new_fund: None
) -> None:
    officer, chair = cast.busaba.sign_in(), cast.somchai.sign_in()
    page = officer.visit("/fund/setup")
    assert "เสนอบัญชี (ขั้นนี้)" in page.words
    said = {"bank_code": "006", "number": "๓๑๐-๐-๐๐๐๐๑-๗", "holder": "กองทุนขจัดความยากจน", "reason": WHY}
    page = officer.send(
        "/fund/setup", action="/accounts", **said, password_again="wrong-one-2565", to_status=409
    )
    assert "รหัสผ่านไม่ถูกต้อง" in page.words
    page = officer.send("/fund/setup", action="/accounts", **said, password_again=PASSWORD)
    assert "ยังไม่มีอะไรเปลี่ยน" in page.words
    page = chair.visit(page.response.request.path)
    assert "3100000017" in page.main
    page = chair.press(page, having="password_again", password_again=PASSWORD)
    assert "เสนอบัญชีแล้ว" in page.words

    number = db.session().scalars(select(FundAccount.id)).one()
    here = f"/fund/setup/accounts/{number}"
    assert "ธนาคารออก Biller ID (ขั้นนี้)" in officer.visit(here).words
    assert "ธนาคารกรุงไทย 3100000017" in officer.visit("/fund/setup").words
    again = {"reason": WHY, "password_again": PASSWORD}
    page = officer.send(here, action="/open", biller_id=BILLER_ID, promptpay_id="", **again, to_status=422)
    assert "หลักตรวจสอบไม่ตรง" in page.words
    assert f'value="{BILLER_ID}"' in page.text
    page = officer.send(here, action="/open", biller_id=BILLER, promptpay_id=TAX, **again)
    page = chair.visit(page.response.request.path)
    assert BILLER in page.main
    assert "ทันทีที่อนุมัติ" in page.main
    page = chair.press(page, having="password_again", password_again=PASSWORD)
    assert "เปิดบัญชีรับเงินแล้ว" in page.words
    assert give(cast).account.number == "3100000017"

    page = officer.send(here, action="/close", **again)
    page = chair.press(
        chair.visit(page.response.request.path), having="password_again", password_again=PASSWORD
    )
    assert "จะไม่ออก QR ใหม่" in page.words
    assert payees.receiving_account() is None
    page = officer.send(here, action="/open", biller_id=OTHER_BILLER, **again, to_status=409)
    assert "ออก QR ไปแล้ว" in page.words


@pytest.mark.pages
def test_the_page_of_a_second_account_says_when_it_takes_the_place_of_the_open_one(cast: Cast) -> None:
    number = propose(cast)
    page = cast.busaba.sign_in().visit(f"/fund/setup/accounts/{number}")
    assert "บัญชีเลขที่ 4010000001" in page.words
    assert "24 ชั่วโมงหลังอนุมัติ" in page.words
    start(cast, number, OTHER_TAX + "01")
    assert "รอวันเริ่ม" in cast.busaba.visit(f"/fund/setup/accounts/{number}").main
    assert "รอวันเริ่ม" in cast.busaba.visit("/fund/setup").main


@pytest.mark.pages
def test_a_refused_account_stays_on_the_page_as_it_was_typed(cast: Cast) -> None:
    officer = cast.busaba.sign_in()
    again = {"reason": WHY, "password_again": PASSWORD}
    page = officer.send(
        "/fund/setup",
        action="/accounts",
        bank_code="006",
        number="123",
        holder="กองทุนของเรา",
        **again,
        to_status=422,
    )
    assert "10–15 หลัก" in page.words
    assert 'value="กองทุนของเรา"' in page.text
    assert PASSWORD not in page.text
    page = officer.send(
        "/fund/setup",
        action="/accounts",
        number="4010000001",
        bank_code="014",
        holder="ก",
        **again,
        to_status=409,
    )
    assert "เลขที่นี้อยู่แล้ว" in page.words
    page = officer.send(
        "/fund/setup", action="/accounts", number="", bank_code="014", holder="ก", **again, to_status=422
    )
    assert "กรุณากรอกช่องนี้" in page.words
    assert approvals.waiting() == []


def test_an_account_from_before_approvals_goes_on_to_be_paid(portal: Flask, cast: Cast) -> None:
    payee = payees.in_force()
    assert payee is not None and payee.account_id == old()
    assert fund_accounts.statuses() == {old(): "force"}
