"""Pages of the war room: what waits for each person, and the figures the governor looks at."""

from flask import Blueprint, render_template

from app.kit import clock
from app.province.places import ATTRIBUTION
from app.staff import notices
from app.staff.doors import STAFF, opens_to, signed_in
from app.staff.roles import Role
from app.warroom import boards, governor

bp = Blueprint("warroom", __name__)

#: Who sees the whole province at once. The open pages show everyone else what they may know.
BOARD_READERS = (Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)


@bp.get("/home")
@opens_to(STAFF)
def home() -> str:
    user = signed_in()
    return render_template(
        "warroom/home.html",
        cards=boards.work_of(user),
        notices=notices.unseen(user),
        lacks_address=not user.email and not user.line_user_id,
        today=clock.today(),
    )


@bp.get("/board")
@opens_to(*BOARD_READERS)
def board() -> str:
    return render_template(
        "warroom/board.html", board=governor.board(), as_of=clock.now(), map_attribution=ATTRIBUTION
    )
