"""Committee facts: what the committee weighs beside a brief, counted: help before, the same twice, prices, proof. Nobody's name."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import median_low
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app.cases.aid import pre_checks, sizes
from app.cases.aid.records import ITEM_VALUE, AidLine, AidRequest, Handover
from app.cases.care.records import LogbookEntry, LogbookKind
from app.fund.committee.records import AgendaItem, Proposal
from app.fund.spending.records import Payment
from app.kit import thai
from app.kit.db import db
from app.kit.money import format_baht, short_baht
from app.province import catalogue
from app.province.catalogue import CatalogueItem
from app.province.levels import Level
from app.province.profile import Profile


@dataclass(frozen=True, slots=True)
class HelpBefore:
    """What the households of a request had before: how many of them, what it was worth, how many the same thing."""

    households: int
    satang: int
    same: int

    @property
    def words(self) -> str:
        if not self.households and not self.same:
            return "ไม่มี"
        same = f" ของอย่างเดียวกันนี้ {self.same} ครัวเรือน" if self.same else ""
        return f"{self.households} ครัวเรือน รวม {format_baht(self.satang)} บาท{same}"


@dataclass(frozen=True, slots=True)
class Price:
    """One thing at the price asked, beside what the catalogue calls usual and what the fund has paid for it."""

    item: CatalogueItem
    quantity: int
    satang: int
    #: The middle of what it cost in requests paid before, and in how many; none where it was never bought.
    bought: int | None
    times: int

    @property
    def usual(self) -> str:
        """What it usually costs, and what the fund paid."""
        low, high = short_baht(self.item.satang_min), short_baht(self.item.satang_max)
        words = f"ปกติ {low}–{high}" if self.item.satang_min != self.item.satang_max else f"ปกติ {low}"
        if (ceiling := Profile.here().price_ceiling(self.item.code)) is not None:
            words += f" ไม่เกิน {short_baht(ceiling)}"
        return words + (f" เคยซื้อ {short_baht(self.bought)} ({self.times} คำขอ)" if self.bought else "")

    @property
    def is_above_ceiling(self) -> bool:
        """Whether it costs more than the province's profile lets a unit of it cost."""
        ceiling = Profile.here().price_ceiling(self.item.code)
        return ceiling is not None and self.satang > ceiling

    @property
    def is_unusual(self) -> bool:
        return self.is_above_ceiling or not self.item.satang_min <= self.satang <= self.item.satang_max


@dataclass(frozen=True, slots=True)
class CommitteeFacts:
    """What is known of a request at a day. Counts of households and things."""

    levels: tuple[tuple[str, int], ...]
    this_year: HelpBefore
    earlier: HelpBefore
    prices: tuple[Price, ...]
    #: What is to be looked at twice, most serious first.
    findings: tuple[str, ...]
    #: What proves the request, and whether it is there.
    proofs: tuple[tuple[str, bool], ...]
    #: What must be there before it is closed.
    proofs_to_come: tuple[str, ...]

    @property
    def levels_in_words(self) -> str:
        return " · ".join(f"{name} {households} ครัวเรือน" for name, households in self.levels)

    @property
    def prices_in_words(self) -> str:
        odd = sum(price.is_unusual for price in self.prices)
        return f"นอกช่วงปกติ {odd} จาก {len(self.prices)} รายการ" if odd else "อยู่ในช่วงปกติทุกรายการ"

    @property
    def proofs_in_words(self) -> str:
        return f"หลักฐาน มีแล้ว {sum(is_there for _, is_there in self.proofs)} จาก {len(self.proofs)}"


@dataclass(frozen=True, slots=True)
class _Known:
    """The rows of all requests asked about, each read once."""

    lines: dict[int, list[AidLine]]
    #: What the households had: by household, of which request, when and worth what.
    helped: dict[int, list[tuple[str, date, int]]]
    #: Request, household, person, item, day.
    given: Sequence[Row[int, int, int | None, str, date]]
    awaited: Sequence[Row[int, int, int | None, str]]
    bought: dict[str, dict[int, list[int]]]


