"""What differs from province to province: names, bodies, rules of order and words for its pages."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app

from app.kit import language
from app.kit.errors import Refused
from app.province.dimensions import Dimension, dimension
from app.province.reading import ReadingRules
from app.province.sides import Sides, WorkArea

FOLDER = Path(__file__).parent / "profiles"
#: Fewest and most days that pictures of slips may be kept: no matter is settled in less than a month, and what is
#: kept for more than ten years is not deleted in time.
SLIP_PICTURE_DAYS = (30, 3650)
_HANDING_OVER = ("with_second", "never")
_NUMBERINGS = ("calendar", "fiscal", "running")
_CIRCULATIONS = ("majority", "unanimity", "forbidden")
_MAJORITIES = ("more_than_half", "two_thirds", "all")
#: What a bank's result tells of a payment.
_RESULT_COLUMNS = ("reference", "status", "bank_ref", "message", "amount")


@dataclass(frozen=True, slots=True)
class PublicContact:
    """Where the public turns to. Every field is printed on the open pages."""

    office_th: str
    address_th: str
    phone: str
    email: str
    hours_th: str
    complaint_th: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues receipts, as a receipt must say it."""

    name_th: str
    address_th: str
    tax_id: str
    #: Who signs for the issuer, and as what; empty where nobody is named.
    signer: str = ""
    signer_position: str = ""


@dataclass(frozen=True, slots=True)
class GivingRules:
    """How this fund handles what is promised and what comes in."""

    #: From this sum on, what one officer decides about money by hand, another confirms.
    needs_approval_satang: int
    #: So many days before a pledge or an instalment is due its network is reminded, and again so many after.
    remind_days: tuple[int, ...]
    #: So many days after its last due date a pledge with nothing more to come lapses.
    lapse_after_days: int
    #: So many days after the money came, or an officer closed the matter, the picture of a giver's slip is deleted.
    slip_picture_days: int
    #: The fund's registration for e-Donation, number and date; empty while there is none, and then nothing is
    #: promised about tax.
    edonation_number: str
    edonation_on: str


@dataclass(frozen=True, slots=True)
class Signing:
    """How many of the fund's signatories approve a payment, and the group of which one of them is; empty for any.

    Written "2 of 3, chair always": of at least three who are named, any two sign, one of them of the chair's group.
    """

    needed: int
    of: int
    always: str = ""

    @staticmethod
    def read(words: str) -> "Signing":
        """Raises Refused for what is no such rule."""
        found = re.fullmatch(r"([1-9]) of ([1-9])(?:, (chair|finance|secretary) always)?", words)
        if found is None or int(found[1]) > int(found[2]):
            raise Refused(f"กฎการลงนาม “{words}” อ่านไม่ได้ กรุณาเขียนแบบ “2 of 3, chair always”")
        return Signing(int(found[1]), int(found[2]), found[3] or "")


@dataclass(frozen=True, slots=True)
class SpendingRules:
    """How money leaves this fund."""

    #: Who signs a payment, and one from `large_satang` on.
    signing: Signing
    signing_large: Signing
    large_satang: int
    #: So many days after its transfer a payment that no line of the bank bears out stands in red.
    bank_line_days: int
    #: So many days after it was paid an advance has to be cleared.
    advance_days: int
    #: How the returns of tax withheld are filed: on "paper", or by "internet", which has longer.
    tax_filing: str = "paper"

    def signing_of(self, satang: int) -> Signing:
        return self.signing_large if satang >= self.large_satang else self.signing


