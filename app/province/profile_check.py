"""What is wrong with a province's profile, each fault in words: before it is served, and while its office writes it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any

from stdnum.th import tin

from app.kit.errors import BadInput, Refused
from app.province import catalogue, places, profile
from app.province.dimensions import DIMENSIONS
from app.province.profile import (
    Circulations,
    GivingRules,
    Issuer,
    Majorities,
    Pace,
    Profile,
    PublicContact,
    Quorum,
    Signing,
    SpendingRules,
)
from app.province.sides import bare, spellings

_WORDS, _NUMBER, _LIST, _TABLE, _TABLES = "คำ", "จำนวนเต็ม", "รายการของคำ", "ตาราง", "รายการของตาราง"
_TYPES: Mapping[str, type] = {_WORDS: str, _NUMBER: int, _LIST: list, _TABLE: dict, _TABLES: list}
#: What a profile says at the top, and of what kind it is.
_TOP = {
    **dict.fromkeys(
        (
            "province_code",
            "province_th",
            "province_en",
            "fund_th",
            "fund_en",
            "fund_short_th",
            "motto_th",
            "centre_th",
            "tiers_regulation",
            "numbering",
            "asked_may_hand_over",
        ),
        _WORDS,
    ),
    **dict.fromkeys(("visit_every_days", "urgent_satang", "split_days"), _NUMBER),
    **dict.fromkeys(("slogans_th", "dimensions"), _LIST),
    **dict.fromkeys(
        (
            "contact",
            "issuer",
            "giving",
            "spending",
            "quorum",
            "english",
            "transfers",
            "pace",
            "reading",
            "majorities",
            "circulation",
            "price_ceilings",
        ),
        _TABLE,
    ),
    **dict.fromkeys(("work_areas", "tiers", "rhythms"), _TABLES),
}
_OPTIONAL = {
    "tiers_regulation",
    "numbering",
    "asked_may_hand_over",
    "split_days",
    "urgent_satang",
    "transfers",
    "pace",
    "reading",
    "majorities",
    "circulation",
    "price_ceilings",
}
_SECTIONS = {
    "contact": PublicContact,
    "issuer": Issuer,
    "giving": GivingRules,
    "spending": SpendingRules,
    "quorum": Quorum,
    "pace": Pace,
    "majorities": Majorities,
    "circulation": Circulations,
}
#: Of each table of a list: what it must say and what it may.
_ROWS = {
    "work_areas": ({"code", "name_th", "lead_th", "dimension"}, {"aliases"}),
    "tiers": ({"by_th"}, {"satang", "level"}),
    "rhythms": ({"code", "name_th", "weekday"}, {"nth", "at"}),
}

_KINDS = {
    **dict.fromkeys(("code", "name_th", "lead_th", "by_th", "level", "at", "dimension"), str),
    **dict.fromkeys(("satang", "weekday", "nth"), int),
    "aliases": list,
}


def faults_of_file(path: Path) -> list[str]:
    """What is wrong with the profile in this file, in Thai; empty when it can be served."""
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"เปิดไฟล์ {path} ไม่ได้ ({error.strerror})") from error
    except UnicodeDecodeError:
        return ["ไฟล์ไม่ใช่ UTF-8 กรุณาบันทึกใหม่เป็น UTF-8"]
    except tomllib.TOMLDecodeError as error:
        return [f"อ่านเป็น TOML ไม่ได้: {error}"]
    return faults(path.stem, words)


def faults(key: str, words: Mapping[str, Any]) -> list[str]:
    """What is wrong with a profile that says so, in Thai: first what is missing or of another kind, and only when all of that
    is there, what contradicts itself or the lists of places and dimensions."""
    found = list(_of_shape(words))
    if found:
        return found
    try:
        read = profile.read(key, dict(words))
    except Refused as refused:
        return [refused.words]
    return [*_of_places(read), *_of_areas(read), *_of_order(read), *_of_prices(read), *_of_words(read)]


def _of_shape(words: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_keys("", words, set(_TOP) - _OPTIONAL, _OPTIONAL)
    for name, kind in _TOP.items():
        value = words.get(name)
        # True is an int to Python, and no number of anything to anybody.
        if (name in words and (not isinstance(value, _TYPES[kind]) or isinstance(value, bool))) or (
            kind == _LIST and not all(isinstance(each, str) for each in value or ())
        ):
            yield f"{name} ต้องเป็น{kind}"
        elif kind == _TABLES and not all(isinstance(each, dict) for each in value or ()):
            yield f"{name} ต้องเป็น{kind} เขียนแต่ละแถวใต้ [[{name}]]"
    for name, section in _SECTIONS.items():
        if isinstance(words.get(name), dict):
            needed = {field.name for field in fields(section) if field.default is MISSING}
            also = {field.name for field in fields(section)} - needed
            yield from _of_keys(f"[{name}] ", words[name], needed, also)
            kinds = {field.name: field.type for field in fields(section)}
            yield from _of_kinds(f"[{name}] ", words[name], kinds)
    for name, (needed, also) in _ROWS.items():
        rows = words.get(name)
        for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
            if isinstance(row, dict):
                yield from _of_keys(f"[[{name}]] แถวที่ {number} ", row, needed, also)
                yield from _of_kinds(f"[[{name}]] แถวที่ {number} ", row, _KINDS)


def _of_keys(where: str, words: Mapping[str, Any], needed: set[str], also: set[str]) -> Iterator[str]:
    for name in sorted(needed - words.keys()):
        yield f"{where}ขาด {name}"
    for name in sorted(words.keys() - needed - also):
        yield f"{where}ไม่รู้จัก {name} กรุณาลบออกหรือตรวจตัวสะกด"


def _of_kinds(where: str, words: Mapping[str, Any], kinds: Mapping[str, Any]) -> Iterator[str]:
    for name, value in words.items():
        kind = kinds.get(name)
        if kind is int and type(value) is not int:
            yield f"{where}{name} ต้องเป็น{_NUMBER}"
        elif kind in (str, Signing) and not isinstance(value, str):
            yield f"{where}{name} ต้องเป็น{_WORDS}ในเครื่องหมายคำพูด"
        elif kind not in (int, str, Signing, None) and not isinstance(value, list):
            yield f"{where}{name} ต้องเป็นรายการใน [ ]"


def _of_places(here: Profile) -> Iterator[str]:
    try:
        province = places.province(here.province_code)
    except BadInput as unknown:
        yield unknown.words
        return
    if (here.province_th, here.province_en) != (province.name_th, province.name_en):
        yield (
            f"รหัสจังหวัด {here.province_code} คือ “{province.name_th}” ({province.name_en}) "
            f"ไม่ใช่ “{here.province_th}” ({here.province_en})"
        )
    if here.province_th not in here.fund_th:
        yield f"fund_th ต้องมีชื่อจังหวัด “{here.province_th}”"


def _of_areas(here: Profile) -> Iterator[str]:
    known = {dimension.code for dimension in DIMENSIONS}
    if not here.dimension_codes:
        yield f"dimensions ว่าง กรุณาเลือกจาก {', '.join(sorted(known))}"
    yield from _of_twice("dimensions", here.dimension_codes)
    yield from _of_twice("work_areas", [area.code for area in here.work_areas])
    for area in here.work_areas:
        if not area.name_th or not area.lead_th:
            yield f"ด้าน “{area.code}” ต้องมีชื่อและหน่วยงานที่นำ"
        if not re.fullmatch(r"[a-z_]{1,16}", area.code):
            yield f"ด้าน “{area.code}” ต้องมีรหัสเป็น a–z และ _ ไม่เกิน 16 ตัว"
        if area.dimension and area.dimension not in here.dimension_codes:
            yield f"ด้าน “{area.code}” ตอบมิติ “{area.dimension}” ที่จังหวัดนี้ไม่ใช้"
        if area.code in known and area.dimension != area.code:
            yield f"ด้าน “{area.code}” มีรหัสของมิติหนึ่ง จึงต้องตอบมิตินั้น หรือใช้รหัสอื่น"
    yield from _of_spellings(here)
    led = {area.dimension for area in here.work_areas}
    for code in here.dimension_codes:
        if here.work_areas and code not in led:
            yield f"มิติ “{code}” ไม่มีด้านใดดูแล กรุณาใส่ในด้านใดด้านหนึ่งของ [[work_areas]]"


def _of_spellings(here: Profile) -> Iterator[str]:
    """Two areas that a file would mean by one name, and an area by which it would mean a dimension that is not its own."""
    spelled: dict[str, str] = {}
    of_dimensions = {words: each.code for each in DIMENSIONS for words in spellings(each)}
    for area in here.work_areas:
        for words in dict.fromkeys(bare(name) for name in (area.name_th, *area.aliases)):
            if spelled.setdefault(words, area.code) != area.code:
                yield f"ด้าน “{area.code}” กับ “{spelled[words]}” ใช้ชื่อเดียวกันในไฟล์: “{words}”"
            if of_dimensions.get(words, area.dimension) != area.dimension:
                yield f"ด้าน “{area.code}” ใช้ชื่อ “{words}” ของมิติ “{of_dimensions[words]}” ที่ไม่ได้ตอบ"


def _of_prices(here: Profile) -> Iterator[str]:
    known = {item.code for item in catalogue.items()}
    for code, satang in here.price_ceilings:
        if code not in known:
            yield f"[price_ceilings] ไม่มีรายการ “{code}” ในบัญชีรายการความช่วยเหลือ"
        if type(satang) is not int or satang < 1:
            yield f"[price_ceilings] {code} ต้องเป็นจำนวนสตางค์ตั้งแต่ 1"


def _of_twice(where: str, codes: "list[str] | tuple[str, ...]") -> Iterator[str]:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{where} มี “{code}” ซ้ำกัน"


def _of_order(here: Profile) -> Iterator[str]:
    quorum = here.quorum
    if not 0 < quorum.numerator <= quorum.denominator:
        yield f"[quorum] {quorum.numerator}/{quorum.denominator} ไม่ใช่ส่วนขององค์ประชุม เช่น 1/2 หรือ 2/3"
    yield from _of_tiers(here)
    yield from _of_twice("rhythms", [rhythm.code for rhythm in here.rhythms])
    for rhythm in here.rhythms:
        if not 0 <= rhythm.weekday <= 6 or (rhythm.nth is not None and not 1 <= rhythm.nth <= 5):
            yield f"[[rhythms]] “{rhythm.code}”: weekday เป็น 0 (จันทร์) ถึง 6 (อาทิตย์) และ nth เป็น 1 ถึง 5"
    for name, days in (
        ("visit_every_days", here.visit_every_days),
        ("split_days", here.split_days),
        ("[spending] bank_line_days", here.spending.bank_line_days),
        ("[spending] advance_days", here.spending.advance_days),
        ("[giving] lapse_after_days", here.giving.lapse_after_days),
    ):
        if type(days) is not int or days < 1:
            yield f"{name} ต้องเป็นจำนวนวันตั้งแต่ 1"


def _of_tiers(here: Profile) -> Iterator[str]:
    ceilings = [tier.satang for tier in here.tiers]
    if not ceilings or ceilings[-1] is not None or None in ceilings[:-1]:
        yield "[[tiers]] ขั้นสุดท้าย (และขั้นนั้นขั้นเดียว) ต้องไม่มี satang เพราะรับทุกจำนวนเงิน"
    rising = [satang for satang in ceilings if satang is not None]
    if rising != sorted(set(rising)) or any(satang < 1 for satang in rising):
        yield "[[tiers]] ต้องเรียงจากวงเงินน้อยไปมาก และไม่ซ้ำกัน"
    for tier in here.tiers:
        if tier.level not in ("sole", "sub", "full"):
            yield f"[[tiers]] level “{tier.level}” ต้องเป็น sole, sub หรือ full"


def _of_words(here: Profile) -> Iterator[str]:
    if not tin.is_valid(here.issuer.tax_id):
        yield f"[issuer] tax_id “{here.issuer.tax_id}” ไม่ใช่เลข 13 หลักที่ถูกต้อง"
    contact, english = here.contact, dict(here.english)
    named = {dimension.name_th for dimension in DIMENSIONS} | {f"ด้าน{each.name_th}" for each in DIMENSIONS}
    said = [contact.office_th, contact.address_th, contact.hours_th, contact.complaint_th, here.motto_th]
    said += [words for area in here.work_areas for words in (area.name_th, area.lead_th)]
    for words in dict.fromkeys(said):
        if words and not english.get(words) and words not in named:
            yield f"[english] ขาดคำอังกฤษของ “{words}”"


def placeholders(here: Profile) -> list[str]:
    """What an office has still to fill in before it opens to the public, by the names in its profile."""
    contact, issuer = here.contact, here.issuer
    empty = [
        f"contact.{name}"
        for name in ("phone", "email", "hours_th", "complaint_th")
        if not getattr(contact, name)
    ]
    # Well formed, and held by no one: no register has province 00.
    empty += ["issuer.tax_id"] if issuer.tax_id.startswith("000000000000") else []
    empty += ["issuer.signer"] if not issuer.signer else []
    return empty + ([] if here.tiers_regulation else ["tiers_regulation"])


@cache
def refuse_faulty(name: str) -> None:
    """Raises Refused when the profile with this name cannot be served, with all that is wrong with it."""
    if found := faults_of_file(profile.FOLDER / f"{name}.toml"):
        raise Refused(f"โปรไฟล์จังหวัด “{name}” ยังใช้ไม่ได้ กรุณาแก้ {len(found)} เรื่อง: {'; '.join(found)}")
