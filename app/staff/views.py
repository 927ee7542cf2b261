"""Pages of the staff: signing in and out, people and their roles, the audit trail."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.kit.db import transaction
from app.kit.errors import Refused
from app.staff import signin
from app.staff.doors import EVERYONE, opens_to
from app.staff.forms import SignInForm
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

bp = Blueprint("staff", __name__)


def _own_path(target: str) -> str:
    """The address to go on to, only when it is a page of this portal; otherwise empty."""
    parts = urlsplit(target)
    plain = target.isprintable() and "\\" not in target and not target.startswith("//")
    return target if plain and target.startswith("/") and not parts.scheme and not parts.netloc else ""


def _first_page(user: User) -> str:
    """Where this person's day begins: at the money that waits, or at what waits for them."""
    if user.has(Role.FINANCE) and "bank.queue" in current_app.view_functions:
        return url_for("bank.queue")
    return url_for("warroom.home")


@bp.get("/sign-in")
@opens_to(EVERYONE)
def sign_in() -> str | Response:
    if current_user.is_authenticated:
        return redirect(_own_path(request.args.get("next", "")) or _first_page(current_user))
    return _sign_in_page(SignInForm())


@bp.post("/sign-in")
@opens_to(EVERYONE)
def open_session() -> str | Response | tuple[str, int]:
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    try:
        token = signin.sign_in(
            sign_in_name=form.sign_in_name.data or "",
            password=form.password.data or "",
            address=request.remote_addr or "",
        )
    except signin.TooManyTries as refused:
        return _sign_in_page(form, refused.words), 429
    except Refused as refused:
        return _sign_in_page(form, refused.words), 422
    # Nothing of an earlier visitor's session is carried over.
    session.clear()
    session["_user_id"] = token
    session["_fresh"] = True
    session.permanent = True
    user = signin.whose(token)
    assert user is not None
    return redirect(_own_path(request.form.get("next", "")) or _first_page(user))


def _sign_in_page(form: SignInForm, refused: str = "") -> str:
    accounts = current_app.extensions.get("demo_accounts")
    return render_template(
        "staff/sign_in.html",
        form=form,
        refused=refused,
        next=_own_path(request.values.get("next", "")),
        accounts=accounts() if accounts else [],
        role_names=ROLE_NAMES,
    )


@bp.post("/sign-out")
@opens_to(EVERYONE)
def sign_out() -> Response:
    token = session.get("_user_id", "")
    session.clear()
    if token:
        with transaction():
            signin.sign_out(token)
    return redirect(url_for("staff.sign_in"))
