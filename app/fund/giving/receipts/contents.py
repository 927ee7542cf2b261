"""What a receipt says: computed once at issue from the donation and its reversals, then frozen."""

from datetime import date, datetime

from sqlalchemy import text

from app.fund.giving.receipts.issuer import issuer
from app.fund.giving.records.donations import Donation
from app.kit import money, thai
from app.kit.clock import BANGKOK
from app.kit.db import db
from app.kit.errors import Refused
from app.kit.frozen import freeze
from app.kit.texts import visible
from app.province.profile import Profile
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

#: What stands for a payer who gave no name, or whose name the public does not see.
UNNAMED = "ผู้ไม่ประสงค์ออกนาม"
CHANNEL = "โอนเข้าบัญชีกองทุน"


def remaining_satang(donation_id: int) -> int:
    """What is left of a donation after reversals, as it is now in this transaction."""
    session = db.session()
    session.flush()
    left = session.scalar(text("SELECT satang FROM live_donation WHERE id = :id"), {"id": donation_id})
    return int(left or 0)


def frozen(
    donation: Donation, *, code: str, issued_at: datetime, channel: str, replaces: str, by: User | None
) -> tuple[str, str]:
    """The contents of a receipt as JSON with sorted keys, and their SHA-256.

    The sum is what is left of the donation. Raises Refused when nothing does.
    """
    said = issuer()
    satang = remaining_satang(donation.id)
    if satang <= 0:
        raise Refused("เงินก้อนนี้คืนหรือยกเลิกการจับคู่ไปทั้งก้อนแล้ว จึงไม่มีจำนวนเงินให้ออกใบเสร็จ")
    name = visible(donation.donor_name) or (donation.network.name if donation.network else "")
    contents = {
        "code": code,
        "issuer": said.name_th,
        "issuer_address": said.address_th,
        "issuer_tax_id": said.tax_id,
        "payer": name or UNNAMED,
        "anonymous": donation.anonymous or not name,
        "satang": satang,
        "words": money.baht_in_words(satang),
        "purpose": donation.purpose.name_th,
        "channel": channel or CHANNEL,
        "reference": donation.payment_request.ref1 if donation.payment_request else "",
        "paid_on": donation.paid_at.astimezone(BANGKOK).date().isoformat(),
        "issued_on": issued_at.astimezone(BANGKOK).date().isoformat(),
        "replaces": replaces,
        "receiver": by.name if by else "",
        "receiver_position": _position(by) if by else "",
        "tax": tax_words(),
    }
    if said.signer:
        contents |= {"signer": said.signer, "signer_position": said.signer_position}
    return freeze(contents)


def _position(by: User) -> str:
    return by.position or (ROLE_NAMES[Role.FINANCE] if by.has(Role.FINANCE) else "")


def tax_words() -> str:
    """What may be said about tax: the registration as it stands in the profile, and nothing without one."""
    profile = Profile.here()
    rules = profile.giving
    if not rules.edonation_number:
        return ""
    on = f" ลงวันที่ {thai.long_date(date.fromisoformat(rules.edonation_on))}" if rules.edonation_on else ""
    return f"หน่วยรับบริจาคในระบบ e-Donation ของกรมสรรพากร ทะเบียนเลขที่ {rules.edonation_number}{on}"
