"""Persons: a member of a household as a file describes them."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from app.cases.register.cell_text import fitting
from app.cases.register.columns import Years
from app.kit import national_id, thai
from app.kit.errors import BadInput

_TITLES = {
    "m": (
        *("นาย", "เด็กชาย", "ด.ช.", "ดช.", "นายแพทย์", "นพ.", "ทพ.", "ภก.", "mr.", "mr"),
        *(
            "พระ",
            "พระภิกษุ",
            "พระครู",
            "พระมหา",
            "พระอธิการ",
            "พระปลัด",
            "พระสมุห์",
            "พระใบฎีกา",
            "สามเณร",
            "หลวงพ่อ",
            "หลวงปู่",
        ),
        *("บาทหลวง", "พลทหาร", "พลฯ"),
    ),
    "f": (
        *(
            "นางสาว",
            "น.ส.",
            "นส.",
            "นาง",
            "เด็กหญิง",
            "ด.ญ.",
            "ดญ.",
            "แพทย์หญิง",
            "พญ.",
            "ทพญ.",
            "ภญ.",
            "แม่ชี",
            "สามเณรี",
        ),
        *("mrs.", "mrs", "miss", "ms."),
    ),
    "": (
        *("ดร.", "ผศ.", "รศ.", "ทันตแพทย์", "สัตวแพทย์", "หม่อมหลวง", "หม่อมราชวงศ์", "หม่อมเจ้า"),
        *(
            "ร้อยตรี",
            "ร้อยโท",
            "ร้อยเอก",
            "พันตรี",
            "พันโท",
            "พันเอก",
            "สิบตรี",
            "สิบโท",
            "สิบเอก",
            "จ่าสิบตรี",
            "จ่าสิบโท",
            "จ่าสิบเอก",
        ),
        *(
            "ร้อยตำรวจตรี",
            "ร้อยตำรวจโท",
            "ร้อยตำรวจเอก",
            "พันตำรวจตรี",
            "พันตำรวจโท",
            "พันตำรวจเอก",
            "ดาบตำรวจ",
            "นายดาบตำรวจ",
        ),
        *(
            "สิบตำรวจตรี",
            "สิบตำรวจโท",
            "สิบตำรวจเอก",
            "จ่าสิบตำรวจ",
            "พลตำรวจ",
            "จ่าตรี",
            "จ่าโท",
            "จ่าเอก",
            "พันจ่าตรี",
            "พันจ่าโท",
        ),
        *("พันจ่าเอก", "เรือตรี", "เรือโท", "เรือเอก", "เรืออากาศตรี", "เรืออากาศโท", "เรืออากาศเอก", "อส.", "อสม."),
        *("พลตรี", "พลโท", "พลเอก", "พลตำรวจตรี", "พลตำรวจโท", "พลตำรวจเอก", "พลเรือตรี", "พลเรือโท", "พลเรือเอก"),
        *(
            "พลอากาศตรี",
            "พลอากาศโท",
            "พลอากาศเอก",
            "นาวาตรี",
            "นาวาโท",
            "นาวาเอก",
            "นาวาอากาศตรี",
            "นาวาอากาศโท",
            "นาวาอากาศเอก",
        ),
    ),
}
_SEX_OF = {title: sex for sex, titles in _TITLES.items() for title in titles}
_BY_LENGTH = sorted(_SEX_OF, key=len, reverse=True)
#: These begin names too: they are titles only with a space behind them.
_PARTED = frozenset({"mr", "mrs", "miss"})
#: Given names that begin with a title and are none.
_NAMES_LIKE_TITLES = ("พระพาย", "พระเพลิง", "พระจันทร์")
#: Titles as clerks part or shorten them: น.ส สมใจ, นาง สาว สมใจ, เด็ก ชาย.
_MISWRITTEN = (
    (re.compile(r"^นาง\s+สาว(?=\s)"), "นางสาว"),
    (re.compile(r"^น\.\s?ส\.?(?=\s)|^น\.\s*ส\."), "น.ส."),
    (re.compile(r"^ด\.\s?ช\.?(?=\s)|^ด\.\s*ช\."), "ด.ช."),
    (re.compile(r"^ด\.\s?ญ\.?(?=\s)|^ด\.\s*ญ\."), "ด.ญ."),
    (re.compile(r"^เด็ก\s+ชาย"), "เด็กชาย"),
    (re.compile(r"^เด็ก\s+หญิง"), "เด็กหญิง"),
)
_ACTING = re.compile(r"ว่าที่\s?")
#: จ.ส.อ., ร.ต., ส.ต.ท.หญิง, ม.ล., and ร.ต หญิง
_RANK = re.compile(r"(?:[ก-ฮ]{1,3}\.\s?){2,4}(หญิง)?\s?")
_OF_A_WOMAN = re.compile(r"\s?หญิง(?=\s|[ก-ฮเ-ไ])")
_DEAD = re.compile(r"\s*[(\[]?\s*(?:เสียชีวิต|ตาย|ถึงแก่กรรม|มรณะ|deceased)(?:แล้ว|เมื่อ[^)\]]*)?\s*[)\]]?\s*")
_BEHIND = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
#: No word begins with these: what leans on the letter before it belongs to the same name.
_LEANING = re.compile("[ะ-ฺๅ็-๎]")
_MEN = frozenset({"ชาย", "ช", "m", "male", "1"})
_WOMEN = frozenset({"หญิง", "ญ", "f", "female", "2"})
_HEADS = ("หัวหน้า", "เจ้าบ้าน", "head")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"(?:0{1,2}[/.-]0{1,2}[/.-])?([0-9]{4})")
_SCHOOL_YEAR = re.compile(r"(อนุบาล|อ|ประถมศึกษา|ประถม|ป|มัธยมศึกษา|มัธยม|ม)\.?\s*(?:ปีที่|ชั้นปีที่)?\s*([1-9])")
_OLDEST = 130
_SERIAL = re.compile(r"[0-9]{4,6}(?:\.[0-9]+)?")
_SERIAL_BEGINS = date(1899, 12, 30)
_SHORT = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{2})")
_FOUR_DIGITS = re.compile(r"[0-9]{4}")
_POINT_NOUGHT = re.compile(r"\.0+$")
_SCHOOL_ID = re.compile(r"G[0-9]{12}", re.IGNORECASE)

NO_NUMBER = "เลขประจำตัวประชาชนไม่ถูกต้อง จึงรับชื่อไว้โดยไม่มีเลข โปรดตรวจกับบัตรประชาชน"
_E_PLUS = "เลขประจำตัวประชาชนถูกโปรแกรมตารางย่อเป็น E+ จึงรับชื่อไว้โดยไม่มีเลข โปรดจัดคอลัมน์เป็นข้อความแล้วใส่ใหม่"
_IS_SCHOOL_ID = "เลขขึ้นต้น G เป็นรหัสนักเรียนของกระทรวงศึกษาธิการ ไม่ใช่เลขประจำตัวประชาชน จึงเก็บไว้เป็นรหัสนักเรียน"
_SHORT_YEAR = "ปีเกิดมีสองหลัก จึงเว้นไว้จนกว่าจะบอกว่าเป็น พ.ศ. หรือ ค.ศ."
_NO_SURNAME = "ไม่มีนามสกุล โปรดตรวจว่าชื่อกับนามสกุลไม่ได้เขียนติดกัน"
_DIED = "ไฟล์ระบุว่าเสียชีวิต โปรดตรวจก่อนช่วยเหลือ"


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
    #: What to tell of how the person was read.
    remark: str = ""
    #: The number that the Ministry of Education gives to a pupil without a national ID: G and twelve digits.
    school_id: str = ""
    #: Whether the file says that the person died.
    dead: bool = False
    #: Whether the file has a national ID that cannot be one.
    wrong_id: bool = False
    #: Whether the year of birth has two digits, and nobody said of which era.
    short_year: bool = False

    def contradicts(self, sex: str, birth_year_be: int | None) -> bool:
        """Whether sex or year of birth say that this is somebody else of the same name."""
        return bool(
            (self.sex and sex and self.sex != sex)
            or (self.birth_year_be and birth_year_be and self.birth_year_be != birth_year_be)
        )


def read(
    fields: Mapping[str, str],
    this_year: int,
    *,
    line: int = 0,
    has_prefixes: bool = False,
    years: Years = Years.UNKNOWN,
) -> Person:
    """The person. What cannot be read besides the name is left empty and told in the remark.

    `has_prefixes` says that the file keeps titles in a column of their own, so that a name in a row where it is
    empty is left whole; `years` of which era two-digit years are. Raises BadInput, with words that repeat no cell,
    for a name that cannot be.
    """
    prefix, first, last, dead, told = _name(fields, has_prefixes)
    if not first:
        raise BadInput("ไม่มีชื่อ โปรดใส่ชื่อของสมาชิก")
    national, school_id, about_id = _national_id(fields.get("national_id", ""))
    birth, about_birth = _birth_year(
        fields.get("birth_date", "") or fields.get("birth_year", ""), this_year, years
    )
    school, about_school = _fitting(fields.get("school", ""), 120, "ชื่อโรงเรียน")
    grade, about_grade = _fitting(_grade(fields.get("grade", "")), 20, "ชั้นเรียน")
    if not last:
        told = " · ".join(filter(None, (told, _NO_SURNAME)))
    return Person(
        prefix=fitting(prefix, 20, "คำนำหน้า"),
        first_name=fitting(first, 80, "ชื่อ"),
        last_name=fitting(last, 80, "นามสกุล"),
        national_id=national,
        birth_year_be=birth,
        sex=_sex(fields.get("sex", ""), prefix),
        school=school,
        grade=grade,
        head=fields.get("relation", "").casefold().startswith(_HEADS),
        lines=(line,),
        remark=" · ".join(filter(None, (told, about_id, about_birth, about_school, about_grade))),
        school_id=school_id,
        dead=dead,
        wrong_id=about_id == NO_NUMBER,
        short_year=about_birth == _SHORT_YEAR,
    )


def _name(fields: Mapping[str, str], has_prefixes: bool) -> tuple[str, str, str, bool, str]:
    """Title, first and last name, whether the file says that the person died, and what to tell of it."""
    prefix, last, told = fields.get("prefix", ""), fields.get("last_name", ""), []
    first = fields.get("first_name", "") or fields.get("full_name", "")
    dead = any(_DEAD.search(text) for text in (first, last, fields.get("relation", "")) if _may_be_told(text))
    if dead:
        first, last = _DEAD.sub(" ", first).strip(), _DEAD.sub(" ", last).strip()
        told.append(_DIED)
    if not prefix:
        title, rest = without_title(first)
        if has_prefixes and title and not (title.endswith(".") or first[len(title) :].startswith(" ")):
            told.append("ชื่อขึ้นต้นเหมือนคำนำหน้าแต่ช่องคำนำหน้าว่าง จึงเก็บชื่อไว้ทั้งคำ โปรดตรวจ")
        else:
            prefix, first = title, rest
    if not last:
        first, _, last = first.partition(" ")
    behind = _BEHIND.search(last)
    if behind and behind.start():
        told.append("ข้อความในวงเล็บหลังชื่อไม่ใช่ส่วนของนามสกุล จึงไม่เก็บ โปรดตรวจ")
        last = last[: behind.start()]
    return prefix, first, last.strip(), dead, " · ".join(told)


def _may_be_told(text: str) -> bool:
    """ตาย and the like are told behind a name, in brackets or alone; a name that only holds the letters is a name."""
    found = _DEAD.search(text)
    if found is None:
        return False
    alone = found.start() == 0 and found.end() == len(text)
    return (
        alone or found[0][0] in " ([" or (found.end() == len(text) and text.endswith(("เสียชีวิต", "เสียชีวิตแล้ว")))
    )


def without_title(name: str) -> tuple[str, str]:
    """The title before a name and the rest of it; a title that is only the beginning of a name is not cut off."""
    for wrong, right in _MISWRITTEN:
        name = wrong.sub(right, name, count=1)
    acting = _ACTING.match(name)
    title, rest = _cut(name[acting.end() :]) if acting else _cut(name)
    if acting:
        return (f"ว่าที่ {title}", rest) if title else ("", name)
    if title.endswith(".") and (more := _cut(rest))[0].endswith("."):
        # ผศ.ดร.
        return title + more[0], more[1]
    return title, rest


def _cut(name: str) -> tuple[str, str]:
    lower = name.casefold()
    if lower.startswith(_NAMES_LIKE_TITLES):
        return "", name
    for title in _BY_LENGTH:
        rest = name[len(title) :]
        if not lower.startswith(title) or len(rest.strip()) < 2 or _LEANING.match(rest):
            continue
        if title in _PARTED and not rest.startswith(" "):
            continue
        if not _SEX_OF[title] and (woman := _OF_A_WOMAN.match(rest)):
            return f"{title}หญิง", rest[woman.end() :].strip()
        return name[: len(title)], rest.strip()
    if (rank := _RANK.match(name)) and len(name) - rank.end() > 1:
        return rank[0].strip(), name[rank.end() :]
    return "", name


def same_name(name: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether two names (title, first, last) are one: a last name may be missing, a title stand within the name."""
    if name[1] == other[1] and (name[2] == other[2] or not name[2] or not other[2]):
        return True
    return "".join(name).replace(" ", "") == "".join(other).replace(" ", "")


