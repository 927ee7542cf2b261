"""Passwords that will not do, and the words in which they are refused."""

import pytest
from flask import Flask
from people import PASSWORD

from app.demo import cast as demo
from app.kit.errors import Refused
from app.staff import passwords, signin

#: By why they are soon guessed.
_WEAK = {
    "leaked": "iloveyou123 welcome123 letmein123 monkey12345 admin123456 qwerty1234 Password1234 Dragonball1 1q2w3e4r5t",
    "digits alone": "1234512345 0812345678 081-234-5678 12/05/2520 1029384756 ๑๒๓๔๕๖๗๘๙๐ 3330100000011",
    "sequences and repetition": "abcdefghij กขฃคฅฆงจฉชซ aaaaabbbbb abc123abc123 รักแม่รักแม่ ฟฟฟฟฟฟฟฟฟฟ abcd-1234-abcd",
    "keyboard walks": "asdfghjkl; zaq12wsx34 !QAZ2wsx#EDC qpwoeiruty mnbvcxz123 asdqwe123123 qwerty-qwerty",
    "Thai keyboard walks": "ฟหกดฟหกด12 ๅ/-ภถุึคตจ ฟหกดเ้่าสว ไำพะัีรนย ผปแอิืทมใฝ ๆไำพะัีรน12",
    "Thai typed on the Latin keyboard": "l;ylfu8iy[ Lumplt12345 l;ylfu2569",
    "a word and digits": "dragon12345 football12 somsri2520 chang123456 poonsak2520 Summer2026!! mypassword12 สมชาย2520 ตำรวจ123456 "
    "ผู้ใหญ่บ้าน12 kanya-kanya-kanya เมษายน2569 วันเกิด2520ครับ ภาษาไทย2569",
    "places and years": "sisaket2569 ศรีสะเกษ2569 Sr1s@ket2026 Bangkok2026! thailand2569 chiangmai2569 เชียงใหม่2569 korat1234567 "
    "โคราช2569999 แปดริ้ว2569 kanchanaburi99 ขุขันธ์256900 khukhan2569 nongkhai2569 สุรินทร์สุรินทร์ 2569sisaket nakhonratchasima",
    "the fund's own words": "Kueakun2569 kueakun-2565 เกื้อกูล2565 kueakun-sisaket-2569 กองทุนศรีสะเกษ fund2569fund SisaketFund1 "
    "ประธานกองทุน2569 ฝ่ายการเงิน2569 ทุนแห่งความเกื้อกูลกัน",
    "leet": "P@ssw0rd2569 4dm1n1strator L0v3you2569 G0vern0r2569 pa55word99",
    "what everybody says": "ilovethailand happy-new-year-2026 ผมรักเมืองไทย สวัสดีครับ123 พ่อแม่1234567 iloveking9",
}

_GOOD = (
    "khao-hom-2565 ข้าวหอมในนาตอนเช้า แมวนอนบนหลังคาบ้านยาย มะม่วง-รถไฟ-นาฬิกา correct-horse-battery jasmine-goose-lamp "
    "tuk-tuk-mango-river mekong-ferry-noodle-9 vx8Qm2Lp9w 8f3k2j9d7s"
)


@pytest.mark.parametrize("kind", _WEAK)
def test_a_password_that_is_soon_guessed_is_refused_with_a_way_to_a_better_one(
    sqlite_portal: Flask, kind: str
) -> None:
    taken = []
    for password in _WEAK[kind].split():
        try:
            signin.hash_password(password)
        except Refused as refused:
            assert "กรุณาตั้งเป็นคำสามสี่คำ" in refused.words
        else:
            taken.append(password)
    assert taken == []


@pytest.mark.parametrize("password", [PASSWORD, *_GOOD.split()])
def test_a_few_words_that_have_nothing_to_do_with_each_other_are_taken(
    sqlite_portal: Flask, password: str
) -> None:
    passwords.refuse_weak(password, own=("kanya", "น.ส.กัญญา พรดี", "นักวิชาการเงินและบัญชี"))


@pytest.mark.parametrize(
    "password",
    [
        "rice-k@nya-river-2",
        "ข้าวหอม-กัญญา-แม่น้ำ",
        "noodle-0812345678-owl",
        "goose-poonsap-lantern",
        "พรดี-ดอกไม้-นาข้าว",
    ],
)
def test_a_password_holds_nothing_of_its_owner(sqlite_portal: Flask, password: str) -> None:
    passwords.refuse_weak(password)
    with pytest.raises(Refused, match="ของท่าน"):
        passwords.refuse_weak(password, own=("kanya", "น.ส.กัญญา พรดี", "081-234-5678", "poonsap@example.org"))


@pytest.mark.parametrize(("password", "words"), [("a-b-c-d-e", "อย่างน้อย 10"), ("ข้าว-หอม " * 15, "ไม่เกิน 128")])
def test_a_password_is_neither_short_nor_endless(sqlite_portal: Flask, password: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        signin.hash_password(password)


def test_what_the_portal_makes_up_is_never_refused(sqlite_portal: Flask) -> None:
    for _ in range(50):
        passwords.refuse_weak(passwords.made())
    for character in demo.CHARACTERS:
        made = demo._password("a secret key of this machine", character.sign_in_name)
        passwords.refuse_weak(made, own=(character.sign_in_name, character.name, character.position))
