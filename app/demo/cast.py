"""The people who work in the demonstration: each a character with a role, a scope and a password of their own."""

import hashlib
import hmac
import itertools
from dataclasses import dataclass
from functools import cache

from app.kit.errors import Refused
from app.settings import Settings
from app.staff import passwords
from app.staff.roles import ROLE_NAMES, Role

#: Syllables that are easy to read aloud and to type; three of them and four digits make a password.
_SYLLABLES = [
    "baan",
    "boon",
    "chai",
    "chang",
    "dao",
    "dok",
    "fah",
    "fon",
    "gaew",
    "hom",
    "jai",
    "kao",
    "khao",
    "khun",
    "klong",
    "krung",
    "lom",
    "luang",
    "mai",
    "malee",
    "man",
    "mek",
    "mon",
    "muang",
    "nam",
    "nang",
    "nok",
    "noi",
    "nuan",
    "oi",
    "paan",
    "phra",
    "pla",
    "plian",
    "pom",
    "rak",
    "ram",
    "rice",
    "ruang",
    "saen",
    "sai",
    "samran",
    "san",
    "sawan",
    "sii",
    "sing",
    "siri",
    "sod",
    "som",
    "suan",
    "suk",
    "tai",
    "tha",
    "thong",
    "tong",
    "tum",
    "wang",
    "wat",
    "wiang",
    "yai",
    "yen",
    "ying",
    "yod",
]


@dataclass(frozen=True, slots=True)
class Character:
    """A person of the demonstration. `area` is the number of a district within the province, 1 the first."""

    sign_in_name: str
    name: str
    position: str
    role: Role
    area: int | None = None
    dimension: str = ""
    network: str = ""

    def area_code(self, province_code: str) -> str:
        return f"{province_code}{self.area:02d}" if self.area else ""


CHARACTERS = (
    Character("ton", "นายต้น แสงทอง", "เหรัญญิกเครือข่าย OTOP", Role.TREASURER, network="NET001"),
    Character("saman", "นายสมาน ทวีผล", "เหรัญญิกเครือข่าย กทบ.", Role.TREASURER, network="NET002"),
    Character("duang", "นางดวง เพียรดี", "เหรัญญิกกองทุนพัฒนาบทบาทสตรี", Role.TREASURER, network="NET003"),
    Character("malee", "น.ส.มาลี ศรีจันทร์", "พัฒนากร ทีมพี่เลี้ยง", Role.MENTOR, area=1),
    Character("kaew", "นายแก้ว หมั่นเพียร", "พัฒนากร ทีมพี่เลี้ยง", Role.MENTOR, area=5),
    Character("thongdee", "นางทองดี ใจเย็น", "อาสาพัฒนาชุมชน ทีมพี่เลี้ยง", Role.MENTOR, area=2),
    Character("orathai", "นางอรไท เมืองงาม", "พัฒนาการอำเภอ", Role.DISTRICT_OFFICER, area=1),
    Character("chai", "นายชัย รักถิ่น", "พัฒนาการอำเภอ", Role.DISTRICT_OFFICER, area=5),
    Character("pichai", "นายพิชัย ยิ้มแย้ม", "ปลัดอำเภอ", Role.DISTRICT_OFFICER, area=4),
    Character("wandee", "นางวันดี เรียนรู้", "เลขานุการคณะทำงาน", Role.DIMENSION_SECRETARY, dimension="education"),
    Character("somnuek", "นายสมนึก ทำกิน", "เลขานุการคณะทำงาน", Role.DIMENSION_SECRETARY, dimension="income"),
    Character("hathai", "นางหทัย แข็งแรง", "เลขานุการคณะทำงาน", Role.DIMENSION_SECRETARY, dimension="health"),
    Character("busaba", "นางบุษบา คำแก้ว", "ผู้อำนวยการกลุ่มงานสารสนเทศการพัฒนาชุมชน", Role.FUND_OFFICER),
    Character("kanya", "น.ส.กัญญา พรดี", "นักวิชาการเงินและบัญชี", Role.FINANCE),
    Character("arun", "นายอรุณ ถี่ถ้วน", "เจ้าพนักงานการเงินและบัญชี", Role.FINANCE),
    Character("somchai", "นายสมชาย ใจงาม", "รองผู้ว่าราชการจังหวัด", Role.CHAIR),
    Character("pranee", "นางปราณี บุญมา", "พัฒนาการจังหวัด", Role.COMMITTEE),
    Character("wichai", "นายวิชัย ทองสุข", "ศึกษาธิการจังหวัด", Role.COMMITTEE),
    Character("sompong", "นายสมปอง กว้างไกล", "ท้องถิ่นจังหวัด", Role.COMMITTEE),
    Character("nittaya", "นางนิตยา เอื้อเฟื้อ", "พัฒนาสังคมและความมั่นคงของมนุษย์จังหวัด", Role.COMMITTEE),
    Character("prasert", "นายประเสริฐ ร่วมแรง", "ประธานชมรมพัฒนาการอำเภอ", Role.COMMITTEE),
    Character("decha", "นายเดชา ตรวจดี", "ผู้ตรวจสอบภายในจังหวัด", Role.AUDITOR),
    Character("ying", "น.ส.หญิง ดูแล", "นักวิชาการคอมพิวเตอร์", Role.ADMINISTRATOR),
)


def password(settings: Settings, sign_in_name: str) -> str:
    """A character's password in this installation: the same at every start, another on every other machine."""
    return _password(settings.secret_key, sign_in_name)


@cache
def _password(secret_key: str, sign_in_name: str) -> str:
    # No password holds the name that it opens; the few that would be guessed are passed over.
    syllables = [syllable for syllable in _SYLLABLES if sign_in_name not in syllable]
    for turn in itertools.count():
        seed = f"demo:{sign_in_name}:{turn}" if turn else f"demo:{sign_in_name}"
        mixed = hmac.new(secret_key.encode(), seed.encode(), hashlib.sha256).digest()
        words = [syllables[mixed[place] % len(syllables)] for place in range(3)]
        made = "-".join([*words, f"{int.from_bytes(mixed[3:7], 'big') % 9000 + 1000}"])
        try:
            passwords.refuse_weak(made, own=(sign_in_name,))
        except Refused:
            continue
        return made
    raise AssertionError("there is always another")


def accounts(settings: Settings, province_code: str) -> list[dict[str, str]]:
    """Everyone who can sign in, in the order in which the money travels."""
    return [
        {
            "role": character.role.value,
            "role_th": ROLE_NAMES[character.role],
            "sign_in_name": character.sign_in_name,
            "name": character.name,
            "password": password(settings, character.sign_in_name),
            "scope": character.area_code(province_code) or character.dimension or character.network,
        }
        for character in CHARACTERS
    ]
