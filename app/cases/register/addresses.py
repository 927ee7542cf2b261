"""Addresses: where a file says a household is, in the codes of the Department of Provincial Administration."""

import calendar
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from app.cases.register.cell_text import fitting
from app.kit.errors import BadInput
from app.kit.thai import SHORT_MONTHS
from app.province import places

_MONTH = "|".join((*map(re.escape, SHORT_MONTHS), *calendar.month_abbr[1:]))
#: What spreadsheet programs make of 12/3: a day, in their Thai and English forms.
_DAY = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}"
    rf"|[0-9]{{1,2}}-(?:{_MONTH})|(?:{_MONTH})-[0-9]{{1,2}}",
    re.IGNORECASE,
)
_BECAME_A_DAY = "บ้านเลขที่ถูกโปรแกรมตารางเปลี่ยนเป็นวันที่"
_NUMBER_WORDS = re.compile(r"^(?:(?:บ้าน)?เลขที่(?:บ้าน)?|บ้าน|ที่|no\.?)(?=[0-9])", re.IGNORECASE)
_MOO_BEHIND = re.compile(r"(?<=[0-9ก-ฮ])(?:หมู่ที่|หมู่|ม\.)([0-9]{1,3})(?:บ้าน.*|ต\..*|ตำบล.*)?$")
_SLASHES = str.maketrans("／∕⁄\\", "////")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_DASH_FOR_SLASH = re.compile(r"(?<=[0-9])-(?=[0-9])")
_MOO = re.compile(r"[0-9]{1,3}")
#: The fields that make an address.
FIELDS = (
    *("house_code", "house_no", "moo", "village", "village_code"),
    *("subdistrict", "subdistrict_code", "district", "district_code", "province"),
)


class Address(NamedTuple):
    """Where a household is. `subdistrict_code` is None for a municipal pseudo-code or an unknown name."""

    house_code: str
    house_no: str
    moo: str
    village: str
    district_code: str
    subdistrict_code: str | None

    @property
    def place_key(self) -> str:
        """What makes it the same house where no house code is given; empty without a house number."""
        return place_key(self.district_code, self.subdistrict_code, self.moo, self.house_no)


NOWHERE = Address("", "", "", "", "", None)


def place_key(district_code: str, subdistrict_code: str | None, moo: str, house_no: str) -> str:
    """See Address.place_key. 1/1, 01/1 and 1-1 are one number, and so is one with words around it."""
    if not house_no:
        return ""
    if not house_no.isdigit() or house_no[0] == "0":
        moo = moo or house_number(house_no)[1]
        house_no = number_key(house_no)
    return f"{district_code}:{subdistrict_code or ''}:{moo}:{house_no}"


def number_key(house_no: str) -> str:
    """Equal for two spellings of one house's number."""
    return _DASH_FOR_SLASH.sub("/", _LEADING_ZEROS.sub("", house_number(house_no)[0])).casefold()


def house_number(text: str) -> tuple[str, str]:
    """The number of a house without the words around it, and the หมู่ที่ that stood behind it or nothing."""
    text = _NUMBER_WORDS.sub("", text.replace(" ", "").translate(_SLASHES))
    behind = _MOO_BEHIND.search(text)
    return (text[: behind.start()], behind[1].lstrip("0")) if behind else (text, "")


WRONG_HOUSE_CODE = "รหัสบ้านไม่ถูกต้อง โปรดตรวจว่าเป็นเลข 11 หลักของบ้านนี้ และโปรแกรมตารางไม่ได้ย่อเลข (เช่น 3.3E+10)"


def house_code_of(fields: Mapping[str, str]) -> str:
    """The eleven digits of the house code, or empty."""
    code = fields.get("house_code", "").replace("-", "").replace(" ", "")
    return code if len(code) == 11 and code.isascii() and code.isdigit() else ""


