"""What the bank's pages share: the blueprint, the way back to the working page, and the form that takes a statement."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.fund.bank.statements import profiles
from app.fund.bank.statements.forms import ImportForm
from app.fund.giving.records.payment_requests import FundAccount
from app.kit.db import db

bp = Blueprint("bank", __name__)


#: Arguments that bring back to the working page, by what an address says of where the officer came from.
_WAYS: dict[str, dict[str, Any]] = {"work": {}, "held": {"held": "1"}}


def way_arguments() -> dict[str, Any]:
    """`{"back": "work"}` for links inside a page that was opened from the working page, so that the way back is kept; else empty."""
    back = request.args.get("back", "")
    return {"back": back} if back in _WAYS else {}


def redirect_to_next(number: int, *, otherwise: str) -> Response:
    """After a deed on an event: the next line of the working page for whoever came from there, else `otherwise`."""
    way = _WAYS.get(request.args.get("back", ""))
    return redirect(otherwise if way is None else url_for("bank.work", after=number, **way))


def back_link(number: int, *, otherwise: str) -> str:
    """The address of "back" on a page about an event: its line on the working page for whoever came from there, else `otherwise`."""
    way = _WAYS.get(request.args.get("back", ""))
    return otherwise if way is None else url_for("bank.work", at=number, **way)


def import_form() -> ImportForm:
    form = ImportForm()
    accounts = db.session().execute(select(FundAccount.number, FundAccount.name).order_by(FundAccount.id))
    form.offer(
        accounts=[(number, f"{number} {name}") for number, name in accounts], profiles=profiles.names()
    )
    return form
