"""The gallery of parts: every macro of `templates/macros/` once, a page a kind, for whoever builds or checks a page."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import literal, select
from wtforms import BooleanField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from app.kit import charts, clock, graphics, maps
from app.kit.charts import Bar, Step
from app.kit.forms import BahtField, Form, ThaiDateField
from app.kit.lists import Chosen, Column, Found, List, Search
from app.province import places
from app.staff.doors import EVERYONE, opens_to

bp = Blueprint("gallery", __name__)
_SISAKET = "33"
#: The kinds of parts, each a page.
KINDS = {
    "inks": "หมึกของเงิน",
    "notices": "ข้อความถึงผู้อ่าน",
    "steps": "ทาง ขั้น และความก้าวหน้า",
    "actions": "ปุ่ม",
    "vote": "ลงมติ",
    "roster": "บัญชีส่งมอบ และครัวเรือน",
    "fields": "แบบกรอก",
    "values": "ตัวเลขและข้อเท็จจริง",
    "rows": "รายการ",
    "pictures": "รูป",
}


class GalleryForm(Form):
    """One field of each kind. It is never sent."""

    name = StringField("ชื่อบนใบเสร็จรับเงิน", [InputRequired("กรุณากรอกชื่อ")])
    amount = BahtField("จำนวนเงิน")
    gift = BahtField("จำนวนที่ให้")
    purpose = RadioField(
        "ให้เพื่อ", choices=[SelectChoice("general", "ที่จำเป็นที่สุด"), SelectChoice("education", "การศึกษา")]
    )
    day = ThaiDateField("วันที่")
    place = SelectField(
        "อำเภอ", choices=[SelectChoice("3301", "เมืองศรีสะเกษ"), SelectChoice("3304", "กันทรลักษ์")]
    )
    area = SelectField("ด้าน", choices=[SelectChoice("", "ทุกด้าน"), SelectChoice("education", "การศึกษา")])
    way = RadioField(
        "จ่ายอย่างไร",
        choices=[SelectChoice("qr", "พร้อมเพย์"), SelectChoice("counter", "เคาน์เตอร์ธนาคาร")],
        default="qr",
    )
    note = TextAreaField("หมายเหตุ")
    picture = FileField("รูปสลิป")
    agreed = BooleanField("ไม่ประสงค์ออกนาม")


def _charts() -> dict[str, Any]:
    """One drawing of each kind, of a fund that has come some way."""
    sums = {
        "received": 29_203_850,
        "available": 22_724_350,
        "committed": 1_440_000,
        "delivered": 3_226_500,
        "waiting": 1_813_000,
    }
    parts = [
        Bar("พร้อมใช้", 22_724_350, "227,243.50 บาท", kind="available"),
        Bar("กันไว้แล้ว", 1_440_000, "14,400 บาท", kind="committed"),
        Bar("จ่ายแล้ว", 5_039_500, "50,395 บาท", kind="paid"),
    ]
    way = [Step("รับแล้ว", "27 ก.ย. 2569", "done"), Step("คณะกรรมการเห็นชอบ", "", "now"), Step("ส่งมอบ")]
    return {
        "svg": [
            charts.stacked(parts, label="เงินที่รับแล้ว"),
            charts.bars(parts, label="เงินแต่ละส่วน"),
            charts.steps(way, label="ทางของเงิน"),
        ],
        "wide": graphics.flow_of_heights(**sums),
        "small": graphics.flow_of_widths(**sums),
        "shares": graphics.shares([("paid", 5_039_500), ("available", 3_645_900)], 10_000_000),
        "months": graphics.columns(
            [
                ("มิ.ย.", 2_200_000, 0),
                ("ก.ค.", 4_500_000, 0),
                ("ส.ค.", 8_500_000, 0),
                ("ก.ย.", 6_017_900, 5_039_500),
            ]
        ),
        "shirts": graphics.shirts(delivered=41, waiting=18, wanted=8),
        "map": maps.lay(
            places.district_shapes(_SISAKET),
            {"3303": 9, "3304": 8, "3305": 7, "3306": 6, "3307": None, "3308": None},
            waiting={"3301"},
        ),
    }


@bp.get("/demo/components")
@bp.get("/demo/components/<kind>")
@opens_to(EVERYONE)
def components(kind: str = "inks") -> ResponseReturnValue:
    """Every part of one kind in each of its forms; `?wrong=1` shows the form refused."""
    if kind not in KINDS:
        abort(404)
    form = GalleryForm(formdata=None)
    if request.args.get("wrong"):
        form.name.errors = ["กรุณากรอกชื่อ"]
        form.amount.data, form.day.data = 123450, clock.today()
    return render_template(
        "demo/components.html",
        form=form,
        now=clock.now(),
        charts=_charts(),
        list=_list(),
        kind=kind,
        kinds=KINDS,
        tabs=[(words, url_for("gallery.components", kind=key), key == kind) for key, words in KINDS.items()],
    )


def _list() -> Found:
    """A list of three rows, as `lists.find` would have found it."""
    listing = List(
        select(literal(1)),
        columns=(
            Column("ใบเสร็จ", lambda row: row[0], href=lambda row: "#content"),
            Column("วันที่", lambda row: clock.today(), "date", sort="on"),
            Column("ผู้ให้", lambda row: row[1]),
            Column("จำนวนเงิน (บาท)", lambda row: row[2], "baht"),
            Column("สถานะ", lambda row: row[3], "pill"),
        ),
        orders={"on": (literal(1),)},
        search=Search("เลขที่ หรือชื่อผู้ให้", lambda words: literal(value=True)),
        label="ใบเสร็จรับเงิน",
    )
    states = [("live", "ใช้ได้"), ("voided", "ยกเลิก")]
    return Found(
        listing,
        choices=[Chosen("state", "สถานะ", states, "", "ทั้งหมด")],
        order="on",
        rows=[
            ("2570/000171", "กองทุนหมู่บ้านบ้านหนองแวง", 200000, ("ใช้ได้", "success")),
            ("2570/000152", "เครือข่าย OTOP", 5500050, ("ยกเลิก", "warning")),
        ],
        more="#content",
        sheet="#content",
    )
