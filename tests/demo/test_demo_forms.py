"""Every page opens to whoever may open it, and every form takes anything and answers with words, on either database.

PostgreSQL is sent what is too long for a column and no text at all; SQLite, which takes any text and can as little be
asked for a number as keep one, what is too large, and a file for words and words for a file, which no database sees.
"""

import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from markup import FoundForm, forms_of
from people import Person
from portals import as_served, compiles_once
from postgres import TempPostgres
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app import create_app
from app.cases.aid.records import AidRequest
from app.demo import cast, province
from app.editions import editions
from app.fund.committee import agenda, attendance, meetings
from app.fund.committee.records import Proposal
from app.fund.giving.payment_requests import payment_requests
from app.fund.ledger import books
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db, transaction
from app.settings import read
from app.staff import audit, signin
from app.staff.audit import AuditEvent
from app.staff.roles import Role
from app.staff.users import User

LONG = "9" * 5000
HUGE = "9" * 30
NUL = "ก\0ข"
#: Pages of one endpoint that each person opens, the most that is seen of it by all before one does for each, and people
#: who try a form of one kind.
_PAGES, _SEEN, _FORMS = 2, 4, 1
#: Of a page with a row of fields for each of many people, so many fields.
_FIELDS = 16
_FILE = "วันที่,เวลา,เงินเข้า,รายละเอียด\n27/01/2565,10:00,100.00,โอน\n".encode()


@dataclass
class _Form:
    target: str
    method: str
    fields: MultiDict[str, str] = field(default_factory=MultiDict)
    files: list[str] = field(default_factory=list)


def _plausible(name: str) -> str:
    if name.endswith("on") or name in ("as_of", "since", "until"):
        return "27/01/2565"
    if re.search("amount|satang|quantity|total|year", name):
        return "100"
    return "code-7" if "code" in name else "ทดสอบ"


def _filled(found: FoundForm, path: str) -> _Form:
    """The form as someone would fill it in who means well."""
    form = _Form(found.action.split("#")[0] or path, found.method)
    for each in found.fields:
        if each.kind == "file":
            form.files.append(each.name)
        elif each.tag == "select":
            form.fields.add(each.name, next((value for value in reversed(each.values) if value), ""))
        elif each.kind != "radio" or each.name not in form.fields:
            form.fields.add(each.name, each.value or _plausible(each.name))
    return form


