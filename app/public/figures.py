"""Figures: the sums and counts that the public may see, read from fund and cases with small cells kept back.

Money is in satang. Where help reached few people, people, households and satang are None together. No row
here is about a person or a household, and no donor is named.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select

from app.cases.aid.requests import AidRequest
from app.fund.giving.gifts import LIVE
from app.fund.giving.networks.networks import NETWORK_TYPE_NAMES, Network, NetworkType
from app.fund.giving.pledges.pledges import Kind, Pledge, PledgeState
from app.fund.ledger import books
from app.fund.ledger.accounts import Purpose
from app.fund.ledger.entries import Entry
from app.fund.spending.committee import AgendaItem, Meeting, Resolution
from app.fund.spending.payments import STANDS, Payment
from app.fund.spending.proposals import Proposal
from app.fund.spending.tracing import STANDING
from app.kit.db import db
from app.kit.suppression import LEAST
from app.province import catalogue, places
from app.province.profile import Profile
from app.public import helped, targets
from app.public.reading import Query, sums, whole

#: What the format of the contents is; a reader of old editions tells by it.
FORMAT = 1
#: Gifts that came through no network.
PUBLIC = "public"
#: Money of networks that work in the whole province.
WHOLE_PROVINCE = "province"
RESOLUTIONS_SHOWN = 50


def compute(profile: Profile) -> dict[str, Any]:
    """All that one edition says, but its moment. Depends only on what is in the database, not on the day."""
    approved, delivered, behind_paid = helped.approved(), helped.delivered(), helped.paid()
    target = targets.main_round()
    received, paid = _received(), _paid_by_dimension()
    return {
        "format": FORMAT,
        "least": LEAST,
        "province": {
            "code": profile.province_code,
            "name_th": profile.province_th,
            "fund_th": profile.fund_th,
        },
        "money": _money(),
        "approved": approved.total,
        "delivered": delivered.total,
        "purposes": [
            {
                "code": one.purpose.code,
                "name_th": one.purpose.name_th,
                "dimension": one.purpose.dimension,
                "received": one.received,
                "available": one.available,
                "committed": one.committed,
                "paid": one.paid,
            }
            for one in books.balances()
        ],
        "network_types": _network_types(received),
        "dimensions": [
            {
                "code": one.code,
                "name_th": one.name_th,
                "received": received["dimension"].get(one.code, 0),
                "target_households": target.dimensions.get(one.code, 0),
                # Paid money is approved money and becomes delivered goods: it would tell what either keeps back.
                "paid": paid.get(one.code, 0)
                if all(help_.is_told("dimension", one.code) for help_ in (approved, delivered, behind_paid))
                else None,
                "approved": approved.row("dimension", one.code),
                "delivered": delivered.row("dimension", one.code),
            }
            for one in profile.dimensions
        ],
        "districts": [
            {
                "code": one.code,
                "name_th": one.name_th,
                "received": received["district"].get(one.code, 0),
                "target_households": target.districts.get(one.code, 0),
                "approved": approved.row("district", one.code),
                "delivered": delivered.row("district", one.code),
            }
            for one in places.districts(profile.province_code)
        ],
        "whole_province_received": received["district"].get(WHOLE_PROVINCE, 0),
        "items": [
            {
                "code": code,
                "name_th": catalogue.item(code).name_th,
                "unit_th": catalogue.item(code).unit_th,
                "delivered": delivered.row("item", code),
            }
            for code in delivered.codes("item")
        ],
        "months": [
            {"month": month, "received": satang} for month, satang in sorted(received["month"].items())
        ],
        "resolutions": _resolutions(),
        "rounds": targets.rounds(delivered, main=target),
        "target_round": target.code,
    }


def agree(contents: Mapping[str, Any]) -> bool:
    """Whether the sums that must be equal are: read in several statements, a deed may have come in between."""
    money = contents["money"]
    received = {
        money["received"],
        money["available"] + money["committed"] + money["paid"],
        sum(one["received"] for one in contents["network_types"]),
        sum(one["received"] for one in contents["months"]),
        sum(one["received"] for one in contents["purposes"]),
    }
    return len(received) == 1


def _money() -> dict[str, int]:
    balances = books.balances()
    return {
        "pledged": whole(
            select(func.sum(Pledge.satang)).where(
                Pledge.state == PledgeState.STATED, Pledge.kind == Kind.MONEY
            )
        ),
        "received": sum(one.received for one in balances),
        "available": sum(one.available for one in balances),
        "committed": sum(one.committed for one in balances),
        "paid": sum(one.paid for one in balances),
        "gifts": whole(select(func.count()).select_from(_live_gifts().subquery())),
    }


def _type() -> ColumnElement[str]:
    """Whose money it is. A person who gives by name is of the public here: there are few, and a sum would tell on them."""
    return case((Network.type == NetworkType.PERSON, PUBLIC), else_=func.coalesce(Network.type, PUBLIC))


def _live_gifts() -> Query:
    """Gifts as they stand: what was taken back or refunded is money no longer received."""
    return (
        select(
            LIVE.c.id,
            LIVE.c.satang,
            Entry.on.label("day"),
            Purpose.dimension,
            _type().label("type"),
            func.coalesce(Network.district_code, WHOLE_PROVINCE).label("district"),
        )
        .join(Entry, Entry.cause == literal("gift:").concat(cast(LIVE.c.id, String)))
        .join(Purpose, Purpose.id == LIVE.c.purpose_id)
        .outerjoin(Network, Network.id == LIVE.c.network_id)
        .where(LIVE.c.satang > 0)
    )


def _received() -> dict[str, dict[str, int]]:
    """Satang received by network type, by district of the network, by dimension of the purpose and by month."""
    gifts = _live_gifts().subquery()
    by = {
        name: sums(select(column, func.sum(gifts.c.satang)).group_by(column))
        for name, column in (
            ("type", gifts.c.type),
            ("district", gifts.c.district),
            ("dimension", gifts.c.dimension),
        )
    }
    months: dict[str, int] = {}
    for day, satang in db.session().execute(
        select(gifts.c.day, func.sum(gifts.c.satang)).group_by(gifts.c.day)
    ):
        months[f"{day:%Y-%m}"] = months.get(f"{day:%Y-%m}", 0) + int(satang)
    return by | {"month": months}


def _network_types(received: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    kind = _type().label("type")
    pledged = sums(
        select(kind, func.sum(Pledge.satang))
        .join(Network, Network.id == Pledge.network_id)
        .where(Pledge.state == PledgeState.STATED, Pledge.kind == Kind.MONEY)
        .group_by(kind)
    )
    gifts = _live_gifts().subquery()
    paid = sums(
        select(gifts.c.type, func.sum(STANDING.c.satang))
        .join(STANDING, STANDING.c.gift_id == gifts.c.id)
        .group_by(gifts.c.type)
    )
    networks = sums(select(Network.type, func.count()).group_by(Network.type))
    shown = {str(code): name for code, name in NETWORK_TYPE_NAMES.items() if code != NetworkType.PERSON}
    names = shown | {PUBLIC: "ประชาชนทั่วไป"}
    return [
        {
            "code": code,
            "name_th": name,
            "networks": networks.get(code, 0),
            "pledged": pledged.get(code, 0),
            "received": received["type"].get(code, 0),
            "paid": paid.get(code, 0),
        }
        for code, name in names.items()
    ]


def _paid_by_dimension() -> dict[str, int]:
    return sums(
        select(AidRequest.dimension, func.sum(Payment.satang))
        .join(Proposal, Proposal.code == AidRequest.code)
        .join(Payment, Payment.proposal_id == Proposal.id)
        .where(STANDS)
        .group_by(AidRequest.dimension)
    )


def _resolutions() -> list[dict[str, Any]]:
    """The newest resolutions, by the code, sum and purpose that the fund knows them by."""
    rows = db.session().execute(
        select(Resolution, Meeting, Proposal)
        .join(Proposal, Proposal.id == Resolution.proposal_id)
        .join(AgendaItem, AgendaItem.id == Resolution.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .order_by(Resolution.id.desc())
        .limit(RESOLUTIONS_SHOWN)
    )
    return [
        {
            "meeting": meeting.code,
            "on": meeting.sat_on.isoformat(),
            "code": proposal.code,
            "satang": resolution.satang,
            "purpose": proposal.purpose.name_th,
            "approved": resolution.approved,
            "state": proposal.state,
        }
        for resolution, meeting, proposal in rows
    ]
