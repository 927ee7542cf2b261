"""The people of the tests: each a character with a role, a browser and a memory of their last page."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import accounts
from argon2 import PasswordHasher
from flask import Flask
from markup import forms_of, must_parse
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from app.fund.committee import seats
from app.fund.committee.records.bodies import Seat
from app.fund.giving.records.networks import Network, NetworkType
from app.fund.giving.records.payment_requests import SolicitationApproval
from app.fund.ledger.accounts import Purpose, open_purpose
from app.kit import clock
from app.kit.db import db, transaction
from app.staff import signin
from app.staff.approvals import APPROVERS, LIFE, ApprovalRequest
from app.staff.roles import Grant, Role, needs_two
from app.staff.users import User

PASSWORD = "krathin-2565-fah"

#: Hashes fast: what a password has to be is tested elsewhere, and how long a guess at it takes as well.
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_hash = cache(HASHER.hash)
#: What the portal hashes with where no test runs.
PORTALS_HASHER = signin._HASHER


def give_role(user_id: int, role: Role, **scope: str) -> None:
    """A role as the rules give it, told straight to the database: by two people where it needs two and is held
    already, else by the operator. Inside a transaction."""
    session, approval_request_id = db.session(), None
    held = select(Grant.id).where(Grant.role == role, Grant.revoked_at.is_(None))
    if role is Role.MENTOR:
        held = held.where(Grant.area_code == "")
    two = needs_two(role, scope.get("area_code", ""))
    if two and session.scalar(held.limit(1)) is not None:
        approval_request_id = _approved(user_id, role)
    session.add(
        Grant(
            user_id=user_id,
            role=role,
            granted_at=clock.now(),
            approval_request_id=approval_request_id,
            operator="" if approval_request_id else "root",
            **scope,
        )
    )
    session.flush()


def become(user_id: int, role: Role) -> None:
    """Another post: what the person was ends, and this role alone begins. Inside a transaction."""
    session = db.session()
    for held in session.scalars(select(Grant).where(Grant.user_id == user_id, Grant.revoked_at.is_(None))):
        held.revoked_at = clock.now()
    session.flush()
    give_role(user_id, role)


def _approved(user_id: int, role: Role) -> int:
    """Asked for by one and approved by another of those who hold one of the four roles."""
    session, now = db.session(), clock.now()
    found: dict[str, int] = {}
    for held in session.scalars(
        select(Grant).where(Grant.role.in_(APPROVERS), Grant.revoked_at.is_(None), Grant.user_id != user_id)
    ):
        if held.user_id not in found.values():
            found.setdefault(held.role, held.user_id)
    (asked_role, asked_by), (decided_role, decided_by) = list(found.items())[:2]
    made = ApprovalRequest(
        kind="role.grant",
        subject=f"user:{user_id}:{role}",
        payload="{}",
        changes="[]",
        reason="ทดสอบ",
        concerned_id=user_id,
        asked_by_id=asked_by,
        asked_role=asked_role,
        asked_at=now,
        expires_at=now + LIFE,
    )
    session.add(made)
    session.flush()
    made.decision, made.decided_by_id, made.decided_role, made.decided_at = (
        "approved",
        decided_by,
        decided_role,
        now,
    )
    session.flush()
    return made.id


def _in_one_piece(html: str) -> str:
    """Without the marks of what no line breaks."""
    return re.sub(r'<span class="nb">([^<]*)</span>', r"\1", html)


@dataclass
class Page:
    """One answer of the portal. HTML that does not parse strictly fails the test that asks for it."""

    response: TestResponse
    path: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def words(self) -> str:
        """The visible text with single spaces."""
        body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", _in_one_piece(self.text), flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", body).split())

    @property
    def main(self) -> str:
        """The visible text of the page's own part, without header and footer."""
        found = re.search(r"<main\b.*</main>", self.text, flags=re.DOTALL)
        body = re.sub(
            r"<(script|style|svg)\b.*?</\1>", " ", _in_one_piece(found[0]) if found else "", flags=re.DOTALL
        )
        return " ".join(re.sub(r"<[^>]+>", " ", body).split())

    def forms(self) -> list[dict[str, Any]]:
        found = []
        for form in forms_of(self.text):
            fields: dict[str, Any] = {}
            for each in form.fields:
                ticked = each.checked or each.kind not in ("checkbox", "radio")
                if each.tag == "button" or each.kind in ("submit", "file") or not ticked:
                    fields.setdefault(each.name, None)
                elif each.tag == "select":
                    fields[each.name] = each.chosen or ""
                else:
                    fields[each.name] = each.value or ""
            found.append({"action": form.action, "method": form.method, "fields": fields})
        return found


