"""Navigation: where the person signed in may go, in the order of the day's work."""

from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request, url_for

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
    ("warroom.home", "งานของฉัน"),
    ("staff.approvals", "รอผู้อนุมัติ"),
    ("giving.pledges", "สมทบทุน"),
    ("giving.collecting", "QR เครือข่าย"),
    ("bank.queue", "เงินเข้า"),
    ("counter.desk", "เคาน์เตอร์"),
    ("books.balances", "บัญชี"),
    ("aid.requests", "คำขอช่วยเหลือ"),
    ("committee.meetings", "ประชุม"),
    ("spending.payments", "จ่ายเงิน"),
    ("aid.handovers", "ส่งมอบ"),
    ("register.rounds", "ทะเบียน"),
    ("giving.messages", "ข้อความ"),
    ("giving.setup", "ตั้งค่ากองทุน"),
    ("giving.issuer", "ผู้ออกใบเสร็จ"),
    ("staff.people", "ผู้ใช้"),
    ("staff.trail", "บันทึกตรวจสอบ"),
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
