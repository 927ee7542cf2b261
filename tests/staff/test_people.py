"""Employing people, giving and taking roles, closing accounts."""

import itertools
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from people import PASSWORD, Cast, give_role
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.thai import short_date
from app.staff import approvals, jobs, notices, people
from app.staff.approvals import ApprovalRequest
from app.staff.audit import AuditEvent
from app.staff.commands import audit, user
from app.staff.roles import BY_TWO, Grant, Role
from app.staff.users import User

_SCOPES: dict[Role, dict[str, str]] = {
    Role.MENTOR: {"area_code": "3305"},
    Role.TREASURER: {"network_code": "NET001"},
    Role.DISTRICT_OFFICER: {"area_code": "3305"},
    Role.DIMENSION_SECRETARY: {"dimension": "education"},
}


def _newcomer(name: str = "noi") -> int:
    with transaction() as session:
        newcomer = User(sign_in_name=name, name="น.ส.น้อย ใหม่", password_hash="", opened_at=clock.now())
        session.add(newcomer)
        session.flush()
        return newcomer.id


def _deeds() -> list[str]:
    return list(db.session().scalars(select(AuditEvent.deed).order_by(AuditEvent.id)))


def test_the_administrator_employs_someone_who_then_signs_in(cast: Cast) -> None:
    cast.ying.sign_in()
    page = cast.ying.send("/people/add", name="น.ส.น้อย ใหม่", sign_in_name="Noi", position="นักวิชาการ")
    password = page.text.split('<span class="code">')[1].split("<")[0]
    number = db.session().scalars(select(User.id).filter_by(sign_in_name="noi")).one()
    page = cast.ying.send(f"/people/{number}", role="mentor", area_code="3305")
    assert "อำเภอขุขันธ์" in page.words
    assert password not in page.text
    home = cast.stranger.send("/sign-in", sign_in_name="noi", password=password)
    assert "น.ส.น้อย ใหม่" in home.words
    assert home.response.request.path == "/people/me"
    assert "staff.employ" in _deeds()
    assert "staff.grant" in _deeds()


def _chosen(answer: Any) -> bool:
    """Whether an answer sends on to the page for choosing a password."""
    return bool(answer.status_code == 302 and answer.location == "/people/me")


@pytest.mark.pages
def test_a_password_made_by_another_opens_only_the_page_for_choosing_ones_own(cast: Cast) -> None:
    cast.ying.sign_in()
    page = cast.ying.send(f"/people/{cast.malee.user_id}", action="reset-password")
    given = page.text.split('<span class="code">')[1].split("<")[0]
    malee = cast.malee
    page = malee.send("/sign-in", sign_in_name="malee", password=given)
    assert page.response.request.path == "/people/me"
    assert "ตั้งรหัสผ่านของท่านก่อน" in page.words
    closed = 0
    for rule in cast.app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        if "GET" in (rule.methods or ()) and path != "/people/me" and rule.endpoint != "static":
            assert _chosen(malee.client.get(path)), path
            closed += 1
    assert closed > 40
    pressed = {"csrf_token": page.forms()[-1]["fields"]["csrf_token"], "amount": "100"}
    assert _chosen(malee.client.post("/give", data=pressed))
    # The words that were handed over are not a choice of one's own.
    malee.send("/people/me", current=given, fresh=given, again=given, to_status=422)
    assert _chosen(malee.client.get("/register"))
    malee.send("/people/me", current=given, fresh="khao-hom-2565", again="khao-hom-2565")
    malee.visit("/register")
    assert "ตั้งรหัสผ่านของท่านก่อน" not in malee.visit("/people/me").words
    assert _deeds()[-3:] == ["staff.reset_password", "staff.sign_in", "staff.change_password"]


@pytest.mark.pages
def test_who_has_a_password_of_anothers_making_may_still_leave(cast: Cast) -> None:
    with transaction():
        people.reset_password(cast.malee.user_id or 0, password=PASSWORD, by=cast.ying.user)
    cast.malee.sign_in()
    token = cast.malee.visit("/people/me").forms()[-1]["fields"]["csrf_token"]
    assert cast.malee.client.post("/sign-out", data={"csrf_token": token}).location == "/sign-in"
    cast.malee.visit("/give")


def test_a_refused_grant_keeps_what_was_chosen(cast: Cast) -> None:
    cast.ying.sign_in()
    page = cast.ying.send(f"/people/{cast.kanya.user_id}", role="chair", reason="คำสั่ง", to_status=422)
    assert "คนละคน" in page.words
    assert '<option selected value="chair">' in page.text
    page = cast.ying.send(f"/people/{cast.kanya.user_id}", role="mentor", area_code="3305", to_status=422)
    assert "คนละคน" in page.words
    assert '<option selected value="3305">' in page.text


