"""Givers: in whose name a payment request is opened, and which pledge it pays."""

from app.fund.giving.networks import networks
from app.fund.giving.pledges import pledges
from app.fund.giving.records.networks import Network
from app.fund.giving.records.pledges import Kind, Pledge, PledgeState
from app.kit import money
from app.kit.db import db
from app.kit.errors import Refused
from app.staff.users import User


def payable_pledge(pledge_id: int, *, satang: int, purpose_id: int, by: User | None) -> Pledge:
    """The pledge of money that this person may pay `satang` of, for this purpose. Raises Refused for any other."""
    pledge = db.session().get(Pledge, pledge_id)
    if pledge is None or not networks.speaks_for(by, pledge.network):
        raise Refused("ท่านจ่ายเงินสมทบของเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย")
    if pledge.state == PledgeState.WITHDRAWN:
        raise Refused("ความประสงค์นี้ถอนไปแล้ว กรุณาแจ้งความประสงค์ใหม่ก่อนจ่าย")
    if pledge.kind != Kind.MONEY:
        raise Refused("ความประสงค์นี้เป็นสิ่งของหรือแรงงาน จึงจ่ายเป็นเงินไม่ได้ หากจะให้เงิน กรุณาแจ้งความประสงค์ใหม่")
    if pledge.purpose_id != purpose_id:
        raise Refused("วัตถุประสงค์ไม่ตรงกับที่แจ้งความประสงค์ไว้ กรุณาเปิดหน้าความประสงค์นี้ใหม่")
    rest = pledges.left(pledge)
    if rest == 0:
        raise Refused("ความประสงค์นี้สมทบครบแล้ว หากต้องการให้เพิ่ม กรุณาแจ้งความประสงค์ใหม่ ขอบคุณยิ่ง")
    if satang > rest:
        raise Refused(
            f"ยอดที่ยังค้างคือ {money.format_baht(rest)} บาท กรุณาใส่จำนวนไม่เกินนี้ หรือแจ้งความประสงค์ใหม่สำหรับส่วนที่เกิน"
        )
    return pledge


def network(network_id: int | None, *, by: User | None) -> Network | None:
    """The network that this person gives for, if any. Raises Refused unless they may speak for it."""
    if network_id is None:
        return None
    found = db.session().get(Network, network_id)
    if found is None or not networks.speaks_for(by, found):
        raise Refused("ท่านให้ในนามเครือข่ายนี้ไม่ได้ กรุณาติดต่อเหรัญญิกของเครือข่าย")
    return found


def for_visitor(network_id: int, pledge_id: int | None, *, purpose_id: int) -> tuple[Network, Pledge | None]:
    """The network whose page a visitor stands on, and the pledge that it asks its members for.

    Raises Refused for a closed network and for a pledge that is not its own or waits for no money.
    """
    session = db.session()
    found = session.get(Network, network_id)
    if found is None or not found.open:
        raise Refused("เครือข่ายนี้ไม่เปิดรับสมทบแล้ว ท่านยังร่วมสมทบกองทุนได้ที่หน้าร่วมสมทบ")
    pledge = session.get(Pledge, pledge_id) if pledge_id else None
    if pledge_id and (pledge is None or pledge.network_id != found.id or pledge.purpose_id != purpose_id):
        raise Refused("ไม่พบความประสงค์นี้ของเครือข่าย กรุณาเปิดหน้าของเครือข่ายใหม่")
    if pledge is not None and (pledge.kind != Kind.MONEY or pledge.state != PledgeState.STATED):
        raise Refused("ความประสงค์นี้ของเครือข่ายไม่ได้รอเงินแล้ว กรุณาเปิดหน้าของเครือข่ายใหม่")
    return found, pledge
