"""A pledge with a payment request."""

from people import Cast
from sqlalchemy import select

from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Pledge
from app.kit import clock
from app.kit.db import db, transaction


def pledged(cast: Cast, satang: int = 1_000_000) -> Pledge:
    network = db.session().scalars(select(Network)).one()
    with transaction():
        return pledges.make(
            network_id=network.id,
            satang=satang,
            purpose_id=cast.purpose().id,
            expected_on=clock.today(),
            by=cast.ton.user,
        )