def test_a_name_taken_is_refused_in_kind_words(cast: Cast) -> None:
    cast.ying.sign_in()
    page = cast.ying.send("/people/add", name="มาลี คนที่สอง", sign_in_name="malee", to_status=422)
    assert "มีคนใช้แล้ว" in page.words
    assert 'value="มาลี คนที่สอง"' in page.text


@pytest.mark.parametrize("name", ["ab", "มาลี", "a b c", "-abc", "x" * 61, ""])
def test_a_sign_in_name_is_one_that_every_keyboard_has(sqlite_portal: Flask, name: str) -> None:
    with pytest.raises(BadInput), transaction():
        people.employ(sign_in_name=name, name="น.ส.น้อย", password=PASSWORD, by=None)


_APART = {
    frozenset(pair)
    for pair in (
        (Role.FINANCE, Role.COMMITTEE),
        (Role.FINANCE, Role.CHAIR),
        (Role.ADMINISTRATOR, Role.FINANCE),
        (Role.ADMINISTRATOR, Role.COMMITTEE),
        (Role.ADMINISTRATOR, Role.CHAIR),
        (Role.FINANCE, Role.FUND_OFFICER),
        (Role.FINANCE, Role.DIMENSION_SECRETARY),
        (Role.FINANCE, Role.MENTOR),
        (Role.FINANCE, Role.DISTRICT_OFFICER),
        (Role.FUND_OFFICER, Role.MENTOR),
        (Role.FUND_OFFICER, Role.DISTRICT_OFFICER),
        *((Role.AUDITOR, role) for role in Role if role is not Role.AUDITOR),
    )
}


def _give(user_id: int, role: Role, *, by: User) -> None:
    """As the page does it: given by the administrator, or asked for."""
    if role in BY_TWO:
        people.ask_grant(user_id=user_id, role=role, reason="คำสั่งแต่งตั้ง", by=by)
    else:
        scope = _SCOPES.get(role, {})
        people.grant(user_id=user_id, role=role, by=by, **scope)


def test_who_approves_never_pays_and_who_audits_does_nothing_else(sqlite_portal: Flask) -> None:
    ying = Cast(sqlite_portal).ying.user
    for number, (held, wanted) in enumerate(itertools.permutations(Role, 2)):
        newcomer = _newcomer(f"noi{number}")
        with transaction():
            give_role(newcomer, held, **_SCOPES.get(held, {}))
        if frozenset((held, wanted)) in _APART:
            with pytest.raises(Refused, match="คนละคน"), transaction():
                _give(newcomer, wanted, by=ying)
        else:
            with transaction():
                _give(newcomer, wanted, by=ying)


def test_the_database_itself_keeps_the_roles_apart(portal: Flask) -> None:
    Cast(portal)
    for number, (held, wanted) in enumerate(itertools.permutations(Role, 2)):
        newcomer = _newcomer(f"noi{number}")
        with transaction():
            give_role(newcomer, held, **_SCOPES.get(held, {}))
        if frozenset((held, wanted)) in _APART:
            with pytest.raises(Refused, match="ขัดกับ"), transaction():
                give_role(newcomer, wanted, **_SCOPES.get(wanted, {}))
        else:
            with transaction():
                give_role(newcomer, wanted, **_SCOPES.get(wanted, {}))


@pytest.mark.parametrize("role", [*BY_TWO, Role.MENTOR])
def test_a_role_with_power_over_money_or_people_takes_two_people(cast: Cast, role: Role) -> None:
    newcomer = _newcomer()
    if role is Role.MENTOR:
        # One of the whole province is there already, so that the operator founds none.
        with transaction():
            give_role(_newcomer("kob"), role)
    with pytest.raises(Refused, match="สองท่าน"), transaction():
        people.grant(user_id=newcomer, role=role, whole_province=role is Role.MENTOR, by=cast.ying.user)
    # Nor may any other way into the table: the database says so by itself.
    for more in ({"granted_by_id": cast.ying.user_id}, {"operator": "root"}, {}):
        with pytest.raises(Refused, match="สองท่าน"), transaction() as session:
            session.add(Grant(user_id=newcomer, role=role, granted_at=clock.now(), **more))
    cast.ying.sign_in().send(f"/people/{newcomer}", action="ask-grant", role=role, reason="คำสั่งที่ 12/2569")
    assert not db.session().get_one(User, newcomer).has(role)
    number = db.session().scalars(select(ApprovalRequest.id).filter_by(kind="role.grant")).all()[-1]
    second = (cast.somchai if role is not Role.CHAIR else cast.kanya).sign_in()
    page = second.send(f"/approvals/{number}", action="/approve")
    assert "มอบบทบาท" in page.words
    given = db.session().get_one(User, newcomer).grants[0]
    assert (given.role, given.approval_request_id, given.granted_by_id) == (role, number, cast.ying.user_id)
    done = [deed for deed in _deeds() if deed != "staff.sign_in"]
    assert done == ["approval.ask", "approval.approve", "staff.grant"]


