"""Lists: search, filters, order, the next rows and a sheet of what was found, the same way on every page that has one.

A view says what its list is and hands it over; all that a person asked for stands in the address:

    def receipt_list() -> ResponseReturnValue:
        return lists.show(
            "giving/receipts.html",
            lists.List(
                select(Receipt),
                columns=(
                    Column("เลขที่", lambda r: r.code, href=lambda r: url_for("giving.receipt", token=r.token)),
                    Column("วันที่ออก", lambda r: r.issued_at, "date", sort="at"),
                    Column("จำนวนเงิน (บาท)", lambda r: r.satang, "baht"),
                ),
                orders={"at": (Receipt.issued_at, Receipt.id), "id": (Receipt.id,)},
                search=Search("เลขที่หรือชื่อผู้ให้", lambda words: lists.contains(words, Receipt.payer)),
                filters=(Choice("state", "สถานะ", STATES, lambda value: Receipt.state == value), Days(Receipt.issued_at)),
                empty="ยังไม่มีใบเสร็จ",
                file="receipts",
            ),
            owed=…,                                                what else the page shows
        )

and its page draws all of it with `{{ ui.list(list) }}`. The first column names the row; on a phone it stands on the
first line, the one sum in baht at its right, the rest on the second line.

`orders` name what the list may be ordered by: columns that are never NULL, the last of them unique, and an index that
begins with them; the first, descending, is the order when nobody asks for one (`down=False`: ascending). The next rows
are those after the last one shown: a list of a million rows costs what one of a thousand does. Nothing is counted.
`read` makes of the rows that are shown what `of` and `href` are given, all rows at once, so that no row asks again.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from flask import Response as Answered
from flask import make_response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import ColumnElement, Date, Select, and_, literal, or_, tuple_
from werkzeug.wrappers import Response

from app.kit import clock, sheets, texts, thai
from app.kit.clock import BANGKOK
from app.kit.db import UtcDateTime, db
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form, ThaiDateField
from app.kit.injected import Injected
from app.kit.language import gettext, marked, translated
from app.kit.sheets.writing import Cell

ROWS = 20
#: Told what every file of a list is called before it leaves the portal.
HANDED_OUT: Injected[Callable[[str], None]] = Injected("writer of what is handed out")
#: A sheet of more rows is one that nobody reads, and makes everybody else wait.
_SHEET_ROWS = 50_000
_BATCH = 1_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Kind: TypeAlias = Literal["", "baht", "count", "date", "moment", "pill", "full", "act"]


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is told of each row.

    `of` gives text, satang (`baht`), a number (`count`), a day (`date`), a moment (a day where no more is known), words
    with their kind (`pill`: see ui.pill), a long text that takes a line of its own on a phone (`full`), or what stands
    last and is pressed (`act`: Markup). `sort` names one of the orders. `on`: page or sheet, where it is not for both,
    or desk: a page with room, and the sheet. A row on a phone has two lines.
    """

    label: str
    of: Callable[[Any], Any]
    kind: Kind = ""
    href: Callable[[Any], str] | None = None
    sort: str = ""
    on: Literal["both", "page", "sheet", "desk"] = "both"

    def __post_init__(self) -> None:
        if not self.label:
            msg = "a column needs a name, for who hears the table and for the sheet; that of kind `act` is not shown"
            raise ValueError(msg)

    @property
    def side(self) -> str:
        """Of which classes the table's cell is."""
        sides = {"baht": "num", "count": "num", "moment": "date", "pill": ""}
        return f"{sides.get(self.kind, self.kind)}{' desk-only' if self.on == 'desk' else ''}".strip()

    def cell(self, row: Any) -> Cell:
        """The value as a sheet has it."""
        value = self.of(row)
        if self.kind == "baht" and value is not None:
            return Decimal(value).scaleb(-2)
        if self.kind == "pill" and value is not None:
            value = value[0]
        return value.striptags() if isinstance(value, Markup) else value


