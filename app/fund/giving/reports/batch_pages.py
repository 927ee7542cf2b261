"""Pages of receipt batches: choose which, watch how far they are, take the file."""

from datetime import date

from flask import Response, abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.fund.giving.blueprint import bp
from app.fund.giving.records.networks import Network
from app.fund.giving.records.receipts import BOOK_NAMES, ReceiptBatch
from app.fund.giving.reports import batches
from app.fund.giving.reports.forms import BatchForm
from app.kit import clock
from app.kit.db import db, transaction
from app.kit.errors import Refused
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

_ALL = "*"


@bp.route("/receipts/batches", methods=["GET", "POST"], endpoint="batches")
@opens_to(Role.FINANCE)
def batch_list() -> ResponseReturnValue:
    today = clock.today()
    form = BatchForm(first_on=today.replace(day=1), last_on=today)
    networks = db.session().execute(select(Network.id, Network.name).order_by(Network.name)).all()
    form.network.choices = [("", "ทุกเครือข่ายและผู้ให้ทั่วไป"), *((str(number), name) for number, name in networks)]
    form.book.choices = [(_ALL, "ทุกเล่ม"), *BOOK_NAMES.items()]
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with transaction():
                    batch = batches.ask(
                        first_on=_day(form.first_on.data),
                        last_on=_day(form.last_on.data),
                        network_id=int(form.network.data) if form.network.data else None,
                        book=None if form.book.data == _ALL else form.book.data,
                        as_zip=form.shape.data == "zip",
                        by=signed_in(),
                    )
                    number, total = batch.id, batch.total
                flash(f"กำลังพิมพ์ใบเสร็จ {total:,} ใบ", "success")
                return redirect(url_for("giving.batch", number=number), code=303)
            except Refused as error:
                refused, status = error.words, 409
    page = render_template(
        "giving/batches.html", form=form, refused=refused, rows=batches.latest(), books=BOOK_NAMES
    )
    return page, status


def _day(on: date | None) -> date:
    assert on is not None  # the form asked for it
    return on


@bp.get("/receipts/batches/<int:number>")
@opens_to(Role.FINANCE)
def batch(number: int) -> str:
    return render_template(
        "giving/batch.html", batch=_batch(number), books=BOOK_NAMES, kept=batches.KEPT.days
    )


@bp.get("/receipts/batches/<int:number>/status")
@opens_to(Role.FINANCE)
def batch_status(number: int) -> Response:
    found = _batch(number)
    return jsonify(state=f"{found.state}:{found.done}", done=found.done, total=found.total)


@bp.get("/receipts/batches/<int:number>/file")
@opens_to(Role.FINANCE)
def batch_file(number: int) -> Response:
    _batch(number)
    with transaction():
        found, path = batches.download(number, by=signed_in())
        name = found.file_name
    answer = send_file(path, as_attachment=True, download_name=name)
    # Files are sent as everybody's to keep; givers' names are in this one.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _batch(number: int) -> ReceiptBatch:
    return db.session().get(ReceiptBatch, number) or abort(404)
