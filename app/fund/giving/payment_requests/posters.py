"""Posters: an A4 sheet for the wall of a network, with the QR code under which its members give what they choose."""

from app.fund.giving.payment_requests.collections import NO_BILLER
from app.fund.giving.records.networks import Network
from app.fund.giving.records.payment_requests import Collection, SolicitationApproval
from app.kit import qr
from app.kit.errors import Refused
from app.kit.language import gettext
from app.kit.portal import fill
from app.province.profile import Profile
from app.settings import Settings


def page_address(network: Network) -> str:
    """Where members of the network give, as it is printed."""
    settings = Settings.here()
    return f"{settings.public_url}/networks/{network.code}/give"


def pdf(network: Network, collection: Collection | None, *, approval: SolicitationApproval) -> bytes:
    """The poster. Its QR code is the collection's, or without one the address of the network's page, and says which.

    Raises Refused when the QR code, drawn and read back, says anything else.
    """
    from app.kit import pdf as kit_pdf

    profile = Profile.here()
    address = page_address(network)
    text = collection.payload if collection else address
    if qr.read(qr.draw_png(text)) != [text]:
        raise Refused(gettext("วาด QR แล้วอ่านกลับไม่ตรงกัน จึงไม่พิมพ์ กรุณาลองใหม่หรือแจ้งผู้ดูแลระบบ"))
    title = f"ร่วมสมทบ{profile.fund_short_th} {network.name}"
    html = fill(
        "pdf/poster.html",
        title=title,
        network=network,
        collection=collection,
        approval=approval,
        address=address,
        why=NO_BILLER,
        tight=len(network.name) > 70 or len(approval.words + approval.authority + address) > 150,
    )
    drawn = qr.draw_svg(text, title=f"QR {title}")
    return kit_pdf.render(html, title=title, author=profile.fund_th, resources={"qr.svg": drawn.encode()})
