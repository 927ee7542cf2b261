"""Pages of the war room: what waits for each person, and the figures the governor looks at."""

from flask import Blueprint, render_template, url_for

from app.cases.aid import lateness
from app.cases.register import households
from app.fund.giving.payment_requests import payees
from app.kit import clock, language
from app.kit.language import in_english
from app.province.places import attribution
from app.province.profile import Profile
from app.staff.doors import STAFF, may_enter, opens_to, signed_in
from app.staff.roles import Role
from app.warroom import boards, governor, treasury

bp = Blueprint("warroom", __name__)

#: Who sees the whole province at once. The open pages show everyone else what they may know.
BOARD_READERS = (Role.CHAIR, Role.COMMITTEE, Role.FUND_OFFICER, Role.FINANCE, Role.AUDITOR)


@bp.get("/home")
@in_english
@opens_to(STAFF)
def home() -> str:
    user = signed_in()
    # Only what a treasurer sees here has its English.
    has_english = {grant.role for grant in user.grants} == {Role.TREASURER}
    if not has_english:
        language.use("th")
    return render_template(
        "warroom/home.html",
        cards=boards.work_of(user),
        notices=boards.told_to(user),
        treasury=treasury.of(user),
        account=payees.receiving_account(),
        has_english=has_english,
        lacks_address=not user.email and not user.line_user_id,
        # Whoever goes to houses begins there.
        visits=user.has(*households.AREA),
        today=clock.today(),
    )


#: What stands longest; the others follow as these go.
MOST_LATE = 40


@bp.get("/late")
@opens_to(STAFF)
def late() -> str:
    """What stands too long with this person; the secretariat, the chair and who checks see all of it."""
    user = signed_in()
    several = lateness.late()
    if not user.has(Role.CHAIR, Role.FUND_OFFICER, Role.AUDITOR):
        several = lateness.with_(user, several)
    reads = may_enter(user, "committee.decision")
    return render_template(
        "warroom/late.html",
        rows=[
            (
                now,
                url_for("aid.one_request", code=now.proposal.code)
                if may_enter(user, "aid.one_request")
                else url_for("spending.payments", q=now.proposal.code)
                if may_enter(user, "spending.payments") and not reads
                else url_for("committee.decision", code=now.proposal.code),
            )
            for now in several[:MOST_LATE]
        ],
        more=max(0, len(several) - MOST_LATE),
    )


@bp.get("/board")
@opens_to(*BOARD_READERS)
def board() -> str:
    return render_template(
        "warroom/board.html",
        board=governor.board(),
        as_of=clock.now(),
        map_attribution=attribution(Profile.here().province_code),
    )
