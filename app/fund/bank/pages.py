"""What the bank's pages share: the blueprint, paging, and the form that takes a statement."""

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.fund.bank import profiles
from app.fund.bank.forms import ImportForm
from app.fund.giving.donations import FundAccount
from app.kit.db import db

bp = Blueprint("bank", __name__)

Answer = str | Response | tuple[str, int]

PAGE = 50


def page_number() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), 100_000)


def pages(endpoint: str, page: int, count: int, **more: Any) -> dict[str, str]:
    first, last = (page - 1) * PAGE + 1, min(page * PAGE, count)
    return {
        "previous": url_for(endpoint, page=page - 1, **more) if page > 1 else "",
        "next": url_for(endpoint, page=page + 1, **more) if page * PAGE < count else "",
        "words": f"{first:,}–{last:,} จาก {count:,}" if count > PAGE else "",
    }


def import_form() -> ImportForm:
    form = ImportForm()
    accounts = db.session().execute(select(FundAccount.number, FundAccount.name).order_by(FundAccount.id))
    form.offer(
        accounts=[(number, f"{number} {name}") for number, name in accounts], profiles=profiles.names()
    )
    return form