def test_an_approval_carries_one_grant_of_the_role_and_the_person_it_names(cast: Cast) -> None:
    asked: dict[str, int] = {}
    noi, kob = _newcomer(), _newcomer("kob")
    with transaction():
        for word in ("good", "declined", "waiting"):
            subject = noi if word == "good" else _newcomer(word)
            asked[word] = people.ask_grant(
                user_id=subject, role=Role.COMMITTEE, reason="คำสั่ง", by=cast.ying.user
            ).id
        approvals.decline(asked["declined"], reason="ไม่รู้จัก", by=cast.somchai.user)
    with transaction():
        approvals.approve(asked["good"], by=cast.somchai.user)
    with transaction() as session:
        session.execute(
            text("UPDATE role_grant SET revoked_at = granted_at WHERE user_id = :noi"), {"noi": noi}
        )
    for user_id, role, number in (
        (noi, Role.COMMITTEE, asked["good"]),
        (noi, Role.FINANCE, asked["good"]),
        (kob, Role.COMMITTEE, asked["good"]),
        (kob, Role.COMMITTEE, asked["declined"]),
        (kob, Role.COMMITTEE, asked["waiting"]),
    ):
        with pytest.raises(Refused), transaction() as session:
            session.add(Grant(user_id=user_id, role=role, granted_at=clock.now(), approval_request_id=number))
    assert not db.session().get_one(User, kob).grants


def test_whom_a_role_is_for_neither_asks_for_it_nor_approves_it(cast: Cast) -> None:
    with pytest.raises(Refused, match="ตัวบุคคลนั้นเอง"), transaction():
        people.ask_grant(
            user_id=cast.busaba.user_id or 0, role=Role.CHAIR, reason="ขอเอง", by=cast.busaba.user
        )
    with transaction():
        number = people.ask_grant(
            user_id=cast.busaba.user_id or 0, role=Role.CHAIR, reason="คำสั่ง", by=cast.ying.user
        ).id
    with pytest.raises(Refused, match="ตัวบุคคลนั้นเอง"), transaction():
        approvals.approve(number, by=cast.busaba.user)
    assert not cast.busaba.user.has(Role.CHAIR)


def test_what_changed_meanwhile_stops_a_grant_that_was_asked_for(cast: Cast) -> None:
    newcomer = _newcomer()
    with transaction():
        number = people.ask_grant(user_id=newcomer, role=Role.FINANCE, reason="คำสั่ง", by=cast.ying.user).id
    with transaction():
        people.grant(user_id=newcomer, role=Role.MENTOR, area_code="3305", by=cast.ying.user)
    with pytest.raises(Refused, match="คนละคน"), transaction():
        approvals.approve(number, by=cast.somchai.user)
    assert db.session().get_one(ApprovalRequest, number).status == "waiting"


def test_the_first_of_a_new_fund_are_founded_at_the_machine_and_no_second(
    portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "wirat")
    for number, role in enumerate(BY_TWO):
        made = _run(portal, user, "add", f"first{number}", "--name", "คนแรก", "--role", role.value)
        assert made.exception is None
        more = _run(portal, user, "add", f"second{number}", "--name", "คนที่สอง", "--role", role.value)
        assert "มีผู้ถือบทบาท" in str(more.exception)
    grants = db.session().scalars(select(Grant)).all()
    assert [(grant.role, grant.operator) for grant in grants] == [(role, "wirat") for role in BY_TWO]
    told = db.session().scalars(select(AuditEvent.details).filter_by(deed="staff.grant")).all()
    assert all(json.loads(details)["operator"] == "wirat" for details in told)
    # Whom the fund has lost altogether is founded anew.
    number = next(grant.id for grant in grants if grant.role == Role.CHAIR)
    with transaction():
        people.revoke(number, by=None)
    assert _run(portal, user, "add", "third", "--name", "คนที่สาม", "--role", "chair").exception is None
    # Nobody was asked, so those who would have been find it on their first page; not those who pay nothing and ask nothing.
    for name, is_told in (
        ("first2", True),
        ("first3", True),
        ("first4", True),
        ("first5", True),
        ("first1", False),
        ("third", False),
    ):
        said = [notice.words for notice in notices.unseen(people.named(name))]
        assert (
            any(
                "คนที่สาม ได้รับบทบาทประธานกรรมการกองทุนโดยคำสั่งที่เครื่อง" in words and "wirat" in words
                for words in said
            )
            == is_told
        )