@dataclass(frozen=True, slots=True)
class Search:
    """The box above the list. `where` is given the words, in one spelling and with Arabic digits."""

    label: str
    where: Callable[[str], ColumnElement[bool]]
    name: str = "q"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice between few things: (value, words). `otherwise` is what is chosen while nothing is asked."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    where: Callable[[str], ColumnElement[bool]]
    everything: str = marked("ทั้งหมด")
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both included: of a column of days or of moments."""

    column: Any


Filter: TypeAlias = Choice | Days


class _DaysForm(Form):
    class Meta(Form.Meta):
        csrf = False

    since = ThaiDateField(marked("ตั้งแต่วันที่"))
    until = ThaiDateField(marked("ถึงวันที่"))


@dataclass(frozen=True, slots=True)
class List:
    """What a list is made of; see above. `keep`: names in the address that belong to the page and not to the list."""

    rows: Select[*tuple[Any, ...]]
    columns: Sequence[Column]
    orders: Mapping[str, tuple[Any, ...]]
    search: Search | None = None
    filters: Sequence[Filter] = ()
    down: bool = True
    read: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    empty: str = marked("ยังไม่มีรายการ")
    drawing: str = "rice"
    label: str = ""
    #: What a downloaded sheet is called; a list without one cannot be downloaded.
    file: str = ""
    #: The endpoint that asks why before it hands a file out, for lists that name families; it stands where the list's address
    #: does and takes the same arguments.
    export: str = ""
    keep: Sequence[str] = ()
    #: The page of the list, where another address shows it too: that of a form that was refused.
    endpoint: str = ""
    per: int = ROWS
    #: In the names of the address, where a page has two lists.
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice as the page draws it."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str
    everything: str


@dataclass(slots=True)
class Found:
    """A list as it was asked for: what `ui.list` draws."""

    listing: List
    words: str = ""
    choices: list[Chosen] = field(default_factory=list)
    days: _DaysForm | None = None
    order: str = ""
    down: bool = True
    rows: Sequence[Any] = ()
    #: Addresses, empty where there is nothing: what follows, the beginning, the list without what was asked, the sheet.
    more: str = ""
    first: str = ""
    clear: str = ""
    sheet: str = ""
    export: str = ""
    #: How much of the address narrows the list beside the words.
    narrowed: int = 0

    @property
    def columns(self) -> Sequence[Column]:
        return [column for column in self.listing.columns if column.on != "sheet"]

    @property
    def unreadable(self) -> bool:
        """Whether a day was typed that is none."""
        return bool(self.days and self.days.errors)

    def name(self, of: str) -> str:
        return self.listing.prefix + of

    @property
    def sorted_by(self) -> str:
        """What stands in the address of the order that is shown."""
        return ("-" if self.down else "") + self.order

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What of the address goes with a new search and is no field of it."""
        return [(name, value) for name in self.listing.keep for value in request.args.getlist(name) if value]

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """Every order with its words, both ways; the order of the start may be no column's."""
        said = {column.sort: column for column in self.listing.columns if column.sort}
        found = []
        for order, column in said.items():
            up, down = _WAYS.get(column.kind, _WAYS[""])
            found += [(f"-{order}", _said(column, down)), (order, _said(column, up))]
        if said and self.order not in said:
            found.insert(0, (self.sorted_by, gettext("ตามลำดับของรายการ")))
        return found

    def sort_address(self, column: Column) -> str:
        """The list ordered by a column: first the largest, the newest; then the other way."""
        turned = not self.down if column.sort == self.order else column.kind != ""
        return self.address(sort=("-" if turned else "") + column.sort)

    def sorted_as(self, column: Column) -> str:
        if column.sort != self.order or not column.sort:
            return ""
        return "descending" if self.down else "ascending"

    def address(self, **other: str) -> str:
        """This list with something of it asked otherwise; from its beginning, unless `after` is given."""
        asked: dict[str, str] = {}
        if self.listing.search and self.words:
            asked[self.listing.search.name] = self.words
        for choice in self.choices:
            if choice.value and (choice.value != _otherwise(self.listing, choice.name)):
                asked[choice.name] = choice.value
        for side in ("since", "until") if self.days else ():
            if typed := request.args.get(self.name(side), "").strip():
                asked[side] = typed
        if (self.order, self.down) != (next(iter(self.listing.orders)), self.listing.down):
            asked["sort"] = self.sorted_by
        asked |= other
        named: dict[str, Any] = {self.name(name): value for name, value in asked.items()}
        kept: dict[str, Any] = {name: request.args.getlist(name) for name in self.listing.keep}
        return _address(self.listing, kept | named)


#: How an order is said, rising and falling, by the kind of its column.
_WAYS = {
    "": (marked("ก → ฮ"), marked("ฮ → ก")),
    "baht": (marked("น้อย → มาก"), marked("มาก → น้อย")),
    "count": (marked("น้อย → มาก"), marked("มาก → น้อย")),
    "date": (marked("เก่า → ใหม่"), marked("ใหม่ → เก่า")),
    "moment": (marked("เก่า → ใหม่"), marked("ใหม่ → เก่า")),
}


def _said(column: Column, way: str) -> str:
    return f"{translated(column.label)} {gettext(way)}"


def _address(listing: List, asked: dict[str, Any]) -> str:
    return url_for(listing.endpoint or request.endpoint or "", **(request.view_args or {}), **asked)


def _otherwise(listing: List, name: str) -> str:
    return next(kind.otherwise for kind in listing.filters if isinstance(kind, Choice) and kind.name == name)


