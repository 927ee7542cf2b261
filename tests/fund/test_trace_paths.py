"""An auditor walks from any baht to its resolution and back, by command."""

import json
import re
from typing import Any

import committee_room as room
import pytest
from bank_lines import line as bank_line
from click import Command
from flask import Flask
from people import Cast
from sqlalchemy import select

from app.fund.committee.records import AgendaItem
from app.fund.giving.records.receipts import Receipt
from app.fund.spending import orders, transfers
from app.fund.spending.commands import trace
from app.fund.spending.records import Payment
from app.kit.db import db, transaction
from app.kit.errors import Refused


def _told(portal: Flask, name: str, subject: str) -> dict[str, Any]:
    command: Command = trace.commands[name]
    done = portal.test_cli_runner().invoke(command, [subject, "--json"], catch_exceptions=False)
    answer: dict[str, Any] = json.loads(done.output)
    return answer


def test_request_payment_and_receipt_lead_to_each_other(portal: Flask, cast: Cast) -> None:
    room.give(cast, 300_00)
    room.give(cast, 700_00)
    code = room.approve(cast, 400_00)
    paid = room.pay(cast, code, 350_00).code
    asked = _told(portal, "request", code)
    (resolution,) = asked["resolutions"]
    assert (resolution["kind"], resolution["commitments"][0]["satang"]) == ("approve", 400_00)
    assert [(each["payment"], each["satang"]) for each in asked["payments"]] == [(paid, 350_00)]
    assert asked["orders"][0]["prepared_by"] != asked["orders"][0]["approved_by"][0]
    payment = _told(portal, "payment", paid)
    assert payment["request"]["resolutions"][0]["resolution"] == resolution["resolution"]
    assert [each["satang"] for each in payment["donations"]] == [300_00, 50_00]
    assert payment["entries"][0]["movement"] == "pay"
    second = db.session().scalars(select(Receipt).order_by(Receipt.id)).all()[1]
    receipt = _told(portal, "receipt", second.token)
    (part,) = receipt["paid_for"]
    assert (receipt["satang"], part["satang"], part["payment"]) == (700_00, 50_00, paid)
    assert (part["request"], part["resolutions"]) == (code, [resolution["resolution"]])


@pytest.mark.pages
def test_a_path_is_told_in_lines_too_and_an_unknown_code_says_how_codes_look(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 300_00)
    code = room.approve(cast, 100_00)
    done = portal.test_cli_runner().invoke(trace.commands["request"], [code])
    assert "      movement: commit" in done.output.splitlines()
    for name, wrong in (("request", "AR-2560-0001"), ("payment", "บจ.2569/x"), ("receipt", "zz")):
        with pytest.raises(Refused, match="กรุณา"):
            portal.test_cli_runner().invoke(trace.commands[name], [wrong], catch_exceptions=False)


@pytest.mark.pages
def test_pages_lead_from_a_receipt_to_its_payment_and_the_item_and_back(portal: Flask, cast: Cast) -> None:
    room.give(cast, 300_00)
    payment = room.pay(cast, room.approve(cast, 100_00), 100_00)
    (receipt,) = db.session().scalars(select(Receipt))
    decha, kanya = cast.decha.sign_in(), cast.kanya.sign_in()
    assert f'/payments/{payment.id}"' in decha.visit(f"/receipts/{receipt.token}").text
    seen = decha.visit(f"/payments/{payment.id}").text
    assert f"/receipts/{receipt.token}" in seen and "/agenda/" in seen
    assert "/agenda/" in decha.visit(f"/payments/orders/{payment.order_id}").text
    # Finance does not enter the committee's room: no way is shown that would be shut.
    for address in (f"/payments/{payment.id}", f"/payments/orders/{payment.order_id}"):
        assert not {"/agenda/", "/meetings/"} & set(
            re.findall(r"/(?:agenda|meetings)/", kanya.visit(address).text)
        )


@pytest.mark.pages
def test_an_auditor_walks_from_any_page_of_a_payment_to_every_other_by_links_alone(
    portal: Flask, cast: Cast
) -> None:
    room.give(cast, 700_00)
    number = room.prepare(cast, room.approve(cast, 400_00), 350_00)
    with transaction():
        orders.approve(number, by=cast.somchai.user)
    with transaction():
        file = transfers.make(by=cast.kanya.user)
        reference = file.lines[0].reference
        line = bank_line(-350_00, ref="KTB7")
        raw = f"reference,status,bank_ref,message\n{reference},paid,KTB7,\n".encode()
        transfers.take_result(file.id, raw, by=cast.kanya.user)
    payment = db.session().scalars(select(Payment)).one()
    (item,) = db.session().scalars(select(AgendaItem))
    meeting, voucher, agenda = f"/meetings/{item.meeting_id}", f"/payments/{payment.id}", f"/agenda/{item.id}"
    order, out = f"/payments/orders/{number}", f"/bank/events/{line}"
    batch, of_request = f"/payments/transfers/{file.id}", f"/payments?q={payment.proposal.code}"
    cast.decha.sign_in()
    lead_to = {
        voucher: {order, agenda, out, batch},
        order: {voucher, agenda, batch},
        agenda: {of_request, meeting},
        of_request: {voucher},
        meeting: {agenda},
        out: {voucher},
        batch: {order},
    }
    for page, wanted in lead_to.items():
        links = set(re.findall(r'href="([^"#]+)', cast.decha.visit(page).text))
        assert wanted <= links, (page, wanted - links, sorted(links))
