"""Holding: two editions of a day never differ by one person, and their totals do not tell of one either."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from people import Cast

from app.kit.db import transaction
from app.kit.suppression import LEAST, is_small
from app.public import editions, figures
from app.public.helped import Help, Tables
from app.public.holding import hold

SATANG = 1_025_00
CUTS = (("districts", "district"), ("dimensions", "dimension"), ("items", "item"))
Contents = dict[str, Any]


def contents(**cuts: dict[str, int]) -> Contents:
    """An edition of help where everyone helped lives alone; a cut that is not named has one row."""
    everyone = sum(cuts["district"].values())
    rows = {"district": {}, "dimension": {"x": everyone}, "item": {"i": everyone}} | cuts
    tables = Tables(
        Help(everyone, everyone, everyone * SATANG),
        {
            cut: {code: Help(count, count, count * SATANG) for code, count in counts.items()}
            for cut, counts in rows.items()
        },
    )
    return {
        "delivered": tables.total,
        "approved": Help().shown(kept=False),
        "target_round": None,
        "rounds": [],
        **{
            table: [
                {
                    "code": code,
                    "delivered": tables.row(cut, code),
                    "approved": Help().shown(kept=False),
                    "target_households": 0,
                }
                for code in tables.codes(cut)
            ]
            for table, cut in CUTS
        },
    }


def people(said: Contents, table: str = "districts") -> dict[str, int | None]:
    return {row["code"]: row["delivered"]["people"] for row in said[table]}


def day(*states: dict[str, int]) -> list[Contents]:
    """The editions of one day, by what had been given in each district."""
    told: list[Contents] = []
    for state in states:
        told.append(hold(contents(district=state), reversed(told)))
    return told


def test_a_row_waits_until_five_more_are_helped() -> None:
    editions_ = day(*({"a": 10 + more, "b": 20} for more in range(7)))
    assert [people(one)["a"] for one in editions_] == [10, 10, 10, 10, 10, 15, 15]
    assert [one["delivered"]["people"] for one in editions_] == [30, 31, 32, 33, 34, 35, 36]
    assert editions_[1]["districts"][0]["delivered"] == {
        "people": 10,
        "households": 10,
        "satang": 10 * SATANG,
    }


def test_a_row_that_shrinks_by_few_waits_too() -> None:
    assert people(day({"a": 30, "b": 20}, {"a": 28, "b": 20})[1]) == {"a": 30, "b": 20}


def test_few_households_wait_as_few_people_do() -> None:
    before, now = contents(district={"a": 40, "b": 60}), contents(district={"a": 47, "b": 60})
    now["districts"][0]["delivered"]["households"] = 42
    assert people(hold(now, [before]))["a"] == 40


def test_what_appears_at_once_and_what_never_did_is_not_held() -> None:
    assert [people(one)["a"] for one in day({"a": 0, "b": 90}, {"a": 66, "b": 90})] == [0, 66]
    first, second = day({"a": 0, "b": 3, "c": 90, "d": 9}, {"a": 3, "b": 3, "c": 90, "d": 9})
    assert (people(first)["a"], people(second)["a"]) == (0, None)
    hidden, shown = day({"a": 3, "b": 90, "c": 8}, {"a": 7, "b": 90, "c": 8})
    assert (people(hidden)["a"], people(shown)["a"]) == (None, 7)


def test_a_row_hidden_for_a_while_is_not_shown_again_with_one_more() -> None:
    told = day({"a": 0, "b": 50, "c": 60}, {"a": 2, "b": 50, "c": 60}, {"a": 9, "b": 51, "c": 60})
    assert [people(one)["b"] for one in told] == [50, None, 50]


def test_the_only_held_row_is_not_told_by_the_total_beside_rows_that_are_new_to_the_edition() -> None:
    told = day({"a": 10, "b": 20, "c": 30}, {"a": 11, "b": 27, "c": 40})
    assert people(told[1]) == {"a": 10, "b": 20, "c": 40}, "the one that changed least waits with it"
    told = day({"a": 10, "b": 0}, {"a": 11, "b": 66})
    assert people(told[1]) == {"a": None, "b": None}, "no other row was told before, so both are hidden"


def test_a_total_that_is_one_districts_waits_with_it() -> None:
    told = day({"a": 10, "b": 0}, {"a": 11, "b": 0}, {"a": 15, "b": 0})
    assert [one["delivered"]["people"] for one in told] == [10, 10, 15]


def test_targets_wait_within_a_round_and_not_across_rounds() -> None:
    before, now = contents(district={"a": 40, "b": 60}), contents(district={"a": 40, "b": 60})
    before["target_round"] = now["target_round"] = "TPMAP-2569"
    before["districts"][0]["target_households"] = 50
    now["districts"][0]["target_households"] = 51
    assert hold(now, [before])["districts"][0]["target_households"] == 50
    now["target_round"] = "TPMAP-2570"
    assert hold(now, [before])["districts"][0]["target_households"] == 51


def test_the_households_of_a_round_that_help_reached_wait() -> None:
    before, now = contents(district={"a": 40, "b": 60}), contents(district={"a": 40, "b": 60})
    before["rounds"] = [{"code": "TPMAP-2569", "helped_households": 50}]
    now["rounds"] = [{"code": "TPMAP-2569", "helped_households": 51}]
    assert hold(now, [before])["rounds"][0]["helped_households"] == 50


marks = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from("xyz"),
    st.sampled_from("ij"),
    st.sampled_from((1, 1, 1, 2, 4, 7, 30, -1)),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(marks, st.booleans()), max_size=40))
def test_no_two_editions_of_a_day_differ_by_few_people_in_any_row(
    steps: list[tuple[tuple[str, str, str, int], bool]],
) -> None:
    given_: Counter[tuple[str, str, str]] = Counter()
    told: list[Contents] = []
    for (*cell, count), publishes in steps:
        given_[tuple(cell)] = max(0, given_[tuple(cell)] + count)  # type: ignore[index]
        if not publishes:
            continue
        cuts: dict[str, dict[str, int]] = {}
        for place, (cut, codes) in enumerate((("district", "abcd"), ("dimension", "xyz"), ("item", "ij"))):
            cuts[cut] = {code: sum(n for key, n in given_.items() if key[place] == code) for code in codes}
        exact = contents(**cuts)
        told.append(hold(exact, list(reversed(told))))
        _tells_nothing_of_few(told, exact, cuts)


def _tells_nothing_of_few(told: list[Contents], exact: Contents, cuts: dict[str, dict[str, int]]) -> None:
    now = told[-1]
    total = now["delivered"]
    alone = sum(1 for count in cuts["district"].values() if count) == 1
    assert total == exact["delivered"] or alone
    for table, cut in CUTS:
        rows = people(now, table)
        assert all(count is None or not is_small(count) for count in rows.values())
        if len(told) > 1:
            for code, old in people(told[-2], table).items():
                count = rows[code]
                assert count is None or old is None or not 0 < abs(count - old) < LEAST
        false = [code for code, count in rows.items() if count is not None and count != cuts[cut][code]]
        hidden = [code for code, count in rows.items() if count is None]
        if len(false) == 1 and not hidden and len(told) > 1 and total["people"] is not None:
            # A reader takes a row for exact that says nobody, or another figure than it last did.
            old: dict[str, int | None] = {}
            for one in told[:-1]:
                old |= {code: count for code, count in people(one, table).items() if count is not None}
            open_ = [code for code in rows if rows[code] and rows[code] == old.get(code)]
            only = sum(1 for count in cuts[cut].values() if count) == 1
            assert len(open_) > 1 or only
            if only and table == "districts":
                assert total["people"] == rows[false[0]]


def _given(monkeypatch: pytest.MonkeyPatch, **counts: int) -> None:
    """The figures say that so many people of a district have been helped."""
    compute = figures.compute

    def say(profile: Any) -> dict[str, Any]:
        said = compute(profile)
        for row in said["districts"]:
            row["delivered"] = {key: counts.get(f"d{row['code']}", 0) for key in row["delivered"]}
        said["delivered"] = dict.fromkeys(said["delivered"], sum(counts.values()))
        return said

    monkeypatch.setattr(figures, "compute", say)


def _published(at: datetime) -> dict[str, int] | None:
    with time_machine.travel(at, tick=False), transaction():
        edition = editions.publish()
        if edition is None:
            return None
        return {code: count for code, count in people(edition.figures).items() if count}  # type: ignore[return-value]


def test_a_small_change_is_told_by_the_first_edition_of_the_next_day_in_bangkok(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning, evening = datetime(2026, 11, 21, 3, tzinfo=UTC), datetime(2026, 11, 21, 16, 59, tzinfo=UTC)
    midnight, later = datetime(2026, 11, 21, 17, 0, 30, tzinfo=UTC), datetime(2026, 11, 22, 3, tzinfo=UTC)
    with monkeypatch.context() as patch:
        _given(patch, d3301=10, d3305=20)
        assert _published(morning) == {"3301": 10, "3305": 20}
    with monkeypatch.context() as patch:
        _given(patch, d3301=11, d3305=20)
        assert _published(evening) == {"3301": 10, "3305": 20}
        assert _published(evening) is None
        assert _published(midnight) == {"3301": 11, "3305": 20}
    with monkeypatch.context() as patch:
        _given(patch, d3301=12, d3305=20)
        assert _published(later) == {"3301": 11, "3305": 20}
    assert editions.broken() == []


def test_a_day_begins_with_an_edition_so_that_its_first_handover_is_not_its_own(
    portal: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _given(patch, d3301=10, d3305=20)
        assert _published(datetime(2026, 11, 21, 3, tzinfo=UTC))
        assert _published(datetime(2026, 11, 21, 17, 0, 30, tzinfo=UTC)) == {"3301": 10, "3305": 20}
    with monkeypatch.context() as patch:
        _given(patch, d3301=11, d3305=20)
        assert _published(datetime(2026, 11, 22, 3, tzinfo=UTC)) == {"3301": 10, "3305": 20}
    assert "วันถัดไป" in cast.stranger.visit("/aid").words
