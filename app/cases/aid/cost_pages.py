"""The page of what things truly cost: items and prices by a request's code, without a name."""

from flask import abort, flash, redirect, render_template, url_for
from flask import request as web
from flask.typing import ResponseReturnValue

from app.cases.aid import costs
from app.cases.aid.blueprint import bp
from app.cases.aid.costs import KEEPERS, ItemWorth
from app.cases.aid.records import AidRequest
from app.fund.committee import proposals
from app.fund.spending import payments
from app.kit import money, thai
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


@bp.route("/requests/<code>/costs", methods=["GET", "POST"])
@opens_to(*KEEPERS, Role.AUDITOR)
def item_costs(code: str) -> ResponseReturnValue:
    """Of each item how many were bought and what one cost; `settle` gives the rest of the resolution back as well."""
    known = costs.by_code(code) or abort(404)
    refused, status = "", 200
    if web.method == "POST":
        if not signed_in().has(*KEEPERS):
            abort(403)
        try:
            with transaction():
                reason = web.form.get("reason", "")
                changed = costs.enter(
                    code, costs=_typed(costs.items(known.id)), reason=reason, by=signed_in()
                )
                if web.form.get("then") == "settle":
                    payments.settle(code, reason=reason, by=signed_in())
        except Refused as no:
            refused, status = no.words, 422 if isinstance(no, BadInput) else 409
            known = costs.by_code(code) or abort(404)
        else:
            settled = " และปิดเรื่องแล้ว" if web.form.get("then") == "settle" else ""
            flash(
                f"บันทึกราคาจริง {changed} รายการ{settled}" if changed else f"ราคาจริงเป็นดังนี้อยู่แล้ว{settled}",
                "success",
            )
            return redirect(url_for("aid.item_costs", code=code))
    return _page(known, refused), status


def _page(known: AidRequest, refused: str) -> str:
    proposal = proposals.by_code(known.code) or abort(404)
    several = costs.items(known.id)
    return render_template(
        "aid/costs.html",
        known=known,
        proposal=proposal,
        state_name=proposals.state_name(proposal.state),
        things=several,
        bought=sum(worth.satang for worth in several),
        worth=costs.worth(known),
        may_enter=signed_in().has(*KEEPERS) and proposal.state in ("approved", "settled"),
        may_settle=proposal.state == "approved",
        reads_payments=signed_in().has(Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR),
        refused=refused,
        typed=web.form,
    )


def _typed(several: list[ItemWorth]) -> dict[tuple[str, int], tuple[int, int]]:
    """What the form says of each item: how many, and satang for one."""
    found = {}
    for place, item in enumerate(several):
        text = thai.arabic_digits(web.form.get(f"quantity-{place}", "").replace(",", "").strip())
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadInput(f"กรุณาใส่จำนวนที่ซื้อจริงของ “{item.item.name_th}” เป็นตัวเลข")
        found[item.key] = (int(text), money.parse_baht(web.form.get(f"unit-{place}", "")))
    return found


def address(code: str) -> str:
    """Where what was asked for under this code is given its true costs; empty when nothing was."""
    return url_for("aid.item_costs", code=code) if costs.by_code(code) is not None else ""