def find(listing: List) -> Found:
    """The rows that the address asks for. A page with two lists finds each and draws them itself."""
    found, statement = _asked(listing)
    columns = listing.orders[found.order]
    cut = _ordered(statement, columns, down=found.down).limit(listing.per + 1)
    after = _read_key(request.args.get(found.name("after"), ""), columns)
    if after is not None:
        cut = cut.where(_after(columns, after, down=found.down))
        found.first = found.address()
    rows, keys = _split(cut, len(columns))
    if len(rows) > listing.per:
        found.more = found.address(after=_key(keys[listing.per - 1]))
        rows = rows[: listing.per]
    found.rows = listing.read(rows) if listing.read and rows else rows
    if listing.export and rows:
        found.export = url_for(listing.export, **(request.view_args or {}), **asked_for(listing))
    elif listing.file and rows:
        found.sheet = found.address(download="xlsx")
    if found.words or found.narrowed:
        kept: dict[str, Any] = {name: request.args.getlist(name) for name in listing.keep}
        found.clear = _address(listing, kept)
    return found


def show(template: str, listing: List, /, **context: Any) -> ResponseReturnValue:
    """The page of a list, or the sheet of what was found when that is asked for."""
    if is_sheet(listing):
        return sheet(listing)
    found = find(listing)
    page = render_template(template, list=found, **context)
    return (page, 422) if found.unreadable else page


def is_sheet(listing: List) -> bool:
    return (
        bool(listing.file) and not listing.export and request.args.get(listing.prefix + "download") == "xlsx"
    )


def sheet(listing: List) -> Response:
    """All that was found as XLSX. Raises Refused where it is more than anybody reads."""
    header, rows = _lines(listing, most=_SHEET_ROWS)
    return _handed(listing, "xlsx", make_response(sheets.to_xlsx(header, rows)), _XLSX)


def csv(listing: List) -> Response:
    """All that was found as CSV, sent as it is read."""
    header, rows = _lines(listing, most=None)
    chunks = stream_with_context(sheets.csv_chunks(header, rows))
    return _handed(listing, "csv", Answered(chunks), "text/csv")


def asked_for(listing: List) -> dict[str, Any]:
    """What of the address asks for these rows: for the address of another form of them."""
    names = [
        listing.prefix + narrowing.name for narrowing in listing.filters if isinstance(narrowing, Choice)
    ]
    names += [listing.prefix + name for name in ("since", "until", "sort")]
    names += [listing.prefix + listing.search.name] if listing.search else []
    return {name: value for name in names if (value := request.args.get(name, "").strip())}


def _handed(listing: List, ending: str, answer: Response, mimetype: str) -> Response:
    HANDED_OUT.get()(listing.file)
    answer.mimetype = mimetype
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(listing, ending)}"'
    return answer


def file_name(listing: List, ending: str) -> str:
    """What a file of the list is called, with the day."""
    today = clock.today()
    return f"{listing.file}-{thai.year_be(today)}{today:%m%d}.{ending}"


def lines(listing: List) -> tuple[list[str], Iterator[list[Cell]]]:
    """The head and the rows of a file of what was found. Raises BadInput for a day that is none; the rows raise Refused where
    they are more than anybody reads."""
    return _lines(listing, most=_SHEET_ROWS)


def _lines(listing: List, *, most: int | None) -> tuple[list[str], Iterator[list[Cell]]]:
    """The head and the rows of a sheet. Raises BadInput for a day that is none."""
    found, statement = _asked(listing)
    if found.unreadable:
        raise BadInput(gettext("อ่านวันที่ไม่ได้ กรุณากลับไปแก้วันที่ แล้วดาวน์โหลดอีกครั้ง"))
    columns = [column for column in listing.columns if column.on != "page" and column.kind != "act"]
    rows = ([column.cell(row) for column in columns] for row in _everything(found, statement, most=most))
    return [column.label for column in columns], rows


def _everything(found: Found, statement: Select[*tuple[Any, ...]], *, most: int | None) -> Iterator[Any]:
    """All rows that were found, read a thousand at a time. Raises Refused past `most`."""
    listing = found.listing
    columns = listing.orders[found.order]
    ordered = _ordered(statement, columns, down=found.down).limit(_BATCH)
    cut, told = ordered, 0
    while True:
        rows, keys = _split(cut, len(columns))
        told += len(rows)
        if most is not None and told > most:
            raise Refused(
                gettext(
                    "ตามที่ค้นมีมากกว่า %(most)s รายการ ยังไม่ได้ดาวน์โหลด กรุณาเลือกช่วงวันที่หรือค้นให้แคบลง แล้วดาวน์โหลดอีกครั้ง",
                    most=format(most, ","),
                )
            )
        yield from listing.read(rows) if listing.read and rows else rows
        if len(rows) < _BATCH:
            return
        cut = ordered.where(_after(columns, keys[-1], down=found.down))


