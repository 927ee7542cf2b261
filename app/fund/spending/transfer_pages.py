"""Pages of transfer files: one is made, sent to the bank, and its result brought back."""

from collections.abc import Sequence

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from app.fund.committee.records import Proposal
from app.fund.spending import retries, transfers
from app.fund.spending.blueprint import READERS, bp
from app.fund.spending.forms import PressForm, ResultForm
from app.fund.spending.records import PaymentOrder, TransferFile, TransferFileLine
from app.fund.spending.transfer_formats import Told, suffix
from app.kit import lists
from app.kit.db import db, transaction
from app.kit.errors import BadInput, Refused
from app.kit.lists import Column, Days, List, Search
from app.kit.web import takes_files
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role


def _page(*, refused: str = "") -> ResponseReturnValue:
    me = signed_in()
    ready = transfers.ready(me) if me.has(Role.FINANCE) else []
    return lists.show(
        "spending/transfers.html",
        _files(),
        ready=ready,
        sum=sum(order.net_satang for order in ready),
        has=transfers.holdings() if ready else None,
        again=sum(order.again_of_id is not None for order in ready),
        failed=retries.failed(),
        makes=me.has(Role.FINANCE),
        refused=refused,
    )


def _files() -> List:
    """Every file, found by whom it pays, the request or the bank's reference."""
    return List(
        select(TransferFile).options(defer(TransferFile.content)),
        columns=(
            Column(
                "ไฟล์",
                lambda file: f"ไฟล์ที่ {file.id}",
                href=lambda file: url_for("spending.transfer_batch", number=file.id),
            ),
            Column("ทำเมื่อ", lambda file: file.made_at, "moment"),
            Column("จำนวน", lambda file: f"{len(file.lines):,} รายการ"),
            Column("ยอดโอน (บาท)", lambda file: file.satang, "baht"),
            Column("ผล", lambda file: ("รอผล", "warning") if file.waits else ("ได้ผลแล้ว", "success"), "pill"),
            Column("SHA-256", lambda file: file.sha256, on="sheet"),
        ),
        orders={"id": (TransferFile.id,)},
        search=Search("ผู้รับเงิน รหัสคำขอ หรือเลขอ้างอิง", lambda words: TransferFile.id.in_(_with_line(words))),
        filters=(Days(TransferFile.made_at),),
        label="ไฟล์ที่ทำแล้ว",
        empty="ยังไม่มีไฟล์โอน",
        drawing="money",
        file="transfers",
    )


def _with_line(words: str) -> Select[int]:
    """Ids of the files in which a payment is found by these words."""
    return (
        select(TransferFileLine.file_id)
        .join(PaymentOrder, PaymentOrder.id == TransferFileLine.order_id)
        .join(Proposal, Proposal.id == PaymentOrder.proposal_id)
        .where(lists.contains(words, PaymentOrder.vendor, Proposal.code, TransferFileLine.reference))
    )


def _file_page(
    number: int, *, refused: str = "", unmet: Sequence[tuple[Told, str]] = (), status: int = 200
) -> ResponseReturnValue:
    found = db.session().get(TransferFile, number) or abort(404)
    page = render_template(
        "spending/transfer.html",
        file=found,
        has=transfers.holdings(),
        suffix=suffix(found.content),
        makes=signed_in().has(Role.FINANCE),
        fetches=signed_in().has(Role.FINANCE, Role.AUDITOR),
        form=ResultForm(formdata=None),
        unmet=unmet,
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
            made = transfers.make(again=request.form.get("again") == "yes", by=signed_in()).id
    except Refused as refused:
        return make_response(_page(refused=refused.words), 409)
    flash("ทำไฟล์โอนแล้ว ส่งเข้าธนาคารครั้งเดียว แล้วนำไฟล์ผลกลับมา", "success")
    return redirect(url_for("spending.transfer_batch", number=made))


@bp.post("/payments/orders/<int:number>/again")
@opens_to(Role.FINANCE)
def prepare_again(number: int) -> ResponseReturnValue:
    if not PressForm().validate_on_submit():
        abort(400)
    try:
        with transaction():
            retries.prepare_again(number, by=signed_in())
    except Refused as refused:
        return make_response(_page(refused=refused.words), 422 if isinstance(refused, BadInput) else 409)
    flash("เตรียมจ่ายใหม่แล้ว รอผู้มีอำนาจลงนามอนุมัติ แล้วทำไฟล์โอนอีกครั้ง", "success")
    return redirect(url_for("spending.transfer_files"))


@bp.get("/payments/transfers/<int:number>")
@opens_to(*READERS)
def transfer_batch(number: int) -> ResponseReturnValue:
    """One file: its sum beside what the fund has, its lines, its hash, and what the bank made of it."""
    return _file_page(number)


@bp.get("/payments/transfers/<int:number>.csv")
@opens_to(Role.FINANCE, Role.AUDITOR)
def transfer_file(number: int) -> Response:
    """The file as it was made, byte for byte."""
    found = db.session().get(TransferFile, number) or abort(404)
    return Response(
        found.content,
        mimetype="text/csv" if suffix(found.content) == "csv" else "text/plain",
        headers={
            "Content-Disposition": f'attachment; filename="transfer-{found.id}.{suffix(found.content)}"',
            "Cache-Control": "private, no-store",
        },
    )


@bp.post("/payments/transfers/<int:number>/result")
@takes_files("result")
@opens_to(Role.FINANCE)
def transfer_result(number: int) -> ResponseReturnValue:
    sent = request.files.get("result")
    raw, skip = sent.read() if sent else b"", "skip" in request.form
    try:
        with transaction():
            told = transfers.take_result(number, raw, by=signed_in(), skip=skip)
    except transfers.Unmet as unmet:
        return _file_page(number, refused=unmet.words, unmet=unmet.lines, status=409)
    except Refused as refused:
        return _file_page(number, refused=refused.words, status=422 if isinstance(refused, BadInput) else 409)
    skipped = f" ข้าม {len(told.unmet)} รายการ" if told.unmet else ""
    words = f"ธนาคารโอนสำเร็จ {told.paid} รายการ ไม่สำเร็จ {told.failed} รายการ{skipped}"
    flash(words, "warning" if told.failed or skipped else "success")
    return redirect(url_for("spending.transfer_batch", number=number))
