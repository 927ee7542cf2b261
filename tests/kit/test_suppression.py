"""What a table keeps back: nobody can be singled out, by reading or by reckoning."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.suppression import LEAST, is_small, suppressed_rows


def table(**rows: int) -> dict[str, tuple[int, ...]]:
    return {name: (count,) for name, count in rows.items()}


def test_nobody_is_no_secret_and_few_are() -> None:
    assert not is_small(0, 0)
    assert is_small(1) and is_small(4)
    assert not is_small(5)
    assert is_small(9, 2), "many people in two houses are two houses"


def test_a_table_without_small_rows_is_shown_whole() -> None:
    assert suppressed_rows(table(a=0, b=5, c=300)) == set()


def test_rows_of_nobody_are_shown_beside_hidden_ones() -> None:
    assert suppressed_rows(table(a=0, b=3, c=4, d=40)) == {"b", "c"}


def test_a_single_small_row_takes_the_next_smallest_with_it() -> None:
    assert suppressed_rows(table(a=3, b=50, c=8, d=0)) == {"a", "c"}


def test_hidden_rows_of_one_each_are_not_told_by_their_sum() -> None:
    # Five hidden rows that together hold five could only hold one each.
    back = suppressed_rows(table(a=1, b=1, c=1, d=1, e=1, f=9, g=30))
    assert back == {"a", "b", "c", "d", "e", "f"}


def test_two_hidden_rows_of_one_need_a_third() -> None:
    assert suppressed_rows(table(a=1, b=1, c=6, d=7)) == {"a", "b", "c"}


def test_when_everybody_is_few_not_even_the_total_is_shown() -> None:
    assert suppressed_rows(table(a=3, b=0)) is None
    assert suppressed_rows(table(a=1, b=2)) is None


def test_few_households_are_hidden_however_many_live_in_them() -> None:
    assert suppressed_rows({"a": (9, 1), "b": (60, 20), "c": (100, 40)}) == {"a", "b"}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_no_hidden_row_can_be_worked_out_as_few(counts: list[int]) -> None:
    """An attacker tries every way to fill the hidden rows that gives the total."""
    rows = {str(place): (count,) for place, count in enumerate(counts)}
    back = suppressed_rows(rows)
    if back is None:
        return
    hidden = sorted(back)
    assert all(rows[name] == (0,) or rows[name][0] >= LEAST for name in set(rows) - back)
    if not hidden:
        return
    total = sum(rows[name][0] for name in hidden)
    fillings = (
        [way for way in product(range(1, total + 1), repeat=len(hidden)) if sum(way) == total]
        if (len(hidden) <= 4)
        else []
    )
    for place in range(len(hidden)):
        possible = {way[place] for way in fillings}
        assert not fillings or max(possible) >= LEAST > min(possible)


@pytest.mark.parametrize("count", range(1, LEAST))
def test_every_count_under_the_least_is_small(count: int) -> None:
    assert suppressed_rows(table(a=count, b=100, c=100)) == {"a", "b"}
