"""Doors: every endpoint says who may enter, or it is closed."""

import secrets
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.kit import kept_forms
from app.staff import signin
from app.staff.roles import Role
from app.staff.users import User

View = TypeVar("View", bound=Callable[..., Any])


class Anyone(Enum):
    #: The open door: visitors too.
    EVERYONE = "everyone"
    #: Any member of staff who is signed in.
    STAFF = "staff"


EVERYONE, STAFF = Anyone.EVERYONE, Anyone.STAFF


def opens_to(*who: Role | Anyone) -> Callable[[View], View]:
    """Declare who may enter a view: roles, STAFF or EVERYONE. Stands directly above the function."""
    if not who:
        raise ValueError("a door that opens to nobody is a wall")

    def declare(view: View) -> View:
        view.open_to = frozenset(who)  # type: ignore[attr-defined]
        return view

    return declare


def who_may_enter(app: Flask, endpoint: str) -> frozenset[Role | Anyone] | None:
    """What an endpoint declares; None when it declares nothing and is therefore closed."""
    if endpoint == "static":
        return frozenset({EVERYONE})
    return getattr(app.view_functions.get(endpoint), "open_to", None)


def may_enter(user: User, endpoint: str) -> bool:
    """Whether a person of the staff may enter a page."""
    allowed = who_may_enter(current_app, endpoint) or frozenset()
    return bool(allowed & {EVERYONE, STAFF}) or user.has(*(who for who in allowed if isinstance(who, Role)))


def signed_in() -> User:
    """The person signed in. Only behind a door that asks for one."""
    user = current_user._get_current_object()
    assert isinstance(user, User)
    return user


#: Where a password that somebody else made still opens the door.
_FOR_CHOOSING = frozenset({"static", "staff.me", "staff.change_password", "staff.sign_out"})


def guard() -> Response | None:
    """Before every request: let in, send to sign in, or refuse; whoever has a password of another's making chooses one."""
    if request.endpoint is None:
        return None
    allowed = who_may_enter(current_app, request.endpoint)
    if allowed is None:
        abort(403)
    if request.endpoint not in _FOR_CHOOSING and _has_temporary_password():
        return redirect(url_for("staff.me"))
    if EVERYONE in allowed:
        return None
    if not current_user.is_authenticated:
        # What was typed while the session ran out is there again after signing in, for the same person.
        page = (
            request.full_path.rstrip("?") if request.method == "GET" else kept_forms.keep(kept_forms.NOT_SENT)
        )
        return redirect(url_for("staff.sign_in", next=page or None))
    roles = (role for role in allowed if isinstance(role, Role))
    if STAFF not in allowed and not signed_in().has(*roles):
        abort(403)
    return None


def form_owner() -> str:
    """For whom a form that was sent now may be kept: who is signed in, or was until just now; on an open page any
    visitor, by this browser's session. Nobody, "", where it is not known whose form it is."""
    if current_user.is_authenticated:
        return f"user:{signed_in().id}"
    was = signin.whose_was(session.get("_user_id") or session.get("was") or "")
    if was is not None:
        return f"user:{was}"
    allowed = who_may_enter(current_app, request.endpoint or "") or frozenset()
    if EVERYONE not in allowed or ("visitor" not in session and request.method == "GET"):
        return ""
    return f"visitor:{session.setdefault('visitor', secrets.token_urlsafe(12))}"


def _has_temporary_password() -> bool:
    # Open pages tell more to some who are signed in, so these ask too. A visitor without a cookie is not looked up.
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return False
    return signed_in().password_is_temporary
