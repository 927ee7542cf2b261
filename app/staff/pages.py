"""Pages of the staff: signing in and out, and the audit trail. The pages of people stand beside this."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.kit import lists
from app.kit.db import transaction
from app.kit.errors import Busy, Refused, TooManyTries
from app.kit.language import gettext, in_english
from app.kit.lists import Choice, Column, Days, List, Search
from app.kit.web import AGAIN, own_address
from app.staff import approval_pages, devices, notices, people_pages, resets, signin, subjects, trail
from app.staff.audit import AuditEvent
from app.staff.blueprint import bp
from app.staff.doors import EVERYONE, STAFF, opens_to, signed_in
from app.staff.forms import ChooseForm, SignInForm
from app.staff.refusals import LINK_CLOSED
from app.staff.roles import ROLE_NAMES, Role
from app.staff.users import User

__all__ = ["approval_pages", "bp", "people_pages"]


def _first_page(user: User) -> str:
    """Where this person's day begins: at the money that waits, or at what waits for them."""
    if user.has(Role.FINANCE) and not notices.unseen(user):
        return url_for("bank.queue")
    return url_for("warroom.home")


@bp.get("/sign-in")
@in_english
@opens_to(EVERYONE)
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(own_address(request.args.get("next")) or _first_page(current_user))
    return _sign_in_page(SignInForm())


@bp.post("/sign-in")
@in_english
@opens_to(EVERYONE)
def open_session() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    return _open(form, form.sign_in_name.data or "", form.password.data or "")


@bp.route("/sign-in/choose/<token>", methods=["GET", "POST"])
@in_english
@opens_to(EVERYONE)
def choose_password(token: str) -> ResponseReturnValue:
    """With a link of one hour its owner chooses a password. Looking at the page uses nothing up."""
    form, refused, status = ChooseForm(), "", 200
    owner = resets.whose(token)
    if owner is None:
        refused, status = LINK_CLOSED, 404
    elif form.validate_on_submit():
        try:
            with transaction():
                resets.use(token, fresh=form.fresh.data or "")
        except Refused as error:
            refused, status = error.words, 422
        else:
            flash(gettext("ตั้งรหัสผ่านแล้ว กรุณาเข้าสู่ระบบ"), "success")
            answer = redirect(url_for("staff.sign_in"), code=303)
            # The link proved whose device it is: nobody who guesses meanwhile keeps its owner from signing in.
            _know_device(answer, owner.id)
            return answer
    elif form.is_submitted():
        status = 422
    page = render_template("staff/choose.html", form=form, owner=resets.whose(token), refused=refused)
    return page, status


@bp.post("/sign-in/try")
@in_english
@opens_to(EVERYONE)
def try_account() -> ResponseReturnValue:
    """One press signs in to the demonstration as one of its people; a live portal has none."""
    accounts = current_app.extensions.get("demo_accounts")
    chosen = request.form.get("account", "")
    known = {account["sign_in_name"]: account["password"] for account in accounts()} if accounts else {}
    if chosen not in known:
        abort(404)
    return _open(SignInForm(formdata=None), chosen, known[chosen])


def _open(form: SignInForm, sign_in_name: str, password: str) -> ResponseReturnValue:
    try:
        token = signin.sign_in(
            sign_in_name=sign_in_name,
            password=password,
            address=request.remote_addr or "",
            device=request.cookies.get(_device_cookie(), ""),
        )
    except TooManyTries as refused:
        return _sign_in_page(form, refused.words), 429
    except Busy as refused:
        busy = make_response(_sign_in_page(form, refused.words), 503)
        busy.headers["Retry-After"] = str(AGAIN)
        return busy
    except Refused as refused:
        return _sign_in_page(form, refused.words), 422
    # Nothing of an earlier visitor's session is carried over.
    session.clear()
    session["_user_id"] = token
    session["_fresh"] = True
    session.permanent = True
    user = signin.whose(token)
    assert user is not None
    answer = redirect(own_address(request.form.get("next")) or _first_page(user))
    _know_device(answer, user.id)
    return answer


