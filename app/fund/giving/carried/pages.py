"""The page of what was given and promised in earlier years: what is in, what waits, and one more file."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select

from app.fund.giving.blueprint import bp
from app.fund.giving.carried import carried, carried_files
from app.fund.giving.records.carried import CarriedGift, CarriedKind
from app.fund.giving.records.networks import Network
from app.fund.ledger import opening
from app.fund.ledger.accounts import Purpose
from app.kit import lists
from app.kit.db import transaction
from app.kit.errors import BadInput, Refused
from app.kit.forms import Form
from app.kit.lists import Choice, Column, Days, List, Search
from app.kit.sheets import to_xlsx
from app.kit.web import takes_files
from app.staff.doors import opens_to, signed_in
from app.staff.roles import Role

_READERS = (Role.FINANCE, Role.FUND_OFFICER, Role.AUDITOR, Role.CHAIR)
_ASKERS = (Role.FINANCE, Role.FUND_OFFICER)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: So many rows of a file that waits are shown before it is approved.
_SHOWN = 50


class CarriedForm(Form):
    file = FileField("ไฟล์ของปีก่อน", validators=[FileRequired("กรุณาเลือกไฟล์")])


@bp.get("/pledges/carried")
@opens_to(*_READERS)
def carried_gifts() -> ResponseReturnValue:
    return _page(CarriedForm(formdata=None))


def _page(form: CarriedForm, refused: str = "") -> ResponseReturnValue:
    waiting = carried.waiting()
    return lists.show(
        "giving/carried.html",
        _listing(),
        waiting=waiting,
        rows=carried.asked_for(waiting)[:_SHOWN] if waiting else [],
        kinds={kind.value: kind.words for kind in CarriedKind},
        files=carried.lists(),
        may_ask=waiting is None and opening.opening() is not None and signed_in().has(*_ASKERS),
        begun=opening.opening(),
        form=form,
        refused=refused,
    )


def _listing() -> List:
    return List(
        select(CarriedGift)
        .outerjoin(Network, Network.id == CarriedGift.network_id)
        .join(Purpose, Purpose.id == CarriedGift.purpose_id),
        columns=(
            Column("ผู้ให้", lambda row: row.network.name if row.network else row.donor_name or "ไม่ระบุ"),
            Column("จำนวนเงิน (บาท)", lambda row: row.satang, "baht"),
            Column("วันที่", lambda row: row.on, "date", sort="on"),
            Column("วัตถุประสงค์", lambda row: row.purpose.name_th, on="desk"),
            Column("เลขที่ใบเสร็จเดิม", lambda row: row.paper_number or None, on="desk"),
            Column("ชนิด", lambda row: CarriedKind(row.kind).pill, "pill"),
        ),
        orders={"id": (CarriedGift.id,), "on": (CarriedGift.on, CarriedGift.id)},
        search=Search(
            "ชื่อผู้ให้ เครือข่าย หรือเลขที่ใบเสร็จเดิม",
            lambda words: lists.contains(
                words, CarriedGift.donor_name, Network.name, CarriedGift.paper_number
            ),
        ),
        filters=(
            Choice(
                "kind",
                "ชนิด",
                [(kind.value, kind.words) for kind in CarriedKind],
                lambda kind: CarriedGift.kind == kind,
            ),
            Days(CarriedGift.on),
        ),
        label="รายการยกมา",
        empty="ยังไม่มีรายการของปีก่อน",
        drawing="money",
        file="carried",
    )


@bp.post("/pledges/carried")
@takes_files("file")
@opens_to(*_ASKERS)
def bring_carried() -> ResponseReturnValue:
    form = CarriedForm()
    if not form.validate_on_submit():
        return _page(form), 422  # type: ignore[return-value]
    try:
        content = form.file.data.read()
        gifts = carried_files.read(content)
        with transaction():
            carried.ask(gifts, name=form.file.data.filename or "ไฟล์", content=content, by=signed_in())
    except Refused as refused:
        status = 422 if isinstance(refused, BadInput) else 409
        return _page(form, refused.words), status  # type: ignore[return-value]
    flash("อ่านไฟล์ได้ครบ กรุณาตรวจตัวอย่าง แล้วให้ผู้ถือบทบาทอื่นอนุมัติ", "success")
    return redirect(url_for("giving.carried_gifts"))


@bp.get("/pledges/carried/form.xlsx")
@opens_to(*_READERS)
def carried_form() -> Response:
    """The file to be filled in."""
    answer = Response(to_xlsx(carried_files.HEADER, [], sheet="ยกมา"), mimetype=_XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename="carried.xlsx")
    return answer