def test_the_operator_gives_a_further_role_to_somebody_known(portal: Flask) -> None:
    assert (
        _run(portal, user, "add", "busaba", "--name", "นางบุษบา", "--role", "fund_officer").exception is None
    )
    said = json.loads(_run(portal, user, "grant", "busaba", "--role", "committee").output)
    assert said == {"sign_in_name": "busaba", "role": "committee"}
    busaba = db.session().scalars(select(User).filter_by(sign_in_name="busaba")).one()
    assert {grant.role for grant in busaba.grants} == {"fund_officer", "committee"}
    for words, refused in (
        (("--role", "mentor"), "กรุณาเลือกพื้นที่"),
        (("--role", "mentor", "--area", "all"), "คนละคน"),
        (("--role", "finance"), "คนละคน"),
    ):
        result = _run(portal, user, "grant", "busaba", *words)
        assert refused in str(result.exception), words


@pytest.mark.pages
def test_a_field_role_has_no_area_by_itself_and_subdistricts_are_offered(cast: Cast) -> None:
    newcomer, ying = _newcomer(), cast.ying.sign_in()
    page = ying.visit(f"/people/{newcomer}")
    assert '<option selected value="">เลือกพื้นที่</option>' in page.text
    assert '<option value="330501">' in page.text
    page = ying.send(f"/people/{newcomer}", role="mentor", area_code="", to_status=422)
    assert "กรุณาเลือกพื้นที่" in page.main
    page = ying.send(f"/people/{newcomer}", role="mentor", area_code="330501")
    assert "ตำบล" in page.main
    page = ying.send(f"/people/{newcomer}", role="mentor", area_code="all", to_status=422)
    assert "ทีมพี่เลี้ยงทั้งจังหวัดต้องมีผู้ขอและผู้อนุมัติสองท่าน" in page.main
    assert [grant.area_code for grant in db.session().get_one(User, newcomer).grants] == ["330501"]
    with pytest.raises(BadInput, match="กรุณาเลือกพื้นที่"), transaction():
        people.grant(user_id=_newcomer("kob"), role=Role.MENTOR, by=cast.ying.user)


def test_a_role_taken_away_makes_room_for_another(cast: Cast) -> None:
    number = cast.kanya.user_id or 0
    with transaction():
        people.revoke(cast.kanya.user.grants[0].id, by=cast.ying.user)
    with transaction():
        asked = people.ask_grant(user_id=number, role=Role.COMMITTEE, reason="คำสั่ง", by=cast.ying.user)
        approvals.approve(asked.id, by=cast.somchai.user)
    assert cast.kanya.user.has(Role.COMMITTEE)
    assert not cast.kanya.user.has(Role.FINANCE)
    with pytest.raises(Refused, match="ไปแล้ว"), transaction():
        people.revoke(
            db.session().scalars(select(Grant.id).filter_by(user_id=number, role=Role.FINANCE)).one(),
            by=cast.ying.user,
        )


@pytest.mark.pages
def test_a_revoked_role_closes_the_door_on_the_next_page(cast: Cast) -> None:
    cast.decha.sign_in().visit("/trail")
    with transaction():
        people.revoke(cast.decha.user.grants[0].id, by=cast.ying.user)
    cast.decha.visit("/trail", status=403)


def test_nobody_changes_their_own_account(cast: Cast) -> None:
    me = cast.ying.user_id or 0
    grant_id = cast.ying.user.grants[0].id
    deeds: list[Any] = [
        lambda by: people.grant(user_id=me, role=Role.MENTOR, by=by),
        lambda by: people.revoke(grant_id, by=by),
        lambda by: people.close(me, by=by),
        lambda by: people.reset_password(me, password=PASSWORD + "x", by=by),
    ]
    for deed in deeds:
        with pytest.raises(Refused, match="ของตนเอง"), transaction():
            deed(cast.ying.user)
    assert [grant.id for grant in cast.ying.user.grants] == [grant_id]


