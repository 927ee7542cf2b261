"""How this reader sees the pages: language, size of letters and colour of the ground, kept in a cookie of their own browser."""

from dataclasses import asdict, dataclass, replace
from typing import Self

from flask import Blueprint, abort, current_app, has_request_context, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from app.kit import language
from app.kit.forms import Form
from app.kit.language import LANGUAGES, in_english, marked
from app.kit.web import own_address
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("display", __name__)

COOKIE = "display"
_YEAR = 365 * 24 * 3600
SIZES = {"normal": marked("ปกติ"), "large": marked("ใหญ่"), "larger": marked("ใหญ่มาก")}
THEMES = {"system": marked("ตามเครื่อง"), "light": marked("พื้นสว่าง"), "dark": marked("พื้นมืด")}


@dataclass(frozen=True)
class Display:
    """What the reader chose; without a choice Thai, and the browser's own. What the browser prefers switches no language."""

    size: str = "normal"
    theme: str = "system"
    language: str = "th"

    @classmethod
    def here(cls) -> Self:
        """Of the request that is being answered; what the background or a command prints has no reader who chose."""
        if not has_request_context():
            return cls()
        size, theme, code, *_ = (*request.cookies.get(COOKIE, "").split("."), "", "", "")
        return cls(
            size if size in SIZES else "normal",
            theme if theme in THEMES else "system",
            code if code in LANGUAGES else "th",
        )

    def keep(self, then: str) -> Response:
        """Keep this in the browser, and go on."""
        answer = redirect(then)
        answer.set_cookie(
            COOKIE,
            f"{self.size}.{self.theme}.{self.language}",
            max_age=_YEAR,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        return answer


def use_language() -> None:
    """Before every request: the language that the reader chose, where the page has it."""
    language.use(Display.here().language if language.has_english(current_app, request.endpoint) else "th")


def reset_language(_error: BaseException | None = None) -> None:
    """After every request: what this thread does next is Thai again."""
    language.use("th")


class DisplayForm(Form):
    language = RadioField(
        marked("ภาษา"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()]
    )
    size = RadioField(
        marked("ขนาดตัวอักษร"), choices=[SelectChoice(value, words) for value, words in SIZES.items()]
    )
    theme = RadioField(marked("สีพื้น"), choices=[SelectChoice(value, words) for value, words in THEMES.items()])
    back = HiddenField()


@bp.get("/display")
@in_english
@opens_to(EVERYONE)
def choose() -> ResponseReturnValue:
    """The choices, with the present one marked."""
    form = DisplayForm(formdata=None, **asdict(Display.here()), back=own_address(request.args.get("back")))
    return render_template("public/display.html", form=form)


@bp.post("/display")
@in_english
@opens_to(EVERYONE)
def set_display() -> ResponseReturnValue:
    """Keep the choice in the browser, and go back to the page that it was made for."""
    form = DisplayForm()
    if not form.validate_on_submit():
        return render_template("public/display.html", form=form), 422
    return Display(form.size.data, form.theme.data, form.language.data).keep(
        own_address(form.back.data) or "/"
    )


@bp.get("/language/<code>")
@opens_to(EVERYONE)
def set_language(code: str) -> ResponseReturnValue:
    """Read on in a language: the link that stands on every page that has both."""
    if code not in LANGUAGES:
        abort(404)
    return replace(Display.here(), language=code).keep(own_address(request.args.get("back")) or "/")
