"""Attempts that a rule refused: who tried what, when, and why it was not done, in the trail beside what was done."""

import logging
from collections.abc import Collection

from flask import Flask, Response, current_app, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from app.kit.db import BUSY, FASTER, REFUSED, db, transaction
from app.kit.errors import Refused
from app.kit.injected import Injected
from app.staff import audit, subjects
from app.staff.deeds import Deed

log = logging.getLogger("kueakun.attempts")
#: Blueprints of rooms whose refusals may name a member of a household: the trail names none.
PRIVATE: Injected[Collection[str]] = Injected("rooms whose refusals name families")


def install(app: Flask) -> None:
    """Have an application write refused attempts of its staff down. Before `deed_keys`, whose round comes first then."""
    app.before_request(_forget)
    app.after_request(_note)


def _forget() -> None:
    db.session().info.pop(REFUSED, None)


def _note(response: Response) -> Response:
    refused = db.session().info.pop(REFUSED, None) if request.method == "POST" else None
    # What cannot be read, and what only has to wait, broke no rule.
    if type(refused) is not Refused or refused.words in (BUSY, FASTER):
        return response
    if request.blueprint in PRIVATE.get() or not current_user.is_authenticated:
        return response
    try:
        with transaction():
            audit.record(
                Deed.ATTEMPT_REFUSED, _subject(), by=current_user, page=request.path[:200], why=refused.words
            )
    except (Refused, SQLAlchemyError):
        log.exception("a refused attempt could not be written down")
    return response


def _subject() -> str:
    """On what it was tried: the row whose page the form's address begins with, else the address itself."""
    rules = {rule.endpoint: rule.rule for rule in current_app.url_map.iter_rules()}
    tried, best, found = request.url_rule.rule if request.url_rule else "", "", ""
    for kind, told in subjects.KINDS.get().items():
        page = rules.get(told.page, "")
        if page and told.key is None and f"{tried}/".startswith(f"{page}/") and len(page) > len(best):
            number = (request.view_args or {}).get(told.argument)
            best, found = (page, f"{kind}:{number}") if number is not None else (best, found)
    return found or f"page:{request.path}"[:80]
