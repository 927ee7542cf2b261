"""Approvals: two people of different roles, each state, and what the database refuses by itself."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from people import PASSWORD, Cast, give_role
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.rooms import ROOMS
from app.staff import approvals, people
from app.staff.approvals import ApprovalRequest
from app.staff.audit import AuditEvent
from app.staff.deeds import Deed
from app.staff.roles import Grant, Role
from app.staff.users import User

_done: list[str] = []


def _carry_out(approval: ApprovalRequest) -> str:
    if approval.asked.get("broken"):
        raise Refused("โลกเปลี่ยนไปแล้ว")
    _done.append(approval.asked["word"])
    return "ทำแล้ว"


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    _done.clear()
    made = approvals.ApprovalKind("test.deed", title="เรื่องทดสอบ", carry_out=_carry_out)
    listed = [kind for room in ROOMS for kind in room.approvals]
    with approvals.KINDS.instead({kind.kind: kind for kind in (*listed, made)}):
        yield


def ask(
    by: User, *, word: str = "ก", subject: str = "thing:1", concerned: int | None = None, **more: object
) -> int:
    with transaction():
        made = approvals.ask(
            kind="test.deed",
            subject=subject,
            payload={"word": word, **more},
            changes=[("คำ", "เดิม", word)],
            reason="ตามมติคณะกรรมการ",
            by=by,
            concerned_id=concerned,
        )
        return made.id


def approve(number: int, by: User) -> str:
    with transaction():
        return approvals.approve(number, by=by)[1]


def found(number: int) -> ApprovalRequest:
    db.session().rollback()
    return db.session().get_one(ApprovalRequest, number, populate_existing=True)


@pytest.fixture
def four(cast: Cast) -> dict[str, User]:
    return {
        "chair": cast.somchai.user,
        "finance": cast.kanya.user,
        "secretary": cast.busaba.user,
        "administrator": cast.ying.user,
    }


def test_any_two_of_the_four_roles_do_it_together(portal: Flask, cast: Cast) -> None:
    names = ("somchai", "kanya", "busaba", "ying")
    for asker in names:
        for approver in names:
            number = ask(getattr(cast, asker).user, word=f"{asker}-{approver}")
            if asker == approver:
                with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"):
                    approve(number, getattr(cast, approver).user)
                with transaction():
                    approvals.withdraw(number, by=getattr(cast, asker).user)
            else:
                assert approve(number, getattr(cast, approver).user) == "ทำแล้ว"
    assert len(_done) == 12


@pytest.mark.parametrize("name", ["pranee", "malee", "decha", "ton", "chai"])
def test_nobody_else_asks_approves_or_declines(portal: Flask, cast: Cast, name: str) -> None:
    other = getattr(cast, name).user
    with pytest.raises(Refused, match="ฝ่ายเลขานุการ"):
        ask(other)
    number = ask(cast.busaba.user)
    with pytest.raises(Refused, match="บทบาทอื่น"):
        approve(number, getattr(cast, name).user)
    with pytest.raises(Refused), transaction():
        approvals.decline(number, reason="ไม่", by=getattr(cast, name).user)
    assert found(number).status == "waiting"
    assert _done == []


def test_one_person_with_two_of_the_roles_is_never_both(portal: Flask, cast: Cast) -> None:
    with transaction():
        give_role(cast.busaba.user.id, Role.ADMINISTRATOR)
    number = ask(cast.busaba.user)
    with pytest.raises(Refused, match="ท่านเป็นผู้ขอ"):
        approve(number, cast.busaba.user)
    # The database by itself: another role of the same person is no second person.
    with pytest.raises(Refused, match="คนละคน"), transaction():
        db.session().execute(
            update(ApprovalRequest)
            .where(ApprovalRequest.id == number)
            .values(
                decision="approved",
                decided_by_id=cast.busaba.user_id,
                decided_role="fund_officer",
                decided_at=clock.now(),
            )
        )
    assert found(number).decision is None


def test_two_people_of_one_role_are_not_enough(portal: Flask, cast: Cast) -> None:
    with transaction():
        give_role(cast.ton.user.id, Role.FUND_OFFICER)
    number = ask(cast.busaba.user)
    with pytest.raises(Refused, match="บทบาทอื่น"):
        approve(number, cast.ton.user)
    with pytest.raises(Refused, match="บทบาทต่างกัน"), transaction():
        db.session().execute(
            update(ApprovalRequest)
            .where(ApprovalRequest.id == number)
            .values(
                decision="approved",
                decided_by_id=cast.ton.user_id,
                decided_role="fund_officer",
                decided_at=clock.now(),
            )
        )
    with transaction():
        give_role(cast.ton.user.id, Role.ADMINISTRATOR)
    assert approve(number, cast.ton.user) == "ทำแล้ว"
    assert found(number).decided_role == "administrator"


def test_the_person_concerned_neither_asks_nor_answers(portal: Flask, cast: Cast) -> None:
    kanya = cast.kanya.user.id
    with pytest.raises(Refused, match="ตัวบุคคลนั้นเอง"):
        ask(cast.kanya.user, concerned=kanya)
    number = ask(cast.ying.user, concerned=kanya)
    with pytest.raises(Refused, match="ตัวบุคคลนั้นเอง"):
        approve(number, cast.kanya.user)
    with pytest.raises(Refused, match="ตัวบุคคลนั้นเอง"), transaction():
        approvals.decline(number, reason="ไม่", by=cast.kanya.user)
    for decision in ("approved", "declined"):
        with pytest.raises(Refused, match="ตัวบุคคลนั้นเอง"), transaction():
            db.session().execute(
                update(ApprovalRequest)
                .where(ApprovalRequest.id == number)
                .values(
                    decision=decision, decided_by_id=kanya, decided_role="finance", decided_at=clock.now()
                )
            )
    assert approve(number, cast.somchai.user) == "ทำแล้ว"


def test_the_database_wants_the_role_to_be_held_at_that_moment(portal: Flask, cast: Cast) -> None:
    row = {
        "kind": "test.deed",
        "subject": "thing:9",
        "payload": "{}",
        "changes": "[]",
        "reason": "ก",
        "asked_at": clock.now(),
        "expires_at": clock.now() + approvals.LIFE,
        "answer": "",
    }
    for who, role in ((cast.busaba, "chair"), (cast.pranee, "chair"), (cast.decha, "finance")):
        with pytest.raises(Refused, match="ขอเรื่องนี้ได้"), transaction() as session:
            session.add(ApprovalRequest(**row, asked_by_id=who.user_id, asked_role=role))
    with pytest.raises(Refused, match="ขอเรื่องนี้ได้"), transaction() as session:
        session.add(
            ApprovalRequest(
                **row,
                asked_by_id=cast.busaba.user_id,
                asked_role="fund_officer",
                decision="approved",
                decided_by_id=cast.kanya.user_id,
                decided_role="finance",
                decided_at=clock.now(),
            )
        )
    number = ask(cast.busaba.user)
    for who, role in ((cast.pranee, "chair"), (cast.kanya, "administrator")):
        with pytest.raises(Refused, match="บทบาทต่างกัน"), transaction():
            db.session().execute(
                update(ApprovalRequest)
                .where(ApprovalRequest.id == number)
                .values(
                    decision="approved", decided_by_id=who.user_id, decided_role=role, decided_at=clock.now()
                )
            )


def test_a_role_taken_away_meanwhile_is_no_longer_a_hand(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    with transaction():
        grant = db.session().scalars(select(Grant).filter_by(user_id=cast.busaba.user_id)).one()
        people.revoke(grant.id, by=cast.ying.user)
    with pytest.raises(Refused, match="ผู้ขอไม่ได้ถือบทบาท"):
        approve(number, cast.kanya.user)
    with pytest.raises(Refused, match="ยังถือบทบาทนั้นอยู่"), transaction():
        db.session().execute(
            update(ApprovalRequest)
            .where(ApprovalRequest.id == number)
            .values(
                decision="approved",
                decided_by_id=cast.kanya.user_id,
                decided_role="finance",
                decided_at=clock.now(),
            )
        )
    with transaction():
        approvals.decline(number, reason="ผู้ขอพ้นหน้าที่แล้ว", by=cast.kanya.user)
    assert found(number).decision == "declined"


def test_what_was_asked_never_changes_and_an_answer_is_final(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    for change in (
        {"payload": '{"word": "ข"}'},
        {"subject": "thing:2"},
        {"kind": "other"},
        {"asked_by_id": cast.ying.user_id},
        {"asked_role": "chair"},
        {"concerned_id": cast.ying.user_id},
        {"reason": "อื่น"},
        {"changes": "[]"},
        {"expires_at": clock.now() + timedelta(days=99)},
    ):
        with pytest.raises(Refused, match="แก้ไขไม่ได้"), transaction():
            db.session().execute(update(ApprovalRequest).where(ApprovalRequest.id == number).values(**change))
    with pytest.raises(Refused, match="ลบไม่ได้"), transaction() as session:
        session.execute(text("DELETE FROM approval_request"))
    approve(number, cast.kanya.user)
    for deed in (
        lambda: approvals.approve(number, by=cast.somchai.user),
        lambda: approvals.decline(number, reason="ไม่", by=cast.somchai.user),
        lambda: approvals.withdraw(number, by=cast.busaba.user),
    ):
        with pytest.raises(Refused, match="ไปแล้ว"), transaction():
            deed()
    with pytest.raises(Refused, match="ไปแล้ว"), transaction() as session:
        session.execute(
            text(
                "UPDATE approval_request SET decision = NULL, decided_at = NULL, decided_by_id = NULL, decided_role = NULL"
            )
        )
    assert _done == ["ก"]


def test_a_deed_that_no_longer_can_be_done_is_not_approved_either(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user, broken=True)
    with pytest.raises(Refused, match="โลกเปลี่ยนไปแล้ว"):
        approve(number, cast.kanya.user)
    assert found(number).status == "waiting"
    assert db.session().scalars(select(AuditEvent).filter_by(deed="approval.approve")).all() == []


def test_one_request_of_a_kind_waits_for_a_subject(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    with pytest.raises(Refused, match="บุษบา"):
        ask(cast.ying.user, word="ข")
    ask(cast.ying.user, subject="thing:2")
    with transaction():
        approvals.withdraw(number, by=cast.busaba.user)
    ask(cast.ying.user, word="ข")


def test_a_request_nobody_answered_in_a_fortnight_lapses(portal: Flask, cast: Cast) -> None:
    with time_machine.travel(clock.now()) as now:
        number = ask(cast.busaba.user)
        now.shift(approvals.LIFE - timedelta(minutes=1))
        with transaction():
            assert approvals.lapse_due() == 0
        assert len(approvals.waiting()) == 1
        now.shift(timedelta(minutes=1))
        assert approvals.waiting() == []
        with pytest.raises(Refused, match="พ้นกำหนด"):
            approve(number, cast.kanya.user)
        with pytest.raises(Refused), transaction():
            db.session().execute(
                update(ApprovalRequest)
                .where(ApprovalRequest.id == number)
                .values(
                    decision="approved",
                    decided_by_id=cast.kanya.user_id,
                    decided_role="finance",
                    decided_at=clock.now(),
                )
            )
        anew = ask(cast.busaba.user)
        assert found(number).decision == "expired"
        now.shift(approvals.LIFE)
        with transaction():
            assert approvals.lapse_due() == 1
        assert found(anew).decision == "expired"
    assert _done == []


def test_a_reason_is_needed_to_ask_and_to_decline(portal: Flask, cast: Cast) -> None:
    with pytest.raises(BadInput), transaction():
        approvals.ask(
            kind="test.deed", subject="thing:1", payload={}, changes=[], reason=" ​", by=cast.busaba.user
        )
    number = ask(cast.busaba.user)
    with pytest.raises(BadInput), transaction():
        approvals.decline(number, reason="", by=cast.kanya.user)


def test_only_the_asker_withdraws(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    with pytest.raises(Refused, match="เฉพาะผู้ขอ"), transaction():
        approvals.withdraw(number, by=cast.kanya.user)
    with pytest.raises((Refused, IntegrityError)), transaction():
        db.session().execute(
            update(ApprovalRequest)
            .where(ApprovalRequest.id == number)
            .values(decision="withdrawn", decided_by_id=cast.kanya.user_id, decided_at=clock.now())
        )


def _at_once(portal: Flask, *deeds: object) -> list[str]:
    def run(deed: object) -> str:
        with portal.app_context():
            try:
                with transaction():
                    deed()  # type: ignore[operator]
            except Refused as refused:
                return refused.words
            finally:
                db.session.remove()
            return "done"

    db.session.remove()
    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_two_who_approve_at_once_do_it_once(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    people_ = [cast.kanya, cast.somchai, cast.ying] * 3
    outcomes = _at_once(portal, *(lambda who=who: approvals.approve(number, by=who.user) for who in people_))
    assert outcomes.count("done") == 1
    assert all("ไปแล้ว" in words for words in outcomes if words != "done")
    assert len(_done) == 1


def test_of_an_approval_and_a_withdrawal_at_once_one_counts(portal: Flask, cast: Cast) -> None:
    for turn in range(5):
        number = ask(cast.busaba.user, subject=f"thing:{turn}")
        before = len(_done)
        outcomes = _at_once(
            portal,
            lambda number=number: approvals.approve(number, by=cast.kanya.user),
            lambda number=number: approvals.withdraw(number, by=cast.busaba.user),
        )
        assert outcomes.count("done") == 1, outcomes
        approval = found(number)
        assert (len(_done) - before == 1) == (approval.decision == "approved")


def test_the_same_asked_twice_at_once_waits_once(portal: Flask, cast: Cast) -> None:
    def deed() -> object:
        return approvals.ask(
            kind="test.deed",
            subject="thing:1",
            payload={"word": "ก"},
            changes=[],
            reason="ก",
            by=cast.busaba.user,
        )

    outcomes = _at_once(portal, *[deed] * 6)
    assert outcomes.count("done") == 1
    assert len(approvals.waiting()) == 1


def test_every_state_is_in_the_trail(portal: Flask, cast: Cast) -> None:
    approve(ask(cast.busaba.user), cast.kanya.user)
    with transaction():
        approvals.decline(ask(cast.busaba.user), reason="ยังไม่พร้อม", by=cast.somchai.user)
        approvals.withdraw(ask(cast.busaba.user), by=cast.busaba.user)
    page = cast.decha.sign_in().visit("/trail?deed=approval")
    for words in (
        Deed.APPROVAL_ASK.words,
        Deed.APPROVAL_DECLINE.words,
        Deed.APPROVAL_WITHDRAW.words,
        "ยังไม่พร้อม",
    ):
        assert words in page.words


@pytest.mark.pages
def test_the_second_person_reads_what_changes_and_gives_the_password_again(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user, word="ใหม่")
    home = cast.somchai.sign_in().visit("/home")
    assert "รอท่านอนุมัติ" in home.words
    page = cast.somchai.visit("/approvals")
    assert "เรื่องทดสอบ" in page.words
    page = cast.somchai.visit(f"/approvals/{number}")
    assert "เดิม → ใหม่" in page.words
    assert "ตามมติคณะกรรมการ" in page.words
    assert "บุษบา" in page.words
    refused = cast.somchai.press(page, having="password_again", password_again="", to_status=422)
    assert "รหัสผ่าน" in refused.words
    refused = cast.somchai.press(
        page, having="password_again", password_again="wrong-one-2565", to_status=409
    )
    assert "รหัสผ่านไม่ถูกต้อง" in refused.words
    assert _done == []
    done = cast.somchai.press(page, having="password_again", password_again=PASSWORD)
    assert "ทำแล้ว" in done.words
    assert _done == ["ใหม่"]
    assert "อนุมัติแล้ว" in done.main
    assert "นายสมชาย ใจงาม" in done.main
    # Among what was answered each says what it was about, not only its kind.
    assert "เรื่องทดสอบ ใหม่" in cast.somchai.visit("/approvals").main


@pytest.mark.pages
def test_the_asker_sees_it_wait_and_can_only_withdraw(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    assert "ที่ท่านขอไว้ รอผู้อนุมัติ" in cast.busaba.sign_in().visit("/home").words
    page = cast.busaba.visit(f"/approvals/{number}")
    assert not any("password_again" in form["fields"] for form in page.forms())
    page = cast.busaba.press(page, having="withdraw")
    assert "ถอนคำขอแล้ว" in page.words
    assert found(number).decision == "withdrawn"


@pytest.mark.pages
def test_the_second_person_may_decline_with_a_reason(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    page = cast.ying.sign_in().visit(f"/approvals/{number}")
    cast.ying.press(page, having="reason", reason="", to_status=422)
    page = cast.ying.press(page, having="reason", reason="เลขบัญชีไม่ตรงกับหนังสือ")
    assert "เลขบัญชีไม่ตรงกับหนังสือ" in page.words
    assert found(number).decision == "declined"


@pytest.mark.pages
def test_the_auditor_reads_and_others_do_not(portal: Flask, cast: Cast) -> None:
    number = ask(cast.busaba.user)
    page = cast.decha.sign_in().visit(f"/approvals/{number}")
    assert [form for form in page.forms() if "sign-out" not in form["action"]] == []
    cast.decha.visit("/approvals/999", status=404)
    cast.malee.sign_in().visit("/approvals", status=403)
    cast.malee.visit(f"/approvals/{number}", status=403)
