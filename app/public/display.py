"""How this reader sees the pages: size of letters and colour of the ground, kept in a cookie of their own browser."""

from dataclasses import dataclass
from typing import Self

from flask import Blueprint, has_request_context, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from app.kit.forms import Form
from app.kit.web import own_address
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("display", __name__)

COOKIE = "display"
_YEAR = 365 * 24 * 3600
SIZES = {"normal": "ปกติ", "large": "ใหญ่", "larger": "ใหญ่มาก"}
THEMES = {"system": "ตามเครื่อง", "light": "พื้นสว่าง", "dark": "พื้นมืด"}


@dataclass(frozen=True)
class Display:
    """What the reader chose; without a choice the browser's own."""

    size: str = "normal"
    theme: str = "system"

    @classmethod
    def here(cls) -> Self:
        """Of the request that is being answered; what the background or a command prints has no reader who chose."""
        if not has_request_context():
            return cls()
        size, _, theme = request.cookies.get(COOKIE, "").partition(".")
        return cls(size if size in SIZES else "normal", theme if theme in THEMES else "system")


class DisplayForm(Form):
    size = RadioField("ขนาดตัวอักษร", choices=[SelectChoice(value, words) for value, words in SIZES.items()])
    theme = RadioField("สีพื้น", choices=[SelectChoice(value, words) for value, words in THEMES.items()])
    back = HiddenField()


@bp.get("/display")
@opens_to(EVERYONE)
def choose() -> ResponseReturnValue:
    """The choices, with the present one marked."""
    display = Display.here()
    form = DisplayForm(
        formdata=None, size=display.size, theme=display.theme, back=own_address(request.args.get("back"))
    )
    return render_template("public/display.html", form=form)


@bp.post("/display")
@opens_to(EVERYONE)
def set_display() -> ResponseReturnValue:
    """Keep the choice in the browser, and go back to the page that it was made for."""
    form = DisplayForm()
    if not form.validate_on_submit():
        return render_template("public/display.html", form=form), 422
    answer = make_response(redirect(own_address(form.back.data) or "/"))
    chosen = f"{form.size.data}.{form.theme.data}"
    answer.set_cookie(COOKIE, chosen, max_age=_YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return answer