def _national_id(text: str) -> tuple[str, str, str]:
    """The national ID, or the Ministry of Education's own number of a pupil, and what to tell of it."""
    if not text:
        return "", "", ""
    if not text.isdigit() and ("x" in text.casefold() or "*" in text):
        # Some exports already mask the number; a masked one is no number.
        return "", "", ""
    bare = _POINT_NOUGHT.sub("", text)
    if _SCHOOL_ID.fullmatch(bare.replace("-", "").replace(" ", "")):
        return "", bare.replace("-", "").replace(" ", "").upper(), _IS_SCHOOL_ID
    if "E+" in text or "e+" in text:
        return "", "", _E_PLUS
    try:
        return national_id.parse(bare), "", ""
    except BadInput:
        return "", "", NO_NUMBER


def _fitting(text: str, most: int, what: str) -> tuple[str, str]:
    try:
        return fitting(text, most, what), ""
    except BadInput as error:
        return "", error.words


@lru_cache(maxsize=8192)
def _birth_year(text: str, this_year: int, years: Years) -> tuple[int | None, str]:
    """The year of birth, or nothing and what to tell of it."""
    if not text:
        return None, ""
    if match := _YEAR.fullmatch(text):
        # A year alone, or 00/00/2480 as the civil registry writes a day that nobody knows.
        year = int(match[1]) if int(match[1]) > 2400 else int(match[1]) + 543
    elif _SERIAL.fullmatch(text):
        # A day as spreadsheet programs count it, of a year of either era.
        year = (_SERIAL_BEGINS + timedelta(days=int(float(text)))).year
        year += 0 if year > 2400 else 543
    elif match := _SHORT.fullmatch(text):
        if not years:
            return None, _SHORT_YEAR
        year = int(match[1]) + (2500 if years == Years.BE else 2000 + 543)
        year -= 100 if year > this_year else 0
    else:
        try:
            year = thai.year_be(thai.parse_date(text.split(" ")[0] if _DAY.match(text) else text))
        except BadInput:
            return None, "อ่านวันเกิดไม่ได้ จึงเว้นปีเกิดไว้ โปรดใส่ปีเป็นสี่หลัก เช่น 27/01/2508"
        if year > this_year and not _FOUR_DIGITS.search(text):
            # Of two digits beside a Thai month.
            year -= 100
    if not this_year - _OLDEST <= year <= this_year:
        return None, "ปีเกิดเป็นไปไม่ได้ จึงเว้นไว้ โปรดตรวจปี พ.ศ."
    return year, ""


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