@pytest.mark.pages
def test_only_an_administrator_manages_accounts(cast: Cast) -> None:
    target = cast.malee.user_id or 0
    for person in (cast.kanya, cast.somchai, cast.busaba, cast.decha, cast.chai):
        with pytest.raises(Refused, match="เฉพาะผู้ดูแลระบบ"), transaction():
            people.close(target, by=person.user)
        with pytest.raises(Refused, match="เฉพาะผู้ดูแลระบบ"), transaction():
            people.grant(user_id=target, role=Role.MENTOR, by=person.user)
        person.sign_in().client.get("/people")
        assert person.client.get("/people/add").status_code == 403


@pytest.mark.pages
def test_the_auditor_sees_the_people_and_changes_nothing(cast: Cast) -> None:
    page = cast.decha.sign_in().visit("/people")
    assert "มาลี" in page.words
    page = cast.decha.visit(f"/people/{cast.malee.user_id}")
    assert all("sign-out" in form["action"] for form in page.forms() if form["method"] == "post")


def test_people_are_found_by_name_and_by_role(cast: Cast) -> None:
    cast.ying.sign_in()
    page = cast.ying.visit("/people?q=มาลี")
    assert "มาลี" in page.words
    assert "กัญญา" not in page.words
    page = cast.ying.visit("/people?role=finance")
    assert "กัญญา" in page.words
    assert "มาลี" not in page.words
    assert "ไม่พบ" in cast.ying.visit("/people?q=%25").words


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.TREASURER, {}),
        (Role.TREASURER, {"network_code": "net-1"}),
        (Role.TREASURER, {"network_code": "NET999"}),
        (Role.DISTRICT_OFFICER, {}),
        (Role.DISTRICT_OFFICER, {"area_code": "3399"}),
        (Role.DISTRICT_OFFICER, {"area_code": "2301"}),
        (Role.MENTOR, {"area_code": "33"}),
        (Role.MENTOR, {"area_code": "330199"}),
        (Role.MENTOR, {"network_code": "NET001"}),
        (Role.DIMENSION_SECRETARY, {}),
        (Role.DIMENSION_SECRETARY, {"dimension": "wealth"}),
        (Role.FINANCE, {"area_code": "3305"}),
        (Role.CHAIR, {"dimension": "education"}),
    ],
)
def test_a_scope_exists_and_means_something_to_its_role(
    sqlite_portal: Flask, role: Role, scope: dict[str, str]
) -> None:
    newcomer = _newcomer()
    with pytest.raises(BadInput), transaction():
        people.grant(user_id=newcomer, role=role, by=None, **scope)


def test_a_closed_account_gets_no_role(cast: Cast) -> None:
    number = cast.malee.user_id or 0
    with transaction():
        people.close(number, by=cast.ying.user)
    assert cast.malee.user.grants == []
    with pytest.raises(Refused, match="ปิด"), transaction():
        people.grant(user_id=number, role=Role.MENTOR, area_code="3305", by=cast.ying.user)
    with pytest.raises(Refused, match="ปิดไปแล้ว"), transaction():
        people.close(number, by=cast.ying.user)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE role_grant SET role = 'finance' WHERE role = 'mentor'",
        "UPDATE role_grant SET area_code = '' WHERE role = 'mentor'",
        "UPDATE role_grant SET ends_on = '2099-01-01' WHERE role = 'mentor'",
        "UPDATE role_grant SET order_number = 'ศก 1/2569' WHERE role = 'mentor'",
        "DELETE FROM role_grant",
        "DELETE FROM user_account",
    ],
)
def test_the_past_of_accounts_and_roles_stays(cast: Cast, statement: str) -> None:
    with pytest.raises((DBAPIError, Refused)), transaction() as session:
        session.execute(text(statement))
    assert cast.malee.user.has(Role.MENTOR)


def test_a_revoked_role_does_not_come_back(cast: Cast) -> None:
    with transaction():
        people.revoke(cast.malee.user.grants[0].id, by=cast.ying.user)
    with pytest.raises((DBAPIError, Refused)), transaction() as session:
        session.execute(text("UPDATE role_grant SET revoked_at = NULL, revoked_by_id = NULL"))
    assert not cast.malee.user.has(Role.MENTOR)


def _run(app: Flask, group: Any, *words: str, given: str = "") -> Any:
    return app.test_cli_runner().invoke(group, list(words), input=given, standalone_mode=False)


