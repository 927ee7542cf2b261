"""Files of earlier years: donations and pledges as an office kept them in a sheet, matched to networks and purposes."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.fund.giving.carried.carried import Gift
from app.fund.giving.records.carried import CarriedKind
from app.fund.giving.records.networks import Network
from app.fund.ledger.accounts import Purpose
from app.kit.db import db
from app.kit.errors import BadInput
from app.kit.money import parse_baht
from app.kit.sheets import Limits, Row, read_rows
from app.kit.texts import visible
from app.kit.thai import parse_date

#: Field → what a heading may call it, without spaces.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "kind": ("ประเภท", "kind"),
    "on": ("วันที่", "วันที่ให้", "date"),
    "network": ("เครือข่าย", "network"),
    "donor_name": ("ผู้ให้", "ชื่อผู้ให้", "donor"),
    "purpose": ("วัตถุประสงค์", "purpose"),
    "satang": ("จำนวนเงิน", "จำนวนเงิน(บาท)", "amount"),
    "paper_number": ("เลขที่ใบเสร็จเดิม", "เลขที่ใบเสร็จ", "receipt"),
    "note": ("หมายเหตุ", "note"),
}
#: The headings of the file that the page gives to be filled in.
HEADER = ("ประเภท", "วันที่", "เครือข่าย", "ผู้ให้", "วัตถุประสงค์", "จำนวนเงิน", "เลขที่ใบเสร็จเดิม", "หมายเหตุ")
_NEEDED = ("kind", "on", "purpose", "satang")
_KINDS = {
    "เงินสมทบ": CarriedKind.DONATION,
    "บริจาค": CarriedKind.DONATION,
    "donation": CarriedKind.DONATION,
    "แจ้งความประสงค์": CarriedKind.PLEDGE,
    "ความประสงค์": CarriedKind.PLEDGE,
    "pledge": CarriedKind.PLEDGE,
}
_LIMITS = Limits(size=5_000_000, rows=5_000, columns=40)
_FIRST_ROWS = 20


def read(content: bytes) -> list[Gift]:
    """The rows of the file, each matched. Raises BadInput that names the first row which is not understood."""
    rows = list(read_rows(content, limits=_LIMITS))
    places, begin = _heading(rows)
    networks, purposes = _networks(), _purposes()
    gifts = []
    for row in rows[begin:]:
        said = {field: visible(row.cells[at]) for field, at in places.items() if at < len(row.cells)}
        if "".join(said.values()) and said.get("kind", "") not in ("รวม", "รวมทั้งสิ้น"):
            gifts.append(_gift(row.number, said, networks, purposes))
    if not gifts:
        raise BadInput("ไฟล์ไม่มีรายการใด กรุณาใส่อย่างน้อยหนึ่งแถวใต้หัวตาราง")
    return gifts


def _heading(rows: Sequence[Row]) -> tuple[dict[str, int], int]:
    for begin, row in enumerate(rows[:_FIRST_ROWS], start=1):
        cells = ["".join(cell.split()).casefold() for cell in row.cells]
        places = {
            field: next(cells.index(name) for name in names if name in cells)
            for field, names in _HEADINGS.items()
            if any(name in cells for name in names)
        }
        if all(field in places for field in _NEEDED):
            return places, begin
    raise BadInput(
        f"ไม่พบหัวตารางที่มีคอลัมน์ {' '.join(_HEADINGS[field][0] for field in _NEEDED)} กรุณาใช้แบบไฟล์จากหน้านี้"
    )


def _networks() -> dict[str, str]:
    rows = db.session().execute(select(Network.code, Network.name))
    return {key.casefold(): code for code, name in rows for key in (code, " ".join(name.split()))}


def _purposes() -> dict[str, str]:
    rows = db.session().execute(select(Purpose.code, Purpose.name_th, Purpose.name_en))
    return {key.casefold(): code for code, *names in rows for key in (code, *names) if key}


def _gift(
    number: int, said: Mapping[str, str], networks: Mapping[str, str], purposes: Mapping[str, str]
) -> Gift:
    def refuse(words: str) -> BadInput:
        return BadInput(f"แถวที่ {number}: {words}")

    kind = _KINDS.get(said.get("kind", "").casefold())
    if kind is None:
        raise refuse("ประเภทต้องเป็น เงินสมทบ หรือ แจ้งความประสงค์")
    named, purpose = said.get("network", ""), purposes.get(said.get("purpose", "").casefold())
    network = networks.get(" ".join(named.split()).casefold(), "")
    if named and not network:
        raise refuse(f"ไม่มีเครือข่าย “{named[:60]}” กรุณาใช้รหัสหรือชื่อตามหน้าเครือข่าย หรือก่อตั้งเครือข่ายก่อน")
    if kind == CarriedKind.PLEDGE and not network:
        raise refuse("ความประสงค์ต้องมีเครือข่าย")
    if purpose is None:
        raise refuse(f"ไม่มีวัตถุประสงค์ “{said.get('purpose', '')[:40]}” กรุณาใช้รหัสหรือชื่อตามหน้าตั้งค่ากองทุน")
    try:
        satang, on = parse_baht(said.get("satang", "")), parse_date(said.get("on", ""))
    except BadInput as error:
        raise refuse(error.words) from error
    return Gift(
        kind=kind.value,
        on=on.isoformat(),
        network=network,
        donor_name=said.get("donor_name", "")[:160],
        purpose=purpose,
        satang=satang,
        paper_number=said.get("paper_number", "")[:40],
        note=said.get("note", "")[:200],
    )
