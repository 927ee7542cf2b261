"""The issuer: in whose name receipts are issued, and what must be known before any can be."""

from flask import current_app

from app.kit import national_id
from app.province.profile import Issuer, Profile
from app.settings import Settings

#: The tax ID of the profiles as they are delivered: well formed, and nobody's. Good for the demonstration alone.
PLACEHOLDER = "0000000000001"


def issuer() -> Issuer:
    """Who issues this fund's receipts."""
    profile: Profile = current_app.extensions["profile"]
    return profile.issuer


def missing() -> list[str]:
    """What a receipt must say of its issuer and cannot yet, in Thai; empty when receipts can be issued.

    Name, address and tax ID: Revenue Department news 4/2550 on what a receipt of a donation says.
    """
    said, settings = issuer(), current_app.extensions["kueakun"]
    assert isinstance(settings, Settings)
    found = []
    if not said.name_th.strip():
        found.append("ชื่อผู้ออกใบเสร็จ")
    if not said.address_th.strip():
        found.append("ที่อยู่ผู้ออกใบเสร็จ")
    if not national_id.is_valid_tax_id(said.tax_id) or (said.tax_id == PLACEHOLDER and not settings.demo):
        found.append("เลขประจำตัวผู้เสียภาษีของกองทุน")
    return found


def is_complete() -> bool:
    """Whether receipts can be issued."""
    return not missing()
