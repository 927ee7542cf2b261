"""Pages of yearly statements: of a treasurer's own branch, and of everyone for finance.

What is asked for is sent in the form, never in the address: a giver's name has no place in logs and histories.
"""

from flask import Response, abort, render_template, request

from app.fund.giving.blueprint import bp
from app.fund.giving.forms import PressForm
from app.fund.giving.reports import yearly
from app.fund.giving.reports.yearly import YearlyStatement
from app.kit import clock, thai
from app.kit.errors import BadInput, Refused
from app.kit.language import gettext, in_english
from app.staff import reads
from app.staff.doors import opens_to, signed_in
from app.staff.reads import ReadKind
from app.staff.roles import Role
from app.staff.users import User

_READERS = (Role.TREASURER, Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR)
#: Who may ask for a giver by name; a treasurer sees networks only.
_BY_NAME = (Role.FINANCE, Role.AUDITOR)
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/receipts/yearly", methods=["GET", "POST"], endpoint="yearly")
@in_english
@opens_to(*_READERS)
def yearly_page() -> tuple[str, int]:
    user, statement, refused, status = signed_in(), None, "", 200
    if request.method == "POST":
        try:
            statement = _must(_asked_for(user), by=user)
        except Refused as error:
            refused, status = error.words, 422 if isinstance(error, BadInput) else 409
    page = render_template(
        "giving/yearly.html",
        statement=statement,
        refused=refused,
        networks=yearly.choices(user),
        kinds=yearly.YEAR_NAMES,
        by_name=user.has(*_BY_NAME),
        asked=request.form,
        this_year=thai.fiscal_year_be(clock.today()),
        most_on_paper=yearly.MOST_ON_PAPER,
    )
    return page, status


@bp.post("/receipts/yearly.pdf")
@opens_to(*_READERS)
def yearly_pdf() -> Response:
    user = signed_in()
    statement = _must(_asked_for(user), by=user)
    return _file(
        yearly.pdf(statement), "application/pdf", f"statement-{statement.kind}-{statement.year_be}.pdf"
    )


@bp.post("/receipts/yearly.xlsx")
@opens_to(*_READERS)
def yearly_xlsx() -> Response:
    user = signed_in()
    reads.note(ReadKind.EXPORT, reads.file_subject("yearly"), by=user)
    statement = _must(_asked_for(user), by=user)
    return _file(yearly.xlsx(statement), _SHEET, f"statement-{statement.kind}-{statement.year_be}.xlsx")


def _asked_for(user: User) -> YearlyStatement | None:
    """The statement that the form asks for; None before anything was chosen."""
    if not PressForm().validate_on_submit():
        abort(400)
    network, name = request.form.get("network", ""), request.form.get("name", "").strip()
    if not network and not name:
        return None
    kind, year = request.form.get("kind", yearly.FISCAL), thai.arabic_digits(request.form.get("year", ""))
    year_be = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
    if name:
        return yearly.of_giver(name, kind=kind, year_be=year_be, by=user)
    number = int(network) if network.isascii() and network.isdigit() and len(network) < 12 else 0
    return yearly.of_network(number, kind=kind, year_be=year_be, by=user)


def _must(statement: YearlyStatement | None, *, by: User) -> YearlyStatement:
    if statement is None:
        raise BadInput(
            gettext("กรุณาเลือกเครือข่าย หรือกรอกชื่อผู้ให้ก่อน") if by.has(*_BY_NAME) else gettext("กรุณาเลือกเครือข่ายก่อน")
        )
    return statement


def _file(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
