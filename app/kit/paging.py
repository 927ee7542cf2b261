"""Long lists, a page at a time: the rows, the addresses of the pages beside it, and where one is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, func, select

from app.kit.db import db

PER_PAGE = 50


def page_number() -> int:
    """Which page of a long list was asked for; the first for anything that is not a number."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def links(endpoint: str, page: int, total: int, per: int = PER_PAGE, /, **query: Any) -> dict[str, str]:
    """What `ui.pager` needs of a list whose rows were cut elsewhere; on one page it says nothing."""
    first, last = (page - 1) * per + 1, min(page * per, total)
    return {
        "previous": url_for(endpoint, page=page - 1, **query) if page > 1 else "",
        "next": url_for(endpoint, page=page + 1, **query) if last < total else "",
        "words": f"{first:,}–{last:,} จาก {total:,}" if total > per else "",
    }


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list. `previous` and `next` are addresses, empty at the ends; `words` as in "1–50 จาก 1,204"."""

    rows: Sequence[Any]
    previous: str
    next: str
    words: str
    total: int


def leaf(statement: Select[*tuple[Any, ...]], *, per: int = PER_PAGE, scalars: bool = False) -> Leaf:
    """The page of the statement's rows that the address asks for with `?page=`; other filters stay in the address.

    A page past the end shows the last one, so that an old bookmark still shows something.
    """
    session = db.session()
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    last = max(1, -(-total // per))
    page = min(page_number(), last)
    cut = statement.limit(per).offset((page - 1) * per)
    rows = session.scalars(cut).all() if scalars else session.execute(cut).all()
    first = (page - 1) * per + 1
    return Leaf(
        rows=rows,
        previous=_address(page - 1) if page > 1 else "",
        next=_address(page + 1) if page < last else "",
        words=f"{first:,}–{first + len(rows) - 1:,} จาก {total:,}" if rows else "",
        total=total,
    )


def _address(page: int) -> str:
    kept: dict[str, Any] = {
        name: values for name, values in request.args.to_dict(flat=False).items() if name != "page"
    }
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept, page=page)
