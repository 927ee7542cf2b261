"""Persons: a member of a household as a file describes them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from app.cases.register.cell_text import fitting
from app.kit import national_id, thai
from app.kit.errors import BadInput

_TITLES = {
    "m": (
        *("นาย", "เด็กชาย", "ด.ช.", "ดช.", "นายแพทย์", "นพ.", "พระ", "สามเณร", "mr.", "mr"),
        *("พระครู", "พระมหา", "พระอธิการ"),
    ),
    "f": (
        *("นางสาว", "น.ส.", "นส.", "นาง", "เด็กหญิง", "ด.ญ.", "ดญ.", "แพทย์หญิง", "พญ.", "แม่ชี"),
        *("mrs.", "mrs", "miss", "ms."),
    ),
    "": ("ดร.", "ว่าที่ร้อยตรี", "หม่อมหลวง", "หม่อมราชวงศ์"),
}
_SEX_OF = {title: sex for sex, titles in _TITLES.items() for title in titles}
_BY_LENGTH = sorted(_SEX_OF, key=len, reverse=True)
#: These begin names too: they are titles only with a space behind them.
_PARTED = frozenset({"พระ", "mr", "mrs", "miss"})
#: จ.ส.อ., ว่าที่ ร.ต., ส.ต.ท.หญิง, ม.ล.
_RANK = re.compile(r"(?:ว่าที่\s?)?(?:[ก-ฮ]{1,3}\.\s?){2,4}(หญิง)?\s?")
#: No word begins with these: what leans on the letter before it belongs to the same name.
_LEANING = re.compile("[ะ-ฺๅ็-๎]")
_MEN = frozenset({"ชาย", "ช", "m", "male", "1"})
_WOMEN = frozenset({"หญิง", "ญ", "f", "female", "2"})
_HEADS = ("หัวหน้า", "เจ้าบ้าน", "head")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"(?:0{1,2}[/.-]0{1,2}[/.-])?([0-9]{4})")
_SCHOOL_YEAR = re.compile(r"(อนุบาล|อ|ประถมศึกษา|ประถม|ป|มัธยมศึกษา|มัธยม|ม)\.?\s*(?:ปีที่|ชั้นปีที่)?\s*([1-9])")
_OLDEST = 130


class Person(NamedTuple):
    """A member as the file has them; empty where it says nothing."""

    prefix: str
    first_name: str
    last_name: str
    national_id: str
    birth_year_be: int | None
    sex: str
    school: str
    grade: str
    head: bool
    #: Rows of the file that speak of this person.
    lines: tuple[int, ...] = ()
    #: What to tell of how the name was read.
    remark: str = ""

    def contradicts(self, sex: str, birth_year_be: int | None) -> bool:
        """Whether sex or year of birth say that this is somebody else of the same name."""
        return bool(
            (self.sex and sex and self.sex != sex)
            or (self.birth_year_be and birth_year_be and self.birth_year_be != birth_year_be)
        )


def read(fields: Mapping[str, str], this_year: int, *, line: int = 0, has_prefixes: bool = False) -> Person:
    """The person. Raises BadInput, with words that repeat no cell, for what cannot be.

    `has_prefixes` says that the file keeps titles in a column of their own, so that a name in a row where it is
    empty is left whole.
    """
    prefix, first, last, remark = _name(fields, has_prefixes)
    if not first:
        raise BadInput("ไม่มีชื่อ โปรดใส่ชื่อของสมาชิก")
    return Person(
        prefix=fitting(prefix, 20, "คำนำหน้า"),
        first_name=fitting(first, 80, "ชื่อ"),
        last_name=fitting(last, 80, "นามสกุล"),
        national_id=_national_id(fields.get("national_id", "")),
        birth_year_be=_birth_year(fields.get("birth_date", "") or fields.get("birth_year", ""), this_year),
        sex=_sex(fields.get("sex", ""), prefix),
        school=fitting(fields.get("school", ""), 120, "ชื่อโรงเรียน"),
        grade=fitting(_grade(fields.get("grade", "")), 20, "ชั้นเรียน"),
        head=fields.get("relation", "").casefold().startswith(_HEADS),
        lines=(line,),
        remark=remark,
    )


def _name(fields: Mapping[str, str], has_prefixes: bool) -> tuple[str, str, str, str]:
    prefix, last, remark = fields.get("prefix", ""), fields.get("last_name", ""), ""
    first = fields.get("first_name", "") or fields.get("full_name", "")
    if not prefix:
        title, rest = without_title(first)
        if has_prefixes and title and not (title.endswith(".") or first[len(title) :].startswith(" ")):
            remark = "ชื่อขึ้นต้นเหมือนคำนำหน้าแต่ช่องคำนำหน้าว่าง จึงเก็บชื่อไว้ทั้งคำ โปรดตรวจ"
        else:
            prefix, first = title, rest
    if not last:
        first, _, last = first.partition(" ")
    return prefix, first, last.strip(), remark


def without_title(name: str) -> tuple[str, str]:
    """The title before a name and the rest of it; a title that is only the beginning of a name is not cut off."""
    lower = name.casefold()
    for title in _BY_LENGTH:
        rest = name[len(title) :]
        if not lower.startswith(title) or len(rest) < 2 or _LEANING.match(rest):
            continue
        if title in _PARTED and not rest.startswith(" "):
            continue
        return name[: len(title)], rest.strip()
    if (rank := _RANK.match(name)) and len(name) - rank.end() > 1:
        return rank[0].strip(), name[rank.end() :]
    return "", name


def same_name(name: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether two names (title, first, last) are one: a last name may be missing, a title stand within the name."""
    if name[1] == other[1] and (name[2] == other[2] or not name[2] or not other[2]):
        return True
    return "".join(name).replace(" ", "") == "".join(other).replace(" ", "")


def _national_id(text: str) -> str:
    if not text:
        return ""
    if not text.isdigit() and ("x" in text.casefold() or "*" in text):
        # Some exports already mask the number; a masked one is no number.
        return ""
    if "E+" in text or "e+" in text:
        raise BadInput("เลขประจำตัวประชาชนถูกโปรแกรมตารางย่อเป็น E+ โปรดจัดคอลัมน์เป็นข้อความแล้วใส่ใหม่")
    return national_id.parse(text)


@lru_cache(maxsize=8192)
def _birth_year(text: str, this_year: int) -> int | None:
    if not text:
        return None
    if match := _YEAR.fullmatch(text):
        # A year alone, or 00/00/2480 as the civil registry writes a day that nobody knows.
        year = int(match[1]) if int(match[1]) > 2400 else int(match[1]) + 543
    else:
        try:
            year = thai.year_be(thai.parse_date(text.split(" ")[0] if _DAY.match(text) else text))
        except BadInput:
            raise BadInput("อ่านวันเกิดไม่ได้ โปรดใส่ปีเป็นสี่หลัก เช่น 27/01/2508") from None
    if not this_year - _OLDEST <= year <= this_year:
        raise BadInput("ปีเกิดเป็นไปไม่ได้ โปรดตรวจปี พ.ศ.")
    return year


def _sex(text: str, prefix: str) -> str:
    word = text.casefold().strip(".")
    if word in _MEN:
        return "m"
    if word in _WOMEN:
        return "f"
    return _SEX_OF.get(prefix.casefold(), "f" if prefix.endswith("หญิง") else "")


@lru_cache(maxsize=512)
def _grade(text: str) -> str:
    """ป.1 … ม.6, อ.1 … however the school year is written; other words stay as they are."""
    match = _SCHOOL_YEAR.fullmatch(text)
    return f"{match[1][0]}.{match[2]}" if match else text
