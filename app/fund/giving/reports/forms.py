"""Forms of reports: a batch of receipts, and what the Revenue Department is told."""

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.kit.forms import Form, Given, ThaiDateField
from app.kit.language import marked


class BatchForm(Form):
    first_on = ThaiDateField("ออกใบเสร็จตั้งแต่วันที่", validators=[Given("กรุณาใส่วันเริ่ม")])
    last_on = ThaiDateField("ถึงวันที่", validators=[Given("กรุณาใส่วันสิ้นสุด")])
    network = SelectField("เครือข่าย", default="")
    book = SelectField("เล่ม", default="*")
    shape = RadioField(
        "ไฟล์ที่ต้องการ",
        choices=[SelectChoice("pdf", "PDF ไฟล์เดียว เรียงตามเลขที่"), SelectChoice("zip", "ZIP ใบละไฟล์")],
        default="pdf",
    )


class TaxForm(Form):
    kind = RadioField(
        marked("ผู้บริจาคเป็น"),
        choices=[SelectChoice("person", marked("บุคคลธรรมดา")), SelectChoice("company", marked("นิติบุคคล"))],
        default="person",
    )
    name = StringField(
        marked("ชื่อตามบัตรประชาชนหรือหนังสือรับรอง"),
        validators=[
            InputRequired(marked("กรุณาใส่ชื่อ")),
            Length(max=160, message=marked("ชื่อยาวเกินไป โปรดใส่ไม่เกิน 160 ตัวอักษร")),
        ],
    )
    tax_id = StringField(
        marked("เลขประจำตัวผู้เสียภาษี 13 หลัก"), validators=[InputRequired(marked("กรุณาใส่เลข 13 หลัก"))]
    )
    consent = BooleanField(
        marked("ยินยอมให้กองทุนส่งชื่อ เลขประจำตัวผู้เสียภาษี และจำนวนเงินนี้ให้กรมสรรพากร"),
        validators=[InputRequired(marked("กรุณากดยินยอม หากไม่ยินยอม ไม่ต้องส่งแบบนี้"))],
    )