def of(codes: Iterable[str], *, on: date) -> dict[str, CommitteeFacts]:
    """The facts of each of these requests as they were on a day, in as many queries for thirty as for three."""
    session = db.session()
    requests = session.scalars(select(AidRequest).where(AidRequest.code.in_(list(codes)))).all()
    known = _known([request.id for request in requests], on)
    return {request.code: _facts(request, known, on) for request in requests}


def of_items(items: Iterable[AgendaItem], *, on: date) -> dict[str, CommitteeFacts]:
    """The facts of the request of each item, by its code: as they were when it was tabled, else as of a day."""
    kept = {item.proposal.code: item.rules.get("seen", {}).get("facts") for item in items}
    found = of([code for code, facts in kept.items() if not facts], on=on)
    return found | {code: _from_kept(facts) for code, facts in kept.items() if facts}


def as_kept(facts: CommitteeFacts) -> dict[str, Any]:
    """The facts as what is frozen with an item of the agenda has them."""
    return asdict(facts) | {
        "prices": [
            {"item": price.item.code}
            | {name: getattr(price, name) for name in ("quantity", "satang", "bought", "times")}
            for price in facts.prices
        ]
    }


def _from_kept(kept: Mapping[str, Any]) -> CommitteeFacts:
    return CommitteeFacts(
        levels=tuple((name, households) for name, households in kept["levels"]),
        this_year=HelpBefore(**kept["this_year"]),
        earlier=HelpBefore(**kept["earlier"]),
        prices=tuple(Price(**{**price, "item": catalogue.item(price["item"])}) for price in kept["prices"]),
        findings=tuple(kept["findings"]),
        proofs=tuple((words, is_there) for words, is_there in kept["proofs"]),
        proofs_to_come=tuple(kept["proofs_to_come"]),
    )


def _known(numbers: list[int], on: date) -> _Known:
    session = db.session()
    lines: dict[int, list[AidLine]] = defaultdict(list)
    for line in session.scalars(select(AidLine).where(AidLine.request_id.in_(numbers)).order_by(AidLine.id)):
        lines[line.request_id].append(line)
    homes = select(AidLine.household_id).where(AidLine.request_id.in_(numbers))
    helped: dict[int, list[tuple[str, date, int]]] = defaultdict(list)
    for household_id, code, day, satang in session.execute(_help(homes).where(LogbookEntry.on <= on)):
        helped[household_id].append((code or "", day, int(satang)))
    items = {line.item_code for several in lines.values() for line in several}
    paid = (
        select(Proposal.code)
        .join(Payment, Payment.proposal_id == Proposal.id)
        .where(Payment.voided_at.is_(None))
    )
    bought: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for code, number, satang in session.execute(
        select(ITEM_VALUE.c.item_code, ITEM_VALUE.c.request_id, ITEM_VALUE.c.unit_satang)
        .join(AidRequest, AidRequest.id == ITEM_VALUE.c.request_id)
        .where(ITEM_VALUE.c.item_code.in_(items), ITEM_VALUE.c.bought > 0, AidRequest.code.in_(paid))
        # Where others paid beside the fund, what it paid is no price.
        .where(AidRequest.id.not_in(select(AidLine.request_id).where(AidLine.fund_satang.is_not(None))))
    ):
        bought[code][number].append(int(satang))
    return _Known(
        lines=lines,
        helped=helped,
        given=session.execute(pre_checks.given(homes).where(Handover.held_on <= on)).all(),
        awaited=session.execute(pre_checks.awaited(homes)).all(),
        bought=bought,
    )


