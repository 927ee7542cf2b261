"""New passwords of people with power over money or people: two hands, one link, and the owner is told."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from people import PASSWORD, Cast, become
from sqlalchemy import select, text

from app.kit import clock, outbox
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused, TooManyTries
from app.kit.outbox import Message
from app.staff import approvals, notices, people, resets, signin
from app.staff.approvals import ApprovalRequest
from app.staff.resets import PasswordLink
from app.staff.roles import Role
from app.staff.users import User

FRESH = "noodle-ferry-lantern-9"


def asked(cast: Cast) -> int:
    with transaction():
        return resets.ask(cast.kanya.user_id or 0, reason="ลืมรหัสผ่าน", by=cast.ying.user).id


def approved(cast: Cast) -> str:
    """What the approver is told."""
    number = asked(cast)
    with transaction():
        return approvals.approve(number, by=cast.somchai.user)[1]


def token_in(words: str) -> str:
    return words.rpartition("/sign-in/choose/")[2].split()[0]


def test_one_person_alone_gives_nobody_with_power_a_password(portal: Flask, cast: Cast) -> None:
    with transaction():
        become(cast.chai.user.id, Role.MENTOR)
    # Chai reaches the whole province by now, and Decha audits it.
    for name in ("kanya", "somchai", "pranee", "busaba", "decha", "chai"):
        number = getattr(cast, name).user_id
        with pytest.raises(Refused, match="สองท่าน"), transaction():
            people.reset_password(number, password=PASSWORD, by=cast.ying.user)
        with pytest.raises(Refused, match="สองท่าน"), transaction() as session:
            change = (
                "UPDATE user_account SET password_hash = 'x', password_is_temporary = :yes WHERE id = :id"
            )
            session.execute(text(change), {"yes": True, "id": number})
    with pytest.raises(Refused, match="สองท่าน"), transaction() as session:
        session.add(
            PasswordLink(
                user_id=cast.kanya.user_id,
                seed="s",
                token_hash="t",
                approval_request_id=asked(cast),
                made_at=clock.now(),
                expires_at=clock.now() + timedelta(hours=1),
            )
        )
    with pytest.raises(BadInput, match="ตั้งรหัสผ่านใหม่ให้ผู้นี้ได้เอง"), transaction():
        resets.ask(cast.malee.user_id or 0, reason="ลืม", by=cast.ying.user)


@pytest.mark.pages
def test_the_link_is_shown_to_who_approved_alone_and_the_owner_is_told_of_both(cast: Cast) -> None:
    ying, somchai, kanya = cast.ying.sign_in(), cast.somchai.sign_in(), cast.kanya.sign_in()
    page = ying.send(f"/people/{kanya.user_id}", action="ask-reset", reason="ลืมรหัสผ่าน")
    assert "/sign-in/choose/" not in page.text
    number = db.session().scalars(select(ApprovalRequest.id).filter_by(kind=resets.RESET)).one()
    page = somchai.send(f"/approvals/{number}", action="/approve")
    token = token_in(page.main)
    for person in (ying, somchai):
        assert token not in person.visit(f"/approvals/{number}").text
    assert token not in db.session().scalars(select(PasswordLink)).one().token_hash
    assert kanya.client.get("/home").status_code == 302, "every session of hers ended"
    cast.stranger.visit(f"/sign-in/choose/{token}")
    owner = cast.stranger
    owner.send(f"/sign-in/choose/{token}", fresh="sisaket2569", again="sisaket2569", to_status=422)
    owner.send(f"/sign-in/choose/{token}", fresh=FRESH, again=FRESH)
    owner.visit(f"/sign-in/choose/{token}", status=404)
    page = owner.send("/sign-in", sign_in_name="kanya", password=FRESH)
    assert page.response.request.path == "/home"
    assert "ขอโดย น.ส.หญิง ดูแล อนุมัติโดย นายสมชาย ใจงาม" in page.main
    owner.press(page, having="/acknowledge")
    assert "ขอโดย น.ส.หญิง" not in owner.visit("/home").main


def test_the_old_password_opens_nothing_once_the_reset_is_approved(cast: Cast) -> None:
    asked_for, kanya = asked(cast), cast.kanya.sign_in()
    with transaction():
        approvals.approve(asked_for, by=cast.somchai.user)
    assert kanya.client.get("/home").status_code == 302, "every session of hers ended"
    with pytest.raises(Refused, match="ไม่ถูกต้อง"):
        signin.sign_in(sign_in_name="kanya", password=PASSWORD, address="192.0.2.1")
    with time_machine.travel(clock.now() + resets.LIFE), pytest.raises(Refused, match="ไม่ถูกต้อง"):
        signin.sign_in(sign_in_name="kanya", password=PASSWORD, address="192.0.2.2")


def test_a_link_opens_once_and_for_an_hour(portal: Flask, cast: Cast) -> None:
    token = token_in(approved(cast))
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert resets.whose(token) is None
        with pytest.raises(Refused, match="หนึ่งชั่วโมง"), transaction():
            resets.use(token, fresh=FRESH)
    with transaction():
        resets.use(token, fresh=FRESH)
    with pytest.raises(Refused, match="ใช้ไปแล้ว"), transaction():
        resets.use(token, fresh=FRESH + "-more")
    with pytest.raises(Refused, match="ใช้ไปแล้ว"), transaction() as session:
        session.execute(text("UPDATE password_link SET used_at = NULL"))
    assert signin.matches(cast.kanya.user.password_hash, FRESH)
    assert resets.whose("guess") is None


def test_whoever_guesses_meanwhile_keeps_no_owner_from_signing_in_after_the_link(cast: Cast) -> None:
    token, owner = token_in(approved(cast)), cast.stranger
    for _ in range(signin.TRIES_PER_NAME):
        with pytest.raises(Refused, match="ไม่ถูกต้อง"):
            signin.sign_in(sign_in_name="kanya", password="guess-after-guess", address="198.51.100.7")
    with pytest.raises(TooManyTries):
        signin.sign_in(sign_in_name="kanya", password=FRESH, address="192.0.2.1")
    assert "ชื่อผู้ใช้ kanya" in owner.visit(f"/sign-in/choose/{token}").main
    owner.send(f"/sign-in/choose/{token}", fresh=FRESH, again=FRESH)
    page = owner.send("/sign-in", sign_in_name="kanya", password=FRESH)
    assert page.response.request.path == "/home"


def test_the_owner_s_address_gets_the_link_and_the_outbox_never_holds_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, str] = {}

    class Letterbox:
        repeatable = False

        def refuses(self, recipient: str, subject: str) -> str:
            return ""

        def send(self, *, recipient: str, subject: str, body: str, key: str) -> None:
            sent[key] = body

    box = {"email": Letterbox()}
    monkeypatch.setattr(type(cast.app.extensions["kueakun"]), "channels", property(lambda _self: box))
    cast.kanya.sign_in().send("/people/me", action="addresses", email="kanya@example.org")
    words = approved(cast)
    assert "/sign-in/choose/" not in words
    kept = db.session().scalars(select(Message).where(Message.key.startswith("password-link:"))).one()
    assert (kept.recipient, "/choose/" in kept.body) == ("kanya@example.org", False)
    outbox.send_due(box, fill=resets.fill)
    owner = resets.whose(token_in(sent[kept.key]))
    assert owner is not None and owner.id == cast.kanya.user_id
    assert resets.fill("notice:1", kept.body) == kept.body


def test_the_owner_alone_sets_an_address_and_the_old_one_hears_of_it(cast: Cast) -> None:
    kanya = cast.kanya.sign_in()
    assert "ใส่อีเมลหรือ LINE" in kanya.visit("/home").main
    kanya.send("/people/me", action="addresses", email="not an address", to_status=422)
    kanya.send("/people/me", action="addresses", email="k@example.org", password_again="guess", to_status=422)
    assert cast.kanya.user.email == ""
    kanya.send("/people/me", action="addresses", email="k@example.org", line_user_id="U" + "0a" * 16)
    assert "ใส่อีเมลหรือ LINE" not in kanya.visit("/home").main
    kanya.send("/people/me", action="addresses", email="new@example.org")
    told = db.session().execute(select(Message.recipient, Message.subject)).all()
    assert ("k@example.org", "ที่อยู่รับข้อความของท่านเปลี่ยนแล้ว") in [tuple(message) for message in told]
    assert "new@example.org" not in [message.recipient for message in told]
    assert len(notices.unseen(cast.kanya.user)) == 2


def test_a_first_role_of_power_ends_every_password_that_who_opened_the_account_may_know(
    portal: Flask, cast: Cast
) -> None:
    with transaction():
        ghost = people.employ(
            sign_in_name="ghost", name="นายผี ไร้ตัว", password=PASSWORD, temporary=False, by=cast.ying.user
        )
        number = ghost.id
        people.set_addresses(email="ying@elsewhere.example", line_user_id="", by=ghost)
    with transaction():
        asked = people.ask_grant(user_id=number, role=Role.FINANCE, reason="คำสั่ง", by=cast.ying.user).id
        words = approvals.approve(asked, by=cast.somchai.user)[1]
    with pytest.raises(Refused):
        signin.sign_in(sign_in_name="ghost", password=PASSWORD, address="192.0.2.1")
    ghost = db.session().get_one(User, number)
    assert (ghost.email, ghost.line_user_id) == ("", "")
    assert token_in(words) not in "".join(db.session().scalars(select(Message.body)))
    with transaction():
        resets.use(token_in(words), fresh=FRESH)
    assert signin.sign_in(sign_in_name="ghost", password=FRESH, address="192.0.2.1")
    told = [notice.title for notice in notices.unseen(db.session().get_one(User, number))]
    assert "ท่านได้รับบทบาทเจ้าหน้าที่การเงิน" in told


def test_who_holds_a_role_of_power_already_keeps_the_password_with_a_second(cast: Cast) -> None:
    with transaction():
        asked = people.ask_grant(
            user_id=cast.pranee.user_id or 0, role=Role.CHAIR, reason="คำสั่ง", by=cast.ying.user
        ).id
        words = approvals.approve(asked, by=cast.busaba.user)[1]
    assert "/sign-in/choose/" not in words
    assert signin.sign_in(sign_in_name="pranee", password=PASSWORD, address="192.0.2.1")
