"""Navigation: where the person signed in may go, in the order of the day's work."""

from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request, url_for

from app.kit.language import marked
from app.staff.doors import who_may_enter
from app.staff.roles import Role
from app.staff.users import User


@dataclass(frozen=True)
class Item:
    label: str
    href: str
    current: bool


#: Endpoint and label. What a person may not enter is not shown; the doors themselves decide.
_PLACES = (
    ("warroom.home", marked("งานของฉัน")),
    ("staff.approvals", marked("รอผู้อนุมัติ")),
    ("giving.pledges", marked("สมทบทุน")),
    ("giving.collecting", marked("QR เครือข่าย")),
    ("bank.queue", marked("เงินเข้า")),
    ("counter.desk", marked("เคาน์เตอร์")),
    ("books.balances", marked("บัญชี")),
    ("aid.requests", marked("คำขอช่วยเหลือ")),
    ("committee.meetings", marked("ประชุม")),
    ("spending.payments", marked("จ่ายเงิน")),
    ("aid.handovers", marked("ส่งมอบ")),
    ("register.rounds", marked("ทะเบียน")),
    ("giving.messages", marked("ข้อความ")),
    ("giving.setup", marked("ตั้งค่ากองทุน")),
    ("giving.issuer", marked("ผู้ออกใบเสร็จ")),
    ("staff.people", marked("ผู้ใช้")),
    ("staff.trail", marked("บันทึกตรวจสอบ")),
)


def items(user: Any) -> list[Item]:
    """The menu of this person; empty for a visitor."""
    if not isinstance(getattr(user, "_get_current_object", lambda: user)(), User):
        return []
    shown = []
    for endpoint, label in _PLACES:
        allowed = who_may_enter(current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
        if allowed is None:
            continue
        roles = [who for who in allowed if isinstance(who, Role)]
        if len(roles) < len(allowed) or user.has(*roles):
            href = url_for(endpoint)
            shown.append(Item(label, href, request.path == href or request.path.startswith(f"{href}/")))
    # Of a place within a place the inner one is where the person is.
    inmost = max((len(link.href) for link in shown if link.current), default=0)
    return [replace(link, current=link.current and len(link.href) == inmost) for link in shown]