class _Walk:
    """Someone who opens what they may open and sends every form with one field at a time gone wrong."""

    def __init__(self, app: Flask, *, wrong: tuple[str, ...], wrong_kinds: bool) -> None:
        self.app, self.wrong, self.wrong_kinds = app, wrong, wrong_kinds
        self.faults: list[str] = []
        self.sent: Counter[str] = Counter()
        #: Endpoint and fields of a form → how many people tried it; how many pages of an endpoint were seen.
        self.tried: Counter[tuple[str, str]] = Counter()
        self.seen: Counter[str] = Counter()
        #: Endpoints of what is printed: a paper is the same whoever opens it, and takes as long as many pages.
        self.papers: set[str] = set()
        #: Endpoint → the fields for files in its forms.
        self.files: defaultdict[str, set[str]] = defaultdict(set)

    def _endpoint(self, path: str, method: str = "GET") -> str:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(path, method)
        except HTTPException:
            return ""
        return str(endpoint)

    def walk(self, client: Any, *starts: str) -> None:
        opened: Counter[str] = Counter()
        tried: set[tuple[str, str]] = set()
        waiting, known = [*starts, "/", "/home", "/give"], set()
        while waiting:
            path = waiting.pop(0)
            endpoint = self._endpoint(urlsplit(path).path)
            if (
                path in known
                or endpoint in ("", "static", "display.set_language")
                or opened[endpoint] >= (_PAGES if self.seen[endpoint] < _SEEN else 1)
                or (endpoint in self.papers and self.seen[endpoint] >= _PAGES)
            ):
                continue
            known.add(path)
            opened[endpoint] += 1
            answer = client.get(path)
            self._note(answer.status_code, f"GET {path}")
            self.seen[endpoint] += answer.status_code == 200
            if answer.mimetype == "application/pdf":
                self.papers.add(endpoint)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            text = answer.get_data(as_text=True)
            self._look(text, answer.headers.get("Content-Security-Policy", ""), path)
            waiting += re.findall(r'href="(/[^"#]*)', text.replace("&amp;", "&"))
            for form in (_filled(found, path) for found in forms_of(text)):
                kind = (self._endpoint(urlsplit(form.target).path, form.method.upper()), "".join(form.fields))
                self.files[kind[0]] |= {*form.files}
                if kind[0] in ("", "staff.sign_out") or kind in tried or self.tried[kind] >= _FORMS:
                    continue
                tried.add(kind)
                self.tried[kind] += 1
                self._try(client, form, kind[0])

    def _look(self, text: str, policy: str, path: str) -> None:
        """Whether a page holds what its policy forbids, or has no one heading: nothing inline, nothing of another site."""
        if "default-src 'none'" not in policy or "unsafe" in policy or "http" in policy:
            self.faults.append(f"{path}: {policy}")
        text = re.sub(r"<(textarea|title)\b.*?</\1>", "", text, flags=re.DOTALL)
        for tag in re.findall(r"<[a-z][^>]*>", text):
            bare = re.sub(r'="[^"]*"', '=""', tag)
            foreign = re.match(r"<(?:link|script|img|source|iframe|use|form)\b", tag) and re.search(
                r'(?:src|href|srcset|action)="(?:https?:)?//', tag
            )
            inline = re.search(r"\s(?:style|on[a-z]+)=", bare) or re.match(
                r"<(?:style\b|iframe\b|script(?![^>]*\ssrc=))", tag
            )
            if foreign or inline:
                self.faults.append(f"{path}: {tag[:120]}")
        if len(re.findall(r"<h1\b", text)) != 1:
            self.faults.append(f"{path}: {len(re.findall('<h1', text))} headings of the page")

    def _try(self, client: Any, form: _Form, endpoint: str) -> None:
        names = [name for name in form.fields if name != "csrf_token"][:_FIELDS]
        if self.wrong_kinds and form.method == "post":
            self._send_wrong_kinds(client, form, names)
        for wrong in self.wrong:
            for name in names[-1:] if wrong == NUL else names:
                self._send(client, form, {name: wrong}, endpoint)
            if form.files:
                self._send(client, form, {}, endpoint, file_name=f"{wrong}.csv")

    def _send_wrong_kinds(self, client: Any, form: _Form, names: list[str]) -> None:
        """A file for words and words for a file. One field stands for all: what a view takes no file in is its names'."""
        before = _deeds()
        for name in {*names[:1], *form.files, "csrf_token", "no_such_field"}:
            fields: MultiDict[str, Any] = form.fields.copy()
            fields[name] = "words" if name in form.files else (io.BytesIO(b"MZ"), "a.exe")
            answer = client.post(form.target, data=fields, content_type="multipart/form-data")
            if answer.status_code != 422 or "ยังไม่ได้บันทึกรายการใด" not in answer.get_data(as_text=True):
                self.faults.append(f"{answer.status_code} {name} of {form.target} as what it is not")
            self.sent[f"wrong kind to {form.target}"] += 1
        if _deeds() != before:
            self.faults.append(f"{form.target} did something for what it refused")

    def _send(
        self, client: Any, form: _Form, wrong: dict[str, str], endpoint: str, file_name: str = "a.csv"
    ) -> None:
        fields = form.fields.copy()
        for name, value in wrong.items():
            fields[name] = value
        if form.method == "get":
            # As a browser does: what a form says takes the place of what its address said.
            answer = client.get(form.target.partition("?")[0], query_string=fields)
        else:
            for name in form.files:
                fields.add(name, (io.BytesIO(_FILE), file_name))
            answer = client.post(form.target, data=fields, content_type="multipart/form-data")
            self.sent[endpoint] += 1
        self._note(
            answer.status_code,
            f"{form.method} {form.target} {[(name, value[:5]) for name, value in wrong.items()]} {file_name[:5]}",
        )
        if NUL in wrong.values():
            self._note(500 if answer.status_code != 400 else 400, f"NUL taken: {form.target} {wrong}")

    def _note(self, status: int, words: str) -> None:
        if status >= 500:
            self.faults.append(f"{status} {words}")


