"""Small cells: what a table may say of few people, and what it keeps back so that nobody can work it out."""

from collections.abc import Mapping, Sequence

#: Fewer people or households than this are never shown as a figure. Nobody at all is no secret.
LEAST = 5

#: What is counted in one row, such as (people, households).
Counts = Sequence[int]


def is_small(*counts: int) -> bool:
    """Whether any of the counts is of somebody, but of too few."""
    return any(0 < count < LEAST for count in counts)


def suppressed_rows(rows: Mapping[str, Counts]) -> set[str] | None:
    """The rows of a table whose total is shown that must not be; None when not even the total may be.

    A small row is kept back. What is left of the total after the rows that are shown tells the sum of those
    kept back, and each of them holds at least one: so the next smallest row goes too, until every row kept
    back might hold LEAST or more for all a reader can work out. Rows of nobody are shown.
    """
    back = {name for name, counts in rows.items() if is_small(*counts)}
    if not back:
        return back
    others = sorted(
        (name for name in rows if any(rows[name]) and name not in back), key=lambda n: (*rows[n], n)
    )
    while not _is_veiled([rows[name] for name in back]):
        if not others:
            return None
        back.add(others.pop(0))
    return back


def _is_veiled(back: Sequence[Counts]) -> bool:
    # The others hold one each at the least, so this is the most that any one of them can hold.
    return len(back) > 1 and all(sum(column) - (len(back) - 1) >= LEAST for column in zip(*back, strict=True))