def read(fields: Mapping[str, str], province: str, *, house_needed: bool = True) -> tuple[Address, str]:
    """The address, and what to tell of it. Raises BadInput for one that is unknown or in another province.

    `house_needed` is False for lists that name no houses."""
    house_code = house_code_of(fields)
    if fields.get("house_code") and not house_code:
        raise BadInput(WRONG_HOUSE_CODE)
    house_no, moo_behind = house_number(fields.get("house_no", ""))
    became_a_day = ""
    if _DAY.fullmatch(house_no):
        if not house_code:
            raise BadInput(f"{_BECAME_A_DAY} โปรดจัดคอลัมน์เป็นข้อความแล้วใส่ใหม่")
        house_no, became_a_day = "", f"{_BECAME_A_DAY} จึงเว้นไว้ โปรดจัดคอลัมน์เป็นข้อความแล้วใส่ใหม่"
    if house_needed and not house_code and not house_no:
        raise BadInput("ไม่มีทั้งรหัสบ้านและบ้านเลขที่ จึงไม่รู้ว่าเป็นครัวเรือนใด โปรดใส่อย่างใดอย่างหนึ่ง")
    village_code = fields.get("village_code", "")
    district, subdistrict, remark = _place(
        province,
        fields.get("province", ""),
        fields.get("district_code", "") or fields.get("district", ""),
        fields.get("subdistrict_code", "") or fields.get("subdistrict", "") or village_code[:6],
        house_code[:4],
    )
    moo = _MOO.search(
        fields.get("moo", "") or moo_behind or (village_code[6:8] if len(village_code) >= 8 else "")
    )
    address = Address(
        house_code=house_code,
        house_no=fitting(house_no, 20, "บ้านเลขที่"),
        moo=(moo[0].lstrip("0") if moo else ""),
        village=fitting(fields.get("village", ""), 80, "ชื่อหมู่บ้าน"),
        district_code=district,
        subdistrict_code=subdistrict,
    )
    return address, " · ".join(filter(None, (became_a_day, remark)))


@lru_cache(maxsize=4096)
def _place(
    province: str, province_words: str, district_words: str, subdistrict_words: str, registrar: str
) -> tuple[str, str | None, str]:
    """Codes of district and subdistrict, and a remark where the subdistrict could not be kept."""
    if province_words and not _is_here(province_words, province):
        raise BadInput("ครัวเรือนนี้อยู่นอกจังหวัด จึงไม่นำเข้า โปรดตรวจช่องจังหวัด")
    district = _district(province, district_words) if district_words else None
    if subdistrict_words.isascii() and subdistrict_words.isdigit():
        by_code = places.district_of(subdistrict_words)
        if by_code is None and district is not None:
            return district, None, "ไม่รู้จักรหัสตำบล จัดไว้ที่อำเภอโดยไม่ระบุตำบล"
        if by_code is None:
            raise BadInput("ไม่รู้จักรหัสตำบล และสี่หลักแรกไม่ใช่รหัสอำเภอ โปรดตรวจรหัสตำบล 6 หลัก")
        if by_code.province_code != province:
            raise BadInput("รหัสตำบลอยู่นอกจังหวัด จึงไม่นำเข้า โปรดตรวจรหัสตำบล")
        if district is not None and district != by_code.code:
            raise BadInput("ตำบลกับอำเภอในแถวนี้ไม่ตรงกัน โปรดตรวจทั้งสองช่อง")
        listed = places.subdistrict(subdistrict_words[:6])
        if listed is None:
            return by_code.code, None, "รหัสตำบลไม่อยู่ในบัญชีของกรมการปกครอง จัดไว้ที่อำเภอโดยไม่ระบุตำบล"
        return by_code.code, listed.code, ""
    if district is None and subdistrict_words:
        homes = [
            found.code
            for district in places.districts(province)
            if (found := places.subdistrict_named(district.code, subdistrict_words))
        ]
        if len(homes) == 1:
            return homes[0][:4], homes[0], ""
    if district is None and registrar:
        # The first four digits of a house code are its registrar's: the district's, save in municipalities.
        by_code = places.district_of(registrar)
        district = by_code.code if by_code and by_code.province_code == province else None
    if district is None:
        raise BadInput("ไม่รู้ว่าอยู่อำเภอใด โปรดใส่ชื่ออำเภอ รหัสอำเภอ 4 หลัก หรือรหัสตำบล 6 หลัก")
    if not subdistrict_words:
        return district, None, ""
    named = places.subdistrict_named(district, subdistrict_words)
    if named is None:
        return district, None, "ไม่รู้จักชื่อตำบลในอำเภอนี้ จัดไว้ที่อำเภอโดยไม่ระบุตำบล"
    return district, named.code, ""


def _is_here(words: str, province: str) -> bool:
    if words.isdigit():
        return words == province
    named = places.province_named(words)
    return named is not None and named.code == province


def _district(province: str, words: str) -> str:
    if words.isascii() and words.isdigit():
        found = places.district_of(words) if len(words) == 4 else None
        if found is None:
            raise BadInput("ไม่รู้จักรหัสอำเภอ โปรดใส่รหัส 4 หลักของกรมการปกครองหรือชื่ออำเภอ")
    else:
        found = places.district_named(province, words)
        if found is None:
            raise BadInput("ไม่รู้จักชื่ออำเภอในจังหวัดนี้ โปรดตรวจตัวสะกดหรือใส่รหัส 4 หลัก")
    if found.province_code != province:
        raise BadInput("รหัสอำเภออยู่นอกจังหวัด จึงไม่นำเข้า โปรดตรวจรหัสอำเภอ")
    return found.code
