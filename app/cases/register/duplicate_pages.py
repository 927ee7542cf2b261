"""The page of people who may stand in the register twice: two households side by side, one pair at a time."""

from flask import render_template, request

from app.cases.register import duplicates
from app.cases.register.blueprint import IMPORTERS, bp
from app.staff.doors import opens_to, signed_in


@bp.get("/register/duplicates", endpoint="duplicates")
@opens_to(*IMPORTERS)
def pairs() -> str:
    found = duplicates.within_reach(by=signed_in())
    number = request.args.get("pair", default=1, type=int)
    number = number if 1 <= number <= len(found) else 1
    return render_template(
        "register/duplicates.html",
        count=len(found),
        number=number,
        pair=found[number - 1] if found else None,
        following=number % len(found) + 1 if found else 1,
    )