def _know_device(answer: Response, user_id: int) -> None:
    with transaction():
        kept = devices.remember(request.cookies.get(_device_cookie(), ""), user_id=user_id)
    answer.set_cookie(
        _device_cookie(),
        kept,
        max_age=devices.KEPT,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _device_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _sign_in_page(form: SignInForm, refused: str = "") -> str:
    accounts = current_app.extensions.get("demo_accounts")
    return render_template(
        "staff/sign_in.html",
        form=form,
        refused=refused,
        next=own_address(request.values.get("next")),
        accounts=accounts() if accounts else [],
        role_names=ROLE_NAMES,
    )


@bp.post("/sign-out")
@opens_to(EVERYONE)
def sign_out() -> Response:
    token = session.get("_user_id", "")
    session.clear()
    if token:
        # Opens nothing any more; it says whose the form is that is sent from another window now.
        session["was"] = token
        with transaction():
            signin.sign_out(token)
    return redirect(url_for("staff.sign_in"))


@bp.post("/notices/<int:number>/acknowledge")
@opens_to(STAFF)
def acknowledge(number: int) -> Response:
    with transaction():
        notices.acknowledge(number, by=signed_in())
    return redirect(url_for("warroom.home"), code=303)


@bp.get("/trail", endpoint="trail")
@opens_to(Role.AUDITOR, Role.ADMINISTRATOR)
def show_trail() -> ResponseReturnValue:
    """What was done, newest first."""
    subject = request.args.get("subject", "").strip()
    return lists.show(
        "staff/trail.html",
        List(
            trail.statement(subject=subject),
            columns=(
                Column("การกระทำ", lambda line: trail.deed_words(line.event.deed)),
                Column("เวลา", lambda line: line.event.at, "moment", sort="id"),
                Column("โดย", lambda line: line.by or "ระบบ"),
                Column("รายการ", lambda line: line.subject.words, href=lambda line: line.subject.href),
                Column("รายละเอียด", _details, on="desk"),
                Column("ตรา", lambda line: line.link, "count", on="desk"),
                Column("ทุกบันทึกของรายการนี้", _all_of_it, "act", on="page"),
            ),
            # Written down one after another: the order of the trail is that of time.
            orders={"id": (AuditEvent.id,)},
            search=Search("ชื่อผู้ทำ ชื่อผู้ใช้ หรือรายการ", trail.matching, name="who"),
            filters=(
                Choice("deed", "เรื่อง", list(trail.ROOMS.items()), trail.of_room, everything="ทุกเรื่อง"),
                Days(AuditEvent.at),
            ),
            read=_described,
            keep=("subject",),
            label="บันทึกตรวจสอบ",
            file="trail",
        ),
        state=trail.state(),
        subject=subject,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """An event of the trail with who did it, what it was done to, and its link in the chain."""

    event: AuditEvent
    by: str | None
    link: int | None
    subject: subjects.Description


def _described(rows: Sequence[Any]) -> list[_Line]:
    described = subjects.describe((event.subject for event, *_ in rows), reader=signed_in())
    return [_Line(event, by, link, described[event.subject]) for event, by, link in rows]


def _details(line: _Line) -> str:
    return "; ".join(f"{name}: {value}" for name, value in trail.detail(line.event))


def _all_of_it(line: _Line) -> Markup:
    address = url_for("staff.trail", subject=line.event.subject)
    return Markup('<a class="row-link" href="{}" aria-label="ทุกบันทึกของ{}">ทุกบันทึก</a>').format(
        address, line.subject.words
    )


@bp.post("/trail/verify")
@opens_to(Role.AUDITOR, Role.ADMINISTRATOR)
def verify_trail() -> Response:
    found = trail.verified()
    flash(found.words, "success" if found.whole else "danger")
    return redirect(url_for("staff.trail"))
