"""The page of the trial balance: of a month or of a fiscal year, on the screen, as a paper and as a sheet."""

from datetime import date
from decimal import Decimal

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.fund.ledger import months, trial_balances
from app.fund.ledger.pages import READERS, bp
from app.fund.ledger.trial_balances import TrialBalance
from app.kit import clock, thai
from app.kit.errors import BadInput
from app.kit.sheets import to_xlsx
from app.kit.sheets.writing import Cell
from app.staff.doors import opens_to

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked() -> tuple[TrialBalance, str, str]:
    """The trial balance that the address asks for, its name in words and in a file; this fiscal year's without one."""
    month, year = request.args.get("month", ""), request.args.get("year", "")
    if month:
        try:
            first_on = months.parse(month)
        except BadInput:
            abort(404)
        _must_have_come(first_on)
        return trial_balances.of_month(first_on), f"เดือน{thai.month_year(first_on)}", months.written(first_on)
    wanted = thai.fiscal_year_be(clock.today())
    if year:
        # As many digits as a year has: of thousands no number is made.
        if not (len(year) == 4 and year.isascii() and year.isdigit() and 2500 <= int(year) < 2700):
            abort(404)
        wanted = int(year)
        _must_have_come(thai.fiscal_year_days(wanted)[0])
    return trial_balances.of_year(wanted), f"ปีงบประมาณ {wanted}", str(wanted)


def _must_have_come(first_on: date) -> None:
    if first_on > clock.today():
        abort(404)


@bp.get("/books/trial-balance")
@opens_to(*READERS)
def trial_balance() -> ResponseReturnValue:
    """What each account held, what moved and what it holds: debits equal credits, and what was brought forward apart."""
    balance, title, _ = _asked()
    month = request.args.get("month", "")
    chosen = months.parse(month) if month else clock.today().replace(day=1)
    return render_template(
        "books/trial_balance.html",
        balance=balance,
        title=title,
        months=months.choices(chosen),
        month=months.written(chosen),
        years=[(str(year), f"ปีงบประมาณ {year}") for year in trial_balances.years()],
        year=str(thai.fiscal_year_be(balance.first_on)),
        asked={"month": month} if month else {"year": str(thai.fiscal_year_be(balance.first_on))},
        certified=months.closed(balance.last_on.replace(day=1)),
        last_month=months.written(balance.last_on.replace(day=1)),
    )


@bp.get("/books/trial-balance.pdf")
@opens_to(*READERS)
def trial_balance_pdf() -> Response:
    balance, title, name = _asked()
    content = trial_balances.paper(balance, title=title, at=clock.now())
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"trial-balance-{name}.pdf")
    return answer


@bp.get("/books/trial-balance.xlsx")
@opens_to(*READERS)
def trial_balance_xlsx() -> Response:
    balance, _, name = _asked()
    rows: list[list[Cell]] = [
        [purpose, account, *(Decimal(satang).scaleb(-2) for satang in sums)]
        for purpose, account, *sums in balance.rows()
    ]
    debit, credit = (Decimal(balance.total(column)).scaleb(-2) for column in ("debit", "credit"))
    rows.append(["รวม", "", None, debit, credit, None])
    answer = Response(to_xlsx(trial_balances.HEADER, rows, sheet="งบทดลอง"), mimetype=_XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"trial-balance-{name}.xlsx")
    return answer
