"""Slips of the demonstration bank: saved as a picture, handed in to the fund, read by the fund's own decoding."""

import io

import accounts
from flask import Flask
from people import Person
from sqlalchemy import select

from app.demo.ledger import Ledger
from app.fund.giving.payment_requests import payment_requests
from app.fund.giving.slips import claims as slip_claims
from app.fund.ledger.accounts import Purpose
from app.kit import slips
from app.kit.db import db, transaction


def test_a_giver_hands_in_the_slip_of_a_payment_that_the_fund_has_not_heard_of(demo: Flask) -> None:
    with transaction() as session:
        accounts.identified(biller_id=None)
        purpose = session.scalars(select(Purpose.id).filter_by(code="general")).one()
        payment_request = payment_requests.open(satang=77_00, purpose_id=purpose, by=None)
    code, number = payment_request.code, payment_request.id
    giver = Person(demo)
    page = giver.visit(f"/demo/bank?code={code}")
    page = giver.press(page, having="payload")
    line = Ledger(demo.extensions["kueakun"].data).lines()[-1]
    assert f"/demo/bank/transfers/{line.transaction_id}/slip.png" in page.text
    picture = giver.client.get(f"/demo/bank/transfers/{line.transaction_id}/slip.png").data
    assert slips.find(picture) == slips.ScannedSlip(
        sending_bank=line.payer_bank, trans_ref=line.transaction_id
    )
    page = giver.visit(f"/give/{code}/slip")
    page = giver.press(page, having="picture", picture=(io.BytesIO(picture), "slip.png"))
    assert "ได้รับสลิปแล้ว รอธนาคารยืนยัน" in page.words
    db.session.rollback()
    assert slip_claims.by_trans_refs({line.transaction_id}) == {line.transaction_id: [number]}
    assert giver.client.get("/demo/bank/transfers/nothing/slip.png").status_code == 404