def _help(homes: Select[int]) -> Select[int, str | None, date, int]:
    """Each line of help in the logbooks of these households, worth what its newest correction says."""
    later = aliased(LogbookEntry)
    corrected = (
        select(later.satang)
        .where(later.amends_id == LogbookEntry.id)
        .order_by(later.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        LogbookEntry.household_id,
        LogbookEntry.request_code,
        LogbookEntry.on,
        func.coalesce(corrected, LogbookEntry.satang),
    ).where(LogbookEntry.kind == LogbookKind.HELP, LogbookEntry.household_id.in_(homes))


def _facts(request: AidRequest, known: _Known, on: date) -> CommitteeFacts:
    lines = known.lines[request.id]
    first, _ = thai.fiscal_year_days(thai.fiscal_year_be(on))
    wanted = {(line.household_id, line.item_code) for line in lines}
    had = [
        (household_id, day)
        for number, household_id, _, item_code, day in known.given
        if number != request.id and (household_id, item_code) in wanted
    ]
    helped = [
        (household_id, day, satang)
        for household_id in {line.household_id for line in lines}
        for code, day, satang in known.helped[household_id]
        if code != request.code
    ]

    def before(of_this_year: bool) -> HelpBefore:
        some = [row for row in helped if (row[1] >= first) == of_this_year]
        return HelpBefore(
            households=len({row[0] for row in some}),
            satang=sum(row[2] for row in some),
            same=len({household_id for household_id, day in had if (day >= first) == of_this_year}),
        )

    kept = json.loads(request.snapshot)
    prices = _prices(request, lines, known)
    return CommitteeFacts(
        levels=tuple((Level(row["level"]).name_th, row["households"]) for row in kept.get("levels", [])),
        this_year=before(True),
        earlier=before(False),
        prices=prices,
        findings=tuple(_findings(request, lines, known, prices, first)),
        proofs=tuple(_proofs(request, lines)),
        proofs_to_come=tuple(
            dict.fromkeys(
                catalogue.label("evidence", code) for price in prices for code in price.item.evidence
            )
        ),
    )


def _prices(request: AidRequest, lines: Sequence[AidLine], known: _Known) -> tuple[Price, ...]:
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for line in lines:
        counts[line.item_code, line.unit_satang] += line.quantity
    found = []
    for (code, satang), quantity in counts.items():
        paid = [
            part for number, several in known.bought[code].items() if number != request.id for part in several
        ]
        times = sum(number != request.id for number in known.bought[code])
        found.append(Price(catalogue.item(code), quantity, satang, median_low(paid) if paid else None, times))
    return tuple(found)


def _findings(
    request: AidRequest, lines: Sequence[AidLine], known: _Known, prices: Sequence[Price], first: date
) -> Iterable[str]:
    keys = [(line.household_id, line.member_id, line.item_code) for line in lines]
    had = {tuple(row)[1:4] for row in known.given if row[0] != request.id and row[4] >= first}
    if again := sum(key in had for key in keys):
        yield f"{again} {pre_checks.GIVEN_ALREADY}"
    asked = {tuple(row)[1:4] for row in known.awaited if row[0] != request.id}
    if twice := sum(key in asked for key in keys):
        yield f"{twice} {pre_checks.ASKED_ALREADY}"
    if strangers := len(_cases(request)) - _failing(request):
        sides = Profile.here().sides
        name = sides.word + sides.side(request.dimension).name_th
        yield f"{strangers} ครัวเรือน ทะเบียนไม่ได้ระบุว่าตกเกณฑ์{name}"
    if odd := [price.item.name_th for price in prices if price.is_unusual]:
        yield f"ราคานอกช่วงปกติ: {', '.join(odd)}"
    if above := [price.item.name_th for price in prices if price.is_above_ceiling]:
        yield f"ราคาสูงกว่าเพดานของจังหวัด: {', '.join(above)}"


def _proofs(request: AidRequest, lines: Sequence[AidLine]) -> Iterable[tuple[str, bool]]:
    yield "เรื่องราวและเหตุผล", bool(request.story)
    if cases := _cases(request):
        failing = _failing(request)
        yield (
            f"ทะเบียนระบุว่าตกเกณฑ์{Profile.here().sides.word}นี้ {failing} จาก {len(cases)} ครัวเรือน",
            failing == len(cases),
        )
    if asked := [line for line in lines if sizes.are_asked(line)]:
        measured = sum(not sizes.are_missing(line) for line in asked)
        yield f"วัดขนาดแล้ว {measured} จาก {len(asked)} รายการ", measured == len(asked)


def _failing(request: AidRequest) -> int:
    """How many of its households fail what the request answers."""
    answered = Profile.here().sides.answered_by(request.dimension)
    return sum(bool(answered & set(case["failed"])) for case in _cases(request))


def _cases(request: AidRequest) -> list[dict[str, list[str]]]:
    """The households as the register had them when the request was sent."""
    found: list[dict[str, list[str]]] = json.loads(request.snapshot).get("cases", [])
    return found