def _asked(listing: List) -> tuple[Found, Select[*tuple[Any, ...]]]:
    """What the address asks for, and the rows narrowed by it; nothing of it can be wrong but a day."""
    found, statement, args = Found(listing), listing.rows, request.args
    if listing.search:
        typed = texts.visible(args.get(listing.prefix + listing.search.name, ""))[:100]
        found.words = typed
        if typed:
            statement = statement.where(listing.search.where(thai.arabic_digits(texts.canonical(typed))))
    for narrowing in listing.filters:
        if isinstance(narrowing, Days):
            statement = _between(found, statement, narrowing.column)
            continue
        value = args.get(listing.prefix + narrowing.name, narrowing.otherwise)
        if value not in dict(narrowing.options):
            value = ""
        found.choices.append(
            Chosen(narrowing.name, narrowing.label, narrowing.options, value, narrowing.everything)
        )
        found.narrowed += value != narrowing.otherwise
        if value:
            statement = statement.where(narrowing.where(value))
    asked = args.get(listing.prefix + "sort", "")
    found.order, found.down = asked.removeprefix("-"), asked.startswith("-")
    if found.order not in listing.orders:
        found.order, found.down = next(iter(listing.orders)), listing.down
    return found, statement


def _between(found: Found, statement: Select[*tuple[Any, ...]], column: Any) -> Select[*tuple[Any, ...]]:
    found.days = form = _DaysForm(request.args, prefix=found.listing.prefix)
    if not form.validate():
        return statement
    by_day = isinstance(column.type, Date)
    if since := form.since.data:
        statement = statement.where(column >= (since if by_day else _begins(since)))
    if until := form.until.data:
        statement = statement.where(
            column <= until if by_day else column < _begins(until + timedelta(days=1))
        )
    found.narrowed += bool(since) + bool(until)
    return statement


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=BANGKOK)


def _ordered(
    statement: Select[*tuple[Any, ...]], columns: tuple[Any, ...], *, down: bool
) -> Select[*tuple[Any, ...]]:
    ways = [column.desc() if down else column.asc() for column in columns]
    keys = [column.label(f"key_{place}") for place, column in enumerate(columns)]
    return statement.add_columns(*keys).order_by(None).order_by(*ways)


def _split(statement: Select[*tuple[Any, ...]], keys: int) -> tuple[list[Any], list[Sequence[Any]]]:
    """The rows without their keys, and the keys; a row of one thing is that thing."""
    rows = [tuple(row) for row in db.session().execute(statement)]
    kept = [row[:-keys] for row in rows]
    return [row[0] if len(row) == 1 else row for row in kept], [row[-keys:] for row in rows]


def _after(columns: tuple[Any, ...], values: Sequence[Any], *, down: bool) -> ColumnElement[bool]:
    known = [literal(value, column.type) for column, value in zip(columns, values, strict=True)]
    left = columns[0] if len(columns) == 1 else tuple_(*columns)
    right = known[0] if len(columns) == 1 else tuple_(*known)
    compared: ColumnElement[bool] = left < right if down else left > right
    return compared


def _key(values: Sequence[Any]) -> str:
    return json.dumps(
        [value.isoformat() if isinstance(value, date) else value for value in values],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _read_key(text: str, columns: tuple[Any, ...]) -> list[Any] | None:
    """The key of the row after which the list goes on; None for the beginning and for what is no key."""
    try:
        values = json.loads(text)
        if not isinstance(values, list) or len(values) != len(columns):
            return None
        return [_read_value(value, _kind(column)) for value, column in zip(values, columns, strict=True)]
    except (ValueError, TypeError, RecursionError):
        return None


def _kind(column: Any) -> type:
    return datetime if isinstance(column.type, UtcDateTime) else column.type.python_type


def _read_value(value: Any, kind: type) -> Any:
    if kind is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return at
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError("not a value of this column")
    return value


def shown(cell: Cell) -> str:
    """A cell of a sheet as a paper prints it."""
    if isinstance(cell, datetime):
        return thai.moment_text(cell)
    if isinstance(cell, date):
        return thai.short_date(cell)
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else cell or ""


def contains(words: str, *columns: Any) -> ColumnElement[bool]:
    """Every word stands somewhere in one of the columns, in capitals or not."""
    return and_(
        *(or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words.split())
    )


def number(words: str) -> int | None:
    """The number that was typed, with or without commas and leading zeros; None for anything else."""
    digits = words.replace(",", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def satang(words: str) -> int | None:
    """The sum that was typed in baht; None for anything else."""
    whole, _, part = words.replace(",", "").strip().partition(".")
    digits = whole + part.ljust(2, "0")
    readable = digits.isascii() and digits.isdigit() and len(part) < 3 and len(digits) < 16
    return int(digits) if readable and whole else None