@dataclass(frozen=True, slots=True)
class TransferRules:
    """How one bank takes a file of payments, and how it tells what became of them."""

    #: "csv" or "ktb-ipay".
    format: str = "csv"
    #: What the bank gave the fund to send files with; empty where it asks for none.
    company_id: str = ""
    #: The bank's code of what the payments are for.
    service: str = "04"
    #: What the result calls its columns; `amount` may be missing in it.
    columns: Mapping[str, str] = field(default_factory=lambda: {name: name for name in _RESULT_COLUMNS})
    #: The words of its status, in small letters.
    paid: tuple[str, ...] = ("paid",)
    failed: tuple[str, ...] = ("failed",)

    @staticmethod
    def read(words: dict[str, Any]) -> "TransferRules":
        """Raises Refused for a format that nobody can write."""
        result = words.get("result", {})
        if words.get("format", "csv") not in ("csv", "ktb-ipay"):
            raise Refused(f"ไม่มีรูปแบบไฟล์โอน “{words['format']}” กรุณาใช้ csv หรือ ktb-ipay")
        return TransferRules(
            format=words.get("format", "csv"),
            company_id=words.get("company_id", ""),
            service=words.get("service", "04"),
            columns={name: result.get(name, name) for name in _RESULT_COLUMNS},
            paid=tuple(each.casefold() for each in result.get("paid", ("paid",))),
            failed=tuple(each.casefold() for each in result.get("failed", ("failed",))),
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """Days that a request may stand at each step before it is late, and so many more before the chair is told."""

    agenda: int = 21
    alone: int = 3
    vote: int = 35
    prepare: int = 7
    sign: int = 3
    transfer: int = 3
    deliver: int = 30
    escalate: int = 7


@dataclass(frozen=True, slots=True)
class Quorum:
    """The share of members who must be present."""

    numerator: int
    denominator: int

    def of(self, members: int) -> int:
        """How many of `members` must be present, rounded up, at least one."""
        return max(1, -(-members * self.numerator // self.denominator))


@dataclass(frozen=True, slots=True)
class Majorities:
    """Who must say yes in a new body, by the matter: "more_than_half", "two_thirds" or "all"."""

    ordinary: str = "more_than_half"
    amend: str = "more_than_half"
    rescind: str = "more_than_half"
    ratify: str = "more_than_half"


@dataclass(frozen=True, slots=True)
class Circulations:
    """What a circulated resolution asks for, by the kind of body: "majority" or "unanimity" of all who may answer; or "forbidden"."""

    full: str = "majority"
    sub: str = "majority"


@dataclass(frozen=True, slots=True)
class Tier:
    """Who may approve a request of up to `satang`; None is any amount."""

    satang: int | None
    by_th: str
    #: The kind of body that decides up to there: "sole", "sub" or "full".
    level: str = "full"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A day that returns: a weekday (Monday is 0) each week, or the nth such day of each month.

    `at` is a time of day as it is written on invitations, "09.00".
    """

    code: str
    name_th: str
    weekday: int
    nth: int | None
    at: str | None

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days on which it falls from `first` to `last`, both included. Holidays move nothing."""
        day = first + timedelta(days=(self.weekday - first.weekday()) % 7)
        while day <= last:
            if self.nth is None or (day.day - 1) // 7 + 1 == self.nth:
                yield day
            day += timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Profile:
    """One province's fund. There is one fund in a province and one province in an installation."""

    key: str
    province_code: str
    province_th: str
    province_en: str
    fund_th: str
    fund_en: str
    fund_short_th: str
    motto_th: str
    slogans_th: tuple[str, ...]
    centre_th: str
    contact: PublicContact
    issuer: Issuer
    giving: GivingRules
    spending: SpendingRules
    #: How banks take files of payments, by the code of the bank.
    transfers: tuple[tuple[str, TransferRules], ...]
    #: Within so many days a household that somebody works with is visited again.
    visit_every_days: int
    dimension_codes: tuple[str, ...]
    work_areas: tuple[WorkArea, ...]
    quorum: Quorum
    tiers: tuple[Tier, ...]
    #: The number of the province's regulation that the tiers stand in; while it is empty they are shown as pending.
    tiers_regulation: str
    #: What the chair alone decides at most when help is urgent, above the tier; the next meeting ratifies it. 0 for nothing.
    urgent_satang: int
    #: Within so many days what one person asks for from one purpose is added up: together it must be within the chair's tier.
    split_days: int
    #: The most that a unit of a thing of the catalogue may cost, in satang, by its code; what is not named has no ceiling.
    price_ceilings: tuple[tuple[str, int], ...]
    #: Whether who asked may mark what is given: "with_second" person named who was there, or "never".
    asked_may_hand_over: str
    pace: Pace
    #: How much that names families one person may look at in a day.
    reading: ReadingRules
    #: How a new body counts its meetings and resolutions: "calendar", "fiscal" or "running".
    numbering: str
    majorities: Majorities
    circulation: Circulations
    rhythms: tuple[Rhythm, ...]
    #: Of the words above that open pages print, the English ones: each with the Thai that it stands for.
    english: tuple[tuple[str, str], ...]

    @staticmethod
    def here() -> "Profile":
        """The profile of the portal that is being served. Inside an application context."""
        found: Profile = current_app.extensions["profile"]
        return found

    def tier(self, satang: int) -> Tier:
        """Who may approve a request of so many satang."""
        return next(tier for tier in self.tiers if tier.satang is None or satang <= tier.satang)

    def ceiling(self, level: str) -> int | None:
        """The most that a body of this level decides, in satang; None for any amount, 0 where it has no tier."""
        if level == "full":
            return None
        return max((tier.satang or 0 for tier in self.tiers if tier.level == level), default=0)

    def price_ceiling(self, item_code: str) -> int | None:
        """The most that a unit of this may cost, in satang; None where the province has set no ceiling."""
        return dict(self.price_ceilings).get(item_code)

    def transfers_of(self, bank_code: str) -> TransferRules:
        """How this bank takes files of payments; a plain table where the profile does not name it."""
        return next((rules for code, rules in self.transfers if code == bank_code), TransferRules())

    def circulates(self, level: str) -> str:
        """How a body of this kind resolves by circulation; who decides alone never does."""
        return {"full": self.circulation.full, "sub": self.circulation.sub}.get(level, "forbidden")

    @property
    def fund(self) -> str:
        """The fund's name in the language of the page."""
        return self.fund_en if language.spoken() == "en" else self.fund_th

    @property
    def province(self) -> str:
        """The province's name in the language of the page."""
        return self.province_en if language.spoken() == "en" else self.province_th

    @property
    def fund_short(self) -> str:
        """The name that stands at the head of a page, in its language."""
        return self.fund_en if language.spoken() == "en" else self.fund_short_th

    @property
    def fund_of(self) -> str:
        """Whose fund it is, in as few words as a telephone has room for."""
        return f"{self.province_en} fund" if language.spoken() == "en" else f"กองทุน{self.province_th}"

    @property
    def sides(self) -> Sides:
        """What households lack and requests answer here: the work areas, or the dimensions where these are the areas."""
        return _sides(self.dimension_codes, self.work_areas, self.english)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions this province works by, in its own order."""
        return tuple(dimension(code) for code in self.dimension_codes)

    def work_area(self, code: str) -> WorkArea | None:
        """The work area with this code, or None."""
        return next((area for area in self.work_areas if area.code == code), None)

    def rhythm(self, code: str) -> Rhythm | None:
        """The returning day with this code, or None."""
        return next((rhythm for rhythm in self.rhythms if rhythm.code == code), None)


@cache
def _sides(
    codes: tuple[str, ...], areas: tuple[WorkArea, ...], english: tuple[tuple[str, str], ...]
) -> Sides:
    return Sides.of(codes, areas, dict(english))


def names() -> tuple[str, ...]:
    """The profiles there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def load(name: str) -> Profile:
    """The profile with this name.

    Raises Refused for any other name, listing what exists, and for days of keeping slips' pictures that make no sense.
    """
    if name not in names():
        raise Refused(f"ไม่มีโปรไฟล์จังหวัด “{name}” กรุณาเลือกจาก {', '.join(names())}")
    return of_file(FOLDER / f"{name}.toml")


@cache
def of_province(province_code: str) -> Profile:
    """The profile of the province with this code. Raises Refused where none has been written."""
    for name in names():
        if (found := load(name)).province_code == province_code:
            return found
    raise Refused(f"ยังไม่มีโปรไฟล์ของจังหวัดรหัส {province_code}")


def of_file(path: Path) -> Profile:
    """The profile in a file, named as the file is."""
    return read(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))


def _giving(key: str, words: dict[str, Any]) -> GivingRules:
    days = words["slip_picture_days"]
    # True is an int to Python, and no number of days to anybody.
    if type(days) is not int or not SLIP_PICTURE_DAYS[0] <= days <= SLIP_PICTURE_DAYS[1]:
        low, high = SLIP_PICTURE_DAYS
        raise Refused(
            f"โปรไฟล์จังหวัด “{key}” กำหนด slip_picture_days เป็น {days!r} ไม่ได้"
            f" กรุณาแก้เป็นจำนวนวันเต็ม ตั้งแต่ {low} ถึง {high}"
        )
    return GivingRules(**{**words, "remind_days": tuple(words["remind_days"])})


def _spending(words: dict[str, Any]) -> SpendingRules:
    rules = {name: Signing.read(words[name]) for name in ("signing", "signing_large")}
    filing = _one_of(words.get("tax_filing", "paper"), ("paper", "internet"))
    return SpendingRules(**{**words, **rules, "tax_filing": filing})


def _one_of(word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise Refused(f"โปรไฟล์จังหวัดกำหนด “{word}” ไม่ได้ กรุณาเลือกจาก {', '.join(known)}")
    return word


def read(key: str, words: dict[str, Any]) -> Profile:
    """The profile that a file says, named `key`. Raises Refused and BadInput for what cannot be; `profile_check` finds the rest."""
    codes = tuple(dimension(code).code for code in words["dimensions"])
    areas = tuple(WorkArea.read(area) for area in words["work_areas"])
    return Profile(
        key=key,
        province_code=words["province_code"],
        province_th=words["province_th"],
        province_en=words["province_en"],
        fund_th=words["fund_th"],
        fund_en=words["fund_en"],
        fund_short_th=words["fund_short_th"],
        motto_th=words["motto_th"],
        slogans_th=tuple(words["slogans_th"]),
        centre_th=words["centre_th"],
        contact=PublicContact(**words["contact"]),
        issuer=Issuer(**words["issuer"]),
        giving=_giving(key, words["giving"]),
        spending=_spending(words["spending"]),
        transfers=tuple(
            (code, TransferRules.read(bank)) for code, bank in words.get("transfers", {}).items()
        ),
        visit_every_days=words["visit_every_days"],
        dimension_codes=codes,
        work_areas=areas,
        quorum=Quorum(**words["quorum"]),
        tiers=tuple(
            Tier(tier.get("satang"), tier["by_th"], tier.get("level", "full")) for tier in words["tiers"]
        ),
        tiers_regulation=words.get("tiers_regulation", ""),
        urgent_satang=words.get("urgent_satang", 0),
        split_days=words.get("split_days", 30),
        price_ceilings=tuple(words.get("price_ceilings", {}).items()),
        asked_may_hand_over=_one_of(words.get("asked_may_hand_over", "with_second"), _HANDING_OVER),
        pace=Pace(**words.get("pace", {})),
        reading=ReadingRules.read(words.get("reading", {})),
        numbering=_one_of(words.get("numbering", "calendar"), _NUMBERINGS),
        majorities=Majorities(
            **{name: _one_of(said, _MAJORITIES) for name, said in words.get("majorities", {}).items()}
        ),
        circulation=Circulations(
            **{level: _one_of(said, _CIRCULATIONS) for level, said in words.get("circulation", {}).items()}
        ),
        rhythms=tuple(
            Rhythm(rhythm["code"], rhythm["name_th"], rhythm["weekday"], rhythm.get("nth"), rhythm.get("at"))
            for rhythm in words["rhythms"]
        ),
        english=tuple(words["english"].items()),
    )