def _filled(on_page: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """What is sent: what was typed over what the page put there. A form that asks for the password again gets it."""
    known = {"password_again": PASSWORD} if "password_again" in on_page else {}
    return {name: value for name, value in {**on_page, **known, **typed}.items() if value is not None}


def _let_go() -> None:
    """What the test reads next it reads anew, and a request finds the test's connection free: another one would
    first have to learn the whole schema."""
    if not db.session().info.get("in_transaction"):
        db.session.rollback()


@dataclass
class Person:
    """Someone at a browser. A stranger has no `user`."""

    app: Flask
    user_id: int | None = None
    sign_in_name: str = ""
    client: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    @property
    def user(self) -> User:
        assert self.user_id is not None
        # With what they may do, in one query.
        return db.session().get_one(User, self.user_id, options=[joinedload(User.grants)])

    def visit(self, path: str, *, status: int | None = 200) -> Page:
        """Open a page, following redirects; the HTML must parse and the status must be the one expected."""
        _let_go()
        return self._seen(self.client.get(path, follow_redirects=True), path, status)

    def send(self, path: str, *, action: str = "", to_status: int | None = 200, **fields: Any) -> Page:
        """Open the page, fill in the form that has these fields (and this action, when given) and send it.

        Fields left out keep what the page put there, hidden ones and the CSRF token included. A value of None
        leaves a field away.
        """
        page = self.visit(path)
        forms = [
            form
            for form in page.forms()
            if form["method"] == "post"
            and set(fields) <= set(form["fields"])
            and action in (form["action"] or path)
        ]
        if "sign-out" not in action:
            forms = [form for form in forms if "sign-out" not in form["action"]]
        assert forms, (
            f"no form on {path} takes {sorted(fields)} to {action or 'anywhere'}; there are {page.forms()}"
        )
        chosen = forms[0]
        filled = _filled(chosen["fields"], fields)
        target = chosen["action"] or page.response.request.path
        sent = self.client.post(
            target, data=filled, follow_redirects=True, content_type="multipart/form-data"
        )
        return self._seen(sent, target, to_status)

    def press(self, page: Page, *, having: str, to_status: int | None = 200, **fields: Any) -> Page:
        """Send the form of a page already open that has a field named `having`, or an action that ends with it.

        A list sends a field several times; the rest stays as the page has it.
        """
        form = next(
            (
                form
                for form in page.forms()
                if form["method"] == "post"
                and (having in form["fields"] or form["action"].split("#")[0].endswith(having))
            ),
            None,
        )
        assert form, f"no form with {having} on {page.path}; there are {page.forms()}"
        filled = _filled(form["fields"], fields)
        target = form["action"].split("#")[0] or page.response.request.full_path
        sent = self.client.post(
            target, data=filled, follow_redirects=True, content_type="multipart/form-data"
        )
        return self._seen(sent, target, to_status)

    def _seen(self, response: TestResponse, path: str, status: int | None) -> Page:
        # The client ran in the application context of the test: forget what its session had read.
        db.session.rollback()
        page = Page(response, path)
        if status is not None:
            assert response.status_code == status, (
                f"{path} answered {response.status_code}: {page.words[:600]}"
            )
        if response.mimetype == "text/html":
            must_parse(page.text)
        return page

    def sign_in(self) -> "Person":
        """Come in by the rule itself; the sign-in page has tests of its own."""
        token = signin.sign_in(sign_in_name=self.sign_in_name, password=PASSWORD, address="127.0.0.1")
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
            session.permanent = True
        return self


def take_a_seat(user_id: int, role: Role = Role.COMMITTEE) -> None:
    """The person sits in the fund's committee. Inside a transaction."""
    db.session().add(
        Seat(
            body_id=seats.ensure_main().id,
            person_id=user_id,
            office="chair" if role is Role.CHAIR else "member",
            from_on=date(2022, 1, 27),
            order_number="ศก 1/2565",
            seated_at=clock.now(),
        )
    )
    db.session().flush()


class Cast:
    """Kanya keeps the money, Somchai chairs, Pranee and Wichai sit on the committee, Malee is in the field, Ton speaks
    for the OTOP network, Busaba is secretary of the fund, Decha audits, Ying looks after the portal, Chai is the
    district officer of Khukhan (3305). A stranger has only a browser."""

    _ROLES = (
        ("kanya", "น.ส.กัญญา พรดี", Role.FINANCE, {}),
        ("somchai", "นายสมชาย ใจงาม", Role.CHAIR, {}),
        ("pranee", "นางปราณี บุญมา", Role.COMMITTEE, {}),
        ("wichai", "นายวิชัย ทองสุข", Role.COMMITTEE, {}),
        ("malee", "น.ส.มาลี ศรีจันทร์", Role.MENTOR, {"area_code": "3301"}),
        ("ton", "นายต้น แสงทอง", Role.TREASURER, {"network_code": "NET001"}),
        ("busaba", "นางบุษบา คำแก้ว", Role.FUND_OFFICER, {}),
        ("decha", "นายเดชา ตรวจดี", Role.AUDITOR, {}),
        ("ying", "น.ส.หญิง ดูแล", Role.ADMINISTRATOR, {}),
        ("chai", "นายชัย ขุขันธ์", Role.DISTRICT_OFFICER, {"area_code": "3305"}),
    )

    def __init__(self, app: Flask, *, has_account: bool = True) -> None:
        self.app, self.has_account = app, has_account
        known = select(User.sign_in_name, User.id)
        numbers = db.session().execute(known).all()
        if not numbers:
            with transaction():
                self._employ()
            numbers = db.session().execute(known).all()
        self._people = {name: Person(app, number, name) for name, number in numbers}
        _let_go()

    def _employ(self) -> None:
        session = db.session()
        now = clock.now()
        session.add(
            Network(
                code="NET001",
                path="/NET001/",
                type=NetworkType.OTOP,
                name="เครือข่าย OTOP จังหวัดศรีสะเกษ",
                contact="",
                open=True,
            )
        )
        session.add(
            SolicitationApproval(
                number="ศก 0017/ว 42",
                approved_on=date(2022, 1, 27),
                authority="กคร. จังหวัดศรีสะเกษ",
                noted_at=now,
            )
        )
        open_purpose(code="general", name_th="ทั่วไป (ตามมติคณะกรรมการ)", name_en="General")
        open_purpose(code="education", name_th="การศึกษา", name_en="Education", dimension="education")
        people: list[tuple[int, Role, dict[str, str]]] = []
        for sign_in_name, name, role, scope in self._ROLES:
            user = User(
                sign_in_name=sign_in_name,
                name=name,
                position="",
                password_hash=_hash(PASSWORD),
                opened_at=now,
            )
            session.add(user)
            session.flush()
            people.append((user.id, role, scope))
        # Whoever gives the second role of a kind holds one already.
        for user_id, role, scope in sorted(people, key=lambda person: person[1] is Role.COMMITTEE):
            give_role(user_id, role, **scope)
            if role in (Role.CHAIR, Role.COMMITTEE):
                take_a_seat(user_id, role)
        if self.has_account:
            account = accounts.proposed(
                bank_code="014",
                number="4010000001",
                name="กองทุนขจัดความยากจนและลดความเหลื่อมล้ำจังหวัดศรีสะเกษ",
            )
            accounts.opened(account, biller_id="099400000000300", promptpay_id="0994000000003")

    def __getattr__(self, name: str) -> Person:
        try:
            return self._people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def stranger(self) -> Person:
        return Person(self.app)

    def purpose(self, code: str = "general") -> Purpose:
        return db.session().scalars(select(Purpose).filter_by(code=code)).one()
