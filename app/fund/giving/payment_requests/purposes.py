"""Rules of purposes: what donors may give for, opened and closed by the fund's officers."""

import re

from app.fund.ledger.accounts import GENERAL, Purpose, open_purpose
from app.kit.db import lock
from app.kit.errors import BadInput, Refused
from app.kit.texts import visible
from app.province.profile import Profile
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.roles import Role
from app.staff.users import User

_CODE = re.compile(r"[a-z][a-z0-9_]{1,23}")


def open_(*, code: str, name_th: str, name_en: str = "", dimension: str | None = None, by: User) -> Purpose:
    """A new purpose that takes donations at once, with its accounts at zero. Its code never changes.

    Raises BadInput for a code, name or dimension that will not do.
    """
    _keeps(by)
    code, name_th, name_en = code.strip(), visible(name_th), visible(name_en)
    if not _CODE.fullmatch(code):
        raise BadInput("รหัสวัตถุประสงค์ต้องเป็นตัวพิมพ์เล็ก a–z ตัวเลข หรือ _ จำนวน 2–24 ตัว ขึ้นต้นด้วยตัวอักษร เช่น housing")
    if not 1 <= len(name_th) <= 120 or len(name_en) > 120:
        raise BadInput("ชื่อวัตถุประสงค์ต้องมี และยาวไม่เกิน 120 ตัวอักษร")
    if dimension:
        Profile.here().sides.offer(dimension)
    purpose = open_purpose(code=code, name_th=name_th, name_en=name_en, dimension=dimension or None)
    audit.record(
        Deed.PURPOSE_OPEN, f"purpose:{purpose.id}", by=by, code=code, name=name_th, dimension=dimension
    )
    return purpose


def close(purpose_id: int, *, by: User) -> Purpose:
    """No new donation or pledge for this purpose. Pledges already stated may be paid, and its money stays its own."""
    _keeps(by)
    purpose = lock(Purpose, purpose_id)
    if purpose.code == GENERAL:
        raise Refused("วัตถุประสงค์ทั่วไปปิดไม่ได้ เพราะต้องมีที่ให้ผู้ไม่ระบุวัตถุประสงค์เสมอ")
    if not purpose.open:
        raise Refused("วัตถุประสงค์นี้ปิดรับแล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    purpose.open = False
    audit.record(Deed.PURPOSE_CLOSE, f"purpose:{purpose.id}", by=by)
    return purpose


def reopen(purpose_id: int, *, by: User) -> Purpose:
    """The purpose takes donations again."""
    _keeps(by)
    purpose = lock(Purpose, purpose_id)
    if purpose.open:
        raise Refused("วัตถุประสงค์นี้เปิดรับอยู่แล้ว กรุณาเปิดหน้านี้ใหม่เพื่อดูสถานะล่าสุด")
    purpose.open = True
    audit.record(Deed.PURPOSE_REOPEN, f"purpose:{purpose.id}", by=by)
    return purpose


def _keeps(by: User) -> None:
    if not by.has(Role.FUND_OFFICER):
        raise Refused("เฉพาะฝ่ายเลขานุการกองทุนเท่านั้นที่เปิดและปิดวัตถุประสงค์ได้ กรุณาแจ้งฝ่ายเลขานุการ")
