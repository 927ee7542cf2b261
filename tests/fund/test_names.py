"""Names as they come in: what cannot be seen reaches no page and no document."""

import json
from typing import Any

import pytest
from money import arrives
from people import Cast
from sqlalchemy import select, update
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.cli import kueakun
from app.fund.bank.reconciliation.allocations import AllocationPart
from app.fund.bank.records import BankEvent
from app.fund.counter import cash_desk
from app.fund.giving.goods import goods
from app.fund.giving.networks import contacts, networks
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.receipts.receipts import UNNAMED
from app.fund.giving.records.donations import Donation
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import PaymentRequest
from app.fund.giving.records.receipts import Receipt
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput
from app.kit.forms import Form
from app.kit.web import token
from app.staff.users import User

pytestmark = pytest.mark.pages

TURNED, PLAIN = "\u202eนายใจ\u200b  ดี\x01งาม", "นายใจ ดีงาม"
UNSEEN = "\u200b\u2060"


def taken(cast: Cast, name: str) -> Receipt:
    with transaction():
        cash_desk.take(
            key=token(20),
            satang=50_000,
            purpose_id=cast.purpose().id,
            donor_name=name,
            anonymous=False,
            by=cast.busaba.user,
        )
    return db.session().scalars(select(Receipt).order_by(Receipt.id.desc())).first()  # type: ignore[return-value]


def test_a_receipt_of_the_counter_names_its_payer_as_people_read_it(cast: Cast) -> None:
    assert json.loads(taken(cast, TURNED).contents)["payer"] == PLAIN
    assert db.session().scalars(select(BankEvent.payer)).one() == PLAIN
    said = json.loads(taken(cast, UNSEEN).contents)
    assert (said["payer"], said["anonymous"]) == (UNNAMED, True)


def test_a_donation_opened_before_the_rule_gets_a_receipt_that_people_can_read(cast: Cast) -> None:
    with transaction() as session:
        payment_request = payment_requests.open(
            satang=50_000, purpose_id=cast.purpose().id, donor_name="x", anonymous=False, by=None
        )
        session.execute(update(PaymentRequest).values(donor_name=TURNED))
        session.expire_all()
        arrives(
            satang=50_000,
            paid_at=clock.now(),
            purpose_id=payment_request.purpose_id,
            payment_request_id=payment_request.id,
            by=None,
        )
    assert db.session().scalars(select(Donation.donor_name)).one() == PLAIN


def test_a_giver_is_named_as_people_read_it(cast: Cast) -> None:
    giver = cast.stranger
    page = giver.visit("/give")
    giver.press(page, having="amount", amount="500", donor_name=TURNED, purpose=cast.purpose().code)
    page = giver.visit("/give")
    giver.press(page, having="amount", amount="501", donor_name=UNSEEN, purpose=cast.purpose().code)
    first, second = db.session().scalars(select(PaymentRequest).order_by(PaymentRequest.id))
    assert first.donor_name == PLAIN
    assert (second.donor_name, second.anonymous) == ("", True)


def test_the_rule_cleans_a_name_that_no_form_cleaned(cast: Cast) -> None:
    with transaction():
        payment_request = payment_requests.open(
            satang=50_000, purpose_id=cast.purpose().id, donor_name=TURNED, by=None
        )
    assert payment_request.donor_name == PLAIN
    assert AllocationPart(satang=1, donor_name=TURNED).donor_name == PLAIN


def test_a_network_a_contact_and_an_account_need_a_name_that_is_seen(cast: Cast) -> None:
    with pytest.raises(BadInput, match="ชื่อเครือข่ายต้องมี"), transaction():
        networks.create(code="NET77", type="private", name=UNSEEN, by=cast.busaba.user)
    network = db.session().scalars(select(Network)).first()
    assert network is not None
    with pytest.raises(BadInput, match="ชื่อผู้ติดต่อต้องมี"), transaction():
        contacts.add(network.id, office="chair", name=UNSEEN, by=cast.busaba.user)


def test_goods_are_received_from_a_giver_and_called_by_a_name_that_is_seen(cast: Cast) -> None:
    said: dict[str, Any] = {
        "kind": "goods",
        "quantity": 1,
        "unit": "ถุง",
        "satang": 100,
        "valued_from": "market",
        "received_on": clock.today(),
        "purpose_id": cast.purpose().id,
        "by": cast.busaba.user,
    }
    with transaction():
        donation = goods.record(what="ข้าว\u202eสาร", giver=TURNED, **said)
    assert (donation.what, donation.giver) == ("ข้าวสาร", PLAIN)
    with pytest.raises(BadInput, match="ได้รับอะไร"), transaction():
        goods.record(what=UNSEEN, giver=PLAIN, **said)


def test_an_account_is_opened_under_a_name_that_is_seen(cast: Cast) -> None:
    runner = cast.app.test_cli_runner()
    made = runner.invoke(
        kueakun, ["user", "add", "newhand1", "--name", TURNED, "--role", "mentor", "--area", "3305"]
    )
    assert made.exit_code == 0, made.output
    assert db.session().scalars(select(User.name).filter_by(sign_in_name="newhand1")).one() == PLAIN
    made = runner.invoke(
        kueakun, ["user", "add", "newhand2", "--name", UNSEEN, "--role", "mentor", "--area", "3305"]
    )
    assert made.exit_code != 0
    assert "กรุณากรอกชื่อ" in str(made.exception)


class Probe(Form):
    name = StringField(validators=[InputRequired()])
    story = TextAreaField()
    kept = HiddenField()


def test_a_field_that_must_be_filled_is_not_filled_by_what_nobody_sees(cast: Cast) -> None:
    with cast.app.test_request_context(method="POST", data={"name": UNSEEN, "story": UNSEEN}):
        form = Probe()
        form.validate()
        assert "name" in form.errors
        assert (form.name.data, form.story.data) == ("", "")
    said = {"name": TURNED, "story": "หนึ่ง\r\n\u202eสอง", "kept": TURNED}
    with cast.app.test_request_context(method="POST", data=said):
        form = Probe()
        assert (form.name.data, form.story.data, form.kept.data) == (PLAIN, "หนึ่ง\nสอง", TURNED)
