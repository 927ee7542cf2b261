"""Pages of transfer files: one is made, sent to the bank, and its result brought back."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.fund.spending import transfers
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.forms import PressForm, ResultForm
from app.fund.spending.records import TransferFile
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.web import takes_files
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


def _page(*, refused: str = "", status: int = 200) -> ResponseReturnValue:
    me = signed_in()
    ready = transfers.ready(me) if me.has(Role.FINANCE) else []
    page = render_template(
        "spending/transfers.html",
        ready=ready,
        sum=sum(order.satang for order in ready),
        files=transfers.latest(),
        makes=me.has(Role.FINANCE),
        form=ResultForm(formdata=None),
        refused=refused,
    )
    return page, status


@bp.get("/payments/transfers")
@opens_to(*READERS)
def transfer_files() -> ResponseReturnValue:
    return _page()


@bp.post("/payments/transfers")
@opens_to(Role.FINANCE)
def make_transfer_file() -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        with transaction():
            transfers.make(by=signed_in())
    except Refused as refused:
        return _page(refused=refused.words, status=409)
    flash("ทำไฟล์โอนแล้ว ส่งเข้าธนาคารครั้งเดียว แล้วนำไฟล์ผลกลับมา", "success")
    return redirect(url_for("spending.transfer_files"))


@bp.get("/payments/transfers/<int:number>.csv")
@opens_to(Role.FINANCE, Role.AUDITOR)
def transfer_file(number: int) -> Response:
    """The file as it was made, byte for byte."""
    found = db.session().get(TransferFile, number) or abort(404)
    return Response(
        found.content,
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="transfer-{found.id}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


@bp.post("/payments/transfers/<int:number>/result")
@takes_files("result")
@opens_to(Role.FINANCE)
def transfer_result(number: int) -> ResponseReturnValue:
    sent = request.files.get("result")
    try:
        with transaction():
            paid, failed = transfers.take_result(number, sent.read() if sent else b"", by=signed_in())
    except Refused as refused:
        return _page(refused=refused.words, status=422 if isinstance(refused, BadInput) else 409)
    flash(f"ธนาคารโอนสำเร็จ {paid} รายการ ไม่สำเร็จ {failed} รายการ", "success" if not failed else "warning")
    return redirect(url_for("spending.transfer_files"))
