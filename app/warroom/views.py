"""Pages of the war room: what waits for each person, and the figures the governor looks at."""

from flask import Blueprint, render_template

from app.staff.doors import STAFF, opens_to

bp = Blueprint("warroom", __name__)


@bp.get("/home")
@opens_to(STAFF)
def home() -> str:
    return render_template("warroom/home.html")
