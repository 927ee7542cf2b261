"""What somebody typed and could not send is kept for them alone, and put back into the form; nothing is sent by itself."""

import io
import os
import re
import time
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from people import PASSWORD, Cast, Page, Person

from app.kit import kept_forms
from app.kit.db import transaction
from app.kit.kept_forms import LIFE, Kept, KeptFile, Store
from app.staff import signin

pytestmark = pytest.mark.pages

_HERE = "http://localhost"


def _submit(
    person: Person, path: str, *, headers: dict[str, str] | None = None, forget: Any = None, **typed: Any
) -> Any:
    """Open a page, type into its form, let `forget` happen meanwhile, and send it as a browser does."""
    page = person.visit(path)
    form = next(
        form for form in page.forms() if form["method"] == "post" and set(typed) <= set(form["fields"])
    )
    if forget:
        forget()
    data = {name: value for name, value in {**form["fields"], **typed}.items() if value is not None}
    said = headers or {"Origin": _HERE, "Referer": _HERE + path}
    return person.client.post(
        form["action"] or path, data=data, headers=said, content_type="multipart/form-data"
    )


def _signed_in_again(person: Person, answer: Any) -> Page:
    where = answer.headers["Location"]
    assert where.startswith("/sign-in")
    return person.send(where, sign_in_name=person.sign_in_name, password=PASSWORD)


def _shown(page: Page) -> dict[str, Any]:
    return {
        name: value
        for form in page.forms()
        if form["method"] == "post"
        for name, value in form["fields"].items()
    }


_TYPED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ton", "/pledges/new", {"amount": "๑,๒๐๐", "expected_on": "5 ธ.ค. 69", "note": '"สอง" <บรรทัด>\nครบ'}),
    ("busaba", "/goods/new", {"what": "ข้าวสาร", "amount": "950.25", "received_on": "27/11/69"}),
    ("kanya", "/bank/counter", {"satang": "300", "cheque_number": "0012345"}),
    ("busaba", "/meetings/new", {"held_on": "5/12/2569", "place": "ห้องประชุม 1"}),
)


def test_a_form_that_met_the_end_of_its_session_is_filled_after_signing_in_and_not_sent(cast: Cast) -> None:
    for name, path, typed in _TYPED:
        person: Person = getattr(cast, name).sign_in()

        def end(who: Person = person) -> None:
            with transaction():
                signin.end_sessions(user_id=who.user.id)

        answer = _submit(person, path, forget=end, **typed)
        assert answer.status_code == 302, path
        page = _signed_in_again(person, answer)
        shown = _shown(page)
        assert "ยังไม่ได้ส่ง" in page.words
        assert {field: shown[field].lstrip("\n") for field in typed} == typed


def _kept_of_a_post(cast: Cast, headers: dict[str, str], **typed: str) -> Kept | None:
    """What is kept when a form sent so is refused."""
    keeping = cast.app.extensions["kept_forms"]
    cast.app.extensions["kept_forms"] = replace(keeping, owner=lambda: "user:1")
    try:
        with cast.app.test_request_context("/give", method="POST", data=typed, headers=headers):
            token = kept_forms.keep("คำ").partition("kept=")[2]
        return keeping.store.get(token, owner="user:1") if token else None
    finally:
        cast.app.extensions["kept_forms"] = keeping


def test_no_password_is_kept(cast: Cast) -> None:
    typed = {"amount": "5", "current": PASSWORD, "fresh": "n", "password": "p", "csrf_token": "t"}
    kept = _kept_of_a_post(cast, {"Origin": _HERE}, **typed)
    assert kept is not None and kept.typed == [("amount", "5")]


def test_only_what_a_page_of_this_portal_sent_is_kept(cast: Cast) -> None:
    elsewhere = "http://elsewhere.example"
    for said in (
        {"Origin": elsewhere},
        {"Referer": f"{elsewhere}/give"},
        {"Origin": "null"},
        {},
        {"Origin": _HERE, "Sec-Fetch-Site": "cross-site"},
    ):
        assert _kept_of_a_post(cast, said, amount="77123") is None, said
    assert _kept_of_a_post(cast, {"Origin": _HERE}, amount="77123") is not None


def test_another_person_on_the_same_browser_does_not_get_what_was_typed(cast: Cast) -> None:
    ton, path = cast.ton.sign_in(), "/pledges/new"

    def end() -> None:
        with transaction():
            signin.end_sessions(user_id=ton.user.id)

    answer = _submit(ton, path, forget=end, amount="77123")
    page = ton.send(answer.headers["Location"], sign_in_name="busaba", password=PASSWORD, to_status=None)
    assert "77123" not in page.text


def test_a_visitor_whose_token_is_gone_finds_the_amount_again(cast: Cast) -> None:
    visitor = Person(cast.app)
    answer = _submit(
        visitor, "/give", forget=lambda: visitor.client.delete_cookie("kueakun"), amount="1,250.75"
    )
    assert answer.status_code == 400
    again = re.search(r'href="(/give\?kept=[^"]+)"', answer.get_data(as_text=True))
    assert again
    page = visitor.visit(again.group(1))
    assert _shown(page)["amount"] == "1,250.75"
    assert "1,250.75" not in Person(cast.app).visit(again.group(1)).text


def test_a_file_of_a_refused_form_need_not_be_chosen_again(cast: Cast) -> None:
    kanya, path = cast.kanya.sign_in(), "/bank/statements/import"
    said = {"Origin": _HERE, "Referer": _HERE + path}
    refused = _submit(kanya, path, file=(io.BytesIO(b"nothing,of,the,kind\n"), "nov.csv"))
    assert refused.status_code == 422
    page = Page(refused, path)
    token = next(form["fields"]["kept"] for form in page.forms() if "kept" in form["fields"])
    assert "ยังอยู่ครบ ไม่ต้องเลือกใหม่: nov.csv" in page.words

    def once_more(kept: str) -> Page:
        fields = _shown(kanya.visit(path)) | {"kept": kept, "file": (io.BytesIO(b""), "")}
        data = {name: value for name, value in fields.items() if value is not None}
        return Page(
            kanya.client.post(path, data=data, headers=said, content_type="multipart/form-data"), path
        )

    assert "กรุณาเลือกไฟล์" not in once_more(token).words
    assert "กรุณาเลือกไฟล์" in once_more("of-somebody-else").words


def test_a_kept_form_opens_for_its_owner_for_an_hour_and_there_is_an_end_of_room(
    tmp_path: Any, monkeypatch: Any
) -> None:
    store = Store(tmp_path, key=b"k" * 32)
    kept = Kept("/give", [("amount", "5")], [KeptFile("picture", "ก.jpg", "image/jpeg", b"\xff" * 9)], "คำ")
    token = store.put(kept, owner="user:1")
    assert store.get(token, owner="user:1") == kept
    assert store.get(token, owner="user:2") is None
    assert not any(b"amount" in path.read_bytes() for path in tmp_path.glob("*"))
    for _ in range(kept_forms.MOST_OF_ONE):
        os.utime(next(iter(tmp_path.glob("*"))), (time.time() - 60, time.time() - 60))
        store.put(kept, owner="user:1")
    assert len(list(tmp_path.glob("*"))) == kept_forms.MOST_OF_ONE
    monkeypatch.setitem(kept_forms.MOST_BYTES, "visitor", 100)
    assert store.put(kept, owner="visitor:x") == ""
    last = store.put(kept, owner="user:3")
    with time_machine.travel(time.time() + LIFE + 1):
        assert store.get(last, owner="user:3") is None
        store.clear()
    assert list(tmp_path.glob("*")) == []
