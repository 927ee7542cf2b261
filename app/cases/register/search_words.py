"""Search words: what a household is found by, and the name in the order of Thai dictionaries that lists go by.

Both stand in the household's row, worked out here from its people and its place. Triggers empty the words when people or place
change, so that nobody is found by what they were called; whoever changed them, or the job within seconds, fills them again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, select, text, true, update

from app.cases.register import persons
from app.cases.register.bulk import chunks, table_of
from app.cases.register.records import NAME_KEY, Household, Member
from app.kit import texts, thai
from app.kit.db import transaction
from app.province import places

#: So many households are filled in one transaction of the job.
_AT_ONCE = 2_000
#: Fewer letters have no trigram: they are looked for where a name begins.
_TRIGRAM = 3
_LONGEST = 100


def refresh(connection: Connection, numbers: Collection[int]) -> None:
    """The search words of these households are those of their people and places as they are now. Inside a transaction."""
    home, member = table_of(Household).c, table_of(Member).c
    for part in chunks(sorted(numbers)):
        people: dict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(
            select(member.household_id, member.first_name, member.last_name, member.school, member.left)
            .where(member.household_id.in_(part))
            .order_by(member.household_id, member.position, member.id)
        ):
            people[row.household_id].append(row)
        columns = (home.id, home.code, home.house_code, home.house_no, home.village, home.subdistrict_code)
        homes = connection.execute(select(*columns).where(home.id.in_(part)))
        _write(
            connection, [(row.id, _words(row, people[row.id]), _name_key(people[row.id])) for row in homes]
        )


def _write(connection: Connection, rows: Sequence[tuple[int, str, str]]) -> None:
    if connection.dialect.name == "postgresql":
        statement = text(
            "UPDATE household AS h SET search_words = v.words, name_key = v.key FROM unnest("
            "CAST(:ids AS bigint[]), CAST(:words AS text[]), CAST(:keys AS text[])) AS v (id, words, key) WHERE h.id = v.id"
        )
        ids, words, keys = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
        connection.execute(statement, {"ids": ids, "words": words, "keys": keys})
        return
    table = table_of(Household)
    statement_of_each = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(search_words=bindparam("to_words"), name_key=bindparam("to_key"))
    )
    if rows:
        connection.execute(
            statement_of_each,
            [{"row_id": number, "to_words": words, "to_key": key} for number, words, key in rows],
        )


def _words(home: Any, people: Iterable[Any]) -> str:
    """Everything that finds the household, each word once, in small letters, with a space before and behind. No national ID."""
    subdistrict = places.subdistrict(home.subdistrict_code) if home.subdistrict_code else None
    parts = [home.code, home.house_code, home.house_no, home.village, subdistrict and subdistrict.name_th]
    for member in people:
        parts += [member.first_name, member.last_name, member.school]
    words = dict.fromkeys(" ".join(_plain(part) for part in parts if part).split())
    return f" {' '.join(words)} "


def _name_key(people: Sequence[Any]) -> str:
    """The head's name as a Thai dictionary orders it: whoever is first of those who still live there."""
    head = next((member for member in people if not member.left), None)
    if head is None:
        return ""
    return "\t".join(thai.sort_key(f"{head.first_name} {head.last_name}"))[:NAME_KEY]


def _plain(words: str) -> str:
    return thai.arabic_digits(texts.canonical(words)).casefold()


def fill() -> Mapping[str, int]:
    """Fill the search words that were emptied, or never written."""
    filled = 0
    while True:
        with transaction() as session:
            empty = select(Household.id).where(Household.search_words == "").limit(_AT_ONCE)
            numbers = session.scalars(empty).all()
            refresh(session.connection(), numbers)
        filled += len(numbers)
        if len(numbers) < _AT_ONCE:
            return {"filled": filled}


def matching(typed: str) -> ColumnElement[bool]:
    """Households with each word that was typed: anywhere in a name, school, village, tambon, house number or code.

    A word of one or two letters is where such a word begins. A title before a name is no part of it.
    """
    words = _plain(typed[:_LONGEST])
    words = persons.without_title(words)[1] or words
    found = [_holds(word) for word in words.split()]
    return and_(true(), *found)


def _holds(word: str) -> ColumnElement[bool]:
    if word.startswith("hh-") and word[3:].isascii() and word[3:].isdigit():
        return Household.code == word.upper()
    digits = word.replace("-", "")
    if digits.isascii() and digits.isdigit() and len(digits) == 11:
        return Household.house_code == digits
    return Household.search_words.contains(word if len(word) >= _TRIGRAM else f" {word}", autoescape=True)
