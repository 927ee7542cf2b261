"""Sizes: what a person measures, for what is sewn or fitted; they may follow until the thing is handed over."""

import json
from collections.abc import Mapping

from sqlalchemy import select

from app.cases.aid import access
from app.cases.aid.records import AidLine, RequestState
from app.kit.db import db
from app.kit.errors import BadInput, Refused
from app.province import catalogue
from app.province.catalogue import CatalogueItem
from app.staff import audit
from app.staff.deeds import Deed
from app.staff.users import User


def of(line: AidLine) -> dict[str, str]:
    known: dict[str, str] = json.loads(line.sizes)
    return known


def in_words(line: AidLine) -> str:
    """The sizes as people read them: รอบอก (นิ้ว) 32 · เบอร์รองเท้า 38."""
    known = of(line)
    fields = catalogue.item(line.item_code).sizes
    return " · ".join(f"{field.label_th} {known[field.code]}" for field in fields if field.code in known)


def are_asked(line: AidLine) -> bool:
    return bool(catalogue.item(line.item_code).sizes)


def are_missing(line: AidLine) -> bool:
    return len(of(line)) < len(catalogue.item(line.item_code).sizes)


def as_kept(item: CatalogueItem, given: Mapping[str, str]) -> str:
    """The sizes as JSON, empty ones left out. Raises BadInput naming the one that cannot be had."""
    fields = {field.code: field for field in item.sizes}
    kept = {}
    for code, words in given.items():
        value = words.strip().upper()
        if not value:
            continue
        if code not in fields:
            raise BadInput(f"“{item.name_th}” ไม่มีช่องขนาด “{code}” กรุณาลบช่องนั้นออก")
        if value not in fields[code].values:
            raise BadInput(f"{fields[code].label_th} “{value}” ไม่มีในบัญชี กรุณาเลือกขนาดจากรายการ")
        kept[code] = value
    return json.dumps(kept, sort_keys=True, ensure_ascii=False)


def record(request_id: int, *, sizes: Mapping[int, Mapping[str, str]], by: User) -> int:
    """The sizes of these lines, as far as they are known; an empty one is forgotten. Returns how many lines changed.

    People are measured after the money is sure as often as before it, so this is possible until the line's thing
    is handed over. Raises BadInput naming the size that cannot be had.
    """
    access.must_be_officer(by)
    unseen = "ไม่พบคำขอนี้ หรืออยู่นอกพื้นที่ของท่าน"
    request = access.lock_request(request_id, unseen=unseen, by=by)
    if not access.may_hand_over(request, by):
        raise Refused(unseen)
    if request.state == RequestState.WITHDRAWN:
        raise Refused("คำขอนี้ถอนแล้ว บันทึกขนาดไม่ได้")
    session = db.session()
    changed = 0
    for line in session.scalars(
        select(AidLine).where(AidLine.request_id == request.id, AidLine.id.in_(list(sizes)))
    ):
        text = as_kept(catalogue.item(line.item_code), sizes[line.id])
        if text != line.sizes:
            line.sizes = text
            changed += 1
    session.flush()
    if changed:
        audit.record(Deed.REQUEST_RECORD_SIZES, f"request:{request.id}", by=by, lines=changed)
    return changed
