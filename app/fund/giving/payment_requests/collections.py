"""Collections: a network's standing reference, under which its members pay whatever they choose."""

from collections.abc import Collection as SetOf

from sqlalchemy import or_, select

from app.fund.giving.networks import networks
from app.fund.giving.payment_requests import payees, payloads, references, solicitation, stops
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import Collection
from app.fund.giving.records.pledges import Pledge, PledgeKind, PledgeState
from app.fund.ledger.accounts import Purpose
from app.kit import clock
from app.kit.db import db, lock
from app.kit.errors import Refused
from app.kit.language import gettext, marked
from app.kit.references import is_valid, normalise
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User

#: Why there is no standing QR code while the account has no Biller ID.
NO_BILLER = marked(
    "บัญชีกองทุนยังไม่มี Biller ID และ QR พร้อมเพย์แบบไม่ระบุจำนวนเงินไม่ส่งรหัสของเครือข่ายกลับมา QR ในโปสเตอร์จึงพาไปที่หน้าของเครือข่ายแทน"
)


def open(  # noqa: A001 — read with its room: collections.open(…)
    *, network_id: int, purpose_id: int, pledge_id: int | None = None, by: User
) -> Collection:
    """From now on members of the network pay under one standing reference, each what they choose.

    Raises Refused without a solicitation approval on file, while giving is stopped, while the payee in force has no Biller ID (a tag-29
    code without amount brings nothing back), for a network, pledge or purpose that takes no donations, for a person who
    does not speak for the network, and while the same is open already.
    """
    session = db.session()
    network = session.get(Network, network_id)
    if network is None or not networks.speaks_for(by, network):
        raise Refused(gettext("ท่านเปิด QR รับสมทบของเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย"))
    if not network.open:
        raise Refused(gettext("เครือข่ายนี้ปิดแล้ว กรุณาติดต่อฝ่ายเลขานุการกองทุน"))
    stops.require_none()
    solicitation.require()
    payee = payees.in_force()
    if payee is None:
        raise Refused(gettext("กองทุนยังไม่เปิดบัญชีรับเงิน จึงยังออก QR ไม่ได้ กรุณากลับมาใหม่เมื่อเปิดบัญชีแล้ว"))
    if payee.biller_id is None:
        raise Refused(NO_BILLER)
    if pledge_id is not None:
        pledge = session.get(Pledge, pledge_id)
        if pledge is None or pledge.network_id != network.id or pledge.purpose_id != purpose_id:
            raise Refused(gettext("ความประสงค์นี้ไม่ใช่ของเครือข่ายนี้หรือเพื่อเรื่องอื่น กรุณาเลือกความประสงค์ของเครือข่าย"))
        if pledge.kind != PledgeKind.MONEY or pledge.state != PledgeState.STATED:
            raise Refused(gettext("ความประสงค์นี้ไม่ได้รอเงินแล้ว กรุณาแจ้งความประสงค์ใหม่ก่อนเปิด QR รับสมทบ"))
    purpose = session.get(Purpose, purpose_id)
    if purpose is None or not (purpose.open or pledge_id):
        raise Refused(gettext("วัตถุประสงค์นี้ไม่เปิดรับสมทบ กรุณาเลือกวัตถุประสงค์อื่น"))
    ref1 = references.new()
    collection = Collection(
        ref1=ref1,
        network_id=network.id,
        pledge_id=pledge_id,
        purpose_id=purpose.id,
        account_id=payee.account_id,
        payload=payloads.of_collection(biller=payee.biller_id, ref1=ref1, ref2=network.code),
        opened_at=clock.now(),
        opened_by_id=by.id,
    )
    session.add(collection)
    session.flush()
    audit.record(
        Deed.COLLECTION_OPEN,
        f"collection:{collection.id}",
        by=by,
        ref1=ref1,
        network=network.code,
        pledge=pledge_id,
    )
    return collection


def close(collection_id: int, *, by: User) -> Collection:
    """Its QR code is given out no more. The reference stays known for ever: posters hang long."""
    collection = lock(Collection, collection_id)
    if not networks.speaks_for(by, collection.network):
        raise Refused(gettext("ท่านปิด QR รับสมทบของเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย"))
    if not collection.open:
        raise Refused(gettext("QR รับสมทบนี้ปิดแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด"))
    collection.closed_at, collection.closed_by_id = clock.now(), by.id
    audit.record(Deed.COLLECTION_CLOSE, f"collection:{collection.id}", by=by, ref1=collection.ref1)
    return collection


def given_out(network_id: int) -> list[Collection]:
    """The network's collections whose QR codes may be shown, those of pledges last: open, of a network that is open,
    for a pledge that still stands, and paying the payee in force. None while giving is stopped."""
    payee = payees.in_force()
    if payee is None or stops.current() is not None:
        return []
    statement = (
        select(Collection)
        .join(Network, Network.id == Collection.network_id)
        .outerjoin(Pledge, Pledge.id == Collection.pledge_id)
        .where(
            Collection.network_id == network_id,
            Collection.closed_at.is_(None),
            Collection.account_id == payee.account_id,
            Network.open,
            or_(Pledge.id.is_(None), Pledge.state == PledgeState.STATED),
        )
        .order_by(Collection.pledge_id.is_not(None), Collection.id)
    )
    return list(db.session().scalars(statement))


def by_ref1(text: str) -> Collection | None:
    """The collection with this reference as a person or a bank wrote it (case, spaces, hyphens, Thai digits apart)."""
    ref1 = normalise(text)
    return by_ref1s({ref1}).get(ref1)


def by_ref1s(codes: SetOf[str]) -> dict[str, Collection]:
    """The collections, open or closed, that have these references in canonical form; in one query."""
    ours = {code for code in codes if is_valid(code)}
    if not ours:
        return {}
    found = db.session().scalars(select(Collection).where(Collection.ref1.in_(ours)))
    return {collection.ref1: collection for collection in found}