def test_the_operator_adds_lists_and_closes_people(portal: Flask) -> None:
    added = _run(portal, user, "add", "noi", "--name", "น.ส.น้อย ใหม่", "--role", "mentor", "--area", "3305")
    said = json.loads(added.output)
    assert {"sign_in_name": "noi", "role": "mentor"}.items() <= said.items()
    assert len(said["password"]) >= 20
    secret = _run(
        portal,
        user,
        "add",
        "kob",
        "--name",
        "กบ",
        "--role",
        "finance",
        "--password-stdin",
        given="nam-phrik-pla-thu\n",
    )
    assert "password" not in json.loads(secret.output)
    assert "nam-phrik" not in secret.output
    temporary = dict(db.session().execute(select(User.sign_in_name, User.password_is_temporary)).all())
    assert temporary == {"noi": True, "kob": False}
    listed = json.loads(_run(portal, user, "list").output)["users"]
    assert [(account["sign_in_name"], account["roles"][0]["area"]) for account in listed] == [
        ("kob", ""),
        ("noi", "3305"),
    ]
    assert _run(portal, user, "close", "noi").exception is None
    listed = json.loads(_run(portal, user, "list").output)["users"]
    assert [account["closed"] for account in listed] == [False, True]


def test_a_refused_command_changes_nothing(portal: Flask) -> None:
    for words in (
        ("add", "noi", "--name", "น้อย", "--role", "treasurer"),
        ("add", "noi", "--name", "น้อย", "--role", "mentor", "--area", "9999"),
        ("add", "noi", "--name", "", "--role", "mentor"),
        ("close", "nobody"),
    ):
        result = _run(portal, user, *words)
        assert isinstance(result.exception, Refused), words
    short = _run(
        portal, user, "add", "noi", "--name", "น้อย", "--role", "mentor", "--password-stdin", given="short\n"
    )
    assert isinstance(short.exception, Refused)
    assert db.session().scalar(select(func.count()).select_from(User)) == 0
    assert db.session().scalar(select(func.count()).select_from(AuditEvent)) == 0


def test_the_chain_is_verified_by_command(portal: Flask) -> None:
    with transaction():
        people.employ(sign_in_name="noi", name="น.ส.น้อย", password=PASSWORD, by=None)
    said = json.loads(_run(portal, audit, "verify").output)
    assert said["ok"] is True
    assert (said["events"], said["sealed"], said["unsealed"]) == (1, 0, 1)


def test_a_role_of_a_term_names_its_order_and_ends_with_its_last_day(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, last = _newcomer(), clock.today() + timedelta(days=30)
    cast.ying.sign_in()
    page = cast.ying.send(
        f"/people/{number}",
        action=f"/people/{number}/grant",
        role="mentor",
        area_code="330501",
        order_number="ศก 12/2569",
        ends_on=short_date(last),
    )
    assert f"ถึง {short_date(last)} คำสั่งที่ ศก 12/2569" in page.words
    noi = db.session().get_one(User, number)
    assert noi.areas(Role.MENTOR) == ["330501"]
    monkeypatch.setattr(clock, "today", lambda: last + timedelta(days=1))
    assert not noi.has(Role.MENTOR)
    assert jobs.end_terms() == {"ended": 1}
    assert "staff.term_ends" in _deeds()
    with pytest.raises(BadInput, match="วันสิ้นสุดวาระผ่านไปแล้ว"), transaction():
        people.grant(user_id=number, role=Role.MENTOR, area_code="3305", ends_on=last, by=cast.ying.user)


def test_what_a_rule_refused_stands_in_the_trail_with_who_and_why(cast: Cast) -> None:
    number = _newcomer()
    cast.ying.sign_in()
    for _ in range(2):
        cast.ying.send(
            f"/people/{number}",
            action=f"/people/{number}/grant",
            to_status=None,
            role="mentor",
            area_code="3305",
        )
    event = db.session().scalars(select(AuditEvent).where(AuditEvent.deed == "attempt.refused")).one()
    assert event.subject == f"user:{number}"
    assert event.by_id == cast.ying.user.id
    assert json.loads(event.details) == {
        "page": f"/people/{number}/grant",
        "why": "บุคคลนี้มีบทบาทและขอบเขตนี้อยู่แล้ว",
    }
    page = cast.decha.sign_in().visit("/trail?room=attempt")
    assert "บุคคลนี้มีบทบาทและขอบเขตนี้อยู่แล้ว" in page.words