def _deeds() -> int:
    db.session.rollback()
    return db.session().scalar(select(func.count()).select_from(AuditEvent)) or 0


def _work_to_do() -> list[str]:
    """A meeting that is open, a request that is a draft, a donation that waits. Returns where they are."""
    session = db.session()
    who = {user.sign_in_name: user for user in session.scalars(select(User))}
    with transaction():
        meeting = meetings.call(held_on=clock.today(), place="ศาลากลาง", by=who["busaba"]).id
        for name in ("somchai", "pranee", "wichai", "sompong", "nittaya"):
            attendance.note_present(meeting, member_id=who[name].id, by=who["busaba"])
        waiting = select(Proposal.code).filter_by(state="submitted").limit(1)
        item = agenda.table(meeting, proposal_code=session.scalars(waiting).one(), by=who["busaba"]).id
        meetings.open_(meeting, chair_id=who["somchai"].id, by=who["busaba"])
        purpose = session.scalars(select(Purpose.id).limit(1)).one()
        donation = payment_requests.open(satang=12_345, purpose_id=purpose, by=None).code
    drafts = session.scalars(select(AidRequest.code).filter_by(state="draft"))
    return [
        f"/meetings/{meeting}",
        f"/agenda/{item}",
        f"/demo/bank?code={donation}",
        *(f"/requests/{code}{page}" for code in drafts for page in ("", "/sizes", "/confirm")),
        "/handovers/new",
    ]


def _sent_by_everyone(app: Flask, *, wrong: tuple[str, ...], wrong_kinds: bool = False) -> _Walk:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    settings = app.extensions["kueakun"]
    walk, starts = _Walk(app, wrong=wrong, wrong_kinds=wrong_kinds), _work_to_do()
    one_of_each = {character.role: character.sign_in_name for character in reversed(cast.CHARACTERS)}
    # Whoever closes accounts comes last.
    for role in sorted(one_of_each, key=lambda role: role is Role.ADMINISTRATOR):
        name = one_of_each[role]
        client = Person(app).client
        token = signin.sign_in(
            sign_in_name=name, password=cast.password(settings, name), address=f"192.0.2.{len(name)}"
        )
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        walk.walk(client, *starts)
        db.session.rollback()
    walk.walk(Person(app).client, *starts)
    return walk


def _holds(walk: _Walk) -> None:
    assert not walk.faults, "\n".join(walk.faults)
    assert len(walk.sent) > 30, "the walk has lost its way"
    assert len(walk.seen) > 100, "every page is opened by whoever may"


def test_no_form_is_answered_with_a_fault(demo: Flask, caplog: pytest.LogCaptureFixture) -> None:
    # Answered as a served portal answers: a fault is a 500 and not an exception of the test.
    demo.testing = False
    walk = _sent_by_everyone(demo, wrong=(HUGE,), wrong_kinds=True)
    _holds(walk)
    assert [line for line in caplog.records if line.exc_info or "\n" in line.getMessage()] == []
    for endpoint, files in walk.files.items():
        if endpoint:
            assert getattr(demo.view_functions[endpoint], "takes_files", set()) == files, endpoint


def _is_loaded_as_on_sqlite() -> None:
    assert books.findings() == []
    assert audit.verify()["unsealed"] == 0
    first = editions.latest()
    assert first is not None and first.figures["delivered"]["people"] == 41
    with transaction():
        assert editions.publish() is None


@pytest.mark.postgres
def test_the_demonstration_loads_and_no_form_is_answered_with_a_fault_on_postgresql(
    postgres_template: TempPostgres, tmp_path: Path
) -> None:
    postgres_template.create("forms", template="template_empty")
    url = postgres_template.url("forms")
    app = create_app(read({"KUEAKUN_DEMO": "1", "KUEAKUN_DATA": str(tmp_path), "KUEAKUN_DATABASE_URL": url}))
    as_served(app)
    with app.app_context():
        compiles_once(app)
        province.load(households=400)
        _is_loaded_as_on_sqlite()
        _holds(_sent_by_everyone(app, wrong=(LONG, NUL)))
        db.session.rollback()
        assert books.findings() == []
        db.session.remove()
        db.engine.dispose()
    postgres_template.drop("forms")
