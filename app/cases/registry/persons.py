"""Persons: a member of a household as a file describes them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from app.cases.registry.cells import fitting
from app.kit import national_id, thai
from app.kit.errors import BadInput

_PREFIXES = {
    "m": ("นาย", "เด็กชาย", "ด.ช.", "ดช.", "mr.", "mr"),
    "f": ("นางสาว", "น.ส.", "นส.", "นาง", "เด็กหญิง", "ด.ญ.", "ดญ.", "mrs.", "mrs", "miss", "ms."),
}
_SEX_OF = {prefix: sex for sex, prefixes in _PREFIXES.items() for prefix in prefixes}
_BY_LENGTH = sorted(_SEX_OF, key=len, reverse=True)
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


def read(said: Mapping[str, str], this_year: int) -> Person:
    """The person. Raises BadInput, with words that repeat no cell, for what cannot be."""
    prefix, first, last = _name(said)
    if not first:
        raise BadInput("ไม่มีชื่อ โปรดใส่ชื่อของสมาชิก")
    return Person(
        prefix=fitting(prefix, 20, "คำนำหน้า"),
        first_name=fitting(first, 80, "ชื่อ"),
        last_name=fitting(last, 80, "นามสกุล"),
        national_id=_national_id(said.get("national_id", "")),
        birth_year_be=_birth_year(said.get("birth_date", "") or said.get("birth_year", ""), this_year),
        sex=_sex(said.get("sex", ""), prefix),
        school=fitting(said.get("school", ""), 120, "ชื่อโรงเรียน"),
        grade=fitting(_grade(said.get("grade", "")), 20, "ชั้นเรียน"),
        head=said.get("relation", "").casefold().startswith(_HEADS),
    )


def _name(said: Mapping[str, str]) -> tuple[str, str, str]:
    prefix, last = said.get("prefix", ""), said.get("last_name", "")
    first = said.get("first_name", "") or said.get("full_name", "")
    if not prefix:
        lower = first.casefold()
        prefix = next((p for p in _BY_LENGTH if lower.startswith(p) and len(first) > len(p) + 1), "")
        first = first[len(prefix) :].strip()
    if not last:
        first, _, last = first.partition(" ")
    return prefix, first, last.strip()


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
    return _SEX_OF.get(prefix.casefold(), "")


@lru_cache(maxsize=512)
def _grade(text: str) -> str:
    """ป.1 … ม.6, อ.1 … however the school year is written; other words stay as they are."""
    match = _SCHOOL_YEAR.fullmatch(text)
    return f"{match[1][0]}.{match[2]}" if match else text
