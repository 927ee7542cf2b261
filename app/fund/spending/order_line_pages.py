"""The page on which an order is split: what it pays line by line, and by which invoices."""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.fund.spending import order_lines
from app.fund.spending.blueprint import bp
from app.fund.spending.forms import PressForm
from app.fund.spending.order_lines import Invoice, Line
from app.fund.spending.records import PaymentOrder
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.money import format_baht, parse_baht
from app.kit.texts import visible
from app.kit.thai import arabic_digits, parse_date, short_date
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

#: Empty rows that stand ready beneath those that are filled.
_MORE = 2


def _known(order: PaymentOrder) -> dict[str, str]:
    """What stands in the fields before anybody typed: as it was split, else what was asked for."""
    invoices = order_lines.invoices_of(order.id)
    places = {each.id: str(place) for place, each in enumerate(invoices)}
    told: dict[str, str] = {}
    for place, each in enumerate(invoices):
        told |= {
            f"number-{place}": each.number,
            f"issued-{place}": short_date(each.issued_on),
            f"sum-{place}": format_baht(each.satang),
        }
    split = order_lines.of(order.id)
    for place, line in enumerate(split):
        told |= _fields(place, line.what, line.quantity, line.satang, line.line_id)
        told[f"invoice-{place}"] = places.get(line.invoice_id or 0, "")
    for place, asked in enumerate(order_lines.offered(order.proposal) if not split else []):
        told |= _fields(place, asked.what, asked.quantity, asked.satang, asked.line_id)
    return told


def _fields(place: int, what: str, quantity: int, satang: int, line_id: int | None) -> dict[str, str]:
    return {
        f"line-{place}": str(line_id or ""),
        f"what-{place}": what,
        f"quantity-{place}": f"{quantity:,}",
        f"satang-{place}": format_baht(satang),
    }


def _rows(typed: Mapping[str, str], *names: str, most: int) -> int:
    """How many rows the page shows: those that hold something, and some more."""
    filled = [
        place for place in range(most) if any(typed.get(f"{name}-{place}", "").strip() for name in names)
    ]
    return min(most, max(filled, default=-1) + 1 + _MORE)


def _page(number: int, *, refused: str = "", status: int = 200) -> ResponseReturnValue:
    order = db.session().get(PaymentOrder, number) or abort(404)
    typed = request.form if request.method == "POST" else _known(order)
    page = render_template(
        "spending/order_lines.html",
        order=order,
        typed=typed,
        lines=_rows(typed, "what", "satang", most=order_lines.MOST_LINES),
        invoices=_rows(typed, "number", "sum", most=order_lines.MOST_INVOICES),
        named=order_lines.named(order.proposal),
        why_not=order_lines.why_not_split(order, by=signed_in()),
        refused=refused,
    )
    return page, status


@bp.get("/payments/orders/<int:number>/lines")
@opens_to(Role.FINANCE)
def order_split(number: int) -> ResponseReturnValue:
    return _page(number)


@bp.post("/payments/orders/<int:number>/lines")
@opens_to(Role.FINANCE)
def split_order(number: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        invoices = _typed_invoices()
        lines = _typed_lines(invoices)
        with transaction():
            order_lines.split(number, lines=lines, invoices=list(invoices.values()), by=signed_in())
    except Refused as refused:
        return _page(number, refused=refused.words, status=422 if isinstance(refused, BadInput) else 409)
    flash(f"แยกเป็น {len(lines)} รายการ {len(invoices)} ใบแจ้งหนี้แล้ว", "success")
    return redirect(url_for("spending.order", number=number))


def _typed_invoices() -> dict[str, Invoice]:
    """The invoices that were filled in, by the place of their row."""
    found = {}
    for place in range(order_lines.MOST_INVOICES):
        said = [_typed(f"{name}-{place}") for name in ("number", "issued", "sum")]
        if not any(said):
            continue
        if not all(said):
            raise BadInput(f"ใบแจ้งหนี้ที่ {place + 1} ต้องมีเลขที่ วันที่ และจำนวนเงิน")
        issued_on = parse_date(said[1], near=clock.today())
        found[str(place)] = Invoice(said[0], issued_on, parse_baht(said[2]))
    return found


def _typed_lines(invoices: Mapping[str, Invoice]) -> list[Line]:
    found = []
    for place in range(order_lines.MOST_LINES):
        what, quantity, satang = (_typed(f"{name}-{place}") for name in ("what", "quantity", "satang"))
        if not what and not satang:
            continue
        invoice = invoices.get(_typed(f"invoice-{place}"))
        found.append(
            Line(
                what,
                read_count(quantity or "1"),
                parse_baht(satang),
                invoice.number if invoice else "",
                read_count(_typed(f"line-{place}")) or None,
            )
        )
    return found


def _typed(name: str) -> str:
    return visible(request.form.get(name, ""))


def read_count(typed: str) -> int:
    """A number of things as people write it; 0 for none. Raises BadInput for what is no number."""
    digits = arabic_digits(typed).replace(",", "").strip()
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise BadInput("จำนวนต้องเป็นตัวเลขเต็ม เช่น 12")
    return int(digits or 0)
